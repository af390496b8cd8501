"""Forms in which the bureau has filled in what it knows of a unit: those cells are locked, the rest is the clerk's.

Money stands in 万元, whose six decimals hold every amount to the cent. An approved amount that does not say whether it
is of before or after the year's adjustments is taken for 年初预算数, as budgets are approved before the year begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from .. import form
from ..approved import Approved
from ..gathered import Expected
from ..spec import Column, Kind, Row, columns_of
from .filling import Filling, checked, key_of
from .mould import Mould
from .template import BLANK, USUAL_WEIGHT, FormWriter

SPARE_ROWS = 10
"""How many prepared rows follow the projects at least."""
_NOTE = (
    "这份表由财政部门预先填好了一部分：深灰色的单元格取自单位名单和批复的预算，已经锁定，不用再填。"
    "请填写黄色的单元格。深灰色的内容与实际不符的，请先与财政部门联系。"
)
TEXTS = (Kind.TEXT, Kind.CODE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the bureau knows of a unit before the form is filled in; ``projects`` is None where it gives no budget."""

    unit: Expected
    projects: tuple[Approved, ...] | None = None


def write_prefilled(
    units: Sequence[Known], year: int | None = None, execution_weight: Decimal = USUAL_WEIGHT
) -> Iterator[bytes]:
    """Write the form of every unit, in order; none depends on another.

    All of them give budgets or none does. ``execution_weight`` is what the live checks take where 执行率分值 is blank.
    Equal input gives equal bytes.
    """
    if not units:
        return
    money = any(known.projects is not None for known in units)
    classes: list[type[Row]] = [form.Unit, form.Project] if money else [form.Unit]
    held = [column for cls in classes for column in _held(cls, money=money)]
    write = partial(FormWriter, held=held, execution_weight=execution_weight)
    sample = write(_sample(held, year))
    mould = Mould(sample.book, sample.write(), partial(sample.sheets, classes))
    for known in units:
        writer = write(checked(_filling(known, year)), book=sample.book)
        yield mould.cast(partial(writer.sheets, classes))


def _held(cls: type[Row], *, money: bool) -> list[Column]:
    """The columns that the bureau fills in, 金额单位 with amounts alone."""
    return [one for one in columns_of(cls) if one.name in form.GIVEN[cls] and (money or one.name != "money")]


def _filling(known: Known, year: int | None) -> Filling:
    """What stands in a unit's form."""
    unit = known.unit
    given = {"name": unit.name, "code": unit.code, "department": unit.department, "year": year}
    rows = [_row(number, project) for number, project in enumerate(known.projects or (), 1)]
    return {
        key_of(form.Unit): {**BLANK[key_of(form.Unit)], **_filled(given)},
        key_of(form.Project): [*rows, *[{}] * SPARE_ROWS] if rows else [],
    }


def _row(number: int, project: Approved) -> Mapping[str, Any]:
    """A project's row; amounts that the bureau's file contradicts itself about are left to the clerk."""
    initial = project.either if project.initial is None else project.initial
    budgets = () if project.doubt else (("initial", initial), ("budget", project.budget))
    return _filled(
        {
            "code": str(number),
            "system_code": project.code,
            "name": project.name,
            "category": project.category if project.category in form.CATEGORIES else None,
            **{name: amount.scaleb(-4) for name, amount in budgets if amount is not None and amount >= 0},
        }
    )


def _filled(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in given.items() if value not in (None, "")}


def _sample(held: Iterable[Column], year: int | None) -> Filling:
    """A form in which every cell that may be held is: it has every format, and no text that the form does not have."""
    unit, project = (
        {
            column.name: column.choices[0] if column.choices else column.title if column.kind in TEXTS else 1
            for column in columns_of(cls)
            if column in held
        }
        for cls in (form.Unit, form.Project)
    )
    if year is None:
        unit.pop("year")
    unit["money"] = form.WAN
    return {key_of(form.Unit): unit, key_of(form.Project): [project] if project else [], "notes": [_NOTE]}
