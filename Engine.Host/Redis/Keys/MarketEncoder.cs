using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>Prices, terms of groups, and copy links: keys that belong to no account.</summary>
internal sealed class MarketEncoder(Terms terms)
{
    public void Write(CommandBatch batch, TakenQuote taken)
    {
        InstrumentTerms instrument = terms.Instrument(taken.Symbol);
        batch.Command("HSET"u8).AddMarketKey(instrument.Symbol)
            .Units("bid"u8, taken.Quote.BidPoints, instrument.Digits)
            .Units("ask"u8, taken.Quote.AskPoints, instrument.Digits)
            .Field("ts"u8, taken.Quote.Time / 1_000);
    }

    public void Write(CommandBatch batch, (int Group, int Symbol) key)
    {
        GroupEntry group = terms.Group(key.Group);
        if (key.Symbol == GroupTable.Settings)
        {
            WriteSettings(batch, group);
        }
        else
        {
            WriteTerms(batch, group, key.Symbol);
        }
    }

    public static void Write(CommandBatch batch, TakenLink link)
    {
        batch.Command(link.IsActive ? "SADD"u8 : "SREM"u8).AddFollowersKey(link.Provider).Add(link.Follower);
        if (link.EarliestProvider != 0)
        {
            batch.Command("SET"u8).AddMasterKey(link.Follower).Add(link.EarliestProvider);
        }
        else
        {
            batch.Command("DEL"u8).AddMasterKey(link.Follower);
        }
    }

    private static void WriteSettings(CommandBatch batch, GroupEntry group)
    {
        RegisterGroup definition = group.Definition;
        batch.Command("HSET"u8).AddGroupKey(group.Name, "settings"u8)
            .Field("margin_price"u8, definition.MarginPrice == MarginPrice.Open ? "open"u8 : "current"u8)
            .Field("max_leverage"u8, definition.MaxLeverage)
            .Setting("auto_cutoff_level"u8, definition.WarningLevel * (Fixed8.One / 10_000))
            .Setting("auto_liquidation_level"u8, definition.LiquidationLevel * (Fixed8.One / 10_000))
            .Field("warning_interval_seconds"u8, definition.WarningIntervalSeconds)
            .Field("conversion"u8, Of(definition.Conversion));
    }

    /// <summary>Half-spread = <c>spread</c> × <c>spread_pip</c> / 2: the spread in points, and what a point is worth.</summary>
    private void WriteTerms(CommandBatch batch, GroupEntry group, int symbol)
    {
        InstrumentTerms instrument = terms.Instrument(symbol);
        SetGroupInstrument own = terms.GroupInstrument(group.Id, symbol);
        RegisterInstrument definition = instrument.Entry.Definition;
        batch.Command("HSET"u8).AddGroupKey(group.Name, instrument.Symbol)
            .Field("type"u8, (long)definition.AssetClass)
            .Setting("contract_size"u8, definition.ContractSize)
            .Field("profit"u8, instrument.ProfitCurrency)
            .Setting("margin"u8, definition.MarginFactor)
            .Field("spread"u8, own.HalfSpreadPoints * 2L)
            .Units("spread_pip"u8, 1, instrument.Digits)
            .Setting("commission"u8, own.Commission)
            .Units("min_lot"u8, instrument.ShownLots(own.MinLot), instrument.LotDecimals)
            .Units("max_lot"u8, instrument.ShownLots(own.MaxLot), instrument.LotDecimals)
            .Field("max_leverage"u8, definition.MaxLeverage);
    }

    private static ReadOnlySpan<byte> Of(ConversionPrice price) => price switch
    {
        ConversionPrice.Mid => "mid"u8,
        ConversionPrice.Conservative => "conservative"u8,
        _ => "ask"u8,
    };
}
