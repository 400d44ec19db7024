using System.Text.Json;
using CopyEngine.Host;
using CopyEngine.Host.Json;
using CopyEngine.Host.World;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>World files of tests: small, sound, and easy to spoil in one place.</summary>
internal static class WorldText
{
    public const string Sound = """
        {
          "instruments": [ { "symbol": "EURUSD", "digits": 5, "contractSize": 100000, "baseCurrency": "EUR", "profitCurrency": "USD",
                             "assetClass": "forex", "minLot": "0.01", "maxLot": "100", "lotStep": "0.01", "stopsLevelPoints": 0, "execution": "quote" } ],
          "groups": [ { "name": "Standard", "warningLevel": 50, "liquidationLevel": 10, "liquidation": "largestLossFirst",
                        "negativeBalanceProtection": true, "marginPrice": "current",
                        "instruments": { "EURUSD": { "minLot": "0.01", "maxLot": "50", "halfSpreadPoints": 0, "commissionPerLot": "0" } } } ],
          "accounts": [ { "account": "strategy_provider:1", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "10000.00" },
                        { "accounts": "copy_follower:1..10000", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "1000.00" } ],
          "links":    [ { "provider": "strategy_provider:1", "follower": "copy_follower:1", "mode": "proportional", "ratio": "1.0" },
                        { "provider": "strategy_provider:1", "followers": "copy_follower:2..10000", "mode": "proportional" } ]
        }
        """;

    public static WorldDefinition Read(string text, EngineLimits? limits = null)
    {
        using JsonDocument document = JsonFile.Parse("world.json", System.Text.Encoding.UTF8.GetBytes(text));
        return WorldReader.Read("world.json", document.RootElement, limits ?? new EngineLimits());
    }

    /// <summary>The sentence with which a world is refused.</summary>
    public static string Refusal(string text, EngineLimits? limits = null)
    {
        HostException fault = Assert.Throws<HostException>(() => Read(text, limits));
        Assert.Equal(ExitCode.WrongUsage, fault.ExitCode);
        return fault.Message;
    }
}
