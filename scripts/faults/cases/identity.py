"""Ids: the same command again, another under the same id, and an id that failed; now, after a reconnect, after a crash, after a snapshot."""
import commands
from catalogue import case
from clients import Client
from rig import Violation


class Asker(Client):
    """Sends one command and waits for its answer, whatever was sent under that id before."""

    def __init__(self, rig, name):
        super().__init__(name, rig.lab.keys[name], rig.ledger, rig.rng)
        self.rig = rig
        self.first = None

    def ask(self, command):
        self.first = None
        self.send(command)
        self.ledger.flush()
        self.rig.load.run(10, acting=False, until=lambda: self.first is not None)
        if self.first is None:
            raise Violation(f"no answer to {command.record}")
        return self.first

    def answered(self, command, answer):
        self.first = answer


def quiet_rig(run):
    """One asker as a provider, one as the broker, an observer, and prices that stand still."""
    rig = run.rig()
    rig.engine.start()
    provider, broker = Asker(rig, "prov1"), Asker(rig, "brok")
    rig.clients[:] = [rig.observer, rig.feed, provider, broker]
    rig.load.connect(rig.engine.address)
    rig.mark()
    rig.trade(0.3)
    rig.feed.rate = 0
    rig.load.listen(0.3)
    return rig, provider, broker


def expect(what, answer, result, duplicate, order=None):
    if answer.result != result or bool(answer.duplicate) != duplicate or (order is not None and answer.order != order):
        raise Violation(f"{what}: {answer.result}, duplicate {answer.duplicate}, order {answer.order}; "
                        f"expected {result}, duplicate {duplicate}, order {order}")


def restart(run, rig, how):
    """By a crash, or cleanly, which takes a snapshot."""
    if how == "crash":
        rig.engine.kill()
        rig.drain()
    else:
        rig.engine.signal(15)
        rig.drain()
        if (code := rig.engine.wait_exit(20)) != 0:
            raise Violation(f"SIGTERM: exit {code}, not 0: {rig.engine.last_words()}")
    rig.recover()


PROVIDER = "strategy_provider:1"


@case("E1", "the same command under the same id: at once, after a crash, after a snapshot and restart",
      "one execution; every later answer is the first one, marked duplicate", most=4)
def same_id_same_content(run):
    rig, provider, broker = quiet_rig(run)
    market = commands.place(PROVIDER, provider.new_id(), "EURUSD", "BUY", "MARKET", "0.10")
    waiting = commands.place(PROVIDER, provider.new_id(), "EURUSD", "BUY", "LIMIT", "0.10", price="1.05000")
    deposit = commands.move_funds(broker.key_number, broker.new_id(), "copy_follower:1", "123.45", "once")
    firsts = [(asker, command, asker.ask(command)) for asker, command in ((provider, market), (provider, waiting), (broker, deposit))]
    close = commands.close(PROVIDER, provider.new_id(), firsts[0][2].order, "0.04")
    firsts.append((provider, close, provider.ask(close)))
    for (_, command, first), result in zip(firsts, ("FILLED", "NEW", "DONE", "PARTIALLY_CLOSED")):
        expect(f"first {command.record['type']}", first, result, False)
    for moment in ("at once", "crash", "crash", "clean"):
        if moment != "at once":
            restart(run, rig, moment)
        for asker, command, first in firsts:
            expect(f"{command.record['type']} again, {moment}", asker.ask(command), first.result, True, first.order)
    rig.check()


@case("E2", "another command under a used id: at once, after a crash, after a snapshot and restart",
      "DUPLICATE_CLIENT_ORDER_ID, no effect", most=4)
