namespace CopyEngine.Protocol.Messages;

/// <summary>The number in front of every message; below 100 from the client, from 101 on from the server.</summary>
internal enum MessageType
{
    Hello = 1,
    Auth = 2,
    ClientHeartbeat = 3,
    Logout = 4,
    PlaceOrder = 10,
    CancelOrder = 11,
    ModifyOrder = 12,
    CloseOrder = 13,
    CloseAll = 14,
    Quote = 20,
    QueryAccount = 30,
    OpenAccount = 40,
    MoveFunds = 41,
    Follow = 42,
    Unfollow = 43,
    SetAccountStatus = 44,
    SetLinkStatus = 45,

    Challenge = 101,
    Welcome = 102,
    ServerHeartbeat = 103,
    Goodbye = 104,
    ExecutionReport = 110,
    CopyReport = 111,
    Reject = 112,
    MarginEvent = 113,
    AccountState = 130,
    Order = 131,
    EndOfQuery = 132,
    Ack = 140,
}
