"""Why a cell gives no number, where that can be told, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from ..formula import plain
from ..spec import Column, Entry, Kind, Trouble
from ..values import fold_text, parse_number

NUMBERS = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.COUNT, Kind.PERCENT)


class Hint(NamedTuple):
    """What is wrong with a cell, in words that are the same for all cells of that fault, and the one thing to do."""

    why: str
    fix: str


class _Slip(NamedTuple):
    """A way to mistype a number: what it looks like (folded), what is wrong, what to do with ``{}``, the text mended."""

    looks: re.Pattern[str]
    why: str
    fix: str
    mend: Callable[[str], str] = str


_APART = re.compile(r"\d\s+\d")
_LETTERS = str.maketrans("OolI", "0011")
_SLIPS = (
    _Slip(
        re.compile(r"\d+,(?:\d{1,2}|\d{4,})[^\d,.]*"),
        "逗号不在千位上",
        "请核对逗号，是小数点的写成“{}”。",
        lambda text: text.replace(",", "."),
    ),
    _Slip(
        re.compile(r"\([\d,.]+\)"), "带着括号", "请去掉括号，写成“{}”；冲减的填净额。", lambda text: text.strip("()")
    ),
    _Slip(re.compile(r"['‘’`´]+[\d,.%]+"), "前面多了撇号", "请删去撇号，写成“{}”。", lambda text: text.lstrip("'‘’`´")),
    _Slip(
        re.compile(r"(?=.*\d)(?=.*[OolI])[\dOolI,.]+%?"),
        "里面有字母",
        "请把字母改成数字，是“{}”的照此填写。",
        lambda text: text.translate(_LETTERS),
    ),
    _Slip(
        re.compile(r"(?:约|大约|近|超过?)[\d,.]+\D*|[\d,.]+\D{0,2}(?:左右|上下|多|余)"),
        "不是一个确定的数",
        "请填确定的数。",
    ),
    _Slip(re.compile(r"[\d,.]+[%％‰]"), "带着百分号", "请核对后填数，不带百分号。"),
    _Slip(re.compile(r"\d[\d,]*\.(?:\d*\.)+\d*|\d[\d,]*\."), "小数点多了", "请核对小数点，只留一个。"),
    _Slip(re.compile(r"[零〇一二两三四五六七八九十百千万亿点]+[元分人万]*"), "是汉字写的数", "请用阿拉伯数字填写。"),
    _Slip(re.compile(r"\d{4}-\d\d-\d\d(?:\D.*)?"), "存成了日期", "请把单元格的数字格式设成“常规”，再重新输入这个数。"),
)


def hint(column: Column, entry: Entry[Any]) -> Hint | None:
    """What is known of a cell that is not of its column's kind; None where only the kind can be told."""
    if entry.trouble is Trouble.FORMAT:
        return Hint("分不清要的是哪一个数", "请把单元格的数字格式设成“常规”，再核对显示出来的数。")
    if column.kind not in NUMBERS:
        return None
    if _APART.search(entry.text):
        return Hint("数的中间断开了", "请删去中间的空格和换行，只写一个数。")
    number = parse_number(entry.text)
    if number is not None:
        return _plain(column.kind, number.value)
    text = fold_text(entry.text)
    slip = next((slip for slip in _SLIPS if slip.looks.fullmatch(text)), None)
    return None if slip is None else Hint(slip.why, slip.fix.format(slip.mend(text)))


def _plain(kind: Kind, number: Decimal) -> Hint | None:
    """What a plain number lacks in its column: a share its sign, a count of people its wholeness."""
    if kind is Kind.PERCENT:
        return Hint(
            "没有百分号，分不清是多少", f"请写上百分号，是 {plain(number * 100)}% 的写成“{plain(number * 100)}%”。"
        )
    return Hint("不是整数", "请填整数。") if kind is Kind.COUNT else None
