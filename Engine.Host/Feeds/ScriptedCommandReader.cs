using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Feeds;

/// <summary>Reads one scripted command. What is well formed but senseless is left to the engine, which refuses it.</summary>
internal sealed class ScriptedCommandReader
{
    private static readonly string[] Common = ["timestamp_us", "type"];

    private static readonly Dictionary<string, string[]> FieldsByType = new(StringComparer.Ordinal)
    {
        ["PlaceOrder"] = ["clientOrderId", "account", "symbol", "side", "orderType", "lots", "price", "stopPrice", "stopLoss", "takeProfit", "timeInForce", "expiresAt", "maxSlippage"],
        ["CancelOrder"] = ["clientOrderId", "account", "orderId", "order"],
        ["ModifyOrder"] = ["clientOrderId", "account", "orderId", "order", "lots", "price", "stopPrice", "stopLoss", "takeProfit"],
        ["CloseOrder"] = ["clientOrderId", "account", "orderId", "order", "lots"],
        ["CloseAll"] = ["clientOrderId", "account", "symbol"],
        ["Quote"] = ["symbol", "bid", "ask", "time"],
        ["OpenAccount"] = ["requestId", "account", "group", "currency", "leverage"],
        ["MoveFunds"] = ["requestId", "account", "amount", "comment"],
        ["Follow"] = ["requestId", "provider", "follower", "settings"],
        ["Unfollow"] = ["requestId", "provider", "follower", "openCopies"],
        ["SetAccountStatus"] = ["requestId", "account", "status"],
        ["SetLinkStatus"] = ["requestId", "provider", "follower", "status"],
    };

    private readonly StrictObject _fields;
    private readonly ScriptFields _values;
    private readonly HashSet<(AccountName, string)> _placed;
    private readonly string _type;

    public ScriptedCommandReader(JsonElement element, string path, FaultList faults, HashSet<(AccountName, string)> placed)
    {
        _type = TypeOf(element);
        string[] known = FieldsByType.TryGetValue(_type, out string[]? fields) ? [.. Common, .. fields] : [.. Common];
        _fields = new StrictObject(element, path, faults, known.Length > Common.Length ? known : AllFields);
        _values = new ScriptFields(_fields, faults);
        _placed = placed;
    }

    /// <summary>The command, or null when its type is unknown.</summary>
    public ScriptedCommand? Read(int line)
    {
        long time = _values.Time("timestamp_us", isRequired: true);
        _fields.Require("type", "what is asked for, e.g. PlaceOrder");
        Func<ScriptTarget, long>? send = _type switch
        {
            "PlaceOrder" => PlaceOrder(),
            "CancelOrder" => CancelOrder(),
            "ModifyOrder" => ModifyOrder(),
            "CloseOrder" => CloseOrder(),
            "CloseAll" => CloseAll(),
            "Quote" => Quote(time),
            "OpenAccount" => OpenAccount(),
            "MoveFunds" => MoveFunds(),
            "Follow" => Follow(),
            "Unfollow" => Unfollow(),
            "SetAccountStatus" => SetAccountStatus(),
            "SetLinkStatus" => SetLinkStatus(),
            _ => null,
        };
        if (send is null && _fields.Text("type") is { } type)
        {
            _fields.Fault("type", $"'{type}' is not one of {string.Join(", ", FieldsByType.Keys)}");
        }
        return send is null ? null : new ScriptedCommand(time, line, send);
    }

    private static string[] AllFields => [.. Common, .. FieldsByType.Values.SelectMany(fields => fields)];

