"""The chart of 评价结论: each project's computed score, what was left unassessed on top of it, its own score as a mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .style import FONT, text_width
from .table import Table

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

MANY, SHORT = 6, 20
"""Up to so many projects with names up to so wide the axis shows their names, otherwise their numbers."""

COMPUTED, UNASSESSED, OWN = "#5B8DB8", "#D9D9D9", "#C55A11"
LETTERS = {"name": FONT, "size": 9, "bold": False}


def insert_chart(table: Table, first: int, last: int, row: int, names: Sequence[str]) -> None:
    """Insert the chart of the projects between two rows of the evaluation table, named ``names``."""
    by_name = len(names) <= MANY and all(text_width(name) <= SHORT for name in names)
    labels = "name" if by_name else "no"
    chart = table.book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    marks = table.book.workbook.add_chart({"type": "line"})
    assert chart is not None
    assert marks is not None
    gap = 80 if len(names) > 3 else 300

    def series(key: str, **looks: Any) -> dict[str, Any]:
        sheet, label, col = table.ws.get_name(), table.col(labels), table.col(key)
        return {
            "name": _title(table, key),
            "categories": [sheet, first, label, last, label],
            "values": [sheet, first, col, last, col],
            **looks,
        }

    chart.add_series(series("score", fill={"color": COMPUTED}, gap=gap))
    chart.add_series(series("left_out", fill={"color": UNASSESSED}))
    mark = {"type": "diamond", "size": 9, "fill": {"color": OWN}, "border": {"color": OWN}}
    marks.add_series(series("claimed", marker=mark, line={"none": True}))
    chart.combine(marks)
    _dress(chart, table, "" if by_name else f"项目{_title(table, labels)}（见上表）")
    table.ws.insert_chart(row, 0, chart, {"x_offset": 4, "description": _caption(table)})


def _dress(chart: Chart, table: Table, axis: str) -> None:
    lines = {"visible": True, "line": {"color": "#E3E3E3", "width": 0.5}}
    scale = {"min": 0, "max": 110, "major_unit": 20, "num_format": "0"}
    chart.set_title({"name": _caption(table), "name_font": {**LETTERS, "size": 11, "bold": True}})
    chart.set_legend({"position": "bottom", "font": LETTERS})
    chart.set_x_axis({"num_font": LETTERS, "name": axis, "name_font": LETTERS} if axis else {"num_font": LETTERS})
    chart.set_y_axis({**scale, "num_font": LETTERS, "major_gridlines": lines})
    pixels = sum(int(heading.width * 7 + 5) for heading in table.headings)
    chart.set_size({"width": pixels - 8, "height": 300})


def _caption(table: Table) -> str:
    return f"各项目{_title(table, 'claimed')}与{_title(table, 'score')}"


def _title(table: Table, key: str) -> str:
    return table.headings[table.col(key)].title
