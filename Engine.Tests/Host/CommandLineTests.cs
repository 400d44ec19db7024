using System.CommandLine;
using CopyEngine.Host;
using CopyEngine.Host.CommandLine;
using CopyEngine.Host.Configuration;
using CopyEngine.Host.Redis;
using CopyEngine.Journal;
using Xunit;

namespace CopyEngine.Tests.Host;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("sing", "Unrecognized command or argument 'sing'")]
    [InlineData("serve --loud", "Unrecognized command or argument '--loud'")]
    [InlineData("serve --data", "Required argument missing for option: '--data'")]
    [InlineData("serve --gateway 7400", "--gateway: '7400' is not HOST:PORT")]
    [InlineData("serve --gateway 127.0.0.1:99999", "--gateway: '127.0.0.1:99999' is not HOST:PORT")]
    [InlineData("serve --http localhost:-1", "--http: 'localhost:-1' is not HOST:PORT")]
    [InlineData("serve --redis embedded:x", "--redis 'embedded:x' is not understood")]
    [InlineData("serve --redis localhost:6379,colour=red", "--redis setting 'colour' is not known")]
    [InlineData("serve --durability later", "--durability: 'later' is not fsync or os")]
    [InlineData("serve --demo --world x.json", "--demo and --world exclude each other")]
    [InlineData("serve --demo --quotes x.csv", "--demo and --quotes exclude each other")]
    [InlineData("serve --quotes x.csv", "--quotes needs --world FILE")]
    [InlineData("serve --orders x.jsonl", "--orders needs --world FILE")]
    [InlineData("serve --speed 10", "--speed is the speed of recorded prices")]
    [InlineData("serve --world w --quotes q --speed 0", "--speed: '0' is not max or a factor")]
    [InlineData("serve --world w --quotes q --speed fast", "--speed: 'fast' is not max or a factor")]
    [InlineData("serve --world w --quotes q --speed -1", "--speed: '-1' is not max or a factor")]
    [InlineData("serve --config CONFIG", "config.json: $.http: '7480' is not HOST:PORT")]
    public async Task Wrong_usage_ends_with_64_and_one_sentence(string line, string words)
    {
        line = line.Replace("CONFIG", _folder.Write("config.json", """{ "http": "7480" }"""));
        var errors = new StringWriter();

        int exitCode = await RootCommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), TextWriter.Null, errors);

        Assert.Equal(ExitCode.WrongUsage, exitCode);
        Assert.Contains(words, errors.ToString());
        Assert.Single(errors.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("serve --world WORLD", ExitCode.WrongUsage, "world.json: $.instrument: unknown field")]
    [InlineData("serve --world /nowhere/w.json", ExitCode.InputOutputFailed, "cannot read /nowhere/w.json: there is no such file")]
    [InlineData("serve --world GOOD --quotes /nowhere/q.csv", ExitCode.InputOutputFailed, "cannot read /nowhere/q.csv")]
    [InlineData("serve --world GOOD --quotes BAD", ExitCode.WrongUsage, "quotes.csv: line 2: bid 'x'")]
    [InlineData("serve --world GOOD --orders WORLD", ExitCode.WrongUsage, "world.json: line 1: $: 'type' is missing")]
    public async Task Wrong_input_ends_before_anything_is_written(string line, int expected, string words)
    {
        line = line
            .Replace("WORLD", _folder.Write("world.json", """{ "instrument": [] }"""))
            .Replace("GOOD", _folder.Write("good.json", WorldText.Sound))
            .Replace("BAD", _folder.Write("quotes.csv", "timestamp_us,symbol,bid,ask\n1,EURUSD,x,1\n"));
        string data = _folder.PathOf("data");
        var errors = new StringWriter();

        int exitCode = await RootCommandLine.RunAsync([.. line.Split(' '), "--data", data, "--http", "127.0.0.1:0", "--redis", "off"], TextWriter.Null, errors);

        Assert.Equal(expected, exitCode);
        Assert.Contains(words, errors.ToString());
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Help_names_every_option_of_serve()
    {
        var output = new StringWriter();

        int exitCode = await RootCommandLine.RunAsync(["serve", "--help"], output, TextWriter.Null);

        Assert.Equal(ExitCode.Clean, exitCode);
        Assert.All(
            ["--config", "--data", "--gateway", "--http", "--redis", "--world", "--demo", "--quotes", "--speed", "--orders", "--durability"],
            option => Assert.Contains(option, output.ToString()));
    }

    [Fact]
    public void Defaults_are_those_of_the_specification()
    {
        HostSettings settings = Parse("serve");

        Assert.Equal(("./data", "127.0.0.1:7400", "127.0.0.1:7480", "embedded:7379"),
            (settings.DataDirectory, settings.Gateway.ToString(), settings.Http.ToString(), settings.Redis.ToString()));
        Assert.Equal((Durability.Fsync, false, false), (settings.Durability, settings.IsDemo, settings.IsReplay));
    }

    [Fact]
    public void Options_win_over_the_file_and_the_file_over_the_defaults()
    {
        string file = _folder.Write("engine.json", """
            { "http": "127.0.0.1:1", "gateway": "[::1]:2", "redis": "10.0.0.7:6379,password=p,ssl=true", "quotes": ["a.csv"], "world": "w.json", "speed": 4,
              "limits": { "commandRingSize": 1024, "tickIntervalMilliseconds": 500 } }
            """);

        HostSettings settings = Parse($"serve --config {file} --http 127.0.0.1:3 --quotes b.csv --quotes c.csv.gz");

        Assert.Equal(("127.0.0.1:3", "[::1]:2"), (settings.Http.ToString(), settings.Gateway.ToString()));
        Assert.Equal(["b.csv", "c.csv.gz"], settings.QuoteFiles);
        Assert.Equal(4, settings.Speed.Factor);
        Assert.Equal((RedisMode.Remote, "10.0.0.7:6379,ssl=true", "p", true),
            (settings.Redis.Mode, settings.Redis.ToString(), settings.Redis.Password, settings.Redis.UseTls));
        Assert.Equal((1_024, TimeSpan.FromMilliseconds(500), new EngineLimits().EventRingSize),
            (settings.Limits.CommandRingSize, settings.Limits.TickInterval, settings.Limits.EventRingSize));
    }

    [Theory]
    [InlineData("""{ "colour": 1 }""", "$.colour: unknown field")]
    [InlineData("""{ "limits": { "commandRingSize": 1000 } }""", "$.limits.commandRingSize: 1000 is not a power of two, e.g. 1024")]
    [InlineData("""{ "limits": { "commandRingSize": -1 } }""", "$.limits.commandRingSize: -1 is not a whole number from 1")]
    [InlineData("""{ "limits": { "accounts": "many" } }""", "$.limits.accounts: 'many' is not a plain decimal")]
    [InlineData("""{ "limits": { "tickIntervalMilliseconds": 0 } }""", "$.limits.tickIntervalMilliseconds: 0 is not a whole number from 1")]
    [InlineData("""{ "limits": { "threads": 4 } }""", "$.limits.threads: unknown field")]
    [InlineData("""{ "quotes": "a.csv" }""", "$.quotes: must be a list")]
    [InlineData("""{ "demo": "yes" }""", "$.demo: must be true or false")]
    [InlineData("""{ "data": "" }""", "$.data is empty")]
    [InlineData("""{ "logLevel": "loud" }""", "$.logLevel: 'loud' is not debug")]
    public void Fault_in_the_configuration_file_is_refused_with_path_and_reason(string content, string words)
    {
        string file = _folder.Write("engine.json", content);

        HostException fault = Assert.Throws<HostException>(() => Parse($"serve --config {file}"));

        Assert.Equal(ExitCode.WrongUsage, fault.ExitCode);
        Assert.Contains($"{file}: {words}", fault.Message);
    }

    private static HostSettings Parse(string line) => ServeCommand.Settings(RootCommandLine.Create().Parse(line.Split(' ')));
}
