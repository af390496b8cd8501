"""Which unit a number means: departments take turns, so that the first N units of a county are those of a larger one."""

from __future__ import annotations

from dataclasses import dataclass

from .vocabulary import Department, county, departments

HEADQUARTERS = 0
"""The place of the department itself among its units."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """A unit: its number in the county, its department, and its place among the department's units."""

    number: int
    department: Department
    place: int

    @property
    def code(self) -> str:
        return f"{self.department.code}{self.place + 1:03d}"

    @property
    def name(self) -> str:
        """A town and a sort of unit; the department itself comes first."""
        if self.place == HEADQUARTERS:
            return f"{county()['name']}{self.department.name}"
        towns, sorts = county()["towns"], self.department.sorts
        index, sort = divmod(self.place - 1, len(sorts))
        again, town = divmod(index, len(towns))
        return (
            f"{county()['name']}{towns[town]}镇{'第' + '二三四五六七八九十'[again - 1] if again else ''}{sorts[sort]}"
        )

    @property
    def over(self) -> str:
        """The department's full name."""
        return f"{county()['name']}{self.department.name}"

    @property
    def path(self) -> str:
        """The file within the county's folder."""
        return f"{self.department.code}_{self.department.name}/{self.code}_{self.name}_2025.xlsx"


def offices(count: int) -> list[Office]:
    """The first units of the county."""
    found: list[Office] = []
    held = dict.fromkeys(departments(), 0)
    turn = 0
    while True:
        for department in departments():
            if turn % department.period == 0:
                if len(found) == count:
                    return found
                found.append(Office(number=len(found) + 1, department=department, place=held[department]))
                held[department] += 1
        turn += 1
