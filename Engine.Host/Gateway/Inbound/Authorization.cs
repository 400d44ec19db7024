using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Inbound;

/// <summary>How far a role's right to a message goes.</summary>
internal enum Access : byte
{
    Denied = 0,

    /// <summary>With the accounts of the key.</summary>
    OwnAccounts = 1,

    /// <summary>With every account.</summary>
    Everything = 2,
}

/// <summary>Which role may send which message. What does not stand here nobody may.</summary>
internal static class Authorization
{
    private const Access No = Access.Denied;
    private const Access Own = Access.OwnAccounts;
    private const Access All = Access.Everything;

    private static readonly Dictionary<MessageType, Row> Matrix = new()
    {
        //                                  provider follower feed risk broker
        [MessageType.ClientHeartbeat] = new(All, All, All, All, All),
        [MessageType.Logout] = new(All, All, All, All, All),
        [MessageType.PlaceOrder] = new(Own, Own, No, No, All),
        [MessageType.CancelOrder] = new(Own, Own, No, No, All),
        [MessageType.ModifyOrder] = new(Own, Own, No, No, All),
        [MessageType.CloseOrder] = new(Own, Own, No, No, All),
        [MessageType.CloseAll] = new(Own, Own, No, No, All),
        [MessageType.Quote] = new(No, No, All, No, All),
        [MessageType.QueryAccount] = new(Own, Own, No, All, All),
        [MessageType.OpenAccount] = new(No, No, No, No, All),
        [MessageType.MoveFunds] = new(No, No, No, No, All),
        [MessageType.Follow] = new(No, No, No, No, All),
        [MessageType.Unfollow] = new(No, No, No, No, All),
        [MessageType.SetAccountStatus] = new(No, No, No, No, All),
        [MessageType.SetLinkStatus] = new(No, No, No, No, All),
        // A session that has logged in does not log in again.
        [MessageType.Hello] = new(No, No, No, No, No),
        [MessageType.Auth] = new(No, No, No, No, No),
    };

    /// <summary>Message types that the matrix decides on.</summary>
    public static IReadOnlyCollection<MessageType> Covered => Matrix.Keys;

    public static Access Of(MessageType type, KeyRole role) => !Matrix.TryGetValue(type, out Row row) ? No : role switch
    {
        KeyRole.Provider => row.Provider,
        KeyRole.Follower => row.Follower,
        KeyRole.Feed => row.Feed,
        KeyRole.Risk => row.Risk,
        KeyRole.Broker => row.Broker,
        _ => No,
    };

    private readonly record struct Row(Access Provider, Access Follower, Access Feed, Access Risk, Access Broker);
}
