"""The working in words: ``10 × 98 ÷ 100 = 9.80``, as an expression over the numbers it speaks of.

Like the scores themselves, the words have two readings: the text in ``basis``, and a live formula in the scored
workbook that follows when a result is changed there. Names: ``weight``, ``actual``, ``target``, ``upper``, ``score``.
"""

from __future__ import annotations

from functools import cache, lru_cache

from .formula import Expr, fixed, join, ref, rounded, when

W, SCORE = ref("weight"), ref("score")
A, T, U = (rounded(ref(name), 6) for name in ("actual", "target", "upper"))
"""Numbers as they are said: a converted result may have more decimals than anybody reads."""
GOT = fixed(SCORE, 2)

MAX_TEXT = 250
"""A formula holds at most 255 characters of text in one piece."""


@cache
def indicator_words(rule: str) -> Expr:
    """How a quantitative rule came to its score."""
    sign = when(ref("actual") > ref("target"), " ＞ ", when(ref("actual") < ref("target"), " ＜ ", " ＝ "))
    full = join("完成值 ", A, sign, "指标值 ", T, "，得满分 ", GOT)
    nothing = join("完成值 ", A, when(ref("actual") < 0, "（按 0 计）", "") if _counts(rule) else "")
    nothing = join(nothing, "，指标值 ", T, "，得 ", GOT)
    share = join(W, " × ", A, " ÷ ", T, " = ", GOT)
    over = share if rule.startswith("正向") or rule in ("等于零", "约") else _over(rule)
    short = when(ref("actual") < ref("target"), share, over)
    return when(rounded(SCORE, 2).equals(rounded(W, 2)), full, when(SCORE.equals(0), nothing, short))


def _counts(rule: str) -> bool:
    """Whether a negative result counts as 0 under a rule."""
    return rule == "正向" or rule.startswith(("成本标准", "区间"))


def _over(rule: str) -> Expr:
    limit = U if rule.startswith("区间") else T
    if rule.endswith("（线性）"):
        return join(W, " × (1 − (", A, " − ", limit, ") ÷ ", limit, ") = ", GOT)
    return join(W, " × ", limit, " ÷ ", A, " = ", GOT)


@lru_cache(256)
def tier_words(tier: str, points: str) -> Expr:
    """How a qualitative score was taken over: the tier, its range in words, the unit's own score."""
    return join(f"档次“{tier}”，得分区间 {points}，采用自评得分 ", GOT)
