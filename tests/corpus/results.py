"""An indicator's row: a target from its line, a result met or missed, and the points the national formula gives."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from evalbatch.form import LEVEL1, LEVEL2, TIERS

from .vocabulary import Line

Row = dict[str, Any]

LEVELS = {
    "数量": (LEVEL1[0], LEVEL2[0]),
    "质量": (LEVEL1[0], LEVEL2[1]),
    "时效": (LEVEL1[0], LEVEL2[2]),
    "成本": (LEVEL1[0], LEVEL2[3]),
    "经济": (LEVEL1[1], LEVEL2[4]),
    "社会": (LEVEL1[1], LEVEL2[5]),
    "生态": (LEVEL1[1], LEVEL2[6]),
    "持续": (LEVEL1[1], LEVEL2[7]),
    "满意": (LEVEL1[2], LEVEL2[8]),
}
AT_LEAST, AT_MOST, EXACTLY, QUALITATIVE = "≥", "≤", "=", "定性"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Why an indicator is missed, by what share of its target, and what is done about it."""

    cause: str
    remedy: str
    share: Decimal


def half_up(number: Decimal, places: int = 2) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def said(number: Decimal) -> str:
    """A number as people write it."""
    return format(number.normalize(), "f")


def earned(nature: str, weight: Decimal, target: Decimal, actual: Decimal) -> Decimal:
    """The points of a result: in proportion to what is reached, or less by what is exceeded."""
    if nature == AT_MOST:
        if actual <= target:
            return weight
        return half_up(max(Decimal(0), weight * (1 - (actual - target) / target))) if target else Decimal(0)
    return weight if actual >= target else half_up(weight * actual / target)


def reason(loss: Loss) -> str:
    """What stands beside a result that was missed."""
    return f"{loss.cause}。{loss.remedy}。"


def indicator(chance: Random, line: Line, weight: Decimal, who: str, loss: Loss | None) -> Row:
    """A row without its project; ``loss`` is left aside where the line can't be missed by a little."""
    level1, level2 = LEVELS[line.level]
    row: Row = {"level1": level1, "level2": level2, "name": line.name.format(who=who), "weight": weight}
    make = {QUALITATIVE: _qualitative, "期限": _on_time, "次年": _on_time}.get(line.nature, _number)
    row |= make(chance, line, weight, loss)
    row["evidence"] = line.evidence
    if row["claimed"] < row["weight"] and loss:
        row["reason"] = reason(loss)
    return row


def _qualitative(chance: Random, line: Line, weight: Decimal, loss: Loss | None) -> Row:
    target, done, partly = line.span.split("/")
    row: Row = {"nature": QUALITATIVE, "target": target}
    if loss is None:
        return {**row, "actual": done, "tier": TIERS[0], "claimed": weight}
    share = Decimal(chance.choice((65, 70, 75))) / 100
    return {**row, "actual": partly, "tier": TIERS[1], "claimed": half_up(weight * share)}


def _on_time(chance: Random, line: Line, weight: Decimal, _loss: Loss | None) -> Row:
    month, year = int(chance.choice(line.span.split(","))), 2025 + (line.nature == "次年")
    done = f"{year}年{month}月{chance.randint(2, 26)}日"
    return {"target": f"{year}年{month}月底前", "actual": done, "claimed": weight}


def _number(chance: Random, line: Line, weight: Decimal, loss: Loss | None) -> Row:
    target = _target(chance, line.span)
    actual = _actual(chance, line, target, loss)
    row = _written(chance, line, target)
    row["actual"] = f"{said(actual)}%" if line.unit == "%" and chance.random() < 0.8 else said(actual)
    return {**row, "claimed": earned(line.nature, weight, target, actual)}


def _target(chance: Random, span: str) -> Decimal:
    if "-" not in span:
        return Decimal(chance.choice(span.split(",")))
    low, high = (int(end) for end in span.split("-"))
    step = next(step for most, step in ((40, 1), (400, 5), (4000, 20), (10**9, 100)) if high <= most)
    return Decimal(chance.randrange(low, high + 1, step))


def _actual(chance: Random, line: Line, target: Decimal, loss: Loss | None) -> Decimal:
    """A result on the right side of its target but for a loss; whole for counts, with a decimal for shares and costs."""
    places = 1 if line.unit == "%" else 0
    step = Decimal(1).scaleb(-places)
    if line.nature == EXACTLY:
        return target
    if line.nature == AT_MOST:
        share = 1 + loss.share / 2 if loss else Decimal(chance.randint(88, 100)) / 100
        actual = half_up(target * share, 1 if target < 40 else 0)
        return actual if loss or actual <= target else target
    if loss and target > 3:
        return max(step, min(target - step, half_up(target * (1 - loss.share), places)))
    most = min(target * Decimal("1.15"), Decimal(100) if line.unit == "%" and target >= 50 else target * 2)
    actual = half_up(target + (most - target) * chance.randint(0, 100) / 100, places)
    return actual if actual * 100 <= most * 102 and actual <= most else target


def _written(chance: Random, line: Line, target: Decimal) -> Row:
    """A target in one of the ways people write it, with its unit."""
    number, sign = said(target), line.nature
    words = {AT_LEAST: "不少于", AT_MOST: "不超过", EXACTLY: "达到"}[sign]
    unit = {"nature": sign, "unit": line.unit}
    return chance.choice(
        (
            {**unit, "target": f"{number}{line.unit}"},
            {**unit, "target": f"{number}{line.unit}"},
            {**unit, "target": f"{sign}{number}{line.unit}"},
            {**unit, "target": f"{words}{number}{line.unit}" if sign != EXACTLY else f"{number}{line.unit}"},
        )
    )
