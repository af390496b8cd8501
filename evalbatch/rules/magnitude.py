"""M203: the whole form filled in the other unit of money, so that every total still adds up.

Two things tell: what a person on the staff costs a year, and costings, whose prices are always in 元.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import BUDGET_LINES, WAN, YUAN, Budget, BudgetLine, Project, Standard, Unit
from ..formula import quantize
from ..model import Figure, Identity, Severity
from ..spec import Entry, heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .slips import ABSURD, TIMES, USUAL
from .words import at, figure, money

_STAFF_COST = next(line.label for line in BUDGET_LINES if line.name == "staff_cost")


@rule("M203", "金额单位可能选错", Severity.WARNING, Phase.PLAUSIBLE, Unit, Budget)
def wrong_unit(case: Case) -> Iterator[Found | Held]:
    """全表金额相互对得上，但与单位信息的金额单位合在一起不合常理：人均人员经费每年不到 2 千元或超过 5 百万元，
    或者按元列的支出标准与项目预算处处相差一万倍左右。

    Why: 单位选错时，合计、执行率都照样成立，谁也看不出来，汇总到财政局却差一万倍。
    Fix: 核对单位信息的金额单位；选错的改过来，没有选错的核对人员经费和在职人数。
    Basis: [practice] 汇总时发现的整表单位错误；人均数和倍数的界限为本系统所定。
    Bad: 金额单位选“元”，人员经费填 125.88，在职 6 人：人均 20.98 元。
    Good: 金额单位选“万元”，人员经费填 125.88，在职 6 人：人均约 21 万元。
    """
    if any(slip.sheets for slip in case.slips):
        yield Held(by="M202")
        return
    chosen = case.submission.unit.money
    heads, costed = _heads(case), costed_otherwise(case)
    if heads is None and not costed:
        return
    if chosen.value is None:
        yield Held(by="F404" if chosen.trouble else "F301")
    elif heads is not None:
        yield _by_heads(case, *heads)
    else:
        yield _by_costing(case, costed)


def wrong_unit_explains(case: Case, identity: Identity) -> bool:
    """Whether a costing that is off from a project's budget is what M203 goes by."""
    return identity in costed_otherwise(case) and case.submission.unit.money.value is not None


def shown_otherwise(case: Case) -> bool:
    """Whether all amounts are probably in the other unit than the form says."""
    return case.submission.unit.money.value is not None and (_heads(case) is not None or bool(costed_otherwise(case)))


def _heads(case: Case) -> tuple[Entry[Decimal], Decimal] | None:
    """An amount of 人员经费 with what it comes to a head, where that is only usual in the other unit."""
    found = [(entry, each) for entry, each in _each(case) if _other_way(case, each)]
    return found[0] if found and len(found) == len(list(_each(case))) else None


def _each(case: Case) -> Iterator[tuple[Entry[Decimal], Decimal]]:
    line, staff = case.submission.budget.staff_cost, case.submission.unit.staff.value
    for entry in (line.executed, line.budget):
        if staff and staff > 0 and entry.value and entry.value > 0 and entry.place not in case.questioned:
            yield entry, entry.value / staff


def _other_way(case: Case, each: Decimal) -> bool:
    """Whether an amount is absurd as it stands and usual in the other unit."""
    in_yuan = case.submission.money_unit == YUAN
    other = each * TIMES if in_yuan else each / TIMES
    absurd = each < ABSURD[0] if in_yuan else each > ABSURD[1]
    return absurd and USUAL[0] <= other <= USUAL[1]


def costed_otherwise(case: Case) -> tuple[Identity, ...]:
    """The costings that are about 10,000 times off their projects' budgets, where all are, and the same way.

    None where the staff's cost is usual as it stands: then it is the prices that are in the wrong unit.
    """
    costings = [i for i in case.identities if i.code == "M108" and i.left.value and i.right and not case.held(i)]
    if not costings or (list(_each(case)) and _heads(case) is None):
        return ()
    larger = case.submission.money_unit == YUAN
    ratios = [(i.right or Decimal(0)) / (i.left.value or Decimal(1)) for i in costings]
    off = [TIMES / 2 <= (ratio if larger else 1 / ratio) <= TIMES * 2 for ratio in ratios]
    return tuple(costings) if all(off) else ()


def _by_heads(case: Case, entry: Entry[Decimal], each: Decimal) -> Found:
    unit, staff = case.submission.unit, case.submission.unit.staff
    line = case.submission.budget.staff_cost
    amount = heading(BudgetLine, "executed" if entry is line.executed else "budget")
    other = _other(case)
    return Found(
        cells=places(unit.money, entry, staff),
        message=f"{at(unit.money, heading(Unit, 'money'))}选的是“{unit.money.value}”，{at(entry, f'{_STAFF_COST}，{amount}')}"
        f"为 {money(entry.value or Decimal(0), case.submission)}，{heading(Unit, 'staff')} {figure(staff.value or Decimal(0), 0)} "
        f"人，人均每年 {figure(quantize(each, 2))} 元，不合常理。",
        found=f"人均每年 {figure(quantize(each, 2))} 元",
        expected=f"{heading(Unit, 'money')}选“{other}”，或人均每年 {figure(ABSURD[0], 0)} 元至 {figure(ABSURD[1], 0)} 元",
        fix=f"请核对金额单位，全表按{other}填写的改选“{other}”；没有选错的，核对{_STAFF_COST}和在职人数。",
        effect="不影响得分，但汇总的金额差一万倍。",
    )


def _by_costing(case: Case, costed: tuple[Identity, ...]) -> Found:
    unit, first = case.submission.unit, costed[0]
    budget = (first.left.value or Decimal(0)) * case.submission.scale
    cost = (first.right or Decimal(0)) * case.submission.scale
    other = _other(case)
    rest = f"，另外 {len(costed) - 1} 个项目也是这样" if len(costed) > 1 else ""
    return Found(
        cells=(*places(unit.money), *(place for i in costed for place in i.places)),
        message=f"{at(unit.money, heading(Unit, 'money'))}选的是“{unit.money.value}”，{first.left.place}"
        f"（{heading(Project, 'budget')}）为 {money(budget, case.submission)}，按支出标准测算却是 {figure(cost)} 元，"
        f"相差约一万倍{rest}。",
        found=Figure.yuan(budget),
        expected=Figure.yuan(cost),
        fix=f"请核对金额单位，全表按{other}填写的改选“{other}”；没有选错的，核对{heading(Standard, 'price')}和预算数。",
        effect="不影响得分，但汇总的金额差一万倍。",
    )


def _other(case: Case) -> str:
    return WAN if case.submission.money_unit == YUAN else YUAN
