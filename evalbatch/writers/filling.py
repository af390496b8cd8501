"""What a form is filled with: a mapping as TOML gives it, by sheet and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import form
from ..spec import Row, Shape, columns_of, lines_of, sheet_of

Filling = Mapping[str, Any]
"""By lower-cased class name a mapping of field names (tables: a list of them); 收支预决算 maps its lines to amounts.

Two more keys: ``notes``, texts shown on 填报说明, and ``file``, the workbook's name, which is not written.
"""


def checked(filling: Filling) -> Filling:
    """The filling itself, once every key in it is known. Raises KeyError naming one the form does not have."""
    classes = {key_of(cls): cls for cls in form.SHEETS}
    _know(filling, [*classes, "notes", "file"], "filling")
    for key, cls in classes.items():
        names = [column.name for column in columns_of(cls)]
        if sheet_of(cls).shape is Shape.TABLE:
            for row in filling.get(key, ()):
                _know(row, names, key)
        else:
            lines = [line.name for line in lines_of(cls)]
            _know(filling.get(key, {}), names + lines, key)
            for line in lines:
                amounts = [column.name for column in columns_of(form.BudgetLine)]
                _know(filling.get(key, {}).get(line, {}), amounts, f"{key}.{line}")
    return filling


def _know(given: Iterable[str], names: Sequence[str], where: str) -> None:
    for name in given:
        if name not in names:
            raise KeyError(f"{where}.{name}")


def key_of(cls: type[Row]) -> str:
    """The key of a sheet's data in a filling: its class name in lower case."""
    return cls.__name__.lower()
