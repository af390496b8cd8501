"""Amounts that are 10,000 times off: 元 typed in a 万元 column, or the other way round.

A whole sheet is off where 项目支出 and the projects' sum differ by 10,000 times in every column. Rows are off where
they hold by themselves and the projects add up to 项目支出 once they are converted. A cell, or some summands of one sum,
are suspected when converting them makes failing identities hold and breaks none that holds. Where several cells could
explain a failure, those too large for a 万元 form (too small for one in 元) are asked before those that are off the
other way, which only a wrong 金额单位 makes; of these the ones that explain most are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from ..form import AMOUNT_COLUMNS, BUDGET_LINES, WAN, Budget, Project
from ..model import Identity, Part, Submission, Verdict
from ..reconcile import LIMIT, SUM
from ..spec import Entry, Kind, Place, Row, columns_of, heading

TIMES = Decimal(10_000)
ABSURD = Decimal(2_000), Decimal(5_000_000)
"""No staff costs less, or more, than this a head and year, in 元."""
USUAL = Decimal(20_000), Decimal(1_000_000)
"""What staff usually costs a head and year; an absurd cost must come to this in the other unit to be taken for it."""
Suspect = tuple[tuple[Place, ...], Decimal]
"""Suspected cells of one sum and what their amounts must be multiplied with."""
FEWEST = 3
"""A column of fewer filled lines is no column to speak of."""
SUMMANDS = 4
"""A sum with at most so many filled summands is tried with several of them converted at once."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """Amounts in the wrong unit: their cells, the identities that show it, and what they must be multiplied with.

    They are cells of one sum in one column or more, amounts of some ``projects``, or a whole sheet: ``sheets`` has the
    one where that can be told, else both that it may be. With ``column`` they are what was spent, on all ``sheets``.
    """

    cells: tuple[Place, ...]
    identities: tuple[Identity, ...]
    factor: Decimal
    projects: tuple[Project, ...] = ()
    sheets: tuple[type[Row], ...] = ()
    column: bool = False


def find_slips(submission: Submission, identities: Sequence[Identity]) -> tuple[Slip, ...]:
    """A column, else sheets, else rows, in the wrong unit; then the single cells that explain what these leave open."""
    wide = _column(submission, identities) or _sheets(submission, identities) or _rows(submission, identities)
    covered = {place for slip in wide for place in slip.cells}
    money = [i for i in identities if i.sums in (SUM, LIMIT) and i.code != "M108"]
    failing = [i for i in money if i.verdict is Verdict.DIFFERS and covered.isdisjoint(i.places)]
    holding = [i for i in money if i.sums is SUM and i.verdict in (Verdict.EQUAL, Verdict.ROUNDING)]
    return (*wide, *_cells(failing, holding, _usual(submission)))


def _usual(submission: Submission) -> Decimal:
    """What an amount typed in the other unit than the form's must be multiplied with."""
    return 1 / TIMES if submission.money_unit == WAN else TIMES


# --- a column -----------------------------------------------------------------------------------------------------


def _column(submission: Submission, identities: Sequence[Identity]) -> tuple[Slip, ...]:
    """What was spent, in 元 on 收支预决算 and perhaps on 项目资金 too: its sums hold, and every budget is far exceeded."""
    limits = [i for i in identities if i.code == "M106" and i.left.value and i.right]
    lines, projects = ([i for i in limits if (i.record is None) == of_lines] for of_lines in (True, False))
    factor = _usual(submission)
    if factor > 1 or len(lines) < FEWEST or not _all_off(lines, factor):
        return ()
    too = _all_off(projects, factor)
    sheets: tuple[type[Row], ...] = (Budget, Project) if too else (Budget,)
    amounts = [entry for sheet in sheets for entry in _amounts(submission, sheet, AMOUNT_COLUMNS[2])]
    cells = tuple(entry.place for entry in amounts if entry.value and entry.place is not None)
    shown = tuple(lines + projects if too else lines)
    return (Slip(cells=cells, identities=shown, factor=factor, sheets=sheets, column=True),)


def _all_off(limits: Sequence[Identity], factor: Decimal) -> bool:
    """Whether all is far beyond its budget, within it once converted, and most of it comes near it then."""
    spent = [(i, (i.left.value or Decimal(0)) * factor) for i in limits if i.left.place is not None]
    within = all(i.verdict is Verdict.DIFFERS and value <= (i.right or 0) * Decimal("1.2") for i, value in spent)
    near = sum(1 for i, value in spent if i.left.place and holds_with(i, {i.left.place: value}))
    return within and 0 < len(spent) <= 2 * near


# --- sheets -------------------------------------------------------------------------------------------------------


