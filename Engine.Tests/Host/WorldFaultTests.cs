using CopyEngine.Host;
using CopyEngine.Host.World;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>Each row spoils the sound world in one place and says where the fault must be found, and in which words.</summary>
public sealed class WorldFaultTests
{
    [Theory]
    // Form
    [InlineData("\"instruments\": [", "\"instruments\": [ 7, ", "$.instruments[0]", "must be an object")]
    [InlineData("\"symbol\": \"EURUSD\"", "\"symbol\": \"EURUSD\", \"colour\": 1", "$.instruments[0].colour", "unknown field")]
    [InlineData("\"digits\"", "\"Digits\"", "$.instruments[0].Digits", "did you mean 'digits'")]
    [InlineData("\"digits\": 5", "\"digits\": 5, \"digits\": 4", "$.instruments[0].digits", "given twice")]
    [InlineData("\"groups\"", "\"group\"", "$.group", "unknown field")]
    [InlineData("\"links\":    [", "\"links\": {}, \"x\": [", "$.links", "must be a list")]
    // Instruments
    [InlineData("\"symbol\": \"EURUSD\", ", "", "$.instruments[0]", "'symbol' is missing")]
    [InlineData("\"symbol\": \"EURUSD\"", "\"symbol\": \"EUR{USD\"", "$.instruments[0].symbol", "is not a symbol")]
    [InlineData("\"symbol\": \"EURUSD\"", "\"symbol\": 1", "$.instruments[0].symbol", "must be a text")]
    [InlineData("\"digits\": 5", "\"digits\": 9", "$.instruments[0].digits", "not a whole number from 0 to 8")]
    [InlineData("\"digits\": 5", "\"digits\": 1e1", "$.instruments[0].digits", "not a plain decimal")]
    [InlineData("\"contractSize\": 100000", "\"contractSize\": 0", "$.instruments[0].contractSize", "0 is not from 0.00000001")]
    [InlineData("\"contractSize\": 100000", "\"contractSize\": \"0.0001\"", "$.instruments[0].digits", "too fine")]
    [InlineData("\"contractSize\": 100000", "\"contractSize\": 99999999999999", "$.instruments[0].contractSize", "cannot be held")]
    [InlineData("\"baseCurrency\": \"EUR\"", "\"baseCurrency\": \"eur\"", "$.instruments[0].baseCurrency", "currency code")]
    [InlineData("\"assetClass\": \"forex\"", "\"assetClass\": \"fx\"", "$.instruments[0].assetClass", "'fx' is not one of forex, index, commodity, crypto")]
    [InlineData("\"minLot\": \"0.01\", \"maxLot\": \"100\"", "\"minLot\": \"0.015\", \"maxLot\": \"100\"", "$.instruments[0].minLot", "not a multiple of the lot step 0.01")]
    [InlineData("\"maxLot\": \"100\"", "\"maxLot\": \"100.001\"", "$.instruments[0].maxLot", "not a multiple of the lot step 0.01")]
    [InlineData("\"minLot\": \"0.01\", \"maxLot\": \"100\"", "\"minLot\": \"2\", \"maxLot\": \"1\"", "$.instruments[0].maxLot", "below the smallest")]
    [InlineData("\"lotStep\": \"0.01\"", "\"lotStep\": \"-0.01\"", "$.instruments[0].lotStep", "is not from")]
    [InlineData("\"lotStep\": \"0.01\"", "\"lotStep\": \"0.000000001\"", "$.instruments[0].lotStep", "at most 8 decimals")]
    [InlineData("\"stopsLevelPoints\": 0", "\"stopsLevelPoints\": 1.5", "$.instruments[0].stopsLevelPoints", "not a whole number")]
    [InlineData("\"execution\": \"quote\"", "\"execution\": \"book\"", "$.instruments[0].execution", "not offered by this version")]
    [InlineData("\"execution\": \"quote\"", "\"jumpLimitPercent\": 0.001", "$.instruments[0].jumpLimitPercent", "more than two decimals")]
    [InlineData("\"execution\": \"quote\"", "\"marginFactor\": 0", "$.instruments[0].marginFactor", "is not from")]
    [InlineData("\"execution\": \"quote\"", "\"swapType\": \"money\"", "$.instruments[0].swapType", "not one of points, percent")]
    [InlineData("\"execution\": \"quote\"", "\"tripleSwapDay\": \"Wednesday\"", "$.instruments[0].tripleSwapDay", "not one of sunday")]
    [InlineData("\"execution\": \"quote\"", "\"sessions\": [ { \"open\": \"monday 25:00\", \"close\": \"friday 22:00\" } ]", "$.instruments[0].sessions[0].open", "not a day and a time")]
    [InlineData("\"execution\": \"quote\"", "\"sessions\": [ { \"open\": \"monday 00:00\" } ]", "$.instruments[0].sessions[0]", "'close' is missing")]
    [InlineData("\"execution\": \"quote\"", "\"sessions\": [ { \"open\": \"monday 00:00\", \"close\": \"tuesday 00:00\" }, { \"open\": \"monday 23:00\", \"close\": \"wednesday 00:00\" } ]", "$.instruments[0].sessions[1]", "overlaps")]
    // Groups
    [InlineData("\"name\": \"Standard\"", "\"name\": \"Stan:dard\"", "$.groups[0].name", "without braces and colons")]
    [InlineData("\"warningLevel\": 50", "\"warningLevel\": 5", "$.groups[0].warningLevel", "below the liquidation level")]
    [InlineData("\"liquidationLevel\": 10", "\"liquidationLevel\": -1", "$.groups[0].liquidationLevel", "is not from 0 to 1000")]
    [InlineData("\"liquidationLevel\": 10", "\"liquidationLevel\": 10.00001", "$.groups[0].liquidationLevel", "more than four decimals")]
    [InlineData("\"liquidation\": \"largestLossFirst\"", "\"liquidation\": \"random\"", "$.groups[0].liquidation", "not one of largestLossFirst, all")]
    [InlineData("\"negativeBalanceProtection\": true", "\"negativeBalanceProtection\": \"yes\"", "$.groups[0].negativeBalanceProtection", "must be true or false")]
    [InlineData("\"marginPrice\": \"current\"", "\"marginPrice\": \"close\"", "$.groups[0].marginPrice", "not one of current, open")]
    [InlineData("\"instruments\": { \"EURUSD\": {", "\"instruments\": { \"GBPUSD\": {", "$.groups[0].instruments.GBPUSD", "unknown instrument 'GBPUSD'")]
    [InlineData("\"halfSpreadPoints\": 0", "\"halfSpreadPoints\": -1", "$.groups[0].instruments.EURUSD.halfSpreadPoints", "not a whole number from 0")]
    [InlineData("\"maxLot\": \"50\"", "\"maxLot\": \"0.005\"", "$.groups[0].instruments.EURUSD.maxLot", "not a multiple of the lot step")]
    [InlineData("\"commissionPerLot\": \"0\"", "\"commissionPerLot\": \"-1\"", "$.groups[0].instruments.EURUSD.commissionPerLot", "is not from 0")]
    [InlineData("\"commissionPerLot\": \"0\"", "\"commissionSide\": \"never\"", "$.groups[0].instruments.EURUSD.commissionSide", "not one of entry, exit, both")]
    // Accounts
    [InlineData("\"account\": \"strategy_provider:1\"", "\"account\": \"provider:1\"", "$.accounts[0].account", "is not an account")]
    [InlineData("\"account\": \"strategy_provider:1\"", "\"account\": \"strategy_provider:0\"", "$.accounts[0].account", "is not an account")]
    [InlineData("\"account\": \"strategy_provider:1\"", "\"account\": \"strategy_provider:1..3\"", "$.accounts[0].account", "write 'accounts'")]
    [InlineData("\"accounts\": \"copy_follower:1..10000\"", "\"accounts\": \"copy_follower:9..3\"", "$.accounts[1].accounts", "must not be below 9")]
    [InlineData("\"accounts\": \"copy_follower:1..10000\"", "\"accounts\": \"copy_follower:1..10000\", \"account\": \"copy_follower:1\"", "$.accounts[1].accounts", "give one of the two")]
    [InlineData("\"account\": \"strategy_provider:1\", ", "", "$.accounts[0]", "'account' is missing")]
    [InlineData("\"account\": \"strategy_provider:1\"", "\"account\": \"copy_follower:77\"", "$.accounts[1]", "'copy_follower:77' is defined twice, first at $.accounts[0]")]
    [InlineData("\"accounts\": \"copy_follower:1..10000\"", "\"accounts\": \"copy_follower:1..9000000000\"", "$.accounts", "more than the limit of 8000000")]
    [InlineData("\"group\": \"Standard\", \"currency\": \"USD\", \"leverage\": 100, \"balance\": \"10000.00\"", "\"group\": \"Gold\", \"currency\": \"USD\", \"leverage\": 100", "$.accounts[0].group", "unknown group 'Gold'")]
    [InlineData("\"currency\": \"USD\", \"leverage\": 100, \"balance\": \"10000.00\"", "\"currency\": \"usd\", \"leverage\": 100", "$.accounts[0].currency", "currency code")]
    [InlineData("\"leverage\": 100, \"balance\": \"10000.00\"", "\"leverage\": -100", "$.accounts[0].leverage", "-100 is not a whole number from 1 to 10000")]
    [InlineData("\"leverage\": 100, \"balance\": \"10000.00\"", "\"balance\": \"10000.00\"", "$.accounts[0]", "'leverage' is missing")]
    [InlineData("\"balance\": \"10000.00\"", "\"balance\": \"-1\"", "$.accounts[0].balance", "is not from 0")]
    [InlineData("\"balance\": \"10000.00\"", "\"balance\": \"10000.001\"", "$.accounts[0].balance", "smallest unit (2 decimals)")]
    [InlineData("\"balance\": \"10000.00\"", "\"balance\": null", "$.accounts[0].balance", "must be a number, not null")]
    // Links
    [InlineData("\"provider\": \"strategy_provider:1\", \"follower\"", "\"provider\": \"strategy_provider:2\", \"follower\"", "$.links[0].provider", "unknown account 'strategy_provider:2'")]
    [InlineData("\"provider\": \"strategy_provider:1\", \"follower\"", "\"provider\": \"copy_follower:2\", \"follower\"", "$.links[0].provider", "only a strategy_provider can")]
    [InlineData("\"follower\": \"copy_follower:1\"", "\"follower\": \"strategy_provider:1\"", "$.links[0].follower", "only a copy_follower can")]
    [InlineData("\"followers\": \"copy_follower:2..10000\"", "\"followers\": \"copy_follower:2..10001\"", "$.links[1].followers", "unknown account 'copy_follower:10001'")]
    [InlineData("\"followers\": \"copy_follower:2..10000\"", "\"followers\": \"copy_follower:1..10000\"", "$.links[1]", "'copy_follower:1' follows 'strategy_provider:1' twice")]
    [InlineData("\"ratio\": \"1.0\"", "\"ratio\": \"0\"", "$.links[0].ratio", "is not from")]
    [InlineData("\"ratio\": \"1.0\"", "\"ratio\": \"1001\"", "$.links[0].ratio", "to 1000")]
    [InlineData("\"mode\": \"proportional\", \"ratio\": \"1.0\"", "\"mode\": \"fixed_lots\"", "$.links[0]", "'lots' is missing")]
    [InlineData("\"mode\": \"proportional\", \"ratio\": \"1.0\"", "\"mode\": \"fixed_amount\", \"amount\": \"5\", \"ratio\": \"1\"", "$.links[0].ratio", "no effect")]
    [InlineData("\"ratio\": \"1.0\"", "\"lots\": \"1.0\"", "$.links[0].lots", "only with mode fixed_lots")]
    [InlineData("\"mode\": \"proportional\", \"ratio\": \"1.0\"", "\"mode\": \"mirror\"", "$.links[0].mode", "'mirror' is not one of proportional, fixed_lots")]
    [InlineData("\"ratio\": \"1.0\"", "\"reverse\": 1", "$.links[0].reverse", "must be true or false")]
    public void Fault_is_refused_with_file_path_and_reason(string sound, string spoiled, string path, string words)
    {
        Assert.Contains(sound, WorldText.Sound);
        int place = WorldText.Sound.IndexOf(sound, StringComparison.Ordinal);
        string text = WorldText.Sound[..place] + spoiled + WorldText.Sound[(place + sound.Length)..];

        string refusal = WorldText.Refusal(text);

        Assert.Contains(
            refusal.Split(Environment.NewLine),
            line => line.StartsWith($"world.json: {path}: ", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_are_found_in_one_reading()
    {
        string text = WorldText.Sound
            .Replace("\"digits\": 5", "\"digits\": 12").Replace("\"warningLevel\": 50", "\"warningLevel\": 5")
            .Replace("\"leverage\": 100, \"balance\": \"1000.00\"", "\"leverage\": 0").Replace("\"ratio\": \"1.0\"", "\"ratio\": \"x\"");

        string[] lines = WorldText.Refusal(text).Split(Environment.NewLine);

        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("world.json: $.", line));
    }

    [Fact]
    public void Two_definitions_of_one_name_are_refused()
    {
        string text = """
            { "instruments": [ { "symbol": "A", "digits": 2, "contractSize": 1, "baseCurrency": "A", "profitCurrency": "USD", "assetClass": "index" },
                               { "symbol": "A", "digits": 2, "contractSize": 1, "baseCurrency": "A", "profitCurrency": "USD", "assetClass": "index" } ],
              "groups": [ { "name": "G" }, { "name": "G" } ] }
            """;

        string refusal = WorldText.Refusal(text);

        Assert.Contains("$.instruments[1].symbol: 'A' is defined twice", refusal);
        Assert.Contains("$.groups[1].name: 'G' is defined twice", refusal);
    }

    [Fact]
    public void Text_that_is_not_JSON_is_refused_with_its_line()
    {
        HostException fault = Assert.Throws<HostException>(() => WorldText.Read("{\n  \"instruments\": [,]\n}"));

        Assert.Contains("world.json: $: not JSON at line 2", fault.Message);
    }

    [Fact]
    public void Missing_file_is_input_that_failed()
    {
        HostException fault = Assert.Throws<HostException>(() => WorldReader.Read("/nowhere/world.json", new EngineLimits()));

        Assert.Equal(ExitCode.InputOutputFailed, fault.ExitCode);
        Assert.Contains("/nowhere/world.json: there is no such file", fault.Message);
    }

    [Fact]
    public void More_faults_than_anyone_reads_are_counted()
    {
        string many = string.Join(", ", Enumerable.Repeat("{ }", 60));

        string refusal = WorldText.Refusal($$"""{ "instruments": [ {{many}} ] }""");

        Assert.EndsWith("world.json: and 260 more", refusal);
    }
}
