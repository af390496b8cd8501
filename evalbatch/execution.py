"""预算执行率: the rate, the points it earns, and how they are told.

Everything that says or recomputes an execution score takes it from here: the scores, the identity M111, the formulas of
the scored workbook, the working in words and the pages of policies. Names: ``weight``, ``executed``, ``budget``,
``score``; the rate is a fraction.
"""

from __future__ import annotations

from functools import cache

from .form import BudgetLine
from .formula import Expr, both, fixed, is_number, join, least, most, ref, rounded, when
from .model import UNSCORED
from .policy import Policy
from .spec import heading

_MONEY = both(is_number(ref("budget")), is_number(ref("executed")), ref("budget") > 0)

RATE = when(_MONEY, rounded(ref("executed") / ref("budget"), 4), "")
"""预算执行率 as a fraction with four decimals."""


def earned(weight: Expr, executed: Expr, budget: Expr, decimals: int) -> Expr:
    """预算执行率得分 = 分值 × 全年执行数 ÷ 全年预算数, capped at the weight. Source: 财预〔2020〕10号."""
    return least(rounded(weight, 2), rounded(weight * most(executed, 0) / budget, decimals))


def execution_expr(policy: Policy) -> Expr:
    """The points that the execution row earns; a budget of 0 cannot be scored."""
    return _scored(policy.decimals)


@cache
def _scored(decimals: int) -> Expr:
    return when(_MONEY, earned(ref("weight"), ref("executed"), ref("budget"), decimals), UNSCORED)


EXECUTION_WORDS = join(
    ref("weight"),
    " × ",
    rounded(ref("executed"), 6),
    " ÷ ",
    rounded(ref("budget"), 6),
    " = ",
    fixed(ref("score"), 2),
    when(both(ref("executed") > ref("budget")), "，按分值封顶", ""),
)
"""How an execution score came about, the amounts in the shown unit."""


def execution_rule(policy: Policy) -> str:
    """The rule as the page of a policy tells it."""
    rate = f"分值 × {heading(BudgetLine, 'executed')} ÷ {heading(BudgetLine, 'budget')}"
    return f"{rate}，保留 {policy.decimals} 位小数，不超过分值"
