namespace CopyEngine.Bench;

/// <summary>The middle of several runs: on a shared machine the mean belongs to the neighbours.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
