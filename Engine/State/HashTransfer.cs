namespace CopyEngine.State;

/// <summary>The walk that computes the hash of what it walks over.</summary>
internal sealed class HashTransfer : StateTransfer
{
    private StateHasher _hasher = new();

    /// <inheritdoc/>
    public override bool IsLoading => false;

    /// <summary>Hash of what was walked so far.</summary>
    public StateHash Result => _hasher.Result;

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes) => _hasher.Add(bytes);
}
