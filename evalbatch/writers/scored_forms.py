"""The official forms: 自评表-<项目编号> for every project that takes part, and 自评表-部门整体.

They follow the national 项目支出绩效自评表 and a provincial 部门整体支出绩效自评表, to be printed on A4, signed and
filed. Every score, weight, total and result is a formula that points at 评分明细, every rate one over the amounts
beside it, so that a form never disagrees with the working behind it.

The official form has one column 得分. Here it holds the computed score (测算得分): that is what this workbook is about,
and what follows a changed result. What the unit signs for is its own score, so a narrow column 自评得分 stands beside
it, tinted where the two differ, and a line under the title says which is which.

A text too long for its cell is given in full below the table (附注); its cell holds its beginning and says where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from ..form import AMOUNT_COLUMNS, DEPARTMENT, FUNDS, LEVEL1, BudgetLine, Department, Indicator, Project, Unit
from ..formula import Expr, Text, cells, join, line_break, plain, ref, rounded, total, when
from ..model import Evaluation, IndicatorScore
from ..spec import heading
from .form_names import PREFIX, sheet_names
from .form_parts import (
    CLAIMED_TITLE,
    DASH,
    INDICATORS_LABEL,
    LABEL,
    LINE,
    LONG,
    OPEN_ABOVE,
    OPEN_BELOW,
    POINTS,
    RATE_TITLE,
    ROW,
    SCORE_TITLE,
    SHORT,
    SIZE,
    WORDS,
    Amounts,
    FormWriter,
    Line,
    Span,
    level,
    lines_of,
    target_of,
)
from .grid import Grid
from .scored_detail import KINDS, OPS, Detail, evaluated_scores
from .style import WARNING_FILL, Book
from .table import address

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PROJECT_TITLE, DEPARTMENT_TITLE = "项目支出绩效自评表", "部门整体支出绩效自评表"
MONEY_LABEL, GOAL_LABEL = "项目资金", "年度总体\n目标"
FUND_LABELS = ("年度资金总额", "其中：当年财政拨款", "　　　上年结转资金", "　　　其他资金")
EXECUTION_LABEL, GOALS_LABEL = "部门预算执行情况", "当年绩效目标"
ADJUSTED_BUDGET, YEAR_START, ADJUSTED = "全年（调整）预算数", "年初", "全年（调整）"
WEIGHT_TITLE, NAME_TITLE = "权重", "指标名称"
TARGET_TITLE, ACTUAL_TITLE, REASON_TITLE = "年初指标值", "全年完成值", "偏差原因"

PROJECT_WIDTHS = (7.3, 9, 10.5, 16.3, 10.9, 10.9, 5.5, 6.5, 7.4, 8, 11.6)
DEPARTMENT_WIDTHS = (7.3, 11, 12.6, 7.6, 7.6, 10.9, 10.9, 6, 6.5, 7.4, 8, 8)

GROUP_POINTS = rounded(total(cells("weights")), 6)


@cache
def _with_points(name: str) -> Expr:
    """A first level, one of the form's or what stands in its cell, with the points of its indicators."""
    label: Expr = Text(name) if name else ref("name")
    return when(GROUP_POINTS.equals(0), join(label, ""), join(label, line_break(), "（", GROUP_POINTS, "分）"))


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The sheets of the forms, still empty, those of the projects in the order of 评分明细."""

    projects: tuple[Worksheet, ...]
    department: Worksheet

    @property
    def names(self) -> tuple[str, ...]:
        """The titles of the projects' sheets."""
        return tuple(ws.get_name() for ws in self.projects)


def add_forms(book: Book, evaluation: Evaluation, fixed: Iterable[str]) -> Forms:
    """Add a sheet for every form; ``fixed`` are the names of the workbook's other sheets."""
    own = PREFIX + DEPARTMENT
    codes = [score.code for score, takes_part in evaluated_scores(evaluation) if takes_part]
    sheets = [_sheet(book, name, PROJECT_WIDTHS) for name in sheet_names(codes, [*fixed, own])]
    return Forms(projects=tuple(sheets), department=_sheet(book, own, DEPARTMENT_WIDTHS))


def _sheet(book: Book, name: str, widths: tuple[float, ...]) -> Worksheet:
    ws = book.sheet(name, widths, landscape=False)
    ws.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    ws.center_horizontally()
    return ws


def write_forms(book: Book, forms: Forms, evaluation: Evaluation, detail: Detail) -> None:
    """Fill the forms."""
    tint = book.workbook.add_format({"bg_color": WARNING_FILL})
    submission = evaluation.submission
    for ws, block in zip(forms.projects, detail.projects, strict=True):
        _ProjectForm(Grid(book, ws, PROJECT_WIDTHS), submission, detail, block, tint).write()
    grid = Grid(book, forms.department, DEPARTMENT_WIDTHS)
    _DepartmentForm(grid, submission, detail, detail.department, tint).write()


