using CopyEngine.Host.Gateway.Inbound;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Every message × every role × own and foreign account, over the wire.</summary>
public class AuthorizationTests
{
    private const string Foreign = GatewayWorld.OtherProvider;

    /// <summary>Fields of each client message, about one account.</summary>
    private static readonly Dictionary<MessageType, Func<string, string, object?[]>> Messages = new()
    {
        [MessageType.ClientHeartbeat] = (_, _) => [1L],
        [MessageType.PlaceOrder] = (id, account) => [id, account, "EURUSD", "BUY", "MARKET", "0.01"],
        [MessageType.CancelOrder] = (id, account) => [id, account, 1L],
        [MessageType.ModifyOrder] = (id, account) => [id, account, 1L, null, null, null, "1.00000"],
        [MessageType.CloseOrder] = (id, account) => [id, account, 1L],
        [MessageType.CloseAll] = (id, account) => [id, account],
        [MessageType.Quote] = (_, _) => ["EURUSD", "1.10000", "1.10010"],
        [MessageType.QueryAccount] = (_, account) => [account],
        [MessageType.OpenAccount] = (id, account) => [id, account, "Standard", "USD", 100L],
        [MessageType.MoveFunds] = (id, account) => [id, account, "1.00"],
        [MessageType.Follow] = (id, account) => [id, account, "copy_follower:3", null],
        [MessageType.Unfollow] = (id, account) => [id, account, "copy_follower:1", "KEEP"],
        [MessageType.SetAccountStatus] = (id, account) => [id, account, "ACTIVE"],
        [MessageType.SetLinkStatus] = (id, account) => [id, account, "copy_follower:1", "ACTIVE"],
        [MessageType.Hello] = (_, _) => [1L, "provider-1", new byte[16]],
        [MessageType.Auth] = (_, _) => [new byte[32]],
    };

    /// <summary>What each role may send: for provider and follower about accounts of their own.</summary>
    private static readonly Dictionary<KeyRole, MessageType[]> Allowed = new()
    {
        [KeyRole.Provider] =
        [
            MessageType.ClientHeartbeat, MessageType.PlaceOrder, MessageType.CancelOrder, MessageType.ModifyOrder, MessageType.CloseOrder,
            MessageType.CloseAll, MessageType.QueryAccount,
        ],
        [KeyRole.Follower] =
        [
            MessageType.ClientHeartbeat, MessageType.PlaceOrder, MessageType.CancelOrder, MessageType.ModifyOrder, MessageType.CloseOrder,
            MessageType.CloseAll, MessageType.QueryAccount,
        ],
        [KeyRole.Feed] = [MessageType.ClientHeartbeat, MessageType.Quote],
        [KeyRole.Risk] = [MessageType.ClientHeartbeat, MessageType.QueryAccount],
        [KeyRole.Broker] = [.. Messages.Keys.Except([MessageType.Hello, MessageType.Auth])],
    };

    private static IEnumerable<MessageType> OfClients => Enum.GetValues<MessageType>().Where(type => (int)type < 100);

    public static TheoryData<string> Roles => [.. Enum.GetNames<KeyRole>()];

    [Fact]
    public void Every_client_message_has_its_row_and_its_test()
    {
        Assert.Equal(OfClients.Order(), Authorization.Covered.Order());
        Assert.Equal(OfClients.Except([MessageType.Logout]).Order(), Messages.Keys.Order());
        Assert.Equal(Access.Denied, Authorization.Of((MessageType)99, KeyRole.Broker));
        Assert.Equal(Access.Denied, Authorization.Of(MessageType.QueryAccount, default));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_may_do_what_stands_in_the_matrix_and_nothing_else(string roleName)
    {
        KeyRole role = Enum.Parse<KeyRole>(roleName);
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        string own = role == KeyRole.Follower ? GatewayWorld.Follower : GatewayWorld.Provider;
        foreach ((MessageType type, Func<string, string, object?[]> fields) in Messages)
        {
            bool isAllowed = Allowed[role].Contains(type);
            Assert.True(isAllowed == await IsTakenAsync(world, role, type, fields("own", own)), $"{role} {type} about its own account");
        }
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Nobody_but_broker_and_risk_reaches_an_account_that_is_not_his(string roleName)
    {
        KeyRole role = Enum.Parse<KeyRole>(roleName);
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        foreach (string account in (string[])[Foreign, "strategy_provider:77", "nonsense", "copy_follower:01"])
        {
            foreach ((MessageType type, Func<string, string, object?[]> fields) in Messages)
            {
                bool isAboutAccount = type is not (MessageType.ClientHeartbeat or MessageType.Quote or MessageType.Hello or MessageType.Auth);
                bool isAllowed = Allowed[role].Contains(type)
                    && (!isAboutAccount || role == KeyRole.Broker || (role == KeyRole.Risk && account == Foreign));
                Assert.True(isAllowed == await IsTakenAsync(world, role, type, fields("foreign", account)), $"{role} {type} about {account}");
            }
        }
    }

    [Fact]
    public async Task An_order_of_another_account_is_unknown_under_ones_own()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient other = await world.LogInAsync(KeyRole.Provider, Foreign);
        other.Send(10, "o1", Foreign, "EURUSD", "BUY", "MARKET", "0.01");
        long orderId = (long)(await other.ReceiveAsync(110))[1]!;
        using RawClient thief = await world.LogInAsync(KeyRole.Provider);
        foreach (long type in (long[])[11, 12, 13])
        {
            thief.Send(type, $"t{type}", GatewayWorld.Provider, orderId);
            object?[] report = await thief.ReceiveAsync(110);
            Assert.Equal("REJECTED", report[5]);
            Assert.Equal("UNKNOWN_ORDER", report[14]);
        }
        thief.Send(13, "t", Foreign, orderId);
        Assert.Equal("NOT_AUTHORIZED", await thief.RejectAsync());
        other.Send(30, Foreign);
        Assert.Equal(1L, (await other.ReceiveAsync(130))[8]);
    }

    /// <summary>Sends one message and then a marker; false if it was not authorized, and then the engine never saw it.</summary>
    private static async Task<bool> IsTakenAsync(GatewayWorld world, KeyRole role, MessageType type, object?[] fields)
    {
        using RawClient client = await world.LogInAsync(role);
        long before = await world.DoAsync(new Commands.Tick());
        long sequence = client.Send((long)type, fields);
        // An unknown type is answered by the reading side, in order: what was refused at the door was refused before it.
        long marker = client.Send(99);
        bool isTaken = true;
        while (true)
        {
            (long received, object?[] answer) = (await client.NextAsync())!.Value;
            if (received == 112 && (long)answer[0]! == marker)
            {
                Assert.True(isTaken || world.Engine.Statistics.Sequence == before);
                return isTaken;
            }
            isTaken &= received != 112 || (long)answer[0]! != sequence || (string)answer[2]! != "NOT_AUTHORIZED";
        }
    }
}
