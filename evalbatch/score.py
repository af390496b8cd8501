"""Scoring: a submission and a policy give scores, each with the rule applied and its working in words.

Every rule is an expression over ``weight``, ``actual``, ``target``, ``upper`` (an indicator) or ``weight``,
``executed``, ``budget`` (the execution row), so that the scored workbook carries the same arithmetic as live
formulas. Rules follow 财预〔2020〕10号 and the finance bureaus' 预算管理一体化 module. Points are rounded half up to 0.01.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from .dates import on_time, say_period
from .form import DEPARTMENT, TIER_VARIANTS, BudgetLine, Department, Indicator, Project
from .formula import (
    Expr,
    Lookup,
    Text,
    absolute,
    both,
    is_number,
    least,
    most,
    num,
    plain,
    quantize,
    ref,
    rounded,
    when,
)
from .model import Actual, ExecutionScore, IndicatorScore, Score, Scores, Submission, Target, ValueKind
from .policy import Policy, Tier
from .spec import fold
from .values import fold_value, parse_actual, parse_target

UNSCORED = "未评"
UNGRADED = "未定级"

W, A, T, U = ref("weight"), ref("actual"), ref("target"), ref("upper")
FULL = rounded(W, 2)
COUNTED = most(A, 0)
"""A negative count, amount or share counts as 0; growth rates are compared as written."""


def _linear(actual: Expr, target: Expr) -> Expr:
    share = rounded(W * (num(1) - (actual - target) / target), 8)
    return when(actual >= target * 2, 0, rounded(share, 2))


def _ratio(actual: Expr, target: Expr) -> Expr:
    return rounded(W * target / actual, 2)


def _at_least(actual: Expr) -> Expr:
    return when(actual >= T, FULL, when(T > 0, rounded(W * most(actual, 0) / T, 2), 0))


def _at_most(over: Expr) -> Expr:
    return when(A <= T, FULL, when(T > 0, over, 0))


def _standard(over: Expr) -> Expr:
    short = rounded(W * COUNTED / T, 2)
    near_full = rounded(W - Decimal("0.01"), 2)
    return when(A > T, least(over, near_full), when(A >= T, FULL, short))


def _between(over: Expr) -> Expr:
    below = when(T > 0, rounded(W * COUNTED / T, 2), 0)
    return when(A > U, when(U > 0, over, 0), when(A >= T, FULL, below))


RULES: dict[str, Expr] = {
    "正向": _at_least(COUNTED),
    "正向（增长率）": _at_least(A),
    "反向（线性）": _at_most(_linear(A, T)),
    "反向（比例）": _at_most(_ratio(A, T)),
    "成本标准（线性）": _standard(_linear(A, T)),
    "成本标准（比例）": _standard(_ratio(A, T)),
    "等于零": when(A <= 0, FULL, 0),
    "区间（线性）": _between(_linear(A, U)),
    "区间（比例）": _between(_ratio(A, U)),
    "约": when(rounded(absolute(A - T), 6) <= rounded(absolute(T) * ref("policy.about"), 6), FULL, UNSCORED),
    "期限": FULL,
    "定性": rounded(most(0, least(ref("claimed"), W)), 2),
}
"""Every rule an indicator can be scored by."""

EXECUTION = when(
    both(is_number(ref("budget")), is_number(ref("executed")), ref("budget") > 0),
    least(FULL, rounded(W * most(ref("executed"), 0) / ref("budget"), 2)),
    UNSCORED,
)
"""预算执行率得分 = 分值 × 全年执行数 ÷ 全年预算数, capped at the weight; a budget of 0 cannot be scored."""

RATE = when(
    both(is_number(ref("budget")), is_number(ref("executed")), ref("budget") > 0),
    rounded(ref("executed") / ref("budget"), 4),
    "",
)
"""预算执行率 as a fraction with four decimals."""

_GROWTH = re.compile(r"增长率|变动率|降幅|增幅|增速|增长")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """What is scored: a project, or the unit as a whole (``project`` None), and where its money stands."""

    code: str
    name: str
    project: Project | None
    source: Project | Department
    money: Project | BudgetLine
    evaluated: bool


def score(submission: Submission, policy: Policy) -> Scores:
    """Score every project that takes part, and the unit as a whole from its own indicators."""
    evaluated = {id(project) for project in submission.evaluated}
    projects = tuple(
        _score(_project(project, id(project) in evaluated), submission, policy) for project in submission.projects
    )
    counted = [s for s in projects if id(s.project) in evaluated and s.claimed.value is not None]
    return Scores(
        projects=projects,
        department=_score(_department(submission), submission, policy),
        projects_weighted=_weighted(counted),
        projects_mean=_mean([s.claimed.value for s in counted if s.claimed.value is not None]),
        projects_count=len(counted),
    )


def _mean(values: list[Decimal]) -> Decimal | None:
    return quantize(sum(values, Decimal(0)) / len(values), 2) if values else None


def _weighted(scores: list[Score]) -> Decimal | None:
    pairs = [(s.claimed.value, s.execution.budget.value) for s in scores]
    filled = [(claimed, money) for claimed, money in pairs if claimed is not None and money is not None]
    money = sum((m for _, m in filled), Decimal(0))
    return quantize(sum((c * m for c, m in filled), Decimal(0)) / money, 2) if money > 0 else None


def _project(project: Project, evaluated: bool) -> _Subject:
    return _Subject(
        code=project.code.value or project.code.text,
        name=project.name.value or "",
        project=project,
        source=project,
        money=project,
        evaluated=evaluated,
    )


def _department(submission: Submission) -> _Subject:
    return _Subject(
        code=DEPARTMENT,
        name=submission.unit.name.value or "",
        project=None,
        source=submission.department,
        money=submission.budget.spending,
        evaluated=True,
    )


def _score(subject: _Subject, submission: Submission, policy: Policy) -> Score:
    source = subject.source
    rows = submission.indicators_of(subject.code) if subject.evaluated and subject.code else ()
    scored = Score(
        code=subject.code,
        name=subject.name,
        project=subject.project,
        execution=_execution(subject, submission.scale, policy),
        indicators=tuple(score_indicator(row, policy, year=_year(submission)) for row in rows),
        claimed=source.claimed,
        claimed_execution=source.claimed_execution,
        claimed_grade=source.grade,
        note=source.note,
        grade=None,
    )
    points = scored.score
    complete = points is not None and scored.assessed == scored.weight == 100
    return replace(scored, grade=grade_of(points, policy)) if complete and points is not None else scored


def _year(submission: Submission) -> int | None:
    year = submission.unit.year.value
    return None if year is None else int(year)


def grade_of(points: Decimal, policy: Policy) -> str:
    """The grade of a score, rounded to 0.01 and not further: 89.5 is 良."""
    return next((g.name for g in policy.grades if quantize(points, 2) >= g.low), policy.grades[-1].name)


def grade_expr(policy: Policy) -> Expr:
    """``grade_of`` as a formula: over ``score``, ``assessed`` and ``total`` (the sum of weights)."""
    points = rounded(ref("score"), 2)
    grade: Expr = Text(policy.grades[-1].name)
    for step in reversed(policy.grades[:-1]):
        grade = when(points >= step.low, step.name, grade)
    complete = both(
        is_number(ref("score")),
        rounded(ref("assessed"), 6).equals(100),
        rounded(ref("total"), 6).equals(100),
    )
    return when(complete, grade, UNGRADED)


def _execution(subject: _Subject, scale: Decimal, policy: Policy) -> ExecutionScore:
    budget, executed = subject.money.budget, subject.money.executed
    own = subject.source.execution_weight.value
    weight = (policy.execution_weight if own is None else own) if subject.evaluated else Decimal(0)
    held: dict[str, Decimal | None] = {"weight": weight, "budget": budget.value, "executed": executed.value}
    points, rate = EXECUTION.value(held.__getitem__), RATE.value(held.__getitem__)
    return ExecutionScore(
        weight=weight,
        budget=budget,
        executed=executed,
        rate=rate if isinstance(rate, Decimal) else None,
        score=points if weight > 0 and isinstance(points, Decimal) else None,
        basis=_execution_basis(held, scale, points) if subject.evaluated else "不参评",
    )


def _execution_basis(held: dict[str, Decimal | None], scale: Decimal, points: object) -> str:
    weight, budget, executed = held["weight"], held["budget"], held["executed"]
    if not weight:
        return "执行率不计分（执行率分值为 0）"
    if budget is None or executed is None:
        return "全年预算数或全年执行数没有可用的数，执行率未评"
    if budget <= 0 or not isinstance(points, Decimal):
        return "全年预算数为 0，执行率无法计算"
    over = "，按分值封顶" if executed > budget else ""
    return f"{plain(weight)} × {plain(executed / scale)} ÷ {plain(budget / scale)} = {points:.2f}{over}"


# --- indicators ---------------------------------------------------------------------------------------------------


def score_indicator(row: Indicator, policy: Policy, *, year: int | None = None) -> IndicatorScore:
    """Score one indicator; without a usable result or weight it stays unscored, never 0.

    ``year`` is that of the evaluation: it dates deadlines written without one.
    """
    target = _target(row, year)
    actual = parse_actual(
        row.actual.text if row.actual.trouble is None else "",
        target,
        name=row.name.value or "",
        unit=row.unit.value or "",
    )
    if target.kind is ValueKind.QUALITATIVE:
        return _qualitative(row, target, actual, policy)
    if target.due is not None and actual.done is not None and row.weight.value is not None:
        return _dated(row, target, actual)
    rule = rule_for(row, target, policy)
    why = _unusable(row, target, actual)
    if why or rule is None:
        return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=None, basis=why)
    points = RULES[rule].value(_held(row, target, actual, policy))
    if not isinstance(points, Decimal):
        why = f"完成值 {_shown(actual.value)} 与约数 {_shown(target.value)} 相差超过一成，请说明原因，由人工评定"
        return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=None, basis=why)
    basis = _basis(rule, row.weight.value or Decimal(0), target, actual, points)
    return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=points, basis=basis)


def _dated(row: Indicator, target: Target, actual: Actual) -> IndicatorScore:
    """On time gives the full weight; late, or not to be told, stays for the unit to score and explain."""
    assert target.due is not None
    assert actual.done is not None
    met = on_time(target.due, actual.done)
    due, day = say_period(target.due), say_period(actual.done)
    points = quantize(row.weight.value or Decimal(0), 2) if met else None
    if met:
        basis = f"完成时间 {day}，期限 {due}，按期完成，得满分 {points}"
    elif met is False:
        basis = f"完成时间 {day}，晚于期限 {due}，逾期未评，请写明原因"
    else:
        basis = f"从“{actual.text}”看不出是否在期限 {due} 内完成，未评"
    return IndicatorScore(row=row, target=target, actual=actual, rule="期限", score=points, basis=basis)


def _target(row: Indicator, year: int | None) -> Target:
    entry = row.target if row.adjusted.is_blank else row.adjusted
    return parse_target(
        entry.text if entry.trouble is None else "",
        name=row.name.value or "",
        level1=row.level1.value or "",
        level2=row.level2.value or "",
        nature=row.nature.value or "",
        unit=row.unit.value or "",
        year=year,
    )


def _held(row: Indicator, target: Target, actual: Actual, policy: Policy) -> Lookup:
    return {
        "weight": row.weight.value,
        "actual": actual.value,
        "target": target.value,
        "upper": target.upper,
        "claimed": row.claimed.value,
        "policy.about": policy.about,
    }.__getitem__


def rule_for(row: Indicator, target: Target, policy: Policy) -> str | None:
    """The name of the rule that scores a quantitative target, None for any other."""
    if target.kind is not ValueKind.QUANTITATIVE or target.value is None:
        return None
    how = {"linear": "线性", "ratio": "比例"}[policy.reverse]
    if target.op == "between":
        return f"区间（{how}）"
    if target.op == "about":
        return "约"
    if target.op in ("<=", "<"):
        return f"反向（{how}）"
    if target.op == "=":
        if target.value == 0:
            return "等于零"
        if "成本" in (row.level1.value or "") + (row.level2.value or ""):
            return f"成本标准（{how}）"
    return "正向（增长率）" if _GROWTH.search(row.name.value or "") else "正向"


def _unusable(row: Indicator, target: Target, actual: Actual) -> str:
    """Why an indicator cannot be scored by a formula; empty when it can."""
    if row.weight.value is None:
        return "没有分值，无法计分"
    if row.actual.is_blank:
        return "没有实际完成值，未评"
    if target.kind is ValueKind.UNPARSED:
        return f"指标值“{target.text}”不是可以计算的数，未评"
    if actual.doubt:
        return f"{actual.doubt}，未评"
    if target.kind is ValueKind.DATE:
        return f"完成值“{row.actual.text}”不是日期，未评"
    return f"完成值“{row.actual.text}”不是可以计算的数，未评" if actual.value is None else ""


def tier_of(row: Indicator, policy: Policy) -> Tier | None:
    """The tier a qualitative result claims: by 定性完成档次, by the result's own words, or because it repeats the target."""
    tiers = {tier.name: tier for tier in policy.tiers}
    for entry in (row.tier, row.actual):
        words = fold(entry.value or "")
        found = tiers.get(words) or tiers.get(TIER_VARIANTS.get(words, ""))
        if found:
            return found
    same = fold_value(row.actual.text) == fold_value(row.target.text) and not row.actual.is_blank
    return policy.tiers[0] if same else None


