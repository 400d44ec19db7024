#!/usr/bin/env python3
"""A strategy provider: logs in, opens an order at market, moves its stops, closes half of it, then the rest.

    provider.py KEYFILE [HOST:PORT] [SYMBOL] [LOTS]      (needs the package msgpack; see docs/protocol.md)
"""
import hashlib
import hmac
import json
import os
import socket
import struct
import sys
import time
from decimal import Decimal

import msgpack

HELLO, AUTH, HEARTBEAT, LOGOUT, PLACE_ORDER, MODIFY_ORDER, CLOSE_ORDER = 1, 2, 3, 4, 10, 12, 13
CHALLENGE, WELCOME, SERVER_HEARTBEAT, GOODBYE, EXECUTION_REPORT, COPY_REPORT, REJECT = 101, 102, 103, 104, 110, 111, 112
EXECUTION = ("clientOrderId orderId account symbol side status lots lastLots lastPrice averagePrice remainingLots stopLoss takeProfit "
             "realizedProfit reason masterOrderId sequence time duplicate index").split()
COPIES = "masterOrderId clientOrderId action followers copied lots skipped sequence time index".split()


class Refused(Exception):
    """The engine refused something; the text says what and why."""


class Session:
    def __init__(self, host, port, key):
        self.socket = socket.create_connection((host, port), timeout=15)
        self.stream = self.socket.makefile("rb")
        self.sent, client_nonce = 0, os.urandom(32)
        self.send(HELLO, 1, key["keyId"], client_nonce, None)
        server_nonce = self.receive(CHALLENGE)[0]
        proof = b"CE1" + key["keyId"].encode() + client_nonce + server_nonce
        self.send(AUTH, hmac.new(bytes.fromhex(key["secret"]), proof, hashlib.sha256).digest())
        print("logged in as", self.receive(WELCOME)[1])

    def send(self, kind, *fields):
        self.sent += 1
        frame = msgpack.packb([kind, self.sent, *fields])
        self.socket.sendall(struct.pack(">I", len(frame)) + frame)

    def receive(self, wanted=None):
        """The fields of the next message of the wanted kind; what else arrives is printed or answered."""
        while True:
            header = self.stream.read(4)
            if len(header) < 4:
                raise ConnectionError("the server has closed the connection")
            kind, _, *fields = msgpack.unpackb(self.stream.read(struct.unpack(">I", header)[0]))
            if kind == EXECUTION_REPORT:
                fields = dict(zip(EXECUTION, fields))
                print("execution", {name: value for name, value in fields.items() if value is not None})
            elif kind == COPY_REPORT:
                print("copies   ", dict(zip(COPIES, fields)))
            elif kind == SERVER_HEARTBEAT:
                self.send(HEARTBEAT, time.time_ns() // 1000)
            elif kind == REJECT:
                raise Refused(f"{fields[2]}: {fields[3]}")
            elif kind == GOODBYE:
                raise ConnectionError(f"the server said goodbye: {fields[0]}: {fields[1]}")
            if kind == wanted:
                return fields

    def request(self, kind, *fields):
        """Sends an order request under an id of its own and waits for the report that answers it."""
        request_id = f"{kind}-{time.time_ns()}"
        self.send(kind, request_id, *fields)
        while (report := self.receive(EXECUTION_REPORT))["clientOrderId"] != request_id:
            pass
        if report["status"] == "REJECTED":
            raise Refused(report["reason"])
        return report


def main(key_file, address="127.0.0.1:7400", symbol="EURUSD", lots="0.10"):
    with open(key_file, encoding="utf-8") as file:
        key = json.load(file)
    host, port = address.rsplit(":", 1)
    session, account = Session(host, int(port), key), key["accounts"][0]
    order = session.request(PLACE_ORDER, account, symbol, "BUY", "MARKET", lots)
    price, order_id = Decimal(order["lastPrice"]), order["orderId"]
    stop_loss, take_profit = (str((price * Decimal(factor)).quantize(price)) for factor in ("0.98", "1.02"))
    session.request(MODIFY_ORDER, account, order_id, None, None, None, stop_loss, take_profit)
    session.request(CLOSE_ORDER, account, order_id, str(Decimal(lots) / 2))
    session.request(CLOSE_ORDER, account, order_id)
    session.send(LOGOUT)
    try:
        session.receive()  # what is still on its way, until the server closes
    except ConnectionError:
        print("done")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (Refused, OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"provider: {type(error).__name__}: {error}")
