"""From a workbook to a submission: the only module that reads values from filled forms.

Sheets, headings and labels are found by their text, not by address, so that moved, inserted, hidden or reordered
parts are read. Every value keeps its cell. What departs from the form is recorded, never raised; a file that is not
the form at all is refused.
"""

from __future__ import annotations

import datetime as dt
import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from .form import (
    GUIDE,
    SHEETS,
    VERSION_LABEL,
    WAN,
    Budget,
    BudgetLine,
    Department,
    Indicator,
    Problem,
    Project,
    Report,
    Standard,
    Unit,
    derived_of,
)
from .formula import plain, quantize
from .model import Departure, Drift, Source, Submission
from .preflight import Package, Refused, open_package
from .sheetxml import SheetFacts, WorkbookFacts
from .spec import Column, Entry, Kind, Place, Row, Trouble, columns_of, fold, lines_of, sheet_of
from .values import (
    Parsed,
    decimals_of,
    exact,
    fold_text,
    is_placeholder,
    parse_amount,
    parse_date,
    parse_number,
    parse_percent,
    parse_year,
)

HEADING_ROWS = 15
"""A heading stands within the first fifteen rows."""
LABEL_COLUMNS = 3
"""Row labels of 收支预决算 stand in columns A to C."""
MAX_CELLS = 5_000_000
"""The reader holds a sheet's whole rectangle in memory; a filled form covers some 60,000 cells."""

Raw = Any
"""What the reader gives for a cell: '', text, number, bool, date, time or duration."""

_NOTHING: dict[str, Any] = {}
_EXTENT = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)([0-9]+)"')
_PERCENT_FORMAT = re.compile(r"(?:\.(0+))?%")


def read_workbook(path: Path, name: str) -> Submission:
    """Read a filled form. ``name`` is the file's name relative to its input folder. Raises Refused with advice."""
    package = open_package(path)
    try:
        return _read(package, name)
    except Refused as refusal:
        refusal.sha256 = package.sha256
        raise


def _read(package: Package, name: str) -> Submission:
    _check_extent(package)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.data))
        grids = _grids(workbook, WorkbookFacts(package))
    except (CalamineError, ValueError, OSError) as error:
        raise Refused("工作簿打不开，可能已损坏。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交") from error
    return _Reader(grids).submission(Source(file=name, sha256=package.sha256, form_version=_version(grids)))


def column_letters(col: int) -> str:
    """The letters of a column counted from 0: 0 is A, 27 is AB."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _check_extent(package: Package) -> None:
    for name, xml in package.parts.items():
        if name.startswith("xl/worksheets/"):
            cells = _EXTENT.findall(xml)
            rows = max((int(row) for _, row in cells), default=0)
            width = max((len(letters), letters) for letters, _ in cells)[1] if cells else b"A"
            columns = sum((c - 64) * 26**i for i, c in enumerate(reversed(width)))
            if rows * columns > MAX_CELLS:
                raise Refused(
                    f"有工作表的内容一直延伸到 {width.decode()}{rows} 附近，范围过大。请删去远处的空行空列，或把内容复制到新的标准表再交"
                )


@dataclass(frozen=True)
class Grid:
    """A sheet's cells as the reader gives them, with the facts behind them."""

    title: str
    rows: list[list[Raw]]
    facts: SheetFacts

    def raw(self, row: int, col: int) -> Raw:
        """The cell at a row and column counted from 0; blank outside the sheet."""
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""

    def place(self, row: int, col: int) -> Place:
        """The address of a row and column counted from 0."""
        return Place(self.title, f"{column_letters(col)}{row + 1}")

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Every cell that holds text, folded, with its row and column."""
        for r, row in enumerate(self.rows):
            for c, raw in enumerate(row):
                if isinstance(raw, str) and raw:
                    yield r, c, fold(raw)


def _grids(workbook: CalamineWorkbook, facts: WorkbookFacts) -> list[Grid]:
    wanted = {fold(sheet_of(cls).title) for cls in SHEETS} | {fold(GUIDE)}
    return [
        Grid(
            title=name,
            rows=workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) if fold(name) in wanted else [],
            facts=facts.sheet(name),
        )
        for name in workbook.sheet_names
    ]


def _version(grids: list[Grid]) -> str | None:
    guide = next((grid for grid in grids if fold(grid.title) == fold(GUIDE)), None)
    if guide is None:
        return None
    for r, c, text in guide.texts():
        if text == fold(VERSION_LABEL):
            return _text_of(guide.raw(r, c + 1)) or None
    return None


@dataclass
class _Headings:
    """Where a sheet's headings or labels stand: field name to row and column."""

    at: dict[str, tuple[int, int]] = field(default_factory=dict)
    row: int = -1


