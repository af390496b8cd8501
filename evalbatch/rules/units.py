"""Form rule F211: a heading states another unit of money than the form."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import YUAN, Standard, Unit
from ..model import Departure, Drift, Severity
from ..spec import Place, heading, sheet_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .words import at, cells, listed


@rule("F211", "标题的单位与金额单位不一致", Severity.ERROR, Phase.SHEET)
def other_unit(case: Case) -> Iterator[Found | Held]:
    """栏目标题或表头写的金额单位，与单位信息选定的金额单位不一致。

    Why: 是标题写错了，还是这一栏确实按另一单位填，从表上看不出来；读错单位，数就差一万倍，所以系统不读。
    Fix: 先看这一栏的数按哪个单位填的：单位填对了就改标题，单位填错了就改数。
    Basis: [form] 全表金额统一用单位信息选定的金额单位，支出标准一律按元；[practice] 从按元的报表粘贴整栏，连标题一起粘了过来。
    Bad: 金额单位选了万元，“全年预算数”的标题写成“全年预算数（元）”。
    Good: 标题是“全年预算数”或“全年预算数（万元）”，数按万元填。
    """
    found = [d for d in case.submission.departures if d.drift is Drift.OTHER_UNIT]
    groups: dict[tuple[str, str], list[Departure]] = {}
    for departure in found:
        groups.setdefault((departure.place.sheet, departure.near or ""), []).append(departure)
    for (sheet, stated), there in groups.items():
        yield _found(case, sheet, stated, there)


def _found(case: Case, sheet: str, stated: str, there: list[Departure]) -> Found:
    stated_at = tuple(dict.fromkeys(departure.place for departure in there))
    names = listed(list(dict.fromkeys(departure.name for departure in there)))
    wanted, said, asked = _wanted(case, sheet)
    return Found(
        cells=(*stated_at, *asked),
        message=f"{cells(stated_at)} 写的单位是“{stated}”，{said}，不知道该按哪一个，{names}没有读取。",
        found=stated,
        expected=wanted,
        fix=f"请核对这些数按哪个单位填的：按{wanted}填的，把“{stated}”改成“{wanted}”；按{stated}填的，连数一起改。",
        effect="这些栏目按没有填处理，有关的核对或计分无法进行。",
        alike=True,
    )


def _wanted(case: Case, sheet: str) -> tuple[str, str, tuple[Place, ...]]:
    """The unit that a sheet's amounts are typed in, who says so in words, and the cell that does."""
    if sheet == sheet_of(Standard).title:
        return YUAN, f"{sheet}一律按“{YUAN}”填写", ()
    money, unit = case.submission.unit.money, case.submission.money_unit
    says = f"是“{unit}”" if money.value else f"没有选定，按“{unit}”处理"
    return unit, f"{at(money, heading(Unit, 'money'))}{says}", places(money)
