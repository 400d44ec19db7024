using System.Text;
using CopyEngine.Events;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>The example provider against a scripted server: it speaks the protocol without any of our code.</summary>
public class PythonProviderTests
{
    [Fact]
    public async Task The_example_opens_modifies_partly_closes_and_closes_an_order()
    {
        await PeerProcess.SkipWithoutPythonMessagePackAsync();
        string[] requests = [];
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var opened = await ReportAsync(session, MessageType.PlaceOrder, OrderStatus.Filled);
            session.Send(new CopyReportMessage { MasterOrderId = 77, Action = CopyAction.Open, Followers = 3, Sequence = 1_001 });
            var modified = await ReportAsync(session, MessageType.ModifyOrder, OrderStatus.Modified);
            session.Send(new ServerHeartbeatMessage { Time = 1 });
            var partlyClosed = await ReportAsync(session, MessageType.CloseOrder, OrderStatus.PartiallyClosed);
            var closed = await ReportAsync(session, MessageType.CloseOrder, OrderStatus.Closed);
            await session.ReceiveAsync(MessageType.Logout);
            requests = [opened, modified, partlyClosed, closed];
        });
        var (exitCode, output, error) = await RunAsync(server);
        Assert.True(exitCode == 0, error);
        Assert.Equal(
            [
                "strategy_provider:1,EURUSD,BUY,MARKET,0.10", "strategy_provider:1,77,nil,nil,nil,1.06178,1.10512",
                "strategy_provider:1,77,0.05", "strategy_provider:1,77",
            ],
            requests);
        Assert.Contains("'status': 'PARTIALLY_CLOSED'", output, StringComparison.Ordinal);
        Assert.Contains("copies    {'masterOrderId': 77", output, StringComparison.Ordinal);
        Assert.EndsWith("done\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_says_why_it_was_refused()
    {
        await PeerProcess.SkipWithoutPythonMessagePackAsync();
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var order = await session.ReceiveAsync(MessageType.PlaceOrder);
            session.Send(new RejectMessage
            {
                ReferenceSequence = ServerSession.SequenceOf(order),
                Code = Commands.RejectCode.NotAuthorized,
                Text = "not your account"u8,
            });
        });
        var (exitCode, _, error) = await RunAsync(server);
        Assert.Equal(1, exitCode);
        Assert.Equal("provider: Refused: NOT_AUTHORIZED: not your account\n", error);
    }

    private static async Task<string> ReportAsync(ServerSession session, MessageType type, OrderStatus status)
    {
        var frame = await session.ReceiveAsync(type);
        session.Send(new ExecutionReportMessage
        {
            ClientOrderId = Encoding.UTF8.GetBytes(ServerSession.IdOf(frame)),
            OrderId = 77,
            Account = "strategy_provider:1"u8,
            Status = status,
            LastPrice = WireNumber.FromPoints(108_345, 5),
            Sequence = 1_001,
        });
        return string.Join(',', MessageSchema.Split(frame).Skip(3).Select(Show));
    }

    private static string Show(byte[] value)
    {
        var reader = new CopyEngine.Protocol.MessagePack.MessagePackReader(value);
        return FormattableString.Invariant($"{MessagePackValues.Read(ref reader) ?? "nil"}");
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ScriptedServer server)
    {
        var script = SharedDocument.FindUpwards("docs/examples/provider.py")!;
        var keyFile = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(
            keyFile,
            $$"""{"keyId":"{{ScriptedServer.KeyId}}","secret":"{{ScriptedServer.Secret}}","accounts":["strategy_provider:1"]}""",
            TestContext.Current.CancellationToken);
        try
        {
            return await PeerProcess.RunAsync(PeerProcess.Python, [script, keyFile, $"127.0.0.1:{server.Options.Port}"]);
        }
        finally
        {
            File.Delete(keyFile);
        }
    }
}
