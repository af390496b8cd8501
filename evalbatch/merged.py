"""Merged areas that make one of cells which should hold a number each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .entries import is_empty
from .grid import Grid, Spot
from .spec import Column, Kind, Need

_OWN = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.COUNT, Kind.PERCENT, Kind.VALUE)
"""What every row has of its own; codes, levels and texts may hold for several rows."""


class Merged(NamedTuple):
    """A merged area: the cell that shows its content, and its address without the sheet."""

    anchor: Spot
    name: str


def shared(grid: Grid, read: Sequence[tuple[Column, Spot]]) -> Iterator[tuple[Spot, Merged]]:
    """The cells that are read as numbers or results and share a filled merged area with another such cell.

    An area in one row counts only where it covers a cell that has to be filled.
    """
    if not grid.merged:
        return
    columns = {spot: column for column, spot in read if column.kind in _OWN}
    covered: dict[Spot, list[Spot]] = {}
    for spot in columns:
        anchor = grid.merged.get(spot)
        if anchor in columns and not is_empty(grid.raw(*anchor)):
            covered.setdefault(anchor, []).append(spot)
    ends = {(top, left): (bottom, right) for top, left, bottom, right in grid.facts.merges} if covered else {}
    for anchor, spots in covered.items():
        if any(spot[0] > anchor[0] or columns[spot].need is Need.REQUIRED for spot in spots):
            area = Merged(anchor, f"{grid.place(*anchor).ref}:{grid.place(*ends[anchor]).ref}")
            yield from ((spot, area) for spot in (anchor, *spots))
