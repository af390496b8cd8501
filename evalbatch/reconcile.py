"""Reconciliation: every printed total or claim of a submission held against what its parts give.

The identities are those of budget accounting (支出合计 = 基本支出 + 项目支出 + …). A difference within
τ(n) = 0.005 × (n + 1) of the shown unit, n being the number of filled addends, is a rounding difference (尾差). Figures
written with different numbers of decimals are equal where the finer one rounds to the coarser: 246.870319 is 246.87.
Codes are those of the rules that report them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache

from .execution import earned
from .form import (
    AMOUNT_COLUMNS,
    BUDGET_LINES,
    DEPARTMENT,
    FUNDS,
    PROJECT_SPENDING,
    Budget,
    BudgetLine,
    Department,
    Indicator,
    Project,
)
from .formula import (
    Expr,
    Lookup,
    Scalar,
    absolute,
    both,
    cells,
    count,
    count_filled,
    is_number,
    num,
    quantize,
    ref,
    rounded,
    total,
    when,
)
from .model import Identity, Part, Submission, Sums, Verdict
from .policy import Policy
from .spec import Entry, columns_of, heading

TITLES = {column.name: column.heading for column in columns_of(BudgetLine)}
LABELS = {line.name: line.label for line in BUDGET_LINES}
PROJECT_TITLES = {column.name: column.heading for column in columns_of(Project)}

LEFT, RIGHT, DIFFERENCE, TOLERANCE = ref("left"), ref("right"), ref("difference"), ref("tolerance")
PARTS = cells("parts")
CENT = Decimal("0.005")
FEWEST, MOST = 2, 6
"""How many decimals an amount counts as having, at least and at most."""
NO_CELL = "栏目缺失"
"""What stands for a cell the workbook does not have: a sum over it cannot be checked."""

_V = {verdict.name: verdict.value for verdict in Verdict}


_NO_PARTS = count(PARTS).equals(0)
_COMPARABLE = both(is_number(LEFT), count(PARTS) > 0, count(PARTS).equals(count_filled(PARTS)))
"""A total can be held against its parts when it is there, some part is, and no part holds something unreadable."""

_DIFF = when(_COMPARABLE, rounded(LEFT - RIGHT, 6), "")
_NEAR = rounded(absolute(DIFFERENCE), 6) <= TOLERANCE


def _verdict(equal: Expr) -> Expr:
    differs = when(_NEAR, _V["ROUNDING"], _V["DIFFERS"])
    return when(_COMPARABLE, when(equal, _V["EQUAL"], differs), _V["MISSING"])


SUM = Sums(
    right=when(_NO_PARTS, "", rounded(total(PARTS), 6)),
    difference=_DIFF,
    tolerance=rounded((count(PARTS) + 1) * CENT, 6),
    verdict=_verdict(rounded(LEFT, ref("shared")).equals(rounded(RIGHT, ref("shared")))),
)
"""A total against the sum of its parts."""

LIMIT = Sums(
    right=SUM.right,
    difference=SUM.difference,
    tolerance=SUM.tolerance,
    verdict=_verdict(rounded(LEFT, ref("own")) <= rounded(RIGHT, ref("own"))),
)
"""An amount that may not be above another, rounded to its own decimals: equal when it is not above it."""


def decimals(left: Part, parts: Sequence[Part]) -> Mapping[str, Decimal]:
    """How many decimals to compare at: the left side's ``own``, or ``shared``, those of the side that has fewer."""
    own, others = _finest((left,)), _finest(parts)
    return {"own": Decimal(own), "shared": Decimal(min(own, others))}


def _finest(parts: Sequence[Part]) -> int:
    """The decimals of the number that has the most."""
    return max((_decimals(part.value) for part in parts if part.value is not None), default=FEWEST)


def _decimals(number: Decimal) -> int:
    return next((places for places in range(FEWEST, MOST) if quantize(number, places) == number), MOST)


