using System.Runtime.InteropServices;
using CopyEngine.Events;
using CopyEngine.State;
using CopyEngine.Tests.Model;
using CopyEngine.Tests.Sessions;
using Xunit;

namespace CopyEngine.Tests.State;

/// <summary>Who hears the state told knows what he would know who heard everything that happened.</summary>
public sealed class RecitalTests
{
    private const int Sessions = 60;
    private const int RecitalsPerSession = 4;

    [Fact]
    public void A_listener_of_the_recital_has_the_picture_of_one_that_saw_everything()
    {
        int first = Random.Shared.Next(1 << 30);
        Parallel.For(first, first + Sessions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            Session session = SessionGenerator.Generate(seed);
            var random = new Random(seed);
            HashSet<int> recitals = [.. Enumerable.Range(0, RecitalsPerSession).Select(_ => random.Next(session.Commands.Length))];
            var engine = new CoreEngine(session.Limits with { WorkQuota = 3 });
            var everything = new Picture();
            for (int i = 0; i < session.Commands.Length; i++)
            {
                var events = new EventLog();
                engine.Step(session.Commands[i], events);
                everything.Take(events);
                if (recitals.Contains(i))
                {
                    Compare(everything, engine, $"session {seed}, after command {i + 1}");
                }
            }
        });
    }

    [Fact]
    public void It_changes_nothing_and_a_loaded_state_is_told_alike()
    {
        Session session = SessionGenerator.Generate(11);
        var engine = new CoreEngine(session.Limits with { WorkQuota = 3 });
        foreach (Commands.CommandSlot command in session.Commands[..250])
        {
            engine.Step(command, new EventLog());
        }
        CoreEngine loaded = SavedState.Load(SavedState.Of(engine.Core), session.Limits);
        StateHash before = engine.Core.ComputeHash();
        EventLog told = engine.Recite();
        EventLog toldAgain = loaded.Recite();
        Assert.Equal(before, engine.Core.ComputeHash());
        Assert.Equal(told.Count, toldAgain.Count);
        for (int i = 0; i < told.Count; i++)
        {
            Assert.True(told[i].Header.IsRecited);
            Assert.Equal((engine.Core.Sequence, i), (told[i].Header.Sequence, told[i].Header.Index));
            Assert.True(Bytes(told[i]).SequenceEqual(Bytes(toldAgain[i])), $"event {i}, {told[i].Header.Type}");
        }
    }

    [Fact]
    public void What_happens_is_not_marked_as_told()
    {
        var events = new EventLog();
        var engine = new CoreEngine();
        Session session = SessionGenerator.Generate(12);
        engine.Recite();
        engine.Step(session.Commands[0], events);
        Assert.False(events[0].Header.IsRecited);
    }

    private static void Compare(Picture everything, CoreEngine engine, string where)
    {
        var told = new Picture();
        told.Take(engine.Recite());
        List<string> expected = everything.Lines();
        List<string> actual = told.Lines();
        for (int i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            Assert.True(expected[i] == actual[i], $"{where}\nsaw everything: {expected[i]}\nheard it told:  {actual[i]}");
        }
        Assert.Equal(expected.Count, actual.Count);
    }

    private static ReadOnlySpan<byte> Bytes(EventSlot slot) => MemoryMarshal.AsBytes(new ReadOnlySpan<EventSlot>([slot]));
}
