"""Text rule P204: a project is called the same everywhere.

A text means a project where it quotes nearly its name, or where an item is headed by what stands for it: the item
repeats the project's goal, or the items go through the projects in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..form import Problem, Project, Report
from ..model import Severity
from ..spec import Entry, heading
from ..values import fold_name, letters, likeness
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .prose import Item, Passage, flat
from .words import at, quoted

_NEAR, _NEAR_QUOTED = 0.8, 0.85
"""How like a project's name an item's heading, and a quotation, must be to be meant for it."""
_SHORTEST, _SHORTEST_HEAD = 6, 8
"""Fewer characters than these are a short label, not a name."""
_LONGEST = 60
_HEAD = re.compile(
    r"([^:。;,!?\n]+?)\s*(?::|\n|$|[。,(]\s*(?=(?:年初|全年|本年|20\d\d年|项目|资金|总)*(?:安排|调整后)?(?:预算|资金|投资|执行)))"
)
_QUOTED = re.compile(r"《([^》\n]{4,60})》|“([^”\n]{4,60})”|\"([^\"\n]{4,60})\"")
_PAPERS = re.compile(
    r"(?:办法|通知|规定|意见|方案|细则|条例|决定|规划|报告|制度|合同|协议|计划|标准|指南|手册|清单|公告|批复|函|纪要|活动)$"
)
_GENERAL = re.compile(
    r"(?:目标|指标|情况|成效|成绩|问题|措施|说明|分析|方面|资金|内容|依据|程序|结论|结果|过程|方法|原因|建议|计划|安排|管理|评价)$"
)
"""How a heading ends that heads a part of a report, not a project."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What a text calls a project."""

    entry: Entry[str]
    column: str
    name: str
    project: Project


@rule("P204", "项目名称不一致", Severity.WARNING, Phase.ACROSS, Project)
def misnamed(case: Case) -> Iterator[Found | Held]:
    """报告文字或问题整改里的项目名称，与项目资金表里的名称不一样。

    Why: 一个项目几个叫法，预算、自评和报告就对不上，读者会以为是不同的项目。
    Fix: 各处都用预算批复的项目名称；可以用简称，但字要相同。
    Basis: [form] 公开的自评报告里，同一项目在预算、自评和等级表中的名称各不相同；[practice] 复核时逐个对照。
    Bad: 项目资金表写“军人劳务派遣人员工资保险等”，报告写“军队退役人员公益性岗托管安置”
    Good: 两处都写“军人劳务派遣人员工资保险等”
    """
    found = list(dict.fromkeys(_namings(case)))
    if not found:
        return
    texts = places(*(one.entry for one in found))
    said = "；".join(
        f"{at(entry, column)}：{_against([one for one in found if one.entry is entry])}"
        for entry, column in dict.fromkeys((one.entry, one.column) for one in found)
    )
    alone = {one.project.code.value for one in found}
    yield Found(
        cells=(*texts, *places(*(one.project.name for one in found))),
        record=next(iter(alone)) if len(alone) == 1 else None,
        message=f"与{heading(Project, 'name')}不同，{said}。",
        found="、".join(quoted(one.name) for one in found),
        expected="、".join(quoted(one.project.name.text) for one in found),
        fix="请核对预算批复，各处都用同一个名称。",
        effect="不影响得分。",
    )


def _against(found: Sequence[Naming]) -> str:
    """What one text calls some projects, each with the cell and the name of the project."""
    return "；".join(
        f"文中{quoted(one.name)}，{one.project.name.place} 是{quoted(one.project.name.text)}" for one in found
    )


