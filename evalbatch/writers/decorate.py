"""Colours and borders that follow the data, by conditional formats: they decorate, they decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import form
from ..spec import Column, Need
from .inputs import LAST_ROW, column_letter
from .style import ERROR_FILL, GOOD_FILL, HELD_FILL, INK, INPUT_FILL, LINE, NOTICE_FILL, WARNING_FILL, Book, Look

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MAX_ROW = 1_048_575
"""The last row of a sheet, counted from 0: an area down to it is written as whole columns."""
WIDE_SCALE = 68
"""Print scale, in per cent, of a sheet printed side by side."""


def checks(
    book: Book, ws: Worksheet, row: int, col: int, last_row: int, last_col: int, beside: int | None = None
) -> None:
    """Tint live checks that say something; ``beside`` is the column of the first value, whose blank only warns."""
    cell = f"{column_letter(col)}{row + 1}"
    tints = [(f'{cell}="{form.WHOLE}"', GOOD_FILL), (f'ISNUMBER(SEARCH("{form.ROUNDING}",{cell}))', NOTICE_FILL)]
    if beside is not None:
        tints.append((f'AND({cell}<>"",{column_letter(beside)}{row + 1}="")', WARNING_FILL))
    tints.append((f'{cell}<>""', ERROR_FILL))
    for criteria, fill in tints:
        _decorate(book, ws, (row, col, last_row, last_col), criteria, {"bg_color": fill, "font_color": INK})


def rows(book: Book, ws: Worksheet, columns: Sequence[Column], first: int, listed: int = 0) -> None:
    """Colour and border every row that holds something, colour the next one to fill, tint required cells left blank.

    ``listed`` rows are the bureau's: the one below them calls for nothing.
    """
    last = len(columns) - 1
    end = column_letter(last)
    filled = f"COUNTA($A{first + 1}:${end}{first + 1})>0"
    border = {"border": 1, "border_color": LINE}
    for col, column in enumerate(columns):
        if column.need is Need.REQUIRED:
            blank = f'AND({column_letter(col)}{first + 1}="",{filled})'
            _decorate(book, ws, (first, col, LAST_ROW - 1, col), blank, {"bg_color": WARNING_FILL, **border})
    area = (first, 0, LAST_ROW - 1, last)
    _decorate(book, ws, area, filled, {"bg_color": INPUT_FILL, **border})
    start = first + listed + 1 if listed else first
    area = (start, 0, LAST_ROW - 1, last)
    _decorate(book, ws, area, f"COUNTA($A{start}:${end}{start})>0", {"bg_color": INPUT_FILL})


def held(book: Book, ws: Worksheet, row: int, col: int, last_row: int) -> None:
    """Tint what the bureau has filled in, before the tints of the rows to be filled."""
    filled = f'{column_letter(col)}{row + 1}<>""'
    _decorate(book, ws, (row, col, last_row, col), filled, {"bg_color": HELD_FILL, "border": 1, "border_color": LINE})


def _decorate(book: Book, ws: Worksheet, area: tuple[int, int, int, int], criteria: str, look: Look) -> None:
    rule = {"type": "formula", "criteria": f"={criteria}", "stop_if_true": True}
    ws.conditional_format(*area, {**rule, "format": book.workbook.add_format(look)})


def unwarn(ws: Worksheet, row: int, col: int, last_row: int, last_col: int) -> None:
    """Keep the green triangle off numbers typed as text (codes, targets, results)."""
    ws.ignore_errors(
        {"number_stored_as_text": f"{column_letter(col)}{row + 1}:{column_letter(last_col)}{last_row + 1}"}
    )


def growing_rows(ws: Worksheet) -> None:
    """Let every row grow with what is typed into it: the heights we write are where it starts, not fixed sizes.

    XlsxWriter marks each height as custom, which switches automatic height off; the mark is left out.
    """
    start = ws._xml_start_tag_unencoded

    def write(tag: str, attributes: list[tuple[str, Any]]) -> None:
        start(tag, [pair for pair in attributes if pair[0] != "customHeight"])

    ws._xml_start_tag_unencoded = write


def side_by_side(ws: Worksheet, columns: Sequence[Column], frozen: int) -> None:
    """Print a wide sheet in parts, breaking where a group of columns (``组·列``) begins or ends; names repeat."""
    grouped = ["·" in column.heading for column in columns]
    ends = len(columns) - grouped[::-1].index(True)
    ws.set_print_scale(WIDE_SCALE)
    ws.set_v_pagebreaks([grouped.index(True), ends, len(columns)])
    ws.repeat_columns(0, frozen - 1)


def print_columns(ws: Worksheet, last_col: int) -> None:
    """Print whole columns, which ends where their content ends; the checks beside them stay on the screen."""
    ws.print_area(0, 0, MAX_ROW, last_col)
