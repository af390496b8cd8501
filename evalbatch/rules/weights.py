"""Weights S101 and S102: they are positive and make 100."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from string import ascii_uppercase

from ..form import Indicator
from ..formula import plain
from ..model import Figure, Score, Severity
from ..policy import FULL_MARKS
from ..spec import Entry, heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .doubles import adds_up_without_copies
from .indicators import each_indicator, taking_part, whose
from .spread import levels_off
from .words import at, cells, quoted


@rule("S101", "分值合计不等于100", Severity.ERROR, Phase.ACROSS, Indicator)
def weights(case: Case) -> Iterator[Found | Held]:
    """一个项目（或部门整体）的指标分值与执行率分值之和不是 100。

    Why: 满分不是 100，得分和等级就不能与其他项目比较。
    Fix: 调整指标分值；没有执行率一行的，把执行率分值填 0。
    Basis: [law] 财预〔2020〕10号：总分 100 分；[system] 合计不等于 100 不能提交。
    Bad: 10 个指标的分值合计 89，加执行率 10，共 99。
    Good: “发放宣传折页份数”的分值由 9 改为 10，合计 90 + 10 = 100。
    """
    for score in taking_part(case):
        if (
            case.strays
            or not score.indicators
            or any(i.weight is None or i.weight <= 0 for i in score.indicators)
            or score.weight == (score.whole or 100)
        ):
            continue
        if held := case.hold({"I106": adds_up_without_copies(score)}, score.code):
            yield held
            continue
        own = score.weight - score.execution.weight
        gap = score.weight - 100
        own_row = (score.project or case.submission.department).execution_weight
        unusual = [own_row] if own_row.value not in (None, case.policy.execution_weight) else []
        questioned = places(*unusual, *(i.row.weight for i in score.indicators))
        where = cells(questioned)
        stray = _misplaced(case, score)
        off = levels_off(score, case.policy) if own != 100 else ""
        hint = "自评表没有执行率一行的，请把执行率分值填 0。" if own == 100 else "请调整指标分值，使合计为 100。"
        if stray:
            hint = (
                f"请核对 {stray[0].place} 的{heading(Indicator, 'project')}；没有写错的，调整指标分值，使合计为 100。"
            )
        yield Found(
            cells=(*places(stray[0]), *questioned) if stray else questioned,
            record=score.code,
            message=f"{where}（分值）：{whose(score)}的指标分值合计 {plain(own)}，加执行率 "
            f"{plain(score.execution.weight)} 为 {plain(score.weight)}，{'多' if gap > 0 else '少'} {plain(abs(gap))}{off and f'；{off}'}"
            f"{_said(*stray) if stray else ''}。",
            found=Figure.points(score.weight),
            expected=Figure.points(Decimal(100)),
            difference=Figure.points(gap),
            fix=hint,
            effect=f"满分按 {plain(score.weight)} 分显示，不折算，不定等级。",
        )


def _misplaced(case: Case, score: Score) -> tuple[Entry[str], Score] | None:
    """The code of the one row whose weight one project lacks and another has too much, and the one that lacks it.

    ``score`` is either of them.
    Where several rows weigh as much, it is the one that stands among, or beside, the rows of the project that lacks it.
    """
    gap = score.weight - FULL_MARKS
    others = [one for one in taking_part(case) if one.indicators and one.weight - FULL_MARKS == -gap]
    if len(others) != 1 or score.whole not in (None, FULL_MARKS):
        return None
    short, over = (score, others[0]) if gap < 0 else (others[0], score)
    rows = [i.row for i in over.indicators if i.weight == abs(gap)]
    near = [row for row in rows if _number(row) in _beside(short)]
    found = rows if len(rows) == 1 else near
    return (found[0].project, short) if len(found) == 1 else None


def _number(row: Indicator) -> int:
    """The number of the row an indicator stands in, 0 where its code has no cell."""
    return int(row.project.place.ref.lstrip(ascii_uppercase)) if row.project.place else 0


def _beside(score: Score) -> range:
    """The rows from just before a score's first indicator to just behind its last."""
    numbers = [_number(i.row) for i in score.indicators]
    return range(min(numbers) - 1, max(numbers) + 2)


def _said(code: Entry[str], short: Score) -> str:
    """That a row's weight is just what is too little here and too much there."""
    weight = plain(FULL_MARKS - short.weight)
    return f"；{at(code, heading(Indicator, 'project'))}写的是{quoted(code.text)}，这一行正好 {weight} 分，像是{whose(short)}的"


@rule("S102", "分值不是正数", Severity.ERROR, Phase.TABLE, Indicator)
def bad_weight(case: Case) -> Iterator[Found | Held]:
    """指标的分值为 0 或负数。

    Why: 分值不大于 0 的指标不起作用，还会抵消其他指标的得分。
    Fix: 填大于 0 的分值；不考核的指标请删去。
    Basis: [system] 分值必须大于 0。
    Bad: “发放宣传折页份数”不想考核，分值填 0。
    Good: 删去这个指标，它的 10 分加到其他产出指标上。
    """
    for score, indicator in each_indicator(case):
        if indicator.weight is not None and indicator.weight <= 0:
            yield Found(
                cells=places(indicator.row.weight),
                record=score.code,
                message=f"{at(indicator.row.weight, heading(Indicator, 'weight'))}为 {plain(indicator.weight)}，应大于 0。",
                found=Figure.points(indicator.weight),
                expected="大于 0 的数",
                fix="请填大于 0 的分值；不考核的指标删去这一行。",
                effect="分值合计不可靠。",
            )
