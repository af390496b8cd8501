"""Which record of one workbook is which of another, and where each of their cells belongs.

Records are told by what they say of themselves, never by their address: rows that were inserted, moved or sorted are
the rows they were. A first key takes rows that are equal word for word, so that of two rows of one name each finds
its own; later keys allow for a corrected name or code.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .form import Budget, BudgetLine, Department, Indicator, Problem, Project, Report, Standard, Unit
from .model import Submission
from .spec import Entry, Place, Row, columns_of, fold, lines_of

T = TypeVar("T")
R = TypeVar("R", bound=Row)
Key = Callable[[T], Hashable]
"""What a thing is told by; something empty where it cannot be told by it."""

LABELS: Mapping[type[Row], str] = {Unit: "unit", Department: "department", Report: "report"}
"""The sheets of labels, with their names in a submission."""
TABLES: Mapping[type[Row], str] = {
    Project: "projects",
    Indicator: "indicators",
    Standard: "standards",
    Problem: "problems",
}
"""The sheets that are tables, with their names in a submission."""


def match(olds: Sequence[T], news: Sequence[T], *keys: tuple[Key[T], Key[T]]) -> dict[int, int]:
    """For the place of every new thing that was there before, the place of the old one.

    The keys (of an old thing, of a new one) are tried one after the other on what is left; equals pair in their order.
    """
    found: dict[int, int] = {}
    left = list(range(len(olds)))
    for of_old, of_new in keys:
        waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for i in left:
            if key := of_old(olds[i]):
                waiting[key].append(i)
        for j, new in enumerate(news):
            if j not in found and waiting and (key := of_new(new)) and waiting.get(key):
                found[j] = waiting[key].popleft()
        taken = set(found.values())
        left = [i for i in left if i not in taken]
    return found


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[R]):
    """The rows of one table in both workbooks; ``was`` gives for the place of a new row that of its old one."""

    olds: tuple[R, ...]
    news: tuple[R, ...]
    was: Mapping[int, int]

    @property
    def both(self) -> Iterator[tuple[R, R]]:
        """Every row that is in both, as it was and as it is."""
        return ((self.olds[i], self.news[j]) for j, i in sorted(self.was.items()))

    @property
    def added(self) -> list[R]:
        """The rows that are new."""
        return [row for j, row in enumerate(self.news) if j not in self.was]

    @property
    def removed(self) -> list[R]:
        """The rows that are gone."""
        kept = set(self.was.values())
        return [row for i, row in enumerate(self.olds) if i not in kept]


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The tables of two workbooks, row by row; ``codes`` gives for the code of an old project the one it has now."""

    tables: Mapping[type[Row], Rows[Any]]
    codes: Mapping[str, str]


def match_rows(old: Submission, new: Submission) -> Matched:
    """Match the rows of all tables; those that belong to a project follow it where its code was changed."""
    projects = _rows(old.projects, new.projects, *map(_same, (_texts, *_PROJECT_KEYS)))
    codes = {code_of(row.code): f"\0{code_of(row.code)}" for row in projects.removed if row.code.text}
    codes |= {code_of(was.code): code_of(now.code) for was, now in reversed(list(projects.both))}
    tables: dict[type[Row], Rows[Any]] = {Project: projects}
    for cls, keys in ((Indicator, _INDICATOR_KEYS), (Standard, _STANDARD_KEYS)):
        pairs = [(_moved(key, codes), _moved(key, {})) for key in keys]
        tables[cls] = _rows(getattr(old, TABLES[cls]), getattr(new, TABLES[cls]), *pairs)
    tables[Problem] = _rows(old.problems, new.problems, *map(_same, (_texts, _problem, _measure)))
    return Matched(tables=tables, codes=codes)


def code_of(entry: Entry[str]) -> str:
    """A code as it is compared: as understood, or else as typed."""
    return entry.value or entry.text


