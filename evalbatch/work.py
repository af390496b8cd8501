"""One workbook's work, as a worker does it: read, evaluate, write beside the outputs, and say what came of it.

A worker is given a job and gives an outcome, nothing else: it takes no names, renames nothing, and whatever goes wrong
with one workbook becomes its refusal.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import journal
from .evaluate import evaluate
from .legible import legible
from .model import Digest, Evaluation, Finding, Refusal, Submission, Waiver
from .policy import Policy
from .preflight import Refused
from .read import read_workbook
from .waivers import WAIVED, waiver_words
from .writers.result import refused, result, to_json
from .writers.scored import write_scored
from .writers.scored_detail import said_of

MAX_NAME = 60
"""Characters of a unit's name kept in a file name: 60 wide characters are 180 of the 255 bytes a name may have."""
TEXT, JSON = "text", "json"
_LOCKS = ("~$", ".~lock", "._")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for every workbook of a run."""

    policy: Policy
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """A file to read: its path, its name relative to the folder it was found in, and what is wanted of it.

    With a ``stage`` the scored workbook and the JSON are written there under ``number``; otherwise the outcome carries
    what is to be printed in a ``form``: text, or the JSON.
    """

    number: int
    path: Path
    name: str
    stage: Path | None = None
    form: str = TEXT

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
    """What came of a job: a digest or a refusal, and what is to be printed."""

    result: Digest | Refusal
    printed: str = ""


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


def _work(job: Job, terms: Terms) -> Outcome:
    if is_lock(job.path):
        raise Refused("这是办公软件打开文件时留下的临时文件，请交工作簿本身")
    evaluation = evaluate(read_workbook(job.path, job.said), terms.policy, terms.waivers)
    printed = ""
    if job.stage is not None:
        job.staged(".xlsx").write_bytes(write_scored(evaluation, terms.policy))
        job.staged(".json").write_text(to_json(result(evaluation)), "utf-8")
    elif job.form == JSON:
        printed = to_json(result(evaluation))
    else:
        printed = "\n".join(_lines(evaluation))
    return Outcome(result=digest(evaluation), printed=printed)


def refuse(job: Job, terms: Terms, reason: str, sha256: str | None = None) -> Outcome:
    """The outcome of a file that could not be read."""
    refusal = Refusal(file=job.said, sha256=sha256, reason=reason)
    text = to_json(refused(refusal, terms.policy.name))
    if job.stage is not None:
        job.staged(".json").write_text(text, "utf-8")
    return Outcome(result=refusal, printed=text if job.form == JSON else "")


def is_lock(path: Path) -> bool:
    """Whether a file is the lock or shadow of a workbook that is open elsewhere."""
    return path.name.startswith(_LOCKS)


def digest(evaluation: Evaluation) -> Digest:
    """The digest of an evaluation."""
    unit, own = evaluation.submission.unit, evaluation.scores.department
    return Digest(
        file=evaluation.submission.source.file,
        stem=_stem(evaluation.submission),
        name=unit.name.text,
        department=unit.department.text,
        year=unit.year.text if unit.year.value is None else f"{unit.year.value:f}",
        status=evaluation.status,
        claimed=own.claimed.value,
        total=own.total,
        said=said_of(own),
        grade=own.grade,
        rate=own.execution.rate,
        mean=evaluation.scores.projects_mean,
        counts=evaluation.counts,
        crashed=tuple(line.code for line in evaluation.crashed),
        covered=tuple(finding.waiver for finding in evaluation.findings if finding.waiver is not None),
        idle=evaluation.idle_waivers,
    )


def _stem(submission: Submission) -> str:
    """``<单位名称>_<年度>``; without a name the input's own name stands for it."""
    unit = submission.unit
    name = unit.name.value or Path(submission.source.file).stem
    year = f"{unit.year.value:f}" if unit.year.value is not None else "年度未填"
    return f"{name[:MAX_NAME]}_{year}"


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
