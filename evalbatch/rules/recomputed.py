"""What the form states and its figures give: the costing M108, the shares and rates M109, the execution score M111."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..form import DEPARTMENT, Project, Standard
from ..model import Severity, Verdict
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .identities import amount, reported, said, signed
from .magnitude import wrong_unit_explains
from .words import figure, percent, points


@rule("M108", "支出标准说明不了预算", Severity.WARNING, Phase.ACROSS, Project, Standard)
def standards(case: Case) -> Iterator[Found | Held]:
    """列了支出标准的项目，标准 × 数量 × 期数 的合计与全年预算数不一致。

    Why: 测算与预算不一致，说明标准没有列全，或者预算里有说不清用途的钱。
    Fix: 补列其余的测算内容，或在调整及偏差说明里解释差额。
    Basis: [practice] 复核时用支出标准验算项目预算。
    Bad: 全年预算数 6.33 万元，支出标准只列了工资 3850 元 × 12 个月和取暖费 2200 元，合计 4.84 万元，1.49 万元说不清。
    Good: 补列社会保险费 1100 元 × 12、管理费 100 元 × 12、体检费 500 元，合计 6.33 万元。
    """
    for identity in reported(case, "M108", Verdict.DIFFERS):
        if isinstance(identity, Held):
            yield identity
            continue
        if held := _held_standards(identity.record, case):
            yield held
            continue
        if wrong_unit := case.hold({"M203": wrong_unit_explains(case, identity)}, identity.record):
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
            message=f"{identity.left.place}（{heading(Project, 'budget')}）为 {said(identity, left)}，"
            f"按支出标准测算为 {said(identity, right)}，{said(identity, abs(gap))}{share}{state}。",
            found=amount(case, identity, left),
            expected=amount(case, identity, right),
            difference=amount(case, identity, gap),
            fix="请补列其余的测算内容，或核对标准、数量、期数；预算数本身没有错的不用改。",
            effect="不影响得分。",
        )


def _held_standards(record: str | None, case: Case) -> Held | None:
    """What has to be mended before a project's standards can be held against its budget."""
    if record in case.shared_codes:
        return Held(by="F501", record=record)
    own = [standard for standard in case.submission.standards if standard.project.value == record]
    used = places(*(entry for standard in own for entry in (standard.price, standard.quantity)))
    return next((Held(by=case.questioned[place], record=record) for place in used if place in case.questioned), None)


@rule("M109", "填报的比例与计算不符", Severity.ERROR, Phase.TABLE)
def claimed_rate(case: Case) -> Iterator[Found | Held]:
    """填报的项目支出占比或执行率，按分子、分母重新计算得不出来（按填报的小数位数比较）。

    Why: 比例是报告里最常引用的数，分母用错、截断进位都会误导读者。
    Fix: 按给出的分子、分母改正比例，或改正用到的金额。
    Basis: [practice] 复核时逐个验算比例；86.20% 写成 86% 可以，99.985% 写成 99% 不可以。
    Bad: 项目支出 61.57 万元 ÷ 支出合计 213.73 万元，占比写 28.9%。
    Good: 占比写 28.81%。
    """
    for identity in reported(case, "M109", Verdict.DIFFERS):
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
            found=amount(case, identity, identity.left.value),
            expected=amount(case, identity, identity.right),
            difference=amount(case, identity, identity.difference),
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
    for identity in reported(case, "M111", Verdict.DIFFERS):
        if isinstance(identity, Held):
            yield identity
            continue
        if (identity.record or DEPARTMENT) in case.misweighted:
            yield Held(by="S101", record=identity.record)
            continue
        if identity.left.value is None or identity.right is None:
            continue
        weight, executed, budget = (part.value or Decimal(0) for part in identity.parts)
        yield Found(
            cells=identity.places,
            record=identity.record,
            message=f"{identity.left.place}（{identity.name.split('：')[0]}，执行率得分）填报 "
            f"{points(identity.left.value)}，按 {figure(weight, 0)} × {figure(executed)} ÷ {figure(budget)} 应为 "
            f"{points(identity.right)}，{signed(identity, identity.difference or Decimal(0))}。",
            found=amount(case, identity, identity.left.value),
            expected=amount(case, identity, identity.right),
            difference=amount(case, identity, identity.difference),
            fix=f"请改为 {figure(identity.right)}；自评得分是按原来的分数相加的，也要改。",
            effect=f"测算得分采用 {figure(identity.right)} 分。",
        )
