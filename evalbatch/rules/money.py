"""Money rules M…: totals against parts, execution against budget, claims against what they are made of.

M101 to M109 report the identities of ``reconcile``; the others look at single amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ..form import BUDGET_LINES, DEPARTMENT, Budget, BudgetLine, Project, Standard
from ..model import Figure, Identity, Severity, Verdict
from ..spec import heading
from .case import Case, Held, is_spent_without_budget
from .catalogue import Found, Phase, places, rule
from .magnitude import wrong_unit_explains
from .words import at, figure, money, percent, points

APPROVED, FINAL = "预算批复", "决算表"
"""What budget columns are checked against, and what 全年执行数 is."""


def _of(case: Case, code: str, *verdicts: Verdict) -> Iterator[Identity | Held]:
    """The identities of a rule with such a verdict, those that wait for another finding as ``Held``."""
    for identity in case.identities:
        if identity.code == code and identity.verdict in verdicts:
            yield case.held(identity) or case.held_by_subtotal(identity) or identity


def _said(identity: Identity, number: Decimal) -> str:
    if identity.unit == "%":
        return percent(number)
    return points(number) if identity.unit == "分" else f"{figure(number)} {identity.unit}"


def _figure(case: Case, identity: Identity, number: Decimal | None) -> Figure | None:
    if number is None:
        return None
    if identity.unit in ("%", "分"):
        return Figure(value=number, unit=identity.unit)
    return Figure(value=number * case.submission.scale, unit="元")


def _what(identity: Identity) -> str:
    """The heading of an identity's total: the line and the column, or the column alone."""
    labels = dict.fromkeys((identity.left.label, identity.scope))
    return "，".join(labels)


def _signed(identity: Identity, number: Decimal) -> str:
    return f"{'多' if number > 0 else '少'} {_said(identity, abs(number))}"


def _sums(case: Case, code: str, fix: str) -> Iterator[Found | Held]:
    """Report a sum that does not hold; within the tolerance it is a notice. Columns that say the same are merged."""
    found = []
    for identity in _of(case, code, Verdict.DIFFERS, Verdict.ROUNDING):
        if isinstance(identity, Held):
            yield identity
        else:
            found.append(_sum(case, identity, fix))
    yield from _merge_columns(found)


def _sum(case: Case, identity: Identity, fix: str) -> Found:
    left, right, gap = (
        identity.left.value or Decimal(0),
        identity.right or Decimal(0),
        identity.difference or Decimal(0),
    )
    near = identity.verdict is Verdict.ROUNDING
    waiting = 0 if near else case.waiting_for(identity.left.place)
    terms = " + ".join(figure(part.value) for part in identity.parts if part.value is not None)
    adds = f"分项 {terms} = {_said(identity, right)}" if terms.count("+") else f"对应的数为 {_said(identity, right)}"
    tail = (
        f"，在容差 {figure(identity.tolerance, 3)} 以内，属于尾差"
        if near
        else f"，超出容差 {figure(identity.tolerance, 3)}"
    )
    return Found(
        cells=identity.places,
        record=identity.record,
        message=f"{identity.left.place}（{_what(identity)}）填报 {_said(identity, left)}，"
        f"{adds}，{_signed(identity, gap)}{tail}。核对关系：{identity.name}。",
        found=_figure(case, identity, left),
        expected=_figure(case, identity, right),
        difference=_figure(case, identity, gap),
        fix=("四舍五入造成的尾差，可以不改；如有条件请与{source}保持一致。" if near else fix).format(
            source=FINAL if identity.scope == heading(BudgetLine, "executed") else APPROVED
        ),
        effect="不影响得分。" + (f"用到这个数的另外 {waiting} 项核对，等它改正后再查。" if waiting else ""),
        severity=Severity.NOTICE if near else None,
    )


def _merge_columns(found: list[Found]) -> Iterator[Found]:
    """Merge findings whose figures are equal in several columns (年初 and 全年, say) into one that lists the cells."""
    kept: dict[object, Found] = {}
    for item in found:
        key = (item.record, item.found, item.expected, item.severity, item.message.rpartition("核对关系")[2])
        first = kept.setdefault(key, item)
        if first is not item:
            kept[key] = _joined(first, item, f"{item.cells[0]} 同样如此。")
    yield from kept.values()


