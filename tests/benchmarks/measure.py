"""Measuring: processor time of calls side by side, in turns, and of runs with worker processes."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("python-calamine", "XlsxWriter", "pandas", "openpyxl")


def side_by_side(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median processor time of every call in milliseconds; each round makes every call once."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time_ns()
            call()
            times[name].append((time.process_time_ns() - start) / 1e6)
    return {name: statistics.median(taken) for name, taken in times.items()}


@dataclass(frozen=True, kw_only=True)
class Took:
    """What a run took in milliseconds: of the clock, of processors (its children's included)."""

    wall: float
    cpu: float


def took(call: Callable[[], object]) -> Took:
    """What a call takes that may start processes and waits for them."""
    wall, cpu = time.perf_counter(), _cpu()
    call()
    return Took(wall=1000 * (time.perf_counter() - wall), cpu=1000 * (_cpu() - cpu))


def median(runs: list[Took]) -> Took:
    """The middle of several runs."""
    return Took(wall=statistics.median(run.wall for run in runs), cpu=statistics.median(run.cpu for run in runs))


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def machine() -> str:
    """The processor, how many of it, the versions of Python and of the libraries."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    libraries = "、".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{model}，{os.cpu_count()} 核；Python {platform.python_version()}；{libraries}"
