"""The rows of a file of the bureau: which columns are meant, how its systems write amounts, totals and red letters.

A row is a project's: a file has one a project, or several (one a fund, one a payment), or rows of units with their
projects below.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from ..approved import Fault
from ..grid import Spot
from ..listing import (
    NOTHING_BEHIND,
    Behind,
    Cells,
    Head,
    apart,
    first_of,
    is_remark,
    is_total,
)
from ..rules.words import figure, listed
from ..sheetxml import Area
from ..spec import fold
from ..values import is_placeholder
from .addends import Addends, Amounts
from .belonging import Fate, Line, fates
from .books import Book
from .divided import divided
from .misread import Misread
from .money import parse_money, stated_scale
from .payment import Payment, PaymentColumns, State
from .telling import Telling
from .years import year_of, year_said

_SUBTOTAL = re.compile(r".+(?:合|总|小|共)计")
_CANCELLED = re.compile(r"(?<![未不])(?:作废|撤销|撤消|注销|删除)")
_NAMING = ("unit_code", "unit_name", "code", "name")
_SHORTEST = 6
"""Characters of the code of a project that stands before its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of a project. ``unit`` and ``project`` tell whose it is, ``rest`` what else stands there (fund, document).

    ``year`` is that of a column of years, else of the payment's date, else of the lines above; ``undated`` what stands
    there and is neither. ``unread`` where an amount is no number, ``payment`` what a row of the payments says beside it.
    """

    sheet: str
    number: int
    unit_code: str
    unit_name: str
    department: str
    code: str
    name: str
    category: str = ""
    rest: str = ""
    year: str = ""
    undated: str = ""
    unit: str = ""
    project: str = ""
    initial: Decimal | None = None
    budget: Decimal | None = None
    either: Decimal | None = None
    executed: Decimal | None = None
    unread: bool = False
    payment: Payment | None = None

    @property
    def where(self) -> str:
        return where_of(self.sheet, self.number)


class SheetReader:
    """Reads one sheet: its projects' rows; what cannot be read and the totals that are wrong are kept beside them."""

    def __init__(
        self, title: str, cells: Sequence[Cells], head: Head, book: Book, behind: Behind = NOTHING_BEHIND
    ) -> None:
        self.title, self.cells, self.head, self.book = title, cells, head, book
        self.fields = self._fields()
        self.under = divided(cells, head, book.amounts)
        self.payments = PaymentColumns(head, cells[head.row + self.under.rows :]) if book.is_paid else None
        self.said_year = year_said((title, *(cell for row in cells[: head.row] for cell in row)))
        self.rivals = {
            field: [column for column in head.rivals.get(field, ()) if column not in self._columns(field)]
            for field in self.fields
        }
        self.cells, self.nameless = self._shown(behind.broken), self._nameless(behind.broken)
        self.reaching = self._reaching(behind.merges)
        self.misread = self._misread()
        self.unreadable: list[str] = []
        self.unread: set[int] = set()
        self.contested: dict[tuple[int, int], list[int]] = {}
        self.totals: list[tuple[int, Amounts]] = []
        self.cancelled: list[tuple[int, Amounts]] = []
        self.strays: dict[tuple[str, ...], int] = {}
        self.loose: list[tuple[Line, Row | None]] = []
        self.found: list[Row] = []
        self.unpaid: list[Row] = []

    def _fields(self) -> dict[str, str]:
        """The amounts that stand there, and what each means: what a heading does not tell the lines above may."""
        fields = {field: field for field in self.book.amounts if field in self.head.columns}
        if "either" in fields:
            above = "".join(fold(cell) for row in self.cells[: self.head.row] for cell in row) + self.title
            if "budget" in fields:
                del fields["either"]
            elif "initial" in fields or "调整" in above or "全年" in above:
                fields["either"] = "budget"
            elif "年初" in above:
                fields["either"] = "initial"
        return fields

    def _columns(self, field: str) -> Sequence[int]:
        """The columns whose amounts a field adds up."""
        return self.under.columns[field]

    def _shown(self, broken: Mapping[Spot, str]) -> list[Cells]:
        """The cells, errors and formulas without a value shown where amounts should be."""
        amounts = {column for field in self.fields for column in (*self._columns(field), *self.rivals[field])}
        cells = list(self.cells)
        for (row, column), text in broken.items():
            if column in amounts:
                cells[row] = [*cells[row][:column], text, *cells[row][column + 1 :]]
        return cells

    def _nameless(self, broken: Mapping[Spot, str]) -> dict[int, dict[str, str]]:
        """The rows in which the cell of the unit or of the project is an error or a formula without a value."""
        kinds = {
            self.head.columns[name]: "unit_" if name.startswith("unit_") else ""
            for name in _NAMING
            if name in self.head.columns
        }
        found: dict[int, dict[str, str]] = {}
        for (row, column), text in broken.items():
            if column in kinds and row > self.head.row:
                found.setdefault(row + 1, {})[kinds[column]] = text
        return found

    def _misread(self) -> Misread:
        """What cannot be read, as far as that is known before the rows are."""
        unclear = {field: names for field, names in self.under.unclear.items() if field in self.fields}
        nameless = self.nameless.items()
        return Misread(
            unclear={self._heading(self.head.columns[field]): names for field, names in unclear.items()},
            nameless=[f"{where_of(self.title, number)}“{next(iter(texts.values()))}”" for number, texts in nameless],
        )

    def _reaching(self, merges: Sequence[Area]) -> frozenset[int]:
        """The rows down to which a merged cell of a project above reaches."""
        columns = [self.head.columns[name] for name in ("code", "name") if name in self.head.columns]
        return frozenset(
            row + 1
            for first, left, last, right in merges
            if first > self.head.row and any(left <= column <= right for column in columns)
            for row in range(first + 1, last + 1)
        )

    @cached_property
    def scales(self) -> dict[int, Decimal]:
        """How many 元 one of a column is, by the column, of those with amounts."""
        return {
            column: self._scale(column, self.head.columns[field])
            for field in self.fields
            for column in (*self.rivals[field], *self._columns(field))
        }

    def _scale(self, column: int, main: int) -> Decimal:
        """How many 元 one of a column is: its heading says so, the one it stands under, or a line above the headings."""
        headings = self.cells[self.head.row : self.head.row + self.under.rows]
        own = [row[column] for row in reversed(headings)]
        over = [headings[0][main]] if column in self._spanned else []
        above = [cell for row in self.cells[: self.head.row] for cell in row]
        return next(filter(None, map(stated_scale, (*own, *over, *above))), Decimal(1))

    @cached_property
    def _spanned(self) -> frozenset[int]:
        """The columns of amounts that stand under the heading of another."""
        return frozenset(column for field in self.fields for column in self._columns(field)[1:])

    def rows(self) -> Iterator[Row]:
        """Every row of a project: those that name one in their order, then what the others turn out to be."""
        yield from self._named()
        if self.loose:
            yield from self._told()
        yield from self._doubted()

    def _named(self) -> Iterator[Row]:
        """The rows that name a project, under the unit that was named last; the others are kept."""
        unit, whole_year = ("", "", ""), self.said_year
        above: Row | None = None
        for number, cells in self._lines():
            first = first_of(cells)
            (unit_code, unit_name), (code, name) = self._pair(cells, "unit_"), self._pair(cells, "")
            amounts = self._amounts(number, cells)
            if is_total(first, unit_name, name) or (not code and is_subtotal(name or unit_name)):
                self.totals.append((number, amounts))
                continue
            if unit_code or unit_name:
                above = above if above and _is_same(above, unit_code, unit_name) else None
                unit = (unit_code, unit_name, apart(self.head.cell(cells, "department"))[1])
                whole_year = year_of(self.head.cell(cells, "year")) or self.said_year
            elif "unit_" in self.nameless.get(number, ()):
                unit, above = ("", "", ""), None
                self.strays[code, name] = number
            if not self.book.is_paid and _CANCELLED.search(self.head.cell(cells, "state")):
                self.cancelled.append((number, amounts))
                self.misread.cancelled.append(where_of(self.title, number))
                above = None if code or name else above
                continue
            if not (code or name):
                self._add_loose(number, cells, amounts, above, unit)
                continue
            above = self._row(number, cells, unit, (code, name), whole_year, amounts)
            self._keep(above)
            yield above

    def _lines(self) -> Iterator[tuple[int, Cells]]:
        """The lines below the headings, with their numbers (from 1), that are no remarks and no headings written again."""
        start = self.head.row + self.under.rows
        for number, cells in enumerate(self.cells[start:], start + 1):
            first = first_of(cells)
            if first and not is_remark(first) and not self._is_heading(cells):
                yield number, cells

    def _row(
        self,
        number: int,
        cells: Cells,
        unit: tuple[str, str, str],
        project: tuple[str, str],
        whole_year: str,
        amounts: Amounts,
    ) -> Row:
        year, undated = self._year(cells, whole_year)
        return Row(
            sheet=self.title,
            number=number,
            unit_code=unit[0],
            unit_name=unit[1],
            department=unit[2],
            code=project[0],
            name=project[1],
            category=self.head.cell(cells, "category"),
            rest=self._rest(cells),
            year=year,
            undated=undated,
            unread=number in self.unread,
            payment=None if self.payments is None else self.payments.of(cells),
            initial=amounts.get("initial"),
            budget=amounts.get("budget"),
            either=amounts.get("either"),
            executed=amounts.get("executed"),
        )

    def _keep(self, row: Row) -> None:
        """Count a row in, or among those that were not paid: a total may add these up or not."""
        is_left = row.payment is not None and row.payment.state in (State.UNPAID, State.RETURNED)
        (self.unpaid if is_left else self.found).append(row)

    def _doubted(self) -> Iterator[Row]:
        """A row without an amount for every project that a row without a name may be another row of."""
        for row in self.found if self.strays else ():
            keys = ((row.code, row.name), (row.code, ""), ("", row.name), ("", row.unit_code, row.unit_name))
            number = next((self.strays[key] for key in keys if key in self.strays), None)
            if number is not None:
                yield replace(row, number=number, unread=True, payment=None, **_nothing(self.fields.values()))

    # --- rows that name no project --------------------------------------------------------------------------------

    def _add_loose(
        self, number: int, cells: Cells, amounts: Amounts, above: Row | None, unit: tuple[str, str, str]
    ) -> None:
        """Keep a row that names no project until all are known."""
        if self._telling.say_total(cells):
            self.totals.append((number, amounts))
        elif "" in self.nameless.get(number, ()):
            self.strays["", unit[0], unit[1]] = number
        elif any(amounts.values()) or number in self.unread:
            owner = None if above is None else self._line(above)
            merged, texts = above is not None and number in self.reaching, self._telling.texts(cells)
            self.loose.append((Line(number=number, amounts=amounts, texts=texts, owner=owner, merged=merged), above))

    def _line(self, row: Row) -> Line:
        """The row of a project as what rows below it are held against."""
        return Line(
            number=row.number,
            amounts={field: getattr(row, field) for field in self.fields.values()},
            texts=self._telling.texts(self.cells[row.number - 1]),
        )

    def texts(self, row: Row) -> Mapping[str, str]:
        """What a row says besides whose it is and its amounts, by heading."""
        return self._telling.by_heading(self.cells[row.number - 1])

    @cached_property
    def _telling(self) -> Telling:
        """The columns that may tell a row from others of its project."""
        known = (*_NAMING, "department", "category", "serial", *self.fields)
        aside = {self.head.columns[field] for field in known if field in self.head.columns}
        aside |= {column for field in self.fields for column in (*self._columns(field), *self.rivals[field])}
        return Telling(self.cells[self.head.row], aside)

    def _told(self) -> Iterator[Row]:
        """The rows of further funds, and for what nobody can tell a row that holds its project; the rest are totals."""
        lines = [line for line, _ in self.loose]
        adds = self._addends([*(number for number, _ in self.totals), *(line.number for line in lines)])
        told = fates(lines, len(self.found), lambda line: adds.are_total(line.amounts, line.number))
        for line, above in self.loose:
            if told[line.number] is Fate.FUND and above is not None:
                row = self._fund(line, above)
                self._keep(row)
                yield row
        self.found.sort(key=lambda row: row.number)
        totals = [line.number for line in lines if not line.is_of_above]
        adds = self._addends([*(number for number, _ in self.totals), *totals])
        for line, above in self.loose:
            fate, at = told[line.number], where_of(self.title, line.number)
            is_total = fate is Fate.TOTAL or (not line.is_of_above and adds.are_total(line.amounts, line.number))
            if is_total or (fate is Fate.UNTOLD and above is None and not line.texts):
                self.totals.append((line.number, line.amounts))
            elif fate is Fate.UNTOLD and above is None:
                self.misread.lost.append(at)
            elif fate is Fate.UNTOLD and above is not None:
                self.misread.untold.append(at)
                yield replace(above, number=line.number, unread=True, payment=None, **_nothing(line.amounts))
        self.totals.sort(key=lambda total: total[0])

    def _fund(self, line: Line, above: Row) -> Row:
        """A further fund of the project above: what the row leaves blank is as there."""
        own, there = self.cells[line.number - 1], self.cells[above.number - 1]
        naming = {self.head.columns[field] for field in (*_NAMING, "department") if field in self.head.columns}
        cells = [there[column] if column in naming else cell for column, cell in enumerate(own)]
        changed: dict[str, Any] = {**line.amounts, "rest": self._rest(cells), "unread": line.number in self.unread}
        changed["year"], changed["undated"] = self._year(own, above.year)
        changed["payment"] = None if self.payments is None else self.payments.of(own)
        return replace(above, number=line.number, **changed)

    def _pair(self, cells: Cells, prefix: str) -> tuple[str, str]:
        """Code and name of a unit or a project, taken apart where they stand in one cell."""
        joined, alone = self.head.cell(cells, f"{prefix}name"), self.head.cell(cells, f"{prefix}code")
        own, name = _apart(joined, 1 if prefix else _SHORTEST)
        other, beside = _apart(alone, 1 if prefix else _SHORTEST)
        return other or beside or own, name or (beside if other else "")

    def _year(self, cells: Cells, whole: str) -> tuple[str, str]:
        """The year of a row, that of the whole where it has none of its own; what stands there instead of one."""
        undated = ""
        for field in ("year", "date"):
            if field in self.head.columns:
                text = self.head.cell(cells, field)
                if year := year_of(text):
                    return year, ""
                undated = undated or ("" if year == "" else text)
        return ("", undated) if undated else (whole, "")

    def _rest(self, cells: Cells) -> str:
        """What tells a row from another of its project: every cell but the amounts and the row's own number."""
        known = {self.head.columns[field] for field in (*self.fields, "serial") if field in self.head.columns}
        known |= self._spanned
        return "\x1f".join(cell.strip() for column, cell in enumerate(cells) if column not in known)

    def _is_heading(self, cells: Cells) -> bool:
        """Whether the headings are written once more, as on every page of a print."""
        headings = self.cells[self.head.row]
        if all(cells[column] == headings[column] for column in self.head.columns.values()):
            return True
        return self.under.rows > 1 and list(cells) == list(self.cells[self.head.row + 1])

    def _amounts(self, number: int, cells: Cells) -> dict[str, Decimal | None]:
        amounts: dict[str, Decimal | None] = {}
        for field, meant in self.fields.items():
            amount = None
            for column in self.under.columns[field]:
                part = self._amount(number, cells, column)
                amount = part if amount is None else amount + (part or 0)
            if field in self.under.unclear:
                self.unread.add(number)
            for rival in self.rivals[field]:
                if parse_money(cells[rival], self.scales[rival]) not in (None, amount):
                    self.contested.setdefault((self.head.columns[field], rival), []).append(number)
            if amount is not None and amount > 0 and self.payments is not None and self.payments.takes_back(cells):
                amount = -amount
            amounts[meant] = amount
        return amounts

    def _amount(self, number: int, cells: Cells, column: int) -> Decimal | None:
        """The amount in one cell; what is none is kept."""
        text = cells[column].strip()
        amount = parse_money(text, self.scales[column])
        if amount is None and not is_placeholder(text):
            self.unread.add(number)
            if text.startswith("="):
                self.misread.uncalculated.setdefault(self._heading(column), []).append(where_of(self.title, number))
            else:
                self.unreadable.append(f"{where_of(self.title, number)}“{text}”")
        return amount

    @property
    def trouble(self) -> str:
        """Why the first amount that cannot be read cannot, and what to do; an empty text where all can."""
        return f"{self.unreadable[0]}。请把金额改成数字，再运行一次" if self.unreadable else self.misread.advice

    def _heading(self, column: int) -> str:
        """What a column is called, by the upper row of its headings where that says it."""
        rows = self.cells[self.head.row : self.head.row + self.under.rows]
        return next((" ".join(row[column].split()) for row in rows if row[column].strip()), "")

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the sheet by itself; the rows have been gone through before."""
        kind = self.book.kind
        yield from self.misread.faults(kind)
        if unreadable := [*dict.fromkeys(self.unreadable)]:
            yield Fault(
                message=f"{kind}里有 {len(unreadable)} 个金额读不出来：{listed(unreadable)}；这些项目没有核对。",
                fix="请改成数字，没有的填 0，再运行一次。",
            )
        for (used, other), numbers in self.contested.items():
            taken, left = (" ".join(self.cells[self.head.row][column].split()) for column in (used, other))
            rows = listed([where_of(self.title, number) for number in numbers])
            yield Fault(
                message=f"{kind}里有两栏都可能是要核对的金额，用的是第 {used + 1} 栏“{taken}”，没有用第 {other + 1} 栏“{left}”，"
                f"{len(numbers)} 行的数不同：{rows}。",
                fix="请核对用的是不是要用的一栏；不是的，删去另一栏或改它的标题，再运行一次。",
            )
        if wrong := list(self._wrong_totals()):
            yield Fault(
                message=f"{kind}的合计与明细不符：{listed(wrong)}。",
                fix="请核对明细有没有漏行或重复，改正后再运行一次；核对各单位时用的是明细。",
            )

    def _wrong_totals(self) -> Iterator[str]:
        """In words, the rows of totals that add up neither the rows above, nor those below, nor all, nor one unit's."""
        if not self.totals:
            return
        stops = [number for number, _ in self.totals]
        unpaid = [(row.number, {field: getattr(row, field) for field in self.fields.values()}) for row in self.unpaid]
        adds, all_of_them = self._addends(stops), self._addends(stops, [*self.cancelled, *unpaid])
        for number, amounts in self.totals:
            for field, amount in amounts.items():
                if amount is None or any(one.is_total(field, amount, number) for one in (adds, all_of_them)):
                    continue
                near = adds.nearest(field, amount, number)
                yield f"{where_of(self.title, number)}为 {figure(amount)} 元，明细相加为 {figure(near)} 元"

    def _addends(self, stops: Sequence[int], more: Sequence[tuple[int, Amounts]] = ()) -> Addends:
        """What the sheet's rows add up to between its totals, some rows that do not count among them."""
        fields = self.fields.values()
        rows: list[tuple[int, Amounts, Sequence[Hashable]]] = [
            (
                row.number,
                {field: getattr(row, field) for field in fields},
                ((row.unit_code, row.unit_name), row.department),
            )
            for row in self.found
        ]
        rows += [(number, amounts, ()) for number, amounts in more]
        return Addends(sorted(rows, key=lambda row: row[0]), sorted(stops), len(self.cells))


def is_subtotal(name: str) -> bool:
    """Whether a name ends as a sub-total's does (``某局小计``)."""
    return ("计" in name or "計" in name) and _SUBTOTAL.fullmatch(fold(name)) is not None


def _apart(text: str, shortest: int) -> tuple[str, str]:
    """Code and name of a cell that holds both and a code that is long enough (``2025-2026年度`` is a name)."""
    code, name = apart(text)
    return (code, name) if len(code) >= shortest else ("", text)


def _nothing(fields: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(fields)


def _is_same(row: Row, unit_code: str, unit_name: str) -> bool:
    """Whether a unit is that of a row."""
    return unit_code == row.unit_code if unit_code and row.unit_code else unit_name == row.unit_name


def where_of(sheet: str, number: int) -> str:
    return f"{sheet and f'工作表“{sheet}”'}第 {number} 行"
