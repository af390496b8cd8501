"""One sheet's cells as they were found, with the facts behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .entries import Raw, is_empty
from .extent import column_letters
from .sheetxml import SheetFacts
from .spec import Place, fold

Spot = tuple[int, int]
"""A row and a column, counted from 0."""


@dataclass(frozen=True)
class Grid:
    """A sheet's cells as the reader gives them, with the facts behind them. What lies under a merged cell is no data."""

    title: str
    rows: list[list[Raw]]
    facts: SheetFacts
    hidden: bool = False

    def raw(self, row: int, col: int) -> Raw:
        """The cell at a row and column counted from 0; blank outside the sheet and under a merged cell."""
        if self.merged and (row, col) in self.merged:
            return ""
        return self._raw(row, col)

    def _raw(self, row: int, col: int) -> Raw:
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""

    def place(self, row: int, col: int) -> Place:
        """The address of a row and column counted from 0."""
        return Place(self.title, f"{column_letters(col)}{row + 1}")

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Every cell that holds text, folded, with its row and column."""
        merged = self.merged
        for r, row in enumerate(self.rows):
            for c, raw in enumerate(row):
                if isinstance(raw, str) and raw and not (merged and (r, c) in merged):
                    yield r, c, fold(raw)

    @cached_property
    def merged(self) -> dict[Spot, Spot]:
        """Every cell that a merged one covers, with the cell that covers it."""
        covered: dict[Spot, Spot] = {}
        for top, left, bottom, right in self.facts.merges:
            for row in range(top, min(bottom, len(self.rows) - 1) + 1):
                for col in range(left, min(right, len(self.rows[row]) - 1) + 1):
                    if (row, col) != (top, left):
                        covered[row, col] = (top, left)
        return covered

    def buried(self) -> Iterator[tuple[Place, Raw]]:
        """What still stands under merged cells, where it is not what covers it once more."""
        for (row, col), anchor in self.merged.items():
            if not is_empty(raw := self._raw(row, col)) and raw != self._raw(*anchor):
                yield self.place(row, col), raw

    @property
    def hides(self) -> bool:
        """Whether anything of the sheet is hidden."""
        return bool(self.hidden or self.facts.hidden_rows or self.facts.hidden_columns)

    def hidden_by(self, row: int, col: int) -> str:
        """What keeps a cell from being seen: the sheet, a column, a row; an empty text where it is seen."""
        if self.hidden:
            return self.title
        if any(first <= col <= last for first, last in self.facts.hidden_columns):
            return column_letters(col)
        return str(row) if row in self.facts.hidden_rows else ""
