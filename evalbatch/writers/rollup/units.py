"""The sheet 汇总: the verdict on the whole run in words, then every unit, the best computed score first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...execution import RATE
from ...form import Department, Project, Unit
from ...formula import Expr, both, is_number, ref, rounded, when
from ...legible import shown
from ...model import UNSCORED, Severity, Status
from ...reviewed import PROBLEMS, PROJECTS, UNITS
from ...spec import heading
from ...totals import UNGRADED
from ...waivers import WAIVED
from ..scored_conclusion import FILLS
from ..style import CENTER, ERROR_FILL, WARNING_FILL, Look, lines_needed
from ..table import Heading
from . import actions, refused, sample
from .facts import MONEY_SAID, Facts, UnitLine, in_wan
from .long import Long, Value, calculated
from .looks import (
    AMOUNT,
    FEW,
    FILE,
    GAP,
    LINE_OF_WORDS,
    POINTS,
    REVIEW,
    SHARE,
    SHORT,
    SUM,
    TALLY,
    share,
)
from .marks import EARLIER_FILL, earlier_words, marks_of
from .repeats import repeats_of
from .roster import Roll
from .verdict import Verdict

TITLE = "汇总"
NAME = "绩效自评汇总表"
SCORED = "绩效评分"
"""Ends the names of scored workbooks, which the roll-up links to."""
MAX_LINKS = 65_000
"""A sheet holds 65,530 links at most; beyond this the numbers lead nowhere."""
RANKING = "名次按测算得分从高到低，只排全部分值都已评的单位，同分同名次；其余的按报送顺序排在后面"

_YEAR = re.compile(r"[0-9]{4}")

HEADINGS = (
    Heading("no", "序号", 5, TALLY),
    Heading("rank", "名次", 5, TALLY),
    Heading("name", heading(Unit, "name"), 28),
    Heading("department", heading(Unit, "department"), 20),
    Heading("year", heading(Unit, "year"), 5.5, CENTER),
    Heading("status", "结论", 11, CENTER),
    Heading("claimed", heading(Department, "claimed"), 7.5, POINTS),
    Heading("score", "测算得分", 7.5, POINTS),
    Heading("gap", "差额", 7.5, GAP),
    Heading("said", "已评/总分", 20.5, CENTER),
    Heading("grade", "等级", 6.5, CENTER),
    Heading("mean", "项目平均(自评)", 9, POINTS),
    Heading("budget", heading(Project, "budget"), 11.5, AMOUNT),
    Heading("executed", heading(Project, "executed"), 11.5, AMOUNT),
    Heading("rate", "执行率", 8.5, SHARE),
    Heading("projects", "项目数", 5.5, TALLY),
    Heading("red", "红", 4, FEW),
    Heading("yellow", "黄", 4, FEW),
    *(Heading(severity.key, severity.value, 5, FEW) for severity in Severity),
    Heading("waived", WAIVED, 5, FEW),
    *REVIEW,
    FILE,
)
FIRST, LAST, LAST_READ = HEADINGS[0].key, REVIEW[-1].key, "rate"
"""The first column, the last printed one, and the one up to which the verdict goes: as far as a small screen shows."""
COUNTED = ("projects", "red", "yellow", *(severity.key for severity in Severity), "waived")
VERDICT: Look = {**LINE_OF_WORDS, "font_size": 12}
VERDICT_HEIGHT, VERDICT_SCALE = 19, 1.2
"""The height of a line of the verdict in points, and by how much its letters are larger."""
TINTS = {Severity.ERROR: ERROR_FILL, Severity.WARNING: WARNING_FILL}
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
        self.repeats = repeats_of(facts, roll.repeated)
        self.repeated = self.repeats.numbers
        self.earlier = self._earlier_words()
        self.lines = 3 + (roll.expected is not None) + bool(self.repeats.groups) + bool(self.earlier)
        self.verdict_height = 0
        self.table.plan(len(facts.units), self.first, tail=1)

    def _earlier_words(self) -> str:
        """What the colour of reviews means, and on which sheets how many have it."""
        earlier = self.facts.gathered.reviews.earlier
        titles = {UNITS: TITLE, PROJECTS: sample.TITLE, PROBLEMS: actions.TITLE}
        where = "、".join(f"“{title}” {earlier(kind)} 处" for kind, title in titles.items() if earlier(kind))
        return earlier_words(earlier(), f"（{where}）")

    def spans(self, key: str) -> str:
        """The cells of a column over all units, as seen from another sheet."""
        return f"'{TITLE}'!{self.table.table.span(key, self.first, self.last)}"

    def counted(self, status: Status) -> str:
        """How many workbooks have a verdict, as a formula of another sheet."""
        if status is Status.NOT_ASSESSED:
            return refused.count_formula(len(self.facts.gathered.refusals))
        return f'COUNTIF({self.spans("status")},"{status.value}")' if self.facts.units else "0"

    @property
    def aside(self) -> tuple[int, int, int]:
        """What is free beside the verdict, once that is written: the first row and column, and the height in pixels."""
        return 2, self.table.table.col(LAST_READ) + 1, self.verdict_height * 4 // 3

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
        years = "、".join(f"{year}年度" for year in self.facts.years if _YEAR.fullmatch(year))
        sheet.title(NAME, f"{years}　　{MONEY_SAID}　　点“序号”打开该单位的评分工作簿　　{RANKING}", LAST)
        verdict = Verdict(self.facts, self.roll, self.repeats, self._local, sheet.at(self.last + 1))
        for formula, value in verdict.lines():
            if formula is None:
                sheet.wide(row, FIRST, LAST_READ, value, VERDICT, bold=True)
            else:
                sheet.wide_calc(row, FIRST, LAST_READ, formula, value, VERDICT)
            height = VERDICT_HEIGHT * lines_needed(value, sheet.width(FIRST, LAST_READ) / VERDICT_SCALE)
            sheet.height(row, height)
            self.verdict_height += height
            row += 1
        if self.earlier:
            sheet.wide(row, FIRST, LAST, f"复核：{self.earlier}。", LINE_OF_WORDS, bg_color=EARLIER_FILL)
            row += 1
        self.table.begin(row, 3)
        for number, (rank, unit) in enumerate(self.order, 1):
            self._unit(number, rank, unit)
        self._totals()
        self.table.finish()

    def _unit(self, number: int, rank: int | None, unit: UnitLine) -> None:
        sheet, row = self.table.peek()
        fills = {"status": FILLS[unit.status]}
        fills |= {severity.key: fill for severity, fill in TINTS.items() if unit.counts[severity]}
        if unit.number in self.repeated:
            fills["name"] = WARNING_FILL
            fills["status"] = FILLS[unit.status] if unit.status is Status.REJECTED else WARNING_FILL
        marks, earlier = marks_of(self.facts.gathered.reviews.of(UNITS, unit.number))
        self.table.add({**self._cells(number, rank, unit, row), **marks}, fills | earlier)
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
            "file": shown(unit.file),
        }

    def _totals(self) -> None:
        """The last line: how many workbooks, how many go back, what they add up to."""
        sheet, row = self.table.peek()
        sheet.blanks(row, SUM)
        if not self.facts.units:
            sheet.put(row, "name", "没有已评的单位", SUM)
            return
        spans, facts = sheet.spans(self.first, self.last), self.facts
        returned = facts.of_status(Status.REJECTED)
        counted = f'"合计 "&COUNT({spans("no")})&" 份"'
        sheet.calc(row, "name", counted, f"合计 {len(facts.units)} 份", SUM)
        sent_back = f'"{SHORT[Status.REJECTED]} "&COUNTIF({spans("status")},"{Status.REJECTED.value}")&" 份"'
        sheet.calc(row, "status", sent_back, f"{SHORT[Status.REJECTED]} {returned} 份", SUM)
        for key in COUNTED:
            sheet.calc(row, key, f"SUM({spans(key)})", self._sum(key), SUM)
        budget, executed = self.facts.spent
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

    def _local(self, key: str) -> str:
        return self.table.table.span(key, self.first, self.last)
