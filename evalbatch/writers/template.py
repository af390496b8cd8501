"""The form as a workbook: blank, or filled with data (worked examples, fixtures).

Everything printed comes from the declarations in ``form.py``; derived cells carry their formula and its exact value.
Only headings, labels, derived cells and what the bureau filled in are locked, without a password.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import form
from ..formula import Address, Expr, Lookup, Scalar, blank, join, plain, ref, when
from ..spec import Column, Kind, Line, Need, Row, Shape, columns_of, lines_of, sheet_of
from . import decorate
from .filling import Filling, checked, key_of
from .guide import write_guide
from .inputs import (
    FREE,
    HELD,
    HELD_AMOUNT,
    HELD_TEXT,
    INPUT,
    LAST_ROW,
    PLAIN_INPUT,
    column_letter,
    format_of,
    help_of,
    prompt,
    validate,
    write_choices,
)
from .style import (
    BAND_FILL,
    CALC,
    FAINT,
    GRID,
    HEAD,
    HEAD_FILL,
    MONEY,
    NOTE,
    NUMBER,
    RATE,
    SECTION,
    SUBTITLE,
    TEXT,
    TITLE,
    Book,
    Look,
    lines_needed,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEAD_ROW, DATA_ROW = 3, 4
"""Rows counted from 0: title, about and unit of money stand above the heading; labels start where a heading would."""
LABEL, VALUE, CHECK, HELP = range(4)
"""Columns of a label/value sheet."""
LABEL_WIDTHS, LONG_LABEL_WIDTHS = (22, 36, 18, 58), (20, 100, 18, 34)
LINE_LABEL_WIDTH = 22
SPARE_COLUMNS = 20
"""How many columns beside the form are left open for notes."""
PARAGRAPH_LINES = 5
"""How tall a paragraph's cell is while it is blank."""
ROW_HEIGHT, LINE_HEIGHT, MAX_HEIGHT = 20, 13.5, 409
"""Points: of a blank row, of each line of text, and Excel's limit."""
_CHECK: Look = {**GRID, "text_wrap": True, "align": "left", "indent": 1}
_FAINT: Look = {**CALC, "font_color": FAINT, "border_color": "#DDDDDD"}
_CALCULATED: dict[Kind, Look] = {
    Kind.PERCENT: {**NUMBER, "num_format": RATE},
    Kind.YUAN: {**NUMBER, "num_format": MONEY},
}
"""Derived cells: texts, their tint, numbers by kind."""
FUND_FILLS = ("#E2EFDA", "#FCE9DA", "#E9E3F2")
"""Heading tints of the groups of columns named ``来源·金额``."""

_OPEN = (
    "format_cells",
    "format_columns",
    "format_rows",
    "insert_rows",
    "delete_rows",
    "insert_hyperlinks",
    "sort",
    "autofilter",
)
"""What a protected sheet still lets people do."""

BLANK: Filling = {"unit": {"money": form.WAN}}
"""The blank form: only the unit of money is chosen already."""

_ANY_ROW = "\0"
"""Stands for the row in a formula that is the same in every row of a table."""
_OTHER_SHEETS: dict[str, type[Row]] = {"projects": form.Project, "indicators": form.Indicator}


USUAL_WEIGHT = Decimal(10)
"""执行率分值 of the national rule, 财预〔2020〕10号."""


def write_form(filling: Filling | None = None, *, execution_weight: Decimal = USUAL_WEIGHT) -> bytes:
    """Write the form, blank or filled; equal input gives equal bytes.

    In ``filling`` a Decimal or int becomes a number cell and a str a text cell. ``execution_weight`` is what the live
    checks take where 执行率分值 is blank. Raises KeyError for a key the form does not have.
    """
    return FormWriter(checked(BLANK if filling is None else filling), execution_weight=execution_weight).write()


def _cell(row: int, col: int) -> str:
    return f"{column_letter(col)}{row + 1}"


def _scalar(value: object) -> Scalar:
    return Decimal(value) if isinstance(value, int) else value  # type: ignore[return-value]


