"""One engine with its clients, its ledger and its judge: what every case is played on."""
import json
import os
import shutil
import time

import judge as judging
import traders
import wire
import world as worlds
from engine import Engine, EngineFailed, free_port
from ledger import Ledger
from load import Load

ROLES = {"prov1": ("provider", ",".join(worlds.PROVIDERS[:3])), "prov2": ("provider", ",".join(worlds.PROVIDERS[3:])),
         "foll": ("follower", "copy_follower:1..20"), "gamb": ("provider", "strategy_provider:1001..1011,strategy_provider:9001"),
         "brok": ("broker", None), "feed": ("feed", None), "risk": ("risk", None)}
SECONDS_PER_MILLION = 5.0
MOST_QUERIES = 600


class Violation(Exception):
    """A case did not meet its pass criterion."""


class Lab:
    """What all rigs share: the program, a place for data, the keys."""

    def __init__(self, host, place, limits_times=False):
        self.host, self.place, self.limits_times = os.path.abspath(host), place, limits_times
        self.rigs = 0
        os.makedirs(place, exist_ok=True)
        self._keys = os.path.join(place, "keys-template")
        self.keys = self._make_keys()

    def _make_keys(self):
        engine, keys = Engine(self.host, self._keys, None, None, self.place), {}
        os.makedirs(self._keys, exist_ok=True)
        for name, (role, accounts) in ROLES.items():
            out = os.path.join(self.place, f"{name}.key")
            code, _, errors = engine.run("keys", "create", "--data", self._keys, "--role", role, *(["--accounts", accounts] if accounts else []),
                                         "--out", out)
            if code != 0:
                raise EngineFailed(f"keys create ends with {code}: {errors}")
            with open(out, encoding="utf-8") as file:
                keys[name] = json.load(file)
        return keys

    def give_keys(self, directory):
        os.makedirs(directory, exist_ok=True)
        shutil.copytree(os.path.join(self._keys, "keys"), os.path.join(directory, "keys"))


