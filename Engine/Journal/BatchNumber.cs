namespace CopyEngine.Journal;

/// <summary>
/// Batches are counted in 32 bits, which a busy engine uses up within weeks; then they begin again at zero. Only
/// batches near each other are ever compared.
/// </summary>
internal static class BatchNumber
{
    public static uint Next(uint batch) => unchecked(batch + 1);

    public static uint Previous(uint batch) => unchecked(batch - 1);

    public static bool IsAfter(uint batch, uint other) => unchecked((int)(batch - other)) > 0;
}
