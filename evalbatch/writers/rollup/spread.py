"""The sheet 分布: how grades, scores and spending spread, as native charts with their tables beside them.

The tables are formulas over 汇总 and 项目总表. The points of the scatter charts stand right of the printed page.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor

from ...form import Project
from ...model import Status
from ...spec import heading
from ...totals import UNGRADED
from ..scored_conclusion import FILLS
from ..style import CENTER, HEAD, NOTE, SECTION, TITLE, Book, Look
from ..table import address
from . import spread_charts as charts
from .facts import CONCLUSIONS, OUT, Facts
from .looks import LINE_OF_WORDS, POINTS, SHARE, SHORT, TALLY
from .projects import HEADINGS as PROJECT_HEADINGS
from .projects import Projects, Spot
from .spread_charts import Area
from .units import Units

NAME = "分布"
LEFT, LEFT_TABLE, RIGHT, RIGHT_TABLE, LAST, DATA = 0, 7, 11, 18, 20, 22
"""The first columns of the charts and tables, the last printed column, the first column of the points."""
WIDTHS = (*[9.0] * 6, 2.0, 11.0, 9.0, 9.0, 2.0, *[9.0] * 6, 2.0, 11.0, 9.0, 9.0, 4.0, *[11.0] * 4)
UPPER, VERDICTS, LOWER, END = 3, 14, 21, 43
"""The rows where the upper charts, the table of verdicts and the lower charts begin, and the last printed row."""
BOUNDS = (None, 60, 65, 70, 75, 80, 85, 90, 95, 100, None)
"""The score classes: each from a bound up to, and without, the next."""
MAX_SPOTS = 2_000
"""How many projects a scatter chart shows; of more, every second, third, … one."""
TOP_RATE, TOP_SCORE = Decimal(2), Decimal(120)
"""What lies above is left out of the scatter charts and counted."""


class Spread:
    """The sheet."""

    def __init__(self, book: Book, facts: Facts, units: Units, projects: Projects) -> None:
        self.book = book
        self.ws = book.sheet(NAME, WIDTHS)
        self.facts = facts
        self.units = units
        self.projects = projects

    def write(self) -> None:
        """Write the sheet."""
        self._wide(0, 0, LAST, NAME, TITLE)
        self.ws.set_row(0, 30)
        points = next(h.title for h in PROJECT_HEADINGS if h.key == "points")
        words = f"{points}为测算得分，只算定了等级的项目；{heading(Project, 'claimed')}是单位自己的分"
        self._wide(1, 0, LAST, words, NOTE, align="center")
        for row, col, text in (
            (UPPER - 1, LEFT, "一、等级"),
            (UPPER - 1, RIGHT, "二、得分分布"),
            (LOWER - 1, LEFT, "三、执行率与得分"),
            (LOWER - 1, RIGHT, f"四、{heading(Project, 'claimed')}与测算得分"),
        ):
            self.book.text(self.ws, row, col, text, SECTION)
        self._grades()
        self._classes()
        self._spots()
        self.ws.print_area(0, 0, END, LAST)
        self.ws.fit_to_pages(1, 1)

    def _wide(self, row: int, first: int, last: int, text: str, *looks: Look, **more: str) -> None:
        self.ws.merge_range(row, first, row, last, "", self.book.look(*looks, **more))
        self.book.text(self.ws, row, first, text, *looks, **more)

    def _grades(self) -> None:
        """How many workbooks and projects have each grade; a workbook's is that of its unit as a whole."""
        self._head(LEFT_TABLE, ("等级", "份数", "项目数"))
        sums, units = self.projects.all, self.facts.units
        for row, grade in enumerate(CONCLUSIONS, UPPER + 1):
            self.book.text(self.ws, row, LEFT_TABLE, grade, CENTER)
            of_units = f'COUNTIF({self.units.spans("grade")},"{grade}")' if units else "0"
            self._count(row, LEFT_TABLE + 1, of_units, sum(1 for unit in units if unit.grade == grade))
            of_projects = self.projects.table.over(
                lambda at, grade=grade: f'COUNTIF({at("grade")},"{grade}")'  # type: ignore[misc]
            )
            self._count(row, LEFT_TABLE + 2, of_projects, sums.conclusions[grade])
        last = UPPER + len(CONCLUSIONS)
        self._sums(last + 1, LEFT_TABLE, (len(units), self.facts.projects))
        area = Area(sheet=NAME, head=UPPER, first=UPPER + 1, last=last, col=LEFT_TABLE)
        self.ws.insert_chart(UPPER, LEFT, charts.columns(self.book, area, "各等级的自评表份数和项目数"))
        self._verdicts()

    def _verdicts(self) -> None:
        """How many workbooks have each verdict: the figures of the chart beside the verdict on the run."""
        self._head(LEFT_TABLE, ("结论", "份数"), VERDICTS)
        for row, status in enumerate(Status, VERDICTS + 1):
            self.book.text(self.ws, row, LEFT_TABLE, SHORT[status], CENTER)
            self._count(row, LEFT_TABLE + 1, self.units.counted(status), self.facts.of_status(status))
        area = Area(sheet=NAME, head=VERDICTS, first=VERDICTS + 1, last=VERDICTS + len(Status), col=LEFT_TABLE)
        row, col, height = self.units.aside
        if self.facts.files:
            fills = [FILLS[status] for status in Status]
            self.units.table.table.ws.insert_chart(row, col, charts.verdicts(self.book, area, fills, height))

    def _classes(self) -> None:
        """How many projects' scores lie in each class, computed ones and the units' own."""
        self._head(RIGHT_TABLE, ("分数段", "测算", "自评"))
        pairs = list(itertools.pairwise(BOUNDS))
        for row, (low, high) in enumerate(pairs, UPPER + 1):
            self.book.text(self.ws, row, RIGHT_TABLE, _class_name(low, high), CENTER)
            for col, key, counted in ((1, "points", self.projects.points), (2, "claimed", self.projects.claimed)):
                formula = self.projects.table.over(
                    lambda at, key=key, low=low, high=high: _counted(at(key), at("grade"), low, high)  # type: ignore[misc]
                )
                found = sum(n for score, n in counted.items() if _within(score, low, high))
                self._count(row, RIGHT_TABLE + col, formula, found)
        last = UPPER + len(pairs)
        self._sums(last + 1, RIGHT_TABLE, (self.projects.points.total(), self.projects.claimed.total()))
        area = Area(sheet=NAME, head=UPPER, first=UPPER + 1, last=last, col=RIGHT_TABLE)
        self.ws.insert_chart(UPPER, RIGHT, charts.columns(self.book, area, "项目得分分布：测算与自评"))

    def _head(self, col: int, titles: Sequence[str], row: int = UPPER) -> None:
        for i, title in enumerate(titles):
            self.book.text(self.ws, row, col + i, title, HEAD)

    def _count(self, row: int, col: int, formula: str, count: int) -> None:
        self.book.formula(self.ws, row, col, formula, Decimal(count), TALLY)

    def _sums(self, row: int, col: int, totals: tuple[int, int]) -> None:
        self.book.text(self.ws, row, col, "合计", CENTER, bold=True)
        for i, count in enumerate(totals, col + 1):
            cells = f"{address(UPPER + 1, i)}:{address(row - 1, i)}"
            self.book.formula(self.ws, row, i, f"SUM({cells})", Decimal(count), TALLY, bold=True)

    def _spots(self) -> None:
        """The points of the scatter charts, and what is left out of them."""
        every = self.projects.scored
        rated = [spot for spot in every if isinstance(spot.rate, Decimal) and spot.claimed is not None]
        inside = [spot for spot in rated if _is_inside(spot)]
        step = max(1, -(-len(inside) // MAX_SPOTS))
        shown = inside[::step]
        self._wide(END, 0, LAST, self._said(len(rated), len(inside), len(shown), step), LINE_OF_WORDS)
        if not shown:
            return
        claimed = heading(Project, "claimed")
        self._head(DATA, ("执行率", "测算得分", claimed, "两者相等"))
        for row, spot in enumerate(shown, UPPER + 1):
            self._spot(row, spot)
        scores = [score for spot in shown for score in (spot.points, spot.claimed) if score is not None]
        low, high = _bounds(scores)
        rates = _bounds([spot.rate * 100 for spot in shown if isinstance(spot.rate, Decimal)])
        for row, end in ((UPPER + 1, low), (UPPER + 2, high)):
            self.book.number(self.ws, row, DATA + 3, end, TALLY)
        area = Area(sheet=NAME, head=UPPER, first=UPPER + 1, last=UPPER + len(shown), col=DATA)
        self.ws.insert_chart(LOWER, LEFT, charts.spending(self.book, area, rates, (low, high)))
        self.ws.insert_chart(LOWER, RIGHT, charts.own(self.book, area, (low, high)))

    def _spot(self, row: int, spot: Spot) -> None:
        columns = {h.key: col for col, h in enumerate(PROJECT_HEADINGS)}
        values = {"rate": spot.rate, "points": spot.points, "claimed": spot.claimed}
        for i, (key, value) in enumerate(values.items()):
            cell = address(spot.row, columns[key], spot.sheet)
            self.book.formula(self.ws, row, DATA + i, cell, value, SHARE if key == "rate" else POINTS)

    def _said(self, rated: int, inside: int, shown: int, step: int) -> str:
        """What the scatter charts show and what they leave out."""
        if not shown:
            return "没有定了等级、又有执行率和自评得分的项目，图三、图四不画。"
        out = self.projects.all.conclusions[OUT]
        left_out = (
            (out, OUT),
            (self.facts.projects - rated - out, f"没有评完、{UNGRADED}或缺执行率、自评得分"),
            (rated - inside, f"执行率超过 200% 或得分在 0 至 {TOP_SCORE} 之外"),
        )
        why = "，".join(f"{count} 个{why}" for count, why in left_out if count) or "没有一个略去"
        words = f"图三、图四每点是一个项目，共画 {shown} 个；全部 {self.facts.projects} 个项目里，{why}"
        if step > 1:
            words += f"；其余按顺序每 {step} 个取一个"
        return f"{words}。数据在右侧 W 列起。"


def _bounds(values: Sequence[Decimal]) -> tuple[int, int]:
    """The tens between which an axis shows all of these, at least from 90 to 100."""
    return min(90, floor(min(values) / 10) * 10), max(100, ceil(max(values) / 10) * 10)


def _class_name(low: int | None, high: int | None) -> str:
    if low is None:
        return f"{high} 以下"
    return f"{low} 及以上" if high is None else f"{low}–{high}"


def _within(score: Decimal, low: int | None, high: int | None) -> bool:
    return (low is None or score >= low) and (high is None or score < high)


def _counted(scores: str, grades: str, low: int | None, high: int | None) -> str:
    bounds = [f'{scores},">={low}"' if low is not None else "", f'{scores},"<{high}"' if high is not None else ""]
    return f'COUNTIFS({",".join(filter(None, bounds))},{grades},"<>{OUT}")'


def _is_inside(spot: Spot) -> bool:
    rate, claimed = spot.rate, spot.claimed
    assert isinstance(rate, Decimal)
    assert claimed is not None
    return 0 <= rate <= TOP_RATE and 0 <= claimed <= TOP_SCORE and 0 <= spot.points <= TOP_SCORE
