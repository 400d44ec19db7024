using System.Diagnostics;
using CopyEngine.Storage;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Storage;

/// <summary>
/// An error that the kernel reports stops the program, and only an interrupted call is made again (reliability, A11):
/// a child process runs under a tracer that puts errors in the place of the kernel's answers.
/// </summary>
public sealed class HonestSyncTests
{
    private const string FolderVariable = "COPYENGINE_TEST_STORAGE";
    private const int Writes = 5;

    [Theory]
    [InlineData("fdatasync:error=EIO:when=3", "cannot sync ", "(EIO)")]
    [InlineData("fsync:error=EIO:when=2", "cannot sync ", "(EIO)")]
    [InlineData("pwrite64:error=EIO:when=3", "cannot write to ", "(EIO)")]
    [InlineData("fdatasync:error=ENOSPC:when=3", "cannot sync ", "(ENOSPC)")]
    [InlineData("fallocate:error=EDQUOT:when=2", "cannot reserve room for ", "(EDQUOT)")]
    [InlineData("rename:error=EROFS:when=2", "cannot rename ", "(EROFS)")]
    [InlineData("fdatasync:error=EINTR:when=3", "all went well", "")]
    [InlineData("fsync:error=EINTR:when=2", "all went well", "")]
    [InlineData("pwrite64:error=EINTR:when=3", "all went well", "")]
    [InlineData("fallocate:error=EINTR:when=2", "all went well", "")]
    public async Task An_error_of_the_kernel_is_heard(string fault, string beginning, string reason)
    {
        using var folder = new TemporaryFolder();
        string trace = folder.PathOf("trace");
        string call = fault[..fault.IndexOf(':', StringComparison.Ordinal)];
        string test = $"{typeof(HonestSyncTests).FullName}.{nameof(The_child)}";
        string program = Path.Combine(AppContext.BaseDirectory, "CopyEngine.Tests");
        var start = new ProcessStartInfo(
            "strace", ["-f", "-e", $"trace={call}", "-e", $"inject={fault}", "-o", trace, program, "-explicit", "only", "-method", test])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder.Path;
        start.Environment["DOTNET_TieredCompilation"] = "1";
        Process child;
        try
        {
            child = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs strace (test.sh installs it)");
            return;
        }
        using (child)
        {
            Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string errors = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(errors.Contains("ptrace", StringComparison.OrdinalIgnoreCase), "needs the right to trace a process");
            Assert.True(File.Exists(folder.PathOf("outcome")), $"the child said nothing: {await output}{errors}");
        }
        Assert.Contains("(INJECTED)", await File.ReadAllTextAsync(trace, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        string outcome = await File.ReadAllTextAsync(folder.PathOf("outcome"), TestContext.Current.CancellationToken);
        Assert.StartsWith(beginning, outcome, StringComparison.Ordinal);
        Assert.EndsWith(reason, outcome, StringComparison.Ordinal);
    }

    /// <summary>Runs only as the child of the test above.</summary>
    [Fact(Explicit = true)]
    public void The_child()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable)
            ?? throw new InvalidOperationException($"{FolderVariable} is not set: this is the child of another test");
        string outcome = "all went well";
        try
        {
            var storage = new DirectoryStorage(folder);
            for (int write = 0; write < Writes; write++)
            {
                using IStorageFile file = storage.Create("first", 8192);
                file.Write(4096, [1, 2, 3]);
                file.Sync();
                storage.Rename("first", "second");
                storage.SyncDirectory();
            }
            using IStorageFile written = storage.Open("second", isWritable: false);
            byte[] bytes = new byte[4];
            outcome = written.Read(4096, bytes) == 4 && bytes is [1, 2, 3, 0] ? outcome : "the bytes are not those written";
        }
        catch (StorageException failure)
        {
            outcome = failure.Message;
        }
        File.WriteAllText(Path.Combine(folder, "outcome"), outcome);
    }
}
