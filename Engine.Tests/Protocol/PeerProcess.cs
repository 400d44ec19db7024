using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>Programs of other languages that tests talk to.</summary>
internal static class PeerProcess
{
    /// <summary>The system's Python, the one that sees the system's packages.</summary>
    public const string Python = "/usr/bin/python3";

    public static async Task SkipWithoutPythonMessagePackAsync()
    {
        if (!File.Exists(Python) || (await RunAsync(Python, ["-c", "import msgpack"])).ExitCode != 0)
            Assert.Skip("python3-msgpack is not installed");
    }

    /// <summary>Runs a program to its end; the test is skipped where there is no such program.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"{start.FileName} cannot be started: {missing.Message}");
            throw;
        }
    }
}
