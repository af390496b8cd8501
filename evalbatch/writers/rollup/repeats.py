"""Units that handed in more than once: the sums of the roll-up contain them as often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...form import WAN, Project
from ...spec import heading
from .facts import Facts, UnitLine, in_wan
from .looks import amount

REPEATED = ("B101", "B102")
"""The rules across units that say so."""
NAMED = 3
"""How many of the units are named."""
WHICH = "请先确认以哪份为准"


@dataclass(frozen=True, slots=True)
class Repeats:
    """The workbooks of every unit that handed in more than once, each unit's in the order they were read."""

    groups: tuple[tuple[UnitLine, ...], ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The places of these workbooks among the digests, the first of each unit among them."""
        return frozenset(unit.number for group in self.groups for unit in group)

    @property
    def further(self) -> int:
        """How many workbooks there are beyond one a unit."""
        return sum(len(group) - 1 for group in self.groups)

    @property
    def surplus(self) -> Decimal:
        """The budgets in 万元 that the sum of all units contains beyond one workbook a unit."""
        return sum(map(_surplus, self.groups), Decimal(0))

    @property
    def said(self) -> str:
        """How many units, which, and by how much the sums contain them more than once; blank where there are none."""
        if not self.groups:
            return ""
        budget = f"{heading(Project, 'budget')}共 {amount(self.surplus)} {WAN}"
        return (
            f"{len(self.groups)} 个单位报了不止一份（{self._names()}；下面名称标了底色，“通过”的结论还不能用），各项合计把每一份都算了进去，"
            f"各单位第一份以外的{budget}。{WHICH}。"
        )

    @property
    def asked(self) -> str:
        """What is to be done about them first."""
        return f"{len(self.groups)} 个单位报了不止一份，{WHICH}"

    def _names(self) -> str:
        names = [group[0].name for group in self.groups]
        return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")


def _surplus(group: Sequence[UnitLine]) -> Decimal:
    counted = [in_wan(unit.budget) or Decimal(0) for unit in group if unit.rate is not None]
    return sum(counted[1:], Decimal(0))


def repeats_of(facts: Facts, more: Iterable[Sequence[UnitLine]] = ()) -> Repeats:
    """The units that the faults across units say to have handed in more than once, and ``more`` that are known otherwise."""
    said = [[one.number for one in fault.members] for fault in facts.gathered.crossings if fault.code in REPEATED]
    groups: list[set[int]] = []
    for numbers in (*said, *([unit.number for unit in group] for group in more)):
        groups = list(_joined(groups, set(numbers)))
    lines = [tuple(facts.units[number - 1] for number in sorted(group)) for group in groups]
    return Repeats(tuple(sorted(lines, key=lambda group: group[0].number)))


def _joined(groups: Sequence[set[int]], more: set[int]) -> Iterator[set[int]]:
    """The groups with one more, those that share a workbook with it made one with it."""
    for group in groups:
        if group & more:
            more = more | group
        else:
            yield group
    yield more
