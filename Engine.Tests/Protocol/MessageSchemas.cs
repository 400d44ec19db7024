using System.Globalization;
using CopyEngine.Protocol.MessagePack;
using CopyEngine.Protocol.Messages;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>
/// Every message as the protocol's tables describe it, written down a second time and without the code under test: a kind of value for
/// each field. From it come random messages, of which the real reader and writer must lose nothing.
/// </summary>
internal sealed record MessageSchema(int Type, string Name, string Fields, MessageSchema.Rewriter Rewrite)
{
    /// <summary>Reads a frame and writes what was read; null and the failure if it cannot be read.</summary>
    public delegate byte[]? Rewriter(ReadOnlySpan<byte> frame, out DecodeFailure failure);

    public static readonly MessageSchema[] All =
    [
        Of<HelloMessage>("Hello", "int id nonce position"),
        Of<AuthMessage>("Auth", "mac"),
        Of<ClientHeartbeatMessage>("Heartbeat", "int"),
        Of<LogoutMessage>("Logout", ""),
        Of<PlaceOrderMessage>("PlaceOrder", "id text text side orderType number number number number number timeInForce int? number"),
        Of<CancelOrderMessage>("CancelOrder", "id text int"),
        Of<ModifyOrderMessage>("ModifyOrder", "id text int change change change change change"),
        Of<CloseOrderMessage>("CloseOrder", "id text int number"),
        Of<CloseAllMessage>("CloseAll", "id text text?"),
        Of<QuoteMessage>("Quote", "text number number int?"),
        Of<QueryAccountMessage>("QueryAccount", "text"),
        Of<OpenAccountMessage>("OpenAccount", "id text text text int"),
        Of<MoveFundsMessage>("MoveFunds", "id text number id?"),
        Of<FollowMessage>("Follow", "id text text settings"),
        Of<UnfollowMessage>("Unfollow", "id text text openCopies"),
        Of<SetAccountStatusMessage>("SetAccountStatus", "id text accountStatus"),
        Of<SetLinkStatusMessage>("SetLinkStatus", "id text text linkStatus"),
        Of<ChallengeMessage>("Challenge", "mac text?"),
        Of<WelcomeMessage>("Welcome", "int text? texts int position int"),
        Of<ServerHeartbeatMessage>("Heartbeat", "int"),
        Of<GoodbyeMessage>("Goodbye", "text? text?"),
        Of<ExecutionReportMessage>(
            "ExecutionReport",
            "id? int? text? text? side status number number number number number number number number reason int? int int bool int int? "
            + "orderType number number number number"),
        Of<CopyReportMessage>("CopyReport", "int? id? action int int number skipped int int int"),
        Of<RejectMessage>("Reject", "int? id? code text?"),
        Of<MarginEventMessage>("MarginEvent", "text? marginKind number number number text? int int int int"),
        Of<AccountStateMessage>("AccountState", "text? text? number number number number number number int accountStatus int int"),
        Of<OrderMessage>(
            "Order",
            "text? int? text? side number number number number number number int? int? openStatus orderType number number number "
            + "number int?"),
        Of<EndOfQueryMessage>("EndOfQuery", "text? int int"),
        Of<AckMessage>("Ack", "id? int int bool"),
    ];

    public string[] FieldKinds { get; } = Fields.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString() => $"{Type} {Name}";

    /// <summary>Random messages of this type, the frame's array as bytes.</summary>
    public Gen<byte[]> Frames() =>
        Gen.CollectToArray(FieldKinds, ValueOf).Select(fields => MessagePackValues.Write((object?[])[(long)Type, 7L, .. fields]));

    private static MessageSchema Of<TMessage>(string name, string fields) where TMessage : struct, IMessage<TMessage>, allows ref struct =>
        new((int)TMessage.Type, name, fields, Rewritten<TMessage>);

