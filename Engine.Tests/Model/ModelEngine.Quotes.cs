using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Quotes: what is taken, what is held back, how old a price is.</summary>
internal sealed partial class ModelEngine
{
    private void Apply(Quote command)
    {
        ModelInstrument? instrument = FindInstrument(command.Symbol);
        if (instrument is null)
        {
            Emit(new QuoteRefused { Symbol = -1, Refusal = QuoteRefusal.Invalid });
            return;
        }
        QuoteRefusal? refusal = Judge(instrument, command);
        if (refusal is not null)
        {
            instrument.RefusedQuotes++;
            Emit(new QuoteRefused { Symbol = instrument.Id, Refusal = refusal.Value, Count = instrument.RefusedQuotes });
            return;
        }
        ModelQuote? previous = instrument.Market;
        Take(instrument, QuoteOf(command));
        if (previous is not null && IsInSession(instrument))
        {
            FireTriggers(instrument, previous);
        }
    }

    private QuoteRefusal? Judge(ModelInstrument instrument, Quote command)
    {
        if (!IsOnGrid(instrument, command.Bid) || !IsOnGrid(instrument, command.Ask) || command.Bid > command.Ask)
        {
            return QuoteRefusal.Invalid;
        }
        if (instrument.Market is null)
        {
            return null;
        }
        if (command.SourceTime < instrument.Market.SourceTime)
        {
            return QuoteRefusal.Older;
        }
        ModelQuote quote = QuoteOf(command);
        if (IsWithinJumpLimit(instrument, instrument.Market, quote) || IsThirdInARow(instrument, quote))
        {
            return null;
        }
        instrument.HeldBack.Add(quote);
        return QuoteRefusal.Jump;
    }

    private ModelQuote QuoteOf(Quote command) =>
        new(Units.ToDecimal(command.Bid), Units.ToDecimal(command.Ask), command.SourceTime, _now);

    /// <summary>Positive, a whole number of points, at most 10^9 of them.</summary>
    private static bool IsOnGrid(ModelInstrument instrument, long price)
    {
        decimal points = Units.ToDecimal(price) / instrument.Point;
        return points > 0 && points <= 1_000_000_000 && points == decimal.Floor(points);
    }

    /// <summary>Jump limit in 10^-2 percent of the earlier quote's middle; 0: none.</summary>
    private static bool IsWithinJumpLimit(ModelInstrument instrument, ModelQuote earlier, ModelQuote later)
    {
        int limit = instrument.Definition.JumpLimit;
        decimal change = Math.Abs(later.Bid + later.Ask - (earlier.Bid + earlier.Ask));
        return limit == 0 || change * 10_000 <= limit * (earlier.Bid + earlier.Ask);
    }

    /// <summary>It and the two held back immediately before it are pairwise within the limit.</summary>
    private static bool IsThirdInARow(ModelInstrument instrument, ModelQuote quote)
    {
        if (instrument.HeldBack.Count < 2)
        {
            return false;
        }
        ModelQuote first = instrument.HeldBack[^2];
        ModelQuote second = instrument.HeldBack[^1];
        return IsWithinJumpLimit(instrument, first, second)
            && IsWithinJumpLimit(instrument, second, quote)
            && IsWithinJumpLimit(instrument, first, quote);
    }

    private void Take(ModelInstrument instrument, ModelQuote quote)
    {
        if (instrument.Market is null)
        {
            RoutesChanged();
        }
        instrument.Market = quote;
        instrument.HeldBack.Clear();
        instrument.QuotedSinceTick = true;
        Emit(new QuoteTaken
        {
            Symbol = instrument.Id,
            BidPoints = Units.Points(instrument, quote.Bid),
            AskPoints = Units.Points(instrument, quote.Ask),
            SourceTime = quote.SourceTime,
        });
    }

    /// <summary>Every account's routes may be others now, so all are recomputed at the next tick.</summary>
    private void RoutesChanged() => _accounts.ForEach(account => account.IsDirty = true);

    private bool IsStale(ModelInstrument instrument) =>
        instrument.Definition.StaleAfterSeconds > 0
        && _now - instrument.Market!.TakenAt > instrument.Definition.StaleAfterSeconds * 1_000_000L;

    private bool IsInSession(ModelInstrument instrument)
    {
        long minutes = _now / 60_000_000;
        const int FromThursdayToMonday = 3 * 24 * 60;
        long minuteOfWeek = (minutes + FromThursdayToMonday) % (7 * 24 * 60);
        bool isAlwaysOpen = true;
        for (int i = 0; i < TradingSessions.Count; i++)
        {
            TradingSession session = instrument.Definition.Sessions[i];
            if (session.CloseMinute == 0)
            {
                continue;
            }
            isAlwaysOpen = false;
            if (minuteOfWeek >= session.OpenMinute && minuteOfWeek < session.CloseMinute)
            {
                return true;
            }
        }
        return isAlwaysOpen;
    }

    /// <summary>It has a price, which is not stale, and its market is open.</summary>
    public bool IsTradable(ModelInstrument instrument) =>
        instrument.Market is not null && !IsStale(instrument) && IsInSession(instrument);

    /// <summary>At least one point, whatever the half-spread.</summary>
    private static decimal ClientBid(ModelGroup group, ModelInstrument instrument) =>
        Math.Max(instrument.Point, instrument.Market!.Bid - HalfSpread(group, instrument));

    private static decimal ClientAsk(ModelGroup group, ModelInstrument instrument) =>
        instrument.Market!.Ask + HalfSpread(group, instrument);

    /// <summary>BUY fills at the ask, SELL at the bid.</summary>
    private static decimal OpeningPrice(ModelGroup group, ModelInstrument instrument, Side side) =>
        side == Side.Buy ? ClientAsk(group, instrument) : ClientBid(group, instrument);

    /// <summary>BUY closes at the bid, SELL at the ask.</summary>
    private static decimal ClosingPrice(ModelOrder order) =>
        order.Side == Side.Buy
            ? ClientBid(order.Account.Group, order.Instrument)
            : ClientAsk(order.Account.Group, order.Instrument);
}
