"""Lists of the bureau as its systems export them: a workbook, or a text with commas, semicolons or tabs.

Headings are known under their many names, whatever stands above them; totals and remarks are no rows of the list. A
cell may hold code and name together (``001001-某局``). Codes stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from .extent import column_number
from .form import Indicator, Project, Unit
from .grid import Spot
from .kinds import TEXT, advice_for
from .plain import plain_package
from .preflight import Package, Refused, bytes_of, open_package
from .rules.words import quoted
from .settings import SettingsError
from .sheetxml import Area, SheetFacts, WorkbookFacts
from .spec import fold, sheet_of
from .tables import each_sheet, rows_of_text

HEADING_ROWS = 30
"""The headings stand within the first thirty rows that hold anything."""
CODE = re.compile(r"[0-9A-Za-z]+(?:[-.][0-9A-Za-z]+)*")
_TOTAL = re.compile(r"(?:合|总|小|共)计")
_REMARK = re.compile(r"(?:注|备注|说明|制表|填表|审核|打印|联系)[^:：]{0,6}[:：]")
_JOINED = re.compile(
    r"([0-9]{3,}[0-9A-Za-z]*|[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+)\s*[-－—_]\s*(.+)|([0-9]{6,}[0-9A-Za-z]*)\s+(.+)", re.S
)
_NOISE = re.compile(r"^20\d\d(?:年度|年(?!初))?|[(](?:单位)?(?:人民币)?(?:亿|百万|千|万)?元[)]$")
"""What a heading of an export may have before and behind its name: the year, the unit of money."""
_SENDER = "，或让填报单位重新发送"
"""Advice that is for forms alone: a list has no sender."""
_FORM = {fold(sheet_of(cls).title) for cls in (Unit, Project, Indicator)}
"""The sheets that tell a form from a list."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Cells = Sequence[str]
Names = Mapping[str, tuple[str, ...]]
"""What the columns of a list are called, by field; of several names that stand there the first one listed is meant."""


@dataclass(frozen=True)
class Behind:
    """What the cells of a sheet do not show: its merged areas, and what blank cells really hold.

    That is an error (``#REF!``), or a formula that no program has calculated (``=SUM(B2:B9)``).
    """

    merges: Sequence[Area] = ()
    broken: Mapping[Spot, str] = field(default_factory=dict)


NOTHING_BEHIND = Behind()


@dataclass(frozen=True)
class Listing:
    """The cells of a file's sheets by title, those of hidden ones apart; a text is one sheet without a title."""

    sheets: Mapping[str, list[list[str]]]
    hidden: Mapping[str, list[list[str]]] = field(default_factory=dict)
    behind: Mapping[str, Behind] = field(default_factory=dict)


def listing_of(path: Path, kind: str) -> Listing:
    """The sheets of a file. ``kind`` is what the list is called (``单位名单``). Raises SettingsError."""
    try:
        if path.is_dir():
            raise Refused("这是文件夹，请写明里面的文件")
        data = bytes_of(path)
        if not data:
            raise Refused("这是空文件（0 字节），请重新导出，或换一个文件")
        advice = advice_for(data)
        if advice == TEXT:
            return Listing({"": rows_of_text(_decoded(data))})
        if advice:
            raise Refused(f"{advice.partition('。')[0]}。请把{kind.removeprefix('单位')}另存为 .xlsx 或 .csv 再用")
        package = _plain(open_package(path))
        sheets, facts = dict(each_sheet(package.data)), WorkbookFacts(package)
        hidden = facts.hidden
        if {fold(title) for title in sheets} >= _FORM:
            raise Refused(f"这是填报的自评表，不是{kind}，请换一个文件")
        return Listing(
            {title: rows for title, rows in sheets.items() if title not in hidden},
            {title: rows for title, rows in sheets.items() if title in hidden},
            {title: _behind(rows, facts.sheet(title)) for title, rows in sheets.items() if title not in hidden},
        )
    except Refused as refusal:
        raise SettingsError(f"{kind} {path} 不能用：{str(refusal).removesuffix(_SENDER)}") from refusal
    except ValueError as error:
        raise SettingsError(f"{kind} {path} 读不出来，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再用") from error


