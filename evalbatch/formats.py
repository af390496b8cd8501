"""What a number format makes of a number: whether a reader of the sheet sees another one than is stored.

Formats as Excel and WPS write them: ``"…"``, ``\\x`` and ``!x`` stand for themselves, ``[…]`` are colours, conditions
and locales, ``_x`` and ``*x`` only fill room.
"""

from __future__ import annotations

import re
from functools import cache

BUILT_IN = {
    1: "0",
    2: "0.00",
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "yyyy/m/d"),
}
"""The formats that a workbook names by number alone, as far as they matter; 27 to 36 and 50 to 58 are Chinese dates."""

_PLAIN = re.compile(r"General|@|(?:#,##)?0(?:\.[0#]+)?")
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.|\[[^\]]*\]')
_THOUSANDTH = re.compile(r"[0#?],+(?![0#?,])")
_FALSE_POINT = re.compile(r"[!\\]\.")
_TIME = re.compile(r"[ymdhs]", re.I)
_CURRENCY = re.compile(r"[¥￥€£]|\$(?!-)")
_MONEY = re.compile(r"(亿|百万|万|千)?元|[亿万千]")


def _codes(number_format: str) -> str:
    """A format without what stands for itself."""
    return _LITERAL.sub("", number_format)


def is_plain(number_format: str) -> bool:
    """Whether a format shows every number as it is, like ``General`` and ``#,##0.00``."""
    return _PLAIN.fullmatch(number_format) is not None


@cache
def literal(number_format: str) -> str:
    """The text that a format's first section adds to the number."""
    return "".join((m[1] or m[2] or "") for m in _LITERAL.finditer(number_format.partition(";")[0])).strip()


@cache
def is_percent(number_format: str) -> bool:
    """Whether a number is shown as a hundred times as much, with a ``%``; a ``"%"`` that is only text adds nothing."""
    return "%" in _codes(number_format)


@cache
def is_scaling(number_format: str) -> bool:
    """Whether a number is shown as a thousandth (``0,``) or, with a literal point, a ten-thousandth of itself."""
    return bool(_THOUSANDTH.search(_codes(number_format)) or _FALSE_POINT.search(number_format))


@cache
def is_date(number_format: str) -> bool:
    """Whether a number is shown as a date or a time."""
    return _TIME.search(_codes(number_format)) is not None


@cache
def is_money(number_format: str) -> bool:
    """Whether a number is shown as an amount: with a currency's sign, or with 元."""
    return bool(_CURRENCY.search(number_format)) or money_unit(number_format) != ""


@cache
def money_unit(number_format: str) -> str:
    """The unit of money a format writes behind the number: ``万元``, ``元``, an empty text where it writes none."""
    found = _MONEY.search(literal(number_format))
    return "" if found is None else f"{found[0].removesuffix('元')}元"
