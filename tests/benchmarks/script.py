"""The same job as a script of pandas and openpyxl, as a colleague would write it who knows both.

It reads every sheet of the form with pandas and writes the cells, formulas, looks, merged areas, sizes, print settings,
conditional formats, links and the chart that the product writes. What stands in the cells is given to it: it checks
nothing and scores nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from content import Cell, Sheet
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

NEW, SHARED, NAMED = "new", "shared", "named"
Look = dict[str, Any]
SIDES = ("left", "right", "top", "bottom")
LINES = {0: None, 1: "thin"}


def run(form: Path, content: Sequence[Sheet], how: str = NEW) -> bytes:
    """Read the form and write the workbook.

    A cell's font, border, fill and alignment are made for it (``NEW``), made once for all cells that look alike
    (``SHARED``), or set as one named style (``NAMED``).
    """
    pd.read_excel(form, sheet_name=None, header=None, dtype=object)
    book = Workbook()
    book.remove(book.active)
    style = _named(book) if how == NAMED else _Shared().style if how == SHARED else _new
    for sheet in content:
        ws = book.create_sheet(sheet.title)
        for call in sheet.calls:
            if call.name == "merge_range":
                top, left, bottom, right = (n + 1 for n in call.args[:4])
                ws.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for (row, col), cell in sheet.cells.items():
            _write(ws, row + 1, col + 1, cell, style)
        for call in sheet.calls:
            ARRANGE.get(call.name, _nothing)(ws, *call.args, **call.kwargs)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(ws: Worksheet, row: int, col: int, cell: Cell, style: Callable[[Any, Look], None]) -> None:
    target = ws.cell(row, col)
    if cell.value is not None:
        target.value = cell.value
    if cell.link:
        target.hyperlink = f"#{cell.link}"
    style(target, cell.look)


# --- looks --------------------------------------------------------------------------------------------------------


def _new(cell: Any, look: Look) -> None:
    for name, value in _styles(look).items():
        setattr(cell, name, value)


class _Shared:
    """The same, but what looks alike is made once."""

    def __init__(self) -> None:
        self.made: dict[int, dict[str, Any]] = {}

    def style(self, cell: Any, look: Look) -> None:
        if id(look) not in self.made:
            self.made[id(look)] = _styles(look)
        for name, value in self.made[id(look)].items():
            setattr(cell, name, value)


def _styles(look: Look) -> dict[str, Any]:
    styles: dict[str, Any] = {"font": _font(look), "alignment": _alignment(look)}
    if "border" in look:
        styles["border"] = _border(look)
    if "bg_color" in look:
        styles["fill"] = _fill(look["bg_color"])
    if "num_format" in look:
        styles["number_format"] = look["num_format"]
    return styles


def _named(book: Workbook) -> Callable[[Any, Look], None]:
    names: dict[int, str] = {}

    def style(cell: Any, look: Look) -> None:
        name = names.get(id(look))
        if name is None:
            name = names[id(look)] = f"样式{len(names)}"
            made = NamedStyle(name=name, **_styles(look))
            book.add_named_style(made)
        cell.style = name

    return style


def _font(look: Look) -> Font:
    underline = "single" if look.get("underline") else None
    return Font(
        name=look["font_name"],
        size=look["font_size"],
        bold=look.get("bold"),
        color=_color(look["font_color"]),
        underline=underline,
    )


def _alignment(look: Look) -> Alignment:
    vertical = "center" if look["valign"] == "vcenter" else look["valign"]
    return Alignment(
        horizontal=look.get("align"),
        vertical=vertical,
        wrap_text=look.get("text_wrap"),
        indent=look.get("indent", 0),
        shrink_to_fit=look.get("shrink"),
    )


def _border(look: Look) -> Border:
    color = _color(look.get("border_color", "#000000"))
    lines = {side: LINES[look.get(side, look.get("border", 0))] for side in SIDES}
    return Border(**{side: Side(style=line, color=color) if line else Side() for side, line in lines.items()})


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=_color(color))


def _color(color: str) -> str:
    return f"FF{color.removeprefix('#')}"


# --- how a sheet is arranged --------------------------------------------------------------------------------------


def _nothing(ws: Worksheet, *args: Any, **kwargs: Any) -> None:
    """What is written with the cells, or has no counterpart."""


def _set_column(ws: Worksheet, first: int, last: int, width: float) -> None:
    for col in range(first, last + 1):
        ws.column_dimensions[get_column_letter(col + 1)].width = width


def _set_row(ws: Worksheet, row: int, height: float) -> None:
    ws.row_dimensions[row + 1].height = height


def _landscape(ws: Worksheet) -> None:
    ws.page_setup.orientation = "landscape"


def _paper(ws: Worksheet, size: int) -> None:
    ws.page_setup.paperSize = size


def _fit(ws: Worksheet, width: int, height: int) -> None:
    ws.sheet_properties.pageSetUpPr.fitToPage = True
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = width, height


def _margins(ws: Worksheet, **margins: float) -> None:
    for side, inches in margins.items():
        setattr(ws.page_margins, side, inches)


def _footer(ws: Worksheet, text: str) -> None:
    ws.oddFooter.center.text = text.removeprefix("&C").replace("&P", "&[Page]").replace("&N", "&[Pages]")


def _gridlines(ws: Worksheet, option: int) -> None:
    ws.sheet_view.showGridLines = option < 2


def _centre(ws: Worksheet) -> None:
    ws.print_options.horizontalCentered = True


def _freeze(ws: Worksheet, row: int, col: int = 0) -> None:
    ws.freeze_panes = f"{get_column_letter(col + 1)}{row + 1}"


def _repeat(ws: Worksheet, row: int) -> None:
    ws.print_title_rows = f"{row + 1}:{row + 1}"


def _area(top: int, left: int, bottom: int, right: int) -> str:
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"


def _print_area(ws: Worksheet, *area: int) -> None:
    ws.print_area = _area(*area)


def _filter(ws: Worksheet, *area: int) -> None:
    ws.auto_filter.ref = _area(*area)


def _conditional(ws: Worksheet, *args: Any) -> None:
    *area, rule = args
    fill = _fill("#FDEBC8")
    if rule["type"] == "formula":
        made = FormulaRule(formula=[rule["criteria"].removeprefix("=")], fill=fill)
    else:
        made = CellIsRule(operator="equal", formula=[rule["value"]], fill=fill)
    ws.conditional_formatting.add(_area(*area), made)


def _chart(ws: Worksheet, row: int, col: int, chart: Any, options: dict[str, Any]) -> None:
    bars, marks = BarChart(), LineChart()
    bars.type, bars.grouping, bars.overlap = "col", "stacked", 100
    for made, series in ((bars, chart.series), (marks, chart.combined.series)):
        for one in series:
            values = Reference(ws, range_string=one["values"].removeprefix("="))
            made.series.append(Series(values, title=one["name"]))
            made.set_categories(Reference(ws, range_string=one["categories"].removeprefix("=")))
    bars.title, bars.legend.position = options["description"], "b"
    bars.y_axis.scaling.min, bars.y_axis.scaling.max, bars.y_axis.majorUnit = 0, 110, 20
    bars += marks
    ws.add_chart(bars, f"{get_column_letter(col + 1)}{row + 1}")


ARRANGE: dict[str, Callable[..., None]] = {
    "set_column": _set_column,
    "set_row": _set_row,
    "set_landscape": _landscape,
    "set_paper": _paper,
    "fit_to_pages": _fit,
    "set_margins": _margins,
    "set_footer": _footer,
    "hide_gridlines": _gridlines,
    "center_horizontally": _centre,
    "freeze_panes": _freeze,
    "repeat_rows": _repeat,
    "print_area": _print_area,
    "autofilter": _filter,
    "conditional_format": _conditional,
    "insert_chart": _chart,
}
