"""One unit's file: what becomes of the unit follows from the seed and its number alone, whatever the county's size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Protocol, TypeVar

from evalbatch.writers.template import write_form

from . import money, scores, texts
from .across import BETWEEN, Between
from .files import FILE_FAULTS
from .offices import Office, offices
from .planting import FAULTS, Area, Case, Fault, NoPlace, Spot, address
from .results import Row
from .story import Shape, Story, story
from .told import told
from .vocabulary import departments

DECLARING = money, scores, texts
"""The modules that declare faults by being imported."""
HONEST, TWO = 0.5, 0.3
"""How many units are without fault, and how many of the others try for two."""
OF_FILE, OF_TWO_UNITS, LOCKED = 0.08, 0.06, 0.01
"""How many of the faulty ones have their fault in the file, and between units; how many files are open elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The seed, how many units, their shape, whether anything is planted, and how much of it between units."""

    seed: int = 1
    count: int = 100
    shape: Shape = field(default_factory=Shape)
    faults: bool = True
    between: float = OF_TWO_UNITS


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file and its line of the manifest; a ``locked`` one has a lock file beside it."""

    path: str
    data: bytes
    line: Row
    locked: bool = False


class Likely(Protocol):
    """Something that is drawn the more often the likelier it is."""

    @property
    def likely(self) -> int: ...


T = TypeVar("T", bound=Likely)


def made(plan: Plan, number: int) -> Made:
    """A unit's file with what is planted in it."""
    office, chance = office_of(number), Random(f"{plan.seed}-{number}-faults")
    make = {"form": _in_form, "file": _in_file, "across": _between}.get(role(plan, number), _honest)
    return make(plan, office, chance)


def role(plan: Plan, number: int) -> str:
    """What becomes of a unit, known without making it."""
    draw = Random(f"{plan.seed}-{number}-role")
    if not plan.faults or office_of(number).code.startswith(perfect_code(plan)) or draw.random() < HONEST:
        return "honest"
    kind = draw.random()
    return "file" if kind < OF_FILE else "across" if kind < OF_FILE + plan.between else "form"


_known: list[Office] = []


def office_of(number: int) -> Office:
    """The unit with a number, counted from 1."""
    if len(_known) < number:
        _known[:] = offices(max(200, 2 * number))
    return _known[number - 1]


def perfect_code(plan: Plan) -> str:
    """The code of the one department, not of the largest, whose units all have 100 points as a whole."""
    return Random(f"{plan.seed}-perfect").choice([one.code for one in departments() if one.period > 1])


def _year(plan: Plan, office: Office) -> Story:
    perfect = plan.faults and office.code.startswith(perfect_code(plan))
    return story(office, Random(f"{plan.seed}-{office.number}-year"), plan.shape, perfect=perfect)


# --- the four kinds of files --------------------------------------------------------------------------------------


def _honest(plan: Plan, office: Office, chance: Random) -> Made:
    year = _year(plan, office)
    return _file(office.path, year, told(year), chance)


def _in_form(plan: Plan, office: Office, chance: Random) -> Made:
    case = Case(chance=chance, story=_year(plan, office))
    planted = list(_planted(case))
    faults = [_line(fault.kind, fault.about, fault.codes, case.data, spots) for fault, spots in planted]
    return _file(office.path, case.story, case.data, chance, faults=faults)


def _planted(case: Case) -> Iterator[tuple[Fault, list[Spot]]]:
    """Plant one fault, or two in different areas; one that changes the unit's year comes first, one in its texts last."""
    wanted = 2 if case.chance.random() < TWO else 1
    areas: list[Area] = []
    for fault in _drawn(case.chance, FAULTS):
        if len(areas) == wanted or Area.TEXTS in areas:
            break
        if fault.area in areas or (fault.early and case.data):
            continue
        try:
            if not fault.early and not case.data:
                case.data = told(case.story)
            spots = fault.plant(case)
        except NoPlace:
            continue
        case.data = case.data or told(case.story)
        areas.append(fault.area)
        yield fault, spots


def _in_file(plan: Plan, office: Office, chance: Random) -> Made:
    fault = next(_drawn(chance, FILE_FAULTS))
    good = _year(plan, office)
    line = {"kind": fault.kind, "about": fault.about, "codes": list(fault.codes), "cells": list(fault.cells)}
    path = office.path.removesuffix(".xlsx") + fault.suffix
    one = _file(path, good, told(good), chance, faults=[line])
    return replace(one, data=fault.make(one.data, chance), line={**one.line, "readable": fault.readable})


def _between(plan: Plan, office: Office, chance: Random) -> Made:
    """Share something with earlier honest units; honest where there is nothing to share."""
    for kind in _drawn(chance, BETWEEN):
        for others in [_field(plan, office)] if kind.alone else _partners(plan, office):
            one = _shared(plan, kind, office, others, chance)
            if one:
                return one
    return _honest(plan, office, chance)


def _partners(plan: Plan, office: Office) -> Iterator[list[Office]]:
    """Honest units of the department, one at a time, back to the last that shares something: no two share with one."""
    for other in _earlier(office):
        if other.department == office.department:
            became = role(plan, other.number)
            if became == "across":
                return
            if became == "honest":
                yield [other]


def _field(plan: Plan, office: Office) -> list[Office]:
    """All earlier honest units of the field."""
    alike = [one for one in _earlier(office) if one.department.field == office.department.field]
    return [one for one in alike if role(plan, one.number) == "honest"]


def _earlier(office: Office) -> Iterator[Office]:
    return map(office_of, range(office.number - 1, 0, -1))


def _shared(plan: Plan, kind: Between, office: Office, others: Sequence[Office], chance: Random) -> Made | None:
    mine, theirs = _year(plan, office), [_year(plan, other) for other in others]
    spots = kind.change(mine, theirs)
    if spots is None:
        return None
    if kind.kept:
        mine = theirs[0]
    data = told(mine)
    path = office.path if mine.office is office else others[0].path.replace("_2025", f"_2025{kind.suffix}")
    across = {"kind": kind.kind, "about": kind.about, "code": kind.code}
    across["of"] = spots[0][0]["content"] if kind.alone else ""
    across["files"] = [path] if kind.alone else [path, others[0].path]
    across["cells"] = [address(data, spot) for spot in spots]
    return _file(path, mine, data, chance, across=[across])


def _file(
    path: str,
    year: Story,
    data: Row,
    chance: Random,
    *,
    faults: list[Row] | None = None,
    across: list[Row] | None = None,
) -> Made:
    codes = sorted(code for fault in faults or () for code in fault["codes"])
    locked = chance.random() < LOCKED
    line: Row = {"file": path, "unit": year.office.name, "code": year.office.code, "readable": True, "locked": locked}
    line["projects"] = len(data["project"])
    line |= {"faults": faults or [], "codes": codes, "across": across or []}
    return Made(path=path, data=write_form(data), line=line, locked=locked)


def _line(kind: str, about: str, codes: tuple[str, ...], data: Row, spots: list[Spot]) -> Row:
    return {"kind": kind, "about": about, "codes": list(codes), "cells": [address(data, spot) for spot in spots]}


def _drawn(chance: Random, kinds: Mapping[str, T]) -> Iterator[T]:
    """All kinds, the likelier ones rather earlier."""
    left = list(kinds.values())
    while left:
        one = chance.choices(left, [kind.likely for kind in left])[0]
        left.remove(one)
        yield one
