"""The catalogue: what a rule is, how one is registered, and how all of them run over one workbook.

A rule is a generator of ``Found`` over a ``Case``. Its docstring is its page, in the language of its readers: the
first line says what it finds, then ``Why:``, ``Fix:`` and ``Basis:``. Bad data never raises; a rule that crashes is
one line of the ledger and hides nothing else; a rule whose sheet is missing says that it did not run.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from ..form import AMOUNT_COLUMNS, BUDGET_LINES, DEPARTMENT, REQUIRED_AMOUNTS, Indicator, Project
from ..model import Finding, Identity, RuleRun, Said, Scores, Severity, Submission, Verdict
from ..policy import Policy
from ..spec import Entry, Kind, Need, Place, Row, columns_of, sheet_of
from .slips import find_slips


@dataclass(frozen=True)
class Case:
    """What a rule may look at: the submission, the policy, the identities and the scores."""

    submission: Submission
    policy: Policy
    identities: tuple[Identity, ...]
    scores: Scores

    @cached_property
    def slips(self) -> dict[Place, tuple[Identity, Decimal]]:
        """Cells whose amount is 10,000 times off, with an identity that shows it and the factor that mends it."""
        return find_slips(self.identities)

    @cached_property
    def explained(self) -> dict[int, Place]:
        """Identities (by id) that fail only because of a cell another finding already questions, with that cell."""
        return self._waiting[1]

    @cached_property
    def questioned(self) -> frozenset[Place]:
        """Cells whose amount another finding questions.

        They are amounts in the wrong unit, required cells left blank, negative amounts, and a printed total that its
        own parts contradict; every identity above that uses the cell waits until it is right.
        """
        return self._waiting[0]

    @cached_property
    def _waiting(self) -> tuple[frozenset[Place], dict[int, Place]]:
        questioned = set(self.slips) | set(self._bad_cells())
        waiting: dict[int, Place] = {}
        for identity in sorted(self.identities, key=lambda i: _LEVELS.index(i.code)):
            cause = next((place for place in identity.places if place in questioned), None)
            if cause is not None:
                waiting[id(identity)] = cause
            elif identity.verdict is Verdict.DIFFERS and identity.code in _SUMS and identity.left.place:
                questioned.add(identity.left.place)
        return frozenset(questioned), waiting

    def _bad_cells(self) -> Iterator[Place]:
        budget = self.submission.budget
        for line in BUDGET_LINES:
            for amount in AMOUNT_COLUMNS:
                entry = getattr(getattr(budget, line.name), amount)
                required = line.required and amount in REQUIRED_AMOUNTS
                yield from _bad(entry, required=required)
        for project in self.submission.projects:
            for column in columns_of(Project):
                if column.kind is Kind.AMOUNT:
                    yield from _bad(getattr(project, column.name), required=column.need is Need.REQUIRED)

    def waiting_for(self, place: Place | None) -> int:
        """How many failing identities wait until a cell is right."""
        failing = {id(identity) for identity in self.identities if identity.verdict is Verdict.DIFFERS}
        return sum(1 for key, cause in self.explained.items() if cause == place and key in failing)

    @cached_property
    def misweighted(self) -> frozenset[str]:
        """Codes whose weights do not make 100: own scores and totals cannot be judged before they do."""
        scores = (*self.scores.projects, self.scores.department)
        return frozenset(s.code for s in scores if s.indicators and s.weight != (s.whole or 100))

    @cached_property
    def shared_codes(self) -> frozenset[str | None]:
        """Project codes that two projects share: whose indicators and standards are whose cannot be told."""
        codes = Counter(project.code.value for project in self.submission.projects)
        return frozenset(code for code, n in codes.items() if n > 1 and code is not None)

    @cached_property
    def strays(self) -> tuple[Indicator, ...]:
        """Indicators that belong to no project: without a code, or with one that 项目资金 does not list.

        While there are any, no project is known to lack indicators, weights or points.
        """
        known = {project.code.value for project in self.submission.projects} | {DEPARTMENT}
        return tuple(row for row in self.submission.indicators if row.project.value not in known)


def _bad(entry: Entry[Decimal], *, required: bool) -> Iterator[Place]:
    blank = required and entry.is_blank
    if entry.place is not None and (blank or (entry.value is not None and entry.value < 0)):
        yield entry.place


_SUMS = ("M104", "M102", "M103", "M101", "M105", "M107")
_LEVELS = (*_SUMS, "M108", "M106", "M109", "M111")
"""The identities from the bottom up: a project's funds, then the lines they add up to, then what uses the lines."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule yields; code and severity come from its registration unless it gives a severity of its own."""

    cells: tuple[Place, ...]
    message: str
    fix: str
    effect: str = ""
    record: str | None = None
    found: Said = None
    expected: Said = None
    difference: Said = None
    severity: Severity | None = None


