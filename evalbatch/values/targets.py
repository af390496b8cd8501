"""How people write targets and results: pure text in, records out, never an exception and never a guess.

A target is a quantity, a date, or words; a sentence with two limits, several parts or anything unclear is not understood
(kind ``unparsed``, no value). 万 and 亿 stay in the unit (``250万``: 250, unit 万) as everywhere.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ..formula import plain
from ..model import Actual, Period, Target, ValueKind
from .dates import deadline, done, format_deadline, on_time, read_date, say, serial_date
from .direction import RISING, infer
from .quantity import Quantity, changes, operator, read_quantity
from .spelling import counts_something, fold_value, is_nothing, strip_noise
from .units import BUNDLES, MONEY, convert, fold_unit, is_known

_NATURES = {"正向": ">=", "反向": "<=", "逆向": "<=", "负向": "<="}
_IN_NAME = re.compile(
    r"(?:\((?:应|须)?|(?=[≥≤<>=]))(?P<op>[≥≤<>=]=?|不少于|不低于|不超过|不高于|大于等于|小于等于)(?:[*Xx_○]+|[0-9.,]+)?"
    r"(?P<unit>[^()0-9*]{0,6})\)?$"
)
_UNIT_IN_NAME = re.compile(r"\((?:单位:?)?([^()]{1,8})\)$")
_UNNUMBERED = re.compile(
    r"^(?:不超|不低于|不高于|不少于|不多于|不大于|不小于|至少|至多|最多|控制在|高于|低于|大于|小于|优于|[≥≤<>=]|[NnXx]+(?![A-Za-z]))"
)
_TIMES = re.compile(r"时间|日期|期限|时限|节点|进度")
_MONTHS = re.compile(r"月数|月份数|个月|工期|周期|时长")
_BARE_MONTHS = re.compile(r"[≥≤<>=]{0,2}[0-9]{1,2}月")
_LOWER, _UPPER = {">=", ">"}, {"<=", "<"}
_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", "about": "约"}


def parse_target(
    text: str,
    *,
    name: str = "",
    level1: str = "",
    level2: str = "",
    nature: str = "",
    unit: str = "",
    year: int | None = None,
) -> Target:
    """Understand a target from its text and the other cells of its row: name, levels, 指标性质 and 计量单位.

    The operator is taken from the text, else from 指标性质, else from the name (``发放人数(≥**人)``), else inferred. The unit
    is the text's own, else that of the cell, else that in the name's brackets. ``year`` dates a deadline without a year.
    """
    folded = strip_noise(fold_value(text))
    natured = fold_value(nature).partition("(")[0].removesuffix("指标")
    if natured == "定性":
        return Target(text=text, kind=ValueKind.QUALITATIVE)
    if is_nothing(folded):
        return Target(text=text, kind=ValueKind.UNPARSED)
    named, level = fold_value(name), level1 + level2
    timely = "时效" in level or "进度" in level
    own = _cell_unit(unit)
    due = _due(folded, named, timely, own, year)
    if due is not None:
        return Target(text=text, kind=ValueKind.DATE, op="<=", due=due)
    quantity = read_quantity(folded)
    if quantity is None or not _is_fit(quantity, named, folded) or (quantity.unit in BUNDLES and own != quantity.unit):
        return Target(text=text, kind=_other_kind(folded))
    if timely and not own and not quantity.unit and (day := serial_date(folded)):
        return Target(text=text, kind=ValueKind.UNPARSED, suspect=f"可能是日期“{say(day)}”变成了序列号")
    return _quantitative(text, quantity, named, level, natured, own)


def _quantitative(text: str, quantity: Quantity, name: str, level: str, nature: str, cell: str) -> Target:
    in_name = _IN_NAME.search(name) if "(" in name or name[-1:] not in ")" else None
    unit = _unit(quantity.unit, cell, in_name, name)
    said = operator(nature) or _NATURES.get(nature)
    written = quantity.op or said or (operator(in_name["op"]) if in_name else None)
    op = written or infer(name, level, unit, zero=quantity.value == 0)
    suspect = ""
    if quantity.op and said and {quantity.op, said} & _LOWER and {quantity.op, said} & _UPPER:
        suspect = f"指标性质是“{_SIGNS[said]}”，与“{text.strip()}”的方向相反"
    elif not quantity.op and unit == "%" and not RISING.search(name):
        suspect = _scanned(quantity.value)
    return Target(
        text=text,
        kind=ValueKind.QUANTITATIVE,
        op=op,
        value=quantity.value,
        upper=quantity.upper,
        unit=unit,
        inferred=written is None,
        suspect=suspect,
    )


def _cell_unit(unit: str) -> str:
    """The unit in 计量单位: one spelling for it, as typed where it is none that is known, blank for a placeholder."""
    folded = fold_value(unit)
    if is_nothing(folded):
        return ""
    return fold_unit(folded) or fold_unit(folded.partition("(")[0]) or folded[:12]


def _unit(own: str, cell: str, in_name: re.Match[str] | None, name: str) -> str:
    if own in ("万", "亿") and cell:
        return cell if cell.startswith(own) else own + cell
    if own or cell:
        return own or cell
    if in_name and in_name["unit"]:
        return fold_unit(in_name["unit"]) or ""
    bracket = _UNIT_IN_NAME.search(name) if name.endswith(")") else None
    return (fold_unit(bracket[1]) or "") if bracket and is_known(bracket[1]) else ""


def _due(folded: str, name: str, timely: bool, unit: str, year: int | None) -> Period | None:
    """The deadline a text states, None where it states none or may well be a number."""
    written = read_date(folded)
    if written is None:
        return None
    if written.plain and (unit or not (timely or _TIMES.search(name))):
        return None
    if _BARE_MONTHS.fullmatch(folded) and ((unit == "个月" and not timely) or _MONTHS.search(name)):
        return None
    return deadline(written, year)


def _is_fit(quantity: Quantity, name: str, folded: str) -> bool:
    """Whether a quantity is a target: an increase must be what the name measures, two bare years are no range."""
    share = quantity.unit in ("%", "‰", "百分点") and quantity.change in ("up", "down")
    if quantity.change and quantity.change not in changes(name) and (quantity.bare or not share):
        return False
    years = quantity.upper is not None and not quantity.unit and re.fullmatch(r"(?:19|20)\d\d.(?:19|20)\d\d", folded)
    return not years


def _scanned(value: Decimal) -> str:
    """``290%`` may be a badly scanned ``≥90%``: it is said, never repaired."""
    digits = plain(value)
    rest = digits[1:]
    if digits[0] == "2" and rest[:1] not in ("", "0", ".") and 50 <= Decimal(rest) <= 100:
        return f"可能是“≥{rest}%”误识别成“{digits}%”"
    return ""


def _other_kind(folded: str) -> ValueKind:
    """Words alone are qualitative; figures that were not understood, or an operator without one, are not."""
    if re.search(r"\d", folded) or _UNNUMBERED.search(folded) or counts_something(folded):
        return ValueKind.UNPARSED
    return ValueKind.QUALITATIVE


# --- results ------------------------------------------------------------------------------------------------------


def parse_actual(text: str, target: Target, *, name: str = "", unit: str = "") -> Actual:
    """Understand a result beside its target; a number is converted to the target's unit.

    A result that repeats the target is accepted as reaching it (of a range, its lower bound). ``doubt`` says why a number
    cannot be used: another dimension, an operator that runs the other way, a missing % or 万. ``unit`` is 计量单位.
    """
    folded = strip_noise(fold_value(text))
    if is_nothing(folded):
        return Actual(text=text)
    if target.kind is ValueKind.DATE:
        return _dated(text, folded, target)
    quantity = read_quantity(folded)
    if quantity is None or (quantity.change and quantity.change not in changes(name + target.text)):
        return Actual(text=text)
    same = folded == strip_noise(fold_value(target.text))
    doubt = _operator_doubt(quantity, target, text.strip(), same) or _percent_doubt(quantity, target, text.strip())
    value: Decimal | None = quantity.value
    own = quantity.unit
    if not doubt and target.unit:
        doubt, value = _in_units_of(quantity, target, _cell_unit(unit), same)
        own = target.unit
    if doubt:
        return Actual(text=text, unit=quantity.unit, doubt=doubt)
    copied = quantity.op is not None and not quantity.weak
    return Actual(text=text, value=value, unit=own, copied_operator=copied)


def _dated(text: str, folded: str, target: Target) -> Actual:
    day = serial_date(folded)
    if day is not None:
        return Actual(text=text, doubt=f"“{text.strip()}”像是日期“{say(day)}”变成了序列号")
    written = read_date(folded)
    if written is None:
        return Actual(text=text)
    period, due = done(written), target.due
    repeated = due is not None and folded == strip_noise(fold_value(target.text))
    if due is not None and repeated and on_time(due, period) is None:
        period = Period(first=due.first, last=due.first, dated=due.dated)
    return Actual(text=text, done=period)


def _operator_doubt(quantity: Quantity, target: Target, text: str, same: bool) -> str:
    if same or quantity.op is None:
        return ""
    if quantity.upper is not None:
        return f"“{text}”写了两个数，分不清哪一个是完成值"
    against = (quantity.op in _LOWER and target.op in _UPPER) or (quantity.op in _UPPER and target.op not in _UPPER)
    if not against or quantity.weak:
        return ""
    return f"“{text}”是一个范围，看不出实际完成的数"


def _percent_doubt(quantity: Quantity, target: Target, text: str) -> str:
    value = quantity.value
    if target.value is None:
        return ""
    if target.unit == "%" and not quantity.unit and 0 < value <= 1 < target.value:
        return f"“{text}”没有写百分号，分不清是 {plain(value)}% 还是 {plain(value * 100)}%"
    if not target.unit and quantity.unit == "%" and 0 < target.value <= 1 < value:
        return f"指标值“{target.text.strip()}”没有写百分号，分不清是 {plain(target.value)}% 还是 {plain(target.value * 100)}%"
    return ""


def _in_units_of(quantity: Quantity, target: Target, cell: str, same: bool) -> tuple[str, Decimal | None]:
    """The number in the target's unit, or why it cannot be given in it."""
    value, own = quantity.value, quantity.unit
    if same:
        return "", value
    if not own:
        other = convert(Decimal(1), cell, target.unit) if cell else None
        if other is not None and other != 1:
            if cell not in MONEY and _is_near(value * other, target) and not _is_near(value, target):
                return "", value * other
            return f"“{plain(value)}”没有写单位，分不清是{target.unit}还是{cell}", None
        scale = _scale_doubt(value, target)
        return (scale, None) if scale else ("", value)
    converted = convert(value, own, target.unit)
    if converted is None and "/" not in own and "/" not in target.text and "每" in target.text:
        converted = convert(value, own, target.unit.partition("/")[0])
    if converted is None:
        return f"完成值的单位“{own}”与指标值的单位“{target.unit}”不同", None
    return "", converted


