"""A finished workbook of which some sheets are written anew, as often as wanted; all else is kept as it was packed.

Every workbook cast holds what would be written without a mould, but for the order of its texts, and does not depend
on those cast before it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .style import Book

_STRINGS = "xl/sharedStrings.xml"
_STAMP = (1980, 1, 1, 0, 0, 0)
"""The time that XlsxWriter gives every part."""


class Mould:
    """Takes a closed book with its bytes, and what writes the changing sheets with the content they were closed with."""

    def __init__(self, book: Book, data: bytes, write: Callable[[], None]) -> None:
        self._workbook: Any = book.workbook
        self._sheets: list[Any] = self._workbook.worksheets_objs
        self._names: dict[str, Any] = self._workbook.sheetnames
        self._texts = {text: number for number, text in enumerate(self._workbook.str_table.string_array)}
        total = self._workbook.str_table.count
        self._count = 0
        changing = self._parts(write)
        self._count = total - self._workbook.str_table.count
        """How many cells of the sheets that stay hold a text."""
        self._kept = _without(data, changing)

    def cast(self, write: Callable[[], None]) -> bytes:
        """The workbook with the sheets that ``write`` adds to the book in the place of those of the same titles.

        Raises RuntimeError where they need a format that the mould was made without.
        """
        whole = io.BytesIO()
        whole.write(self._kept)
        with ZipFile(whole, "a") as archive:
            for part, text in self._parts(write).items():
                info = ZipInfo(part, _STAMP)
                info.compress_type = ZIP_DEFLATED
                archive.writestr(info, text.encode())
        return whole.getvalue()

    def _parts(self, write: Callable[[], None]) -> Mapping[str, str]:
        """The parts of the sheets that are written, and of the texts of the whole workbook."""
        book, texts = self._workbook, self._workbook.str_table
        known = len(book.formats[0].xf_format_indices)
        book.worksheets_objs, book.sheetnames = [], {}
        texts.string_table, texts.unique_count, texts.count = dict(self._texts), len(self._texts), self._count
        try:
            write()
            parts = dict(self._written(book.worksheets_objs))
        finally:
            book.worksheets_objs, book.sheetnames = self._sheets, self._names
        if len(book.formats[0].xf_format_indices) != known:
            raise RuntimeError("a format that the mould does not have")
        return parts

    def _written(self, sheets: list[Any]) -> Iterator[tuple[str, str]]:
        from xlsxwriter.sharedstrings import SharedStrings

        numbers = {sheet.name: number for number, sheet in enumerate(self._sheets, 1)}
        for sheet in sheets:
            yield f"xl/worksheets/sheet{numbers[sheet.name]}.xml", _xml_of(sheet)
        self._workbook.str_table._sort_string_data()
        strings: Any = SharedStrings()
        strings.string_table = self._workbook.str_table
        yield _STRINGS, _xml_of(strings)


def _xml_of(part: Any) -> str:
    text = io.StringIO()
    part._set_xml_writer(text)
    part._assemble_xml_file()
    return text.getvalue()


def _without(data: bytes, parts: Mapping[str, str]) -> bytes:
    """A package without some of its parts."""
    kept = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(kept, "w") as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info, old.read(info))
    return kept.getvalue()
