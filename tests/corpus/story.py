"""What a unit did in a year: its projects, its other money, the indicators of the unit as a whole.

Drawn from one source of chance; ``told.py`` writes it down as a form, with every total that follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from evalbatch.form import AMOUNT_COLUMNS, DEPARTMENT, LEVEL1, LEVEL2, NO, WAN, YES

from .offices import Office
from .projects import LEAST, MOST, Project, blemish, chosen, drawn_loss, is_full, made, weighted
from .results import AT_MOST, Row, half_up, indicator
from .vocabulary import GENERAL, WHOLE, lines_of, templates

PEOPLE = [
    "王建国",
    "李秀英",
    "张海涛",
    "刘晓梅",
    "陈志强",
    "杨丽华",
    "赵明远",
    "周立新",
    "吴春生",
    "徐敏",
    "孙国庆",
    "马文斌",
    "朱红霞",
    "何丽娜",
    "高建军",
    "林小燕",
]
LEFT_OUT = ("系统升级由县大数据中心统一评价", "尾款支付项目，上年已经评价")
OWN_LEAST, OWN_MOST = 6, 10
"""Indicators of the unit as a whole."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How many projects a unit has, and how many indicators in all; None leaves it to chance."""

    projects: int | None = None
    indicators: int | None = None


@dataclass(kw_only=True)
class Story:
    """A unit's year. ``lines`` are the lines of 收支预决算 that nothing adds up to; ``report`` says whether it wrote one."""

    chance: Random
    office: Office
    unit: Row
    projects: list[Project]
    own: list[Row]
    lines: dict[str, Row]
    report: bool

    @property
    def evaluated(self) -> list[Project]:
        """The projects that take part."""
        return [project for project in self.projects if project.row["evaluated"] == YES]


def story(office: Office, chance: Random, shape: Shape, *, perfect: bool = False) -> Story:
    """A unit's year, honest and without fault; one that is ``perfect`` spends every cent and misses nothing as a whole."""
    pool = [one for one in templates() if one.field in (office.department.field, GENERAL)]
    count = min(shape.projects or chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 10, 12)), len(pool))
    each, rest = _counts(shape, count)
    some = chance.sample(pool, count)
    projects = [made(chance, one, str(i), each, perfect=perfect) for i, one in enumerate(some, 1)]
    if count > 2 and not shape.projects and chance.random() < 0.3:
        _leave_out(chance, projects[-1])
    if all(is_full(project) for project in projects if project.indicators):
        blemish(chance, projects[0])
    posts = chance.randint(6, 120)
    unit = _unit(chance, office, posts)
    lines = _lines(chance, unit["staff"], perfect)
    own = _own(chance, unit, lines, rest, perfect)
    report = chance.random() < 0.6
    return Story(chance=chance, office=office, unit=unit, projects=projects, own=own, lines=lines, report=report)


def _counts(shape: Shape, count: int) -> tuple[int | None, int | None]:
    """Indicators of each project, and of the unit as a whole."""
    if shape.indicators is None:
        return None, None
    each = min(MOST, max(LEAST, -(-shape.indicators // (count + 1))))
    return each, max(LEAST, shape.indicators - each * count)


def _leave_out(chance: Random, project: Project) -> None:
    """A project that is listed for its money alone."""
    project.row |= {"evaluated": NO, "excuse": chance.choice(LEFT_OUT)}
    project.indicators, project.standards = [], []


def _unit(chance: Random, office: Office, posts: int) -> Row:
    head, accountant, author = chance.sample(PEOPLE, 3)
    return {
        "name": office.name,
        "code": office.code,
        "department": office.over,
        "year": 2025,
        "money": WAN,
        "posts": posts,
        "staff": posts - chance.randint(0, posts // 8),
        "retired": chance.randint(0, 60),
        "head": head,
        "accountant": accountant,
        "author": author,
        "phone": f"0310-8{office.number % 10**7:07d}",
        "date": f"2026-{chance.choice(('02', '03'))}-{chance.randint(1, 28):02d}",
    }


def _lines(chance: Random, staff: int, perfect: bool) -> dict[str, Row]:
    """Staff at some 9 to 14 万元 a head, an office at 1 to 2, and what is part of the office's money."""
    lines = {
        "staff_cost": _line(chance, staff * chance.randint(900, 1400), perfect),
        "office_cost": _line(chance, staff * chance.randint(100, 200), perfect),
        "other_spending": dict.fromkeys(AMOUNT_COLUMNS, Decimal(0)),
    }
    office = int(lines["office_cost"]["budget"] * 100)
    lines["three_public"] = _line(chance, max(10, office // 10), False)
    lines["procurement"] = _line(chance, max(20, office // 4), False)
    lines["three_public"]["note"] = "公务用车运行维护和公务接待"
    return lines


def _line(chance: Random, cents: int, perfect: bool) -> Row:
    """A line in 万元, its budget as at the start of the year."""
    budget = Decimal(cents) / 100
    rate = 1 if perfect else Decimal(chance.randint(9500, 10000)) / 10000
    return {"initial": budget, "budget": budget, "executed": half_up(budget * rate)}


def _own(chance: Random, unit: Row, lines: dict[str, Row], count: int | None, perfect: bool) -> list[Row]:
    """Two ratios that the form itself supports, and lines of every kind."""
    count = count or chance.randint(OWN_LEAST, OWN_MOST)
    some = chosen(chance, lines_of(WHOLE), max(LEAST, count - 2))
    loss = None if perfect or chance.random() < 0.5 else drawn_loss(chance, WHOLE)
    struck = chance.choice(some[1:])
    weights = [Decimal(weight) for weight in weighted(chance, some)]
    rows = [
        indicator(chance, line, weight, "", loss if line is struck else None)
        for line, weight in zip(some, weights, strict=True)
    ]
    most = max(rows[:3], key=lambda row: row["weight"] if row["claimed"] == row["weight"] else 0)
    extra = [
        _ratio("在职人员控制率", "编制册和在职人员名册", Decimal(unit["staff"]), Decimal(unit["posts"])),
        _ratio("“三公”经费控制率", "决算报表", lines["three_public"]["executed"], lines["three_public"]["budget"]),
    ][: max(0, count - len(some))]
    for row in extra:
        part = Decimal(3)
        row |= {"weight": part, "claimed": part}
        most["weight"] = most["claimed"] = most["weight"] - part
    return [{"project": DEPARTMENT, **row} for row in (*extra, *rows)]


def _ratio(name: str, evidence: str, part: Decimal, whole: Decimal) -> Row:
    """A share of the form's own figures that must not pass the whole."""
    row: Row = {"level1": LEVEL1[0], "level2": LEVEL2[0], "name": name, "nature": AT_MOST, "target": "100%"}
    return row | {"unit": "%", "actual": f"{half_up(100 * part / whole)}%", "evidence": evidence}
