"""Problem rules P1xx: 问题整改 names problems that are facts, and every one of them has its measure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..form import Indicator, Problem, Project
from ..model import Severity
from ..spec import Entry, Place, heading
from ..values import letters
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import whose
from .prose import flat
from .remedies import Group, Loss, answers, groups, losing, numbered, says_none
from .words import at, cells, quoted


def _heading(case: Case) -> Place | None:
    return case.submission.headings[Problem].get("problem")


def _nothing(case: Case) -> tuple[Place, ...]:
    """The cells that say there is no problem, the heading where the table is empty; none where problems are named."""
    all_groups = groups(case)
    if not all_groups:
        place = _heading(case)
        return (place,) if place and _is_evaluated(case) else ()
    return places(*(group.problem for group in all_groups)) if all(group.is_nothing for group in all_groups) else ()


def _is_evaluated(case: Case) -> bool:
    """Whether the unit has evaluated itself: projects, and indicators with own scores."""
    return bool(case.submission.evaluated) and any(not row.claimed.is_blank for row in case.submission.indicators)


def _orphans(found: tuple[Group, ...]) -> tuple[tuple[Entry[str], ...], str]:
    """The measures of groups that name no problem, and what a message says about them."""
    measures = tuple(measure for group in found for measure in group.measures if not says_none(measure))
    return measures, f"，它下面的 {len(measures)} 条措施没有对应的问题" if measures else ""


@rule("P101", "没有写问题", Severity.WARNING, Phase.TABLE, Problem)
def no_problem(case: Case) -> Iterator[Found | Held]:
    """存在的问题写的是“无”“暂无”“未发现明显问题”，或者整张问题整改表空着，而其他各表已经填好。

    Why: 自评是为了找出问题；一个问题都没有的自评，复核时会被看作流于形式。
    Fix: 写出具体的问题，如没有完成的指标、推迟的活动、没有用完的资金，再写措施。
    Basis: [form] 大英 2023 的自评表问题栏写“无”；[practice] 复核时逐个询问。
    Bad: 存在的问题：暂无
    Good: 存在的问题：12场活动中有1场推迟一周
    """
    nothing = _nothing(case)
    if not nothing:
        return
    if losing(case):
        yield Held(by="P104")
        return
    said = "、".join(dict.fromkeys(quoted(row.problem.text) for row in case.submission.problems if row.problem.text))
    orphans, tail = _orphans(groups(case))
    yield Found(
        cells=tuple(dict.fromkeys((*nothing, *places(*orphans)))),
        message=f"{cells(nothing)}（{heading(Problem, 'problem')}）{f'写的是{said}' if said else '下面没有填一个问题'}{tail}。",
        found=said or "空白",
        expected="具体的问题，如“12场活动中有1场推迟一周”",
        fix="请写出具体的问题，如没有完成的工作、推迟的活动、没有用完的资金，并写明措施。",
        effect="不影响得分。",
    )


@rule("P102", "问题是口号", Severity.WARNING, Phase.TABLE, Problem)
def slogan(case: Case) -> Iterator[Found | Held]:
    """存在的问题没有写事实，只写了“加强”“规范”“健全”一类的打算，看不出哪里不好。

    Why: 口号不是问题，看了不知道要整改什么，下面的措施也就没有对应的问题。
    Fix: 写出事实：什么没有完成、差多少、造成什么影响；打算写到措施一栏。
    Basis: [form] 公开的自评报告把“从严规范经费支出、全面强化绩效管理”写成问题；[practice] 复核时要求重写。
    Bad: 从严规范经费支出、全面强化绩效管理
    Good: 宣传资料采购比计划晚两个月，年底结余0.14万元
    """
    for group in groups(case):
        if not group.is_slogan:
            continue
        orphans, tail = _orphans((group,))
        yield Found(
            cells=places(group.problem, *orphans),
            message=f"{at(group.problem, heading(Problem, 'problem'))}写的是{quoted(group.problem.text)}，"
            f"没有写出什么问题{tail}。",
            found=group.problem.text,
            expected="具体的问题：什么没有完成，差多少，有什么影响",
            fix=f"请写出具体的事实；打算怎样做的，写到{heading(Problem, 'measure')}一栏。",
            effect="不影响得分。",
        )


@rule("P103", "措施与问题不对应", Severity.WARNING, Phase.TABLE, Problem)
def unanswered(case: Case) -> Iterator[Found | Held]:
    """一格里编号写了几个问题，措施的条数却更少；或者措施写的是“无”，或者把问题照抄了一遍。

    Why: 没有措施的问题不会得到整改，措施要逐条回答问题。
    Fix: 一行写一个问题和它的措施；写在一格里的，编号要一一对应。
    Basis: [practice] 复核时把问题和措施逐条对照。
    Bad: 问题写了3条，措施只有1条
    Good: 3个问题，3条措施，编号相同
    """
    for group in groups(case):
        if not group.is_real:
            continue
        if not group.measures:
            yield Held(by="F301")
            continue
        if said := _unanswered(group):
            wrong, found, fix = said
            yield Found(
                cells=places(group.problem, *group.measures),
                message=f"{at(group.problem, heading(Problem, 'problem'))}写的是{quoted(group.problem.text)}，{wrong}。",
                found=found,
                expected="每个问题都有自己的措施",
                fix=fix,
                effect="不影响得分。",
            )


def _unanswered(group: Group) -> tuple[str, str, str] | None:
    """What is wrong with a group's measures, what stands there, and what to do; None where they may answer."""
    name, said = heading(Problem, "measure"), "、".join(quoted(measure.text) for measure in group.measures)
    where = f"{cells(places(*group.measures))}（{name}）"
    if all(says_none(measure) for measure in group.measures):
        return f"{where}写的是{said}，不是措施", said, f"请在 {cells(places(*group.measures))} 写明怎样改。"
    copied = places(*(one for one in group.measures if letters(one.text) == letters(group.problem.text)))
    if copied:
        wrong = f"{cells(copied)}（{name}）与它一字不差，没有写怎样改"
        return wrong, quoted(group.problem.text), f"请在 {cells(copied)} 写明怎样改。"
    asked = numbered(group.problem.text)
    answered = sum(answers(measure.text) for measure in group.measures)
    if asked < 2 or answered >= asked:
        return None
    wrong = f"{where}写的是{said}，只有 {answered} 条措施，问题有 {asked} 条"
    return wrong, said, f"请一行写一个问题，在{name}一栏写明每个问题怎样改。"


