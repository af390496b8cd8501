"""A policy as people read it: its points, its rules in words, its source."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from .execution import execution_rule
from .form import Department, Indicator, Project, Standard, Unit
from .formula import plain
from .model import Severity
from .policy import EXECUTION, Policy
from .spec import heading

GAP = 2
"""Blanks between columns."""

CERTAINTY = "（[law] 国家规定　[form] 公开的自评表　[system] 一体化系统　[practice] 复核做法　[lead] 有线索，未核实）"

_OVER = {
    "linear": "分值 × (1 − 超出部分 ÷ 指标值)，超出一倍及以上得 0 分",
    "ratio": "分值 × 指标值 ÷ 完成值",
}
_EQUAL = {
    "system": "达到或超过指标值得满分，未达到的 分值 × 完成值 ÷ 指标值",
    "exact": "恰好等于指标值得满分，未达到的 分值 × 完成值 ÷ 指标值，超过的按“≤”计分，不得满分",
}
_ZERO = {"none": "完成值不大于 0 得满分，大于 0 得 0 分", "manual": "完成值不大于 0 得满分，大于 0 由人工评定"}
_COST = {
    "reverse": "未达到的 分值 × 完成值 ÷ 指标值，超出的按“≤”计分，不得满分",
    "equal": "与其他“＝”相同",
}
_BETWEEN = {
    "proportional": "区间以内得满分，低于下限的 分值 × 完成值 ÷ 下限，高于上限的按“≤”计分",
    "none": "区间以内得满分，以外得 0 分",
}
_LATE = {"manual": "按时得满分，晚于期限的不计分，由单位自评并写明原因"}
_NEGATIVE = {
    "zero": "按 0 计；增长率、变动率、降幅照原数比较",
    "manual": "由人工评定；增长率、变动率、降幅照原数比较",
}
_MISSING = {
    "keep": "用工作簿自己的分值，合计为 100 即可",
    "move": "它的分值应加在效益指标上",
    "rescale": "其余分值的得分 × 100 ÷ 分值合计，保留两位小数",
    "refuse": "照常计分，不定等级",
}


def describe(policy: Policy) -> str:
    """The whole policy, for a terminal or a file."""
    parts = (
        ("分值（合计 100）", _weights(policy)),
        ("没有满意度指标时", [_MISSING[policy.satisfaction]]),
        ("定量指标怎样计分", _rules(policy)),
        ("定性指标的档次", _tiers(policy)),
        ("等级（按保留两位小数的得分，不再进位）", _grades(policy)),
        ("提示和预警（都不改变得分）", _warnings(policy)),
        ("跨单位比较（都不改变得分）", _peers(policy)),
        ("检查规则", _checks(policy)),
    )
    head = [f"{policy.name}　{policy.title}", f"来源：{policy.source}", CERTAINTY]
    return "\n".join([*head, *(line for title, lines in parts for line in ("", title, *(f"  {x}" for x in lines)))])


def _weights(policy: Policy) -> list[str]:
    rows = [(level, plain(points), _second(policy, level)) for level, points in policy.weights.items()]
    if policy.free:
        rows.append(("其余", plain(100 - policy.execution_weight), "由单位在各指标间自行分配"))
    lines = _table(rows)
    lines += [f"{level}没有自己的分值，算在{whole}内" for level, whole in policy.within.items()]
    return lines


def _second(policy: Policy, level: str) -> str:
    if level == EXECUTION:
        return "工作簿没有填时用这个分值；填 0 表示没有执行率一行"
    usual = policy.second.get(level, {})
    return f"参考：{'、'.join(f'{name} {plain(points)}' for name, points in usual.items())}" if usual else ""


def _rules(policy: Policy) -> list[str]:
    about = percent(policy.about)
    return _table(
        [
            (EXECUTION, execution_rule(policy)),
            ("≥ ＞", "达到指标值得满分，未达到的 分值 × 完成值 ÷ 指标值"),
            ("≤ ＜", f"不超过指标值得满分，超出的 {_OVER[policy.reverse]}"),
            ("＝", _EQUAL[policy.equal]),
            ("指标值 0", _ZERO[policy.zero]),
            ("成本标准", f"如 200元/人：{_COST[policy.cost]}"),
            ("区间", _BETWEEN[policy.between]),
            ("约", f"上下各 {about} 以内得满分，以外不计分、由人工评定"),
            ("日期", _LATE[policy.late]),
            ("负数", _NEGATIVE[policy.negative]),
        ]
    )


def _tiers(policy: Policy) -> list[str]:
    rows = []
    for tier in policy.tiers:
        top = "" if tier.high == 1 else "（不含）"
        also = f"也认：{'、'.join(tier.words)}" if tier.words else ""
        rows.append((tier.name, f"{percent(tier.low)} 至 {percent(tier.high)}{top}", also))
    return _table(rows)


def _grades(policy: Policy) -> list[str]:
    steps = [(grade.name, f"{plain(grade.low)} 分及以上") for grade in policy.grades[:-1]]
    return _table([*steps, (policy.grades[-1].name, f"{plain(policy.grades[-2].low)} 分以下")])


def _warnings(policy: Policy) -> list[str]:
    over, limits = policy.over, policy.limits
    executed, budget, note = (heading(Project, name) for name in ("executed", "budget", "note"))
    return _table(
        [
            (
                "超额完成",
                f"完成值达到指标值的 {percent(over.flag)} 为警告，写明原因的只提示；达到 {percent(over.explain)} 须写原因，没有写的另行列出；"
                f"指标值为 {plain(over.small)} 以内个数的只作提示",
            ),
            (
                "红色预警",
                f"(指标得分率 − 执行率得分率) ÷ 指标得分率 大于 {percent(limits.red)}；没有写{note}的为{Severity.ERROR.value}",
            ),
            ("黄色预警", f"({budget} − {executed}) ÷ {budget} 大于 {percent(limits.yellow)}"),
            (
                "执行偏慢",
                f"执行率低于 {percent(limits.slow)} 的要写原因；低于 {percent(limits.idle)} 的，产出不应全是满分",
            ),
            ("分值过重", f"一个指标占 {plain(limits.heavy)} 分及以上"),
            ("文字过长", f"一个单元格超过 {limits.text} 字"),
        ]
    )


def _peers(policy: Policy) -> list[str]:
    peers = policy.peers
    return _table(
        [
            ("指标表相同", f"不同单位的项目，至少 {peers.indicators} 个指标连同{heading(Indicator, 'actual')}逐字相同"),
            (
                "单价偏离",
                f"至少 {peers.units} 个单位有同一项{heading(Standard, 'content')}，单价偏离中位数超过 {percent(peers.share)}，"
                f"并且超过中位差的 {plain(peers.spread)} 倍",
            ),
            (
                "全部满分",
                f"一个{heading(Unit, 'department')}至少 {peers.full} 个单位，{heading(Department, 'claimed')}全是 100 分",
            ),
        ]
    )


def _checks(policy: Policy) -> list[str]:
    rows = []
    for code, setting in sorted(policy.checks.items()):
        what = "停用" if setting.severity is None else f"改为{setting.severity.value}"
        rows.append((code, what, setting.reason))
    return _table(rows) if rows else ["全部规则照常执行"]


def percent(fraction: Decimal) -> str:
    """A fraction as a percentage."""
    return f"{plain(fraction * 100)}%"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns aligned as a terminal shows them, where a Chinese character is two wide."""
    widths = [max(map(_width, column)) + GAP for column in zip(*rows, strict=True)]
    return ["".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for text, width in zip(row, widths, strict=True):
        yield text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