@dataclass(frozen=True)
class _Grid:
    """A heading row and the cells below it: read columns first, derived columns after them."""

    columns: tuple[Column, ...]
    derived: tuple[Column, ...]
    first: int = 0

    def col(self, name: str) -> int:
        """The column, counted from 0, of a field or derived name."""
        return self._cols[name]

    @cached_property
    def _cols(self) -> dict[str, int]:
        return {c.name: self.first + i for i, c in enumerate((*self.columns, *self.derived))}

    @property
    def last_read(self) -> int:
        return self.first + len(self.columns) - 1

    @property
    def last(self) -> int:
        return self.last_read + len(self.derived)


@dataclass(frozen=True, slots=True)
class _Check:
    """A derived column of a table: its formula in any row, and its value in a blank one."""

    column: Column
    expr: Expr
    formula: str
    silent: Scalar


class FormWriter:
    """Writes one form, or single sheets of it; cells of the ``held`` columns that the filling fills are locked."""

    def __init__(
        self,
        filling: Filling,
        *,
        execution_weight: Decimal = USUAL_WEIGHT,
        held: Collection[Column] = (),
        book: Book | None = None,
    ) -> None:
        self.filling = filling
        self.execution_weight = execution_weight
        self.held = held
        self.book = book or Book("预算绩效自评表")

    def write(self) -> bytes:
        """Write every sheet and return the workbook."""
        write_guide(self.book, form.SHEETS, self.filling.get("notes", ()), held=bool(self.held))
        self.sheets(form.SHEETS)
        every = (column for cls in (*form.SHEETS, form.BudgetLine) for column in columns_of(cls))
        write_choices(self.book, every)
        return self.book.close()

    def sheets(self, classes: Iterable[type[Row]]) -> None:
        """Write the sheets of the given classes."""
        shapes = {Shape.LABELS: self.labels, Shape.TABLE: self.table, Shape.LINES: self.lines}
        for cls in classes:
            shapes[sheet_of(cls).shape](cls)

    # --- the three shapes -------------------------------------------------------------------------------------

    def labels(self, cls: type[Row]) -> None:
        """A label, its value, its check and its help in every row."""
        columns = columns_of(cls)
        widths = LONG_LABEL_WIDTHS if any(_is_paragraph(column) for column in columns) else LABEL_WIDTHS
        ws = self.sheet(cls, widths)
        given = self.filling.get(key_of(cls), {})
        rows = {column.name: HEAD_ROW + i for i, column in enumerate(columns)}
        at, of = self.reading(lambda name: _cell(rows[name], VALUE), given)
        for column in columns:
            row = rows[column.name]
            self.pair(ws, row, column, given.get(column.name), widths)
            check = form.label_check(cls, column)
            if check is not None:
                self.derived(ws, row, CHECK, check, at, of)
        last = HEAD_ROW + len(columns) - 1
        decorate.checks(self.book, ws, HEAD_ROW, CHECK, last, CHECK, beside=VALUE)
        decorate.unwarn(ws, HEAD_ROW, VALUE, last, VALUE)
        ws.print_area(0, 0, last, VALUE)
        ws.freeze_panes(HEAD_ROW, 0)

    def pair(self, ws: Worksheet, row: int, column: Column, value: object, widths: Sequence[float]) -> None:
        """A label, its value and its help; a paragraph's row is tall from the start."""
        held = self.holds(column, value)
        paragraph, words = _is_paragraph(column), form.HELD_HELP if held else help_of(column).replace("\n", "。")
        top: Look = {"valign": "top"} if paragraph else {}
        self.label(ws, row, column)
        self.value(ws, row, VALUE, column, value, align="left", indent=1, **top)
        self.book.text(ws, row, HELP, words, NOTE, valign="vcenter", indent=1)
        texts = [(value, widths[VALUE]), (words, widths[HELP])]
        ws.set_row(row, _height(texts, PARAGRAPH_LINES if paragraph else 1))
        if not held:
            validate(ws, column, row, VALUE, row)

    def label(self, ws: Worksheet, row: int, column: Column) -> None:
        """A label of a label/value pair."""
        fill: Look = {} if column.need is Need.REQUIRED else {"bg_color": BAND_FILL}
        self.book.text(ws, row, LABEL, column.title, HEAD, fill, align="left", indent=1)

    def lines(self, cls: type[Row]) -> None:
        """Fixed rows with amounts and live checks, then the claims as label and value."""
        grid = _Grid(columns_of(form.BudgetLine), form.derived_of(cls), first=1)
        ws = self.sheet(cls, [LINE_LABEL_WIDTH, *(c.width for c in (*grid.columns, *grid.derived))], grid)
        given = self.filling.get(key_of(cls), {})
        rows = {line.name: DATA_ROW + i for i, line in enumerate(lines_of(cls))}

        def address(name: str) -> str:
            line, _, amount = name.partition(".")
            return _cell(rows[line], grid.col(amount))

        cells = {f"{line}.{a}": v for line in rows for a, v in given.get(line, {}).items()}
        at, of = self.reading(address, cells)
        self.book.text(ws, HEAD_ROW, 0, "", HEAD)
        for line in lines_of(cls):
            row, typed = rows[line.name], given.get(line.name, {})
            self.line(ws, row, line, grid, typed)
            texts: list[tuple[object, float]] = [(typed.get(column.name), column.width) for column in grid.columns]
            for amount, check_column in zip(form.AMOUNT_COLUMNS, grid.derived, strict=True):
                check = form.budget_check(line, amount)
                if check is not None:
                    shown = self.derived(ws, row, grid.col(check_column.name), check, at, of)
                    texts.append((shown, check_column.width))
            ws.set_row(row, _height(texts))
        last = DATA_ROW + len(rows) - 1
        for column in grid.columns:
            validate(ws, column, DATA_ROW, grid.col(column.name), last)
        decorate.checks(self.book, ws, DATA_ROW, grid.last_read + 1, last, grid.last, beside=grid.first)
        self.claims(ws, cls, last + 2, given)
        ws.print_area(0, 0, last + 1 + len(columns_of(cls)), grid.last_read)
        ws.freeze_panes(DATA_ROW, 1)

    def line(self, ws: Worksheet, row: int, line: Line, grid: _Grid, given: Mapping[str, Any]) -> None:
        """A fixed row: its label and its typed cells."""
        label = f"{line.label}*" if line.required else line.label
        looks: Look = {"bold": line.depth == 0, "align": "left", "indent": 2 * line.depth + 1}
        self.book.text(ws, row, 0, label, HEAD, looks, bg_color=HEAD_FILL if line.required else BAND_FILL)
        for column in grid.columns:
            self.value(ws, row, grid.col(column.name), column, given.get(column.name))

    def claims(self, ws: Worksheet, cls: type[Row], row: int, given: Mapping[str, Any]) -> None:
        """Label/value pairs below the lines."""
        for column in columns_of(cls):
            self.label(ws, row, column)
            ws.set_row(row, 30)
            self.value(ws, row, VALUE, column, given.get(column.name))
            self.book.text(
                ws, row, CHECK, help_of(column).replace("\n", "。"), NOTE, text_wrap=False, valign="vcenter", indent=1
            )
            validate(ws, column, row, VALUE, row)
            row += 1

    def table(self, cls: type[Row]) -> None:
        """A heading row, prepared rows with live checks below it, and room to go on to LAST_ROW."""
        grid = _Grid(columns_of(cls), form.derived_of(cls))
        ws = self.sheet(cls, [column.width for column in (*grid.columns, *grid.derived)], grid)
        given: Sequence[Mapping[str, Any]] = self.filling.get(key_of(cls), ())
        prepared = max(sheet_of(cls).rows, len(given))
        at, silent = self.reading(lambda name: f"{column_letter(grid.col(name))}{_ANY_ROW}", {})
        checks = [_Check(c, c.derived, c.derived.excel(at), c.derived.value(silent)) for c in grid.derived if c.derived]
        for i in range(prepared):
            self.record(ws, DATA_ROW + i, grid, checks, given[i] if i < len(given) else {})
        for column in grid.columns if given else ():
            if column in self.held:
                decorate.held(self.book, ws, DATA_ROW, grid.col(column.name), DATA_ROW + len(given) - 1)
        for column in grid.columns:
            validate(ws, column, DATA_ROW, grid.col(column.name), LAST_ROW - 1)
        listed = sum(1 for row in given if row) if self.lists(cls) else 0
        decorate.rows(self.book, ws, grid.columns, DATA_ROW, listed)
        for column in grid.derived:
            if column.kind is Kind.TEXT:
                col = grid.col(column.name)
                decorate.checks(self.book, ws, DATA_ROW, col, LAST_ROW - 1, col)
        decorate.unwarn(ws, DATA_ROW, 0, LAST_ROW - 1, grid.last_read)
        frozen = grid.col("name") + 1 if any(column.name == "name" for column in grid.columns) else 0
        ws.freeze_panes(DATA_ROW, frozen)
        wide = bool(_group_fills(grid.columns))
        if wide:
            decorate.side_by_side(ws, grid.columns, frozen)
        decorate.print_columns(ws, grid.last_read if wide else grid.last - 1)

    def record(self, ws: Worksheet, row: int, grid: _Grid, checks: Sequence[_Check], given: Mapping[str, Any]) -> None:
        """One prepared row of a table: every cell has its number format; colour and border come with content."""
        _, of = self.reading(str, given)
        for col, column in enumerate(grid.columns, grid.first):
            self.value(ws, row, col, column, given.get(column.name), PLAIN_INPUT)
        texts: list[tuple[object, float]] = [(given[c.name], c.width) for c in grid.columns if c.name in given]
        for check in checks:
            column, formula = check.column, check.formula.replace(_ANY_ROW, str(row + 1))
            value = check.expr.value(of) if given else check.silent
            self.calculated(ws, row, grid.col(column.name), formula, value, column.kind)
            texts.append((value, column.width))
        if given:
            ws.set_row(row, _height(texts))

    # --- parts of a sheet -------------------------------------------------------------------------------------

    def sheet(self, cls: type[Row], widths: Sequence[float], grid: _Grid | None = None) -> Worksheet:
        """Add a protected sheet with its title, what it is about and, above a grid, the unit of money and headings."""
        declared = sheet_of(cls)
        ws = self.book.sheet(declared.title, landscape=declared.landscape)
        columns = [None] * len(widths) if grid is None else [None] * grid.first + [*grid.columns, *grid.derived]
        for col, (width, column) in enumerate(zip(widths, columns, strict=True)):
            look = format_of(column) if column else {}
            ws.set_column(col, col, width, self.book.look(TEXT, look, FREE, border=0))
        ws.set_column(len(widths), len(widths) + SPARE_COLUMNS, None, self.book.look(FREE))
        self.book.text(ws, 0, 0, declared.title, TITLE, align="left")
        ws.set_row(0, 28)
        about = declared.about_held if declared.about_held and self.lists(cls) else declared.about
        self.book.text(ws, 1, 0, about, SUBTITLE, align="left")
        if grid is not None:
            self.headings(ws, grid)
        ws.protect("", dict.fromkeys(_OPEN, True))
        decorate.growing_rows(ws)
        return ws

    def headings(self, ws: Worksheet, grid: _Grid) -> None:
        """The heading row with its prompts, and the unit of money above it where the columns hold amounts."""
        columns = (*grid.columns, *grid.derived)
        if any(column.kind is Kind.AMOUNT for column in columns):
            self.money(ws)
        fills = _group_fills(grid.columns)
        for column in columns:
            col = grid.col(column.name)
            fill = BAND_FILL if column.need is not Need.REQUIRED else HEAD_FILL
            look: Look = {"bg_color": fills.get(column.name, fill)}
            if column.derived is not None or column not in grid.columns:
                look = {**CALC, "font_color": FAINT}
            self.book.text(ws, HEAD_ROW, col, column.title, HEAD, look)
            prompt(ws, column, HEAD_ROW, col)
        ws.set_row(HEAD_ROW, 7 + 14 * max(lines_needed(column.title, column.width) for column in columns))
        ws.repeat_rows(HEAD_ROW)

    def money(self, ws: Worksheet) -> None:
        """The unit of money, as chosen on 单位信息."""
        unit = [column.name for column in columns_of(form.Unit)]
        address = f"'{sheet_of(form.Unit).title}'!${column_letter(VALUE)}${HEAD_ROW + 1 + unit.index('money')}"
        chosen = ref("money")
        words = join("单位：", when(blank(chosen), form.WAN, chosen))
        value = words.value(lambda _: self.filling.get(key_of(form.Unit), {}).get("money"))
        self.book.formula(ws, HEAD_ROW - 1, 0, words.excel(lambda _: address), value, SECTION, font_size=10)

    def value(
        self, ws: Worksheet, row: int, col: int, column: Column, value: object, base: Look = INPUT, **more: Any
    ) -> None:
        """A cell to be filled, with what the filling holds for it: a number, a text or nothing."""
        if value is None:
            self.book.number(ws, row, col, None, base, format_of(column), **more)
            return
        looks = [base, format_of(column)]
        if self.holds(column, value):
            number = HELD_AMOUNT if column.kind is Kind.AMOUNT else HELD
            looks.append(HELD_TEXT if isinstance(value, str) else number)
        if isinstance(value, Decimal | int):
            self.book.number(ws, row, col, value, *looks, **more)
        elif isinstance(value, str):
            self.book.text(ws, row, col, value, *looks, **more)
        else:
            raise TypeError(f"{column.name}: neither number nor text: {value!r}")

    def holds(self, column: Column, value: object) -> bool:
        """Whether a cell is the bureau's: it has been filled in and is not to be changed."""
        return value is not None and column in self.held

    def lists(self, cls: type[Row]) -> bool:
        """Whether the bureau has filled in rows of a table."""
        return bool(self.filling.get(key_of(cls))) and any(column in self.held for column in columns_of(cls))

    def derived(self, ws: Worksheet, row: int, col: int, expr: Expr, at: Address, of: Lookup) -> Scalar:
        """A locked cell with its formula and the value it has now, which is returned."""
        value = expr.value(of)
        self.calculated(ws, row, col, expr.excel(at), value)
        return value

    def calculated(
        self, ws: Worksheet, row: int, col: int, formula: str, value: Scalar, kind: Kind = Kind.TEXT
    ) -> None:
        """A locked cell with a formula and its value."""
        self.book.formula(ws, row, col, formula, value, _CALCULATED.get(kind, _CHECK), _FAINT)

    # --- what names mean --------------------------------------------------------------------------------------

    def reading(self, own: Callable[[str], str], given: Mapping[str, Any]) -> tuple[Address, Lookup]:
        """How an expression finds a name: here, on another sheet (``projects.code``) or in the policy."""

        def at(name: str) -> str:
            sheet, _, column = name.partition(".")
            if sheet == "policy":
                return plain(self.execution_weight)
            return self.column_at(_OTHER_SHEETS[sheet], column) if sheet in _OTHER_SHEETS else own(name)

        def of(name: str) -> Scalar | Sequence[Scalar]:
            sheet, _, column = name.partition(".")
            if sheet == "policy":
                return self.execution_weight
            if sheet in _OTHER_SHEETS:
                rows = self.filling.get(key_of(_OTHER_SHEETS[sheet]), ())
                return [_scalar(row.get(column)) for row in rows]
            return _scalar(given.get(name))

        return at, of

    def column_at(self, cls: type[Row], name: str) -> str:
        """The absolute range of a table's column."""
        letter = column_letter([column.name for column in columns_of(cls)].index(name))
        return f"'{sheet_of(cls).title}'!${letter}${DATA_ROW + 1}:${letter}${LAST_ROW}"


def _height(texts: Iterable[tuple[object, float]], lines: int = 1) -> float:
    """The height in points of a row whose texts stand in columns of the given widths, at least ``lines`` tall."""
    needed = [lines_needed(text, width - 2) for text, width in texts if isinstance(text, str)]
    return min(MAX_HEIGHT, max(ROW_HEIGHT, 6 + LINE_HEIGHT * max([lines, *needed])))


def _is_paragraph(column: Column) -> bool:
    """Whether a label expects a paragraph: a text for which no example can be given."""
    return column.kind is Kind.TEXT and not column.example


def _group_fills(columns: Sequence[Column]) -> dict[str, str]:
    """A tint for every column headed ``组·列``, one per group."""
    groups = list(dict.fromkeys(c.heading.partition("·")[0] for c in columns if "·" in c.heading))
    return {
        c.name: FUND_FILLS[groups.index(c.heading.partition("·")[0]) % len(FUND_FILLS)]
        for c in columns
        if "·" in c.heading
    }
