"""What a resubmission changed, as records: the fate of every finding, changed cells, scores before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .effects import Effect
from .form import DEPARTMENT
from .model import Finding, Keyed, Said, Status
from .spec import Place


class Fate(Keyed):
    """What became of a finding; the value is what people read.

    UNCHECKED is one that is not there any more only because its rule did not run, or waits for another finding.
    """

    NEW = "新增"
    OPEN = "仍有"
    UNCHECKED = "没有查"
    FIXED = "改正"


class Sameness(Keyed):
    """How alike two workbooks are; the value is what people read."""

    BYTES = "与上次逐字节相同"
    CONTENT = "填报内容没有变化（只是重新保存过）"
    LAYOUT = "填报的数和文字没有变化，变的是表格本身（栏目、格式、隐藏的内容等）"
    CHANGED = "填报内容有变化"

    @property
    def unchanged(self) -> bool:
        """Whether the unit handed in the same once more."""
        return self in (Sameness.BYTES, Sameness.CONTENT)


class Turn(Keyed):
    """What happened to a cell or a row; the value is what people read."""

    CHANGED = "修改"
    ADDED = "新增行"
    REMOVED = "删除行"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One of the two workbooks: the file, whose it is, the unit of its amounts, its verdict."""

    file: str
    sha256: str
    name: str
    code: str
    year: str
    money: str
    status: Status
    errors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of a finding: as it stands now, or, where it is gone, as it stood; ``before`` of one still open.

    ``cells`` are those this holds for: where each cell of a finding is at fault by itself, some may be mended. ``note``
    says what else is to be known: why it was not checked, that its row is gone, that nothing was changed where it is.
    ``money`` is the unit that its form shows amounts in, 万元 or 元.
    """

    fate: Fate
    finding: Finding
    cells: tuple[Place, ...]
    record: str
    money: str
    before: Finding | None = None
    note: str = ""

    @property
    def waived(self) -> bool:
        """Whether the bureau lets it stand now."""
        return self.finding.waiver is not None and self.fate in (Fate.NEW, Fate.OPEN)

    @property
    def partly(self) -> bool:
        """Whether it holds for some of the finding's cells alone."""
        return len(self.cells) < len(self.finding.cells)

    @property
    def moved(self) -> bool:
        """Whether it still stands with other figures."""
        return self.before is not None and _figures(self.before) != _figures(self.finding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A cell with another value, or a row that came or went: where, whose, what it was, what it is.

    Numbers are amounts in 元, rates as fractions, or plain; a text stands for what is none. ``scale`` is how much of them
    one ``unit`` is that they are shown in; ``is_amount`` of what is typed in the unit of money of the form. ``effects`` is what it alone makes of the scores, None where that was not computed.
    """

    turn: Turn
    sheet: str
    record: str
    field: str
    place: Place | None
    old_place: Place | None
    old: Decimal | str | None
    new: Decimal | str | None
    unit: str = ""
    scale: Decimal = Decimal(1)
    is_amount: bool = False
    effects: tuple[Effect, ...] | None = ()

    @property
    def difference(self) -> Decimal | None:
        """What a number grew by, None where one of the two is none."""
        if isinstance(self.old, Decimal) and isinstance(self.new, Decimal):
            return self.new - self.old
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A score in both workbooks (``code`` of a project, or 部门整体): points, None where there are none.

    ``said`` is how much could be assessed now; ``removed`` is a project that the newer workbook does not have.
    """

    code: str
    name: str
    before: Decimal | None
    after: Decimal | None
    said: str
    removed: bool = False

    @property
    def difference(self) -> Decimal | None:
        """How many points more there are."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """All that a resubmission changed. ``department`` and ``projects`` are the scores; ``same_unit`` is false for another's form."""

    old: Version
    new: Version
    same_unit: bool
    sameness: Sameness
    findings: tuple[Settled, ...]
    changes: tuple[Change, ...]
    department: Standing
    projects: tuple[Standing, ...]

    @property
    def counts(self) -> dict[Fate, int]:
        """How many findings are new, stand, were not checked, were mended; those that the bureau lets stand left out."""
        found = Counter(one.fate for one in self.findings if not one.waived)
        return {fate: found[fate] for fate in Fate}

    @property
    def waived(self) -> int:
        """How many findings the bureau lets stand now."""
        return sum(1 for one in self.findings if one.waived)


def _figures(finding: Finding) -> tuple[Said, Said, Said]:
    return finding.found, finding.expected, finding.difference


def project_words(code: str | None, names: Mapping[str, str]) -> str:
    """A project as people know it."""
    return code or "" if code is None or code == DEPARTMENT else f"{code} {names.get(code, '')}".strip()
