"""What a workbook holds, for another library to write: each sheet's cells with their looks, and how it is arranged."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tape import Call, Tape
from xlsxwriter.worksheet import Worksheet

WRITES = ("write_string", "write_number", "write_blank", "write_formula", "write_url")
Spot = tuple[int, int]
_CELL = re.compile(rb"<c[ >]")


@dataclass
class Cell:
    """A cell: a text, a number or nothing, or a formula with its ``=``, the look of its format, where it leads."""

    value: str | Decimal | int | None
    look: dict[str, Any]
    link: str | None = None


@dataclass
class Sheet:
    """A sheet's title, cells by row and column counted from 0, and the calls that arrange it."""

    title: str
    cells: dict[Spot, Cell] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)


def sheets(tape: Tape) -> list[Sheet]:
    """The sheets in their order."""
    looks = {id(call.made): call.args[0] for call in tape.calls if call.name == "add_format"}
    found = {id(call.made): Sheet(call.args[0]) for call in tape.calls if call.name == "add_worksheet"}
    for call in tape.calls:
        if isinstance(call.target, Worksheet):
            sheet = found[id(call.target)]
            for spot, cell in _cells(call, looks):
                cell.link = cell.link or (sheet.cells[spot].link if spot in sheet.cells else None)
                sheet.cells[spot] = cell
            if call.name not in WRITES:
                sheet.calls.append(call)
    return list(found.values())


def _cells(call: Call, looks: dict[int, dict[str, Any]]) -> Iterator[tuple[Spot, Cell]]:
    """The cells that a call writes; merged ones are blank but for their look."""
    if call.name == "merge_range":
        top, left, bottom, right, _, look = call.args
        for spot in ((row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)):
            yield spot, Cell(None, looks[id(look)])
    elif call.name == "write_url":
        row, col, url, look = call.args
        yield (row, col), Cell(call.kwargs["string"], looks[id(look)], url.removeprefix("internal:"))
    elif call.name in WRITES:
        row, col, value, look = call.args[:4]
        yield (row, col), Cell(value, looks[id(look)])


def cell_counts(workbook: bytes) -> list[int]:
    """How many cells each sheet of a workbook has, sorted."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return sorted(len(_CELL.findall(book.read(name))) for name in names)
