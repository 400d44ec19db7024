using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>The state as a whole: hashed, saved, loaded, told.</summary>
internal sealed partial class TradingCore
{
    /// <summary>Digest of the state at the last tick: cheap, journaled, and compared by a replay.</summary>
    public StateHash TickHash => _tickDigest.Hash;

    /// <summary>Sequence of the tick that <see cref="TickHash"/> belongs to, 0: none yet.</summary>
    public long TickHashSequence => _tickDigest.Sequence;

    /// <summary>The limits that the state is laid out by.</summary>
    public FixedLimits FixedLimits { get; }

    /// <summary>
    /// Whether <see cref="Commands.SetLimits"/> has to be sent for a configuration: the limits in force are others, or
    /// stand in no journal yet.
    /// </summary>
    public bool LimitsDifferFrom(EngineLimits limits) => Sequence == 0 || _limits.DifferFrom(limits);

    /// <summary>Passes over a command that an operator has declared void, as if it had never been sent.</summary>
    public void Skip(long sequence)
    {
        Invariant.Holds(sequence == Sequence + 1, "a command is missing or came twice");
        Sequence = sequence;
    }

    /// <summary>Days since the Unix epoch of the last business day that was rolled over, 0: none yet.</summary>
    public int LastRolloverDay => _swaps.LastDay;

    /// <summary>Hash of the whole state, the same after the same commands on any machine.</summary>
    public StateHash ComputeHash()
    {
        var transfer = new HashTransfer();
        Transfer(transfer);
        return transfer.Result;
    }

    /// <summary>
    /// Walks over everything that decides what later commands do. Loading fills a core that no command was applied to;
    /// each module comes after those that it needs to find its way.
    /// </summary>
    public void Transfer(StateTransfer transfer)
    {
        Invariant.Holds(!transfer.IsLoading || Sequence == 0, "a state can be loaded into an empty core only");
        _limits.Transfer(transfer);
        Sequence = transfer.Kept(Sequence);
        transfer.Value(ref _now);
        _output.Transfer(transfer);
        _currencies.Transfer(transfer);
        _instruments.Transfer(transfer);
        _groups.Transfer(transfer);
        _quotes.Transfer(transfer);
        _accounts.Transfer(transfer);
        _exposures.Transfer(transfer);
        _ledger.Transfer(transfer);
        _answerTable.Transfer(transfer);
        _orders.Transfer(transfer);
        _execution.Transfer(transfer);
        _triggers.Transfer(transfer);
        _expiries.Transfer(transfer);
        _swaps.Transfer(transfer);
        _links.Transfer(transfer);
        _pending.Transfer(transfer);
        _sweep.Transfer(transfer);
        _cascade.Transfer(transfer);
        _work.Transfer(transfer);
        _tickDigest.Transfer(transfer);
        if (transfer.IsLoading)
        {
            _conversions.ChooseRoutes();
        }
    }

    /// <summary>
    /// Tells the state as events marked <see cref="Events.EventHeader.IsRecited"/>, so that a listener that saw nothing
    /// before has the same picture as one that saw everything. Changes nothing.
    /// </summary>
    public void Recite() => _recital.Tell(Sequence, _now);
}
