"""M404, M406: whether the form's unit and projects are called what the bureau's files call them, 批复数据 and 执行数据."""

from __future__ import annotations

from collections.abc import Iterator

from ..approved import Approved, Own, Pair, as_number
from ..form import Project, Unit
from ..model import Severity
from ..spec import fold, heading
from ..values import is_alike, is_within
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .words import at, quoted

_CODE, _NAME = heading(Unit, "code"), heading(Unit, "name")


@rule("M404", "单位与财政局的数据对不上", Severity.WARNING, Phase.ACROSS, Unit)
def unknown_unit(case: Case) -> Iterator[Found | Held]:
    """批复数据或执行数据里没有这个单位，或者单位编码和单位名称在那里是两个单位：它的预算数、执行数没有核对。
    编码不同、只按名称对上的，或名称不同、只按编码对上的，照样核对，但要改成一致；名称相近的只提示。

    Why: 对不上单位，就不能核对它的任何一个数；也可能是别的单位的表写错了名称。
    Fix: 单位编码、单位名称按批复填写；数据里确实没有这个单位的，由财政局补充。
    Basis: [practice] 汇总前先把单位与批复对上。
    Bad: 单位编码填 361010，批复数据里这个单位的编码是 361001。
    Good: 单位编码改为 361001。
    """
    unit = case.submission.unit
    books = [own for own in (case.stands.own.control, case.stands.own.executed) if own is not None]
    if lost := [own for own in books if own.unit is None and not own.other_year]:
        yield Held(by="F301") if unit.name.place is None or unit.name.value is None else _lost(case, lost)
    elif other := next((own for own in books if own.other_code or own.other_name), None):
        yield _other(case, other)


@rule("M406", "项目代码或名称与批复不同", Severity.WARNING, Phase.ACROSS, Project)
def called_otherwise(case: Case) -> Iterator[Found]:
    """项目按代码与批复数据（没有批复数据的，与执行数据）对上了，名称却不同；或者按名称对上了，代码却不同。照样核对。
    名称相近的、代码不同的只提示，代码不同的合成一条。

    Why: 代码写错一位，就把别的项目的预算当成自己的来核对；汇总和导入系统也认代码。
    Fix: 项目代码、项目名称按批复填写。
    Basis: [practice] 复核时先认项目，再对数。
    Bad: 项目代码填 130110253610010004，名称填“办公设备购置”；批复数据里这个代码是“省级计划生育关爱行动”。
    Good: 名称改为“省级计划生育关爱行动”，或把代码改成“办公设备购置”的代码。
    """
    told = case.stands.approved, case.stands.own.control
    matched, own = told if told[0] is not None else (case.stands.paid, case.stands.own.executed)
    if matched is None or own is None:
        return
    ones = [(pair.approved[0], pair.projects[0]) for pair in matched.pairs if _is_plain(pair)]
    for approved, project in ones:
        if approved.name and project.name.value and not is_within(approved.name, project.name.text):
            yield _named(own, approved, project)
    coded = [(approved, project) for approved, project in ones if _is_coded_otherwise(approved, project)]
    if coded:
        yield _coded(own, coded)


def _lost(case: Case, lost: list[Own]) -> Found:
    unit = case.submission.unit
    near = next((own.near for own in lost if own.near), "")
    words = "；".join(own.why for own in lost)
    return Found(
        cells=places(unit.name, unit.code),
        message=f"{at(unit.name, _NAME)}{quoted(unit.name.text)}：{words}，有关的数没有核对"
        f"{f'；那里有名称相近的“{near}”' if near else ''}。",
        found=unit.name.text,
        expected="与批复中的单位编码、单位名称一致",
        fix=f"请核对{_CODE}和{_NAME}，按批复改正。",
        effect="不影响得分。",
    )


def _other(case: Case, own: Own) -> Found:
    """A unit that was found by its code alone, or by its name alone."""
    unit = case.submission.unit
    entry, label, there = (unit.code, _CODE, own.other_code) if own.other_code else (unit.name, _NAME, own.other_name)
    by = _NAME if own.other_code else _CODE
    return Found(
        cells=places(entry),
        message=f"{at(entry, label)}填的是{quoted(entry.text)}，{own.kind}里这个单位的{label}是“{there}”；有关的数按{by}核对。",
        found=entry.text,
        expected=there,
        fix=f"请核对{_CODE}和{_NAME}，按批复改正。",
        effect="不影响得分。",
        severity=None if own.other_code or not is_alike(unit.name.text, there) else Severity.NOTICE,
    )


def _is_plain(pair: Pair) -> bool:
    return len(pair.approved) == len(pair.projects) == 1 and not pair.approved[0].doubt


def _is_coded_otherwise(approved: Approved, project: Project) -> bool:
    """Whether both have a code and not the same; leading zeros that a spreadsheet dropped make no other."""
    theirs, ours = approved.code or "", project.system_code.text
    return bool(theirs and ours and fold(theirs) != fold(ours) and (as_number(theirs) or "-") != as_number(ours))


def _named(own: Own, approved: Approved, project: Project) -> Found:
    name = heading(Project, "name")
    return Found(
        cells=places(project.name, project.system_code),
        record=project.code.value,
        message=f"{at(project.name, name)}填的是{quoted(project.name.text)}，{own.kind}里代码 {approved.code} 的项目是“{approved.name}”；"
        "有关的数按代码核对。",
        found=project.name.text,
        expected=approved.name,
        fix=f"请核对{heading(Project, 'system_code')}和{name}，按批复改正。",
        effect="不影响得分。",
        severity=Severity.NOTICE if is_alike(approved.name, project.name.text) else None,
    )


def _coded(own: Own, coded: list[tuple[Approved, Project]]) -> Found:
    """One finding for all projects that were found by their names and have other codes."""
    (approved, project), code = coded[0], heading(Project, "system_code")
    rest = f"，另外 {len(coded) - 1} 个项目也是这样" if len(coded) > 1 else ""
    return Found(
        cells=tuple(place for _, one in coded for place in places(one.system_code)),
        record=project.code.value if len(coded) == 1 else None,
        message=f"{at(project.system_code, code)}填的是{quoted(project.system_code.text)}，{own.kind}里{quoted(project.name.text)}的代码是"
        f"“{approved.code}”{rest}；有关的数按名称核对。",
        found=project.system_code.text,
        expected=approved.code or "",
        fix=f"请按批复改正{code}。",
        effect="不影响得分。",
        severity=Severity.NOTICE,
    )
