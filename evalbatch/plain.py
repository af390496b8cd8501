"""A sheet's XML as almost every program writes it, so that a few patterns can read it.

What is legal but unusual (single quotes, prefixes, comments, cells without address or out of order) is written anew;
what no spreadsheet program would accept (a cell twice, tags that do not match) is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from html import escape
from xml.parsers import expat

from .extent import bounded, column_letters, column_number
from .preflight import WORKBOOK, Package, Refused, rebuilt
from .sheetxml import without_sheets

_OPEN = "请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交"
BROKEN = f"工作簿打不开，可能已损坏。{_OPEN}"
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_REF = re.compile(rb'<c r="([A-Z]{1,3}[0-9]+)"')
_ODD_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[1-9][0-9]{0,6}")[\s/>]')
_ODD_VALUE = re.compile(rb"<v>[^<]*&#|</v>\s*<v|<v><!")
_NO_INDEX = re.compile(rb't="s"[^>]*><v>(?![0-9]+</v>)')
_ODD_ERROR = re.compile(rb"<v>#(?!(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!)</v>)[^<]*</v>")
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_KEPT = frozenset({"row", "c", "f", "v", "is", "t", "r", "col", "cols", "mergeCells", "mergeCell", "sheetData"})
"""The elements that carry what is read: cells, merged areas, hidden columns."""


def plain_package(package: Package, sheets: Iterable[str], strangers: Collection[str]) -> Package:
    """The package with the given sheet parts in plain XML, without the sheets of the titles ``strangers``.

    Raises Refused for a sheet that is no valid one.
    """
    parts, shown, far = dict(package.parts), {}, list(package.far)
    if strangers:
        parts[WORKBOOK] = shown[WORKBOOK] = without_sheets(parts[WORKBOOK], strangers)
    for name in sheets:
        refs = _REF.findall(parts[name])
        if not is_plain(parts[name]):
            parts[name], dropped = bounded(name, plain(parts[name]))
            shown[name], refs = parts[name], _REF.findall(parts[name])
            far += dropped
        if len(set(refs)) != len(refs):
            raise Refused(f"文件内部单元格 {_repeated(refs)} 出现了两次，不知道该用哪一个。{_OPEN}")
        if _NO_INDEX.search(parts[name]):
            raise Refused(BROKEN)
        if _ODD_ERROR.search(parts[name]):
            shown[name] = _ODD_ERROR.sub(b"<v>#VALUE!</v>", parts[name])
    if not shown:
        return package
    return dataclasses.replace(package, parts=parts, far=tuple(far), data=rebuilt({**parts, **shown}))


def is_plain(xml: bytes) -> bool:
    """Whether a sheet's XML can be read as it stands: every cell begins with its address, every value is bare."""
    return b"<!" not in xml and b"<sheetData" in xml and not _ODD_CELL.search(xml) and not _ODD_VALUE.search(xml)


def _repeated(refs: list[bytes]) -> str:
    seen: set[bytes] = set()
    for ref in refs:
        if ref in seen:
            return ref.decode()
        seen.add(ref)
    return ""


def plain(xml: bytes) -> bytes:
    """A sheet's XML written anew. Raises Refused where it is no XML, or no sheet."""
    writer = _Writer()
    try:
        writer.parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(BROKEN) from error
    return writer.text()


class _Writer:
    """Takes a sheet's elements one by one and writes those that are read."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._declares
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._out: list[str] = []
        self._open: list[str] = []
        self._skipped = 0
        self._row = self._column = 0

    def text(self) -> bytes:
        """What was written, a whole sheet. Raises Refused where there was none."""
        if "<sheetData>" not in self._out:
            raise Refused(BROKEN)
        head = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        return f"{head}{''.join(self._out)}</worksheet>".encode()

    def _declares(self, name: str, *_: object) -> None:
        """No sheet declares entities, whatever its part is called or encoded in."""
        raise ValueError(name)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if self._skipped or tag not in _KEPT or space not in _MAIN:
            self._skipped += bool(self._skipped) or tag != "worksheet"
            return
        own = {key: value for key, value in attributes.items() if " " not in key}
        if tag in ("row", "c"):
            own = {"r": self._address(tag, own.pop("r", None)), **own}
        if (tag in ("row", "c") and tag in self._open) or (tag == "v" and self._out[-1] == "</v>"):
            raise ValueError(tag)
        if tag == "t":
            own["xml:space"] = "preserve"
        self._open.append(tag)
        written = "".join(f' {key}="{escape(value)}"' for key, value in own.items())
        self._out.append(f"<{tag}{written}>")

    def _address(self, tag: str, given: str | None) -> str:
        """The address of a row or cell; without one it stands right behind the one before."""
        if tag == "row":
            self._row, self._column = int(given) if given else self._row + 1, 0
            if not 1 <= self._row <= 1_048_576:
                raise ValueError(given)
            return str(self._row)
        if given is None:
            self._column += 1
            return f"{column_letters(self._column - 1)}{self._row}"
        match = _ADDRESS.fullmatch(given.strip())
        if match is None:
            raise ValueError(given)
        self._column = column_number(match[1].encode())
        return f"{match[1].upper()}{match[2]}"

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            self._out.append(f"</{self._open.pop()}>")

    def _characters(self, text: str) -> None:
        if not self._skipped and self._open and self._open[-1] in ("f", "v", "t"):
            self._out.append(escape(text, quote=False))
