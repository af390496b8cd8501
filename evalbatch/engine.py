"""Workers: every workbook is read in a process that has limits of its own, so that none can take the others down.

The contract: one job in, one outcome out. A worker serves many jobs; one that dies or takes too long costs a single
workbook, which is tried once more in a process of its own and then refused. Outcomes come in the order of the jobs.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from . import journal
from .work import Job, Outcome, Terms, prepare, refuse, work

MAX_SECONDS = 8
"""A form of 300 indicators is read, judged and written in half a second; a million formatted empty rows in one."""
PATIENCE = 3
"""After so many times as long a pool whose next job has no outcome is given up for a new one."""
MAX_MEMORY = 1536 * 1024 * 1024
"""What a worker may take beyond what it starts with: a form takes some 100 MB of address space, the largest part that is let
through some 700 MB."""
JOBS_EACH = 5
"""A further worker is worth starting for every so many workbooks: it costs a tenth of a second, as much as one of them."""
WAITING = 4
"""How many jobs may wait for every worker, so that a folder of any size is held in little memory."""

_TOO_LONG = (
    f"读取超过 {MAX_SECONDS} 秒还没有完成，已停止。请用 Excel 或 WPS 打开，另存为新的 .xlsx，删去无关的工作表后再交"
)
_DIED = "读取时程序中断（可能内存不足，或文件有问题）。请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再交"


def default_workers() -> int:
    """As many workers as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(jobs: Sequence[Job], terms: Terms, workers: int | None = None) -> Generator[tuple[Job, Outcome]]:
    """Do all jobs, each with its outcome, in their order. Raises KeyboardInterrupt with no child left."""
    if not jobs:
        return
    wanted = min(workers or default_workers(), -(-len(jobs) // JOBS_EACH))
    prepare(jobs)
    left = deque(jobs)
    while left:
        before = len(left)
        with _pool(wanted, terms) as pool:
            yield from _in_order(pool, left, WAITING * wanted, terms, among_others=len(jobs) > 1)
        if len(left) == before:
            job = left.popleft()
            yield job, _alone(job, terms)


def _in_order(
    pool: ProcessPool, left: deque[Job], room: int, terms: Terms, *, among_others: bool
) -> Iterator[tuple[Job, Outcome]]:
    """Do what is left for as long as the pool serves; a worker that was killed may hold what the others wait for."""
    running: deque[Any] = deque()
    while left:
        try:
            while len(running) < min(room, len(left)):
                running.append(pool.schedule(_serve, args=(left[len(running)],), timeout=MAX_SECONDS))
        except RuntimeError:
            return
        outcome = _outcome(left[0], running.popleft(), terms, among_others=among_others)
        if outcome is None:
            return
        yield left.popleft(), outcome


def _outcome(job: Job, future: Any, terms: Terms, *, among_others: bool) -> Outcome | None:
    """What came of a job; None where the pool serves no more."""
    try:
        outcome: Outcome = future.result(PATIENCE * MAX_SECONDS)
        return outcome
    except ProcessExpired:
        return _alone(job, terms)
    except BrokenProcessPool:
        return None
    except TookTooLong:
        if not future.done():
            return None
        # one that had the machine to itself would take as long again
        return _alone(job, terms) if among_others else refuse(job, terms, _TOO_LONG)


def _alone(job: Job, terms: Terms) -> Outcome:
    """Try a job that cost a worker once more, in a process of its own."""
    with _pool(1, terms) as pool:
        try:
            return pool.schedule(_serve, args=(job,), timeout=MAX_SECONDS).result(PATIENCE * MAX_SECONDS)
        except TookTooLong:
            return refuse(job, terms, _TOO_LONG)
        except (ProcessExpired, BrokenProcessPool):
            return refuse(job, terms, _DIED)


@contextlib.contextmanager
def _pool(workers: int, terms: Terms) -> Iterator[ProcessPool]:
    """A pool that leaves no child behind, whatever ends it."""
    method = "fork" if sys.platform == "linux" else "spawn"
    log = journal.place()
    pool = ProcessPool(
        max_workers=workers,
        initializer=_begin,
        initargs=(terms, log, os.getpid()),
        context=multiprocessing.get_context(method),
    )
    try:
        with _uninterrupted():
            _ = pool.active  # asking starts it
        yield pool
        pool.close()  # type: ignore[no-untyped-call]
    finally:
        with _uninterrupted():
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
            _remove_if_empty(log)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait: in the middle of a fork it would be lost, in the middle of cleaning up leave a child."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# --- in the worker ------------------------------------------------------------------------------------------------

_terms: list[Terms] = []


def _begin(terms: Terms, log: Path, parent: int) -> None:
    """Prepare a worker: its limits, what native code prints goes to the log, it ends with its parent."""
    _terms[:] = [terms]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    journal.keep_in(log.parent)
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 2)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _address_space(resource.getpagesize()) + MAX_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _address_space(page: int) -> int:
    """What a worker has from its parent at its start, in bytes: libraries the parent used may hold a gigabyte and more."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * page if sys.platform == "linux" else 0


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _serve(job: Job) -> Outcome:
    return work(job, _terms[0])


def _remove_if_empty(log: Path) -> None:
    with contextlib.suppress(OSError):
        if log.stat().st_size == 0:
            log.unlink()
