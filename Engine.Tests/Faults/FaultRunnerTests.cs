using CopyEngine.Tests.Host;
using CopyEngine.Tests.Protocol;
using Xunit;

namespace CopyEngine.Tests.Faults;

/// <summary>
/// A few minutes of <c>scripts/faults</c>: the real process is killed, cut off from power and disk, and judged by a ledger
/// of its own. What the machine cannot do is skipped with the runner's reason. More of it: docs/reliability.md.
/// </summary>
public sealed class FaultRunnerTests
{
    [Fact]
    public Task Killed_at_any_moment_under_load_nothing_that_was_answered_is_lost() => RunAsync("A1", cycles: 8, seed: 1);

    [Fact]
    public Task Killed_at_named_places_of_the_journal_nothing_is_lost() => RunAsync("A2", cycles: 3, seed: 1);

    [Fact]
    public Task Killed_while_replaying_and_in_the_middle_of_a_cascade_nothing_is_lost_or_done_twice() => RunAsync("A4,H1", cycles: 1, seed: 4);

    [Fact]
    public Task A_power_cut_takes_nothing_that_was_answered() => RunAsync("A5", cycles: 2, seed: 1);

    [Fact]
    public Task A_failing_full_or_readonly_disk_stops_the_engine_before_it_says_anything_untrue() => RunAsync("A9,A10,A13,A14", cycles: 1, seed: 1);

    [Fact]
    public Task Damaged_and_lost_files_are_refused() => RunAsync("A8,A16,A17", cycles: 1, seed: 1);

    [Fact]
    public Task A_resent_command_has_one_effect_also_after_a_crash() => RunAsync("E1,E2,E3", cycles: 1, seed: 1);

    [Fact]
    public Task Stops_second_starts_and_poisoned_commands_end_as_stated() => RunAsync("A18,A19,G3,G4", cycles: 1, seed: 1);

    private static async Task RunAsync(string cases, int cycles, int seed)
    {
        await PeerProcess.SkipWithoutPythonMessagePackAsync();
        using var folder = new TemporaryFolder();
        (int exitCode, string output, string error) = await PeerProcess.RunAsync(PeerProcess.Python,
        [
            "-B", Repository.PathOf("scripts", "faults"), "--host", Path.Combine(AppContext.BaseDirectory, "CopyEngine.Host.dll"),
            "--cycles", $"{cycles}", "--seed", $"{seed}", "--cases", cases, "--place", folder.Path,
        ]);
        Assert.True(exitCode == 0, $"{output}\n{error}");
        if (output.Contains("\n0 passed", StringComparison.Ordinal))
        {
            Assert.Skip(output);
        }
    }
}
