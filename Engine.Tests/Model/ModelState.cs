using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>An instrument of the model and its market.</summary>
internal sealed class ModelInstrument
{
    public required int Id { get; init; }
    public required RegisterInstrument Definition { get; set; }
    public decimal Point => 1m / Units.PowerOfTen(Definition.Digits);
    public decimal LotStep => Units.ToDecimal(Definition.LotStep);
    public decimal ContractSize => Units.ToDecimal(Definition.ContractSize);
    public string BaseCurrency => Definition.BaseCurrency.ToString();
    public string ProfitCurrency => Definition.ProfitCurrency.ToString();
    public bool IsCrypto => Definition.AssetClass == AssetClass.Crypto;

    /// <summary>The last good quote, null before the first.</summary>
    public ModelQuote? Market { get; set; }

    /// <summary>Quotes held back by the jump limit since the last good one, oldest first.</summary>
    public List<ModelQuote> HeldBack { get; } = [];
    public long RefusedQuotes { get; set; }
    public bool QuotedSinceTick { get; set; }
}

/// <summary>A quote without any half-spread.</summary>
internal sealed record ModelQuote(decimal Bid, decimal Ask, long SourceTime, long TakenAt);

/// <summary>A group of the model.</summary>
internal sealed class ModelGroup
{
    public required int Id { get; init; }
    public required RegisterGroup Definition { get; set; }
    public Dictionary<int, SetGroupInstrument> Instruments { get; } = [];
}

/// <summary>An account of the model.</summary>
internal sealed class ModelAccount
{
    public required int Id { get; init; }
    public required AccountName Name { get; init; }
    public required ModelGroup Group { get; init; }
    public required string Currency { get; init; }
    public required int Leverage { get; init; }
    public AccountStatus Status { get; set; } = AccountStatus.Active;
    public decimal Balance { get; set; }

    /// <summary>Waiting and open orders by id.</summary>
    public List<ModelOrder> Orders { get; } = [];
    public IEnumerable<ModelOrder> Holdings => Orders.Where(order => order.IsOpen);
    public IEnumerable<ModelOrder> WaitingOrders => Orders.Where(order => !order.IsOpen);

    public bool IsArmed { get; set; } = true;
    public long? LastWarning { get; set; }
    public bool IsDirty { get; set; } = true;
    public Figures? Published { get; set; }

    /// <summary>A provider whose cascade is unfinished.</summary>
    public bool IsLiquidating { get; set; }
    public bool HasAlarmRung { get; set; }
    public RememberedAnswers Answers { get; } = new();
    public bool IsProvider => Name.UserType == UserType.StrategyProvider;
    public bool IsFollower => Name.UserType == UserType.CopyFollower;
}

/// <summary>An order of the model: waiting, open or gone.</summary>
internal sealed class ModelOrder
{
    public required long Id { get; init; }
    public required ModelAccount Account { get; init; }
    public required ModelInstrument Instrument { get; init; }
    public required Side Side { get; init; }
    public required OrderType OrderType { get; set; }
    public required decimal Lots { get; set; }
    public decimal Remaining { get; set; }
    public ClientOrderId ClientOrderId { get; init; }

    public bool IsOpen { get; set; }
    public bool IsGone { get; set; }
    public decimal OpenPrice { get; set; }
    public long OpenedAt { get; set; }
    public long ExpiresAt { get; set; }

    public decimal? Price { get; set; }
    public decimal? StopPrice { get; set; }
    public decimal? StopLoss { get; set; }
    public decimal? TakeProfit { get; set; }

    /// <summary>Places in the queues of equal levels: smaller is earlier.</summary>
    public long PriceEntry { get; set; }
    public long StopLossEntry { get; set; }
    public long TakeProfitEntry { get; set; }

    public decimal EntryCommission { get; set; }
    public decimal Swap { get; set; }

    /// <summary>Margin frozen at the fill, of the remaining lots; only crypto and groups with margin price open use it.</summary>
    public decimal FrozenMargin { get; set; }

    public ModelOrder? Master { get; set; }
    public bool IsCopy { get; init; }
    public ModelLink? Link { get; set; }
    public decimal ClosedLots => Lots - Remaining;

    /// <summary>The close that a cascade or a mirrored close still owes this holding.</summary>
    public PendingClose Pending { get; set; }

    /// <summary>When it began to wait, as a place in the order of all such beginnings.</summary>
    public long PendingSince { get; set; }
}

/// <summary>Why a holding waits to be closed.</summary>
internal enum PendingClose
{
    None,
    CascadeMaster,
    CascadeCopy,
    Mirrored,
}

/// <summary>A copy link of the model.</summary>
internal sealed class ModelLink
{
    public required ModelAccount Provider { get; init; }
    public required ModelAccount Follower { get; init; }
    public required long Subscription { get; init; }
    public required CopySettings Settings { get; init; }
    public LinkStatus Status { get; set; } = LinkStatus.Active;
    public RejectCode PauseReason { get; set; }
}

/// <summary>An account's figures, in its currency.</summary>
internal sealed record Figures(decimal Balance, decimal Equity, decimal UsedMargin, bool IsDegraded, bool RestsOnStaleRate)
{
    public decimal FreeMargin => Equity - UsedMargin;

    /// <summary>Margin level compared with a level in 10^-4 percent, without division.</summary>
    public bool IsAtOrBelow(int level) => UsedMargin > 0 && (Exact)Equity * 1_000_000m <= (Exact)UsedMargin * level;
}

/// <summary>Commands and events count in 10^-8, points and steps; the model thinks in decimals.</summary>
internal static class Units
{
    public static decimal PowerOfTen(int exponent)
    {
        decimal power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }
        return power;
    }

    public static decimal ToDecimal(long units) => units / 100_000_000m;

    public static long FromDecimal(decimal value) => decimal.ToInt64(value * 100_000_000m);

    public static Money Money(decimal value) => new(FromDecimal(value));

    public static int Steps(ModelInstrument instrument, decimal lots) => decimal.ToInt32(lots / instrument.LotStep);

    public static int Points(ModelInstrument instrument, decimal price) => decimal.ToInt32(price / instrument.Point);

    public static int Points(ModelInstrument instrument, decimal? price) => price is null ? 0 : Points(instrument, price.Value);
}
