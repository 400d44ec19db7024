using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>What the sessions reached: a code never hit is a code never tested.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);

    public void Add(EventLog events)
    {
        lock (_hits)
        {
            for (int i = 0; i < events.Count; i++)
            {
                EventSlot slot = events[i];
                Hit(slot.Header.Type);
                switch (slot.Header.Type)
                {
                    case EventType.OrderReport:
                        ref OrderReport report = ref slot.As<OrderReport>();
                        Hit(report.Status);
                        Hit(report.Cause);
                        Hit(report.Reject);
                        break;
                    case EventType.CopySkipped:
                        _ = Count($"Skip.{slot.As<CopySkipped>().Reason}");
                        break;
                    case EventType.RequestRefused:
                        Hit(slot.As<RequestRefused>().Reject);
                        break;
                    case EventType.MarginReport:
                        Hit(slot.As<MarginReport>().Kind);
                        break;
                    case EventType.QuoteRefused:
                        Hit(slot.As<QuoteRefused>().Refusal);
                        break;
                    case EventType.CopyReport:
                        Hit(slot.As<CopyReport>().Action);
                        break;
                    case EventType.Alarm:
                        Hit(slot.As<Alarm>().Kind);
                        break;
                }
            }
        }
    }

    public int Of(string name)
    {
        lock (_hits)
        {
            return _hits.GetValueOrDefault(name);
        }
    }

    /// <summary>Members of an enumeration that no session reached, except those that the core never gives.</summary>
    public List<string> Missing<TEnum>(params TEnum[] never) where TEnum : struct, Enum =>
        [.. Enum.GetValues<TEnum>().Except(never).Select(Name).Where(name => Of(name) == 0)];

    /// <summary>
    /// Everything that the core can say was said at least once. Codes of the gateway never come from the core; partial
    /// fills belong to order books; cancelling a waiting master order touches no copies.
    /// </summary>
    public void AssertComplete()
    {
        List<string> missing =
        [
            .. Missing(EventType.None),
            .. Missing(
                RejectCode.Malformed, RejectCode.UnknownMessage, RejectCode.NotAuthenticated, RejectCode.NotAuthorized,
                RejectCode.RateLimited, RejectCode.Busy, RejectCode.StorageFull, RejectCode.NoEquity, RejectCode.BelowMinLot,
                RejectCode.LinkPaused),
            .. Missing<Cause>(),
            .. Missing<MarginEventKind>(),
            .. Missing(OrderStatus.PartiallyFilled),
            .. Missing<QuoteRefusal>(),
            .. Missing(CopyAction.Cancel),
            .. Missing<AlarmKind>(),
            .. SkipReasons.Select(reason => $"Skip.{reason}").Where(name => Of(name) == 0),
        ];
        Xunit.Assert.Empty(missing);
    }

    private static readonly RejectCode[] SkipReasons =
    [
        RejectCode.NoEquity, RejectCode.NoConversion, RejectCode.BelowMinLot, RejectCode.AccountNotActive, RejectCode.CloseOnly,
        RejectCode.LinkPaused, RejectCode.Liquidating, RejectCode.InsufficientMargin, RejectCode.SlippageExceeded,
    ];

    public override string ToString()
    {
        lock (_hits)
        {
            return string.Join(", ", _hits.Select(hit => $"{hit.Key} {hit.Value}"));
        }
    }

    private void Hit<TEnum>(TEnum member) where TEnum : struct, Enum => Count(Name(member));

    private static string Name<TEnum>(TEnum member) where TEnum : struct, Enum => $"{typeof(TEnum).Name}.{member}";

    private int Count(string name) => _hits[name] = _hits.GetValueOrDefault(name) + 1;
}
