"""What flows through the program: a submission, its reconciliation, its scores, the findings, the evaluation.

All records are frozen. Amounts are exact ``Decimal``: in 元 inside a ``Submission``, in the unit the form shows (万元
or 元) inside an ``Identity``. Scores are points with two decimals, rates are fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property

from .form import WAN, WAN_SCALE, YES, Budget, Department, Indicator, Problem, Project, Report, Standard, Unit
from .formula import Expr
from .spec import Entry, Place, Row


class Keyed(Enum):
    """What people read as the value and machines by a name of its own."""

    @property
    def key(self) -> str:
        """The name machines read."""
        return self.name.lower().replace("_", "-")


class Severity(Keyed):
    """How much a finding weighs; the value is what people read."""

    ERROR = "错误"
    WARNING = "警告"
    NOTICE = "提示"


class Status(Keyed):
    """The verdict on a workbook; the value is what people read."""

    ACCEPTED = "通过"
    ACCEPTED_WITH_ISSUES = "基本通过，有待核实"
    REJECTED = "退回修改"
    NOT_ASSESSED = "未评"


class Drift(Enum):
    """How a workbook may depart from the form."""

    MISSING_SHEET = "missing-sheet"
    MISSING_HEADING = "missing-heading"
    REPEATED_HEADING = "repeated-heading"
    UNKNOWN_HEADING = "unknown-heading"
    OTHER_UNIT = "other-unit"
    TOTAL_ROW = "total-row"
    NOTE_ROW = "note-row"
    COPIED_SHEET = "copied-sheet"
    FAR_CELL = "far-cell"
    BURIED = "buried"
    MERGED = "merged"
    HIDDEN = "hidden"
    CARRIES = "carries"
    ASIDE = "aside"


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """One departure from the form: what is wanted or found, where, and what it was probably meant to be."""

    drift: Drift
    name: str
    place: Place
    near: str | None = None


BLANK = ""
"""What a missing heading is taken to be called now where its own cell is there and empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The workbook itself: file name relative to its input folder, content hash, version stamped in it (or None)."""

    file: str
    sha256: str
    form_version: str | None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A filled form, every cell with its place. ``headings`` maps a table's field to the cell of its heading."""

    source: Source
    unit: Unit
    budget: Budget
    projects: tuple[Project, ...]
    indicators: tuple[Indicator, ...]
    department: Department
    standards: tuple[Standard, ...]
    problems: tuple[Problem, ...]
    report: Report
    departures: tuple[Departure, ...] = ()
    headings: Mapping[type[Row], Mapping[str, Place]]

    @property
    def year(self) -> str:
        """The 评价年度, what stands there where that is no year."""
        year = self.unit.year
        return year.text if year.value is None else f"{year.value:f}"

    @property
    def money_unit(self) -> str:
        """The unit amounts are typed in: 万元 or 元 (万元 where it was not chosen)."""
        return self.unit.money.value or WAN

    @property
    def scale(self) -> Decimal:
        """How many 元 one shown unit is."""
        return WAN_SCALE if self.money_unit == WAN else Decimal(1)

    @property
    def is_filled(self) -> bool:
        """Whether anybody has begun to fill the form."""
        return bool(self.projects or self.indicators or self.standards or self.problems or self.unit.name.value)

    def indicators_of(self, code: str) -> tuple[Indicator, ...]:
        """The indicators of a project, or of 部门整体."""
        return tuple(row for row in self.indicators if row.project.value == code)

    @cached_property
    def evaluated(self) -> tuple[Project, ...]:
        """The projects that take part: 是否参评 is 是, and not one with neither budget nor spending."""
        return tuple(p for p in self.projects if p.evaluated.value == YES and not is_idle(p))


def is_idle(project: Project) -> bool:
    """A project with a budget of 0, nothing spent and no score claimed is not evaluated, which is no fault."""
    unfunded = project.budget.value == 0 and project.executed.value in (0, None)
    return unfunded and project.claimed.is_blank and project.execution_weight.value != 0


# --- reconciliation -----------------------------------------------------------------------------------------------


