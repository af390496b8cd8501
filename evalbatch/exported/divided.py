"""Headings of two rows: the columns that one heading of amounts stands over (年初预算 over 一般公共预算 and 政府性基金)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..listing import Cells, Head, is_total
from ..spec import fold

_SOURCE = re.compile(
    r"预算|基金|资金|拨款|财政|专户|债|国有|社保|收入|中央|上级|本级|省|市|县|区|自筹|结转|转移支付|其他"
)
_NO_SOURCE = re.compile(r"年初|全年|调|追|减|增|执行|支付|支出|使用|余额|结余|剩余|率|比|下达|文号|日期")
_PART = re.compile(r"其中|[#＃]")
_NUMBER = re.compile(r"[-−+(（¥￥]*[\d,.，]+[)）%]?")


@dataclass(frozen=True)
class Divided:
    """The columns whose amounts a field adds up; ``unclear`` are the headings below one that cannot be told apart.

    ``rows`` are the rows of the headings, one or two.
    """

    columns: Mapping[str, Sequence[int]]
    unclear: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: int = 1


def divided(cells: Sequence[Cells], head: Head, amounts: Collection[str]) -> Divided:
    """Which columns the amounts of a list stand in. ``amounts`` are the fields that are amounts."""
    single = {name: (head.columns[name],) for name in amounts if name in head.columns}
    below = cells[head.row + 1] if head.row + 1 < len(cells) else ()
    spans = {name: span for name, (first,) in single.items() if (span := _span(cells[head.row], below, first))}
    held = [column for name, column in head.columns.items() if name not in amounts]
    texts = [below[column].strip() for span in spans.values() for column in span]
    if not texts or any(below[column].strip() for column in held) or any(map(_NUMBER.fullmatch, texts)):
        return Divided(single)
    chosen = {name: _chosen(below, span) for name, span in spans.items()}
    unclear = {name: [below[column] for column in spans[name]] for name, columns in chosen.items() if not columns}
    return Divided({**single, **chosen}, unclear, rows=2)


def _span(headings: Cells, below: Cells, first: int) -> list[int]:
    """The columns under a heading: its own, and those right of it without a heading, or with the same, and one below."""
    span = []
    for column in range(first, len(below)):
        own = headings[column].strip()
        if column > first and own and fold(own) != fold(headings[first]):
            break
        if below[column].strip():
            span.append(column)
    return span


def _chosen(below: Cells, span: Sequence[int]) -> tuple[int, ...]:
    """The columns that make the amount: the total, else all that are sources of money; none where that is unclear."""
    whole = [column for column in span if not _PART.match(fold(below[column]))]
    totals = [column for column in whole if is_total(below[column])]
    if totals or len(whole) == 1:
        return tuple((totals or whole)[:1])
    clear = all(_SOURCE.search(text) and not _NO_SOURCE.search(text) for text in (fold(below[c]) for c in whole))
    return tuple(whole) if clear else ()
