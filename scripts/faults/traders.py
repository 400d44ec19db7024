"""What the clients of a run do: providers and followers trade, gamblers ruin themselves, the broker serves, the feed quotes."""
import time

import commands
import wire
import world
from clients import Client


class Market:
    """The prices that the feed sends: a bounded random walk, and gold that falls and recovers in phases."""

    PHASE = 0.35
    FALL = 3_000

    def __init__(self, rng):
        self._rng = rng
        self.bids = {symbol: bid for symbol, (_, bid) in world.SYMBOLS.items()}
        self.is_gold_low = False
        self.holds_gold = None
        self._began = time.monotonic()

    def step(self, symbol, now):
        """The next bid and ask of a symbol, in points."""
        digits, base = world.SYMBOLS[symbol]
        if symbol == "XAUUSD":
            self.is_gold_low = self.holds_gold == "low" or (self.holds_gold is None and int((now - self._began) / self.PHASE) % 2 == 1)
            bid = base - (self.FALL if self.is_gold_low else 0) + self._rng.randint(-20, 20)
        else:
            bid = self.bids[symbol] + self._rng.randint(-5, 5)
            bid = max(base - base // 200, min(base + base // 200, bid))
        self.bids[symbol] = bid
        return bid, bid + (10 if symbol == "XAUUSD" else 2)

    @staticmethod
    def text(symbol, points):
        digits = world.SYMBOLS[symbol][0]
        return f"{points // 10**digits}.{points % 10**digits:0{digits}d}"


class Feed(Client):
    """Quotes, one symbol after the other, each with a time of its own."""

    def __init__(self, *arguments, market, **options):
        super().__init__(*arguments, **options)
        self._market, self._turn, self._time = market, 0, 0

    def act(self, now):
        symbols = list(world.SYMBOLS)
        self._turn = (self._turn + 1) % len(symbols)
        symbol = symbols[self._turn]
        bid, ask = self._market.step(symbol, now)
        self._time = max(self._time + 1, time.time_ns() // 1000)
        bid, ask = Market.text(symbol, bid), Market.text(symbol, ask)
        self.ledger.quoted(symbol, commands.fixed8(bid), commands.fixed8(ask), self._time)
        self.wire.send(wire.QUOTE, symbol, bid, ask, self._time)


class Holder(Client):
    """Knows the orders of its accounts from the reports."""

    def __init__(self, *arguments, accounts, market, **options):
        super().__init__(*arguments, **options)
        self.accounts, self.market = accounts, market
        self.open = {account: {} for account in accounts}
        self.pending = {account: {} for account in accounts}

    def hear(self, kind, fields):
        if kind != wire.EXECUTION or fields[2] not in self.open:
            return
        order, account, status = fields[1], fields[2], fields[5]
        if status == "FILLED":
            self.pending[account].pop(order, None)
            self.open[account][order] = (fields[3], fields[4], fields[6])
        elif status in ("CLOSED", "CANCELLED", "EXPIRED", "REJECTED"):
            self.open[account].pop(order, None)
            self.pending[account].pop(order, None)
        elif status == "NEW":
            self.pending[account][order] = (fields[3], fields[4], fields[6])

    def _market_order(self, account, lots):
        symbol, side = self.rng.choice(("EURUSD", "GBPUSD", "USDJPY")), self.rng.choice(("BUY", "SELL"))
        stop_loss = None
        if self.rng.random() < 0.2:
            away = -3_000 if side == "BUY" else 3_000
            stop_loss = Market.text(symbol, self.market.bids[symbol] + away)
        return commands.place(account, self.new_id(), symbol, side, "MARKET", lots, stop_loss=stop_loss)


class Provider(Holder):
    """Steady business: market and waiting orders, changed stops, partial and whole closes, cancels, now and then everything."""

    OPEN_AT_MOST = 12

    def act(self, now):
        account = self.rng.choice(self.accounts)
        open, pending, dice = self.open[account], self.pending[account], self.rng.random()
        if len(open) >= self.OPEN_AT_MOST or (open and dice < 0.35):
            order = self.rng.choice(list(open))
            part = "0.01" if open[order][2] != "0.01" and dice < 0.1 else None
            self.send(commands.close(account, self.new_id(), order, part))
        elif pending and (dice < 0.45 or len(pending) > 10):
            self.send(commands.cancel(account, self.new_id(), self.rng.choice(list(pending))))
        elif open and dice < 0.55:
            order = self.rng.choice(list(open))
            symbol, side, _ = open[order]
            away = -4_000 if side == "BUY" else 4_000
            self.send(commands.modify(account, self.new_id(), order, stop_loss=Market.text(symbol, self.market.bids[symbol] + away)))
        elif dice < 0.70:
            symbol = self.rng.choice(("EURUSD", "GBPUSD"))
            away = self.rng.choice((-2, 30, 2_000))
            price = Market.text(symbol, self.market.bids[symbol] - away)
            self.send(commands.place(account, self.new_id(), symbol, "BUY", "LIMIT", "0.02", price=price))
        elif dice < 0.705:
            self.send(commands.close_all(account, self.new_id()))
        else:
            self.send(self._market_order(account, self.rng.choice(("0.10", "0.05", "0.20", "0.01"))))


class Follower(Holder):
    """Followers with a will of their own: they trade beside their copies and close copies by hand."""

    def act(self, now):
        account = self.rng.choice(self.accounts)
        open, dice = self.open[account], self.rng.random()
        if dice < 0.05:
            self.wire.send(wire.QUERY_ACCOUNT, account)
        elif open and dice < 0.5:
            self.send(commands.close(account, self.new_id(), self.rng.choice(list(open))))
        else:
            self.send(self._market_order(account, "0.01"))


class Gambler(Holder):
    """Bets the whole stake on gold while it is high; the fall then takes the gambler and everybody who copied it."""

    LOTS = "0.90"

    def act(self, now):
        if self.market.is_gold_low:
            return False
        asked = {command.account for command in self.waiting.values()}
        free = [account for account in self.accounts if not self.open[account] and account not in asked]
        if not free:
            return False
        account = self.rng.choice(free)
        self.send(commands.place(account, self.new_id(), "XAUUSD", "BUY", "MARKET", self.LOTS))
        return True


class Broker(Client):
    """Deposits, opens accounts, links and unlinks them, and gives ruined gamblers and their followers a new stake."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._tasks = []
        self._opened = []
        self._linked = {}
        self.opens_accounts = True
        self.cascades_begun = self.cascades_done = 0

    def hear(self, kind, fields):
        if kind != wire.MARGIN:
            return
        if fields[1] == "CASCADE_STARTED":
            self.cascades_begun += 1
        elif fields[1] == "CASCADE_DONE":
            self.cascades_done += 1
            self._rescue(fields[0])

    def _rescue(self, provider):
        if len(self._tasks) > 2_000 or provider not in (*world.GAMBLERS, world.WIDE_GAMBLER):
            return
        first, last = world.followers_of(provider)
        self._tasks += [("stake", provider), *(("resume", provider, f"copy_follower:{number}") for number in range(first, last + 1))]

    def act(self, now):
        if self._tasks and self.rng.random() < 0.9:
            self._do(self._tasks.pop(0))
        elif (dice := self.rng.random()) < 0.70:
            number = self.rng.randint(1, len(world.PROVIDERS) * world.FOLLOWERS_EACH)
            amount = f"{self.rng.randint(1, 500)}.{self.rng.randint(0, 99):02d}"
            if self.rng.random() < 0.3:
                amount = f"-{amount}"
            self.send(commands.move_funds(self.key_number, self.new_id(), f"copy_follower:{number}", amount, "business"))
        elif dice < 0.80 and self.opens_accounts:
            id = self.new_id()
            account = f"copy_follower:{50_000 + int(id.rsplit('-', 1)[1])}"
            self.send(commands.open_account(self.key_number, id, account))
        elif dice < 0.90 and self._opened:
            follower = self.rng.choice(self._opened)
            provider = self._linked.get(follower)
            if provider is None:
                provider = self._linked[follower] = self.rng.choice(world.PROVIDERS)
                self.send(commands.follow(self.key_number, self.new_id(), provider, follower, "multiplier", "0.5"))
            else:
                del self._linked[follower]
                self.send(commands.unfollow(self.key_number, self.new_id(), provider, follower))
        elif self._opened:
            self.send(commands.account_status(
                self.key_number, self.new_id(), self.rng.choice(self._opened), self.rng.choice(("ACTIVE", "CLOSE_ONLY", "SUSPENDED"))))

    def answered(self, command, answer):
        if command.kind == wire.OPEN_ACCOUNT and answer.result == "DONE":
            self._opened.append(command.account)

    def _do(self, task):
        if task[0] == "stake":
            self.send(commands.move_funds(self.key_number, self.new_id(), task[1], world.STAKE, "new stake"))
        else:
            self.send(commands.link_status(self.key_number, self.new_id(), task[1], task[2], "ACTIVE"))
            self._tasks.append(("stake", task[2]))


class Observer(Client):
    """The risk desk: hears everything, and keeps which orders are open by the reports alone."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.open = {}
        self.events_of_id = {}
        self.cascades = []
        self.queried = {}
        self._asked = {}
        self._placed_as = {}
        self.closed_by = {}

    def act(self, now):
        return False

    def hear(self, kind, fields):
        if kind == wire.EXECUTION:
            self._reported(fields)
        elif kind == wire.MARGIN:
            self.cascades.append((fields[1], fields[0], fields[6], fields[7]))
        elif kind == wire.ACCOUNT_STATE:
            self._asked[fields[0]] = {}
        elif kind == wire.ORDER:
            self._asked[fields[0]][fields[1]] = (fields[4], fields[10])
        elif kind == wire.END_OF_QUERY:
            self.queried[fields[0]] = (self._asked.pop(fields[0], {}), dict(self.open.get(fields[0], {})), fields[1])

    def _reported(self, fields):
        account, order, status = fields[2], fields[1], fields[5]
        if fields[0] is not None:
            self.events_of_id.setdefault((account, fields[0]), set()).add(fields[16])
        orders = self.open.setdefault(account, {})
        if status == "CLOSED":
            causes = self.closed_by.setdefault((account, order), [])
            causes.append(fields[14])
            if len(causes) > 1:
                self.faults.append(("C7", f"order {order} of {account} was closed {len(causes)} times, by {causes}"))
        if status == "NEW":
            self._placed_as[order] = fields[0]
        if status in ("NEW", "FILLED", "PARTIALLY_CLOSED", "MODIFIED"):
            orders[order] = (fields[10], fields[15])
        elif status in ("CLOSED", "CANCELLED", "EXPIRED") or (status == "REJECTED" and self._placed_as.get(order, "") == fields[0]):
            # A waiting order that was refused when it triggered is told of under the id that placed it.
            orders.pop(order, None)
