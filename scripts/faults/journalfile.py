"""The journal's and the snapshot's bytes, for the two faults that no tool of the engine makes: a poisoned command, a newer format."""
import hashlib
import struct

SEGMENT_HEADER, RECORD_HEADER = 4096, 48
COMMIT = 0xFF00
POISON_TYPE = 9_999
"""A command type that no version has: the core has nothing to do it with, and throws."""


def _table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = _table()


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class JournalFile:
    """The last segment of a journal that nobody has open."""

    def __init__(self, path):
        self._path = path
        with open(path, "rb") as file:
            self._bytes = file.read()
        self._end, self._sequence, self._time, self._batch, self._chain = SEGMENT_HEADER, None, 0, None, None
        while self._end + RECORD_HEADER <= len(self._bytes):
            length, kind, _, sequence, time, _, _, _, batch, _ = struct.unpack_from("<IHHqqqiiII", self._bytes, self._end)
            if length == 0:
                break
            if kind == COMMIT:
                self._sequence, self._batch = sequence, batch
                self._chain = self._bytes[self._end + length - 32:self._end + length]
            else:
                self._time = max(self._time, time)
            self._end += length
        if self._chain is None or self._bytes[self._end:].strip(b"\0"):
            raise ValueError(f"{path}: no whole batch at the end of the segment")

    def append_poison(self):
        """A batch of one command of an unknown type. Returns its sequence."""
        sequence, batch = self._sequence + 1, self._batch + 1
        command = _record(POISON_TYPE, sequence, self._time, batch, b"")
        chain = hashlib.sha256(self._chain + command).digest()
        commit = _record(COMMIT, sequence, 0, batch, struct.pack("<II", 1, 0) + chain)
        with open(self._path, "r+b") as file:
            file.seek(self._end)
            file.write(command + commit)
        return sequence


def _record(kind, sequence, time, batch, payload):
    head = struct.pack("<IHHqqqiiI", RECORD_HEADER + len(payload), kind, 1, sequence, time, 0, 0, 0, batch)
    return head + struct.pack("<I", crc32c(head + payload)) + payload


def raise_version(path):
    """Makes a segment or a snapshot one of the next format, checksums included."""
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        if data[:8] == b"COPEJRNL":
            data[8:12] = struct.pack("<i", struct.unpack_from("<i", data, 8)[0] + 1)
            data[4088:4096] = struct.pack("<Q", crc32c(data[:4088]))
        else:
            if data[16:24] != b"CESNAPSH":
                raise ValueError(f"{path} is neither a segment nor a snapshot")
            data[24:28] = struct.pack("<i", struct.unpack_from("<i", data, 24)[0] + 1)
            length = struct.unpack_from("<i", data, 8)[0]
            # Snapshots keep the checksum as it stands before its last inversion.
            data[12:16] = struct.pack("<I", crc32c(data[:12] + data[16:16 + length]) ^ 0xFFFFFFFF)
        file.seek(0)
        file.write(data)
