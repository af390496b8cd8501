"""A folder becomes outcomes, outcomes become files.

Inputs are taken in a fixed order; one unreadable input never stops the rest. Every file is written beside its place
and renamed, by this process alone, so that a reader sees the old one or the new one, never half of it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import journal
from .engine import each
from .model import Digest, Refusal, Status
from .work import Job, Outcome, Terms, is_lock
from .writers.rollup import write_rollup

ROLLUP = "绩效自评汇总表.xlsx"
SCORED = "绩效评分"
NOT_ASSESSED = "未评"
RESULTS = "results"
PRIVATE = ".evalbatch"
STAGE = "stage"
_SYSTEM = {".ds_store", "thumbs.db", "desktop.ini"}
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class OutputError(Exception):
    """The output folder cannot be used; the message says which file and what to do."""


@dataclass(frozen=True)
class Input:
    """A file to read, and its name relative to the folder it was found in."""

    path: Path
    name: str


def gather(paths: Sequence[Path], outputs: Path | None = None) -> list[Input]:
    """Every input file in a fixed order, folders searched through; each file once, ``outputs`` left out."""
    found: dict[Path, Input] = {}
    for path in paths:
        for one in _folder(path, outputs) if path.is_dir() else [Input(path, path.name)]:
            found.setdefault(one.path.resolve(), one)
    return list(found.values())


def _folder(folder: Path, outputs: Path | None) -> Iterator[Input]:
    skipped = outputs.resolve() if outputs is not None and outputs.exists() else None
    for path in sorted(folder.rglob("*")):
        inside = skipped is not None and skipped in path.resolve().parents and skipped != folder.resolve()
        if path.is_dir() or inside or is_lock(path) or path.name.lower() in _SYSTEM:
            continue
        if any(part == PRIVATE for part in path.parts):
            continue
        yield Input(path, path.relative_to(folder).as_posix())


@dataclass
class Run:
    """What a run came to."""

    digests: list[Digest] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    kept: Path | None = None
    """Where an earlier roll-up went that somebody had written into."""

    def add(self, result: Digest | Refusal) -> None:
        """Count a result in."""
        if isinstance(result, Refusal):
            self.refusals.append(result)
        else:
            self.digests.append(result)

    @property
    def clean(self) -> bool:
        """Every input was read, no rule broke down, and none has an error that stands."""
        return not self.refusals and all(d.status is not Status.REJECTED and not d.crashed for d in self.digests)


Report = Callable[[Input, Outcome], None]


def check(inputs: Sequence[Input], terms: Terms, form: str, report: Report) -> Run:
    """Evaluate all inputs and write nothing."""
    done = Run()
    jobs = [Job(number=n, path=one.path, name=one.name, form=form) for n, one in enumerate(inputs)]
    for job, outcome in each(jobs, terms):
        done.add(outcome.result)
        report(inputs[job.number], outcome)
    return done


def run(inputs: Sequence[Input], outputs: Path, terms: Terms, report: Report, workers: int | None = None) -> Run:
    """Evaluate all inputs and write everything. Raises OutputError where a file cannot be written."""
    writer = _Writer(outputs, inputs)
    journal.keep_in(outputs / PRIVATE)
    done = Run()
    links: list[str] = []
    with writer.stage() as stage:
        jobs = [Job(number=n, path=one.path, name=one.name, stage=stage) for n, one in enumerate(inputs)]
        for job, outcome in each(jobs, terms, workers):
            done.add(outcome.result)
            if isinstance(outcome.result, Refusal):
                name = writer.free_name(f"{NOT_ASSESSED}_{Path(job.said).name}")
            else:
                name = writer.free_name(outcome.result.stem)
                links.append(f"{name}_{SCORED}.xlsx")
                writer.give_name(job.staged(".xlsx"), links[-1])
            writer.give_name(job.staged(".json"), f"{RESULTS}/{name}.json")
            report(inputs[job.number], outcome)
    done.kept = writer.keep_edited(ROLLUP)
    writer.write(ROLLUP, write_rollup(done.digests, done.refusals, links, terms.waivers))
    return done


def safe_name(name: str) -> str:
    """A name every platform accepts: no separators, reserved names, control or direction characters."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    name = f"_{name}" if _RESERVED.match(name) else name
    return name or "未命名"


