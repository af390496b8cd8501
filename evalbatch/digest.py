"""What is kept of every workbook once it is done: what the roll-up, the tables and the next run need, and no more.

A digest is packed into a few kilobytes of JSON, exact to the last digit, and unpacked to an equal record.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import msgspec

from .form import Problem, Project, Standard
from .model import Evaluation, Finding, Refusal, Score, Severity, Status, Submission, Waiver
from .spec import Entry
from .totals import said_of
from .waivers import WAIVED, why_idle

MAX_NAME = 60
"""Characters of a unit's name kept in a file name."""
SIGNALS = {"红": {"M301", "M305"}, "黄": {"M302", "M305"}}
"""The bureau's own warnings (自评预警), with the rules whose findings they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectDigest:
    """A row of 项目资金 and what came of it. Amounts in 元, rates as fractions, scores in points.

    ``score`` is the points of 100 (测算得分), None when nothing was assessed; ``said`` how much could be assessed.
    ``assessed`` are the points that could be assessed, of ``weight`` in all; both 0 where it is not evaluated.
    ``signal`` is the bureau's own warning: 红, 黄, 红黄 or nothing. ``table`` stands for the texts of the project's
    indicators, targets and results: equal tables have equal ones; blank where there are no results. ``answered`` is
    how many indicators have one.
    """

    code: str
    system_code: str
    name: str
    category: str
    evaluated: bool
    initial: Decimal | None
    budget: Decimal | None
    executed: Decimal | None
    rate: Decimal | None
    score: Decimal | None
    assessed: Decimal
    weight: Decimal
    said: str
    grade: str | None
    claimed: Decimal | None
    claimed_grade: str
    signal: str
    note: str
    table: str
    answered: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemDigest:
    """A row of 问题整改 as typed."""

    problem: str
    projects: str
    measure: str
    owner: str
    due: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StandardDigest:
    """A row of 支出标准: what is paid for, in which project, its price in 元."""

    project: str
    content: str
    price: Decimal
    cell: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """A workbook that was read, in the form of version ``form``. ``stem`` begins the names of its outputs; ``said`` is how much could be assessed.

    ``claimed`` is the unit's own 自评总分, ``score`` the computed one, ``mean`` and ``weighted`` are the means of its
    projects' own scores. ``idle`` are the waivers of the unit that cover nothing; ``crashed`` the rules that broke down.
    """

    file: str
    sha256: str
    form: str
    stem: str
    name: str
    code: str
    department: str
    year: str
    author: str
    status: Status
    claimed: Decimal | None
    claimed_grade: str
    score: Decimal | None
    said: str
    grade: str | None
    budget: Decimal | None
    executed: Decimal | None
    rate: Decimal | None
    mean: Decimal | None
    weighted: Decimal | None
    projects: tuple[ProjectDigest, ...]
    problems: tuple[ProblemDigest, ...]
    standards: tuple[StandardDigest, ...]
    findings: tuple[Finding, ...]
    crashed: tuple[str, ...]
    idle: tuple[Waiver, ...]

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings of each severity stand, waived ones left out."""
        found = Counter(finding.severity for finding in self.findings if finding.waiver is None)
        return {severity: found[severity] for severity in Severity}

    @property
    def covered(self) -> tuple[Waiver, ...]:
        """The waiver of every finding that one covers."""
        return tuple(finding.waiver for finding in self.findings if finding.waiver is not None)


def digest(evaluation: Evaluation) -> Digest:
    """The digest of an evaluation."""
    submission, scores = evaluation.submission, evaluation.scores
    unit, own = submission.unit, scores.department
    return Digest(
        file=submission.source.file,
        sha256=submission.source.sha256,
        form=submission.source.form_version or "",
        stem=_stem(submission),
        name=unit.name.text,
        code=unit.code.text,
        department=unit.department.text,
        year=submission.year,
        author=unit.author.text,
        status=evaluation.status,
        claimed=own.claimed.value,
        claimed_grade=own.claimed_grade.text,
        score=own.total,
        said=said_of(own),
        grade=own.grade,
        budget=own.execution.budget.value,
        executed=own.execution.executed.value,
        rate=own.execution.rate,
        mean=scores.projects_mean,
        weighted=scores.projects_weighted,
        projects=tuple(_projects(evaluation)),
        problems=tuple(map(_problem, submission.problems)),
        standards=tuple(_standards(submission.standards)),
        findings=evaluation.findings,
        crashed=tuple(line.code for line in evaluation.crashed),
        idle=evaluation.idle_waivers,
    )


