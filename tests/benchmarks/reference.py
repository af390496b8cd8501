"""The form of the benchmark: a unit with eight projects and eighty indicators, honestly filled.

It is the first eight projects of the large unit, each with its last indicators; the first one kept takes the points of
those left out, so that every project still makes 100.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from large_unit import filling, told_projects

KEPT = (9, 8, 8, 8, 8, 8, 8, 8)
"""How many indicators of each project are kept; with the fifteen of the unit as a whole they are eighty."""
POINTS = 6
"""Where the points stand among the cells of an indicator's line."""


def reference() -> dict[str, Any]:
    """The filling, in the shape ``write_form`` takes."""
    told = told_projects()[: len(KEPT)]
    return filling(
        [{**row, "indicators": _last(row["indicators"], kept)} for row, kept in zip(told, KEPT, strict=True)]
    )


def _last(text: str, kept: int) -> str:
    lines = text.strip().splitlines()
    dropped, (first, *rest) = lines[:-kept], lines[-kept:]
    cells = first.split("|")
    cells[POINTS] = str(sum(map(_weight, (first, *dropped)), Decimal(0)))
    return "\n".join(["|".join(cells), *rest])


def _weight(line: str) -> Decimal:
    return Decimal(line.split("|")[POINTS].partition("→")[0].strip())
