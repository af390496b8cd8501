"""What the sheets of the roll-up have in common: a line for every workbook that was read, and what a run adds up to.

The digests themselves are too many to be held; these lines are small.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from ...digest import Digest, ProjectDigest
from ...form import GRADES, WAN, WAN_SCALE, Unit
from ...gathered import Gathered
from ...legible import shown
from ...model import UNSCORED, Severity, Status
from ...reviewed import with_file
from ...spec import fold, heading
from ...totals import UNGRADED

OUT = "不参评"
"""The conclusion on a project that is not evaluated."""
CONCLUSIONS = (*GRADES, UNGRADED, UNSCORED, OUT)
"""Every conclusion on a project."""
MONEY_SAID = f"{heading(Unit, 'money')}：{WAN}"
MONEY_KEYS = ("initial", "budget", "executed")
"""The amounts of a project."""
AGAIN = "请重新运行一次；仍然这样，请把输入文件交给维护人员。"
LONGEST_LABEL = 120
_OPERATORS = str.maketrans({"*": "＊", "?": "？", "~": "～", "=": "＝", "<": "＜", ">": "＞", "\n": " ", "\r": " "})
"""What COUNTIFS would take for a pattern or a comparison, in full width."""
_WIDE = 0x2E80


class Mismatch(Exception):
    """The roll-up does not add up to what was read; the message says in words for staff which sum, and what to do."""


def label_of(text: str) -> str:
    """A department's name as rows are counted by: one that COUNTIFS takes for nothing but a text."""
    name = " ".join(text.translate(_OPERATORS).split())[:LONGEST_LABEL]
    if not name:
        return f"（{heading(Unit, 'department')}未填）"
    return name if any(ord(c) >= _WIDE for c in name) else f"“{name}”"


def in_wan(yuan: Decimal | None) -> Decimal | None:
    """An amount of 元 in 万元."""
    return None if yuan is None else yuan / WAN_SCALE


def conclusion(project: ProjectDigest) -> str:
    """The grade of a project, or why it has none: all its points may be assessed and yet not make 100."""
    if not project.evaluated:
        return OUT
    done = project.score is not None and project.assessed == project.weight
    return project.grade or (UNGRADED if done else UNSCORED)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitLine:
    """A workbook that was read: its place among the digests (from 1), what the sheets say of it and count of it.

    ``output`` is the name of its outputs, ``name`` the unit's or, where it has none, the file's. Amounts in 元.
    ``rules`` counts the findings that stand by rule, ``errors`` are the rules whose findings send it back, ``budget`` and ``executed`` are the unit's as a whole.
    """

    number: int
    output: str
    file: str
    name: str
    code: str
    department: str
    year: str
    status: Status
    claimed: Decimal | None
    score: Decimal | None
    said: str
    grade: str
    budget: Decimal | None
    executed: Decimal | None
    rate: Decimal | None
    mean: Decimal | None
    counts: Mapping[Severity, int]
    waived: int
    rules: Mapping[str, int]
    errors: frozenset[str]
    red: int
    yellow: int
    projects: int
    evaluated: int
    problems: int

    @property
    def complete(self) -> bool:
        """Whether all points are assessed, so that the score can be ranked."""
        return self.grade != UNGRADED

    @property
    def findings(self) -> int:
        """How many findings there are, waived ones among them."""
        return sum(self.counts.values()) + self.waived


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the first pass over the digests keeps.

    ``departments`` are the labels in the order they first come, ``budgets`` the amounts of all evaluated projects,
    ``copied`` the indicator tables that projects of several units share, ``money`` the sums of all projects in 元.
    """

    gathered: Gathered
    units: tuple[UnitLine, ...]
    departments: tuple[str, ...]
    budgets: tuple[Decimal, ...]
    copied: frozenset[str]
    money: Mapping[str, Decimal]
    years: tuple[str, ...]

    @property
    def files(self) -> int:
        """How many files there are, unreadable ones among them."""
        return len(self.units) + len(self.gathered.refusals)

    @cached_property
    def projects(self) -> int:
        """How many projects there are, evaluated or not."""
        return sum(unit.projects for unit in self.units)

    @cached_property
    def problems(self) -> int:
        """How many rows of 问题整改 there are."""
        return sum(unit.problems for unit in self.units)

    @cached_property
    def findings(self) -> int:
        """How many findings there are, waived ones among them, faults across units not."""
        return sum(unit.findings for unit in self.units)

    @cached_property
    def rules(self) -> Counter[str]:
        """How often each rule finds something that stands."""
        return sum((Counter(unit.rules) for unit in self.units), Counter())

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(fold(unit.name) for unit in self.units)

    def label(self, unit: UnitLine) -> str:
        """A unit's name, with its file where several workbooks have that name."""
        return unit.name if self._names[fold(unit.name)] == 1 else with_file(unit.name, unit.file)

    def standing(self, severity: Severity) -> int:
        """How many findings of a severity stand."""
        return sum(unit.counts[severity] for unit in self.units)

    def of_status(self, status: Status) -> int:
        """How many workbooks have this verdict."""
        if status is Status.NOT_ASSESSED:
            return len(self.gathered.refusals)
        return sum(1 for unit in self.units if unit.status is status)

    @property
    def rated(self) -> list[UnitLine]:
        """The units whose spending can be held against their budget."""
        return [unit for unit in self.units if unit.rate is not None]

    @property
    def spent(self) -> tuple[Decimal, Decimal]:
        """What those units had and spent as a whole, in 万元."""
        budget = sum((in_wan(unit.budget) or Decimal(0) for unit in self.rated), Decimal(0))
        return budget, sum((in_wan(unit.executed) or Decimal(0) for unit in self.rated), Decimal(0))

    def digests(self) -> Iterator[tuple[UnitLine, Digest]]:
        """Every digest with its line, once more. Raises Mismatch where another workbook stands in its place."""
        for unit, (_, digest) in zip(self.units, self.gathered.digests(), strict=False):
            if digest.file != unit.file:
                raise Mismatch(f"汇总到一半时输入变了：本来是 {unit.file}，现在是 {digest.file}。{AGAIN}")
            yield unit, digest


