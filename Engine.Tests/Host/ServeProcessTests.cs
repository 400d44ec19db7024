using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using CopyEngine.Host;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>The built program, started and stopped as an operator does it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ServeProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = HostProcess.FreePort();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Demo_trades_and_a_signal_ends_it_cleanly(string signal)
    {
        using HostProcess host = Serve("--demo");
        await host.WaitUntilAsync(_ => host.Output.Contains("FILLED", StringComparison.Ordinal), "filled order");

        host.Signal(signal);

        Assert.Equal(ExitCode.Clean, await host.ExitCodeAsync());
        Assert.Contains("Stopped at sequence", host.Output);
        Assert.Equal("", host.Errors.Trim());
        Assert.NotEmpty(Directory.GetFiles(_folder.PathOf("data/logs"), "engine-*.log"));
    }

    [Fact]
    public async Task Health_metrics_and_state_are_served()
    {
        using HostProcess host = Serve("--demo");
        await host.WaitUntilAsync(_ => host.Output.Contains("engine=running", StringComparison.Ordinal), "running engine");
        CancellationToken cancellation = TestContext.Current.CancellationToken;

        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(Url("/health/live"), cancellation)).StatusCode);
        JsonElement ready = await _http.GetFromJsonAsync<JsonElement>(Url("/health/ready"), cancellation);
        Assert.Equal("ready", ready.GetProperty("status").GetString());

        JsonElement state = await _http.GetFromJsonAsync<JsonElement>(Url("/internal/state"), cancellation);
        Assert.Equal(1_003, state.GetProperty("accounts").GetInt32());
        Assert.Matches("^[0-9a-f]{32}$", state.GetProperty("stateHash").GetString());
        Assert.All(state.GetProperty("totals").EnumerateObject(), totals => Assert.Equal("0.00", totals.Value.GetProperty("sum").GetString()));
        Assert.Equal("-2320000.00", state.GetProperty("totals").GetProperty("USD").GetProperty("externalFlows").GetString());

        HttpResponseMessage metrics = await _http.GetAsync(Url("/metrics"), cancellation);
        Assert.StartsWith("text/plain; version=0.0.4", metrics.Content.Headers.ContentType!.ToString());
        string text = await metrics.Content.ReadAsStringAsync(cancellation);
        PrometheusTextTests.AssertIsWellFormed(text);
        Assert.Contains("\ncopyengine_accounts 1003\n", text);
    }

    [Fact]
    public async Task Replay_ends_by_itself_with_a_summary()
    {
        string world = _folder.Write("world.json", WorldText.Sound.Replace("..10000", "..50"));
        string quotes = _folder.WriteGzip("quotes.csv.gz", "timestamp_us,symbol,bid,ask\n1400000000000000,EURUSD,1.10000,1.10010\n1400000001000000,EURUSD,1.10020,1.10030\n");
        string orders = _folder.Write(
            "orders.jsonl",
            """{"timestamp_us":1400000000500000,"type":"PlaceOrder","clientOrderId":"a","account":"strategy_provider:1","symbol":"EURUSD","side":"BUY","orderType":"MARKET","lots":"1"}""");

        using HostProcess host = Serve("--world", world, "--quotes", quotes, "--orders", orders, "--speed", "max");

        Assert.Equal(ExitCode.Clean, await host.ExitCodeAsync());
        Assert.Matches(@"(?m)^orders placed\s+1$", host.Output);
        Assert.Matches(@"(?m)^copies\s+50$", host.Output);
        Assert.Matches(@"(?m)^books USD\s+clients .* sum 0\.00$", host.Output);
        Assert.Matches(@"(?m)^state hash\s+[0-9a-f]{32}$", host.Output);
    }

    [Fact]
    public async Task Replay_at_recorded_speed_can_be_stopped_and_answers_no_state_question()
    {
        string world = _folder.Write("world.json", WorldText.Sound.Replace("..10000", "..5"));
        string quotes = _folder.Write("quotes.csv", "timestamp_us,symbol,bid,ask\n1400000000000000,EURUSD,1.10000,1.10010\n1400009000000000,EURUSD,1.10020,1.10030\n");
        using HostProcess host = Serve("--world", world, "--quotes", quotes, "--speed", "1");
        await host.WaitUntilAsync(_ => host.Output.Contains("engine=replaying", StringComparison.Ordinal), "replay");

        HttpResponseMessage state = await _http.GetAsync(Url("/internal/state"), TestContext.Current.CancellationToken);
        host.Signal("INT");

        Assert.Equal(HttpStatusCode.Conflict, state.StatusCode);
        Assert.Equal(ExitCode.Clean, await host.ExitCodeAsync());
    }

    [Fact]
    public async Task Port_in_use_is_named_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, _httpPort);
        other.Start();

        using HostProcess host = Serve();

        Assert.Equal(ExitCode.InputOutputFailed, await host.ExitCodeAsync());
        Assert.Contains($"cannot listen on 127.0.0.1:{_httpPort}", host.Errors);
        Assert.Contains("give another --http", host.Errors);
    }

    [Fact]
    public async Task Gateway_port_in_use_is_named_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = other.LocalEndpoint.ToString()!;

        using HostProcess host = HostProcess.Start(
            "serve", "--redis", "off", "--http", "127.0.0.1:0", "--gateway", address, "--data", _folder.PathOf("data"));

        Assert.Equal(ExitCode.InputOutputFailed, await host.ExitCodeAsync());
        Assert.Contains($"cannot listen on {address} for the gateway", host.Errors);
        Assert.Contains("give another --gateway", host.Errors);
    }

    [Fact]
    public async Task Demo_leaves_keys_for_every_role_and_keeps_them_on_the_next_start()
    {
        string keys = _folder.PathOf("data/demo-keys");
        using (HostProcess first = Serve("--demo"))
        {
            await first.WaitUntilAsync(_ => first.Output.Contains("engine=running", StringComparison.Ordinal), "running engine");
            first.Signal("INT");
            Assert.Equal(ExitCode.Clean, await first.ExitCodeAsync());
        }
        Assert.Equal(
            ["broker.json", "feed.json", "follower-1.json", "provider-1.json", "risk.json"],
            Directory.GetFiles(keys).Select(Path.GetFileName).Order());
        string provider = File.ReadAllText(Path.Combine(keys, "provider-1.json"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(keys, "provider-1.json")));

        using HostProcess second = Serve("--demo");
        await second.WaitUntilAsync(_ => second.Output.Contains("engine=running", StringComparison.Ordinal), "running engine");

        Assert.Equal(provider, File.ReadAllText(Path.Combine(keys, "provider-1.json")));
    }

    [Fact]
    public async Task Server_of_Redis_that_is_not_there_makes_the_engine_degraded_but_ready()
    {
        using HostProcess host = HostProcess.Start(
            "serve", "--demo", "--redis", $"127.0.0.1:{HostProcess.FreePort()}", "--http", $"127.0.0.1:{_httpPort}", "--gateway", "127.0.0.1:0",
            "--data", _folder.PathOf("data"));
        await host.WaitUntilAsync(_ => host.Output.Contains("engine=running", StringComparison.Ordinal), "running engine");

        JsonElement ready = await _http.GetFromJsonAsync<JsonElement>(Url("/health/ready"), TestContext.Current.CancellationToken);
        host.Signal("INT");

        Assert.Equal("ready", ready.GetProperty("status").GetString());
        Assert.StartsWith("redis: disconnected", ready.GetProperty("degraded")[0].GetString());
        Assert.Equal(ExitCode.Clean, await host.ExitCodeAsync());
    }

    [Fact]
    public async Task Second_process_on_one_data_directory_is_refused()
    {
        using HostProcess first = Serve("--demo");
        await first.WaitUntilAsync(_ => first.Output.Contains("engine=running", StringComparison.Ordinal), "running engine");

        using HostProcess second = HostProcess.Start("serve", "--redis", "off", "--http", "127.0.0.1:0", "--data", _folder.PathOf("data"));

        Assert.Equal(ExitCode.DataDirectoryInUse, await second.ExitCodeAsync());
        Assert.Contains("is in use by another process", second.Errors);
    }

    [Fact]
    public async Task Data_directory_that_cannot_be_made_is_named()
    {
        using HostProcess host = HostProcess.Start("serve", "--redis", "off", "--http", "127.0.0.1:0", "--data", _folder.Write("file", "") + "/data");

        Assert.Equal(ExitCode.InputOutputFailed, await host.ExitCodeAsync());
        Assert.Contains("cannot write to the data directory", host.Errors);
    }

    private HostProcess Serve(params string[] arguments) => HostProcess.Start(
        ["serve", "--redis", "off", "--http", $"127.0.0.1:{_httpPort}", "--gateway", "127.0.0.1:0", "--data", _folder.PathOf("data"), .. arguments]);

    private string Url(string path) => $"http://127.0.0.1:{_httpPort}{path}";
}