def _is_near(value: Decimal, target: Target) -> bool:
    """Whether a number is of the target's order."""
    aim = target.upper or target.value or Decimal(0)
    return aim > 0 and aim <= value * 20 <= aim * 400


def _scale_doubt(value: Decimal, target: Target) -> str:
    """A bare number a thousand times off a target in 万元 or 元 was probably meant in the other."""
    aim = target.upper or target.value or Decimal(0)
    base = target.unit.partition("/")[0]
    large = base[:1] in ("万", "亿")
    if aim > 0 and (
        (large and value >= aim * 1000) or (base in ("元", "人", "人次") and aim >= 10_000 and 0 < value * 1000 <= aim)
    ):
        other = base[1:] or "元" if large else f"万{base}"
        return f"“{plain(value)}”没有写单位，分不清是{base}还是{other}"
    return ""


# --- and back -----------------------------------------------------------------------------------------------------


def format_target(target: Target) -> str:
    """A target as text that reads back as the same; what is not a number or a date stays as it was typed."""
    if target.due is not None:
        return format_deadline(target.due)
    if target.value is None or target.op is None:
        return target.text
    if target.upper is not None:
        return _format_range(target.value, target.upper, target.unit)
    sign = "" if target.inferred else _SIGNS[target.op]
    return f"{sign}{plain(target.value)}{target.unit}"


def _format_range(lower: Decimal, upper: Decimal, unit: str) -> str:
    if lower == -upper:
        return f"±{plain(upper)}{unit}"
    return f"{plain(lower)}至{plain(upper)}{unit}{'' if unit else '之间'}"
