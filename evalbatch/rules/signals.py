"""Reviewers' signals: nothing here is wrong by itself, everything here is asked about. They never change a score.

What is asked about spending stands in ``spending``; the thresholds are the policy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ..form import Indicator, Project
from ..formula import quantize
from ..model import Figure, IndicatorScore, Score, Severity
from ..policy import FULL_MARKS, Over
from ..score import target_entry
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator, taking_part
from .targets import is_impossible_rate, is_reversed_cost
from .words import at, cells, percent, points, quoted

# --- over-achievement ---------------------------------------------------------------------------------------------


def _over_achieved(case: Case) -> Iterator[tuple[Score, IndicatorScore, Decimal]]:
    """The indicators whose result is at least the policy's multiple of a target to be reached or passed.

    Costs written the wrong way round are none of them (I505).
    """
    for score, indicator in each_indicator(case):
        actual, target = indicator.actual.value, indicator.target.value
        wants_more = indicator.score is not None and (indicator.rule or "").startswith("正向")
        if wants_more and not is_reversed_cost(indicator) and actual is not None and target is not None and target > 0:
            ratio = quantize(actual / target, 6)
            if ratio >= case.policy.over.flag:
                yield score, indicator, ratio


def _is_small(indicator: IndicatorScore, over: Over) -> bool:
    """A count of one, two or three: one more is already half as much again."""
    value, unit = indicator.target.value, indicator.target.unit
    counts = value is not None and value == value.to_integral_value() and not any(c in unit for c in "%‰元")
    return counts and value is not None and value <= over.small


def _unreasoned(indicator: IndicatorScore, ratio: Decimal, over: Over) -> bool:
    return ratio >= over.explain and indicator.row.reason.is_blank and not _is_small(indicator, over)


@rule("S501", "超额完成较多", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def over_achieved(case: Case) -> Iterator[Found | Held]:
    """实际完成值达到指标值的 120% 以上。写明原因的、指标值只是三以内的个数的，只提示。得分不因此增减。

    Why: 超出太多，常常是年初目标定低了，或者完成值多写了一位。
    Fix: 核对完成值；数没有错的，在偏差原因一栏写明超额的原因，下一年把目标定准。
    Basis: [system] 系统在 120% 处提示；超额是否扣分各地规定不一，本系统只提示、不扣分。
    Bad: 指标值 2000 份，实际完成 2400 份，达到 120%，没有说明。
    Good: 偏差原因写“上级协会年中另拨折页 400 份，2026 年目标按全部来源设定”；写明的只提示。
    """
    over = case.policy.over
    for score, indicator, ratio in _over_achieved(case):
        if _unreasoned(indicator, ratio, over):
            continue
        if held := case.hold({"I507": is_impossible_rate(indicator)}, score.code):
            yield held
            continue
        told = not indicator.row.reason.is_blank
        fix = "已写明原因，请确认原因成立。" if told else "请核对完成值；数没有错的，写明超额完成的原因。"
        noted = told or _is_small(indicator, over)
        said = f"超过 {percent(over.flag)}" if told else f"应低于 {percent(over.flag)}，或写明原因"
        found = _over(score, indicator, ratio, said, over.flag)
        yield replace(found, fix=fix, severity=Severity.NOTICE if noted else None)


@rule("S502", "大幅超额没有写原因", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def over_without_reason(case: Case) -> Iterator[Found | Held]:
    """实际完成值达到指标值的 130% 以上，偏差原因分析及改进措施却空着。得分不因此增减。

    Why: 超出三成以上，要么目标定得过低，要么完成值有误，都应当说清楚。
    Fix: 核对完成值；数没有错的，写明超额的原因和下一年怎样把目标定准。
    Basis: [practice] 广西：超过 130% 须说明原因；算警告还是错误由评分政策规定。
    Bad: 指标值 ≥59 户，实际完成 87 户，达到 147%，偏差原因空着。
    Good: 偏差原因写“年中新增一个乡镇纳入改造，2026 年目标按 85 户设定”。
    """
    over = case.policy.over
    for score, indicator, ratio in _over_achieved(case):
        if not _unreasoned(indicator, ratio, over):
            continue
        if held := case.hold({"I507": is_impossible_rate(indicator)}, score.code):
            yield held
        else:
            fix = f"请核对完成值；数没有错的，在{heading(Indicator, 'reason')}写明超额完成的原因。"
            found = _over(score, indicator, ratio, f"达到 {percent(over.explain)} 的应写明原因", over.explain)
            yield replace(found, fix=fix)


def _over(score: Score, indicator: IndicatorScore, ratio: Decimal, said: str, limit: Decimal) -> Found:
    row, target = indicator.row, target_entry(indicator.row)
    return Found(
        cells=places(row.actual, target, row.reason),
        record=score.code,
        message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，是指标值"
        f"{quoted(target.text)}的 {percent(ratio)}，{said}。",
        found=Figure(value=ratio, unit="%"),
        expected=f"低于 {percent(limit)}，或写明原因",
        fix="",
        effect=f"不影响得分，仍得 {points(indicator.score or Decimal(0))}。",
    )


# --- form for form's sake -----------------------------------------------------------------------------------------


@rule("S403", "项目全部满分", Severity.WARNING, Phase.PLAUSIBLE, Project)
def all_full_marks(case: Case) -> Iterator[Found | Held]:
    """参评的项目（至少两个）自评全是 100 分。

    Why: 每个项目都没有一点偏差很少见，复核时会被看作流于形式。
    Fix: 逐个指标核对完成值和得分；有不足的照实扣分并写明原因。
    Basis: [practice] 自评全部满分的单位列为重点抽查对象。
    Bad: 4 个项目的自评得分都是 100 分，其中广场活动推迟了一周，也没有扣分。
    Good: 推迟的活动按时举办率 91.67%，扣 0.67 分并写明原因，这个项目自评 99.05 分。
    """
    scores = [score for score in taking_part(case) if score.project]
    if len(scores) < 2 or not all(_marks(score) == FULL_MARKS for score in scores):
        return
    anchors = places(*(s.claimed if s.claimed.value is not None else s.project.code for s in scores if s.project))
    yield Found(
        cells=anchors,
        message=f"{cells(anchors)}（{heading(Project, 'claimed')}）：{len(scores)} 个参评项目全是 100 分，容易被看作流于形式。",
        found=f"{len(scores)} 个参评项目全是 100 分",
        expected="与实际完成情况一致的得分",
        fix="请逐个指标核对完成值和得分，有不足的照实扣分并写明原因。",
        effect="不影响得分。",
    )


def _marks(score: Score) -> Decimal | None:
    """A project's own score, or the computed one where it gives none and all is assessed."""
    return score.claimed.value if score.claimed.value is not None else score.total if score.grade else None


