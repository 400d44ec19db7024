using CopyEngine.Host;
using CopyEngine.Host.Feeds;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Feeds;

public sealed class OrderScriptTests : IDisposable
{
    private const string Placing =
        """{"timestamp_us":1000,"type":"PlaceOrder","clientOrderId":"a1","account":"strategy_provider:1","symbol":"EURUSD","side":"BUY","orderType":"MARKET","lots":"1.00"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_of_command_is_read()
    {
        string path = _folder.Write("orders.jsonl", Placing + "\n\n" + """
            {"timestamp_us":1000,"type":"PlaceOrder","clientOrderId":"a2","account":"strategy_provider:1","symbol":"EURUSD","side":"SELL","orderType":"STOP_LIMIT","lots":1,"price":"1.1","stopPrice":1.2,"stopLoss":"1.3","takeProfit":"1.0","timeInForce":"GTD","expiresAt":5000}
            {"timestamp_us":1001,"type":"ModifyOrder","clientOrderId":"m1","account":"strategy_provider:1","order":"a1","stopLoss":"","takeProfit":"1.2"}
            {"timestamp_us":1002,"type":"CloseOrder","clientOrderId":"c1","account":"strategy_provider:1","orderId":7,"lots":"0.5"}
            {"timestamp_us":1003,"type":"CancelOrder","clientOrderId":"x1","account":"strategy_provider:1","order":"a2"}
            {"timestamp_us":1004,"type":"CloseAll","clientOrderId":"z1","account":"strategy_provider:1"}
            {"timestamp_us":1005,"type":"Quote","symbol":"EURUSD","bid":"1.1","ask":"1.2"}
            {"timestamp_us":1006,"type":"OpenAccount","requestId":"r1","account":"copy_follower:9","group":"Standard","currency":"USD","leverage":100}
            {"timestamp_us":1007,"type":"MoveFunds","requestId":"r2","account":"copy_follower:9","amount":"-5.00","comment":"back"}
            {"timestamp_us":1008,"type":"Follow","requestId":"r3","provider":"strategy_provider:1","follower":"copy_follower:9","settings":{"mode":"fixed_lots","lots":"0.1"}}
            {"timestamp_us":1009,"type":"Unfollow","requestId":"r4","provider":"strategy_provider:1","follower":"copy_follower:9","openCopies":"KEEP"}
            {"timestamp_us":1010,"type":"SetAccountStatus","requestId":"r5","account":"copy_follower:9","status":"CLOSE_ONLY"}
            {"timestamp_us":1011,"type":"SetLinkStatus","requestId":"r6","provider":"strategy_provider:1","follower":"copy_follower:9","status":"PAUSED"}
            """);

        IReadOnlyList<ScriptedCommand> script = OrderScript.Read(path);

        Assert.Equal([1, .. Enumerable.Range(3, 12)], script.Select(command => command.Line));
        Assert.Equal(1_011, script[^1].Time);
    }

    [Theory]
    [InlineData("[1]", "$: must be an object")]
    [InlineData("{\"timestamp_us\":1000", "$: not a JSON object at byte")]
    [InlineData("""{"timestamp_us":1000}""", "$: 'type' is missing")]
    [InlineData("""{"timestamp_us":1000,"type":"Buy"}""", "$.type: 'Buy' is not one of PlaceOrder")]
    [InlineData("""{"type":"CloseAll","clientOrderId":"c","account":"live:1"}""", "$: 'timestamp_us' is missing")]
    [InlineData("""{"timestamp_us":"yesterday","type":"CloseAll","clientOrderId":"c","account":"live:1"}""", "$.timestamp_us: yesterday is not a whole number")]
    [InlineData("""{"timestamp_us":999,"type":"CloseAll","clientOrderId":"c","account":"live:1"}""", "$.timestamp_us: 999 is before the line above")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseAll","clientOrderId":"c","account":"live:1","lots":1}""", "$.lots: unknown field")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseAll","account":"live:1"}""", "$: 'clientOrderId' is missing")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseAll","clientOrderId":"ä","account":"live:1"}""", "$.clientOrderId: 'ä' is not 1 to 36 printable ASCII")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseAll","clientOrderId":"0123456789012345678901234567890123456","account":"live:1"}""", "is not 1 to 36 printable ASCII")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseAll","clientOrderId":"c","account":"live"}""", "$.account: 'live' is not an account")]
    [InlineData("""{"timestamp_us":1000,"type":"PlaceOrder","clientOrderId":"b","account":"live:1","symbol":"E","side":"LONG","orderType":"MARKET","lots":1}""", "$.side: 'LONG' is not one of BUY, SELL")]
    [InlineData("""{"timestamp_us":1000,"type":"PlaceOrder","clientOrderId":"b","account":"live:1","symbol":"E","side":"BUY","orderType":"MARKET","lots":"many"}""", "$.lots: 'many' is not a plain decimal")]
    [InlineData("""{"timestamp_us":1000,"type":"PlaceOrder","clientOrderId":"b","account":"live:1","symbol":"E","side":"BUY","orderType":"MARKET"}""", "$: 'lots' is missing")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseOrder","clientOrderId":"b","account":"live:1"}""", "$: 'order' is missing")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseOrder","clientOrderId":"b","account":"strategy_provider:1","order":"later"}""", "$.order: no earlier line places an order 'later' for strategy_provider:1")]
    [InlineData("""{"timestamp_us":1000,"type":"CloseOrder","clientOrderId":"b","account":"strategy_provider:2","order":"a1"}""", "$.order: no earlier line places an order 'a1' for strategy_provider:2")]
    [InlineData("""{"timestamp_us":1000,"type":"Follow","provider":"strategy_provider:1","follower":"copy_follower:1","settings":{"size":1}}""", "$.settings.size: unknown field")]
    public void Fault_is_refused_with_file_line_and_reason(string line, string words)
    {
        string path = _folder.Write("orders.jsonl", Placing + "\n" + line + "\n");

        HostException fault = Assert.Throws<HostException>(() => OrderScript.Read(path));

        Assert.Equal(ExitCode.WrongUsage, fault.ExitCode);
        Assert.Contains($"{path}: line 2: ", fault.Message);
        Assert.Contains(words, fault.Message);
    }

    [Fact]
    public void All_lines_with_faults_are_named()
    {
        string path = _folder.Write("orders.jsonl", "{}\n" + Placing + "\n{}\n");

        string message = Assert.Throws<HostException>(() => OrderScript.Read(path)).Message;

        Assert.Contains("line 1: ", message);
        Assert.Contains("line 3: ", message);
        Assert.DoesNotContain("line 2: ", message);
    }
}
