"""Rows of 项目资金 that add up the rows beside them and are no project: sub-totals typed among the projects.

Such a row has no indicators, standards or own score, and its amounts are the sums of the next (or the last) two or more
rows. Round numbers do that by chance, so its name must be a heading (``一、专项业务费``), or 项目支出 too large by just
this row. A row without which 项目支出 would no longer add up is a project.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..form import AMOUNT_COLUMNS, CATEGORIES, PROJECT_SPENDING, Project
from ..model import Identity, Submission, Verdict
from ..reconcile import CENT
from ..spec import Place
from ..values import fold_text

_HEADING = re.compile(
    r"[一二三四五六七八九十]+[、.,].*|\([一二三四五六七八九十]+\).*|.*(?:合计|小计|总计)"
    rf"|(?:{'|'.join(CATEGORIES)})(?:项目)?(?:支出|经费)?"
)


@dataclass(frozen=True, kw_only=True)
class Subtotal:
    """A row that is a sub-total, the rows it adds up, and whether they stand below it."""

    row: Project
    parts: tuple[Project, ...]
    below: bool


def find_subtotals(submission: Submission, identities: Sequence[Identity]) -> tuple[Subtotal, ...]:
    """The sub-totals among the projects, in the order of the rows."""
    projects = submission.projects
    used = {row.project.value for row in submission.indicators} | {row.project.value for row in submission.standards}
    totals = [identity for identity in identities if identity.code == "M103"]
    found = []
    for i, project in enumerate(projects):
        if project.code.value in used or not project.claimed.is_blank:
            continue
        below = _addends(project, projects[i + 1 :], submission.scale)
        above = () if below else _addends(project, projects[:i][::-1], submission.scale)
        if (below or above) and _is_no_project(project, totals):
            found.append(Subtotal(row=project, parts=below or above[::-1], below=bool(below)))
    return tuple(found)


def _amounts(project: Project) -> dict[str, Decimal]:
    entries = {name: getattr(project, name).value for name in AMOUNT_COLUMNS}
    return {name: value for name, value in entries.items() if value is not None}


def _addends(project: Project, others: Sequence[Project], scale: Decimal) -> tuple[Project, ...]:
    """The two or more next rows whose amounts add up to those of a row, none where there are no such rows."""
    wanted = _amounts(project)
    if sum(1 for value in wanted.values() if value > 0) < 2:
        return ()
    sums = dict.fromkeys(wanted, Decimal(0))
    for n, other in enumerate(others, 1):
        given = _amounts(other)
        sums = {name: total + given.get(name, Decimal(0)) for name, total in sums.items()}
        near = CENT * (n + 1) * scale
        if n > 1 and all(abs(sums[name] - wanted[name]) <= near for name in wanted):
            return tuple(others[:n])
        if any(sums[name] > wanted[name] + near for name in wanted):
            return ()
    return ()


def _is_no_project(project: Project, totals: Sequence[Identity]) -> bool:
    """Whether a row's name is a heading, or 项目支出 holds without it; never where 项目支出 holds with it."""
    counted = project.category.value in PROJECT_SPENDING
    checked = [i for i in totals if i.verdict is not Verdict.MISSING] if counted else []
    if checked and all(i.verdict is not Verdict.DIFFERS for i in checked):
        return False
    if not fold_text(project.name.text) or _HEADING.fullmatch(fold_text(project.name.text)):
        return True
    return bool(checked) and all(_surplus(project, identity) for identity in checked)


def _surplus(project: Project, identity: Identity) -> bool:
    """Whether the sum of the projects is too large by the row's own amount."""
    cells = amount_places(project)
    own = next((part.value for part in identity.parts if part.place in cells), None)
    gap = identity.difference or Decimal(0)
    return abs(gap + (own or Decimal(0))) <= identity.tolerance


def holds_without(identity: Identity, rows: Sequence[Subtotal]) -> bool:
    """Whether a sum over the projects holds once the sub-totals are left out of it."""
    cells = frozenset().union(*(amount_places(one.row) for one in rows))
    extra = sum((part.value or Decimal(0) for part in identity.parts if part.place in cells), Decimal(0))
    return bool(extra) and abs((identity.difference or Decimal(0)) + extra) <= identity.tolerance


def amount_places(project: Project) -> frozenset[Place | None]:
    """The cells of a project's three amounts."""
    return frozenset(getattr(project, name).place for name in AMOUNT_COLUMNS)
