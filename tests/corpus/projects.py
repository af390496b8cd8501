"""A project: its money in 万元, its indicators with their results, its standards."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from evalbatch.form import AMOUNT_COLUMNS, CATEGORIES, FUNDS, LEVEL2, YES

from .results import AT_LEAST, EXACTLY, Loss, Row, half_up, indicator, reason, said
from .vocabulary import Line, Template, lines_of, losses

POINTS = {"产出": 50, "效益": 30, "满意": 10}
"""What the national rule leaves beside execution's 10 points."""
GROUPS = {"产出": ("数量", "质量", "时效", "成本"), "效益": ("社会", "经济", "生态", "持续"), "满意": ("满意",)}
LEAST, MOST = 5, 12
"""Indicators of a project."""
KEPT = "合同价低于预算", "按实际数量结算", "尾款待质保期满后支付"
"""Why a little money is left."""
RED, YELLOW, SAFE = Decimal("0.95"), Decimal("0.80"), Decimal("0.01")
"""How much of the indicators' share of points the share of money spent must at least be for nobody to ask, the
least share of money itself, and some more."""


@dataclass(kw_only=True)
class Project:
    """A project's row, without what follows from other rows, its indicators, each from its line, and its standards."""

    template: Template
    row: Row
    lines: list[Line] = field(default_factory=list)
    indicators: list[Row] = field(default_factory=list)
    standards: list[Row] = field(default_factory=list)

    @property
    def missed(self) -> list[Row]:
        """The indicators that lost points."""
        return [row for row in self.indicators if row["claimed"] < row["weight"]]


def made(chance: Random, template: Template, code: str, count: int | None, *, perfect: bool) -> Project:
    """A project that takes part; one that is ``perfect`` spends all its money."""
    category = chance.choice((CATEGORIES[3],) * 3 + (CATEGORIES[2],))
    row: Row = {"code": code, "name": template.name, "category": category, "evaluated": YES}
    row["execution_weight"] = Decimal(10)
    project = Project(template=template, row=row)
    loss = drawn_loss(chance, template.kind) if chance.random() < 0.45 else None
    count = count or chance.randint(LEAST, MOST)
    if template.standard:
        _by_standard(chance, project, None if perfect else loss)
        measure(chance, project, max(LEAST, count - 1), loss)
        _follow_standard(project, None if perfect else loss)
    else:
        _by_contract(chance, project, perfect)
        measure(chance, project, count, loss)
        if not perfect and chance.random() < 0.08:
            _slow_down(chance, project)
    return project


def drawn_loss(chance: Random, kind: str) -> Loss:
    cause, remedy = chance.choice(losses(kind))
    return Loss(cause=cause, remedy=remedy, share=Decimal(chance.randint(10, 120)) / 1000)


def _by_standard(chance: Random, project: Project, loss: Loss | None) -> None:
    """A budget that is price × number, spent on those who got it."""
    standard, line = project.template.standard, project.template.lines[0]
    assert standard is not None
    low, high = (int(end) for end in line.span.split("-"))
    number = chance.randrange(low, high + 1, 20)
    missed = max(1, int(number * loss.share / 3)) if loss else 0
    budget = Decimal(standard.price * number) / 10000
    project.standards = [{"content": standard.content, "price": Decimal(standard.price), "quantity": Decimal(number)}]
    fund(project.row, budget, budget, half_up(Decimal(standard.price * (number - missed)) / 10000))
    if missed:
        project.row["note"] = f"少发放{missed}{line.unit}，结余资金年末由财政收回"


def _by_contract(chance: Random, project: Project, perfect: bool) -> None:
    """A budget of any size, a fifth of them adjusted, most of it spent."""
    budget = Decimal(chance.choice((chance.randint(200, 2000), chance.randint(2000, 30000)))) / 100
    initial, notes = budget, []
    if chance.random() < 0.2:
        change = half_up(budget * chance.randint(5, 20) / 100)
        initial, verb = (budget - change, "追加") if chance.random() < 0.6 else (budget + change, "压减")
        notes.append(f"年中{verb}{change}万元（县财预〔2025〕{chance.randint(2, 60)}号）")
    rate = 1 if perfect or chance.random() < 0.4 else Decimal(chance.randint(9600, 9999)) / 10000
    executed = half_up(budget * rate)
    if executed < budget:
        notes.append(f"{chance.choice(KEPT)}，结余{budget - executed}万元")
    fund(project.row, initial, budget, executed)
    if chance.random() < 0.15:
        _share_funds(chance, project.row)
    if notes:
        project.row["note"] = "；".join(notes)


def _slow_down(chance: Random, project: Project) -> None:
    """A year in which a part of the work was not done: less reached, and as much less money spent."""
    loss, row = drawn_loss(chance, project.template.kind), project.row
    left = Decimal(chance.randint(60, 180)) / 1000
    for i, (line, old) in enumerate(zip(project.lines, project.indicators, strict=True)):
        if line.nature == AT_LEAST and old["claimed"] == old["weight"] and reached(project) > 1 - left:
            deep = Loss(cause=loss.cause, remedy=loss.remedy, share=left + Decimal(chance.randint(2, 8)) / 100)
            project.indicators[i] = indicator(chance, line, old["weight"], project.template.who, deep)
    rate = max(YELLOW, reached(project) * RED) + SAFE
    spend(row, half_up(min(row["executed"], row["budget"] * rate)))
    adjusted = row["note"].split("；")[:1] if row["initial"] != row["budget"] else []
    row["note"] = "；".join([*adjusted, f"{loss.cause}，未支付{row['budget'] - row['executed']}万元，结转下年使用"])


