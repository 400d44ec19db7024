using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;
using CopyEngine.Tests.Sessions;
using Xunit;

namespace CopyEngine.Tests.State;

/// <summary>
/// A core that was loaded is the core that was saved: random sessions are saved at a random command, also in the middle
/// of long work, and go on in both cores. <c>COPYENGINE_SESSIONS</c> sets how many, <c>COPYENGINE_SESSION_SEED</c> which.
/// </summary>
public sealed class SaveAndLoadTests(ITestOutputHelper output)
{
    private const int QuickSessions = 300;

    [Fact]
    public void A_loaded_core_goes_on_like_the_one_that_was_saved()
    {
        int first = Setting("COPYENGINE_SESSION_SEED") ?? Random.Shared.Next(1 << 30);
        int sessions = Setting("COPYENGINE_SESSION_SEED") is null ? Setting("COPYENGINE_SESSIONS") ?? QuickSessions : 1;
        int inTheMiddleOfWork = 0;
        Parallel.For(first, first + sessions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            try
            {
                bool wasWorking = Run(seed);
                Interlocked.Add(ref inTheMiddleOfWork, wasWorking ? 1 : 0);
            }
            catch (Exception exception)
            {
                throw new DisagreementException($"to repeat: COPYENGINE_SESSION_SEED={seed}\n{exception.Message}");
            }
        });
        output.WriteLine($"{sessions} sessions from {first}, {inTheMiddleOfWork} saved in the middle of long work");
        Assert.True(sessions < QuickSessions || inTheMiddleOfWork > 0, "no state was saved in the middle of long work");
    }

    /// <returns>Whether long work was unfinished when the state was saved.</returns>
    private static bool Run(int seed)
    {
        Session session = SessionGenerator.Generate(seed);
        var random = new Random(seed);
        int saveAfter = random.Next(session.Commands.Length);
        var saved = new CoreEngine(session.Limits with { WorkQuota = random.Next(4) == 0 ? session.Limits.WorkQuota : 3 });
        CoreEngine? loaded = null;
        bool wasWorking = false;
        for (int i = 0; i < session.Commands.Length; i++)
        {
            Step(session.Commands[i], saved, loaded, i + 1);
            if (i == saveAfter)
            {
                // The loaded core must take its limits from the state, so it begins with others.
                loaded = SavedState.Load(SavedState.Of(saved.Core), new EngineLimits { WorkQuota = 77, OrdersPerAccount = 1 });
                wasWorking = saved.Core.HasUnfinishedWork;
                Assert.Equal(saved.Core.ComputeHash(), loaded.Core.ComputeHash());
                Assert.Null(StateGraph.Difference(saved.Core, loaded.Core));
                loaded.Core.Validate();
            }
            for (int more = random.Next(6); more > 0 && saved.Core.HasUnfinishedWork; more--)
            {
                Step(Continue, saved, loaded, i + 1);
            }
        }
        Assert.Null(StateGraph.Difference(saved.Core, loaded!.Core));
        return wasWorking;
    }

    private static CommandSlot Continue
    {
        get
        {
            var slot = new CommandSlot();
            slot.Set(default(Continue));
            return slot;
        }
    }

    private static void Step(CommandSlot command, CoreEngine saved, CoreEngine? loaded, int number)
    {
        var expected = new EventLog();
        saved.Step(command, expected);
        if (loaded is null)
        {
            return;
        }
        var actual = new EventLog();
        loaded.Step(command, actual);
        string where = $"command {number}, {CommandText.Of(command)}";
        Assert.True(expected.Count == actual.Count, $"{where}: {expected.Count} and {actual.Count} events");
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(Bytes(expected[i]).SequenceEqual(Bytes(actual[i])), $"{where}: event {i}, {expected[i].Header.Type}");
        }
        Assert.True(saved.Core.ComputeHash() == loaded.Core.ComputeHash(), $"{where}: other state hashes");
        Assert.True(saved.Core.TickHash == loaded.Core.TickHash, $"{where}: other tick hashes");
    }

    private static ReadOnlySpan<byte> Bytes(EventSlot slot) => MemoryMarshal.AsBytes(new ReadOnlySpan<EventSlot>([slot]));

    private static int? Setting(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;
}
