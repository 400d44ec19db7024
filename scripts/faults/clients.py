"""A client as the protocol wants it: window of unanswered commands, resume, and everything unanswered sent again under the same ids."""
import time

import wire
from ledger import NOT_JOURNALED, Answer

RETRIED_AT_DOOR = {"BUSY", "RATE_LIMITED", "STORAGE_FULL"}


class Client:
    """One key and its session. Subclasses decide what is sent (act) and learn from what they hear (hear)."""

    def __init__(self, name, key, ledger, rng, window=64, rate=500.0):
        self.name, self.key, self.ledger, self.rng, self.window, self.rate = name, key, ledger, rng, window, rate
        self.wire = None
        self.last = None
        self.stream = []
        self.waiting = {}
        self.latencies = []
        self._since = {}
        self.again = []
        self.faults = []
        self.endings = []
        self.counts = {}
        self._ids = 0
        self._allowance = self._acted = self._repeated = self._beat = 0.0

    @property
    def key_number(self):
        return int(self.key["keyId"].rsplit("-", 1)[1])

    @property
    def is_connected(self):
        return self.wire is not None

    def connect(self, address):
        """Logs in where it left off, and sends again what was not answered."""
        try:
            self.wire = wire.Wire(address, self.key, self.last)
        except wire.Closed as refusal:
            if "RESUME_" in str(refusal):
                self.faults.append(("O6", f"{self.name} cannot resume after event {self.last}, which it was told: {refusal}"))
                self.last = None
                self.wire = wire.Wire(address, self.key, None)
            else:
                raise
        if self.last is None:
            self.last = self.wire.last_event
        self._acted = 0.0
        for command in self.waiting.values():
            self._transmit(command)
        self.again, again = [], self.again
        for command in again:
            self.send(command)

    def disconnect(self):
        if self.wire is not None:
            self.wire.close()
            self.wire = None

    def new_id(self):
        self._ids += 1
        return f"{self.name}-{self._ids}"

    def send(self, command):
        self.waiting[command.id] = command
        self._transmit(command)

    def keep_alive(self, now):
        """A client that only listens would count as gone after three intervals."""
        if now - self._beat > 5:
            self._beat = now
            self.wire.send(wire.HEARTBEAT, time.time_ns() // 1000)

    def send_again(self, now):
        """Repeats what the door refused for the moment, ten times a second."""
        if self.again and now - self._repeated > 0.1:
            self._repeated = now
            self.again, again = [], self.again
            for command in again:
                self.send(command)

    def act_until(self, now):
        """Sends what its rate allows since the last call."""
        if self._acted == 0.0:
            self._acted = now
        self._allowance = min(self._allowance + (now - self._acted) * self.rate, 200.0)
        self._acted = now
        while self._allowance >= 1 and len(self.waiting) < self.window:
            self._allowance -= 1
            if self.act(now) is False:
                break

    def act(self, now):
        """One more command, or False when there is nothing to do now."""
        return False

    def hear(self, kind, fields):
        """What happened to an account that it may see."""

    def read(self):
        for kind, fields, checksum in self.wire.receive():
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if kind in wire.EVENTS and not (kind == wire.EXECUTION and fields[18]):
                self._event(kind, fields, checksum)
            if kind == wire.EXECUTION:
                self._executed(fields)
            elif kind == wire.ACK:
                self._answer(fields[0], Answer(fields[1], None, "DONE", fields[3]))
            elif kind == wire.REJECT:
                self._rejected(fields)
            elif kind in (wire.ACCOUNT_STATE, wire.ORDER, wire.END_OF_QUERY):
                self.hear(kind, fields)

    def _event(self, kind, fields, checksum):
        places = wire.EVENTS[kind]
        position = (fields[places[0]], fields[places[1]])
        if position <= self.last:
            self.faults.append(("O6", f"{self.name} was told event {position} after event {self.last}"))
        self.last = position
        self.stream.append((position, checksum))
        self.hear(kind, fields)

    def _executed(self, fields):
        command = self.waiting.get(fields[0])
        if command is None or command.account != fields[2] or (command.kind == wire.CLOSE_ALL and fields[5] != "REJECTED"):
            return
        result = fields[14] if fields[5] == "REJECTED" else fields[5]
        self._answer(command.id, Answer(fields[16], fields[19], result, fields[18], fields[1]))

    def _rejected(self, fields):
        command, code = self.waiting.get(fields[1]), fields[2]
        if command is None:
            self.counts[f"reject {code}"] = self.counts.get(f"reject {code}", 0) + 1
        elif code not in NOT_JOURNALED:
            self._answer(command.id, Answer(None, None, code, False))
        else:
            del self.waiting[command.id]
            self.ledger.refused_at_door(command, code)
            if code in RETRIED_AT_DOOR:
                self.again.append(command)
            self.counts[code] = self.counts.get(code, 0) + 1

    def _answer(self, id, answer):
        command = self.waiting.pop(id, None)
        if command is not None:
            self.latencies.append(time.monotonic() - self._since.pop(id))
            self.ledger.answered(command, answer)
            self.answered(command, answer)

    def answered(self, command, answer):
        """The first answer to a command of this client."""

    def _transmit(self, command):
        self.ledger.sent(command)
        self._since[command.id] = time.monotonic()
        self.wire.send(command.kind, *command.fields)
