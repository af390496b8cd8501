"""The catalogue: what a rule is, and how one is registered.

A rule is a generator over a ``Case``: it yields a ``Found`` for every fault, and a ``Held`` for one that another
finding has to mend first. A rule across units is one over a ``Batch`` and yields ``FoundAcross``. The docstring is the
rule's page, in the language of its readers: the first line says what it finds, then ``Why:``, ``Fix:``, ``Basis:``, and
an example each of what is wrong and what is right, ``Bad:`` and ``Good:``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from ..model import Member, Said, Severity
from ..spec import Entry, Place, Row
from .across import Batch
from .case import Case, Held, Unmet


class Phase(Enum):
    """How much of the workbook a rule needs to be right; the value is what people read.

    Phases run one after the other. A fault of an early one keeps quiet only the later rules that hang on the same cell.
    """

    FILE = "文件"
    SHEET = "工作表"
    CELL = "单元格"
    TABLE = "表内"
    ACROSS = "跨表"
    PLAUSIBLE = "合理性"
    UNITS = "跨单位"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule yields; code and severity come from its registration unless it gives a severity of its own.

    ``alike`` where each of the cells is at fault by itself, as in a list of blank cells.
    """

    cells: tuple[Place, ...]
    message: str
    fix: str
    effect: str = ""
    record: str | None = None
    found: Said = None
    expected: Said = None
    difference: Said = None
    severity: Severity | None = None
    alike: bool = False


@dataclass(frozen=True, kw_only=True)
class FoundAcross:
    """What a rule across units yields: whose fault it is, what stands there, what to do."""

    members: tuple[Member, ...]
    message: str
    fix: str


Check = Callable[[Case], Iterator[Found | Held | Unmet]]
AcrossCheck = Callable[[Batch], Iterator[FoundAcross]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is registered: a code, a Chinese name, a severity, and a page."""

    code: str
    name: str
    severity: Severity
    phase: Phase
    finds: str
    why: str
    fix: str
    basis: str
    bad: str
    good: str

    @property
    def bears_on_scores(self) -> bool:
        """Whether scores stand on what the rule checks: all but texts and what is only asked about."""
        return self.phase is not Phase.PLAUSIBLE and self.code[0] in "FMIS"


@dataclass(frozen=True, kw_only=True)
class UnitRule(Rule):
    """A rule over one workbook, and the sheets it needs."""

    needs: tuple[type[Row], ...]
    check: Check


@dataclass(frozen=True, kw_only=True)
class AcrossRule(Rule):
    """A rule over all workbooks of a run."""

    check: AcrossCheck


CATALOGUE: dict[str, Rule] = {}
_SECTIONS = ("Why", "Fix", "Basis", "Bad", "Good")
_PAGE = re.compile(
    r"(?P<finds>.+?)" + "".join(rf"\n\s*{name}: (?P<{name.lower()}>.+?)" for name in _SECTIONS),
    re.S,
)
_CODE = re.compile(r"[A-Z]\d{3}")


def rule(code: str, name: str, severity: Severity, phase: Phase, *needs: type[Row]) -> Callable[[Check], Check]:
    """Register a check of one workbook. Raises ValueError for a bad or repeated code, or a docstring that is no page."""

    def register(check: Check) -> Check:
        page = _page(code, check.__doc__)
        CATALOGUE[code] = UnitRule(
            code=code, name=name, severity=severity, phase=phase, needs=needs, check=check, **page
        )
        return check

    return register


def crossing(code: str, name: str, severity: Severity) -> Callable[[AcrossCheck], AcrossCheck]:
    """Register a check across units. Raises ValueError as ``rule`` does."""

    def register(check: AcrossCheck) -> AcrossCheck:
        page = _page(code, check.__doc__)
        CATALOGUE[code] = AcrossRule(code=code, name=name, severity=severity, phase=Phase.UNITS, check=check, **page)
        return check

    return register


def _page(code: str, text: str | None) -> dict[str, str]:
    """The sections of a rule's page."""
    page = _PAGE.fullmatch((text or "").strip())
    if page is None or not _CODE.fullmatch(code) or code in CATALOGUE:
        raise ValueError(f"rule {code}: bad code, or a docstring without {', '.join(_SECTIONS)}")
    return {key: re.sub(r"\s*\n\s*", "", said.strip()) for key, said in page.groupdict().items()}


def places(*entries: Entry[object]) -> tuple[Place, ...]:
    """The cells of some entries, each once, those without a cell left out."""
    return tuple(dict.fromkeys(entry.place for entry in entries if entry.place is not None))


def merged(items: Iterable[Found]) -> Iterator[Found]:
    """Merge findings that say the same about different cells into one that lists the cells."""
    grouped: dict[tuple[object, ...], Found] = {}
    for item in items:
        key = (item.message, item.fix, item.record, item.severity)
        seen = grouped.get(key)
        grouped[key] = (
            item if seen is None else replace(seen, cells=tuple(dict.fromkeys(seen.cells + item.cells)), alike=True)
        )
    yield from grouped.values()
