using System.Collections.Concurrent;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Cascades;

/// <summary>What an outside reader of the events sees of a cascade.</summary>
internal sealed class CascadeWatch : IEventListener
{
    private readonly ConcurrentDictionary<long, int> _closes = new();
    private readonly ConcurrentDictionary<string, long> _answeredAt = new();
    private int _opened;
    private int _paused;

    public string Name => "watch";

    /// <summary>How often each order was closed.</summary>
    public IReadOnlyDictionary<long, int> Closes => _closes;

    public ConcurrentBag<long> Opened { get; } = [];

    public ConcurrentQueue<OrderReport> CascadeCloses { get; } = new();

    public ConcurrentQueue<OrderReport> Refusals { get; } = new();

    public CascadeReport? Audit { get; private set; }

    public int PausedLinks => Volatile.Read(ref _paused);

    public int OpenedCopies => Volatile.Read(ref _opened);

    /// <summary>Sequence of the command that a client order id was answered by.</summary>
    public bool IsAnswered(string clientOrderId) => _answeredAt.ContainsKey(clientOrderId);

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.OrderReport:
                Take(in slot.As<OrderReport>(), slot.Header.Sequence);
                break;
            case EventType.CascadeReport:
                Audit = slot.As<CascadeReport>();
                break;
            case EventType.LinkChanged when slot.As<LinkChanged>().PauseReason == RejectCode.Liquidating:
                Interlocked.Increment(ref _paused);
                break;
        }
    }

    private void Take(in OrderReport report, long sequence)
    {
        ClientOrderId id = report.ClientOrderId;
        if (!id.IsEmpty)
        {
            _answeredAt[id.ToString()] = sequence;
        }
        switch (report.Status)
        {
            case OrderStatus.Filled:
                Opened.Add(report.OrderId);
                _opened += report.IsCopy ? 1 : 0;
                break;
            case OrderStatus.Closed:
                _closes.AddOrUpdate(report.OrderId, 1, (_, times) => times + 1);
                if (report.Cause == Cause.Cascade)
                {
                    CascadeCloses.Enqueue(report);
                }
                break;
            case OrderStatus.Rejected:
                Refusals.Enqueue(report);
                break;
        }
    }
}