def _near(difference: Expr) -> Expr:
    return when(difference.equals(0), _V["EQUAL"], _V["ROUNDING"])


@cache
def ratio(places: int) -> Sums:
    """A printed rate against numerator and denominator, at the decimals it is printed with (of the fraction)."""
    defined = both(is_number(ref("p1")), is_number(ref("p2")), ref("p2").differs(0))
    exact = ref("p1") / ref("p2")
    printed = rounded(LEFT - rounded(exact, places), 8)
    usable = both(is_number(LEFT), is_number(RIGHT))
    return Sums(
        right=when(defined, rounded(exact, max(4, places)), ""),
        difference=when(usable, rounded(LEFT - RIGHT, 8), ""),
        tolerance=num(str(Decimal(5).scaleb(-places - 1))),
        verdict=when(usable, when(printed.equals(0), _near(DIFFERENCE), _V["DIFFERS"]), _V["MISSING"]),
    )


@cache
def execution_points(places: int) -> Sums:
    """A printed execution score against weight × executed ÷ budget, rounded as the policy says."""
    return Sums(
        right=when(
            both(count(PARTS).equals(3), ref("p3") > 0),
            earned(ref("p1"), ref("p2"), ref("p3"), places),
            "",
        ),
        difference=when(both(is_number(LEFT), is_number(RIGHT)), rounded(LEFT - RIGHT, 6), ""),
        tolerance=num(str(CENT)),
        verdict=when(
            both(is_number(LEFT), is_number(RIGHT)),
            when(rounded(absolute(LEFT - RIGHT), 6) <= CENT, _near(DIFFERENCE), _V["DIFFERS"]),
            _V["MISSING"],
        ),
    )


def reconcile(submission: Submission, policy: Policy) -> tuple[Identity, ...]:
    """Every identity of a submission, in the order the catalogue lists them."""
    return tuple(_Reconciler(submission, policy).all())


