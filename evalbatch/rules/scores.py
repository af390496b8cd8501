"""Score rules S…: weights make 100, own scores follow from the results, points lost are explained, grades fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..form import Indicator, Project
from ..formula import plain
from ..model import Figure, IndicatorScore, Score, Severity, ValueKind
from ..policy import FULL_MARKS, Policy
from ..score import GROWTH, in_tier, target_entry, tier_of, tier_range
from ..spec import Entry, heading
from ..totals import grade_of, whole_points
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .doubles import adds_up_without_copies
from .indicators import claimed_heading, each_indicator, taking_part, whose
from .spread import levels_off
from .targets import is_reversed
from .words import at, cells, figure, points, quoted

CENT = Decimal("0.005")
"""Scores are compared to 0.01 points: anything from half of it is a difference."""


def _points(number: Decimal) -> Figure:
    return Figure(value=number, unit="分")


@rule("S101", "分值合计不等于100", Severity.ERROR, Phase.ACROSS, Indicator)
def weights(case: Case) -> Iterator[Found | Held]:
    """一个项目（或部门整体）的指标分值与执行率分值之和不是 100。

    Why: 满分不是 100，得分和等级就不能与其他项目比较。
    Fix: 调整指标分值；没有执行率一行的，把执行率分值填 0。
    Basis: [law] 财预〔2020〕10号：总分 100 分；[system] 合计不等于 100 不能提交。
    Bad: 10 个指标的分值合计 89，加执行率 10，共 99。
    Good: “发放宣传折页份数”的分值由 9 改为 10，合计 90 + 10 = 100。
    """
    for score in taking_part(case):
        if (
            case.strays
            or not score.indicators
            or any(i.weight is None or i.weight <= 0 for i in score.indicators)
            or score.weight == (score.whole or 100)
        ):
            continue
        if held := case.hold({"I106": adds_up_without_copies(score)}):
            yield held
            continue
        own = score.weight - score.execution.weight
        gap = score.weight - 100
        own_row = (score.project or case.submission.department).execution_weight
        unusual = [own_row] if own_row.value not in (None, case.policy.execution_weight) else []
        questioned = places(*unusual, *(i.row.weight for i in score.indicators))
        where = cells(questioned)
        off = levels_off(score, case.policy) if own != 100 else ""
        hint = "自评表没有执行率一行的，请把执行率分值填 0。" if own == 100 else "请调整指标分值，使合计为 100。"
        yield Found(
            cells=questioned,
            record=score.code,
            message=f"{where}（分值）：{whose(score)}的指标分值合计 {plain(own)}，加执行率 "
            f"{plain(score.execution.weight)} 为 {plain(score.weight)}，{'多' if gap > 0 else '少'} {plain(abs(gap))}{off and f'；{off}'}。",
            found=_points(score.weight),
            expected=_points(Decimal(100)),
            difference=_points(gap),
            fix=hint,
            effect=f"满分按 {plain(score.weight)} 分显示，不折算，不定等级。",
        )


@rule("S102", "分值不是正数", Severity.ERROR, Phase.TABLE, Indicator)
def bad_weight(case: Case) -> Iterator[Found | Held]:
    """指标的分值为 0 或负数。

    Why: 分值不大于 0 的指标不起作用，还会抵消其他指标的得分。
    Fix: 填大于 0 的分值；不考核的指标请删去。
    Basis: [system] 分值必须大于 0。
    Bad: “发放宣传折页份数”不想考核，分值填 0。
    Good: 删去这个指标，它的 10 分加到其他产出指标上。
    """
    for score, indicator in each_indicator(case):
        if indicator.weight is not None and indicator.weight <= 0:
            yield Found(
                cells=places(indicator.row.weight),
                record=score.code,
                message=f"{at(indicator.row.weight, heading(Indicator, 'weight'))}为 {plain(indicator.weight)}，应大于 0。",
                found=_points(indicator.weight),
                expected="大于 0 的数",
                fix="请填大于 0 的分值；不考核的指标删去这一行。",
                effect="分值合计不可靠。",
            )


@rule("S103", "自评得分超出分值", Severity.ERROR, Phase.TABLE, Indicator)
def above_weight(case: Case) -> Iterator[Found | Held]:
    """指标的自评得分大于它的分值，或者小于 0。

    Why: 得分不能超过分值，超额完成也只得满分。
    Fix: 改成不超过分值的得分。
    Basis: [system] 得分大于分值不能提交。
    Bad: 分值 10 分，超额完成，自评 11 分。
    Good: 分值 10 分，自评 10 分。
    """
    for score, indicator in each_indicator(case):
        claimed, weight = indicator.claimed, indicator.weight
        if claimed is None or weight is None or weight <= 0 or 0 <= claimed <= weight:
            continue
        yield Found(
            cells=places(indicator.row.claimed, indicator.row.weight),
            record=score.code,
            message=f"{at(indicator.row.claimed, heading(Indicator, 'claimed'))}为 {points(claimed)}，"
            f"应在 0 与分值 {points(weight)} 之间。",
            found=_points(claimed),
            expected=f"0 至 {plain(weight)}",
            difference=_points(claimed - weight if claimed > weight else claimed),
            fix="请改成不超过分值的得分。",
            effect=_effect(indicator),
        )


def _effect(indicator: IndicatorScore) -> str:
    return "这个指标未评。" if indicator.score is None else f"测算得分为 {figure(indicator.score)} 分。"


@rule("S201", "自评得分高于测算", Severity.ERROR, Phase.TABLE, Indicator)
def above_formula(case: Case) -> Iterator[Found | Held]:
    """定量指标的自评得分高于按实际完成值和指标值计算的得分。

    Why: 没有完成目标（或成本超支）却给了更高的分，是自评失真最常见的形式。
    Fix: 改成测算得分；认为完成值或指标值填错的，先改那里。
    Basis: [law] 财预〔2020〕10号：按完成比例计分；[system] 系统自动计算。
    Bad: 指标值 ≥4754 户，完成 4604 户，分值 5 分，自评 5 分。
    Good: 5 × 4604 ÷ 4754 = 4.84，自评 4.84 分，并写明没有完成的原因。
    """
    for score, indicator in _comparable(case):
        gap = (indicator.claimed or Decimal(0)) - (indicator.score or Decimal(0))
        if gap >= CENT and (held := in_doubt(case, indicator)):
            yield held
        elif gap >= CENT and indicator.claimed is not None and indicator.claimed <= (indicator.weight or 0):
            yield _against_formula(
                score, indicator, gap, "请改为测算得分，写明扣分的原因，总分随之修改；完成值或指标值填错的，先改那里。"
            )


@rule("S202", "自评得分低于测算", Severity.WARNING, Phase.TABLE, Indicator)
def below_formula(case: Case) -> Iterator[Found | Held]:
    """定量指标的自评得分低于按实际完成值计算的得分。写明原因的只提示。

    Why: 单位可以从严给分，但应说明理由，否则多半是算错。
    Fix: 核对得分；从严扣分的写明原因。
    Basis: [law] 财预〔2020〕10号；从严给分是允许的。
    Bad: 指标值 ≥100%，完成 100%，分值 10 分，自评 7 分，没有写原因。
    Good: 自评 10 分；从严扣分的，偏差原因写“部分资料年底才发放，从严扣 3 分”。
    """
    for score, indicator in _comparable(case):
        gap = (indicator.claimed or Decimal(0)) - (indicator.score or Decimal(0))
        if gap > -CENT or (indicator.claimed or 0) < 0:
            continue
        if held := in_doubt(case, indicator) or case.hold({"S301": unexplained_loss(indicator)}):
            yield held
            continue
        if score.code in case.misweighted:
            yield Held(by="S101")
            continue
        explained = not indicator.row.reason.is_blank
        fix = "已写明原因，请确认是从严扣分。" if explained else "请核对得分；从严扣分的，写明原因。"
        yield _against_formula(score, indicator, gap, fix, Severity.NOTICE if explained else None)


def _comparable(case: Case) -> Iterator[tuple[Score, IndicatorScore]]:
    for score, indicator in each_indicator(case):
        measured = indicator.target.kind in (ValueKind.QUANTITATIVE, ValueKind.DATE)
        if measured and indicator.score is not None and indicator.claimed is not None:
            yield score, indicator


def _against_formula(
    score: Score, indicator: IndicatorScore, gap: Decimal, fix: str, severity: Severity | None = None
) -> Found:
    row = indicator.row
    claimed, computed = indicator.claimed or Decimal(0), indicator.score or Decimal(0)
    return Found(
        cells=places(row.claimed, row.actual, target_entry(row)),
        record=score.code,
        message=f"{at(row.claimed, heading(Indicator, 'claimed'))}为 {points(claimed)}，按指标值“{indicator.target.text}”、"
        f"完成值“{row.actual.text}”测算为 {points(computed)}（{indicator.basis}），"
        f"{'高' if gap > 0 else '低'} {points(abs(gap))}。",
        found=_points(claimed),
        expected=_points(computed),
        difference=_points(gap),
        fix=fix,
        effect=f"测算得分采用 {figure(computed)} 分。",
        severity=severity,
    )


def in_doubt(case: Case, indicator: IndicatorScore) -> Held | None:
    """Which finding questions the target or the result, so that the score cannot be judged yet."""
    value = indicator.actual.value
    negative = value is not None and value < 0 and not GROWTH.search(indicator.row.name.value or "")
    unread = indicator.row.nature.place is None and indicator.target.inferred
    return case.hold(
        {
            "F201": unread,
            "I204": bool(indicator.target.suspect),
            "I505": is_reversed(indicator),
            "I208": negative,
        }
    )


def contradicts_tier(indicator: IndicatorScore, policy: Policy) -> bool:
    """Whether a qualitative score lies outside the tier that was chosen."""
    claimed, weight, tier = indicator.claimed, indicator.weight, tier_of(indicator.row, policy)
    if indicator.target.kind is not ValueKind.QUALITATIVE or claimed is None or weight is None or tier is None:
        return False
    return weight > 0 and 0 <= claimed <= weight and not in_tier(claimed, weight, tier)


_NO_REASON = re.compile(r"(?:已|已经|按期|按时|按计划|全部|基本)*(?:完成|正常)|无偏差|没有偏差|见说明|同上|/")
"""What may stand in the cell of the reason and gives none."""


def _says_nothing(reason: Entry[str]) -> bool:
    bare = reason.text.strip("。.，, 　")
    return reason.place is not None and (reason.is_blank or _NO_REASON.fullmatch(bare) is not None)


def _thin(reason: Entry[str]) -> str:
    return f"写的是{quoted(reason.text)}，不是原因" if reason.text else "没有填"


def unexplained_loss(indicator: IndicatorScore) -> bool:
    """Points were lost against the weight, the results say so too (or say nothing), and no reason is given."""
    earned = indicator.claimed if indicator.claimed is not None else indicator.score
    if earned is None or indicator.weight is None or not _says_nothing(indicator.row.reason) or earned < 0:
        return False
    met = indicator.target.kind in (ValueKind.QUANTITATIVE, ValueKind.DATE) and indicator.score == indicator.weight
    return earned < indicator.weight and not met and not indicator.row.actual.is_blank


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
        unread = any(i.row.claimed.trouble or i.row.weight.trouble for i in score.indicators)
        gap = claimed - total
        if gap < CENT and not _is_unexplained(score, claimed):
            continue
        off = f"高 {points(gap)}" if gap > 0 else f"低 {points(-gap)}，没有逐项打分，看不出扣在哪一项"
        yield case.hold({"F401": unread}) or Found(
            cells=places(score.claimed),
            record=score.code,
            message=f"{at(score.claimed, claimed_heading(score))}填报 {points(claimed)}，{whose(score)}各项测算得分"
            f"合计 {points(total)}，{off}。",
            found=_points(claimed),
            expected=_points(total),
            difference=_points(gap),
            fix="请逐项填写自评得分，扣分的写明原因，再相加得出总分。",
            effect=f"测算得分采用 {figure(total)} 分。",
        )


def _is_unexplained(score: Score, claimed: Decimal) -> bool:
    """Whether a total is lower than what its indicators come to, and no reason beside one without a score tells why."""
    earned = [_mended(i) if i.claimed is not None else i.score or Decimal(0) for i in score.indicators]
    told = any(i.claimed is None and not _says_nothing(i.row.reason) for i in score.indicators)
    whole = whole_points(sum(earned, _execution_points(score) or Decimal(0)), score.whole)
    return not told and claimed <= whole - CENT


@rule("S204", "定性得分与档次不符", Severity.ERROR, Phase.TABLE, Indicator)
def outside_tier(case: Case) -> Iterator[Found | Held]:
    """定性指标的自评得分不在所选档次对应的区间里。

    Why: 选了“部分达成”却给满分，档次和得分自相矛盾。
    Fix: 改档次或改得分，使两者一致。
    Basis: [law] 财预〔2020〕10号：达成 80%—100%，部分达成 60%—80%，未达成 0—60%。
    Bad: 定性完成档次选“部分达成”，分值 8 分，自评 8 分。
    Good: 部分达成应在 4.8 至 6.4 分（不含 6.4），自评 6 分并写明原因。
    """
    for score, indicator in each_indicator(case):
        row, claimed, weight = indicator.row, indicator.claimed, indicator.weight
        tier = tier_of(row, case.policy)
        if not contradicts_tier(indicator, case.policy) or claimed is None or weight is None or tier is None:
            continue
        allowed = tier_range(weight, tier)
        yield Found(
            cells=places(row.claimed, row.tier),
            record=score.code,
            message=f"{at(row.claimed, heading(Indicator, 'claimed'))}为 {points(claimed)}，档次“{tier.name}”"
            f"对应的区间是 {allowed}。",
            found=_points(claimed),
            expected=allowed,
            fix="请改档次或改得分，使两者一致。",
            effect=_effect(indicator),
        )


@rule("S301", "扣分没有写原因", Severity.ERROR, Phase.TABLE, Indicator)
def loss_without_reason(case: Case) -> Iterator[Found | Held]:
    """指标得分低于分值，偏差原因分析及改进措施却空着。

    Why: 扣分的原因和改进措施是自评的核心内容，没有它就看不出问题在哪里。
    Fix: 写明没有完成的原因和改进措施。
    Basis: [system] 得分低于分值必须填写偏差原因。
    Bad: 按时举办率 91.67%，分值 8 分，自评 7.33 分，偏差原因空着。
    Good: 偏差原因写“世界人口日广场活动因暴雨推迟一周，2026 年起同时准备室内场地”。
    """
    for score, indicator in each_indicator(case):
        if not unexplained_loss(indicator) or indicator.weight is None:
            continue
        if held := in_doubt(case, indicator) or case.hold({"S204": contradicts_tier(indicator, case.policy)}):
            yield held
            continue
        row = indicator.row
        own = indicator.claimed is not None
        earned = indicator.claimed if indicator.claimed is not None else indicator.score or Decimal(0)
        yield Found(
            cells=places(row.reason, row.claimed if own else row.actual),
            record=score.code,
            message=f"{at(row.reason, heading(Indicator, 'reason'))}{_thin(row.reason)}，这个指标{'自评' if own else '测算'}得 "
            f"{points(earned)}，比分值 {points(indicator.weight)}少 {points(indicator.weight - earned)}。",
            found=row.reason.text or "空白",
            expected="偏差原因和改进措施",
            difference=_points(earned - indicator.weight),
            fix="请写明没有完成的原因和改进措施。",
            effect="不影响得分，但不能通过审核。",
        )


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
            yield Held(by="S101")
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
            found=_points(claimed),
            expected=_points(total),
            difference=_points(gap),
            fix="请重新相加，改正总分或单项得分。",
            effect="测算得分按各指标另算。",
        )


def _held_total(score: Score, case: Case) -> Held | None:
    """What has to be mended before a total can be held against its addends."""
    if case.strays:
        return Held(by="F502")
    if score.code in case.misweighted:
        return Held(by="S101")
    contradicted = any(contradicts_tier(i, case.policy) for i in score.indicators)
    doubts = (in_doubt(case, indicator) for indicator in score.indicators)
    return case.hold({"S204": contradicted}) or next(filter(None, doubts), None)


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
