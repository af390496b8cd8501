"""The sheet 评分明细: every indicator with target and result as written and as understood, scored by a live formula.

A project (then the unit as a whole) is a block: a title row, the execution row, its indicators, a sum row. Change a
result, recalculate, and score, sum and grade follow; the sheet 评价结论 points at the sum rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from ..execution import EXECUTION_WORDS, execution_expr
from ..form import DEPARTMENT, BudgetLine, Department, Indicator, Project, Unit
from ..formula import (
    Address,
    Expr,
    both,
    cells,
    count,
    is_number,
    plain,
    quantize,
    ref,
    rounded,
    total,
    when,
)
from ..model import UNSCORED, Evaluation, ExecutionScore, IndicatorScore, Score, Submission, ValueKind
from ..policy import EXECUTION as EXECUTION_ROW
from ..policy import Policy
from ..rules.words import cells as cells_of
from ..score import RULES, expression, tier_of, tier_points, working_of
from ..spec import Entry, Place, heading
from ..totals import grade_expr, is_rescaled, said_expr, said_of, sums_of, total_expr
from ..working import MAX_TEXT
from .style import BAND_FILL, CALC_FILL, CENTER, GENERAL, GRID, MONEY, NAVY, NUMBER, SCORE, Look
from .table import Heading, Table, address

TITLE = "评分明细"
NO_POINTS = "不计分"
SUM_LABEL = "合计"

POINTS: Look = {**NUMBER, "num_format": SCORE}
FIGURE: Look = {**NUMBER, "num_format": GENERAL, "shrink": True}
GAP_LOOK: Look = {**NUMBER, "num_format": "0.00##"}
BLOCK: Look = {**GRID, "bold": True, "bg_color": BAND_FILL, "font_color": NAVY}
SUM: Look = {"bold": True, "bg_color": CALC_FILL}

HEADINGS = (
    Heading("code", heading(Indicator, "project"), 9, CENTER),
    Heading("level1", heading(Indicator, "level1"), 9),
    Heading("level2", heading(Indicator, "level2"), 11),
    Heading("name", heading(Indicator, "name"), 18),
    Heading("target_text", "指标值原文", 11),
    Heading("actual_text", "完成值原文", 11),
    Heading("op", "方向", 8, CENTER),
    Heading("target", heading(Indicator, "target"), 11, FIGURE),
    Heading("upper", "指标值上限", 8, FIGURE),
    Heading("actual", heading(Indicator, "actual"), 11, FIGURE),
    Heading("unit", "单位", 6.5, CENTER),
    Heading("weight", heading(Indicator, "weight"), 6.5, FIGURE),
    Heading("score", "得分", 7.5, POINTS),
    Heading("assessed", "已评分值", 7, FIGURE),
    Heading("claimed", heading(Indicator, "claimed"), 7.5, POINTS),
    Heading("gap", "差额", 7.5, GAP_LOOK),
    Heading("grade", "等级", 6.5, CENTER),
    Heading("rule", "评分规则", 11, CENTER),
    Heading("basis", "计分依据", 27),
    Heading("place", "位置", 13),
)

OPS = {">=": "≥", "<=": "≤", "=": "＝", ">": "＞", "<": "＜", "between": "区间", "about": "约"}
KINDS = {ValueKind.QUALITATIVE: "定性", ValueKind.DATE: "日期", ValueKind.UNPARSED: "—", ValueKind.QUANTITATIVE: ""}

W, RESULT, CLAIMED = ref("weight"), ref("actual"), ref("claimed")
POINTS_OF, DONE = ref("score"), ref("assessed")
DONE_POINTS = when(is_number(POINTS_OF), W, 0)
GAP = when(both(is_number(CLAIMED), is_number(POINTS_OF)), rounded(CLAIMED - POINTS_OF, 6), "")

SUM_WEIGHT = rounded(total(cells("weight")), 6)
SUM_DONE = rounded(total(cells("assessed")), 6)
SUM_SCORE = when(count(cells("score")).equals(0), UNSCORED, rounded(total(cells("score")), 2))
SUM_GAP = when(
    both(is_number(CLAIMED), is_number(POINTS_OF), DONE.equals(ref("weight"))), rounded(CLAIMED - POINTS_OF, 6), ""
)
"""No difference is shown while points are unassessed: it would set a whole score against a part."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Where a score stands, its execution row and its sum row; ``said`` says how much of it was assessed."""

    score: Score
    execution: int
    total: int
    said: str


