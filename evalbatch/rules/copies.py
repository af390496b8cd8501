"""Copies B1xx, B2xx: forms handed in twice, and tables of indicators that are another unit's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..form import Indicator, Unit
from ..model import Severity
from ..spec import heading
from .across import Answers, Batch, Form, units
from .catalogue import FoundAcross, crossing
from .words import listed

_Pair = tuple[Form, ...]


@crossing("B101", "一个单位报了几份", Severity.ERROR)
def several_forms(batch: Batch) -> Iterator[FoundAcross]:
    """同一个单位（单位编码相同，没有编码的名称相同）同一年度交了几份内容不同的自评表。

    Why: 不知道以哪一份为准，各份都进了汇总，金额和得分就重复计算。
    Fix: 问清单位以哪一份为准，其余的移出文件夹；确实是两个单位的，改正编码或名称。
    Basis: [practice] 汇总前先查重，一个单位一个年度只有一份自评表。
    Bad: 某局先交了“某局.xlsx”，改过后又交了“某局（改）.xlsx”，两份都在文件夹里。
    Good: 文件夹里只留“某局（改）.xlsx”。
    """
    code = heading(Unit, "code")
    for forms in batch.of_unit:
        year = f" {forms[0].year} 年度" if forms[0].year else "没有写年度"
        yield FoundAcross(
            members=tuple(form.member() for form in forms),
            message=f"{forms[0].name or forms[0].code}{year}的自评表有 {len(forms)} 份，内容不同：{_whose(forms)}。",
            fix=f"请确认以哪一份为准，把其余的移出文件夹；如果是不同的单位，则改正{code}或名称。",
        )


@crossing("B102", "同一份工作簿报了两次", Severity.ERROR)
def same_file(batch: Batch) -> Iterator[FoundAcross]:
    """文件名不同，内容一个字节也不差。

    Why: 多半是复制错了：要么重复汇总，要么有一个单位的表被另一个单位的表顶替了。
    Fix: 只留一份；如果其中一个文件名是别的单位的，向那个单位重新收表。
    Basis: [practice] 汇总前先查重。
    Bad: “甲局.xlsx”和“乙局.xlsx”打开都是甲局的表。
    Good: “乙局.xlsx”换成乙局自己的表。
    """
    for forms in batch.of_bytes:
        name = forms[0].name or "没有写名称的单位"
        yield FoundAcross(
            members=tuple(form.member() for form in forms),
            message=f"{name}的同一份工作簿有 {len(forms)} 个文件：{listed([form.file for form in forms])}，内容完全相同。",
            fix="请只留一份；其余文件如果本来是别的单位的，向那个单位重新收表。",
        )


@crossing("B201", "指标表照抄别的单位", Severity.WARNING)
def copied_answers(batch: Batch) -> Iterator[FoundAcross]:
    """不同单位的项目，三级指标、年度指标值、实际完成值全部逐字相同。只看填了实际完成值的指标有几个，至少几个由评分政策规定。

    Why: 目标可以统一下达，完成情况不会处处一样；连完成值都相同，多半是照抄。
    Fix: 各单位按自己的实际情况核对并改填完成值；确实相同的，附上各自的佐证资料。
    Basis: [practice] 复核时把同类单位的自评表放在一起看，雷同的列为重点抽查对象。
    Bad: 甲、乙两个街道的“环境整治”都是“清运垃圾 3,215 吨、巡查 486 次、居民满意度 93.7%”。
    Good: 指标和目标值相同，完成值各是各的：清运垃圾 3,215 吨和 2,890 吨。
    """
    alike: dict[_Pair, list[Sequence[Answers]]] = {}
    for group in batch.same_answers:
        forms = _originals(one.form for one in group)
        if group[0].answered >= batch.policy.peers.indicators and units(forms) > 1:
            alike.setdefault(forms, []).append(group)
    what = "、".join(heading(Indicator, name) for name in ("name", "target", "actual"))
    for forms, groups in alike.items():
        said = [f"{form.whose}的{_projects(form, groups)}" for form in forms]
        yield FoundAcross(
            members=tuple(form.member() for form in forms),
            message=f"{listed(said)}：{what}逐字相同，共 {sum(group[0].answered for group in groups)} 个指标。",
            fix=f"请各单位按自己的实际情况核对{heading(Indicator, 'actual')}，照抄的改填，确实相同的附上各自的佐证资料。",
        )


def _originals(forms: Iterator[Form]) -> tuple[Form, ...]:
    """The first workbook of each content: what was handed in twice is another rule's business."""
    first: dict[str, Form] = {}
    for form in forms:
        first.setdefault(form.sha256, form)
    return tuple(first.values())


def _projects(form: Form, groups: Sequence[Sequence[Answers]]) -> str:
    names = dict.fromkeys(one.project for group in groups for one in group if one.form is form)
    return listed([f"“{name}”" for name in names])


def _whose(forms: Sequence[Form]) -> str:
    return listed([form.whose for form in forms])
