"""From a workbook to a submission, or to bare cells: the only module that reads values from workbooks.

Sheets, headings and labels are found by their text, not by address, so that moved, inserted, hidden or reordered
parts are read. Every value keeps its cell. What departs from the form is recorded, never raised; a file that is not
the form at all is refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from .entries import Cell, Raw, is_empty, read_entry, text_of
from .extent import column_letters
from .form import (
    GUIDE,
    SHEETS,
    VERSION_LABEL,
    WAN,
    WAN_SCALE,
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
from .grid import Grid, Spot
from .headings import Finder
from .loose import beside_labels, under_no_heading
from .merged import shared
from .model import Departure, Drift, Source, Submission
from .plain import BROKEN, is_plain, plain_package
from .preflight import Package, Refused, open_package
from .sheetxml import WorkbookFacts
from .spec import Column, Entry, Kind, Place, Row, Trouble, columns_of, fold, lines_of, sheet_of

_NOTHING: dict[str, Any] = {}


def read_workbook(path: Path, name: str) -> Submission:
    """Read a filled form. ``name`` is the file's name relative to its input folder. Raises Refused with advice."""
    package = open_package(path)
    try:
        return _read(package, name)
    except Refused as refusal:
        refusal.sha256 = package.sha256
        raise


def cells_of_workbook(data: bytes, wanted: Callable[[str], bool] = bool) -> Iterator[tuple[str, list[list[Raw]]]]:
    """The cells of every sheet with a wanted title of a workbook that was found safe. Raises ValueError."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in filter(wanted, workbook.sheet_names):
            yield name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise ValueError(str(error)) from error


def _read(package: Package, name: str) -> Submission:
    facts = WorkbookFacts(package)
    plain = plain_package(package, _sheet_parts(facts), facts.strangers)
    if plain is not package:
        package, facts = plain, WorkbookFacts(plain)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(package.data))
        grids = _grids(workbook, facts)
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(BROKEN) from error
    finder = Finder(grids, list(_unread(workbook, package, facts)))
    finder.departures += _of_the_package(package, facts, grids)
    return _Reader(finder).submission(Source(file=name, sha256=package.sha256, form_version=_version(grids)))


_WANTED = frozenset(fold(title) for title in (*(sheet_of(cls).title for cls in SHEETS), GUIDE))


def _sheet_parts(facts: WorkbookFacts) -> list[str]:
    """The parts of the sheets that are read. Raises Refused where one is missing, or its title is there twice."""
    wanted = [title for title in facts.titles if fold(title) in _WANTED]
    twice = next((title for title in wanted if wanted.count(title) > 1), None)
    if twice is not None:
        raise Refused(f"文件里有两张同名的工作表“{twice}”，不知道该读哪一张。请删去或改名后再交")
    parts = [facts.part(title) for title in wanted]
    if None in parts:
        raise Refused(BROKEN)
    return [part for part in parts if part is not None]


def _grids(workbook: CalamineWorkbook, facts: WorkbookFacts) -> list[Grid]:
    if any(fold(name) in _WANTED and name not in facts.titles for name in workbook.sheet_names):
        raise Refused(BROKEN)
    return [
        Grid(
            title=name,
            rows=workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) if fold(name) in _WANTED else [],
            facts=facts.sheet(name),
            hidden=name in facts.hidden,
        )
        for name in workbook.sheet_names
        if name not in facts.listings
    ]


LOOKED_INTO = 20
"""How many sheets with other titles are looked into for a missing one."""


def _unread(workbook: CalamineWorkbook, package: Package, facts: WorkbookFacts) -> Iterator[Grid]:
    """The sheets with other titles that are easily opened, where a sheet of the form is missing."""
    there = {fold(title) for title in facts.titles}
    if all(fold(sheet_of(cls).title) in there for cls in SHEETS):
        return
    others = [name for name in workbook.sheet_names if fold(name) not in _WANTED and name not in facts.listings]
    for name in others[:LOOKED_INTO]:
        part = facts.part(name)
        if part is not None and is_plain(package.parts[part]):
            with suppress(CalamineError, ValueError, OSError):
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                yield Grid(title=name, rows=rows, facts=facts.sheet(name))


def _of_the_package(package: Package, facts: WorkbookFacts, grids: Sequence[Grid]) -> Iterator[Departure]:
    """What is odd about a workbook as a whole: cells too far away, code, references to other workbooks."""
    read = {grid.title for grid in grids if grid.rows}
    for far in package.far:
        if (title := facts.title_of(far.part)) in read:
            yield Departure(drift=Drift.FAR_CELL, name=far.ref, place=Place(title, far.ref))
    carried = [name for name, there in (("宏", package.macros), ("指向其他文件的链接", package.links)) if there]
    if carried and grids:
        yield Departure(drift=Drift.CARRIES, name="和".join(carried), place=Place(grids[0].title, "A1"))


def _version(grids: list[Grid]) -> str | None:
    guide = next((grid for grid in grids if fold(grid.title) == fold(GUIDE)), None)
    if guide is None:
        return None
    for r, c, text in guide.texts():
        if text == fold(VERSION_LABEL):
            return text_of(guide.raw(r, c + 1)) or None
    return None


class _Reader:
    """Reads one workbook's grids into a submission."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.shared: dict[Place, Spot] = {}
        self.money: str | None = None
        self.scale = WAN_SCALE

    def submission(self, source: Source) -> Submission:
        if not any(self.finder.grid(cls) for cls in (Unit, Budget, Project, Indicator)):
            raise Refused(f"这不是标准自评表：{_listed(self.finder.grids)}。请用标准表填写，不要改动工作表名称")
        unit = Unit(**self.labels(Unit))
        self.money = unit.money.value
        if (self.money or WAN) != WAN:
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
            departures=tuple(self.finder.departures),
            headings=self.finder.headings,
        )

    # --- the three shapes -------------------------------------------------------------------------------------

    def labels(self, cls: type[Row]) -> dict[str, Entry[Any]]:
        grid = self.finder.grid(cls)
        if grid is None:
            self.finder.missing_sheet(cls)
            return {}
        found = self.finder.find_labels(grid, columns_of(cls))
        self.finder.note_missing(cls, grid, found, None)
        values = {name: _beside(grid, *spot) for name, spot in found.at.items()}
        self.finder.note_hidden(grid, [spot for spot in values.values() if not is_empty(grid.raw(*spot))])
        self.finder.departures += beside_labels(grid, columns_of(cls), values, self.entry)
        read = [(column, values[column.name]) for column in columns_of(cls) if column.name in values]
        self.note_shared(grid, read)
        return {column.name: self.entry(column, grid, *spot) for column, spot in read}

    def table(self, cls: type[Row]) -> Iterator[dict[str, Entry[Any]]]:
        grid = self.finder.grid(cls)
        if grid is None:
            self.finder.missing_sheet(cls)
            return
        columns = columns_of(cls)
        found = self.finder.find_headings(grid, columns)
        self.finder.note_missing(cls, grid, found, derived_of(cls))
        if found.row < 0:
            return
        headed = len(found.at)
        self.finder.leave_other_units(grid, found, columns, self.money)
        used = [(column, found.at[column.name][1]) for column in columns if column.name in found.at]
        if headed == len(columns):
            self.finder.departures += under_no_heading(grid, found.row)
        records: list[list[tuple[Column, Spot]]] = []
        for row in range(found.row + 1, len(grid.rows)):
            spots = [_anchor(grid, column, row, col) for column, col in used]
            raws = [grid.raw(*spot) for spot in spots]
            if all(is_empty(raw) for raw in raws) and not self.hides_something(grid, row, used):
                continue
            if _repeats_headings(raws, [column for column, _ in used]):
                continue
            names = [column.name for column, _ in used]
            if cls is Indicator and _is_placeholder_row(raws, names):
                continue
            aside = _aside(raws) or (_measures_nothing(raws, names) if cls is Indicator else None)
            if aside is not None:
                drift, at = aside
                place = grid.place(row, used[at][1])
                self.finder.departures.append(Departure(drift=drift, name=text_of(raws[at]), place=place))
                continue
            self.finder.note_hidden(
                grid, [(row, col) for (_, col), raw in zip(used, raws, strict=True) if not is_empty(raw)]
            )
            records.append([(column, spot) for (column, _), spot in zip(used, spots, strict=True)])
        self.note_shared(grid, [cell for record in records for cell in record])
        for record in records:
            yield {column.name: self.entry(column, grid, *spot) for column, spot in record}

    def hides_something(self, grid: Grid, row: int, used: list[tuple[Column, int]]) -> bool:
        special = grid.facts.special
        return bool(special) and any(f"{column_letters(col)}{row + 1}" in special for _, col in used)

    def budget(self) -> Budget:
        grid = self.finder.grid(Budget)
        read: dict[str, Any] = {line.name: BudgetLine(**_NOTHING) for line in lines_of(Budget)}
        if grid is None:
            self.finder.missing_sheet(Budget)
            return Budget(**read)
        columns = columns_of(BudgetLine)
        found = self.finder.find_headings(grid, columns)
        self.finder.note_missing(Budget, grid, found, derived_of(Budget), columns)
        self.finder.leave_other_units(grid, found, columns, self.money)
        lines = self.finder.line_labels(grid, found)
        amounts = [
            (column, (row, found.at[column.name][1]))
            for row, _ in lines.values()
            for column in columns
            if column.name in found.at
        ]
        self.finder.note_hidden(grid, [spot for _, spot in amounts if not is_empty(grid.raw(*spot))])
        self.note_shared(grid, amounts)
        for name, (row, _) in lines.items():
            cells: dict[str, Any] = {
                column.name: self.entry(column, grid, row, found.at[column.name][1])
                for column in columns
                if column.name in found.at
            }
            read[name] = BudgetLine(**cells)
        claims = self.finder.find_labels(grid, columns_of(Budget))
        for column in columns_of(Budget):
            if column.name in claims.at:
                row, col = claims.at[column.name]
                read[column.name] = self.entry(column, grid, row, col + 1)
        values = {name: (row, col + 1) for name, (row, col) in claims.at.items()}
        self.finder.departures += beside_labels(grid, columns_of(Budget), values, self.entry, found.row)
        self.finder.note_unlabelled({**lines, **claims.at}, grid, found)
        return Budget(**read)

    # --- one cell ---------------------------------------------------------------------------------------------

    def note_shared(self, grid: Grid, read: Sequence[tuple[Column, Spot]]) -> None:
        """Record the cells that one merged area makes one of, where each should hold a number of its own."""
        for spot, area in shared(grid, read):
            place = grid.place(*spot)
            self.shared[place] = area.anchor
            self.finder.departures.append(Departure(drift=Drift.MERGED, name=area.name, place=place))

    def entry(self, column: Column, grid: Grid, row: int, col: int) -> Entry[Any]:
        place = grid.place(row, col)
        if self.shared and place in self.shared:
            return Entry(text=text_of(grid.raw(*self.shared[place])), place=place, trouble=Trouble.MERGED)
        return read_entry(column, Cell(grid.raw(row, col), place, grid.facts, self.scale))