def _rows(olds: tuple[R, ...], news: tuple[R, ...], *keys: tuple[Key[R], Key[R]]) -> Rows[R]:
    return Rows(olds=olds, news=news, was=match(olds, news, *keys))


def _same(key: Key[R]) -> tuple[Key[R], Key[R]]:
    return key, key


def _moved(key: Callable[[str, Any], Hashable], codes: Mapping[str, str]) -> Key[Any]:
    """A key over a project's code and a row, the code being the one the project has now."""
    return lambda row: key(codes.get(code_of(row.project), code_of(row.project)), row)


def _texts(row: Row) -> Hashable:
    """All that stands in a row."""
    return tuple(getattr(row, column.name).text for column in columns_of(type(row)))


def _told(*entries: Entry[Any]) -> Hashable:
    """The texts of cells, folded; nothing where the last one is blank."""
    folded = tuple(fold(entry.text) for entry in entries)
    return folded if folded[-1] else None


_PROJECT_KEYS: tuple[Key[Project], ...] = (
    lambda row: _told(row.code, row.name),
    lambda row: _told(row.system_code),
    lambda row: _told(row.name),
    lambda row: _told(row.code),
)


def _of_project(*names: str) -> Callable[[str, Any], Hashable]:
    """A key of a project and some cells of a row, the last of which must not be blank."""

    def key(code: str, row: Any) -> Hashable:
        told = _told(*(getattr(row, name) for name in names))
        return told and (code, told)

    return key


def _all_of_project(code: str, row: Any) -> Hashable:
    return code, tuple(getattr(row, c.name).text for c in columns_of(type(row)) if c.name != "project")


def _anywhere(*names: str) -> Callable[[str, Any], Hashable]:
    """A key of some cells, whichever project a row names: its code was corrected."""
    return lambda _, row: _told(*(getattr(row, name) for name in names))


_INDICATOR_KEYS: tuple[Callable[[str, Any], Hashable], ...] = (
    _all_of_project,
    _of_project("level1", "level2", "name"),
    _of_project("name"),
    _of_project("level1", "level2", "nature", "unit", "actual", "weight", "target"),
    _anywhere("level2", "name", "target"),
)
_STANDARD_KEYS: tuple[Callable[[str, Any], Hashable], ...] = (
    _all_of_project,
    _of_project("content"),
    _of_project("quantity", "price"),
    _anywhere("price", "content"),
)


def _problem(row: Problem) -> Hashable:
    return _told(row.problem)


def _measure(row: Problem) -> Hashable:
    return _told(row.projects, row.measure)


# --- where cells belong -------------------------------------------------------------------------------------------

Spot = tuple[Hashable, ...]
"""What a cell is: its sheet, its record and its field, alike in both workbooks."""


def spots(submission: Submission, matched: Matched, *, old: bool) -> dict[Place, Spot]:
    """What every cell of a submission is; a row that is in both workbooks goes by its place in the newer one."""
    found: dict[Place, Spot] = {}
    for cls, row, record in _records(submission, matched, old):
        for column in columns_of(cls):
            entry = getattr(row, column.name)
            if entry.place is not None:
                found.setdefault(entry.place, (cls.__name__, record, column.name))
    for cls, places in submission.headings.items():
        for name, place in places.items():
            found.setdefault(place, (cls.__name__, "heading", name))
    return found


def _records(submission: Submission, matched: Matched, old: bool) -> Iterator[tuple[type[Row], Row, Hashable]]:
    for cls, name in LABELS.items():
        yield cls, getattr(submission, name), ""
    yield Budget, submission.budget, ""
    for line in lines_of(Budget):
        yield BudgetLine, getattr(submission.budget, line.name), line.name
    for cls, rows in matched.tables.items():
        now = {i: j for j, i in rows.was.items()}
        for i, row in enumerate(rows.olds if old else rows.news):
            yield cls, row, now.get(i, ("gone", i)) if old else i
