"""How people write figures: pure text in, records out.

Plain numbers, amounts, percentages, years and dates are understood here, and the targets and results of indicators.
Only what is unambiguous becomes a number; everything else is said to be not understood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from .model import Actual, Target, ValueKind

PLACEHOLDERS = frozenset({"", "-", "—", "——", "–", "/", "\\", "*", "无", "－", "N/A", "n/a"})
"""What people type for "nothing here"; never 0."""

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+"
_PLAIN = re.compile(rf"({_NUMBER})")
_AMOUNT = re.compile(rf"[¥￥]?({_NUMBER})(亿元|亿|万元|万|元)?")
_PERCENT = re.compile(rf"({_NUMBER})(%|％|‰)?")
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年|年度)?")
_SCALE = {"亿元": Decimal(100_000_000), "亿": Decimal(100_000_000), "万元": Decimal(10_000), "万": Decimal(10_000)}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number understood, and how many decimals it was written with (of the percentage for a percentage)."""

    value: Decimal
    decimals: int


def fold_text(text: str) -> str:
    """Fold full width forms and take out spaces, so that ``２１３．７４`` reads as 213.74."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


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
    """Read a plain number; None where the text is anything else."""
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


def parse_date(text: str) -> str | None:
    """Read a date and return it as ISO text (2026-02-28, or 2026-02 where no day is given)."""
    match = _DATE.fullmatch(fold_text(text))
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}" if match[3] else f"{year:04d}-{month:02d}"


# --- targets and results ------------------------------------------------------------------------------------------

_LOOKALIKES = str.maketrans({"≧": "≥", "≦": "≤", "═": "=", "﹦": "=", "⩾": "≥", "⩽": "≤", "×": "*", "·": "*"})
_OPS = {
    "≥": ">=",
    ">=": ">=",
    "不少于": ">=",
    "不低于": ">=",
    "至少": ">=",
    "达到": ">=",
    "以上": ">=",
    "≤": "<=",
    "<=": "<=",
    "不超过": "<=",
    "不高于": "<=",
    "不多于": "<=",
    "不大于": "<=",
    "以内": "<=",
    "以下": "<=",
    ">": ">",
    "大于": ">",
    "<": "<",
    "小于": "<",
    "=": "=",
    "约": "about",
}
_UNITS = "亿元|万元|元|%|‰|百分比|万人次|万人|人次|人|份|次|个|件|户|篇|起|场|亩|公里|千米|米|平方米|㎡|台|套|期|家|项|天|月|年|处|辆|名|册|本|吨|公斤|个月|小时|批"
_UNIT = rf"(?:{_UNITS})(?:[/*](?:{_UNITS}))*"
_BEFORE = "|".join(sorted((re.escape(op) for op in _OPS if op not in ("以上", "以内", "以下")), key=len, reverse=True))
_VALUE = re.compile(rf"(?:指标\d*:)?({_BEFORE})?({_NUMBER})({_UNIT})?(以上|以内|以下)?")
_DATELIKE = re.compile(r"\d{4}[年.\-/]\d{1,2}|\d{1,2}月|\d{4}年")
_REVERSE_NAME = re.compile(r"事故|投诉|逾期|发生率|受害率|违规|差错|死亡率|返贫|超支|退回率|上访|偏差率")
_NATURE = {"≥": ">=", "≤": "<=", "=": "=", ">": ">", "<": "<"}


def fold_value(text: str) -> str:
    """Fold a target or result: full width forms, look-alike operators, spaces and multiplication signs."""
    return fold_text(text).translate(_LOOKALIKES)


def parse_target(text: str, *, name: str = "", level2: str = "", nature: str = "", unit: str = "") -> Target:
    """Understand a target from its text, the indicator's name and level, its 指标性质 and its 计量单位."""
    folded = fold_value(text)
    if nature == "定性":
        return Target(text=text, kind=ValueKind.QUALITATIVE)
    match = _VALUE.fullmatch(folded)
    if match is None:
        return Target(text=text, kind=_other_kind(folded))
    before, digits, own_unit, after = match.groups()
    written = _OPS.get(before or after or "") or _NATURE.get(nature)
    own = fold_unit(own_unit or unit)
    return Target(
        text=text,
        kind=ValueKind.QUANTITATIVE,
        op=written or _infer(name, level2, own),
        value=_parsed(digits).value,
        unit=own,
        inferred=written is None,
    )


def _other_kind(folded: str) -> ValueKind:
    if not folded or folded in PLACEHOLDERS:
        return ValueKind.UNPARSED
    if _DATELIKE.search(folded):
        return ValueKind.DATE
    return (
        ValueKind.UNPARSED
        if re.search(r"[\d一二三四五六七八九十百千万]+\S*[次个份人户元%]", folded)
        else ValueKind.QUALITATIVE
    )


def _infer(name: str, level2: str, unit: str) -> str:
    if _REVERSE_NAME.search(name):
        return "<="
    if "成本" in level2:
        return "=" if "/" in unit else "<="
    return ">="


def fold_unit(unit: str) -> str:
    """One spelling for a unit: 百分比 is %, ㎡ is 平方米."""
    folded = fold_value(unit)
    return {"百分比": "%", "m2": "平方米", "千米": "公里", "km": "公里"}.get(folded, folded)


def parse_actual(text: str, target: Target) -> Actual:
    """Understand a result beside its target; ``doubt`` is set where a number stands there but cannot be used."""
    folded = fold_value(text)
    match = _VALUE.fullmatch(folded)
    if match is None:
        return Actual(text=text)
    value, unit = _parsed(match[2]).value, fold_unit(match[3] or "")
    doubt = ""
    if unit and target.unit and unit != target.unit:
        doubt = f"完成值的单位“{unit}”与指标值的单位“{target.unit}”不同"
    elif target.unit == "%" and not unit and target.value is not None and 0 < value <= 1 < target.value:
        doubt = f"“{text}”没有写百分号，分不清是 {text}% 还是 {value * 100:f}%"
    return Actual(text=text, value=value, unit=unit, doubt=doubt)
