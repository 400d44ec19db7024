using System.Runtime.InteropServices;
using CopyEngine.Numerics;

namespace CopyEngine.Commands;

/// <summary>A price of one instrument. Bursts are conflated at the door; what arrives here is in order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Quote : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Quote;

    /// <summary>Dense id of the instrument, -1 when the sender's symbol is unknown.</summary>
    public int Symbol;
    private readonly int _padding;

    /// <summary>Bid in 10^-8 of the profit currency.</summary>
    public long Bid;

    /// <summary>Ask in 10^-8 of the profit currency.</summary>
    public long Ask;

    /// <summary>Microseconds since the Unix epoch at the source; older than the last one of the symbol: dropped.</summary>
    public long SourceTime;
}

/// <summary>Every 200 ms: portfolios are recomputed and margin levels looked at (semantics, section 7).</summary>
public struct Tick : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Tick;
}

/// <summary>The end of a business day at 00:00 UTC: swaps are charged, exactly once per day.</summary>
public struct Rollover : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Rollover;

    /// <summary>Days since the Unix epoch of the day that ended.</summary>
    public int Day;
}

/// <summary>Published by a thread outside the core while long work is unfinished, so that replay repeats the same slices.</summary>
public struct Continue : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Continue;
}

/// <summary>Answers with the account, its orders and an end mark, all of one sequence. Changes nothing.</summary>
public struct QueryAccount : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.QueryAccount;

    /// <summary>Dense id of the account, -1 when unknown.</summary>
    public int Account;
}

/// <summary>Answers with the hash of the whole state, counts and books. Changes nothing; takes time with the state's size.</summary>
public struct ReportState : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.ReportState;
}