@dataclass
class _Collector:
    labels: dict[str, str] = field(default_factory=dict)
    budgets: list[Decimal] = field(default_factory=list)
    first_with: dict[str, str] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)
    money: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def unit(self, number: int, output: str, digest: Digest) -> UnitLine:
        for project in digest.projects:
            self.project(fold(digest.code) or fold(digest.name) or digest.file, project)
        label = label_of(digest.department)
        standing = [finding for finding in digest.findings if finding.waiver is None]
        signals = [project.signal for project in digest.projects]
        return UnitLine(
            number=number,
            output=output,
            file=digest.file,
            name=digest.name or shown(digest.file),
            code=digest.code,
            department=self.labels.setdefault(fold(label), label),
            year=digest.year,
            status=digest.status,
            claimed=digest.claimed,
            score=digest.score,
            said=digest.said,
            grade=digest.grade or UNGRADED,
            budget=digest.budget,
            executed=digest.executed,
            rate=digest.rate,
            mean=digest.mean,
            counts=digest.counts,
            waived=len(digest.covered),
            rules=Counter(finding.code for finding in standing),
            errors=frozenset(finding.code for finding in standing if finding.severity is Severity.ERROR),
            red=sum(1 for signal in signals if "红" in signal),
            yellow=sum(1 for signal in signals if "黄" in signal),
            projects=len(digest.projects),
            evaluated=sum(1 for project in digest.projects if project.evaluated),
            problems=len(digest.problems),
        )

    def project(self, owner: str, project: ProjectDigest) -> None:
        for key in MONEY_KEYS:
            self.money[key] += getattr(project, key) or 0
        if project.evaluated and project.budget is not None:
            self.budgets.append(project.budget)
        if project.table and self.first_with.setdefault(project.table, owner) != owner:
            self.copied.add(project.table)


def gather_facts(gathered: Gathered) -> Facts:
    """Go through all digests once."""
    collector = _Collector()
    units = tuple(
        collector.unit(number, output, digest) for number, (output, digest) in enumerate(gathered.digests(), 1)
    )
    return Facts(
        gathered=gathered,
        units=units,
        departments=tuple(dict.fromkeys(unit.department for unit in units)),
        budgets=tuple(sorted(collector.budgets)),
        copied=frozenset(collector.copied),
        money=collector.money,
        years=tuple(sorted({unit.year for unit in units if unit.year})),
    )