@rule("P104", "扣了分没有问题", Severity.WARNING, Phase.ACROSS, Problem, Indicator, Project)
def lost_without_problem(case: Case) -> Iterator[Found | Held]:
    """指标扣了分，问题整改却没有写一个问题；或者问题都写明了涉及项目，唯独没有扣了分的这个项目（只作提示）。

    Why: 扣分就是有地方没有做到，应当写成问题并整改；只因资金没有用完扣的分，不在此列。
    Fix: 把扣分的原因写成问题，填上涉及项目和措施。
    Basis: [practice] 复核时把扣分的指标与问题清单对照。
    Bad: 项目 1 扣了 0.67 分，存在的问题写“无”
    Good: 项目 1 扣了 0.67 分，存在的问题写“1场活动推迟一周”，涉及项目填 1
    """
    losses = losing(case)
    if not losses:
        return
    nothing = _nothing(case)
    if nothing:
        yield _no_problem_at_all(case, losses, nothing)
        return
    found = groups(case)
    if not any(group.is_real for group in found):
        blank = any(group.problem.is_blank and not group.is_nothing for group in found)
        if found:
            yield Held(by="F301" if blank else "P102")
        return
    named = _named(case, [group for group in found if not group.is_nothing])
    for loss in losses:
        if named is not None and loss.score.project is not None and loss.score.code not in named:
            yield _not_named(loss, found)


def _no_problem_at_all(case: Case, losses: tuple[Loss, ...], nothing: tuple[Place, ...]) -> Found:
    said = "、".join(dict.fromkeys(quoted(row.problem.text) for row in case.submission.problems if row.problem.text))
    lost = "；".join(f"{whose(loss.score)}扣了 {loss.lost}" for loss in losses)
    return Found(
        cells=(*nothing, *places(*(entry for loss in losses for entry in loss.entries))),
        message=f"{cells(nothing)}（{heading(Problem, 'problem')}）{f'写的是{said}' if said else '下面没有填一个问题'}，{lost}。",
        found=said or "空白",
        expected="扣分对应的问题和措施",
        fix=f"请把扣分的原因写成问题，填上{heading(Problem, 'projects')}和{heading(Problem, 'measure')}。",
        effect="不影响得分。",
    )


def _not_named(loss: Loss, found: tuple[Group, ...]) -> Found:
    column = places(*(group.rows[0].projects for group in found if not group.is_nothing))
    return Found(
        cells=(*places(*loss.entries), *column),
        record=loss.score.code,
        message=f"{cells(places(*loss.entries))}：{whose(loss.score)}扣了 {loss.lost}，"
        f"{cells(column)}（{heading(Problem, 'projects')}）没有这个项目。",
        found="没有涉及这个项目的问题",
        expected=f"有一个问题涉及项目 {loss.score.code}",
        fix=f"请补写这个项目的问题，或在已有问题的{heading(Problem, 'projects')}里加上它的编号。",
        effect="不影响得分。",
        severity=Severity.NOTICE,
    )


def _named(case: Case, said: list[Group]) -> set[str] | None:
    """The codes of the projects that problems name; None where one of them may be about any project."""
    codes = {project.code.value: project for project in case.submission.projects if project.code.value}
    named: set[str] = set()
    for group in said:
        text = flat(group.rows[0].projects.text)
        marks = [mark for mark in re.split(r"[、,;/\s]+|[和及与]", re.sub(r"项目|第|号", "", text)) if mark]
        if not marks or any(mark not in codes for mark in marks):
            return None
        named.update(marks)
        named.update(code for code, project in codes.items() if project.name.text in group.problem.text)
    return named
