"""Long tables: written row by row, continued on further sheets where one is full, and counted while they are written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ...formula import Address, Expr
from ..style import Book, Look
from ..table import Cell, Heading, Table
from .looks import FILE

MAX_ROWS = 1_048_576
"""How many rows a sheet has, in Excel and in WPS."""
A3 = 8
WIDEST = 770 / 0.75
"""Points of the columns that print across A4 in letters of 7.5 pt (六号), the smallest that are read with ease; what is wider goes on A3."""
HEAD_ROWS = 3
"""The title, the line below it and the headings, on every sheet of a long table."""


@dataclass(frozen=True, slots=True)
class Calc:
    """A formula with the value it has now."""

    formula: str
    value: Decimal | str | None


Value = Cell | Calc


def calculated(expr: Expr, at: Address, known: Mapping[str, Decimal | str | None]) -> Calc:
    """An expression over known cells as a formula with its value."""
    value = expr.value(known.__getitem__)
    return Calc(expr.excel(at), str(value) if isinstance(value, bool) else value)


def points_across(widths: Sequence[float]) -> float:
    """How wide columns are in points: seven pixels a character and five around them."""
    return sum(0.75 * (7 * width + 5) for width in widths)


class Sheet(Protocol):
    """A sheet that was made and can be filled."""

    def write(self) -> None:
        """Write the sheet."""


class Stream(Table):
    """A table whose rows are finished one after the other."""

    def __init__(self, book: Book, title: str, headings: Sequence[Heading]) -> None:
        widths = [heading.width for heading in headings]
        super().__init__(book, book.sheet(title, widths, streamed=True), headings)
        printed = [heading for heading in headings if heading is not FILE]
        self.printed = len(printed) - 1
        if points_across([heading.width for heading in printed]) > WIDEST:
            self.ws.set_paper(A3)
        self.ws.set_footer("&L&A&C第 &P 页，共 &N 页")
        self.row = 0

    def _take(self, row: int, cols: Iterable[int]) -> None:
        if row > self.row:
            self.finish()
            self._filled.clear()
            self.row = row
        if row in self._drawn:
            super()._take(row, cols)

    def blanks(self, row: int, *looks: Look) -> None:
        """Have those cells of a row drawn blank that nothing is put into; to be asked for before anything is."""
        self._take(row, ())
        super().blanks(row, *looks)


class Long:
    """A table of ``count`` rows below ``top`` rows of its first sheet, on as many sheets as it needs.

    ``rows`` counts what was written, ``totals`` adds up the numbers of every column, ``words`` counts the texts of the
    column ``counted``; sums that are written into a row afterwards are in none of them.
    """

    def __init__(
        self, book: Book, title: str, headings: Sequence[Heading], limit: int = MAX_ROWS, counted: str = ""
    ) -> None:
        self.book = book
        self.title = title
        self.headings = tuple(headings)
        self.limit = limit
        self.counted = counted
        self.tail = self.held = 0
        self.words: Counter[str] = Counter()
        self.rows = 0
        self.totals: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.pages: list[Stream] = []
        self._firsts: list[int] = []
        self._counts: list[int] = []

    def plan(self, count: int, top: int = HEAD_ROWS, tail: int = 0) -> None:
        """Add the sheets for so many rows, with room for ``tail`` more below them."""
        self.tail = tail
        while count > 0 or not self.pages:
            title = f"{self.title} ({len(self.pages) + 1})" if self.pages else self.title
            first = HEAD_ROWS if self.pages else top
            room = max(1, self.limit - first - tail)
            self.pages.append(Stream(self.book, title, self.headings))
            self._firsts.append(first)
            self._counts.append(min(count, room))
            count -= room

    @property
    def table(self) -> Stream:
        """The first sheet."""
        return self.pages[0]

    @property
    def continued(self) -> str:
        """On which sheets the table goes on, in words."""
        names = [f"“{page.ws.get_name()}”" for page in self.pages[1:]]
        return f"，接在{'、'.join(names)}" if names else ""

    def spans(self, key: str) -> list[str]:
        """The cells of a column, a range for every sheet of the table that has rows."""
        return self.stretch(key, 0, sum(self._counts))

    def over(self, formula: Callable[[Callable[[str], str]], str], *, otherwise: str = "0") -> str:
        """A formula over columns, added up over the sheets; ``formula`` is given ranges by heading key."""
        parts = [
            formula(lambda key, i=i: self.spans(key)[i])  # type: ignore[misc]
            for i, count in enumerate(self._counts)
            if count
        ]
        return "+".join(parts) or otherwise

    def begin(self, head: int, held: int = 0) -> None:
        """Write the headings of the first sheet; so many columns are kept in sight."""
        self.held = held
        self._head(self.table, head)

    def _head(self, table: Stream, row: int) -> None:
        table.head(row)
        table.freeze(row, self.held)

    def add(
        self, cells: Mapping[str, Value], fills: Mapping[str, str] | None = None, *looks: Look
    ) -> tuple[Stream, int]:
        """Write the next row; columns that are not named stay blank. Gives its sheet and its row."""
        page, row = self._next()
        for heading in self.headings:
            value = cells.get(heading.key)
            more = {"bg_color": fills[heading.key]} if fills and heading.key in fills else {}
            if isinstance(value, Calc):
                page.calc(row, heading.key, value.formula, value.value, *looks, **more)
                value = value.value
            else:
                page.put(row, heading.key, value, *looks, **more)
            if isinstance(value, Decimal | int):
                self.totals[heading.key] += value
            elif value and heading.key == self.counted:
                self.words[value] += 1
        self.rows += 1
        return page, row

    def peek(self) -> tuple[Stream, int]:
        """The sheet and the row that the next row goes to."""
        index, row = self._place(self.rows)
        return self.pages[index], row

    def _place(self, number: int) -> tuple[int, int]:
        """Where a row stands, counted from 0: the number of its sheet and its row there."""
        index = 0
        while index < len(self.pages) - 1 and number >= self._counts[index]:
            number -= self._counts[index]
            index += 1
        return index, self._firsts[index] + number

    def stretch(self, key: str, first: int, count: int) -> list[str]:
        """The cells of a column over some rows, counted from 0; a range for every sheet they stand on.

        Raises IndexError where there are not so many rows.
        """
        if first + count > sum(self._counts):
            raise IndexError(f"{self.title}: row {first + count} of {sum(self._counts)}")
        ranges = []
        while count > 0:
            index, row = self._place(first)
            here = min(count, self._firsts[index] + self._counts[index] - row)
            ranges.append(f"'{self.pages[index].ws.get_name()}'!{self.pages[index].span(key, row, row + here - 1)}")
            first, count = first + here, count - here
        return ranges

    def _next(self) -> tuple[Stream, int]:
        page, row = self.peek()
        if page is not self.table and row == HEAD_ROWS:
            self.table.finish()
            index = self.pages.index(page)
            page.title(page.ws.get_name(), f"接“{self.pages[index - 1].ws.get_name()}”")
            self._head(page, HEAD_ROWS - 1)
        return page, row

    def finish(self, *, filtered: bool = True) -> None:
        """Finish the last rows, and let the rows be filtered."""
        for page, first, count in zip(self.pages, self._firsts, self._counts, strict=True):
            page.finish()
            if count and filtered:
                page.ws.autofilter(first - 1, 0, first + count - 1, page.last)
            if page.printed < page.last:
                page.ws.print_area(0, 0, first + count + self.tail - 1, page.printed)
