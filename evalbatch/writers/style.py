"""The one look of every workbook, and the one way to put something into a cell.

``Book`` owns the XlsxWriter workbook: its formats are made once and shared, staff text is always written as a string
(never a formula or a link), numbers are ``Decimal`` until they reach the file, a formula always carries its value.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any

from ..celltext import clean

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT = "宋体"
CREATED = datetime(2025, 1, 1)

INK, FAINT, LINE, NAVY = "#222222", "#808080", "#A6A6A6", "#1F3864"
HEAD_FILL, INPUT_FILL, CALC_FILL, BAND_FILL = "#DCE6F1", "#FFFBE6", "#F2F2F2", "#F7F9FC"
HELD_FILL = "#DEDEDE"
ERROR_FILL, WARNING_FILL, NOTICE_FILL, GOOD_FILL = "#F8D7D4", "#FDEBC8", "#E3ECF7", "#E2F0D9"

MONEY, SCORE, RATE, COUNT, GENERAL = "#,##0.00", "0.00", "0.00%", "0", "General"

Look = dict[str, Any]
BASE: Look = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
GRID: Look = {"border": 1, "border_color": LINE}
TITLE: Look = {"bold": True, "font_size": 16, "align": "center", "font_color": NAVY}
SUBTITLE: Look = {"font_color": FAINT, "align": "center"}
SECTION: Look = {"bold": True, "font_size": 11, "font_color": NAVY}
HEAD: Look = {**GRID, "bold": True, "align": "center", "text_wrap": True, "bg_color": HEAD_FILL, "font_color": NAVY}
TEXT: Look = {**GRID, "text_wrap": True, "align": "left", "indent": 1}
CENTER: Look = {**GRID, "align": "center", "text_wrap": True}
NUMBER: Look = {**GRID, "align": "right"}
CALC: Look = {"bg_color": CALC_FILL}
NOTE: Look = {"font_color": FAINT, "text_wrap": True, "valign": "top"}

_NARROW = re.compile("[\\x00-\\u2000]+")


def text_width(text: str) -> int:
    """The width of a text's longest line in characters of the default font: a wide character counts two."""
    return max(len(line) + len(_NARROW.sub("", line)) for line in text.split("\n"))


