"""From a workbook to a submission: the only module that reads values from filled forms.

Sheets, headings and labels are found by their text, not by address, so that moved, inserted, hidden or reordered
parts are read. Every value keeps its cell. What departs from the form is recorded, never raised; a file that is not
the form at all is refused.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from .entries import Cell, Raw, is_empty, read_entry, text_of
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
from .model import Departure, Drift, Source, Submission
from .preflight import Package, Refused, open_package
from .sheetxml import SheetFacts, WorkbookFacts
from .spec import Column, Entry, Place, Row, columns_of, fold, lines_of, sheet_of

HEADING_ROWS = 15
"""A heading stands within the first fifteen rows."""
LABEL_COLUMNS = 3
"""Row labels of 收支预决算 stand in columns A to C."""
MAX_CELLS = 5_000_000
"""The reader holds a sheet's whole rectangle in memory; a filled form covers some 60,000 cells."""

_NOTHING: dict[str, Any] = {}
_EXTENT = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]+)([0-9]+)"')


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
            return text_of(guide.raw(r, c + 1)) or None
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
            if all(is_empty(raw) for raw in raws) and not self.hides_something(grid, row, used):
                continue
            if _repeats_headings(raws, [column for column, _ in used]):
                continue
            if cls is Indicator and _is_placeholder_row(raws, [column.name for column, _ in used]):
                continue
            if cls is Project and (words := _total_words(raws[:3])):
                self.departures.append(Departure(drift=Drift.TOTAL_ROW, name=words, place=grid.place(row, used[0][1])))
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
        self.note_unlabelled([c.heading for c in columns_of(Budget) if c.name not in claims.at], grid, found)
        return Budget(**read)

    def note_unlabelled(self, labels: list[str], grid: Grid, found: _Headings) -> None:
        """Record the labels of 收支预决算 that are missing."""
        place = grid.place(max(found.row, 0), 0)
        self.departures.extend(Departure(drift=Drift.MISSING_HEADING, name=name, place=place) for name in labels)

    def line_rows(self, grid: Grid, found: _Headings) -> dict[str, int]:
        """The row of every line of 收支预决算; a label that is missing or repeated is recorded."""
        labels = {fold(line.label): line.name for line in lines_of(Budget)}
        rows: dict[str, int] = {}
        for r, c, text in grid.texts():
            if c < LABEL_COLUMNS and r != found.row and text in labels:
                self.take(rows, labels[text], r, grid.place(r, c), text)
        self.note_unlabelled([line.label for line in lines_of(Budget) if line.name not in rows], grid, found)
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
        if derived is not None and found.row < 0:
            name = f"{columns[0].heading} 等 {len(columns)} 个栏目"
            self.departures.append(Departure(drift=Drift.MISSING_HEADING, name=name, place=grid.place(0, 0)))
            return
        self.headings[cls] = {name: grid.place(r, c) for name, (r, c) in found.at.items()}
        strangers = dict(self.strangers(grid, found, (*columns, *(derived or ()))))
        for column in columns:
            if column.name in found.at:
                continue
            near = _nearest(column.heading, list(strangers)) or _in_its_place(column, columns, found, strangers)
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
        return read_entry(column, Cell(grid.raw(row, col), grid.place(row, col), grid.facts, self.scale))


def _in_its_place(
    column: Column, columns: tuple[Column, ...], found: _Headings, strangers: dict[str, Place]
) -> str | None:
    """The one unknown heading that stands just where a missing one belongs, after the columns before it."""
    order = [c.name for c in columns]
    index = order.index(column.name)
    before, after = order[:index][-1:], order[index + 1 :][:1]
    if found.row < 0 or not all(name in found.at for name in before + after):
        return None
    left = found.at[before[0]][1] if before else -1
    right = found.at[after[0]][1] if after else left + 2
    between = {f"{column_letters(c)}{found.row + 1}" for c in range(left + 1, right)}
    inside = [name for name, place in strangers.items() if place.ref in between]
    return inside[0] if len(inside) == 1 else None


def _repeats_headings(raws: list[Raw], columns: list[Column]) -> bool:
    same = sum(
        1
        for raw, column in zip(raws, columns, strict=True)
        if isinstance(raw, str) and fold(raw) == fold(column.heading)
    )
    return same >= 2 and same * 2 >= sum(1 for raw in raws if not is_empty(raw))


_ELLIPSIS = re.compile(r"(?:指标\d*[:：]?)?[….·。、\s]*")


def _is_placeholder_row(raws: list[Raw], names: list[str]) -> bool:
    """A row the form's printed pattern left behind: ``指标2`` or ``……`` in the name, and nothing to measure."""
    texts = {name: text_of(raw) for name, raw in zip(names, raws, strict=True)}
    measured = any(texts.get(name) for name in ("target", "adjusted", "actual", "weight", "claimed", "reason"))
    return not measured and bool(texts.get("name")) and _ELLIPSIS.fullmatch(texts["name"]) is not None


def _total_words(raws: list[Raw]) -> str:
    """The word that makes a row of projects a total: 合计, 小计, 总计 in one of its first cells."""
    return next((raw for raw in raws if isinstance(raw, str) and fold(raw) in ("合计", "小计", "总计")), "")


def _nearest(heading: str, names: list[str]) -> str | None:
    folded = {fold(name): name for name in names}
    match = difflib.get_close_matches(fold(heading), list(folded), 1, 0.6)
    return folded[match[0]] if match else None