    private static string TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out JsonElement type)
            && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : "";

    private Func<ScriptTarget, long> PlaceOrder()
    {
        var order = new PlaceOrder
        {
            ClientOrderId = _values.Id("clientOrderId", isRequired: true),
            Side = _values.Word("side", isRequired: true, ("BUY", Side.Buy), ("SELL", Side.Sell)),
            OrderType = _values.Word("orderType", isRequired: true, ("MARKET", OrderType.Market), ("LIMIT", OrderType.Limit),
                ("STOP", OrderType.Stop), ("STOP_LIMIT", OrderType.StopLimit)),
            TimeInForce = _fields.Word("timeInForce", TimeInForce.Gtc, ("GTC", TimeInForce.Gtc), ("DAY", TimeInForce.Day),
                ("GTD", TimeInForce.Gtd), ("IOC", TimeInForce.Ioc), ("FOK", TimeInForce.Fok)),
            Lots = _values.Number("lots", isRequired: true),
            Price = _values.Number("price"),
            StopPrice = _values.Number("stopPrice"),
            StopLoss = _values.Number("stopLoss"),
            TakeProfit = _values.Number("takeProfit"),
            MaxSlippage = _values.Number("maxSlippage"),
            ExpiresAt = _fields.Has("expiresAt") ? _values.Time("expiresAt") : Field.NotGiven,
        };
        AccountName account = _values.Account("account");
        string symbol = _values.Required("symbol", "the instrument's symbol");
        _placed.Add((account, order.ClientOrderId.ToString()));
        return target => target.Place(order with { Account = target.Account(account), Symbol = target.Symbol(symbol) });
    }

    private Func<ScriptTarget, long> CancelOrder()
    {
        var cancel = new CancelOrder { ClientOrderId = _values.Id("clientOrderId", isRequired: true) };
        AccountName account = _values.Account("account");
        Func<ScriptTarget, long> order = Order(account);
        return target => target.Send(cancel with { Account = target.Account(account), OrderId = order(target) });
    }

    private Func<ScriptTarget, long> ModifyOrder()
    {
        var modify = new ModifyOrder
        {
            ClientOrderId = _values.Id("clientOrderId", isRequired: true),
            Lots = _values.Number("lots"),
            Price = _values.Number("price"),
            StopPrice = _values.Number("stopPrice"),
            StopLoss = _values.Level("stopLoss"),
            TakeProfit = _values.Level("takeProfit"),
        };
        AccountName account = _values.Account("account");
        Func<ScriptTarget, long> order = Order(account);
        return target => target.Send(modify with { Account = target.Account(account), OrderId = order(target) });
    }

    private Func<ScriptTarget, long> CloseOrder()
    {
        var close = new CloseOrder { ClientOrderId = _values.Id("clientOrderId", isRequired: true), Lots = _values.Number("lots") };
        AccountName account = _values.Account("account");
        Func<ScriptTarget, long> order = Order(account);
        return target => target.Send(close with { Account = target.Account(account), OrderId = order(target) });
    }

    private Func<ScriptTarget, long> CloseAll()
    {
        var close = new CloseAll { ClientOrderId = _values.Id("clientOrderId", isRequired: true) };
        AccountName account = _values.Account("account");
        string? symbol = _fields.Text("symbol");
        return target => target.Send(close with
        {
            Account = target.Account(account),
            Symbol = symbol is null ? Commands.CloseAll.EverySymbol : target.Symbol(symbol),
        });
    }

    private Func<ScriptTarget, long> Quote(long time)
    {
        var quote = new Quote
        {
            Bid = _values.Number("bid", isRequired: true),
            Ask = _values.Number("ask", isRequired: true),
            SourceTime = _fields.Has("time") ? _values.Time("time") : time,
        };
        string symbol = _values.Required("symbol", "the instrument's symbol");
        return target => target.Send(quote with { Symbol = target.Symbol(symbol) });
    }

    private Func<ScriptTarget, long> OpenAccount()
    {
        AccountName account = _values.Account("account");
        var open = new OpenAccount
        {
            RequestId = _values.Id("requestId"),
            UserType = account.UserType,
            AccountNumber = account.Number,
            Currency = CurrencyCode.From(World.Names.Currency(_fields, "currency", "the currency of the account's balance")),
            Leverage = (int)_fields.Integer("leverage", 0, int.MinValue, int.MaxValue),
        };
        string group = _values.Required("group", "the group's name");
        _fields.Require("leverage", "1 to 10000");
        return target => target.Open(open with { Group = target.Group(group) });
    }

    private Func<ScriptTarget, long> MoveFunds()
    {
        var move = new MoveFunds
        {
            RequestId = _values.Id("requestId"),
            Amount = _values.Number("amount", isRequired: true),
            Comment = _values.Comment("comment"),
        };
        AccountName account = _values.Account("account");
        return target => target.Send(move with { Account = target.Account(account) });
    }

    private Func<ScriptTarget, long> Follow()
    {
        var follow = new Follow { RequestId = _values.Id("requestId"), Settings = _values.CopySettings("settings") };
        (AccountName provider, AccountName follower) = (_values.Account("provider"), _values.Account("follower"));
        return target => target.Send(follow with { Provider = target.Account(provider), Follower = target.Account(follower) });
    }

    private Func<ScriptTarget, long> Unfollow()
    {
        var unfollow = new Unfollow
        {
            RequestId = _values.Id("requestId"),
            OpenCopies = _values.Word("openCopies", isRequired: true, ("CLOSE", OpenCopies.Close), ("KEEP", OpenCopies.Keep)),
        };
        (AccountName provider, AccountName follower) = (_values.Account("provider"), _values.Account("follower"));
        return target => target.Send(unfollow with { Provider = target.Account(provider), Follower = target.Account(follower) });
    }

    private Func<ScriptTarget, long> SetAccountStatus()
    {
        var set = new SetAccountStatus
        {
            RequestId = _values.Id("requestId"),
            Status = _values.Word("status", isRequired: true, ("ACTIVE", AccountStatus.Active),
                ("CLOSE_ONLY", AccountStatus.CloseOnly), ("SUSPENDED", AccountStatus.Suspended)),
        };
        AccountName account = _values.Account("account");
        return target => target.Send(set with { Account = target.Account(account) });
    }

    private Func<ScriptTarget, long> SetLinkStatus()
    {
        var set = new SetLinkStatus
        {
            RequestId = _values.Id("requestId"),
            Status = _values.Word("status", isRequired: true, ("ACTIVE", LinkStatus.Active), ("PAUSED", LinkStatus.Paused)),
        };
        (AccountName provider, AccountName follower) = (_values.Account("provider"), _values.Account("follower"));
        return target => target.Send(set with { Provider = target.Account(provider), Follower = target.Account(follower) });
    }

    /// <summary>The order that the line is about: by number, or by the id under which an earlier line placed it.</summary>
    private Func<ScriptTarget, long> Order(AccountName account)
    {
        if (_fields.Has("orderId"))
        {
            long number = _fields.Integer("orderId", 0, 0, long.MaxValue);
            return _ => number;
        }
        if (!_fields.Require("order", "the clientOrderId of the order, or 'orderId' with its number") || _fields.Text("order") is not { } id)
        {
            return _ => 0;
        }
        if (!_placed.Contains((account, id)))
        {
            _fields.Fault("order", $"no earlier line places an order '{id}' for {account}");
        }
        return target => target.Order(account, id);
    }
}
