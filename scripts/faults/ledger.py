"""The oracle's own book: every send and every answer, written before the bytes leave and kept away from the engine's directory."""
import json
import time

NOT_JOURNALED = {"MALFORMED", "UNKNOWN_MESSAGE", "NOT_AUTHENTICATED", "NOT_AUTHORIZED", "RATE_LIMITED", "BUSY", "STORAGE_FULL",
                 "UNKNOWN_ACCOUNT"}
"""Refusals of the door: nothing was done, and the id is as free as before."""


class Answer:
    """What the engine told a sender about one id."""

    __slots__ = ("sequence", "index", "result", "duplicate", "order")

    def __init__(self, sequence, index, result, duplicate, order=None):
        self.sequence, self.index, self.result, self.duplicate, self.order = sequence, index, result, duplicate, order


class Entry:
    """One id: how often it was sent, and what came back."""

    __slots__ = ("command", "sends", "answers", "refused_at_door")

    def __init__(self, command):
        self.command, self.sends, self.answers, self.refused_at_door = command, 0, [], 0

    @property
    def is_answered(self):
        return bool(self.answers)


class Ledger:
    """Append-only file of JSON lines, and the same in memory for the judge."""

    def __init__(self, path):
        self._file = open(path, "a", encoding="utf-8", buffering=1 << 16)
        self.entries = {}
        self.quotes = set()
        self.sends = self.answers = 0

    def sent(self, command):
        entry = self.entries.get(command.identity)
        if entry is None:
            entry = self.entries[command.identity] = Entry(command)
        entry.sends += 1
        self.sends += 1
        self._write({"send": entry.sends, "scope": command.scope, "id": command.id, "t": time.time_ns() // 1000, "record": command.record})
        return entry

    def quoted(self, symbol, bid, ask, source_time):
        self.quotes.add((symbol, bid, ask, source_time))
        self.sends += 1
        self._write({"quote": symbol, "bid": bid, "ask": ask, "t": source_time})

    def answered(self, command, answer):
        self.entries[command.identity].answers.append(answer)
        self.answers += 1
        self._write({"answer": command.id, "scope": command.scope, "seq": answer.sequence, "index": answer.index, "result": answer.result,
                     "duplicate": answer.duplicate, "t": time.time_ns() // 1000})

    def refused_at_door(self, command, code):
        self.entries[command.identity].refused_at_door += 1
        self._write({"door": command.id, "scope": command.scope, "code": code})

    def flush(self):
        """Hands everything to the operating system; called before the bytes of a send are."""
        self._file.flush()

    def close(self):
        self._file.close()

    @property
    def unanswered(self):
        return [entry for entry in self.entries.values() if not entry.is_answered]

    def _write(self, line):
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
