"""Where a form's sheets, headings and labels stand, found by their text, and what departs from the form.

Nothing is raised: what is missing, moved, renamed, repeated or unknown is recorded as a ``Departure``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Any

from .entries import is_empty, text_of
from .form import GUIDE, SHEETS, WAN, YUAN, Budget
from .grid import Grid, Spot
from .lost import find_lost
from .model import Departure, Drift
from .spec import Column, Kind, Place, Row, Shape, columns_of, fold, lines_of, sheet_of, stated_unit

HEADING_ROWS = 15
"""A heading stands within the first fifteen rows."""
LABEL_COLUMNS = 3
"""Row labels of 收支预决算 stand in columns A to C."""
_STATED = re.compile(r"[(]?(?:金额)?单位(?:人民币)?((?:亿|百万|千|万)?元)[)]?")
_COPY = re.compile(r"\s*[（(]\d+[）)]$|\s*[-_ ]?副本$")


@dataclass
class Headings:
    """Where a sheet's headings or labels stand: field name to row and column."""

    at: dict[str, tuple[int, int]] = field(default_factory=dict)
    row: int = -1


class Finder:
    """Finds the parts of one workbook; ``departures`` and ``headings`` fill while it does.

    ``unread`` are sheets with titles that are not the form's, opened only where one of the form's is missing.
    """

    def __init__(self, grids: Sequence[Grid], unread: Sequence[Grid] = ()) -> None:
        self.grids = grids
        self.unread = unread
        self.departures: list[Departure] = []
        self.headings: dict[type[Row], dict[str, Place]] = {}
        self._hidden: set[tuple[str, str]] = set()

    @cached_property
    def _sheets(self) -> dict[type[Row], Grid]:
        """The sheet of every class that has one; what is odd about it is recorded."""
        found = {}
        for cls in SHEETS:
            title = sheet_of(cls).title
            named = [grid for grid in self.grids if fold(grid.title) == fold(title)]
            named.sort(key=lambda grid: grid.title != title)
            copies = [grid for grid in self.grids if _is_copy(grid.title, title)]
            if named:
                found[cls] = named[0]
                self._note_odd(named[0], [*named[1:], *copies])
        return found

    def _note_odd(self, grid: Grid, copies: Sequence[Grid]) -> None:
        for copy in copies:
            self.departures.append(Departure(drift=Drift.COPIED_SHEET, name=grid.title, place=copy.place(0, 0)))
        for place, raw in grid.buried():
            self.departures.append(Departure(drift=Drift.BURIED, name=text_of(raw), place=place))

    def grid(self, cls: type[Row]) -> Grid | None:
        """The sheet of a class, None where the workbook has none of its name."""
        return self._sheets.get(cls)

    def note_hidden(self, grid: Grid, filled: Sequence[Spot]) -> None:
        """Record the first filled cell of every hidden sheet, column and row."""
        for spot in filled if grid.hides else ():
            why = grid.hidden_by(*spot)
            if why and (grid.title, why) not in self._hidden:
                self._hidden.add((grid.title, why))
                self.departures.append(Departure(drift=Drift.HIDDEN, name=why, place=grid.place(*spot)))

    def missing_sheet(self, cls: type[Row]) -> None:
        title = sheet_of(cls).title
        known = {fold(sheet_of(other).title) for other in SHEETS} | {fold(GUIDE)}
        others = [grid.title for grid in self.grids if fold(grid.title) not in known]
        alike = max(self.unread, key=lambda grid: resemblance(grid, cls), default=None)
        near = alike.title if alike and resemblance(alike, cls) > (0, 0) else None
        near = near or next((name for name in others if title in name or name in title), None)
        near = near or next(iter(difflib.get_close_matches(title, others, 1, 0.6)), None)
        self.departures.append(Departure(drift=Drift.MISSING_SHEET, name=title, place=Place(title, "A1"), near=near))

    def find_headings(self, grid: Grid, columns: tuple[Column, ...]) -> Headings:
        names = {fold(column.heading): column.name for column in columns}
        best, hits = -1, 0
        for r in range(min(HEADING_ROWS, len(grid.rows))):
            count = sum(1 for raw in grid.rows[r] if isinstance(raw, str) and fold(raw) in names)
            if count > hits:
                best, hits = r, count
        if hits < 2:
            return Headings()
        found = Headings(row=best)
        for c, raw in enumerate(grid.rows[best]):
            if isinstance(raw, str) and (name := names.get(fold(raw))):
                self.take(found.at, name, (best, c), grid.place(best, c), raw)
        return found

    def find_labels(self, grid: Grid, columns: tuple[Column, ...]) -> Headings:
        names = {fold(column.heading): column.name for column in columns}
        found = Headings()
        values: set[tuple[int, int]] = set()
        for r, c, text in grid.texts():
            known = text in names and (r, c) not in values
            if known and self.take(found.at, names[text], (r, c), grid.place(r, c), text):
                values.add((r, c + 1))
        return found

    def take(self, into: dict[str, Any], name: str, at: Any, place: Place, text: str) -> bool:
        """Keep the first of two equal headings and record the second."""
        if name in into:
            self.departures.append(Departure(drift=Drift.REPEATED_HEADING, name=text.strip(), place=place))
            return False
        into[name] = at
        return True

    def note_missing(
        self,
        cls: type[Row],
        grid: Grid,
        found: Headings,
        derived: tuple[Column, ...] | None,
        columns: tuple[Column, ...] = (),
    ) -> None:
        """Record headings that are missing or unknown; an unknown one close to a missing one is its new name."""
        columns = columns or columns_of(cls)
        if derived is not None and found.row < 0:
            name = f"{columns[0].heading} 等 {len(columns)} 个栏目"
            self.departures.append(Departure(drift=Drift.MISSING_HEADING, name=name, place=grid.place(0, 0)))
            return
        self.headings[cls] = {name: grid.place(r, c) for name, (r, c) in found.at.items()}
        strangers = dict(self.strangers(grid, found, (*columns, *(derived or ()))))
        named = {column.name: column.heading for column in columns}
        self.departures += find_lost(named, found.at, strangers, grid, max(found.row, 0))
        if derived is not None:
            self.departures.extend(
                Departure(drift=Drift.UNKNOWN_HEADING, name=text, place=grid.place(*spot))
                for text, spot in strangers.items()
            )

    def leave_other_units(self, grid: Grid, found: Headings, columns: Sequence[Column], unit: str | None) -> None:
        """Leave out, and record, the amounts whose heading, or the line above the table, states another unit.

        The form's own line above is a formula and says what was chosen; it counts where that cannot be read (None).
        """
        above = dict(_units_above(grid, found.row, typed=unit is not None))
        for column in columns:
            wanted = {Kind.AMOUNT: unit or WAN, Kind.YUAN: YUAN}.get(column.kind)
            if wanted is None or column.name not in found.at:
                continue
            spot = found.at[column.name]
            stated = {grid.place(*spot): stated_unit(grid.raw(*spot)), **(above if column.kind is Kind.AMOUNT else {})}
            other = next(((place, said) for place, said in stated.items() if said not in ("", wanted)), None)
            if other is not None:
                del found.at[column.name]
                self.departures.append(
                    Departure(drift=Drift.OTHER_UNIT, name=column.heading, place=other[0], near=other[1])
                )

    def strangers(self, grid: Grid, found: Headings, known: tuple[Column, ...]) -> Iterator[tuple[str, Spot]]:
        names = {fold(column.heading) for column in known}
        if found.row >= 0:
            cells = [(found.row, c, raw) for c, raw in enumerate(grid.rows[found.row]) if isinstance(raw, str)]
        else:
            cells = [(r, c, text) for r, c, text in grid.texts() if c < LABEL_COLUMNS and len(text) < 20]
        for r, c, raw in cells:
            text = raw.strip()
            if text and fold(text) not in names:
                yield text, (r, c)

    def line_labels(self, grid: Grid, found: Headings) -> dict[str, Spot]:
        """Where the label of every line of 收支预决算 stands; one that is repeated is recorded."""
        labels = {fold(line.label): line.name for line in lines_of(Budget)}
        at: dict[str, Spot] = {}
        for r, c, text in grid.texts():
            if c < LABEL_COLUMNS and r != found.row and text in labels:
                self.take(at, labels[text], (r, c), grid.place(r, c), text)
        return at

    def note_unlabelled(self, at: Mapping[str, Spot], grid: Grid, found: Headings) -> None:
        """Record the labels of 收支预决算 that are missing; an unknown one close to a missing one is its new name."""
        named = {line.name: line.label for line in lines_of(Budget)}
        named |= {column.name: column.heading for column in columns_of(Budget)}
        known = {fold(label) for label in named.values()}
        strangers = {
            text: (r, c)
            for r, c, text in grid.texts()
            if c < LABEL_COLUMNS and r > found.row and len(text) < 20 and text not in known
        }
        self.departures += find_lost(named, at, strangers, grid, max(found.row, 0))


