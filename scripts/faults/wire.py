"""One connection to the order gateway (docs/protocol.md): login, frames out, frames in. Blocking until the Welcome, never after."""
import hashlib
import hmac
import os
import socket
import struct
import time
import zlib

import msgpack

HELLO, AUTH, HEARTBEAT = 1, 2, 3
PLACE_ORDER, CANCEL_ORDER, MODIFY_ORDER, CLOSE_ORDER, CLOSE_ALL = 10, 11, 12, 13, 14
QUOTE, QUERY_ACCOUNT = 20, 30
OPEN_ACCOUNT, MOVE_FUNDS, FOLLOW, UNFOLLOW, SET_ACCOUNT_STATUS, SET_LINK_STATUS = 40, 41, 42, 43, 44, 45
CHALLENGE, WELCOME, SERVER_HEARTBEAT, GOODBYE = 101, 102, 103, 104
EXECUTION, COPIES, REJECT, MARGIN, ACCOUNT_STATE, ORDER, END_OF_QUERY, ACK = 110, 111, 112, 113, 130, 131, 132, 140

EVENTS = {EXECUTION: (16, 19), COPIES: (7, 9), MARGIN: (7, 9)}
"""Messages that tell what happened, with the places of their sequence and index."""


class Closed(Exception):
    """The other side has closed the connection, or refused it; the text says why if it said why."""


class Wire:
    """A logged-in session."""

    def __init__(self, address, key, resume_from=None, timeout=15):
        self.socket = socket.create_connection(address, timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received, self._sent, self._number = bytearray(), bytearray(), 0
        self.goodbye = None
        try:
            self._login(key, resume_from, time.monotonic() + timeout)
        except (OSError, Closed):
            self.close()
            raise
        self.socket.setblocking(False)

    def close(self):
        self.socket.close()

    def send(self, kind, *fields):
        """Puts a frame into the buffer; flush() sends it. Returns the frame's number, which a Reject names."""
        self._number += 1
        frame = msgpack.packb([kind, self._number, *fields])
        self._sent += struct.pack(">I", len(frame)) + frame
        return self._number

    def flush(self):
        while self._sent:
            try:
                del self._sent[: self.socket.send(self._sent)]
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                raise Closed(str(error)) from error

    @property
    def wants_to_write(self):
        return bool(self._sent)

    def receive(self):
        """Messages that have arrived, as (type, fields, checksum of the fields). Raises Closed after the last one."""
        closed = None
        try:
            while True:
                chunk = self.socket.recv(262_144)
                if not chunk:
                    closed = "closed"
                    break
                self._received += chunk
                if len(chunk) < 65_536:
                    break
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            closed = str(error)
        messages = self._frames()
        if closed is not None and not messages:
            raise Closed(self.goodbye or closed)
        return messages

    def _login(self, key, resume_from, deadline):
        nonce = os.urandom(32)
        self.send(HELLO, 1, key["keyId"], nonce, list(resume_from) if resume_from else None)
        challenge = self._wait_for(CHALLENGE, deadline)
        proof = b"CE1" + key["keyId"].encode() + nonce + challenge[0]
        self.send(AUTH, hmac.new(bytes.fromhex(key["secret"]), proof, hashlib.sha256).digest())
        self.welcome = self._wait_for(WELCOME, deadline)
        self.session, self.role, self.last_event = self.welcome[0], self.welcome[1], tuple(self.welcome[4] or (0, 0))

    def _wait_for(self, wanted, deadline):
        self.flush()
        while time.monotonic() < deadline:
            # One frame at a time: what follows a Welcome belongs to whoever reads the session.
            message = self._frame()
            if message is None:
                chunk = self.socket.recv(65_536)
                if not chunk:
                    raise Closed("closed during the login")
                self._received += chunk
            elif message[0] == GOODBYE:
                raise Closed(f"{message[1][0]}: {message[1][1]}")
            elif message[0] == wanted:
                return message[1]
        raise Closed("no answer to the login")

    def _frames(self):
        messages, start, data = [], 0, self._received
        while len(data) - start >= 4:
            end = start + 4 + int.from_bytes(data[start:start + 4], "big")
            if len(data) < end:
                break
            self._take(bytes(data[start + 4:end]), messages)
            start = end
        del data[:start]
        return messages

    def _frame(self):
        data = self._received
        if len(data) < 4 or len(data) < (end := 4 + int.from_bytes(data[:4], "big")):
            return None
        frame = bytes(data[4:end])
        del data[:end]
        messages = []
        self._take(frame, messages)
        return messages[0] if messages else None

    def _take(self, frame, messages):
        kind, _, *fields = msgpack.unpackb(frame)
        if kind == SERVER_HEARTBEAT:
            self.send(HEARTBEAT, time.time_ns() // 1000)
            return
        if kind == GOODBYE:
            self.goodbye = f"{fields[0]}: {fields[1]}"
        messages.append((kind, fields, zlib.crc32(frame[_start_of_fields(frame):])))


def _start_of_fields(frame):
    """Behind the array's header, the type and the frame's number: what two tellings of one event have in common."""
    place = 3 if frame[0] == 0xDC else 1
    for _ in range(2):
        place += {0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9}.get(frame[place], 1)
    return place
