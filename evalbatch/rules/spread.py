"""Where indicators stand and how points are spread: I105 and I508 the levels, S104 and S105 the points."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import LEVEL1, LEVEL2, LEVEL_TREE, Indicator, Project
from ..formula import plain
from ..model import Figure, Score, Severity
from ..policy import BENEFIT, EXECUTION, FULL_MARKS, SATISFACTION, Policy
from ..spec import Entry, heading
from ..totals import lacks_satisfaction
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator, taking_part, whose
from .words import at, cells, listed, points, quoted


@rule("I508", "二级指标不属于一级指标", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def misplaced(case: Case) -> Iterator[Found | Held]:
    """二级指标挂错了一级指标，如社会效益指标挂在产出指标下。相同的错只列一条。

    Why: 分值按一级指标汇总，挂错了，各一级指标的分值和得分都不准。
    Fix: 按指标体系改正一级指标或二级指标。
    Basis: [law] 财预〔2020〕10号的指标体系；成本指标在产出下，新办法单列为一级。
    Bad: 一级指标“产出指标”，二级指标“社会效益指标”。
    Good: 一级指标“效益指标”，二级指标“社会效益指标”。
    """
    rows: dict[tuple[str, str], list[Indicator]] = {}
    for _, indicator in each_indicator(case):
        if is_misplaced(case, indicator.row):
            pair = indicator.row.level1.value or "", indicator.row.level2.value or ""
            rows.setdefault(pair, []).append(indicator.row)
    for (first, second), wrong in rows.items():
        anchors = places(*(entry for row in wrong for entry in (row.level2, row.level1)))
        right = "、".join(level for level in LEVEL1 if second in LEVEL_TREE[level])
        yield Found(
            cells=anchors,
            message=f"{cells(places(*(row.level2 for row in wrong)))}（{heading(Indicator, 'level2')}）写的是“{second}”，"
            f"{heading(Indicator, 'level1')}却是“{first}”，它属于{right}。",
            found=second,
            expected=right,
            fix=f"请核对这 {len(wrong)} 行的一级指标和二级指标，改正填错的一处。",
            effect="暂按所填的一级指标汇总分值。",
        )


def right_level(case: Case, row: Indicator) -> str:
    """The first level an indicator was meant for: its own, or the one its second level belongs to."""
    first, second = row.level1.value or "", row.level2.value or ""
    return next(level for level in LEVEL1 if second in LEVEL_TREE[level]) if is_misplaced(case, row) else first


def is_misplaced(case: Case, row: Indicator) -> bool:
    """Whether a second level stands under a first level it does not belong to; both are known."""
    first, second = row.level1.value or "", row.level2.value or ""
    return first in LEVEL_TREE and second in LEVEL2 and not _belongs(case, first, second)


def _belongs(case: Case, level1: str, level2: str) -> bool:
    satisfied = level2 in LEVEL_TREE[SATISFACTION] and case.policy.level_of(SATISFACTION) == level1
    return satisfied or level2 in LEVEL_TREE[level1]


@rule("I105", "缺少产出或效益指标", Severity.WARNING, Phase.ACROSS, Indicator)
def no_output_or_benefit(case: Case) -> Iterator[Found | Held]:
    """参评的项目有指标，但一个产出指标也没有，或者一个效益指标也没有。

    Why: 只有产出看不出钱带来了什么，只有效益看不出做了什么。
    Fix: 补上缺的产出指标或效益指标，并调整分值。
    Basis: [law] 财预〔2020〕10号：自评指标包括产出、效益和满意度；成本在产出内，但代替不了产出。
    Bad: 一个项目只有数量、质量、时效指标和满意度指标。
    Good: 产出指标之外，还有“救助家庭户均减负金额”这样的效益指标。
    """
    for score in taking_part(case):
        lacking = lacking_levels(score, case.policy)
        if score.project is None or not lacking:
            continue
        if held := case.held_by_strays(score.code):
            yield held
            continue
        if case.runs("I508") and not _lacking([right_level(case, i.row) for i in score.indicators], case.policy):
            yield Held(by="I508", record=score.code)
            continue
        wanted = "、".join(lacking)
        yield Found(
            cells=places(score.project.code),
            record=score.code,
            message=f"{at(score.project.code, heading(Project, 'code'))}：{whose(score)}的 {len(score.indicators)} 个指标"
            f"里没有{wanted}。",
            found=f"0 个{wanted}",
            expected=f"至少一个{wanted}",
            fix=f"请补充{wanted}，并调整分值使合计为 100。",
            effect="按工作簿自己的分值计分。",
        )


def lacking_levels(score: Score, policy: Policy) -> tuple[str, ...]:
    """产出 and 效益 where a project's indicators lack them; none while a first level is blank or not understood.

    Satisfaction counts as 效益 where the policy counts its points there.
    """
    return _lacking([i.row.level1.value or "" for i in score.indicators], policy)


def _lacking(levels: list[str], policy: Policy) -> tuple[str, ...]:
    own = set(levels)
    if not own or own - set(LEVEL1):
        return ()
    if SATISFACTION in own:
        own.add(policy.level_of(SATISFACTION))
    return tuple(level for level in (LEVEL1[0], BENEFIT) if level not in own)


@rule("S105", "一个指标分值过重", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def heavy_indicator(case: Case) -> Iterator[Found | Held]:
    """一个指标的分值达到 60 分以上。

    Why: 一个指标就能决定及格与否，其余的产出和效益都不起作用。
    Fix: 把这个指标拆细，或把分值分给其他指标。
    Basis: [practice] 复核时检查分值是否过于集中；60 分由评分政策规定。
    Bad: 成本指标一个就占 90 分。
    Good: 产出 50 分分给五个指标，每个 6 至 15 分。
    """
    for score in taking_part(case):
        for row in heavy(case, score):
            if score.code in case.misweighted:
                yield Held(by="S101", record=score.code)
                continue
            weight = row.weight.value or Decimal(0)
            yield Found(
                cells=places(row.weight),
                record=score.code,
                message=f"{at(row.weight, heading(Indicator, 'weight'))}为 {points(weight)}，{whose(score)}的指标"
                f"{quoted(row.name.text, 20)}一个就达到 {plain(case.policy.limits.heavy)} 分以上。",
                found=Figure.points(weight),
                expected=f"低于 {plain(case.policy.limits.heavy)} 分",
                fix="请把这个指标拆细，或把分值分给其他指标。",
                effect="按工作簿自己的分值计分。",
            )


def heavy(case: Case, score: Score) -> list[Indicator]:
    """The indicators of a score that carry at least the points at which reviewers ask."""
    return [i.row for i in score.indicators if i.weight is not None and i.weight >= case.policy.limits.heavy]


@rule("S104", "一级指标分值与政策不同", Severity.WARNING, Phase.ACROSS, Indicator)
def other_split(case: Case) -> Iterator[Found | Held]:
    """项目的分值合计是 100，但各一级指标（含执行率）的分值与评分政策规定的不同。

    Why: 分值结构不同，项目之间、单位之间的得分就不好比较。
    Fix: 按评分政策调整分值；因项目特点需要调整的，在调整及偏差说明里写明理由。
    Basis: [law] 财预〔2020〕10号：各部分分值原则上按规定设置，可根据项目情况适当调整。
    Bad: 执行率 10、产出 65、效益 15、满意度 10，评分政策为 10、50、30、10。
    Good: 执行率 10、产出 50、效益 30、满意度 10。
    """
    alike: dict[tuple[str, str, bool], list[Score]] = {}
    for score in taking_part(case):
        own, expected = _split(score, case.policy)
        apart = _apart(own, expected)
        if score.project is None or not apart or _moved_for_satisfaction(score, own, expected):
            continue
        if held := _held_split(case, score, apart):
            yield held
            continue
        said, wanted = _listed(own, apart), _listed(expected, apart)
        told = any(word in (score.note.value or "") for word in (heading(Indicator, "weight"), "权重"))
        alike.setdefault((said, wanted, told), []).append(score)
    for (said, wanted, told), scores in alike.items():
        yield _other_split(scores, said, wanted, told, case)


def _other_split(scores: list[Score], said: str, wanted: str, told: bool, case: Case) -> Found:
    """One finding for all projects that depart from the policy in the same way; a notice where they say why."""
    anchors = places(*(cell for score in scores for cell in _split_cells(score, case.policy)))
    names = whose(scores[0]) if len(scores) == 1 else f"项目 {listed([score.code for score in scores])} "
    note = heading(Project, "note")
    return Found(
        cells=anchors,
        record=scores[0].code if len(scores) == 1 else None,
        message=f"{cells(anchors)}（{heading(Indicator, 'weight')}）：{names}的分值为 {said}，"
        f"评分政策“{case.policy.title}”为 {wanted}。",
        found=said,
        expected=wanted,
        fix=f"请确认{note}里写明了调整分值的理由。"
        if told
        else f"请按评分政策调整分值；确需调整的，在{note}写明调整分值的理由。",
        effect="按工作簿自己的分值计分。",
        severity=Severity.NOTICE if told else None,
    )


def _split_cells(score: Score, policy: Policy) -> Iterator[Entry[object]]:
    """The cells of the points that depart from the policy's."""
    apart = _apart(*_split(score, policy))
    weights = [i.row.weight for i in score.indicators if policy.level_of(i.row.level1.value or "") in apart]
    yield from weights
    if score.project is not None and EXECUTION in apart:
        yield score.project.execution_weight
    if score.project is not None and not weights:
        yield score.project.code


