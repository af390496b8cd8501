"""The bureau's own figures as its systems export them: the approved budget (批复数据), the payments (执行数据).

The rows (see ``exports``) put together by unit and project. Amounts are 元 unless a heading or a line above the
headings says 万元. What does not add up in such a file is said as its own ``Fault``; amounts that it contradicts itself
about are held against nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from .approved import Approved, Books, Control, Fault, UnitBudget, is_lost
from .exported.books import AMOUNTS, CONTROL, PAYMENTS, Book, no_headings
from .exported.dated import Dated, dated
from .exported.settled import Settled
from .exported.sheets import Row, SheetReader
from .exported.twofold import Texts, counted
from .gathered import Expected
from .listing import NOTHING_BEHIND, listing_of
from .rules.words import figure, listed
from .settings import SettingsError
from .spec import fold
from .tables import alike_rows, summed
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
    """The units of a file as those that should hand in, of several years each as the last one calls it."""
    units = control.units
    if len(control.years) > 1:
        by_year = sorted(units, key=lambda unit: unit.year)
        codes = {letters(unit.name): fold(unit.code) for unit in by_year if unit.code}
        known = {fold(u.code or "") or codes.get(letters(u.name), letters(u.name)): u for u in by_year}
        units = tuple(known.values())
    return tuple(Expected(code=u.code or "", name=u.name, department=u.department or "") for u in units)


def _load(path: Path, book: Book) -> Control:
    file = listing_of(path, book.kind)
    heads = {title: head for title, rows in file.sheets.items() if (head := book.head(rows)) is not None}
    unseen = [title for title, rows in file.hidden.items() if book.head(rows) is not None]
    if not heads:
        aside = f"（工作表“{unseen[0]}”是隐藏的，没有读）" if unseen else ""
        raise SettingsError(f"{book.kind} {path} {no_headings(list(file.sheets.values()), book)}{aside}")
    readers = [
        SheetReader(title, file.sheets[title], head, book, file.behind.get(title, NOTHING_BEHIND))
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
    by_date = book.is_paid and not any("year" in head.columns for head in heads.values())
    texts = {reader.title: reader.texts for reader in readers}
    return _Maker(book, path.name, by_date=by_date).control(rows, faults, lambda row: texts[row.sheet](row))


# --- units and projects -------------------------------------------------------------------------------------------


class _Maker:
    """Puts the rows of a file together, by unit and project; what contradicts itself is kept beside."""

    def __init__(self, book: Book, file: str, *, by_date: bool) -> None:
        self.book, self.file, self.by_date = book, file, by_date
        self.kept: list[Fault] = []

    def control(self, rows: Sequence[Row], faults: Sequence[Fault], texts: Texts) -> Control:
        rows = self.keyed(self.sound([row for row in rows if row.unit_code or row.unit_name]))
        if self.book.is_paid:
            rows = self.settled(rows)
        held = dated(rows, self.book, by_date=self.by_date)
        self.kept += held.faults
        held, torn = self.once(held, texts)
        year = ["year"] if held.several else []
        doubts = {**self.doubts(held.rows, year), **dict.fromkeys(torn, f"{self.book.kind}矛盾")}
        projects: dict[tuple[str, str], list[Approved]] = {}
        first: dict[tuple[str, str], Row] = {}
        for group, sums in summed(held.in_each(), [*year, "unit", "project"], AMOUNTS):
            doubt = self.two_names(group) or next((doubts[id(row)] for row in group if id(row) in doubts), "")
            doubt = doubt or next((f"{self.book.kind}读不出" for row in group if row.unread), "")
            key = (group[0].year if held.several else "".join(held.years), group[0].unit)
            first.setdefault(key, group[0])
            projects.setdefault(key, []).append(_approved(group, sums, doubt))
        self.units_renamed(held)
        units = tuple(_unit(first[key], tuple(of), key[0]) for key, of in projects.items())
        self.negative(units)
        faults = (*faults, *self.kept)
        return Control(kind=self.book.kind, file=self.file, units=units, faults=faults, years=held.years)

    def once(self, held: Dated, texts: Texts) -> tuple[Dated, frozenset[int]]:
        """The rows without those that another sheet gives once more, year by year; the rows, by id, on which sheets disagree."""
        of: defaultdict[str, list[Row]] = defaultdict(list)
        for row in held.rows:
            of[row.year if held.several else ""].append(row)
        parts = [counted(rows, self.book.kind, texts) for rows in of.values()]
        self.kept += [fault for part in parts for fault in part.faults]
        torn = frozenset[int]().union(*(part.torn for part in parts))
        return replace(held, rows=[row for part in parts for row in part.rows]), torn

    def fault(self, said: Sequence[str], message: str, fix: str) -> None:
        """Keep a fault where there is any; the message says ``{n}`` and the places it is ``{at}``."""
        if said:
            self.kept.append(Fault(message=self.book.kind + message.format(n=len(said), at=listed(said)), fix=fix))

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

    def settled(self, rows: Sequence[Row]) -> list[Row]:
        """The payments, each with the amount that counts."""
        settled = Settled(rows)
        self.kept += settled.faults()
        return settled.rows

    def doubts(self, rows: Sequence[Row], year: Sequence[str]) -> dict[int, str]:
        """Rows of one unit, project and fund, by id: written twice, or with two amounts of which none is a reduction.

        Payments are looked at where they have a voucher: without one two may be equal, and of one voucher two differ.
        """
        if self.book.is_paid:
            rows = [row for row in rows if row.payment is not None and row.payment.voucher]
        doubts: dict[int, str] = {}
        twice: list[str] = []
        apart: list[str] = []
        for group in alike_rows(rows, [*year, "unit", "project", "rest"]):
            filled = [row for row in group if any(_amounts(row))]
            counted = Counter(map(_amounts, filled))
            alike = [row for row in filled if counted[_amounts(row)] > 1]
            reduced = any(min(filter(None, each)) < 0 for each in counted)
            one_sheet = len({row.sheet for row in filled}) == 1  # not a sheet a fund
            if not alike and (self.book.is_paid or len(filled) < 2 or reduced or not one_sheet):
                continue
            said = f"{'、'.join(row.where for row in alike or filled)}（{_called(group[0])}）"
            (twice if alike else apart).append(said)
            doubts.update({id(row): f"{self.book.kind}{'重复' if alike else '矛盾'}" for row in group})
        self.fault(
            twice,
            "里有 {n} 组完全相同的行，分不出是重复还是两笔：{at}；这些项目没有核对。",
            f"请删去重复的行，确是两笔的在{'凭证号' if self.book.is_paid else '文号、资金性质等栏'}区分开，再运行一次。",
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

    def units_renamed(self, held: Dated) -> None:
        """Say which codes stand beside several names; from one year to the next a unit may be renamed."""
        known: dict[tuple[str, str], dict[str, str]] = {}
        for row in held.rows:
            if row.unit_code and row.unit_name:
                of_unit = known.setdefault((row.year if held.several else "", row.unit), {})
                of_unit.setdefault(row.unit_name, row.unit_code)
        said = [
            f"{next(iter(codes.values()))}（{'、'.join(f'“{name}”' for name in codes)}）"
            for codes in known.values()
            if len(codes) > 1 and len({letters(name) for name in codes}) > 1
        ]
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
    for whose, code, name in dict.fromkeys(named):
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


def _unit(row: Row, projects: tuple[Approved, ...], year: str) -> UnitBudget:
    return UnitBudget(
        code=row.unit_code or None,
        name=row.unit_name,
        department=row.department or None,
        projects=projects,
        year=year,
    )
