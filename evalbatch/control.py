"""The bureau's own figures as its systems export them: the approved budget (批复数据), the payments (执行数据).

The rows (see ``exports``) put together by unit and project. Amounts are 元 unless a heading or a line above the
headings says 万元. What does not add up in such a file is said as its own ``Fault``; amounts that it contradicts itself
about are held against nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from .approved import Approved, Books, Control, Fault, UnitBudget, is_lost
from .exports import AMOUNTS, CONTROL, PAYMENTS, Book, Row, Sheet, no_headings
from .gathered import Expected
from .listing import NOTHING_BEHIND, listing_of
from .rules.words import figure, listed
from .settings import SettingsError
from .spec import fold
from .tables import alike_rows, summed
from .twofold import Texts, counted
from .values import is_alike, letters

__all__ = ["Approved", "Books", "Control", "Fault", "UnitBudget"]
__all__ += ["expected_of", "load_books", "load_control", "load_executed"]


def load_control(path: Path) -> Control:
    """The approved budget of every unit. Raises SettingsError: the file, what is wrong with it."""
    return _load(path, CONTROL)


def load_executed(path: Path) -> Control:
    """What was paid for every unit's projects. Raises SettingsError: the file, what is wrong with it."""
    return _load(path, PAYMENTS)


def load_books(control: Path | None, executed: Path | None) -> Books:
    """The bureau's files of a run. Raises SettingsError."""
    return Books(
        control=None if control is None else load_control(control),
        executed=None if executed is None else load_executed(executed),
    )


def expected_of(control: Control) -> tuple[Expected, ...]:
    """The units of a file as those that should hand in."""
    return tuple(Expected(code=u.code or "", name=u.name, department=u.department or "") for u in control.units)


def _load(path: Path, book: Book) -> Control:
    file = listing_of(path, book.kind)
    heads = {title: head for title, rows in file.sheets.items() if (head := book.head(rows)) is not None}
    unseen = [title for title, rows in file.hidden.items() if book.head(rows) is not None]
    if not heads:
        aside = f"（工作表“{unseen[0]}”是隐藏的，没有读）" if unseen else ""
        raise SettingsError(f"{book.kind} {path} {no_headings(list(file.sheets.values()), book)}{aside}")
    readers = [
        Sheet(title, file.sheets[title], head, book, file.behind.get(title, NOTHING_BEHIND))
        for title, head in heads.items()
    ]
    rows = [row for reader in readers for row in reader.rows()]
    if not any(row.unit_code or row.unit_name for row in rows):
        raise SettingsError(f"{book.kind} {path} 里没有一个写明单位的项目，请在标题下面逐行列出单位、项目和金额")
    if all(getattr(row, field) is None for row in rows for field in AMOUNTS):
        empty = "金额一栏是空的。请把金额改成数字，再运行一次"
        wrong = next((reader.trouble for reader in readers if reader.trouble), empty)
        raise SettingsError(f"{book.kind} {path} 里没有一个读得出的金额：{wrong}")
    faults = [
        Fault(
            message=f"{book.kind}的工作表“{title}”是隐藏的，没有计入。",
            fix="要计入的请取消隐藏，不要的请删去，再运行一次。",
        )
        for title in unseen
    ]
    faults += [fault for reader in readers for fault in reader.faults()]
    texts = {reader.title: reader.texts for reader in readers}
    return _Maker(book, path.name).control(rows, faults, lambda row: texts[row.sheet](row))


# --- units and projects -------------------------------------------------------------------------------------------


