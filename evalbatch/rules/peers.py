"""Peers B202, B3xx: units that are unlike the others, or more like them than is likely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from ..form import Department, Standard, Unit
from ..formula import plain
from ..model import Severity
from ..policy import FULL_MARKS, Peers
from ..spec import heading
from .across import Batch, Form, Price
from .catalogue import FoundAcross, crossing
from .words import figure, listed, percent, quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class Market:
    """What units pay for one thing, in 元: the median of theirs, the median distance from it, how many they are."""

    middle: Decimal
    distance: Decimal
    units: int

    def is_far(self, price: Decimal, peers: Peers) -> bool:
        """Whether a price is out of line by both measures."""
        off = abs(price - self.middle)
        return off > peers.share * self.middle and off > peers.spread * self.distance


def market(prices: Sequence[Price]) -> Market:
    """The market for one thing; a unit with several prices counts once, with the median of them."""
    own: dict[str, list[Decimal]] = {}
    for one in prices:
        own.setdefault(one.form.unit, []).append(one.price)
    paid = [median(several) for several in own.values()]
    middle = median(paid)
    return Market(middle=middle, distance=median(abs(price - middle) for price in paid), units=len(paid))


@crossing("B202", "同一标准的单价偏离同行", Severity.WARNING)
def odd_price(batch: Batch) -> Iterator[FoundAcross]:
    """支出标准里测算内容相同，单价却远离各单位的中位数：偏离的比例和中位差的倍数都超过评分政策规定的限度。

    Why: 同样的东西价格应当相近；偏离很多的，要么多写少写了一位或写错单位，要么测算偏高。
    Fix: 核对单价和它的单位；档次、内容确实不同的，在测算内容里写清楚。
    Basis: [lead] 按中位数和中位差（各单位与中位数之差的中位数）判断，不受个别错数影响；限度由评分政策规定。
    Bad: 5 个单位的“误餐补助”标准是 40、40、45、50 和 400 元，中位数 45 元，中位差 5 元，400 元偏离 788.89%。
    Good: 第 5 个单位改正为 40 元；或测算内容写成“误餐补助（按全年每人计）”。
    """
    for prices in batch.prices:
        usual = market(prices)
        odd = [one for one in prices if usual.middle > 0 and usual.is_far(one.price, batch.policy.peers)]
        if odd:
            yield _odd(odd, usual, batch.policy.peers)


def _odd(odd: Sequence[Price], usual: Market, peers: Peers) -> FoundAcross:
    own: dict[Form, list[Price]] = {}
    for one in odd:
        own.setdefault(one.form, []).append(one)
    said = [_own(form, prices, usual) for form, prices in own.items()]
    return FoundAcross(
        members=tuple(form.member(*(one.cell for one in prices)) for form, prices in own.items()),
        message=f"{listed(said)}。{quoted(odd[0].content)}有 {usual.units} 个单位填了{heading(Standard, 'price')}，"
        f"中位数 {figure(usual.middle)} 元，中位差 {figure(usual.distance)} 元；"
        f"以上偏离超过 {percent(peers.share)}，也超过中位差的 {plain(peers.spread)} 倍。",
        fix=f"请核对单价和它的单位，内容确实不同的，在{heading(Standard, 'content')}里写清楚。",
    )


def _own(form: Form, prices: Sequence[Price], usual: Market) -> str:
    """A unit's odd prices, with their cells: ``某局（1.xlsx）支出标准!C6 为 400.00 元（高 788.89%）``."""
    by_price: dict[Decimal, list[str]] = {}
    for one in prices:
        by_price.setdefault(one.price, []).append(one.cell)
    said = [
        f"{listed(cells)} 为 {figure(price)} 元（{'高' if price > usual.middle else '低'} {_share(price, usual)}）"
        for price, cells in by_price.items()
    ]
    return f"{form.whose} {listed(said)}"


def _share(price: Decimal, usual: Market) -> str:
    return percent(abs(price - usual.middle) / usual.middle, 2)


@crossing("B301", "所属单位全部满分", Severity.WARNING)
def all_full(batch: Batch) -> Iterator[FoundAcross]:
    """一个主管部门所属的单位，同一年度的自评总分全是 100 分；至少几个单位由评分政策规定。

    Why: 单位多了还没有一分偏差很少见，说明主管部门没有复核，容易被看作流于形式。
    Fix: 主管部门逐个复核所属单位的自评表，有不足的照实扣分并写明原因。
    Basis: [practice] 自评全部满分的列为重点抽查对象。
    Bad: 某局所属 6 个单位的自评总分都是 100 分。
    Good: 复核后 4 个单位有扣分，写明了未完成的指标和原因。
    """
    claimed = heading(Department, "claimed")
    for forms in batch.departments:
        if all(form.claimed == FULL_MARKS for form in forms):
            yield FoundAcross(
                members=tuple(form.member() for form in forms),
                message=f"{heading(Unit, 'department')}“{forms[0].department}”的 {len({form.unit for form in forms})} 个单位，"
                f"{claimed}全是 {plain(FULL_MARKS)} 分：{listed([form.whose for form in forms])}。",
                fix="请主管部门逐个复核，有不足的照实扣分并写明原因。",
            )