class _Reader:
    """Reads one workbook's grids into a submission."""

    def __init__(self, grids: list[Grid]) -> None:
        self.grids = grids
        self.departures: list[Departure] = []
        self.headings: dict[type[Row], dict[str, Place]] = {}
        self.scale = Decimal(10_000)

    def submission(self, source: Source) -> Submission:
        if not any(self.grid(cls) for cls in (Unit, Budget, Project, Indicator)):
            names = "、".join(grid.title for grid in self.grids[:5]) or "（没有工作表）"
            raise Refused(f"这不是标准自评表：工作表只有 {names}。请用标准表填写，不要改动工作表名称")
        unit = Unit(**self.labels(Unit))
        if (unit.money.value or WAN) != WAN:
            self.scale = Decimal(1)
        return Submission(
            source=source,
            unit=unit,
            budget=self.budget(),
            projects=tuple(Project(**row) for row in self.table(Project)),
            indicators=tuple(Indicator(**row) for row in self.table(Indicator)),
            department=Department(**self.labels(Department)),
            standards=tuple(Standard(**row) for row in self.table(Standard)),
            problems=tuple(Problem(**row) for row in self.table(Problem)),
            report=Report(**self.labels(Report)),
            departures=tuple(self.departures),
            headings=self.headings,
        )

    # --- the three shapes -------------------------------------------------------------------------------------

    def labels(self, cls: type[Row]) -> dict[str, Entry[Any]]:
        grid = self.grid(cls)
        if grid is None:
            self.missing_sheet(cls)
            return {}
        found = self.find_labels(grid, columns_of(cls))
        self.note_missing(cls, grid, found, None)
        return {
            column.name: self.entry(column, grid, row, col + 1)
            for column in columns_of(cls)
            if column.name in found.at
            for row, col in [found.at[column.name]]
        }

    def table(self, cls: type[Row]) -> Iterator[dict[str, Entry[Any]]]:
        grid = self.grid(cls)
        if grid is None:
            self.missing_sheet(cls)
            return
        columns = columns_of(cls)
        found = self.find_headings(grid, columns)
        self.note_missing(cls, grid, found, derived_of(cls))
        if found.row < 0:
            return
        used = [(column, found.at[column.name][1]) for column in columns if column.name in found.at]
        for row in range(found.row + 1, len(grid.rows)):
            raws = [grid.raw(row, col) for _, col in used]
            if all(_is_empty(raw) for raw in raws) and not self.hides_something(grid, row, used):
                continue
            if _repeats_headings(raws, [column for column, _ in used]):
                continue
            yield {column.name: self.entry(column, grid, row, col) for column, col in used}

    def hides_something(self, grid: Grid, row: int, used: list[tuple[Column, int]]) -> bool:
        special = grid.facts.special
        return bool(special) and any(f"{column_letters(col)}{row + 1}" in special for _, col in used)

    def budget(self) -> Budget:
        grid = self.grid(Budget)
        read: dict[str, Any] = {line.name: BudgetLine(**_NOTHING) for line in lines_of(Budget)}
        if grid is None:
            self.missing_sheet(Budget)
            return Budget(**read)
        columns = columns_of(BudgetLine)
        found = self.find_headings(grid, columns)
        self.note_missing(Budget, grid, found, derived_of(Budget), columns)
        for name, row in self.line_rows(grid, found).items():
            cells: dict[str, Any] = {
                column.name: self.entry(column, grid, row, found.at[column.name][1])
                for column in columns
                if column.name in found.at
            }
            read[name] = BudgetLine(**cells)
        claims = self.find_labels(grid, columns_of(Budget))
        for column in columns_of(Budget):
            if column.name in claims.at:
                row, col = claims.at[column.name]
                read[column.name] = self.entry(column, grid, row, col + 1)
        return Budget(**read)

    def line_rows(self, grid: Grid, found: _Headings) -> dict[str, int]:
        """The row of every line of 收支预决算; a label that is missing or repeated is recorded."""
        labels = {fold(line.label): line.name for line in lines_of(Budget)}
        rows: dict[str, int] = {}
        for r, c, text in grid.texts():
            if c < LABEL_COLUMNS and r != found.row and text in labels:
                self.take(rows, labels[text], r, grid.place(r, c), text)
        self.departures.extend(
            Departure(drift=Drift.MISSING_HEADING, name=line.label, place=grid.place(max(found.row, 0), 0))
            for line in lines_of(Budget)
            if line.name not in rows
        )
        return rows

    # --- finding headings -------------------------------------------------------------------------------------

    def grid(self, cls: type[Row]) -> Grid | None:
        title = sheet_of(cls).title
        exact_title = [grid for grid in self.grids if grid.title == title]
        return next(iter(exact_title or [grid for grid in self.grids if fold(grid.title) == fold(title)]), None)

    def missing_sheet(self, cls: type[Row]) -> None:
        title = sheet_of(cls).title
        known = {fold(sheet_of(other).title) for other in SHEETS} | {fold(GUIDE)}
        others = [grid.title for grid in self.grids if fold(grid.title) not in known]
        near = next((name for name in others if title in name or name in title), None)
        near = near or next(iter(difflib.get_close_matches(title, others, 1, 0.6)), None)
        self.departures.append(Departure(drift=Drift.MISSING_SHEET, name=title, place=Place(title, "A1"), near=near))

    def find_headings(self, grid: Grid, columns: tuple[Column, ...]) -> _Headings:
        names = {fold(column.heading): column.name for column in columns}
        best, hits = -1, 0
        for r in range(min(HEADING_ROWS, len(grid.rows))):
            count = sum(1 for raw in grid.rows[r] if isinstance(raw, str) and fold(raw) in names)
            if count > hits:
                best, hits = r, count
        if hits < 2:
            return _Headings()
        found = _Headings(row=best)
        for c, raw in enumerate(grid.rows[best]):
            if isinstance(raw, str) and (name := names.get(fold(raw))):
                self.take(found.at, name, (best, c), grid.place(best, c), raw)
        return found

    def find_labels(self, grid: Grid, columns: tuple[Column, ...]) -> _Headings:
        names = {fold(column.heading): column.name for column in columns}
        found = _Headings()
        values: set[tuple[int, int]] = set()
        for r, c, text in grid.texts():
            known = text in names and (r, c) not in values
            if known and self.take(found.at, names[text], (r, c), grid.place(r, c), text):
                values.add((r, c + 1))
        return found

    def take(self, into: dict[str, Any], name: str, at: Any, place: Place, text: str) -> bool:
        """Keep the first of two equal headings and record the second."""
        if name in into:
            self.departures.append(Departure(drift=Drift.REPEATED_HEADING, name=text.strip(), place=place))
            return False
        into[name] = at
        return True

    def note_missing(
        self,
        cls: type[Row],
        grid: Grid,
        found: _Headings,
        derived: tuple[Column, ...] | None,
        columns: tuple[Column, ...] = (),
    ) -> None:
        """Record headings that are missing or unknown; an unknown one close to a missing one is its new name."""
        columns = columns or columns_of(cls)
        self.headings[cls] = {name: grid.place(r, c) for name, (r, c) in found.at.items()}
        strangers = dict(self.strangers(grid, found, (*columns, *(derived or ()))))
        for column in columns:
            if column.name in found.at:
                continue
            near = _nearest(column.heading, list(strangers))
            place = strangers.pop(near) if near else grid.place(max(found.row, 0), 0)
            self.departures.append(Departure(drift=Drift.MISSING_HEADING, name=column.heading, place=place, near=near))
        if derived is not None:
            self.departures.extend(
                Departure(drift=Drift.UNKNOWN_HEADING, name=text, place=place) for text, place in strangers.items()
            )

    def strangers(self, grid: Grid, found: _Headings, known: tuple[Column, ...]) -> Iterator[tuple[str, Place]]:
        names = {fold(column.heading) for column in known}
        if found.row >= 0:
            cells = [(found.row, c, raw) for c, raw in enumerate(grid.rows[found.row]) if isinstance(raw, str)]
        else:
            cells = [(r, c, text) for r, c, text in grid.texts() if c < LABEL_COLUMNS and len(text) < 20]
        for r, c, raw in cells:
            text = raw.strip()
            if text and fold(text) not in names:
                yield text, grid.place(r, c)

    # --- one cell ---------------------------------------------------------------------------------------------

    def entry(self, column: Column, grid: Grid, row: int, col: int) -> Entry[Any]:
        raw, place = grid.raw(row, col), grid.place(row, col)
        if place.ref in grid.facts.special:
            formula = _behind(column, raw, place, grid.facts)
            if formula is not None:
                return formula
        if _is_empty(raw):
            return Entry(place=place)
        return _READERS[column.kind](column, _Cell(raw, place, grid.facts, self.scale))


