using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Quotes;

/// <summary>The market of one instrument: the last good quote, and what was held back since.</summary>
internal struct MarketQuote
{
    public long TakenAt;
    public long SourceTime;
    public long RefusedCount;
    public int BidPoints;
    public int AskPoints;

    /// <summary>The two newest quotes held back as a jump; the newest first.</summary>
    public RawQuote Suspect;
    public RawQuote EarlierSuspect;

    /// <summary>Taken since the last tick.</summary>
    public bool IsNewSinceTick;
    private readonly byte _padding1;
    private readonly short _padding2;
    private readonly int _padding3;

    public readonly bool Exists => BidPoints != 0;

    public readonly RawQuote Raw => new(BidPoints, AskPoints);
}

/// <summary>Bid and ask in points, as the market has them, without any half-spread.</summary>
/// <param name="BidPoints">Bid.</param>
/// <param name="AskPoints">Ask.</param>
internal readonly record struct RawQuote(int BidPoints, int AskPoints)
{
    public bool Exists => BidPoints != 0;

    /// <summary>What a buyer of a group with this half-spread pays, a seller gets (semantics, section 2).</summary>
    public int ClientPrice(Side side, int halfSpreadPoints) =>
        side == Side.Buy ? AskPoints + halfSpreadPoints : ClientBid(halfSpreadPoints);

    /// <summary>The price at which a holding of this side closes.</summary>
    public int ClosePrice(Side side, int halfSpreadPoints) =>
        side == Side.Buy ? ClientBid(halfSpreadPoints) : AskPoints + halfSpreadPoints;

    /// <summary>At least one point: a market that falls below the half-spread still has a price, so that what is open can close.</summary>
    private int ClientBid(int halfSpreadPoints) => Math.Max(1, BidPoints - halfSpreadPoints);
}

/// <summary>
/// The last good quote of every instrument. A quote that is crossed, off the grid, older than the last one or too far
/// from it is used for nothing; three in a row that agree with one another are a real move (semantics, section 2).
/// </summary>
internal sealed class QuoteTable(int capacity, InstrumentTable instruments)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private readonly MarketQuote[] _quotes = new MarketQuote[capacity];

    public ref readonly MarketQuote this[int symbol] => ref _quotes[symbol];

    /// <summary>True when a price exists and is young enough to open at.</summary>
    public bool IsFresh(int symbol, long now)
    {
        ref readonly MarketQuote quote = ref _quotes[symbol];
        int limitSeconds = instruments[symbol].Definition.StaleAfterSeconds;
        return quote.Exists && (limitSeconds == 0 || now - quote.TakenAt <= limitSeconds * MicrosecondsPerSecond);
    }

    /// <summary>Fresh and inside the trading hours: what a liquidation may close at.</summary>
    public bool IsTradable(int symbol, long now) => IsFresh(symbol, now) && instruments[symbol].IsInSession(now);

    /// <summary>Takes a quote or says why not.</summary>
    public QuoteRefusal? Take(in Quote command, long now)
    {
        Instrument instrument = instruments[command.Symbol];
        ref MarketQuote quote = ref _quotes[command.Symbol];
        QuoteRefusal? refusal = Examine(ref quote, instrument, in command, out RawQuote taken);
        if (refusal is not null)
        {
            quote.RefusedCount++;
            return refusal;
        }
        quote.BidPoints = taken.BidPoints;
        quote.AskPoints = taken.AskPoints;
        quote.SourceTime = command.SourceTime;
        quote.TakenAt = now;
        quote.Suspect = default;
        quote.EarlierSuspect = default;
        quote.IsNewSinceTick = true;
        return null;
    }

    /// <summary>Marks what a tick has to look at as seen.</summary>
    public void ForgetNews(int symbol) => _quotes[symbol].IsNewSinceTick = false;

    /// <summary>The quotes of the instruments that there are; those come before.</summary>
    public void Transfer(StateTransfer transfer) => transfer.Values(_quotes.AsSpan(0, instruments.Count));

    private static QuoteRefusal? Examine(ref MarketQuote quote, Instrument instrument, in Quote command, out RawQuote taken)
    {
        taken = default;
        if (!instrument.TryPoints(command.Bid, out int bid) || !instrument.TryPoints(command.Ask, out int ask) || bid > ask)
        {
            return QuoteRefusal.Invalid;
        }
        if (quote.Exists && command.SourceTime < quote.SourceTime)
        {
            return QuoteRefusal.Older;
        }
        taken = new RawQuote(bid, ask);
        int limit = instrument.Definition.JumpLimit;
        if (limit == 0 || !quote.Exists || !IsJump(quote.Raw, taken, limit))
        {
            return null;
        }
        return IsConfirmed(ref quote, taken, limit) ? null : QuoteRefusal.Jump;
    }

    private static bool IsConfirmed(ref MarketQuote quote, RawQuote third, int limit)
    {
        RawQuote second = quote.Suspect;
        RawQuote first = quote.EarlierSuspect;
        quote.EarlierSuspect = second;
        quote.Suspect = third;
        return first.Exists && !IsJump(first, second, limit) && !IsJump(first, third, limit) && !IsJump(second, third, limit);
    }

    /// <summary>Whether the middle price moved by more than the limit, in 10^-2 percent of the earlier one.</summary>
    private static bool IsJump(RawQuote before, RawQuote after, int limit)
    {
        long middleBefore = (long)before.BidPoints + before.AskPoints;
        long middleAfter = (long)after.BidPoints + after.AskPoints;
        return Int128.Abs((Int128)(middleAfter - middleBefore) * 10_000) > (Int128)limit * middleBefore;
    }
}
