"""The sheet 评价结论: the verdict first, the unit's own result, the evaluation table, the projects' means, a chart.

Every score here is a formula that points at the sum rows of 评分明细.
"""

from __future__ import annotations

from decimal import Decimal

from ..execution import RATE
from ..form import DEPARTMENT, Department, Project, Unit
from ..formula import Address, Expr, cells, count, count_where, is_number, quantize, ref, rounded, total, when
from ..model import UNSCORED, Evaluation, Severity, Status
from ..policy import Policy
from ..spec import heading
from ..totals import UNGRADED
from ..waivers import WAIVED
from .scored_chart import insert_chart
from .scored_detail import GAP_LOOK, Block, Detail, evaluated_scores, excuse_of
from .scored_forms import Forms
from .style import (
    CALC_FILL,
    CENTER,
    ERROR_FILL,
    GENERAL,
    GOOD_FILL,
    GRID,
    MONEY,
    NOTE,
    NUMBER,
    SCORE,
    SECTION,
    TEXT,
    WARNING_FILL,
    Look,
)
from .style import RATE as RATE_FORMAT
from .table import Heading, Table

TITLE = "评价结论"
NOT_FILLED = "未填"
LISTED = 3
"""How many must-fix findings the verdict names."""

POINTS: Look = {**NUMBER, "num_format": SCORE}
HEADINGS = (
    Heading("no", "序号", 6, CENTER),
    Heading("name", heading(Project, "name"), 30),
    Heading("claimed", heading(Project, "claimed"), 10, POINTS),
    Heading("score", "测算得分", 10, POINTS),
    Heading("gap", "差额", 8.5, GAP_LOOK),
    Heading("grade", heading(Project, "grade"), 10, CENTER),
    Heading("budget", heading(Project, "budget"), 15, {**NUMBER, "num_format": MONEY, "shrink": True}),
    Heading("rate", "执行率", 9.5, {**NUMBER, "num_format": RATE_FORMAT, "shrink": True}),
    Heading("said", "已评/总分", 21, CENTER),
    Heading("left_out", "未评分值", 9, {**NUMBER, "num_format": GENERAL}),
)
FIRST, LAST = HEADINGS[0].key, HEADINGS[-1].key

FILLS = {
    Status.ACCEPTED: GOOD_FILL,
    Status.ACCEPTED_WITH_ISSUES: WARNING_FILL,
    Status.REJECTED: ERROR_FILL,
    Status.NOT_ASSESSED: CALC_FILL,
}
BANNER: Look = {**GRID, "bold": True, "text_wrap": True}
MEAN: Look = {"bold": True, "bg_color": CALC_FILL}

OR_NOT_FILLED = when(is_number(ref("cell")), ref("cell"), NOT_FILLED)
LEFT_OUT = rounded(ref("weight") - ref("assessed"), 6)
COMPLETE = count_where(grade=UNGRADED).equals(0)


def _mean(key: str) -> Expr:
    return rounded(total(cells(key)) / count(cells(key)), 2)


def _weighted(key: str, spans: Address) -> str:
    """Σ points × 全年预算数 ÷ Σ 全年预算数 over the rows that have both, as a formula."""
    points, money = spans(key), spans("budget")
    whole = f'SUMIF({points},">-1000000",{money})'
    return f'IF({whole}>0,ROUND(SUMPRODUCT({points},{money})/{whole},2),"")'


MEAN_CLAIMED = when(count(cells("claimed")).equals(0), "", _mean("claimed"))
MEAN_SCORE = when(COMPLETE, _mean("score"), UNSCORED)


def write_conclusion(table: Table, evaluation: Evaluation, policy: Policy, detail: Detail, forms: Forms) -> None:
    """Write the sheet; the sum rows it points at are those of ``detail``, its numbers lead to the official forms."""
    writer = _Writer(table, evaluation, policy, detail, forms)
    writer.verdict()
    writer.facts()
    writer.unit()
    writer.projects()
    table.finish()


