"""Drives all clients from one thread: reads what has arrived, sends what each may send."""
import selectors
import time

import wire


class Load:
    """The clients of one run. Their positions and unanswered commands survive the engine's deaths."""

    def __init__(self, clients, ledger):
        self.clients, self.ledger = clients, ledger
        self.seconds = 0.0

    def connect(self, address):
        for client in self.clients:
            client.connect(address)
        self.ledger.flush()

    def disconnect(self):
        for client in self.clients:
            client.disconnect()

    def run(self, seconds, acting=True, until=None):
        """Until the time is over, every connection is gone, or until() is true. Returns False when the time was over."""
        with selectors.DefaultSelector() as selector:
            for client in self.clients:
                if client.is_connected:
                    selector.register(client.wire.socket, selectors.EVENT_READ, client)
            began = time.monotonic()
            end, looked = began + seconds, began
            try:
                while selector.get_map():
                    now = time.monotonic()
                    if now >= end:
                        return False
                    if until is not None and now - looked > 0.01:
                        looked = now
                        if until():
                            return True
                    self._turn(selector, now, acting)
                return True
            finally:
                self.seconds += time.monotonic() - began

    def settle(self, timeout=30):
        """Reads until every command is answered, those that were sent again included."""
        return self.run(timeout, acting=False, until=lambda: not any(client.waiting or client.again for client in self.clients))

    def listen(self, seconds):
        self.run(seconds, acting=False)

    def _turn(self, selector, now, acting):
        for key, _ in selector.select(0.002):
            self._guarded(selector, key.data, key.data.read)
        for client in self.clients:
            if client.is_connected:
                client.keep_alive(now)
                client.send_again(now)
                if acting:
                    client.act_until(now)
        # The ledger knows of a send before the engine can.
        self.ledger.flush()
        for client in self.clients:
            if client.is_connected:
                self._guarded(selector, client, client.wire.flush)

    @staticmethod
    def _guarded(selector, client, action):
        try:
            action()
        except wire.Closed as ending:
            selector.unregister(client.wire.socket)
            client.disconnect()
            client.endings.append(str(ending))
