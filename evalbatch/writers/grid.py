"""A form laid out for print: merged cells, rows as high as their texts, page breaks between rows.

Merged cells do not grow by themselves, so the heights are computed from the texts. Everything is planned first and
written by ``finish``: where a page ends inside a merged label, the label is written again on the next page. Rows are
counted from 0, sizes are points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ..celltext import clean
from .style import BASE, Book, Look

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HIGHEST = 400
"""What a row may take at most; Excel's limit is 409."""
PAGE = 730
"""What is surely free on a page of A4 upright, between the margins, at full size."""
SQUEEZE = 1.25
"""What is longer than a page by no more than this is printed smaller, on one: 9 pt become 7.5."""
PADDING = 4
LINE = 1.45
"""The height of a line in font sizes, for the tallest of the fonts that stand in for 宋体."""
HALF = 0.1
"""The width of a half-width character in column units per point of font size, with room for a wider font."""
SEAM = 5 / 7
"""What two merged columns gain: the padding between them, in column units."""

_ASCII = re.compile("[\\x00-\\x7f]+")
_TOKEN = re.compile(r"[（《“‘「『【〔]*(?:[!-~]+|[^\n])[，。；：、！？）》”’」』】〕％‰…—]*")


def half_width(text: str) -> int:
    """The width of a text in half-width characters; everything beyond ASCII counts two."""
    return len(text) if text.isascii() else len(text) + len(_ASCII.sub("", text))


def lay(text: str, room: int) -> list[str]:
    """Break a text into the lines it takes in ``room`` half-width characters; joined they are the text.

    A number or a foreign word is not broken unless it is longer than a line, and no line begins with a closing mark.
    """
    if "\n" not in text and half_width(text) <= room:
        return [text]
    lines: list[str] = []
    for paragraph in text.splitlines(keepends=True) or [""]:
        if half_width(paragraph.rstrip("\n")) <= room:
            lines.append(paragraph)
            continue
        line, used = "", 0
        for token, width in _tokens(paragraph, room):
            if used + width > room and line and token != "\n":
                lines.append(line)
                line, used = "", 0
            line, used = line + token, used + width
        lines.append(line)
    return [*lines, ""] if text.endswith("\n") else lines


