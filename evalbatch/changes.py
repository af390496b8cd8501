"""Which cells hold something else than before, which rows came and went, and what each alone makes of the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .comparison import Change, Turn, project_words
from .effects import Effect, Scorer, Variant
from .form import (
    BUDGET_LINES,
    DEPARTMENT,
    Budget,
    BudgetLine,
    Department,
    Indicator,
    Problem,
    Project,
    Report,
    Standard,
    Unit,
)
from .matching import LABELS, TABLES, Matched, Rows, code_of
from .model import Submission
from .policy import Policy
from .spec import Entry, Kind, Line, Row, columns_of, heading, sheet_of

MAX_EFFECTS = 200
"""How many changes of one workbook are scored by themselves; a form filled anew has no use for more."""
_SUMMED: Mapping[type[Row], tuple[str, ...]] = {
    Project: ("budget", "executed", "claimed"),
    Indicator: ("target", "actual", "weight", "claimed"),
    Standard: ("price", "quantity", "periods"),
    Problem: ("measure", "due"),
}
"""What is said of a row that came or went."""
_SCORED: tuple[type[Row], ...] = (Project, Indicator)
_UNSCORED: tuple[type[Row], ...] = (Standard, Problem)
_NUMBERS = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.COUNT, Kind.PERCENT)
_UNITS = {Kind.YUAN: "元", Kind.PERCENT: "%"}


def changes(old: Submission, new: Submission, matched: Matched, policy: Policy) -> tuple[Change, ...]:
    """Every change from one submission to another, sheet by sheet in the order of the form."""
    return tuple(_Changes(old, new, matched, policy).all())


class _Changes:
    """The changes from one submission to another."""

    def __init__(self, old: Submission, new: Submission, matched: Matched, policy: Policy) -> None:
        self.old, self.new, self.matched = old, new, matched
        self.scorer = Scorer(new, policy)
        self.scored = 0

    def all(self) -> Iterator[Change]:
        """Every change, sheet by sheet in the order of the form."""
        yield from self.labels(Unit, None)
        yield from self.budget()
        for table in _SCORED:
            yield from self.table(table)
        yield from self.labels(Department, frozenset({DEPARTMENT}))
        for table in _UNSCORED:
            yield from self.table(table)
        yield from self.labels(Report, frozenset())

    def labels(self, cls: type[Row], touched: frozenset[str] | None) -> Iterator[Change]:
        name = LABELS[cls]

        def back(field: str, entry: Entry[Any]) -> Variant:
            return lambda new: _with(new, name, replace(getattr(new, name), **{field: entry}))

        yield from self.cells(cls, getattr(self.old, name), getattr(self.new, name), "", touched, back)

    def budget(self) -> Iterator[Change]:
        touched = frozenset({DEPARTMENT})

        def whole(field: str, entry: Any) -> Variant:
            return lambda new: replace(new, budget=replace(new.budget, **{field: entry}))

        def of(line: Line) -> Callable[[str, Entry[Any]], Variant]:
            return lambda field, entry: (
                lambda new: whole(line.name, replace(getattr(new.budget, line.name), **{field: entry}))(new)
            )

        for line in BUDGET_LINES:
            was, now = getattr(self.old.budget, line.name), getattr(self.new.budget, line.name)
            yield from self.cells(BudgetLine, was, now, line.label, touched, of(line))
        yield from self.cells(Budget, self.old.budget, self.new.budget, "", touched, whole)

    def table(self, cls: type[Row]) -> Iterator[Change]:
        """The changes of a table, a row that is in both at its place, then what came, then what went."""
        rows: Rows[Any] = self.matched.tables[cls]
        for was, now in rows.both:
            touched = frozenset(map(_code, (was, now))) if cls not in _UNSCORED else frozenset[str]()
            yield from self.cells(cls, was, now, self.record(now), touched, self.back(cls, now))
        left = self.with_projects(rows.added, cls, self.matched.tables[Project].added)
        for row in left:
            yield self.row(cls, row, Turn.ADDED)
        for row in self.with_projects(rows.removed, cls, self.matched.tables[Project].removed):
            yield self.row(cls, row, Turn.REMOVED)

    def back(self, cls: type[Row], now: Row) -> Callable[[str, Entry[Any]], Variant]:
        """The table with one cell of a row as it was."""
        name = TABLES[cls]

        def vary(field: str, entry: Entry[Any]) -> Variant:
            changed = replace(now, **{field: entry})  # type: ignore[type-var]
            return lambda new: _with(new, name, tuple(changed if row is now else row for row in getattr(new, name)))

        return vary

    @staticmethod
    def with_projects(rows: Sequence[Any], cls: type[Row], projects: Sequence[Any]) -> list[Any]:
        """The rows that did not come or go together with their project."""
        codes = {code_of(project.code) for project in projects} if cls in (Indicator, Standard) else set()
        return [row for row in rows if cls not in (Indicator, Standard) or code_of(row.project) not in codes]

    # --- one change -------------------------------------------------------------------------------------------

    def cells(
        self,
        cls: type[Row],
        was: Row,
        now: Row,
        record: str,
        touched: frozenset[str] | None,
        back: Callable[[str, Entry[Any]], Variant],
    ) -> Iterator[Change]:
        """The changed cells of one record."""
        for column in columns_of(cls):
            old, new = getattr(was, column.name), getattr(now, column.name)
            if _is_same(old, new, column.kind):
                continue
            unit, scale = self.unit(column.kind)
            yield Change(
                turn=Turn.CHANGED,
                sheet=sheet_of(cls).title,
                record=record,
                field=column.heading,
                place=new.place,
                old_place=old.place,
                old=_value(old, column.kind),
                new=_value(new, column.kind),
                unit=unit,
                scale=scale,
                is_amount=column.kind is Kind.AMOUNT,
                effects=self.effects(back(column.name, old), touched),
            )

    def row(self, cls: type[Row], row: Any, turn: Turn) -> Change:
        """A row that came or went, with what it says."""
        added = turn is Turn.ADDED
        place = next((entry.place for c in columns_of(cls) if (entry := getattr(row, c.name)).place), None)
        said = self.summary(cls, row, added)
        return Change(
            turn=turn,
            sheet=sheet_of(cls).title,
            record=self.record(row),
            field="",
            place=place if added else None,
            old_place=None if added else place,
            old=None if added else said,
            new=said if added else None,
            effects=self.effects(self.without(row, turn), frozenset({_code(row)})) if cls is Indicator else (),
        )

    def without(self, row: Any, turn: Turn) -> Variant:
        """The indicators as they were before a row came or went."""
        if turn is Turn.ADDED:
            return lambda new: replace(new, indicators=tuple(one for one in new.indicators if one is not row))
        code = self.matched.codes.get(code_of(row.project), code_of(row.project))
        moved = replace(row, project=replace(row.project, value=code))
        return lambda new: replace(new, indicators=(*new.indicators, moved))

    def effects(self, vary: Variant, touched: frozenset[str] | None) -> tuple[Effect, ...] | None:
        """What a change alone makes of the scores, None where too many were computed already."""
        if touched is not None and not touched:
            return ()
        self.scored += 1
        return None if self.scored > MAX_EFFECTS else self.scorer.effects(vary, touched)

    def unit(self, kind: Kind) -> tuple[str, Decimal]:
        """The unit a number is shown in, and how much one of it is."""
        if kind is Kind.AMOUNT:
            return self.new.money_unit, self.new.scale
        return _UNITS.get(kind, ""), Decimal("0.01") if kind is Kind.PERCENT else Decimal(1)

    @staticmethod
    def record(row: Any) -> str:
        """A row as people know it; of one that belongs to a project, the project's code and its own name."""
        if isinstance(row, Project):
            return project_words(code_of(row.code), {code_of(row.code): row.name.text})
        if isinstance(row, Problem):
            return row.problem.text
        name = row.name.text if isinstance(row, Indicator) else row.content.text
        return " · ".join(filter(None, (code_of(row.project), name)))

    def summary(self, cls: type[Row], row: Any, added: bool) -> str:
        """The main cells of a row, and of a project how many indicators come or go with it."""
        said = [f"{heading(cls, name)} {getattr(row, name).text}" for name in _SUMMED[cls] if getattr(row, name).text]
        if cls is Project:
            own = (self.new if added else self.old).indicators_of(code_of(row.code))
            said += [f"连同指标 {len(own)} 个"] if own else []
        return "，".join(said)


def _with(submission: Submission, name: str, value: Any) -> Submission:
    changed: dict[str, Any] = {name: value}
    return replace(submission, **changed)


def _code(row: Any) -> str:
    return code_of(row.code if isinstance(row, Project) else row.project)


def _is_same(old: Entry[Any], new: Entry[Any], kind: Kind) -> bool:
    """Whether a cell holds what it held: a number of the same value, a text of the same characters."""
    if kind in _NUMBERS and old.value is not None and new.value is not None:
        return bool(old.value == new.value)
    return _typed(old) == _typed(new) and old.trouble == new.trouble


def _typed(entry: Entry[Any]) -> str:
    """The text of a cell; a mark that stands for nothing is as good as nothing."""
    return "" if entry.is_blank else entry.text.replace("\r\n", "\n")


def _value(entry: Entry[Any], kind: Kind) -> Decimal | str | None:
    if entry.is_blank:
        return None
    return entry.value if kind in _NUMBERS and isinstance(entry.value, Decimal) else entry.text
