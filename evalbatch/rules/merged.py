"""Form rule F213: cells that should hold a number each and were merged into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..model import Drift, Severity
from ..spec import Entry, Place, Trouble
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .cells import read_cells, record_key
from .words import LISTED, cells, quoted


@rule("F213", "要各填的格子合并了", Severity.ERROR, Phase.CELL)
def shared_cells(case: Case) -> Iterator[Found | Held]:
    """金额、分值、得分、指标值、完成值一类每行各有一个数的格子，几行合并成了一个。一栏里合并了几处的，只列一条。

    Why: 合并的格子只有一个数，分不清各行是多少；系统不猜，也不能当成第一行的。
    Fix: 取消合并，每一格填各自的数。项目编号、一级指标、二级指标一类几行相同的，可以合并。
    Basis: [form] 标准表的数据区不合并单元格。
    Bad: 人员经费和日常公用经费的全年执行数 D11:D12 合并，填 152.16 万元。
    Good: 取消合并，D11 填 126.02 万元，D12 填 26.14 万元。
    """
    areas = {d.place: Place(d.place.sheet, d.name) for d in case.submission.departures if d.drift is Drift.MERGED}
    shared: dict[Place, list[_Cell]] = {}
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble is Trouble.MERGED and entry.place is not None:
            shared.setdefault(areas[entry.place], []).append(_Cell(entry, column.heading, record_key(record)))
    alike: dict[tuple[str, ...], list[Place]] = {}
    for area, inside in shared.items():
        alike.setdefault((area.sheet, *dict.fromkeys(one.heading for one in inside)), []).append(area)
    for (_, *headings), spans in alike.items():
        yield _found(spans, headings, [one for area in spans for one in shared[area]])


class _Cell(NamedTuple):
    entry: Entry[Any]
    heading: str
    record: str | None


def _found(spans: Sequence[Place], headings: Sequence[str], inside: Sequence[_Cell]) -> Found:
    records = {one.record for one in inside}
    texts = list(dict.fromkeys(one.entry.text for one in inside))[:LISTED]
    return Found(
        cells=places(*(one.entry for one in inside)),
        record=records.pop() if len(records) == 1 else None,
        message=f"{cells(spans)}（{'、'.join(headings)}）合并了，里面是{'、'.join(map(quoted, texts))}，"
        "分不清每一格是多少。",
        found="、".join(texts),
        expected="每一格各填一个数",
        fix="请取消合并，各填各的数。",
        effect="合并的几格都按没有填处理。",
    )