class Verdict(Keyed):
    """What came of holding a printed total against its parts; the value is what people read."""

    EQUAL = "相符"
    ROUNDING = "尾差"
    DIFFERS = "不符"
    MISSING = "缺数"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A labelled number of an identity, in the shown unit, with its cell; ``unread`` is what stands there instead."""

    label: str
    value: Decimal | None
    place: Place | None
    unread: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The arithmetic of an identity, written once: over ``left``, ``parts`` (all parts) and ``p1``, ``p2``, …"""

    right: Expr
    difference: Expr
    tolerance: Expr
    verdict: Expr


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """One identity of one column: ``left`` is the printed total or claim, ``right`` what the parts give.

    ``unit`` is 万元, 元, 分, or % (then the numbers are fractions). ``record`` is the project's code, if it has one.
    """

    code: str
    name: str
    scope: str
    unit: str
    record: str | None
    left: Part
    parts: tuple[Part, ...]
    sums: Sums
    right: Decimal | None
    difference: Decimal | None
    tolerance: Decimal
    verdict: Verdict

    @property
    def places(self) -> tuple[Place, ...]:
        """The cells that take part, the total first."""
        return tuple(p.place for p in (self.left, *self.parts) if p.place is not None)


# --- scores -------------------------------------------------------------------------------------------------------


class ValueKind(Enum):
    """What an indicator's target is."""

    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"
    DATE = "date"
    UNPARSED = "unparsed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Some day from ``first`` to ``last``: a deadline whose day is not exact, or when a thing was done.

    Where no year was written, ``dated`` is false and the dates stand in the leap year 2000. ``since`` is the first day
    of the stretch of time that a deadline ends, where one was written.
    """

    first: date
    last: date
    dated: bool = True
    since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A target as understood. ``op`` is one of ``>= <= = > < between about``; ``inferred`` when it was not written.

    Of a date ``due`` is the deadline and ``value`` None. ``suspect`` says, in words for staff, what looks wrong with the
    target as written; it is never repaired.
    """

    text: str
    kind: ValueKind
    op: str | None = None
    value: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    inferred: bool = False
    due: Period | None = None
    suspect: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actual:
    """A result as understood: a number in the target's unit, a date, or a text.

    ``value`` and ``unit`` are converted to the unit of the target; ``text`` stays as typed. ``doubt`` says why a number
    cannot be used, ``value`` is None then. ``copied_operator`` is set where the result was written with an operator.
    """

    text: str
    value: Decimal | None = None
    unit: str = ""
    doubt: str = ""
    copied_operator: bool = False
    done: Period | None = None


UNSCORED = "未评"
"""What stands where points would, while they cannot be given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndicatorScore:
    """An indicator scored (or not: ``score`` None), the name of the rule applied and the working in words."""

    row: Indicator
    target: Target
    actual: Actual
    rule: str | None
    score: Decimal | None
    basis: str

    @property
    def weight(self) -> Decimal | None:
        """The indicator's points, None where blank."""
        return self.row.weight.value

    @property
    def claimed(self) -> Decimal | None:
        """The unit's own score."""
        return self.row.claimed.value


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionScore:
    """The execution row: weight in points, both amounts as entries in 元, rate as a fraction, score in points."""

    weight: Decimal
    budget: Entry[Decimal]
    executed: Entry[Decimal]
    rate: Decimal | None
    score: Decimal | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """A project's score, or the unit's as a whole (``project`` None).

    ``total`` is ``score`` as points of 100: the same, except where the policy rescales. ``whole`` is what the weights
    must make for that and for a grade: 100, less where the policy rescales, None where it refuses to grade.
    """

    code: str
    name: str
    project: Project | None
    execution: ExecutionScore
    indicators: tuple[IndicatorScore, ...]
    claimed: Entry[Decimal]
    claimed_execution: Entry[Decimal]
    claimed_grade: Entry[str]
    note: Entry[str]
    grade: str | None
    total: Decimal | None = None
    whole: Decimal | None = Decimal(100)

    @property
    def indicator_score(self) -> Decimal | None:
        """Points earned by indicators, None when not one was assessed."""
        scores = [i.score for i in self.indicators if i.score is not None]
        return sum(scores, Decimal(0)) if scores else None

    @property
    def score(self) -> Decimal | None:
        """Points earned, None when nothing was assessed."""
        earned = [s for s in (self.execution.score, self.indicator_score) if s is not None]
        return sum(earned, Decimal(0)) if earned else None

    @property
    def assessed(self) -> Decimal:
        """Points that could be assessed."""
        done = [i.weight or Decimal(0) for i in self.indicators if i.score is not None]
        return sum(done, self.execution.weight if self.execution.score is not None else Decimal(0))

    @property
    def weight(self) -> Decimal:
        """The sum of all weights, execution included."""
        return sum((i.weight or Decimal(0) for i in self.indicators), self.execution.weight)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """All scores of a unit; the projects' means are of their 自评得分 (by 全年预算数, and simple)."""

    projects: tuple[Score, ...]
    department: Score
    projects_weighted: Decimal | None
    projects_mean: Decimal | None
    projects_count: int