@dataclass(frozen=True, kw_only=True)
class Detail:
    """The sheet as written: its blocks, which cell shows which cell of the form, and where weights are summed."""

    table: Table
    projects: tuple[Block, ...]
    department: Block
    shown: dict[Place, str]
    summed: dict[Place, str]

    def find(self, places: Sequence[Place]) -> str | None:
        """The cell that shows the first of some cells of the form; for several weights of one project, their sum."""
        sums = {self.summed.get(place) for place in places}
        if len(places) > 1 and len(sums) == 1 and None not in sums:
            return sums.pop()
        return next((self.shown[place] for place in places if place in self.shown), None)

    def cell(self, row: int, key: str) -> str:
        """The address of a cell as other sheets write it."""
        return address(row, self.table.col(key), TITLE)


def evaluated_scores(evaluation: Evaluation) -> Iterator[tuple[Score, bool]]:
    """The projects' scores, each with whether the project takes part."""
    evaluated = {id(project) for project in evaluation.submission.evaluated}
    for score in evaluation.scores.projects:
        yield score, id(score.project) in evaluated


def excuse_of(project: Project) -> str:
    """Why a project does not take part."""
    if project.excuse.text:
        return project.excuse.text
    if project.evaluated.is_blank:
        return f"{heading(Project, 'evaluated')}一栏未填"
    idle = project.budget.value == 0 and project.executed.value in (0, None)
    return "全年预算数、全年执行数均为 0" if idle else "未说明原因"


def label_of(score: Score) -> str:
    """``项目 1　计生宣传服务活动``, or the unit as a whole."""
    return f"{DEPARTMENT}　{score.name}" if score.project is None else f"项目 {score.code}　{score.name}"


def sheet_headings(evaluation: Evaluation) -> tuple[Heading, ...]:
    """The columns; the upper bound only where a target has one."""
    scores = (*evaluation.scores.projects, evaluation.scores.department)
    bounded = any(i.target.upper is not None for score in scores for i in score.indicators)
    return tuple(h for h in HEADINGS if bounded or h.key != "upper")


def write_detail(table: Table, evaluation: Evaluation, policy: Policy) -> Detail:
    """Write the sheet and return where everything stands."""
    return _Writer(table, evaluation.submission, policy).write(evaluation)


