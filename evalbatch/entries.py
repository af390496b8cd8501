"""One cell of a workbook becomes an entry: what the reader gives, read as the kind its column asks for.

Nothing is guessed: what is not of its kind keeps its text and says why it gives no value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from .form import DEPARTMENT, WAN, YUAN
from .formats import is_date, is_money, is_percent, is_scaling, literal, money_unit
from .formula import plain, quantize
from .sheetxml import SheetFacts
from .spec import Column, Entry, Kind, Place, Trouble, fold
from .values import (
    LARGEST,
    Parsed,
    decimals_of,
    exact,
    fold_text,
    is_placeholder,
    parse_amount,
    parse_date,
    parse_number,
    parse_percent,
    parse_year,
)

Raw = Any
"""What the reader gives for a cell: '', text, number, bool, date, time or duration."""

_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF))
_APART = re.compile(r"\d\s+\d")
_GROUPED = re.compile(r"\D*\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?\D*")
_ZEROS = re.compile("0{2,}")
_PERCENT_FORMAT = re.compile(r"(?:\.(0+))?%")


class Cell(NamedTuple):
    """A cell as it was found; ``scale`` is the 元 of one unit of the form's amounts."""

    raw: Raw
    place: Place
    facts: SheetFacts
    scale: Decimal

    @property
    def number(self) -> Decimal | None:
        if not isinstance(self.raw, int | float) or isinstance(self.raw, bool):
            return None
        number = exact(self.raw)
        return number if number.is_finite() and abs(number) < LARGEST else None

    @property
    def text(self) -> str:
        return text_of(self.raw)

    @property
    def number_format(self) -> str:
        return self.facts.number_format(self.place.ref)

    @property
    def unit(self) -> str:
        """The unit that the form's amounts are typed in."""
        return YUAN if self.scale == 1 else WAN

    def wrong(self, trouble: Trouble = Trouble.TYPE) -> Entry[Any]:
        return Entry(text=self.text, place=self.place, trouble=trouble)

    def otherwise_shown(self, how: str = "显示成另一个数") -> Entry[Any]:
        """A number that its format shows as something else: which of the two is meant is not guessed."""
        text = f"{self.text}（按单元格格式 {self.number_format} {how}）"
        return Entry(text=text, place=self.place, trouble=Trouble.FORMAT)

    def said(self, value: Any, text: str | None = None, decimals: int | None = None) -> Entry[Any]:
        return Entry(value=value, text=self.text if text is None else text, place=self.place, decimals=decimals)


def read_entry(column: Column, cell: Cell) -> Entry[Any]:
    """Read a cell as its column's kind."""
    if cell.place.ref in cell.facts.special:
        behind = _behind(column, cell)
        if behind is not None:
            return behind
    return Entry(place=cell.place) if is_empty(cell.raw) else _READERS[column.kind](column, cell)


def _behind(column: Column, cell: Cell) -> Entry[Any] | None:
    """What a formula or an error value means for a cell, None where its value can be read as it stands."""
    facts = cell.facts.at(cell.place.ref)
    if facts is None:
        return None
    if facts.error:
        return Entry(text=facts.error, place=cell.place, trouble=Trouble.ERROR)
    if facts.formula is None:
        return None
    text = f"={facts.formula}"
    if column.kind in (Kind.VALUE, Kind.TEXT, Kind.CODE) and not re.search(r"[A-Za-z]", facts.formula):
        return Entry(value=text, text=text, place=cell.place)
    if (not facts.has_value and is_empty(cell.raw)) or (cell.facts.recalculates and cell.raw == 0):
        return Entry(text=text, place=cell.place, trouble=Trouble.UNCALCULATED)
    return None


def text_of(raw: Raw) -> str:
    """What a cell holds, as text."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, int | float):
        return plain(exact(raw))
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat() if raw.time() == dt.time() else raw.isoformat(" ")
    return str(raw).strip()


def is_empty(raw: Raw) -> bool:
    """Whether nothing stands in a cell."""
    return not raw.strip() if isinstance(raw, str) else raw is None


def _read_text(column: Column, cell: Cell) -> Entry[Any]:
    text = cell.text
    return Entry(None if is_placeholder(text) else text, text, cell.place)


def _read_value(column: Column, cell: Cell) -> Entry[Any]:
    """A target or result as it is seen: a number with the ``%`` or the words that its format shows behind it."""
    if cell.number is None:
        return _read_text(column, cell)
    shown = cell.number_format
    if is_scaling(shown):
        return cell.otherwise_shown()
    percent = is_percent(shown)
    text = f"{plain(cell.number * 100)}%" if percent else f"{cell.text}{literal(shown)}"
    return cell.said(text, text)


def _read_code(column: Column, cell: Cell) -> Entry[Any]:
    """A code as text; of one stored as a number only fifteen digits are left, one stored as a date is another."""
    if isinstance(cell.raw, str):
        return cell.said(DEPARTMENT if fold(cell.text) == DEPARTMENT else fold_text(cell.text))
    if cell.number is None:
        return cell.wrong()
    zeros = _ZEROS.fullmatch(cell.number_format)
    return cell.said(cell.text.zfill(len(zeros[0])) if zeros else cell.text)


def _read_choice(column: Column, cell: Cell) -> Entry[Any]:
    text = cell.text
    if is_placeholder(text):
        return Entry(text=text, place=cell.place)
    choice = _choices(column.choices, tuple(column.variants.items())).get(fold(text))
    if choice is not None:
        return cell.said(choice, text)
    value = text if column.open_choices else None
    return Entry(value=value, text=text, place=cell.place, trouble=Trouble.CHOICE)


@cache
def _choices(choices: tuple[str, ...], variants: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The choices of a column by all their spellings, folded."""
    return {fold(spelling): choice for spelling, choice in (*((one, one) for one in choices), *variants)}


