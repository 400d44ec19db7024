"""What a run found, as a line per case on the console and as a page."""
import datetime
import platform
import statistics
import subprocess


class Outcome:
    """All playings of one case."""

    def __init__(self, case):
        self.case, self.passed, self.failures, self.skipped, self.seconds = case, 0, [], None, 0.0
        self.figures, self.notes, self.seeds = {}, [], []

    @property
    def verdict(self):
        if self.failures:
            return "FAILED"
        return "passed" if self.passed else "skipped"

    def add(self, figures, notes):
        for name, values in figures.items():
            self.figures.setdefault(name, []).extend(values)
        self.notes += notes

    @property
    def text(self):
        parts = []
        for name, values in self.figures.items():
            if name in ("sends", "answers", "records", "cascades"):
                parts.append(f"{sum(values):,.0f} {name}")
            elif all(value == 1 for value in values):
                parts.append(f"{len(values)} × {name}")
            else:
                parts.append(f"{name} {statistics.median(values):.3g} (largest {max(values):.3g})")
        return ", ".join(parts)


def _commit():
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, check=False)
    return done.stdout.decode().strip() or "unknown"


COMMIT = _commit()
"""Of the working tree when the run began."""


def page(outcomes, command, seed, seconds):
    """The report as Markdown."""
    lines = [f"# Fault run of {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC", "",
             f"`{command}`: commit {COMMIT}, seed {seed}, {platform.release()}, {seconds:,.0f} s.", "",
             "| case | fault | runs | result | figures |", "| --- | --- | ---: | --- | --- |"]
    for outcome in outcomes:
        result = f"skipped: {outcome.skipped}" if outcome.verdict == "skipped" else outcome.verdict
        lines.append(f"| {outcome.case.id} | {outcome.case.title} | {outcome.passed + len(outcome.failures)} | {result} | {outcome.text} |")
    lines += ["", "## Pass criteria", ""]
    lines += [f"- **{outcome.case.id}** {outcome.case.criterion}." for outcome in outcomes]
    noted = [outcome for outcome in outcomes if outcome.notes]
    if noted:
        lines += ["", "## Notes", ""]
        lines += [f"- {outcome.case.id}: {note}" for outcome in noted for note in outcome.notes]
    failed = [outcome for outcome in outcomes if outcome.failures]
    if failed:
        lines += ["", "## Failures", ""]
        for outcome in failed:
            lines += [f"- {outcome.case.id}, seed {seed}: `{repeat}`\n  {text}" for seed, repeat, text in outcome.failures]
    return "\n".join(lines) + "\n"
