"""The sheet 汇总: the verdict on the whole run in words, then every unit, the best computed score first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...form import WAN, Budget, Department, Project, Unit
from ...formula import Expr, both, is_number, ref, rounded, when
from ...model import Severity, Status
from ...rules import CATALOGUE
from ...spec import heading, lines_of
from ...totals import RATE, UNGRADED, UNSCORED
from ...waivers import WAIVED
from ..scored_conclusion import FILLS
from ..style import CENTER, ERROR_FILL, WARNING_FILL
from ..table import Heading
from . import refused, submitted
from .facts import MONEY_SAID, Facts, UnitLine, in_wan
from .long import Long, Value, calculated
from .looks import (
    AMOUNT,
    FEW,
    GAP,
    LINE_OF_WORDS,
    POINTS,
    REVIEW,
    SHARE,
    SHORT,
    SUM,
    TALLY,
    amount,
    as_amount,
    as_percent,
    percent,
    share,
)
from .roster import Roll

TITLE = "汇总"
NAME = "绩效自评汇总表"
SCORED = "绩效评分"
"""Ends the names of scored workbooks, which the roll-up links to."""
MAX_LINKS = 65_000
"""A sheet holds 65,530 links at most; beyond this the numbers lead nowhere."""
RANKING = "名次按测算得分从高到低，只排全部分值都已评的单位，同分同名次；其余的按报送顺序排在后面"

SPENDING = next(line.label for line in lines_of(Budget) if line.name == "spending")
_YEAR = re.compile(r"[0-9]{4}")

HEADINGS = (
    Heading("no", "序号", 5.5, TALLY),
    Heading("rank", "名次", 5.5, TALLY),
    Heading("name", heading(Unit, "name"), 25),
    Heading("department", heading(Unit, "department"), 15),
    Heading("year", heading(Unit, "year"), 6.5, CENTER),
    Heading("status", "结论", 13, CENTER),
    Heading("claimed", heading(Department, "claimed"), 8, POINTS),
    Heading("score", "测算得分", 8, POINTS),
    Heading("gap", "差额", 8, GAP),
    Heading("said", "已评/总分", 17, CENTER),
    Heading("grade", "等级", 7, CENTER),
    Heading("mean", "项目平均(自评)", 9, POINTS),
    Heading("budget", heading(Project, "budget"), 12, AMOUNT),
    Heading("executed", heading(Project, "executed"), 12, AMOUNT),
    Heading("rate", "执行率", 8.5, SHARE),
    Heading("projects", "项目数", 6.5, TALLY),
    Heading("red", "红", 4.5, FEW),
    Heading("yellow", "黄", 4.5, FEW),
    *(Heading(severity.key, severity.value, 5.5, FEW) for severity in Severity),
    Heading("waived", WAIVED, 5.5, FEW),
    Heading("file", "来源文件", 24),
    *REVIEW,
)
FIRST, LAST = HEADINGS[0].key, HEADINGS[-1].key
COUNTED = ("projects", "red", "yellow", *(severity.key for severity in Severity), "waived")
TINTS = {Severity.ERROR: ERROR_FILL, Severity.WARNING: WARNING_FILL}
_BEST_FIRST = (Status.ACCEPTED, Status.ACCEPTED_WITH_ISSUES, Status.REJECTED)
GAP_OF: Expr = when(
    both(is_number(ref("claimed")), is_number(ref("score")), ref("grade").differs(UNGRADED)),
    rounded(ref("claimed") - ref("score"), 6),
    "",
)


def ranked(units: Sequence[UnitLine]) -> Iterator[tuple[int | None, UnitLine]]:
    """The units in the order of the sheet, each with its rank; those not fully assessed have none."""
    whole = sorted((unit for unit in units if unit.complete), key=lambda unit: -_score(unit))
    rank, before = 0, None
    for place, unit in enumerate(whole, 1):
        rank = rank if unit.score == before else place
        before = unit.score
        yield rank, unit
    for unit in units:
        if not unit.complete:
            yield None, unit


def _score(unit: UnitLine) -> Decimal:
    return unit.score or Decimal(0)


class Units:
    """The sheet, with what the other sheets point at."""

    def __init__(self, table: Long, facts: Facts, roll: Roll) -> None:
        self.table = table
        self.facts = facts
        self.roll = roll
        self.order = tuple(ranked(facts.units))
        self.lines = 3 if roll.expected is None else 4
        self.table.plan(len(facts.units), self.first, tail=1)

    def spans(self, key: str) -> str:
        """The cells of a column over all units, as seen from another sheet."""
        return f"'{TITLE}'!{self.table.table.span(key, self.first, self.last)}"

    @property
    def first(self) -> int:
        """The row of the first unit."""
        return 3 + self.lines

    @property
    def last(self) -> int:
        """The row of the last unit."""
        return self.first + len(self.facts.units) - 1

    def write(self) -> None:
        """Write the sheet."""
        sheet, row = self.table.table, 2
        years = "、".join(self.facts.years[:3])
        sheet.title(NAME, f"{years}年度　　{MONEY_SAID}　　点“序号”打开该单位的评分工作簿　　{RANKING}")
        for formula, value in self._verdict():
            if formula is None:
                sheet.wide(row, FIRST, LAST, value, LINE_OF_WORDS, bold=True)
            else:
                sheet.wide_calc(row, FIRST, LAST, formula, value, LINE_OF_WORDS)
            row += 1
        self.table.begin(row)
        for number, (rank, unit) in enumerate(self.order, 1):
            self._unit(number, rank, unit)
        self._totals()
        self.table.finish()

    def _unit(self, number: int, rank: int | None, unit: UnitLine) -> None:
        sheet, row = self.table.peek()
        fills = {"status": FILLS[unit.status]}
        fills |= {severity.key: fill for severity, fill in TINTS.items() if unit.counts[severity]}
        self.table.add(self._cells(number, rank, unit, row), fills)
        if number <= MAX_LINKS:
            sheet.link(row, "no", number, f"external:{unit.output}_{SCORED}.xlsx")

    def _cells(self, number: int, rank: int | None, unit: UnitLine, row: int) -> dict[str, Value]:
        at = self.table.table.at(row)
        known: dict[str, Decimal | str | None] = {
            "claimed": unit.claimed,
            "score": UNSCORED if unit.score is None else unit.score,
            "grade": unit.grade,
            "budget": in_wan(unit.budget),
            "executed": in_wan(unit.executed),
        }
        return {
            **known,
            "no": number,
            "rank": "—" if rank is None else rank,
            "name": unit.name,
            "department": unit.department,
            "year": Decimal(unit.year) if _YEAR.fullmatch(unit.year) else unit.year,
            "status": unit.status.value,
            "gap": calculated(GAP_OF, at, known),
            "said": unit.said,
            "mean": unit.mean,
            "rate": calculated(RATE, at, known),
            "projects": unit.projects,
            "red": unit.red,
            "yellow": unit.yellow,
            **{severity.key: found for severity, found in unit.counts.items()},
            "waived": unit.waived,
            "file": unit.file,
        }

    def _totals(self) -> None:
        """The last line: how many units, how many go back, what they add up to."""
        sheet, row = self.table.peek()
        sheet.blanks(row, SUM)
        if not self.facts.units:
            sheet.put(row, "name", "没有已评的单位", SUM)
            return
        spans, facts = sheet.spans(self.first, self.last), self.facts
        returned = facts.of_status(Status.REJECTED)
        counted = f'"合计 "&COUNT({spans("no")})&" 个单位"'
        sheet.calc(row, "name", counted, f"合计 {len(facts.units)} 个单位", SUM)
        sent_back = f'"{SHORT[Status.REJECTED]} "&COUNTIF({spans("status")},"{Status.REJECTED.value}")&" 份"'
        sheet.calc(row, "status", sent_back, f"{SHORT[Status.REJECTED]} {returned} 份", SUM)
        for key in COUNTED:
            sheet.calc(row, key, f"SUM({spans(key)})", self._sum(key), SUM)
        budget, executed = self._money()
        for key, value in (("budget", budget), ("executed", executed)):
            rated = f'ROUND(SUMIF({spans("rate")},">-1000000",{spans(key)}),6)'
            sheet.calc(row, key, rated, value, SUM)
        at = sheet.at(row)
        sheet.calc(row, "rate", RATE.excel(at), share(executed, budget), SUM)

    def _sum(self, key: str) -> int:
        """What a column of counts adds up to, by the lines of the units."""
        severities = {severity.key: severity for severity in Severity}
        if key in severities:
            return self.facts.standing(severities[key])
        return sum(getattr(unit, key) for unit in self.facts.units)

    def _money(self) -> tuple[Decimal, Decimal]:
        """What the units with a rate had and spent, in 万元."""
        rated = self.facts.rated
        budget = sum((in_wan(unit.budget) or Decimal(0) for unit in rated), Decimal(0))
        return budget, sum((in_wan(unit.executed) or Decimal(0) for unit in rated), Decimal(0))

    def _verdict(self) -> Iterator[tuple[str | None, str]]:
        """The verdict on the run, each line a formula with its words; the last one, what to do next, is words alone."""
        if self.roll.expected is not None:
            yield self._handed_in()
        yield self._results()
        yield self._sums()
        yield None, f"下一步：{self._next_step()}"

    def _handed_in(self) -> tuple[str, str]:
        total, roll = submitted.total_cells(), self.roll
        formula = f'"应报 "&{total["due"]}&" 个单位，已报 "&{total["came"]}&" 个，未报 "&{total["missing"]}&" 个。"'
        return formula, f"应报 {roll.due} 个单位，已报 {roll.came} 个，未报 {roll.missing} 个。"

    def _results(self) -> tuple[str, str]:
        facts = self.facts
        refusals = len(facts.gathered.refusals)
        unread = refused.count_formula(refusals)
        numbers = f"COUNT({self._local('no')})" if facts.units else "0"
        parts = [f'"收到 "&({numbers}+{unread})&" 份：已评 "&{numbers}&" 份']
        words = f"收到 {facts.files} 份：已评 {len(facts.units)} 份"
        for opening, status in zip(("（", "，", "，"), _BEST_FIRST, strict=True):
            counted = f'COUNTIF({self._local("status")},"{status.value}")' if facts.units else "0"
            parts.append(f'{opening}{SHORT[status]} "&{counted}&" 份')
            words += f"{opening}{SHORT[status]} {facts.of_status(status)} 份"
        closing = f"），{SHORT[Status.NOT_ASSESSED]} "
        return "".join(parts) + f'{closing}"&{unread}&" 份。"', f"{words}{closing}{refusals} 份。"

    def _sums(self) -> tuple[str, str]:
        """Money and findings."""
        facts, (budget, executed) = self.facts, self._money()
        whole = self.table.table.at(self.last + 1)
        left_out = len(facts.units) - len(facts.rated)
        without = f"（{left_out} 份没有可用的预算数或执行数，未计入）" if left_out else ""
        opening = f"{SPENDING}：{heading(Project, 'budget')} "
        money = f"{opening}{amount(budget)} {WAN}，"
        words = f"{money}执行 {amount(executed)} {WAN}，执行率 {percent(share(executed, budget))}{without}。问题："
        words += "，".join(f"{severity.value} {facts.standing(severity)} 处" for severity in Severity)
        words += f"，{WAIVED} {sum(unit.waived for unit in facts.units)} 处。"
        if not facts.units:
            return f'"{words}"', words
        found = '&" 处，'.join(f'{severity.value} "&{whole(severity.key)}' for severity in Severity)
        formula = (
            f'"{opening}"&{as_amount(whole("budget"))}&" {WAN}，执行 "'
            f'&{as_amount(whole("executed"))}&" {WAN}，执行率 "&{as_percent(whole("rate"))}'
            f'&"{without}。问题：{found}&" 处，{WAIVED} "&{whole("waived")}&" 处。"'
        )
        return formula, words

    def _local(self, key: str) -> str:
        return self.table.table.span(key, self.first, self.last)

    def _next_step(self) -> str:
        facts, returned = self.facts, self.facts.of_status(Status.REJECTED)
        asked = [self._worst(returned)] if returned else []
        unread = len(facts.gathered.refusals)
        if unread:
            asked.append(f"{unread} 份读不了，请按“{refused.TITLE}”里的原因重新报送")
        if self.roll.missing:
            asked.append(f"催报 {self.roll.missing} 个单位，名单见“{submitted.TITLE}”")
        doubtful = facts.of_status(Status.ACCEPTED_WITH_ISSUES)
        if not asked and doubtful:
            asked.append(f"请 {doubtful} 个单位逐条核实警告，见“问题总表”")
        return f"{'；'.join(asked) or '从“复核抽样”的第一个项目开始复核'}。"

    def _worst(self, returned: int) -> str:
        """How many go back, and the commonest fault that sends them back."""
        found = Counter(code for unit in self.facts.units for code in unit.errors)
        code, count = min(found.items(), key=lambda item: (-item[1], item[0]))
        name = f"“{CATALOGUE[code].name}”（{code}）" if code in CATALOGUE else code
        return f"退回 {returned} 份，请单位改正后重报；最常见的错误是{name}，{count} 份都有"
