"""The process dies: at any moment, at named places, while it recovers, in the middle of a cascade."""
import hashlib
import os
import signal
import threading

import commands
import wire
from catalogue import case
from rig import Violation

WORKS_THROUGH_START = ["beforeJournalWrite", "midBatchWrite", "afterWriteBeforeSync", "afterSyncBeforePublish", "afterPublishBeforeAck",
                       "beforeEgressWrite", "beforeSegmentRoll", "afterSegmentCreateBeforeDirSync", "beforeOldSegmentDelete", "midCascade",
                       "midCloseAll"]
SNAPSHOT_PLACES = ["beforeSnapshotChunk", "afterChunksBeforeManifest", "afterManifestBeforePointer"]
EARLY, LATE = (1, 2, 7), (40, 150)
"""Hits while the engine starts, and hits under load."""


def kill_after(engine, seconds):
    """From a thread of its own, so that the moment has nothing to do with what the clients are doing."""
    def strike():
        if engine.is_running:
            os.killpg(engine.pid, signal.SIGKILL)
    timer = threading.Timer(seconds, strike)
    timer.start()
    return timer


def die_at(rig, place, nth, load_seconds=8, action="kill"):
    """Starts the engine with a failpoint and trades until it is dead. Returns whether it died there."""
    rig.engine.launch(environment={"CE_FAILPOINT": f"{place}:{action}:{nth}"})
    while rig.engine.is_running and not rig.engine.is_ready():
        pass
    if rig.engine.is_running:
        try:
            rig.load.connect(rig.engine.address)
            if rig.trade(load_seconds):
                # Every session has ended; the process may take a moment longer.
                rig.engine.wait_exit(10)
        except (wire.Closed, OSError):
            rig.engine.wait_exit(10)
    died = not rig.engine.is_running
    rig.drain()
    rig.engine.kill()
    return died


def has_failpoint(host, name):
    """Names stand in the assemblies as UTF-16."""
    for library in ("CopyEngine.dll", "CopyEngine.Host.dll"):
        with open(os.path.join(os.path.dirname(host), library), "rb") as file:
            if name.encode("utf-16-le") in file.read():
                return True
    return False


@case("A1", "kill -9 at a random moment under load, with orders, quotes, copies and cascades in flight",
      "O1 to O6 after every restart; ready within the time allowed; no exception in the log", batch=5)
def kill_at_any_moment(run):
    rig = run.rig()
    rig.begin()
    rig.trade(0.7)
    for _ in range(run.count):
        timer = kill_after(rig.engine, run.rng.uniform(0.05, 1.5))
        rig.trade(3)
        timer.join()
        rig.drain()
        rig.engine.wait_exit(5)
        run.figure("in flight", sum(len(client.waiting) for client in rig.clients))
        rig.recover()
        rig.check()


@case("A2", "kill at a named place (failpoint), at its 1st, 2nd, 7th, 40th and 150th hit",
      "as A1; the place is reached, so that nothing passes untested", most=len(WORKS_THROUGH_START) * 5)
def kill_at_named_place(run):
    place, nth = run.pick([(place, nth) for nth in EARLY + LATE for place in WORKS_THROUGH_START])
    _kill_at(run, place, nth)


def _kill_at(run, place, nth):
    if not has_failpoint(run.host, place):
        raise Violation(f"the program has no failpoint {place}")
    rare = place in ("beforeSegmentRoll", "afterSegmentCreateBeforeDirSync", "beforeOldSegmentDelete")
    rig = run.rig(settings={"journal": {"segmentBytes": 65_536}, "snapshots": {"intervalSeconds": 1, "afterCommands": 500}} if rare else None)
    if rare:
        # Segments are deleted before the judge has read them; it then judges what is left.
        rig.judge.allows_trimming, rig.broker.opens_accounts = True, False
    if nth in EARLY and not rare and run.rng.random() < 0.5:
        # The very first start dies, while it makes the world.
        died = die_at(rig, place, nth)
    else:
        rig.begin()
        rig.trade(0.5)
        rig.engine.kill()
        rig.drain()
        died = die_at(rig, place, 2 if rare and nth > 7 else nth, load_seconds=10)
    if not died:
        raise Violation(f"not reached: {place}, hit {nth}")
    rig.recover()
    rig.trade(0.3)
    rig.load.settle()
    rig.check()


@case("A3", "the process that writes a snapshot is killed, between chunks and before its file gets its name; then the engine too",
      "the older snapshot or the whole journal is used; nothing half-written is left after the next snapshot; O1 to O6", most=9)
