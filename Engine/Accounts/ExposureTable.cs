using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Accounts;

/// <summary>
/// What one account holds of one instrument, summed: portfolio profit is linear in these, so a tick looks at
/// exposures, not at holdings.
/// </summary>
internal struct Exposure
{
    public long LongSteps;
    public long ShortSteps;

    /// <summary>Σ open points × steps of the long lots minus the same of the short lots.</summary>
    public long OpenValue;

    /// <summary>Margins frozen at the opening, in account currency; only where margin is frozen.</summary>
    public Money FrozenLong;
    public Money FrozenShort;

    public int Symbol;

    /// <summary>Holdings summed up here.</summary>
    public int Holdings;

    /// <summary>Next exposure of the account, -1: none.</summary>
    public int Next;
    private readonly int _padding;

    /// <summary>Adds, or with negative steps takes away, lots of a side.</summary>
    public void Add(Side side, long steps, int openPoints, Money frozenMargin)
    {
        if (side == Side.Buy)
        {
            LongSteps += steps;
            OpenValue += steps * openPoints;
            FrozenLong += frozenMargin;
        }
        else
        {
            ShortSteps += steps;
            OpenValue -= steps * openPoints;
            FrozenShort += frozenMargin;
        }
    }
}

/// <summary>Exposures, listed per account.</summary>
internal sealed class ExposureTable(AccountTable accounts)
{
    /// <summary>Most lot steps of one side of one exposure; keeps lots × price within 64 bits.</summary>
    public const long MaxSideSteps = 1_000_000_000;

    private readonly PagedArray<Exposure> _exposures = new(4_096);

    public ref Exposure this[int exposure] => ref _exposures[exposure];

    public int Living => _exposures.Living;

    /// <summary>The account's exposure in an instrument, or -1.</summary>
    public int Find(int account, int symbol)
    {
        int exposure = accounts[account].FirstExposure;
        while (exposure >= 0 && _exposures[exposure].Symbol != symbol)
        {
            exposure = _exposures[exposure].Next;
        }
        return exposure;
    }

    /// <summary>Whether a side of the exposure could grow by these steps.</summary>
    public bool HasRoom(int account, int symbol, Side side, long steps)
    {
        int exposure = Find(account, symbol);
        if (exposure < 0)
        {
            return true;
        }
        ref Exposure held = ref _exposures[exposure];
        return (side == Side.Buy ? held.LongSteps : held.ShortSteps) + steps <= MaxSideSteps;
    }

    /// <summary>A holding more.</summary>
    public void Open(int account, int symbol, Side side, int steps, int openPoints, Money frozenMargin)
    {
        int exposure = Find(account, symbol);
        if (exposure < 0)
        {
            exposure = _exposures.Take();
            _exposures[exposure] = new Exposure { Symbol = symbol, Next = accounts[account].FirstExposure };
            accounts[account].FirstExposure = exposure;
        }
        ref Exposure held = ref _exposures[exposure];
        held.Add(side, steps, openPoints, frozenMargin);
        held.Holdings++;
    }

    /// <summary>Lots less, and a holding less when it is its end.</summary>
    public void Close(int account, int symbol, Side side, int steps, int openPoints, Money frozenMargin, bool isLast)
    {
        int exposure = Find(account, symbol);
        ref Exposure held = ref _exposures[exposure];
        held.Add(side, -steps, openPoints, -frozenMargin);
        if (!isLast)
        {
            return;
        }
        held.Holdings--;
        if (held.Holdings == 0)
        {
            Remove(account, exposure);
        }
    }

    public void Transfer(StateTransfer transfer) => _exposures.Transfer(transfer);

    private void Remove(int account, int exposure)
    {
        ref int link = ref accounts[account].FirstExposure;
        while (link != exposure)
        {
            link = ref _exposures[link].Next;
        }
        link = _exposures[exposure].Next;
        _exposures.Return(exposure);
    }
}
