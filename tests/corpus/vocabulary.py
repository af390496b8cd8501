"""The county's words: departments and units, projects, the indicators of each kind of project, why things fail."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
WHOLE = "整体"
"""The kind of the indicators of a unit as a whole."""
GENERAL = "综合"
"""The field of the projects that every unit may have."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """An indicator as a kind of project has it: ``span`` is a range, some numbers to choose from, months, or three texts."""

    level: str
    name: str
    nature: str
    span: str
    unit: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Standard:
    """What a project pays per head, in 元."""

    content: str
    price: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Template:
    """A project that units of one field may have; ``lines`` are its own quantities."""

    field: str
    kind: str
    name: str
    who: str
    lines: tuple[Line, ...]
    standard: Standard | None


@dataclass(frozen=True, kw_only=True)
class Department:
    """A 主管部门: every ``period`` rounds it gets a unit of one of its sorts."""

    code: str
    name: str
    period: int
    field: str
    sorts: tuple[str, ...]


@cache
def county() -> dict[str, Any]:
    """The county's name and towns."""
    told = _load("county")
    return {"name": told["name"], "towns": told["towns"].split()}


@cache
def departments() -> tuple[Department, ...]:
    """The departments, in the order of their codes."""
    return tuple(
        Department(code=code, name=name, period=int(period), field=field, sorts=tuple(sorts.split()))
        for code, name, period, field, sorts in _rows(_load("county")["departments"])
    )


@cache
def templates() -> tuple[Template, ...]:
    """Every project of the county."""
    return tuple(_template(*row) for row in _rows(_load("projects")["projects"]))


@cache
def lines_of(kind: str) -> tuple[Line, ...]:
    """The indicators a kind of project chooses from besides its own quantities."""
    keys = ("level", "name", "nature", "span", "unit", "evidence")
    return tuple(Line(**dict(zip(keys, row, strict=True))) for row in _rows(_load("kinds")["kinds"][kind]))


@cache
def losses(kind: str) -> tuple[tuple[str, str], ...]:
    """Why something was not reached, and what is done about it."""
    return tuple(_pair(row, "/") for row in _load("kinds")["losses"][kind].strip().splitlines())


def _template(field: str, kind: str, name: str, who: str, quantities: str, standard: str) -> Template:
    lines = [_quantity(text) for text in quantities.split(";")]
    paid = standard.split(":") if standard else None
    return Template(
        field=field,
        kind=kind,
        name=name,
        who=who,
        lines=tuple(lines),
        standard=Standard(content=paid[0], price=int(paid[1]), unit=paid[2]) if paid else None,
    )


def _quantity(text: str) -> Line:
    name, unit, span = (part.strip() for part in text.split(":"))
    return Line(level="数量", name=name, nature="≥", span=span, unit=unit, evidence=f"{name}台账")


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _pair(text: str, sign: str) -> tuple[str, str]:
    first, _, second = text.partition(sign)
    return first, second


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
