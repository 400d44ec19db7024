using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CopyEngine.Numerics;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Snapshots;

/// <summary>Writes one snapshot file, chunk by chunk.</summary>
internal sealed class SnapshotWriter(IStorageFile file) : StateTransfer, IDisposable
{
    private readonly byte[] _chunk = GC.AllocateUninitializedArray<byte>(SnapshotFormat.ChunkSize);
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _offset;
    private int _length;
    private int _number;

    /// <inheritdoc/>
    public override bool IsLoading => false;

    /// <summary>The first chunk.</summary>
    public void Begin(SnapshotHeader header)
    {
        var chunk = new HeaderChunk
        {
            Magic = HeaderChunk.MagicNumber,
            Version = SnapshotFormat.Version,
            Sequence = header.Sequence,
            Time = header.Time,
            HashHigh = header.Hash.High,
            HashLow = header.Hash.Low,
            Chain = header.Chain,
            Batch = header.Batch,
            Instruments = header.Limits.Instruments,
            Groups = header.Limits.Groups,
            Currencies = header.Limits.Currencies,
            Shard = header.Limits.Shard,
        };
        Put(AsciiText.ReadOnlyBytes(in chunk));
        Flush(ChunkKind.Header);
    }

    /// <summary>Begins a section; what is transferred from here on is its content.</summary>
    public void BeginSection(string name)
    {
        FlushContent();
        Span<byte> field = _chunk.AsSpan(ChunkPrefix.Size, SnapshotFormat.NameLength);
        field.Clear();
        System.Text.Encoding.ASCII.GetBytes(name, field);
        _length = SnapshotFormat.NameLength;
        Flush(ChunkKind.Section);
    }

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        while (rest.Length > SnapshotFormat.ContentSize - _length)
        {
            int fitting = SnapshotFormat.ContentSize - _length;
            Put(rest[..fitting]);
            rest = rest[fitting..];
            FlushContent();
        }
        Put(rest);
    }

    /// <summary>The last chunk; everything is on the disk when it returns.</summary>
    public void Finish()
    {
        FlushContent();
        var footer = new FooterChunk { Chunks = _number };
        _digest.GetHashAndReset(footer.Digest);
        Put(AsciiText.ReadOnlyBytes(in footer));
        Flush(ChunkKind.Footer);
        file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_chunk.AsSpan(ChunkPrefix.Size + _length));
        _length += bytes.Length;
    }

    private void FlushContent()
    {
        if (_length > 0)
        {
            Flush(ChunkKind.Content);
        }
    }

    private void Flush(ChunkKind kind)
    {
        Failpoints.Hit("beforeSnapshotChunk", _number);
        var prefix = new ChunkPrefix { Kind = kind, Number = _number++, Length = _length };
        prefix.Checksum = SnapshotFormat.ChecksumOf(in prefix, _chunk.AsSpan(ChunkPrefix.Size, _length));
        MemoryMarshal.Write(_chunk, in prefix);
        int padded = SnapshotFormat.Padded(_length);
        _chunk.AsSpan(ChunkPrefix.Size + _length, padded - _length).Clear();
        ReadOnlySpan<byte> whole = _chunk.AsSpan(0, ChunkPrefix.Size + padded);
        _digest.AppendData(whole);
        file.Write(_offset, whole);
        _offset += whole.Length;
        _length = 0;
    }
}