@dataclass(frozen=True, slots=True)
class _Cell:
    raw: Raw
    place: Place
    facts: SheetFacts
    scale: Decimal

    @property
    def number(self) -> Decimal | None:
        return exact(self.raw) if isinstance(self.raw, int | float) and not isinstance(self.raw, bool) else None

    @property
    def text(self) -> str:
        return _text_of(self.raw)

    @property
    def number_format(self) -> str:
        facts = self.facts.at(self.place.ref)
        return facts.number_format if facts else "General"

    def wrong(self, trouble: Trouble = Trouble.TYPE) -> Entry[Any]:
        return Entry(text=self.text, place=self.place, trouble=trouble)

    def said(self, value: Any, text: str | None = None, decimals: int | None = None) -> Entry[Any]:
        return Entry(value=value, text=self.text if text is None else text, place=self.place, decimals=decimals)


def _behind(column: Column, raw: Raw, place: Place, sheet: SheetFacts) -> Entry[Any] | None:
    """What a formula or an error value means for a cell, None where its value can be read as it stands."""
    facts = sheet.at(place.ref)
    if facts is None:
        return None
    if facts.error:
        return Entry(text=facts.error, place=place, trouble=Trouble.ERROR)
    if facts.formula is None:
        return None
    if column.kind in (Kind.VALUE, Kind.TEXT, Kind.CODE) and not re.search(r"[A-Za-z]", facts.formula):
        return Entry(value=f"={facts.formula}", text=f"={facts.formula}", place=place)
    if (not facts.has_value and _is_empty(raw)) or (sheet.recalculates and raw == 0):
        return Entry(text=f"={facts.formula}", place=place, trouble=Trouble.UNCALCULATED)
    return None


