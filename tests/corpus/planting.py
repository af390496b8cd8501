"""What a fault is, how it is declared, and where it stands once it is planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from random import Random

from evalbatch import form
from evalbatch.spec import Row as Declared
from evalbatch.spec import Shape as Layout
from evalbatch.spec import columns_of, lines_of, sheet_of
from evalbatch.writers.filling import key_of
from evalbatch.writers.inputs import column_letter
from evalbatch.writers.template import DATA_ROW, HEAD_ROW, VALUE

from .projects import Project, is_full
from .results import Row
from .story import Story
from .told import grade_of

Spot = tuple[Row, str]
"""A cell: the row of the form that holds it, and its field."""


class NoPlace(Exception):
    """The unit has nothing that this fault could be planted in."""


class Area(Enum):
    """What a fault touches; a unit never has two faults in one area. Texts come last: they depend on points lost."""

    MONEY = "money"
    SCORES = "scores"
    TEXTS = "texts"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A kind of fault: the codes it is found by, what it touches, how likely it is chosen, how it is planted.

    An ``early`` one changes what the unit did, so that every total follows; the others change the form alone.
    """

    kind: str
    codes: tuple[str, ...]
    area: Area
    likely: int
    early: bool
    plant: Callable[[Case], list[Spot]]

    @property
    def about(self) -> str:
        """What is planted, in words."""
        return (self.plant.__doc__ or "").strip()


FAULTS: dict[str, Fault] = {}
"""Every kind of fault within a form, by name."""


def fault(
    *codes: str, area: Area, likely: int = 4, early: bool = False
) -> Callable[[Callable[[Case], list[Spot]]], Callable[[Case], list[Spot]]]:
    """Declare a kind of fault; the function's name is its name, its docstring says what is planted."""

    def register(plant: Callable[[Case], list[Spot]]) -> Callable[[Case], list[Spot]]:
        kind = plant.__name__
        FAULTS[kind] = Fault(kind=kind, codes=codes, area=area, likely=likely, early=early, plant=plant)
        return plant

    return register


@dataclass(kw_only=True)
class Case:
    """A unit in which faults are planted; every project is used for one fault alone."""

    chance: Random
    story: Story
    data: Row = field(default_factory=dict)
    used: list[str] = field(default_factory=list)

    def project(self, fits: Callable[[Project], object] = bool) -> Project:
        """A project that takes part, is not used yet, and fits. Raises NoPlace."""
        found = [one for one in self.story.evaluated if one.row["code"] not in self.used and fits(one)]
        if not found:
            raise NoPlace
        chosen = self.chance.choice(found)
        self.used.append(chosen.row["code"])
        return chosen

    def indicator(self, fits: Callable[[Row], object]) -> tuple[Project, Row]:
        """An indicator that fits, of a project that is not used yet. Raises NoPlace."""
        project = self.project(lambda one: any(map(fits, one.indicators)))
        return project, self.chance.choice([row for row in project.indicators if fits(row)])

    def blemished_beside(self, project: Project) -> bool:
        """Whether another project has less than 100 points, so that this one alone may have them."""
        return any(not is_full(one) for one in self.story.evaluated if one is not project)

    def need(self, condition: object) -> None:
        """Raise NoPlace unless the unit is such."""
        if not condition:
            raise NoPlace

    def cents(self, low: int, high: int) -> Decimal:
        """An amount with two decimals."""
        return Decimal(self.chance.randint(low, high)) / 100


def retotal(project: Project) -> None:
    """Add a project's own scores up again, as the unit would after changing one."""
    row = project.row
    row["claimed"] = sum((one.get("claimed", Decimal(0)) for one in project.indicators), row["claimed_execution"])
    row["grade"] = grade_of(row["claimed"])


def address(data: Row, spot: Spot) -> str:
    """Where a cell stands in the form, as ``工作表!A1``. Raises LookupError for a row that is not of this form."""
    row, name = spot
    for cls in form.SHEETS:
        ref = _ref(cls, data.get(key_of(cls), {}), row, name)
        if ref:
            return f"{sheet_of(cls).title}!{ref}"
    raise LookupError(name)


def _ref(cls: type[Declared], held: object, row: Row, name: str) -> str:
    fields = [column.name for column in columns_of(cls)]
    layout = sheet_of(cls).shape
    if layout is Layout.TABLE and isinstance(held, list):
        at = next((i for i, one in enumerate(held) if one is row), None)
        return "" if at is None else f"{column_letter(fields.index(name))}{DATA_ROW + 1 + at}"
    if layout is Layout.LABELS:
        return f"{column_letter(VALUE)}{HEAD_ROW + 1 + fields.index(name)}" if held is row else ""
    lines = [line.name for line in lines_of(cls)]
    if held is row:
        return f"{column_letter(VALUE)}{DATA_ROW + len(lines) + 2 + fields.index(name)}"
    at = next((i for i, line in enumerate(lines) if isinstance(held, dict) and held.get(line) is row), None)
    amounts = [column.name for column in columns_of(form.BudgetLine)]
    return "" if at is None else f"{column_letter(1 + amounts.index(name))}{DATA_ROW + 1 + at}"
