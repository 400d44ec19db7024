using CopyEngine.Host;
using CopyEngine.Host.CommandLine;
using CopyEngine.Tests.Architecture;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>
/// <c>replay</c>, <c>verify</c>, <c>dump</c>, <c>snapshot</c> and <c>repair</c> on a journal of the first format, which is
/// kept for ever: recorded input (<c>orders.jsonl</c> in <c>world.json</c>) up to a provider's cascade.
/// </summary>
public sealed class StoreCommandsTests : IDisposable
{
    private const string StateHash = "1afbd5f1372c7c339eb1917068e3f0a8";
    private const int Commands = 134;
    private static readonly string Golden = Path.Combine(CheckoutFiles.Root, "Engine.Tests", "Golden", "v1", "store");

    private readonly TemporaryFolder _folder = new();

    public StoreCommandsTests()
    {
        Directory.CreateDirectory(_folder.PathOf("journal"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Golden, "journal")))
        {
            File.Copy(file, Path.Combine(_folder.PathOf("journal"), Path.GetFileName(file)));
        }
    }

    private string Segment => Path.Combine(_folder.PathOf("journal"), "journal-0000000000000001.seg");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_of_the_first_format_gives_the_state_that_it_gave_then()
    {
        Assert.Equal((ExitCode.Clean, StateHash), await RunAsync("replay", _folder.Path, "--hash"));
    }

    [Fact]
    public async Task The_same_recorded_input_gives_the_same_state_hash_as_years_ago()
    {
        using var host = HostProcess.Start(
            "serve", "--data", _folder.PathOf("again"), "--world", Path.Combine(Golden, "world.json"), "--orders", Path.Combine(Golden, "orders.jsonl"),
            "--redis", "off", "--http", $"127.0.0.1:{HostProcess.FreePort()}");

        Assert.Equal(ExitCode.Clean, await host.ExitCodeAsync());
        Assert.Contains(StateHash, host.Output);
        Assert.Equal((ExitCode.Clean, StateHash), await RunAsync("replay", _folder.PathOf("again"), "--hash"));
    }

    [Fact]
    public async Task Recorded_input_is_refused_where_there_is_a_history_already()
    {
        using var host = HostProcess.Start(
            "serve", "--data", _folder.Path, "--world", Path.Combine(Golden, "world.json"), "--orders", Path.Combine(Golden, "orders.jsonl"),
            "--redis", "off", "--http", $"127.0.0.1:{HostProcess.FreePort()}");

        Assert.Equal(ExitCode.WrongUsage, await host.ExitCodeAsync());
        Assert.Contains("give an empty --data", host.Errors);
    }

    [Fact]
    public async Task Replay_to_a_sequence_tells_what_the_engine_knew_then()
    {
        (int code, string early) = await RunAsync("replay", _folder.Path, "--to-sequence", "40");

        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("sequence      40", early);
        Assert.DoesNotContain("holdings      0", early);
        Assert.Contains("books sum to 0.00", early);
    }

    [Fact]
    public async Task A_snapshot_shortens_the_replay_and_changes_nothing()
    {
        (int code, string taken) = await RunAsync("snapshot", _folder.Path);
        (_, string replayed) = await RunAsync("replay", _folder.Path);

        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains($"snapshot of sequence {Commands}, state hash {StateHash}", taken);
        Assert.Contains($"replayed 0 commands after the snapshot of {Commands}", replayed);
        Assert.Contains(StateHash, replayed);
        Assert.Contains("of the last durable command already", (await RunAsync("snapshot", _folder.Path)).Output);
    }

    [Fact]
    public async Task Dump_prints_every_command_once_and_in_order()
    {
        (int code, string text) = await RunAsync("dump", _folder.Path);
        string[] commands = [.. text.Split('\n').Where(line => line.Contains("\"correlation\""))];

        Assert.Equal(ExitCode.Clean, code);
        Assert.Equal(Commands, commands.Length);
        Assert.All(commands.Index(), line => Assert.StartsWith($$"""{"sequence":{{line.Index + 1}},""", line.Item));
        Assert.Contains("\"stateHash\"", text);
        Assert.Equal(3, (await RunAsync("dump", _folder.Path, "--from", "5", "--to", "7")).Output.Split('\n').Count(line => line.Contains("\"correlation\"")));
    }

    [Fact]
    public async Task Damage_is_found_named_and_left_as_it_is()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Segment, TestContext.Current.CancellationToken);
        bytes[5_000] ^= 0x10;
        await File.WriteAllBytesAsync(Segment, bytes, TestContext.Current.CancellationToken);

        foreach (string command in (string[])["verify", "replay", "snapshot"])
        {
            (int code, string text) = await RunAsync(command, _folder.Path);
            Assert.Equal(ExitCode.RefusesToStart, code);
            Assert.Contains("journal-0000000000000001.seg", text);
        }
        using var host = HostProcess.Start("serve", "--data", _folder.Path, "--redis", "off", "--http", $"127.0.0.1:{HostProcess.FreePort()}");
        Assert.Equal(ExitCode.RefusesToStart, await host.ExitCodeAsync());
        Assert.Contains("--accept-loss-from-seq", host.Errors);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Segment, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_voided_command_is_left_out_of_every_replay_and_dump_shows_the_decision()
    {
        (int code, _) = await RunAsync("repair", _folder.Path, "--void-seq", "60");
        (_, string replayed) = await RunAsync("replay", _folder.Path);

        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("command 60 is void by an operator's decision", replayed);
        Assert.Contains("books sum to 0.00", replayed);
        Assert.Contains("""{"sequence":60,"type":"Void"}""", (await RunAsync("dump", _folder.Path)).Output);
    }

    [Fact]
    public async Task Accepted_loss_ends_the_journal_where_the_operator_says()
    {
        (int code, _) = await RunAsync("repair", _folder.Path, "--accept-loss-from-seq", "100");
        (_, string verified) = await RunAsync("verify", _folder.Path);

        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("sequences 1 to 99", verified);
        Assert.Contains("AcceptedLoss", (await RunAsync("dump", _folder.Path)).Output);
    }

    [Theory]
    [InlineData("replay", "/nowhere/data")]
    [InlineData("replay", "DIR", "--to-sequence", "135")]
    [InlineData("repair", "DIR")]
    [InlineData("repair", "DIR", "--void-seq", "1", "--accept-loss-from-seq", "2")]
    [InlineData("repair", "DIR", "--void-seq", "9999")]
    [InlineData("repair", "DIR", "--accept-loss-from-seq", "0")]
    public async Task Wrong_usage_is_one_sentence_and_exit_code_64(params string[] arguments)
    {
        (int code, string text) = await RunAsync([.. arguments.Select(argument => argument == "DIR" ? _folder.Path : argument)]);

        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Single(text.TrimEnd().Split('\n'));
        Assert.Equal((ExitCode.Clean, StateHash), await RunAsync("replay", _folder.Path, "--hash"));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        int code = await RootCommandLine.RunAsync(arguments, output, output);
        return (code, output.ToString().TrimEnd());
    }
}
