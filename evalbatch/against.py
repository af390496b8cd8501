"""A submission held against the bureau's own figures, project by project: 批复数 and 系统执行数 beside 填报数.

A figure the unit fills in 万元 may be off by 50 元 (half of the last decimal), one filled in 元 by half a 元; that is 尾差.
Codes are those of the rules that report the identities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .approved import APPROVED, BUDGETS, PAID, UNSTATED, Approved, Books, Matched, Own, OwnBooks, Pair, match
from .form import CATEGORIES, PROJECT_SPENDING, WAN, Project
from .formula import Expr, absolute, both, is_number, num, ref, rounded, when
from .model import Identity, Part, Submission, Sums, Verdict
from .reconcile import DIFFERENCE, LABELS, LEFT, TOLERANCE, identity_of
from .spec import Entry, heading

BUDGET_CODE, PAID_CODE = "M401", "M405"
CODES = (BUDGET_CODE, PAID_CODE)
NAMES = {BUDGET_CODE: "批复数", PAID_CODE: "系统执行数"}
"""What the bureau's figure is called, by the code of the rule."""
NOT_FILLED, NOT_LISTED = "没有填报", "没有列入"
"""What stands for a figure that only the other side has."""
_COLUMNS = {
    "budget": ("budget", "fiscal_budget"),
    "initial": ("initial", "fiscal_initial"),
    "either": ("budget", "initial", "fiscal_budget", "fiscal_initial"),
    "executed": ("executed", "fiscal_executed"),
}
"""The columns of 项目资金 that may show an amount of a file, the first of them unless another does to the 元.

A file may have this year's 财政拨款 alone, and of an amount that does not say whether it is of before or after the
adjustments the form's own two columns tell.
"""
_STAFF = (*CATEGORIES[:2], LABELS["staff_cost"], LABELS["basic"], "人员支出", "运转类公用")
"""What a file calls the projects that 项目资金 need not list."""

_RIGHT = ref("p1")
_GIVEN = both(is_number(LEFT), is_number(_RIGHT))
_V = {verdict.name: verdict.value for verdict in Verdict}


def _sums(tolerance: str) -> Sums:
    near: Expr = rounded(absolute(DIFFERENCE), 6) <= TOLERANCE
    verdict = when(DIFFERENCE.equals(0), _V["EQUAL"], when(near, _V["ROUNDING"], _V["DIFFERS"]))
    return Sums(
        right=when(is_number(_RIGHT), rounded(_RIGHT, 6), ""),
        difference=when(_GIVEN, rounded(LEFT - _RIGHT, 6), ""),
        tolerance=num(tolerance),
        verdict=when(_GIVEN, verdict, _V["MISSING"]),
    )


_IN_WAN, _IN_YUAN = _sums("0.005"), _sums("0.5")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the bureau's files have on a submission's unit, and which of their projects are which of its rows."""

    own: OwnBooks = field(default_factory=OwnBooks)
    approved: Matched | None = None
    paid: Matched | None = None


def standing(submission: Submission, books: Books) -> Standing:
    """Where a submission stands beside the bureau's files."""
    own = books.own(submission.unit.name.value, submission.unit.code.value, submission.year)
    return Standing(
        own=own, approved=_matched(own.control, submission.projects), paid=_matched(own.executed, submission.projects)
    )


def _matched(own: Own | None, projects: Sequence[Project]) -> Matched | None:
    return None if own is None or own.unit is None else match(own.unit.projects, projects)


def compared(submission: Submission, stands: Standing) -> tuple[Identity, ...]:
    """Every figure of the bureau's files beside the form's own."""
    return tuple(_Comparer(submission).all(stands))


def is_wanted(project: Approved) -> bool:
    """Whether 项目资金 must list a project of a file: it has money, and is no 人员类 or 公用经费."""
    said = (project.category, project.name)
    return project.amount != 0 and not project.doubt and not any(text.startswith(_STAFF) for text in said)


def may_be_unlisted(project: Project, own: Own) -> bool:
    """Whether a file need not have a row of 项目资金: a project without money, of 人员类 or 公用经费, or begun during the year."""
    if own.kind == PAID:
        others = any((getattr(project, f"{fund}_executed").value or 0) > 0 for fund in ("carried", "other"))
        return not project.executed.value or (others and not project.fiscal_executed.value)
    idle = not project.budget.value and not project.initial.value
    aside = project.category.value not in (*PROJECT_SPENDING, None)
    listed = own.unit.projects if own.unit else ()
    begun = project.initial.value == 0 and all(one.budget is None for one in listed)
    return idle or aside or begun


