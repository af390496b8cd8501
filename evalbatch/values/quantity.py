"""One quantity in a text: operator, number or range, unit. Anything that holds more, or something unclear, is refused.

The text is cut at its numbers; what stands before must come down to operators (and a short label: ``群众满意度≥95%``),
what stands after must be a unit, perhaps with ``以上`` or ``左右``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from .spelling import APART, arabic, counts_something
from .units import TIME, fold_unit, is_known

LONGEST = 60
"""Longer texts are sentences and no figures."""

OPERATORS = {
    ">=": "≥ >= => ≥= 大于等于 大于或等于 大于或者等于 高于等于 高于或等于 不少于 不低于 不小于 不下于 不得少于 不得低于 不能低于 "
    "不能少于 不得小于 至少 最少 最低 起码 达到或超过 以上 及以上 或以上",
    "<=": "≤ <= =< ≤= 小于等于 小于或等于 小于或者等于 低于等于 低于或等于 不超过 不超 不得超过 不能超过 不高于 不得高于 不多于 "
    "不得多于 不大于 不得大于 至多 最多 最高 以内 之内 内 范围内 以下 及以下 或以下",
    ">": "> 大于 高于 多于 超过 超 逾 优于",
    "<": "< 小于 低于 少于",
    "=": "= == 等于",
    "about": "约 大约 大概 ≈ 左右 上下",
}
_WEAK = {
    "达到": ">=",
    "达": ">=",
    "提高到": ">=",
    "提升到": ">=",
    "提高至": ">=",
    "提升至": ">=",
    "增加到": ">=",
    "控制在": "<=",
    "压减到": "<=",
    "降至": "<=",
    "降到": "<=",
    "降低到": "<=",
    "下降到": "<=",
}
"""Verbs that give a direction only where no operator does."""

_OPS = {spelling: op for op, spellings in OPERATORS.items() for spelling in spellings.split()} | _WEAK
_TAILS = (
    "以上",
    "及以上",
    "或以上",
    "以内",
    "之内",
    "内",
    "范围内",
    "以下",
    "及以下",
    "或以下",
    "左右",
    "上下",
    "之间",
)
_FRONT = sorted((re.escape(s) for s in _OPS if s not in _TAILS), key=len, reverse=True)
_HEAD = re.compile(
    rf"(?:(?P<op>(?<![送传表发通直节契合违预条])(?:{'|'.join(_FRONT)}))"
    r"|(?P<per>每[\u4e00-\u9fff])"
    r"|(?P<verb>已?完成|实际(?:完成)?|实现|保持在?|维持在?|稳定在|确保|力争|争取|预计|计划|共计?|总计|合计|累计|全年|年度|本年|当年"
    r"|目标值?|达成|应|须|均|都|为|是|已|在|[::]))$"
)
_LEADING_PER = re.compile(r"(?:每[\u4e00-\u9fff])+")
_TAIL = re.compile(rf"(?:{'|'.join(sorted(_TAILS, key=len, reverse=True))})$")
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_RANGE = re.compile(r"([^0-9]{0,8}?)(?:-{1,2}|~{1,2}|—{1,2}|至|到)(-)?")
_INCLUDED = re.compile(r"\(含(?:本数)?([^()]*)\)")
_NOTE = re.compile(r"\(([^()]{1,14})\)$")
_RISKY_NOTE = re.compile(r"[0-9≥≤<>=%¦一二三四五六七八九十]|不(?!含税)|以|超|除|其中|暂|预|调|减|或|原|另|至|约")
_ENOUGH = re.compile(
    r"%(?:按时|全部|足额)?(?:完成|全?覆盖|达标|合格|到位|落实|满意|及时|发放|执行|支付|优良|兑现|参保|拨付|整改)"
)
_LABEL = re.compile(r"[\u4e00-\u9fffA-Za-z“”、()]{1,20}")
_RISKY_LABEL = re.compile(
    r"不(?![合良满足])|未|且|除外|除了|其中|分别|暂|如|若|每|超(?![支标])|低于|高于|至少|(?<!占)比(?![例率重])|较|上年|去年|同期"
)
_RISKY_BARE = re.compile(r"[A-Za-z不非无或和与及]|[第前后近余分按自从由于逾另至到在等]$|(?<!节)约$")
_CHANGES = {
    "up": "增长 提高 提升 增加 上升 增幅 增速",
    "down": "下降 降低 减少 压减 降幅",
    "saved": "节约 节省 节支",
    "over": "超支 超出 超额",
    "left": "结余 剩余 结转",
    "short": "不足 短缺 尚缺 尚欠 拖欠 还差",
}
_CHANGE_OF = {word: change for change, words in _CHANGES.items() for word in words.split()}
_CHANGE = re.compile("|".join(_CHANGE_OF))
_CHANGED = re.compile(rf"(?:{'|'.join(_CHANGE_OF)})(?:了|率|幅度|资金|经费|成本|费用|金额|支出|预算)*$")
_COMPARED = re.compile(
    rf"(?:(?:较|比)(?:上年度?|去年|上一年度?|同期|上年同期)|同比|环比|逐年|年均)?(?:{'|'.join(_CHANGE_OF)})率?"
)
_DAYS = frozenset({"月", "月份", "日", "号"})
"""Behind words, these are dates (次年3月); behind an operator or nothing, they count."""
_MANY = {"百": Decimal(100), "千": Decimal(1000)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as read. ``op`` None: none was written; ``weak``: only a verb such as 达到 gives it.

    ``change`` says that the number is no level but a change (``增长5%``: up, ``节约1万元``: saved), ``bare`` that nothing else
    says of what; ``worded`` that the unit took words in front of the number (每人…).
    """

    op: str | None
    value: Decimal
    upper: Decimal | None = None
    unit: str = ""
    weak: bool = False
    change: str = ""
    bare: bool = False
    worded: bool = False


