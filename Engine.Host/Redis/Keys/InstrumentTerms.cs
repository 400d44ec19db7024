using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>An instrument with what its prices and lots need to be written.</summary>
internal sealed class InstrumentTerms(InstrumentEntry entry)
{
    /// <summary>The entry of the directory that these terms were made from; another one means other terms.</summary>
    public InstrumentEntry Entry { get; } = entry;

    public byte[] Symbol { get; } = Encoding.UTF8.GetBytes(entry.Symbol);

    public string ProfitCurrency { get; } = entry.Definition.ProfitCurrency.ToString();

    public int Digits { get; } = entry.Definition.Digits;

    public long ContractSize { get; } = entry.Definition.ContractSize;

    public int MaxLeverage { get; } = entry.Definition.MaxLeverage;

    /// <summary>Decimals that the lot step needs.</summary>
    public int LotDecimals { get; } = DecimalsOf(entry.Definition.LotStep);

    /// <summary>Steps in units of 10^-<see cref="LotDecimals"/> lots.</summary>
    public long LotUnits(int steps) => ShownLots(steps * Entry.Definition.LotStep);

    /// <summary>10^-8 lots in units of 10^-<see cref="LotDecimals"/> lots.</summary>
    public long ShownLots(long lots) => lots / Fixed8.PowerOfTen(Fixed8.Decimals - LotDecimals);

    /// <summary>Contract size × lots in 10^-8.</summary>
    public long ContractValue(int steps) => (long)((Int128)ContractSize * steps * Entry.Definition.LotStep / Fixed8.One);

    /// <summary>Profit in the profit currency, 10^-8; exact, as the instrument's registration made sure.</summary>
    public long Profit(Side side, int steps, int openPoints, int clientBidPoints, int clientAskPoints)
    {
        int points = side == Side.Buy ? clientBidPoints - openPoints : openPoints - clientAskPoints;
        return (long)((Int128)points * Entry.PointUnits * ContractValue(steps) / Fixed8.One);
    }

    private static int DecimalsOf(long units)
    {
        int decimals = Fixed8.Decimals;
        while (decimals > 0 && units % 10 == 0)
        {
            units /= 10;
            decimals--;
        }
        return decimals;
    }
}

/// <summary>Terms of instruments and groups by dense id, made anew when the directory has a newer entry.</summary>
internal sealed class Terms(EngineDirectory directory)
{
    private readonly List<InstrumentTerms?> _instruments = [];

    public InstrumentTerms Instrument(int id)
    {
        InstrumentEntry entry = directory.Instrument(id);
        while (_instruments.Count <= id)
        {
            _instruments.Add(null);
        }
        if (_instruments[id] is { } known && ReferenceEquals(known.Entry, entry))
        {
            return known;
        }
        var terms = new InstrumentTerms(entry);
        _instruments[id] = terms;
        return terms;
    }

    public GroupEntry Group(int id) => directory.Group(id);

    /// <summary>What a group does for an instrument: its own terms, or the instrument's.</summary>
    public SetGroupInstrument GroupInstrument(int group, int symbol) =>
        directory.GroupInstrument(group, symbol) ?? Default(group, symbol);

    /// <summary>Half of the spread that the group pays on top of the market, points.</summary>
    public int HalfSpreadPoints(int group, int symbol) => directory.GroupInstrument(group, symbol)?.HalfSpreadPoints ?? 0;

    /// <summary>The account's leverage under the caps of instrument and group.</summary>
    public int Leverage(int leverage, int group, InstrumentTerms instrument) =>
        Cap(Cap(leverage, instrument.MaxLeverage), directory.Group(group).Definition.MaxLeverage);

    public string Currency(int account) => directory.Account(account).Currency;

    private SetGroupInstrument Default(int group, int symbol)
    {
        RegisterInstrument instrument = Instrument(symbol).Entry.Definition;
        return new SetGroupInstrument { Group = group, Symbol = symbol, MinLot = instrument.MinLot, MaxLot = instrument.MaxLot };
    }

    private static int Cap(int leverage, int cap) => cap == 0 ? leverage : Math.Min(leverage, cap);
}