def _held_split(case: Case, score: Score, apart: list[str]) -> Held | None:
    """What splits the points otherwise by itself.

    A first level without indicators whose points went to one other level, one indicator with most of the points, or
    indicators under the wrong first level.
    """
    lacking = lacking_levels(score, case.policy)
    mended = _by_level(score, [(i.row, right_level(case, i.row)) for i in score.indicators], case.policy)
    causes = {
        "I105": bool(lacking) and len(set(apart) - set(lacking)) == 1,
        "S105": bool(heavy(case, score)),
        "I508": mended == {level: points for level, points in _split(score, case.policy)[1].items() if points},
    }
    return case.hold(causes, score.code)


Split = dict[str, Decimal]


def _listed(points_of: Split, levels: list[str]) -> str:
    """``执行率 10、产出指标 50``."""
    return "、".join(f"{level} {plain(points_of.get(level, Decimal(0)))}" for level in levels)


def levels_off(score: Score, policy: Policy) -> str:
    """In words, the first levels whose points depart from the policy's where the whole is off; nothing without a policy's."""
    own, expected = _compared(score, policy)
    apart = _apart(own, expected)
    return f"其中{_listed(own, apart)}，评分政策为 {_listed(expected, apart)}" if apart else ""


def _split(score: Score, policy: Policy) -> tuple[Split, Split]:
    """A project's first-level points and the policy's; both empty where they cannot be compared or F and S101 spoke."""
    return _compared(score, policy) if score.weight == (score.whole or 100) else ({}, {})


