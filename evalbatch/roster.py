"""The bureau's list of units that should hand in (see ``listing`` for how such lists are read)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .form import Unit
from .gathered import Expected
from .listing import CODE, Cells, Head, apart, first_of, head_of, is_remark, is_total, listing_of, widest
from .settings import SettingsError
from .spec import fold, heading

ROSTER = "单位名单"
UNIT_NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (heading(Unit, "code"), "单位代码", "预算单位编码", "预算单位代码"),
    "name": (heading(Unit, "name"), "预算单位", "预算单位名称", "填报单位", "单位全称", "单位"),
}
"""What the columns of units are called in any list of the bureau; the first name is the one that is asked for."""
DEPARTMENT_NAMES = (heading(Unit, "department"), "主管部门名称", "主管单位", "归口部门", "主管预算单位")
NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (*UNIT_NAMES["code"], "编码", "代码"),
    "name": (*UNIT_NAMES["name"], "名称"),
    "department": DEPARTMENT_NAMES,
}
"""The same in a list of nothing but units."""


def load_roster(path: Path) -> tuple[Expected, ...]:
    """The units of a list, in its order, every sheet with headings read. Raises SettingsError: the file, what is wrong."""
    file = listing_of(path, ROSTER)
    sheets, heads = file.sheets, _heads(file.sheets)
    if hidden := _heads(file.hidden):
        raise SettingsError(
            f"{ROSTER} {path} 的工作表“{next(iter(hidden))}”是隐藏的，不知道要不要算。请删去，或取消隐藏"
        )
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


def _heads(sheets: Mapping[str, Sequence[Cells]]) -> dict[str, Head]:
    """The headings of every sheet that has them."""
    found = {title: head_of(rows, NAMES, [["name"]]) for title, rows in sheets.items()}
    return {title: head for title, head in found.items() if head is not None}


def _no_headings(sheets: Sequence[Sequence[Cells]]) -> str:
    """That no heading is known: what was found, what is wanted."""
    wanted = {field: "、".join(names) for field, names in NAMES.items()}
    return (
        f"里没有写单位名称的一栏，{widest(sheets)}。"
        f"标题应为其中一个：{wanted['name']}；编码一栏可以叫：{wanted['code']}"
    )


def _units(rows: Sequence[Cells], head: Head) -> Iterator[tuple[int, Expected]]:
    """Every unit with its row (from 1)."""
    for number, row in enumerate(rows[head.row + 1 :], head.row + 2):
        first = first_of(row)
        own, name = apart(head.cell(row, "name"))
        code = head.cell(row, "code") or own
        aside = is_total(first, name) or is_remark(first)
        if not aside and (name or CODE.fullmatch(code)):
            yield number, Expected(code=code, name=name, department=apart(head.cell(row, "department"))[1])


def _refuse_twice(path: Path, listed: dict[str, tuple[str, Expected]], where: str, unit: Expected) -> None:
    """Refuse a unit that is listed already: of one code, or of one name where codes do not tell the two apart."""
    for key in filter(None, (fold(unit.code), fold(unit.name))):
        there, before = listed.setdefault(key, (where, unit))
        if before is unit or (fold(before.code) and fold(unit.code) not in ("", fold(before.code))):
            continue
        if before.name and unit.name and fold(before.name) != fold(unit.name):
            raise SettingsError(
                f"{ROSTER} {path} {there}“{before.name}”和{where}“{unit.name}”的编码都是 {unit.code}。"
                "是两个单位的，请改正编码；是同一个单位的，请删去一行"
            )
        raise SettingsError(f"{ROSTER} {path} {there}和{where}是同一个单位：{unit.name or unit.code}。请删去一行")