class _Reconciler:
    """Builds the identities of one submission."""

    def __init__(self, submission: Submission, policy: Policy) -> None:
        self.submission = submission
        self.policy = policy
        self.budget = submission.budget

    def all(self) -> Iterator[Identity]:
        yield from self.lines("M101", "spending")
        yield from self.lines("M102", "basic")
        yield from self.project_total()
        for project in self.submission.projects:
            yield from self.funds(project)
        yield from self.lines("M105", "income")
        yield from self.limits()
        yield from self.balance()
        for project in self.submission.projects:
            yield from self.standards(project)
        yield from self.claims()

    def part(self, label: str, entry: Entry[Decimal], *, money: bool = True) -> Part:
        value = entry.value
        shown = value / self.submission.scale if money and value is not None else value
        unread = entry.text if entry.trouble else "" if entry.place else NO_CELL
        return Part(label=label, value=shown, place=entry.place, unread=unread)

    def line(self, name: str, amount: str) -> Part:
        return self.part(LABELS[name], amount_of(self.budget, name, amount))

    def identity(
        self,
        code: str,
        name: str,
        scope: str,
        left: Part,
        parts: list[Part],
        sums: Sums = SUM,
        *,
        unit: str = "",
        record: str | None = None,
    ) -> Identity:
        return identity_of(
            code=code,
            name=name,
            scope=scope,
            unit=unit or self.submission.money_unit,
            record=record,
            left=left,
            parts=parts,
            sums=sums,
        )

    def lines(self, code: str, name: str) -> Iterator[Identity]:
        addends = next(line.parts for line in BUDGET_LINES if line.name == name)
        words = f"{LABELS[name]} = {' + '.join(LABELS[part] for part in addends)}"
        for amount in AMOUNT_COLUMNS:
            parts = [self.line(part, amount) for part in addends]
            yield self.identity(code, words, TITLES[amount], self.line(name, amount), parts)

    def project_total(self) -> Iterator[Identity]:
        counted = [p for p in self.submission.projects if p.category.value in (*PROJECT_SPENDING, None)]
        words = f"{LABELS['project']} = 各项目合计（{'、'.join(PROJECT_SPENDING)}）"
        for amount in AMOUNT_COLUMNS:
            parts = [self.addend(project, amount) for project in counted]
            yield self.identity("M103", words, TITLES[amount], self.line("project", amount), parts)

    def addend(self, project: Project, amount: str) -> Part:
        """A project's share in 项目支出; while its class is not known, neither is the sum."""
        part = self.part(project.name.value or project.code.text, getattr(project, amount))
        known = project.category.value is not None
        return part if known else Part(label=part.label, value=None, place=part.place, unread="类别未定")

    def funds(self, project: Project) -> Iterator[Identity]:
        for amount in AMOUNT_COLUMNS:
            names = [f"{fund}_{amount}" for fund in FUNDS]
            parts = [self.part(_source(name), getattr(project, name)) for name in names]
            words = f"项目 {_label(project)}：项目资金 = {' + '.join(part.label for part in parts)}"
            left = self.part(PROJECT_TITLES[amount], getattr(project, amount))
            yield self.identity("M104", words, TITLES[amount], left, parts, record=project.code.value)

    def limits(self) -> Iterator[Identity]:
        words = f"{TITLES['executed']} ≤ {TITLES['budget']}"
        for line in BUDGET_LINES:
            if line.name in SPENDING_LINES:
                left, right = self.line(line.name, "executed"), self.line(line.name, "budget")
                yield self.identity("M106", f"{line.label}：{words}", TITLES["executed"], left, [right], LIMIT)
        for project in self.submission.projects:
            left = self.part(TITLES["executed"], project.executed)
            right = self.part(TITLES["budget"], project.budget)
            yield self.identity(
                "M106",
                f"项目 {_label(project)}：{words}",
                TITLES["executed"],
                left,
                [right],
                LIMIT,
                record=project.code.value,
            )

    def balance(self) -> Iterator[Identity]:
        for amount in AMOUNT_COLUMNS:
            names = ["spending", "left_over"] if amount == "executed" else ["spending"]
            words = f"{LABELS['income']} = {' + '.join(LABELS[name] for name in names)}"
            parts = [self.line(name, amount) for name in names]
            yield self.identity("M107", words, TITLES[amount], self.line("income", amount), parts)

    def standards(self, project: Project) -> Iterator[Identity]:
        rows = [row for row in self.submission.standards if row.project.value == project.code.value]
        if not rows:
            return
        parts = [
            Part(
                label=row.content.value or "", value=quantize(amount / self.submission.scale, 6), place=row.price.place
            )
            for row in rows
            if (amount := standard_amount(row.price.value, row.quantity.value, row.periods.value)) is not None
        ]
        left = self.part(TITLES["budget"], project.budget)
        words = f"项目 {_label(project)}：全年预算数 = Σ 标准 × 数量 × 期数"
        yield self.identity("M108", words, TITLES["budget"], left, parts, record=project.code.value)

    def claims(self) -> Iterator[Identity]:
        share = self.budget.project_share
        if not share.is_blank:
            parts = [self.line("project", "budget"), self.line("spending", "budget")]
            words = f"项目支出占比 = {LABELS['project']} ÷ {LABELS['spending']}"
            yield self.rate("M109", words, share, parts, None)
        for project in self.submission.projects:
            yield from self.project_claims(project)
        department, spending = self.submission.department, self.budget.spending
        yield from self.points(DEPARTMENT, None, department, spending)

    def rate(self, code: str, words: str, claim: Entry[Decimal], parts: list[Part], record: str | None) -> Identity:
        left = self.part("填报值", claim, money=False)
        places = 2 + (claim.decimals if claim.decimals is not None else 2)
        return self.identity(code, words, TITLES["budget"], left, parts, ratio(places), unit="%", record=record)

    def project_claims(self, project: Project) -> Iterator[Identity]:
        if not project.claimed_rate.is_blank:
            parts = [self.part(TITLES[a], getattr(project, a)) for a in ("executed", "budget")]
            words = f"项目 {_label(project)}：执行率 = {TITLES['executed']} ÷ {TITLES['budget']}"
            yield self.rate("M109", words, project.claimed_rate, parts, project.code.value)
        yield from self.points(f"项目 {_label(project)}", project.code.value, project, project)

    def points(
        self, whose: str, record: str | None, source: Project | Department, money: Project | BudgetLine
    ) -> Iterator[Identity]:
        if source.claimed_execution.is_blank:
            return
        weight = source.execution_weight
        points = self.policy.execution_points(weight.value)
        parts = [
            Part(label=heading(Indicator, "weight"), value=points, place=weight.place),
            self.part(TITLES["executed"], money.executed),
            self.part(TITLES["budget"], money.budget),
        ]
        left = self.part("填报值", source.claimed_execution, money=False)
        sums = execution_points(self.policy.decimals)
        words = f"{whose}：执行率得分 = 分值 × {TITLES['executed']} ÷ {TITLES['budget']}"
        yield self.identity("M111", words, TITLES["executed"], left, parts, sums, unit="分", record=record)


