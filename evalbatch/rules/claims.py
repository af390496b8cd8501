"""Text rule P205: figures in the text against the workbook, and the labels by which they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..form import Department, Project, Report
from ..formula import plain
from ..model import Figure, Severity
from ..spec import columns_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .labels import project_counts, project_labels, unit_labels
from .magnitude import shown_otherwise
from .prose import Passage, Spot, fold_name, letters
from .stated import COUNTED, MONEY, Label, Meant, Stated, find
from .words import cells, money, percent, points, quoted

_TEXTS = {(Department, "achieved"), (Department, "note"), *((Report, column.name) for column in columns_of(Report))}
_OF_PROJECT = {(Project, "achieved"), (Project, "note")}


@rule("P205", "文中数字与表不符", Severity.ERROR, Phase.ACROSS)
def contradicted(case: Case) -> Iterator[Found | Held]:
    """报告文字、完成情况里的金额、人数、执行率、得分，与表里的数都对不上（按文中的小数位数四舍五入后比较）。

    Why: 文字和表是同一件事，两处的数不同，读者不知道该信哪一个。
    Fix: 核对原始资料，改正写错的一处。
    Basis: [practice] 复核时把报告里的数逐个与表对照；只查紧跟在名称后面的数，增减数、其中数、别的年度不查。
    Bad: 报告写“项目支出61.75万元”，表里是 61.57 万元
    Good: 报告写“项目支出61.57万元”，表里也是 61.57 万元
    """
    labels = [project_labels(case, project) for project in case.submission.projects]
    own = unit_labels(case)
    wrong: dict[tuple[str | None, Decimal, Meant], list[tuple[Passage, Stated]]] = {}
    for passage in case.passages:
        for code, stated in _stated(case, passage, own, labels):
            if stated.agrees or not _meant(stated):
                continue
            if held := _in_doubt(case, stated):
                yield held
            else:
                wrong.setdefault((code, stated.value, _nearest(stated)), []).append((passage, stated))
    for (code, _, right), said in wrong.items():
        yield _found(case, code, right, said)


def _in_doubt(case: Case, stated: Stated) -> Held | None:
    """Which finding questions the figure of the workbook, so that the text cannot be held against it yet."""
    cells = [place for one in _meant(stated) for place in one.cells]
    asked = {case.questioned[place]: True for place in cells if place in case.questioned}
    otherwise = stated.label.kind == MONEY and shown_otherwise(case)
    return case.hold({**asked, "M203": otherwise, "F205": stated.unit == COUNTED and bool(case.subtotals)})


def _stated(
    case: Case, passage: Passage, own: Sequence[Label], of_projects: Sequence[Sequence[Label]]
) -> Iterator[tuple[str | None, Stated]]:
    """The figures of one text, each with the code of the project it speaks of, if it speaks of one."""
    year, projects = case.submission.unit.year.value, case.submission.projects
    key, this_year = (passage.sheet, passage.name), int(year) if year is not None else None
    if not any(sign.isdigit() for sign in passage.text):
        return
    if key in _OF_PROJECT and passage.project is not None:
        labels = of_projects[_index(projects, passage.project)]
        for stated in find(passage.text, labels, this_year, of_unit=False):
            yield passage.code, stated
    if key in _TEXTS:
        rest = passage.text
        for (start, end), project in _sections(case, passage):
            rest = rest[:start] + "\n" * (end - start) + rest[end:]
            section, labels = " " * start + _own_part(passage.text, start, end), of_projects[_index(projects, project)]
            for stated in find(section, labels, this_year, of_unit=False):
                yield project.code.value, stated
        for stated in (*find(rest, own, this_year), *project_counts(case, rest)):
            yield None, stated


def _own_part(text: str, start: int, end: int) -> str:
    """An item without what follows the list: of the last item its paragraph, and the next if the first is its heading."""
    section = text[start:end]
    if end < len(text):
        return section
    head, _, body = section.partition("\n")
    return head if re.search("[,。;]", head) else f"{head}\n{body.partition(chr(10))[0]}"


def _index(projects: Sequence[Project], project: Project) -> int:
    return next(i for i, one in enumerate(projects) if one is project)


def _sections(case: Case, passage: Passage) -> Iterator[tuple[Spot, Project]]:
    """The numbered items that begin with a project's name."""
    text, found = passage.text, passage.items
    for i, item in enumerate(found):
        head = fold_name(text[item.spot[1] : item.spot[1] + 80])
        called = [p for p in case.submission.projects if p.name.text and head.startswith(fold_name(p.name.text))]
        if called:
            end = next((other.spot[0] for other in found[i + 1 :] if other.style == item.style), len(text))
            yield (item.spot[1], end), max(called, key=lambda p: len(letters(p.name.text)))


def _meant(stated: Stated) -> list[Meant]:
    """The figures a label means first of all: the amount the text says; else not that of the first budget."""
    first = [one for one in stated.label.meant if not one.aside]
    said = [one for one in first if one.amount == stated.amount] if stated.amount else []
    return said or [one for one in first if one.amount != "initial"] or first


def _nearest(stated: Stated) -> Meant:
    """The figure that was meant: what is stated in the wrong unit, or else the nearest of those meant first of all."""
    slips = [one for one in _meant(stated) if one.value in (stated.value * 10_000, stated.value / 10_000)]
    return min(slips or _meant(stated), key=lambda one: abs(one.value - stated.value))


def _found(case: Case, code: str | None, right: Meant, said: Sequence[tuple[Passage, Stated]]) -> Found:
    """One finding for a figure, wherever it is stated."""
    stated, texts = said[0][1], places(*(passage.entry for passage, _ in said))
    headings = "、".join(dict.fromkeys(passage.heading for passage, _ in said))
    typed = "、".join(dict.fromkeys(quoted(passage.typed(one.spot)) for passage, one in said))
    gap = stated.value - right.value
    unit = "元" if stated.label.kind == MONEY else stated.unit
    return Found(
        cells=(*texts, *right.cells),
        record=code,
        message=f"{cells(texts)}（{headings}）写的是{typed}，{cells(right.cells)}（{right.name}）为 "
        f"{_said(case, right.value, unit)}，文中{'多' if gap > 0 else '少'} {_said(case, abs(gap), unit).replace('%', ' 个百分点')}。",
        found=Figure(value=stated.value, unit=unit),
        expected=Figure(value=right.value, unit=unit),
        difference=Figure(value=gap, unit=unit),
        fix="请核对原始资料，改正写错的一处。",
        effect="不影响得分，得分按表里的数计算。",
    )


def _said(case: Case, value: Decimal, unit: str) -> str:
    if unit == "元":
        return money(value, case.submission)
    if unit == "%":
        return percent(value, 2)
    return points(value) if unit == "分" else f"{plain(value)} {unit}"
