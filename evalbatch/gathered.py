"""What a whole run came to, as the roll-up, the tables and the rules across units see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .digest import Digest
from .model import Crossing, Member, Refusal, RuleRun, Waiver
from .reviewed import Carried
from .spec import fold

__all__ = ["Arrival", "Arrivals", "Crossing", "Expected", "Gathered", "Member", "arrived"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """A unit that should hand in a workbook, as the bureau lists it."""

    code: str
    name: str
    department: str


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything a roll-up is made of.

    ``digests`` gives every workbook that was read with the name of its outputs, in input order, as often as it is
    called: they are too many to be held. Without a ``roster`` nobody knows who should have handed in. ``across`` says
    of every rule across units what came of it, ``reviews`` are the officer's own.
    """

    digests: Callable[[], Iterator[tuple[str, Digest]]]
    refusals: Sequence[Refusal]
    waivers: Sequence[Waiver] = ()
    roster: Sequence[Expected] | None = None
    crossings: Sequence[Crossing] = ()
    across: Sequence[RuleRun] = ()
    reviews: Carried = field(default_factory=Carried)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A unit of the roster, and the workbooks it handed in, by their places among the digests (from 1)."""

    expected: Expected
    numbers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrivals:
    """Every unit of the roster in its order, and the places of the workbooks of units that are not on it."""

    expected: tuple[Arrival, ...]
    others: tuple[int, ...]


def arrived(roster: Sequence[Expected], digests: Iterable[tuple[str, Digest]]) -> Arrivals:
    """Which units of a roster have handed in: the code decides, else the name.

    Full width, brackets of either width and spaces make no difference; leading zeros of a code do.
    """
    by_code = {fold(unit.code): unit for unit in reversed(roster) if fold(unit.code)}
    by_name = {fold(unit.name): unit for unit in reversed(roster) if fold(unit.name)}
    numbers: dict[Expected, list[int]] = {unit: [] for unit in roster}
    others: list[int] = []
    for number, (_, digest) in enumerate(digests, 1):
        unit = by_code.get(fold(digest.code)) or by_name.get(fold(digest.name))
        (others if unit is None else numbers[unit]).append(number)
    return Arrivals(
        expected=tuple(Arrival(expected=unit, numbers=tuple(numbers[unit])) for unit in roster), others=tuple(others)
    )
