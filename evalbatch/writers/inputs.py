"""What makes a cell of the form pleasant to fill: its format, its dropdown, its validation and its prompt.

Dropdowns come from named ranges on a hidden sheet of choices. A closed list stops a wrong entry, an open one only
informs; amounts and counts warn. Prompts stand on the headings, so that nothing pops up while filling.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from ..spec import Column, Kind
from .style import GENERAL, HEAD, HELD_FILL, INPUT_FILL, LINE, MONEY, RATE, TEXT, Book, Look

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CHOICES_TITLE = "选项"
LAST_ROW = 2000
"""The last row, counted from 1, that validations, tints and cross-sheet sums reach."""
MAX_PROMPT_TITLE, MAX_PROMPT = 32, 255
"""Excel's limits for an input message."""

AS_TYPED = "@"
"""Text format: ``=100%``, ``1-12月`` and ``001`` stay as typed."""
MONEY_TYPED = "#,##0.00####"
"""Two decimals at least, never fewer than were typed."""
FORMATS: dict[Kind, str] = {
    Kind.AMOUNT: MONEY_TYPED,
    Kind.YUAN: MONEY_TYPED,
    Kind.NUMBER: GENERAL,
    Kind.COUNT: "0",
    Kind.YEAR: "0",
    Kind.PERCENT: RATE,
}
"""Number formats by kind; every other kind is text."""

FREE: Look = {"locked": False}
INPUT: Look = {**TEXT, **FREE, "bg_color": INPUT_FILL, "border_color": "#E6DDB8"}
"""A cell to be filled."""
PLAIN_INPUT: Look = {"text_wrap": True, **FREE}
"""A cell of a prepared row, which is coloured and bordered when the row is filled."""
HELD: Look = {"locked": True, "bg_color": HELD_FILL, "border": 1, "border_color": LINE}
"""A cell the bureau has filled in."""
HELD_AMOUNT: Look = {**HELD, "num_format": MONEY}
"""The same with an amount, which is shown with two decimals and is exact."""
HELD_TEXT: Look = {**HELD, "quote_prefix": True}
"""The same with a text, which stays a text whatever it begins with."""

_MONEY = ("请核对金额", "请填不小于 0 的数字，不要带“元”“万元”等文字。")
_WHOLE = ("请核对人数", "请填不小于 0 的整数，不要带“人”等文字。")
_NUMERIC: dict[Kind, tuple[dict[str, Any], str, str]] = {
    Kind.AMOUNT: ({"validate": "decimal", "criteria": ">=", "value": 0}, *_MONEY),
    Kind.YUAN: ({"validate": "decimal", "criteria": ">=", "value": 0}, *_MONEY),
    Kind.NUMBER: (
        {"validate": "decimal", "criteria": ">=", "value": 0},
        "请核对数字",
        "请填不小于 0 的数字，不要带文字。",
    ),
    Kind.COUNT: ({"validate": "integer", "criteria": ">=", "value": 0}, *_WHOLE),
    Kind.YEAR: (
        {"validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2099},
        "请核对年度",
        "请填四位数字的年份，如 2025。",
    ),
    Kind.PERCENT: (
        {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 10},
        "请核对百分比",
        "请填带百分号的数，如 28.81%。",
    ),
}


def format_of(column: Column) -> Look:
    """The number format and alignment of a column's cells: one and the same look for all columns of a kind."""
    return _format_of(column.kind)


@cache
def _format_of(kind: Kind) -> Look:
    look: Look = {"num_format": FORMATS.get(kind, AS_TYPED)}
    if kind in FORMATS:
        return {**look, "align": "right", "text_wrap": False}
    centred = kind in (Kind.CHOICE, Kind.CODE)
    return {**look, "align": "center"} if centred else {**look, "align": "left", "indent": 1}


def list_name(column: Column) -> str:
    """The name of the range that holds a column's choices."""
    return f"list_{column.name}"


def write_choices(book: Book, columns: Iterable[Column]) -> None:
    """Write the hidden sheet of choices, one column per list, and name each range; equal names hold equal lists."""
    lists = {list_name(column): column for column in columns if column.choices}
    ws = book.workbook.add_worksheet(CHOICES_TITLE)
    for col, (name, column) in enumerate(lists.items()):
        ws.set_column(col, col, 22)
        book.text(ws, 0, col, column.heading, HEAD)
        for row, choice in enumerate(column.choices, 1):
            book.text(ws, row, col, choice, TEXT)
        letter = column_letter(col)
        last = len(column.choices) + 1
        book.workbook.define_name(name, f"='{CHOICES_TITLE}'!${letter}$2:${letter}${last}")
    ws.protect()
    ws.hide()


@cache
def column_letter(col: int) -> str:
    """The letters of a column counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(col))


def validate(ws: Worksheet, column: Column, first: int, col: int, last: int) -> None:
    """Guard a column's cells (rows counted from 0): a dropdown for choices, a warning for numbers, nothing for text."""
    if column.choices:
        ws.data_validation(first, col, last, col, _list_rule(column))
    elif column.kind in _NUMERIC:
        rule, title, advice = _NUMERIC[column.kind]
        message = f"{column.heading}：{advice}确认无误可以保留。"
        ws.data_validation(
            first,
            col,
            last,
            col,
            {**rule, "error_type": "warning", "error_title": title, "error_message": message},
        )


def _list_rule(column: Column) -> dict[str, Any]:
    rule: dict[str, Any] = {"validate": "list", "source": f"={list_name(column)}", "error_title": "请从列表中选择"}
    if column.open_choices:
        message = f"{column.heading}一般从下拉列表中选择。所填内容不在列表中，确需如此填写的可以保留。"
        return {**rule, "error_type": "information", "error_message": message}
    message = f"{column.heading}只能填：{'、'.join(column.choices)}。请点击单元格右侧的箭头选择。"
    return {**rule, "error_type": "stop", "error_message": message}


def prompt(ws: Worksheet, column: Column, row: int, col: int) -> None:
    """Show a column's help and example when its heading is selected."""
    message = help_of(column)
    if message:
        title = column.title[:MAX_PROMPT_TITLE]
        ws.data_validation(
            row, col, row, col, {"validate": "any", "input_title": title, "input_message": message[:MAX_PROMPT]}
        )


def help_of(column: Column) -> str:
    """A column's help, its closed choices and its example in one text."""
    parts = [column.help, f"可选：{'、'.join(column.choices)}" if column.choices else ""]
    if column.example and column.example not in column.help:
        parts.append(f"例：{column.example}")
    return "\n".join(part for part in parts if part)
