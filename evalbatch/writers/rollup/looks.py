"""Looks and columns that several sheets of the roll-up share."""

from __future__ import annotations

from decimal import Decimal

from ...formula import quantize
from ...model import Severity, Status
from ..style import (
    CALC_FILL,
    CENTER,
    COUNT,
    ERROR_FILL,
    GRID,
    MONEY,
    NOTICE_FILL,
    NUMBER,
    RATE,
    SCORE,
    WARNING_FILL,
    Look,
)
from ..table import Heading

POINTS: Look = {**NUMBER, "num_format": SCORE, "shrink": True}
GAP: Look = {**NUMBER, "num_format": f"+{SCORE};-{SCORE};{SCORE}", "shrink": True}
SHARE: Look = {**NUMBER, "num_format": RATE, "shrink": True}
AMOUNT: Look = {**NUMBER, "num_format": MONEY, "shrink": True}
TALLY: Look = {**CENTER, "num_format": COUNT}
FEW: Look = {**CENTER, "num_format": f'{COUNT};-{COUNT};"–"'}
"""A count of which nothing is the usual case."""
SUM: Look = {"bold": True, "bg_color": CALC_FILL}
LINE_OF_WORDS: Look = {**GRID, "text_wrap": True, "align": "left", "indent": 1, "font_size": 11}

SEVERITY_FILLS = {
    Severity.ERROR.value: ERROR_FILL,
    Severity.WARNING.value: WARNING_FILL,
    Severity.NOTICE.value: NOTICE_FILL,
}
SHORT = {
    Status.ACCEPTED: "通过",
    Status.ACCEPTED_WITH_ISSUES: "基本通过",
    Status.REJECTED: "退回",
    Status.NOT_ASSESSED: "未评",
}
"""The verdicts as they are counted in sentences."""
REVIEW = (
    Heading("review_score", "复核得分", 8.5, POINTS),
    Heading("review", "复核意见", 14),
    Heading("reviewer", "复核人", 8, CENTER),
)
OUTCOME = (Heading("result", "整改情况", 22),)
"""The bureau's own act: these columns stay blank until it writes into them."""
FILE = Heading("file", "来源文件", 72, {**GRID, "align": "left", "indent": 1})
"""The last column, right of the printed page: a path in one line, so that it makes no row higher."""


def amount(number: Decimal) -> str:
    """An amount with thousands separators and two decimals."""
    return f"{quantize(number, 2):,.2f}"


def as_amount(formula: str) -> str:
    """``amount`` of what a formula gives."""
    return f'TEXT(ROUND({formula},2),"{MONEY}")'


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """A share with four decimals, None of nothing."""
    return quantize(part / whole, 4) if whole > 0 else None


def as_share(part: str, whole: str) -> str:
    """``share`` as a formula."""
    return f'IF({whole}>0,ROUND({part}/{whole},4),"")'


def percent(fraction: Decimal | None) -> str:
    """A share in words."""
    return "无法计算" if fraction is None else f"{quantize(fraction * 100, 2)}%"


def as_percent(formula: str) -> str:
    """``percent`` of a formula that gives a share or a blank."""
    return f'IF(ISNUMBER({formula}),TEXT({formula},"{RATE}"),"无法计算")'
