"""What tables for machines are made of: columns with their units, and the indicators of a result as they are read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from ..digest import Digest
from ..form import DEPARTMENT
from ..formula import quantize

DIGITS = 6
"""Decimals of every number but amounts and points, which are exact."""

Value = str | int | bool | Decimal | None


class Measure(Enum):
    """What a column holds; the value is its unit as people read it."""

    TEXT = "文字"
    COUNT = "个数"
    FLAG = "true/false"
    YUAN = "元"
    POINTS = "分"
    SHARE = "小数（0.5 即 50%）"
    NUMBER = "数"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row in the making: the name of the unit's outputs, its digest, and the record that the row is about."""

    output: str
    digest: Digest
    item: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class DataColumn:
    """A column: its name, what it says, its unit, and where its value is taken from."""

    name: str
    about: str
    measure: Measure
    of: Callable[[Line], Any]

    def value(self, line: Line) -> Value:
        """The value of a row; a blank text is no value."""
        value: Value = self.of(line)
        if isinstance(value, Decimal) and self.measure in (Measure.SHARE, Measure.NUMBER):
            return quantize(value, DIGITS)
        return None if value == "" else value


@dataclass(frozen=True, kw_only=True, slots=True)
class DataTable:
    """A table: its name, what one row of it is, and its columns."""

    name: str
    about: str
    columns: tuple[DataColumn, ...]


Row = tuple[Value, ...]


# --- indicators, from the result ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Target:
    text: str
    op: str | None
    value: Decimal | None
    upper: Decimal | None
    unit: str | None
    inferred: bool


@dataclass(frozen=True)
class _Actual:
    text: str
    value: Decimal | None
    unit: str | None


@dataclass(frozen=True)
class Measured:
    """An indicator of a result."""

    cell: str | None
    level1: str | None
    level2: str | None
    level3: str | None
    kind: str
    target: _Target
    actual: _Actual
    weight: Decimal | None
    score: Decimal | None
    claimed: Decimal | None
    status: str
    basis: str


@dataclass(frozen=True)
class _Scored:
    code: str | None
    indicators: tuple[Measured, ...]


@dataclass(frozen=True)
class _Result:
    """The part of a result that is read here."""

    projects: tuple[_Scored, ...]
    department: _Scored


def indicators(packed: bytes) -> Iterator[tuple[str, Measured]]:
    """Every indicator of a result with its project's code, or 部门整体. Raises msgspec.DecodeError."""
    result = msgspec.json.decode(packed, type=_Result)
    for scored in result.projects:
        yield from ((scored.code or "", row) for row in scored.indicators)
    yield from ((DEPARTMENT, row) for row in result.department.indicators)