@dataclass(frozen=True, slots=True)
class _Front:
    op: str | None = None
    weak: bool = False
    per: str = ""
    change: str = ""
    negative: bool = False
    both: bool = False
    bare: bool = False
    label: bool = False


@dataclass(frozen=True, slots=True)
class _Back:
    unit: str = ""
    op: str | None = None
    times: Decimal | None = None


def operator(text: str) -> str | None:
    """The operator a folded text is: ``大于等于`` is ``>=``; None for any other text."""
    return _OPS.get(text)


def read_quantity(folded: str) -> Quantity | None:
    """Read the one quantity of a folded text; None where there is none, or more than one, or anything unclear."""
    if len(folded) > LONGEST or APART in folded:
        return None
    if "(含" in folded:
        folded = _INCLUDED.sub(lambda note: "" if note[1] in folded[: note.start()] else note[0], folded)
    numbers = list(_NUMBER.finditer(folded))
    if not numbers:
        written = arabic(folded)
        numbers = list(_NUMBER.finditer(written)) if written else []
        if written is None or len(numbers) != 1:
            return None
        folded = written
    if len(numbers) > 2 or not all(_is_sound(number[0]) for number in numbers):
        return None
    before, after = folded[: numbers[0].start()], folded[numbers[-1].end() :]
    if after in _DAYS and before and before not in _OPS:
        return None
    front, back = _front(before), _back(after)
    if front is None or back is None:
        return None
    first = Decimal(numbers[0][0].replace(",", ""))
    if len(numbers) == 1:
        return _single(-first if front.negative else first, front, back)
    between = folded[numbers[0].end() : numbers[1].start()]
    return _double(-first if front.negative else first, between, Decimal(numbers[1][0].replace(",", "")), front, back)


def _is_sound(digits: str) -> bool:
    """Whether digits are a number as people write it: no code (007), no more digits than anything can have."""
    whole, _, decimals = digits.replace(",", "").partition(".")
    return len(whole) <= 12 and len(decimals) <= 10 and not (len(whole) > 1 and whole[0] == "0")


def _single(value: Decimal, front: _Front, back: _Back) -> Quantity | None:
    unit = _with_per(back.unit, front.per)
    if unit is None or back.op == "之间" or (front.label and not unit and not back.op):
        return None
    if back.times is not None:
        value *= back.times
    if front.both:
        return None if back.op not in (None, "<=") or front.change else Quantity("between", -value, value, unit)
    if front.op and back.op and not front.weak and front.op != back.op:
        return None
    op = back.op or front.op
    return Quantity(op, value, None, unit, front.weak and not back.op, front.change, front.bare, bool(front.per))


def _double(first: Decimal, between: str, second: Decimal, front: _Front, back: _Back) -> Quantity | None:
    """A range (``80%-90%``) or a number with its tolerance (``100±10%``)."""
    unit = _with_per(back.unit, front.per)
    in_range = back.op in (None, "之间") or (back.op == "<=" and front.weak)
    if unit is None or front.both or front.change or not in_range or (front.op is not None and not front.weak):
        return None
    if between.endswith("±"):
        return _tolerance(first, between[:-1], second, unit, front)
    match = _RANGE.fullmatch(between)
    own = fold_unit(match[1]) if match else None
    if match is None or own is None:
        return None
    if own and own != unit and not (own in ("万", "亿") and unit.startswith(own)) and unit:
        return None
    if back.times is not None:
        first, second = first * back.times, second * back.times
    if match[2]:
        second = -second
    return Quantity("between", first, second, unit or own, worded=bool(front.per)) if first < second else None


