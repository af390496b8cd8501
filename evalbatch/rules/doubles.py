"""What stands there twice: F504 projects of one name, I106 rows of 绩效指标."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..form import Indicator, Project
from ..model import Score, Severity
from ..policy import FULL_MARKS
from ..score import target_entry
from ..spec import heading
from ..values import fold_name, fold_value, year_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import taking_part, target_heading, whose
from .quality import bare_name
from .words import cells, listed, quoted


@rule("F504", "项目名称重复", Severity.WARNING, Phase.ACROSS, Project)
def same_project(case: Case) -> Iterator[Found | Held]:
    """两个项目的编号不同，名称却相同（不计标点，不计末尾的“项目”“经费”）。

    Why: 名称相同，看报告的人分不清说的是哪一个；也可能是一个项目列了两遍，金额重复计算。
    Fix: 是同一个项目的合并成一行；不是的写全名称，使它们分得清。
    Basis: [practice] 复核时按名称与批复逐个对照，名称重复的先问是否重列。
    Bad: 编号 2 和编号 4 的项目名称都是“计生特殊家庭帮扶”。
    Good: 编号 2 是“计生特殊家庭帮扶（区级）”，编号 4 是“计生特殊家庭帮扶（省级）”。
    """
    named: dict[tuple[str, str], dict[str, Project]] = {}
    for project in case.submission.projects:
        name, code = project.name.value, project.code.value
        if name and code and not case.is_subtotal(project):
            named.setdefault((year_of(name), fold_name(name)), {}).setdefault(code, project)
    for same in named.values():
        if len(same) > 1:
            yield _same_project(list(same.values()))


def _same_project(same: Sequence[Project]) -> Found:
    names = places(*(project.name for project in same))
    said = "、".join(dict.fromkeys(quoted(project.name.text) for project in same))
    return Found(
        cells=(*names, *places(*(project.code for project in same))),
        message=f"{cells(names)}（{heading(Project, 'name')}）写的是{said}，名称相同，{heading(Project, 'code')}却是 "
        f"{listed([project.code.text for project in same])}。",
        found=said,
        expected="每个项目一个名称",
        fix="请核对：是同一个项目的合并成一行，不是的写全名称。",
        effect="暂按不同的项目分别计分。",
    )


@rule("I106", "指标重复", Severity.WARNING, Phase.TABLE, Indicator)
def same_row(case: Case) -> Iterator[Found | Held]:
    """同一个项目的两行指标，一级、二级、三级指标和指标值、实际完成值都相同，像是复制了一行。

    Why: 同一件事计了两次分，分值合计也会因此不等于 100。
    Fix: 删去多出的一行；本来是另一个指标的，改成它的名称和指标值。
    Basis: [practice] 复制一行再改是常用的填法，忘记改的就留下了重复的一行。
    Bad: “参加主题讲座人次”有两行，指标值都是 400 人次，完成值都是 436。
    Good: 只留一行；或第二行改成“参加生殖健康咨询人次”，指标值 ≥150 人次，完成值 162。
    """
    for score in taking_part(case):
        for rows in repeated_rows(score):
            names = places(*(row.name for row in rows))
            also = places(*(entry for row in rows for entry in (target_entry(row), row.actual)))
            row = rows[0]
            yield Found(
                cells=(*names, *also),
                record=score.code,
                message=f"{cells(names)}（{heading(Indicator, 'name')}）都是{quoted(row.name.text)}，{whose(score)}的这 "
                f"{len(rows)} 行{heading(Indicator, 'level2')}、{target_heading(row)}"
                f"{quoted(target_entry(row).text, 20)}、{heading(Indicator, 'actual')}{quoted(row.actual.text, 20)}也相同。",
                found=row.name.text,
                expected="一个指标一行",
                fix="请删去多出的一行；本来是另一个指标的，改成它的名称和指标值。",
                effect="暂按几个指标分别计分。",
            )


def repeated_rows(score: Score) -> list[list[Indicator]]:
    """The rows of a score that say the same as another one, together; those without a target or a result are none."""
    alike: dict[tuple[str, ...], list[Indicator]] = {}
    for row in (one.row for one in score.indicators):
        target = target_entry(row)
        if not (row.name.is_blank or target.is_blank or row.actual.is_blank):
            name, levels = bare_name(row.name), (row.level1.text, row.level2.text)
            alike.setdefault((name, *map(fold_value, (*levels, target.text, row.actual.text))), []).append(row)
    return [rows for rows in alike.values() if len(rows) > 1]


def adds_up_without_copies(score: Score) -> bool:
    """Whether the points make 100 once a row that stands there twice is left out, or all such rows are."""
    wanted, groups = score.whole or FULL_MARKS, repeated_rows(score)
    weights = [[row.weight.value or 0 for row in rows] for rows in groups]
    one_less = any(score.weight - weight == wanted for group in weights for weight in group)
    return one_less or (bool(weights) and score.weight - sum(sum(group[1:]) for group in weights) == wanted)
