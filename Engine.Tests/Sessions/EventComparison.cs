using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>
/// Compares what core and model say of one command: for every type of event the ordered list of what an outsider
/// learns. Which type precedes which is the core's own business.
/// </summary>
internal static class EventComparison
{
    /// <summary>The first difference in words, null when there is none.</summary>
    public static string? Difference(EventLog expected, EventLog actual) =>
        Compare<InstrumentDefined>(expected, actual)
        ?? Compare<GroupDefined>(expected, actual)
        ?? Compare<GroupInstrumentDefined>(expected, actual)
        ?? Compare<AccountOpened>(expected, actual)
        ?? Compare<AccountStatusChanged>(expected, actual)
        ?? Compare<LinkChanged>(expected, actual)
        ?? Compare<QuoteTaken>(expected, actual)
        ?? Compare<QuoteRefused>(expected, actual)
        ?? Compare(expected.Of<RequestDone>().ConvertAll(WithoutFirst), actual.Of<RequestDone>().ConvertAll(WithoutFirst))
        ?? Compare<RequestRefused>(expected, actual)
        ?? Compare(expected.Of<OrderReport>().ConvertAll(AsFarAsTold), actual.Of<OrderReport>().ConvertAll(AsFarAsTold))
        ?? Compare(expected.Of<CopySkipped>().ConvertAll(AsFarAsComputed), actual.Of<CopySkipped>().ConvertAll(AsFarAsComputed))
        ?? Compare<CopyReport>(expected, actual)
        ?? Compare<LedgerPosting>(expected, actual)
        ?? Compare(ByPlace(expected.Of<Alarm>()), ByPlace(actual.Of<Alarm>()))
        ?? Compare(ByOrder(expected.Of<SwapCharged>()), ByOrder(actual.Of<SwapCharged>()))
        ?? Compare<RolloverCompleted>(expected, actual)
        ?? Compare<MarginReport>(expected, actual)
        ?? Compare(expected.Of<CascadeReport>().ConvertAll(WithoutStart), actual.Of<CascadeReport>().ConvertAll(WithoutStart))
        ?? Compare(expected.Portfolios(), actual.Portfolios())
        ?? Compare(expected.Of<TickCompleted>().ConvertAll(WithoutSequence), actual.Of<TickCompleted>().ConvertAll(WithoutSequence))
        ?? Compare<AccountState>(expected, actual)
        ?? Compare(ById(expected.Of<OrderState>()), ById(actual.Of<OrderState>()))
        ?? Compare<QueryEnd>(expected, actual)
        ?? Compare(expected.Of<StateReport>().ConvertAll(WithoutHash), actual.Of<StateReport>().ConvertAll(WithoutHash))
        ?? Compare(InUse(expected.Of<BooksState>()), InUse(actual.Of<BooksState>()));

    private static string? Compare<TEvent>(EventLog expected, EventLog actual) where TEvent : unmanaged, IEvent =>
        Compare(expected.Of<TEvent>(), actual.Of<TEvent>());

    private static string? Compare<TEvent>(List<TEvent> expected, List<TEvent> actual) where TEvent : unmanaged
    {
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            if (!AreSame(expected[i], actual[i]))
            {
                return $"{typeof(TEvent).Name} {i + 1}: {FieldDifferences(expected[i], actual[i])}\n  model: {CommandText.Of(expected[i])}\n  core:  {CommandText.Of(actual[i])}";
            }
        }
        if (expected.Count == actual.Count)
        {
            return null;
        }
        (string who, TEvent extra) = expected.Count > actual.Count ? ("model", expected[actual.Count]) : ("core", actual[expected.Count]);
        return $"{typeof(TEvent).Name}: the model tells {expected.Count}, the core {actual.Count}; only the {who}: {CommandText.Of(extra)}";
    }

    /// <summary>Equal bytes are equal; others may differ in padding only.</summary>
    private static bool AreSame<TEvent>(TEvent expected, TEvent actual) where TEvent : unmanaged =>
        MemoryMarshal.AsBytes(new Span<TEvent>(ref expected)).SequenceEqual(MemoryMarshal.AsBytes(new Span<TEvent>(ref actual)))
        || FieldDifferences(expected, actual).Length == 0;

    private static string FieldDifferences(object expected, object actual) =>
        string.Join(", ", CommandText.Fields(expected).Zip(CommandText.Fields(actual))
            .Where(pair => pair.First.Value != pair.Second.Value)
            .Select(pair => $"{pair.First.Name} {pair.First.Value} ≠ {pair.Second.Value}"));

    /// <summary>Of a refusal or a repeated answer only the answer counts.</summary>
    private static OrderReport AsFarAsTold(OrderReport report)
    {
        if (report.Reject == RejectCode.None && !report.Duplicate)
        {
            return report;
        }
        return new OrderReport
        {
            OrderId = report.OrderId,
            Account = report.Account,
            Status = report.Status,
            Reject = report.Reject,
            Duplicate = report.Duplicate,
            ClientOrderId = report.ClientOrderId,
        };
    }

    /// <summary>Figures of a skip that came before the size are told as far as the core got.</summary>
    private static CopySkipped AsFarAsComputed(CopySkipped skip) =>
        skip.Reason is RejectCode.NoEquity or RejectCode.NoConversion ? skip with { Sizing = default } : skip;

    private static RequestDone WithoutFirst(RequestDone done) => done with { FirstSequence = 0, FirstTime = 0 };

    private static CascadeReport WithoutStart(CascadeReport report) => report with { StartSequence = 0 };

    private static TickCompleted WithoutSequence(TickCompleted completed) => completed with { TickSequence = 0 };

    private static StateReport WithoutHash(StateReport report) => report with { HashHigh = 0, HashLow = 0 };

    /// <summary>Which of several missing pairs an account's alarm names is the core's choice; the order of alarms too.</summary>
    private static List<Alarm> ByPlace(List<Alarm> alarms) =>
        [.. alarms.Select(alarm => alarm.OrderId != 0 || alarm.Kind == AlarmKind.PriceStale
                ? alarm
                : alarm with { Symbol = -1, From = default, To = default })
            .OrderBy(alarm => alarm.Account).ThenBy(alarm => alarm.OrderId).ThenBy(alarm => alarm.Kind)];

    private static List<SwapCharged> ByOrder(List<SwapCharged> charges) => [.. charges.OrderBy(charge => charge.OrderId)];

    private static List<OrderReport> ById(List<OrderState> states) => [.. states.Select(state => state.Order).OrderBy(order => order.OrderId)];

    /// <summary>Books of currencies in which anything was ever booked, by currency.</summary>
    private static List<BooksState> InUse(List<BooksState> books) =>
        [.. books.Where(state => state.ExternalFlows != 0 || state.ClientBalances != 0 || state.BrokerProfit != 0)
            .OrderBy(state => state.Currency.ToString(), StringComparer.Ordinal)];
}
