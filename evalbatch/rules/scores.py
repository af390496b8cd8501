"""Own scores of indicators S103, S201, S202, S204, S301: they follow from the results, and points lost are explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..form import Indicator
from ..formula import plain
from ..model import Figure, IndicatorScore, Score, Severity, ValueKind
from ..policy import Policy
from ..score import GROWTH, in_tier, target_entry, tier_of, tier_range
from ..spec import Entry, heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator
from .targets import is_reversed
from .words import at, figure, points, quoted

CENT = Decimal("0.005")
"""Scores are compared to 0.01 points: anything from half of it is a difference."""


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
            found=Figure.points(claimed),
            expected=f"0 至 {plain(weight)}",
            difference=Figure.points(claimed - weight if claimed > weight else claimed),
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
        if gap >= CENT and (held := in_doubt(case, score, indicator)):
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
        if held := in_doubt(case, score, indicator) or case.hold({"S301": unexplained_loss(indicator)}, score.code):
            yield held
            continue
        if score.code in case.misweighted:
            yield Held(by="S101", record=score.code)
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
        found=Figure.points(claimed),
        expected=Figure.points(computed),
        difference=Figure.points(gap),
        fix=fix,
        effect=f"测算得分采用 {figure(computed)} 分。",
        severity=severity,
    )


def in_doubt(case: Case, score: Score, indicator: IndicatorScore) -> Held | None:
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
        },
        score.code,
    )


def contradicts_tier(indicator: IndicatorScore, policy: Policy) -> bool:
    """Whether a qualitative score lies outside the tier that was chosen."""
    claimed, weight, tier = indicator.claimed, indicator.weight, tier_of(indicator.row, policy)
    if indicator.target.kind is not ValueKind.QUALITATIVE or claimed is None or weight is None or tier is None:
        return False
    return weight > 0 and 0 <= claimed <= weight and not in_tier(claimed, weight, tier)


_NO_REASON = re.compile(r"(?:已|已经|按期|按时|按计划|全部|基本)*(?:完成|正常)|无偏差|没有偏差|见说明|同上|/")
"""What may stand in the cell of the reason and gives none."""


def says_nothing(reason: Entry[str]) -> bool:
    bare = reason.text.strip("。.，, 　")
    return reason.place is not None and (reason.is_blank or _NO_REASON.fullmatch(bare) is not None)


def _thin(reason: Entry[str]) -> str:
    return f"写的是{quoted(reason.text)}，不是原因" if reason.text else "没有填"


def unexplained_loss(indicator: IndicatorScore) -> bool:
    """Points were lost against the weight, the results say so too (or say nothing), and no reason is given."""
    earned = indicator.claimed if indicator.claimed is not None else indicator.score
    if earned is None or indicator.weight is None or not says_nothing(indicator.row.reason) or earned < 0:
        return False
    met = indicator.target.kind in (ValueKind.QUANTITATIVE, ValueKind.DATE) and indicator.score == indicator.weight
    return earned < indicator.weight and not met and not indicator.row.actual.is_blank


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
            found=Figure.points(claimed),
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
        if held := in_doubt(case, score, indicator) or case.hold(
            {"S204": contradicts_tier(indicator, case.policy)}, score.code
        ):
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
            difference=Figure.points(earned - indicator.weight),
            fix="请写明没有完成的原因和改进措施。",
            effect="不影响得分，但不能通过审核。",
        )