def write_file(final: Path, data: bytes, beside: Path | None = None) -> None:
    """Write a file by rename; ``beside`` is a folder of the same volume for the unfinished one. Raises OutputError."""
    temporary = (beside or final.parent) / f".{os.getpid()}.tmp"
    with _said(final):
        try:
            temporary.write_bytes(data)
            os.replace(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _said(final: Path) -> Iterator[None]:
    """Say in words why a file could not be written. Raises OutputError."""
    try:
        yield
    except PermissionError as error:
        raise OutputError(f"{final} 不能写入：文件可能正在 Excel/WPS 中打开，或没有权限。请关闭后重试") from error
    except UnicodeError as error:
        raise OutputError(f"{final} 不能写入：系统的语言环境不支持中文文件名。请设置 LANG=C.UTF-8 后重试") from error
    except OSError as error:
        raise OutputError(f"{final} 写入失败：{_why(error)}。原有文件没有改动") from error


class _Writer:
    """Gives out names and writes files under one folder, by rename."""

    def __init__(self, outputs: Path, inputs: Sequence[Input]) -> None:
        self.outputs = outputs
        self.inputs = [one.path for one in inputs]
        self.taken: set[str] = set()
        try:
            (outputs / RESULTS).mkdir(parents=True, exist_ok=True)
            (outputs / PRIVATE).mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"输出文件夹 {outputs} 不能建立或写入，请换一个文件夹，或检查权限") from error

    def free_name(self, wanted: str) -> str:
        """The wanted name made safe, with (2), (3) … where another input has it already."""
        name, n = safe_name(wanted), 1
        candidate = name
        while (key := unicodedata.normalize("NFKC", candidate).casefold()) in self.taken:
            n += 1
            candidate = f"{name}({n})"
        self.taken.add(key)
        return candidate

    def write(self, relative: str, data: bytes) -> None:
        final = self.outputs / relative
        self.refuse_inputs(final)
        write_file(final, data, self.outputs / PRIVATE)
        if relative == ROLLUP:
            stamp = self.outputs / PRIVATE / f"{relative}.sha256"
            write_file(stamp, hashlib.sha256(data).hexdigest().encode())

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """A folder where workers leave their files; what an earlier run left behind is removed first."""
        for left in (self.outputs / PRIVATE).glob(f"{STAGE}-*"):
            if not _is_running(left.name.rpartition("-")[2]):
                shutil.rmtree(left, ignore_errors=True)
        stage = self.outputs / PRIVATE / f"{STAGE}-{os.getpid()}"
        with _said(stage):
            stage.mkdir(exist_ok=True)
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)

    def give_name(self, staged: Path, relative: str) -> None:
        """Give a file that a worker left its final name."""
        final = self.outputs / relative
        self.refuse_inputs(final)
        with _said(final):
            os.replace(staged, final)

    def keep_edited(self, relative: str) -> Path | None:
        """Put aside an earlier output that somebody has changed since it was written (复核得分, 复核意见)."""
        final, stamp = self.outputs / relative, self.outputs / PRIVATE / f"{relative}.sha256"
        if not final.exists() or not stamp.exists():
            return None
        if hashlib.sha256(final.read_bytes()).hexdigest() == stamp.read_text("ascii"):
            return None
        names = (final.with_stem(f"{final.stem}_人工修改{n or ''}") for n in itertools.count())
        kept = next(name for name in names if not name.exists())
        os.replace(final, kept)
        return kept

    def refuse_inputs(self, final: Path) -> None:
        if final.exists() and any(path.exists() and os.path.samefile(path, final) for path in self.inputs):
            raise OutputError(f"{final} 同时是这次的输入文件，不能覆盖。请换一个输出文件夹")


def _is_running(pid: str) -> bool:
    """Whether a process still runs; where that cannot be told, it is taken to."""
    if os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True


def _why(error: OSError) -> str:
    return {28: "磁盘已满", 30: "磁盘是只读的", 36: "文件名太长"}.get(error.errno or 0, "请检查磁盘和权限")
