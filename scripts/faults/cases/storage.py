"""The disk fails: power, single calls, space, write protection, time, descriptors, memory."""
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import time

import commands
import wire
from catalogue import Skipped, case
from disks import LoopDisk, SmallDisk
from engine import Engine
from rig import Violation

INPUT_OUTPUT_FAILED = 74
NO_SNAPSHOTS = {"snapshots": {"intervalSeconds": 3600, "afterCommands": 100_000_000}}


def root():
    return None if os.geteuid() == 0 else "not root: no disks of its own can be mounted"


def strace():
    if shutil.which("strace") is None:
        return "strace is not installed"
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else f"strace may not trace here: {done.stderr.decode().strip()[:100]}"


def under_strace(*injections, only_journal_of=None):
    """A command in front of the engine. Only calls on the journal's files, when asked."""
    traced = ",".join(sorted({injection.split(":")[0] for injection in injections}))
    command = ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={traced}"]
    if only_journal_of is not None:
        command += [f"--trace-path={os.path.join(only_journal_of, 'journal', name)}" for name in
                    ("journal-0000000000000001.seg", "journal.spare", "journal.head")]
    return [*command, *(part for injection in injections for part in ("-e", f"inject={injection}"))]


@case("A5", "power cut at a random moment under load (ext4 on a loop device, shut down without its log)",
      "O1 to the letter: every answered command is there after the remount; O2 to O6", needs=(root,))
def power_cut(run):
    disk = run.disk(LoopDisk, megabytes=192)
    rig = run.rig(data=os.path.join(disk.path, "data"), settings={"journal": {"segmentBytes": run.pick([262_144, 1 << 20, 8 << 20])}})
    disk.sync()
    # Every fourth cut hits the first start, world and all.
    if run.rng.random() < 0.25:
        cut = threading.Timer(run.rng.uniform(0.3, 2.0), disk.cut_power)
        cut.start()
        rig.engine.launch()
        cut.join()
        rig.engine.kill()
    else:
        rig.begin()
        rig.trade(run.rng.uniform(0.2, 1.2))
        cut = threading.Timer(run.rng.uniform(0.05, 1.5), disk.cut_power)
        cut.start()
        rig.trade(2.5, until=lambda: not cut.is_alive())
        # The engine goes on for a moment without a disk: what it still answers must be true.
        rig.trade(0.2)
        rig.engine.kill()
        rig.drain()
    disk.unmount()
    disk.mount()
    if not os.path.exists(os.path.join(rig.data, "keys", "keys.json")):
        raise Violation("the keys, which were synced, are gone: the disk has no power cut, but a fault of its own")
    rig.recover()
    rig.check()
    rig.engine.kill()
    rig.drain()


@case("canary", "power cut with --durability os, which promises nothing of the kind",
      "the judge misses answered commands (O1): if it did not, A5 would prove nothing", needs=(root,), most=5)
def canary(run):
    disk = run.disk(LoopDisk, megabytes=192)
    rig = run.rig(data=os.path.join(disk.path, "data"), durability="os")
    disk.sync()
    rig.begin()
    rig.trade(1.0)
    disk.cut_power()
    rig.engine.kill()
    rig.drain()
    disk.unmount()
    disk.mount()
    try:
        rig.recover()
        rig.check()
    except Violation as violation:
        if "O1" not in str(violation) and "O2" not in str(violation):
            raise
        run.note(f"noticed, as it should be: {str(violation)[:120]}")
        return
    raise Violation("answered commands were lost with the power, and the judge has not noticed")