class _ProjectForm(FormWriter):
    """The national layout."""

    WHOLE: ClassVar = (0, 10)
    SPANS: ClassVar = {
        "level1": (1, 1),
        "level2": (2, 2),
        "name": (3, 3),
        "target": (4, 4),
        "actual": (5, 5),
        "weight": (6, 6),
        "score": (7, 7),
        "claimed": (8, 8),
        "reason": (9, 10),
    }
    TITLES: ClassVar = {key: heading(Indicator, key) for key in SPANS if key != "score"} | {"score": SCORE_TITLE}
    FUNDS: ClassVar = {
        "initial": (3, 3),
        "budget": (4, 4),
        "executed": (5, 5),
        "weight": (6, 6),
        "rate": (7, 8),
        "score": (9, 9),
        "claimed": (10, 10),
    }

    def write(self) -> None:
        project = self.block.score.project
        assert project is not None
        self.head(PROJECT_TITLE)
        self.pairs(((0, 1), heading(Project, "name"), (2, 10), project.name.text))
        department, agency = self.submission.unit.department.text, project.agency.text
        self.pairs(
            ((0, 1), heading(Unit, "department"), (2, 4), department),
            ((5, 6), heading(Project, "agency"), (7, 10), agency),
        )
        self.funds(project)
        goal, achieved = (((1, 4), "goal", project.goal), ((5, 10), "achieved", project.achieved))
        columns = [(span, heading(Project, name), entry.text) for span, name, entry in (goal, achieved)]
        self.grid.hold(0, self.row - 1)
        self.goals(GOAL_LABEL, (0, 0), columns)
        head = self.indicators()
        self.end(((0, 2), (3, 4), (5, 7), (8, 10)), (0, 5), heading(BudgetLine, "note"), project.note.text)
        self.grid.finish(head)

    def funds(self, project: Project) -> None:
        """The money: the year's total with rate and points, and its sources."""
        first, spans = self.row, self.FUNDS
        self.grid.text(first, (1, 2), "", LABEL)
        titles = {name: heading(BudgetLine, name) for name in AMOUNT_COLUMNS} | {
            "weight": heading(Indicator, "weight"),
            "rate": RATE_TITLE,
            "score": SCORE_TITLE,
            "claimed": CLAIMED_TITLE,
        }
        for name, title in titles.items():
            self.grid.text(first, spans[name], title, LABEL)
        self.next(LINE)
        self.grid.text(self.row, (1, 2), FUND_LABELS[0], WORDS)
        self.budget(spans, {name: getattr(project, name) for name in AMOUNT_COLUMNS})
        self.next(LINE)
        for fund, label in zip(FUNDS, FUND_LABELS[1:], strict=True):
            self.fund(label, {name: getattr(project, f"{fund}_{name}") for name in AMOUNT_COLUMNS})
        label = f"{MONEY_LABEL}\n（{self.submission.money_unit}）"
        self.grid.text(first, (0, 0), label, LABEL, rows=self.row - first)

    def fund(self, label: str, entries: Amounts) -> None:
        spans = self.FUNDS
        self.grid.text(self.row, (1, 2), label, WORDS)
        for name, entry in entries.items():
            self.amount(spans[name], entry)
        self.rate(spans["rate"], {name: address(self.row, spans[name][0]) for name in entries}, entries)
        for name in ("weight", "score", "claimed"):
            self.grid.text(self.row, spans[name], DASH, SHORT)
        self.next(LINE)

    def indicators(self) -> int:
        """The table of indicators, levels merged; returns its heading row."""
        head = self.row
        self.grid.text(head, (0, 0), "", OPEN_BELOW)
        for key, title in self.TITLES.items():
            self.grid.text(head, self.SPANS[key], title, LABEL)
        self.next(LINE + 2)
        lines = lines_of(self.block)
        if not lines:
            self.none((1, 10))
        for _, same in groupby(lines, key=lambda line: level(line)[0]):
            self.first_level(list(same))
        self.grid.text(head + 1, (0, 0), INDICATORS_LABEL, OPEN_ABOVE, rows=self.row - head - 1, again=True)
        self.grid.hold(head, head + 1)
        return head

    def first_level(self, lines: list[Line]) -> None:
        first = self.row
        for _, same in groupby(lines, key=level):
            start, group = self.row, list(same)
            for line in group:
                self.indicator(line)
            text = group[0].scored.row.level2
            span, rows = self.SPANS["level2"], self.row - start
            self.long(start, span, heading(Indicator, "level2"), text.value or text.text, SHORT, rows=rows, again=True)
        self.points_of(lines, first)

    def points_of(self, lines: list[Line], first: int) -> None:
        """``产出指标`` above ``（50分）``: the first level with the points of its indicators, merged over their rows."""
        level1, span, rows = lines[0].scored.row.level1, self.SPANS["level1"], self.row - first
        name = level1.value or level1.text
        if self.grid.needs(name, span, SIZE) > LONG:
            self.long(first, span, heading(Indicator, "level1"), name, SHORT, rows=rows, again=True)
            return
        expr = _with_points(name if name in LEVEL1 else "")
        points = sum((line.scored.weight or Decimal(0) for line in lines), Decimal(0))
        col = self.SPANS["weight"][0]
        start, end = address(first, col), address(self.row - 1, col)
        names = {"name": self.source(lines[0].detail, "level1"), "weights": f"{start}:{end}" if rows > 1 else start}
        shown = f"{name}\n（{plain(points)}分）" if points else name
        self.grid.formula(first, span, expr.excel(names.__getitem__), shown, SHORT, rows=rows, again=True)

    def indicator(self, line: Line) -> None:
        scored = line.scored
        self.indicator_text("name", line, scored.row.name.text, WORDS)
        self.indicator_text("target", line, target_of(scored), SHORT)
        self.figures(line)
        self.next(ROW)


