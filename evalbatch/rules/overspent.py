"""More spent than budgeted: M106, and M201 where nothing was budgeted at all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import BUDGET_LINES, Project
from ..model import Figure, Identity, Severity, Verdict
from ..spec import heading
from .case import Case, Held, is_spent_without_budget
from .catalogue import Found, Phase, places, rule
from .identities import amount, heading_of, said
from .words import at, money


@rule("M106", "执行数超过预算数", Severity.ERROR, Phase.TABLE)
def over_budget(case: Case) -> Iterator[Found | Held]:
    """全年执行数大于全年预算数（预算数的小数位数多的，先四舍五入到执行数的位数）。

    Why: 支出不能超过调整后的预算；多半是预算调整没有填，或把两栏填反了。用这个执行数算的执行率、得分和文字，等它改正后再查。
    Fix: 核对执行数；有追加预算的，把追加数计入全年预算数并注明文号；两个数填反的对调。
    Basis: [system] 执行率超过 100% 提示错误，得分按分值封顶。
    Bad: 全年预算数 50.00 万元，全年执行数 63.10 万元。
    Good: 追加的 13.10 万元计入全年预算数，全年预算数 63.10 万元，全年执行数 63.10 万元。
    """
    all_over = [i for i in case.identities if i.code == "M106" and i.verdict in (Verdict.DIFFERS, Verdict.ROUNDING)]
    lines = {identity.left.label for identity in all_over if identity.record is None}
    projects = any(identity.record is not None for identity in all_over)
    for identity in all_over:
        if held := case.held(identity) or case.held_by_subtotal(identity):
            yield held
        elif identity.record is None and _because_of_below(identity.left.label, lines, projects):
            yield Held(by="M106")
        elif identity.left.value is not None and identity.right is not None:
            yield _over(case, identity, identity.left.value, identity.right)


_ADD_TO_BUDGET = "请核对执行数；确有追加预算的，把追加数计入全年预算数，并在说明栏写明文号。"
_SWAP = "请核对原始资料，填反的把两个数对调，资金来源也填反的一并对调。"
_SWAP_OF_LINE = "请核对原始资料，填反的把两个数对调。"


def _over(case: Case, identity: Identity, executed: Decimal, budget: Decimal) -> Found:
    gap = executed - budget
    swapped = identity in case.swaps
    title = heading(Project, "budget")
    return Found(
        cells=identity.places,
        record=identity.record,
        message=f"{identity.left.place}（{heading_of(identity)}）为 {said(identity, executed)}，超过"
        f"{title} {said(identity, budget)}，超出 {said(identity, gap)}{'，两个数像是填反了' if swapped else ''}。",
        found=amount(case, identity, executed),
        expected=amount(case, identity, budget),
        difference=amount(case, identity, gap),
        fix=(_SWAP if identity.record else _SWAP_OF_LINE) if swapped else _ADD_TO_BUDGET,
        effect="执行率得分按分值封顶。" if identity.record else "部门整体的执行率得分按分值封顶。",
        severity=Severity.NOTICE if identity.verdict is Verdict.ROUNDING else None,
    )


def _because_of_below(label: str, over: set[str], projects_over: bool) -> bool:
    """Whether a line is over only because a line (or a project) below it is."""
    line = next((ln for ln in BUDGET_LINES if ln.label == label), None)
    if line is None or line.name == "project":
        return line is not None and projects_over
    labels = {ln.name: ln.label for ln in BUDGET_LINES}
    return any(labels[part] in over for part in line.parts)


@rule("M201", "没有预算却有支出", Severity.ERROR, Phase.TABLE, Project)
def spending_without_budget(case: Case) -> Iterator[Found | Held]:
    """项目的全年预算数为 0，全年执行数却大于 0。

    Why: 没有预算不能支出；预算为 0 时执行率也无法计算，不能当成 100%。
    Fix: 核对全年预算数；用上年结转支出的，把结转数计入全年预算数。
    Basis: [system] 预算为 0 的项目不计算执行率，有支出的报错。
    Bad: 全年预算数填 0，全年执行数 0.24 万元，执行率填 100%。
    Good: 支出用的是上年结转，全年预算数（上年结转）填 0.24 万元，全年执行数 0.24 万元。
    """
    for project in case.submission.projects:
        budget, executed = project.budget, project.executed
        if case.is_subtotal(project):
            continue
        if executed.value is not None and is_spent_without_budget(project):
            spent = money(executed.value, case.submission)
            yield Found(
                cells=places(budget, executed),
                record=project.code.value,
                message=f"{at(budget, heading(Project, 'budget'))}为 0，"
                f"{at(executed, heading(Project, 'executed'))}却有 {spent}。",
                found=Figure.yuan(executed.value),
                expected=Figure.yuan(Decimal(0)),
                difference=Figure.yuan(executed.value),
                fix="请核对全年预算数；使用上年结转的，计入全年预算数。",
                effect="执行率无法计算，这部分未评。",
            )
