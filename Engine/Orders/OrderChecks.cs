using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Instruments;
using CopyEngine.Quotes;

namespace CopyEngine.Orders;

/// <summary>An order's numbers in the core's own units, after they were checked.</summary>
internal struct OrderTerms
{
    public int Steps;
    public int PricePoints;
    public int StopPricePoints;
    public int StopLossPoints;
    public int TakeProfitPoints;
    public long ExpiresAt;
}

/// <summary>
/// What must be true of an order before anything changes, in order of precedence of the reject codes (semantics,
/// section 5, and docs/rules.md).
/// </summary>
internal sealed class OrderChecks(InstrumentTable instruments, GroupTable groups, QuoteTable quotes, AccountTable accounts)
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>Whether an account may open.</summary>
    public RejectCode CheckMayOpen(int account) => accounts[account].Status switch
    {
        AccountStatus.Suspended => RejectCode.AccountNotActive,
        AccountStatus.CloseOnly => RejectCode.CloseOnly,
        _ => accounts[account].Has(AccountFlags.Liquidating) ? RejectCode.Liquidating : RejectCode.None,
    };

    /// <summary>Everything about a new order but its margin.</summary>
    public RejectCode Check(in PlaceOrder command, long now, out OrderTerms terms)
    {
        terms = default;
        RejectCode refusal = CheckMayOpen(command.Account);
        if (refusal != RejectCode.None)
        {
            return refusal;
        }
        Instrument instrument = instruments[command.Symbol];
        refusal = !instrument.IsInSession(now) ? RejectCode.MarketClosed
            : command.Side is not (Side.Buy or Side.Sell) ? RejectCode.InvalidSide
            : !IsPossible(in command) ? RejectCode.InvalidOrderType
            : CheckLots(command.Account, instrument, command.Lots, out terms.Steps);
        if (refusal == RejectCode.None)
        {
            refusal = CheckExpiry(in command, now, out terms.ExpiresAt);
        }
        if (refusal == RejectCode.None)
        {
            refusal = CheckQuote(instrument.Id, now);
        }
        if (refusal == RejectCode.None)
        {
            refusal = CheckPrices(in command, instrument, ref terms);
        }
        return refusal != RejectCode.None ? refusal : CheckStops(in command, instrument, ref terms);
    }

    /// <summary>Lots in steps, within the group's limits.</summary>
    public RejectCode CheckLots(int account, Instrument instrument, long lots, out int steps)
    {
        steps = 0;
        if (lots <= 0)
        {
            return RejectCode.InvalidLots;
        }
        if (lots % instrument.StepUnits != 0)
        {
            return RejectCode.LotsOffStep;
        }
        ref readonly GroupInstrument limits = ref groups[accounts[account].Group].For(instrument.Id);
        long wanted = lots / instrument.StepUnits;
        if (wanted < limits.MinSteps)
        {
            return RejectCode.LotsBelowMinimum;
        }
        if (wanted > limits.MaxSteps)
        {
            return RejectCode.LotsAboveMaximum;
        }
        steps = (int)wanted;
        return RejectCode.None;
    }

    /// <summary>Whether there is a price to open at.</summary>
    public RejectCode CheckQuote(int symbol, long now) =>
        !quotes[symbol].Exists ? RejectCode.NoPrice
        : !quotes.IsFresh(symbol, now) ? RejectCode.StalePrice
        : RejectCode.None;

    /// <summary>Prices of a waiting order: on the grid, on their own side of the market, far enough from it.</summary>
    public RejectCode CheckWaitingPrices(
        int account, Instrument instrument, Side side, OrderType type, long price, long stopPrice, ref OrderTerms terms)
    {
        bool needsPrice = type is OrderType.Limit or OrderType.StopLimit;
        bool needsStop = type is OrderType.Stop or OrderType.StopLimit;
        if (type == OrderType.Stop && stopPrice == Field.NotGiven)
        {
            (price, stopPrice) = (stopPrice, price);
        }
        if (needsPrice != (price != Field.NotGiven) || needsStop != (stopPrice != Field.NotGiven)
            || (needsPrice && !instrument.TryPoints(price, out terms.PricePoints))
            || (needsStop && !instrument.TryPoints(stopPrice, out terms.StopPricePoints)))
        {
            return RejectCode.InvalidPrice;
        }
        int halfSpread = groups[accounts[account].Group].For(instrument.Id).HalfSpreadPoints;
        int market = quotes[instrument.Id].Raw.ClientPrice(side, halfSpread);
        int ahead = type == OrderType.Limit ? market - terms.PricePoints : terms.StopPricePoints - market;
        int distance = side == Side.Buy ? ahead : -ahead;
        return distance >= LeastDistance(instrument) ? RejectCode.None : RejectCode.InvalidPrice;
    }

    /// <summary>Stop levels measured from a reference price; not given and removed levels are 0.</summary>
    public static RejectCode CheckStops(Instrument instrument, Side side, int reference, int stopLoss, int takeProfit)
    {
        int least = LeastDistance(instrument);
        int direction = side == Side.Buy ? 1 : -1;
        bool isSound = (stopLoss == 0 || direction * (reference - stopLoss) >= least)
            && (takeProfit == 0 || direction * (takeProfit - reference) >= least);
        return isSound ? RejectCode.None : RejectCode.InvalidStops;
    }

    /// <summary>A stop level in points: the given one, none, or as it was.</summary>
    public static bool TryStopLevel(Instrument instrument, long level, int before, out int points)
    {
        points = before;
        if (level == Field.NotGiven)
        {
            return true;
        }
        if (level == Field.Remove)
        {
            points = 0;
            return true;
        }
        return instrument.TryPoints(level, out points);
    }

    /// <summary>The price from which stops of an open or waiting order are measured.</summary>
    public int StopReference(int account, Instrument instrument, Side side, OrderType type, in OrderTerms terms)
    {
        int halfSpread = groups[accounts[account].Group].For(instrument.Id).HalfSpreadPoints;
        return type switch
        {
            OrderType.Limit or OrderType.StopLimit => terms.PricePoints,
            OrderType.Stop => terms.StopPricePoints,
            _ => quotes[instrument.Id].Raw.ClosePrice(side, halfSpread),
        };
    }

    /// <summary>Whether a fill is worse than the sender accepts.</summary>
    public bool SlipsTooFar(in PlaceOrder command, int fillPoints)
    {
        if (command.MaxSlippage == Field.NotGiven || command.OrderType != OrderType.Market)
        {
            return false;
        }
        long fill = fillPoints * instruments[command.Symbol].PointUnits;
        Int128 worse = command.Side == Side.Buy ? (Int128)fill - command.Price : (Int128)command.Price - fill;
        return worse > command.MaxSlippage;
    }

    /// <summary>The next 00:00 UTC after a time.</summary>
    public static long NextMidnight(long now) => (now / MicrosecondsPerDay + 1) * MicrosecondsPerDay;

    private static int LeastDistance(Instrument instrument) => Math.Max(1, instrument.Definition.StopsLevelPoints);

    private static bool IsPossible(in PlaceOrder command) =>
        command.OrderType is >= OrderType.Market and <= OrderType.StopLimit
        && command.TimeInForce is >= TimeInForce.Gtc and <= TimeInForce.Fok
        && (command.OrderType == OrderType.Market || command.TimeInForce is not (TimeInForce.Ioc or TimeInForce.Fok));

    private static RejectCode CheckExpiry(in PlaceOrder command, long now, out long expiresAt)
    {
        expiresAt = 0;
        if (command.OrderType == OrderType.Market)
        {
            return RejectCode.None;
        }
        bool isGiven = command.ExpiresAt != Field.NotGiven;
        if (command.TimeInForce == TimeInForce.Gtd)
        {
            expiresAt = command.ExpiresAt;
            return isGiven && command.ExpiresAt > now ? RejectCode.None : RejectCode.InvalidExpiry;
        }
        expiresAt = command.TimeInForce == TimeInForce.Day ? NextMidnight(now) : 0;
        return isGiven ? RejectCode.InvalidExpiry : RejectCode.None;
    }

    private RejectCode CheckPrices(in PlaceOrder command, Instrument instrument, ref OrderTerms terms)
    {
        if (command.OrderType != OrderType.Market)
        {
            return command.MaxSlippage != Field.NotGiven
                ? RejectCode.InvalidPrice
                : CheckWaitingPrices(
                    command.Account, instrument, command.Side, command.OrderType, command.Price, command.StopPrice, ref terms);
        }
        bool isGuarded = command.MaxSlippage != Field.NotGiven;
        bool isSound = command.StopPrice == Field.NotGiven
            && isGuarded == (command.Price != Field.NotGiven)
            && (!isGuarded || (command.MaxSlippage >= 0 && instrument.TryPoints(command.Price, out _)));
        return isSound ? RejectCode.None : RejectCode.InvalidPrice;
    }

    private RejectCode CheckStops(in PlaceOrder command, Instrument instrument, ref OrderTerms terms)
    {
        if (!TryStopLevel(instrument, command.StopLoss, 0, out terms.StopLossPoints)
            || !TryStopLevel(instrument, command.TakeProfit, 0, out terms.TakeProfitPoints))
        {
            return RejectCode.InvalidStops;
        }
        int reference = StopReference(command.Account, instrument, command.Side, command.OrderType, in terms);
        return CheckStops(instrument, command.Side, reference, terms.StopLossPoints, terms.TakeProfitPoints);
    }
}
