using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.State;

namespace CopyEngine.Journal;

/// <summary>What a record is.</summary>
internal enum RecordKind
{
    Command,
    Commit,
    StateHash,
    Void,
    AcceptedLoss,
}

/// <summary>One record as it stands in the reader's memory: good until the next one is read.</summary>
internal readonly ref struct JournalRecord
{
    /// <summary>Bytes of the longest record.</summary>
    public const int MostBytes = RecordHeader.Size + CommandSlot.PayloadLength;

    /// <summary>A record whose bytes were checked.</summary>
    public JournalRecord(ReadOnlySpan<byte> bytes)
    {
        Header = MemoryMarshal.Read<RecordHeader>(bytes);
        Payload = bytes[RecordHeader.Size..];
    }

    public RecordHeader Header { get; }

    /// <summary>The command's bytes without the zero words at their end; a record of the journal's own: its fields.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public RecordKind Kind => Header.Type switch
    {
        RecordType.Commit => RecordKind.Commit,
        RecordType.StateHash => RecordKind.StateHash,
        RecordType.Void => RecordKind.Void,
        RecordType.AcceptedLoss => RecordKind.AcceptedLoss,
        _ => RecordKind.Command,
    };

    /// <summary>
    /// A command's own sequence; of a state hash the sequence after which it was taken, of a void the command it
    /// takes out of force, of an accepted loss the first sequence given up, of a commit the last command so far.
    /// </summary>
    public long Sequence => Header.Sequence;

    /// <summary>Microseconds since the Unix epoch; 0 for commits and state hashes.</summary>
    public long Time => Header.Time;

    public CommandType Type => (CommandType)Header.Type;

    /// <summary>The hash that a state-hash record carries.</summary>
    public StateHash StateHash => MemoryMarshal.Read<StateHash>(Payload);

    /// <summary>Number of records that a commit ends.</summary>
    public uint CommittedRecords => MemoryMarshal.Read<uint>(Payload);

    /// <summary>Hash of the chain that a commit carries.</summary>
    public ChainHash CommittedChain => ChainHash.Read(Payload[CommitChainOffset..]);

    /// <summary>Bytes of a commit's fields before its hash.</summary>
    public const int CommitChainOffset = 8;

    /// <summary>Bytes of a whole commit record.</summary>
    public const int CommitBytes = RecordHeader.Size + CommitChainOffset + ChainHash.Length;

    /// <summary>Puts a command back as it was in the ring.</summary>
    public void CopyTo(ref CommandSlot slot)
    {
        Invariant.Holds(Kind == RecordKind.Command, "only a command fits into a slot");
        var header = new CommandHeader
        {
            Sequence = Header.Sequence,
            Time = Header.Time,
            Correlation = Header.Correlation,
            Session = Header.Session,
            Key = Header.Key,
            Type = Type,
        };
        slot.Set(in header, Payload);
    }
}