def _tolerance(base: Decimal, written: str, width: Decimal, unit: str, front: _Front) -> Quantity | None:
    """``100%±10%`` and ``50±5人`` add and subtract; ``200人±10%`` and ``100±10%`` take a share of the number."""
    own = fold_unit(written)
    if own is None or front.op is not None or (unit and own and own != unit and unit != "%"):
        return None
    if unit == "%" and own != "%":
        if not own and base != 100:
            return None  # 50±10% may be 45 to 55, or 40% to 60%
        width, unit = base * width / 100, own
    return Quantity("between", base - width, base + width, unit or own)


def _with_per(unit: str, per: str) -> str | None:
    """``每人每年约3000元`` is in 元/人*年."""
    if not per:
        return unit
    return fold_unit(f"{unit}{per}") if unit and "/" not in unit else None


# --- before the number --------------------------------------------------------------------------------------------


def _front(text: str) -> _Front | None:
    """What stands before the number, taken apart from its end; None where something in it is unclear."""
    if not text:
        return _Front()
    op = _OPS.get(text)
    if op is not None:
        return _Front(op=op, weak=text in _WEAK)
    negative = text.endswith("-")
    rest = text[:-1] if text[-1] in "+-" else text
    both = rest.endswith(("±", "正负", "上下浮动"))
    if both:
        rest = re.sub(r"(?:±|正负|上下浮动)$", "", rest)
    ops: list[str] = []
    per = ""
    while rest:
        match = _HEAD.search(rest)
        if match is None:
            break
        if match["op"]:
            ops.append(match["op"])
        per = (match["per"] or "") + per
        rest = rest[: match.start()]
    if rest and not per and (match := _LEADING_PER.match(rest)):
        per, rest = match[0], rest[match.end() :]
    op, weak, sound = _one_operator(ops)
    if not sound or (negative and rest) or (both and (rest or op not in (None, "<=", "="))):
        return None
    changed = _CHANGED.search(rest) if rest else None
    change = _CHANGE_OF[_CHANGE.findall(rest)[-1]] if changed else ""
    bare = bool(change) and _COMPARED.fullmatch(rest) is not None
    if rest and not bare and not _is_label(rest, op is not None and not weak):
        return None
    label = bool(rest) and not bare and op is None
    return _Front(op, weak, per, change, negative, both, bare, label)


def _one_operator(ops: list[str]) -> tuple[str | None, bool, bool]:
    """The operator several spellings come down to, whether it is a weak one, and whether they agree."""
    strong = {_OPS[op] for op in ops if op not in _WEAK}
    weak = {_WEAK[op] for op in ops if op in _WEAK}
    if len(strong) == 1:
        return min(strong), False, True
    return (min(weak) if len(weak) == 1 else None), bool(weak), not strong and len(weak) <= 1


def changes(text: str) -> set[str]:
    """The kinds of change a text speaks of: up, down, saved, over, left, short."""
    return {_CHANGE_OF[word] for word in _CHANGE.findall(text)}


def _is_label(text: str, has_operator: bool) -> bool:
    """Whether a text before the number only names what is counted.

    Without an operator behind it, it must not negate, compare or count anything.
    """
    if not _LABEL.fullmatch(text) or text[-1] in "()" or counts_something(text) or _RISKY_LABEL.search(text):
        return False
    return has_operator or not _RISKY_BARE.search(text)


# --- after the number ---------------------------------------------------------------------------------------------


def _back(text: str) -> _Back | None:
    """What stands after the number: a unit, perhaps an operator; None where it is anything else."""
    unit = _UNITS.get(text)
    if unit is not None:
        return _Back(unit)
    op: str | None = None
    note = _NOTE.search(text)
    if note and text[note.start() - 1 : note.start()] != "/":
        text, inside = text[: note.start()], note[1]
        if inside in _TAILS:
            text += inside
        elif text == "人" and inside == "次":
            text = "人次"
        elif not text and fold_unit(inside):
            text = inside
        elif _RISKY_NOTE.search(inside):
            return None
    if tail := _TAIL.search(text):
        text = text[: tail.start()]
        op = _OPS.get(tail[0], tail[0])
    times = _MANY.get(text[:1]) if not is_known(text) else None
    if times is not None:
        text = text[1:]
    if _ENOUGH.fullmatch(text):
        text = "%"
    unit = fold_unit(text)
    if unit is None or (tail and tail[0] == "内" and unit not in TIME and unit != "%"):
        return None
    return _Back(unit, op, times)


_UNITS = {
    u: fold_unit(u)
    for u in [
        "%",
        "元",
        "万元",
        "人",
        "人次",
        "次",
        "个",
        "份",
        "户",
        "件",
        "篇",
        "场",
        "‰",
        "天",
        "个月",
        "元/人",
        "项",
        "家",
        "亩",
        "公里",
        "台",
        "套",
        "起",
        "期",
        "千克",
        "千米",
        "千瓦",
    ]
}
_UNITS[""] = ""
