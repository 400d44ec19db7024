"""The cases and how one is played: each a function with its pass criterion in words."""
import os
import random
import shutil
import time

from rig import Rig

CASES = {}


class Skipped(Exception):
    """The machine cannot do this; the text says why."""


class Case:
    """A fault, what has to hold, and the function that makes the one and judges the other."""

    def __init__(self, id, title, criterion, play, needs, most, batch):
        self.id, self.title, self.criterion, self.play, self.needs, self.most, self.batch = id, title, criterion, play, needs, most, batch


def case(id, title, criterion, needs=(), most=None, batch=1):
    """Registers a case. most: how many different runs of it there are. batch: faults of one run that share a directory."""
    def register(function):
        CASES[id] = Case(id, title, criterion, function, needs, most, batch)
        return function
    return register


class Run:
    """One playing of a case: its dice, its rigs and disks, its figures."""

    def __init__(self, lab, case, seed, count):
        self.lab, self.case, self.seed, self.count = lab, case, seed, count
        self.rng = random.Random(f"{case.id}:{seed}")
        self.figures = {}
        self.notes = []
        self.host = lab.host
        self._rigs, self._disks, self._servers = [], [], []

    def rig(self, **options):
        rig = Rig(self.lab, self.rng, self.case.id, **options)
        self._rigs.append(rig)
        return rig

    def place(self, name):
        """A fresh directory for a disk, a server or a copy."""
        path = os.path.join(self.lab.place, f"{self.case.id}-{self.seed}-{name}-{time.monotonic_ns()}")
        os.makedirs(path)
        return path

    def disk(self, kind, **options):
        disk = kind(self.place("disk"), **options)
        self._disks.append(disk)
        return disk

    def server(self, server):
        self._servers.append(server)
        return server

    def figure(self, name, value):
        self.figures.setdefault(name, []).append(value)

    def pick(self, choices):
        """The choice of this seed: consecutive seeds go through all of them."""
        return choices[self.seed % len(choices)]

    def note(self, text):
        self.notes.append(text)

    def close(self, keeps):
        for rig in self._rigs:
            for name, value in (("sends", rig.ledger.sends), ("answers", rig.ledger.answers), ("records", rig.judge.records),
                                ("cascades", rig.broker.cascades_begun)):
                self.figure(name, value)
            for seconds in rig.recoveries:
                self.figure("recovery s", seconds)
            rig.end()
        for server in self._servers:
            server.stop()
        for disk in self._disks:
            disk.remove()
        if not keeps:
            for rig in self._rigs:
                shutil.rmtree(rig.home, ignore_errors=True)
