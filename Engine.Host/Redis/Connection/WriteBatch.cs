namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// What is written in one go, in stages. A stage is executed only after the one before it: on a single server because a
/// connection keeps its order, on a cluster because each stage is awaited. That is what keeps promises across slots.
/// </summary>
internal sealed class WriteBatch
{
    private readonly CommandBatch[] _stages = [new(), new(), new(), new(), new()];

    /// <summary>What was written by the batch before this one may now be announced.</summary>
    public CommandBatch Announcements => _stages[0];

    /// <summary>What must be there before an account's own keys: its entries in <c>symbol_holders</c>, details of orders.</summary>
    public CommandBatch Preparations => _stages[1];

    /// <summary>An account's own keys, which share a hash tag, and everything that stands alone.</summary>
    public CommandBatch Accounts => _stages[2];

    /// <summary>Indexes across accounts, whose members' details are there by now.</summary>
    public CommandBatch Indexes => _stages[3];

    /// <summary>What must go last.</summary>
    public CommandBatch Removals => _stages[4];

    /// <summary>The stages in their order.</summary>
    public ReadOnlySpan<CommandBatch> Stages => _stages;

    /// <summary>Commands of all stages.</summary>
    public int Count => Announcements.Count + Preparations.Count + Accounts.Count + Indexes.Count + Removals.Count;

    /// <summary>Forgets everything, keeps the memory.</summary>
    public void Clear()
    {
        foreach (CommandBatch stage in Stages)
        {
            stage.Clear();
        }
    }
}
