"""Own totals and grades S203, S401, S402: what the single scores come to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import Indicator, Project
from ..model import Figure, IndicatorScore, Score, Severity
from ..policy import FULL_MARKS
from ..spec import Trouble, heading
from ..totals import grade_of, whole_points
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import claimed_heading, taking_part, whose
from .scores import CENT, contradicts_tier, in_doubt, says_nothing
from .words import at, figure, points


@rule("S203", "只有自评总分，与测算不符", Severity.ERROR, Phase.ACROSS, Indicator)
def total_alone(case: Case) -> Iterator[Found | Held]:
    """没有逐项填自评得分，只填了总分，而总分高于全部测算得分之和；或者低于它，又看不出扣在哪一项。

    Why: 总分应当由各项得分相加而来，不能高于指标能够支持的分数；扣了分要说得出是哪一项、为什么。
    Fix: 逐项填写自评得分，扣分的写明原因，再相加得出总分。
    Basis: [law] 财预〔2020〕10号：总分为各项得分之和。
    Bad: 各项测算得分合计 99.05 分，没有逐项打分，总分填 100 分。
    Good: 逐项填写自评得分，相加得 99.05 分。
    """
    for score in taking_part(case):
        total, claimed = score.total, score.claimed.value
        complete = score.indicators and total is not None and score.assessed == score.weight
        if (
            case.strays
            or not complete
            or total is None
            or claimed is None
            or all(i.claimed is not None for i in score.indicators)
        ):
            continue
        unread = {entry.trouble for i in score.indicators for entry in (i.row.claimed, i.row.weight)} - {None}
        gap = claimed - total
        if gap < CENT and not _is_unexplained(score, claimed):
            continue
        off = f"高 {points(gap)}" if gap > 0 else f"低 {points(-gap)}，没有逐项打分，看不出扣在哪一项"
        yield case.hold({"F213": Trouble.MERGED in unread, "F401": bool(unread)}, score.code) or Found(
            cells=places(score.claimed),
            record=score.code,
            message=f"{at(score.claimed, claimed_heading(score))}填报 {points(claimed)}，{whose(score)}各项测算得分"
            f"合计 {points(total)}，{off}。",
            found=Figure.points(claimed),
            expected=Figure.points(total),
            difference=Figure.points(gap),
            fix="请逐项填写自评得分，扣分的写明原因，再相加得出总分。",
            effect=f"测算得分采用 {figure(total)} 分。",
        )


def _is_unexplained(score: Score, claimed: Decimal) -> bool:
    """Whether a total is lower than what its indicators come to, and no reason beside one without a score tells why."""
    earned = [_mended(i) if i.claimed is not None else i.score or Decimal(0) for i in score.indicators]
    told = any(i.claimed is None and not says_nothing(i.row.reason) for i in score.indicators)
    whole = whole_points(sum(earned, _execution_points(score) or Decimal(0)), score.whole)
    return not told and claimed <= whole - CENT


@rule("S401", "评价等级与得分不符", Severity.ERROR, Phase.ACROSS)
def wrong_grade(case: Case) -> Iterator[Found | Held]:
    """填报的评价等级与自评得分对应的等级不一致。

    Why: 等级由得分决定，不能另评；89.5 分是良，不能进位成优。
    Fix: 按得分改等级。
    Basis: [law] 财预〔2020〕10号：优 ≥ 90，良 ≥ 80，中 ≥ 60，差 < 60，不四舍五入到整数。
    Bad: 自评 89.50 分，评价等级填“优”。
    Good: 自评 89.50 分，评价等级填“良”。
    """
    for score in taking_part(case):
        grade, claimed = score.claimed_grade.value, score.claimed.value
        right = grade_of(claimed, case.policy) if claimed is not None else score.grade
        fits = {grade_of(total, case.policy) for total in _totals(score, _execution_points(score) or Decimal(0))}
        if grade is None or right is None or grade == right or (score.indicators and grade in fits):
            continue
        if score.code in case.misweighted:
            yield Held(by="S101", record=score.code)
            continue
        basis = claimed if claimed is not None else score.total or Decimal(0)
        source = claimed_heading(score) if claimed is not None else "测算得分"
        yield Found(
            cells=places(score.claimed_grade, *([score.claimed] if claimed is not None else [])),
            record=score.code,
            message=f"{at(score.claimed_grade, heading(Project, 'grade'))}填的是“{grade}”，{whose(score)}{source} "
            f"{points(basis)}，对应的等级是“{right}”。",
            found=grade,
            expected=right,
            fix=f"请把等级改为“{right}”，或核对得分。",
            effect="等级按测算得分另定。",
        )


@rule("S402", "自评总分与各项之和不符", Severity.ERROR, Phase.ACROSS, Indicator)
def wrong_total(case: Case) -> Iterator[Found | Held]:
    """自评得分（总分）不等于各指标自评得分与执行率得分之和。

    Why: 总分是加出来的；加不出来，说明总分或某一项得分改过而没有同步。
    Fix: 重新相加，改正总分或单项得分。
    Basis: [system] 总分由系统自动汇总。
    Bad: 各指标自评得分合计 89.33 分，执行率得分 9.72 分，总分填 99.50 分。
    Good: 总分填 89.33 + 9.72 = 99.05 分。
    """
    for score in taking_part(case):
        own = [i.claimed for i in score.indicators if i.claimed is not None]
        claimed, execution = score.claimed.value, _execution_points(score)
        if claimed is None or execution is None or not own or len(own) < len(score.indicators):
            continue
        total = whole_points(sum(own, execution), score.whole)
        if any(abs(claimed - other) < CENT for other in _totals(score, execution)):
            continue
        if held := _held_total(score, case):
            yield held
            continue
        gap = claimed - total
        rescaled = "" if score.whole in (None, FULL_MARKS) else "，折算为 100 分"
        yield Found(
            cells=places(score.claimed, *(i.row.claimed for i in score.indicators)),
            record=score.code,
            message=f"{at(score.claimed, claimed_heading(score))}填报 {points(claimed)}，{whose(score)}各指标自评得分合计 "
            f"{figure(sum(own, Decimal(0)))}，加执行率得分 {figure(execution)}{rescaled}，应为 {points(total)}，"
            f"{'多' if gap > 0 else '少'} {points(abs(gap))}。",
            found=Figure.points(claimed),
            expected=Figure.points(total),
            difference=Figure.points(gap),
            fix="请重新相加，改正总分或单项得分。",
            effect="测算得分按各指标另算。",
        )


def _held_total(score: Score, case: Case) -> Held | None:
    """What has to be mended before a total can be held against its addends."""
    if case.strays:
        return Held(by="F502")
    if score.code in case.misweighted:
        return Held(by="S101", record=score.code)
    contradicted = any(contradicts_tier(i, case.policy) for i in score.indicators)
    doubts = (in_doubt(case, score, indicator) for indicator in score.indicators)
    return case.hold({"S204": contradicted}, score.code) or next(filter(None, doubts), None)


def _totals(score: Score, execution: Decimal) -> Iterator[Decimal]:
    """Every total the figures allow: own scores as typed, or mended where they are too high or low without a reason.

    Such a score has its own finding; the total that goes with it, mended or not, is no second one. The same holds for
    the execution score.
    """
    typed = [i.claimed or Decimal(0) for i in score.indicators]
    mended = [_mended(i) for i in score.indicators]
    for added in (execution, score.claimed_execution.value or execution):
        yield whole_points(sum(typed, added), score.whole)
        yield whole_points(sum(mended, added), score.whole)


def _mended(indicator: IndicatorScore) -> Decimal:
    """An own score as it has to be: lower points that a reason explains stay as they are."""
    claimed = indicator.claimed or Decimal(0)
    explained = indicator.score is None or (claimed < indicator.score and not indicator.row.reason.is_blank)
    return claimed if explained else indicator.score or Decimal(0)


def _execution_points(score: Score) -> Decimal | None:
    """The execution score a total must hold: as computed, as typed where it cannot be, 0 without an execution row."""
    if score.execution.weight == 0:
        return Decimal(0)
    return score.claimed_execution.value if score.execution.score is None else score.execution.score
