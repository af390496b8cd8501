"""The reference form many times over, each of another unit: only its names and its code differ, so that it costs no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pieces import STRINGS, Pieces, apart
from reference import reference

LETTERS = str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")
"""Numbers inside names are written as letters: a figure in a name is looked at."""


def write_copies(form: Path, folder: Path, count: int) -> Path:
    """Fill a folder with so many copies of the reference form, whose projects all have indicators of their own."""
    folder.mkdir()
    parts, filled = apart(form.read_bytes()), reference()
    for number in range(count):
        book = Pieces(parts)
        for old, new in _changes(filled, number).items():
            book.sub(STRINGS, f"<t>{old}</t>", f"<t>{new}</t>")
        (folder / f"{number:05}.xlsx").write_bytes(book.data())
    return folder


def _changes(filled: dict[str, Any], number: int) -> dict[str, str]:
    """What a copy says instead of what the form says."""
    mark = f"{number:05}".translate(LETTERS)
    last = {row["project"]: row["name"] for row in filled["indicator"]}
    names = [filled["unit"]["name"], *last.values()]
    return {filled["unit"]["code"]: f"4{number:05}", **{name: f"{name}{mark}" for name in names}}