def _sheets(submission: Submission, identities: Sequence[Identity]) -> tuple[Slip, ...]:
    totals = [
        i for i in identities if i.code == "M103" and i.verdict is not Verdict.MISSING and (i.left.value or i.right)
    ]
    larger = {_larger(total) for total in totals}
    if len(larger) != 1 or None in larger or _are_cells(totals, identities, _usual(submission)):
        return ()
    in_wan = submission.money_unit == WAN
    suspect: type[Row] = Budget if (Budget in larger) == in_wan else Project
    told = submission.unit.money.value is not None and _evidence(submission, identities) in (None, suspect)
    sheets: tuple[type[Row], ...] = (suspect,) if told else (Budget, Project)
    amounts = [entry for sheet in sheets for entry in _amounts(submission, sheet)]
    cells = tuple(entry.place for entry in amounts if entry.value and entry.place is not None)
    return (Slip(cells=cells, identities=_quoted(totals), factor=_usual(submission), sheets=sheets),)


def _larger(total: Identity) -> type[Row] | None:
    """Whose amount is 10,000 times the other's: 项目支出 of 收支预决算, or the projects' sum; None for neither."""
    left, right = total.left.value or Decimal(0), total.right or Decimal(0)
    small, big = sorted((left, right))
    alike = small > 0 and abs(big / TIMES - small) <= min(total.tolerance, small / 20)
    return (Budget if big == left else Project) if alike else None


def _are_cells(totals: Sequence[Identity], identities: Sequence[Identity], usual: Decimal) -> bool:
    """Whether most cells on one side of the totals are off by themselves: other identities hold once they are right."""
    others = [
        i for i in identities if i.sums is SUM and i.code not in ("M103", "M108") and i.verdict is Verdict.DIFFERS
    ]
    off = {place for i in others for places, _ in _suspects(i, usual) for place in places}
    sides = [[i.left for i in totals], [part for i in totals for part in i.parts]]
    filled = [[part.place for part in side if part.value] for side in sides]
    return any(2 * sum(1 for place in side if place in off) > len(side) for side in filled)


def _evidence(submission: Submission, identities: Sequence[Identity]) -> type[Row] | None:
    """Which sheet is wrong by what staff costs a head, or else by the costings, whose prices are always in 元."""
    staff, line = submission.unit.staff.value or Decimal(0), submission.budget.staff_cost
    heads = [entry.value / staff for entry in (line.executed, line.budget) if staff > 0 and entry.value]
    if heads and all(USUAL[0] <= each <= USUAL[1] for each in heads):
        return Project
    if heads and not any(ABSURD[0] <= each <= ABSURD[1] for each in heads):
        return Budget
    costs = [i.right / i.left.value for i in identities if i.code == "M108" and i.right and i.left.value]
    if not costs:
        return None
    if all(Decimal("0.5") <= cost <= 2 for cost in costs):
        return Budget
    return Project if not any(1 / TIMES * 2 < cost < TIMES / 2 for cost in costs) else None


def _amounts(submission: Submission, sheet: type[Row], only: str = "") -> Iterator[Entry[Decimal]]:
    """The amounts of a sheet, or those of one of its columns, sources included."""
    wanted = [amount for amount in AMOUNT_COLUMNS if amount.endswith(only)]
    if sheet is Budget:
        for line in BUDGET_LINES:
            yield from (getattr(getattr(submission.budget, line.name), amount) for amount in wanted)
    else:
        amounts = (column.name for column in columns_of(Project) if column.kind is Kind.AMOUNT)
        names = [name for name in amounts if name.endswith(tuple(wanted))]
        for project in submission.projects:
            yield from (getattr(project, name) for name in names)


def _quoted(totals: Sequence[Identity]) -> tuple[Identity, ...]:
    """The totals, that of 全年预算数 first: it is the one to quote."""
    return tuple(sorted(totals, key=lambda i: i.scope != heading(Project, "budget")))


# --- rows ---------------------------------------------------------------------------------------------------------


def _rows(submission: Submission, identities: Sequence[Identity]) -> tuple[Slip, ...]:
    """Projects whose amounts of one column or more, sources included, are in the wrong unit."""
    factor = _usual(submission)
    funds = {i.left.place: i for i in identities if i.code == "M104"}
    off: set[Place] = set()
    totals = []
    for total in identities:
        if total.code == "M103" and total.verdict is Verdict.DIFFERS:
            wrong = [funds[part.place] for part in _wrong_addends(total, funds, factor)]
            off.update(p.place for one in wrong for p in (one.left, *one.parts) if p.place is not None and p.value)
            totals += [total] if wrong else []
    if len(off) < 2:
        return ()
    cells = tuple(e.place for e in _amounts(submission, Project) if e.place in off and e.place is not None)
    projects = tuple(p for p in submission.projects if any(getattr(p, name).place in off for name in AMOUNT_COLUMNS))
    return (Slip(cells=cells, identities=_quoted(totals), factor=factor, projects=projects),)


