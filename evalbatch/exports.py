"""The rows of a file of the bureau: which columns are meant, how its systems write amounts, totals and red letters.

A row is a project's: a file has one a project, or several (one a fund, one a payment), or rows of units with their
projects below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from .approved import APPROVED, PAID, Fault
from .form import Project
from .listing import Cells, Head, Names, apart, columns_of, first_of, head_of, is_remark, is_total, top, widest
from .payment import NAMES as PAYMENT_NAMES
from .payment import Payment, PaymentColumns, State
from .roster import NAMES as UNIT_NAMES
from .rules.words import figure, listed
from .spec import fold, heading
from .tables import summed
from .values import fold_text, is_placeholder, parse_amount
from .years import YEAR, year_of, year_said


def _names(*lines: str) -> tuple[str, ...]:
    """Names of a column, those of a line apart by blanks."""
    return tuple(name for line in lines for name in line.split())


AMOUNTS = ("initial", "budget", "either", "executed")
_UNIT: Names = {
    "unit_code": (*UNIT_NAMES["code"][:-2], "部门(单位)代码", "部门(单位)编码", "部门编码", "基层单位编码"),
    "unit_name": (*UNIT_NAMES["name"][:-1], "部门(单位)名称", "部门(单位)", "用款单位", "项目单位", "支付单位"),
    "department": UNIT_NAMES["department"],
    "code": (heading(Project, "system_code"), "项目编码", "预算项目代码", "预算项目编码", heading(Project, "code")),
    "name": (heading(Project, "name"), "预算项目名称", "预算项目", "二级项目名称", "项目"),
    "category": (heading(Project, "category"), "项目类型", "项目类别名称", "支出类型"),
    "serial": ("序号", "行号", "行次"),
    "year": _names(YEAR),
}
_INITIAL = _names(
    heading(Project, "initial"),
    "年初预算 年初批复数 年初批复 年初预算批复数 年初预算金额 年初指标 年初指标数 年初数 年初安排数",
    "年初部门预算数",
)
_BUDGET = _names(
    heading(Project, "budget"),
    "全年预算 全年预算金额 调整后预算数 调整后预算 调整预算数 调整后金额 指标金额 指标数 指标总额",
    "指标总金额 预算指标 预算指标数 全年指标数 调整后指标数 变动后预算数",
)
_EITHER = _names(
    "批复数 批复金额 批复预算数 预算批复数 批复预算 预算数 预算金额 项目预算数 核定数 核定金额 控制数",
    "下达金额 下达数 安排数 安排金额 金额合计 资金合计 预算 合计 总计 金额",
)
_EXECUTED = _names(
    heading(Project, "executed"),
    "全年执行 执行数 执行金额 累计执行数 支付金额 实际支付金额 支付数 已支付金额 累计支付数",
    "累计支付金额 支出金额 支出数 实际支出数 实际支出 累计支出 累计支出数 决算数 已执行数 已用金额",
    "发生额 金额",
)
_PAYMENT: Names = {
    "date": ("支付日期", "日期", "支出日期", "付款日期", "记账日期", "凭证日期", "清算日期", "业务日期"),
    **PAYMENT_NAMES,
}
_NEEDED = (("unit_name", "unit_code"), ("name", "code"))
_STATED = re.compile(r"单位(?:人民币)?((?:亿|百万|千|万)?元)|[(]((?:百万|千|万)?元)[)]$")
_SCALES = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
_SUBTOTAL = re.compile(r".+(?:合|总|小|共)计")
_BRACKETED = re.compile(r"[(](.+)[)]")
_SHORTEST = 6
"""Characters of the code of a project that stands before its name."""


@dataclass(frozen=True, kw_only=True)
class Book:
    """A kind of file: what it is called, its amounts' headings by field, whether its amounts are payments."""

    kind: str
    amounts: Names
    more: Names

    @property
    def names(self) -> Names:
        return {**_UNIT, **self.more, **self.amounts}

    @property
    def is_paid(self) -> bool:
        return "executed" in self.amounts

    def head(self, rows: Sequence[Cells]) -> Head | None:
        return head_of(rows, self.names, (*_NEEDED, tuple(self.amounts)))


