"""Text rule P205: figures in the text against the workbook, and the labels by which they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..form import Department, Project, Report
from ..formula import plain
from ..model import Figure, Severity
from ..spec import Place, columns_of
from ..values import fold_name, letters
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .labels import project_counts, project_labels, unit_labels
from .magnitude import shown_otherwise
from .prose import Passage, Spot
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
    claims = [Claim(code=code, right=right, said=tuple(said)) for (code, _, right), said in wrong.items()]
    for group in _together(claims):
        yield _found(case, group[0]) if len(group) == 1 else _several(case, group)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A figure stated wrongly, wherever it is stated, of a project (its code) or of the unit, and what is right."""

    code: str | None
    right: Meant
    said: tuple[tuple[Passage, Stated], ...]

    @property
    def stated(self) -> Stated:
        """The figure where it is first stated."""
        return self.said[0][1]

    @property
    def texts(self) -> tuple[Place, ...]:
        """The cells that state it."""
        return places(*(passage.entry for passage, _ in self.said))

    @property
    def typed(self) -> str:
        """The words that state it, quoted."""
        return "、".join(dict.fromkeys(quoted(passage.typed(one.spot)) for passage, one in self.said))

    @property
    def slip(self) -> tuple[str, str] | None:
        """The unit of money that was written and the one that was meant, where nothing else is wrong."""
        return _slip(self.stated, self.right)


def _together(claims: Sequence[Claim]) -> list[list[Claim]]:
    """The wrong figures, those of one text that have one cause together: of one project, or all in the same wrong unit."""
    groups: list[list[Claim]] = []
    for claim in claims:
        near = [group for group in groups if any(_belong_together(claim, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), claim])
    return groups


def _belong_together(one: Claim, other: Claim) -> bool:
    alike = one.slip is not None and one.slip == other.slip if one.code is None else True
    return one.code == other.code and alike and not set(one.texts).isdisjoint(other.texts)


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
    slips = [one for one in _meant(stated) if _slip(stated, one)]
    return min(slips or _meant(stated), key=lambda one: abs(one.value - stated.value))


_MIXED = {"元": ("万元", Decimal(10_000)), "万元": ("元", Decimal("0.0001"))}


def _slip(stated: Stated, right: Meant) -> tuple[str, str] | None:
    """The unit a figure is stated in and the one it is right in, where 元 stands for 万元 or the other way round."""
    unit, factor = _MIXED.get(stated.unit, ("", Decimal(0)))
    return (stated.unit, unit) if unit and right.value == stated.value * factor else None


def _found(case: Case, claim: Claim) -> Found:
    """One finding for a figure, wherever it is stated."""
    stated, right, texts = claim.stated, claim.right, claim.texts
    gap, unit = stated.value - right.value, _unit(stated)
    amount = _said(case, abs(gap), unit).replace("%", " 个百分点")
    apart = _in_wrong_unit(claim) or f"，文中{'多' if gap > 0 else '少'} {amount}"
    return Found(
        cells=(*texts, *right.cells),
        record=claim.code,
        message=f"{cells(texts)}（{_headings([claim])}）写的是{claim.typed}，{_against(case, claim)}{apart}。",
        found=Figure(value=stated.value, unit=unit),
        expected=Figure(value=right.value, unit=unit),
        difference=Figure(value=gap, unit=unit),
        fix=_fix([claim]),
        effect="不影响得分，得分按表里的数计算。",
    )


def _several(case: Case, claims: Sequence[Claim]) -> Found:
    """One finding for the wrong figures of one project in a text, or for those of the unit in the same wrong unit."""
    texts = tuple(dict.fromkeys(place for claim in claims for place in claim.texts))
    code, count = claims[0].code, sum(len(claim.said) for claim in claims)
    whose = "里" if code is None else f"里项目 {code} "
    listed = "；".join(f"{claim.typed}，{_against(case, claim)}{_in_wrong_unit(claim)}" for claim in claims)
    return Found(
        cells=tuple(dict.fromkeys((*texts, *(place for claim in claims for place in claim.right.cells)))),
        record=code,
        message=f"{cells(texts)}（{_headings(claims)}）{whose}有 {count} 处与表不符：{listed}。",
        found="、".join(claim.typed for claim in claims),
        expected="、".join(_said(case, claim.right.value, _unit(claim.stated)) for claim in claims),
        fix=_fix(claims),
        effect="不影响得分，得分按表里的数计算。",
    )


def _headings(claims: Sequence[Claim]) -> str:
    return "、".join(dict.fromkeys(passage.heading for claim in claims for passage, _ in claim.said))


def _against(case: Case, claim: Claim) -> str:
    """The cells of the workbook with their name and their figure."""
    right = claim.right
    return f"{cells(right.cells)}（{right.name}）为 {_said(case, right.value, _unit(claim.stated))}"


def _in_wrong_unit(claim: Claim) -> str:
    return f"，文中单位写成了{claim.slip[0]}，应为{claim.slip[1]}" if claim.slip else ""


def _fix(claims: Sequence[Claim]) -> str:
    slips = {claim.slip for claim in claims}
    slip = next(iter(slips)) if len(slips) == 1 else None
    return f"请把文中的单位改为{slip[1]}。" if slip else "请核对原始资料，改正写错的一处。"


def _unit(stated: Stated) -> str:
    return "元" if stated.label.kind == MONEY else stated.unit


def _said(case: Case, value: Decimal, unit: str) -> str:
    if unit == "元":
        return money(value, case.submission)
    if unit == "%":
        return percent(value, 2)
    return points(value) if unit == "分" else f"{plain(value)} {unit}"
