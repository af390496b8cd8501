"""Who should have handed in, held against what came: by code, then by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from ...gathered import Expected, arrived
from ...legible import shown
from ...model import Refusal, Status
from ...rules.words import listed
from ...spec import fold
from .facts import Facts, UnitLine, label_of

NEAR = 0.85
"""From which ratio of equal characters two names are near."""
SHORTEST = 4
"""A name that is part of another is near it from so many characters on."""
MAX_PAIRS = 250_000
"""Of more pairs of a missing unit and one outside the roster none is compared: it is the roster of others."""


class Came(Enum):
    """What came of a unit; the value is what people read."""

    CAME = "已报"
    RETURNED = "退回"
    MISSING = "未报"
    STRANGER = "名单外"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A unit of the roster, or one that handed in without being on it (``expected`` false), with what came of it."""

    department: str
    name: str
    code: str
    expected: bool
    units: tuple[UnitLine, ...]
    note: str

    @property
    def came(self) -> Came:
        """Returned where any of its workbooks goes back; one that nobody expected is not counted so."""
        if not self.expected:
            return Came.STRANGER
        if not self.units:
            return Came.MISSING
        return Came.RETURNED if any(unit.status is Status.REJECTED for unit in self.units) else Came.CAME


@dataclass(frozen=True, kw_only=True)
class Roll:
    """The roster with what came; without a roster ``expected`` is None and the entries are what came."""

    expected: int | None
    entries: tuple[Entry, ...]

    def count(self, *states: Came, department: str | None = None) -> int:
        """How many units of a department, or of all, have one of these states."""
        of_all = department is None
        return sum(1 for one in self.entries if one.came in states and (of_all or one.department == department))

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments' labels in the order they first come."""
        return tuple(dict.fromkeys(entry.department for entry in self.entries))

    @property
    def due(self) -> int:
        """How many units should have handed in."""
        return self.expected or 0

    @property
    def came(self) -> int:
        """How many of them have."""
        return self.count(Came.CAME, Came.RETURNED)

    @property
    def missing(self) -> int:
        """How many of them have not."""
        return self.count(Came.MISSING)


def call_roll(facts: Facts) -> Roll:
    """Hold the roster against what came. Raises Mismatch where other workbooks come than before."""
    roster = facts.gathered.roster
    if roster is None:
        return Roll(expected=None, entries=tuple(_unlisted(unit, expected=True) for unit in facts.units))
    arrivals = arrived(roster, ((unit.output, digest) for unit, digest in facts.digests()))
    units = {unit.number: unit for unit in facts.units}
    labels = {fold(label): label for label in facts.departments}
    missing = sum(1 for one in arrivals.expected if not one.numbers)
    outside = arrivals.others if missing * len(arrivals.others) <= MAX_PAIRS else ()
    strangers = {fold(units[number].name): units[number].name for number in outside}
    entries = []
    for one in arrivals.expected:
        came = tuple(units[number] for number in one.numbers)
        notes = _of_came(one.expected, came) if came else _of_missing(one.expected, strangers, facts.gathered.refusals)
        entries.append(_entry(one.expected, came, labels, "；".join(notes)))
    entries.extend(_unlisted(units[number], expected=False) for number in arrivals.others)
    return Roll(expected=len(roster), entries=tuple(entries))


def _entry(one: Expected, units: tuple[UnitLine, ...], labels: dict[str, str], note: str) -> Entry:
    label = label_of(one.department or (units[0].department if units else ""))
    return Entry(
        department=labels.setdefault(fold(label), label),
        name=one.name,
        code=one.code,
        expected=True,
        units=units,
        note=note,
    )


def _of_came(one: Expected, units: Sequence[UnitLine]) -> Iterator[str]:
    if len(units) > 1:
        yield f"报了 {len(units)} 份：{listed([shown(unit.file) for unit in units])}"
    other = next((unit.name for unit in units if one.name and fold(unit.name) != fold(one.name)), None)
    if other is not None:
        apart = "" if _near(one.name, {fold(other): other}) else "，名单的编码与名称不一致"
        yield f"表里写的单位是“{other}”{apart}"


def _of_missing(one: Expected, strangers: Mapping[str, str], refusals: Sequence[Refusal]) -> Iterator[str]:
    """``strangers`` are the names of the units outside the roster, by their folded ones."""
    if not one.name:
        return
    files = [shown(refusal.file) for refusal in refusals if fold(one.name) in fold(PurePosixPath(refusal.file).name)]
    if files:
        yield f"收到的文件读不了：{listed(files)}"
    near = _near(one.name, strangers)
    if near:
        yield f"名称相近：{listed([f'{name}（{Came.STRANGER.value}）' for name in near])}"


def _near(name: str, others: Mapping[str, str]) -> list[str]:
    """Which of other names, given by their folded ones, are near a name, the nearest first."""
    wanted = fold(name)
    alike = difflib.get_close_matches(wanted, others, max(1, len(others)), NEAR)
    parts = [one for one in others if min(len(one), len(wanted)) >= SHORTEST and (one in wanted or wanted in one)]
    return [others[one] for one in dict.fromkeys((*alike, *parts))]


def _unlisted(unit: UnitLine, *, expected: bool) -> Entry:
    file = shown(unit.file)
    note = file if expected else f"{file}；不在应报单位名单里"
    return Entry(
        department=unit.department, name=unit.name, code=unit.code, expected=expected, units=(unit,), note=note
    )
