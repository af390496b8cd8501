"""Sheets of one file that give the same projects once more, as 明细 by fund and 汇总 by project: one of them counts.

Sheets may also be parts of a whole, one a fund or one a month; then all count. What tells is whether most of the
projects that both have come to the same, and whether their rows name other documents, funds or dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ..approved import Fault
from ..rules.words import figure, listed
from .books import AMOUNTS
from .sheets import Row

_SUMMARY = re.compile(r"汇总|合计|总表")
_PART = re.compile(
    r"1?\d月|[一二三四五六七八九十]+月|季度|一般公共|基金|国有资本|社保|专户|债|单位资金|上级|本级|转移支付"
)
ENOUGH = 1_000
"""Of how many projects the rows are read to tell what they say."""
_REMARK = re.compile(r"备注|说明|摘要")

Key = tuple[str, str]
"""A unit and a project, as their rows have them."""
Texts = Callable[[Row], Mapping[str, str]]
"""What a row says besides whose it is and its amounts, by heading."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The rows that count; ``torn`` are those, by id, whose project another sheet gives another amount."""

    rows: Sequence[Row]
    torn: frozenset[int] = frozenset()
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, kw_only=True)
class _Twice:
    """Two sets of sheets that give the same projects, and the projects on whose amounts they disagree."""

    kept: Sequence[str]
    left: Sequence[str]
    same: frozenset[Key]
    torn: frozenset[Key]


def counted(rows: Sequence[Row], kind: str, texts: Texts) -> Counted:
    """The rows of a file without those that another sheet gives once more. ``kind`` is what the file is called."""
    torn: set[Key] = set()
    faults: list[Fault] = []
    while (twice := _Sheets(rows, texts).twice()) is not None:
        faults += _said(twice, rows, kind)
        both, torn = twice.same | twice.torn, torn | twice.torn
        rows = [row for row in rows if row.sheet not in twice.left or _key(row) not in both]
    return Counted(
        rows=rows, torn=frozenset(id(row) for row in rows if torn and _key(row) in torn), faults=tuple(faults)
    )


class _Sheets:
    """The rows of a file, sheet by sheet."""

    def __init__(self, rows: Sequence[Row], texts: Texts) -> None:
        self.texts = texts
        self.rows: dict[str, list[Row]] = {}
        for row in rows:
            self.rows.setdefault(row.sheet, []).append(row)

    def twice(self) -> _Twice | None:
        """The sheets that give others' projects once more with the fewest differences, None where none do."""
        titles = list(self.rows)
        if len(titles) < 2:
            return None
        sums = {title: _sums(self.rows[title]) for title in titles}
        summaries = [title for title in titles if _SUMMARY.search(title)]
        found = []
        order = [*summaries, *(title for title in titles if title not in summaries)]
        for one in order[:1] if len(titles) == 2 else order:
            rest = [title for title in titles if title != one]
            whole = sums[rest[0]] if len(rest) == 1 else _sums([row for title in rest for row in self.rows[title]])
            found.append(self._same([one], rest, sums[one], whole, summary=summaries == [one]))
        pairs = combinations(titles, 2) if len(titles) > 2 and not any(found) else ()
        found += [self._same([one], [other], sums[one], sums[other]) for one, other in pairs]
        return min(filter(None, found), key=lambda twice: len(twice.torn), default=None)

    def _same(
        self,
        ones: Sequence[str],
        others: Sequence[str],
        first: Mapping[Key, Mapping[str, Decimal]],
        second: Mapping[Key, Mapping[str, Decimal]],
        *,
        summary: bool = False,
    ) -> _Twice | None:
        both = [key for key in first if key in second and _comparable(first[key], second[key])]
        same = frozenset(key for key in both if not _differing(first[key], second[key]))
        enough = both and len(both) * 2 >= min(len(first), len(second))
        if not enough or not (summary or len(same) * 2 > len(both)) or _are_parts(ones, others):
            return None
        if same and self._say_other_things(ones, others, same):
            return None
        ranked = sorted((ones, others), key=lambda titles: self._rank(titles, frozenset(both)), reverse=True)
        return _Twice(kept=ranked[0], left=ranked[1], same=same, torn=frozenset(both) - same)

    def _rank(self, titles: Sequence[str], both: frozenset[Key]) -> tuple[int, int]:
        """How much sheets tell of some projects: how many kinds of amounts, how many rows."""
        rows = [row for title in titles for row in self.rows[title] if _key(row) in both]
        return sum(any(getattr(row, field) is not None for row in rows) for field in AMOUNTS), len(rows)

    def _say_other_things(self, ones: Sequence[str], others: Sequence[str], same: frozenset[Key]) -> bool:
        """Whether the rows of most projects name other documents, funds or dates here than there."""
        some = frozenset(sorted(same)[:ENOUGH])
        here, there = (self._told(titles, some) for titles in (ones, others))
        apart = sum(
            any(not _overlap(said, there[key][heading]) for heading, said in here[key].items() if heading in there[key])
            for key in some
        )
        return apart * 2 > len(some)

    def _told(self, titles: Sequence[str], keys: frozenset[Key]) -> dict[Key, dict[str, set[str]]]:
        """What the rows of projects say, by heading."""
        told: dict[Key, dict[str, set[str]]] = {key: {} for key in keys}
        for row in (row for title in titles for row in self.rows[title] if _key(row) in keys):
            for heading, text in self.texts(row).items():
                if not _REMARK.search(heading):
                    told[_key(row)].setdefault(heading, set()).add(text)
        return told