Check = Callable[[Case], Iterator[Found]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A registered check: its code, its Chinese name, its severity, the sheets it needs, and its page."""

    code: str
    name: str
    severity: Severity
    needs: tuple[type[Row], ...]
    check: Check
    finds: str
    why: str
    fix: str
    basis: str


CATALOGUE: dict[str, Rule] = {}
_PAGE = re.compile(r"(?P<finds>.+?)\n\s*Why: (?P<why>.+?)\n\s*Fix: (?P<fix>.+?)\n\s*Basis: (?P<basis>.+)", re.S)
_CODE = re.compile(r"[A-Z]\d{3}")


def rule(code: str, name: str, severity: Severity, *needs: type[Row]) -> Callable[[Check], Check]:
    """Register a check. Raises ValueError for a bad or repeated code, or a docstring that is no page."""

    def register(check: Check) -> Check:
        page = _PAGE.fullmatch((check.__doc__ or "").strip())
        if page is None or not _CODE.fullmatch(code) or code in CATALOGUE:
            raise ValueError(f"rule {code}: bad code or docstring without Why, Fix, Basis")
        said = {key: re.sub(r"\s*\n\s*", "", text.strip()) for key, text in page.groupdict().items()}
        CATALOGUE[code] = Rule(code=code, name=name, severity=severity, needs=needs, check=check, **said)
        return check

    return register


def run(case: Case) -> tuple[tuple[Finding, ...], tuple[RuleRun, ...]]:
    """Run the whole catalogue. Findings come must-fix first, then by the form's order; the ledger lists every rule."""
    findings: list[Finding] = []
    ledger: list[RuleRun] = []
    for code in sorted(CATALOGUE):
        found, line = _run_one(CATALOGUE[code], case)
        findings.extend(found)
        ledger.append(line)
    order = {severity: i for i, severity in enumerate(Severity)}
    findings.sort(key=lambda finding: order[finding.severity])
    return tuple(findings), tuple(ledger)


def _run_one(entry: Rule, case: Case) -> tuple[list[Finding], RuleRun]:
    missing = [sheet_of(cls).title for cls in entry.needs if cls not in case.submission.headings]
    if missing:
        return [], RuleRun(code=entry.code, status="skipped", reason=f"没有工作表 {'、'.join(missing)}")
    try:
        found = [_finding(entry, one) for one in entry.check(case)]
    except Exception:  # a broken rule must not hide the others
        reference = hashlib.sha256(traceback.format_exc().encode()).hexdigest()[:8]
        return [], RuleRun(code=entry.code, status="crashed", reason=f"规则运行出错，编号 {reference}")
    unchecked = "" if found else _unchecked(entry.code, case)
    if unchecked:
        return [], RuleRun(code=entry.code, status="skipped", reason=unchecked)
    return found, RuleRun(code=entry.code, status="found" if found else "passed", count=len(found))


def _unchecked(code: str, case: Case) -> str:
    """Why a rule had nothing to check; an unrun rule is not a pass."""
    verdicts = {identity.verdict for identity in case.identities if identity.code == code}
    if code in _LEVELS and not verdicts - {Verdict.MISSING}:
        return "有关的数没有填全，无从核对" if verdicts else "没有填报可以核对的内容"
    rows = case.submission.indicators
    if code.startswith(_ON_WEIGHTS) and all(row.weight.value is None for row in rows):
        return "没有一个指标填了分值，无从核对"
    if code.startswith(_ON_RESULTS) and all(row.actual.is_blank for row in rows):
        return "没有一个指标填了实际完成值，无从核对"
    return ""


_ON_WEIGHTS = ("S1",)
_ON_RESULTS = ("I2", "I401", "S2", "S301", "S5")
"""Rules, by the start of their codes, that look at weights and at results."""


def _finding(entry: Rule, found: Found) -> Finding:
    return Finding(
        code=entry.code,
        severity=found.severity or entry.severity,
        cells=found.cells,
        record=found.record,
        message=found.message,
        found=found.found,
        expected=found.expected,
        difference=found.difference,
        fix=found.fix,
        effect=found.effect,
    )


def places(*entries: Entry[object]) -> tuple[Place, ...]:
    """The cells of some entries, each once, those without a cell left out."""
    return tuple(dict.fromkeys(entry.place for entry in entries if entry.place is not None))


def merged(items: Iterable[Found]) -> Iterator[Found]:
    """Merge findings that say the same about different cells into one that lists the cells."""
    grouped: dict[tuple[object, ...], Found] = {}
    for item in items:
        key = (item.message, item.fix, item.record, item.severity)
        seen = grouped.get(key)
        grouped[key] = item if seen is None else replace(seen, cells=tuple(dict.fromkeys(seen.cells + item.cells)))
    yield from grouped.values()
