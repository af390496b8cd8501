"""I509: ratios of 部门整体 whose results contradict the form's own figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..form import BUDGET_LINES, DEPARTMENT, Budget, BudgetLine, Indicator, Unit
from ..formula import quantize
from ..model import Figure, IndicatorScore, Severity
from ..spec import Entry, heading, sheet_of
from ..values import decimals_of, fold_value
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .words import at, figure, money, percent, quoted

_LABELS = {line.name: line.label for line in BUDGET_LINES}
_MARKS = re.compile(r"[\W_]+|^(?:本?部门|本?单位|年度|全年|本年)+")
_SPENT = {
    "三公经费控制率": "three_public",
    "公用经费控制率": "office_cost",
    "日常公用经费控制率": "office_cost",
    "政府采购执行率": "procurement",
    "预算执行率": "spending",
    "预算完成率": "spending",
    "支出预算执行率": "spending",
}
"""Ratios of 全年执行数 to the budget of one line."""
_STAFFED = ("在职人员控制率", "人员控制率", "人员编制控制率")
_WRITTEN = re.compile(r"[0-9][0-9,]*(?:\.([0-9]+))?")


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Numerator and denominator, each with its label and its cell."""

    top: tuple[str, Entry[Decimal]]
    bottom: tuple[str, Entry[Decimal]]
    counted: bool

    @property
    def value(self) -> Decimal | None:
        """The ratio as a fraction, None where it cannot be told."""
        top, bottom = self.top[1].value, self.bottom[1].value
        return None if top is None or not bottom else top / bottom


@rule("I509", "整体指标与本表数据不符", Severity.WARNING, Phase.ACROSS, Indicator, Budget)
def department_ratio(case: Case) -> Iterator[Found | Held]:
    """部门整体的在职人员控制率、“三公”经费控制率、公用经费控制率、政府采购执行率、预算执行率，完成值按本表的分子、分母算不出来。

    Why: 这些比率的分子、分母就在本表里，算不出来说明其中有一处填错。
    Fix: 按给出的分子、分母改正完成值，或改正用到的人数、金额；另有口径的在偏差原因里写明。
    Basis: [form] 部门整体支出绩效自评表的共性指标；比率按填报的小数位数比较，预算数用年初或全年的都可以。
    Bad: 在职 6 人、编制 8 人，在职人员控制率填 80%。
    Good: 在职 6 人、编制 8 人，在职人员控制率填 75%。
    """
    for indicator in case.scores.department.indicators:
        ratios = _ratios(case, _MARKS.sub("", fold_value(indicator.row.name.value or "")))
        said = _printed(indicator)
        values = [ratio.value for ratio in ratios]
        if said is None or not ratios or any(value is None for value in values):
            continue
        rate, decimals = said
        if any(value is not None and quantize(value * 100, decimals) == rate for value in values):
            continue
        yield _held(case, ratios) or _found(case, indicator, ratios[-1], rate, max(2, decimals))


def _held(case: Case, ratios: list[Ratio]) -> Held | None:
    """What questions one of the figures, or says that more was spent than budgeted."""
    used = {entry.place for ratio in ratios for entry in (ratio.top[1], ratio.bottom[1])}
    asked = [code for place, code in case.questioned.items() if place in used]
    over = (i for i in case.identities if i.code == "M106" and i.left.place in used and (i.difference or 0) > 0)
    asked += [identity.code for identity in over]
    return Held(by=asked[0]) if asked else None


def _ratios(case: Case, name: str) -> list[Ratio]:
    """What a name may stand for, with the full-year budget last; empty for a name that is none of them."""
    unit, budget = case.submission.unit, case.submission.budget
    if name in _STAFFED:
        posts, staff = (heading(Unit, "posts"), unit.posts), (heading(Unit, "staff"), unit.staff)
        return [Ratio(top=staff, bottom=posts, counted=True)]
    if name not in _SPENT:
        return []
    line: BudgetLine = getattr(budget, _SPENT[name])
    label = _LABELS[_SPENT[name]]
    spent = f"{label}{heading(BudgetLine, 'executed')}", line.executed
    planned = [
        (f"{label}{heading(BudgetLine, amount)}", getattr(line, amount))
        for amount in ("initial", "budget")
        if getattr(line, amount).value
    ]
    return [Ratio(top=spent, bottom=one, counted=False) for one in planned]


def _printed(indicator: IndicatorScore) -> tuple[Decimal, int] | None:
    """A result that is a percentage, with the decimals it is written with."""
    value, written = indicator.actual.value, _WRITTEN.search(fold_value(indicator.actual.text))
    if value is None or indicator.actual.unit != "%" or written is None or indicator.actual.copied_operator:
        return None
    decimals = max(len(written[1] or ""), decimals_of(value))
    return value, decimals


def _found(case: Case, indicator: IndicatorScore, ratio: Ratio, rate: Decimal, decimals: int) -> Found:
    row, right = indicator.row, ratio.value or Decimal(0)
    top, bottom = (_said(case, label, entry, ratio.counted) for label, entry in (ratio.top, ratio.bottom))
    gap = rate / 100 - quantize(right, decimals + 2)
    apart = percent(abs(gap), decimals).removesuffix("%")
    return Found(
        cells=places(row.actual, ratio.top[1], ratio.bottom[1]),
        record=DEPARTMENT,
        message=f"{at(row.actual, heading(Indicator, 'actual'))}写的是{quoted(row.actual.text)}，{row.name.text}"
        f"按 {top} ÷ {bottom} 应为 {percent(right, decimals)}，{'高' if gap > 0 else '低'} {apart} 个百分点。",
        found=Figure(value=rate / 100, unit="%"),
        expected=Figure(value=quantize(right, decimals + 2), unit="%"),
        difference=Figure(value=gap, unit="%"),
        fix=f"请按分子、分母改正完成值，或改正{sheet_of(Unit if ratio.counted else Budget).title}里的数；另有口径的，在"
        f"{heading(Indicator, 'reason')}栏写明。",
        effect="暂按所写的完成值计分。",
    )


def _said(case: Case, label: str, entry: Entry[Decimal], counted: bool) -> str:
    value = entry.value or Decimal(0)
    return f"{label} {figure(value, 0)} 人" if counted else f"{label} {money(value, case.submission)}"
