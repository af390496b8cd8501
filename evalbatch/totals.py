"""What stands above the rows of a score: its total, its grade.

Each is one expression, read by Python and written into the scored workbook as a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from .formula import Expr, Text, both, is_number, join, quantize, ref, rounded, when
from .model import IndicatorScore, Score
from .policy import FULL_MARKS, Grade, Policy

UNGRADED = "未定级"
SATISFIED = "满意度"


def lacks_satisfaction(rows: Sequence[IndicatorScore]) -> bool:
    """Whether indicators are there, their levels are known, and none of them asks for satisfaction."""
    cells = [(i.row.level1, i.row.level2, i.row.name) for i in rows]
    known = rows and not any(level1.is_blank for level1, _, _ in cells)
    return bool(known) and not any(SATISFIED in (cell.value or "") for row in cells for cell in row)


def whole_of(scored: Score, policy: Policy) -> Decimal | None:
    """What a project's weights must make: less where it has no satisfaction indicator and the policy rescales."""
    if scored.project is None or not lacks_satisfaction(scored.indicators):
        return FULL_MARKS
    if policy.satisfaction == "refuse":
        return None
    short = FULL_MARKS - policy.satisfaction_weight
    return short if policy.satisfaction == "rescale" and scored.weight == short else FULL_MARKS


def total_expr(earned: Expr, whole: Decimal | None) -> Expr:
    """Points earned as points of 100: rescaled, once all are assessed, where the policy has weights make less.

    Over ``assessed`` and ``total`` (the sum of weights).
    """
    if whole is None or whole == FULL_MARKS:
        return earned
    done = both(is_number(earned), _makes("assessed", whole), _makes("total", whole))
    return when(done, rounded(earned * FULL_MARKS / whole, 2), earned)


def whole_points(earned: Decimal, whole: Decimal | None) -> Decimal:
    """``total_expr`` of points of which all are assessed."""
    points = total_expr(ref("earned"), whole).value({"earned": earned, "assessed": whole, "total": whole}.__getitem__)
    return points if isinstance(points, Decimal) else earned


def _makes(name: str, whole: Decimal) -> Expr:
    return rounded(ref(name), 6).equals(whole)


def grade_of(points: Decimal, policy: Policy) -> str:
    """The grade of a score, rounded to 0.01 and not further: 89.5 is 良."""
    return next((g.name for g in policy.grades if quantize(points, 2) >= g.low), policy.grades[-1].name)


def grade_expr(policy: Policy, whole: Decimal | None = FULL_MARKS) -> Expr:
    """``grade_of`` as a formula: over ``score``, ``assessed`` and ``total`` (the sum of weights, to make ``whole``)."""
    return _grade(policy.grades, whole)


@cache
def _grade(grades: tuple[Grade, ...], whole: Decimal | None) -> Expr:
    if whole is None:
        return Text(UNGRADED)
    points = rounded(ref("score"), 2)
    grade: Expr = Text(grades[-1].name)
    for step in reversed(grades[:-1]):
        grade = when(points >= step.low, step.name, grade)
    complete = both(is_number(ref("score")), _makes("assessed", whole), _makes("total", whole))
    return when(complete, grade, UNGRADED)


_EARNED, _SCORE, _DONE = ref("earned"), ref("score"), ref("assessed")
_LEFT_OUT = rounded(ref("weight") - _DONE, 6)
_SAID = when(
    is_number(_EARNED),
    join("已评 ", _EARNED, " / ", _DONE, " 分", when(_LEFT_OUT.equals(0), "", join("，另有 ", _LEFT_OUT, " 分未评"))),
    join(ref("weight"), " 分均未评"),
)
_RESCALED = when(both(is_number(_SCORE), _LEFT_OUT.equals(0)), join("，折算为 ", _SCORE, " 分"), "")


def is_rescaled(score: Score) -> bool:
    """Whether the policy makes points of 100 of weights that make less."""
    return score.whole not in (None, FULL_MARKS)


def said_expr(score: Score) -> Expr:
    """``已评 62 / 70 分，另有 30 分未评``: points earned, points assessed, points left out; over ``sums_of``."""
    return join(_SAID, _RESCALED) if is_rescaled(score) else _SAID


def said_of(score: Score) -> str:
    """How much of a score could be assessed, in words."""
    return str(said_expr(score).value(sums_of(score).__getitem__))


def sums_of(score: Score) -> dict[str, Decimal | None]:
    """What the expressions over a whole score are made of."""
    return {
        "earned": score.score,
        "score": score.total,
        "assessed": score.assessed,
        "total": score.weight,
        "weight": score.weight,
        "claimed": score.claimed.value,
    }
