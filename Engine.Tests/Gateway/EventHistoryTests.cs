using CopyEngine.Events;
using CopyEngine.State;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>What is kept for clients that come back, and how it is saved and loaded.</summary>
public class EventHistoryTests
{
    [Fact]
    public void Only_what_happened_to_an_account_is_kept()
    {
        var history = new EventHistory(100);
        Feed(history, Event(1, new QuoteTaken { Symbol = 0 }));
        Feed(history, Event(2, new OrderReport { Account = -1 }));
        Feed(history, Event(3, new OrderReport { Account = 4, Duplicate = true }));
        Feed(history, Event(4, new RequestDone()));
        Feed(history, Recited(Event(5, new OrderReport { Account = 4 })));
        Feed(history, Recited(Event(5, new MarginReport { Account = 4 }, index: 1)));
        Assert.Equal((default, 0), (history.Newest, Count(history)));

        Feed(history, Event(6, new OrderReport { Account = 4 }));
        Feed(history, Event(6, new CopyReport { Provider = 4 }, index: 1));
        Feed(history, Event(6, new MarginReport { Account = 4 }, index: 2));
        Assert.Equal((new EventPosition(6, 2), 3), (history.Newest, Count(history)));
    }

    [Fact]
    public void Positions_are_found_too_old_or_unknown()
    {
        var history = new EventHistory(3);
        foreach (long sequence in (long[])[2, 4, 6, 8, 10])
        {
            Feed(history, Event(sequence, new OrderReport { Account = 0 }));
        }
        Feed(history, Event(12, new RequestDone()));
        Assert.Equal(
            [
                HistorySearch.TooOld, HistorySearch.TooOld, HistorySearch.Found, HistorySearch.Found,
                HistorySearch.Found, HistorySearch.Found, HistorySearch.Found, HistorySearch.Unknown,
            ],
            new long[] { 0, 3, 4, 5, 10, 11, 12, 13 }.Select(sequence => history.Find(new EventPosition(sequence, 0), out _)));
        Assert.Equal([6, 8, 8, 10], new long[] { 4, 6, 7, 9 }.Select(seen => SequenceAfter(history, seen)));
        history.Find(new EventPosition(11, 0), out long number);
        Assert.False(history.TryRead(number, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(9_000)]
    public void What_was_saved_is_there_again_after_loading(int events)
    {
        var history = new EventHistory(5_000);
        for (int i = 1; i <= events; i++)
        {
            EventSlot slot = (i % 3) switch
            {
                0 => Event(i, new OrderReport { Account = i, OrderId = i * 7, ClientOrderId = Numerics.ClientOrderId.From($"id{i}") }),
                1 => Event(i, new CopyReport { Provider = i, Copied = i * 3 }, index: 2),
                _ => Event(i, new MarginReport { Account = i, Equity = new Numerics.Money(i) }, index: 5),
            };
            Feed(history, slot);
        }
        Feed(history, Event(events + 1, new RequestDone()));
        EventHistory loaded = Reloaded(history, 5_000);
        Assert.Equal((history.Newest, history.Known), (loaded.Newest, loaded.Known));
        Assert.Equal(All(history), All(loaded));
        foreach (long seen in (long[])[0, events / 2, Math.Max(0, events - 5_001), Math.Max(0, events - 5_000), events, events + 1, events + 2])
        {
            Assert.Equal(history.Find(new EventPosition(seen, 9), out _), loaded.Find(new EventPosition(seen, 9), out _));
        }
        Assert.Equal(Saved(history), Saved(loaded));
    }

    [Fact]
    public void Less_room_than_before_keeps_the_newest_and_knows_what_is_gone()
    {
        var history = new EventHistory(10);
        for (int i = 1; i <= 10; i++)
        {
            Feed(history, Event(i, new OrderReport { Account = i }));
        }
        EventHistory smaller = Reloaded(history, 4);
        Assert.Equal([7, 8, 9, 10], All(smaller).Select(kept => kept.Sequence));
        Assert.Equal(HistorySearch.TooOld, smaller.Find(new EventPosition(5, 0), out _));
        Assert.Equal(HistorySearch.Found, smaller.Find(new EventPosition(6, 0), out _));
        Feed(smaller, Event(11, new OrderReport { Account = 1 }));
        Assert.Equal([8, 9, 10, 11], All(smaller).Select(kept => kept.Sequence));
    }

    [Fact]
    public void A_state_without_its_events_begins_behind_them()
    {
        var history = new EventHistory(10);
        history.BeginAfter(50);
        Assert.Equal(HistorySearch.TooOld, history.Find(new EventPosition(49, 3), out _));
        Assert.Equal(HistorySearch.Found, history.Find(history.Newest, out _));
        Assert.Equal(HistorySearch.Unknown, history.Find(new EventPosition(51, 0), out _));
        Feed(history, Event(51, new OrderReport { Account = 1 }));
        Assert.Equal(HistorySearch.TooOld, history.Find(new EventPosition(49, 3), out _));
        Assert.Equal(HistorySearch.Found, history.Find(new EventPosition(51, 0), out _));
    }

    [Fact]
    public void An_event_that_comes_twice_stops_the_engine()
    {
        var history = new EventHistory(10);
        Feed(history, Event(7, new OrderReport { Account = 1 }));
        Assert.Throws<InvariantBrokenException>(() => Feed(history, Event(7, new OrderReport { Account = 1 })));
        Assert.Throws<InvariantBrokenException>(() => Feed(history, Event(6, new OrderReport { Account = 1 }, index: 4)));
    }

    private static EventSlot Event<TEvent>(long sequence, TEvent body, int index = 0) where TEvent : unmanaged, IEvent
    {
        var slot = new EventSlot { Header = new EventHeader { Sequence = sequence, Time = sequence * 10, Index = index, Type = TEvent.Type } };
        slot.As<TEvent>() = body;
        return slot;
    }

    private static EventSlot Recited(EventSlot slot)
    {
        slot.Header.IsRecited = true;
        return slot;
    }

    private static void Feed(EventHistory history, EventSlot slot) => history.OnEvent(ref slot, endOfBatch: true);

    private static int Count(EventHistory history) => All(history).Count;

    private static List<(long Sequence, int Index, long Time, EventType Type, string Body)> All(EventHistory history)
    {
        var all = new List<(long, int, long, EventType, string)>();
        for (long number = history.NumberAfter(default); history.TryRead(number, out EventSlot slot); number++)
        {
            all.Add((slot.Header.Sequence, slot.Header.Index, slot.Header.Time, slot.Header.Type, BodyOf(slot)));
        }
        return all;
    }

    private static string BodyOf(EventSlot slot) => slot.Header.Type switch
    {
        EventType.OrderReport => $"{slot.As<OrderReport>().Account} {slot.As<OrderReport>().OrderId} {slot.As<OrderReport>().ClientOrderId}",
        EventType.CopyReport => $"{slot.As<CopyReport>().Provider} {slot.As<CopyReport>().Copied}",
        _ => $"{slot.As<MarginReport>().Account} {slot.As<MarginReport>().Equity}",
    };

    private static long SequenceAfter(EventHistory history, long seen)
    {
        Assert.Equal(HistorySearch.Found, history.Find(new EventPosition(seen, 0), out long number));
        Assert.True(history.TryRead(number, out EventSlot next));
        return next.Header.Sequence;
    }

    private static List<byte> Saved(EventHistory history)
    {
        var bytes = new List<byte>();
        history.Transfer(new SavedBytes(isLoading: false, bytes));
        return bytes;
    }

    private static EventHistory Reloaded(EventHistory history, int capacity)
    {
        var loading = new SavedBytes(isLoading: true, Saved(history));
        var loaded = new EventHistory(capacity);
        loaded.Transfer(loading);
        Assert.True(loading.IsAllRead);
        return loaded;
    }
}