def _text_of(raw: Raw) -> str:
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int | float):
        return plain(exact(raw))
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ")
    return str(raw).strip()


def _is_empty(raw: Raw) -> bool:
    return raw == "" or raw is None or (isinstance(raw, str) and not raw.strip())


def _read_text(column: Column, cell: _Cell) -> Entry[Any]:
    return Entry(text=cell.text, place=cell.place) if is_placeholder(cell.text) else cell.said(cell.text)


def _read_value(column: Column, cell: _Cell) -> Entry[Any]:
    if cell.number is not None and "%" in cell.number_format:
        text = f"{plain(cell.number * 100)}%"
        return cell.said(text, text)
    return _read_text(column, cell)


def _read_code(column: Column, cell: _Cell) -> Entry[Any]:
    return cell.said(fold_text(cell.text))


def _read_choice(column: Column, cell: _Cell) -> Entry[Any]:
    if is_placeholder(cell.text):
        return Entry(text=cell.text, place=cell.place)
    names = {fold(choice): choice for choice in column.choices}
    names.update({fold(variant): choice for variant, choice in column.variants.items()})
    choice = names.get(fold(cell.text))
    if choice is not None:
        return cell.said(choice)
    value = cell.text if column.open_choices else None
    return Entry(value=value, text=cell.text, place=cell.place, trouble=Trouble.CHOICE)