CALLS = [("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "ENOSPC"), ("pwrite64", "EDQUOT"),
         ("fdatasync", "EDQUOT"), ("pwrite64", "EROFS"), ("fallocate", "ENOSPC"), ("rename", "EIO"), ("ftruncate", "EIO"), ("openat", "EMFILE")]
HITS = (2, 5, 30, 120)


@case("A9", "the n-th write, sync, allocation, rename or opening of the journal fails: EIO, ENOSPC, EDQUOT, EROFS, EMFILE",
      "exit 74 (a reserve that cannot be made ready: STORAGE_FULL, then 74 or service); nothing of the failed batch was answered; restart clean",
      needs=(strace,), most=len(CALLS) * len(HITS))
def failing_call(run):
    call, error, hit = run.pick([(call, error, hit) for hit in HITS for call, error in CALLS])
    rig = run.rig(settings={**NO_SNAPSHOTS, "journal": {"segmentBytes": 65_536}})
    rig.begin()
    rig.trade(0.3)
    rig.engine.kill()
    rig.drain()
    filters = {} if call == "fdatasync" else {"only_journal_of": rig.data}
    died = _serve_until_dead(rig, under_strace(f"{call}:error={error}:when={hit}", **filters), 8)
    run.note(f"{call} {error} at call {hit} of a thread: {'exit ' + str(died) if died is not None else 'went on'}")
    if died not in (None, INPUT_OUTPUT_FAILED):
        raise Violation(f"{call} {error} at call {hit}: exit {died}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
    if died is None and call == "fdatasync":
        raise Violation(f"{call} {error} at call {hit}: the engine goes on")
    rig.recover()
    rig.check()


@case("A10", "one sync fails, all later ones would succeed; and one sync is interrupted (EINTR)",
      "exit 74 at the first failure, no second attempt, its batch not answered; EINTR alone is repeated and goes unnoticed", needs=(strace,))
def sync_fails_once(run):
    rig = run.rig(settings=NO_SNAPSHOTS)
    rig.begin()
    rig.trade(0.3)
    rig.engine.kill()
    rig.drain()
    hit = run.rng.randint(5, 200)
    died = _serve_until_dead(rig, under_strace(f"fdatasync:error=EIO:when={hit}"), 10)
    if died != INPUT_OUTPUT_FAILED:
        raise Violation(f"fdatasync fails at call {hit}: exit {died}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
    rig.recover()
    rig.check()
    rig.engine.kill()
    rig.drain()
    rig.engine.start(wrapper=under_strace("fdatasync:error=EINTR:when=3+7"), timeout=60)
    rig.resume()
    rig.trade(1.0)
    if not rig.load.settle():
        raise Violation("after interrupted syncs nothing is answered any more")
    rig.check()


def _serve_until_dead(rig, wrapper, seconds):
    """Trades under a wrapper. Returns the exit code, or None when it was still serving at the end."""
    rig.engine.launch(wrapper=wrapper)
    end = time.monotonic() + 60
    while rig.engine.is_running and not rig.engine.is_ready() and time.monotonic() < end:
        time.sleep(0.02)
    if rig.engine.is_running:
        try:
            rig.load.connect(rig.engine.address)
            rig.trade(seconds)
        except (wire.Closed, OSError):
            pass
    code = None
    if rig.engine.is_running and all(not client.is_connected for client in rig.clients):
        code = rig.engine.wait_exit(10)
    elif not rig.engine.is_running:
        code = rig.engine.wait_exit(1)
    rig.drain()
    rig.engine.kill()
    return code


@case("A12", "every sync takes 200 ms; one takes 5 s; one takes 35 s",
      "answers get slow and none is lost, sessions live on; more than 30 s: exit 74; O1 to O6 after it", needs=(strace,), most=3)
def slow_sync(run):
    kind = run.pick(["200 ms each", "5 s once", "35 s once"])
    injection = {"200 ms each": "fdatasync:delay_enter=200000:when=40+", "5 s once": "fdatasync:delay_enter=5000000:when=60",
                 "35 s once": "fdatasync:delay_enter=35000000:when=60"}[kind]
    rig = run.rig(settings=NO_SNAPSHOTS, pace=0.5)
    rig.engine.start(wrapper=under_strace(injection))
    rig.load.connect(rig.engine.address)
    rig.mark()
    if kind == "35 s once":
        rig.trade(50)
        code = rig.engine.wait_exit(10)
        if code != INPUT_OUTPUT_FAILED:
            raise Violation(f"a sync of 35 s: exit {code}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
        rig.drain()
    else:
        answers = rig.ledger.answers
        rig.trade(8)
        run.figure("answers under slow syncs", rig.ledger.answers - answers)
        lost = [client.name for client in rig.clients if not client.is_connected]
        if lost:
            raise Violation(f"{kind}: sessions were cut: {lost}")
        if not rig.load.settle(60):
            raise Violation(f"{kind}: commands stay unanswered")
        rig.check()
        rig.engine.kill()
        rig.drain()
    rig.recover()
    rig.check()


@case("A13", "the disk fills up (8 MB tmpfs), and is emptied again",
      "STORAGE_FULL for what adds risk, closing goes on from the reserve, service again without a restart; O1 to O6", needs=(root,), most=5)
def disk_full(run):
    disk = run.disk(SmallDisk, megabytes=8)
    rig = run.rig(data=os.path.join(disk.path, "data"), settings={**NO_SNAPSHOTS, "journal": {"segmentBytes": 131_072}}, pace=0.5)
    rig.begin()
    rig.trade(0.5)
    filler = disk.fill(leave=40_000)
    full = rig.trade(20, until=lambda: any(client.counts.get("STORAGE_FULL") for client in rig.clients))
    if not full or not rig.engine.is_running:
        raise Violation(f"no STORAGE_FULL on a full disk; running: {rig.engine.is_running}: {rig.engine.last_words()}")
    closed = _closes(rig)
    rig.feed.rate = 200.0
    for client in rig.clients:
        if client not in (rig.feed, rig.observer):
            client.rate = 0.0
    provider = next(client for client in rig.clients if client.name == "prov1")
    account = max(provider.accounts, key=lambda name: len(provider.open[name]))
    for order in list(provider.open[account])[:5]:
        provider.send(commands.close(account, provider.new_id(), order))
    rig.trade(2.0)
    if _closes(rig) <= closed:
        raise Violation("nothing could be closed while the disk was full")
    run.figure("closed while full", _closes(rig) - closed)
    if rig.engine.health().find("storage") < 0:
        run.note(f"health while full: {rig.engine.health()[:200]}")
    os.remove(filler)
    rig.trade(3.0)
    order = commands.place(account, provider.new_id(), "EURUSD", "BUY", "MARKET", "0.01")
    provider.send(order)
    rig.load.settle()
    answers = rig.ledger.entries[order.identity].answers
    if not answers or answers[0].result != "FILLED":
        raise Violation(f"after space was made an order is answered {[answer.result for answer in answers]}")
    if not rig.load.settle():
        raise Violation("after space was made commands stay unanswered")
    rig.check()
    rig.engine.kill()
    rig.drain()
    rig.recover()
    rig.check()


def _closes(rig):
    return sum(answer.result == "CLOSED" for entry in rig.ledger.entries.values() for answer in entry.answers)


@case("A14", "the file system finds an error and turns itself read-only under load; start on a read-only disk; then it is well again",
      "exit 74, nothing answered that is lost; a start on the read-only disk ends with 74 and says why; O1 to O6 after the remount",
      needs=(root,), most=5)
def read_only(run):
    disk = run.disk(LoopDisk, megabytes=192)
    rig = run.rig(data=os.path.join(disk.path, "data"))
    disk.sync()
    rig.begin()
    rig.trade(run.rng.uniform(0.3, 1.0))
    timer = threading.Timer(0.2, disk.fail)
    timer.start()
    rig.trade(6)
    timer.join()
    code = rig.engine.wait_exit(15)
    if code != INPUT_OUTPUT_FAILED:
        raise Violation(f"exit {code}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
    rig.drain()
    disk.unmount()
    disk.mount("ro,noload")
    rig.engine.launch()
    code = rig.engine.wait_exit(20)
    if code != INPUT_OUTPUT_FAILED:
        raise Violation(f"start on a read-only disk: exit {code}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
    disk.unmount()
    disk.mount()
    rig.recover()
    rig.check()


@case("A15", "few file descriptors (ulimit -n), a small heap (DOTNET_GCHeapHardLimit)",
      "a start that has too few says so and ends with a stated code, no harm done; out of memory is fail-stop; O1 to O6 with enough of both", most=4)
def few_descriptors_little_memory(run):
    rig = run.rig()
    rig.begin()
    rig.trade(0.5)
    rig.engine.kill()
    rig.drain()
    kind = run.pick(["descriptors", "memory"])
    if kind == "descriptors":
        limit = run.rng.choice([64, 150, 200, 230])
        rig.engine.launch(limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    else:
        limit = run.rng.choice([0x1000000, 0x3000000, 0x6000000])
        rig.engine.launch(environment={"DOTNET_GCHeapHardLimit": f"{limit:x}"})
        rig.engine.tolerated = re.compile("OutOfMemory|out of memory|   at |Unhandled")
    end = time.monotonic() + 30
    while rig.engine.is_running and not rig.engine.is_ready() and time.monotonic() < end:
        time.sleep(0.05)
    if rig.engine.is_running:
        try:
            rig.load.connect(rig.engine.address)
            rig.trade(2)
        except (wire.Closed, OSError) as refusal:
            run.note(f"{kind} {limit}: {refusal}")
    code = rig.engine.wait_exit(1) if not rig.engine.is_running else None
    run.note(f"{kind} limited to {limit:,}: {'serves' if code is None else 'exit ' + str(code)}: {rig.engine.last_words()[-120:] if code else ''}")
    if code is not None and code not in (70, INPUT_OUTPUT_FAILED, 134, 137):
        raise Violation(f"{kind} {limit}: exit {code}: {rig.engine.last_words()}")
    rig.drain()
    rig.engine.kill()
    rig.recover()
    rig.check()


@case("A11", "the primitive with which the journal syncs, under strace: its second call fails",
      "the failure is reported (the process ends with 74): a runtime that swallows it would be red here", needs=(strace,), most=3)
def honest_sync(run):
    call = run.pick(["fdatasync", "pwrite64", "fsync"])
    rig = run.rig(settings=NO_SNAPSHOTS)
    filters = {"only_journal_of": rig.data} if call == "pwrite64" else {}
    rig.engine.launch(wrapper=under_strace(f"{call}:error=EIO:when=2", **filters))
    end = time.monotonic() + 20
    while rig.engine.is_running and not rig.engine.is_ready() and time.monotonic() < end:
        time.sleep(0.02)
    if rig.engine.is_running:
        rig.load.connect(rig.engine.address)
        rig.trade(5)
    if rig.engine.is_running:
        if call == "fsync":
            raise Skipped("the engine syncs with fdatasync only; no thread called fsync twice")
        raise Violation(f"{call} failed at its second call, and the engine goes on")
    code = rig.engine.wait_exit(1)
    if code != INPUT_OUTPUT_FAILED:
        raise Violation(f"{call} failed: exit {code}, not {INPUT_OUTPUT_FAILED}: {rig.engine.last_words()}")
    rig.drain()


@case("A18", "a second process on the same directory",
      "exit 75 within 2 s, the first one is not disturbed; O1 to O6", most=3)
def double_start(run):
    rig = run.rig()
    rig.begin()
    rig.trade(0.5)
    second = Engine(run.host, rig.data, rig.engine.world_file, rig.engine.settings_file, run.place("second"))
    began = time.monotonic()
    second.launch()
    rig.trade(1.5)
    code = second.wait_exit(10)
    run.figure("refused after s", time.monotonic() - began)
    if code != 75:
        second.kill()
        raise Violation(f"the second process: exit {code}, not 75: {second.last_words()}")
    if not rig.load.settle():
        raise Violation("the first process does not answer any more")
    rig.check()
    os.kill(rig.engine.engine_pid(), signal.SIGSTOP)
    third = Engine(run.host, rig.data, rig.engine.world_file, rig.engine.settings_file, run.place("third"))
    third.launch()
    code = third.wait_exit(10)
    os.kill(rig.engine.engine_pid(), signal.SIGCONT)
    if code != 75:
        raise Violation(f"beside a stopped process (SIGSTOP): exit {code}, not 75: {third.last_words()}")
    rig.trade(0.5)
    rig.load.settle()
    rig.check()

