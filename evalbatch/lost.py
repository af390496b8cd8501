"""Headings and labels that are not where they belong: under another name, or as a blank cell in the form's order."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from .entries import is_empty
from .grid import Grid, Spot
from .model import BLANK, Departure, Drift
from .spec import fold


def find_lost(
    named: Mapping[str, str], at: Mapping[str, Spot], strangers: dict[str, Spot], grid: Grid, row: int
) -> Iterator[Departure]:
    """Every heading that is missing, and what became of it; what it is called now is taken out of ``strangers``.

    ``named`` are all headings in the form's order, by field, ``at`` the cells of those that were found. A heading is known
    again by an unknown text close to its own, or by the cell between its neighbours: an unknown text, or a blank cell with
    something under it (beside it, for labels). Otherwise it stands in ``row``.
    """
    lost: dict[str, tuple[Spot, str | None]] = {}
    for name, text in named.items():
        near = None if name in at else nearest(text, list(strangers))
        if near is not None:
            lost[name] = strangers.pop(near), near
    known = {**at, **{name: spot for name, (spot, _) in lost.items()}}
    for run in _runs(list(named), known) if len(known) > 1 else ():
        texts = {spot: text for text, spot in strangers.items()}
        spots = _belonging(list(named), run, known, texts, grid)
        lost |= {name: (spot, texts.get(spot, BLANK)) for name, spot in zip(run, spots, strict=False)}
        for spot in spots:
            strangers.pop(texts.get(spot, BLANK), None)
    for name, text in named.items():
        if name not in at:
            spot, now = lost.get(name, ((row, 0), None))
            yield Departure(drift=Drift.MISSING_HEADING, name=text, place=grid.place(*spot), near=now)


def nearest(heading: str, names: Sequence[str]) -> str | None:
    """The name that is closest to a heading, None where none is close."""
    folded = {fold(name): name for name in names}
    match = difflib.get_close_matches(fold(heading), list(folded), 1, 0.6)
    return folded[match[0]] if match else None


def _runs(order: Sequence[str], known: Mapping[str, Spot]) -> Iterator[list[str]]:
    """The names between two known ones."""
    return (list(run) for is_known, run in groupby(order, known.__contains__) if not is_known)


def _belonging(
    order: Sequence[str], run: Sequence[str], known: Mapping[str, Spot], texts: Mapping[Spot, str], grid: Grid
) -> list[Spot]:
    """The cells of a run of lost headings, none where there are not just as many as headings."""
    first, last = order.index(run[0]), order.index(run[-1])
    before = known[order[first - 1]] if first else None
    after = known[order[last + 1]] if last + 1 < len(order) else None
    between = [spot for spot in _between(before, after, len(run), down=_runs_down(known)) if spot[0] < len(grid.rows)]
    filled = [spot for spot in between if _leads(grid, spot, down=_runs_down(known))]
    strange = [spot for spot in between if spot in texts]
    blank = [spot for spot in between if is_empty(grid.raw(*spot))]
    choices = (
        sorted({*strange, *(spot for spot in blank if spot in filled)}),
        strange,
        blank if before and after else [],
    )
    return next((spots for spots in choices if len(spots) == len(run)), [])


def _runs_down(known: Mapping[str, Spot]) -> bool:
    """Whether headings follow each other from row to row, as labels do, and not from column to column."""
    return len({row for row, _ in known.values()}) > 1


def _between(before: Spot | None, after: Spot | None, count: int, *, down: bool) -> list[Spot]:
    """The cells between two neighbours; with one neighbour only, one more than are looked for."""
    one = before or after
    if one is None:
        return []
    along, across = (0, 1) if down else (1, 0)
    if before and after and before[across] != after[across]:
        return []
    start = before[along] + 1 if before else one[along] - count - 1
    end = after[along] if after else one[along] + count + 2
    line = one[across]
    return [(i, line) if down else (line, i) for i in range(max(start, 0), end)]


def _leads(grid: Grid, spot: Spot, *, down: bool) -> bool:
    """Whether anything stands right of a label's cell, or under a heading's."""
    row, col = spot
    if down:
        return any(not is_empty(grid.raw(row, c)) for c in range(col + 1, len(grid.rows[row])))
    return any(not is_empty(grid.raw(r, col)) for r in range(row + 1, len(grid.rows)))