def uncompared(matched: Matched) -> Iterator[tuple[str, str | None]]:
    """Why a figure of the form has nothing beside it, and of which project it is: what the approved budget does not tell."""
    for pair in matched.pairs:
        if any(one.doubt for one in pair.approved):
            continue
        own, record = {name: _total(pair.projects, name) for name in BUDGETS}, pair.projects[0].code.value
        if all(one.either is None for one in pair.approved):
            lacking = [name for name in BUDGETS if all(getattr(one, name) is None for one in pair.approved)]
            yield from ((f"{APPROVED}里没有{heading(Project, name)}", record) for name in lacking if own[name])
        elif len(set(own.values())) > 1:
            yield UNSTATED, record


class _Comparer:
    """Makes the identities of one submission."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.sums = _IN_WAN if submission.money_unit == WAN else _IN_YUAN
        self.near = Decimal(50) if submission.money_unit == WAN else Decimal("0.5")

    def all(self, stands: Standing) -> Iterator[Identity]:
        both_books = ((BUDGET_CODE, stands.approved, stands.own.control), (PAID_CODE, stands.paid, stands.own.executed))
        for code, matched, own in both_books:
            if matched is None or own is None:
                continue
            for pair in matched.pairs:
                yield from self.pair(code, pair)
            for project in matched.missing:
                if is_wanted(project):
                    yield self.missing(code, project)
            for row in matched.surplus:
                if not may_be_unlisted(row, own):
                    yield self.surplus(code, row)

    def pair(self, code: str, pair: Pair) -> Iterator[Identity]:
        doubt = next((one.doubt for one in pair.approved if one.doubt), "")
        usual = "executed" if code == PAID_CODE else "budget"
        none = all(getattr(one, field_) is None for one in pair.approved for field_ in _COLUMNS)
        for field_, columns in _COLUMNS.items():
            amounts = [amount for one in pair.approved if (amount := getattr(one, field_)) is not None]
            if amounts or (none and doubt and field_ == usual):
                amount = sum(amounts, Decimal(0))
                right = self.right(code, None if doubt else amount, doubt)
                column = self.column(pair.projects, columns, amount)
                yield self.identity(code, _label(pair.projects), self.left(pair.projects, column), right, pair.projects)

    def column(self, projects: Sequence[Project], columns: Sequence[str], amount: Decimal) -> str:
        """The column that shows an amount, the first where none does."""
        for column in columns:
            total = _total(projects, column)
            if total is None or abs(total - amount) > self.near:
                continue
            if not column.startswith("fiscal_") or (
                total and _has_other_funds(projects, column.removeprefix("fiscal_"))
            ):
                return column
        return columns[0]

    def left(self, projects: Sequence[Project], column: str) -> Part:
        entries: list[Entry[Decimal]] = [getattr(project, column) for project in projects]
        total = _total(projects, column)
        unread = "" if total is not None else next((entry.text for entry in entries if entry.trouble), "")
        value = None if total is None else total / self.submission.scale
        return Part(label=heading(Project, column), value=value, place=entries[0].place, unread=unread)

    def right(self, code: str, amount: Decimal | None, unread: str = "") -> Part:
        value = None if amount is None else amount / self.submission.scale
        return Part(label=NAMES[code], value=value, place=None, unread=unread)

    def missing(self, code: str, project: Approved) -> Identity:
        column = "executed" if code == PAID_CODE else "budget"
        left = Part(label=heading(Project, column), value=None, place=None, unread=NOT_FILLED)
        return self.identity(code, called(project), left, self.right(code, project.amount), ())

    def surplus(self, code: str, project: Project) -> Identity:
        left = self.left([project], "executed" if code == PAID_CODE else "budget")
        return self.identity(code, _label([project]), left, self.right(code, None, NOT_LISTED), [project])

    def identity(self, code: str, label: str, left: Part, right: Part, projects: Sequence[Project]) -> Identity:
        return identity_of(
            code=code,
            name=f"项目 {label}：{left.label} = {right.label}",
            scope=left.label,
            unit=self.submission.money_unit,
            record=projects[0].code.value if projects else None,
            left=left,
            parts=[right],
            sums=self.sums,
        )


def called(project: Approved) -> str:
    """A project of a file by code and name."""
    return " ".join(filter(None, (project.code, project.name)))


def _label(projects: Sequence[Project]) -> str:
    names = "、".join(f"{project.code.text} {project.name.text}".strip() for project in projects)
    return f"{names}（{len(projects)} 行）" if len(projects) > 1 else names


def _total(projects: Sequence[Project], column: str) -> Decimal | None:
    """The sum of a column over some rows in 元, None where one of them has no number."""
    values = [getattr(project, column).value for project in projects]
    return None if None in values else sum(values, Decimal(0))


def _has_other_funds(projects: Sequence[Project], amount: str) -> bool:
    names = [f"{fund}_{amount}" for fund in ("carried", "other")]
    return any(getattr(project, name).value for project in projects for name in names)