def _joined(first: Found, other: Found, words: str) -> Found:
    fix = first.fix if first.fix == other.fix else first.fix.replace(APPROVED, f"{APPROVED}、{FINAL}")
    return replace(first, cells=tuple(dict.fromkeys(first.cells + other.cells)), message=first.message + words, fix=fix)


@rule("M101", "支出合计与分项不符", Severity.ERROR, Phase.TABLE, Budget)
def spending_total(case: Case) -> Iterator[Found | Held]:
    """支出合计不等于基本支出、项目支出、其他支出之和。差额在容差以内的算尾差，只提示；两边小数位数不同的，多的一边四舍五入后与少的一边相等就是相符。

    Why: 总数与分项对不上，报告里的每个比例、每次引用都可能是错的。
    Fix: 预算数对照预算批复、执行数对照决算表，逐项核对，改正合计数或分项数。
    Basis: [form] 部门决算报表的平衡关系；容差 0.005 ×（分项数 + 1）为四舍五入的最大误差。
    Bad: 支出合计 220.00 万元，而基本支出 152.16 + 项目支出 61.57 + 其他支出 0 = 213.73 万元。
    Good: 支出合计 213.73 万元，等于 152.16 + 61.57 + 0。
    """
    yield from _sums(case, "M101", "请对照{source}核对合计数和各分项，改正填错的一处。")


@rule("M102", "基本支出与分项不符", Severity.ERROR, Phase.TABLE, Budget)
def basic_total(case: Case) -> Iterator[Found | Held]:
    """基本支出不等于人员经费与日常公用经费之和。

    Why: 基本支出只由这两项组成，对不上说明其中有数填错。
    Fix: 预算数对照预算批复、执行数对照决算表，核对三个数，改正填错的一处。
    Basis: [form] 部门决算报表的平衡关系。
    Bad: 基本支出 152.16 万元，而人员经费 126.02 + 日常公用经费 27.14 = 153.16 万元。
    Good: 日常公用经费改为 26.14 万元，126.02 + 26.14 = 152.16 万元。
    """
    yield from _sums(case, "M102", "请对照{source}核对基本支出、人员经费、日常公用经费。")


_LACKING = "请检查有没有漏列的项目，并核对各项目的金额和类别。"
_TOO_MUCH = "请检查有没有重复列入或类别填错的项目，并核对各项目的金额和单位。"


def _gap(found: Found) -> Decimal:
    return found.difference.value if isinstance(found.difference, Figure) else Decimal(0)


@rule("M103", "项目支出与各项目之和不符", Severity.ERROR, Phase.ACROSS, Budget, Project)
def project_total(case: Case) -> Iterator[Found | Held]:
    """收支预决算的项目支出不等于项目资金表中其他运转类、特定目标类项目之和。

    Why: 漏列项目或金额填错，都会在这里露出来；不参评的项目也要列入。几栏都不符的，多半是同一个原因，合成一条。
    Fix: 补齐漏列的项目，或核对各项目的金额和类别。
    Basis: [form] 项目支出由各项目组成；[practice] 项目漏列是复核的重点。
    Bad: 项目支出 61.57 万元，50.00 万元的项目错归为公用经费，其余 3 个项目合计只有 11.57 万元。
    Good: 这个项目改回特定目标类，50.00 + 5.00 + 6.33 + 0.24 = 61.57 万元。
    """
    merged_columns: Found | None = None
    for one in _sums(case, "M103", _LACKING):
        if isinstance(one, Found) and one.fix == _LACKING and _gap(one) < 0:
            one = replace(one, fix=_TOO_MUCH)
        if isinstance(one, Held) or one.severity is not None:
            yield one
        elif merged_columns is None:
            merged_columns = one
        else:
            gap = _gap(one) / case.submission.scale
            also = (
                f"{one.cells[0]} 也不符，{'多' if gap > 0 else '少'} {figure(abs(gap))} {case.submission.money_unit}。"
            )
            merged_columns = _joined(merged_columns, one, also)
    if merged_columns is not None:
        yield merged_columns