def identity_of(
    *, code: str, name: str, scope: str, unit: str, record: str | None, left: Part, parts: list[Part], sums: Sums
) -> Identity:
    """An identity with what its arithmetic gives."""
    held = _Held(left, parts)
    right = held.number("right", sums.right)
    difference = held.number("difference", sums.difference)
    tolerance = held.number("tolerance", sums.tolerance)
    return Identity(
        code=code,
        name=name,
        scope=scope,
        unit=unit,
        record=record,
        left=left,
        parts=tuple(parts),
        sums=sums,
        right=right,
        difference=difference,
        tolerance=tolerance or Decimal(0),
        verdict=Verdict(sums.verdict.value(held)),
    )


SPENDING_LINES = (
    "spending",
    "basic",
    "staff_cost",
    "office_cost",
    "project",
    "other_spending",
    "three_public",
    "procurement",
)
"""Lines of 收支预决算 whose execution may not exceed the budget."""


class _Held:
    """What the arithmetic of an identity refers to, its own results included."""

    def __init__(self, left: Part, parts: list[Part]) -> None:
        self._values: dict[str, Scalar] = {"left": _shown(left), **decimals(left, parts)}
        self._values.update({f"p{i}": _shown(part) for i, part in enumerate(parts, 1)})
        self._parts = tuple(_shown(part) for part in parts)

    def __call__(self, name: str) -> Scalar | tuple[Scalar, ...]:
        return self._parts if name == "parts" else self._values[name]

    def number(self, name: str, expr: Expr) -> Decimal | None:
        lookup: Lookup = self
        value = expr.value(lookup)
        self._values[name] = value
        return value if isinstance(value, Decimal) else None


def _shown(part: Part) -> Scalar:
    return part.unread or None if part.value is None else part.value


def amount_of(budget: Budget, line: str, amount: str) -> Entry[Decimal]:
    """One amount of 收支预决算, in 元."""
    entry: Entry[Decimal] = getattr(getattr(budget, line), amount)
    return entry


def standard_amount(price: Decimal | None, quantity: Decimal | None, periods: Decimal | None) -> Decimal | None:
    """标准 × 数量 × 期数 in 元, rounded to 分; blank periods count as 1; None where price or quantity is blank."""
    if price is None or quantity is None:
        return None
    return quantize(price * quantity * (Decimal(1) if periods is None else periods), 2)


def _source(name: str) -> str:
    return PROJECT_TITLES[name].split("·")[0]


def _label(project: Project) -> str:
    return project.code.text or project.name.text
