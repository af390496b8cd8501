"""M202: single amounts, sources, rows or a whole sheet in another unit of money than the rest of the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..form import WAN, YUAN, Budget, Project
from ..model import Figure, Identity, Part, Severity
from ..spec import Place, heading, sheet_of
from .case import Case, Held
from .catalogue import Found, Phase, merged, rule
from .slips import Slip
from .words import LISTED, cells, figure, listed


@rule("M202", "元与万元混填", Severity.ERROR, Phase.TABLE)
def mixed_units(case: Case) -> Iterator[Found | Held]:
    """某个金额、某个合计的几个分项、某个项目的各项金额、整栏执行数，或者整张收支预决算、项目资金比其他金额大（或小）一万倍，换算后核对关系就成立。

    Why: 在万元表里按元填写（或相反），会把合计、执行率和所有比例都带错。
    Fix: 按单位信息中选定的金额单位改写这个数；整行、整张表填错单位的，全部改写。
    Basis: [practice] 复核中最常见的录入错误之一。
    Bad: 金额单位选万元，50.00 万元的项目全年预算数填成 500000。
    Good: 全年预算数填 50.00。
    """
    yield from merged(_found(slip, case) for slip in case.slips)


def _found(slip: Slip, case: Case) -> Found:
    if slip.column:
        return _column(slip, case)
    if slip.sheets:
        return _sheet(slip, case)
    return _rows(slip, case) if slip.projects else _cells(slip, case)


def _cells(slip: Slip, case: Case) -> Found:
    """Cells of one sum: a single one, or several of one column or more."""
    unit, identity = case.submission.money_unit, slip.identities[0]
    shown = [(part, i.scope) for i in slip.identities for part in (i.left, *i.parts) if part.place in slip.cells]
    first, scope = shown[0]
    value = first.value or Decimal(0)
    labels = "、".join(dict.fromkeys(part.label for part, _ in shown))
    example = "，".join(dict.fromkeys((first.label, scope)))
    usual = (slip.factor < 1) == (unit == WAN)  # else it is all others that may be in the other unit
    off = f"像是按{_other(unit)}填的" if usual else "与相关的数相差一万倍"
    state = (
        f"{cells(slip.cells)}（{example}）为 {figure(value)} {unit}，{off}"
        if len(shown) == 1
        else f"{cells(slip.cells)}（{labels}）{off}，如 {first.place}（{example}）为 {figure(value)} {unit}"
    )
    return Found(
        cells=slip.cells,
        record=identity.record,
        message=f"{state}：{_converted(slip)}后“{identity.name}”成立。",
        found=_yuan(case, value),
        expected=_yuan(case, value * slip.factor),
        difference=_yuan(case, value * (1 - slip.factor)),
        fix=f"请按{unit}改写，{_rewritten([part for part, _ in shown], slip)}。"
        if usual
        else f"请核对这个数的单位，全表统一按{unit}填写；如果是单位信息的金额单位选错了，改那里。",
        effect="用到这个数的合计和执行率都不可靠。",
    )


def _rewritten(shown: Sequence[Part], slip: Slip) -> str:
    """``K6 改为 52.00、L6 改为 50.00``: a first few, and how to come to the others."""
    told = "、".join(
        f"{part.place.ref} 改为 {figure(part.value * slip.factor)}"
        for part in shown[:LISTED]
        if part.place is not None and part.value is not None
    )
    return f"{told}，其余同样{_converted(slip).strip()}" if len(shown) > LISTED else told


def _rows(slip: Slip, case: Case) -> Found:
    total, unit = slip.identities[0], case.submission.money_unit
    one = slip.projects[0]
    part = next(p for p in total.parts if p.place in slip.cells)
    value = part.value or Decimal(0)
    whose = listed([project.code.text or project.name.text for project in slip.projects])
    named = f"项目 {one.code.text} {one.name.text}".strip() if len(slip.projects) == 1 else f"项目 {whose} "
    return Found(
        cells=slip.cells,
        record=one.code.value if len(slip.projects) == 1 else None,
        message=f"{cells(slip.cells)}（{named}的金额）像是按{_other(unit)}填的，如 {part.place}（{total.scope}）为 "
        f"{figure(value)} {unit}：{_converted(slip)}后，{_adds_up(total)}。",
        found=_yuan(case, value),
        expected=_yuan(case, value * slip.factor),
        difference=_yuan(case, value * (1 - slip.factor)),
        fix=f"请把项目 {whose} 的金额（包括资金来源）全部改为{unit}。",
        effect="合计和汇总的金额差一万倍，用到这些数的核对等它改正后再查。",
    )


def _column(slip: Slip, case: Case) -> Found:
    """What was spent, a whole column of one sheet or two."""
    unit, worst = case.submission.money_unit, slip.identities[0]
    value, budget = worst.left.value or Decimal(0), worst.right or Decimal(0)
    titles = "和".join(sheet_of(sheet).title for sheet in slip.sheets)
    sources = "（包括资金来源）" if Project in slip.sheets else ""
    return Found(
        cells=slip.cells,
        message=f"{cells(slip.cells)}（{worst.scope}）像是整栏按{_other(unit)}填的，如 {worst.left.place}（{worst.left.label}）"
        f"为 {figure(value)} {unit}，{heading(Project, 'budget')}只有 {figure(budget)} {unit}：{_converted(slip)}后，"
        "各行都与预算数相称。",
        found=_yuan(case, value),
        expected=_yuan(case, value * slip.factor),
        difference=_yuan(case, value * (1 - slip.factor)),
        fix=f"请把{titles}的{worst.scope}{sources}全部改为{unit}，即除以 10000。",
        effect="合计和执行率都不可靠，用到这些数的核对等它改正后再查。",
    )


def _sheet(slip: Slip, case: Case) -> Found:
    total, unit = slip.identities[0], case.submission.money_unit
    left, right = total.left.value or Decimal(0), total.right or Decimal(0)
    budget, projects = sheet_of(Budget).title, sheet_of(Project).title
    wrong, told = sheet_of(slip.sheets[0]).title, len(slip.sheets) == 1
    found, expected = (right, left) if told and slip.sheets[0] is Project else (left, right)
    state = (
        f"{wrong}像是按{_other(unit)}填的，{_converted(slip)}后，{_adds_up(total)}"
        if told
        else "其中一张填错了金额单位"
    )
    return Found(
        cells=_both_sides(slip),
        message=f"{total.left.place}（{total.left.label}，{total.scope}）为 {figure(left)} {unit}，{projects}各项目之和为 "
        f"{figure(right)} {unit}，{budget}与{projects}两张表相差一万倍；{state}。",
        found=_yuan(case, found),
        expected=_yuan(case, expected),
        difference=_yuan(case, found - expected),
        fix=f"请把{wrong}的金额全部改为{unit}。"
        if told
        else f"请核对两张表的金额单位，把{budget}和{projects}统一改为单位信息选定的单位。",
        effect="执行率不变，但项目与部门整体的金额对不上，汇总的金额差一万倍。",
    )


def _both_sides(slip: Slip) -> tuple[Place, ...]:
    """The cells of the totals, those of the sheet in the wrong unit first."""
    filled = (p for i in slip.identities for p in (i.left, *i.parts) if p.value)
    places = dict.fromkeys(p.place for p in filled if p.place is not None)
    wrong = set(slip.cells)
    return tuple(sorted(places, key=lambda place: place not in wrong))


def _yuan(case: Case, value: Decimal) -> Figure:
    return Figure.yuan(value * case.submission.scale)


def _other(unit: str) -> str:
    return YUAN if unit == WAN else WAN


def _converted(slip: Slip) -> str:
    return "除以 10000 " if slip.factor < 1 else "乘以 10000 "


def _adds_up(total: Identity) -> str:
    return f"{total.left.label}与各项目之和相符"
