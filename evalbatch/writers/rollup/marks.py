"""What the officer wrote into an earlier roll-up, as cells of this one."""

from __future__ import annotations

import re
from decimal import Decimal

from ...reviewed import Placed
from ..table import Cell
from .looks import REVIEW

EARLIER_FILL = "#FFF2A8"
"""Of a review that is not known to be of the workbook its row is made of."""
_SCORE = REVIEW[0].key
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,14})?")


def marks_of(placed: Placed | None) -> tuple[dict[str, Cell], dict[str, str]]:
    """The cells of a row that the officer filled, by their headings, and their colours."""
    if placed is None:
        return {}, {}
    cells = cells_of(placed.review.marks)
    return cells, dict.fromkeys(cells, EARLIER_FILL) if placed.earlier else {}


def cells_of(marks: dict[str, str]) -> dict[str, Cell]:
    """What the officer wrote as cells: the score a number where it is one, anything else a text."""
    score = marks.get(_SCORE, "")
    return {**marks, _SCORE: Decimal(score)} if _NUMBER.fullmatch(score) else {**marks}


def earlier_words(count: int, where: str = "") -> str:
    """What the colour means, and where it is; blank where nothing has it."""
    if not count:
        return ""
    return f"标黄的 {count} 处{where}是对单位以前报送的表写的（或无从核对是哪一份），请再看；改写其中一格，下次运行就不再标黄"
