"""What the labels in running text may mean: the figures of the unit, and those of one project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..form import AMOUNT_COLUMNS, BUDGET_LINES, Budget, BudgetLine, Department, Project, Unit
from ..model import Score
from ..spec import Entry, heading
from .case import Case
from .catalogue import places
from .prose import sentence_at
from .stated import COUNTED, MONEY, PEOPLE, POINTS, SHARE, Label, Meant, Stated

_ALSO = {
    "income": r"收入(?:总)?预算|总收入|收入总额|收入总计|全年收入",
    "spending": r"支出(?:总)?预算|总支出|支出总额|支出总计|全年支出|支出决算",
    "office_cost": r"公用经费",
    "left_over": r"年末结转结余|年末结余",
    "three_public": r"[“\"]?三公[”\"]?经费",
}
"""Other words for the lines of 收支预决算."""
_WHOLES = ("income", "spending", "basic")


def unit_labels(case: Case) -> tuple[Label, ...]:
    """What is known of the unit as a whole."""
    unit = case.submission.unit
    spent = tuple(_rates(case, _SPENT))
    return (
        *_lines(case),
        _people(r"核定编制|编制", unit.posts, "posts"),
        _people(r"在职(?:在编)?(?:人员|职工|干部职工)?", unit.staff, "staff"),
        _people(r"(?<=人[,、])退休(?:人员|职工|干部)?", unit.retired, "retired"),
        Label(words=r"(?:支出|(?:部门)?整体(?:支出|预算)?)执行率", kind=SHARE, meant=spent),
        Label(words=r"(?:预算|资金)执行率", kind=SHARE, meant=(*spent, *_other_rates(case))),
        Label(
            words=r"(?:部门|单位)?整体(?:支出)?(?:绩效)?自评(?:综合|总)?(?:得|评)?分?",
            kind=POINTS,
            meant=_own_score(case.scores.department),
            explicit=True,
        ),
        Label(words=_share_words(), kind=SHARE, meant=tuple(_shares(case))),
    )


_SPENT = ("spending", "project", "basic")


def _lines(case: Case) -> Iterator[Label]:
    """The lines of 收支预决算 that are filled, by their printed labels and other words for them."""
    budget = case.submission.budget
    amounts = {ln.name: _amounts(getattr(budget, ln.name), BudgetLine, ln.label) for ln in BUDGET_LINES}
    extra = {
        "income": amounts["spending"],
        "spending": amounts["income"],
        "project": tuple(_project_sums(case)),
        "carried": tuple(_carried(case)),
    }
    for ln in BUDGET_LINES:
        line = getattr(budget, ln.name)
        if line.budget.value is not None and line.executed.value is not None:
            words = "|".join(filter(None, (re.escape(ln.label), _ALSO.get(ln.name))))
            meant = (*amounts[ln.name], *(replace(one, aside=True) for one in extra.get(ln.name, ())))
            yield Label(words=words, kind=MONEY, meant=meant, whole=ln.name in _WHOLES)


def _amounts(row: BudgetLine | Project, sheet: type[BudgetLine] | type[Project], name: str) -> tuple[Meant, ...]:
    """The three amounts of a line or a project, those that are filled."""
    found = []
    for amount in AMOUNT_COLUMNS:
        entry: Entry[Decimal] = getattr(row, amount)
        if entry.value is not None:
            said = "，".join(filter(None, (name, heading(sheet, amount))))
            found.append(Meant(value=entry.value, name=said, cells=places(entry), amount=amount))
    return tuple(found)


def _project_sums(case: Case) -> Iterator[Meant]:
    """项目支出 may be one project's, or that of the projects that take part, or of one category."""
    projects = case.submission.projects
    for project in projects:
        yield from _amounts(project, Project, project.name.text)
    chosen = [case.submission.evaluated, projects]
    chosen += [tuple(p for p in projects if p.category.value == kind) for kind in {p.category.value for p in projects}]
    for rows in chosen:
        for amount in AMOUNT_COLUMNS:
            entries = [getattr(row, amount) for row in rows]
            yield Meant(
                value=sum((entry.value or Decimal(0) for entry in entries), Decimal(0)),
                name=heading(Project, amount),
                cells=places(*entries),
            )


def _carried(case: Case) -> Iterator[Meant]:
    for project in case.submission.projects:
        for amount in AMOUNT_COLUMNS:
            entry = getattr(project, f"carried_{amount}")
            if entry.value is not None:
                yield Meant(value=entry.value, name=heading(Project, f"carried_{amount}"), cells=places(entry))


def _people(words: str, entry: Entry[Decimal], name: str) -> Label:
    known = entry.value is not None
    meant = Meant(value=entry.value or Decimal(0), name=heading(Unit, name), cells=places(entry))
    return Label(words=words, kind=PEOPLE, meant=(meant,) if known else ())


def _rates(case: Case, names: Sequence[str]) -> Iterator[Meant]:
    """Execution rates of some lines, on the budget of the year and on the first one."""
    for ln in BUDGET_LINES:
        line = getattr(case.submission.budget, ln.name)
        for base in ("budget", "initial"):
            bottom = getattr(line, base)
            if ln.name in names and line.executed.value is not None and bottom.value:
                name = f"{ln.label}，{heading(BudgetLine, 'executed')} ÷ {heading(BudgetLine, base)}"
                yield Meant(
                    value=line.executed.value / bottom.value,
                    name=name,
                    cells=places(line.executed, bottom),
                    amount=base,
                    aside=ln.name != "spending",
                )


