"""What makes a project worth a second look, as points: the higher the sum, the sooner it is reviewed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...digest import SIGNALS, Digest, ProjectDigest
from ...model import Severity
from ...policy import FULL_MARKS
from ...rules import CATALOGUE
from ...rules.words import figure, listed
from .facts import Facts, UnitLine, in_wan
from .looks import amount

FAR, FARTHER = Decimal(5), Decimal(10)
"""Points of 100 by which a unit's own score is far above the computed one."""
LARGE, LARGEST = Decimal("0.25"), Decimal("0.10")
"""The shares of all evaluated projects that are large by money."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A project to be weighed, with its unit, and what is known of the whole run.

    ``errors`` are the rules whose errors stand against this project, ``unit_errors`` those against no project of its unit.
    """

    unit: UnitLine
    project: ProjectDigest
    errors: Sequence[str]
    unit_errors: Sequence[str]
    all_full: bool
    crossed: bool
    large: Decimal
    largest: Decimal
    copied: bool

    @property
    def excess(self) -> Decimal:
        """By how much the unit's own score is above the computed one, 0 where not all points are assessed."""
        project = self.project
        if project.claimed is None or project.score is None or project.grade is None:
            return Decimal(0)
        return project.claimed - project.score

    @property
    def money(self) -> Decimal:
        """全年预算数 in 万元, 0 where there is none."""
        return in_wan(self.project.budget) or Decimal(0)


@dataclass(frozen=True, slots=True)
class Risk:
    """A ground for a second look: what it is, its points, whether a project has it, and how that is said of the project."""

    name: str
    points: int
    holds: Callable[[Candidate], bool]
    said: Callable[[Candidate], str]


def _named(codes: Sequence[str]) -> str:
    """Rules by code and name, each once, many cut short."""
    return listed([f"{code} {CATALOGUE[code].name}" if code in CATALOGUE else code for code in dict.fromkeys(codes)])


RISKS: tuple[Risk, ...] = (
    Risk("本项目有错误", 3, lambda c: bool(c.errors), lambda c: f"本项目有错误：{_named(c.errors)}"),
    Risk(
        "单位层面有错误",
        1,
        lambda c: bool(c.unit_errors),
        lambda c: f"单位层面有错误：{_named(c.unit_errors)}",
    ),
    Risk("红色预警", 3, lambda c: "红" in c.project.signal, lambda _: "红色预警"),
    Risk("黄色预警", 1, lambda c: "黄" in c.project.signal, lambda _: "黄色预警"),
    Risk(
        f"自评高出测算 {FARTHER} 分以上",
        4,
        lambda c: c.excess >= FARTHER,
        lambda c: f"自评高出测算 {figure(c.excess)} 分",
    ),
    Risk(
        f"自评高出测算 {FAR} 至 {FARTHER} 分",
        2,
        lambda c: FAR <= c.excess < FARTHER,
        lambda c: f"自评高出测算 {figure(c.excess)} 分",
    ),
    Risk("本单位项目自评全是满分", 2, lambda c: c.all_full, lambda _: "本单位项目自评全是满分"),
    Risk("指标表与其他单位的项目相同", 3, lambda c: c.copied, lambda _: "指标表与其他单位的项目相同"),
    Risk("单位列在跨单位的问题里", 1, lambda c: c.crossed, lambda _: "单位列在跨单位的问题里"),
    Risk("预算额在前 10%", 2, lambda c: c.money >= c.largest, lambda c: f"预算额 {amount(c.money)} 万元，在前 10%"),
    Risk(
        "预算额在前 25%",
        1,
        lambda c: c.large <= c.money < c.largest,
        lambda c: f"预算额 {amount(c.money)} 万元，在前 25%",
    ),
)


def risks_of(candidate: Candidate) -> tuple[Risk, ...]:
    """The grounds that hold for a project."""
    return tuple(risk for risk in RISKS if risk.holds(candidate))


def candidates(facts: Facts) -> Iterator[Candidate]:
    """Every evaluated project of the run, in input order."""
    large, largest = _bound(facts.budgets, LARGE), _bound(facts.budgets, LARGEST)
    crossed = {member.number for crossing in facts.gathered.crossings for member in crossing.members}
    for unit, digest in facts.digests():
        full, errors = _all_full(digest), _errors(digest)
        for project in digest.projects:
            if project.evaluated:
                yield Candidate(
                    unit=unit,
                    project=project,
                    errors=errors.get(project.code, ()),
                    unit_errors=errors.get(None, ()),
                    all_full=full,
                    crossed=unit.number in crossed,
                    large=large,
                    largest=largest,
                    copied=unit.number in crossed and project.table in facts.copied,
                )


def _errors(digest: Digest) -> Mapping[str | None, Sequence[str]]:
    """The rules whose errors stand, by the code of the project they are of; under None those of no project.

    The bureau's warnings are not among them: they have points of their own.
    """
    warned = frozenset().union(*SIGNALS.values())
    codes = {project.code for project in digest.projects}
    found: defaultdict[str | None, list[str]] = defaultdict(list)
    for finding in digest.findings:
        if finding.severity is Severity.ERROR and finding.waiver is None and finding.code not in warned:
            found[finding.record if finding.record in codes else None].append(finding.code)
    return found


def _all_full(digest: Digest) -> bool:
    own = [project.claimed for project in digest.projects if project.evaluated]
    return bool(own) and all(points is not None and points >= FULL_MARKS for points in own)


def _bound(budgets: Sequence[Decimal], largest: Decimal) -> Decimal:
    """The amount in 万元 from which a project is among the largest share of all."""
    if not budgets:
        return Decimal("Infinity")
    return in_wan(budgets[len(budgets) - max(1, int(len(budgets) * largest))]) or Decimal("Infinity")