@rule("I401", "完成值照抄指标值", Severity.NOTICE, Phase.PLAUSIBLE, Indicator)
def copied_results(case: Case) -> Iterator[Found | Held]:
    """一半以上的指标，实际完成值与指标值一字不差。

    Why: 结果与目标处处相同，多半是照抄目标，没有统计实际完成的数。
    Fix: 按台账、清单填写实际完成的数。
    Basis: [practice] 公开的自评表约四成半的完成值照抄指标值，复核时逐项要证据。
    Bad: 50 个指标里有 27 个的实际完成值与指标值一字不差：“≥2000份”写“≥2000份”，“不少于400人次”写“不少于400人次”。
    Good: 按出入库登记和签到表填写：2150 份、436 人次。
    """
    filled = [i.row for _, i in each_indicator(case) if not i.row.actual.is_blank and not i.row.target.is_blank]
    same = [row for row in filled if row.actual.text.strip() == target_entry(row).text.strip()]
    if len(same) * 2 <= len(filled) or len(same) < 2:
        return
    anchors = places(*(row.actual for row in same))
    yield Found(
        cells=anchors,
        message=f"{cells(anchors)}（{heading(Indicator, 'actual')}）：{len(filled)} 个填了结果的指标中，有 {len(same)} 个"
        f"与指标值一字不差。",
        found=f"有 {len(same)} 个与指标值一字不差",
        expected="实际完成的数",
        fix="请按台账、清单填写实际完成的数；确实恰好相同的，备好佐证资料。",
        effect="不影响得分。",
    )