def _compared(score: Score, policy: Policy) -> tuple[Split, Split]:
    rows = [i.row for i in score.indicators]
    unclear = any(row.weight.value is None or row.level1.is_blank or row.level1.trouble for row in rows)
    if score.project is None or not rows or unclear:
        return {}, {}
    own_way = policy.satisfaction == "rescale" and score.weight == FULL_MARKS
    expected = policy.split(satisfied=own_way or not lacks_satisfaction(score.indicators))
    if not expected:
        return {}, {}
    return _by_level(score, [(row, row.level1.value or "") for row in rows], policy), expected


def _by_level(score: Score, rows: list[tuple[Indicator, str]], policy: Policy) -> Split:
    """A project's points by first level, its indicators counted to the levels that are given."""
    own = {EXECUTION: score.execution.weight}
    for row, level1 in rows:
        level = policy.level_of(level1)
        own[level] = own.get(level, Decimal(0)) + (row.weight.value or 0)
    return own


def _apart(own: Split, expected: Split) -> list[str]:
    """The first levels whose points depart from the policy's."""
    return [level for level in (*expected, *(x for x in own if x not in expected)) if _gap(level, own, expected)]


def _gap(level: str, own: Split, expected: Split) -> Decimal:
    return own.get(level, Decimal(0)) - expected.get(level, Decimal(0))


def _moved_for_satisfaction(score: Score, own: Split, expected: Split) -> bool:
    """Whether the split differs only because a missing satisfaction indicator's points went elsewhere: I102 says so."""
    gone = SATISFACTION in expected and lacks_satisfaction(score.indicators)
    return gone and all(_gap(level, own, expected) >= 0 for level in expected if level != SATISFACTION)