def reached(project: Project) -> Decimal:
    """The indicators' share of their points."""
    return sum((row["claimed"] for row in project.indicators), Decimal(0)) / sum(POINTS.values())


def blemish(chance: Random, project: Project) -> None:
    """Miss the last indicator, which is satisfaction."""
    kind, weight = project.template.kind, project.indicators[-1]["weight"]
    loss = drawn_loss(chance, kind)
    project.indicators[-1] = indicator(chance, project.lines[-1], weight, project.template.who, loss)


def is_full(project: Project) -> bool:
    """Whether a project has all of its 100 points."""
    row = project.row
    return not project.missed and half_up(10 * row["executed"] / row["budget"]) == 10


def spend(row: Row, executed: Decimal) -> None:
    """Change what a project spent, out of this year's appropriation."""
    row[f"{FUNDS[0]}_executed"] += executed - row["executed"]
    row["executed"] = executed


def fund(row: Row, initial: Decimal, budget: Decimal, executed: Decimal) -> None:
    """Money that comes from this year's appropriation alone."""
    for amount, value in zip(AMOUNT_COLUMNS, (initial, budget, executed), strict=True):
        row |= {amount: value, f"{FUNDS[0]}_{amount}": value}
        row |= {f"{source}_{amount}": Decimal(0) for source in FUNDS[1:]}


def _share_funds(chance: Random, row: Row) -> None:
    """Part of the money comes from last year or from others, and is all spent."""
    source = chance.choice(FUNDS[1:])
    part = half_up(min(row[amount] for amount in AMOUNT_COLUMNS) * chance.randint(5, 30) / 100)
    for amount in AMOUNT_COLUMNS:
        row[f"{source}_{amount}"] = part
        row[f"{FUNDS[0]}_{amount}"] = row[amount] - part


def measure(chance: Random, project: Project, count: int, loss: Loss | None) -> None:
    """Choose indicators and what became of them; a loss strikes one or two of them, never the first quantity."""
    template = project.template
    project.lines = chosen(chance, (*template.lines, *lines_of(template.kind)), count)
    weights = weighted(chance, project.lines)
    struck = 1 if template.standard else chance.choice((1, 1, 2))
    missed = {id(line) for line in chance.sample(project.lines[1:], struck)} if loss else set()
    project.indicators = [
        indicator(chance, line, Decimal(weight), template.who, loss if id(line) in missed else None)
        for line, weight in zip(project.lines, weights, strict=True)
    ]


def chosen(chance: Random, pool: tuple[Line, ...], count: int) -> list[Line]:
    """Lines in their usual order: the first quantity, quality, time, a benefit and satisfaction, then others."""
    firsts = [next(line for line in pool if line.level == level) for level in ("数量", "质量", "时效", "社会", "满意")]
    rest = [line for line in pool if line not in firsts]
    chosen = [*firsts, *chance.sample(rest, min(len(rest), max(0, count - len(firsts))))]
    return [line for line in pool if line in chosen]


def weighted(chance: Random, lines: list[Line]) -> list[int]:
    """Whole points that make 50 for outputs, 30 for benefits and 10 for satisfaction."""
    shares = {
        name: _shared(chance, POINTS[name], sum(line.level in group for line in lines))
        for name, group in GROUPS.items()
    }
    return [next(shares[name] for name, group in GROUPS.items() if line.level in group).pop() for line in lines]


def _shared(chance: Random, whole: int, count: int) -> list[int]:
    shares = [whole // count] * count
    shares[0] += whole - sum(shares)
    for _ in range(count):
        a, b = chance.randrange(count), chance.randrange(count)
        if a != b and shares[a] > 4:
            shares[a], shares[b] = shares[a] - 1, shares[b] + 1
    return shares


def _follow_standard(project: Project, loss: Loss | None) -> None:
    """The first quantity is the number the budget was made of and the number paid; the standard is a cost indicator."""
    standard, row = project.template.standard, project.indicators[0]
    assert standard is not None
    unit, number = project.template.lines[0].unit, project.standards[0]["quantity"]
    paid = number - (max(1, int(number * loss.share / 3)) if loss else 0)
    row |= {"nature": AT_LEAST, "target": f"{said(number)}{unit}", "unit": unit, "actual": said(paid)}
    row["claimed"] = row["weight"] if paid >= number else half_up(row["weight"] * paid / number)
    if paid < number and loss:
        row["reason"] = reason(loss)
    _standard_as_cost(project, f"{standard.content}标准", standard.price, standard.unit)


def _standard_as_cost(project: Project, name: str, price: int, unit: str) -> None:
    """Split the points of the weightiest output in two, the second part for the standard."""
    outputs = [row for row in project.indicators if row["level1"] == project.indicators[0]["level1"]]
    full = [row for row in outputs if row["claimed"] == row["weight"]]
    if not full:
        return
    row = max(full, key=lambda one: one["weight"])
    part = Decimal(int(row["weight"]) // 2)
    row["weight"] = row["claimed"] = row["weight"] - part
    cost = {"level1": row["level1"], "level2": LEVEL2[3], "name": name, "nature": EXACTLY, "target": f"{price}{unit}"}
    cost |= {"unit": unit, "actual": str(price), "weight": part, "claimed": part, "evidence": "补助文件和发放明细"}
    project.indicators.insert(len(outputs), cost)
