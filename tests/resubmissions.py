"""Fifty units that hand in twice: what is planted in either workbook says what a comparison has to find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
from corpus import money, scores, texts
from corpus.offices import offices
from corpus.planting import FAULTS, Case, NoPlace
from corpus.story import Shape, story
from corpus.told import told

from evalbatch import form
from evalbatch.spec import columns_of, lines_of, sheet_of
from evalbatch.writers.filling import key_of
from evalbatch.writers.template import write_form

DECLARING = money, scores, texts
KINDS = {
    "money": [
        "fund_parts_off",
        "basic_parts_off",
        "spending_total_off",
        "income_parts_off",
        "rate_off",
        "share_off",
        "words_for_amount",
        "standards_short",
        "execution_points_rounded_up",
    ],
    "scores": [
        "weights_off",
        "score_over_weight",
        "score_above_formula",
        "lost_without_reason",
        "grade_wrong",
        "total_off",
        "result_blank",
        "result_in_words",
        "operator_copied",
        "far_over",
        "tier_off",
        "no_evidence",
    ],
    "texts": ["figure_off", "amount_left_blank", "measure_copied"],
}
"""Faults that neither add nor take away a row, by area; those of different areas keep out of each other's way."""
ROLES = ("open", "fixed", "new")
COUNT = 50
SHAPE = Shape(projects=4, indicators=28)
SAME, SAVED, CONVERTED, SORTED = "same", "saved", "converted", "sorted"


@dataclass(kw_only=True)
class Twice:
    """A unit, the kinds of faults by their fate, what was done to the file, both workbooks' data."""

    number: int
    name: str
    code: str
    way: str
    kinds: dict[str, list[str]] = field(default_factory=lambda: {role: [] for role in ROLES})
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)

    def codes(self, role: str) -> Counter[str]:
        """The rules that must find the faults of one fate."""
        return Counter(code for kind in self.kinds[role] for code in FAULTS[kind].codes)

    @property
    def changes(self) -> Counter[tuple[str, str, str, str]]:
        """Every cell whose content differs: the sheet, the heading, the old text, the new one."""
        old, new = dict(_cells(self.old)), dict(_cells(self.new))
        differing = [key for key in {*old, *new} if old.get(key) != new.get(key)]
        return Counter((key[0], key[-1], plain(old.get(key)), plain(new.get(key))) for key in differing)


def plain(value: object) -> str:
    """A cell's content as it is compared: of a number, its value."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _cells(data: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every filled cell by its sheet, its row as the unit's story has it, its heading."""
    for cls in form.SHEETS:
        held = data.get(key_of(cls), {})
        if cls is form.Budget:
            for line in lines_of(cls):
                for column in columns_of(form.BudgetLine):
                    yield (sheet_of(cls).title, line.name, column.heading), held.get(line.name, {}).get(column.name)
        for index, row in enumerate(held if isinstance(held, list) else [held]):
            for column in columns_of(cls):
                yield (sheet_of(cls).title, index, column.heading), row.get(column.name)


def unit(number: int) -> Twice:
    """A unit by its number: one in ten hands in the same bytes, one saves anew, one sorts its rows, one mends all."""
    office = offices(200)[number - 1]
    way = {0: SAME, 1: SAVED, 2: CONVERTED, 3: SORTED}.get(number % 10, "")
    one = Twice(number=number, name=office.name, code=office.code, way=way)
    wanted = _wanted(number)
    one.old = _filled(one, wanted, ("open", "fixed"))
    one.new = one.old if way else _filled(one, wanted, ("open", "new"))
    return one


def _wanted(number: int) -> dict[str, str]:
    """The area of every fate, in turns."""
    areas = list(KINDS)
    Random(f"{number}-areas").shuffle(areas)
    chosen = dict(zip(ROLES, areas, strict=True))
    if number % 10 < 4:
        return {"open": chosen["open"]}
    if number % 10 == 9:
        return {"fixed": chosen["fixed"]}
    if number % 10 == 4:
        return {"new": chosen["new"], "open": chosen["open"]}
    return chosen


def _filled(one: Twice, wanted: dict[str, str], roles: Sequence[str]) -> dict[str, Any]:
    """The unit's form with the faults of some fates; those that stay are planted first, alike in both workbooks."""
    case = Case(chance=Random(0), story=story(offices(200)[one.number - 1], Random(f"{one.number}-year"), SHAPE))
    case.data = told(case.story)
    for role in roles:
        if role not in wanted:
            continue
        kinds = list(KINDS[wanted[role]])
        Random(f"{one.number}-{role}").shuffle(kinds)
        for kind in kinds:
            case.chance = Random(f"{one.number}-{kind}")
            try:
                FAULTS[kind].plant(case)
            except NoPlace:
                continue
            one.kinds[role] = [kind]
            break
    return case.data


def write_folders(old: Path, new: Path, units: Sequence[Twice]) -> None:
    """Write both folders; the second names its files in another way, and leaves what LibreOffice has to save to the test."""
    for one in units:
        before = old / f"{one.code}_{one.name}.xlsx"
        after = new / "重报" / f"{one.name}（改）.xlsx"
        before.parent.mkdir(exist_ok=True, parents=True)
        after.parent.mkdir(exist_ok=True, parents=True)
        before.write_bytes(write_form(one.old))
        if one.way == SAVED:
            book = openpyxl.load_workbook(before)
            book.save(after)
        elif one.way in (SAME, CONVERTED):
            after.write_bytes(before.read_bytes())
        else:
            after.write_bytes(write_form(_sorted(one.new, one.number)))


def _sorted(data: dict[str, Any], number: int) -> dict[str, Any]:
    """The same rows in another order, projects and indicators both."""
    moved = {
        **data,
        **{table: list(data[table]) for table in ("project", "indicator", "problem", "standard") if table in data},
    }
    for table in ("project", "indicator", "standard"):
        Random(number).shuffle(moved.get(table, []))
    return moved
