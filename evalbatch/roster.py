"""The bureau's list of units that should hand in: a workbook or a text with commas, as the bureau's systems export it.

Headings are known under their many names, whatever stands above them; blank rows, totals and remarks are no units. A
cell may hold code and name together (``001001-某局``). Codes stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .form import Unit
from .gathered import Expected
from .kinds import TEXT, advice_for
from .preflight import Refused, bytes_of, open_package
from .rules.words import quoted
from .settings import SettingsError
from .spec import fold, heading
from .tables import rows_of_text, sheets_of_workbook

ROSTER = "单位名单"
HEADING_ROWS = 15
"""The headings stand within the first fifteen rows."""
NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (heading(Unit, "code"), "单位代码", "预算单位编码", "预算单位代码", "编码", "代码"),
    "name": (heading(Unit, "name"), "预算单位", "预算单位名称", "填报单位", "单位全称", "单位", "名称"),
    "department": (heading(Unit, "department"), "主管部门名称", "主管单位", "归口部门", "主管预算单位"),
}
"""What the columns are called; the first name is the one that is asked for."""
_TOTAL = re.compile(r"(?:合|总|小|共)计")
_REMARK = re.compile(r"(?:注|备注|说明|制表|填表|审核|打印|联系)[^:：]{0,6}[:：]")
_CODE = re.compile(r"[0-9A-Za-z]+(?:[-.][0-9A-Za-z]+)*")
_JOINED = re.compile(r"([0-9]{3,}[0-9A-Za-z]*)\s*[-－—_]\s*(.+)", re.S)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Cells = Sequence[str]


def load_roster(path: Path) -> tuple[Expected, ...]:
    """The units of a list, in its order, every sheet with headings read. Raises SettingsError: the file, what is wrong."""
    sheets = _sheets(path)
    heads = {title: head for title, rows in sheets.items() if (head := _head(rows)) is not None}
    if not heads:
        raise SettingsError(f"{ROSTER} {path} {_no_headings(list(sheets.values()))}")
    units = [(title, *row) for title, head in heads.items() for row in _units(sheets[title], head)]
    if not units:
        raise SettingsError(f"{ROSTER} {path} 里没有一个单位，请在标题下面逐行填写单位")
    listed: dict[str, tuple[str, Expected]] = {}
    for title, number, unit in units:
        where = f"{title and f'工作表“{title}”'}第 {number} 行"
        _refuse_twice(path, listed, where, unit)
    return tuple(unit for _, _, unit in units)


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    """The cells of every sheet by its title; a text is one sheet without a title."""
    try:
        data = bytes_of(path)
        advice = advice_for(data)
        if advice == TEXT:
            return {"": rows_of_text(_decoded(data))}
        if advice:
            raise Refused(f"{advice.partition('。')[0]}。请把名单另存为 .xlsx 或 .csv 再用")
        return sheets_of_workbook(open_package(path).data)
    except Refused as refusal:
        raise SettingsError(f"{ROSTER} {path} 不能用：{refusal}") from refusal
    except ValueError as error:
        raise SettingsError(f"{ROSTER} {path} 读不出来，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再用") from error


def _decoded(data: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 or a Chinese encoding. Raises ValueError."""
    if data.startswith(_UTF16):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


@dataclass(frozen=True)
class _Head:
    """The row of the headings (from 0), and the columns that are known."""

    row: int
    columns: Mapping[str, int]

    def cell(self, cells: Cells, field: str) -> str:
        column = self.columns.get(field)
        return "" if column is None else cells[column].strip()


def _head(rows: Sequence[Cells]) -> _Head | None:
    """The row with most of the headings, the names' among them; the first of several."""
    found = []
    for number, row in enumerate(rows[:HEADING_ROWS]):
        folded = [fold(cell) for cell in row]
        spots = ((field, [folded.index(name) for name in names if name in folded]) for field, names in NAMES.items())
        columns = {field: places[0] for field, places in spots if places}
        if "name" in columns:
            found.append(_Head(number, columns))
    return max(found, key=lambda head: len(head.columns), default=None)


def _no_headings(sheets: Sequence[Sequence[Cells]]) -> str:
    """That no heading is known: what was found, what is wanted."""
    rows = [[cell for cell in row if cell] for sheet in sheets for row in sheet[:HEADING_ROWS]]
    widest = max(rows, key=len, default=[])
    said = f"找到的是{quoted(' '.join(widest))}" if widest else "表是空的"
    wanted = {field: "、".join(names) for field, names in NAMES.items()}
    return f"里没有写单位名称的一栏，{said}。标题应为其中一个：{wanted['name']}；编码一栏可以叫：{wanted['code']}"


def _units(rows: Sequence[Cells], head: _Head) -> Iterator[tuple[int, Expected]]:
    """Every unit with its row (from 1)."""
    for number, row in enumerate(rows[head.row + 1 :], head.row + 2):
        first = next((cell.strip() for cell in row if cell.strip()), "")
        own, name = _apart(head.cell(row, "name"))
        code = head.cell(row, "code") or own
        aside = _TOTAL.match(fold(first)) or _TOTAL.match(fold(name)) or _REMARK.match(first)
        if not aside and (name or _CODE.fullmatch(code)):
            yield number, Expected(code=code, name=name, department=_apart(head.cell(row, "department"))[1])


def _apart(text: str) -> tuple[str, str]:
    """Code and name of a cell that holds both; the name alone otherwise."""
    joined = _JOINED.fullmatch(text)
    return (joined[1], joined[2].strip()) if joined else ("", text)


def _refuse_twice(path: Path, listed: dict[str, tuple[str, Expected]], where: str, unit: Expected) -> None:
    """Refuse a unit that is listed already: of one code, or of one name where codes do not tell the two apart."""
    for key in filter(None, (fold(unit.code), fold(unit.name))):
        before = listed.setdefault(key, (where, unit))
        if before[1] is not unit and not (fold(before[1].code) and fold(unit.code) not in ("", fold(before[1].code))):
            said = unit.name or unit.code
            raise SettingsError(f"{ROSTER} {path} {before[0]}和{where}是同一个单位：{said}。请删去一行")
