using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CopyEngine.Journal;
using CopyEngine.Numerics;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Snapshots;

/// <summary>
/// Reads one snapshot file, chunk by chunk. No byte is given away before the checksum of its chunk has been found right,
/// and a file is good only when its last chunk says so.
/// </summary>
internal sealed class SnapshotReader : StateTransfer, IDisposable
{
    private readonly IStorageFile _file;
    private readonly string _path;
    private readonly byte[] _chunk = GC.AllocateUninitializedArray<byte>(SnapshotFormat.ChunkSize);
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ChunkPrefix _prefix;
    private long _offset;
    private int _number;
    private int _taken;

    /// <exception cref="SnapshotDamagedException">The file does not begin as a snapshot does.</exception>
    /// <exception cref="NewerFormatException">The file is of a version that is not known yet.</exception>
    public SnapshotReader(IStorageFile file, string path)
    {
        _file = file;
        _path = path;
        ReadChunk();
        Header = ReadHeader();
    }

    /// <summary>What the file is of.</summary>
    public SnapshotHeader Header { get; }

    /// <inheritdoc/>
    public override bool IsLoading => true;

    /// <summary>Moves on to the next section, or to the end of the file, which proves that all of it is as it was written.</summary>
    /// <param name="passesOver">The present section may be left unread; else it must have been read to its end.</param>
    /// <returns>Its name, or null at the end.</returns>
    public string? NextSection(bool passesOver)
    {
        bool isUnread = _prefix.Kind == ChunkKind.Content && _taken < _prefix.Length;
        while (passesOver || !isUnread)
        {
            ReadChunk();
            switch (_prefix.Kind)
            {
                case ChunkKind.Section:
                    return Encoding.ASCII.GetString(AsciiText.Trim(Content));
                case ChunkKind.Footer:
                    CheckEnd();
                    return null;
                default:
                    isUnread = true;
                    break;
            }
        }
        throw Damaged("a section holds more than this program reads");
    }

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_prefix.Kind != ChunkKind.Content || _taken == _prefix.Length)
            {
                ReadChunk();
                if (_prefix.Kind != ChunkKind.Content)
                {
                    throw Damaged("a section ends before everything of it was read");
                }
            }
            int taken = Math.Min(bytes.Length, _prefix.Length - _taken);
            Content.Slice(_taken, taken).CopyTo(bytes);
            _taken += taken;
            bytes = bytes[taken..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    /// <summary>What is wrong, and where.</summary>
    public SnapshotDamagedException Damaged(string what) => new(_path, $"offset {_offset}: {what}");

    private ReadOnlySpan<byte> Content => _chunk.AsSpan(ChunkPrefix.Size, _prefix.Length);

    private void ReadChunk()
    {
        int read = _file.Read(_offset, _chunk);
        if (read < ChunkPrefix.Size)
        {
            throw Damaged("the file ends too early");
        }
        ChunkPrefix prefix = MemoryMarshal.Read<ChunkPrefix>(_chunk);
        if (prefix.Number != _number || prefix.Length is < 0 or > SnapshotFormat.ContentSize || prefix.Kind is < ChunkKind.Header or > ChunkKind.Footer)
        {
            throw Damaged($"no chunk {_number} stands here");
        }
        int size = ChunkPrefix.Size + SnapshotFormat.Padded(prefix.Length);
        if (size > read)
        {
            throw Damaged("the file ends within a chunk");
        }
        if (SnapshotFormat.ChecksumOf(in prefix, _chunk.AsSpan(ChunkPrefix.Size, prefix.Length)) != prefix.Checksum)
        {
            throw Damaged($"the checksum of chunk {_number} is wrong");
        }
        if (prefix.Kind != ChunkKind.Footer)
        {
            _digest.AppendData(_chunk.AsSpan(0, size));
        }
        _prefix = prefix;
        _taken = 0;
        _offset += size;
        _number++;
    }

    private SnapshotHeader ReadHeader()
    {
        const int magicAndVersion = 12;
        if (_prefix.Kind != ChunkKind.Header || _prefix.Length < magicAndVersion
            || MemoryMarshal.Read<ulong>(Content) != HeaderChunk.MagicNumber)
        {
            throw Damaged("it does not begin as a snapshot does");
        }
        int version = MemoryMarshal.Read<int>(Content[sizeof(ulong)..]);
        if (version > SnapshotFormat.Version)
        {
            throw new NewerFormatException(_path, version, SnapshotFormat.Version);
        }
        if (version < 1 || !MemoryMarshal.TryRead(Content, out HeaderChunk header))
        {
            throw Damaged($"its header is of no version, {version}");
        }
        return new SnapshotHeader(
            version,
            header.Sequence,
            header.Time,
            new StateHash(header.HashHigh, header.HashLow),
            header.Batch,
            header.Chain,
            new FixedLimits(header.Instruments, header.Groups, header.Currencies, header.Shard));
    }

    private void CheckEnd()
    {
        var found = default(Sha256Digest);
        _digest.GetHashAndReset(found);
        if (!MemoryMarshal.TryRead(Content, out FooterChunk footer)
            || footer.Chunks != _prefix.Number
            || !((ReadOnlySpan<byte>)footer.Digest).SequenceEqual(found))
        {
            throw Damaged("its end does not match what stands before");
        }
        if (_offset != _file.Length)
        {
            throw Damaged("something follows its end");
        }
    }
}