CONTROL = Book(kind=APPROVED, amounts={"initial": _INITIAL, "budget": _BUDGET, "either": _EITHER}, more={})
PAYMENTS = Book(kind=PAID, amounts={"executed": _EXECUTED}, more=_PAYMENT)


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


def no_headings(sheets: Sequence[Sequence[Cells]], book: Book) -> str:
    """What headings are lacking: what was found, what is wanted."""
    groups = (*_NEEDED, tuple(book.amounts))
    said = dict(zip(groups, ("单位", "项目", "金额"), strict=True))
    known = [columns_of(row, book.names) for sheet in sheets for _, row in top(sheet)]
    best = max(known, key=len, default={})
    lacking = [group for group in groups if not any(field in best for field in group)]
    wanted = "；".join(f"{said[group]}一栏可以叫：{'、'.join(_few(book, group))}" for group in lacking)
    return f"里没有写{'、'.join(said[group] for group in lacking)}的一栏，{widest(sheets)}。{wanted}"


def _few(book: Book, group: Sequence[str]) -> list[str]:
    """Some of the names that columns of some fields may have."""
    return [name for field in group for name in book.names[field][: 8 if len(group) == 1 else 4]]


class Sheet:
    """Reads one sheet: its projects' rows; what cannot be read and the totals that are wrong are kept beside them."""

    def __init__(self, title: str, cells: Sequence[Cells], head: Head, book: Book) -> None:
        self.title, self.cells, self.head, self.book = title, cells, head, book
        self.fields = self._fields()
        self.payments = PaymentColumns(head, cells[head.row + 1 :]) if book.is_paid else None
        self.said_year = year_said((title, *(cell for row in cells[: head.row] for cell in row)))
        self.unreadable: list[str] = []
        self.contested: dict[tuple[int, int], list[int]] = {}
        self.totals: list[tuple[int, Mapping[str, Decimal | None]]] = []
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

    @cached_property
    def scales(self) -> dict[int, Decimal]:
        """How many 元 one of a column is, by the column, of those with amounts."""
        columns = [c for field in self.fields for c in (self.head.columns[field], *self.head.rivals.get(field, ()))]
        return {column: self._scale(column) for column in columns}

    def _scale(self, column: int) -> Decimal:
        """How many 元 one of a column is: its heading says so, or a line above the headings."""
        own = _flat(self.cells[self.head.row][column])
        above = [_flat(cell) for row in self.cells[: self.head.row] for cell in row]
        for text in (own, *above):
            if stated := _STATED.search(text):
                return Decimal(_SCALES[stated[1] or stated[2]])
        return Decimal(1)

    def rows(self) -> Iterator[Row]:
        """Every row of a project."""
        unit, whole_year = ("", "", ""), self.said_year
        for number, cells in enumerate(self.cells[self.head.row + 1 :], self.head.row + 2):
            first = first_of(cells)
            if not first or is_remark(first) or self._is_heading(cells):
                continue
            (unit_code, unit_name), (code, name) = self._pair(cells, "unit_"), self._pair(cells, "")
            read = len(self.unreadable)
            amounts = self._amounts(number, cells)
            if is_total(first, unit_name, name) or (not code and is_subtotal(name or unit_name)):
                self.totals.append((number, amounts))
                continue
            if unit_code or unit_name:
                unit = (unit_code, unit_name, apart(self.head.cell(cells, "department"))[1])
                whole_year = year_of(self.head.cell(cells, "year")) or self.said_year
            if not (code or name):
                self.totals.append((number, amounts))
                continue
            year, undated = self._year(cells, whole_year)
            row = Row(
                sheet=self.title,
                number=number,
                unit_code=unit[0],
                unit_name=unit[1],
                department=unit[2],
                code=code,
                name=name,
                category=self.head.cell(cells, "category"),
                rest=self._rest(cells),
                year=year,
                undated=undated,
                unit="",
                project="",
                unread=len(self.unreadable) > read,
                payment=None if self.payments is None else self.payments.of(cells),
                **amounts,
            )
            is_left = row.payment is not None and row.payment.state in (State.UNPAID, State.RETURNED)
            (self.unpaid if is_left else self.found).append(row)
            yield row

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
        return "\x1f".join(cell.strip() for column, cell in enumerate(cells) if column not in known)

    def _is_heading(self, cells: Cells) -> bool:
        """Whether the headings are written once more, as on every page of a print."""
        headings = self.cells[self.head.row]
        return all(cells[column] == headings[column] for column in self.head.columns.values())

    def _amounts(self, number: int, cells: Cells) -> dict[str, Decimal | None]:
        amounts: dict[str, Decimal | None] = {}
        for field, meant in self.fields.items():
            column = self.head.columns[field]
            text = cells[column].strip()
            amount = parse_money(text, self.scales[column])
            if amount is None and not is_placeholder(text):
                self.unreadable.append(f"{where_of(self.title, number)}“{text}”")
            for rival in self.head.rivals.get(field, ()):
                if parse_money(cells[rival], self.scales[rival]) not in (None, amount):
                    self.contested.setdefault((column, rival), []).append(number)
            if amount is not None and amount > 0 and self.payments is not None and self.payments.takes_back(cells):
                amount = -amount
            amounts[meant] = amount
        return amounts

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the sheet by itself; the rows have been gone through before."""
        kind = self.book.kind
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
        wrong = [said for number, amounts in self.totals for said in self._wrong_total(number, amounts)]
        if wrong:
            yield Fault(
                message=f"{kind}的合计与明细不符：{listed(wrong)}。",
                fix="请核对明细有没有漏行或重复，改正后再运行一次；核对各单位时用的是明细。",
            )

    def _wrong_total(self, number: int, amounts: Mapping[str, Decimal | None]) -> Iterator[str]:
        """In words, a row of totals that adds up neither the rows above, nor those below, nor all."""
        stops = [0, *(other for other, _ in self.totals), len(self.cells) + 1]
        at = stops.index(number)
        sets = [(0, number), (0, stops[-1]), (stops[at - 1], number), (number, stops[at + 1]), (number, stops[-1])]
        for field, amount in amounts.items():
            if amount is None:
                continue
            sums = [sum(self._between(field, *bounds), Decimal(0)) for bounds in dict.fromkeys(sets)]
            if self.unpaid:
                sums += [
                    sum(self._between(field, *bounds, self.unpaid), one)
                    for bounds, one in zip(dict.fromkeys(sets), sums, strict=True)
                ]
            if amount not in sums and amount not in (sums := [*sums, *self._of_units(field)]):
                near = min(sums, key=lambda one: abs(one - amount))
                yield f"{where_of(self.title, number)}为 {figure(amount)} 元，明细相加为 {figure(near)} 元"

    def _between(self, field: str, first: int, last: int, rows: Sequence[Row] | None = None) -> list[Decimal]:
        of = self.found if rows is None else rows
        return [getattr(row, field) or Decimal(0) for row in of if first < row.number < last]

    def _of_units(self, field: str) -> list[Decimal]:
        """What every unit, and every department, comes to."""
        wholes = [summed(self.found, by, [field]) for by in (["unit_code", "unit_name"], ["department"])]
        return [sums[field] or Decimal(0) for whole in wholes for _, sums in whole]


def is_subtotal(name: str) -> bool:
    """Whether a name ends as a sub-total's does (``某局小计``)."""
    return ("计" in name or "計" in name) and _SUBTOTAL.fullmatch(fold(name)) is not None


def parse_money(text: str, scale: Decimal) -> Decimal | None:
    """An amount in 元 as systems write it: ``1,234.50``, ``￥1,234.50``, ``(1,234.50)``; None for what is no number."""
    plain = _flat(text)
    bracketed = _BRACKETED.fullmatch(plain)
    sign = -1 if bracketed or plain.startswith(("-", "−", "¥-")) else 1
    read = parse_amount((bracketed[1] if bracketed else plain).replace("¥", "").lstrip("-−"), scale)
    return None if read is None else sign * read.value


def _apart(text: str, shortest: int) -> tuple[str, str]:
    """Code and name of a cell that holds both and a code that is long enough (``2025-2026年度`` is a name)."""
    code, name = apart(text)
    return (code, name) if len(code) >= shortest else ("", text)


def _flat(text: str) -> str:
    return fold_text(text).replace(":", "")


def where_of(sheet: str, number: int) -> str:
    return f"{sheet and f'工作表“{sheet}”'}第 {number} 行"