def _namings(case: Case) -> Iterator[Naming]:
    """Every place that clearly means a project and calls it otherwise."""
    projects = [p for p in case.submission.projects if fold_name(p.name.text) and p.name.place]
    if len({fold_name(p.name.text) for p in projects}) < len(projects):
        return
    for passage in case.passages:
        if passage.sheet is Report:
            names = [*_quoted(passage.text, projects), *_headed(passage, projects)]
            for name, project in names:
                yield Naming(entry=passage.entry, column=passage.heading, name=name, project=project)
    for row in case.submission.problems:
        near = _nearest(row.projects.text, projects, _NEAR)
        if near is not None and row.projects.place:
            yield Naming(entry=row.projects, column=heading(Problem, "projects"), name=row.projects.text, project=near)


def _quoted(text: str, projects: Sequence[Project]) -> Iterator[tuple[str, Project]]:
    """Quotations that are nearly a project's name."""
    for match in _QUOTED.finditer(text):
        name = next(filter(None, match.groups()))
        near = None if _PAPERS.search(name) else _nearest(name, projects, _NEAR_QUOTED)
        if near is not None:
            yield name, near


def _nearest(name: str, projects: Sequence[Project], least: float) -> Project | None:
    """The one project whose name is nearly this one; None where it is a project's name, or near none or several."""
    folded = fold_name(name)
    if len(folded) < _SHORTEST or any(_is_called(p, name) for p in projects):
        return None
    near = [p for p in projects if likeness(folded, fold_name(p.name.text), least) >= least]
    return near[0] if len(near) == 1 else None


def _is_called(project: Project, name: str) -> bool:
    """Whether a name is the project's, or the one is a part of the other."""
    mine, other = fold_name(project.name.text), fold_name(name)
    return bool(other) and (mine in other or other in mine)


# --- headed items -------------------------------------------------------------------------------------------------


def _headed(passage: Passage, projects: Sequence[Project]) -> Iterator[tuple[str, Project]]:
    """The headings of items that stand for a project and call it otherwise."""
    text = passage.text
    for run in _runs(passage.items):
        heads = [_head(text, item) for item in run]
        bounds = [item.spot[0] for item in run[1:]] + [len(text)]
        bodies = [letters(text[item.spot[1] : end]) for item, end in zip(run, bounds, strict=True)]
        meant = [_meant(head, body, projects) for head, body in zip(heads, bodies, strict=True)]
        if sum(m is not None for m in meant) * 2 < len(run):
            continue
        if len(run) == len(projects) and all(heads):
            hits = [m is p for m, p in zip(meant, projects, strict=True)]
            if sum(hits) * 2 >= len(hits) and all(hit or m is None for hit, m in zip(hits, meant, strict=True)):
                meant = list(projects)
        for head, project in zip(heads, meant, strict=True):
            if (
                project
                and len(letters(head)) >= _SHORTEST_HEAD
                and not _GENERAL.search(head)
                and not _is_called(project, head)
            ):
                yield head, project


def _runs(found: Sequence[Item]) -> list[list[Item]]:
    """The lists that items make: items of one style, numbered from 1 on."""
    runs: list[list[Item]] = []
    latest: dict[str, list[Item]] = {}
    for item in found:
        run = latest.get(item.style)
        if item.number == 1:
            latest[item.style] = [item]
            runs.append(latest[item.style])
        elif run and run[-1].number == item.number - 1:
            run.append(item)
    return runs


def _head(text: str, item: Item) -> str:
    """The heading of an item: a line of its own, or what stands before a colon; empty where it is a sentence."""
    match = _HEAD.match(text, item.spot[1])
    head = match[1].strip() if match else ""
    return head if len(head) <= _LONGEST else ""


def _meant(head: str, body: str, projects: Sequence[Project]) -> Project | None:
    """The project an item stands for, by its heading or by the goal it repeats."""
    if not head:
        return None
    called = [p for p in projects if _is_called(p, head)]
    if called:
        return called[0] if len(called) == 1 else None
    if _GENERAL.search(head):
        return None
    goals = [p for p in projects if len(goal := letters(flat(p.goal.text))) >= 15 and goal in body]
    return goals[0] if len(goals) == 1 else _nearest(head, projects, _NEAR)