LISTED, TITLE = 5, 31
"""How many titles of sheets are listed, and how long a title may be in Excel."""


def _listed(grids: Sequence[Grid]) -> str:
    """What sheets there are."""
    names = "、".join(grid.title[:TITLE] for grid in grids[:LISTED])
    if len(grids) > LISTED:
        return f"工作表是 {names} 等 {len(grids)} 张"
    return f"工作表只有 {names}" if names else "里面没有工作表"


def _anchor(grid: Grid, column: Column, row: int, col: int) -> Spot:
    """Where a row's cell stands: a code or a level merged over several rows holds for all of them."""
    if column.kind not in (Kind.CODE, Kind.CHOICE):
        return row, col
    anchor = grid.merged.get((row, col), (row, col))
    return anchor if anchor[1] == col else (row, col)


def _beside(grid: Grid, row: int, col: int) -> Spot:
    """Where the value of a label stands: right of it, or of the columns it is merged over."""
    merged = (right for top, left, _, right in grid.facts.merges if (top, left) == (row, col))
    return row, next(merged, col) + 1


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


_MEASURES = frozenset({"nature", "target", "adjusted", "actual", "tier"})
_SUM = re.compile(r".*(?:合计|小计|总计|总分)")


def _measures_nothing(raws: list[Raw], names: list[str]) -> tuple[Drift, int] | None:
    """A row of 绩效指标 that is called a total where indicators have their name, and has nothing to measure."""
    filled = {name: fold(text_of(raw)) for name, raw in zip(names, raws, strict=True) if not is_empty(raw)}
    called, level = filled.get("name", ""), filled.get("level2")
    if not _MEASURES & set(filled) and (called in _TOTALS or (level is None and _SUM.fullmatch(called))):
        return Drift.TOTAL_ROW, names.index("name")
    return None


_NOTE = re.compile(r"[（(\s]*(?:备注|注[:：1一]|说明[:：]|填表说明|以上|以下空白|以下无|本表|此表).*", re.S)
_TOTALS = ("合计", "小计", "总计", "总分", "合计数")


def _aside(raws: list[Raw]) -> tuple[Drift, int] | None:
    """Why a row is no record, and the column that tells: a total in its first cells, or nothing but a remark."""
    total = next((i for i, raw in enumerate(raws[:3]) if isinstance(raw, str) and fold(raw) in _TOTALS), None)
    if total is not None:
        return Drift.TOTAL_ROW, total
    filled = [i for i, raw in enumerate(raws) if not is_empty(raw)]
    remark = len(filled) == 1 and _NOTE.fullmatch(text_of(raws[filled[0]])) is not None
    return (Drift.NOTE_ROW, filled[0]) if remark else None