@rule("M104", "项目资金与来源之和不符", Severity.ERROR, Phase.TABLE, Project)
def project_funds(case: Case) -> Iterator[Found | Held]:
    """项目的金额不等于当年财政拨款、上年结转、其他资金之和。

    Why: 自评表要求分资金来源填写，三项之和就是年度资金总额。
    Fix: 核对三项来源和总额，改正填错的一处。
    Basis: [form] 项目支出绩效自评表“项目资金”栏。
    Bad: 项目全年预算数 5.00 万元，当年财政拨款 4.00 万元，上年结转和其他资金都是 0。
    Good: 当年财政拨款改为 5.00 万元，5.00 + 0 + 0 = 5.00 万元。
    """
    yield from _sums(case, "M104", "请核对三项资金来源和总额，改正填错的一处。")


@rule("M105", "收入合计与分项不符", Severity.ERROR, Phase.TABLE, Budget)
def income_total(case: Case) -> Iterator[Found | Held]:
    """收入合计不等于财政拨款收入、上年结转、其他收入之和。

    Why: 收入总数与来源对不上，收支就无法平衡。
    Fix: 预算数对照预算批复、执行数对照决算表，核对收入合计和各分项。
    Basis: [form] 部门决算报表的平衡关系。
    Bad: 收入合计 213.73 万元，而财政拨款收入 213.49 + 上年结转 0.24 + 其他收入 5.00 = 218.73 万元。
    Good: 其他收入并没有发生，填 0，213.49 + 0.24 + 0 = 213.73 万元。
    """
    yield from _sums(case, "M105", "请对照{source}核对收入合计和各分项。")


@rule("M106", "执行数超过预算数", Severity.ERROR, Phase.TABLE)
def over_budget(case: Case) -> Iterator[Found | Held]:
    """全年执行数大于全年预算数（预算数的小数位数多的，先四舍五入到执行数的位数）。

    Why: 支出不能超过调整后的预算；多半是预算调整没有填，或把两栏填反了。用这个执行数算的执行率、得分和文字，等它改正后再查。
    Fix: 核对执行数；有追加预算的，把追加数计入全年预算数并注明文号；两个数填反的对调。
    Basis: [system] 执行率超过 100% 提示错误，得分按分值封顶。
    Bad: 全年预算数 50.00 万元，全年执行数 63.10 万元。
    Good: 追加的 13.10 万元计入全年预算数，全年预算数 63.10 万元，全年执行数 63.10 万元。
    """
    all_over = [i for i in case.identities if i.code == "M106" and i.verdict in (Verdict.DIFFERS, Verdict.ROUNDING)]
    lines = {identity.left.label for identity in all_over if identity.record is None}
    projects = any(identity.record is not None for identity in all_over)
    for identity in all_over:
        if held := case.held(identity) or case.held_by_subtotal(identity):
            yield held
        elif identity.record is None and _because_of_below(identity.left.label, lines, projects):
            yield Held(by="M106")
        elif identity.left.value is not None and identity.right is not None:
            yield _over(case, identity, identity.left.value, identity.right)


_ADD_TO_BUDGET = "请核对执行数；确有追加预算的，把追加数计入全年预算数，并在说明栏写明文号。"
_SWAP = "请核对原始资料，填反的把两个数对调，资金来源也填反的一并对调。"
_SWAP_OF_LINE = "请核对原始资料，填反的把两个数对调。"


def _over(case: Case, identity: Identity, executed: Decimal, budget: Decimal) -> Found:
    gap = executed - budget
    swapped = identity in case.swaps
    title = heading(Project, "budget")
    return Found(
        cells=identity.places,
        record=identity.record,
        message=f"{identity.left.place}（{_what(identity)}）为 {_said(identity, executed)}，超过"
        f"{title} {_said(identity, budget)}，超出 {_said(identity, gap)}{'，两个数像是填反了' if swapped else ''}。",
        found=_figure(case, identity, executed),
        expected=_figure(case, identity, budget),
        difference=_figure(case, identity, gap),
        fix=(_SWAP if identity.record else _SWAP_OF_LINE) if swapped else _ADD_TO_BUDGET,
        effect="执行率得分按分值封顶。" if identity.record else "部门整体的执行率得分按分值封顶。",
        severity=Severity.NOTICE if identity.verdict is Verdict.ROUNDING else None,
    )


def _because_of_below(label: str, over: set[str], projects_over: bool) -> bool:
    """Whether a line is over only because a line (or a project) below it is."""
    line = next((ln for ln in BUDGET_LINES if ln.label == label), None)
    if line is None or line.name == "project":
        return line is not None and projects_over
    labels = {ln.name: ln.label for ln in BUDGET_LINES}
    return any(labels[part] in over for part in line.parts)


