"""What a cell of a workbook can hold, told once: the writers cut and clean by it, and a rule says so to the clerk."""

from __future__ import annotations

import re

MAX_CELL = 32_767
"""Excel's limit for the text of one cell, in UTF-16 units."""
KEPT = MAX_CELL - 1
"""How much is kept of a longer text; ``…`` stands for the rest."""

_BREAK = re.compile("\r\n?|[\x0b\x0c]")
"""Line breaks of other programs; Word's reach a workbook as ``_x000B_``."""
_UNCLEAN = re.compile("[\ud800-\udfff\ufffe\uffff\x00-\x08\x0e-\x1f]")


def length(text: str) -> int:
    """The length of a text as Excel counts it, in UTF-16 units."""
    return len(_broken(text).encode("utf-16-le", "surrogatepass")) // 2


def unclean(text: str) -> int:
    """How many characters of a text no cell can hold: control characters, lone surrogates."""
    return len(_UNCLEAN.findall(_broken(text)))


def clean(text: str) -> str:
    """Make a text safe for a cell: what none can hold becomes a replacement character, what is too long is cut."""
    text = _UNCLEAN.sub("\N{REPLACEMENT CHARACTER}", _broken(text))
    if len(text) * 2 <= MAX_CELL or length(text) <= MAX_CELL:
        return text
    return text.encode("utf-16-le")[: 2 * KEPT].decode("utf-16-le", "ignore") + "…"


def _broken(text: str) -> str:
    return _BREAK.sub("\n", text)
