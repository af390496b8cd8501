"""How people write plain figures: numbers, amounts, percentages, years and dates, pure text in, records out.

Only what is unambiguous becomes a number; everything else is said to be not understood.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

PLACEHOLDERS = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "*", "无", "－", "N/A", "n/a"})
"""What people type for "nothing here"; never 0."""

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+"
_PLAIN = re.compile(rf"({_NUMBER})[分人]?")
_AMOUNT = re.compile(rf"[¥￥]?({_NUMBER})(亿元|亿|万元|万|元)?")
_PERCENT = re.compile(rf"({_NUMBER})(%|％|‰)?")
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})[日号]?|月)?")
_HAN = "〇一二三四五六七八九"
_HAN_DATE = re.compile(
    r"(?P<year>[〇○零一二三四五六七八九]{4})(?=年)|(?P<tens>[一二三]?十)?(?P<ones>[一二三四五六七八九])?(?=[月日])"
)
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年|年度)?")
_SCALE = {"亿元": Decimal(100_000_000), "亿": Decimal(100_000_000), "万元": Decimal(10_000), "万": Decimal(10_000)}


LARGEST = Decimal(10) ** 15
"""No amount, count or score is as large as this: such a number is a slip, and a spreadsheet keeps 15 digits of it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number understood, and how many decimals it was written with (of the percentage for a percentage)."""

    value: Decimal
    decimals: int


def fold_text(text: str) -> str:
    """Fold full width forms and take out spaces, so that ``２１３．７４`` reads as 213.74."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_placeholder(text: str) -> bool:
    """Whether a text only says that there is nothing."""
    return fold_text(text) in PLACEHOLDERS


def exact(number: float) -> Decimal:
    """The number a person typed: 15 significant digits, so that 213.73999999999998 is 213.74."""
    return Decimal(f"{number:.15g}")


def decimals_of(number: Decimal) -> int:
    """How many decimals a number is written with, trailing zeros not counted."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _parsed(digits: str) -> Parsed:
    number = Decimal(digits.replace(",", ""))
    return Parsed(number, len(digits.partition(".")[2]))


def parse_number(text: str) -> Parsed | None:
    """Read a plain number, a score in 分 or a number of 人; None where the text is anything else."""
    match = _PLAIN.fullmatch(fold_text(text))
    return _parsed(match[1]) if match else None


def parse_amount(text: str, scale: Decimal) -> Parsed | None:
    """Read an amount and return it in 元; ``scale`` is the 元 of one unit of the column (万元: 10000).

    A unit written beside the number wins over the column's: ``213.74万元`` in a 元 column is 2137400 元.
    """
    match = _AMOUNT.fullmatch(fold_text(text))
    if not match:
        return None
    number = _parsed(match[1])
    own = match[2] and _SCALE.get(match[2], Decimal(1))
    return Parsed(number.value * (own or scale), number.decimals)


def parse_percent(text: str) -> Parsed | None:
    """Read a percentage and return it as a fraction: ``28.9%`` and ``28.9`` are 0.289 with one decimal."""
    match = _PERCENT.fullmatch(fold_text(text))
    if not match:
        return None
    number = _parsed(match[1])
    if match[2] == "‰":
        return Parsed(number.value / 1000, max(0, number.decimals + 1))
    return Parsed(number.value / 100, number.decimals)


def parse_year(text: str) -> Parsed | None:
    """Read a year between 1900 and 2099, with or without 年."""
    match = _YEAR.fullmatch(fold_text(text))
    return Parsed(Decimal(match[1]), 0) if match else None


def _arabic(match: re.Match[str]) -> str:
    """A year, a month or a day in Chinese numerals as digits."""
    if match["year"]:
        return "".join(str(max(0, _HAN.find(sign))) for sign in match["year"])
    tens = (max(1, _HAN.find(match["tens"][0])) if match["tens"] else 0) * 10
    return str(tens + _HAN.index(match["ones"] or "〇")) if match[0] else ""


def parse_date(text: str) -> str | None:
    """Read a date that exists, in Chinese numerals too, and return it as ISO text (2026-02-28; 2026-02 without a day)."""
    match = _DATE.fullmatch(_HAN_DATE.sub(_arabic, fold_text(text)))
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if match[3] else f"{year:04d}-{month:02d}"
