"""The oracle: compares the ledger and the streams with what the recovered engine has, by the rules O1 to O6."""
import json
import time
import zlib

import commands
import wire
import world as worlds

INTERNAL = {"Tick", "Rollover", "Continue", "SetLimits", "ReportState"}
WORLD = {"RegisterInstrument", "RegisterGroup", "SetGroupInstrument", "OpenAccount", "MoveFunds", "Follow"}
NO_COMMANDS = {"StateHash", "Void", "AcceptedLoss", "Commit"}
KINDS = {name: kind for kind, name in commands.USER_TYPES.items()}
MOST = 12


class Verdict(list):
    """Violations, the first few of each rule in words and the rest as a count."""

    def __init__(self):
        super().__init__()
        self._counts = {}

    def add(self, rule, text):
        count = self._counts[rule] = self._counts.get(rule, 0) + 1
        if count <= MOST:
            self.append(f"{rule}: {text}")
        elif count == MOST + 1:
            self.append(f"{rule}: and more")


class Judge:
    """Remembers what it has seen of the journal, so that a record that changes later is noticed."""

    def __init__(self, world, ledger):
        self._ledger = ledger
        self._world = world
        self._symbols = [instrument["symbol"] for instrument in world["instruments"]]
        self._groups = [group["name"] for group in world["groups"]]
        self._accounts = list(worlds.account_names(world))
        self._known = set(self._accounts)
        self._lines = {}
        self._bodies = {}
        self._sequences = {}
        self._last = 0
        self._world_counts = {"OpenAccount": 0, "MoveFunds": 0, "Follow": 0}
        self._has_outside_commands = False
        self.allows_trimming = False
        self._unread = (0, 0)
        self.voided = set()
        self.poisoned = set()

    @property
    def last(self):
        """The newest sequence of the journal."""
        return self._last

    @property
    def records(self):
        return len(self._lines)

    def read_journal(self, dump, verdict, to=None):
        """Takes the lines of `dump`, up to a sequence that must be there, or whatever is there."""
        previous = None
        for line in dump.splitlines():
            sequence = _sequence(line)
            if to is not None and sequence > to:
                continue
            if sequence in self._lines and '"command"' in line:
                if zlib.crc32(line.encode()) != self._lines[sequence]:
                    verdict.add("O1", f"the record of sequence {sequence} is another one than before the fault: {line[:200]}")
                previous = sequence
                continue
            record = json.loads(line)
            if sequence in self.poisoned and sequence in self._lines:
                previous = sequence
                continue
            if record["type"] in NO_COMMANDS:
                if record["type"] == "Void":
                    self.voided.add(sequence)
                continue
            if previous is None and sequence > self._last + 1:
                self._trimmed(sequence, verdict)
            elif previous is not None and sequence != previous + 1:
                verdict.add("S2", f"sequence {sequence} follows {previous} in the journal")
            previous = sequence
            if sequence <= self._last:
                verdict.add("O1", f"the record of sequence {sequence} appeared after the fault, in the middle: {line[:200]}")
            self._lines[sequence] = zlib.crc32(line.encode())
            self._take(sequence, record, verdict)
            self._last = sequence
        if previous is not None and previous < self._last:
            verdict.add("O1", f"the journal ends at {previous}, and had {self._last} before the fault")
        if to is not None and self._last < to:
            verdict.add("O1", f"the journal ends at {self._last}, and the state is of {to}")

    def _trimmed(self, first, verdict):
        """The journal begins behind what was read of it: two snapshots have made the part between superfluous."""
        if not self.allows_trimming:
            verdict.add("S2", f"the journal begins at {first}; {self._last} was the last that was read of it")
        self._unread = (self._last + 1, first - 1)

    def judge_entries(self, verdict, effects):
        """O1 and O2 for every id of the ledger. effects: sequences of the reports by (account, id)."""
        for identity, entry in self._ledger.entries.items():
            found = self._sequences.get(identity, ())
            if len(found) > entry.sends:
                verdict.add("O2", f"{identity} was sent {entry.sends} times and is {len(found)} times in the journal: {found}")
            for answer in entry.answers:
                self._judge_answer(identity, entry, answer, found, verdict)
            if entry.is_answered and not found and not self._may_be_unread(entry):
                verdict.add("O1", f"{identity} was answered {entry.answers[0].result} and is not in the journal")
            if isinstance(identity[0], str) and not identity[0].startswith("key ") and entry.command.kind != wire.CLOSE_ALL:
                done = effects.get(identity, set()) & set(found)
                if len(done) > 1:
                    verdict.add("O2", f"{identity} took effect at sequences {sorted(done)}")
                elif entry.is_answered and not done and not self._may_be_unread(entry):
                    verdict.add("O2", f"{identity} was answered {entry.answers[0].result} and took no effect that anybody is told of")
            elif not entry.is_answered and not entry.refused_at_door:
                verdict.add("O2", f"{identity} was sent {entry.sends} times, the last time to a healthy engine, and never answered")

    def judge_books(self, verdict, state):
        """O5: the books sum to zero, and the money that came in is the money that the broker was told has come in."""
        for currency, totals in state["totals"].items():
            if commands.fixed8(totals["sum"]) != 0:
                verdict.add("O5", f"the books of {currency} sum to {totals['sum']}")
        moved = worlds.deposits(self._world)
        for entry in self._ledger.entries.values():
            if entry.command.kind == wire.MOVE_FUNDS and entry.is_answered and entry.answers[0].result == "DONE":
                moved += entry.command.record["amount"]
        flows = commands.fixed8(state["totals"]["USD"]["externalFlows"])
        if abs(flows) != moved:
            verdict.add("O2", f"deposits of {moved} were acknowledged, the books have {abs(flows)} (10^-8 USD)")
        expected = sum(1 for _ in worlds.account_names(self._world)) + sum(
            entry.command.kind == wire.OPEN_ACCOUNT and entry.is_answered and entry.answers[0].result == "DONE"
            for entry in self._ledger.entries.values())
        if state["accounts"] != expected:
            verdict.add("O2", f"{expected} accounts were opened, the engine has {state['accounts']}")

    def judge_queries(self, verdict, queried):
        """O5: what is open by the reports alone is what the engine says is open; no copy outlives its master."""
        for account, (told, derived, count) in queried.items():
            if count != len(told):
                verdict.add("O5", f"{account}: {len(told)} orders told, {count} announced")
            told_lots = {order: lots for order, (lots, _) in told.items()}
            derived_lots = {order: lots for order, (lots, _) in derived.items()}
            if told_lots != derived_lots:
                ours, theirs = derived_lots.items() - told_lots.items(), told_lots.items() - derived_lots.items()
                verdict.add("O5", f"{account}: open by the reports only {sorted(ours)[:3]}, by the engine only {sorted(theirs)[:3]}")
        masters = {order for told, _, _ in queried.values() for order, (_, master) in told.items() if not master}
        for account, (told, _, _) in queried.items():
            for order, (_, master) in told.items():
                if master and master not in masters:
                    verdict.add("C4", f"copy {order} of {account} is open, and its master {master} is not")

    def judge_stream(self, verdict, client, again, end):
        """O6: what the client was told over all its connections is what a fresh session is told afterwards."""
        ours = client.stream
        theirs = [event for event in again if event[0] <= end]
        if ours == theirs:
            return
        ours_at, theirs_at = dict(ours), dict(theirs)
        missing = sorted(theirs_at.keys() - ours_at.keys())
        invented = sorted(ours_at.keys() - theirs_at.keys())
        changed = sorted(place for place in ours_at.keys() & theirs_at.keys() if ours_at[place] != theirs_at[place])
        verdict.add("O6", f"{client.name}: of {len(theirs)} events {len(missing)} were not told {missing[:3]}, "
                          f"{len(invented)} are not known any more {invented[:3]}, {len(changed)} read differently {changed[:3]}")

    def _may_be_unread(self, entry):
        return self._unread[1] > 0 and any(
            answer.sequence is None or self._unread[0] <= answer.sequence <= self._unread[1] for answer in entry.answers)

    def _judge_answer(self, identity, entry, answer, found, verdict):
        if answer.sequence is None or self._unread[0] <= answer.sequence <= self._unread[1]:
            return
        if answer.sequence not in self._lines:
            verdict.add("O1", f"{identity} was answered {answer.result} at sequence {answer.sequence}, which the journal does not have")
        elif answer.sequence not in found:
            verdict.add("O1", f"{identity} was answered {answer.result} at sequence {answer.sequence}, where the journal has something else")
        elif self._bodies[answer.sequence] != entry.command.record:
            verdict.add("O1", f"{identity}: the journal has {self._bodies[answer.sequence]}, sent was {entry.command.record}")

    def _take(self, sequence, record, verdict):
        body = {"type": record["type"], **record.get("command", {})}
        kind = record["type"]
        if record["session"] <= 0 and record["key"] == 0:
            self._take_internal(sequence, kind, body, verdict)
            return
        self._has_outside_commands = True
        self._name(body)
        if kind == "Quote":
            if (body["symbol"], body["bid"], body["ask"], body["sourceTime"]) not in self._ledger.quotes:
                verdict.add("O3", f"nobody sent the quote of sequence {sequence}: {body}")
            return
        if kind == "QueryAccount":
            return
        id = body.get("clientOrderId") or body.get("requestId")
        identity = (body["account"], id) if "clientOrderId" in body else (f"key {record['key']}", id)
        entry = self._ledger.entries.get(identity)
        if entry is None:
            verdict.add("O3", f"nobody sent the command of sequence {sequence}: {body}")
            return
        self._sequences.setdefault(identity, []).append(sequence)
        self._bodies[sequence] = body
        if body != entry.command.record:
            verdict.add("O1", f"sequence {sequence} has {body}, sent was {entry.command.record}")
        if kind == "OpenAccount":
            self._open(f"{KINDS[body['userType']]}:{body['accountNumber']}")

    def _take_internal(self, sequence, kind, body, verdict):
        if kind in INTERNAL or sequence in self.poisoned:
            return
        if kind not in WORLD or self._has_outside_commands:
            verdict.add("O3", f"sequence {sequence} has neither a sender nor a named cause: {body}")
            return
        if kind in self._world_counts:
            self._world_counts[kind] += 1
        if kind == "OpenAccount":
            self._open(f"{KINDS[body['userType']]}:{body['accountNumber']}")

    def _open(self, account):
        if account not in self._known:
            self._known.add(account)
            self._accounts.append(account)

    def _name(self, body):
        """Names for the dense ids, which are given in the order of the definitions."""
        for field in ("account", "provider", "follower"):
            if field in body:
                body[field] = self._accounts[body[field]] if 0 <= body[field] < len(self._accounts) else f"account {body[field]}"
        if "symbol" in body:
            body["symbol"] = commands.EVERY_SYMBOL if body["symbol"] == -2 else self._symbols[body["symbol"]]
        if "group" in body:
            body["group"] = self._groups[body["group"]]
        if body.get("comment") is None and body["type"] == "MoveFunds":
            body["comment"] = ""


def read_again(address, key, after, until, timeout=30):
    """A fresh session's telling of every event after one position, at least up to another."""
    session, told, end = wire.Wire(address, key, after), [], time.monotonic() + timeout
    try:
        while until > after and (not told or told[-1][0] < until):
            if time.monotonic() > end:
                raise wire.Closed(f"nothing new for {timeout} s after event {told[-1][0] if told else after}, waiting for {until}")
            for kind, fields, checksum in session.receive():
                if kind in wire.EVENTS and not (kind == wire.EXECUTION and fields[18]):
                    places = wire.EVENTS[kind]
                    told.append(((fields[places[0]], fields[places[1]]), checksum))
            session.flush()
            time.sleep(0.001)
    finally:
        session.close()
    return told


def _sequence(line):
    start = line.index('"sequence":') + 11
    end = start
    while line[end].isdigit():
        end += 1
    return int(line[start:end])
