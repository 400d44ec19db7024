"""The files are damaged, lost, swapped or from another time. All on copies of a directory whose history the ledger knows."""
import os
import shutil

from catalogue import case
from engine import Engine
from judge import Judge, Verdict
from rig import Violation

REFUSED, CLEAN = 78, 0
NO_SNAPSHOTS = {"snapshots": {"intervalSeconds": 3600, "afterCommands": 100_000_000}}


def history(run, seconds=2.0, settings=None):
    """A rig with a past, killed."""
    rig = run.rig(settings=settings or NO_SNAPSHOTS)
    rig.begin()
    rig.trade(seconds)
    rig.engine.kill()
    rig.drain()
    return rig


def copy_of(run, rig, name):
    target = os.path.join(run.place(name), "data")
    shutil.copytree(rig.data, target)
    return target


def segments(data):
    """The used segments, oldest first."""
    directory = os.path.join(data, "journal")
    return [os.path.join(directory, name) for name in sorted(os.listdir(directory)) if name.endswith(".seg")]


def snapshots(data):
    """Names of the finished ones, oldest first."""
    directory = os.path.join(data, "snapshots")
    return sorted(name for name in os.listdir(directory) if name.endswith(".snap")) if os.path.isdir(directory) else []


def end_of_history(path):
    """Behind the last byte that is not zero: the rest of a segment is prewritten."""
    with open(path, "rb") as file:
        return len(file.read().rstrip(b"\0"))


