using System.CommandLine;
using CopyEngine.Host.Configuration;

namespace CopyEngine.Host.CommandLine;

/// <summary>The options of <c>serve</c>.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Config = Text("--config", "FILE", "Settings as JSON; options given here win over it.");
    private static readonly Option<bool> Demo = new("--demo") { Description = "A built-in world, simulated prices, providers that trade." };
    private static readonly Option<string[]> Quotes = new("--quotes")
    {
        Description = "Replay recorded prices: CSV or gzipped CSV with columns timestamp_us,symbol,bid,ask. May be given several times.",
        HelpName = "FILE",
    };

    private static readonly (string Name, Option<string> Option)[] Texts =
    [
        ("data", Text("--data", "DIR", "Directory for everything the engine writes. [default: ./data]")),
        ("gateway", Text("--gateway", "HOST:PORT", "Where the order gateway listens. [default: 127.0.0.1:7400]")),
        ("http", Text("--http", "HOST:PORT", "Where health, metrics and state are served. [default: 127.0.0.1:7480]")),
        ("redis", Text("--redis", "REDIS", "embedded[:PORT], off, or HOST:PORT[,password=…][,user=…][,ssl=true]. [default: embedded:7379]")),
        ("world", Text("--world", "FILE", "What exists before the first order, as JSON.")),
        ("speed", Text("--speed", "X|max", "How many times as fast as recorded. [default: max]")),
        ("orders", Text("--orders", "FILE", "Scripted commands as JSON lines with timestamp_us.")),
        ("durability", Text("--durability", "fsync|os", "When a journal batch counts as written. [default: fsync]")),
    ];

    public static Command Create()
    {
        var command = new Command("serve", "Run the engine.") { Config };
        foreach ((_, Option<string> option) in Texts)
        {
            command.Add(option);
        }
        command.Add(Demo);
        command.Add(Quotes);
        command.SetAction((parsed, cancellation) => Serve.RunAsync(Settings(parsed), cancellation));
        return command;
    }

    /// <summary>The settings of a parsed command line, those of its configuration file included.</summary>
    /// <exception cref="HostException">Something is wrong with them.</exception>
    public static HostSettings Settings(ParseResult parsed)
    {
        var given = new GivenSettings();
        foreach ((string name, Option<string> option) in Texts)
        {
            given.Add(name, parsed.GetValue(option), option.Name);
        }
        given.Add("demo", parsed.GetValue(Demo) ? "true" : null, Demo.Name);
        given.AddQuoteFiles([.. (parsed.GetValue(Quotes) ?? []).Select(file => new Given(file, Quotes.Name))]);
        if (parsed.GetValue(Config) is { } file)
        {
            SettingsFile.Read(file, given);
        }
        return given.ToSettings();
    }

    private static Option<string> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