class _Writer:
    """Writes the parts of the sheet one below the other."""

    def __init__(self, table: Table, evaluation: Evaluation, policy: Policy, detail: Detail, forms: Forms) -> None:
        self.table = table
        self.evaluation = evaluation
        self.submission = evaluation.submission
        self.policy = policy
        self.detail = detail
        self.forms = forms
        self.row = 2

    def verdict(self) -> None:
        table, unit, status = self.table, self.submission.unit, self.evaluation.status
        year = f"{unit.year.value}年度" if unit.year.value else ""
        table.title(
            f"{year}预算绩效自评评价结论", f"{unit.name.text}　　{heading(Unit, 'money')}：{self.submission.money_unit}"
        )
        counts = self.evaluation.counts
        fill = FILLS[status]
        table.wide(self.row, "no", "name", status.value, BANNER, bg_color=fill, font_size=16, align="center")
        words = "　".join(f"{severity.value} {n} 处" for severity, n in counts.items())
        words += f"　{WAIVED} {self.evaluation.waived} 处" if self.evaluation.waived else ""
        table.wide(self.row, "claimed", LAST, words, BANNER, bg_color=fill, font_size=12, indent=1)
        table.height(self.row, 36)
        self.row += 1
        for line in (*self.broken(), *self.sentences(counts)):
            table.wide(self.row, FIRST, LAST, line, TEXT)
            self.row += 1

    def broken(self) -> list[str]:
        """That rules broke down, where they did: what they check is not known to be right."""
        codes = "、".join(line.code for line in self.evaluation.crashed)
        said = f"规则 {codes} 运行出错，没有查完，编号见“规则执行”；与得分有关的，等级暂不给出。请把文件交给维护人员。"
        return [said] if codes else []

    def sentences(self, counts: dict[Severity, int]) -> list[str]:
        """What the verdict means, and the first findings to see to."""
        errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
        if errors:
            lead, worst, number = f"有 {errors} 处错误，须改正后重新报送。", Severity.ERROR, errors
        elif warnings:
            lead = f"没有必须改正的错误，有 {warnings} 处警告，请逐条核实或说明。"
            worst, number = Severity.WARNING, warnings
        else:
            notices = counts[Severity.NOTICE]
            asked = (
                f"没有须改正的问题，有 {notices} 处提示，请确认。"
                if notices
                else "各项数据核对相符，没有须改正或核实的问题。"
            )
            return [] if self.evaluation.crashed else [asked]
        standing = (finding for finding in self.evaluation.findings if finding.waiver is None)
        first = [finding for finding in standing if finding.severity is worst][:LISTED]
        more = f"（显示前 {LISTED} 条，共 {number} 条，全部见“问题清单”）" if number > LISTED else ""
        return [lead + more, *(f"{i}. {finding.message}" for i, finding in enumerate(first, 1))]

    def facts(self) -> None:
        unit, source = self.submission.unit, self.submission.source
        rows = (
            (
                (heading(Unit, "name"), unit.name.text),
                (heading(Unit, "year"), unit.year.text),
                (heading(Unit, "department"), unit.department.text),
            ),
            (
                ("表单文件", source.file),
                ("表单版本", source.form_version or "未注明"),
                ("评分政策", f"{self.policy.name}　{self.policy.title}"),
            ),
        )
        spans = (("no", "name"), ("claimed", "grade"), ("budget", LAST))
        for facts in rows:
            for (label, value), (first, last) in zip(facts, spans, strict=True):
                self.table.wide(self.row, first, last, f"{label}：{value or '未填'}", TEXT)
            self.row += 1

    def section(self, text: str) -> None:
        self.row += 1
        self.table.wide(self.row, FIRST, LAST, text, SECTION)
        self.table.height(self.row, 20)
        self.row += 1

    def unit(self) -> None:
        self.section(f"一、{DEPARTMENT}（单位自己的结果，由{DEPARTMENT}指标测算，不是项目平均）")
        self.table.head(self.row, {"name": heading(Unit, "name"), "claimed": heading(Department, "claimed")})
        self.row += 1
        self.result(self.detail.department, 1, self.forms.department.get_name())

    def result(self, block: Block, number: int, form: str) -> None:
        """One row of an evaluation table: its number leads to the form, the rest to the execution and sum rows."""
        table, row, score = self.table, self.row, block.score
        table.blanks(row)
        table.link(row, "no", number, f"internal:'{form}'!A1")
        table.put(row, "name", score.name)
        at = self.of(block)
        claimed, budget = score.claimed.value, score.execution.budget.value
        money = None if budget is None else budget / self.submission.scale
        self.either(row, "claimed", at("claimed"), claimed)
        self.either(row, "budget", at("target"), money)
        table.calc(row, "score", at("score"), UNSCORED if score.total is None else score.total)
        table.calc(row, "gap", at("gap"), self.gap(block))
        table.calc(row, "grade", at("grade"), score.grade or UNGRADED)
        table.calc(row, "rate", RATE.excel(at), score.execution.rate)
        table.calc(row, "said", at("basis"), block.said)
        table.calc(row, "left_out", LEFT_OUT.excel(at), score.weight - score.assessed)
        self.row += 1

    def of(self, block: Block) -> Address:
        """Cells of a block by key; ``budget`` and ``executed`` are those of its execution row."""
        detail = self.detail
        execution = {"budget": "target", "executed": "actual", "target": "target"}

        def at(key: str) -> str:
            return detail.cell(block.execution if key in execution else block.total, execution.get(key, key))

        return at

    def either(self, row: int, key: str, cell: str, value: Decimal | None) -> None:
        shown: Decimal | str = NOT_FILLED if value is None else value
        self.table.calc(row, key, OR_NOT_FILLED.excel(lambda _: cell), shown)

    def gap(self, block: Block) -> Decimal | None:
        score = block.score
        if score.total is None or score.claimed.value is None or score.assessed != score.weight:
            return None
        return quantize(score.claimed.value - score.total, 6)

    def projects(self) -> None:
        blocks = self.detail.projects
        self.section("二、项目评价表")
        self.table.head(self.row)
        self.row += 1
        first = self.row
        for number, (block, form) in enumerate(zip(blocks, self.forms.names, strict=True), 1):
            self.result(block, number, form)
        if blocks:
            self.means(first, self.row - 1)
        else:
            self.table.wide(self.row, FIRST, LAST, "没有参评的项目", TEXT)
            self.row += 1
        self.left_out()
        if blocks:
            names = [block.score.name for block in blocks]
            insert_chart(self.table, first, first + len(blocks) - 1, self.row + 1, names)

    def means(self, first: int, last: int) -> None:
        """The projects' means, of their own scores and, once all are complete, of the computed ones."""
        table, scores, spans = self.table, self.evaluation.scores, self.table.spans(first, last)
        simple, weighted = self.row, self.row + 1
        for row, name in (
            (simple, "项目平均（简单平均）"),
            (weighted, f"项目平均（按{heading(Project, 'budget')}加权）"),
        ):
            table.blanks(row, MEAN)
            table.put(row, "name", name, MEAN)
        complete = all(block.score.grade is not None for block in self.detail.projects)
        table.calc(simple, "claimed", MEAN_CLAIMED.excel(spans), scores.projects_mean, MEAN)
        table.calc(simple, "score", MEAN_SCORE.excel(spans), self.mean() if complete else UNSCORED, MEAN)
        table.calc(weighted, "claimed", _weighted("claimed", spans), scores.projects_weighted, MEAN)
        of_scores = f'IF({COMPLETE.excel(spans)},{_weighted("score", spans)},"{UNSCORED}")'
        table.calc(weighted, "score", of_scores, self.weighted_mean() if complete else UNSCORED, MEAN)
        money = sum((b.score.execution.budget.value or Decimal(0) for b in self.detail.projects), Decimal(0))
        table.calc(weighted, "budget", f"ROUND(SUM({spans('budget')}),6)", money / self.submission.scale, MEAN)
        self.row += 2

    def mean(self) -> Decimal:
        points = [block.score.total or Decimal(0) for block in self.detail.projects]
        return quantize(sum(points, Decimal(0)) / len(points), 2)

    def weighted_mean(self) -> Decimal | None:
        pairs = [(b.score.total or Decimal(0), b.score.execution.budget.value) for b in self.detail.projects]
        money = sum((m for _, m in pairs if m is not None), Decimal(0))
        points = sum((p * m for p, m in pairs if m is not None), Decimal(0))
        return quantize(points / money, 2) if money > 0 else None

    def left_out(self) -> None:
        """The projects that do not take part, with the reason."""
        out = [s.project for s, takes_part in evaluated_scores(self.evaluation) if not takes_part and s.project]
        for project in out:
            self.table.blanks(self.row)
            self.table.put(self.row, "no", "—")
            self.table.put(self.row, "name", project.name.text)
            self.table.wide(self.row, "claimed", LAST, f"不参评：{excuse_of(project)}", TEXT)
            self.row += 1
        note = "测算得分由本表按评分政策计算；未评的分值不计入测算得分，也不定等级。"
        self.table.wide(self.row, FIRST, LAST, note, NOTE)
        self.row += 1
