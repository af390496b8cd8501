"""A folder becomes evaluations, evaluations become files.

Inputs are taken in a fixed order; one unreadable input never stops the rest. Every file is written beside its place
and renamed, so that a reader sees the old one or the new one, never half of it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .evaluate import evaluate
from .model import Evaluation, Refusal, Status, Submission, Waiver
from .policy import Policy
from .preflight import Refused
from .read import read_workbook
from .waivers import WAIVED
from .writers.result import refused, result, to_json
from .writers.rollup import write_rollup
from .writers.scored import write_scored

ROLLUP = "绩效自评汇总表.xlsx"
SCORED = "绩效评分"
NOT_ASSESSED = "未评"
RESULTS = "results"
PRIVATE = ".evalbatch"
MAX_NAME = 60
"""Characters of a unit's name kept in a file name: 60 wide characters are 180 of the 255 bytes a name may have."""

_LOCKS = ("~$", ".~lock", "._")
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


def is_lock(path: Path) -> bool:
    """Whether a file is the lock or shadow of a workbook that is open elsewhere."""
    return path.name.startswith(_LOCKS)


def assess(one: Input, policy: Policy, waivers: Sequence[Waiver] = ()) -> Evaluation | Refusal:
    """Read and evaluate one input; a file that cannot be read becomes a refusal."""
    try:
        if is_lock(one.path):
            raise Refused("这是办公软件打开文件时留下的临时文件，请交工作簿本身")
        return evaluate(read_workbook(one.path, one.name), policy, waivers)
    except Refused as refusal:
        return Refusal(file=one.name, sha256=refusal.sha256, reason=str(refusal))


@dataclass
class Run:
    """What a run came to."""

    evaluations: list[Evaluation] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    kept: Path | None = None
    """Where an earlier roll-up went that somebody had written into."""

    def add(self, outcome: Evaluation | Refusal) -> None:
        """Count an outcome in."""
        if isinstance(outcome, Refusal):
            self.refusals.append(outcome)
        else:
            self.evaluations.append(outcome)

    @property
    def clean(self) -> bool:
        """Every input was read, no rule broke down, and none has an error that stands."""
        return not self.refusals and all(e.status is not Status.REJECTED and not e.crashed for e in self.evaluations)


Report = Callable[[Input, Evaluation | Refusal], None]


def run(inputs: Sequence[Input], outputs: Path, policy: Policy, report: Report, waivers: Sequence[Waiver] = ()) -> Run:
    """Evaluate all inputs and write everything. Raises OutputError where a file cannot be written."""
    writer = _Writer(outputs, inputs)
    done = Run()
    links: list[str] = []
    for one in inputs:
        outcome = assess(one, policy, waivers)
        done.add(outcome)
        if isinstance(outcome, Refusal):
            name = writer.free_name(f"{NOT_ASSESSED}_{Path(one.name).name}")
            writer.write(f"{RESULTS}/{name}.json", to_json(refused(outcome, policy.name)).encode())
        else:
            name = writer.free_name(unit_name(outcome.submission))
            links.append(f"{name}_{SCORED}.xlsx")
            writer.write(f"{name}_{SCORED}.xlsx", write_scored(outcome, policy))
            writer.write(f"{RESULTS}/{name}.json", to_json(result(outcome)).encode())
        report(one, outcome)
    done.kept = writer.keep_edited(ROLLUP)
    writer.write(ROLLUP, write_rollup(done.evaluations, done.refusals, links, waivers))
    return done


def unit_name(submission: Submission) -> str:
    """``<单位名称>_<年度>``; without a name the input's own name stands for it."""
    unit = submission.unit
    name = unit.name.value or Path(submission.source.file).stem
    year = f"{unit.year.value:f}" if unit.year.value is not None else "年度未填"
    return f"{name[:MAX_NAME]}_{year}"


def safe_name(name: str) -> str:
    """A name every platform accepts: no separators, reserved names, control or direction characters."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    name = f"_{name}" if _RESERVED.match(name) else name
    return name or "未命名"


def write_file(final: Path, data: bytes, beside: Path | None = None) -> None:
    """Write a file by rename; ``beside`` is a folder of the same volume for the unfinished one. Raises OutputError."""
    temporary = (beside or final.parent) / f".{os.getpid()}.tmp"
    try:
        temporary.write_bytes(data)
        os.replace(temporary, final)
    except PermissionError as error:
        raise OutputError(f"{final} 不能写入：文件可能正在 Excel/WPS 中打开，或没有权限。请关闭后重试") from error
    except OSError as error:
        raise OutputError(f"{final} 写入失败：{_why(error)}。原有文件没有改动") from error
    finally:
        temporary.unlink(missing_ok=True)


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


def _why(error: OSError) -> str:
    return {28: "磁盘已满", 30: "磁盘是只读的", 36: "文件名太长"}.get(error.errno or 0, "请检查磁盘和权限")


def headline(outcome: Evaluation | Refusal) -> str:
    """One line on an outcome: the verdict, the counts of findings, the score."""
    if isinstance(outcome, Refusal):
        return f"{NOT_ASSESSED}：{outcome.reason}"
    counts = {severity.value: n for severity, n in outcome.counts.items()} | {WAIVED: outcome.waived}
    said = "、".join(f"{name} {n}" for name, n in counts.items() if n) or "没有发现问题"
    broken = f"，规则 {'、'.join(line.code for line in outcome.crashed)} 运行出错" if outcome.crashed else ""
    return f"{outcome.status.value}（{said}{broken}）"
