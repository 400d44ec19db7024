using System.Runtime.InteropServices;

namespace CopyEngine.Journal;

/// <summary>The records of a batch that was checked.</summary>
internal ref struct RecordEnumerator(ReadOnlySpan<byte> batch)
{
    private ReadOnlySpan<byte> _rest = batch;
    private ReadOnlySpan<byte> _record;

    public readonly JournalRecord Current => new(_record);

    public readonly RecordEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        int length = (int)MemoryMarshal.Read<uint>(_rest);
        _record = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
