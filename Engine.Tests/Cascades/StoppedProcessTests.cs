using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Cascades;

/// <summary>A cascade of the real program, stopped and continued in its middle.</summary>
public sealed class StoppedProcessTests : IDisposable
{
    private const int Followers = 10_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Process_stopped_and_continued_amid_a_cascade_closes_the_same_set_exactly_once()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(3));
        int port = HostProcess.FreePort();
        (string feedKey, string providerKey, string riskKey) = CreateKeys();
        using HostProcess host = HostProcess.Start(
            "serve", "--redis", "off", "--http", "127.0.0.1:0", "--gateway", $"127.0.0.1:{port}",
            "--data", _folder.PathOf("data"), "--world", _folder.Write("world.json", World()), "--config", _folder.Write("engine.json", SmallQuota));
        await host.WaitUntilAsync(_ => host.Output.Contains("Gateway on", StringComparison.Ordinal), "open gateway");
        await using TradingClient feed = await ConnectAsync(port, feedKey, deadline.Token);
        await using TradingClient provider = await ConnectAsync(port, providerKey, deadline.Token);
        await using TradingClient risk = await ConnectAsync(port, riskKey, deadline.Token);
        await feed.SendQuoteAsync("EURUSD", 1.10000m, 1.10001m, DateTimeOffset.UtcNow, deadline.Token);
        await WaitForPriceAsync(provider, deadline.Token);
        var opened = await ReadCopiesAsync(risk, "FILLED", Followers, deadline.Token);

        await feed.SendQuoteAsync("EURUSD", 1.08100m, 1.08101m, DateTimeOffset.UtcNow, deadline.Token);
        var closed = new List<ExecutionReport>();
        await ReadClosesAsync(risk, closed, 1, deadline.Token);
        host.Signal("STOP");
        await Task.Delay(TimeSpan.FromSeconds(1), deadline.Token);
        host.Signal("CONT");
        await ReadClosesAsync(risk, closed, Followers, deadline.Token);
        long closedByCascade = await ReadCascadeDoneAsync(risk, deadline.Token);

        // A tick that was under way when the price fell may have liquidated followers by their own level before.
        Assert.Equal(opened.Order(), closed.Select(report => report.OrderId).Order());
        Assert.Equal(closedByCascade, closed.Count(report => report.Cause == Events.Cause.Cascade));
        Assert.True(closedByCascade > 0, "no copy was closed by the cascade");
    }

    /// <summary>So few units that the cascade takes some hundred slices.</summary>
    private const string SmallQuota = """{ "limits": { "workQuota": 32 } }""";

    private static string World() => $$"""
        {
          "instruments": [ { "symbol": "EURUSD", "digits": 5, "contractSize": 100000, "baseCurrency": "EUR", "profitCurrency": "USD", "assetClass": "forex" } ],
          "groups": [ { "name": "Standard" } ],
          "accounts": [ { "account": "strategy_provider:1", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "10000.00" },
                        { "accounts": "copy_follower:1..{{Followers}}", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "20000.00" } ],
          "links": [ { "provider": "strategy_provider:1", "followers": "copy_follower:1..{{Followers}}", "mode": "proportional" } ]
        }
        """;

    private (string Feed, string Provider, string Risk) CreateKeys()
    {
        ApiKeyStore keys = ApiKeyStore.Open(_folder.PathOf("data"));
        string Create(KeyRole role, params string[] accounts)
        {
            string path = _folder.PathOf($"{role}.json");
            keys.Create(role, accounts, path);
            return path;
        }
        return (Create(KeyRole.Feed), Create(KeyRole.Provider, "strategy_provider:1"), Create(KeyRole.Risk));
    }

    private static Task<TradingClient> ConnectAsync(int port, string keyFile, CancellationToken cancellation)
    {
        var options = new TradingClientOptions { Host = "127.0.0.1", Port = port, Key = ApiKey.ReadFile(keyFile) };
        return TradingClient.ConnectAsync(options, cancellation);
    }

    /// <summary>The quote and the order come over different connections: the order is sent until it finds the price.</summary>
    private static async Task WaitForPriceAsync(TradingClient provider, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await provider.PlaceOrderAsync(
                    new NewOrder { Account = "strategy_provider:1", Symbol = "EURUSD", Side = Commands.Side.Buy, OrderType = Commands.OrderType.Market, Lots = 5m },
                    cancellation);
                return;
            }
            catch (TradingRejectedException refused) when (refused.Code == Commands.RejectCode.NoPrice)
            {
                await Task.Delay(10, cancellation);
            }
        }
    }

    private static async Task<List<long>> ReadCopiesAsync(TradingClient risk, string status, int count, CancellationToken cancellation)
    {
        var orders = new List<long>();
        await foreach (ExecutionReport report in risk.ExecutionReports.ReadAllAsync(cancellation))
        {
            if (report.MasterOrderId != 0 && report.Status.ToString().Equals(status, StringComparison.OrdinalIgnoreCase))
            {
                orders.Add(report.OrderId);
            }
            if (orders.Count == count)
            {
                break;
            }
        }
        return orders;
    }

    private static async Task ReadClosesAsync(TradingClient risk, List<ExecutionReport> closed, int until, CancellationToken cancellation)
    {
        while (closed.Count < until)
        {
            ExecutionReport report = await risk.ExecutionReports.ReadAsync(cancellation);
            if (report.Status == Events.OrderStatus.Closed && report.MasterOrderId != 0)
            {
                closed.Add(report);
            }
        }
    }

    private static async Task<long> ReadCascadeDoneAsync(TradingClient risk, CancellationToken cancellation)
    {
        while (true)
        {
            MarginEvent margin = await risk.MarginEvents.ReadAsync(cancellation);
            if (margin.Kind == Events.MarginEventKind.CascadeDone)
            {
                return margin.Closed;
            }
        }
    }
}