@rule("M107", "收支不平衡", Severity.ERROR, Phase.TABLE, Budget)
def balance(case: Case) -> Iterator[Found | Held]:
    """收入合计不等于支出合计（执行数一栏为支出合计加年末结转和结余）。

    Why: 预算收支必须平衡；决算时没花完的钱就是结转和结余。
    Fix: 核对收入合计、支出合计；执行数一栏还要核对年末结转和结余。
    Basis: [form] 部门预算、决算报表的平衡关系。
    Bad: 收入合计 213.73 万元，支出合计 212.51 万元，年末结转和结余填了 2.00 万元。
    Good: 年末结转和结余 1.22 万元，212.51 + 1.22 = 213.73 万元。
    """
    yield from _sums(case, "M107", "请核对收入合计、支出合计和年末结转和结余。")


@rule("M108", "支出标准说明不了预算", Severity.WARNING, Phase.ACROSS, Project, Standard)
def standards(case: Case) -> Iterator[Found | Held]:
    """列了支出标准的项目，标准 × 数量 × 期数 的合计与全年预算数不一致。

    Why: 测算与预算不一致，说明标准没有列全，或者预算里有说不清用途的钱。
    Fix: 补列其余的测算内容，或在调整及偏差说明里解释差额。
    Basis: [practice] 复核时用支出标准验算项目预算。
    Bad: 全年预算数 6.33 万元，支出标准只列了工资 3850 元 × 12 个月和取暖费 2200 元，合计 4.84 万元，1.49 万元说不清。
    Good: 补列社会保险费 1100 元 × 12、管理费 100 元 × 12、体检费 500 元，合计 6.33 万元。
    """
    for identity in _of(case, "M108", Verdict.DIFFERS):
        if isinstance(identity, Held):
            yield identity
            continue
        if held := _held_standards(identity.record, case):
            yield held
            continue
        if wrong_unit := case.hold({"M203": wrong_unit_explains(case, identity)}):
            yield wrong_unit
            continue
        if identity.left.value is None or identity.right is None:
            continue
        left, right, gap = identity.left.value, identity.right, identity.difference or Decimal(0)
        share = f"（占 {percent(abs(gap) / left, 1)}）" if left else ""
        state = "没有标准可以说明" if gap > 0 else "超出预算"
        yield Found(
            cells=identity.places,
            record=identity.record,
            message=f"{identity.left.place}（{heading(Project, 'budget')}）为 {_said(identity, left)}，"
            f"按支出标准测算为 {_said(identity, right)}，{_said(identity, abs(gap))}{share}{state}。",
            found=_figure(case, identity, left),
            expected=_figure(case, identity, right),
            difference=_figure(case, identity, gap),
            fix="请补列其余的测算内容，或核对标准、数量、期数；预算数本身没有错的不用改。",
            effect="不影响得分。",
        )


def _held_standards(record: str | None, case: Case) -> Held | None:
    """What has to be mended before a project's standards can be held against its budget."""
    if record in case.shared_codes:
        return Held(by="F501")
    own = [standard for standard in case.submission.standards if standard.project.value == record]
    used = places(*(entry for standard in own for entry in (standard.price, standard.quantity)))
    return next((Held(by=case.questioned[place]) for place in used if place in case.questioned), None)


@rule("M109", "填报的比例与计算不符", Severity.ERROR, Phase.TABLE)
def claimed_rate(case: Case) -> Iterator[Found | Held]:
    """填报的项目支出占比或执行率，按分子、分母重新计算得不出来（按填报的小数位数比较）。

    Why: 比例是报告里最常引用的数，分母用错、截断进位都会误导读者。
    Fix: 按给出的分子、分母改正比例，或改正用到的金额。
    Basis: [practice] 复核时逐个验算比例；86.20% 写成 86% 可以，99.985% 写成 99% 不可以。
    Bad: 项目支出 61.57 万元 ÷ 支出合计 213.73 万元，占比写 28.9%。
    Good: 占比写 28.81%。
    """
    for identity in _of(case, "M109", Verdict.DIFFERS):
        if isinstance(identity, Held):
            yield identity
            continue
        if identity.left.value is None or identity.right is None:
            continue
        top, bottom = identity.parts
        decimals = max(2, -int(identity.tolerance.adjusted()) - 3)
        yield Found(
            cells=identity.places,
            record=identity.record,
            message=f"{identity.left.place}（{identity.name.split('：')[-1]}）填报 {percent(identity.left.value, decimals)}，"
            f"按{_part(case, top.label, top.value)} ÷ {_part(case, bottom.label, bottom.value)}，应为 "
            f"{percent(identity.right, decimals)}，{_points_apart(identity.difference or Decimal(0), decimals)}。",
            found=_figure(case, identity, identity.left.value),
            expected=_figure(case, identity, identity.right),
            difference=_figure(case, identity, identity.difference),
            fix="请按分子、分母改正比例，或改正用到的金额。",
            effect="不影响得分，得分按金额计算。",
        )


