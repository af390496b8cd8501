"""What only a look across units can find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .planting import Spot
from .projects import Project, is_full
from .results import EXACTLY, said
from .story import Story

UNLIKE = 4
"""How many times its peers' a standard is."""
PEERS = 4
"""Among how many others one standard stands out."""


@dataclass(frozen=True, kw_only=True)
class Between:
    """A kind of fault between units: the code it is found by, how likely it is, how others change a unit's year.

    ``change`` gives the cells that show it, and None where there is nothing to share. The other is one honest unit;
    where it is ``alone``, the others are all honest ones of its field. A ``kept`` one hands in the other's form as it
    is; ``suffix`` is added to the other's file name, where the unit passes for the other.
    """

    kind: str
    code: str
    likely: int
    change: Callable[[Story, Sequence[Story]], list[Spot] | None]
    alone: bool = False
    kept: bool = False
    suffix: str = ""

    @property
    def about(self) -> str:
        """What is planted, in words."""
        return (self.change.__doc__ or "").strip()


def _same_workbook(_mine: Story, _others: Sequence[Story]) -> list[Spot]:
    """同一个文件用两个名称交了两次"""
    return []


def _same_unit(mine: Story, others: Sequence[Story]) -> list[Spot]:
    """同一个单位交了两份不同的表"""
    other = others[0]
    mine.unit |= {key: other.unit[key] for key in ("name", "code", "department")}
    mine.office = other.office
    return [(mine.unit, "name"), (mine.unit, "code")]


def _copied_indicators(mine: Story, others: Sequence[Story]) -> list[Spot] | None:
    """一个项目的指标、指标值、完成值和得分照抄另一个单位的同名项目"""
    pair = _shared(mine, others[0])
    if pair is None:
        return None
    own, theirs = pair
    own.indicators = [dict(row) for row in theirs.indicators]
    for amount, value in theirs.row.items():
        if amount.endswith(("initial", "budget", "executed")) or amount == "note":
            own.row[amount] = value
    if "note" not in theirs.row:
        own.row.pop("note", None)
    if all(map(is_full, mine.evaluated)):
        return None
    return [(row, "actual") for row in own.indicators]


def _standard_unlike_peers(mine: Story, others: Sequence[Story]) -> list[Spot] | None:
    """一个项目的补助标准是别的单位的四倍，数量是四分之一"""
    paid = Counter(
        project.standards[0]["content"] for other in others for project in other.evaluated if project.standards
    )
    found = [project for project in mine.evaluated if _can_be_dearer(project, paid)]
    if not found:
        return None
    project = found[0]
    row, first = project.standards[0], project.indicators[0]
    row |= {"price": row["price"] * UNLIKE, "quantity": row["quantity"] / UNLIKE}
    unit = first["unit"]
    first |= {"target": f"{said(row['quantity'])}{unit}", "actual": said(row["quantity"])}
    for one in project.indicators:
        if one.get("nature") == EXACTLY and one["name"].startswith(row["content"]):
            one |= {"target": f"{said(row['price'])}{one['unit']}", "actual": said(row["price"])}
    return [(row, "price")]


def _can_be_dearer(project: Project, paid: Mapping[str, int]) -> bool:
    """Whether a project paid everybody by a standard that enough others have, and a quarter of the number is whole."""
    if not project.standards:
        return False
    row = project.standards[0]
    whole = row["quantity"] % (5 * UNLIKE) == 0 and Decimal(project.indicators[0]["actual"]) == row["quantity"]
    return whole and paid[row["content"]] >= PEERS


def _shared(mine: Story, other: Story) -> tuple[Project, Project] | None:
    """A project without a standard that both units have, each with its own."""
    theirs = {project.template.name: project for project in other.evaluated if not project.standards}
    own = next((project for project in mine.evaluated if project.template.name in theirs), None)
    return (own, theirs[own.template.name]) if own else None


BETWEEN = {
    one.kind: one
    for one in (
        Between(kind="same_workbook", code="B102", likely=2, change=_same_workbook, kept=True, suffix="（定稿）"),
        Between(kind="same_unit", code="B101", likely=2, change=_same_unit, suffix="（修改）"),
        Between(kind="copied_indicators", code="B201", likely=4, change=_copied_indicators),
        Between(kind="standard_unlike_peers", code="B202", likely=3, change=_standard_unlike_peers, alone=True),
    )
}
"""Every kind of fault between two units, by name."""
ALL_FULL, ALL_FULL_CODE = "department_all_full", "B301"
OF_THE_BUREAU = frozenset({"B401"})
"""The rules across units about the bureau's own files, which the county does not write."""
"""A department whose units all give themselves 100 as a whole, and the code it is found by."""
ALL = 3
"""How many units it takes for that to be odd."""