def same_id_other_content(run):
    rig, provider, broker = quiet_rig(run)
    order, deposit = provider.new_id(), broker.new_id()
    expect("order", provider.ask(commands.place(PROVIDER, order, "EURUSD", "BUY", "MARKET", "0.10")), "FILLED", False)
    expect("deposit", broker.ask(commands.move_funds(broker.key_number, deposit, "copy_follower:1", "10.00", "")), "DONE", False)
    for moment in ("at once", "crash", "clean"):
        before = rig.engine.state()["totals"] if moment == "at once" else before
        if moment != "at once":
            restart(run, rig, moment)
        for asker, command in ((provider, commands.place(PROVIDER, order, "EURUSD", "BUY", "MARKET", "0.20")),
                               (provider, commands.place(PROVIDER, order, "EURUSD", "SELL", "MARKET", "0.10")),
                               (broker, commands.move_funds(broker.key_number, deposit, "copy_follower:1", "11.00", ""))):
            answer = asker.ask(command)
            if answer.result != "DUPLICATE_CLIENT_ORDER_ID":
                raise Violation(f"{command.record} under a used id, {moment}: {answer.result}")
        if rig.engine.state()["totals"] != before:
            raise Violation(f"the books changed, {moment}")


@case("E3", "a command that was refused (no margin, no money) again under its id, when it would be possible now; after a crash too",
      "the id stays refused, a new id succeeds", most=4)
def retry_after_refusal(run):
    rig, provider, broker = quiet_rig(run)
    poor = commands.move_funds(broker.key_number, broker.new_id(), "copy_follower:80", "-100050.00", "")
    expect("withdrawal of more than there is", broker.ask(poor), "NEGATIVE_BALANCE", False)
    big = commands.place(PROVIDER, provider.new_id(), "EURUSD", "BUY", "MARKET", "99.00")
    bigger = [provider.ask(commands.place(PROVIDER, provider.new_id(), "EURUSD", "BUY", "MARKET", "99.00")) for _ in range(12)]
    if bigger[-1].result != "INSUFFICIENT_MARGIN":
        raise Violation(f"twelve orders of 99 lots: {[answer.result for answer in bigger]}")
    expect("order without margin", provider.ask(big), "INSUFFICIENT_MARGIN", False)
    for account, amount in (("copy_follower:80", "1000.00"), (PROVIDER, "9000000.00")):
        expect("deposit", broker.ask(commands.move_funds(broker.key_number, broker.new_id(), account, amount, "")), "DONE", False)
    for moment in ("at once", "crash", "clean"):
        if moment != "at once":
            restart(run, rig, moment)
        if broker.ask(poor).result != "NEGATIVE_BALANCE":
            raise Violation(f"the refused withdrawal was executed, {moment}")
        expect(f"the refused order again, {moment}", provider.ask(big), "INSUFFICIENT_MARGIN", True)
    again = commands.move_funds(broker.key_number, broker.new_id(), "copy_follower:80", "-100050.00", "")
    expect("the withdrawal under a new id", broker.ask(again), "DONE", False)
    expect("the order under a new id", provider.ask(commands.place(PROVIDER, provider.new_id(), "EURUSD", "BUY", "MARKET", "99.00")), "FILLED", False)


@case("E4", "more ids than are remembered, with a crash in between",
      "the newest 1,024 of an account are known after the crash, an older one counts as new, as documented; the state does not grow", most=2)
def more_ids_than_remembered(run):
    rig, provider, _ = quiet_rig(run)
    orders = [commands.cancel(PROVIDER, provider.new_id(), 1) for _ in range(1_200)]
    provider.rate, provider.window = 800, 64
    for start in range(0, len(orders), 60):
        for command in orders[start:start + 60]:
            provider.send(command)
        if not rig.load.settle():
            raise Violation("the orders were not answered")
    restart(run, rig, "crash")
    expect("the newest id", provider.ask(orders[-1]), "UNKNOWN_ORDER", True)
    expect("an id within the newest 1,024", provider.ask(orders[-900]), "UNKNOWN_ORDER", True)
    expect("an id beyond them", provider.ask(orders[0]), "UNKNOWN_ORDER", False)


