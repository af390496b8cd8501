"""How far a sheet reaches. The fast reader holds a sheet's whole rectangle in memory, so it must be bounded first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MAX_CELLS = 5_000_000
"""The rectangle a sheet may span: some 150 MB in memory, where a filled form spans 60,000 cells."""
MAX_ROWS, MAX_COLUMNS = 20_000, 256
"""What is still read of a sheet that spans more: the form has 120 prepared rows and 30 columns."""
SPARE = 100_000
"""An empty tail shorter than this is not worth cutting off."""

_REF = rb"""[^>]*?\br=["']([A-Za-z]+)([0-9]+)["'][^>]*?"""
_FILLED = re.compile(rb"<(?:\w+:)?c\s" + _REF + rb"(?<!/)>(?!</)")
_CELL = re.compile(rb"<(?:\w+:)?c\s" + _REF + rb"(?:/>|>.*?</(?:\w+:)?c>)", re.S)
_ROW = re.compile(rb"""<row\b(?:[^>]*?\br=["']([0-9]+)["'])?""")
_PREFIXED_ROW = re.compile(rb"""<\w+:row\b(?:[^>]*?\br=["']([0-9]+)["'])?""")
_NAMELESS = re.compile(rb"""<(?:\w+:)?c(?=[\s/>])(?![^>]*\br=)""")


@dataclass(frozen=True, slots=True)
class Far:
    """A filled cell that lies too far away to be read: the part of its sheet and its address."""

    part: str
    ref: str


def bounded(part: str, xml: bytes) -> tuple[bytes, list[Far]]:
    """A sheet's XML that spans at most ``MAX_CELLS``, and the filled cells that had to be left out for it.

    Empty rows at the end are dropped without a word: the programs that write forms leave up to a million of them.
    """
    xml = _without_empty_tail(xml)
    if _spans_at_most(xml, MAX_CELLS):
        return xml, []
    far: list[Far] = []

    def keep(found: re.Match[bytes]) -> bytes:
        if int(found[2]) <= MAX_ROWS and column_number(found[1]) <= MAX_COLUMNS:
            return found[0]
        if not found[0].endswith(b"/>"):
            far.append(Far(part, (found[1] + found[2]).decode()))
        return b""

    return _CELL.sub(keep, xml), far


def _without_empty_tail(xml: bytes) -> bytes:
    """The XML without the rows after the last cell that holds anything."""
    last, end = xml.rfind(b"</c>"), xml.rfind(b"</sheetData>")
    if end - last < SPARE:
        return xml
    last = max(last, xml.rfind(b":c>"))
    start = xml.find(b"</row>", last)
    if last < 0 or start < 0 or end - start < SPARE:
        return xml
    return xml[: start + len(b"</row>")] + xml[end:]


def _spans_at_most(xml: bytes, cells: int) -> bool:
    """Whether the filled cells lie within a rectangle of so many cells; widths are looked at only where they matter."""
    numbers = _ROW.findall(xml) or _PREFIXED_ROW.findall(xml)
    rows = max((int(number) for number in numbers if number), default=0) + sum(1 for number in numbers if not number)
    if rows * 16_384 <= cells:
        return True
    filled = _FILLED.findall(xml)
    height = max(map(int, {row for _, row in filled}), default=0)
    width = max(map(column_number, {letters for letters, _ in filled}), default=0)
    if _NAMELESS.search(xml):  # cells that only stand one after the other
        height, width = max(height, rows), max(width, max(map(len, map(_NAMELESS.findall, xml.split(b"row>")))))
    return height * width <= cells


def column_number(letters: bytes) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


@cache
def column_letters(col: int) -> str:
    """The letters of a column counted from 0: 0 is A, 27 is AB."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
