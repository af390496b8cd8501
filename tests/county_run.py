"""A made-up county: digests of the examples, varied by their number, as many as wanted and the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from evalbatch.digest import Digest, ProblemDigest, ProjectDigest
from evalbatch.gathered import Crossing, Expected, Gathered, Member
from evalbatch.model import Refusal, Severity, Status

DEPARTMENTS = (
    "教育局",
    "卫生健康局",
    "民政局",
    "农业农村局",
    "水务局",
    "交通运输局",
    "文化和旅游局",
    "住房和城乡建设局",
)
KINDS = ("中心", "管理站", "服务所", "学校", "卫生院", "大队", "协会")


def run_of(bases: Sequence[Digest], count: int, **more: object) -> Gathered:
    """A run over ``count`` units; ``more`` are further fields of it."""

    def digests() -> Iterator[tuple[str, Digest]]:
        for number in range(count):
            made = unit(bases[number % len(bases)], number)
            yield made.stem, made

    return Gathered(digests=digests, **{"refusals": (), **more})  # type: ignore[arg-type]


def unit(base: Digest, number: int) -> Digest:
    """One unit's digest: the base with another name, other money and scores, some of its findings."""
    chance = random.Random(number)
    department = DEPARTMENTS[min(int(chance.expovariate(0.4)), len(DEPARTMENTS) - 1)]
    name = f"{department.removesuffix('局')}第{number + 1}{chance.choice(KINDS)}"
    findings = tuple(finding for finding in base.findings if chance.random() < 0.7)
    severities = {finding.severity for finding in findings if finding.waiver is None}
    status = Status.REJECTED if Severity.ERROR in severities else Status.ACCEPTED
    if status is Status.ACCEPTED and Severity.WARNING in severities:
        status = Status.ACCEPTED_WITH_ISSUES
    projects = tuple(project(one, chance) for one in base.projects)
    budget = sum((one.budget or Decimal(0) for one in projects), Decimal(0)) * 3
    executed = sum((one.executed or Decimal(0) for one in projects), Decimal(0)) * 3
    score = None if chance.random() < 0.2 else Decimal(chance.randint(6800, 10000)) / 100
    return replace(
        base,
        file=f"{department}/{name}.xlsx",
        stem=f"{name}_2025",
        name=name,
        code=f"{100001 + number}",
        department=department,
        status=status,
        budget=budget,
        executed=executed,
        rate=(executed / budget).quantize(Decimal("0.0001")) if budget else None,
        score=score,
        claimed=None if score is None else min(Decimal(100), score + chance.randint(0, 8)),
        grade=grade_of(score),
        said="100 分均未评" if score is None else f"已评 {score} / 100 分",
        projects=projects,
        problems=base.problems
        or (ProblemDigest(problem="进度慢", projects="1", measure="按月调度", owner="", due=""),),
        findings=findings,
    )


def project(base: ProjectDigest, chance: random.Random) -> ProjectDigest:
    """The base's project with other money and scores."""
    factor = Decimal(chance.randint(2, 4000)) / 100
    budget = None if base.budget is None else base.budget * factor
    rate = Decimal(chance.randint(4000, 10000)) / 10000
    executed = None if budget is None else (budget * rate).quantize(Decimal("0.01"))
    score = None if chance.random() < 0.15 else Decimal(chance.randint(5500, 10000)) / 100
    return replace(
        base,
        initial=budget,
        budget=budget,
        executed=executed,
        rate=rate,
        score=score,
        grade=grade_of(score),
        said="100 分均未评" if score is None else f"已评 {score} / 100 分",
        claimed=Decimal(100)
        if score is None or chance.random() < 0.2
        else min(Decimal(100), score + chance.randint(0, 14)),
        signal=chance.choice(("", "", "", "红", "黄", "红黄")),
        table=base.table if chance.random() < 0.02 else f"{chance.random()}",
    )


def grade_of(score: Decimal | None) -> str | None:
    """The grade of a score, none of none."""
    if score is None:
        return None
    return next(grade for low, grade in ((90, "优"), (80, "良"), (60, "中"), (0, "差")) if score >= low)


REFUSALS = (
    Refusal(file="水务局/旧表.xls", sha256=None, reason="这是旧版 .xls，请在 Excel 或 WPS 里另存为 .xlsx 后重新报送。"),
    Refusal(file="民政局/加密.xlsx", sha256="0" * 64, reason="文件有密码，请去掉密码后重新报送。"),
)


def roster(gathered: Gathered, absent: int = 3) -> tuple[Expected, ...]:
    """Everybody but every seventh who handed in, and some who did not."""
    came = [digest for _, digest in gathered.digests()]
    known = [
        Expected(code=one.code, name=one.name, department=one.department) for i, one in enumerate(came) if i % 7 != 6
    ]
    late = [Expected(code=f"90{i}", name=f"未报单位{i}", department=DEPARTMENTS[i % 3]) for i in range(absent)]
    return (*known, *late)


CROSSINGS = (
    Crossing(
        code="B201",
        severity=Severity.WARNING,
        members=(
            Member(number=1, unit="甲", file="甲.xlsx", cells=("绩效指标!A5",)),
            Member(number=2, unit="乙", file="乙.xlsx"),
        ),
        message="两个单位的绩效指标、指标值和完成值逐字相同，共 8 行。",
        fix="请两个单位分别核对自己的实际完成情况。",
    ),
)
