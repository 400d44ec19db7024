using CopyEngine.Core;
using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.State;
using CopyEngine.Tests.Model;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Snapshots;

/// <summary>The state of a core as a section.</summary>
internal sealed class StateSection(TradingCore core) : ISnapshotSection
{
    public string Name => ISnapshotSection.State;

    public void Transfer(StateTransfer transfer) => core.Transfer(transfer);
}

/// <summary>Any bytes as a section.</summary>
internal sealed class BytesSection(string name, byte[] bytes) : ISnapshotSection
{
    public string Name => name;

    public byte[] Bytes => bytes;

    public void Transfer(StateTransfer transfer) => transfer.Bytes(bytes);
}

/// <summary>A core with some history, whose snapshots go to a storage.</summary>
internal sealed class SnapshotWorld
{
    private readonly Session _session;
    private int _applied;

    public SnapshotWorld(int seed = 7)
    {
        _session = SessionGenerator.Generate(seed);
        Engine = new CoreEngine(_session.Limits);
        Store = new SnapshotStore(Storage);
    }

    public CoreEngine Engine { get; }

    public WatchedStorage Storage { get; } = new();

    public SnapshotStore Store { get; }

    public SnapshotHeader HeaderOfNow => new(
        SnapshotStore.FormatVersion,
        Engine.Core.Sequence,
        Engine.Core.Now,
        Engine.Core.ComputeHash(),
        17,
        new ChainHash(1, 2, 3, 4),
        Engine.Core.FixedLimits);

    /// <summary>Applies the next commands of the session, then writes a snapshot; returns its name.</summary>
    public string Snapshot(int commands = 40)
    {
        var ignored = new EventLog();
        for (int end = _applied + commands; _applied < end; _applied++)
        {
            Engine.Step(_session.Commands[_applied], ignored);
        }
        SnapshotHeader written = Store.Write(HeaderOfNow, [new StateSection(Engine.Core)]);
        return SnapshotFormat.NameOf(written.Sequence);
    }

    /// <summary>The newest snapshot that can be loaded, as recovery chooses it; null when there is none.</summary>
    public (TradingCore Core, SnapshotHeader Header)? Recover()
    {
        foreach (string name in Store.Newest())
        {
            try
            {
                return Load(name);
            }
            catch (SnapshotDamagedException)
            {
            }
        }
        return null;
    }

    public (TradingCore Core, SnapshotHeader Header) Load(string name)
    {
        CoreEngine? loaded = null;
        SnapshotHeader header = Store.Read(name, found =>
        {
            loaded = new CoreEngine(found.Limits.ApplyTo(new EngineLimits()));
            return [new StateSection(loaded.Core)];
        });
        return (loaded!.Core, header);
    }
}
