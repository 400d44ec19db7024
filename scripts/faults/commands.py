"""Commands with ids: what goes over the wire, and how the journal must have it (as `dump` prints it, names for dense ids)."""
from decimal import Decimal

import wire

USER_TYPES = {"live": "Live", "demo": "Demo", "strategy_provider": "StrategyProvider", "copy_follower": "CopyFollower"}
EVERY_SYMBOL = "*"


def fixed8(text):
    return int(Decimal(text) * 100_000_000)


class Command:
    """One command of one sender. Its id is unique in its scope: the account of an order command, the key of a request."""

    __slots__ = ("kind", "scope", "id", "fields", "record", "account")

    def __init__(self, kind, scope, id, fields, record, account):
        self.kind, self.scope, self.id, self.fields, self.record, self.account = kind, scope, id, fields, record, account

    @property
    def identity(self):
        return self.scope, self.id


def _order(kind, name, account, id, fields, /, **record):
    given = {field: value for field, value in record.items() if value is not None}
    return Command(kind, account, id, [id, account, *fields], {"type": name, "clientOrderId": id, "account": account, **given}, account)


def _request(kind, name, key, id, account, fields, /, **record):
    return Command(kind, f"key {key}", id, [id, *fields], {"type": name, "requestId": id, **record}, account)


def _fixed8(text):
    return None if text is None else "" if text == "" else fixed8(text)


def place(account, id, symbol, side, order_type, lots, price=None, stop=None, stop_loss=None, take_profit=None):
    return _order(
        wire.PLACE_ORDER, "PlaceOrder", account, id, [symbol, side, order_type, lots, price, stop, stop_loss, take_profit, "GTC"],
        symbol=symbol, side=side.capitalize(), orderType=order_type.title().replace("_", ""), timeInForce="Gtc", lots=fixed8(lots),
        price=_fixed8(price), stopPrice=_fixed8(stop), stopLoss=_fixed8(stop_loss), takeProfit=_fixed8(take_profit))


def cancel(account, id, order):
    return _order(wire.CANCEL_ORDER, "CancelOrder", account, id, [order], orderId=order)


def modify(account, id, order, stop_loss=None, take_profit=None, price=None):
    return _order(wire.MODIFY_ORDER, "ModifyOrder", account, id, [order, None, price, None, stop_loss, take_profit],
                  orderId=order, price=_fixed8(price), stopLoss=_fixed8(stop_loss), takeProfit=_fixed8(take_profit))


def close(account, id, order, lots=None):
    return _order(wire.CLOSE_ORDER, "CloseOrder", account, id, [order, lots], orderId=order, lots=_fixed8(lots))


def close_all(account, id, symbol=None):
    return _order(wire.CLOSE_ALL, "CloseAll", account, id, [symbol], symbol=symbol or EVERY_SYMBOL)


def open_account(key, id, account, group="Standard", currency="USD", leverage=100):
    kind, number = account.split(":")
    return _request(wire.OPEN_ACCOUNT, "OpenAccount", key, id, account, [account, group, currency, leverage],
                    userType=USER_TYPES[kind], accountNumber=int(number), group=group, currency=currency, leverage=leverage, deposit=0)


def move_funds(key, id, account, amount, comment):
    return _request(wire.MOVE_FUNDS, "MoveFunds", key, id, account, [account, amount, comment],
                    account=account, amount=fixed8(amount), comment=comment)


def follow(key, id, provider, follower, mode="proportional", ratio="1"):
    settings = {"mode": mode.capitalize(), "minLotPolicy": "Skip", "reverse": False, "copyStops": True, "ratio": fixed8(ratio)}
    return _request(wire.FOLLOW, "Follow", key, id, follower, [provider, follower, {"mode": mode, "ratio": ratio}],
                    provider=provider, follower=follower, settings=settings)


def unfollow(key, id, provider, follower, open_copies="CLOSE"):
    return _request(wire.UNFOLLOW, "Unfollow", key, id, follower, [provider, follower, open_copies],
                    provider=provider, follower=follower, openCopies=open_copies.capitalize())


def link_status(key, id, provider, follower, status):
    return _request(wire.SET_LINK_STATUS, "SetLinkStatus", key, id, follower, [provider, follower, status],
                    provider=provider, follower=follower, status=status.capitalize())


def account_status(key, id, account, status):
    return _request(wire.SET_ACCOUNT_STATUS, "SetAccountStatus", key, id, account, [account, status],
                    account=account, status={"ACTIVE": "Active", "CLOSE_ONLY": "CloseOnly", "SUSPENDED": "Suspended"}[status])