def kill_while_writing_a_snapshot(run):
    place, nth = run.pick([(place, nth) for nth in (1, 2, 3) for place in SNAPSHOT_PLACES])
    if not has_failpoint(run.host, place):
        raise Violation(f"the program has no failpoint {place}")
    rig = run.rig(settings={"snapshots": {"intervalSeconds": 1, "afterCommands": 500}, "journal": {"segmentBytes": 16 << 20}})
    rig.begin()
    rig.trade(2.5)
    rig.engine.kill()
    rig.drain()
    code, _, errors = rig.engine.run("snapshot", rig.data, environment={"CE_FAILPOINT": f"{place}:kill:{nth}"})
    run.note(f"snapshot with {place}:kill:{nth} ended with {code}" + (f": {errors.strip()[:100]}" if errors else ""))
    rig.recover()
    rig.check()
    rig.trade(2.5)
    rig.load.settle()
    left = [name for name in os.listdir(os.path.join(rig.data, "snapshots")) if not name.endswith(".snap")]
    if len(left) > 1:
        raise Violation(f"left behind in snapshots: {left}")
    rig.check()


@case("A4", "kill while the journal is replayed, five times in a row",
      "the journal's bytes are the same after each; then O1 to O6", most=20)
def kill_during_replay(run):
    if not has_failpoint(run.host, "midReplay"):
        raise Violation("the program has no failpoint midReplay")
    rig = run.rig(settings={"snapshots": {"intervalSeconds": 3600, "afterCommands": 10_000_000}})
    rig.begin()
    rig.trade(1.5)
    rig.engine.kill()
    rig.drain()
    before = None
    for _ in range(5):
        nth = run.rng.randint(1, 3000)
        rig.engine.launch(environment={"CE_FAILPOINT": f"midReplay:kill:{nth}"})
        code = rig.engine.wait_exit(30)
        if code != 137:
            raise Violation(f"midReplay:kill:{nth}: exit {code} instead of being killed: {rig.engine.last_words()}")
        after = journal_hash(rig.data)
        if before is not None and after != before:
            raise Violation("a start that died during its replay has changed the journal")
        before = after
    rig.recover()
    rig.check()


@case("H1", "a cascade over 0, 1, 10, 100 and 10,000 followers, killed in its middle",
      "every copied position closed exactly once, by one cause; none left; O1 to O6", most=40)
def kill_in_a_cascade(run):
    followers = run.pick([0, 1, 10, 100, 1_000, 10_000])
    nth = 1 if followers < 2 else run.rng.randint(1, max(1, min(followers // 40, 60)))
    if not has_failpoint(run.host, "midCascade"):
        raise Violation("the program has no failpoint midCascade")
    rig = run.rig(followers=followers, pace=0.2)
    rig.begin()
    provider, gambler = "strategy_provider:9001", rig.gambler
    rig.market.holds_gold = "high"
    rig.trade(0.4)
    gambler.accounts = []
    gambler.open[provider], gambler.pending[provider] = {}, {}
    gambler.send(commands.place(provider, gambler.new_id(), "XAUUSD", "BUY", "MARKET", "0.90"))
    rig.trade(60, until=lambda: len(_copies(rig, provider)) == followers and gambler.open[provider])
    rig.load.settle()
    copies = _copies(rig, provider)
    rig.engine.kill()
    rig.drain()
    rig.market.holds_gold = "low"
    died = die_at(rig, "midCascade", nth, load_seconds=15)
    rig.recover()
    rig.trade(20, until=lambda: ("CASCADE_DONE", provider) in [(kind, account) for kind, account, *_ in rig.observer.cascades])
    rig.load.settle()
    run.figure("followers", followers)
    run.note(f"{followers} followers, {len(copies)} copies, killed at midCascade hit {nth}: {'yes' if died else 'not reached'}")
    done = [entry for entry in rig.observer.cascades if entry[:2] == ("CASCADE_DONE", provider)]
    if len(done) != 1:
        raise Violation(f"C7: CASCADE_DONE of {provider} was told {len(done)} times")
    if len(copies) != followers:
        raise Violation(f"{len(copies)} of {followers} followers had a copy; the case proves nothing")
    open_still = [place for place in copies if place[1] in rig.observer.open.get(place[0], {})]
    if open_still:
        raise Violation(f"C7: {len(open_still)} copies are open after the cascade: {open_still[:3]}")
    causes = {tuple(rig.observer.closed_by.get(place, ())) for place in copies}
    if causes - {("CASCADE",)}:
        raise Violation(f"C7: copies were closed by {causes}, each should be closed once, by CASCADE")
    rig.check()


def _copies(rig, provider):
    """Account and order of every open copy of what the gambler holds."""
    masters = rig.gambler.open[provider]
    return {(account, order) for account, orders in rig.observer.open.items() for order, (_, master) in orders.items() if master in masters}


def journal_hash(data):
    """Of the segments' bytes; the spare and the head are not history."""
    digest, directory = hashlib.sha256(), os.path.join(data, "journal")
    for name in sorted(os.listdir(directory)):
        if name.endswith(".seg"):
            with open(os.path.join(directory, name), "rb") as file:
                digest.update(name.encode() + file.read())
    return digest.hexdigest()
