"""Running text, taken apart: which cells hold it, its clauses and sentences, its numbered items, the names in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..form import BUDGET_LINES, BudgetLine, Department, Indicator, Problem, Project, Report
from ..model import Submission
from ..spec import Entry, Row, columns_of, heading

Spot = tuple[int, int]
"""Where something stands in a text: start and end."""

TEXTS: dict[type[Row], tuple[str, ...]] = {
    Report: tuple(column.name for column in columns_of(Report)),
    Project: ("goal", "achieved", "note", "excuse"),
    Indicator: ("reason",),
    Department: ("goal", "full_goal", "achieved", "note"),
    Problem: ("problem", "measure"),
    BudgetLine: ("note",),
}
"""The columns that hold running text, by sheet."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}


def flat(text: str) -> str:
    """A text with full width digits, letters and signs made narrow; every character stays in its place."""
    return text.translate(_WIDE)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One cell of running text: its column, its entry, and the record it belongs to."""

    sheet: type[Row]
    name: str
    entry: Entry[str]
    project: Project | None = None
    code: str | None = None

    @property
    def heading(self) -> str:
        """The printed heading of its column."""
        return heading(self.sheet, self.name)

    @cached_property
    def text(self) -> str:
        """The text, flat: positions are those of the text as typed."""
        return flat(self.entry.text)

    @cached_property
    def items(self) -> list[Item]:
        """The numbers that head its items."""
        return items(self.text)

    def typed(self, spot: Spot) -> str:
        """What was typed at a spot."""
        return self.entry.text[spot[0] : spot[1]]


def passages(submission: Submission) -> tuple[Passage, ...]:
    """Every cell with running text, sheet by sheet."""
    return tuple(one for one in _cells(submission) if one.entry.text and one.entry.trouble is None and one.entry.place)


def _cells(submission: Submission) -> Iterator[Passage]:
    lines = tuple(getattr(submission.budget, line.name) for line in BUDGET_LINES)
    rows: dict[type[Row], tuple[Any, ...]] = {
        Report: (submission.report,),
        Project: submission.projects,
        Indicator: submission.indicators,
        Department: (submission.department,),
        Problem: submission.problems,
        BudgetLine: lines,
    }
    for sheet, names in TEXTS.items():
        for row in rows[sheet]:
            own = row if isinstance(row, Project) else None
            code = own.code.value if own else row.project.value if isinstance(row, Indicator) else None
            for name in names:
                yield Passage(sheet=sheet, name=name, entry=getattr(row, name), project=own, code=code)


def split(text: str, ends: str) -> Iterator[Spot]:
    """The stretches of a text between any of the characters ``ends``, spaces around them left out."""
    for match in re.finditer(f"[^{ends}]+", text):
        bare = match[0].strip()
        if bare:
            start = match.start() + match[0].index(bare)
            yield start, start + len(bare)


SENTENCE = "。;!?\n\r"
CLAUSE = SENTENCE + ","
"""What ends a sentence and a clause of a flat text."""


def sentence_at(text: str, position: int) -> Spot:
    """The sentence around a position."""
    start = max(text.rfind(end, 0, position) for end in SENTENCE) + 1
    ends = [at for end in SENTENCE if (at := text.find(end, position)) >= 0]
    return start, min(ends, default=len(text))


def clause_at(text: str, spot: Spot, most: int = 24) -> Spot:
    """A spot with the words before it in its clause, ``most`` of them at the most."""
    start = max(text.rfind(end, 0, spot[0]) for end in CLAUSE) + 1
    return max(start, spot[0] - most), spot[1]


# --- numbered items -----------------------------------------------------------------------------------------------

_HAN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ITEM = re.compile(
    rf"(?:^|(?<=[。;:!\n]))[ \t]*(?P<digit>\d{{1,2}})(?P<sign>[.、)])[ \t]*(?:(?=20\d\d年|\d{{1,2}}月|\d+[名户家场])|(?![\d.、\s]))"
    rf"|(?:^|(?<=[。;:!\n]))[ \t]*(?P<han>[{_HAN}]{{1,2}})、(?![{_HAN}]{{1,2}}(?:[、,和及至季月级类等]|$)|\d)"
    rf"|(?:^|(?<=[。;:,、!\n]))[ \t]*\((?:(?P<pdigit>\d{{1,2}})|(?P<phan>[{_HAN}]{{1,2}}))\)(?![,。;、)])"
    rf"|(?:^|(?<=[。;:,!\n]))[ \t]*(?P<is>[{_HAN}]{{1,2}})是"
    rf"|(?P<circle>[{_CIRCLED}])"
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """A number that heads an item: how it is written, which number it is, where it stands."""

    style: str
    number: int
    spot: Spot


def items(text: str) -> list[Item]:
    """The numbers that head items of a flat text, in order: ``1.`` ``1、`` ``一、`` ``（1）`` ``（一）`` ``一是`` ``①``."""
    found = []
    for match in _ITEM.finditer(text):
        kind = match.lastgroup if match.lastgroup != "sign" else "digit"
        if kind is None:
            continue
        said = match[kind]
        number = _CIRCLED.index(said) + 1 if kind == "circle" else int(said) if said.isdigit() else _han(said)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        style = kind + (match["sign"] if kind == "digit" else "")
        found.append(Item(style=style, number=number, spot=(start, match.end())))
    return found


def _han(numeral: str) -> int:
    """一 to 二十 and on to 九十九 as a number."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _HAN.index(numeral[0]) + 1
    return (_HAN.index(tens) + 1 if tens else 1) * 10 + (_HAN.index(ones) + 1 if ones else 0)