def pack(result: Digest | Refusal) -> bytes:
    """A digest or a refusal as JSON."""
    return msgspec.json.encode(result)


def unpack(packed: bytes) -> Digest:
    """The digest that was packed. Raises msgspec.DecodeError where it is none."""
    return msgspec.json.decode(packed, type=Digest)


def unpack_refusal(packed: bytes) -> Refusal:
    """The refusal that was packed. Raises msgspec.DecodeError where it is none."""
    return msgspec.json.decode(packed, type=Refusal)


def _stem(submission: Submission) -> str:
    """``<单位名称>_<年度>``; without a name the input's own name stands for it."""
    unit = submission.unit
    name = unit.name.value or Path(submission.source.file).stem
    year = f"{unit.year.value:f}" if unit.year.value is not None else "年度未填"
    return f"{name[:MAX_NAME]}_{year}"


def _projects(evaluation: Evaluation) -> Iterator[ProjectDigest]:
    evaluated = {id(project) for project in evaluation.submission.evaluated}
    for score in evaluation.scores.projects:
        if score.project is not None:
            codes = {finding.code for finding in evaluation.findings if finding.record == score.code}
            signal = "".join(colour for colour, by in SIGNALS.items() if by & codes)
            yield _project(score, score.project, id(score.project) in evaluated, signal)


def _project(score: Score, project: Project, evaluated: bool, signal: str) -> ProjectDigest:
    return ProjectDigest(
        code=project.code.text,
        system_code=project.system_code.text,
        name=project.name.text,
        category=project.category.text,
        evaluated=evaluated,
        initial=project.initial.value,
        budget=project.budget.value,
        executed=project.executed.value,
        rate=score.execution.rate,
        score=score.total if evaluated else None,
        assessed=score.assessed if evaluated else Decimal(0),
        weight=score.weight if evaluated else Decimal(0),
        said=said_of(score) if evaluated else "",
        grade=score.grade if evaluated else None,
        claimed=score.claimed.value,
        claimed_grade=score.claimed_grade.text,
        signal=signal,
        note=project.note.text,
        table=_table(score),
        answered=sum(1 for indicator in score.indicators if not indicator.row.actual.is_blank),
    )


def _table(score: Score) -> str:
    rows = [(i.row.name, i.row.target, i.row.actual) for i in score.indicators]
    if not any(actual.text for _, _, actual in rows):
        return ""
    texts = "\x1e".join("\x1f".join(entry.text.strip() for entry in row) for row in rows)
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _problem(row: Problem) -> ProblemDigest:
    return ProblemDigest(
        problem=row.problem.text,
        projects=row.projects.text,
        measure=row.measure.text,
        owner=row.owner.text,
        due=row.due.text,
    )


def _standards(rows: tuple[Standard, ...]) -> Iterator[StandardDigest]:
    for row in rows:
        if row.price.value is not None and row.content.text:
            yield StandardDigest(
                project=row.project.text, content=row.content.text, price=row.price.value, cell=_cell(row.price)
            )


def _cell(entry: Entry[Decimal]) -> str:
    return str(entry.place) if entry.place else ""


def uses(
    waivers: Sequence[Waiver], covered: Mapping[Waiver, int], idle: Collection[Waiver]
) -> list[tuple[Waiver, str]]:
    """What came of every waiver of the file: how many findings it covers in the whole run, or why it covers none."""
    said = []
    for waiver in waivers:
        if covered.get(waiver):
            words = f"{WAIVED} {covered[waiver]} 处"
        else:
            words = why_idle(waiver) if waiver.expired or waiver in idle else "这一批里没有这个单位"
        said.append((waiver, words))
    return said
