"""Redis fails in every way it knows. The engine trades on, and what Redis holds is whole or not there."""
import os
import shutil
import signal
import socket
import subprocess
import time

from catalogue import case
from cases.crash import has_failpoint
from cases.storage import root
from disks import SmallDisk
from engine import free_port
from rig import Violation

LONGEST_WAIT = 2.5
"""Seconds that no answer may take while Redis says nothing for five: whoever waits for Redis needs more."""
SNAPSHOTS_OFTEN = {"snapshots": {"intervalSeconds": 1, "afterCommands": 2_000}, "journal": {"segmentBytes": 64 << 20}}


def redis_server():
    return None if shutil.which("redis-server") else "redis-server is not installed"


class RedisServer:
    """A server of this case, on a port of its own."""

    def __init__(self, directory, *options):
        self.port, self.directory, self._options, self.process = free_port(), directory, options, None

    @property
    def option(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.directory, "--save", "", "--enable-debug-command", "yes",
             "--stop-writes-on-bgsave-error", "yes", *self._options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if self.ask("PING") == b"+PONG":
                    return self
            except OSError:
                time.sleep(0.02)
        raise Violation("redis-server does not start")

    def ask(self, *words):
        """The first line of the answer to an inline command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as place:
            place.sendall(" ".join(words).encode() + b"\r\n")
            return place.makefile("rb").readline().strip()

    def tell(self, *words):
        """Sends a command and does not wait for what it answers."""
        place = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        place.sendall(" ".join(words).encode() + b"\r\n")
        return place

    def manifest(self):
        """The sequence of the snapshot that Redis holds, or None."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as place:
            stream = place.makefile("rb")
            place.sendall(b"HGET ce:0:snapshot sequence\r\n")
            header = stream.readline().strip()
            return None if header == b"$-1" else int(stream.readline())

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def wait_for_snapshot(rig, server, newer_than=-1, seconds=30):
    """Trades until Redis holds a snapshot that is newer."""
    def is_there():
        try:
            found = server.manifest()
        except (OSError, ValueError):
            return False
        return found is not None and found > newer_than
    if not rig.trade(seconds, until=is_there):
        raise Violation(f"no snapshot newer than {newer_than} came to Redis within {seconds} s; health {rig.engine.health()[:300]}")
    return server.manifest()


def judge_latency(run, rig, before, during):
    if not before or not during:
        raise Violation(f"{len(before)} answers before, {len(during)} during the fault: nothing was traded")
    for name, latencies in (("before", before), ("during", during)):
        run.figure(f"p50 {name} ms", 1e3 * latencies[len(latencies) // 2])
        run.figure(f"p99 {name} ms", 1e3 * latencies[len(latencies) * 99 // 100])
    run.figure("longest during ms", 1e3 * during[-1])
    if during[-1] > LONGEST_WAIT:
        raise Violation(f"an answer took {during[-1]:.2f} s while Redis was away: somebody waits for it")


def finish(run, rig):
    """Crash, recovery and the whole oracle, whatever Redis was doing."""
    rig.load.settle()
    rig.check()
    rig.engine.kill()
    rig.drain()
    rig.recover()
    rig.check()


@case("B1", "Redis is down at the start", "starts from the journal, ready and degraded; trades; O1 to O6 over a crash",
      needs=(redis_server,), most=3)
def down_at_start(run):
    server = run.server(RedisServer(run.place("redis")))
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    if "redis" not in rig.engine.health():
        raise Violation(f"Redis is down and the health says {rig.engine.health()}")
    rig.trade(1.5)
    finish(run, rig)
    server.start()
    wait_for_snapshot(rig, server)
    rig.load.settle()


@case("B2", "Redis is killed while trading goes on, 20 s (10 min in the list), and comes back",
      "answers as before, the journal keeps everything, snapshots go on at Redis afterwards; O1 to O6", needs=(redis_server,), most=3)
def down_while_running(run):
    server = run.server(RedisServer(run.place("redis"))).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    held = wait_for_snapshot(rig, server)
    rig.latencies()
    rig.trade(3)
    before = rig.latencies()
    server.stop()
    rig.trade(20)
    judge_latency(run, rig, before, rig.latencies())
    server.start()
    wait_for_snapshot(rig, server, newer_than=held)
    finish(run, rig)


@case("B3", "Redis is slow: CLIENT PAUSE 5 s, DEBUG SLEEP 5", "no answer waits for it; snapshots go on afterwards; O1 to O6",
      needs=(redis_server,), most=4)
def slow(run):
    server = run.server(RedisServer(run.place("redis"))).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    held = wait_for_snapshot(rig, server)
    rig.latencies()
    rig.trade(3)
    before = rig.latencies()
    for words in (("CLIENT", "PAUSE", "5000", "ALL"), ("DEBUG", "SLEEP", "5")):
        place = server.tell(*words)
        rig.trade(6)
        place.close()
        judge_latency(run, rig, before, rig.latencies())
    wait_for_snapshot(rig, server, newer_than=held)
    finish(run, rig)


@case("B4", "Redis is frozen (SIGSTOP) for 20 s (60 s in the list), then goes on", "as B3; what Redis holds is a whole snapshot throughout",
      needs=(redis_server,), most=3)
def frozen(run):
    server = run.server(RedisServer(run.place("redis"))).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    held = wait_for_snapshot(rig, server)
    rig.latencies()
    rig.trade(3)
    before = rig.latencies()
    server.signal(signal.SIGSTOP)
    rig.trade(20)
    server.signal(signal.SIGCONT)
    judge_latency(run, rig, before, rig.latencies())
    judge_whole(server)
    wait_for_snapshot(rig, server, newer_than=held)
    judge_whole(server)
    finish(run, rig)


@case("B5", "Redis comes back empty, and is empty when the engine starts again", "the engine publishes anew; its local state wins; O1 to O6",
      needs=(redis_server,), most=3)
def empty(run):
    server = run.server(RedisServer(run.place("redis"))).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    wait_for_snapshot(rig, server)
    server.stop()
    rig.trade(1)
    server.start()
    if server.manifest() is not None:
        raise Violation("the server is not empty: the case proves nothing")
    wait_for_snapshot(rig, server)
    rig.load.settle()
    rig.engine.kill()
    rig.drain()
    server.ask("FLUSHALL")
    rig.recover()
    rig.check()
    wait_for_snapshot(rig, server)
    judge_whole(server)
    finish(run, rig)


@case("B7", "Redis cannot save and refuses every write (MISCONF: full tmpfs, save 1 1)",
      "trading goes on, the health says so, snapshots go on when there is space; O1 to O6", needs=(redis_server, root), most=3)
def refuses_writes(run):
    disk = run.disk(SmallDisk, megabytes=8)
    server = run.server(RedisServer(disk.path, "--save", "1 1")).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    wait_for_snapshot(rig, server)
    filler = disk.fill(leave=0)
    rig.latencies()
    rig.trade(2)
    before = rig.latencies()
    refused = rig.trade(15, until=lambda: server.ask("SET", "ce:probe", "1").startswith(b"-MISCONF"))
    if not refused:
        raise Violation("the server does not refuse writes: the case proves nothing")
    held = server.manifest() or -1
    rig.latencies()
    rig.trade(5)
    judge_latency(run, rig, before, rig.latencies())
    os.remove(filler)
    wait_for_snapshot(rig, server, newer_than=held, seconds=60)
    judge_whole(server)
    finish(run, rig)


PLACES = ["beforeRedisChunk", "afterRedisChunksBeforeManifest", "afterRedisManifest"]


@case("B10", "the engine is killed between the chunks of a snapshot and its manifest at Redis, and right behind it",
      "the manifest at Redis names a whole snapshot, the earlier one before the switch; O1 to O6; publishing goes on",
      needs=(redis_server,), most=6)
def half_published(run):
    place, nth = run.pick([(place, nth) for nth in (1, 2) for place in PLACES])
    if not has_failpoint(run.host, place):
        raise Violation(f"the program has no failpoint {place}")
    server = run.server(RedisServer(run.place("redis"))).start()
    rig = run.rig(redis=server.option, settings=SNAPSHOTS_OFTEN, pace=0.3)
    rig.begin()
    held = wait_for_snapshot(rig, server)
    rig.engine.kill()
    rig.drain()
    rig.engine.start(environment={"CE_FAILPOINT": f"{place}:kill:{nth}"})
    rig.load.connect(rig.engine.address)
    if not rig.trade(60):
        raise Violation(f"not reached: {place}, hit {nth}")
    rig.engine.wait_exit(10)
    rig.drain()
    now = server.manifest()
    if now is None or now < held:
        raise Violation(f"Redis held the snapshot of {held}, and now {now}")
    judge_whole(server)
    rig.recover()
    rig.check()
    wait_for_snapshot(rig, server, newer_than=now)
    judge_whole(server)
    rig.load.settle()


def judge_whole(server):
    """Every chunk that the manifest names is there, with the length that adds up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as place:
        stream = place.makefile("rb")

        def value(*words):
            place.sendall(" ".join(words).encode() + b"\r\n")
            header = stream.readline().strip()
            if header.startswith(b":"):
                return int(header[1:])
            return None if header == b"$-1" else stream.readline().strip().decode()

        sequence, chunks, length = (value("HGET", "ce:0:snapshot", name) for name in ("sequence", "chunks", "length"))
        if sequence is None:
            raise Violation("Redis holds no manifest")
        there = [value("STRLEN", f"ce:0:snapshot:{sequence}:{chunk}") for chunk in range(int(chunks))]
        if sum(there) != int(length):
            raise Violation(f"the snapshot of {sequence} at Redis has chunks of {there} bytes, {length} are named")
