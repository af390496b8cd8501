"""The payments that count: what was not paid is nothing, what takes a payment back is less, what nobody can tell is held.

The rows are those of the whole file, each with its unit and its project: a payment is taken back months later, on
another sheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..approved import PAID, Fault
from ..rules.words import listed, quoted
from .payment import Payment, State, Turn
from .sheets import Row

_Key = tuple[str, str, Decimal]


class Settled:
    """The rows of the payments, each with the amount that counts, and what is to be said of them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.left: list[tuple[Row, str]] = []
        self.unknown: list[str] = []
        self.unclear: list[str] = []
        self.back: list[str] = []
        self.open = Counter(_key(row) for row, said in _told(rows) if _stands(row, said))
        """How many payments of an amount are there to be taken back, by unit, project and amount."""
        self.returned = Counter(_key(row) for row, said in _told(rows) if _came_back(row, said))
        for row, said in _told(rows):
            if said.state is State.PAID and _amount(row) < 0:
                self._takes(self.open, row)
        self.rows = [row if row.payment is None else self._settled(row, row.payment) for row in rows]

    def _settled(self, row: Row, said: Payment) -> Row:
        amount = _amount(row)
        if said.state is State.RETURNED and amount < 0:
            return self._came_back(row, said)
        if said.state in (State.UNPAID, State.RETURNED):
            return self._nothing(row, said)
        if said.state is State.UNKNOWN:
            self.unknown.append(f"{row.where}{quoted(said.status)}")
            return replace(row, unread=True)
        if amount <= 0 or said.turn in (Turn.NONE, Turn.RED):
            return row
        if said.turn is Turn.STRONG and self._takes(self.open, row):
            return replace(row, executed=-amount)
        self.unclear.append(f"{row.where}{quoted(said.text, 20)}")
        return replace(row, unread=True)

    def _came_back(self, row: Row, said: Payment) -> Row:
        """A negative row that came back: it takes back a payment that counts, or one that does not count itself."""
        if self._takes(self.open, row):
            return row
        if self._takes(self.returned, row):
            return self._nothing(row, said)
        self.back.append(f"{row.where}{quoted(said.status)}")
        return replace(row, unread=True)

    def _nothing(self, row: Row, said: Payment) -> Row:
        self.left.append((row, said.status))
        return replace(row, executed=Decimal(0), unread=False)

    def _takes(self, among: Counter[_Key], row: Row) -> bool:
        """Take a payment of the row's amount, where one is left."""
        key = _key(row)
        among[key] -= 1
        return among[key] >= 0

    def faults(self) -> Iterator[Fault]:
        """What was left out, and what was held."""
        if self.left:
            counted = Counter(status for _, status in self.left).items()
            statuses = "、".join(f"{quoted(status)} {count} 行" for status, count in counted)
            rows = listed([row.where for row, _ in self.left])
            yield Fault(
                message=f"{PAID}里有 {len(self.left)} 行按状态没有付出，没有计入：{statuses}（{rows}）。",
                fix="请核对这些状态，其中已经付出的改成“支付成功”，再运行一次。",
            )
        for said, what, fix in (
            (self.unknown, "的状态看不出付了没有", "请把这些状态改成“支付成功”或“未支付”，再运行一次。"),
            (
                self.unclear,
                "是正数，摘要、用途却像冲销或退回，分不出该加还是该减",
                "请加一栏“冲销标志”，要减的行写“是”，要加的写“否”，再运行一次。",
            ),
            (
                self.back,
                "是负数，状态却是退回，找不到它冲减的那一笔",
                "请核对这些行，要减的把状态改成“支付成功”，再运行一次。",
            ),
        ):
            if said:
                yield Fault(message=f"{PAID}里有 {len(said)} 行{what}：{listed(said)}；这些项目没有核对。", fix=fix)


def _told(rows: Sequence[Row]) -> Iterator[tuple[Row, Payment]]:
    """The rows that have an amount."""
    return ((row, row.payment) for row in rows if row.payment is not None and row.executed)


def _stands(row: Row, said: Payment) -> bool:
    """Whether a row is a payment as it stands, which another may take back."""
    return _amount(row) > 0 and said.state is State.PAID and said.turn is Turn.NONE


def _came_back(row: Row, said: Payment) -> bool:
    return _amount(row) > 0 and said.state is State.RETURNED


def _key(row: Row) -> _Key:
    return row.unit, row.project, abs(_amount(row))


def _amount(row: Row) -> Decimal:
    return row.executed or Decimal(0)
