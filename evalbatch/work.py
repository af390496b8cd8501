"""One workbook's work, as a worker does it: read, evaluate, write beside the outputs, and say what came of it.

A worker is given a job and gives an outcome, nothing else: it takes no names, renames nothing, and whatever goes wrong
with one workbook becomes its refusal.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import journal
from .approved import NO_BOOKS, Books
from .compare import compare
from .comparison import Comparison
from .digest import Digest, digest
from .evaluate import evaluate
from .form import GIVEN
from .inputs import is_lock
from .legible import legible
from .model import Evaluation, Finding, Refusal, Submission, Waiver
from .policy import Policy
from .preflight import Refused, bytes_of
from .read import read_workbook
from .rules.cells import read_cells
from .waivers import WAIVED, waiver_words
from .writers.annotated import SUFFIX, Unmarkable, annotate
from .writers.result import refused, result, to_json
from .writers.scored import write_scored
from .writers.style import load_libraries

TEXT, JSON = "text", "json"
_BLANK = "这是空白表，什么也没有填。请填好后再交"
_UNTOUCHED = "这份表没有填：除了可以由财政部门预先填好的单位、项目和预算，什么也没有。请填好后再交"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for every workbook of a run."""

    policy: Policy
    waivers: tuple[Waiver, ...] = ()
    books: Books = NO_BOOKS
    """What the bureau approved and paid."""
    annotate: bool = False
    """Whether copies of the workbooks with their faults marked are wanted."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A file to read: its path, its name relative to the folder it was found in, and what is wanted of it.

    With a ``stage`` the scored workbook and the JSON are written there under ``number``; otherwise the outcome carries
    what is to be printed in a ``form``: text, or the JSON. With a ``former`` file, and the name it is known by, it is
    compared with that one.
    """

    number: int
    path: Path
    name: str
    stage: Path | None = None
    form: str = TEXT
    former: tuple[Path, str] | None = None

    @property
    def said(self) -> str:
        """The name as it is written down."""
        return legible(self.name)

    def staged(self, suffix: str) -> Path:
        """Where a file of this job waits to be given its name."""
        assert self.stage is not None
        return self.stage / f"{self.number}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a job: a digest or a refusal, what is to be printed, and the hash of every staged file by suffix.

    ``skipped`` where nothing had to be done, because it had been done before; ``unmarked`` says why no annotated copy
    could be made of a workbook with faults; ``comparison`` with the former file.
    """

    result: Digest | Refusal
    printed: str = ""
    staged: Mapping[str, str] = field(default_factory=dict)
    skipped: bool = False
    unmarked: str = ""
    comparison: Comparison | None = None


def work(job: Job, terms: Terms) -> Outcome:
    """Do one job. Never raises for what a workbook holds."""
    try:
        return _work(job, terms)
    except Refused as refusal:
        return refuse(job, terms, str(refusal), refusal.sha256)
    except MemoryError:
        return refuse(job, terms, "工作簿太大，读它要用的内存超过限度。请删去无关的工作表和大片格式后再交")
    except (KeyboardInterrupt, SystemExit, OSError):
        raise
    except BaseException:  # the reader's native code raises what is no Exception
        reference = journal.record(traceback.format_exc())
        return refuse(job, terms, f"读取时程序出错（编号 {reference}）。请把文件交给维护人员")


def prepare(jobs: Sequence[Job]) -> None:
    """Load what jobs need once, in this process, and not in every worker that is forked from it."""
    if any(job.stage is not None for job in jobs):
        load_libraries()


def _work(job: Job, terms: Terms) -> Outcome:
    if is_lock(job.path):
        raise Refused("这是办公软件打开文件时留下的临时文件，请交工作簿本身")
    submission = read_workbook(job.path, job.said)
    if not _is_begun(submission):
        raise Refused(_UNTOUCHED if submission.is_filled else _BLANK, submission.source.sha256)
    evaluation = evaluate(submission, terms.policy, terms.waivers, terms.books)
    if job.former is not None:
        return Outcome(result=digest(evaluation), comparison=_compared(*job.former, evaluation, terms))
    if job.stage is not None:
        files = {".xlsx": write_scored(evaluation, terms.policy), ".json": to_json(result(evaluation)).encode()}
        marked, why = _marked(job, evaluation) if terms.annotate else (None, "")
        if marked is not None:
            files[SUFFIX] = marked
        return Outcome(result=digest(evaluation), staged=_staged(job, files), unmarked=why)
    printed = to_json(result(evaluation)) if job.form == JSON else "\n".join(_lines(evaluation))
    return Outcome(result=digest(evaluation), printed=printed)


def _is_begun(submission: Submission) -> bool:
    """Whether the unit has written anything: more than the bureau can fill in, or what could not be read in its place."""
    own = (entry for cls, column, entry, _ in read_cells(submission) if column.name not in GIVEN.get(cls, ()))
    return bool(submission.departures) or any(entry.text or not entry.is_blank for entry in own)


def _marked(job: Job, evaluation: Evaluation) -> tuple[bytes | None, str]:
    """The annotated copy, where there is something to mark, or why there is none."""
    try:
        data = bytes_of(job.path)
        if hashlib.sha256(data).hexdigest() != evaluation.submission.source.sha256:
            return None, "文件在读取时被改动过，没有标注。请再运行一次"
        return annotate(data, evaluation), ""
    except (Unmarkable, Refused) as refusal:
        return None, str(refusal)
    except MemoryError:
        return None, "工作簿太大，标注要用的内存超过限度，没有标注。请按评分工作簿的问题清单修改"
    except Exception:
        reference = journal.record(traceback.format_exc())
        return None, f"标注时程序出错（编号 {reference}），没有标注。请把文件交给维护人员"


def _compared(path: Path, name: str, new: Evaluation, terms: Terms) -> Comparison:
    """A workbook held against the file before it; what has the same bytes comes to the same."""
    submission = read_workbook(path, legible(name))
    if submission.source.sha256 == new.submission.source.sha256:
        old = replace(new, submission=replace(new.submission, source=submission.source))
    else:
        old = evaluate(submission, terms.policy, terms.waivers, terms.books)
    return compare(old, new, terms.policy)


def _staged(job: Job, files: Mapping[str, bytes]) -> dict[str, str]:
    """Leave files in the stage; their hashes by suffix."""
    for suffix, data in files.items():
        job.staged(suffix).write_bytes(data)
    return {suffix: hashlib.sha256(data).hexdigest() for suffix, data in files.items()}


def refuse(job: Job, terms: Terms, reason: str, sha256: str | None = None) -> Outcome:
    """The outcome of a file that could not be read."""
    refusal = Refusal(file=job.said, sha256=sha256, reason=reason)
    text = to_json(refused(refusal, terms.policy.name))
    if job.stage is not None:
        return Outcome(result=refusal, staged=_staged(job, {".json": text.encode()}))
    return Outcome(result=refusal, printed=text if job.form == JSON else "")


def headline(outcome: Digest | Refusal) -> str:
    """One line on an outcome: the verdict, the counts of findings."""
    if isinstance(outcome, Refusal):
        return f"未评：{outcome.reason}"
    counts = {severity.value: n for severity, n in outcome.counts.items()} | {WAIVED: len(outcome.covered)}
    said = "、".join(f"{name} {n}" for name, n in counts.items() if n) or "没有发现问题"
    broken = f"，规则 {'、'.join(outcome.crashed)} 运行出错" if outcome.crashed else ""
    return f"{outcome.status.value}（{said}{broken}）"


def _lines(evaluation: Evaluation) -> Iterator[str]:
    """A workbook's findings for a person to read, two or three lines each: what, what to do, what it does to the score."""
    for finding in evaluation.findings:
        yield from (f"  {line}" for line in _finding_lines(finding))


def _finding_lines(finding: Finding) -> Iterator[str]:
    waiver, severity = finding.waiver, finding.severity.value
    effect = f" {finding.effect}" if finding.effect else ""
    yield f"[{severity if waiver is None else f'{WAIVED}·{severity}'}] {finding.message}"
    advice = finding.fix if waiver is None else f"{waiver_words(waiver)}。"
    yield f"    → {advice}{effect} {finding.code}"
