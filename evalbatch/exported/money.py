"""Amounts as the bureau's systems write them, and the unit of money that a heading states."""

from __future__ import annotations

import re
from decimal import Decimal

from ..values import fold_text, parse_amount

_STATED = re.compile(r"单位(?:人民币)?((?:亿|百万|千|万)?元)|[(]((?:百万|千|万)?元)[)]$")
_SCALES = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_BRACKETED = re.compile(r"[(](.+)[)]")


def stated_scale(text: str) -> Decimal | None:
    """How many 元 one of the unit is that a heading, or a line above it, states; None where it states none."""
    stated = _STATED.search(_flat(text))
    return Decimal(_SCALES[stated[1] or stated[2]]) if stated else None


def parse_money(text: str, scale: Decimal) -> Decimal | None:
    """An amount in 元 as systems write it: ``1,234.50``, ``￥1,234.50``, ``(1,234.50)``; None for what is no number."""
    if _BARE.fullmatch(text):
        return Decimal(text) * scale
    plain = _flat(text)
    bracketed = _BRACKETED.fullmatch(plain)
    sign = -1 if bracketed or plain.startswith(("-", "−", "¥-")) else 1
    read = parse_amount((bracketed[1] if bracketed else plain).replace("¥", "").lstrip("-−"), scale)
    return None if read is None else sign * read.value


def _flat(text: str) -> str:
    return fold_text(text).replace(":", "")
