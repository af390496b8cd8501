"""What a workbook was told to hold: every call that reached XlsxWriter while it was written.

Played again (``floor``) the calls make the very same workbook; read as cells (``content``) they tell another library what
to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

UNNOTED = ("__init__", "get_name", "close")
"""Calls that begin or end a workbook, or put nothing into it."""


@dataclass(frozen=True)
class Call:
    """A call: whose method, its name, what it was given, what it made (a sheet, a format, a chart)."""

    target: Any
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    made: Any


@dataclass
class Tape:
    """The calls in their order."""

    calls: list[Call] = field(default_factory=list)
    inside: int = 0

    def wrap(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """A method that notes its calls, but not those that XlsxWriter itself makes inside them."""

        @wraps(method)
        def noted(target: Any, *args: Any, **kwargs: Any) -> Any:
            self.inside += 1
            try:
                made = method(target, *args, **kwargs)
            finally:
                self.inside -= 1
            if not self.inside and name not in UNNOTED:
                self.calls.append(Call(target, name, args, kwargs, made))
            return made

        return noted


@contextmanager
def recording() -> Iterator[Tape]:
    """Note what XlsxWriter is told meanwhile."""
    tape = Tape()
    methods = [
        (cls, name, method)
        for cls in (Workbook, Worksheet, Chart, Format)
        for name, method in vars(cls).items()
        if callable(method) and (name in UNNOTED or not name.startswith("_"))
    ]
    for cls, name, method in methods:
        setattr(cls, name, tape.wrap(name, method))
    try:
        yield tape
    finally:
        for cls, name, method in methods:
            setattr(cls, name, method)
