"""Code rules F5xx: projects have codes of their own, and what names a code names a project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..form import AMOUNT_COLUMNS, DEPARTMENT, PROJECT_SPENDING, Indicator, Problem, Project, Standard
from ..model import Severity, Submission
from ..spec import Entry, heading, sheet_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .cells import records
from .intended import intended
from .prose import flat
from .words import cells, money, quoted


@rule("F501", "项目编号重复", Severity.ERROR, Phase.ACROSS, Project)
def duplicate_project(case: Case) -> Iterator[Found | Held]:
    """两个项目用了同一个项目编号。

    Why: 指标和支出标准按编号归到项目，编号重复就分不清归谁。
    Fix: 给其中一个换一个编号，并同步修改它的指标和支出标准。
    Basis: [form] 项目编号在一个单位内不重复。
    Bad: “计生宣传服务”和“计生系列保险”两个项目的编号都是 1。
    Good: 两个项目的编号分别是 1 和 2，指标里的编号同样改好。
    """
    codes = Counter(project.code.value for project in case.submission.projects if project.code.value)
    for code in (code for code, n in codes.items() if n > 1):
        same = [project for project in case.submission.projects if project.code.value == code]
        names = "；".join(project.name.text for project in same)
        yield Found(
            cells=places(*(project.code for project in same)),
            record=code,
            message=f"{cells(places(*(p.code for p in same)))}（{heading(Project, 'code')}）都是“{code}”：{names}。",
            found=code,
            expected="每个项目一个编号",
            fix="请给重复的项目换一个编号。",
            effect="编号相同的项目共用了同一组指标，得分不可靠。",
        )


@rule("F502", "项目编号不存在", Severity.ERROR, Phase.ACROSS, Project)
def unknown_project(case: Case) -> Iterator[Found | Held]:
    """指标、支出标准写的项目编号，项目资金表里没有。问题整改的涉及项目写了没有的编号，只警告。

    Why: 归不到项目的指标不会计分，归不到项目的标准不会核对，归不到项目的问题不知道该由谁改。
    Fix: 改成项目资金表中的编号；单位整体的指标写“部门整体”。
    Basis: [form] 指标、标准与项目以编号对应。
    Bad: 项目资金表只有编号 1 至 4，有一个指标的项目编号写 9。
    Good: 这个指标的项目编号改为它所属项目的 4；单位整体的指标写“部门整体”。
    """
    if case.shared_codes or "code" not in case.submission.headings[Project]:
        return
    known = {project.code.value for project in case.submission.projects}
    for cls, allowed in ((Indicator, {*known, DEPARTMENT}), (Standard, known)):
        strays: dict[str, list[Entry[Any]]] = {}
        for record in records(case.submission, cls):
            if record.project.value and record.project.value not in allowed:
                strays.setdefault(record.project.value, []).append(record.project)
        listed = "、".join(sorted(code for code in allowed if code)) or "（项目资金表是空的）"
        for code, entries in strays.items():
            where = cells(places(*entries))
            meant = intended(code, case.submission, whole=cls is Indicator)
            yield Found(
                cells=places(*entries),
                record=code,
                message=f"{where}（{heading(Project, 'code')}）写的是“{code}”，{sheet_of(Project).title}表中没有这个编号"
                f"{_said(meant, case.submission)}。",
                found=code,
                expected=meant or listed,
                fix=_change(meant, listed),
                effect="这些行没有归到任何项目，没有计分。" if cls is Indicator else "这些行没有参加核对。",
                alike=True,
            )
    yield from _unknown_in_problems(case)


def _said(meant: str | None, submission: Submission) -> str:
    """Which project was probably meant, in words; nothing where that is not plain."""
    if meant is None or meant == DEPARTMENT:
        return f"，像是{meant}" if meant else ""
    name = next((project.name.text for project in submission.projects if project.code.value == meant), "")
    return f"，像是项目 {meant} {quoted(name, 20) if name else ''}".rstrip()


def _change(meant: str | None, listed: str) -> str:
    return f"请改成“{meant}”；不是的，改成已有的编号：{listed}。" if meant else f"请改成已有的编号：{listed}。"


_APART = re.compile(r"[、，,;；\s]+")
_AROUND = re.compile(r"^(?:项目|编号|第)+|号$")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,11}")
_SPAN = re.compile(r"[0-9]+-[0-9]+")


def _unknown_in_problems(case: Case) -> Iterator[Found]:
    """What is written like a code among the projects of a problem and is neither a project's code nor of its name."""
    projects = case.submission.projects
    if not projects or any(project.code.value is None for project in projects):
        return
    own = {word for p in projects for word in (p.code.value, p.system_code.value, *_APART.split(p.name.text))}
    strays: dict[str, list[Entry[str]]] = {}
    for row in case.submission.problems:
        for code in _codes(row.projects.text):
            if code not in own:
                strays.setdefault(code, []).append(row.projects)
    known = "、".join(sorted(project.code.value or "" for project in projects))
    for code, entries in strays.items():
        where = cells(places(*entries))
        meant = intended(code, case.submission, whole=False)
        yield Found(
            cells=places(*entries),
            record=code,
            message=f"{where}（{heading(Problem, 'projects')}）写的是“{code}”，{sheet_of(Project).title}表中没有这个编号"
            f"{_said(meant, case.submission)}。",
            found=code,
            expected=meant or known,
            fix=_change(meant, known),
            effect="不影响得分，这个问题没有对应到项目。",
            severity=Severity.WARNING,
            alike=True,
        )


def _codes(text: str) -> Iterator[str]:
    """What is written like a code: letters and digits alone, a stretch of numbers (``1-4``) and 项目 before it left out."""
    for part in _APART.split(flat(text)):
        bare = _AROUND.sub("", part)
        if _CODE.fullmatch(bare) and not _SPAN.fullmatch(bare):
            yield bare


@rule("F503", "没有填写项目", Severity.WARNING, Phase.ACROSS, Project)
def no_projects(case: Case) -> Iterator[Found | Held]:
    """项目支出有金额，项目资金表却一行也没有填；或者填了项目，没有一个是其他运转类、特定目标类（算错误）。

    Why: 项目支出要由这两类项目组成，没有就无从核对和评价。
    Fix: 在项目资金表逐个列出项目，不参评的也要列。
    Basis: [practice] 项目漏列是复核的重点。
    Bad: 收支预决算的项目支出 61.57 万元，项目资金表是空的。
    Good: 项目资金表列出 4 个项目，全年预算数 50.00、5.00、6.33、0.24 万元，合计 61.57 万元。
    """
    amounts = [getattr(case.submission.budget.project, amount) for amount in AMOUNT_COLUMNS]
    spent = [entry for entry in amounts if entry.value]
    projects = case.submission.projects
    if not spent or any(project.category.value in (None, *PROJECT_SPENDING) for project in projects):
        return
    where, listed = cells(places(*spent)), sheet_of(Project).title
    one = f"一个{'、'.join(PROJECT_SPENDING)}的项目" if projects else "一个项目"
    yield Found(
        cells=places(*spent, *(project.category for project in projects)),
        message=f"{where}填有项目支出 {money(spent[0].value, case.submission)}，{listed}表没有{one}。",
        found="没有项目",
        expected=f"至少{one}",
        fix=f"请{'核对各项目的类别，并' if projects else ''}在{listed}表列出全部项目。",
        effect="不影响得分。" if projects else "没有项目可以评价。",
        severity=Severity.ERROR if projects else None,
    )
