"""The sheet 复核抽样: the projects most worth a second look, by a stated system of points, with the reasons in words."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from decimal import Decimal

from ...execution import RATE
from ...form import Project, Unit
from ...formula import both, is_number, ref, rounded, when
from ...legible import shown
from ...reviewed import PROJECTS, Placed
from ...spec import heading
from ..style import CENTER, ERROR_FILL, GRID, TEXT
from ..table import Heading
from .facts import MONEY_SAID, Facts, conclusion, in_wan
from .long import Long, calculated
from .looks import AMOUNT, FILE, GAP, LINE_OF_WORDS, POINTS, REVIEW, SHARE, TALLY
from .marks import earlier_words, marks_of
from .risks import RISKS, Candidate, candidates, risks_of

TITLE = "复核抽样"
SHARE_OF_ALL, AT_LEAST = Decimal("0.10"), 20
"""How many projects are drawn: a tenth of the evaluated ones, but not fewer than twenty where there are so many."""
TOP = 4
HEADINGS = (
    Heading("no", "序号", 5.5, TALLY),
    Heading("points", "风险分", 6.5, TALLY),
    Heading("unit", "单位", 25),
    Heading("department", heading(Unit, "department"), 15),
    Heading("code", heading(Project, "code"), 7, CENTER),
    Heading("name", heading(Project, "name"), 22),
    Heading("budget", heading(Project, "budget"), 11, AMOUNT),
    Heading("executed", heading(Project, "executed"), 11, AMOUNT),
    Heading("rate", "执行率", 8.5, SHARE),
    Heading("claimed", heading(Project, "claimed"), 7.5, POINTS),
    Heading("score", "测算得分", 7.5, POINTS),
    Heading("gap", "差额", 7.5, GAP),
    Heading("reasons", "为什么抽到", 44, TEXT),
    *REVIEW,
    FILE,
)
FIRST, LAST = HEADINGS[0].key, REVIEW[-1].key
GAP_OF = when(both(is_number(ref("claimed")), is_number(ref("score"))), rounded(ref("claimed") - ref("score"), 6), "")
Weighed = tuple[int, Candidate]
KEPT = "没有风险分，因已有复核而列出"
HIGH = 5
"""From so many points on a project stands out."""


class Sample:
    """The sheet."""

    def __init__(self, table: Long, facts: Facts) -> None:
        self.table = table
        self.facts = facts
        self.reviews = facts.gathered.reviews
        self.evaluated = sum(unit.evaluated for unit in facts.units)
        share = -int(-self.evaluated * SHARE_OF_ALL // 1)
        reviewed: list[Weighed] = []
        risky = (pair for pair in self._weighed(facts, reviewed) if pair[0])
        self.drawn = heapq.nsmallest(max(AT_LEAST, share), risky, key=lambda pair: (-pair[0], -pair[1].money))
        drawn = {id(one) for _, one in self.drawn}
        self.kept = [pair for pair in reviewed if id(pair[1]) not in drawn]
        self.table.plan(len(self.drawn) + len(self.kept), TOP)

    def _weighed(self, facts: Facts, reviewed: list[Weighed]) -> Iterator[Weighed]:
        """Every candidate with its points; those that the officer has reviewed are kept as well."""
        for one in candidates(facts):
            pair = _points(one), one
            if self._review(one) is not None:
                reviewed.append(pair)
            yield pair

    def _review(self, one: Candidate) -> Placed | None:
        return self.reviews.of(PROJECTS, one.unit.number, (one.project.name, one.project.code))

    def write(self) -> None:
        """Write the sheet, the highest points first, among equals the larger amount."""
        sheet = self.table.table
        sheet.title(
            TITLE,
            f"{self.evaluated} 个参评项目里按风险分抽 {len(self.drawn)} 个（一成，不少于 {AT_LEAST} 个；没有风险分的不抽），"
            f"同分的金额大的在前{self._kept_words()}　　{MONEY_SAID}",
            LAST,
        )
        system = "；".join(f"{risk.name} {risk.points} 分" for risk in RISKS)
        note = earlier_words(self.reviews.earlier(PROJECTS))
        said = f"风险分是下列各项之和，只决定先看哪个，不是评价：{system}。{note and f'复核各栏{note}。'}"
        sheet.wide(2, FIRST, LAST, said, LINE_OF_WORDS)
        self.table.begin(TOP - 1, 3)
        rows = [*self.drawn, *self.kept]
        for number, (points, one) in enumerate(rows, 1):
            self._row(number, points, one)
        if not rows:
            sheet.wide(TOP, FIRST, LAST, "没有项目有风险分", GRID, align="center")
        self.table.finish()

    def _kept_words(self) -> str:
        return f"；另有 {len(self.kept)} 个已有复核的这次没有抽到，留在最后" if self.kept else ""

    def _row(self, number: int, points: int, one: Candidate) -> None:
        page, row = self.table.peek()
        at, project = page.at(row), one.project
        whole = project.score is not None and project.grade is not None
        known: dict[str, Decimal | str | None] = {
            "budget": in_wan(project.budget),
            "executed": in_wan(project.executed),
            "claimed": project.claimed,
            "score": project.score if whole else conclusion(project),
        }
        cells = {
            **known,
            "no": number,
            "points": points,
            "unit": self.facts.label(one.unit),
            "department": one.unit.department,
            "code": project.code,
            "name": project.name,
            "rate": calculated(RATE, at, known),
            "gap": calculated(GAP_OF, at, known),
            "reasons": "；".join(_said(one)) or KEPT,
            "file": shown(one.unit.file),
        }
        marks, fills = marks_of(self._review(one))
        if points >= HIGH:
            fills["points"] = ERROR_FILL
        self.table.add({**cells, **marks}, fills)


def _points(one: Candidate) -> int:
    return sum(risk.points for risk in risks_of(one))


def _said(one: Candidate) -> Iterator[str]:
    """The reasons in words, each with its points."""
    for risk in risks_of(one):
        yield f"{risk.said(one)}（{risk.points}）"
