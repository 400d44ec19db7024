using CopyEngine.Storage;
using Xunit;

namespace CopyEngine.Tests.Storage;

/// <summary>The variable that lets tests break the process at named places.</summary>
public sealed class FailpointTests
{
    [Fact]
    public void Several_entries_are_read()
    {
        Failpoint[] points = Failpoints.Parse("afterWriteBeforeSync:kill,beforeSnapshotChunk(3):throw:2,midBatchWrite:short=100,x:sleep=5:7");
        Assert.Equal(
            [("afterWriteBeforeSync", "kill", null, 1), ("beforeSnapshotChunk(3)", "throw", null, 2), ("midBatchWrite", "short", 100, 1), ("x", "sleep", 5, 7)],
            points.Select(point => (point.Name, point.Action, point.Amount, point.Nth)));
        Assert.Empty(Failpoints.Parse(null));
    }

    [Theory]
    [InlineData("beforeJournalWrite")]
    [InlineData("beforeJournalWrite:explode")]
    [InlineData("beforeJournalWrite:sleep")]
    [InlineData("beforeJournalWrite:sleep=soon")]
    [InlineData("beforeJournalWrite:kill:often")]
    [InlineData("beforeJournalWrite:kill=3")]
    public void What_is_not_understood_is_refused(string text) => Assert.Throws<FormatException>(() => Failpoints.Parse(text));

    [Fact]
    public void It_acts_at_the_hit_asked_for_and_not_again()
    {
        Failpoint point = Failpoint.Parse("place:throw:3");
        point.Hit();
        point.Hit();
        Assert.Contains("place", Assert.Throws<StorageException>(point.Hit).Message, StringComparison.Ordinal);
        point.Hit();
    }
}