class _Writer:
    """Writes the blocks one below the other."""

    def __init__(self, table: Table, submission: Submission, policy: Policy) -> None:
        self.table = table
        self.submission = submission
        self.policy = policy
        self.row = 3
        self.shown: dict[Place, str] = {}
        self.summed: dict[Place, str] = {}

    def write(self, evaluation: Evaluation) -> Detail:
        money = self.submission.money_unit
        self.table.title(
            TITLE,
            f"{heading(Unit, 'money')}：{money}　　得分、合计与等级均为公式，改动“实际完成值”后重新计算即随之变化",
        )
        self.table.head(2)
        self.table.freeze(2, self.table.col("name") + 1)
        blocks = []
        for score, takes_part in evaluated_scores(evaluation):
            if takes_part:
                blocks.append(self.block(score))
            elif score.project is not None:
                self.heading_row(f"{label_of(score)}　　不参评：{excuse_of(score.project)}")
        department = self.block(evaluation.scores.department)
        self.table.finish()
        return Detail(
            table=self.table, projects=tuple(blocks), department=department, shown=self.shown, summed=self.summed
        )

    def block(self, score: Score) -> Block:
        self.show(self.row, "code", *((score.project.code, score.project.name) if score.project else ()))
        self.heading_row(label_of(score))
        first = self.row
        self.execution(score)
        for indicator in score.indicators:
            self.indicator(score, indicator)
        self.sums(score, first, self.row - 1)
        return Block(score=score, execution=first, total=self.row - 1, said=said_of(score))

    def heading_row(self, text: str) -> None:
        self.table.wide(self.row, self.table.headings[0].key, self.table.headings[-1].key, text, BLOCK)
        self.row += 1

    def execution(self, score: Score) -> None:
        row, table, execution = self.row, self.table, score.execution
        source: Project | Department = score.project or self.submission.department
        table.blanks(row)
        table.put(row, "code", score.code)
        table.put(row, "level1", EXECUTION_ROW)
        table.put(row, "name", f"{heading(BudgetLine, 'executed')} ÷ {heading(BudgetLine, 'budget')}")
        table.put(row, "target_text", execution.budget.text)
        table.put(row, "actual_text", execution.executed.text)
        for key, entry in (("target", execution.budget), ("actual", execution.executed)):
            table.put(row, key, self.shown_money(entry), num_format=MONEY)
            self.show(row, key, entry)
        table.put(row, "unit", self.submission.money_unit)
        table.put(row, "weight", execution.weight)
        self.show(row, "weight", source.execution_weight)
        self.claim(row, score.claimed_execution)
        at = table.at(row)
        names = {"weight": at("weight"), "budget": at("target"), "executed": at("actual")}
        blank = NO_POINTS if execution.weight == 0 else UNSCORED
        points = blank if execution.score is None else execution.score
        expr = when(W > 0, execution_expr(self.policy), NO_POINTS)
        table.calc(row, "score", expr.excel(names.__getitem__), points)
        self.results(row, execution, score.claimed_execution, EXECUTION_ROW)
        self.working(row, execution, EXECUTION_WORDS, {**names, "score": at("score")}.__getitem__)
        self.places(row, execution.budget, execution.executed)
        self.row += 1

    def shown_money(self, entry: Entry[Decimal]) -> Decimal | str | None:
        if entry.value is None:
            return entry.text or None
        return entry.value / self.submission.scale

    def claim(self, row: int, entry: Entry[Decimal]) -> None:
        self.table.put(row, "claimed", entry.text or None if entry.value is None else entry.value)
        self.show(row, "claimed", entry)

    def results(
        self, row: int, scored: ExecutionScore | IndicatorScore, claimed: Entry[Decimal], rule: str | None
    ) -> None:
        """Write what follows from the score: points assessed, difference, rule, working."""
        table, at, points = self.table, self.table.at(row), scored.score
        gap = None if points is None or claimed.value is None else quantize(claimed.value - points, 6)
        assessed = Decimal(0) if points is None else scored.weight or Decimal(0)
        table.calc(row, "assessed", DONE_POINTS.excel(at), assessed)
        table.calc(row, "gap", GAP.excel(at), gap)
        table.put(row, "rule", rule or "—")

    def working(self, row: int, scored: ExecutionScore | IndicatorScore, words: Expr | None, at: Address) -> None:
        """Write the working as a formula that follows the numbers, or as it stands where nothing can change it."""
        otherwise = scored.basis if scored.score is None else UNSCORED
        if words is None or len(otherwise) > MAX_TEXT:
            self.table.put(row, "basis", scored.basis)
        else:
            self.table.calc(row, "basis", _live(words, otherwise).excel(at), scored.basis)

    def indicator(self, score: Score, scored: IndicatorScore) -> None:
        row, table, source, target = self.row, self.table, scored.row, scored.target
        table.blanks(row)
        texts = (source.level1, source.level2, source.name, source.target, source.actual)
        keys = ("level1", "level2", "name", "target_text", "actual_text")
        table.put(row, "code", score.code)
        for key, entry in zip(keys, texts, strict=True):
            table.put(row, key, entry.text)
        if not source.adjusted.is_blank:
            table.put(row, "target_text", f"{source.adjusted.text}（原 {source.target.text}）")
        op = KINDS[target.kind] or OPS.get(target.op or "", "—")
        table.put(row, "op", f"{op}（推定）" if target.inferred else op)
        usable = scored.actual.value if not scored.actual.doubt else None
        table.put(row, "target", target.value)
        table.put(row, "actual", usable)
        if target.upper is not None:
            table.put(row, "upper", target.upper)
        table.put(row, "unit", target.unit or source.unit.text)
        table.put(row, "weight", source.weight.text or None if source.weight.value is None else source.weight.value)
        self.claim(row, source.claimed)
        points = live_points(scored, self.policy)
        self.points(row, scored, points)
        self.results(row, scored, source.claimed, scored.rule)
        self.working(row, scored, None if points is None else working_of(scored, self.policy), table.at(row))
        self.places(row, source.target if source.adjusted.is_blank else source.adjusted, source.actual)
        self.show_indicator(row, source)
        self.row += 1

    def places(self, row: int, *entries: Entry[str] | Entry[Decimal]) -> None:
        self.table.put(row, "place", cells_of([e.place for e in entries if e.place is not None]))

    def points(self, row: int, scored: IndicatorScore, expr: Expr | None) -> None:
        value = UNSCORED if scored.score is None else scored.score
        if expr is None:
            self.table.put(row, "score", UNSCORED)
        else:
            about = plain(self.policy.about)
            at = self.table.at(row)
            self.table.calc(row, "score", expr.excel(lambda name: about if name == "policy.about" else at(name)), value)

    def show_indicator(self, row: int, source: Indicator) -> None:
        """Say which cell of this sheet shows which cell of the form; what has no column leads to the indicator's name."""
        self.show(row, "target", source.target, source.adjusted, source.nature)
        self.show(row, "actual", source.actual, source.tier)
        self.show(row, "weight", source.weight)
        self.show(row, "level1", source.level1)
        self.show(row, "level2", source.level2)
        self.show(row, "unit", source.unit)
        self.show(row, "name", source.name, source.reason, source.evidence)

    def show(self, row: int, key: str, *entries: Entry[str] | Entry[Decimal]) -> None:
        for entry in entries:
            if entry.place is not None:
                self.shown.setdefault(entry.place, address(row, self.table.col(key), TITLE))

    def sums(self, score: Score, first: int, last: int) -> None:
        row, table = self.row, self.table
        table.blanks(row, SUM)
        table.put(row, "code", score.code, SUM)
        table.put(row, "level1", f"{SUM_LABEL}（折算 100 分）" if is_rescaled(score) else SUM_LABEL, SUM)
        spans, at, points = table.spans(first, last), table.at(row), score.total
        names = {"weight": at("weight"), "assessed": at("assessed"), "score": at("score"), "total": at("weight")}
        whole = total_expr(SUM_SCORE, score.whole).excel({**names, "score": spans("score")}.__getitem__)
        names["earned"] = SUM_SCORE.excel(spans) if is_rescaled(score) else at("score")
        claimed = score.claimed.value
        table.put(row, "claimed", score.claimed.text or None if claimed is None else claimed, SUM)
        self.show(row, "claimed", score.claimed)
        self.show(row, "grade", score.claimed_grade)
        table.calc(row, "weight", SUM_WEIGHT.excel(spans), score.weight, SUM)
        table.calc(row, "score", whole, UNSCORED if points is None else points, SUM)
        table.calc(row, "assessed", SUM_DONE.excel(spans), score.assessed, SUM)
        of, grade = sums_of(score), grade_expr(self.policy, score.whole)
        self.sum_text(row, "grade", grade, names, of)
        self.sum_text(row, "gap", SUM_GAP, {**names, "claimed": at("claimed")}, of)
        self.sum_text(row, "basis", said_expr(score), names, of)
        weights = [scored.row.weight.place for scored in score.indicators]
        self.summed.update((place, address(row, table.col("weight"), TITLE)) for place in weights if place is not None)
        self.row += 1

    def sum_text(self, row: int, key: str, expr: Expr, names: dict[str, str], of: dict[str, Decimal | None]) -> None:
        value = expr.value(of.__getitem__)
        assert not isinstance(value, bool)
        self.table.calc(row, key, expr.excel(names.__getitem__), value, SUM)


def live_points(scored: IndicatorScore, policy: Policy) -> Expr | None:
    """The formula of an indicator's score; None where no rule can say it, whatever result is typed."""
    if scored.rule is None:
        return None
    if scored.target.kind is ValueKind.QUALITATIVE:
        tier = None if scored.row.actual.is_blank else tier_of(scored.row, policy)
        return None if tier is None else _weighed(tier_points(tier), CLAIMED)
    if scored.target.kind is ValueKind.DATE:
        return None if scored.score is None else _weighed(RULES[scored.rule])
    return _weighed(expression(scored.rule, scored.row, policy), RESULT)


@lru_cache(256)
def _live(words: Expr, otherwise: str) -> Expr:
    """The working while there are points, else why there are none."""
    return when(is_number(POINTS_OF), words, otherwise)


@cache
def _weighed(points: Expr, needed: Expr | None = None) -> Expr:
    """Points of an indicator whose weight, and what else they need, is a number.

    The weight is to be above 0, which text, too, is to a spreadsheet.
    """
    points = points if needed is None else when(is_number(needed), points, UNSCORED)
    return when(is_number(W), when(W > 0, points, UNSCORED), UNSCORED)
