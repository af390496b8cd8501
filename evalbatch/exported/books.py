"""The bureau's two kinds of files, approved budgets and payments: what their columns may be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..approved import APPROVED, PAID
from ..form import Project
from ..listing import Cells, Head, Names, columns_of, head_of, top, widest
from ..roster import DEPARTMENT_NAMES, UNIT_NAMES
from ..spec import fold, heading
from .payment import NAMES as PAYMENT_NAMES
from .years import YEAR


def _names(*lines: str) -> tuple[str, ...]:
    """Names of a column, those of a line apart by blanks."""
    return tuple(name for line in lines for name in line.split())


AMOUNTS = ("initial", "budget", "either", "executed")
_UNIT: Names = {
    "unit_code": (*UNIT_NAMES["code"], "部门(单位)代码", "部门(单位)编码", "部门编码", "基层单位编码"),
    "unit_name": (*UNIT_NAMES["name"], "部门(单位)名称", "部门(单位)", "用款单位", "项目单位", "支付单位"),
    "department": DEPARTMENT_NAMES,
    "code": (heading(Project, "system_code"), "项目编码", "预算项目代码", "预算项目编码", heading(Project, "code")),
    "name": (heading(Project, "name"), "预算项目名称", "预算项目", "二级项目名称", "项目"),
    "category": (heading(Project, "category"), "项目类型", "项目类别名称", "支出类型"),
    "serial": ("序号", "行号", "行次"),
    "year": _names(YEAR),
}
_INITIAL = _names(
    heading(Project, "initial"),
    "年初预算 年初批复数 年初批复 年初预算批复数 年初预算金额 年初指标 年初指标数 年初数 年初安排数",
    "年初部门预算数",
)
_BUDGET = _names(
    heading(Project, "budget"),
    "全年预算 全年预算金额 调整后预算数 调整后预算 调整预算数 调整后金额 指标金额 指标数 指标总额",
    "指标总金额 预算指标 预算指标数 全年指标数 调整后指标数 变动后预算数 可执行指标 可执行指标数 可执行指标金额",
    "可用指标 可用指标数 可用指标金额 全年指标 全年指标金额 本年指标 本年指标数 本年指标金额 调整后指标 调整后指标金额",
    "预算指标金额 项目指标金额 指标合计 指标总数 指标额 指标额度 累计指标 累计指标数 下达指标 下达指标数 下达指标金额",
    "指标下达数 指标下达金额",
)
_EITHER = _names(
    "批复数 批复金额 批复预算数 预算批复数 批复预算 预算数 预算金额 项目预算数 核定数 核定金额 控制数",
    "下达金额 下达数 安排数 安排金额 金额合计 资金合计 预算 合计 总计 金额",
)
_EXECUTED = _names(
    heading(Project, "executed"),
    "全年执行 执行数 执行金额 累计执行数 支付金额 实际支付金额 支付数 已支付金额 累计支付数",
    "累计支付金额 支出金额 支出数 实际支出数 实际支出 累计支出 累计支出数 决算数 已执行数 已用金额",
    "发生额 金额",
)
_STATE: Names = {"state": ("状态", "指标状态", "项目状态", "单据状态", "数据状态")}
_PAYMENT: Names = {
    "date": ("支付日期", "日期", "支出日期", "付款日期", "记账日期", "凭证日期", "清算日期", "业务日期"),
    **PAYMENT_NAMES,
}
_NEEDED = (("unit_name", "unit_code"), ("name", "code"))


@dataclass(frozen=True, kw_only=True)
class Book:
    """A kind of file: what it is called, its amounts' headings by field, whether its amounts are payments."""

    kind: str
    amounts: Names
    more: Names

    @cached_property
    def names(self) -> Names:
        """What every column may be called, folded as headings are; of several in one file the first is meant."""
        return {key: tuple(map(fold, names)) for key, names in {**_UNIT, **self.more, **self.amounts}.items()}

    @property
    def is_paid(self) -> bool:
        return "executed" in self.amounts

    def head(self, rows: Sequence[Cells]) -> Head | None:
        return head_of(rows, self.names, (*_NEEDED, tuple(self.amounts)))


CONTROL = Book(kind=APPROVED, amounts={"initial": _INITIAL, "budget": _BUDGET, "either": _EITHER}, more=_STATE)
PAYMENTS = Book(kind=PAID, amounts={"executed": _EXECUTED}, more=_PAYMENT)


def no_headings(sheets: Sequence[Sequence[Cells]], book: Book) -> str:
    """What headings are lacking: what was found, what is wanted."""
    groups = (*_NEEDED, tuple(book.amounts))
    said = dict(zip(groups, ("单位", "项目", "金额"), strict=True))
    known = [columns_of(row, book.names) for sheet in sheets for _, row in top(sheet)]
    best = max(known, key=len, default={})
    lacking = [group for group in groups if not any(field in best for field in group)]
    wanted = "；".join(f"{said[group]}一栏可以叫：{'、'.join(_few(book, group))}" for group in lacking)
    return f"里没有写{'、'.join(said[group] for group in lacking)}的一栏，{widest(sheets)}。{wanted}"


def _few(book: Book, group: Sequence[str]) -> list[str]:
    """Some of the names that columns of some fields may have."""
    return [name for field in group for name in book.names[field][: 8 if len(group) == 1 else 4]]
