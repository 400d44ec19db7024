using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>Kind of a waiting order as keys name it; a stop-limit waits as a stop first, as a limit afterwards.</summary>
internal enum PendingType : byte
{
    None = 0,
    BuyLimit = 1,
    SellLimit = 2,
    BuyStop = 3,
    SellStop = 4,
}

/// <summary>An order as its keys show it, and which of its keys Redis has.</summary>
internal struct ProjectedOrder
{
    public long OrderId;
    public long MasterOrderId;
    public long OpenedAt;
    public long UpdatedAt;
    public long ExpiresAt;
    public Money Commission;
    public Money Swap;
    public Money Margin;
    public int Account;
    public int Symbol;
    public int RemainingSteps;
    public int AveragePricePoints;
    public int PricePoints;
    public int StopPricePoints;
    public int StopLossPoints;
    public int TakeProfitPoints;

    /// <summary>Next order of the account.</summary>
    public int Next;

    /// <summary>Previous order of the account.</summary>
    public int Previous;

    /// <summary>Next changed order of the account.</summary>
    public int NextChanged;

    /// <summary>Generation of the keys in which it was last written; 0: never.</summary>
    public int WrittenGeneration;

    public Side Side;
    public OrderType OrderType;
    public bool IsOpen;
    public bool IsCopy;

    /// <summary>In the account's list of changed orders.</summary>
    public bool IsChanged;

    /// <summary>It has ended; its keys have still to go.</summary>
    public bool HasEnded;

    /// <summary>Redis has it in the index of stop losses.</summary>
    public bool HasStopLossEntry;

    /// <summary>Redis has it in the index of take profits.</summary>
    public bool HasTakeProfitEntry;

    /// <summary>Index of waiting orders in which Redis has it.</summary>
    public PendingType PendingEntry;

    /// <summary>Kind under which it waits, none when it is open.</summary>
    public readonly PendingType PendingType => IsOpen ? PendingType.None : (OrderType, Side) switch
    {
        (OrderType.Limit, Side.Buy) => PendingType.BuyLimit,
        (OrderType.Limit, _) => PendingType.SellLimit,
        (_, Side.Buy) => PendingType.BuyStop,
        _ => PendingType.SellStop,
    };

    /// <summary>Price for which it waits.</summary>
    public readonly int PendingPricePoints => OrderType == OrderType.Limit ? PricePoints : StopPricePoints;

    /// <summary>Open with a stop loss.</summary>
    public readonly bool NeedsStopLossEntry => IsOpen && StopLossPoints != 0;

    /// <summary>Open with a take profit.</summary>
    public readonly bool NeedsTakeProfitEntry => IsOpen && TakeProfitPoints != 0;

    /// <summary>Notes that Redis has what the order needs now.</summary>
    public void NoteWritten(int generation)
    {
        WrittenGeneration = generation;
        HasStopLossEntry = NeedsStopLossEntry;
        HasTakeProfitEntry = NeedsTakeProfitEntry;
        PendingEntry = PendingType;
    }

    /// <summary>Forgets what Redis has.</summary>
    public void ForgetWritten()
    {
        WrittenGeneration = 0;
        HasStopLossEntry = false;
        HasTakeProfitEntry = false;
        PendingEntry = PendingType.None;
    }

    /// <summary>Takes what a report says of an order that lives on.</summary>
    public void Take(in OrderReport report, long time)
    {
        if (report.Status == OrderStatus.PartiallyClosed)
        {
            KeepShare(report.LastLotsSteps);
        }
        else
        {
            Commission = report.Commission;
            Swap = report.Swap;
        }
        MasterOrderId = report.MasterOrderId;
        Margin = report.Margin;
        RemainingSteps = report.RemainingSteps;
        AveragePricePoints = report.AveragePricePoints;
        PricePoints = report.PricePoints;
        StopPricePoints = report.StopPricePoints;
        StopLossPoints = report.StopLossPoints;
        TakeProfitPoints = report.TakeProfitPoints;
        OpenedAt = report.OpenedAt;
        ExpiresAt = report.ExpiresAt;
        OrderType = report.OrderType;
        IsOpen = report.AveragePricePoints != 0;
        IsCopy = report.IsCopy;
        UpdatedAt = time;
    }

    /// <summary>A partial close books its share of commission and swap; the report tells the share, the rest stays here.</summary>
    private void KeepShare(int closedSteps)
    {
        Commission -= Share(Commission, closedSteps);
        Swap -= Share(Swap, closedSteps);
    }

    private readonly Money Share(Money carried, int closedSteps) =>
        new((long)Rounding.DivideHalfAwayFromZero((Int128)carried.Units * closedSteps, RemainingSteps));
}