def _tokens(paragraph: str, room: int) -> Iterator[tuple[str, int]]:
    """What is not broken, with its width; what is longer than a line is."""
    end = 0
    for match in _TOKEN.finditer(paragraph):
        token, end = match[0], match.end()
        width = half_width(token)
        if width <= room:
            yield token, width
        else:
            step = max(1, room if token.isascii() else room // 2)
            parts = (token[start : start + step] for start in range(0, len(token), step))
            yield from ((part, half_width(part)) for part in parts)
    if end < len(paragraph):
        yield paragraph[end:], half_width(paragraph[end:])


class Box(NamedTuple):
    """A cell or merged cells with what stands there. ``again`` repeats it on every page it reaches."""

    row: int
    last_row: int
    first: int
    last: int
    shown: str
    look: Look
    number: Decimal | None = None
    formula: str | None = None
    value: Decimal | str | None = None
    again: bool = False


class Grid:
    """A sheet of columns of given widths, in characters."""

    def __init__(self, book: Book, ws: Worksheet, widths: Sequence[float]) -> None:
        self.book = book
        self.ws = ws
        self.widths = tuple(widths)
        self._boxes: list[Box] = []
        self._heights: dict[int, float] = {}
        self._held: set[int] = set()
        self._lines: dict[tuple[str, int], int] = {}
        self._rooms: dict[tuple[tuple[int, int], float], int] = {}
        self._looks: dict[tuple[int, ...], tuple[tuple[Look, ...], Look]] = {}

    def text(
        self, row: int, span: tuple[int, int], text: str, *looks: Look, rows: int = 1, again: bool = False
    ) -> None:
        """Put a text across a span of columns and a number of rows."""
        shown = clean(text)
        self._boxes.append(Box(row, row + rows - 1, *span, shown, self._look(looks), again=again))

    def number(self, row: int, span: tuple[int, int], number: Decimal | None, *looks: Look) -> None:
        """Put a number, or nothing."""
        self._boxes.append(Box(row, row, *span, "", self._look(looks), number=number))

    def formula(
        self,
        row: int,
        span: tuple[int, int],
        formula: str,
        value: Decimal | str | None,
        *looks: Look,
        rows: int = 1,
        again: bool = False,
    ) -> None:
        """Put a formula with the value it has now."""
        value = clean(value) if isinstance(value, str) else value
        shown = value if isinstance(value, str) else ""
        box = Box(row, row + rows - 1, *span, shown, self._look(looks), formula=formula, value=value, again=again)
        self._boxes.append(box)

    def height(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        self._heights[row] = max(points, self._heights.get(row, 0))

    def hold(self, first: int, last: int) -> None:
        """Let no page end between two rows."""
        self._held.update(range(first + 1, last + 1))

    def room(self, span: tuple[int, int], size: float) -> int:
        """How many half-width characters of a font size fit on a line across a span of columns."""
        room = self._rooms.get((span, size))
        if room is None:
            first, last = span
            width = sum(self.widths[first : last + 1]) + SEAM * (last - first)
            room = self._rooms[span, size] = max(2, int(width / (HALF * size)))
        return room

    def needs(self, text: str, span: tuple[int, int], size: float) -> float:
        """The height a wrapped text takes across a span of columns."""
        room = self.room(span, size)
        lines = self._lines.get((text, room))
        if lines is None:
            lines = self._lines[text, room] = len(lay(text, room))
        return lines * size * LINE + PADDING

    def pieces(self, text: str, span: tuple[int, int], size: float) -> Iterator[str]:
        """A text whole where it fits into one row, else in pieces several of which fit on a page."""
        lines, line = lay(text, self.room(span, size)), size * LINE
        whole = len(lines) * line + PADDING <= HIGHEST
        most = len(lines) if whole else int((PAGE / 3 - PADDING) / line)
        for start in range(0, len(lines), most):
            yield "".join(lines[start : start + most]).removesuffix("\n")

    def finish(self, heading: int) -> None:
        """Set heights and page breaks, repeat the heading row on the pages after it, and write everything."""
        last = max(box.last_row for box in self._boxes)
        for box in sorted(self._boxes, key=lambda box: box.last_row):
            self._grow(box)
        breaks = [] if self._squeezed(last) else self._breaks(last, heading)
        boxes = self._boxes
        if breaks:
            boxes = [part for box in boxes for part in _parts(box, breaks)]
            for box in boxes:
                self._grow(box)
        for row, height in sorted(self._heights.items()):
            self.ws.set_row(row, height)
        for box in boxes:
            self._write(box)
        if breaks:
            self.ws.set_h_pagebreaks(breaks)
            self.ws.repeat_rows(heading)
        else:
            self.ws.fit_to_pages(1, 1)
        self.ws.print_area(0, 0, last, len(self.widths) - 1)

    def _look(self, looks: tuple[Look, ...]) -> Look:
        """The combined look, made once; the looks are kept with it so that their ids stay theirs."""
        key = tuple(map(id, looks))
        if key not in self._looks:
            self._looks[key] = looks, {name: value for look in looks for name, value in look.items()}
        return self._looks[key][1]

    def _grow(self, box: Box) -> None:
        """Make the rows of a box high enough for its text: the last one, and where that is not enough, all of them."""
        if not box.shown or not box.look.get("text_wrap"):
            return
        need = self.needs(box.shown, (box.first, box.last), _size(box.look))
        rows = range(box.row, box.last_row + 1)
        lacking = need - sum(self._heights.get(row, 0) for row in rows)
        if lacking <= 0:
            return
        if self._heights.get(box.last_row, 0) + lacking <= HIGHEST:
            self._heights[box.last_row] = self._heights.get(box.last_row, 0) + lacking
        else:
            for row in rows:
                self.height(row, min(HIGHEST, need / len(rows)))

    def _squeezed(self, last: int) -> bool:
        """Whether all of it goes on one page, made a little smaller if need be."""
        return sum(self._heights.get(row, 0) for row in range(last + 1)) <= PAGE * SQUEEZE

    def _breaks(self, last: int, heading: int) -> list[int]:
        """The rows that begin a new page."""
        breaks: list[int] = []
        used: float = 0
        for rows in self._blocks(last):
            height = sum(self._heights.get(row, 0) for row in rows)
            if used + height > PAGE and used > 0:
                breaks.append(rows.start)
                used = self._heights.get(heading, 0) if rows.start > heading else 0
            used += height
        return breaks

    def _blocks(self, last: int) -> Iterator[range]:
        """The rows that stay together, as ranges."""
        start = 0
        for row in range(1, last + 2):
            if row not in self._held:
                yield range(start, row)
                start = row

    def _write(self, box: Box) -> None:
        ws, book = self.ws, self.book
        if box.row < box.last_row or box.first < box.last:
            ws.merge_range(box.row, box.first, box.last_row, box.last, "", book.look(box.look))
        if box.formula is not None:
            book.formula(ws, box.row, box.first, box.formula, box.value, box.look)
        elif box.number is not None:
            book.number(ws, box.row, box.first, box.number, box.look)
        elif box.shown or (box.row == box.last_row and box.first == box.last):
            book.text(ws, box.row, box.first, box.shown, box.look)


def _size(look: Look) -> float:
    size: float = look.get("font_size") or BASE["font_size"]
    return size


def _parts(box: Box, breaks: Sequence[int]) -> Iterator[Box]:
    """A box cut at the page breaks inside it, each part showing the same."""
    starts = [row for row in breaks if box.again and box.row < row <= box.last_row]
    for start, end in zip([box.row, *starts], [*starts, box.last_row + 1], strict=True):
        yield box._replace(row=start, last_row=end - 1)