def _said(twice: _Twice, rows: Sequence[Row], kind: str) -> Iterator[Fault]:
    kept, left = ("、".join(f"“{title}”" for title in titles) for titles in (twice.kept, twice.left))
    if twice.same:
        more = len({_key(row) for row in rows if row.sheet in twice.left} - twice.same - twice.torn)
        also = f"，只在{left}里的 {more} 个项目照样计入" if more else ""
        yield Fault(
            message=f"{kind}的工作表{kept}和{left}里有 {len(twice.same)} 个项目是同样的，金额相同，只计了{kept}{also}。",
            fix="不是同一批数的，请在两边用资金性质等栏区分开，再运行一次。",
        )
    if twice.torn:
        torn = [row for row in rows if _key(row) in twice.torn]
        here, there = (_sums([row for row in torn if row.sheet in titles]) for titles in (twice.kept, twice.left))
        names = {_key(row): " ".join((row.unit_name or row.unit_code, row.name or row.code)) for row in reversed(torn)}
        shown = [
            f"{names[key]}（{kept} {figure(here[key][field])} 元，{left} {figure(there[key][field])} 元）"
            for key in here
            for field in _differing(here[key], there[key])[:1]
        ]
        yield Fault(
            message=f"{kind}的工作表{kept}和{left}里有 {len(shown)} 个项目的金额不同：{listed(shown)}；这些项目没有核对。",
            fix="请改正其中一边，或删去不用的工作表，再运行一次。",
        )


def _key(row: Row) -> Key:
    return row.unit, row.project


def _sums(rows: Sequence[Row]) -> dict[Key, dict[str, Decimal]]:
    """What every project comes to, its amounts by field, those that can be read; without projects one of whose cannot."""
    sums: dict[Key, dict[str, Decimal]] = {}
    for row in rows:
        of = sums.setdefault(_key(row), {})
        for field in AMOUNTS:
            if (amount := getattr(row, field)) is not None:
                of[field] = of.get(field, Decimal(0)) + amount
    unread = {_key(row) for row in rows if row.unread}
    return {key: of for key, of in sums.items() if key not in unread}


def _comparable(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> bool:
    return any(one[field] or other[field] for field in one if field in other)


def _differing(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> list[str]:
    """The amounts that both have and that are not the same."""
    return [field for field in one if field in other and one[field] != other[field]]


def _are_parts(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the titles of two sheets name different funds or months."""
    if len(ones) > 1 or len(others) > 1:
        return False
    here, there = (set(_PART.findall(titles[0])) for titles in (ones, others))
    return bool(here and there and here != there)


def _overlap(here: set[str], there: set[str]) -> bool:
    """Whether a text here says what one there says, or part of it."""
    return any(one in other or other in one for one in here for other in there)