def patch(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def read(path, offset, length):
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(length)


def judged(rig, data):
    """What verify says of a damaged copy: 78 with a place, or 0 and then nothing that was answered is missing."""
    code, output, errors = rig.engine.run("verify", data)
    if code == REFUSED:
        if "journal" not in errors and "snapshot" not in errors:
            raise Violation(f"verify refuses without saying where: {errors.strip()[:300]}")
        return code
    if code != CLEAN:
        raise Violation(f"verify ends with {code}: {errors.strip()[:300]}")
    verdict, judge = Verdict(), Judge(rig.world, rig.ledger)
    dump = rig.engine.dump(directory=data)
    last = max((answer.sequence or 0 for entry in rig.ledger.entries.values() for answer in entry.answers), default=0)
    judge.read_journal(dump, verdict)
    lost = [(identity, answer.sequence) for identity, entry in rig.ledger.entries.items() for answer in entry.answers
            if answer.sequence is not None and answer.sequence > max(judge.last, 0)]
    if lost:
        raise Violation(f"verify accepts a journal that ends at {judge.last} although {len(lost)} later commands were answered, up to {last}")
    if verdict:
        raise Violation("; ".join(verdict))
    return code


def refused(run, rig, data, starts=False):
    """Both verify and, when asked, the engine itself must refuse, and leave the files alone."""
    code, _, errors = rig.engine.run("verify", data)
    if code != REFUSED:
        raise Violation(f"verify ends with {code}, not {REFUSED}: {errors.strip()[:300]}")
    if starts:
        before = fingerprint(data)
        home = run.place("start")
        engine = Engine(run.host, data, rig.engine.world_file, rig.engine.settings_file, home)
        engine.launch()
        code = engine.wait_exit(30)
        if code != REFUSED:
            raise Violation(f"the engine starts with {code}, not {REFUSED}: {engine.last_words()}")
        if fingerprint(data) != before:
            raise Violation("the engine that refused to start has changed the journal or the snapshots")


def fingerprint(data):
    found = {}
    for part in ("journal", "snapshots"):
        directory = os.path.join(data, part)
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            with open(os.path.join(directory, name), "rb") as file:
                found[part, name] = file.read()
    return found


def discard(data):
    shutil.rmtree(os.path.dirname(data), ignore_errors=True)


@case("A6", "the journal is cut at a byte of its last batches",
      "the torn tail is cut back only if nobody was told of it, else exit 78; 12 cuts each (all bytes: unit tests)")
def torn_last_record(run):
    rig = history(run)
    for i in range(12):
        data = copy_of(run, rig, "cut")
        last = segments(data)[-1]
        end = end_of_history(last)
        cut = end - 1 - (i if i < 4 else run.rng.randrange(1, 4_000))
        if i % 2 == 0:
            patch(last, cut, bytes(end - cut))
        else:
            os.truncate(last, cut)
        run.figure(f"exit {judged(rig, data)}", 1)
        if i == 0:
            start_and_check_refusal_or_truth(run, rig, data)
        discard(data)


def start_and_check_refusal_or_truth(run, rig, data):
    home = run.place("start")
    engine = Engine(run.host, data, rig.engine.world_file, rig.engine.settings_file, home)
    engine.launch()
    while engine.is_running and not engine.is_ready():
        pass
    if engine.is_running:
        engine.kill()
        judged(rig, data)
    elif engine.wait_exit(1) != REFUSED:
        raise Violation(f"the engine ends with {engine.wait_exit(1)}, neither serving nor {REFUSED}: {engine.last_words()}")


@case("A7", "a 512-byte sector of the last batches is zeroed, all ones, or an older one",
      "exit 78, or nothing that was answered is missing; never a wrong state; 12 sectors each (all sectors: unit tests)")
def torn_sectors(run):
    rig = history(run)
    for i in range(12):
        data = copy_of(run, rig, "sector")
        last = segments(data)[-1]
        end = end_of_history(last)
        sector = max(4096, (end - run.rng.randrange(1, 6_000)) & ~511)
        content = (bytes(512), b"\xff" * 512, read(last, max(4096, sector - 4_096), 512))[i % 3]
        patch(last, sector, content)
        run.figure(f"exit {judged(rig, data)}", 1)
        discard(data)


@case("A8", "one bit of the journal's durable part is flipped",
      "exit 78 with the place, for every flip; 20 flips each (100,000: unit tests)")
def bit_flip(run):
    rig = history(run)
    for i in range(20):
        data = copy_of(run, rig, "flip")
        place = run.rng.choice(segments(data))
        # The last batches may be newer than the head: they are A6's and A7's.
        end = end_of_history(place) - (20_000 if place == segments(data)[-1] else 0)
        offset = run.rng.randrange(4_096 if i else 0, max(4_097, end))
        was = read(place, offset, 1)[0]
        patch(place, offset, bytes([was ^ (1 << run.rng.randrange(8))]))
        try:
            refused(run, rig, data, starts=i < 2)
        except Violation as violation:
            raise Violation(f"bit of byte {offset} of {os.path.basename(place)}: {violation}") from violation
        run.figure("flips noticed", 1)
        discard(data)


@case("A16", "segments of the middle are deleted, doubled, swapped; the first or the last is lost",
      "exit 78 and untouched files, each time")
def lost_segment(run):
    rig = history(run, settings={**NO_SNAPSHOTS, "journal": {"segmentBytes": 65_536}})
    if len(segments(rig.data)) < 4:
        raise Violation(f"only {len(segments(rig.data))} segments: the case proves nothing")

    def delete(files):
        os.remove(files[len(files) // 2])

    def double(files):
        shutil.copyfile(files[1], files[2])

    def swap(files):
        os.rename(files[1], files[1] + ".x")
        os.rename(files[2], files[1])
        os.rename(files[1] + ".x", files[2])

    def delete_first(files):
        os.remove(files[0])

    def delete_last(files):
        os.remove(files[-1])

    for damage in (delete, double, swap, delete_first, delete_last):
        data = copy_of(run, rig, damage.__name__)
        damage(segments(data))
        try:
            refused(run, rig, data, starts=True)
        except Violation as violation:
            raise Violation(f"{damage.__name__}: {violation}") from violation
        discard(data)


@case("A17", "the newest, the newest two, or all snapshots are damaged",
      "an older one or the whole journal is used, with the same hash; never an empty start; never deleted")
def damaged_snapshots(run):
    rig = run.rig(settings={"snapshots": {"intervalSeconds": 1, "afterCommands": 1_000}, "journal": {"segmentBytes": 16 << 20}})
    rig.begin()
    if not rig.trade(30, until=lambda: len(snapshots(rig.data)) >= 2):
        raise Violation(f"{snapshots(rig.data)}: two snapshots were to be kept; the case proves nothing")
    rig.load.settle()
    state = rig.engine.state()
    rig.engine.kill()
    rig.drain()
    names = snapshots(rig.data)
    for count in (1, 2):
        data = copy_of(run, rig, f"damaged-{count}")
        for name in names[-count:]:
            path = os.path.join(data, "snapshots", name)
            offset = run.rng.randrange(os.path.getsize(path))
            patch(path, offset, bytes([read(path, offset, 1)[0] ^ 4]))
        code, output, errors = rig.engine.run("replay", data, "--to-sequence", str(state["sequence"]), "--hash")
        has_whole_journal = int(os.path.basename(segments(data)[0])[8:24]) == 1
        if count == 2 and not has_whole_journal:
            if code != REFUSED:
                raise Violation(f"both snapshots damaged and the journal trimmed: replay ends with {code}, not {REFUSED}: {errors[:300]}")
        elif code != CLEAN or output.strip() != state["stateHash"]:
            raise Violation(f"{count} damaged: replay ends with {code} and {output.strip()}, not {state['stateHash']}: {errors[:300]}")
        if snapshots(data) != names:
            raise Violation("a damaged snapshot was deleted")
        run.note(f"{count} of {len(names)} snapshots damaged: exit {code}")
        discard(data)


@case("A21", "a backup: the directory copied while the engine runs, restored elsewhere without its newest snapshot",
      "with journal.head copied first, as documented, it starts and has everything answered before; in any other order that or exit 78; "
      "never a silent hole")
def backup_copied_live(run):
    rig = run.rig(settings={"snapshots": {"intervalSeconds": 1, "afterCommands": 1_000}, "journal": {"segmentBytes": 16 << 20}})
    rig.begin()
    rig.trade(2.5)
    copies = []
    for is_ordered in (True, False, True):
        rig.trade(0.3)
        # What was answered before the copying began must be in it.
        answered = max(answer.sequence or 0 for entry in rig.ledger.entries.values() for answer in entry.answers)
        copies.append((copy_live(run, rig, is_ordered), answered, is_ordered))
        rig.trade(0.2)
    rig.load.settle()
    state = rig.engine.state()
    lines = {line for line in rig.engine.dump().splitlines() if '"command"' in line}
    for data, answered, is_ordered in copies:
        names = sorted(os.listdir(os.path.join(data, "snapshots")))
        if names and run.rng.random() < 0.7:
            os.remove(os.path.join(data, "snapshots", names[-1]))
        code, output, errors = rig.engine.run("verify", data)
        run.figure(f"exit {code} {'head first' if is_ordered else 'head last'}", 1)
        if code == REFUSED and not is_ordered:
            run.note(f"backup refused: {errors.strip()[:160]}")
            continue
        if code != CLEAN:
            raise Violation(f"verify of a backup ends with {code}: {errors.strip()[:300]}")
        told = [line for line in rig.engine.dump(directory=data).splitlines() if '"command"' in line]
        strange = [line for line in told if line not in lines and int(line.split(":", 2)[1].split(",")[0]) <= state["sequence"]]
        if strange:
            raise Violation(f"a backup has a record that the original does not have: {strange[0][:200]}")
        last = int(told[-1].split(":", 2)[1].split(",")[0]) if told else 0
        if last < answered:
            raise Violation(f"a backup ends at {last}; {answered} was answered before the copying began")
        engine = Engine(run.host, data, rig.engine.world_file, rig.engine.settings_file, run.place("restored"))
        engine.start()
        engine.kill()
        discard(data)
    rig.check()


def copy_live(run, rig, is_ordered):
    """As an operator would with cp: file by file, while everything changes. A head copied last may know more than the segments."""
    target = os.path.join(run.place("backup"), "data")
    for part in ("keys", "snapshots", "journal"):
        source = os.path.join(rig.data, part)
        os.makedirs(os.path.join(target, part), mode=0o700)
        for name in sorted(os.listdir(source), key=lambda name: (not is_ordered or name != "journal.head", name)):
            try:
                shutil.copy2(os.path.join(source, name), os.path.join(target, part, name))
            except FileNotFoundError:
                pass  # trimmed or renamed meanwhile, as cp would find
    return target
