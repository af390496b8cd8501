"""The charts of 分布: columns from nought, points on honest axes, readable without colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...form import Project
from ...spec import heading
from ..style import FONT, LINE, NAVY, Book

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

LETTERS = {"name": FONT, "size": 9, "bold": False}
LIGHT = "#C9D6E8"
MANY = 300
"""Of more points than this each is smaller."""
GRIDLINES = {"visible": True, "line": {"color": "#E3E3E3", "width": 0.5}}
VERDICTS_WIDTH = 420
SMALL, LARGE = {"width": 415, "height": 320}, {"width": 640, "height": 420}


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """Where the figures of a chart stand: the row of their titles, the first and last row, the first column."""

    sheet: str
    head: int
    first: int
    last: int
    col: int

    def series(self, col: int, categories: int, **looks: Any) -> dict[str, Any]:
        """A series of one column over another, counted from the first."""
        x, y = self.col + categories, self.col + col
        return {
            "name": [self.sheet, self.head, y],
            "categories": [self.sheet, self.first, x, self.last, x],
            "values": [self.sheet, self.first, y, self.last, y],
            **looks,
        }


def columns(book: Book, area: Area, title: str) -> Chart:
    """Two series of columns side by side, dark and light, each with its number on top."""
    chart = _chart(book, {"type": "column"}, title, SMALL)
    labels = {"value": True, "font": {**LETTERS, "size": 7}}
    edge = {"color": NAVY, "width": 0.75}
    dark, light = {"color": NAVY}, {"color": LIGHT}
    chart.add_series(area.series(1, 0, fill=light, border=edge, gap=40, overlap=0, data_labels=labels))
    chart.add_series(area.series(2, 0, fill=dark, border=edge, data_labels=labels))
    chart.set_x_axis({"num_font": {**LETTERS, "size": 8}})
    chart.set_y_axis({"num_font": LETTERS, "min": 0, "num_format": "0", "major_gridlines": GRIDLINES})
    chart.set_legend({"position": "bottom", "font": LETTERS})
    return chart


def verdicts(book: Book, area: Area, fills: Sequence[str], height: int) -> Chart:
    """A bar for every verdict in its colour, from the best down, each with its number; so many pixels high."""
    chart = book.workbook.add_chart({"type": "bar"})
    assert chart is not None
    edge = {"color": NAVY, "width": 0.75}
    points = [{"fill": {"color": fill}, "border": edge} for fill in fills]
    chart.add_series(area.series(1, 0, points=points, gap=25, data_labels={"value": True, "font": LETTERS}))
    chart.set_title({"none": True})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": LETTERS, "line": {"color": LINE}, "major_tick_mark": "none"})
    chart.set_x_axis({"min": 0, "visible": False, "major_gridlines": {"visible": False}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": VERDICTS_WIDTH, "height": height, "x_offset": 4, "y_offset": 1})
    return chart


def spending(book: Book, area: Area, rates: tuple[int, int], scores: tuple[int, int]) -> Chart:
    """Each project's computed score over its execution rate; ``rates`` are percent, from where to where they go."""
    chart = _chart(book, {"type": "scatter"}, "执行率与测算得分", LARGE)
    chart.add_series(area.series(1, 0, marker=_mark(area)))
    chart.set_x_axis(_axis("执行率", rates, "0%", unit=100))
    chart.set_y_axis(_axis("测算得分", scores, "0"))
    chart.set_legend({"none": True})
    return chart


def own(book: Book, area: Area, scores: tuple[int, int]) -> Chart:
    """Each project's own score over its computed one; on the dashed line both are the same."""
    claimed = heading(Project, "claimed")
    chart = _chart(book, {"type": "scatter"}, f"{claimed}与测算得分（虚线上两者相等，线上方自评偏高）", LARGE)
    chart.add_series(area.series(2, 1, marker=_mark(area)))
    line = {
        **area.series(3, 3),
        "line": {"color": NAVY, "width": 1.25, "dash_type": "dash"},
        "marker": {"type": "none"},
    }
    for key in ("categories", "values"):
        line[key] = [area.sheet, area.first, area.col + 3, area.first + 1, area.col + 3]
    chart.add_series(line)
    chart.set_x_axis(_axis("测算得分", scores, "0"))
    chart.set_y_axis(_axis(claimed, scores, "0"))
    chart.set_legend({"position": "bottom", "font": LETTERS})
    return chart


def _chart(book: Book, kind: dict[str, str], title: str, size: dict[str, int]) -> Chart:
    chart = book.workbook.add_chart(kind)
    assert chart is not None
    chart.set_title({"name": title, "name_font": {**LETTERS, "size": 11, "bold": True}})
    chart.set_size({**size, "x_offset": 2, "y_offset": 2})
    return chart


def _mark(area: Area) -> dict[str, Any]:
    size = 3 if area.last - area.first > MANY else 5
    return {"type": "circle", "size": size, "fill": {"color": NAVY, "transparency": 55}, "border": {"color": NAVY}}


def _axis(name: str, ends: tuple[int, int], shape: str, unit: int = 1) -> dict[str, Any]:
    """An axis from one end to another, both counted in so many parts of one."""
    axis: dict[str, Any] = {"name": name, "name_font": LETTERS, "num_font": LETTERS, "num_format": shape}
    axis |= {"major_gridlines": GRIDLINES, "line": {"color": LINE}}
    return axis | dict(zip(("min", "max"), (Decimal(end) / unit for end in ends), strict=True))
