"""Breaks a running engine in every way that the machine allows, and judges what it remembers.

    faults.sh --cycles N --seed S [--cases A1,A5] [--report FILE]
"""
import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback

import cases  # noqa: F401  (registers the cases)
from catalogue import CASES, Run, Skipped
from disks import DiskFailed
from engine import EngineFailed
from report import COMMIT, Outcome, page
from rig import Lab, Violation


def main():
    options = parse()
    if options.list:
        for case in CASES.values():
            print(f"{case.id:4} {case.title}\n     passes if: {case.criterion}")
        return 0
    chosen = [CASES[id] for id in options.cases.split(",")] if options.cases else list(CASES.values())
    place = tempfile.mkdtemp(prefix="faults-", dir=options.place)
    began = time.monotonic()
    lab = Lab(options.host, place, options.limit_times)
    outcomes = []
    try:
        for case in chosen:
            outcomes.append(play(lab, case, options))
    finally:
        if options.report and outcomes:
            with open(options.report, "w", encoding="utf-8") as file:
                file.write(page(outcomes, "scripts/faults.sh " + " ".join(sys.argv[1:]), options.seed, time.monotonic() - began))
        if not (options.keep and any(outcome.failures for outcome in outcomes)):
            shutil.rmtree(place, ignore_errors=True)
    failures = sum(len(outcome.failures) for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failures} failed, "
          f"{sum(outcome.verdict == 'skipped' for outcome in outcomes)} cases skipped, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


def play(lab, case, options):
    """As many runs of a case as asked for, or as it has."""
    outcome, done, began = Outcome(case), 0, time.monotonic()
    wanted = options.cycles if case.most is None else min(options.cycles, case.most)
    for need in case.needs:
        outcome.skipped = outcome.skipped or need()
    while done < wanted and outcome.skipped is None and len(outcome.failures) < options.failures:
        count, seed = min(case.batch, wanted - done), options.seed + done
        failure = play_once(lab, case, seed, count, outcome, options)
        done += count
        if failure is None:
            outcome.passed += count
        elif outcome.skipped is None:
            repeat = f"scripts/faults.sh --cycles {count} --seed {seed} --cases {case.id}"
            outcome.failures.append((seed, repeat, failure))
            print(f"FAILED seed={seed} case={case.id} commit={COMMIT}: {failure}\n    {repeat}", flush=True)
    outcome.seconds = time.monotonic() - began
    reason = f": {outcome.skipped}" if outcome.skipped else ""
    print(f"{case.id:4} {outcome.verdict}{reason}, {outcome.passed} runs in {outcome.seconds:.0f} s; {outcome.text}", flush=True)
    return outcome


def play_once(lab, case, seed, count, outcome, options):
    """One run. Returns what went wrong, or None."""
    run, failure = Run(lab, case, seed, count), None
    try:
        case.play(run)
    except Skipped as reason:
        outcome.skipped = failure = str(reason)
    except DiskFailed as reason:
        outcome.skipped = failure = f"no such disk on this machine: {reason}"
    except (Violation, EngineFailed) as violation:
        failure = str(violation)
    except Exception:  # The runner's own mistakes must not end the run, nor pass.
        failure = "the runner failed: " + traceback.format_exc()[-1500:]
    run.close(keeps=failure is not None and options.keep)
    outcome.add(run.figures, run.notes)
    return failure


def parse():
    parser = argparse.ArgumentParser(prog="faults.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1, help="runs of each case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", help="which cases, separated by commas; all when not given")
    parser.add_argument("--report", help="file for the report, Markdown")
    parser.add_argument("--host", required=True, help="the program")
    parser.add_argument("--place", help="where the directories are made; a disk, not a tmpfs")
    parser.add_argument("--keep", action="store_true", help="keep the directories of failed runs")
    parser.add_argument("--failures", type=int, default=3, help="failures of a case after which it is given up")
    parser.add_argument("--limit-times", action="store_true", help="a recovery that takes too long fails, too; for a machine that does nothing else")
    parser.add_argument("--list", action="store_true", help="show the cases")
    options = parser.parse_args()
    unknown = [id for id in (options.cases or "").split(",") if id and id not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; --list shows them")
    if not os.path.exists(options.host):
        parser.error(f"{options.host} is not there; build Engine.Host first")
    return options


if __name__ == "__main__":
    sys.exit(main())
