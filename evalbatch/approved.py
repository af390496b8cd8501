"""What the bureau's systems have on record of every unit: its approved projects, and what was paid for them.

The records that ``control`` makes of the bureau's files, amounts in 元, and which unit and which project of a file is
which of a form's: the code decides, then the name. Names that are only near are never taken for each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from .form import Project
from .spec import fold, heading
from .values import fold_name, is_within, letters, likeness

APPROVED, PAID = "批复数据", "执行数据"
"""What the bureau's two files are called: the approved budget, the payments."""
BUDGETS = ("initial", "budget")
"""The two amounts of an approved budget."""
UNSTATED = f"{APPROVED}没有写明是{heading(Project, 'initial')}还是{heading(Project, 'budget')}，与其中一栏相符即可"
NEAR = 0.8
"""From which likeness on two names are near."""
T = TypeVar("T")
_LOST = re.compile(r"\d(?:\.\d+)?E\+?\d+|\d{15}0+", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """One project of a unit in a file of the bureau, its rows added up. Amounts in 元, None where the file has none.

    ``initial`` is the 年初预算数, ``budget`` the adjusted one of the whole year, ``either`` an amount whose heading does
    not tell which of the two it is, ``executed`` what was paid. ``doubt`` says why the file's rows cannot be relied on;
    ``where`` names them.
    """

    code: str | None
    name: str
    category: str = ""
    initial: Decimal | None = None
    budget: Decimal | None = None
    either: Decimal | None = None
    executed: Decimal | None = None
    doubt: str = ""
    where: str = field(default="", repr=False, compare=False)

    @property
    def amount(self) -> Decimal:
        """The amount that stands for the project: its budget of the whole year, else what the file has."""
        amounts = (self.budget, self.either, self.initial, self.executed)
        return next((amount for amount in amounts if amount is not None), Decimal(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitBudget:
    """A unit and its projects of one year in a file of the bureau, in the file's order; the year where the file tells it."""

    code: str | None
    name: str
    department: str | None
    projects: tuple[Approved, ...]
    year: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a file of the bureau itself, and what to do."""

    message: str
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """What a file, called ``kind``, has on one unit; where that is nothing ``why`` says so, ``near`` a name like it.

    ``other_code`` and ``other_name`` are the unit's there where they are not those it was asked for by. ``other_year``
    where the file has nothing of the year it was asked for, on whatever unit.
    """

    kind: str
    unit: UnitBudget | None
    why: str = ""
    near: str = ""
    other_code: str = ""
    other_name: str = ""
    other_year: bool = False


@dataclass(frozen=True, kw_only=True)
class Control:
    """A file of the bureau: what it is called, its units in the file's order, and what is wrong with it.

    ``years`` are those that its rows tell, from the first to the last; a unit is there once a year.
    """

    kind: str = APPROVED
    file: str
    units: tuple[UnitBudget, ...]
    faults: tuple[Fault, ...] = ()
    years: tuple[str, ...] = ()

    @property
    def said_years(self) -> str:
        """The years in words: ``2024、2025 年``."""
        return f"{'、'.join(self.years)} 年"

    def has(self, year: str) -> bool:
        """Whether a form of a year can be held against the file: it is of that year, or one of the two tells none."""
        return not self.years or year in self.years or (len(self.years) == 1 and not year.isdecimal())

    def in_year(self, year: str) -> Control:
        """What the file has of a year; all of it where that is of one year at most."""
        return self._by_year.get(year, self) if len(self.years) > 1 else self

    def of_unit(self, name: str | None, code: str | None) -> UnitBudget | None:
        """The unit of this code, else of this name; None where there is none, or where the two are different units."""
        return self.own(name, code).unit

    def own(self, name: str | None, code: str | None, year: str = "") -> Own:
        """What the file has on the unit of this code and name, of a year."""
        if self.has(year):
            return self.in_year(year)._own(name, code)
        asked = f"没有 {year} 年的数据" if year.isdecimal() else "有几个年度的数据，表上没有评价年度"
        return Own(kind=self.kind, unit=None, why=f"{self.kind}里{asked}（有 {self.said_years}的）", other_year=True)

    def _own(self, name: str | None, code: str | None) -> Own:
        by_code = self._by_code.get(fold(code or "")) or self._by_number.get(as_number(code or ""))
        by_name = self._by_name.get(letters(name or ""))
        if by_code and by_name and by_code is not by_name and by_code.name:
            other = by_name.code or ""
            why = f"编码“{code}”在{self.kind}里是“{by_code.name}”，“{name}”的编码却是“{other}”"
            return Own(kind=self.kind, unit=None, why=why)
        unit = by_code or by_name
        if unit is not None:
            other_code = "" if by_code or not code else unit.code or ""
            other_name = "" if not name or is_within(name, unit.name) else unit.name
            return Own(kind=self.kind, unit=unit, other_code=other_code, other_name=other_name)
        near = nearest(name or "", [other.name for other in self.units])
        return Own(kind=self.kind, unit=None, why=f"{self.kind}里没有这个单位", near=near)

    @cached_property
    def _by_year(self) -> Mapping[str, Control]:
        units = {year: tuple(unit for unit in self.units if unit.year == year) for year in self.years}
        return {year: replace(self, units=of, years=(year,)) for year, of in units.items()}

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """The amounts that not one project has, of the 年初预算数 and the 全年预算数; either is none of both."""
        projects = [one for unit in self.units for one in unit.projects if not one.doubt]
        return tuple(name for name in BUDGETS if projects and all(getattr(one, name) is None for one in projects))

    @cached_property
    def _by_code(self) -> dict[str, UnitBudget]:
        return _unique((fold(unit.code or ""), unit) for unit in self.units)

    @cached_property
    def _by_number(self) -> dict[str, UnitBudget]:
        return _unique((as_number(unit.code or ""), unit) for unit in self.units)

    @cached_property
    def _by_name(self) -> dict[str, UnitBudget]:
        return _unique((letters(unit.name), unit) for unit in self.units)


@dataclass(frozen=True, kw_only=True)
class Books:
    """The bureau's files of a run, None where it was not given one."""

    control: Control | None = None
    executed: Control | None = None

    def own(self, name: str | None, code: str | None, year: str = "") -> OwnBooks:
        """What they have on the unit of this code and name, of a year."""
        both = (self.control, self.executed)
        control, executed = (None if book is None else book.own(name, code, year) for book in both)
        return OwnBooks(control=control, executed=executed)

    def faults_beside(self, years: Mapping[str, int]) -> tuple[Fault, ...] | None:
        """What is wrong with the files, with what forms of these years they do not have; None where there are none."""
        return None if self.faults is None else (*self.faults, *self.of_other_years(years))

    def of_other_years(self, years: Mapping[str, int]) -> Iterator[Fault]:
        """That forms are of years which a file does not have; how many forms there are, by 评价年度."""
        for book in (self.control, self.executed):
            others = [] if book is None else [(year, n) for year, n in sorted(years.items()) if not book.has(year)]
            if book is not None and others:
                forms = "、".join(
                    f"{year} 年的 {n} 份" if year.isdecimal() else f"没有年度的 {n} 份" for year, n in others
                )
                yield Fault(
                    message=f"{book.kind}是 {book.said_years}的，{forms}自评表没有与它核对。",
                    fix="请用它们那一年的数据另外运行。",
                )

    @property
    def faults(self) -> tuple[Fault, ...] | None:
        """What is wrong with the files themselves, None where there are none."""
        books = [book for book in (self.control, self.executed) if book is not None]
        return tuple(fault for book in books for fault in book.faults) if books else None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnBooks:
    """What the bureau's files have on one unit, None where there is no such file."""

    control: Own | None = None
    executed: Own | None = None


NO_BOOKS = Books()
NOTHING = OwnBooks()


# --- projects -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Projects of a file and rows of 项目资金 that are the same; one of each, but where a name or code is there twice."""

    approved: tuple[Approved, ...]
    projects: tuple[Project, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """Which projects of a file are which of the form's, and those on either side that are none of the other's."""

    pairs: tuple[Pair, ...]
    missing: tuple[Approved, ...]
    surplus: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class _Level:
    """One way to tell that two projects are the same; ``single`` where it needs one of each."""

    of_approved: Callable[[Approved], Hashable]
    of_project: Callable[[Project], Hashable]
    single: bool = True


_LEVELS = (
    _Level(lambda a: fold(a.code or ""), lambda p: fold(p.system_code.text), single=False),
    _Level(lambda a: as_number(a.code or ""), lambda p: as_number(p.system_code.text)),
    _Level(lambda a: letters(a.name), lambda p: letters(p.name.text), single=False),
    _Level(lambda a: fold_name(a.name), lambda p: fold_name(p.name.text)),
)
"""By code, by code with its leading zeros lost, by name, by name without its year, 项目, 经费 or 等."""


def match(approved: Sequence[Approved], projects: Sequence[Project]) -> Matched:
    """Tell which projects of a file are which rows of 项目资金, in the order of the form."""
    missing, surplus, pairs = list(approved), list(projects), []
    for level in _LEVELS:
        theirs, ours = _grouped(missing, level.of_approved), _grouped(surplus, level.of_project)
        for key in ours.keys() & theirs.keys():
            if not level.single or len(ours[key]) == len(theirs[key]) == 1:
                pairs.append(Pair(approved=tuple(theirs[key]), projects=tuple(ours[key])))
        used = {id(one) for pair in pairs for one in (*pair.approved, *pair.projects)}
        missing = [one for one in missing if id(one) not in used]
        surplus = [one for one in surplus if id(one) not in used]
    order = {id(project): number for number, project in enumerate(projects)}
    pairs.sort(key=lambda pair: order[id(pair.projects[0])])
    return Matched(pairs=tuple(pairs), missing=tuple(missing), surplus=tuple(surplus))


def nearest(name: str, names: Iterable[str]) -> str:
    """The one name that is nearly another; an empty text where none is, or several are."""
    folded = fold_name(name)
    near = {other for other in names if folded and _is_near(folded, fold_name(other))}
    return near.pop() if len(near) == 1 else ""


def _is_near(one: str, other: str) -> bool:
    """Whether two folded names are nearly the same, or of the same words in another order."""
    return likeness(one, other, NEAR) >= NEAR or (one != other and sorted(one) == sorted(other))


def as_number(code: str) -> str:
    """A code of digits as it is where a spreadsheet took it for a number: without zeros in front, else nothing."""
    digits = letters(code)
    return digits.lstrip("0") if digits.isascii() and digits.isdecimal() else ""


def is_lost(code: str) -> bool:
    """Whether a spreadsheet took a code for a number and lost its last digits (``1.3E+20``)."""
    return _LOST.fullmatch(code) is not None


def _grouped(items: Sequence[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        if of := key(item):
            groups.setdefault(of, []).append(item)
    return groups


def _unique(items: Iterable[tuple[str, UnitBudget]]) -> dict[str, UnitBudget]:
    """What has a key of its own, by that key."""
    found: dict[str, UnitBudget | None] = {}
    for key, unit in items:
        if key:
            found[key] = None if key in found else unit
    return {key: unit for key, unit in found.items() if unit is not None}
