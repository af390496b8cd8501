"""What is really in a cell: the few facts the fast reader does not give.

The fast reader shows an error value and a formula without value as blank, a formula as its value, and every number
without its format. Here the sheet's XML is asked, for single cells, and only when that matters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from posixpath import join, normpath
from string import ascii_uppercase

from .extent import column_number
from .formats import BUILT_IN, is_plain
from .marks import listed_title, targets
from .preflight import Package

_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_WITH_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*>\s*<f\b')
_WITH_ERROR = re.compile(rb"""<c r="([A-Z]+[0-9]+)"(?=[^>]*?\bt\s*=\s*["']e["'])""")
_ROW = re.compile(rb'<row r="([0-9]+)"')
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>(.*?)</f>)", re.S)
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.S)
_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_MERGE = re.compile(rb"""<mergeCell\b[^>]*?\bref=["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
_HIDDEN_ROW = re.compile(rb"""<row\b(?=[^>]*?\bhidden=["'](?:1|true)["'])[^>]*?\br=["']([0-9]+)["']""")
_HIDDEN_COLUMNS = re.compile(rb"""<col\b(?=[^>]*?\b(?:hidden=["'](?:1|true)|width=["']0)["'])([^>]*)""")
_ZERO_ROW = re.compile(rb"""<row\b(?=[^>]*?\bht=["']0["'])[^>]*?\br=["']([0-9]+)["']""")
_SHEET, _RELATION, _NUMBER_FORMAT = (
    re.compile(rb"<(?:\w+:)?%b\s([^>]*?)/?>" % name) for name in (b"sheet", b"Relationship", b"numFmt")
)
_FORMAT = re.compile(rb"""<(?:\w+:)?xf\b(?:[^>]*?\bnumFmtId\s*=\s*["']([0-9]+)["'])?""")
_ATTR = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_WHOLE_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*?)(?:/>|>\s*</(?:\w+:)?sheet\s*>)")
_RECALCULATES = re.compile(rb"""\bfullCalcOnLoad\s*=\s*["'](?:1|true)["']""")
_WITH_CELLS = ("/worksheet", "/chartsheet", "/dialogsheet")
"""How the relations end that lead to a sheet the fast reader knows; it gives up at others."""


Area = tuple[int, int, int, int]
"""A rectangle of cells: its first row and column, its last row and column, counted from 0."""


@dataclass(frozen=True, slots=True)
class CellFacts:
    """A cell's formula (without ``=``) and its error value, where it has them."""

    formula: str | None
    error: str | None
    has_value: bool


class SheetFacts:
    """The facts of every cell of one sheet, looked at on demand."""

    def __init__(self, xml: bytes, formats: Mapping[int, str], *, recalculates: bool) -> None:
        self._xml = xml
        self._formats = formats
        self.recalculates = recalculates

    @cached_property
    def _rows(self) -> dict[bytes, int]:
        """Where every row begins."""
        return {m[1]: m.start() for m in _ROW.finditer(self._xml)}

    def _cell(self, ref: str) -> re.Match[bytes] | None:
        """A cell, looked for in its row and behind it, then anywhere."""
        opening = f'<c r="{ref}"'.encode()
        start = self._xml.find(opening, self._rows.get(ref.lstrip(ascii_uppercase).encode(), 0))
        if start < 0:
            start = self._xml.find(opening)
        return _CELL.match(self._xml, start) if start >= 0 else None

    @cached_property
    def _has_formats(self) -> bool:
        """Whether any cell may have a format that shows a number as another."""
        if any(unusual in self._xml for unusual in (b"s='", b"s =", b"s= ")):
            return True
        styles = [n for n, one in self._formats.items() if not is_plain(one)]
        return 0 in styles or any(b's="%d"' % n in self._xml for n in styles)

    @cached_property
    def special(self) -> frozenset[str]:
        """The cells that hold a formula or an error value."""
        formulas = _WITH_FORMULA.findall(self._xml) if b"<f" in self._xml else []
        errors = _WITH_ERROR.findall(self._xml) if b'"e"' in self._xml or b"'e'" in self._xml else []
        return frozenset(ref.decode() for ref in (*formulas, *errors))

    @cached_property
    def merges(self) -> tuple[Area, ...]:
        """The merged areas."""
        if b"mergeCell " not in self._xml:
            return ()
        found = ((int(m[2]), column_number(m[1]), int(m[4]), column_number(m[3])) for m in _MERGE.finditer(self._xml))
        return tuple((top - 1, left - 1, bottom - 1, right - 1) for top, left, bottom, right in found)

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The hidden rows, counted from 0."""
        hidden = _HIDDEN_ROW.findall(self._xml) if b"hidden=" in self._xml else []
        flat = _ZERO_ROW.findall(self._xml) if b'ht="0"' in self._xml else []
        return frozenset(int(number) - 1 for number in (*hidden, *flat))

    @cached_property
    def hidden_columns(self) -> tuple[tuple[int, int], ...]:
        """The first and last of every stretch of hidden columns, counted from 0."""
        columns = self._xml[: max(self._xml.find(b"<sheetData"), 0)]
        found = (_attributes(m[1]) for m in _HIDDEN_COLUMNS.finditer(columns))
        return tuple((int(at["min"]) - 1, int(at["max"]) - 1) for at in found if {"min", "max"} <= set(at))

    def at(self, ref: str) -> CellFacts | None:
        """The facts of a cell, None where the sheet has no such cell."""
        found = self._cell(ref)
        if found is None:
            return None
        attributes, body = found[2], found[3] or b""
        formula, value = _FORMULA.search(body), _VALUE.search(body)
        kind = _TYPE.search(attributes)
        return CellFacts(
            formula=unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else None,
            error=value[1].decode("utf-8", "replace") if kind and kind[1] == b"e" and value else None,
            has_value=value is not None,
        )

    def number_format(self, ref: str) -> str:
        """The number format of a cell; General too where a whole sheet shows its numbers as they are."""
        if not self._has_formats:
            return "General"
        found = self._cell(ref)
        style = _STYLE.search(found[2]) if found else None
        return self._formats.get(int(style[1]) if style else 0, "General")


class WorkbookFacts:
    """Finds a sheet's XML by the sheet's name."""

    def __init__(self, package: Package) -> None:
        self._parts = {name.lower(): xml for name, xml in package.parts.items()}
        self._names = {name.lower(): name for name in package.parts}

    def part(self, title: str) -> str | None:
        """The name of the part that holds a sheet, None where there is none."""
        return self._names.get(self._paths.get(title, ""))

    def sheet(self, name: str) -> SheetFacts:
        """The facts of one sheet; an empty one where the sheet's part cannot be found."""
        xml = self._parts.get(self._paths.get(name, ""), b"")
        return SheetFacts(xml, self._formats, recalculates=self._recalculates)

    def title_of(self, part: str) -> str:
        """The title of the sheet that a part holds."""
        return next((title for title, path in self._paths.items() if path == part.lower()), part)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The titles of the hidden sheets."""
        return frozenset(at.get("name", "") for at in self._sheets if at.get("state", "visible") != "visible")

    @cached_property
    def _recalculates(self) -> bool:
        return _RECALCULATES.search(self._workbook) is not None

    @property
    def _workbook(self) -> bytes:
        return self._parts.get("xl/workbook.xml", b"")

    @cached_property
    def strangers(self) -> frozenset[str]:
        """The titles of the sheets that hold no cells to be read: macro sheets, code modules, sheets without a part."""
        known = {name for name, at in self._relations.items() if at.get("Type", "").endswith(_WITH_CELLS)}
        return frozenset(title for title, name in self._ids.items() if name not in known)

    @cached_property
    def listings(self) -> frozenset[str]:
        """The titles of the sheets that an annotated copy brings: they are no part of what the staff hand in."""
        return frozenset(listed_title(target) for target in targets(self._workbook)) - {""}

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {
            at.get("name", ""): next((v for key, v in at.items() if key.endswith(":id")), "") for at in self._sheets
        }

    @cached_property
    def _relations(self) -> dict[str, dict[str, str]]:
        found = _tags(_RELATION, self._parts.get("xl/_rels/workbook.xml.rels", b""))
        return {at.get("Id", ""): at for at in found}

    @cached_property
    def _paths(self) -> dict[str, str]:
        paths = {
            name: normpath(join("xl", at.get("Target", ""))).lstrip("/").lower() for name, at in self._relations.items()
        }
        return {title: paths.get(name, "") for title, name in self._ids.items()}

    @cached_property
    def titles(self) -> list[str]:
        """The titles of all sheets, in their order."""
        return [at.get("name", "") for at in self._sheets]

    @cached_property
    def _sheets(self) -> list[dict[str, str]]:
        return _tags(_SHEET, self._workbook)

    @cached_property
    def _formats(self) -> dict[int, str]:
        styles = self._parts.get("xl/styles.xml", b"")
        custom = {int(at["numFmtId"]): at.get("formatCode", "") for at in _tags(_NUMBER_FORMAT, styles)}
        formats = [int(number or 0) for number in _FORMAT.findall(styles.partition(b"cellXfs")[2])]
        return {i: custom.get(n) or BUILT_IN.get(n, "General") for i, n in enumerate(formats)}


def without_sheets(workbook: bytes, titles: Collection[str]) -> bytes:
    """A workbook's list of sheets (the XML of ``xl/workbook.xml``) without the sheets of some titles."""

    def keep(found: re.Match[bytes]) -> bytes:
        name = unescape(_attributes(found[1]).get("name", b"").decode("utf-8", "replace"))
        return b"" if name in titles else found[0]

    return _WHOLE_SHEET.sub(keep, workbook)


def _tags(tag: re.Pattern[bytes], xml: bytes) -> list[dict[str, str]]:
    """The attributes of every element of one name."""
    return [
        {key: unescape(value.decode("utf-8", "replace")) for key, value in _attributes(found).items()}
        for found in tag.findall(xml)
    ]


def _attributes(text: bytes) -> dict[str, bytes]:
    return {key.decode(): double or single for key, double, single in _ATTR.findall(text)}
