"""Scoring: a submission and a policy give scores, each with the rule applied and its working in words.

Every rule is an expression over ``weight``, ``actual``, ``target``, ``upper`` (an indicator) or ``weight``,
``executed``, ``budget`` (the execution row), so that the scored workbook carries the same arithmetic as live
formulas. Rules follow 财预〔2020〕10号 and the finance bureaus' 预算管理一体化 module. Points are rounded half up to 0.01.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from .execution import EXECUTION_WORDS, RATE, execution_expr
from .form import DEPARTMENT, BudgetLine, Department, Indicator, Project
from .formula import (
    Expr,
    Lookup,
    absolute,
    both,
    least,
    most,
    num,
    plain,
    quantize,
    ref,
    rounded,
    when,
)
from .model import UNSCORED, Actual, ExecutionScore, IndicatorScore, Score, Scores, Submission, Target, ValueKind
from .policy import Policy, Tier
from .spec import Entry
from .totals import grade_of, total_expr, whole_of
from .values import adjusted, fold_value, on_time, parse_actual, parse_target, say_period
from .working import indicator_words, tier_words

W, A, T, U = ref("weight"), ref("actual"), ref("target"), ref("upper")
CLAIMED = ref("claimed")
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
    return when(A > T, when(T > 0, least(over, near_full), 0), when(A >= T, FULL, when(T > 0, short, 0)))


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
    "等于（线性）": _standard(_linear(A, T)),
    "等于（比例）": _standard(_ratio(A, T)),
    "等于零": when(A <= 0, FULL, 0),
    "区间（线性）": _between(_linear(A, U)),
    "区间（比例）": _between(_ratio(A, U)),
    "区间（以外零分）": when(both(A >= T, A <= U), FULL, 0),
    "约": when(rounded(absolute(A - T), 6) <= rounded(absolute(T) * ref("policy.about"), 6), FULL, UNSCORED),
    "期限": FULL,
    "定性": rounded(most(0, least(CLAIMED, W)), 2),
}
"""Every rule an indicator can be scored by."""


def expression(rule: str, row: Indicator, policy: Policy) -> Expr:
    """A rule as the policy has it: what the policy leaves to a person is 未评."""
    zero = policy.zero == "manual" and (rule == "等于零" or rule.startswith("反向"))
    negative = policy.negative == "manual" and rule != "定性" and not GROWTH.search(row.name.value or "")
    return _left_open(rule, zero=zero, negative=negative)


@cache
def _left_open(rule: str, *, zero: bool, negative: bool) -> Expr:
    """A rule that leaves to a person what is done where nothing was to be, or what is negative."""
    expr = RULES[rule]
    if zero:
        expr = when(both(T.equals(0), A > 0), UNSCORED, expr)
    return when(A < 0, UNSCORED, expr) if negative else expr


GROWTH = re.compile(r"增长率|变动率|降幅|增幅|增速|增长")
"""Indicators whose results may be negative, and are compared as written."""


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


def withheld(scores: Scores) -> Scores:
    """Scores that may not be taken as complete: points stay as computed, no grade is given, nothing is rescaled."""
    return replace(
        scores,
        projects=tuple(map(_withheld, scores.projects)),
        department=_withheld(scores.department),
    )


def _withheld(score: Score) -> Score:
    return replace(score, grade=None, whole=None, total=score.score)


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
    scored = replace(scored, whole=whole_of(scored, policy))
    held = {"earned": scored.score, "assessed": scored.assessed, "total": scored.weight}
    points = total_expr(ref("earned"), scored.whole).value(held.__getitem__)
    if not isinstance(points, Decimal):
        return scored
    complete = scored.assessed == scored.weight == scored.whole
    return replace(scored, total=points, grade=grade_of(points, policy) if complete else None)


def _year(submission: Submission) -> int | None:
    year = submission.unit.year.value
    return None if year is None else int(year)


def _execution(subject: _Subject, scale: Decimal, policy: Policy) -> ExecutionScore:
    budget, executed = subject.money.budget, subject.money.executed
    own = subject.source.execution_weight.value
    weight = policy.execution_points(own) if subject.evaluated else Decimal(0)
    held: dict[str, Decimal | None] = {"weight": weight, "budget": budget.value, "executed": executed.value}
    points, rate = execution_expr(policy).value(held.__getitem__), RATE.value(held.__getitem__)
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
    held = {"weight": weight, "executed": executed / scale, "budget": budget / scale, "score": points}
    return str(EXECUTION_WORDS.value(held.__getitem__))


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
    if target.due is not None and actual.done is not None and (row.weight.value or 0) > 0:
        return _dated(row, target, actual)
    rule = rule_for(row, target, policy)
    why = _unusable(row, target, actual)
    if why or rule is None:
        return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=None, basis=why)
    points = expression(rule, row, policy).value(_held(row, target, actual, policy))
    if not isinstance(points, Decimal):
        why = _left_to_a_person(rule, target, actual, policy)
        return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=None, basis=why)
    basis = str(indicator_words(rule).value(_held(row, target, actual, policy, score=points)))
    return IndicatorScore(row=row, target=target, actual=actual, rule=rule, score=points, basis=basis)


def working_of(scored: IndicatorScore, policy: Policy) -> Expr | None:
    """The working of a score as an expression, None where its words do not depend on numbers of the workbook."""
    if scored.target.kind is ValueKind.QUALITATIVE:
        tier, weight = tier_of(scored.row, policy), scored.weight
        return None if tier is None or weight is None else tier_words(tier.name, tier_range(weight, tier))
    measured = scored.target.kind is ValueKind.QUANTITATIVE and scored.rule is not None
    return indicator_words(scored.rule) if measured and scored.rule is not None else None


def _left_to_a_person(rule: str, target: Target, actual: Actual, policy: Policy) -> str:
    """Why a rule gave no points although target and result are numbers."""
    a, t = _shown(actual.value), _shown(target.value)
    if rule == "约":
        return f"完成值 {a} 与约数 {t} 相差超过 {plain(policy.about * 100)}%，请说明原因，由人工评定"
    if actual.value is not None and actual.value < 0:
        return f"完成值 {a} 是负数，由人工评定"
    return f"指标值为 {t}，完成值为 {a}，由人工评定"


def target_entry(row: Indicator) -> Entry[str]:
    """The cell an indicator is held against: 调整后指标值 where it is filled, else 年度指标值."""
    return row.target if row.adjusted.is_blank else row.adjusted


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
    entry = target_entry(row)
    target = _read(row, entry, year)
    return target if entry is row.target else adjusted(target, _read(row, row.target, year), row.name.value or "")


def _read(row: Indicator, entry: Entry[str], year: int | None) -> Target:
    return parse_target(
        entry.text if entry.trouble is None else "",
        name=row.name.value or "",
        level1=row.level1.value or "",
        level2=row.level2.value or "",
        nature=row.nature.value or "",
        unit=row.unit.value or "",
        year=year,
    )


def _held(row: Indicator, target: Target, actual: Actual, policy: Policy, *, score: Decimal | None = None) -> Lookup:
    return {
        "weight": row.weight.value,
        "actual": actual.value,
        "target": target.value,
        "upper": target.upper,
        "claimed": row.claimed.value,
        "policy.about": policy.about,
        "score": score,
    }.__getitem__


def rule_for(row: Indicator, target: Target, policy: Policy) -> str | None:
    """The name of the rule that scores a quantitative target, None for any other."""
    if target.kind is not ValueKind.QUANTITATIVE or target.value is None:
        return None
    how = {"linear": "线性", "ratio": "比例"}[policy.reverse]
    if target.op == "between":
        return f"区间（{how}）" if policy.between == "proportional" else "区间（以外零分）"
    if target.op == "about":
        return "约"
    if target.op in ("<=", "<"):
        return f"反向（{how}）"
    if target.op == "=":
        if target.value == 0:
            return "等于零"
        costs = "成本" in (row.level1.value or "") + (row.level2.value or "")
        if costs and policy.cost == "reverse":
            return f"成本标准（{how}）"
        if policy.equal == "exact":
            return f"等于（{how}）"
    return "正向（增长率）" if GROWTH.search(row.name.value or "") else "正向"


def _unusable(row: Indicator, target: Target, actual: Actual) -> str:
    """Why an indicator cannot be scored by a formula; empty when it can."""
    if row.weight.value is None:
        return "没有分值，无法计分"
    if row.weight.value <= 0:
        return "分值不大于 0，无法计分"
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
    for entry in (row.tier, row.actual):
        if entry.value and (found := policy.tier(entry.value)):
            return found
    same = fold_value(row.actual.text) == fold_value(row.target.text) and not row.actual.is_blank
    return policy.tiers[0] if same else None


def _qualitative(row: Indicator, target: Target, actual: Actual, policy: Policy) -> IndicatorScore:
    tier, claimed, weight = tier_of(row, policy), row.claimed.value, row.weight.value
    points: Decimal | None = None
    if weight is None or weight <= 0:
        basis = "没有大于 0 的分值，无法计分"
    elif row.actual.is_blank:
        basis = "没有实际完成值，未评"
    elif tier is None:
        basis = "看不出定性指标完成的档次，未评"
    elif claimed is None:
        basis = f"档次“{tier.name}”，没有自评得分，未评"
    elif not in_tier(claimed, weight, tier):
        basis = f"自评 {plain(claimed)} 分不在档次“{tier.name}”的区间 {tier_range(weight, tier)}，未评"
    else:
        points = quantize(claimed, 2)
        basis = str(tier_words(tier.name, tier_range(weight, tier)).value({"score": points}.__getitem__))
    return IndicatorScore(row=row, target=target, actual=actual, rule="定性", score=points, basis=basis)


def in_tier(claimed: Decimal, weight: Decimal, tier: Tier) -> bool:
    """Whether a score lies in its tier: from the lower bound on, below the upper one (the top tier includes it)."""
    return bool(_inside(tier).value({"weight": weight, "claimed": claimed}.__getitem__))


@cache
def tier_points(tier: Tier) -> Expr:
    """The points of a qualitative indicator: the unit's own score where it lies in the tier."""
    return when(_inside(tier), RULES["定性"], UNSCORED)


@cache
def _inside(tier: Tier) -> Expr:
    high = rounded(W * tier.high, 8)
    return both(rounded(W * tier.low, 8) <= CLAIMED, high >= CLAIMED if tier.high == 1 else high > CLAIMED)


def tier_range(weight: Decimal, tier: Tier) -> str:
    """A tier's points in words: ``4.8 至 6.4 分（不含 6.4）``."""
    low, high = plain(quantize(weight * tier.low, 4)), plain(quantize(weight * tier.high, 4))
    return f"{low} 至 {high} 分（{'含' if tier.high == 1 else '不含'} {high}）"


def _shown(number: Decimal | None) -> str:
    return "" if number is None else plain(number)