def _qualitative(row: Indicator, target: Target, actual: Actual, policy: Policy) -> IndicatorScore:
    tier, claimed, weight = tier_of(row, policy), row.claimed.value, row.weight.value
    points: Decimal | None = None
    if weight is None:
        basis = "没有分值，无法计分"
    elif tier is None:
        basis = "没有实际完成值，未评" if row.actual.is_blank else "看不出定性指标完成的档次，未评"
    elif claimed is None:
        basis = f"档次“{tier.name}”，没有自评得分，未评"
    else:
        points = quantize(max(Decimal(0), min(claimed, weight)), 2)
        low, high = quantize(weight * tier.low, 2), quantize(weight * tier.high, 2)
        basis = f"档次“{tier.name}”，得分区间 {low} 至 {high}，采用自评得分 {points}"
    return IndicatorScore(row=row, target=target, actual=actual, rule="定性", score=points, basis=basis)


def _shown(number: Decimal | None) -> str:
    return "" if number is None else plain(number)


def _basis(rule: str, weight: Decimal, target: Target, actual: Actual, points: Decimal) -> str:
    """The working in words: ``10 × 98 ÷ 100 = 9.80``."""
    w, a, t = plain(weight), _shown(actual.value), _shown(target.value)
    got = f"{points:.2f}"
    if points == weight and actual.value is not None and target.value is not None:
        sign = "＞" if actual.value > target.value else "＜" if actual.value < target.value else "＝"
        return f"完成值 {a} {sign} 指标值 {t}，得满分 {got}"
    if rule == "等于零" or points == 0:
        return f"完成值 {a}，指标值 {t}，得 {got}"
    below = actual.value is not None and target.value is not None and actual.value < target.value
    if rule.startswith("正向") or below:
        return f"{w} × {a} ÷ {t} = {got}"
    limit = _shown(target.upper) if rule.startswith("区间") else t
    if rule.endswith("（线性）"):
        return f"{w} × (1 − ({a} − {limit}) ÷ {limit}) = {got}"
    return f"{w} × {limit} ÷ {a} = {got}"
