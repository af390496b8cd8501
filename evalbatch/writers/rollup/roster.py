"""Who should have handed in, held against what came: by code, then by name."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ...gathered import Expected, arrived
from ...legible import shown
from ...model import Refusal, Status
from ...rules.words import listed
from ...spec import fold
from .facts import Facts, UnitLine, label_of
from .repeats import WHICH, repeats_of
from .senders import sent

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
    """A unit of the roster, or one that handed in without being on it (``expected`` false), with what came of it.

    ``unread`` counts the files that could not be read and whose names say that they are this unit's.
    """

    department: str
    name: str
    code: str
    expected: bool
    units: tuple[UnitLine, ...]
    unread: int = 0
    note: str

    @property
    def came(self) -> Came:
        """Returned where any of its workbooks goes back, or none could be read; one that nobody expected is not counted so."""
        if not self.expected:
            return Came.STRANGER
        if not self.units:
            return Came.RETURNED if self.unread else Came.MISSING
        return Came.RETURNED if any(unit.status is Status.REJECTED for unit in self.units) else Came.CAME


@dataclass(frozen=True, kw_only=True)
class Roll:
    """The roster with what came; without a roster ``expected`` is None and the entries are what came.

    ``senders`` are the units that sent the unreadable files, by file, where a file's name tells.
    """

    expected: int | None
    entries: tuple[Entry, ...]
    senders: Mapping[str, Expected]

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
    def returned(self) -> int:
        """How many of these have it to do again."""
        return self.count(Came.RETURNED)

    @property
    def unread(self) -> int:
        """How many of those sent nothing that could be read."""
        return sum(1 for entry in self.entries if entry.unread and not entry.units)

    @property
    def said(self) -> str:
        """Who has handed in and who has not, in words."""
        came = f"已报 {self.came} 个（其中退回 {self.returned} 个{self.unread_said}）"
        return f"应报 {self.due} 个单位，{came}，未报 {self.missing} 个。"

    @property
    def unread_said(self) -> str:
        """How many of the returned could not be read; blank where there are none."""
        return f"，含读不了的 {self.unread} 个" if self.unread else ""

    @property
    def repeated(self) -> list[tuple[UnitLine, ...]]:
        """The workbooks of every unit of which more than one was read."""
        return [entry.units for entry in self.entries if len(entry.units) > 1]

    @property
    def missing(self) -> int:
        """How many of them have not."""
        return self.count(Came.MISSING)


def call_roll(facts: Facts) -> Roll:
    """Hold the roster against what came. Raises Mismatch where other workbooks come than before."""
    roster, refusals = facts.gathered.roster, facts.gathered.refusals
    if roster is None:
        return Roll(expected=None, entries=tuple(_unlisted(facts, facts.units, expected=True)), senders={})
    arrivals = arrived(roster, ((unit.output, digest) for unit, digest in facts.digests()))
    units = {unit.number: unit for unit in facts.units}
    labels = {fold(label): label for label in facts.departments}
    missing = sum(1 for one in arrivals.expected if not one.numbers)
    outside = [units[number] for number in arrivals.others]
    strangers = {fold(unit.name): unit.name for unit in outside if missing * len(outside) <= MAX_PAIRS}
    senders = sent(roster, refusals)
    unread: defaultdict[Expected, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        if refusal.file in senders:
            unread[senders[refusal.file]].append(refusal)
    entries = []
    for one in arrivals.expected:
        came, refused = tuple(units[number] for number in one.numbers), unread[one.expected]
        notes = [*_of_unread(came, refused), *_of_came(one.expected, came)]
        if not came and not refused:
            notes += _of_missing(one.expected, strangers)
        entries.append(_entry(one.expected, came, len(refused), labels, "；".join(notes)))
    entries.extend(_unlisted(facts, outside, expected=False))
    return Roll(expected=len(roster), entries=tuple(entries), senders=senders)


def _entry(one: Expected, units: tuple[UnitLine, ...], unread: int, labels: dict[str, str], note: str) -> Entry:
    label = label_of(one.department or (units[0].department if units else ""))
    return Entry(
        department=labels.setdefault(fold(label), label),
        name=one.name,
        code=one.code,
        expected=True,
        units=units,
        unread=unread,
        note=note,
    )


def _of_unread(units: Sequence[UnitLine], refusals: Sequence[Refusal]) -> Iterator[str]:
    """The files that could not be read; where nothing else came, with the reason of the first."""
    if refusals:
        files = listed([shown(refusal.file) for refusal in refusals])
        yield f"另有 {len(refusals)} 份读不了：{files}" if units else f"报来的文件读不了：{files}。{refusals[0].reason}"


def _of_came(one: Expected, units: Sequence[UnitLine]) -> Iterator[str]:
    if len(units) > 1:
        yield _several(units)
    other = next((unit.name for unit in units if one.name and fold(unit.name) != fold(one.name)), None)
    if other is not None:
        apart = "" if _near(one.name, {fold(other): other}) else "，名单的编码与名称不一致"
        yield f"表里写的单位是“{other}”{apart}"


def _several(units: Sequence[UnitLine]) -> str:
    return f"报了 {len(units)} 份，{WHICH}：{listed([shown(unit.file) for unit in units])}"


def _of_missing(one: Expected, strangers: Mapping[str, str]) -> Iterator[str]:
    """``strangers`` are the names of the units outside the roster, by their folded ones."""
    near = _near(one.name, strangers) if one.name else []
    if near:
        yield f"名称相近：{listed([f'{name}（{Came.STRANGER.value}）' for name in near])}"


def _near(name: str, others: Mapping[str, str]) -> list[str]:
    """Which of other names, given by their folded ones, are near a name, the nearest first."""
    wanted = fold(name)
    alike = difflib.get_close_matches(wanted, others, max(1, len(others)), NEAR)
    parts = [one for one in others if min(len(one), len(wanted)) >= SHORTEST and (one in wanted or wanted in one)]
    return [others[one] for one in dict.fromkeys((*alike, *parts))]


def _unlisted(facts: Facts, units: Sequence[UnitLine], *, expected: bool) -> Iterator[Entry]:
    """An entry for every unit among these, those that are not on a roster or have none; in the order they first come."""
    together = {unit.number: group for group in repeats_of(facts).groups for unit in group}
    among = {unit.number for unit in units}
    done: set[int] = set()
    for unit in units:
        if unit.number in done:
            continue
        came = tuple(one for one in together.get(unit.number, (unit,)) if one.number in among)
        done.update(one.number for one in came)
        note = shown(unit.file) if len(came) == 1 else _several(came)
        yield Entry(
            department=unit.department,
            name=unit.name,
            code=unit.code,
            expected=expected,
            units=came,
            note=note if expected else f"{note}；不在应报单位名单里",
        )
