using System.Diagnostics;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

/// <summary>Polls for what another thread is about to do, with a deadline that only a hang reaches.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static void Holds(Func<bool> condition, string expectation)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"It never came true that {expectation}.");
            Thread.Sleep(1);
        }
    }

    public static void Ends(Thread thread) => Assert.True(thread.Join(Deadline), $"The thread '{thread.Name}' never ended.");
}
