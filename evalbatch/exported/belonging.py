"""Rows with amounts that name no project: totals, further funds of the project above, its parts, or what nobody can tell.

A row that says something of its own (a document, a fund) where the project above says something too is another fund
of it. Rows that a project's row adds up are its parts. What adds up other rows is a total.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from .addends import Amounts


class Fate(Enum):
    """What becomes of a row: left out as a total or as a part of a project's row, counted for the project, or said."""

    TOTAL = auto()
    PART = auto()
    FUND = auto()
    UNTOLD = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row: its number, its amounts, and the columns in which it says something of its own.

    ``owner`` is the row of the project above, of the same unit, None where there is none; ``merged`` whether the
    project's cell reaches down to the row.
    """

    number: int
    amounts: Amounts
    texts: frozenset[int] = frozenset()
    owner: Line | None = None
    merged: bool = False

    @property
    def is_of_above(self) -> bool:
        """Whether it may be a fund of the project above, or a part of it."""
        return self.owner is not None and (self.merged or bool(self.texts))


def fates(lines: Sequence[Line], projects: int, adds_up: Callable[[Line], bool]) -> dict[int, Fate]:
    """What becomes of the rows of a sheet that name no project, by their numbers.

    ``projects`` is how many rows name one. ``adds_up`` tells whether a row is the total of others. What the row alone
    does not tell the others of its sheet may: they are all written one way.
    """
    groups: dict[int, list[Line]] = {}
    for line in lines:
        if line.owner is not None and line.is_of_above:
            groups.setdefault(line.owner.number, []).append(line)
    whole = {number for number, group in groups.items() if _is_whole(group)}
    told, parts, totals = {}, [], []
    for line in lines:
        if line.owner is None or not line.is_of_above:
            told[line.number] = Fate.TOTAL if adds_up(line) else Fate.UNTOLD
        elif line.owner.number in whole:
            if any(one.texts <= line.owner.texts for one in groups[line.owner.number]):
                parts.append(line)
            else:
                told[line.number] = Fate.PART
        elif line.merged:
            told[line.number] = Fate.FUND if not line.texts or line.texts & line.owner.texts else Fate.UNTOLD
        elif not line.texts & line.owner.texts:
            told[line.number] = Fate.TOTAL if adds_up(line) else Fate.UNTOLD
        elif adds_up(line):
            totals.append(line)
        else:
            told[line.number] = Fate.FUND
    has_funds, has_parts = Fate.FUND in told.values(), Fate.PART in told.values()
    has_totals = any(told.get(line.number) is Fate.TOTAL and line.texts for line in lines)
    all_whole = len(whole) == projects > 1
    part = _decided(Fate.FUND, has_funds and not has_parts, Fate.PART, not has_funds and (has_parts or all_whole))
    total = _decided(Fate.FUND, has_funds and not has_totals, Fate.TOTAL, has_totals and not has_funds)
    return told | {line.number: part for line in parts} | {line.number: total for line in totals}


def _decided(one: Fate, is_one: bool, other: Fate, is_other: bool) -> Fate:
    return one if is_one else other if is_other else Fate.UNTOLD


def _is_whole(group: Sequence[Line]) -> bool:
    """Whether the project's row adds up the rows below it, in every amount."""
    owner = group[0].owner
    amounts = {} if owner is None else owner.amounts
    sums = {field: sum((line.amounts.get(field) or Decimal(0) for line in group), Decimal(0)) for field in amounts}
    return any(sums.values()) and all((amount or 0) == sums[field] for field, amount in amounts.items())
