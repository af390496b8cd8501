"""Result rules I2xx: targets and results of indicators can be understood, and held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import Indicator, Unit
from ..formula import plain
from ..model import IndicatorScore, Period, Score, Severity, ValueKind
from ..score import GROWTH, target_entry, tier_of
from ..spec import heading
from ..values import on_time, say_period
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator, target_at, unscored
from .quality import QUANTITY
from .words import at, points, quoted

ASKS = "，请写明原因"
"""What the working of a late result ends with; a finding says it in its fix."""


@rule("I201", "完成值无法计算", Severity.ERROR, Phase.TABLE, Indicator)
def unusable_result(case: Case) -> Iterator[Found | Held]:
    """指标值是数，实际完成值却不是数（如“完成”），或者单位不同、百分号缺失，无法比较。

    Why: 结果要与目标比较才能打分，文字结论代替不了实际完成的数。
    Fix: 填实际完成的数，单位与指标值一致。
    Basis: [system] 定量指标的完成值必须是数。
    Bad: 指标值 2000份，实际完成值写“完成”。
    Good: 实际完成值写 2150份。
    """
    for score, indicator in each_indicator(case):
        row, target, actual = indicator.row, indicator.target, indicator.actual
        if target.kind is not ValueKind.QUANTITATIVE or row.actual.is_blank or row.actual.trouble is not None:
            continue
        if actual.value is not None and not actual.doubt:
            continue
        why = actual.doubt or "不是可以计算的数"
        yield Found(
            cells=places(row.actual, row.target),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，"
            f"指标值是{quoted(target.text)}，{why}。",
            found=row.actual.text,
            expected=f"与“{target.text}”同一单位的数",
            fix="请填实际完成的数，单位与指标值一致。",
            effect=f"{unscored(indicator)}。",
        )


_COMPARABLE = "请改写成一个可以比较的目标，如“≥95%”或“不少于2000份”；有几个目标的，分成几个指标。"
_WHOLE = "请写调整后的总数，不写增减了多少；没有调整的留空。"


@rule("I202", "指标值无法理解", Severity.WARNING, Phase.TABLE, Indicator)
def unclear_target(case: Case) -> Iterator[Found | Held]:
    """指标值既不是带比较符号的数或日期，也不是定性的词，系统无法判断完成与否。

    Why: 读不懂的目标不能打分，也不应猜。
    Fix: 一个指标只写一个目标，如“≥95%”“2000份”；定性的在指标性质选“定性”。
    Basis: [practice] 指标应当清晰、可衡量。
    Bad: 指标值写“暂定量按15次作业且总航时不少于30小时测算”。
    Good: 分成两个指标：作业次数 ≥15次，总航时 ≥30小时。
    """
    for score, indicator in each_indicator(case):
        row, target = indicator.row, indicator.target
        entry = target_entry(row)
        unclear = target.kind is ValueKind.UNPARSED and not target.suspect and entry.trouble is None
        if unclear and not row.target.is_blank and not row.actual.is_blank:
            yield Found(
                cells=places(entry),
                record=score.code,
                message=f"{target_at(row)}写的是{quoted(target.text)}，系统不能据此计算。",
                found=target.text,
                expected="如“≥95%”或“不少于2000份”" if row.adjusted.is_blank else "调整后的总数",
                fix=_COMPARABLE if row.adjusted.is_blank else _WHOLE,
                effect=f"{unscored(indicator)}。",
            )


@rule("I203", "定性指标缺档次或得分", Severity.WARNING, Phase.TABLE, Indicator)
def qualitative_open(case: Case) -> Iterator[Found | Held]:
    """定性指标填了实际完成情况，但看不出属于哪一档，或者没有自评得分。

    Why: 定性指标按档次给分，档次和得分都由单位自己判断，系统只核对两者是否相符。
    Fix: 选择定性完成档次，并填自评得分。
    Basis: [law] 财预〔2020〕10号：定性指标分三档计分。
    Bad: 定性指标“知识知晓情况”写了完成情况，定性完成档次空着。
    Good: 定性完成档次选“达成年度指标”，分值 8 分，自评 8 分。
    """
    for score, indicator in each_indicator(case):
        row = indicator.row
        if indicator.target.kind is not ValueKind.QUALITATIVE or row.actual.is_blank or indicator.score is not None:
            continue
        if row.weight.value is None or row.tier.trouble is not None:
            continue
        if row.level2.value == QUANTITY and case.runs("I502"):
            yield Held(by="I502")
            continue
        tier = tier_of(row, case.policy)
        lacking = row.tier if tier is None else row.claimed
        if lacking.place is None or not lacking.is_blank:
            continue
        name = heading(Indicator, "tier" if lacking is row.tier else "claimed")
        yield Found(
            cells=places(lacking, row.actual),
            record=score.code,
            message=f"{at(lacking, name)}没有填，{at(row.actual, heading(Indicator, 'actual'))}"
            f"写的是{quoted(row.actual.text)}，无法给定性指标计分。",
            found="空白",
            expected="、".join(tier.name for tier in case.policy.tiers)
            if lacking is row.tier
            else f"0 至 {points(row.weight.value)}",
            fix=f"请填写{name}。",
            effect=f"{unscored(indicator)}。",
        )


@rule("I204", "指标值疑似有误", Severity.WARNING, Phase.TABLE, Indicator)
def suspect_target(case: Case) -> Iterator[Found | Held]:
    """指标值像是识别或录入出了错：“290%”可能是“≥90%”，“44561”可能是日期，方向与指标性质相反。

    Why: 照错误的指标值打分，得分就没有意义；系统只提醒，不代为改正。
    Fix: 对照批复的绩效目标表核对，改成原来的写法；没有错的不必改。
    Basis: [practice] 公开的自评表中有“290%”“2100%”“44561”这样的指标值。
    Bad: 满意度的指标值写“290%”，完成时限的指标值写“44561”。
    Good: 指标值改回批复的“≥90%”和“2021年12月31日前”。
    """
    for score, indicator in each_indicator(case):
        row, target = indicator.row, indicator.target
        if not target.suspect:
            continue
        entry = target_entry(row)
        scored = indicator.score is not None
        rewrite = "请对照批复的绩效目标核对，改写成可以比较的写法，如“2025年9月30日前”。"
        yield Found(
            cells=places(entry, row.nature) if heading(Indicator, "nature") in target.suspect else places(entry),
            record=score.code,
            message=f"{target_at(row)}写的是{quoted(target.text)}，{target.suspect}。",
            found=target.text,
            expected="如“≥90%”或“2021年12月31日前”",
            fix=rewrite
            if target.kind is ValueKind.UNPARSED
            else "请对照批复的绩效目标核对；写错的改正，没有错的不必改。",
            effect="暂按所写的指标值计分。" if scored else f"{unscored(indicator)}。",
        )


@rule("I205", "完成值带比较符号", Severity.WARNING, Phase.TABLE, Indicator)
def copied_operator(case: Case) -> Iterator[Found | Held]:
    """实际完成值写成“≥95%”“90%以上”，带着比较符号或约数，像是从指标值照抄的。

    Why: 完成值是已经发生的一个数，不是范围；照抄指标值看不出真正完成了多少。
    Fix: 填实际完成的数。
    Basis: [practice] 约 4% 的完成值连比较符号一起照抄；按符号后的数计分，并请核对。
    Bad: 指标值 ≥95%，实际完成值也写“≥95%”。
    Good: 实际完成值写问卷汇总的 96.2%。
    """
    for score, indicator in each_indicator(case):
        row, actual = indicator.row, indicator.actual
        if not actual.copied_operator or indicator.target.kind is not ValueKind.QUANTITATIVE:
            continue
        yield Found(
            cells=places(row.actual),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，不是一个确定的数。",
            found=row.actual.text,
            expected="实际完成的数，如“96.2%”或“2150份”",
            fix="请填实际完成的数，不带比较符号。",
            effect=f"暂按 {plain(actual.value or Decimal(0))}{actual.unit} 计分。",
        )


@rule("I206", "逾期完成没有扣分或说明", Severity.ERROR, Phase.TABLE, Indicator)
def late(case: Case) -> Iterator[Found | Held]:
    """完成时间晚于期限，自评却得满分，或者没有填自评得分、没有写偏差原因。

    Why: 逾期完成不能得满分；扣多少分由单位按影响大小判断，并说明原因。
    Fix: 按逾期的影响扣分，在偏差原因一栏写明原因；日期填错的请改正。
    Basis: [law] 财预〔2020〕10号：未完成的应分析偏差原因；[practice] 逾期的得分应低于分值。
    Bad: 期限 2025年6月30日前，2025年8月完成，分值 8 分，自评 8 分。
    Good: 自评 7 分，偏差原因写“汛期停工一个月，2026 年工期避开主汛期安排”。
    """
    for score, indicator in each_indicator(case):
        row, target, actual = indicator.row, indicator.target, indicator.actual
        if target.due is None or actual.done is None or on_time(target.due, actual.done) is not False:
            continue
        claimed, weight = indicator.claimed, indicator.weight
        full = claimed is not None and weight is not None and claimed >= weight
        silent = claimed is None and row.reason.is_blank
        if not full and not silent:
            continue  # points were taken off: whether the reason is given is another rule's question
        gave = f"自评得 {points(claimed)}，没有扣分" if claimed is not None else "没有填自评得分，也没有写原因"
        yield Found(
            cells=places(row.claimed, row.actual, target_entry(row)),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}是{quoted(row.actual.text)}，晚于期限 "
            f"{say_period(target.due)}，{gave}。",
            found=row.actual.text,
            expected=f"得分低于 {points(weight)}，并写明原因" if weight is not None else "低于分值，并写明原因",
            fix="请按逾期的影响扣分并写明原因；日期填错的改正。",
            effect=f"{unscored(indicator)}。",
        )


@rule("I207", "完成值不是日期或年份不对", Severity.WARNING, Phase.TABLE, Indicator)
def undated_result(case: Case) -> Iterator[Found | Held]:
    """指标值是期限，实际完成值却不是日期（如“按时完成”）、从写的日期看不出是否按期，或者早于评价年度。早于评价年度又写明原因的只提示。

    Why: 是否按期要看完成的日期，“完成”两个字看不出早晚；评价年度以前的日期多半是年份写错，或者沿用了旧表。
    Fix: 填完成的日期，如“2025年12月25日”；确实在上年提前完成的写明原因。
    Basis: [practice] 时效指标应有完成时间佐证。
    Bad: 指标值“12月底前”，实际完成值写“按时完成”。
    Good: 实际完成值写“2025年12月20日”。
    """
    for score, indicator in each_indicator(case):
        row, target, actual = indicator.row, indicator.target, indicator.actual
        if target.due is None or row.actual.is_blank or row.actual.trouble is not None:
            continue
        if actual.done is not None and on_time(target.due, actual.done) is not None:
            if _is_before_year(target.due, actual.done, case.submission.unit.year.value):
                yield _of_an_earlier_year(case, score, indicator)
            continue
        why = actual.doubt or ("看不出是哪一天完成的" if actual.done is None else "看不出是否在期限内完成")
        yield Found(
            cells=places(row.actual, target_entry(row)),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，"
            f"指标值是{quoted(target.text)}，{why}。",
            found=row.actual.text,
            expected="完成的日期，如“2025年12月25日”",
            fix="请填完成的日期，写明年、月、日。",
            effect=f"{unscored(indicator)}。",
        )


def _is_before_year(due: Period, done: Period, year: Decimal | None) -> bool:
    """Whether a thing due in the year evaluated, or later, was done before it, and not in the stretch of time it is due in."""
    if year is None or not (due.dated and done.dated) or not done.last.year < year <= due.last.year:
        return False
    return due.since is None or done.last < due.since


def _of_an_earlier_year(case: Case, score: Score, indicator: IndicatorScore) -> Found:
    row, year = indicator.row, case.submission.unit.year.value or Decimal(0)
    told = not row.reason.is_blank
    earned = points(indicator.score) if indicator.score is not None else ""
    return Found(
        cells=places(row.actual, target_entry(row)),
        record=score.code,
        message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，在{heading(Unit, 'year')} "
        f"{plain(year)} 年以前。",
        found=row.actual.text,
        expected=f"{plain(year)} 年的日期，或写明提前完成的原因",
        fix="已写明原因，请确认确是提前完成。"
        if told
        else f"请核对完成的年份；确实提前完成的，在{heading(Indicator, 'reason')}写明原因。",
        effect=f"暂按按期完成得 {earned}。" if earned else "",
        severity=Severity.NOTICE if told else None,
    )


@rule("I208", "完成值为负数", Severity.WARNING, Phase.TABLE, Indicator)
def negative_result(case: Case) -> Iterator[Found | Held]:
    """数量、金额、比率一类的指标，实际完成值填了负数。增长率、降幅一类可以为负，不在此列。

    Why: 做了多少、花了多少都不会小于 0；负数多半是误录，计分时按 0 计。
    Fix: 核对后改正；本意是增减变化的，在指标名称里写明“增长率”“降幅”等。
    Basis: [system] 数量和金额的负数按 0 计；增长率按填报的数比较。
    Bad: 发放宣传资料的完成值填 -2150。
    Good: 完成值填 2150；本意是比上年减少的，指标名称改为“发放份数变动率”。
    """
    for score, indicator in each_indicator(case):
        value, row = indicator.actual.value, indicator.row
        target = indicator.target.value
        if value is None or value >= 0 or (target is not None and target < 0):
            continue
        if GROWTH.search(row.name.value or ""):
            continue
        yield Found(
            cells=places(row.actual),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，应为 0 或正数。",
            found=row.actual.text,
            expected="0 或正数",
            fix="请核对后改正；增减变化的指标，在名称里写明“增长率”或“降幅”。",
            effect="计分时按 0 计。" if indicator.score is not None else "",
        )


@rule("I209", "由人工评定", Severity.WARNING, Phase.TABLE, Indicator)
def left_to_a_person(case: Case) -> Iterator[Found | Held]:
    """指标值和完成值都读得懂，但评分政策不给公式：与“约”数相差过大，逾期完成等，要由人评定得分。逾期并已扣分、写明原因的只提示。

    Why: 系统不替人打这一类分；不指出来，未评的分值就没有人管。
    Fix: 与“约”数相差过大的写明原因；由复核人员评定得分。
    Basis: [law] 财预〔2020〕10号：不能按公式计分的由人工评定；[form] 逾期的按影响扣分并写明原因。
    Bad: 指标值“约2000元”，完成值 2500 元，相差 25%，没有写原因。
    Good: 核对发票，完成值应为 2100 元；确为 2500 元的写明原因，由复核人员评定。
    """
    for score, indicator in each_indicator(case):
        row, target, actual = indicator.row, indicator.target, indicator.actual
        if indicator.score is not None or row.weight.value is None or row.weight.value <= 0 or indicator.rule is None:
            continue
        late = target.due is not None and actual.done is not None and on_time(target.due, actual.done) is False
        measured = target.kind is ValueKind.QUANTITATIVE and actual.value is not None and not actual.doubt
        handled = (
            late and not row.reason.is_blank and (row.claimed.value is None or row.claimed.value < row.weight.value)
        )
        if not measured and not handled:
            continue
        yield Found(
            cells=places(row.actual, target_entry(row)),
            record=score.code,
            message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，指标值是"
            f"{quoted(target.text)}：{indicator.basis.removesuffix(ASKS)}。",
            found=row.actual.text,
            expected="由人工评定的得分",
            fix="请写明原因，由复核人员评定得分。" if row.reason.is_blank else "已写明原因，请等复核人员评定得分。",
            effect=f"{unscored(indicator)}，暂不定等级。",
            severity=Severity.NOTICE if handled else None,
        )
