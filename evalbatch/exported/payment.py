"""What a row of the payments says beside its amount: whether it was paid, whether it takes a payment back, its voucher.

A column of its own that states the kind of row decides where its value is about reversals; a free text only suggests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ..listing import Cells, Head, Names
from ..spec import fold

_NAMES = {
    "flag": "红字标志 红字 是否红字 冲销标志 冲销 是否冲销 退款标志 是否退款 退回标志 是否退回",
    "type": "业务类型 支付类型 凭证类型 交易类型 单据类型 支付业务类型 业务种类",
    "text": "摘要 用途 支付用途 资金用途 支付摘要 用途摘要 摘要说明 附言 用款用途",
    "note": "备注 说明",
    "state": "支付状态 清算状态 交易状态 凭证状态 单据状态 状态",
    "voucher": "支付凭证号 凭证号 支付令号 支付凭证编号 凭证编号 支付令编号 支付凭证号码 凭证号码 支付单号 支付编号"
    " 支付申请号 支付申请编号 单据编号 单据号 交易流水号 支付流水号 流水号",
}
NAMES: Names = {field: tuple(names.split()) for field, names in _NAMES.items()}
"""What the columns are called, by field; of 支付状态 and the like the one listed first goes before others."""
BLANK = "空白"
_STRONG = "红字|红冲|冲红|冲销|冲正|冲回|冲账|冲帐|冲减"
_RETURNED = "退回|退款|退票|退库|退汇|退还|收回|追回|缴回"
_REVERSAL = re.compile(f"{_STRONG}|{_RETURNED}")
_NO_REVERSAL = re.compile(f"[非未不无](?:{_STRONG}|{_RETURNED})|蓝字")
_TAKES_BACK = {"是", "y", "yes", "1", "√", "true", "负", "红", "有"}
_PAYS = {"否", "n", "no", "0", "×", "x", "false", "正", "蓝", "无", "正常"}
_SUGGESTS = re.compile(f"(?P<strong>{_STRONG})|{_RETURNED}|更正|撤销")
_OTHERWISE = re.compile(rf"部分|(?:撤销|作废|冲销|{_RETURNED})失败|[非未不无](?:{_RETURNED})")
_NOT_PAID = re.compile(
    "失败|作废|撤销|撤回|驳回|取消|删除|终止|否决|无效|拒绝|[未不]成功|不通过|草稿|暂存|在途|待|中$"
    "|未(?:支付|付|清算|审|提交|发送|确认|处理|到账|划款|拨付|生效|完成|回单|记账|入账|办结)"
)
_PAID = re.compile(
    "成功|已支付|已付|已支出|已清算|已到账|已拨付|已划款|已划拨|已兑付|已结算|已记账|已入账|已登账|已回单|已办结|已完成"
    "|(?<![不非])正常|生效|有效|(?:支付|付款|清算|划款)完成|^(?:支付|付款|清算|完成|办结)$"
)


class State(Enum):
    """Whether a payment was made: it counts, it does not, it came back, or nobody can tell."""

    PAID = "paid"
    UNPAID = "unpaid"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Turn(Enum):
    """Whether a row takes a payment back: not at all, surely, as a strong word or as a weak one of a text suggests."""

    NONE = "none"
    RED = "red"
    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """What a row says of its payment. ``status`` and ``text`` are what stands there, the text where it suggests a turn."""

    voucher: str
    state: State
    status: str
    turn: Turn
    text: str


class PaymentColumns:
    """The columns of a sheet that say something of its payments.

    Remarks tell of the row where the rows are single payments, not where they are projects.
    """

    def __init__(self, head: Head, below: Sequence[Cells]) -> None:
        def columns(field: str) -> tuple[int, ...]:
            return (head.columns[field], *head.rivals.get(field, ())) if field in head.columns else ()

        self.flags, self.types, self.vouchers = columns("flag"), columns("type"), columns("voucher")
        self.states = [column for column in columns("state") if any(cells[column] for cells in below)]
        self.texts = columns("text")
        if "date" in head.columns or self.vouchers or self.states or self.flags or self.types or self.texts:
            self.texts += columns("note")

    def of(self, cells: Cells) -> Payment:
        """What a row says."""
        state, status = self._state(cells)
        turn, text = self._turn(cells)
        voucher = next((cells[column] for column in self.vouchers if cells[column].strip()), "")
        return Payment(voucher=voucher, state=state, status=status, turn=turn, text=text)

    def takes_back(self, cells: Cells) -> bool:
        """Whether a column of its own says that the row takes a payment back."""
        return self._turn(cells)[0] is Turn.RED

    def _state(self, cells: Cells) -> tuple[State, str]:
        """What the columns say: unpaid where one of them does, else what the first of them says."""
        read = [(state_of(cells[column]), cells[column].strip() or BLANK) for column in self.states]
        for state in (State.UNPAID, State.RETURNED):
            if found := next((one for one in read if one[0] is state), None):
                return found
        return read[0] if read else (State.PAID, "")

    def _turn(self, cells: Cells) -> tuple[Turn, str]:
        said = [_of_flag(cells[column]) for column in self.flags] + [_of_type(cells[column]) for column in self.types]
        if True in said:
            return Turn.RED, ""
        if False not in said:
            found = [(word, cells[column]) for column in self.texts if (word := _SUGGESTS.search(cells[column]))]
            for word, text in sorted(found, key=lambda one: one[0]["strong"] is None):
                return Turn.WEAK if word["strong"] is None else Turn.STRONG, text
        return Turn.NONE, ""


@lru_cache(maxsize=1024)
def state_of(text: str) -> State:
    """What a status says, as systems call them: ``支付成功``, ``已退回``, ``待支付``."""
    said = fold(text)
    if _OTHERWISE.search(said):
        return State.UNKNOWN
    if re.search(_RETURNED, said):
        return State.RETURNED
    if _NOT_PAID.search(said):
        return State.UNPAID
    return State.PAID if _PAID.search(said) else State.UNKNOWN


@lru_cache(maxsize=1024)
def _of_flag(text: str) -> bool | None:
    said = fold(text).lower()
    return True if said in _TAKES_BACK else False if said in _PAYS else _of_type(text)


@lru_cache(maxsize=1024)
def _of_type(text: str) -> bool | None:
    """Whether a kind of row takes a payment back; None where it is about something else (``直接支付``)."""
    said = fold(text)
    if _NO_REVERSAL.search(said):
        return False
    return True if _REVERSAL.search(said) else None
