"""What a rule may look at, and what other findings have already put in question.

One cause, one finding: a cell that one finding questions keeps quiet every rule that only follows from it, and the
ledger says which finding has to be mended first (``Held``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from ..against import CODES, PAID_CODE, Standing
from ..approved import APPROVED, PAID, Own
from ..form import AMOUNT_COLUMNS, BUDGET_LINES, DEPARTMENT, REQUIRED_AMOUNTS, Indicator, Project
from ..model import Identity, IndicatorScore, Scores, Submission, Verdict
from ..policy import Policy
from ..reconcile import LIMIT, SUM
from ..spec import Entry, Kind, Need, Place, columns_of
from .prose import Passage, passages
from .slips import Slip, find_slips, holds_with
from .subtotals import Subtotal, amount_places, find_subtotals, holds_without
from .swaps import find_swaps


@dataclass(frozen=True, kw_only=True)
class Held:
    """A fault a rule keeps back because another finding, of rule ``by``, has to be mended first.

    ``record`` is the project (or 部门整体) that it is about; None where it may be about any.
    """

    by: str
    record: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """A figure of a project that a rule could not compare: ``why`` says what it had nothing to go by for."""

    why: str
    record: str | None = None


@dataclass(frozen=True)
class Case:
    """What a rule may look at: the submission, the policy, the identities, the scores, and the bureau's own figures.

    What is in question here is so because of a rule that runs: one that the policy switches off keeps nothing quiet.
    """

    submission: Submission
    policy: Policy
    identities: tuple[Identity, ...]
    scores: Scores
    stands: Standing = field(default_factory=Standing)

    def runs(self, code: str) -> bool:
        """Whether the policy lets a rule run: one that is switched off asks for nothing."""
        return code not in self.policy.checks or not self.policy.checks[code].off

    def hold(self, causes: Mapping[str, bool], record: str | None = None) -> Held | None:
        """Keep a fault back for the first rule that runs and whose condition holds."""
        return next((Held(by=code, record=record) for code, is_so in causes.items() if is_so and self.runs(code)), None)

    @cached_property
    def slips(self) -> tuple[Slip, ...]:
        """Sheets, rows and cells whose amounts are 10,000 times off."""
        return find_slips(self.submission, self.identities) if self.runs("M202") else ()

    @cached_property
    def swaps(self) -> tuple[Identity, ...]:
        """The limits whose two amounts, 全年执行数 and 全年预算数, stand in each other's cell."""
        return find_swaps(self.identities) if self.runs("M106") else ()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every cell with running text."""
        return passages(self.submission)

    @cached_property
    def questioned(self) -> Mapping[Place, str]:
        """Cells whose amount another finding questions, each with the code of its rule.

        They are amounts in the wrong unit, amounts in each other's cell, required cells left blank, negative amounts, a
        budget of 0 that was spent from, a printed total that its own parts contradict, what was spent beyond its budget,
        and what is not as the bureau has it; every identity above that uses the cell waits until it is right.
        """
        return self._waiting[0] | {place: code for place, (code, _) in self._approved.items()}

    def held(self, identity: Identity) -> Held | None:
        """Whether a failing identity only follows from a cell that another finding already questions."""
        place = self._waiting[1].get(id(identity))
        if place is None:
            return self._held_by_bureau(identity)
        return Held(by=self._waiting[0][place], record=identity.record)

    def _held_by_bureau(self, identity: Identity) -> Held | None:
        """Whether a failing identity holds, or is to be looked at anew, once the cells are as the bureau has them."""
        cells = {place: known for place in identity.places if (known := self._approved.get(place))}
        if not cells or identity.code in CODES:
            return None
        sums = identity.sums in (SUM, LIMIT)
        if sums and not holds_with(identity, {place: value for place, (_, value) in cells.items()}):
            return None
        return Held(by=next(iter(cells.values()))[0], record=identity.record)

    @cached_property
    def _approved(self) -> dict[Place, tuple[str, Decimal]]:
        """The cells that are not as the bureau has them: the rule that says so, and the bureau's figure as shown."""
        return {
            identity.left.place: (identity.code, identity.right)
            for identity in self.identities
            if identity.code in CODES
            and identity.verdict is Verdict.DIFFERS
            and identity.left.place is not None
            and identity.right is not None
            and id(identity) not in self._waiting[1]
            and self.runs(identity.code)
        }

    def lacking(self, code: str) -> str:
        """Why a rule about the bureau's figures has none to go by; an empty text where it has, or is about others."""
        control, executed = self.stands.own.control, self.stands.own.executed
        books = [own for own in (control, executed) if own is not None]
        if code in ("M404", "M406") and not books:
            return f"没有提供{APPROVED}和{PAID}"
        if code == "M404":
            return "；".join(own.why for own in books) if all(own.other_year for own in books) else ""
        if code == "M406":
            return _lacking(books[0], books[0].kind) if all(own.unit is None for own in books) else ""
        if code in ("M401", "M402", "M403"):
            return _lacking(control, APPROVED)
        return _lacking(executed, PAID) if code == PAID_CODE else ""

    @cached_property
    def subtotals(self) -> tuple[Subtotal, ...]:
        """Rows of 项目资金 that only add up the rows beside them; they take no part in anything."""
        return find_subtotals(self.submission, self.identities) if self.runs("F205") else ()

    def is_subtotal(self, record: object) -> bool:
        """Whether a record is a project's row that is no project."""
        return any(one.row is record for one in self.subtotals)

    def held_by_subtotal(self, identity: Identity) -> Held | None:
        """Whether a failing identity is one of a sub-total's own, or holds once the sub-totals are left out."""
        rows = frozenset().union(*(amount_places(one.row) for one in self.subtotals))
        own = identity.left.place in rows
        return Held(by="F205", record=identity.record) if own or holds_without(identity, self.subtotals) else None

    @cached_property
    def _waiting(self) -> tuple[dict[Place, str], dict[int, Place]]:
        """The questioned cells, and for every identity (by id) that waits the cell it waits for."""
        bad = {place: code for place, code in self._bad_cells() if self.runs(code)}
        slips = {place: "M202" for slip in self.slips for place in slip.cells}
        questioned = {**{place: "M106" for over in self.swaps for place in over.places}, **bad, **slips}
        waiting: dict[int, Place] = {}
        for identity in sorted(self.identities, key=lambda i: SUMMED.index(i.code)):
            others = (place for place in identity.places if questioned.get(place, identity.code) != identity.code)
            cause = next(others, None)
            if cause is not None:
                waiting[id(identity)] = cause
            elif (
                identity.verdict is Verdict.DIFFERS
                and identity.left.place
                and identity.code in _QUESTIONING
                and self.runs(identity.code)
            ):
                questioned[identity.left.place] = identity.code
        return questioned, waiting

    def _bad_cells(self) -> Iterator[tuple[Place, str]]:
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
            if project.budget.place and is_spent_without_budget(project) and not self.is_subtotal(project):
                yield project.budget.place, "M201"
        for standard in self.submission.standards:
            for entry in (standard.price, standard.quantity):
                yield from _bad(entry, required=True)

    def waiting_for(self, place: Place | None) -> int:
        """How many failing identities wait until a cell is right."""
        failing = {id(identity) for identity in self.identities if identity.verdict is Verdict.DIFFERS}
        return sum(1 for key, cause in self._waiting[1].items() if cause == place and key in failing)

    @cached_property
    def rated(self) -> frozenset[Place]:
        """The cells of 全年预算数 and 全年执行数 that execution scores stand on."""
        rows = [s.execution for s in (*self.scores.projects, self.scores.department) if s.execution.weight > 0]
        cells = (entry.place for row in rows for entry in (row.budget, row.executed))
        return frozenset(place for place in cells if place is not None)

    @cached_property
    def misweighted(self) -> frozenset[str]:
        """Codes whose weights do not make 100: own scores and totals cannot be judged before they do."""
        scores = (*self.scores.projects, self.scores.department) if self.runs("S101") else ()
        return frozenset(s.code for s in scores if s.indicators and s.weight != (s.whole or 100))

    def scored_row(self, row: Indicator) -> IndicatorScore | None:
        """How a row of 绩效指标 was scored, None where it belongs to nothing that is."""
        return self._scored_rows.get(id(row))

    @cached_property
    def _scored_rows(self) -> dict[int, IndicatorScore]:
        scores = (*self.scores.projects, self.scores.department)
        return {id(scored.row): scored for score in scores for scored in score.indicators}

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

    def held_by_strays(self, record: str | None = None) -> Held | None:
        """Whether what a project seems to lack may stand in rows of 绩效指标 that belong to no project."""
        blank = any(row.project.value is None for row in self.strays)
        causes = {"F501": bool(self.strays and self.shared_codes), "F301": blank, "F502": bool(self.strays)}
        return self.hold(causes, record)


def _lacking(own: Own | None, kind: str) -> str:
    if own is None:
        return f"没有提供{kind}"
    return own.why if own.unit is None else ""


def is_spent_without_budget(project: Project) -> bool:
    """Whether a project has a budget of 0 and spent money all the same."""
    return project.budget.value == 0 and (project.executed.value or 0) > 0


def _bad(entry: Entry[Decimal], *, required: bool) -> Iterator[tuple[Place, str]]:
    if entry.place is not None and entry.value is not None and entry.value < 0:
        yield entry.place, "F403"
    elif entry.place is not None and required and entry.is_blank:
        yield entry.place, "F301"


_SUMS = ("M104", "M102", "M103", "M101", "M105", "M107")
_QUESTIONING = (*_SUMS, "M106")
"""The identities that put their own total, or what was spent, in question where they fail."""
SUMMED = (*CODES, *_SUMS, "M108", "M106", "M109", "M111")
"""The identities from the bottom up: what the bureau knows, a project's funds, then the lines they add up to, then what uses the lines."""
