"""How projects are named: what makes no difference between two names, and how like two names are."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_NO_LETTER = re.compile(r"[\W_]+")
_YEAR = re.compile(r"^(?:20\d\d年?度?)?")
_TAIL = re.compile(r"(?:等|的|专项|项目|经费|资金|支出|工作)+$")
_ALIKE = 0.6
"""Two names may be one thing's where they are so alike, or one is part of the other."""
_NUMBERS = re.compile(r"[\d一二三四五六七八九十年度期批第]+")


def letters(text: str) -> str:
    """A text's letters and digits alone."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text))


def year_of(name: str) -> str:
    """The year a project's name begins with, or nothing."""
    match = _YEAR.match(letters(name))
    return match[0][:4] if match else ""


@lru_cache(256)
def fold_name(name: str) -> str:
    """A project's name as it is compared: no year before it, no 项目, 经费 or 等 behind it, no punctuation."""
    bare = letters(name)
    return _TAIL.sub("", _YEAR.sub("", bare)) or bare


def likeness(one: str, other: str, least: float) -> float:
    """How like two names are, 0 where they differ in a number (another year, another phase) or are surely unlike."""
    if _NUMBERS.sub("", one) == _NUMBERS.sub("", other):
        return 0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    unlike = matcher.real_quick_ratio() < least or matcher.quick_ratio() < least
    return 0 if unlike else matcher.ratio()


def is_alike(one: str, other: str) -> bool:
    """Whether two names may be one thing's."""
    return is_within(one, other) or likeness(fold_name(one), fold_name(other), _ALIKE) >= _ALIKE


def is_within(one: str, other: str) -> bool:
    """Whether two names say the same, or one is part of the other."""
    first, second = fold_name(one), fold_name(other)
    return first in second or second in first