class _DepartmentForm(FormWriter):
    """One of several provincial layouts."""

    WHOLE: ClassVar = (0, 11)
    SPANS: ClassVar = {
        "name": (1, 2),
        "unit": (3, 3),
        "nature": (4, 4),
        "target": (5, 5),
        "actual": (6, 6),
        "weight": (7, 7),
        "score": (8, 8),
        "claimed": (9, 9),
        "reason": (10, 11),
    }
    TITLES: ClassVar = {
        "name": NAME_TITLE,
        "unit": heading(Indicator, "unit"),
        "nature": heading(Indicator, "nature"),
        "target": TARGET_TITLE,
        "actual": ACTUAL_TITLE,
        "weight": WEIGHT_TITLE,
        "score": SCORE_TITLE,
        "claimed": CLAIMED_TITLE,
        "reason": REASON_TITLE,
    }
    BUDGET: ClassVar = {
        "initial": ((2, 3), heading(BudgetLine, "initial")),
        "budget": ((4, 5), ADJUSTED_BUDGET),
        "executed": ((6, 6), heading(BudgetLine, "executed")),
        "rate": ((7, 8), RATE_TITLE),
        "weight": ((9, 9), WEIGHT_TITLE),
        "score": ((10, 10), SCORE_TITLE),
        "claimed": ((11, 11), CLAIMED_TITLE),
    }

    def write(self) -> None:
        unit, department = self.submission.unit, self.submission.department
        self.head(DEPARTMENT_TITLE, unit.name.text)
        self.who()
        self.execution()
        texts = (
            ((2, 4), YEAR_START, department.goal),
            ((5, 7), ADJUSTED, department.full_goal),
            ((8, 11), heading(Department, "achieved"), department.achieved),
        )
        self.grid.hold(0, self.row - 1)
        self.goals(GOALS_LABEL, (0, 1), [(span, title, entry.text) for span, title, entry in texts])
        head = self.indicators()
        self.end(((0, 2), (3, 5), (6, 8), (9, 11)), (0, 6), heading(Department, "note"), department.note.text)
        self.grid.finish(head)

    def who(self) -> None:
        """The department, its own total, whom to ask."""
        unit, department, label = self.submission.unit, self.submission.department, self.grid.text
        label(self.row, (4, 4), heading(Department, "claimed"), LABEL)
        self.link((5, 5), self.source(self.block.total, "claimed"), self.shown(department.claimed), POINTS)
        self.pairs(
            ((0, 1), heading(Unit, "department"), (2, 3), unit.department.text),
            ((6, 6), heading(Department, "contact"), (7, 8), department.contact.text),
            ((9, 9), heading(Unit, "phone"), (10, 11), unit.phone.text),
        )

    def execution(self) -> None:
        first, label = self.row, f"{EXECUTION_LABEL}\n（{self.submission.money_unit}）"
        for span, title in self.BUDGET.values():
            self.grid.text(first, span, title, LABEL)
        self.next(LINE)
        money = self.submission.budget.spending
        spans: dict[str, Span] = {key: span for key, (span, _) in self.BUDGET.items()}
        self.budget(spans, {name: getattr(money, name) for name in AMOUNT_COLUMNS})
        self.next(LINE)
        self.grid.text(first, (0, 1), label, LABEL, rows=2)

    def indicators(self) -> int:
        """The table of indicators; returns its heading row."""
        head = self.row
        self.grid.text(head, (0, 0), "", OPEN_BELOW)
        for key, title in self.TITLES.items():
            self.grid.text(head, self.SPANS[key], title, LABEL)
        self.next(LINE + 4)
        lines = lines_of(self.block)
        if not lines:
            self.none((1, 11))
        for line in lines:
            self.indicator(line)
        self.grid.text(head + 1, (0, 0), INDICATORS_LABEL, OPEN_ABOVE, rows=self.row - head - 1, again=True)
        self.grid.hold(head, head + 1)
        return head

    def indicator(self, line: Line) -> None:
        scored, row = line.scored, line.scored.row
        target = row.target.text if row.adjusted.is_blank else f"{row.target.text}（调整为 {row.adjusted.text}）"
        self.indicator_text("name", line, row.name.text, WORDS)
        self.indicator_text("unit", line, row.unit.text or scored.target.unit, SHORT)
        self.indicator_text("nature", line, row.nature.text or _nature(scored), SHORT)
        self.indicator_text("target", line, target, SHORT)
        self.figures(line)
        self.next(ROW)


def _nature(scored: IndicatorScore) -> str:
    """The direction where it was written inside the target."""
    target = scored.target
    return KINDS[target.kind] or ("" if target.inferred else OPS.get(target.op or "", ""))
