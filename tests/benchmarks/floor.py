"""The floor: the form read and the workbook written by the same two libraries, with nothing between them.

Python-calamine reads every sheet; the calls that the product makes are made again on XlsxWriter's own classes, as one
plain function. The workbook is the product's, byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from tape import Call, Tape
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def read(form: Path) -> list[list[list[Any]]]:
    """Every cell of every sheet."""
    book = CalamineWorkbook.from_path(form)
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def player(tape: Tape, workbook: type[Workbook] = Workbook) -> Callable[[], bytes]:
    """The calls as one plain function, as if they had been written out by hand; it gives the workbook's bytes."""
    script = _Script()
    for call in tape.calls:
        script.add(call)
    names: dict[str, Any] = {"kept": script.kept, "Workbook": workbook, "BytesIO": io.BytesIO, "OPTIONS": OPTIONS}
    body = ["out = BytesIO()", "book = Workbook(out, OPTIONS)", *script.lines, "book.close()", "return out.getvalue()"]
    exec("def play():\n    " + "\n    ".join(body), names)
    play: Callable[[], bytes] = names["play"]
    return play


class _Script:
    """Writes calls as lines of Python."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kept: list[Any] = []
        self.names: dict[int, str] = {}

    def add(self, call: Call) -> None:
        args = call.args[:1] if call.name == "add_worksheet" else call.args  # of XlsxWriter's own class
        given = [*map(self.word, args), *(f"{key}={self.word(value)}" for key, value in call.kwargs.items())]
        line = f"{self.name(call.target)}.{call.name}({', '.join(given)})"
        if isinstance(call.made, Worksheet | Format | Chart):
            self.names[id(call.made)] = f"made{len(self.names)}"
            line = f"{self.names[id(call.made)]} = {line}"
        self.lines.append(line)

    def name(self, target: Any) -> str:
        """A variable; a format that no call made is the one that the workbook begins with."""
        return "book" if isinstance(target, Workbook) else self.names.get(id(target), "book.formats[0]")

    def word(self, value: Any) -> str:
        """An argument as it is written in Python."""
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self.word(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(map(self.word, value)) + "]"
        if isinstance(value, Format | Chart):
            return self.name(value)
        if value is None or type(value) in (str, int, float, bool):
            return repr(value)
        self.kept.append(value)
        return f"kept[{len(self.kept) - 1}]"