class Rig:
    """Started, loaded, broken, recovered and judged, as often as a case likes."""

    def __init__(self, lab, rng, name, data=None, redis="off", durability="fsync", settings=None, followers=None, pace=1.0):
        lab.rigs += 1
        self.lab, self.rng, self.name = lab, rng, name
        self.home = os.path.join(lab.place, f"{lab.rigs:04d}-{name}")
        self.data = data or os.path.join(self.home, "data")
        os.makedirs(self.home)
        lab.give_keys(self.data)
        self.world = worlds.build(followers)
        world_file, settings_file = os.path.join(self.home, "world.json"), os.path.join(self.home, "settings.json")
        worlds.write(world_file, self.world)
        with open(settings_file, "w", encoding="utf-8") as file:
            json.dump(_settings(settings), file)
        self.engine = Engine(lab.host, self.data, world_file, settings_file, self.home, redis, durability)
        self.ledger = Ledger(os.path.join(self.home, "ledger.jsonl"))
        self.judge = judging.Judge(self.world, self.ledger)
        self.market = traders.Market(rng)
        self._make_clients(pace)
        self.load = Load(self.clients, self.ledger)
        self.recoveries = []
        self._marks = {}

    def _make_clients(self, pace):
        def make(kind, name, rate, **options):
            return kind(name, self.lab.keys[name], self.ledger, self.rng, rate=rate * pace, **options)

        self.observer = make(traders.Observer, "risk", 0)
        self.broker = make(traders.Broker, "brok", 800)
        self.feed = make(traders.Feed, "feed", 1500, market=self.market)
        self.gambler = make(traders.Gambler, "gamb", 200, accounts=[*worlds.GAMBLERS, worlds.WIDE_GAMBLER], market=self.market)
        self.clients = [
            self.observer, self.broker, self.feed,
            make(traders.Provider, "prov1", 700, accounts=worlds.PROVIDERS[:3], market=self.market),
            make(traders.Provider, "prov2", 700, accounts=worlds.PROVIDERS[3:], market=self.market),
            make(traders.Follower, "foll", 500, accounts=[f"copy_follower:{n}" for n in range(1, 21)], market=self.market),
            self.gambler]

    def begin(self, **options):
        """Starts the engine for the first time and lets the clients in."""
        self.engine.start(**options)
        self.load.connect(self.engine.address)
        self.mark()

    def mark(self):
        """From here on the streams are compared."""
        for client in self.clients:
            client.stream.clear()
        self._marks = {client.name: client.last for client in self.clients}

    def trade(self, seconds, until=None):
        return self.load.run(seconds, until=until)

    def latencies(self):
        """Of all answers since the last call, sorted, in seconds."""
        found = sorted(latency for client in self.clients for latency in client.latencies)
        for client in self.clients:
            client.latencies.clear()
        return found

    def drain(self):
        """Reads what the dead engine had still said, until every connection has ended."""
        self.load.run(5, acting=False)
        self.load.disconnect()

    def recover(self, **options):
        """Starts the engine again, lets the clients resume, and has everything unanswered answered."""
        self.engine.start(**options)
        self.recoveries.append(self.engine.ready_seconds)
        self.resume()

    def resume(self):
        self.load.connect(self.engine.address)
        if not self._marks:
            self.mark()
        if not self.load.settle():
            waiting = {client.name: len(client.waiting) for client in self.clients if client.waiting}
            raise Violation(f"O2: not answered within 30 s after the recovery: {waiting}")

    def check(self, reads_again=True):
        """The whole oracle, O1 to O6. Raises Violation with everything that is wrong."""
        verdict = judging.Verdict()
        for client in self.clients:
            for rule, fault in client.faults:
                verdict.add(rule, fault)
        if self.engine.is_running:
            self._judge_sessions(verdict)
            self._query_all()
            state = self.engine.state()
            self._judge_state(verdict, state)
            self.judge.judge_queries(verdict, self.observer.queried)
            if reads_again:
                self._judge_streams(verdict)
        self.judge_log(verdict)
        if self.lab.limits_times:
            self._judge_recovery(verdict)
        if verdict:
            raise Violation("; ".join(verdict))

    def judge_log(self, verdict):
        for alarm in self.engine.alarms():
            verdict.add("log", alarm)

    def end(self):
        self.load.disconnect()
        if self.engine.process is not None:
            self.engine.kill()
        self.ledger.close()

    def _judge_sessions(self, verdict):
        """A session that ended although the engine lives: it comes back as after a crash, but why it ended is told."""
        for client in self.clients:
            if not client.is_connected:
                verdict.add("session", f"{client.name} was cut off: {client.endings[-1:]}")
                client.connect(self.engine.address)

    def _judge_recovery(self, verdict):
        allowed = 10 + SECONDS_PER_MILLION * self.judge.records / 1e6
        for seconds in self.recoveries:
            if seconds > allowed:
                verdict.add("time", f"recovery took {seconds:.1f} s, {allowed:.1f} s were allowed")

    def _judge_state(self, verdict, state):
        try:
            self.judge.read_journal(self.engine.dump(), verdict, state["sequence"])
            self.judge.judge_entries(verdict, self.observer.events_of_id)
            replayed = self.engine.replayed_hash(state["sequence"])
            if replayed != state["stateHash"]:
                verdict.add("O4", f"replay to {state['sequence']} gives {replayed}, the running engine has {state['stateHash']}")
        except EngineFailed as failure:
            verdict.add("O1", str(failure))
        self.judge.judge_books(verdict, state)

    def _query_all(self):
        """Asks for every account that was ever told of, or many of them; the answers are compared at the sequence of the answer."""
        accounts = [account for account in self.observer.open if account.startswith("strategy_provider:")]
        others = [account for account in self.observer.open if not account.startswith("strategy_provider:")]
        accounts += others if len(others) <= MOST_QUERIES else self.rng.sample(others, MOST_QUERIES)
        self.observer.queried.clear()
        for start in range(0, len(accounts), 400):
            part = accounts[start:start + 400]
            for account in part:
                self.observer.wire.send(wire.QUERY_ACCOUNT, account)
            self.load.run(20, acting=False, until=lambda: all(account in self.observer.queried for account in part))
        missing = [account for account in accounts if account not in self.observer.queried]
        if missing:
            raise Violation(f"O5: no answer to the query of {missing[:3]}")

    def _judge_streams(self, verdict):
        for client in self.clients:
            client.disconnect()
        for client in self.clients:
            try:
                again = judging.read_again(self.engine.address, client.key, self._marks[client.name], client.last)
                self.judge.judge_stream(verdict, client, again, client.last)
            except (wire.Closed, OSError) as refusal:
                verdict.add("O6", f"{client.name}: cannot read again what came after {self._marks[client.name]}: {refusal}")
        self.load.connect(self.engine.address)
        self.mark()


def _settings(given):
    settings = {"limits": {"tickIntervalMilliseconds": 50, "workQuota": 32}, "journal": {"segmentBytes": 1 << 20},
                "snapshots": {"intervalSeconds": 4, "afterCommands": 20_000}}
    for section, values in (given or {}).items():
        settings[section] = {**settings.get(section, {}), **values} if isinstance(values, dict) else values
    return {section: values for section, values in settings.items() if values is not None}