def _read_number(column: Column, cell: Cell) -> Entry[Any]:
    return _numeric(cell, cell.number, parse_number)


def _read_count(column: Column, cell: Cell) -> Entry[Any]:
    entry = _numeric(cell, cell.number, parse_number)
    whole = entry.value is None or entry.value == entry.value.to_integral_value()
    return entry if whole else cell.wrong()


def _read_amount(column: Column, cell: Cell) -> Entry[Any]:
    return _money(cell, cell.unit, cell.scale)


def _read_yuan(column: Column, cell: Cell) -> Entry[Any]:
    return _money(cell, YUAN, Decimal(1))


def _money(cell: Cell, unit: str, scale: Decimal) -> Entry[Any]:
    """An amount of 元 typed in a unit of so many; one that its cell shows in another unit is not guessed."""
    shown = "" if cell.number is None else money_unit(cell.number_format)
    if shown not in ("", unit):
        return cell.otherwise_shown(f"单位是{shown}")
    return _numeric(cell, cell.number, lambda text: parse_amount(text, scale), scale)


def _numeric(cell: Cell, number: Decimal | None, parse: Any, scale: Decimal = Decimal(1)) -> Entry[Any]:
    if number is not None:
        shown = cell.number_format
        if is_percent(shown):
            return cell.otherwise_shown(f"显示为 {plain(number * 100)}%")
        if is_scaling(shown) or is_date(shown):
            return cell.otherwise_shown()
        return cell.said(number * scale, decimals=decimals_of(number))
    if not isinstance(cell.raw, str):
        return cell.wrong()
    if is_placeholder(cell.text):
        return Entry(text=cell.text, place=cell.place)
    text = cell.text.translate(_INVISIBLE)
    parsed: Parsed | None = parse(text) if not _APART.search(text) or _GROUPED.fullmatch(text) else None
    if parsed is None or abs(parsed.value) >= LARGEST * scale:
        return cell.wrong()
    return cell.said(parsed.value, decimals=parsed.decimals)


def _read_percent(column: Column, cell: Cell) -> Entry[Any]:
    """A percentage as a fraction. In a % cell 0.289 is 28.9 %; 28.9 there, as anywhere else, is what was meant too.

    Outside a % cell, a number up to 1 without the sign may be either a fraction or a percentage: it is not guessed.
    """
    number = cell.number
    if number is None:
        entry = _numeric(cell, None, parse_percent)
        signed = bool({"%", "‰"} & set(fold_text(cell.text)))
        return cell.wrong() if not signed and _is_ambiguous(entry.value) else entry
    shown = cell.number_format
    if is_scaling(shown) or is_date(shown) or is_money(shown):
        return cell.otherwise_shown("显示成金额" if is_money(shown) else "显示成另一个数")
    if is_percent(shown) and abs(number) <= 10:
        decimals = _PERCENT_FORMAT.search(shown)
        fraction = quantize(number, 2 + len((decimals and decimals[1]) or ""))
        return cell.said(fraction, f"{plain(fraction * 100)}%", decimals_of(fraction * 100))
    if _is_ambiguous(number / 100):
        return cell.wrong()
    return cell.said(number / 100, f"{plain(number)}%", decimals_of(number))


def _is_ambiguous(fraction: Decimal | None) -> bool:
    return fraction is not None and 0 < fraction <= Decimal("0.01")


def _read_year(column: Column, cell: Cell) -> Entry[Any]:
    parsed = parse_year(cell.text)
    return cell.wrong() if parsed is None else cell.said(parsed.value)


def _read_date(column: Column, cell: Cell) -> Entry[Any]:
    if isinstance(cell.raw, dt.date):
        return cell.said(cell.text)
    if is_placeholder(cell.text):
        return Entry(text=cell.text, place=cell.place)
    date = parse_date(cell.text) if isinstance(cell.raw, str) else None
    return cell.wrong() if date is None else cell.said(date)


_READERS: dict[Kind, Callable[[Column, Cell], Entry[Any]]] = {
    Kind.TEXT: _read_text,
    Kind.VALUE: _read_value,
    Kind.CODE: _read_code,
    Kind.CHOICE: _read_choice,
    Kind.AMOUNT: _read_amount,
    Kind.YUAN: _read_yuan,
    Kind.NUMBER: _read_number,
    Kind.COUNT: _read_count,
    Kind.PERCENT: _read_percent,
    Kind.YEAR: _read_year,
    Kind.DATE: _read_date,
}
