"""Reviewers' signals: nothing here is wrong by itself, everything here is asked about. They never change a score.

M301 and M302 are the finance bureau's red and yellow warnings; the thresholds are the policy's.
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
from .indicators import each_indicator, taking_part, whose
from .words import at, cells, money, percent, points, quoted


def _projects(case: Case) -> Iterator[tuple[Score, Project]]:
    """The projects that take part and whose amounts no other finding questions."""
    for score in taking_part(case):
        if score.project and not case.questioned.keys() & {score.project.budget.place, score.project.executed.place}:
            yield score, score.project


@rule("M301", "红色预警：得分率高于执行率", Severity.WARNING, Phase.PLAUSIBLE, Project, Indicator)
def red_warning(case: Case) -> Iterator[Found | Held]:
    """指标得分率明显高于预算执行率得分率：（指标得分率 − 执行率得分率）÷ 指标得分率 大于 5%。没有写调整及偏差说明的，算错误。

    Why: 钱没有花完，任务却接近满分，要么目标定低了，要么得分偏高，要么预算编多了。
    Fix: 核对各指标的完成值；确实是节约或合同价低于预算的，在调整及偏差说明里写清楚。
    Basis: [system] 预算管理一体化系统的红色预警；5% 由评分政策规定。
    Bad: 指标得分率 99.26%，执行率得分率 89.20%，调整及偏差说明空着。
    Good: 调整及偏差说明写“公开招标中标价低于预算 0.54 万元，任务已全部完成，节余交回财政”；写明的只作警告。
    """
    for score, project in _projects(case):
        gap = _red(score)
        if gap is None or gap[2] <= case.policy.limits.red:
            continue
        earned, spent, share = gap
        told = not project.note.is_blank
        title = heading(Project, "note")
        yield Found(
            cells=places(project.executed, project.note),
            record=score.code,
            message=f"{at(project.executed, heading(Project, 'executed'))}：{whose(score)}的指标得分率为 {percent(earned)}，"
            f"执行率得分率为 {percent(spent)}，差额占前者的 {percent(share)}，"
            f"超过 {percent(case.policy.limits.red)}{'' if told else f'，{title}也没有写'}。",
            found=Figure(value=share, unit="%"),
            expected=f"不超过 {percent(case.policy.limits.red)}",
            fix=f"请核对完成值和执行数，并确认{title}已写明原因。"
            if told
            else f"请核对完成值和执行数，在{title}写明原因。",
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
    Bad: 全年预算数 0.24 万元，全年执行数 0.18 万元，没有用完 25%，没有说明。
    Good: 年中已知 2 场活动合并举办，调减预算 0.06 万元，全年预算数 0.18 万元，全年执行数 0.18 万元。
    """
    for score, project in _projects(case):
        budget, executed = project.budget.value, project.executed.value
        if budget is None or executed is None or budget <= 0:
            continue
        unspent = quantize((budget - executed) / budget, 6)
        if unspent > case.policy.limits.yellow:
            yield Found(
                cells=places(project.executed, project.budget),
                record=score.code,
                message=f"{at(project.executed, heading(Project, 'executed'))}为 {money(executed, case.submission)}，"
                f"{heading(Project, 'budget')} {money(budget, case.submission)} 中有 {percent(unspent)} 没有用完，"
                f"超过 {percent(case.policy.limits.yellow)}。",
                found=Figure(value=unspent, unit="%"),
                expected=f"不超过 {percent(case.policy.limits.yellow)}",
                fix=f"请核对两个数；没有错的，在{heading(Project, 'note')}写明没有用完的原因和资金去向。",
                effect="执行率得分照算，财政局系统会列为黄色预警。",
            )


# --- over-achievement ---------------------------------------------------------------------------------------------


def _over_achieved(case: Case) -> Iterator[tuple[Score, IndicatorScore, Decimal]]:
    """The indicators whose result is at least the policy's multiple of a target to be reached or passed."""
    for score, indicator in each_indicator(case):
        actual, target = indicator.actual.value, indicator.target.value
        wants_more = indicator.score is not None and (indicator.rule or "").startswith("正向")
        if wants_more and actual is not None and target is not None and target > 0:
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
        told = not indicator.row.reason.is_blank
        fix = "已写明原因，请确认原因成立。" if told else "请核对完成值；数没有错的，写明超额完成的原因。"
        noted = told or _is_small(indicator, over)
        expected = f"超过 {percent(over.flag)}" if told else f"应低于 {percent(over.flag)}，或写明原因"
        found = _over(score, indicator, ratio, expected)
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
        if _unreasoned(indicator, ratio, over):
            fix = f"请核对完成值；数没有错的，在{heading(Indicator, 'reason')}写明超额完成的原因。"
            found = _over(score, indicator, ratio, f"达到 {percent(over.explain)} 的应写明原因")
            yield replace(found, fix=fix)


def _over(score: Score, indicator: IndicatorScore, ratio: Decimal, expected: str) -> Found:
    row, target = indicator.row, target_entry(indicator.row)
    return Found(
        cells=places(row.actual, target, row.reason),
        record=score.code,
        message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，是指标值"
        f"{quoted(target.text)}的 {percent(ratio)}，{expected}。",
        found=Figure(value=ratio, unit="%"),
        expected=expected,
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
