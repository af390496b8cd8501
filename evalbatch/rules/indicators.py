"""Indicator rules I1xx and I3xx: there are indicators, and own scores have results to stand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..form import DEPARTMENT, NO, Department, Indicator, Project
from ..formula import plain
from ..model import IndicatorScore, Score, Severity
from ..policy import BENEFIT, FULL_MARKS
from ..score import target_entry
from ..spec import heading, sheet_of
from ..totals import SATISFIED
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .words import at, cells, listed, points


def taking_part(case: Case) -> tuple[Score, ...]:
    """The scores of the projects that take part, then the unit's as a whole.

    Projects that share a code are left out (their indicators cannot be told apart, and F501 has said so), and rows that
    are sub-totals and no projects (F205).
    """
    evaluated = {
        id(project)
        for project in case.submission.evaluated
        if project.code.value not in case.shared_codes and not case.is_subtotal(project)
    }
    return (*(s for s in case.scores.projects if id(s.project) in evaluated), case.scores.department)


def whose(score: Score) -> str:
    """How a message names what a score belongs to: ``项目 2 计生系列保险``, or 部门整体."""
    return f"项目 {score.code} {score.name}".strip() if score.project else DEPARTMENT


def each_indicator(case: Case) -> Iterator[tuple[Score, IndicatorScore]]:
    """Every indicator that is scored, with the score it belongs to."""
    for score in taking_part(case):
        for indicator in score.indicators:
            yield score, indicator


def target_at(row: Indicator) -> str:
    """The cell an indicator is held against, with its heading: 调整后指标值 where it is filled, else 年度指标值."""
    return at(target_entry(row), target_heading(row))


def target_heading(row: Indicator) -> str:
    """The heading of that cell."""
    return heading(Indicator, "target" if row.adjusted.is_blank else "adjusted")


def unscored(indicator: IndicatorScore) -> str:
    """What a fault does that leaves an indicator without a score: ``这个指标未评（30.00 分）``."""
    return f"这个指标未评{f'（{points(indicator.weight)}）' if indicator.weight is not None else ''}"


@rule("I101", "参评项目没有指标", Severity.ERROR, Phase.ACROSS, Indicator)
def no_indicators(case: Case) -> Iterator[Found | Held]:
    """参评的项目一个绩效指标也没有；或者填了部门整体的自评总分，却没有部门整体的指标。

    Why: 没有指标就没有打分的依据，自评得分是凭空的。
    Fix: 补填绩效指标和实际完成值；确实不评的，把是否参评改为“否”并写明原因。
    Basis: [law] 财预〔2020〕10号：自评按指标逐项打分；[practice] 无指标的项目退回。
    Bad: 项目 4“省级计划生育关爱行动”自评 100 分，绩效指标表里没有它的一个指标。
    Good: 补填暖心活动场次、参加人次、家庭满意度等 8 个指标，逐项打分后自评 99 分。
    """
    yield from (Held(by="F205") for one in case.subtotals if one.row in case.submission.evaluated)
    for score in taking_part(case):
        claimed = score.claimed.value
        if case.strays or score.indicators or (score.project is None and claimed is None):
            continue
        if spent := case.hold({"M201": claimed is None and _spent_from_nothing(score)}, score.code):
            yield spent
            continue
        own = f"，自评得分却填了 {points(claimed)}" if claimed is not None else ""
        evaluated = score.project.evaluated if score.project else None
        leave = (
            f"；确实不参评的，把{at(evaluated, heading(Project, 'evaluated'))}改为“否”并写明原因" if evaluated else ""
        )
        anchor = score.project.code if score.project else score.claimed
        yield Found(
            cells=places(anchor, score.claimed) if claimed is not None else places(anchor),
            record=score.code,
            message=f"{anchor.place}（{whose(score)}）在{sheet_of(Indicator).title}表没有一个指标{own}。",
            found="0 个指标" if claimed is None else f"0 个指标，自评 {points(claimed)}",
            expected="至少一个产出指标和一个效益指标",
            fix=f"请补填绩效指标和实际完成值{leave}。",
            effect="没有指标，得分未评，不定等级。",
        )


def _spent_from_nothing(score: Score) -> bool:
    """Whether a project has no budget and is taken for an evaluated one only because money was spent all the same."""
    project = score.project
    return project is not None and project.budget.value == 0 and bool(project.executed.value)


@rule("I102", "没有满意度指标", Severity.WARNING, Phase.ACROSS, Indicator)
def no_satisfaction(case: Case) -> Iterator[Found | Held]:
    """参评的项目没有一个满意度指标。没有它怎样计分由评分政策规定；政策不允许的，算错误。

    Why: 钱花得好不好，服务对象最有发言权；缺了它，分值也与规定的结构不同。
    Fix: 补一个服务对象满意度指标；确实不适用的，在调整及偏差说明里写明。
    Basis: [law] 财预〔2020〕10号：满意度指标 10 分；[form] 不适用时有的地方把其余分值折算为 100 分。
    Bad: 宣传项目有 9 个产出和效益指标，没有一个满意度指标。
    Good: 增加“参加活动群众满意度”：指标值 ≥90%，完成值 96.2%，分值 10 分。
    """
    alike: dict[tuple[str, bool], list[Score]] = {}
    for score in taking_part(case):
        if score.project is None or not _asks_nobody(score):
            continue
        if held := case.held_by_strays():
            yield held
        else:
            told = SATISFIED in (score.note.value or "")
            alike.setdefault((_without_satisfaction(score, case), told), []).append(score)
    for (effect, told), scores in alike.items():
        yield _unasked(scores, effect, told, case)


def _asks_nobody(score: Score) -> bool:
    """Whether all indicators are named and none of them, by name or level, asks for satisfaction."""
    cells_of = [(i.row.level1, i.row.level2, i.row.name) for i in score.indicators]
    said = any(SATISFIED in entry.text for row in cells_of for entry in row)
    return bool(cells_of) and not said and not any(name.is_blank for *_, name in cells_of)


def _unasked(scores: Sequence[Score], effect: str, told: bool, case: Case) -> Found:
    """One finding for all projects without a satisfaction indicator that are scored in the same way."""
    anchors = places(*(score.project.code for score in scores if score.project))
    one, note = len(scores) == 1, heading(Project, "note")
    who = f"{whose(scores[0])}的 {len(scores[0].indicators)} 个指标里" if one else _each_lacks(scores)
    return Found(
        cells=anchors,
        record=scores[0].code if one else None,
        message=f"{cells(anchors)}（{heading(Project, 'code')}）：{who}没有满意度指标。",
        found="0 个满意度指标",
        expected="至少一个满意度指标",
        fix="已写明不适用，请确认理由成立。"
        if told
        else f"请补充服务对象满意度指标；确实不适用的，在{note}写明满意度不适用的原因。",
        effect=effect,
        severity=Severity.ERROR if case.policy.satisfaction == "refuse" else Severity.NOTICE if told else None,
        alike=not one,
    )


def _each_lacks(scores: Sequence[Score]) -> str:
    return f"{len(scores)} 个项目（{listed([score.code for score in scores])}）都"


def _without_satisfaction(score: Score, case: Case) -> str:
    if case.policy.satisfaction == "refuse":
        return "按评分政策不定等级。"
    if score.whole != FULL_MARKS:
        return f"按评分政策，其余 {plain(score.weight)} 分折算为 100 分。"
    if case.policy.satisfaction == "move":
        return f"按评分政策，它的 {plain(case.policy.satisfaction_weight)} 分应加在{BENEFIT}上。"
    return "按工作簿自己的分值计分，合计为 100 即可。"


@rule("I103", "不参评没有写原因", Severity.WARNING, Phase.TABLE, Project)
def unexcused(case: Case) -> Iterator[Found | Held]:
    """是否参评填了“否”，不参评原因却空着。

    Why: 项目都要自评，不评的应有理由（涉密、未开工、另行评价等）。
    Fix: 写明不参评的原因；没有理由的改为“是”并填写指标。
    Basis: [form] 标准表“不参评原因”栏；[practice] 复核时逐个询问。
    Bad: 是否参评填“否”，不参评原因空着。
    Good: 是否参评填“否”，不参评原因写“2025年11月才下达，年内尚未开工，并入2026年评价”。
    """
    for project in case.submission.projects:
        if project.evaluated.value == NO and project.excuse.is_blank and project.excuse.place:
            if case.is_subtotal(project):
                yield Held(by="F205")
                continue
            name = f"项目 {project.code.text} {project.name.text}".strip()
            yield Found(
                cells=places(project.excuse, project.evaluated),
                record=project.code.value,
                message=f"{at(project.excuse, heading(Project, 'excuse'))}没有填，{name}却填了不参评。",
                found="空白",
                expected="不参评的原因",
                fix="请写明原因；没有理由的改为“是”并填写指标。",
                effect="这个项目没有计分。",
            )


@rule("I104", "没有部门整体指标", Severity.NOTICE, Phase.ACROSS, Indicator)
def no_department(case: Case) -> Iterator[Found | Held]:
    """绩效指标表里没有部门整体的指标，部门整体也没有填自评总分。

    Why: 单位整体与各项目一样要自评；没有指标，单位整体的得分就无从谈起。
    Fix: 在绩效指标表补填项目编号为“部门整体”的指标，并填部门整体自评表。
    Basis: [form] 部门整体支出绩效自评表。
    Bad: 绩效指标表只有 4 个项目的指标，没有一行是“部门整体”。
    Good: 补填“部门整体”的 9 个指标，如“在职人员控制率 ≤100%，完成值 75%”，并填自评总分 99.44 分。
    """
    score = case.scores.department
    if score.indicators or score.claimed.value is not None or case.strays or not case.submission.indicators:
        return
    place = case.submission.headings[Indicator].get("project")
    yield Found(
        cells=(place,) if place else (),
        record=score.code,
        message=f"{place}（{heading(Indicator, 'project')}）这一列没有一行是“{DEPARTMENT}”，单位整体没有指标。",
        found="0 个指标",
        expected=f"{heading(Indicator, 'project')}为“{DEPARTMENT}”的指标",
        fix=f"请补填“{DEPARTMENT}”的指标和自评总分。",
        effect="部门整体未评，不定等级。",
    )


@rule("I301", "自评得分没有完成值支持", Severity.ERROR, Phase.ACROSS, Indicator)
def unsupported_score(case: Case) -> Iterator[Found | Held]:
    """项目（或部门整体）填了自评得分，但它的指标没有一个实际完成值。

    Why: 没有结果的得分无法复核；不是满分的，还应说明扣分的原因。
    Fix: 逐个指标填写实际完成值；扣了分的写明偏差原因。
    Basis: [law] 财预〔2020〕10号：按实际完成值与指标值比较计分；[system] 得分低于分值须写原因。
    Bad: 项目 2 自评 97 分，13 个指标的实际完成值全部空着，扣掉的 3 分也没有原因。
    Good: 逐项填写完成值，如“实际出险人员的赔付率 98.61%，得 5.92 分，1 人的理赔材料年底前未补齐”，再加总得分。
    """
    for score in taking_part(case):
        claimed = score.claimed.value
        if claimed is None or not score.indicators or not all(_no_result(i) for i in score.indicators):
            continue
        lost = Decimal(100) - claimed
        reasons = [score.note, *(i.row.reason for i in score.indicators)]
        silent = lost > 0 and all(entry.is_blank for entry in reasons)
        also = f"；扣了 {points(lost)}，也没有写原因" if silent else ""
        yield Found(
            cells=places(score.claimed),
            record=score.code,
            message=f"{at(score.claimed, claimed_heading(score))}填报 {points(claimed)}，{whose(score)}的 "
            f"{len(score.indicators)} 个指标没有一个实际完成值{also}。",
            found=points(claimed),
            expected="有实际完成值支持的得分" + ("，并写明扣分原因" if silent else ""),
            fix="请逐个指标填写实际完成值" + ("，并写明扣分的原因。" if silent else "。"),
            effect="得分未评，不定等级。",
        )


def _no_result(indicator: IndicatorScore) -> bool:
    """Nothing stands in the result's cell; a missing column says nothing about the results."""
    return indicator.row.actual.is_blank and indicator.row.actual.place is not None


def claimed_heading(score: Score) -> str:
    """The heading of a score's own total: 自评得分 of a project, 自评总分 of the unit."""
    return heading(Project if score.project else Department, "claimed")
