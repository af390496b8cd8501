"""The catalogue: what a rule is, and how one is registered.

A rule is a generator over a ``Case``: it yields a ``Found`` for every fault, and a ``Held`` for one that another
finding has to mend first. Its docstring is its page, in the language of its readers: the first line says what it finds,
then ``Why:``, ``Fix:``, ``Basis:``, and an example each of what is wrong and what is right, ``Bad:`` and ``Good:``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from ..model import Said, Severity
from ..spec import Entry, Place, Row
from .case import Case, Held


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


Check = Callable[[Case], Iterator[Found | Held]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A registered check: its code, its Chinese name, its severity, the sheets it needs, and its page."""

    code: str
    name: str
    severity: Severity
    phase: Phase
    needs: tuple[type[Row], ...]
    check: Check
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


CATALOGUE: dict[str, Rule] = {}
_SECTIONS = ("Why", "Fix", "Basis", "Bad", "Good")
_PAGE = re.compile(
    r"(?P<finds>.+?)" + "".join(rf"\n\s*{name}: (?P<{name.lower()}>.+?)" for name in _SECTIONS),
    re.S,
)
_CODE = re.compile(r"[A-Z]\d{3}")


def rule(code: str, name: str, severity: Severity, phase: Phase, *needs: type[Row]) -> Callable[[Check], Check]:
    """Register a check. Raises ValueError for a bad or repeated code, or a docstring that is no page."""

    def register(check: Check) -> Check:
        page = _PAGE.fullmatch((check.__doc__ or "").strip())
        if page is None or not _CODE.fullmatch(code) or code in CATALOGUE:
            raise ValueError(f"rule {code}: bad code, or a docstring without {', '.join(_SECTIONS)}")
        said = {key: re.sub(r"\s*\n\s*", "", text.strip()) for key, text in page.groupdict().items()}
        CATALOGUE[code] = Rule(code=code, name=name, severity=severity, phase=phase, needs=needs, check=check, **said)
        return check

    return register


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
