using CopyEngine.Core;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>The program under test: sound here; canaries are builds with one mistake, which the simulator must find.</summary>
internal abstract class EngineBuild
{
    public static readonly EngineBuild Sound = new SoundBuild();

    /// <summary>How this build reaches its files.</summary>
    public virtual IStorage Open(IStorage storage) => storage;

    /// <summary>Up to which command this build counts everything as kept, and tells what happened.</summary>
    public virtual long Promised(long durable, long appended) => durable;

    /// <summary>With which event this build goes on for a client that comes back.</summary>
    public virtual long ResumeAt(long next) => next;

    /// <summary>Whether its state after a start is to be compared; if not, its mistake has to show in what it does.</summary>
    public virtual bool IsSameAfterLoad => true;

    /// <summary>What this build makes of a state that was loaded from a snapshot.</summary>
    public virtual void Load(TradingCore core)
    {
    }

    /// <summary>
    /// Whether it is started on copies of its disk as well, damaged ones among them; if not, its mistake has to show in an
    /// ordinary life.
    /// </summary>
    public virtual bool IsTriedOnCopies => false;

    /// <summary>Whether this build takes snapshots.</summary>
    public virtual bool TakesSnapshots => true;

    /// <summary>How this build finds a journal in which a bit has turned over.</summary>
    public virtual void Meet(SimulatedMachine machine, SimulatedDisk damaged)
    {
    }

    private sealed class SoundBuild : EngineBuild
    {
        public override bool IsTriedOnCopies => true;
    }
}
