"""填报说明: the first sheet of the form, which tells staff how to fill it and carries its version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import form
from ..spec import Row, sheet_of
from .style import (
    CALC,
    CALC_FILL,
    CENTER,
    ERROR_FILL,
    FAINT,
    GOOD_FILL,
    HEAD,
    HEAD_FILL,
    HELD_FILL,
    INPUT_FILL,
    NAVY,
    NOTICE_FILL,
    SECTION,
    TEXT,
    TITLE,
    WARNING_FILL,
    Book,
    lines_needed,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = (18, 92)
_LINE = 15
"""The height of one line of text in points."""

_STEPS = (
    "先填“单位信息”，确认金额单位（万元或元），全表的金额都按它填写；“支出标准”表一律按元。",
    "再填“收支预决算”“项目资金”“绩效指标”，其余各表按实际情况填写。标题带 * 的必填；选填的没有就空着。",
    "点一下表头，会显示填写要求和例子；有下拉箭头的请从列表中选择。",
    "合计数、得分、比率等请按本单位的报表和报告照实填写，不要写公式：系统正是用填报的数来核对。没有发生的金额填 0。",
    "“实际完成值”只填结果，如 2150 或 98%，不要照抄指标值；得分低于分值的，写明偏差原因和改进措施。",
    "灰色的核对栏会自动检查。有提示时请先核对原始资料再改数；确有原因的，在说明栏写清楚。",
    "可以增加行、调整列宽、隐藏用不到的列。请不要改工作表名称和表头文字，不要合并单元格。",
    "工作表保护没有密码，只防误改表头和公式。需要删除整行或排序时，点“审阅 → 撤销工作表保护”即可。",
    "填好后存为 .xlsx 格式上报，文件名建议为：单位名称_年度。",
)
_KEEP_NAME = "填好后存为 .xlsx 格式上报，文件名不用改。"
"""The last step of a form that the bureau has filled in and named."""
_LEGEND = (
    (INPUT_FILL, "由您填写"),
    (HELD_FILL, "财政部门已经填好并锁定，不用再填；与实际不符的，请先与财政部门联系"),
    (CALC_FILL, "自动计算或核对，不用填，上报后由系统重新计算"),
    (HEAD_FILL, "表头：深色为必填（带 *），浅色为选填"),
    (WARNING_FILL, "还没有填写的必填或应填内容"),
    (ERROR_FILL, "核对不符，或这一行缺少必填内容，请检查"),
    (NOTICE_FILL, "只差尾数（四舍五入造成），一般不用改"),
    (GOOD_FILL, "分值合计正好 100"),
)


def write_guide(book: Book, sheets: Sequence[type[Row]], notes: Sequence[str], *, held: bool = False) -> None:
    """Write 填报说明: notes first, then the steps, the colours, the sheets and the version.

    ``held`` where the bureau has filled in cells of the form.
    """
    ws = book.sheet(form.GUIDE, _WIDTHS, landscape=False)
    book.text(ws, 0, 0, "预算绩效自评表", TITLE, align="left")
    ws.set_row(0, 30)
    row = _write_notes(book, ws, 1, notes)
    row = _section(book, ws, row, "一、怎样填写")
    for number, step in enumerate((*_STEPS[:-1], _KEEP_NAME) if held else _STEPS, 1):
        row = _row(book, ws, row, str(number), step)
    row = _section(book, ws, row + 1, "二、颜色的含义")
    for fill, meaning in [line for line in _LEGEND if held or line[0] != HELD_FILL]:
        book.text(ws, row, 0, "", TEXT, bg_color=fill)
        book.text(ws, row, 1, meaning, TEXT, indent=1)
        ws.set_row(row, 18)
        row += 1
    row = _section(book, ws, row + 1, "三、各表内容（点击名称可跳转）")
    for cls in sheets:
        row = _link(book, ws, row, cls)
    row = _section(book, ws, row + 1, "四、版本")
    book.text(ws, row, 0, form.VERSION_LABEL, HEAD)
    book.text(ws, row, 1, form.VERSION, TEXT, CALC, font_color=FAINT, indent=1)
    ws.protect("", {"format_columns": True, "format_rows": True})


def _section(book: Book, ws: Worksheet, row: int, title: str) -> int:
    book.text(ws, row, 0, title, SECTION)
    ws.set_row(row, 22)
    return row + 1


def _row(book: Book, ws: Worksheet, row: int, mark: str, text: str) -> int:
    book.text(ws, row, 0, mark, CENTER)
    book.text(ws, row, 1, text, TEXT, indent=1)
    ws.set_row(row, 5 + _LINE * lines_needed(text, _WIDTHS[1]))
    return row + 1


def _link(book: Book, ws: Worksheet, row: int, cls: type[Row]) -> int:
    declared = sheet_of(cls)
    look = book.look(CENTER, font_color=NAVY, underline=1)
    ws.write_url(row, 0, f"internal:'{declared.title}'!A1", look, declared.title)
    book.text(ws, row, 1, declared.about, TEXT, indent=1)
    ws.set_row(row, 5 + _LINE * lines_needed(declared.about, _WIDTHS[1]))
    return row + 1


def _write_notes(book: Book, ws: Worksheet, row: int, notes: Sequence[str]) -> int:
    for note in notes:
        ws.merge_range(row, 0, row, 1, "", book.look(TEXT, bg_color=NOTICE_FILL, indent=1))
        book.text(ws, row, 0, note, TEXT, bg_color=NOTICE_FILL, indent=1)
        ws.set_row(row, 5 + _LINE * lines_needed(note, sum(_WIDTHS)))
        row += 1
    return row + 1 if notes else row
