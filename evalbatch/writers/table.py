"""A table of an output workbook: headings declared once, cells found by the heading's key, rows high enough.

The headings of an output stand beside the code that fills it, as a tuple of ``Heading``; those that coincide with
a heading of the form are taken from the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from ..celltext import clean
from ..extent import column_letters
from ..formula import Address
from .style import HEAD, SUBTITLE, TEXT, TITLE, Book, Look, lines_needed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LINE_HEIGHT, PADDING, MAX_HEIGHT = 14.5, 4, 400
"""Points of one line of 10 pt text, the room around it, and what a row may take at most (Excel's limit is 409)."""

LINK_INK = "#1F5FA8"

Cell = Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of an output table: the key its cells are found by, its title, width in characters and look."""

    key: str
    title: str
    width: float
    look: Look = field(default_factory=lambda: TEXT)

    @property
    def room(self) -> float:
        """How many characters a line of the column's texts takes; without end where they are not wrapped."""
        return self.width - self.look.get("indent", 0) if self.look.get("text_wrap") else inf


def address(row: int, col: int, sheet: str = "") -> str:
    """The address of a cell counted from 0, on another sheet where one is named: ``'评分明细'!L5``."""
    ref = f"{column_letters(col)}{row + 1}"
    return f"'{sheet}'!{ref}" if sheet else ref


class Table:
    """A table being written; rows are counted from 0."""

    def __init__(self, book: Book, ws: Worksheet, headings: Sequence[Heading]) -> None:
        self.book = book
        self.ws = ws
        self.headings = tuple(headings)
        self.last = len(self.headings) - 1
        self._index = {heading.key: i for i, heading in enumerate(self.headings)}
        self._letters = {key: column_letters(i) for key, i in self._index.items()}
        self._lines: dict[int, int] = {}
        self._fixed: dict[int, float] = {}
        self._drawn: dict[int, tuple[Look, ...]] = {}
        self._filled: set[tuple[int, int]] = set()

    def col(self, key: str) -> int:
        """The column of a heading. Raises KeyError for an unknown key."""
        return self._index[key]

    def width(self, first: str, last: str) -> float:
        """The width of the columns from one heading to another."""
        return sum(heading.width for heading in self.headings[self.col(first) : self.col(last) + 1])

    def at(self, row: int) -> Address:
        """Addresses of a row's cells by heading key."""
        number, letters = row + 1, self._letters
        return lambda key: f"{letters[key]}{number}"

    def span(self, key: str, first: int, last: int) -> str:
        """The cells of a column from one row to another."""
        start, end = address(first, self.col(key)), address(last, self.col(key))
        return start if first == last else f"{start}:{end}"

    def spans(self, first: int, last: int) -> Address:
        """Ranges between two rows by heading key."""
        return lambda key: self.span(key, first, last)

    def head(self, row: int, titles: Mapping[str, str] | None = None) -> None:
        """Write the heading row, some titles put in another way."""
        self._take(row, range(len(self.headings)))
        for i, heading in enumerate(self.headings):
            title = (titles or {}).get(heading.key, heading.title)
            self.book.text(self.ws, row, i, title, HEAD)
            self._note(row, title, heading.width)

    def freeze(self, row: int, columns: int = 0) -> None:
        """Keep the rows down to the heading row in sight, and repeat it on every printed page."""
        self.ws.freeze_panes(row + 1, columns)
        self.ws.repeat_rows(row)

    def put(self, row: int, key: str, value: Cell, *looks: Look, **more: Any) -> None:
        """Write a typed value: a number, a text, or a blank."""
        col = self.col(key)
        heading = self.headings[col]
        self._take(row, (col,))
        if isinstance(value, str):
            self.book.text(self.ws, row, col, value, heading.look, *looks, **more)
            self._note(row, value, heading.room)
        else:
            self.book.number(self.ws, row, col, value, heading.look, *looks, **more)

    def calc(
        self, row: int, key: str, formula: str, value: Decimal | int | str | None, *looks: Look, **more: Any
    ) -> None:
        """Write a formula with the value it has now."""
        col = self.col(key)
        heading = self.headings[col]
        shown = Decimal(value) if isinstance(value, int) else value
        self._take(row, (col,))
        self.book.formula(self.ws, row, col, formula, shown, heading.look, *looks, **more)
        if isinstance(value, str):
            self._note(row, value, heading.room)

    def link(self, row: int, key: str, value: str | int, url: str, *looks: Look, last: str | None = None) -> None:
        """Write a text or number that leads somewhere, across columns where a last one is named; it stays what it is."""
        first, end = self.col(key), self.col(last or key)
        look = self.book.look(self.headings[first].look, *looks, font_color=LINK_INK, underline=1)
        self._take(row, range(first, end + 1))
        if first < end:
            self.ws.merge_range(row, first, row, end, "", look)
        self.ws.write_url(row, first, url, look, string=clean(str(value)))
        if isinstance(value, int):
            self.ws.write_number(row, first, value, look)
        self._note(row, str(value), self.width(key, last or key))

    def blanks(self, row: int, *looks: Look) -> None:
        """Have those cells of a row drawn blank that nothing is put into."""
        self._drawn[row] = looks

    def wide(self, row: int, first: str, last: str, text: str, *looks: Look, **more: Any) -> None:
        """Write a text across the columns from one heading to another."""
        a = self._merge(row, first, last, *looks, **more)
        self.book.text(self.ws, row, a, text, *looks, **more)
        if more.get("text_wrap") or any(look.get("text_wrap") for look in looks):
            self._note(row, text, self.width(first, last))

    def wide_calc(self, row: int, first: str, last: str, formula: str, value: str, *looks: Look) -> None:
        """Write a formula that gives a text across the columns from one heading to another."""
        a = self._merge(row, first, last, *looks)
        self.book.formula(self.ws, row, a, formula, value, *looks)
        self._note(row, value, self.width(first, last))

    def _merge(self, row: int, first: str, last: str, *looks: Look, **more: Any) -> int:
        a, b = self.col(first), self.col(last)
        self._take(row, range(a, b + 1))
        if a < b:
            self.ws.merge_range(row, a, row, b, "", self.book.look(*looks, **more))
        return a

    def title(self, title: str, subtitle: str, last: str | None = None) -> None:
        """Write a sheet's title and the line below it, in the first two rows, up to a column, or to the last one."""
        keys = [heading.key for heading in self.headings]
        self.wide(0, keys[0], last or keys[-1], title, TITLE)
        self.wide(1, keys[0], last or keys[-1], subtitle, SUBTITLE)
        self.height(0, 30)
        self.height(1, 18)

    def height(self, row: int, points: float) -> None:
        """Give a row a height of its own."""
        self._fixed[row] = points

    def finish(self) -> None:
        """Draw what stayed blank, and make every row as high as its longest text needs."""
        for row in sorted({*self._drawn, *self._lines, *self._fixed}):
            self._settle(row)

    def _settle(self, row: int) -> None:
        """Finish one row."""
        looks = self._drawn.pop(row, None)
        for col, heading in enumerate(self.headings) if looks is not None else ():
            if (row, col) not in self._filled:
                self.book.number(self.ws, row, col, None, heading.look, *(looks or ()))
        lines = self._lines.pop(row, 0)
        height = self._fixed.pop(row, min(MAX_HEIGHT, LINE_HEIGHT * lines + PADDING) if lines else None)
        if height is not None:
            self.ws.set_row(row, height)

    def _take(self, row: int, cols: Iterable[int]) -> None:
        """Know that cells of a row are filled."""
        self._filled.update((row, col) for col in cols)

    def _note(self, row: int, text: str, width: float) -> None:
        self._lines[row] = max(self._lines.get(row, 1), lines_needed(text, width))
