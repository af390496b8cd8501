"""Sums M101 to M105 and the balance M107: totals against what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ..form import DEPARTMENT, Budget, BudgetLine, Project
from ..model import Figure, Identity, Severity, Verdict
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, rule
from .identities import amount, heading_of, reported, said, signed
from .words import figure

APPROVED, FINAL = "预算批复", "决算表"
"""What budget columns are checked against, and what 全年执行数 is."""
NO_POINTS = "不影响得分。"


def _sums(case: Case, code: str, fix: str) -> Iterator[Found | Held]:
    """Report a sum that does not hold; within the tolerance it is a notice. Columns that say the same are merged."""
    found = []
    for identity in reported(case, code, Verdict.DIFFERS, Verdict.ROUNDING):
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
    adds = f"分项 {terms} = {said(identity, right)}" if terms.count("+") else f"对应的数为 {said(identity, right)}"
    tail = (
        f"，在容差 {figure(identity.tolerance, 3)} 以内，属于尾差"
        if near
        else f"，超出容差 {figure(identity.tolerance, 3)}"
    )
    return Found(
        cells=identity.places,
        record=identity.record,
        message=f"{identity.left.place}（{heading_of(identity)}）填报 {said(identity, left)}，"
        f"{adds}，{signed(identity, gap)}{tail}。核对关系：{identity.name}。",
        found=amount(case, identity, left),
        expected=amount(case, identity, right),
        difference=amount(case, identity, gap),
        fix=("四舍五入造成的尾差，可以不改；如有条件请与{source}保持一致。" if near else fix).format(
            source=FINAL if identity.scope == heading(BudgetLine, "executed") else APPROVED
        ),
        effect=(NO_POINTS if near else _effect(case, identity))
        + (f"用到这个数的另外 {waiting} 项核对，等它改正后再查。" if waiting else ""),
        severity=Severity.NOTICE if near else None,
    )


def _effect(case: Case, identity: Identity) -> str:
    """What a sum that does not hold does to the scores: an execution score may stand on one of its cells."""
    if case.rated.isdisjoint(identity.places):
        return NO_POINTS
    whose = {"M103": "各项目的", "M104": ""}.get(identity.code, f"{DEPARTMENT}的")
    return f"{whose}执行率得分暂按填报的数计算。"


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
    cells = tuple(dict.fromkeys(first.cells + other.cells))
    effect = other.effect if first.effect.startswith(NO_POINTS) else first.effect
    return replace(first, cells=cells, message=first.message + words, fix=fix, effect=effect)


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
