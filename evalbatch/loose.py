"""What stands where nothing is read: right of a label's blank cell, beside no label, under no heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .entries import is_empty, text_of
from .form import HELD_HELP, UNFILLED
from .grid import Grid, Spot
from .model import Departure, Drift
from .spec import Column, Entry, fold

Read = Callable[[Column, Grid, int, int], Entry[Any]]
"""Reads a cell as its column's kind."""

NEAR = 20
"""How many columns right of a table's last heading numbers are looked for; what is farther away is no part of it."""
REACH = 3
"""How many columns right of a label's blank cell are looked at: one more than the form fills itself."""


def beside_labels(
    grid: Grid, columns: tuple[Column, ...], values: Mapping[str, Spot], read: Read, heading_row: int = -1
) -> Iterator[Departure]:
    """What stands right of a label's blank cell, where it reads as the label asks for, and numbers beside no label."""
    for column in columns:
        if column.name in values:
            yield from _beside(grid, column, values[column.name], read)
    for row in range(heading_row + 1, len(grid.rows)):
        raws = grid.rows[row]
        first = next((c for c, raw in enumerate(raws) if not is_empty(raw)), None)
        if first is not None and _is_typed_number(grid, row, first):
            yield Departure(drift=Drift.ASIDE, name=text_of(raws[first]), place=grid.place(row, first))


def under_no_heading(grid: Grid, heading_row: int) -> Iterator[Departure]:
    """The first number in every column of a table that has no heading."""
    headed = {c for c, raw in enumerate(grid.rows[heading_row]) if raw != "" or (heading_row, c) in grid.merged}
    end = max(headed) + 1 + NEAR
    for row in range(heading_row + 1, len(grid.rows)):
        for col, raw in enumerate(grid.rows[row][:end]):
            if col not in headed and raw != "" and _is_typed_number(grid, row, col):
                headed.add(col)
                yield Departure(drift=Drift.ASIDE, name=text_of(raw), place=grid.place(row, col))


def _beside(grid: Grid, column: Column, value: Spot, read: Read) -> Iterator[Departure]:
    """The first filled cell right of a label's blank one; a check or an explanation of the form's own is passed over."""
    row, col = value
    if not is_empty(grid.raw(row, col)) or grid.place(row, col).ref in grid.facts.special:
        return
    for beside in range(col + 1, col + REACH):
        entry = read(column, grid, row, beside)
        if entry.place is None or entry.place.ref in grid.facts.special or is_empty(grid.raw(row, beside)):
            continue
        if entry.value is not None and entry.trouble is None and not _explains(column, entry.text):
            near = str(grid.place(row, col))
            yield Departure(drift=Drift.ASIDE, name=column.heading, place=entry.place, near=near)
        return


_PRINTED = frozenset(map(fold, (HELD_HELP, *UNFILLED.values())))
"""What the form prints beside a label, its help aside; a check is a text where a formula was pasted as its value."""


def _explains(column: Column, text: str) -> bool:
    said = fold(text)
    return said in _PRINTED or (bool(column.help) and said.startswith(fold(column.help)))


def _is_typed_number(grid: Grid, row: int, col: int) -> bool:
    """Whether a cell holds a number that no formula gives."""
    raw = grid.raw(row, col)
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return number and grid.place(row, col).ref not in grid.facts.special
