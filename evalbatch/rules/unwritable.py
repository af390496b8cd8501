"""Form rule F212: a text that a cell of the results cannot hold as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..celltext import KEPT, MAX_CELL, length, unclean
from ..model import Severity
from ..spec import Column, Entry, Place
from .case import Case, Held
from .catalogue import Found, Phase, rule
from .cells import read_cells, record_key
from .words import at, cells


@rule("F212", "文字写不全", Severity.NOTICE, Phase.CELL)
def unwritable(case: Case) -> Iterator[Found | Held]:
    """一个单元格的文字超过 32767 个字符，或者带有看不见的控制字符，结果里的一格写不全。

    Why: 一个单元格最多放 32767 个字符，控制字符任何单元格都放不下；看结果的人见到的不是全文，应当知道。
    Fix: 只留要报的内容；控制字符多半是从别的程序粘贴带来的，重新录入这几个字就没有了。
    Basis: [system] Excel 和 WPS 一个单元格的文字以 32767 个字符为限；[practice] 整份总结粘进一格、从别的程序粘贴是常见的来源。
    Bad: 方法和过程一格里粘了 40000 个字符的年度总结。
    Good: 方法和过程写 800 字，总结另附。
    """
    dirty: dict[tuple[str, str], dict[Place, int]] = {}
    for _, column, entry, record in read_cells(case.submission):
        if entry.place is None or (entry.text.isprintable() and len(entry.text) * 2 <= MAX_CELL):
            continue
        if length(entry.text) > MAX_CELL:
            yield _too_long(column, entry, record)
        if count := unclean(entry.text):
            dirty.setdefault((entry.place.sheet, column.heading), {})[entry.place] = count
    for (_, heading), there in dirty.items():
        yield _unclean(heading, there)


def _too_long(column: Column, entry: Entry[Any], record: Any) -> Found:
    count = length(entry.text)
    return Found(
        cells=(entry.place,) if entry.place else (),
        record=record_key(record),
        message=f"{at(entry, column.heading)}有 {count} 个字符，一个单元格最多放 {MAX_CELL} 个，"
        f"结果里的一格只写到第 {KEPT} 个，以“…”结尾。",
        found=f"{count} 个字符",
        expected=f"不超过 {MAX_CELL} 个字符",
        difference=f"多 {count - MAX_CELL} 个字符",
        fix="请只留要报的内容，其余另附。",
        effect="全文仍在本单位报来的工作簿里，不影响得分。",
    )


def _unclean(heading: str, there: dict[Place, int]) -> Found:
    count = sum(there.values())
    return Found(
        cells=tuple(there),
        message=f"{cells(tuple(there))}（{heading}）有 {count} 个控制字符，看不见也写不出，结果里写成“\N{REPLACEMENT CHARACTER}”。",
        found=f"{count} 个控制字符",
        expected="没有控制字符",
        fix="请把这几处文字重新录入一遍。",
        effect="原文仍在本单位报来的工作簿里，不影响得分。",
        alike=True,
    )
