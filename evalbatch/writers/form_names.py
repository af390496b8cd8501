"""Names of the official forms' sheets: safe in every spreadsheet program, and none like another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 31
"""Excel's limit for a sheet name, in UTF-16 units."""
PREFIX = "自评表-"
UNNAMED = "未编号"

_UNSAFE = re.compile("[\\[\\]:*?/\\\\'!\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]+")
_SPACE = re.compile(r"\s+")


def sheet_names(codes: Sequence[str], taken: Iterable[str]) -> tuple[str, ...]:
    """A sheet name for every project code, in order; none equals another or one of ``taken``, whatever case or width.

    Full-width forms are folded, what a sheet name may not hold becomes ``_``, what is too long is cut, and what
    would come twice gets a number: ``自评表-A``, ``自评表-a(2)``.
    """
    used = {_key(name) for name in taken}
    names: list[str] = []
    for code in codes:
        base = PREFIX + (_safe(code) or UNNAMED)
        name, number = _cut(base, LONGEST), 1
        while _key(name) in used:
            number += 1
            mark = f"({number})"
            name = _cut(base, LONGEST - len(mark)) + mark
        used.add(_key(name))
        names.append(name)
    return tuple(names)


def _safe(code: str) -> str:
    text = _UNSAFE.sub("_", _SPACE.sub(" ", unicodedata.normalize("NFKC", code)))
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cn", "Co")).strip()


def _cut(text: str, length: int) -> str:
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore").strip()


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
