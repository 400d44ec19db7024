using CopyEngine.Tests.Model;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Sessions;

/// <summary>
/// Random worlds, applied to core and model side by side. A failure prints the shrunk session and its seed; to repeat
/// it set <c>COPYENGINE_SESSION_SEED</c>, to run more set <c>COPYENGINE_SESSIONS</c>. A commit is judged by the same
/// sessions wherever it is judged; to look for what they miss, set <c>COPYENGINE_SESSIONS_BASE</c> to <c>random</c>, or to
/// the number that such a run printed.
/// </summary>
public sealed class RandomSessionTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int DefaultBase = 1;
    private const string BaseVariable = "COPYENGINE_SESSIONS_BASE";
    private static readonly int? OnlySeed = Setting("COPYENGINE_SESSION_SEED");

    private static int? Setting(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;

    [Fact]
    public void Core_and_model_agree_on_every_command()
    {
        var coverage = new Coverage();
        int sessions = Setting("COPYENGINE_SESSIONS") ?? 2_000;
        ForAll(sessions, session => SessionRun.Compare(session, session.Limits, coverage));
        output.WriteLine(coverage.ToString());
        if (OnlySeed is null && sessions >= 1_000)
        {
            coverage.AssertComplete();
        }
    }

    [Fact]
    public void Sliced_into_the_smallest_pieces_of_work_the_outcomes_are_the_same()
    {
        ForAll(Setting("COPYENGINE_SESSIONS") ?? 500, session => SessionRun.Compare(session, session.Limits with { WorkQuota = 3 }));
    }

    [Fact]
    public void The_same_commands_give_the_same_state_hash()
    {
        ForAll(Setting("COPYENGINE_SESSIONS") ?? 500, SessionRun.CompareHashes);
    }

    /// <summary>Checks the property for a number of sessions, on two threads.</summary>
    private void ForAll(int sessions, Action<Session> property)
    {
        if (OnlySeed is not null)
        {
            Check.One(Quiet(1), Property(Gen.Constant(OnlySeed.Value), property));
            return;
        }
        int run = Environment.GetEnvironmentVariable(BaseVariable) == "random"
            ? Random.Shared.Next()
            : Setting(BaseVariable) ?? DefaultBase;
        output.WriteLine($"sessions {sessions}, COPYENGINE_SESSIONS_BASE={run}");
        Parallel.For(0, Lanes, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, lane =>
            Check.One(
                Quiet(sessions / Lanes).WithReplay((ulong)run, (ulong)(2 * lane + 1)),
                Property(Gen.Choose(0, int.MaxValue - 1), property)));
    }

    private static Config Quiet(int sessions) => Config.QuickThrowOnFailure.WithMaxTest(sessions).WithQuietOnSuccess(true);

    private static Property Property(Gen<int> seeds, Action<Session> property) =>
        Prop.ForAll(
            Arb.From(seeds.Select(SessionGenerator.Generate), session => session.Shrunk()),
            session => property(session));
}