class _Maker:
    """Puts the rows of a file together, by unit and project; what contradicts itself is kept beside."""

    def __init__(self, book: Book, file: str) -> None:
        self.book, self.file = book, file
        self.kept: list[Fault] = []

    def control(self, rows: Sequence[Row], faults: Sequence[Fault], texts: Texts) -> Control:
        rows = self.keyed(self.sound(self.of_year([row for row in rows if row.unit_code or row.unit_name])))
        once = counted(rows, self.book.kind, texts)
        rows = once.rows
        self.kept += once.faults
        doubts = {} if self.book.is_paid else self.doubts(rows)
        doubts |= dict.fromkeys(once.torn, f"{self.book.kind}矛盾")
        projects: dict[str, list[Approved]] = {}
        first: dict[str, Row] = {}
        for group, sums in summed(rows, ["unit", "project"], AMOUNTS):
            doubt = self.two_names(group) or next((doubts[id(row)] for row in group if id(row) in doubts), "")
            doubt = doubt or next((f"{self.book.kind}读不出" for row in group if row.unread), "")
            first.setdefault(group[0].unit, group[0])
            projects.setdefault(group[0].unit, []).append(_approved(group, sums, doubt))
        self.units_renamed(rows)
        units = tuple(_unit(first[key], tuple(of)) for key, of in projects.items())
        self.negative(units)
        return Control(kind=self.book.kind, file=self.file, units=units, faults=(*faults, *self.kept))

    def fault(self, said: Sequence[str], message: str, fix: str) -> None:
        """Keep a fault where there is any; the message says ``{n}`` and the places it is ``{at}``."""
        if said:
            self.kept.append(Fault(message=self.book.kind + message.format(n=len(said), at=listed(said)), fix=fix))

    def of_year(self, rows: Sequence[Row]) -> list[Row]:
        """The rows of the year that most are of; undated ones are of it."""
        years = Counter(row.year for row in rows if row.year)
        if len(years) < 2:
            return list(rows)
        year = max(years, key=lambda one: (years[one], one))
        others = [row.where for row in rows if row.year not in ("", year)]
        said = f"里有 {{n}} 行的日期不在 {year} 年，没有计入：{{at}}。"
        self.fault(others, said, "请只导出一个年度的数据，再运行一次。")
        return [row for row in rows if row.year in ("", year)]

    def sound(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, codes whose last digits were lost left out where there is a name to go by."""
        lost = [row for row in rows if is_lost(row.code) and row.name]
        self.fault(
            [f"{row.where}“{row.code}”" for row in lost],
            "有 {n} 个项目代码被表格软件当成数字，丢了末尾几位：{at}；这些项目只按名称对应。",
            "请把代码一栏设为文本格式后重新导出。",
        )
        dropped = {id(row) for row in lost}
        return [replace(row, code="") if id(row) in dropped else row for row in rows]

    def keyed(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, each with what tells its unit and its project from others: the code, else the name's, else the name."""
        codes = _codes(("", row.unit_code, row.unit_name) for row in rows)
        units = [_key(codes, "", row.unit_code, row.unit_name) for row in rows]
        codes = _codes((unit, row.code, row.name) for unit, row in zip(units, rows, strict=True))
        return [
            replace(row, unit=unit, project=_key(codes, unit, row.code, row.name))
            for unit, row in zip(units, rows, strict=True)
        ]

    def doubts(self, rows: Sequence[Row]) -> dict[int, str]:
        """Rows of one unit, project and fund, by id: written twice, or with two amounts of which none is a reduction."""
        doubts: dict[int, str] = {}
        twice: list[str] = []
        apart: list[str] = []
        for group in alike_rows(rows, ["unit", "project", "rest"]):
            filled = [row for row in group if any(_amounts(row))]
            counted = Counter(map(_amounts, filled))
            alike = [row for row in filled if counted[_amounts(row)] > 1]
            reduced = any(min(filter(None, each)) < 0 for each in counted)
            if not alike and (len(filled) < 2 or reduced or len({row.sheet for row in filled}) > 1):  # a sheet a fund
                continue
            said = f"{'、'.join(row.where for row in alike or filled)}（{_called(group[0])}）"
            (twice if alike else apart).append(said)
            doubts.update({id(row): f"{self.book.kind}{'重复' if alike else '矛盾'}" for row in group})
        self.fault(
            twice,
            "里有 {n} 组完全相同的行，分不出是重复还是两笔：{at}；这些项目没有核对。",
            "请删去重复的行，确是两笔的在文号、资金性质等栏区分开，再运行一次。",
        )
        self.fault(
            apart,
            "里有 {n} 组行的单位、项目、资金都相同，金额却不同：{at}；这些项目没有核对。",
            "请改正填错的一行，确是两笔的在文号、资金性质等栏区分开，再运行一次。",
        )
        return doubts

    def two_names(self, group: Sequence[Row]) -> str:
        """The doubt about rows of one code whose names are of two projects."""
        other = next((row for row in group if not is_alike(group[0].name, row.name)), None)
        if other is None:
            return ""
        self.fault(
            [f"{group[0].where}和{other.where}（{group[0].code}：“{group[0].name}”、“{other.name}”）"],
            "里同一单位的一个项目代码用在两个项目上：{at}；这些项目没有核对。",
            "请改正项目代码，再运行一次。",
        )
        return f"{self.book.kind}矛盾"

    def units_renamed(self, rows: Sequence[Row]) -> None:
        said = []
        for group, _ in summed(rows, ["unit"], AMOUNTS[:1]):
            names = dict.fromkeys(row.unit_name for row in group if row.unit_name)
            if group[0].unit_code and len({letters(name) for name in names}) > 1:
                known = "、".join(f"“{name}”" for name in names)
                said.append(f"{group[0].unit_code}（{known}）")
        self.fault(said, "里有 {n} 个单位编码用在不同的名称上：{at}；按同一个单位核对。", "请核对单位编码和名称。")

    def negative(self, units: Sequence[UnitBudget]) -> None:
        said = [
            f"{one.where}（{unit.name} {one.name}）{figure(one.amount)} 元"
            for unit in units
            for one in unit.projects
            if one.amount < 0
        ]
        self.fault(said, "里有 {n} 个项目各行相加为负数：{at}。", "请核对这些项目的金额，再运行一次。")


def _codes(named: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """The one code that goes with a name, by whose and name; names with several codes are left out."""
    known: dict[tuple[str, str], set[str]] = {}
    for whose, code, name in named:
        if code and name:
            known.setdefault((whose, letters(name)), set()).add(fold(code))
    return {key: next(iter(codes)) for key, codes in known.items() if len(codes) == 1}


def _key(codes: Mapping[tuple[str, str], str], whose: str, code: str, name: str) -> str:
    return (code and fold(code)) or codes.get((whose, letters(name)), "") or f"\x1f{letters(name)}"


def _amounts(row: Row) -> tuple[Decimal | None, ...]:
    return tuple(getattr(row, field) for field in AMOUNTS)


def _called(row: Row) -> str:
    return " ".join(filter(None, (row.unit_name or row.unit_code, row.name or row.code)))


def _approved(group: Sequence[Row], sums: Mapping[str, Decimal | None], doubt: str) -> Approved:
    return Approved(
        code=next((row.code for row in group if row.code), None),
        name=next((row.name for row in group if row.name), ""),
        category=next((row.category for row in group if row.category), ""),
        doubt=doubt,
        where=listed([row.where for row in group]),
        **sums,
    )


def _unit(row: Row, projects: tuple[Approved, ...]) -> UnitBudget:
    return UnitBudget(
        code=row.unit_code or None, name=row.unit_name, department=row.department or None, projects=projects
    )