def _plain(package: Package) -> Package:
    """A package whose sheets a few patterns can read. Raises Refused."""
    facts = WorkbookFacts(package)
    parts = [part for title in facts.titles if (part := facts.part(title)) and b"sheetData" in package.parts[part]]
    return plain_package(package, parts, facts.strangers)


def _behind(rows: Sequence[Cells], facts: SheetFacts) -> Behind:
    """What is behind the cells of a sheet; only those with a formula or an error are looked at."""
    found = {}
    for ref in facts.special:
        letters = ref.rstrip("0123456789")
        row, column = int(ref[len(letters) :]) - 1, column_number(letters.encode()) - 1
        shown = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if (shown and not (facts.recalculates and shown == "0")) or (cell := facts.at(ref)) is None:
            continue
        if cell.error is not None or shown or not cell.has_value:
            found[row, column] = cell.error or f"={cell.formula or ''}"
    return Behind(facts.merges, found)


def _decoded(data: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 or a Chinese encoding. Raises ValueError."""
    if data.startswith(_UTF16):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


@dataclass(frozen=True)
class Head:
    """The row of the headings (from 0), and the columns that are known, by field.

    ``rivals`` are the other columns that a field could have been read from.
    """

    row: int
    columns: Mapping[str, int]
    rivals: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def cell(self, cells: Cells, field: str) -> str:
        """What a row has in the column of a field; an empty text where there is no such column."""
        column = self.columns.get(field)
        return "" if column is None else cells[column].strip()


def head_of(rows: Sequence[Cells], names: Names, needed: Sequence[Sequence[str]]) -> Head | None:
    """The row with most of the headings, one field of each needed group among them; the first of several."""
    found = []
    for number, row in top(rows):
        columns = columns_of(row, names)
        if all(any(field in columns for field in group) for group in needed):
            first = {field: places[0] for field, places in columns.items()}
            found.append(Head(number, first, {field: places[1:] for field, places in columns.items()}))
    return max(found, key=lambda head: len(head.columns), default=None)


def top(rows: Sequence[Cells]) -> Iterator[tuple[int, Cells]]:
    """The rows among which the headings are looked for, each with its place (from 0)."""
    filled = ((number, row) for number, row in enumerate(rows) if any(row))
    return islice(filled, HEADING_ROWS)


def columns_of(row: Cells, names: Names) -> dict[str, list[int]]:
    """The columns of a row whose cells are known headings, by field, that of the name listed first before others."""
    folded = [_NOISE.sub("", fold(cell)) for cell in row]
    places = {
        field: [column for name in known for column, cell in enumerate(folded) if cell == name]
        for field, known in names.items()
    }
    return {field: columns for field, columns in places.items() if columns}


def widest(sheets: Sequence[Sequence[Cells]]) -> str:
    """What stands where headings should: the fullest of the first rows, in words."""
    rows = [[cell for cell in row if cell] for sheet in sheets for _, row in top(sheet)]
    cells = max(rows, key=len, default=[])
    return f"找到的是{quoted(' '.join(cells))}" if cells else "表是空的"


def is_total(*cells: str) -> bool:
    """Whether a row is one of totals, by the first of its cells or its names."""
    return any(("计" in cell or "計" in cell) and _TOTAL.match(fold(cell)) for cell in cells)


def is_remark(first: str) -> bool:
    """Whether a row is a remark below the list, by the first of its cells."""
    return _REMARK.match(first) is not None


def first_of(row: Cells) -> str:
    """The first cell of a row that holds something."""
    return next((cell.strip() for cell in row if cell.strip()), "")


@lru_cache(maxsize=4096)
def apart(text: str) -> tuple[str, str]:
    """Code and name of a cell that holds both; the name alone otherwise."""
    joined = _JOINED.fullmatch(text) if text[:1].isdigit() else None
    return (joined[1] or joined[3], (joined[2] or joined[4]).strip()) if joined else ("", text)
