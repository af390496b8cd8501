"""F205: rows among the projects that are none."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import AMOUNT_COLUMNS, Project
from ..model import Severity
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .subtotals import Subtotal
from .words import at, cells, money, quoted


@rule("F205", "小计行混在项目里", Severity.WARNING, Phase.TABLE, Project)
def subtotal_row(case: Case) -> Iterator[Found | Held]:
    """项目资金表里有一行的金额正好等于下面（或上面）几行之和，没有指标、支出标准和自评得分，像是小计行。

    Why: 小计行会被当成项目，项目支出就重复计算了一遍。
    Fix: 删去小计行，一行只列一个项目；确是项目的，补填绩效指标并核对金额。
    Basis: [practice] 汇总时常见的重复计算。
    Bad: “一、专项业务费”55 万元，下面两行是 5 万元和 50 万元。
    Good: 只列 5 万元和 50 万元两个项目。
    """
    for one in case.subtotals:
        yield _found(case, one)


def _found(case: Case, one: Subtotal) -> Found:
    row = one.row
    filled = [(name, entry) for name in AMOUNT_COLUMNS if (entry := getattr(row, name)).value is not None]
    amounts = "、".join(f"{heading(Project, name)} {money(entry.value, case.submission)}" for name, entry in filled)
    anchor = row.code if row.name.is_blank else row.name
    said = quoted(row.name.text) if row.name.text else "空白"
    side = "下面" if one.below else "上面"
    return Found(
        cells=places(anchor, *(entry for _, entry in filled)),
        record=row.code.value,
        message=f"{at(row.name, heading(Project, 'name'))}{'写的是' if row.name.text else '是'}{said}，这一行的{amounts}"
        f"正好是{side} {len(one.parts)} 行（{cells(places(*(part.code for part in one.parts)))}）之和，像是小计行。",
        found=row.name.text or "空白",
        expected="只列项目",
        fix="请删去这一行；确是项目的，补填绩效指标并核对金额。",
        effect="不影响各项目的得分。",
    )
