"""What only a look across units can find. No rule looks for these yet: the manifest names them without a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .planting import Spot
from .projects import Project, is_full
from .results import EXACTLY, said
from .story import Story

UNLIKE = 4
"""How many times its peers' a standard is."""


@dataclass(frozen=True, kw_only=True)
class Between:
    """A kind of fault between units: how likely it is, and how a unit's year is changed by another's.

    ``change`` gives the cells that show it, and None where the two have nothing to share. A ``kept`` one hands in the
    other's form as it is; ``suffix`` is added to the other's file name, where the unit passes for the other.
    """

    kind: str
    likely: int
    change: Callable[[Story, Story], list[Spot] | None]
    kept: bool = False
    suffix: str = ""

    @property
    def about(self) -> str:
        """What is planted, in words."""
        return (self.change.__doc__ or "").strip()


def _same_workbook(_mine: Story, _other: Story) -> list[Spot]:
    """同一个文件用两个名称交了两次"""
    return []


def _same_unit(mine: Story, other: Story) -> list[Spot]:
    """同一个单位交了两份不同的表"""
    mine.unit |= {key: other.unit[key] for key in ("name", "code", "department")}
    mine.office = other.office
    return [(mine.unit, "name"), (mine.unit, "code")]


def _copied_indicators(mine: Story, other: Story) -> list[Spot] | None:
    """一个项目的指标、指标值、完成值和得分照抄另一个单位的同名项目"""
    pair = _shared(mine, other)
    if pair is None:
        return None
    own, theirs = pair
    if own.template.standard:
        return None
    own.indicators = [dict(row) for row in theirs.indicators]
    for amount, value in theirs.row.items():
        if amount.endswith(("initial", "budget", "executed")) or amount == "note":
            own.row[amount] = value
    if "note" not in theirs.row:
        own.row.pop("note", None)
    if all(map(is_full, mine.evaluated)):
        return None
    return [(row, "actual") for row in own.indicators]


def _standard_unlike_peers(mine: Story, _other: Story) -> list[Spot] | None:
    """一个项目的补助标准是别的单位的四倍，数量是四分之一"""
    found = [one for one in mine.evaluated if one.standards and one.standards[0]["quantity"] % (5 * UNLIKE) == 0]
    if not found:
        return None
    project = found[0]
    row, first = project.standards[0], project.indicators[0]
    if Decimal(first["actual"]) != row["quantity"]:
        return None
    row |= {"price": row["price"] * UNLIKE, "quantity": row["quantity"] / UNLIKE}
    unit = first["unit"]
    first |= {"target": f"{said(row['quantity'])}{unit}", "actual": said(row["quantity"])}
    for one in project.indicators:
        if one.get("nature") == EXACTLY and one["name"].startswith(row["content"]):
            one |= {"target": f"{said(row['price'])}{one['unit']}", "actual": said(row["price"])}
    return [(row, "price")]


def _shared(mine: Story, other: Story) -> tuple[Project, Project] | None:
    """A project that both units have, each with its own."""
    theirs = {project.template.name: project for project in other.evaluated}
    own = next((project for project in mine.evaluated if project.template.name in theirs), None)
    return (own, theirs[own.template.name]) if own else None


BETWEEN = {
    one.kind: one
    for one in (
        Between(kind="same_workbook", likely=2, change=_same_workbook, kept=True, suffix="（定稿）"),
        Between(kind="same_unit", likely=2, change=_same_unit, suffix="（修改）"),
        Between(kind="copied_indicators", likely=4, change=_copied_indicators),
        Between(kind="standard_unlike_peers", likely=3, change=_standard_unlike_peers),
    )
}
"""Every kind of fault between two units, by name."""
ALL_FULL = "department_all_full"
"""A department whose units all give themselves 100 as a whole."""
