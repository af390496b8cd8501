"""The forms that the bureau hands out: one file for every unit, named after it, in one folder.

Nothing that lies there is overwritten: a form may have come back filled. What is there already, byte for byte, is left
alone, so that a run that was stopped is completed by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from .approved import Control, Own
from .control import expected_of
from .gathered import Expected
from .legible import shown
from .outputs import Names, OutputError, make_folder, write_file
from .writers.prefilled import Known, write_prefilled
from .writers.template import USUAL_WEIGHT

FORM = "自评表"
LISTED = 3
"""How many of many names are said."""


@dataclass(frozen=True, kw_only=True)
class Handout:
    """How many forms were written, and how many were there already."""

    written: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The units that get a form, those the budget has nothing on and why, those of the budget that are not listed.

    ``renamed`` are the units that the list calls otherwise than the budget, each as listed and as its form calls it.
    """

    units: Sequence[Known]
    lost: Sequence[tuple[str, str]] = ()
    unlisted: Sequence[str] = ()
    renamed: Sequence[tuple[Expected, Expected]] = ()


def join(roster: Sequence[Expected] | None, control: Control | None) -> Joined:
    """Put the bureau's list and its budget together; without a list the units of the budget are it."""
    if control is None:
        return Joined(units=[Known(unit=unit) for unit in roster or ()])
    if roster is None:
        pairs = zip(expected_of(control), control.units, strict=True)
        return Joined(units=[Known(unit=unit, projects=own.projects) for unit, own in pairs])
    found = [(unit, control.own(unit.name, unit.code)) for unit in roster]
    met = Counter(id(own.unit) for _, own in found)
    listed = [(unit, _sole(own) if met[id(own.unit)] > 1 else own) for unit, own in found]
    units = [_known(unit, own) for unit, own in listed]
    return Joined(
        units=units,
        lost=[(unit.name or unit.code, own.why) for unit, own in listed if own.unit is None],
        unlisted=[unit.name or unit.code or "" for unit in control.units if id(unit) not in met],
        renamed=[
            (unit, known.unit)
            for (unit, own), known in zip(listed, units, strict=True)
            if own.other_code or own.other_name
        ],
    )


def _sole(own: Own) -> Own:
    """What the budget has on a unit where another of the list is the same there: nothing but for the one called as there."""
    if own.unit is None or not (own.other_code or own.other_name):
        return own
    why = f"{own.kind}里的“{own.unit.name}”在名单上还有一个单位与它编码或名称相同"
    return Own(kind=own.kind, unit=None, why=why)


def _known(unit: Expected, own: Own) -> Known:
    """A listed unit, called as in the budget, with what its list leaves blank taken from there."""
    if own.unit is None:
        return Known(unit=unit, projects=())
    full = Expected(
        code=own.other_code or unit.code or own.unit.code or "",
        name=own.other_name or unit.name or own.unit.name,
        department=unit.department or own.unit.department or "",
    )
    return Known(unit=full, projects=own.unit.projects)


def hand_out(
    units: Sequence[Known], folder: Path, year: int | None = None, execution_weight: Decimal = USUAL_WEIGHT
) -> Handout:
    """Write a form for every unit. Raises OutputError: before anything is written where something else lies in a form's place."""
    paths = [folder / name for name in file_names(units, year)]
    there = [number for number, path in enumerate(paths) if path.exists()]
    write = partial(write_prefilled, year=year, execution_weight=execution_weight)
    _refuse_others([paths[n] for n in there], write([units[n] for n in there]))
    new = [number for number in range(len(paths)) if number not in set(there)]
    make_folder(folder)
    for done, (number, data) in enumerate(zip(new, write([units[n] for n in new]), strict=True)):
        try:
            write_file(paths[number], data)
        except OutputError as error:
            rest = f"。已写好的 {done} 份是完整的，处理好以后再运行一次就接着写" if done else ""
            raise OutputError(f"{error}{rest}") from error
    return Handout(written=len(new), kept=len(there))


def file_names(units: Sequence[Known], year: int | None) -> list[str]:
    """The name of every unit's file: its code, where it has one, its name and the year, where that is given."""
    names = Names()
    end = f"_{FORM}.xlsx" if year is None else f"_{year}_{FORM}.xlsx"
    return [names.free("_".join(filter(None, (known.unit.code, known.unit.name)))) + end for known in units]


def _refuse_others(paths: Sequence[Path], forms: Iterator[bytes]) -> None:
    """Refuse to go on where a file is not the form that would be written. Raises OutputError."""
    others = [path for path, data in zip(paths, forms, strict=True) if not _holds(path, data)]
    if others:
        first = "、".join(shown(path.name) for path in others[:LISTED]) + ("等" if len(others) > LISTED else "")
        raise OutputError(
            f"{shown(others[0].parent)} 里已有 {len(others)} 份同名的文件，内容与要写的不同（可能已经填过）：{first}。"
            "没有写任何文件，请换一个文件夹，或先把它们移走"
        )


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == data
    except OSError:
        return False
