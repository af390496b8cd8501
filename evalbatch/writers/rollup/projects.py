"""The sheet 项目总表: every project as the bureau's list has it, department by department, each with its sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from ...digest import ProjectDigest
from ...execution import RATE
from ...form import GRADES, Project, Unit
from ...formula import Expr, both, is_number, ref, rounded, when
from ...model import UNSCORED
from ...spec import heading
from ...totals import UNGRADED
from ..style import CENTER, ERROR_FILL, WARNING_FILL, Look
from ..table import Heading
from .facts import CONCLUSIONS, MONEY_KEYS, MONEY_SAID, OUT, Facts, UnitLine, conclusion, in_wan
from .long import Calc, Long, Value, calculated
from .looks import AMOUNT, GAP, POINTS, SHARE, SUM, as_share, share
from .units import Units

TITLE = "项目总表"
BUDGETED = "调整后预算数"
HEADINGS = (
    Heading("department", heading(Unit, "department"), 22),
    Heading("code", "编码", 20, {**CENTER, "text_wrap": False, "shrink": True}),
    Heading("name", "名称", 25),
    Heading("unit", "预算单位", 29),
    Heading("initial", heading(Project, "initial"), 11, AMOUNT),
    Heading("budget", BUDGETED, 11, AMOUNT),
    Heading("executed", heading(Project, "executed"), 11, AMOUNT),
    Heading("rate", "预算执行率", 9, SHARE),
    Heading("points", "得分", 7.5, POINTS),
    Heading("grade", "自评结论(优良中差)", 9.5, CENTER),
    Heading("signal", "自评预警(红/黄)", 9, CENTER),
    Heading("claimed", heading(Project, "claimed"), 7.5, POINTS),
    Heading("score", "测算得分", 7.5, POINTS),
    Heading("gap", "差额", 7.5, GAP),
    Heading("said", "已评/总分", 20.5, CENTER),
)
FIRST, LAST = HEADINGS[0].key, HEADINGS[-1].key
SUBTOTAL, TOTAL = "小计", "合计"
OF_PROJECTS: Look = {**CENTER, "num_format": '0" 个项目"'}
OF_UNITS: Look = {**CENTER, "num_format": '0" 份自评表"'}
TOP = 3
_GRADED = both(*(ref("grade").differs(word) for word in (UNGRADED, UNSCORED, OUT)))
POINTS_OF: Expr = when(_GRADED, ref("score"), ref("grade"))
GAP_OF: Expr = when(
    both(is_number(ref("claimed")), is_number(ref("points"))), rounded(ref("claimed") - ref("points"), 6), ""
)
SIGNAL_FILLS = {"红": ERROR_FILL, "红黄": ERROR_FILL, "黄": WARNING_FILL}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A project with a grade: its row, its rate as a fraction or a blank, its computed and its own score."""

    sheet: str
    row: int
    rate: Decimal | str | None
    points: Decimal
    claimed: Decimal | None


@dataclass
class Sums:
    """What the projects of a department, or of all, add up to; amounts in 万元."""

    units: int = 0
    projects: int = 0
    money: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    conclusions: Counter[str] = field(default_factory=Counter)

    def add(self, project: ProjectDigest) -> None:
        """Count a project in."""
        self.projects += 1
        self.conclusions[conclusion(project)] += 1
        for key in MONEY_KEYS:
            self.money[key] += in_wan(getattr(project, key)) or Decimal(0)


