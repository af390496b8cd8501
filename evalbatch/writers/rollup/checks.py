"""The roll-up against itself: what its rows add up to is held against what was read, before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ...formula import plain
from ...model import Severity, Status
from ...waivers import WAIVED
from .facts import AGAIN, MONEY_KEYS, Facts, Mismatch, in_wan
from .long import Long
from .roster import Roll
from .submitted import TITLE as CAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The tables as they were written, with what their rows came to."""

    units: Long
    projects: Long
    heat: Long
    findings: Long
    actions: Long
    refused: Long


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure twice: as the lines of the units give it, and as the rows of a sheet do."""

    name: str
    read: Decimal | int
    sheet: str
    shown: Decimal | int


def reconcile(facts: Facts, roll: Roll, written: Written) -> None:
    """Raise Mismatch for the first figure that the sheets give otherwise than the workbooks."""
    for one in _sums(facts, roll, written):
        if one.read != one.shown:
            read, shown = plain(Decimal(one.read)), plain(Decimal(one.shown))
            raise Mismatch(
                f"汇总表自查不符：{one.name}按各单位相加是 {read}，按“{one.sheet}”各行相加是 {shown}。{AGAIN}"
            )


def _sums(facts: Facts, roll: Roll, written: Written) -> Iterator[Sum]:
    units, projects, findings = written.units, written.projects, written.findings
    crossings = facts.gathered.crossings
    yield Sum("收到的份数", facts.files, units.title, units.words.total() + written.refused.rows)
    for status in (Status.ACCEPTED, Status.ACCEPTED_WITH_ISSUES, Status.REJECTED):
        yield Sum(f"“{status.value}”的份数", facts.of_status(status), units.title, units.words[status.value])
    for severity in Severity:
        standing, name = facts.standing(severity), f"{severity.value}的处数"
        across = sum(1 for crossing in crossings if crossing.severity is severity)
        yield Sum(name, standing, units.title, units.totals[severity.key])
        yield Sum(name, standing, findings.title, findings.words[severity.value] - across)
    waived = sum(unit.waived for unit in facts.units)
    yield Sum(f"{WAIVED}的处数", waived, findings.title, findings.words[WAIVED])
    yield Sum("问题的处数", facts.rules.total(), written.heat.title, written.heat.totals["all"])
    yield Sum("问题的条数", facts.findings + len(crossings), findings.title, findings.rows)
    yield Sum("项目个数", facts.projects, units.title, units.totals["projects"])
    yield Sum("项目个数", facts.projects, projects.title, projects.words.total())
    for key in MONEY_KEYS:
        title = next(heading.title for heading in projects.headings if heading.key == key)
        yield Sum(title, in_wan(facts.money.get(key)) or 0, projects.title, projects.totals[key])
    yield Sum("整改的条数", facts.problems, written.actions.title, written.actions.rows)
    yield Sum("报送的份数", len(facts.units), CAME, sum(len(entry.units) for entry in roll.entries))
