"""What the specimens are made of: a good form taken to pieces, changed, and put together again; and what is expected."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from pieces import STRINGS, Parts, Pieces, apart
from support import filling

from evalbatch.writers.template import write_form

BUDGET, EXECUTED = "项目资金!I5", "项目资金!J5"
_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_SHEET_DATA = re.compile(r"<sheetData>.*</sheetData>", re.S)


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """An odd file and what must come of it.

    ``said`` is part of the sentence it is refused with; without one it is read, with exactly the findings ``found``
    (``F401 项目资金!I5``, or the code alone). Every figure is the good form's, but those named in ``figures``, and those
    under a prefix in ``lost``, which may be missing, never other.
    """

    group: str
    name: str
    make: Callable[[Path], Path]
    said: str = ""
    found: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    apart: bool = False

    @property
    def label(self) -> str:
        return f"{self.group}-{self.name}"


def file(data: Callable[[], bytes] | bytes, name: str = "表.xlsx") -> Callable[[Path], Path]:
    """How a specimen that is one file is made."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data())
        return path

    return make


def edited(edit: Callable[[Book], Any]) -> Callable[[Path], Path]:
    """How a specimen is made that is the good form with a change."""

    def data() -> bytes:
        book = Book()
        edit(book)
        return book.data()

    return file(data)


@functools.cache
def good_bytes() -> bytes:
    """The good form as a file."""
    return write_form(filling())


@functools.cache
def _good_parts() -> Parts:
    return apart(good_bytes())


class Book(Pieces):
    """The good form in pieces."""

    def __init__(self) -> None:
        super().__init__(_good_parts())

    def raw(self, place: str, xml: str) -> Book:
        """Put other XML in the place of a cell."""
        title, ref = place.split("!")
        pattern = re.compile(rf'<c r="{ref}"[^>]*?(?:/>|>.*?</c>)', re.S)
        text, count = pattern.subn(lambda _: xml, self.sheet(title), count=1)
        assert count, f"no cell {place}"
        return self.set_sheet(title, text)

    def cell(self, place: str, inner: str, kind: str = "", style: str | None = None) -> Book:
        """A cell with the style it had (or another), another type and other contents."""
        title, ref = place.split("!")
        found = re.search(rf'<c r="{ref}"[^>]*? s="(\d+)"', self.sheet(title))
        style = style or (found[1] if found else "0")
        return self.raw(place, f'<c r="{ref}" s="{style}"{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}>{inner}</c>')

    def number(self, place: str, number: object, style: str | None = None) -> Book:
        return self.cell(place, f"<v>{number}</v>", "", style)

    def text(self, place: str, text: str) -> Book:
        return self.cell(place, f'<is><t xml:space="preserve">{escape(text)}</t></is>', "inlineStr")

    def formula(self, place: str, formula: str, value: str | None = None, kind: str = "") -> Book:
        shown = "" if value is None else f"<v>{value}</v>"
        return self.cell(place, f"<f>{escape(formula)}</f>{shown}", kind)

    def styled(self, code: str) -> str:
        """The number of a new cell style that shows numbers by a format."""
        styles = self.parts["xl/styles.xml"].decode()
        count = int(re.search(r'<cellXfs count="(\d+)"', styles)[1])
        styles = re.sub(
            r'<numFmts count="\d+">', lambda m: f'{m[0]}<numFmt numFmtId="399" formatCode="{escape(code)}"/>', styles
        )
        assert 'numFmtId="399"' in styles
        styles = styles.replace(
            "</cellXfs>",
            '<xf numFmtId="399" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>',
        )
        self.parts["xl/styles.xml"] = styles.encode()
        return str(count)

    def heading(self, old: str, new: str) -> Book:
        """Replace a shared text wherever it stands."""
        return self.sub(STRINGS, f"<t>{old}</t>", f"<t>{escape(new)}</t>")

    def moved(self, title: str, to: Callable[[int, int], tuple[int, int] | None]) -> Book:
        """A sheet whose cells stand elsewhere: ``to`` gives a row and column, counted from 1, or None to drop one."""
        cells: dict[int, dict[int, str]] = {}
        for letters, row, attributes, body in _CELL.findall(self.sheet(title)):
            target = to(int(row), number_of(letters))
            if target is not None and body:
                ref = f"{letters_of(target[1])}{target[0]}"
                cells.setdefault(target[0], {})[target[1]] = f'<c r="{ref}"{attributes}>{body}</c>'
        return self.set_sheet(title, _SHEET_DATA.sub(lambda _: _data_of(cells), self.sheet(title)))

    def before_end(self, title: str, xml: str) -> Book:
        """Put XML right behind a sheet's cells."""
        return self.sub(title, "</sheetData>", f"</sheetData>{xml}")


def _data_of(cells: dict[int, dict[int, str]]) -> str:
    rows = (f'<row r="{n}">{"".join(row[c] for c in sorted(row))}</row>' for n, row in sorted(cells.items()))
    return f"<sheetData>{''.join(rows)}</sheetData>"


def number_of(letters: str) -> int:
    """The number of a column, A being 1."""
    return functools.reduce(lambda n, letter: n * 26 + ord(letter) - 64, letters, 0)


def letters_of(number: int) -> str:
    """The letters of a column counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