def lines_needed(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column ``width`` characters wide, one where that has no end."""
    if width == inf:
        return 1
    room = max(1, int(width - 1))
    return 1 if 2 * len(text) <= room and "\n" not in text else _lines_needed(text, room)


@lru_cache(2048)
def _lines_needed(text: str, room: int) -> int:
    return sum([max(1, -(-text_width(line) // room)) for line in text.split("\n")])


def load_libraries() -> None:
    """Load what writing needs; it takes as long as writing a small workbook."""
    import xlsxwriter.workbook  # noqa: F401


def worksheet_classes() -> tuple[type[Worksheet], type[Worksheet]]:
    """XlsxWriter's worksheet without what costs time for nothing; and one for long tables.

    It searches every formula, those of prompts and colours with 150 patterns, for functions newer than Excel 2007, which
    are not written here, and the address of every blank cell for what XML forbids. The second class keeps one row at a time: each goes to a temporary file as
    soon as the next one begins.
    """
    from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

    class PlainWorksheet(Worksheet):  # type: ignore[misc]
        def _write_formula(
            self, row: int, col: int, formula: str, cell_format: Format | None = None, value: Any = 0
        ) -> int:
            if self._check_dimensions(row, col):
                return -1
            if self.constant_memory and row > self.previous_row:
                self._write_single_row(row)
            self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
            return 0

        def _prepare_formula(self, formula: str, _expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")

        def _xml_empty_tag(self, tag: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
            if tag == "c":
                self._xml_empty_tag_unencoded(tag, attributes)
            else:
                super()._xml_empty_tag(tag, attributes)

    class StreamedWorksheet(PlainWorksheet):
        def _initialize(self, init_data: dict[str, Any]) -> None:
            super()._initialize({**init_data, "constant_memory": True})

        def _write_single_row(self, current_row_num: int = 0) -> None:
            written = self.previous_row
            super()._write_single_row(current_row_num)
            self.row_info.pop(written, None)

    return PlainWorksheet, StreamedWorksheet


class _Words(str):
    """A text that XlsxWriter does not take for an error value: ``#N/A`` typed by a person stays a text."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False


class Book:
    """A workbook being written in memory, or, where a folder is named as ``spool``, through files in that folder."""

    def __init__(self, title: str, spool: str | None = None) -> None:
        from xlsxwriter.workbook import Workbook

        self._bytes = io.BytesIO()
        texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.workbook: Workbook = Workbook(self._bytes, {"in_memory": spool is None, "tmpdir": spool, **texts})
        self.workbook.set_properties({"title": clean(title), "author": "evalbatch", "created": CREATED})
        self._plain, self._streamed = worksheet_classes()
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._looks: dict[tuple[Any, ...], tuple[tuple[Look, ...], Format]] = {}
        self.workbook.formats[0].set_font_name(FONT)
        self.workbook.formats[0].set_font_size(10)

    def look(self, *looks: Look, **more: Any) -> Format:
        """The shared format that combines the given looks, later ones winning.

        It is found by the ids of the looks, which are kept with it so that their ids stay theirs.
        """
        key = (*map(id, looks), *more.items())
        if key not in self._looks:
            self._looks[key] = looks, self._format(looks, more)
        return self._looks[key][1]

    def _format(self, looks: tuple[Look, ...], more: Look) -> Format:
        merged: Look = dict(BASE)
        for look in looks:
            merged.update(look)
        merged.update(more)
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(merged)
        return self._formats[key]

    def sheet(
        self, title: str, widths: Iterable[float] = (), *, landscape: bool = True, streamed: bool = False
    ) -> Worksheet:
        """Add a sheet set up for A4, one page wide, page number in the footer.

        The rows of a ``streamed`` sheet are written in order, none is changed once the next one has begun; it needs a
        workbook with a spool.
        """
        ws = self.workbook.add_worksheet(title, self._streamed if streamed else self._plain)
        for col, width in enumerate(widths):
            ws.set_column(col, col, width)
        if landscape:
            ws.set_landscape()
        ws.set_paper(9)
        ws.fit_to_pages(1, 0)
        ws.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        ws.set_footer("&C第 &P 页，共 &N 页")
        ws.hide_gridlines(2)
        return ws

    def text(self, ws: Worksheet, row: int, col: int, text: str, *looks: Look, **more: Any) -> None:
        """Write a text as a text, whatever it begins with."""
        text = clean(text)
        if text.startswith(("=", "+", "-", "@")):
            more["quote_prefix"] = True
        if text:
            ws.write_string(row, col, text, self.look(*looks, **more))
        else:
            ws.write_blank(row, col, None, self.look(*looks, **more))

    def number(
        self, ws: Worksheet, row: int, col: int, number: Decimal | int | None, *looks: Look, **more: Any
    ) -> None:
        """Write a number, or a blank cell for None."""
        if number is None:
            ws.write_blank(row, col, None, self.look(*looks, **more))
        else:
            ws.write_number(row, col, number, self.look(*looks, **more))

    def formula(
        self,
        ws: Worksheet,
        row: int,
        col: int,
        formula: str,
        value: Decimal | str | bool | None,
        *looks: Look,
        **more: Any,
    ) -> None:
        """Write a formula (without ``=``) with the value it has now."""
        cached = "" if value is None else clean(value) if isinstance(value, str) else value
        if isinstance(cached, str) and cached.startswith("#"):
            cached = _Words(cached)
        ws.write_formula(row, col, f"={formula}", self.look(*looks, **more), cached)

    def close(self) -> bytes:
        """Finish the workbook and return its bytes; equal content gives equal bytes."""
        self.workbook.close()
        return self._bytes.getvalue()
