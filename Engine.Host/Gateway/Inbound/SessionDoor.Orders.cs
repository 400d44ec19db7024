using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Inbound;

internal sealed partial class SessionDoor
{
    private bool Place(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out PlaceOrderMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.ClientOrderId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.ClientOrderId);
        }
        InstrumentEntry? instrument = FindInstrument(message.Symbol);
        long point = instrument?.PointUnits ?? 1;
        var command = new PlaceOrder
        {
            ClientOrderId = IdOf(message.ClientOrderId),
            Account = account,
            Symbol = instrument?.Id ?? -1,
            Side = message.Side,
            OrderType = message.OrderType,
            TimeInForce = message.TimeInForce,
            Lots = message.Lots.ToFixed8(instrument?.Definition.LotStep ?? 1),
            Price = message.Price.ToFixed8(point),
            StopPrice = message.StopPrice.ToFixed8(point),
            StopLoss = message.StopLoss.ToFixed8(point),
            TakeProfit = message.TakeProfit.ToFixed8(point),
            ExpiresAt = message.ExpiresAt == 0 ? Field.NotGiven : message.ExpiresAt,
            MaxSlippage = message.MaxSlippage.ToFixed8(point),
        };
        return PublishUnlessFull(in command, envelope.Sequence, message.ClientOrderId);
    }

    private bool Cancel(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out CancelOrderMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.ClientOrderId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.ClientOrderId);
        }
        var command = new CancelOrder { ClientOrderId = IdOf(message.ClientOrderId), Account = account, OrderId = message.OrderId };
        return Publish(in command, envelope.Sequence, message.ClientOrderId);
    }

    private bool Modify(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out ModifyOrderMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.ClientOrderId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.ClientOrderId);
        }
        var command = new ModifyOrder
        {
            ClientOrderId = IdOf(message.ClientOrderId),
            Account = account,
            OrderId = message.OrderId,
            Lots = FloatNumbers.ToFixed8(message.Lots),
            Price = FloatNumbers.ToFixed8(message.Price),
            StopPrice = FloatNumbers.ToFixed8(message.StopPrice),
            StopLoss = FloatNumbers.ToFixed8(message.StopLoss),
            TakeProfit = FloatNumbers.ToFixed8(message.TakeProfit),
        };
        return Publish(in command, envelope.Sequence, message.ClientOrderId);
    }

    private bool Close(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out CloseOrderMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.ClientOrderId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.ClientOrderId);
        }
        var command = new CloseOrder
        {
            ClientOrderId = IdOf(message.ClientOrderId),
            Account = account,
            OrderId = message.OrderId,
            Lots = FloatNumbers.ToFixed8(message.Lots),
        };
        return Publish(in command, envelope.Sequence, message.ClientOrderId);
    }

    private bool CloseAll(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out CloseAllMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.ClientOrderId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.ClientOrderId);
        }
        var command = new CloseAll
        {
            ClientOrderId = IdOf(message.ClientOrderId),
            Account = account,
            Symbol = message.Symbol.IsEmpty ? Commands.CloseAll.EverySymbol : FindInstrument(message.Symbol)?.Id ?? -1,
        };
        return Publish(in command, envelope.Sequence, message.ClientOrderId);
    }

    private bool Query(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out QueryAccountMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, default, failure);
        }
        return TryAuthorize(envelope.Type, message.Account, out int account)
            ? Publish(new QueryAccount { Account = account }, envelope.Sequence, default)
            : NotAuthorized(envelope.Sequence, default);
    }

    private bool Quote(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out QuoteMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, default, failure);
        }
        if (Authorization.Of(envelope.Type, _session.Key.Role) == Access.Denied)
        {
            return NotAuthorized(envelope.Sequence, default);
        }
        if (FindInstrument(message.Symbol) is not { } instrument)
        {
            return Refuse(envelope.Sequence, default, RejectCode.UnknownSymbol, "there is no such instrument");
        }
        var command = new Quote
        {
            Symbol = instrument.Id,
            Bid = message.Bid.ToFixed8(instrument.PointUnits),
            Ask = message.Ask.ToFixed8(instrument.PointUnits),
            SourceTime = message.Time == 0 ? _engine.NowMicroseconds() : message.Time,
        };
        // What is no number at all never reaches the core; whether a number is a good price the core decides.
        if (command.Bid <= 0 || command.Ask <= 0)
        {
            return Refuse(envelope.Sequence, default, RejectCode.InvalidPrice, "bid and ask must be positive numbers of at most 8 decimals");
        }
        _quotes.Publish(in command, SenderOf(envelope.Sequence));
        return true;
    }

    private static ClientOrderId IdOf(ReadOnlySpan<byte> text)
    {
        ClientOrderId id = default;
        AsciiText.Write(AsciiText.Bytes(ref id), text);
        return id;
    }
}