# --- findings -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number in a finding with its unit: 元 (always 元, shown as the form shows money), 分, % (a fraction), or any."""

    value: Decimal
    unit: str = ""

    @classmethod
    def yuan(cls, value: Decimal) -> Figure:
        return cls(value=value, unit="元")

    @classmethod
    def points(cls, value: Decimal) -> Figure:
        return cls(value=value, unit="分")


Said = str | Figure | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """The bureau's leave to let a finding stand: whose, which rule, where; by whom, why, until when.

    ``unit`` is a unit's name or code. It covers the findings of ``record`` (a project's code or 部门整体), or those whose
    cells are ``cells``. ``number`` is its place in the file; one past its last day is ``expired`` and covers nothing.
    """

    number: int
    rule: str
    unit: str
    record: str | None
    cells: tuple[str, ...]
    approver: str
    reason: str
    until: date
    expired: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fault: where, what stands there, what should, by how much, what to do, what it does to the score.

    ``alike`` where each of the cells is at fault by itself; ``waiver`` where the bureau lets it stand.
    """

    code: str
    severity: Severity
    cells: tuple[Place, ...]
    record: str | None
    message: str
    found: Said
    expected: Said
    difference: Said
    fix: str
    effect: str
    alike: bool = False
    waiver: Waiver | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One unit's part in a fault across units: its place among the digests (from 1), its name and file, the cells."""

    number: int
    unit: str
    file: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """A fault that shows only across units: which, whose, what, what to do."""

    code: str
    severity: Severity
    members: tuple[Member, ...]
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRun:
    """A line of the ledger: passed, found, skipped (with the reason) or crashed (with a reference).

    ``held`` are the faults that wait until another finding is mended, and the figures that nothing was held against: of each the project (or 部门整体) that it is about, None
    where it may be about any.
    """

    code: str
    status: str
    count: int = 0
    reason: str = ""
    held: tuple[str | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Everything known about one workbook."""

    submission: Submission
    policy_name: str
    identities: tuple[Identity, ...]
    scores: Scores
    findings: tuple[Finding, ...]
    rules: tuple[RuleRun, ...]
    idle_waivers: tuple[Waiver, ...] = ()
    """Waivers of this unit that cover nothing: expired, or without a finding."""

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings of each severity stand, waived ones left out."""
        found = Counter(finding.severity for finding in self.findings if finding.waiver is None)
        return {severity: found[severity] for severity in Severity}

    @property
    def waived(self) -> int:
        """How many findings the bureau lets stand."""
        return sum(1 for finding in self.findings if finding.waiver is not None)

    @property
    def crashed(self) -> tuple[RuleRun, ...]:
        """The rules that broke down, so that nothing is known about what they check."""
        return tuple(line for line in self.rules if line.status == "crashed")

    @property
    def status(self) -> Status:
        """Rejected with an error; accepted-with-issues with a warning, or where a rule broke down; else accepted."""
        counts = self.counts
        if counts[Severity.ERROR]:
            return Status.REJECTED
        return Status.ACCEPTED_WITH_ISSUES if counts[Severity.WARNING] or self.crashed else Status.ACCEPTED


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A file that could not be read as the form: its name, its hash where it could be opened, and what to do."""

    file: str
    sha256: str | None
    reason: str
