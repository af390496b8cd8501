"""A run of the program as its users start it, watched from outside: time, and the memory of the process and its workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import Took, took

PERIOD = 0.05
"""Seconds between two looks."""
MIB = 1024 * 1024
TICK, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen at a moment (seconds of the clock): the process's own processor seconds, its memory in MiB, and
    that of every worker."""

    at: float
    cpu: float
    parent: float
    workers: dict[int, float]


@dataclass(kw_only=True)
class Ran:
    """A run: what it took in milliseconds, and what was seen meanwhile."""

    took: Took
    looks: list[Look] = field(repr=False)

    @property
    def working(self) -> list[Look]:
        """The looks while there were workers."""
        return [look for look in self.looks if look.workers]

    @property
    def parent(self) -> float:
        """The most memory the process took while there were workers, in MiB."""
        return max((look.parent for look in self.working), default=0)

    @property
    def highest(self) -> float:
        """The most memory the process took at all, the roll-up included."""
        return max(look.parent for look in self.looks)

    @property
    def worker(self) -> float:
        """The most memory a worker took."""
        return max((mib for look in self.working for mib in look.workers.values()), default=0)

    @property
    def growth(self) -> float:
        """By how much the highest memory of a worker rose from the second quarter of the run to the last."""
        quarter = len(self.working) // 4
        second, last = self.working[quarter : 2 * quarter], self.working[3 * quarter :]
        highest = [max((m for look in part for m in look.workers.values()), default=0) for part in (second, last)]
        return max(0, highest[1] - highest[0])

    def gain(self, workers: int) -> float:
        """How many times faster so many workers could be than one, by processor time: each has a processor of its own.

        One worker's processor time passes while the process serves it; what comes before the first worker and after
        the last is nobody's to share.
        """
        alone = 1000 * self.working[0].cpu + self.after.cpu
        serving = 1000 * self.looks[-1].cpu - alone
        working = self.took.cpu - 1000 * self.looks[-1].cpu
        return (alone + working) / (alone + (working + serving) / workers)

    @property
    def after(self) -> Took:
        """What came after the last worker: the roll-up."""
        first, last = self.working[-1], self.looks[-1]
        return Took(wall=1000 * (last.at - first.at), cpu=1000 * (last.cpu - first.cpu))


def program(*words: str | Path) -> list[str]:
    """The command that runs the program with these words."""
    return [sys.executable, "-m", "evalbatch", *map(str, words)]


def watched(command: Sequence[str]) -> Ran:
    """Run a command to its end and watch it; it may find errors, but must not fail."""
    looks: list[Look] = []

    def call() -> None:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                looks.extend(_look(process.pid))
                time.sleep(PERIOD)
            assert process.returncode in (0, 1), command

    return Ran(took=took(call), looks=looks)


def _look(pid: int) -> Iterator[Look]:
    """One look, none where the process has just ended."""
    try:
        cpu, parent = _cpu(pid), _memory(pid)
        found = {child: _memory(child) for child in _children(pid)}
    except OSError:
        return
    yield Look(at=time.monotonic(), cpu=cpu, parent=parent, workers={child: mib for child, mib in found.items() if mib})


def _children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text("ascii").split()]


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE / MIB


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