def _wrong_addends(total: Identity, funds: Mapping[Place | None, Identity], factor: Decimal) -> Sequence[Part]:
    """The projects in the wrong unit: all that are above 项目支出 itself, or a single one; none where it cannot be told."""
    usable = [p for p in total.parts if p.value and p.place in funds and funds[p.place].verdict is not Verdict.DIFFERS]
    above = [p for p in usable if 0 < (total.left.value or 0) < (p.value or 0)]
    for some in (above, *([part] for part in usable)):
        amount = sum((part.value or Decimal(0) for part in some), Decimal(0))
        gap = total.difference or Decimal(0)
        rounding = total.tolerance + (TIMES * len(some) / 200 if factor > 1 else 0)
        if some and abs(gap + amount) > total.tolerance and abs(gap - amount * (factor - 1)) <= rounding:
            return some
    return ()


# --- cells --------------------------------------------------------------------------------------------------------


def _cells(failing: Sequence[Identity], holding: Sequence[Identity], usual: Decimal) -> tuple[Slip, ...]:
    """Cells that explain a failure, those of one sum in several columns as one slip."""
    slips: dict[tuple[str, Decimal], Slip] = {}
    while votes := _votes(failing, holding, usual):
        places, factor = max(votes, key=lambda suspect: votes[suspect])
        explained = [i for i in failing if not set(places).isdisjoint(i.places)]
        identity = next((i for i in explained if i.record is not None), explained[0])
        seen = slips.get((identity.name, factor))
        found = Slip(cells=places, identities=(identity,), factor=factor)
        slips[identity.name, factor] = _joined(seen, found) if seen else found
        failing = [i for i in failing if i not in explained]
    return tuple(slips.values())


def _joined(one: Slip, other: Slip) -> Slip:
    return replace(one, cells=one.cells + other.cells, identities=one.identities + other.identities)


def _votes(failing: Sequence[Identity], holding: Sequence[Identity], usual: Decimal) -> dict[Suspect, int]:
    """For all cells that could explain a failure: failures explained (sums count twice) less identities broken."""
    votes: dict[Suspect, int] = {}
    for identity in failing:
        for suspect in _suspects(identity, usual):
            votes[suspect] = votes.get(suspect, 0) + (2 if identity.sums is SUM else 1)
    broken = {s: 2 * sum(1 for i in holding if not set(s[0]).isdisjoint(i.places)) for s in votes}
    return {suspect: n - broken[suspect] for suspect, n in votes.items() if n > broken[suspect]}


def _suspects(identity: Identity, usual: Decimal) -> Iterator[Suspect]:
    """What could be converted: single cells, else several summands, in the usual direction; else cells in the other."""
    filled = [p.place for p in (identity.left, *identity.parts) if p.place is not None and p.value]
    summands = [place for place in filled if place != identity.left.place]
    several = range(2, len(summands) + 1) if identity.sums is SUM and len(summands) <= SUMMANDS else ()
    tried = [(usual, 1, filled), *((usual, size, summands) for size in several), (1 / usual, 1, filled)]
    for factor, size, places in tried:
        found = [some for some in combinations(places, size) if _is_off(identity, some, factor)]
        if found:
            yield from ((some, factor) for some in found)
            return


def _is_off(identity: Identity, places: Sequence[Place], factor: Decimal) -> bool:
    """Whether an identity holds once the cells are converted, and not already without them."""
    values = {p.place: p.value for p in (identity.left, *identity.parts) if p.place in places and p.value and p.place}
    without = {place: Decimal(0) for place in values}
    converted = {place: value * factor for place, value in values.items()}
    return not holds_with(identity, without) and holds_with(identity, converted)


def holds_with(identity: Identity, values: Mapping[Place, Decimal]) -> bool:
    """Whether an identity would hold if some of its cells held other amounts; a limit must also come near."""
    shown = ((part, part.value or Decimal(0)) for part in (identity.left, *identity.parts))
    left, *rest = (values.get(part.place, value) if part.place else value for part, value in shown)
    right = sum(rest, Decimal(0))
    if identity.sums is LIMIT:
        nearer = left < (identity.left.value or 0) or right > (identity.right or 0)
        return nearer and right > 0 and right / 20 <= left <= right * Decimal("1.2")
    return abs(left - right) <= identity.tolerance
