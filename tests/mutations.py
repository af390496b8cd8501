"""What people and programs do to a filled form: one workbook changed by chance, in words, and the cells that were changed.

A mutator changes an openpyxl workbook and returns what it did in words, or None where it found nothing to change. Cells
are kept as openpyxl's objects, which know where they stand after rows and columns were moved.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalbatch.entries import text_of
from evalbatch.form import SHEETS, Budget, BudgetLine, Row
from evalbatch.model import Submission
from evalbatch.rules.cells import read_cells
from evalbatch.spec import Column, Kind, Shape, columns_of, fold, lines_of, sheet_of

NUMBERS = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.COUNT, Kind.PERCENT)
TABLES = tuple(cls for cls in SHEETS if sheet_of(cls).shape is Shape.TABLE)


@dataclass(frozen=True)
class Filled:
    """A filled cell of the untouched form."""

    cls: type[Row]
    column: Column
    cell: Cell
    number: bool

    @property
    def words(self) -> str:
        return f"{self.cell.parent.title}!{self.cell.coordinate}（{self.column.heading}）{self.cell.value!r}"


@dataclass
class Mutant:
    """A workbook being changed: what was done, and where.

    ``over`` are the fields that were typed over with another value, ``gone`` those that were blanked,
    ``shown`` percentages that now show fewer decimals.
    """

    book: Workbook
    chance: random.Random
    filled: list[Filled]
    words: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    rows: list[Cell] = field(default_factory=list)
    columns: list[Cell] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    cached: list[tuple[Cell, Any]] = field(default_factory=list)
    before: set[str] = field(default_factory=set)
    over: set[tuple[str, str]] = field(default_factory=set)
    gone: set[tuple[str, str]] = field(default_factory=set)
    shown: set[tuple[str, str]] = field(default_factory=set)

    def touch(self, *cells: Cell) -> None:
        """Remember changed cells, with where they stood before."""
        for cell in cells:
            self.cells.append(cell)
            self.before.add(f"{cell.parent.title}!{cell.coordinate}")

    def blank(self, *cells: Cell) -> None:
        """Clear cells."""
        self.gone |= {(f.cls.__name__, f.column.name) for f in self.filled if f.cell in cells}
        for cell in cells:
            cell.value = None

    def touch_row(self, cell: Cell) -> None:
        """Remember that a whole row was changed."""
        self.rows.append(cell)
        self.before |= {f"{cell.parent.title}!{c.coordinate}" for c in cell.parent[cell.row] if c.value is not None}

    def touch_column(self, cell: Cell) -> None:
        """Remember that a whole column was changed."""
        self.columns.append(cell)
        sheet = cell.parent
        self.before |= {
            f"{sheet.title}!{c.coordinate}" for (c,) in sheet.iter_rows(min_col=cell.column, max_col=cell.column)
        }

    # --- what can be chosen ---------------------------------------------------------------------------------------

    def one(self, numbers: bool | None = None, *kinds: Kind) -> Filled | None:
        """A filled cell by chance; amounts and scores as often as texts."""
        held = [
            f
            for f in self.filled
            if (numbers is None or f.number is numbers)
            and (not kinds or f.column.kind in kinds)
            and f.cell.value is not None
        ]
        if not held:
            return None
        cls = self.chance.choice(sorted({f.cls for f in held}, key=lambda c: c.__name__))
        return self.chance.choice([f for f in held if f.cls is cls])

    def table(self) -> tuple[Worksheet, type[Row], int, int]:
        """A filled table by chance: its sheet, its class, the row of its headings and its last row."""
        cls = self.chance.choice([c for c in TABLES if any(f.cls is c for f in self.filled)])
        rows = [f.cell.row for f in self.filled if f.cls is cls]
        sheet = next(f.cell.parent for f in self.filled if f.cls is cls)
        return sheet, cls, min(rows) - 1, max(rows)

    def sheet(self) -> Worksheet:
        """A sheet that is read, by chance."""
        known = {fold(sheet_of(cls).title) for cls in SHEETS}
        return self.chance.choice([ws for ws in self.book.worksheets if fold(ws.title) in known])

    def heading(self) -> tuple[Cell, type[Row], str] | None:
        """A heading, a label or a line's label by chance, with its class and its plain text."""
        cls = self.chance.choice(SHEETS)
        title = sheet_of(cls).title
        if title not in self.book.sheetnames:
            return None
        columns = (*columns_of(cls), *(columns_of(BudgetLine) if cls is Budget else ()))
        names = {fold(c.heading): c.heading for c in columns}
        names |= {fold(ln.label): ln.label for ln in lines_of(cls)}
        cells = [c for row in self.book[title].iter_rows(max_row=40) for c in row if isinstance(c.value, str)]
        there = [(c, cls, names[fold(c.value)]) for c in cells if fold(c.value) in names]
        return self.chance.choice(there) if there else None

    def saved(self) -> bytes:
        """The workbook's bytes, with the values of formulas that openpyxl does not write."""
        out = io.BytesIO()
        self.book.save(out)
        return _with_values(out.getvalue(), self.book, self.cached) if self.cached else out.getvalue()


Mutator = Callable[[Mutant], str | None]
MUTATORS: list[Mutator] = []


def mutator(times: int = 1) -> Callable[[Mutator], Mutator]:
    """Register a mutator, ``times`` as likely as others."""

    def register(mutate: Mutator) -> Mutator:
        MUTATORS.extend([mutate] * times)
        return mutate

    return register


def mutant(data: bytes, untouched: Submission, seed: int, chosen: list[Mutator]) -> Mutant:
    """A workbook changed as a seed says; one in six is changed twice."""
    chance = random.Random(seed)
    book = openpyxl.load_workbook(io.BytesIO(data))
    filled = [
        Filled(
            cls, column, book[entry.place.sheet][entry.place.ref], entry.value is not None and column.kind in NUMBERS
        )
        for cls, column, entry, _ in read_cells(untouched)
        if entry.place is not None and entry.text
    ]
    made = Mutant(book, chance, filled)
    wanted = 2 if seed % 6 == 5 else 1
    tries = iter([chosen[seed % len(chosen)]] + [chance.choice(chosen) for _ in range(40)])
    while len(made.words) < wanted:
        said = next(tries)(made)
        if said:
            made.words.append(said)
    return made


def _with_values(data: bytes, book: Workbook, cached: list[tuple[Cell, Any]]) -> bytes:
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            part = source.read(name)
            for cell, value in cached:
                if name == f"xl/worksheets/sheet{book.index(cell.parent) + 1}.xml":
                    part = _with_value(part, cell.coordinate, value)
            target.writestr(name, part)
    return out.getvalue()


def _with_value(part: bytes, ref: str, value: Any) -> bytes:
    kind = b' t="str"' if isinstance(value, str) else b""
    shown = (value if isinstance(value, str) else text_of(value)).encode()
    pattern = rb'(<c r="%s"[^>]*?)(?: t="\w+")?>(<f>.*?</f>)<v\s*/?>(?:</v>)?' % ref.encode()
    return re.sub(pattern, lambda m: m[1] + kind + b">" + m[2] + b"<v>" + shown + b"</v>", part, count=1)
