namespace CopyEngine.Tests.Simulation;

/// <summary>One life of a simulated process. It may be set to end at one of its next disk operations.</summary>
internal sealed class SimulatedProcess
{
    private int _operationsLeft = int.MaxValue;

    public bool IsDead { get; private set; }

    /// <summary>What the process was doing when it was ended at the disk.</summary>
    public DiskWork? EndedAt { get; private set; }

    /// <summary>Ends the process at its n-th operation from now that changes something.</summary>
    public void EndAfter(int operations) => _operationsLeft = operations;

    public void Kill() => IsDead = true;

    /// <summary>Counts an operation.</summary>
    /// <returns>True if it is the one at which the process ends.</returns>
    public bool IsItsLast(DiskWork work)
    {
        if (work == DiskWork.Read || --_operationsLeft > 0)
        {
            return false;
        }
        EndedAt = work;
        IsDead = true;
        return true;
    }
}
