"""What a rule across units may look at: every workbook of a run, and what several of them have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ..approved import APPROVED, PAID, Fault
from ..model import Member
from ..policy import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A workbook: its place among those that were read (from 1), and whose it is.

    ``unit`` tells units apart: forms of one code, or of one name where there is no code, have the same. ``claimed`` is
    the unit's own 自评总分 in points.
    """

    number: int
    unit: str
    name: str
    code: str
    department: str
    year: str
    file: str
    sha256: str
    claimed: Decimal | None

    def member(self, *cells: str) -> Member:
        """The workbook's part in a fault."""
        return Member(number=self.number, unit=self.name, file=self.file, cells=cells)

    @property
    def whose(self) -> str:
        """The unit and the file: ``某局（某局.xlsx）``."""
        return f"{self.name or self.code or '没有写名称的单位'}（{self.file}）"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The indicators of a project: how many have a result."""

    form: Form
    project: str
    answered: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """A row of 支出标准: the price in 元 of something, and its cell."""

    form: Form
    content: str
    price: Decimal
    cell: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """All workbooks of a run, and the groups of two and more that agree; nothing at all where there is but one.

    ``of_unit`` are different workbooks of one unit and year, ``of_bytes`` files of equal bytes, ``same_answers``
    projects of different units whose indicators, targets and results are equal, ``of_content`` prices of one thing in
    different units, ``of_department`` the workbooks of different units of one department; the last two of one year.
    ``faults`` are those of the bureau's own files, None where there are no such files.
    """

    policy: Policy
    faults: Sequence[Fault] | None = None
    forms: Sequence[Form] = ()
    of_unit: Sequence[Sequence[Form]] = ()
    of_bytes: Sequence[Sequence[Form]] = ()
    same_answers: Sequence[Sequence[Answers]] = ()
    of_content: Sequence[Sequence[Price]] = ()
    of_department: Sequence[Sequence[Form]] = ()

    @cached_property
    def prices(self) -> list[Sequence[Price]]:
        """The prices of everything that enough units pay for."""
        return [group for group in self.of_content if units(p.form for p in group) >= self.policy.peers.units]

    @cached_property
    def departments(self) -> list[Sequence[Form]]:
        """The workbooks of every department with enough units."""
        return [group for group in self.of_department if units(group) >= self.policy.peers.full]

    def nothing_for(self, code: str) -> str:
        """Why a rule has nothing to compare; an unrun rule is not a pass."""
        if code == "B401":
            return f"没有提供{APPROVED}和{PAID}" if self.faults is None else ""
        if not self.forms:
            return "少于两份工作簿，没有可比的"
        if code == "B202" and not self.prices:
            return f"没有一项测算内容有 {self.policy.peers.units} 个单位填了单价，无从比较"
        if code == "B301" and not self.departments:
            return f"没有一个主管部门有 {self.policy.peers.full} 个单位，无从比较"
        return ""


def units(forms: Iterable[Form]) -> int:
    """How many units some workbooks are of."""
    return len({form.unit for form in forms})
