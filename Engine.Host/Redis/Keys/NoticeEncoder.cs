using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>Audit records, and what is published on channels once the keys are written.</summary>
internal sealed class NoticeEncoder(EngineDirectory directory, Terms terms, RedisLimits limits)
{
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <summary>The record of a cascade; it expires, because it is history and not state.</summary>
    public void Write(CommandBatch batch, in ProjectedAudit audit)
    {
        CascadeReport report = audit.Report;
        long provider = directory.Account(report.Provider).Name.Number;
        long milliseconds = audit.Time / 1_000;
        batch.Command("MULTI"u8);
        batch.Command("HSET"u8).AddAuditKey(provider, milliseconds)
            .Field("strategy_provider_id"u8, provider)
            .Field("timestamp"u8, milliseconds)
            .Field("total_followers"u8, report.TotalFollowers)
            .Field("successful_liquidations"u8, report.SuccessfulFollowers)
            .Field("failed_liquidations"u8, report.FailedFollowers)
            .Field("positions_closed"u8, report.PositionsClosed)
            .Field("duration_us"u8, audit.Time - report.StartedAt)
            .Level("trigger_margin_level"u8, report.TriggerEquity, report.TriggerUsedMargin);
        batch.Command("EXPIRE"u8).AddAuditKey(provider, milliseconds).Add((long)limits.AuditLife.TotalSeconds);
        batch.Command("EXEC"u8);
    }

    /// <summary>Everything that may be announced once the batch is written.</summary>
    public void Announce(CommandBatch batch, TakenBatch taken)
    {
        foreach (TakenQuote quote in taken.Quotes)
        {
            batch.Command("PUBLISH"u8).Add("market_price_updates"u8).Add(terms.Instrument(quote.Symbol).Symbol);
        }
        foreach (ref readonly TakenAccount account in taken.Accounts)
        {
            if (account.Changes.Has(AccountChanges.Portfolio))
            {
                batch.Command("PUBLISH"u8).Add("portfolio_updates"u8).AddAccount(in account.Account);
            }
        }
        foreach (ProjectedMarginEvent margin in taken.MarginEvents)
        {
            batch.Command("PUBLISH"u8).Add("autocutoff_events"u8).Add(ToJson(in margin));
        }
    }

    private ReadOnlySpan<byte> ToJson(in ProjectedMarginEvent margin)
    {
        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json);
        MarginReport report = margin.Report;
        json.WriteStartObject();
        json.WriteString("event"u8, NameOf(report.Kind));
        json.WriteString("account"u8, directory.Account(report.Account).Name.ToString());
        json.WriteString("margin_level"u8, Fixed8.UnitsToText(Fields.LevelHundredths(report.Equity, report.UsedMargin), 2));
        json.WriteString("equity"u8, Shown(report.Equity));
        json.WriteString("used_margin"u8, Shown(report.UsedMargin));
        json.WriteString("cause"u8, report.CauseProvider < 0 ? null : directory.Account(report.CauseProvider).Name.ToString());
        json.WriteNumber("closed"u8, report.Closed);
        json.WriteNumber("sequence"u8, margin.Sequence);
        json.WriteNumber("ts"u8, margin.Time / 1_000);
        json.WriteEndObject();
        json.Flush();
        return _json.WrittenSpan;
    }

    private static string Shown(Money money) => Fixed8.UnitsToText(money.RoundToMinorUnit(2).Units / 1_000_000, 2);

    private static string NameOf(MarginEventKind kind) => kind switch
    {
        MarginEventKind.Warning => "WARNING",
        MarginEventKind.LiquidationStarted => "LIQUIDATION_STARTED",
        MarginEventKind.Liquidated => "LIQUIDATED",
        MarginEventKind.CascadeStarted => "CASCADE_STARTED",
        MarginEventKind.CascadeDone => "CASCADE_DONE",
        MarginEventKind.Restored => "RESTORED",
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"margin event {kind} has no name")),
    };
}