def resemblance(grid: Grid, cls: type[Row]) -> tuple[int, int]:
    """How many of a sheet's headings or labels another sheet has, and how many filled cells; (0, 0) if under half."""
    labels = {fold(line.label) for line in lines_of(cls)} or {fold(column.heading) for column in columns_of(cls)}
    texts = [(r, c, text) for r, c, text in grid.texts() if text in labels]
    if sheet_of(cls).shape is Shape.TABLE:
        lines = [{text for r, _, text in texts if r == row} for row in range(HEADING_ROWS)]
    else:
        lines = [{text for _, c, text in texts if c < LABEL_COLUMNS}]
    hits = max(map(len, lines))
    filled = sum(1 for row in grid.rows for raw in row if not is_empty(raw))
    return (hits, filled) if hits > 1 and hits * 2 >= len(labels) else (0, 0)


def _units_above(grid: Grid, row: int, *, typed: bool) -> Iterator[tuple[Place, str]]:
    """The units of money stated above a heading row, with ``typed`` only those that no formula gives."""
    for r, c, text in takewhile(lambda found: found[0] < row, grid.texts()):
        stated, place = _STATED.fullmatch(text), grid.place(r, c)
        if stated and not (typed and place.ref in grid.facts.special):
            yield place, stated[1]


def _is_copy(name: str, title: str) -> bool:
    """Whether a sheet's name is a title with a copy's mark behind it: ``绩效指标 (2)``."""
    return fold(_COPY.sub("", name)) == fold(title) != fold(name)
