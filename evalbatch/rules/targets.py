"""Target rules I505 to I507: a target or a rate that was understood as written, and cannot have been meant so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..form import LEVEL1, LEVEL2, Indicator
from ..formula import plain
from ..model import IndicatorScore, Score, Severity, Target, ValueKind
from ..score import target_entry
from ..spec import heading
from ..values import fold_value
from ..values.direction import infer
from ..values.units import MONEY, TIME, fold_unit
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator, target_at, target_heading
from .words import at, cells, quoted

COSTS = frozenset({LEVEL2[3], *LEVEL2[9:]})
_MORE = re.compile(r"[≥>]|不[得能]?[少低小]于|至少|最少|最低|起码|以上|大于|高于|多于|超过")
_PAID_OUT = re.compile(r"标准|补助|补贴|津贴|救助|抚恤|工资|保障")
"""Costs that are money for people, which may well be promised as a least."""
_SAVED = re.compile(r"节约|节省|节支|降低|下降|减少|压减|压降|压缩|增收|回收|挽回|收益|效益")


_LESS = re.compile(r"[≤<]|反向|逆向|负向|不[得能]?[超高大多]|至多|最多|最高|以下|以内|小于|低于|少于")
_GOOD = re.compile(
    r"(?:及时|按时|按期|准时|准确|正确|合格|达标|知晓|优良|完好|出勤|公开|归档|合规|通过|相符|一致|巩固|成活|覆盖|普及|入学|完成|办结|处理|整改"
    r"|验收|落实|到位|发放|足额|签约|建档|回访|受理|响应|接种|举办|开展|参与|参加)率$|满意|好评率$"
)
"""Names of what is the better the more there is of it."""
_NOT = re.compile(r"[不未非][^率]{1,4}率$|不满意|不够满意")
HALF = 50
"""A success of less than half is no aim: such a share is something else (建筑覆盖率 ≤30%)."""


@rule("I505", "指标方向反了", Severity.ERROR, Phase.TABLE, Indicator)
def reversed_direction(case: Case) -> Iterator[Found | Held]:
    """成本指标写成了“≥”“＞”“不低于”，花得越多得分越高；或者满意度、合格率一类写成了“≤”“＜”，做得越好得分越低。成本节约率、压减比例一类越多越好的，不在此列；补助标准、工资一类的只警告。

    Why: 方向写反，超支反而得满分，满意度越高反而扣分。
    Fix: 成本改成“≤”，按标准支付的写“=”，本意是节约的在名称里写明；满意度、合格率一类改成“≥”。
    Basis: [practice] 复核时检查指标的方向；成本指标为反向指标，满意度和完成质量为正向指标。
    Bad: 成本指标“宣传资料平均制作成本”，指标值“≥6元/份”；“服务对象满意度”的指标性质选“≤”。
    Good: 指标值“≤6元/份”；或成本指标“印刷成本节约率”，指标值“≥5%”；满意度“≥90%”。
    """
    for score, indicator in each_indicator(case):
        if not is_reversed(indicator):
            continue
        if held := case.hold({"I204": bool(indicator.target.suspect)}, score.code):
            yield held
        elif is_reversed_cost(indicator):
            yield _cost_as_least(score, indicator)
        else:
            yield _success_as_most(score, indicator)


def _cost_as_least(score: Score, indicator: IndicatorScore) -> Found:
    row, target = indicator.row, indicator.target
    entry = target_entry(row)
    where = [entry, row.nature] if _MORE.search(fold_value(row.nature.text)) else [entry]
    paid = _PAID_OUT.search(row.name.text) is not None
    exact = paid and indicator.actual.value == target.value
    fix = "请把按标准支付的写成“=”，只是上限的写“≤”；" if exact else "请把方向改成“≤”，按标准支付的写“=”；"
    sign = f"{heading(Indicator, 'nature')}是{quoted(row.nature.text)}，" if len(where) > 1 else ""
    return Found(
        cells=places(*where, row.level2),
        record=score.code,
        message=f"{target_at(row)}写的是{quoted(target.text)}，{sign}"
        f"{quoted(row.name.text, 20)}是成本，这样写花得越多得分越高。",
        found=target.text,
        expected=f"{'=' if exact else '≤'}{_amount(target)}",
        fix=f"{fix}{'确是最低标准' if paid else '本意是节约'}的，在名称里写明。",
        effect="暂按所写的方向计分。" if indicator.score is not None else "",
        severity=Severity.WARNING if paid else None,
    )


def _success_as_most(score: Score, indicator: IndicatorScore) -> Found:
    row, target = indicator.row, indicator.target
    entry = target_entry(row)
    in_target = _LESS.search(fold_value(target.text)) is not None
    wrong = entry if in_target else row.nature
    where = target_at(row) if in_target else at(row.nature, heading(Indicator, "nature"))
    return Found(
        cells=places(wrong, row.name) if in_target else places(row.nature, entry, row.name),
        record=score.code,
        message=f"{where}写的是{quoted(wrong.text)}，{quoted(row.name.text, 20)}是越高越好的，这样写做得越好得分越低。",
        found=wrong.text,
        expected=f"≥{_amount(target)}",
        fix="请把方向改成“≥”；确是越低越好的，在名称里写明。",
        effect="暂按所写的方向计分。" if indicator.score is not None else "",
    )


def _amount(target: Target) -> str:
    return f"{plain(target.value or Decimal(0))}{target.unit}"


def is_reversed(indicator: IndicatorScore) -> bool:
    """Whether a target runs the wrong way, a cost as at least so much or a success as at most, and its name says so."""
    return is_reversed_cost(indicator) or _is_reversed_success(indicator)


def is_reversed_cost(indicator: IndicatorScore) -> bool:
    """Whether a cost is written as at least so much, where nothing in its name makes more the better."""
    row, target = indicator.row, indicator.target
    first, second, name = row.level1.value or "", row.level2.value or "", row.name.value or ""
    cost = first == LEVEL1[3] or second in COSTS
    if not cost or target.op not in (">=", ">") or target.inferred or target.value is None or target.value <= 0:
        return False
    written = _MORE.search(fold_value(row.nature.text)) or _MORE.search(fold_value(target.text))
    if not written or _SAVED.search(name) or _SAVED.search(target.text):
        return False
    return infer(fold_value(name), first + second, target.unit) != ">="


def _is_reversed_success(indicator: IndicatorScore) -> bool:
    """Whether a share of what went well, or how content people are, is written as at most so much.

    What may well be kept from going beyond 100 % (任务完成率 ≤100%) is none.
    """
    row, target = indicator.row, indicator.target
    name, value = _bare_name(row), target.value
    if target.op not in ("<=", "<") or target.inferred or value is None or value < HALF or target.upper is not None:
        return False
    written = _LESS.search(fold_value(row.nature.text)) or _LESS.search(fold_value(target.text))
    if (
        not written
        or not _GOOD.search(name)
        or _NOT.search(name)
        or _SAVED.search(name)
        or target.unit not in ("%", "分")
    ):
        return False
    level = (row.level1.value or "") + (row.level2.value or "")
    return (value < 100 or _NEVER_ABOVE.search(name) is not None) and infer(name, level, target.unit) == ">="


_COUNTS = (
    "人次 个 人 名 位 份 次 件 户 篇 起 台 套 台套 家 项 处 辆 册 本 批 张 条 座 间 栋 场 亩 公里 平方米 米 吨 公斤"
)
_KINDS = {
    **dict.fromkeys(("%", "‰", "百分点"), "百分比"),
    **dict.fromkeys(TIME - {"年"}, "时间"),
    **dict.fromkeys(_COUNTS.split(), "计数"),
}


def _kind(unit: str) -> str | None:
    """What a folded unit measures: an amount, a share, a time or a count; None for one that may be several."""
    above, slash, _ = unit.partition("/")
    if above in MONEY:
        return "金额"
    return None if slash else _KINDS.get(above.lstrip("万亿"))


@rule("I506", "计量单位与指标值矛盾", Severity.WARNING, Phase.TABLE, Indicator)
def other_unit(case: Case) -> Iterator[Found | Held]:
    """指标值里写的单位和计量单位一栏不是一类：一个是金额，一个是百分比、计数或时间。同类的（万元与元、份与套）不算。

    Why: 不知道哪一个是对的，完成值就不知道按什么单位理解。
    Fix: 核对两处，改正写错的单位。
    Basis: [form] 公开的自评表中有指标值“28.8万元”、计量单位“%”这样的行。
    Bad: 指标值“28.8万元”，计量单位“%”。
    Good: 指标值“28.8万元”，计量单位“万元”。
    """
    for score, indicator in each_indicator(case):
        row, target = indicator.row, indicator.target
        own, cell = _kind(target.unit), _kind(fold_unit(fold_value(row.unit.text)) or "")
        if target.kind is not ValueKind.QUANTITATIVE or own is None or cell is None or own == cell:
            continue
        if held := case.hold({"I204": bool(target.suspect), "I201": bool(indicator.actual.doubt)}, score.code):
            yield held
            continue
        entry = target_entry(row)
        yield Found(
            cells=places(row.unit, entry),
            record=score.code,
            message=f"{at(row.unit, heading(Indicator, 'unit'))}写的是{quoted(row.unit.text)}，"
            f"{target_heading(row)}{quoted(target.text)}的单位却是“{target.unit}”，一个是{cell}，一个是{own}。",
            found=row.unit.text,
            expected=target.unit,
            fix="请核对指标值和计量单位，改正写错的一处。",
            effect=f"暂按{target.unit}计分。" if indicator.score is not None else "",
        )


_WHOLE = re.compile(
    r"(?:及时|按时|按期|准时|准确|正确|合格|达标|覆盖|到位|发放|足额|落实|知晓|满意|投保|参保|普及|入学|巩固|合规|通过|优良|办结|处理|处置|整改|回访"
    r"|签约|建档|完好|出勤|公开|归档|执行|兑付|支付|赔付|相符|一致|公示|受理|响应|验收|完成|缴纳|拨付|举办|开展|参加|参与|就业|开工|竣工|投用|使用|成活|监测|检测|接种|筛查|随访)率$|满意度$"
)
_MAY_EXCEED = re.compile(
    r"增|产值|产量|收入|税收|投资|利润|营收|销售|收益|回报|投入产出|计划|任务|目标|指标|超额|同比|倍"
)
_BRACKETS = re.compile(r"\([^()]*\)$")


_NEVER_ABOVE = re.compile(
    r"(?:及时|按时|按期|准时|准确|正确|合格|达标|知晓|满意|优良|完好|出勤|公开|归档|合规|通过|相符|一致|巩固|成活|覆盖|普及|入学|就业)率$|满意度$"
)
_GROSS = re.compile(r"毛入|计划|增|提高|提升|同比|倍")


@rule("I507", "比率高过百分之百", Severity.NOTICE, Phase.PLAUSIBLE, Indicator)
def whole_as_least(case: Case) -> Iterator[Found | Held]:
    """及时率、合格率、覆盖率一类不会超过 100% 的比率，指标值写成“≥100%”。指标值写成“＞100%”或超过 100% 的，合格率、满意度一类的完成值超过 100% 的，算警告。

    Why: 最多就是 100%，“≥”没有意义；超过 100% 的目标永远完不成，超过 100% 的完成值多半写错了。
    Fix: 指标值改成“=100%”；超过 100% 的核对指标值或完成值。
    Basis: [practice] 公开的自评表中有“≧100%”“＞100%”这样的及时率。
    Bad: “救助金发放及时率”≥100%；“食品留样合格率”完成 110%。
    Good: “救助金发放及时率”=100%；“产值增长率”≥105%；“任务完成率”完成 110%。
    """
    rows = [(i.row, i.target) for _, i in each_indicator(case) if _is_whole_rate(i)]
    at_least = [row for row, target in rows if target.op == ">=" and target.value == 100]
    beyond = [row for row, target in rows if target.op == ">" or (target.value or 0) > 100]
    if at_least:
        yield _rates(at_least, "最多就是 100%，“≥”没有意义", "请改成“=100%”。", None)
    if beyond:
        yield _rates(beyond, "这样的目标永远完不成", "请核对指标值，最多写“=100%”。", Severity.WARNING)
    for score, indicator in each_indicator(case):
        if is_impossible_rate(indicator):
            held = case.hold({"I204": bool(indicator.target.suspect)}, score.code)
            yield held or _impossible(score, indicator)


def is_impossible_rate(indicator: IndicatorScore) -> bool:
    """Whether the result of a rate that is a part of a whole is above 100 %."""
    actual, name = indicator.actual, _bare_name(indicator.row)
    above = actual.unit == "%" and actual.value is not None and actual.value > 100 and not actual.doubt
    return above and _NEVER_ABOVE.search(name) is not None and not _GROSS.search(name)


def _impossible(score: Score, indicator: IndicatorScore) -> Found:
    row = indicator.row
    return Found(
        cells=places(row.actual, row.name),
        record=score.code,
        message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，{quoted(row.name.text, 20)}"
        f"是比率，不会超过 100%。",
        found=row.actual.text,
        expected="不超过 100%",
        fix="请核对完成值；量的不是比率的，改正指标名称或单位。",
        effect="暂按所写的完成值计分。" if indicator.score is not None else "",
        severity=Severity.WARNING,
    )


def _bare_name(row: Indicator) -> str:
    return _BRACKETS.sub("", fold_value(row.name.value or "")).rstrip("%")


def _is_whole_rate(indicator: IndicatorScore) -> bool:
    row, target = indicator.row, indicator.target
    name = _bare_name(row)
    if target.unit != "%" or target.suspect or not _WHOLE.search(name) or _MAY_EXCEED.search(name):
        return False
    return _asks_all(target) and (target.value != 100 or _is_written(row, target))


def _asks_all(target: Target) -> bool:
    return target.value is not None and target.value >= 100 and target.op in (">=", ">", "=")


def _is_written(row: Indicator, target: Target) -> bool:
    """Whether ``≥`` or words for it stand there; 达到100% and a bare 100% are as good as ``=``."""
    return bool(_MORE.search(fold_value(row.nature.text)) or _MORE.search(fold_value(target.text)))


def _rates(rows: list[Indicator], why: str, fix: str, severity: Severity | None) -> Found:
    anchors = places(*(target_entry(row) for row in rows))
    texts = "、".join(dict.fromkeys(quoted(target_entry(row).text) for row in rows[:3]))
    names = "、".join(dict.fromkeys(quoted(row.name.text, 20) for row in rows[:3]))
    return Found(
        cells=anchors,
        message=f"{cells(anchors)}（{'、'.join(dict.fromkeys(map(target_heading, rows)))}）写的是{texts}，{names}"
        f"{'等' if len(rows) > 3 else ''}是比率，{why}。",
        found="、".join(dict.fromkeys(target_entry(row).text for row in rows)),
        expected="=100%",
        fix=fix,
        effect="不影响得分。" if severity is None else "暂按所写的指标值计分。",
        severity=severity,
    )
