using System.Runtime.InteropServices;
using CopyEngine.State;

namespace CopyEngine.Tests.Gateway;

/// <summary>Saves into memory, and loads what was saved.</summary>
internal sealed class SavedBytes(bool isLoading, List<byte> bytes) : StateTransfer
{
    private int _read;

    public override bool IsLoading => isLoading;

    public bool IsAllRead => _read == bytes.Count;

    public override void Bytes(Span<byte> span)
    {
        if (!isLoading)
        {
            bytes.AddRange(span);
            return;
        }
        CollectionsMarshal.AsSpan(bytes).Slice(_read, span.Length).CopyTo(span);
        _read += span.Length;
    }
}
