using System.Diagnostics;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Waits for what another process is about to do, with a deadline that only a hang reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static Task HoldsAsync(Func<bool> condition, string expectation) => HoldsAsync(() => Task.FromResult(condition()), expectation);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string expectation)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"It never came true that {expectation}.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
