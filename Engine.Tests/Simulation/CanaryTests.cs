using Xunit;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// The test of the test: builds with one deliberate mistake each, which the simulator has to find soon and for the right
/// reason. A simulator that does not find them would find nothing.
/// </summary>
public sealed class CanaryTests(ITestOutputHelper output)
{
    private const int MostSeeds = 300;

    [Fact]
    public void M1_telling_before_the_sync_is_found() => AssertFound(new TellsBeforeSync(), "O1", "S3");

    [Fact]
    public void M2_an_ignored_sync_failure_is_found() => AssertFound(new IgnoresFailedSyncs(), "O1", "R3", "S3");

    [Fact]
    public void M3_missing_checksums_are_found() => AssertFound(new ChecksNoChecksums(), "R1");

    [Fact]
    public void M5_a_rename_without_a_sync_of_the_directory_is_found() => AssertFound(new NeverSyncsDirectories(), "O1", "R3", "S3");

    [Fact]
    public void M6_a_failed_sync_tried_again_is_found() => AssertFound(new RetriesFailedSyncs(), "O1", "R3", "S3");

    [Fact]
    public void M9_answers_missing_from_the_snapshot_are_found() => AssertFound(new ForgetsAnswers(), "S5", "O2");

    [Fact]
    public void M15_an_event_told_twice_to_a_client_that_comes_back_is_found() => AssertFound(new TellsTwice(), "O6");

    private void AssertFound(EngineBuild broken, params string[] reasons)
    {
        for (int seed = 1; seed <= MostSeeds; seed++)
        {
            try
            {
                Simulation.Run(seed, broken, new SimulationCoverage());
            }
            catch (SimulationException found)
            {
                output.WriteLine($"found by seed {seed}: {found.Message}");
                Assert.Contains(reasons, reason => found.Message.Contains($" {reason}: ", StringComparison.Ordinal));
                return;
            }
        }
        Assert.Fail($"{broken.GetType().Name} was not found by {MostSeeds} seeds");
    }
}