def _read_number(column: Column, cell: _Cell) -> Entry[Any]:
    return _numeric(cell, cell.number, parse_number)


def _read_count(column: Column, cell: _Cell) -> Entry[Any]:
    entry = _numeric(cell, cell.number, parse_number)
    whole = entry.value is None or entry.value == entry.value.to_integral_value()
    return entry if whole else cell.wrong()


def _read_amount(column: Column, cell: _Cell) -> Entry[Any]:
    return _numeric(cell, cell.number, lambda text: parse_amount(text, cell.scale), cell.scale)


def _read_yuan(column: Column, cell: _Cell) -> Entry[Any]:
    return _numeric(cell, cell.number, lambda text: parse_amount(text, Decimal(1)))


def _numeric(cell: _Cell, number: Decimal | None, parse: Any, scale: Decimal = Decimal(1)) -> Entry[Any]:
    if number is not None:
        return cell.said(number * scale, decimals=decimals_of(number))
    if not isinstance(cell.raw, str):
        return cell.wrong()
    if is_placeholder(cell.text):
        return Entry(text=cell.text, place=cell.place)
    parsed: Parsed | None = parse(cell.text)
    return cell.wrong() if parsed is None else cell.said(parsed.value, decimals=parsed.decimals)


def _read_percent(column: Column, cell: _Cell) -> Entry[Any]:
    """A percentage as a fraction. In a % cell 0.289 is 28.9 %; 28.9 there, as anywhere else, is what was meant too.

    Outside a % cell, a number up to 1 without the sign may be either a fraction or a percentage: it is not guessed.
    """
    number = cell.number
    if number is None:
        entry = _numeric(cell, None, parse_percent)
        signed = bool({"%", "‰"} & set(fold_text(cell.text)))
        return cell.wrong() if not signed and _is_ambiguous(entry.value) else entry
    shown = _PERCENT_FORMAT.search(cell.number_format)
    if shown and abs(number) <= 10:
        fraction = quantize(number, 2 + len(shown[1] or ""))
        return cell.said(fraction, f"{plain(fraction * 100)}%", decimals_of(fraction * 100))
    if _is_ambiguous(number / 100):
        return cell.wrong()
    return cell.said(number / 100, f"{plain(number)}%", decimals_of(number))


def _is_ambiguous(fraction: Decimal | None) -> bool:
    return fraction is not None and 0 < fraction <= Decimal("0.01")


def _read_year(column: Column, cell: _Cell) -> Entry[Any]:
    parsed = parse_year(cell.text)
    return cell.wrong() if parsed is None else cell.said(parsed.value)


def _read_date(column: Column, cell: _Cell) -> Entry[Any]:
    if isinstance(cell.raw, dt.date):
        return cell.said(cell.text)
    if is_placeholder(cell.text):
        return Entry(text=cell.text, place=cell.place)
    date = parse_date(cell.text) if isinstance(cell.raw, str) else None
    return cell.wrong() if date is None else cell.said(date)


_READERS = {
    Kind.TEXT: _read_text,
    Kind.VALUE: _read_value,
    Kind.CODE: _read_code,
    Kind.CHOICE: _read_choice,
    Kind.AMOUNT: _read_amount,
    Kind.YUAN: _read_yuan,
    Kind.NUMBER: _read_number,
    Kind.COUNT: _read_count,
    Kind.PERCENT: _read_percent,
    Kind.YEAR: _read_year,
    Kind.DATE: _read_date,
}


def _repeats_headings(raws: list[Raw], columns: list[Column]) -> bool:
    same = sum(
        1
        for raw, column in zip(raws, columns, strict=True)
        if isinstance(raw, str) and fold(raw) == fold(column.heading)
    )
    return same >= 2 and same * 2 >= sum(1 for raw in raws if not _is_empty(raw))


def _nearest(heading: str, names: list[str]) -> str | None:
    folded = {fold(name): name for name in names}
    match = difflib.get_close_matches(fold(heading), list(folded), 1, 0.6)
    return folded[match[0]] if match else None