def _other_rates(case: Case) -> Iterator[Meant]:
    """An execution rate that does not say of what may be that of any line, and of any project."""
    for rate in _rates(case, [ln.name for ln in BUDGET_LINES]):
        yield replace(rate, aside=True)
    for project in case.submission.projects:
        if project.budget.value and project.executed.value is not None:
            cells = places(project.executed, project.budget)
            yield Meant(value=project.executed.value / project.budget.value, name="", cells=cells, aside=True)


def _share_words() -> str:
    label = next(ln.label for ln in BUDGET_LINES if ln.name == "project")
    return rf"{label}占(?:全年|部门|单位|本年)?(?:支出合计|总支出|支出总额|支出总计|支出预算|支出)的?(?:比重|比例)?"


def _shares(case: Case) -> Iterator[Meant]:
    """项目支出 as a share of all spending; the share the form states itself is another rule's question."""
    budget = case.submission.budget
    claimed = budget.project_share
    for amount in AMOUNT_COLUMNS:
        top, bottom = getattr(budget.project, amount), getattr(budget.spending, amount)
        if top.value is not None and bottom.value:
            name = f"{heading(BudgetLine, amount)}之比"
            yield Meant(value=top.value / bottom.value, name=name, cells=places(top, bottom), amount=amount)
    if claimed.value is not None:
        yield Meant(value=claimed.value, name=heading(Budget, "project_share"), cells=places(claimed))


def _own_score(score: Score) -> tuple[Meant, ...]:
    """A score as the unit gives it; as it is computed, all being assessed, where the unit leaves its cell blank."""
    sheet = Project if score.project else Department
    if score.claimed.value is not None:
        return (Meant(value=score.claimed.value, name=heading(sheet, "claimed"), cells=places(score.claimed)),)
    if score.claimed.is_blank and score.grade and score.total is not None:
        return (Meant(value=score.total, name="测算得分", cells=places(score.claimed)),)
    return ()


def project_labels(case: Case, project: Project) -> tuple[Label, ...]:
    """What is known of one project."""
    amounts = _amounts(project, Project, "")
    read = project.budget.value is not None
    planned = tuple(one for one in amounts if one.amount != "executed") if read else ()
    spent = tuple(one for one in amounts if one.amount == "executed")
    score = next((s for s in case.scores.projects if s.project is project), None)
    rates = [
        Meant(
            value=project.executed.value / bottom.value,
            name=f"{heading(Project, 'executed')} ÷ {heading(Project, base)}",
            cells=places(project.executed, bottom),
            amount=base,
        )
        for base in ("budget", "initial")
        if (bottom := getattr(project, base)).value and project.executed.value is not None
    ]
    if rates and project.claimed_rate.value is not None:
        rates.append(
            Meant(
                value=project.claimed_rate.value,
                name=heading(Project, "claimed_rate"),
                cells=places(project.claimed_rate),
            )
        )
    return (
        Label(words=r"(?:全年|年初|调整后)预算", kind=MONEY, meant=planned),
        Label(words=r"(?:全年|预算|实际)*执行(?!到位)|全年(?:实际)?(?:支出|支付)", kind=MONEY, meant=spent),
        Label(words=r"(?:预算|资金|支出)?执行率", kind=SHARE, meant=tuple(rates)),
        Label(words=r"(?:项目)?自评(?:综合|总)?(?:得|评)?分?", kind=POINTS, meant=_own_score(score) if score else ()),
    )


_COUNT = r"(?P<{}>\d{{1,3}}|[一二两三四五六七八九十])个(?:一级|预算|参评|绩效)*项目(?![组部库点类经单])"
_SAYS_COUNT = re.compile(
    r"(?:^|(?<=[,。;:!\n]))(?:20\d\d年度?|[本我](?:单位|部门|年度?)|全年|年度|部门|单位)*(?:"
    rf"(?:共有|共计|共安排|共实施|共评价|全部|所有){_COUNT.format('a')}(?!涉及|属|需|为|是|超|低|高)|{_COUNT.format('b')}(?:全部|均|都)(?=[按已完达实])"
    r")"
)
_PARTLY = re.compile(
    r"其中|未|剩|尚|另|以外|部分|上年|去年|计划(?!完成)|个[^,。;\n]{0,4}项目.*个[^,。;\n]{0,4}项目", re.S
)


def project_counts(case: Case, text: str) -> Iterator[Stated]:
    """How many projects a text says there are in all: of all projects, those that take part, or those of a category."""
    projects = case.submission.projects
    if "个" not in text or not projects:
        return
    counts = [len(projects), len(case.submission.evaluated), len(projects) - len(case.submission.evaluated)]
    counts += Counter(p.category.value for p in projects).values()
    cells = places(*(p.code for p in projects))
    meant = tuple(Meant(value=Decimal(n), name="项目数", cells=cells, aside=i > 1) for i, n in enumerate(counts))
    for match in _SAYS_COUNT.finditer(text):
        first, last = sentence_at(text, match.start())
        said = match["a"] or match["b"]
        number = "一二三四五六七八九十".find(said) + 1 or (2 if said == "两" else 0) or int(said)
        if not _PARTLY.search(text, first, last):
            label = Label(words="", kind=PEOPLE, meant=meant)
            yield Stated(spot=match.span(), label=label, value=Decimal(number), unit=COUNTED, decimals=0)