    private static byte[]? Rewritten<TMessage>(ReadOnlySpan<byte> frame, out DecodeFailure failure)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        if (!Envelope.TryOpen(frame, out var envelope, out failure) || !envelope.TryRead(out TMessage message, out failure))
            return null;
        var buffer = new byte[70_000];
        return CopyEngine.Protocol.FrameWriter.TryWrite(buffer, envelope.Sequence, message, out var written) ? buffer[4..written] : null;
    }

    private static Gen<object?> ValueOf(string kind) => kind switch
    {
        "id" => Texts(1, 36),
        "id?" => Gen.OneOf(Gen.Constant<object?>(null), Texts(1, 36)),
        "text" => Gen.OneOf(Texts(1, 20), Gen.Elements<object?>("strategy_provider:1", "Überkonto 数")),
        "text?" => Gen.OneOf(Gen.Constant<object?>(null), ValueOf("text")),
        "int" => Gen.OneOf(Gen.Choose(0, int.MaxValue), Gen.Elements(0, 1, 127, 128, 65_536)).Select(value => (object?)(long)value),
        "int?" => Gen.OneOf(Gen.Constant<object?>(null), Gen.Choose(1, int.MaxValue).Select(value => (object?)(long)value)),
        "bool" => Gen.Elements<object?>(true, false),
        "number" => Gen.OneOf(Gen.Constant<object?>(null), Decimals),
        "change" => Gen.OneOf(Gen.Constant<object?>(null), Gen.Constant<object?>(""), Decimals),
        "mac" => Bytes(32, 32),
        "nonce" => Bytes(16, 32),
        "position" => Gen.OneOf(Gen.Constant<object?>(null), Positions),
        "texts" => Gen.Choose(0, 20).SelectMany(count => Texts(1, 20).ListOf(count)).Select(items => (object?)items.ToArray()),
        "settings" => Settings,
        "skipped" => Skips,
        _ => Member(kind),
    };

    /// <summary>The names as printed in the interface description.</summary>
    private static Gen<object?> Member(string kind) => Gen.Elements<object?>(kind switch
    {
        "side" => ["BUY", "SELL"],
        "orderType" => ["MARKET", "LIMIT", "STOP", "STOP_LIMIT"],
        "timeInForce" => ["GTC", "DAY", "GTD", "IOC", "FOK"],
        "openCopies" => ["CLOSE", "KEEP"],
        "accountStatus" => ["ACTIVE", "CLOSE_ONLY", "SUSPENDED"],
        "linkStatus" => ["ACTIVE", "PAUSED"],
        "status" => ["NEW", "FILLED", "PARTIALLY_FILLED", "MODIFIED", "CANCELLED", "EXPIRED", "REJECTED", "CLOSED", "PARTIALLY_CLOSED"],
        "action" => ["OPEN", "CLOSE", "PARTIAL_CLOSE", "MODIFY", "CANCEL"],
        "marginKind" => ["WARNING", "LIQUIDATION_STARTED", "LIQUIDATED", "CASCADE_STARTED", "CASCADE_DONE", "RESTORED"],
        "openStatus" => ["OPEN", "PENDING"],
        "reason" => (string?[])[null, .. Causes, .. Codes],
        "code" => [.. Codes],
        _ => throw new ArgumentException($"no kind of value: {kind}"),
    });

    private static readonly string[] Causes =
    [
        "CLIENT", "STOP_LOSS", "TAKE_PROFIT", "TRIGGERED", "MASTER_OPENED", "MASTER_CLOSED", "MASTER_MODIFIED", "LIQUIDATION", "CASCADE",
        "UNFOLLOW", "EXPIRED",
    ];

    public static readonly string[] Codes =
    [
        "MALFORMED", "UNKNOWN_MESSAGE", "NOT_AUTHENTICATED", "NOT_AUTHORIZED", "RATE_LIMITED", "BUSY", "UNKNOWN_ACCOUNT",
        "ACCOUNT_NOT_ACTIVE", "CLOSE_ONLY", "UNKNOWN_SYMBOL", "MARKET_CLOSED", "NO_PRICE", "STALE_PRICE", "UNKNOWN_ORDER", "INVALID_SIDE",
        "INVALID_LOTS", "LOTS_BELOW_MINIMUM", "LOTS_ABOVE_MAXIMUM", "LOTS_OFF_STEP", "INVALID_PRICE", "INVALID_STOPS",
        "INSUFFICIENT_MARGIN", "SLIPPAGE_EXCEEDED", "DUPLICATE_CLIENT_ORDER_ID", "DUPLICATE_ACCOUNT", "NEGATIVE_BALANCE",
        "ALREADY_FOLLOWING", "NOT_FOLLOWING", "NOT_A_PROVIDER", "NOT_A_FOLLOWER", "LIQUIDATING", "NO_CONVERSION", "BELOW_MIN_LOT",
        "LINK_PAUSED", "NO_EQUITY",
    ];

    private static readonly Gen<object?> Decimals =
        from units in ArbMap.Default.GeneratorFor<long>()
        from divisor in Gen.Elements(1m, 10m, 100_000m, 100_000_000m)
        select (object?)((units / divisor % 92_000_000_000m).ToString("0.########", CultureInfo.InvariantCulture) is "-0" or "0"
            ? "0"
            : decimal.Round(units / divisor % 92_000_000_000m, 8).ToString("0.########", CultureInfo.InvariantCulture));

    private static readonly Gen<object?> Positions =
        Gen.Choose(0, int.MaxValue).Select(sequence => (object?)(object?[])[(long)sequence, 3L]);

    private static readonly Gen<object?> Settings =
        from mode in Gen.Elements("proportional", "fixed_lots", "fixed_amount", "multiplier")
        from numbers in Gen.ListOf(Gen.OneOf(Gen.Constant<object?>(null), Decimals), 5)
        from policy in Gen.Elements("skip", "raise")
        from reverse in Gen.Elements(true, false)
        from copyStops in Gen.Elements(true, false)
        select (object?)(KeyValuePair<string, object?>[])
        [
            new("mode", mode), new("ratio", numbers[0]), new("lots", numbers[1]), new("amount", numbers[2]), new("minLotPolicy", policy),
            new("maxLots", numbers[3]), new("maxSlippage", numbers[4]), new("reverse", reverse), new("copyStops", copyStops),
        ];

    private static readonly Gen<object?> Skips =
        from count in Gen.Choose(0, 16)
        from codes in Gen.Shuffle(Codes)
        from followers in Gen.Choose(1, 100_000)
        select (object?)codes.Take(count).Select(code => KeyValuePair.Create(code, (object?)(long)followers)).ToArray();

    private static Gen<object?> Texts(int minimum, int maximum) =>
        from length in Gen.Choose(minimum, maximum)
        from letters in Gen.Choose(0x20, 0x7e).Select(letter => (char)letter).ArrayOf(length)
        select (object?)new string(letters);

    private static Gen<object?> Bytes(int minimum, int maximum) =>
        from length in Gen.Choose(minimum, maximum)
        from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)
        select (object?)bytes;

    /// <summary>The frame's values, as raw MessagePack each: type, sequence number, fields.</summary>
    public static List<byte[]> Split(byte[] frame)
    {
        var reader = new MessagePackReader(frame);
        Assert.Equal(MessagePackStatus.Ok, reader.ReadArrayHeader(out var count));
        var values = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var start = reader.Position;
            Assert.Equal(MessagePackStatus.Ok, reader.Skip());
            values.Add(frame[start..reader.Position]);
        }
        return values;
    }

    public static byte[] Join(IReadOnlyCollection<byte[]> values)
    {
        var header = MessagePackCodecTests.Write((ref MessagePackWriter writer) => writer.WriteArrayHeader(values.Count));
        return [.. header, .. values.SelectMany(value => value)];
    }

    /// <summary>One message of the type, the same in every run.</summary>
    public byte[] Sample() => Frames().Sample(1, new Rnd(42), 20).Single();
}
