"""M304: budgets that changed during the year without a word, of projects and of the unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import BUDGET_LINES, PROJECT_SPENDING, Budget, BudgetLine, Project
from ..model import Figure, Score, Severity
from ..spec import heading
from .case import Case, Held, is_spent_without_budget
from .catalogue import Found, Phase, places, rule
from .indicators import taking_part
from .spending import NOTE, adjustment, first_asked
from .words import at, money

_LINES = {line.name: line for line in BUDGET_LINES}
_SIDES = ("income", "spending")


@rule("M304", "预算调整没有说明", Severity.WARNING, Phase.PLAUSIBLE, Budget, Project)
def unexplained_adjustment(case: Case) -> Iterator[Found | Held]:
    """项目的全年预算数与年初预算数不同，调整及偏差说明却空着；或者收入合计、支出合计年中变了，没有一处说明。

    Why: 预算调整要有批复；不写清楚，分不清是追加、压减，还是哪一栏填错了。
    Fix: 核对两个数；确有调整的，写明调整的原因和批复文号。
    Basis: [practice] 复核时逐个询问预算调整的原因和文号；[form] 标准表的调整及偏差说明、说明栏。
    Bad: 年初预算数 52 万元，全年预算数 50 万元，调整及偏差说明空着。
    Good: 同样的数，说明里写“年中压减培训和印刷支出 2 万元（财预〔2025〕1 号）”。
    """
    scores = {id(score.project): score for score in taking_part(case) if score.project}
    silent = Decimal(0)
    for project in case.submission.projects:
        change = adjustment(case, project)
        if change is not None and case.is_subtotal(project):
            yield Held(by="F205")
            continue
        if change is None or not _says_nothing(project) or project.note.place is None:
            continue
        if project.category.value in PROJECT_SPENDING:
            silent += change
        first = _first(case, scores.get(id(project)), project)
        yield Held(by=first) if first else _of_project(case, project, change)
    yield from _of_unit(case, silent)


def _first(case: Case, score: Score | None, project: Project) -> str | None:
    """The rule whose finding about a project comes first: no budget at all, or its spending asks for the same words."""
    if is_spent_without_budget(project):
        return "M201"
    return first_asked(case, score, project) if score else None


def _says_nothing(project: Project) -> bool:
    return project.note.is_blank and project.excuse.is_blank


def _of_project(case: Case, project: Project, change: Decimal) -> Found:
    name = f"项目 {project.code.text} {project.name.text}".strip()
    budget, initial = (money(e.value or Decimal(0), case.submission) for e in (project.budget, project.initial))
    return Found(
        cells=places(project.note, project.initial, project.budget),
        record=project.code.value,
        message=f"{at(project.note, NOTE)}没有填，{name}的{heading(Project, 'initial')} {initial}调整为"
        f"{heading(Project, 'budget')} {budget}，{_moved(case, change)}。",
        found=Figure.yuan(project.budget.value or Decimal(0)),
        expected="写明调整的原因和文号",
        difference=Figure.yuan(change),
        fix=f"请核对两个数；确有调整的，在{NOTE}写明原因和批复文号。",
        effect="不影响得分，执行率按全年预算数计算。",
    )


def _moved(case: Case, change: Decimal) -> str:
    return f"{'增加' if change > 0 else '减少'} {money(abs(change), case.submission)}"


def _of_unit(case: Case, silent: Decimal) -> Iterator[Found | Held]:
    """The unit's totals; ``silent`` is what projects without an explanation changed them by."""
    if any(
        adjustment(case, project) is not None and not _says_nothing(project) for project in case.submission.projects
    ):
        return
    changes = {side: change for side in _SIDES if (change := _change(case, side)) is not None}
    told = {change for side, change in changes.items() if _is_told(case, side)}
    open_sides = {side: change for side, change in changes.items() if change not in told}
    near = Decimal("0.005") * case.submission.scale * (len(case.submission.projects) + 1)
    rest = {side: change for side, change in open_sides.items() if not silent or abs(change - silent) > near}
    if len(rest) < len(open_sides):
        yield Held(by="M304")
    if rest:
        yield _totals(case, rest)


def _change(case: Case, side: str) -> Decimal | None:
    line: BudgetLine = getattr(case.submission.budget, side)
    before, after = line.initial, line.budget
    if before.value is None or after.value is None or case.questioned.keys() & {before.place, after.place}:
        return None
    change = after.value - before.value
    return change if abs(change) > Decimal("0.005") * case.submission.scale else None


def _is_told(case: Case, side: str) -> bool:
    """Whether a total or any line that adds up to it has an explanation (or no cell for one)."""
    line: BudgetLine = getattr(case.submission.budget, side)
    told = not line.note.is_blank or line.note.place is None
    return told or any(_is_told(case, part) for part in _LINES[side].parts)


def _totals(case: Case, changes: dict[str, Decimal]) -> Found:
    lines: dict[str, BudgetLine] = {side: getattr(case.submission.budget, side) for side in changes}
    note, initial, budget = (heading(BudgetLine, name) for name in ("note", "initial", "budget"))
    said = []
    for side, line in lines.items():
        before, after = (money(entry.value or Decimal(0), case.submission) for entry in (line.initial, line.budget))
        where = at(line.budget, f"{_LINES[side].label}，{budget}")
        said.append(f"{where}为 {after}，{initial}为 {before}，{_moved(case, changes[side])}")
    one = next(iter(lines.values()))
    return Found(
        cells=places(*(entry for line in lines.values() for entry in (line.budget, line.initial, line.note))),
        message=f"{'；'.join(said)}；各行的{note}和项目的{NOTE}都没有写原因。",
        found=Figure.yuan(one.budget.value or Decimal(0)),
        expected="写明调整的原因和文号",
        difference=Figure.yuan(next(iter(changes.values()))),
        fix=f"请核对两个数；确有调整的，在{note}栏写明原因和批复文号。",
        effect="不影响得分，部门整体的执行率按全年预算数计算。",
    )