def _points_apart(gap: Decimal, decimals: int) -> str:
    return f"{'高' if gap > 0 else '低'} {percent(abs(gap), decimals).removesuffix('%')} 个百分点"


def _part(case: Case, label: str, value: Decimal | None) -> str:
    return f"{label} {figure(value or Decimal(0))} {case.submission.money_unit}"


@rule("M111", "执行率得分算错", Severity.ERROR, Phase.TABLE)
def claimed_execution(case: Case) -> Iterator[Found | Held]:
    """填报的执行率得分不等于 分值 × 全年执行数 ÷ 全年预算数（保留两位小数，不超过分值）。

    Why: 执行率得分有固定算法，不能凭印象填整数。
    Fix: 改成应得的分数；如果金额填错，先改金额。
    Basis: [law] 财预〔2020〕10号；[system] 系统自动计算，四舍五入到 0.01。
    Bad: 全年预算数 43.20 万元，全年执行数 37.24 万元，执行率得分填 9 分。
    Good: 10 × 37.24 ÷ 43.20 = 8.62，执行率得分填 8.62 分。
    """
    for identity in _of(case, "M111", Verdict.DIFFERS):
        if isinstance(identity, Held):
            yield identity
            continue
        if (identity.record or DEPARTMENT) in case.misweighted:
            yield Held(by="S101")
            continue
        if identity.left.value is None or identity.right is None:
            continue
        weight, executed, budget = (part.value or Decimal(0) for part in identity.parts)
        yield Found(
            cells=identity.places,
            record=identity.record,
            message=f"{identity.left.place}（{identity.name.split('：')[0]}，执行率得分）填报 "
            f"{points(identity.left.value)}，按 {figure(weight, 0)} × {figure(executed)} ÷ {figure(budget)} 应为 "
            f"{points(identity.right)}，{_signed(identity, identity.difference or Decimal(0))}。",
            found=_figure(case, identity, identity.left.value),
            expected=_figure(case, identity, identity.right),
            difference=_figure(case, identity, identity.difference),
            fix=f"请改为 {figure(identity.right)}；自评得分是按原来的分数相加的，也要改。",
            effect=f"测算得分采用 {figure(identity.right)} 分。",
        )


@rule("M201", "没有预算却有支出", Severity.ERROR, Phase.TABLE, Project)
def spending_without_budget(case: Case) -> Iterator[Found | Held]:
    """项目的全年预算数为 0，全年执行数却大于 0。

    Why: 没有预算不能支出；预算为 0 时执行率也无法计算，不能当成 100%。
    Fix: 核对全年预算数；用上年结转支出的，把结转数计入全年预算数。
    Basis: [system] 预算为 0 的项目不计算执行率，有支出的报错。
    Bad: 全年预算数填 0，全年执行数 0.24 万元，执行率填 100%。
    Good: 支出用的是上年结转，全年预算数（上年结转）填 0.24 万元，全年执行数 0.24 万元。
    """
    for project in case.submission.projects:
        budget, executed = project.budget, project.executed
        if case.is_subtotal(project):
            continue
        if executed.value is not None and is_spent_without_budget(project):
            spent = money(executed.value, case.submission)
            yield Found(
                cells=places(budget, executed),
                record=project.code.value,
                message=f"{at(budget, heading(Project, 'budget'))}为 0，"
                f"{at(executed, heading(Project, 'executed'))}却有 {spent}。",
                found=Figure(value=executed.value, unit="元"),
                expected=Figure(value=Decimal(0), unit="元"),
                difference=Figure(value=executed.value, unit="元"),
                fix="请核对全年预算数；使用上年结转的，计入全年预算数。",
                effect="执行率无法计算，这部分未评。",
            )