class Projects:
    """The sheet, with what the other sheets point at: ``scored`` are the rows of the projects with a grade.

    ``points`` and ``claimed`` count the computed scores of those, and the own scores of all evaluated ones.
    """

    def __init__(self, table: Long, facts: Facts, units: Units) -> None:
        self.table = table
        self.facts = facts
        self.units = units
        self.table.plan(1 + len(facts.departments) + facts.projects, TOP)
        self.groups: defaultdict[str, list[tuple[UnitLine, ProjectDigest]]] = defaultdict(list)
        self.scored: list[Spot] = []
        self.points: Counter[Decimal] = Counter()
        self.claimed: Counter[Decimal] = Counter()
        self.all = Sums()
        self.of: defaultdict[str, Sums] = defaultdict(Sums)
        self._gather()

    def _gather(self) -> None:
        for unit, digest in self.facts.digests():
            sums = self.of[unit.department]
            sums.units += 1
            self.all.units += 1
            for project in digest.projects:
                self.groups[unit.department].append((unit, project))
                sums.add(project)
                self.all.add(project)
                if conclusion(project) in GRADES and project.score is not None:
                    self.points[project.score] += 1
                if project.evaluated and project.claimed is not None:
                    self.claimed[project.claimed] += 1

    def write(self) -> None:
        """Write the sheet."""
        own = heading(Project, "claimed")
        note = f"{own}是单位自己的分，测算得分按评分政策计算；得分、自评结论按测算得分，分值合计 100 且都已评才有"
        self.table.table.title(TITLE, f"{MONEY_SAID}　　{note}{self.table.continued}")
        self.table.begin(TOP - 1, 3)
        self._total()
        for department in self.facts.departments:
            self._subtotal(department, self.of[department])
            for unit, project in self.groups.pop(department, ()):
                self._project(unit, project)
        self.table.finish()

    def _total(self) -> None:
        """The sum of the sums by department, and how many projects of each conclusion there are."""

        def of_subtotals(key: str) -> str:
            return self.table.over(lambda at: f'SUMIF({at("code")},"{SUBTOTAL}",{at(key)})')

        def counted(word: str) -> str:
            return self.table.over(lambda at: f'COUNTIF({at("grade")},"{word}")')

        self._sums(TOTAL, "", self.all, {key: of_subtotals(key) for key in ("name", "unit", *MONEY_KEYS)}, counted)

    def _subtotal(self, department: str, sums: Sums) -> None:
        first = self.table.rows + 1

        def spread(key: str) -> list[str]:
            return self.table.stretch(key, first, sums.projects)

        def counted(word: str) -> str:
            return "+".join(f'COUNTIF({cells},"{word}")' for cells in spread("grade")) or "0"

        page, row = self.table.peek()
        wanted = page.at(row)("department")
        formulas = {key: "+".join(f"SUM({cells})" for cells in spread(key)) or "0" for key in MONEY_KEYS}
        formulas["name"] = "+".join(f"COUNTA({cells})" for cells in spread("grade")) or "0"
        formulas["unit"] = f"COUNTIFS({self.units.spans('department')},{wanted})"
        self._sums(SUBTOTAL, department, sums, formulas, counted)

    def _sums(
        self, title: str, department: str, sums: Sums, formulas: dict[str, str], counted: Callable[[str], str]
    ) -> None:
        """A row of sums; the conclusions are counted in words across the columns of the scores."""
        page, row = self.table.peek()
        self.table.add({}, None, SUM)
        at, money = page.at(row), sums.money
        page.put(row, "department", department, SUM)
        page.put(row, "code", title, SUM)
        page.calc(row, "name", formulas["name"], Decimal(sums.projects), OF_PROJECTS, SUM)
        page.calc(row, "unit", formulas["unit"], Decimal(sums.units), OF_UNITS, SUM)
        for key in MONEY_KEYS:
            page.calc(row, key, f"ROUND({formulas[key]},6)", money[key], SUM)
        page.calc(row, "rate", as_share(at("executed"), at("budget")), share(money["executed"], money["budget"]), SUM)
        words = "，".join(f"{word} {sums.conclusions[word]}" for word in CONCLUSIONS)
        formula = '&"，'.join(f'{word} "&({counted(word)})' for word in CONCLUSIONS)
        page.wide_calc(row, "points", "said", f'"{formula}', words, CENTER, SUM)

    def _project(self, unit: UnitLine, project: ProjectDigest) -> None:
        page, row = self.table.peek()
        at, grade = page.at(row), conclusion(project)
        score: Decimal | str = UNSCORED if project.score is None else project.score
        known: dict[str, Decimal | str | None] = {
            "grade": grade,
            "claimed": project.claimed,
            "score": score if project.evaluated else "",
            "initial": in_wan(project.initial),
            "budget": in_wan(project.budget),
            "executed": in_wan(project.executed),
        }
        points = calculated(POINTS_OF, at, known)
        cells: dict[str, Value] = {
            **known,
            "code": project.system_code or project.code,
            "name": project.name,
            "unit": unit.name,
            "department": unit.department,
            "rate": calculated(RATE, at, known),
            "points": points,
            "signal": project.signal,
            "gap": calculated(GAP_OF, at, {**known, "points": points.value}),
            "said": project.said,
        }
        rate = cells["rate"]
        if isinstance(points.value, Decimal) and isinstance(rate, Calc):
            spot = Spot(
                sheet=page.ws.get_name(), row=row, rate=rate.value, points=points.value, claimed=project.claimed
            )
            self.scored.append(spot)
        self.table.add(cells, {"signal": SIGNAL_FILLS[project.signal]} if project.signal in SIGNAL_FILLS else None)
