"""Signals about spending M3xx: money left over, results that money does not explain, explanations that are missing.

M301 and M302 are the finance bureau's red and yellow warnings; the thresholds are the policy's. Where several of them ask
one project for one explanation, the first of M305, M301, M302, M303 asks and the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import LEVEL1, LEVEL2, Indicator, Project
from ..formula import quantize
from ..model import Figure, IndicatorScore, Score, Severity
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import taking_part, whose
from .words import at, money, percent

OUTPUT, COST = LEVEL1[0], LEVEL2[3]
NOTE = heading(Project, "note")
_TOLD = f"{NOTE}已有内容，请核对是否写明了原因和资金去向，由财政局核实。"


def _projects(case: Case) -> Iterator[tuple[Score, Project] | Held]:
    """The projects that take part, ``Held`` in the place of one whose amounts another finding questions."""
    for score in taking_part(case):
        if score.project:
            asked = [case.questioned.get(place) for place in places(score.project.budget, score.project.executed)]
            code = next(filter(None, asked), None)
            yield Held(by=code, record=score.code) if code else (score, score.project)


def first_asked(case: Case, score: Score, project: Project) -> str | None:
    """The rule that asks a project without 调整及偏差说明 to explain its spending; None where its spending asks nothing."""
    if not project.note.is_blank or case.questioned.keys() & {project.budget.place, project.executed.place}:
        return None
    rate, red, limits = _rate(project), _red(score), case.policy.limits
    asked = {
        "M305": bool(_idle_outputs(case, score, project)),
        "M301": red is not None and red[2] > limits.red,
        "M302": rate is not None and quantize(1 - rate, 6) > limits.yellow,
        "M303": rate is not None and rate < limits.slow and project.note.place is not None,
    }
    return next((code for code, asks in asked.items() if asks and case.runs(code)), None)


def also_adjusted(case: Case, project: Project) -> str:
    """What a request for an explanation adds where the budget was adjusted without a word too; M304 waits for it."""
    silent = project.note.is_blank and adjustment(case, project) is not None
    return "，并写明预算调整的原因和文号" if silent else ""


def adjustment(case: Case, project: Project) -> Decimal | None:
    """全年预算数 less 年初预算数 in 元, None where they are equal (to half of 0.01 as shown), blank, or in question."""
    before, after = project.initial, project.budget
    asked = {case.questioned.get(place) for place in places(before, after)} - {None, "M201"}
    if before.value is None or after.value is None or asked:
        return None
    change = after.value - before.value
    return change if abs(change) > Decimal("0.005") * case.submission.scale else None


def _rate(project: Project) -> Decimal | None:
    """全年执行数 ÷ 全年预算数, None where it cannot be told."""
    budget, executed = project.budget.value, project.executed.value
    return None if budget is None or executed is None or budget <= 0 else executed / budget


@rule("M301", "红色预警：得分率高于执行率", Severity.WARNING, Phase.PLAUSIBLE, Project, Indicator)
def red_warning(case: Case) -> Iterator[Found | Held]:
    """指标得分率明显高于预算执行率得分率：（指标得分率 − 执行率得分率）÷ 指标得分率 大于 5%。没有写调整及偏差说明的，算错误。

    Why: 钱没有花完，任务却接近满分，要么目标定低了，要么得分偏高，要么预算编多了。
    Fix: 核对各指标的完成值；确实是节约或合同价低于预算的，在调整及偏差说明里写清楚。
    Basis: [system] 预算管理一体化系统的红色预警；5% 由评分政策规定。
    Bad: 指标得 90 分中的 89.33 分，执行率只有 89.2%，调整及偏差说明空着。
    Good: 同样的数，说明里写“宣传资料集中采购，中标价低于预算 0.54 万元”（仍列为红色预警，不算错误）；或执行率为 97%。
    """
    for one in _projects(case):
        if isinstance(one, Held):
            yield one
            continue
        score, project = one
        gap = _red(score)
        if gap is None or gap[2] <= case.policy.limits.red:
            continue
        if case.runs("M305") and _idle_outputs(case, score, project):
            yield Held(by="M305", record=score.code)
            continue
        earned, spent, share = gap
        told = not project.note.is_blank
        ask = f"请核对完成值和执行数，在{NOTE}写明原因{also_adjusted(case, project)}。"
        yield Found(
            cells=places(project.executed, project.note),
            record=score.code,
            message=f"{at(project.executed, heading(Project, 'executed'))}：{whose(score)}的指标得分率 {percent(earned, 2)}，"
            f"执行率得分率 {percent(spent, 2)}，前者高出 {percent(share, 2)}（以前者为分母），"
            f"超过 {percent(case.policy.limits.red)}{'' if told else f'，{NOTE}也没有写'}。",
            found=Figure(value=share, unit="%"),
            expected=f"不超过 {percent(case.policy.limits.red)}",
            fix=_TOLD if told else ask,
            effect="不影响得分，财政局系统会列为红色预警。",
            severity=None if told else Severity.ERROR,
        )


def _red(score: Score) -> tuple[Decimal, Decimal, Decimal] | None:
    """The indicators' score rate, the execution row's, and (s − r) ÷ s; None where one of them is missing or s is 0."""
    execution, done = score.execution, [i for i in score.indicators if i.score is not None]
    weight = sum((i.weight or Decimal(0) for i in done), Decimal(0))
    if execution.score is None or execution.weight <= 0 or weight <= 0 or not score.indicator_score:
        return None
    earned, spent = score.indicator_score / weight, execution.score / execution.weight
    return earned, spent, quantize((earned - spent) / earned, 6)


@rule("M302", "黄色预警：预算未用完较多", Severity.WARNING, Phase.PLAUSIBLE, Project)
def yellow_warning(case: Case) -> Iterator[Found | Held]:
    """项目的全年预算数有较大一部分没有执行：（全年预算数 − 全年执行数）÷ 全年预算数 大于 20%。

    Why: 预算编多了、项目推进慢，都会占住别的项目可以用的钱。
    Fix: 核对全年预算数和全年执行数；数没有错的，写明没有用完的原因和资金去向。
    Basis: [system] 预算管理一体化系统的黄色预警；20% 由评分政策规定。
    Bad: 全年预算数 0.24 万元，全年执行数 0.18 万元，25% 没有用完。
    Good: 全年预算数 0.24 万元，全年执行数 0.22 万元。
    """
    for one in _projects(case):
        if isinstance(one, Held):
            yield one
            continue
        score, project = one
        rate = _rate(project)
        if rate is None or quantize(1 - rate, 6) <= case.policy.limits.yellow:
            continue
        if case.runs("M305") and _idle_outputs(case, score, project):
            yield Held(by="M305", record=score.code)
            continue
        ask = f"请核对两个数；没有错的，在{NOTE}写明没有用完的原因和资金去向{also_adjusted(case, project)}。"
        unspent, limit = quantize(1 - rate, 6), percent(case.policy.limits.yellow)
        budget, executed = (money(e.value or Decimal(0), case.submission) for e in (project.budget, project.executed))
        yield Found(
            cells=places(project.executed, project.budget),
            record=score.code,
            message=f"{at(project.executed, heading(Project, 'executed'))}为 {executed}，"
            f"{heading(Project, 'budget')} {budget}中有 {percent(unspent)} 没有用完，超过 {limit}。",
            found=Figure(value=unspent, unit="%"),
            expected=f"不超过 {limit}",
            fix=_TOLD if not project.note.is_blank else ask,
            effect="执行率得分照算，财政局系统会列为黄色预警。",
        )


@rule("M303", "执行偏慢没有写原因", Severity.WARNING, Phase.PLAUSIBLE, Project)
def slow_without_reason(case: Case) -> Iterator[Found | Held]:
    """项目的执行率低于 90%，调整及偏差说明却空着。已经列为红色或黄色预警的，只说预警。

    Why: 一成以上的预算没有用完，看表的人要知道是节约、结算滞后还是没有做。
    Fix: 核对全年执行数；数没有错的，在调整及偏差说明里写明原因。
    Basis: [practice] 各地复核要求执行率低于 90% 的写明原因；90% 由评分政策规定。
    Bad: 全年预算数 50 万元，全年执行数 43 万元（86%），调整及偏差说明空着。
    Good: 同样的数，说明里写“保费按实际参保人数结算，节约 7 万元”。
    """
    for one in _projects(case):
        if isinstance(one, Held):
            yield one
            continue
        score, project = one
        rate = _rate(project)
        if rate is None or rate >= case.policy.limits.slow or not project.note.is_blank or project.note.place is None:
            continue
        first = first_asked(case, score, project)
        if first and first != "M303":
            yield Held(by=first, record=score.code)
            continue
        budget, executed = (money(e.value or Decimal(0), case.submission) for e in (project.budget, project.executed))
        limit = percent(case.policy.limits.slow)
        yield Found(
            cells=places(project.note, project.executed, project.budget),
            record=score.code,
            message=f"{at(project.note, NOTE)}没有填，{whose(score)}的{heading(Project, 'executed')} {executed}只占"
            f"{heading(Project, 'budget')} {budget}的 {percent(rate)}，低于 {limit}。",
            found=Figure(value=quantize(rate, 6), unit="%"),
            expected=f"不低于 {limit}，或写明原因",
            fix=f"请核对执行数；没有错的，在{NOTE}写明没有用完的原因{also_adjusted(case, project)}。",
            effect="不影响得分，执行率得分照算。",
        )


@rule("M305", "几乎没有支出产出却满分", Severity.ERROR, Phase.PLAUSIBLE, Project, Indicator)
def idle_but_full(case: Case) -> Iterator[Found | Held]:
    """项目的执行率不到 5%，已评的产出指标却全是满分。这个项目不再另报红色、黄色预警。

    Why: 钱几乎没有动，产出却全部完成，要么执行数填错了，要么完成值不是这笔钱做出来的。
    Fix: 核对全年执行数和各产出指标的完成值；用别的资金完成的，写明资金来源并照实给分。
    Basis: [practice] 复核时重点核查没有支出而得满分的项目；5% 由评分政策规定。
    Bad: 全年预算数 50 万元，全年执行数 0，投保 6000 人，产出指标全部满分。
    Good: 全年执行数 49.60 万元；或全年执行数 0，投保 0 人，产出指标得 0 分。
    """
    for one in _projects(case):
        if isinstance(one, Held):
            yield one
            continue
        score, project = one
        rows = _idle_outputs(case, score, project)
        rate = _rate(project)
        if not rows or rate is None:
            continue
        budget, executed = (money(e.value or Decimal(0), case.submission) for e in (project.budget, project.executed))
        own = [i.row.claimed if i.claimed is not None else i.row.actual for i in rows]
        yield Found(
            cells=places(project.executed, project.budget, *own),
            record=score.code,
            message=f"{at(project.executed, heading(Project, 'executed'))}为 {executed}，只占{heading(Project, 'budget')} "
            f"{budget}的 {percent(rate)}，{whose(score)}已评的 {len(rows)} 个{OUTPUT}却全是满分。",
            found=Figure(value=quantize(rate, 6), unit="%"),
            expected="与支出相称的产出得分",
            fix="请核对执行数和各产出指标的完成值；用别的资金完成的，写明资金来源并照实给分"
            f"{also_adjusted(case, project)}。",
            effect="得分照算，财政局会作为重点复核。",
        )


def _idle_outputs(case: Case, score: Score, project: Project) -> list[IndicatorScore]:
    """The assessed outputs of a project that spent next to nothing, where all have full points; else none.

    Costs alone do not count: having spent nothing keeps them low.
    """
    rate = _rate(project)
    if rate is None or rate >= case.policy.limits.idle:
        return []
    done = [i for i in score.indicators if i.row.level1.value == OUTPUT and i.score is not None]
    made = any(i.row.level2.value != COST for i in done)
    return done if made and all(map(_is_full, done)) else []


def _is_full(indicator: IndicatorScore) -> bool:
    weight = indicator.weight or Decimal(0)
    return all(points >= weight > 0 for points in (indicator.score, indicator.claimed) if points is not None)
