using System.Runtime.CompilerServices;

namespace CopyEngine.Host.Telemetry;

/// <summary>Counts by the members of a byte enumeration.</summary>
internal sealed class Tally<TKind> where TKind : unmanaged, Enum
{
    private readonly long[] _counts = new long[256];

    public long this[TKind kind] => _counts[Unsafe.BitCast<TKind, byte>(kind)];

    public long Sum => _counts.Sum();

    /// <summary>Kinds that occurred, in order of their numbers.</summary>
    public IEnumerable<(TKind Kind, long Count)> Entries =>
        _counts.Index().Where(entry => entry.Item > 0).Select(entry => (Unsafe.BitCast<byte, TKind>((byte)entry.Index), entry.Item));

    public void Add(TKind kind) => _counts[Unsafe.BitCast<TKind, byte>(kind)]++;

    public void Clear() => Array.Clear(_counts);

    /// <summary><c>12 (INVALID 10, OLDER 2)</c></summary>
    public override string ToString()
    {
        string parts = string.Join(", ", Entries.Select(entry => $"{WireText.Of(entry.Kind)} {entry.Count:N0}"));
        return parts.Length == 0 ? $"{Sum:N0}" : $"{Sum:N0} ({parts})";
    }
}
