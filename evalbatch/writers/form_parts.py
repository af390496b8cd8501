"""What the official forms have in common: their looks, links to 评分明细, long texts, indicator rows, signatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from ..execution import RATE
from ..form import AMOUNT_COLUMNS, OPERATORS, Indicator, Unit
from ..formula import Expr, blank, join, plain, ref, when
from ..model import UNSCORED, IndicatorScore, Submission
from ..spec import Entry, fold, heading
from ..totals import UNGRADED
from ..values import fold_text
from .grid import Grid
from .scored_detail import NO_POINTS, Block, Detail
from .style import FAINT, GENERAL, MONEY, SCORE, Look
from .style import RATE as PERCENT
from .table import address

if TYPE_CHECKING:
    from xlsxwriter.format import Format

RATE_TITLE, SCORE_TITLE, TOTAL_LABEL, DASH = "执行率", "得分", "总分", "—"
INDICATORS_LABEL, NO_INDICATORS = "绩效指标", "没有绩效指标"
AUTHOR_LABEL, SIGN = "填表人", "签字"
ANNEX, CONTINUED = "附注", "（续）"
GRADE_LABEL = "测算等级　"
CLAIMED_TITLE = heading(Indicator, "claimed")
EXPLAINED = f"“{SCORE_TITLE}”是按评分政策测算的得分，与“评分明细”相连；“{CLAIMED_TITLE}”是单位填报的得分，与测算不同的以底色标出。"

BLACK, SIZE = "#000000", 9
FRAME: Look = {"border": 1, "border_color": BLACK, "font_color": BLACK, "font_size": SIZE}
HEADLINE: Look = {"bold": True, "font_size": 18, "align": "center", "font_color": BLACK}
YEAR_LINE: Look = {"font_size": 11, "align": "center", "font_color": BLACK, "text_wrap": True}
SMALL: Look = {"font_size": 8, "font_color": FAINT, "text_wrap": True, "align": "center"}
LABEL: Look = {**FRAME, "bold": True, "align": "center", "text_wrap": True}
OPEN_BELOW: Look = {**LABEL, "bottom": 0}
OPEN_ABOVE: Look = {**LABEL, "top": 0}
WORDS: Look = {**FRAME, "text_wrap": True}
SHORT: Look = {**WORDS, "align": "center"}
ABOVE: Look = {**WORDS, "valign": "top"}
AMOUNT: Look = {**FRAME, "align": "right", "num_format": MONEY, "shrink": True}
POINTS: Look = {**FRAME, "align": "center", "num_format": SCORE, "shrink": True}
WEIGHT: Look = {**POINTS, "num_format": GENERAL}
SHARE: Look = {**POINTS, "num_format": PERCENT}
BOLD: Look = {"bold": True}
SIGNATURE: Look = {"font_size": 10, "font_color": BLACK, "text_wrap": True}

LINE, ROW = 22, 26
"""The least height of a label row and of an indicator row."""
ONE_LINE = 20
"""A text that needs no higher cell than this stands on one line, and is centred where short texts are."""
LONG = 300
"""A text that needs a higher cell than this is moved below the table."""
BEGINNING = 24
"""So many characters of it stay in its place."""

Span = tuple[int, int]
Amounts = Mapping[str, Entry[Decimal]]

OR_BLANK = when(blank(ref("cell")), "", ref("cell"))
RESULT_CELLS = (("cell", "actual"), ("unit", "unit"), ("text", "actual_text"))
VERDICT = when(ref("grade").equals(UNGRADED), ref("basis"), join(GRADE_LABEL, ref("grade")))
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WITH_UNIT = re.compile(r"[\d.]+\D{0,6}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """An indicator of a form and its row on 评分明细."""

    scored: IndicatorScore
    detail: int


def lines_of(block: Block) -> list[Line]:
    """A block's indicators, those of one first level together, inside it those of one second level, as first named."""
    lines = [Line(scored=s, detail=block.execution + i) for i, s in enumerate(block.score.indicators, 1)]
    order: dict[tuple[str, ...], int] = {}
    for line in lines:
        order.setdefault(level(line)[:1], len(order))
        order.setdefault(level(line), len(order))
    return sorted(lines, key=lambda line: (order[level(line)[:1]], order[level(line)]))


def level(line: Line) -> tuple[str, str]:
    """First and second level, as they are compared."""
    row = line.scored.row
    return fold(row.level1.value or row.level1.text), fold(row.level2.value or row.level2.text)


@cache
def _result(bare: bool, unread: bool) -> Expr:
    """A result as written, a bare number with its unit, while ``cell`` holds what was read from it, else the number there."""
    as_written = join(ref("text"), ref("unit") if bare else "")
    now = join(ref("cell"), ref("unit"))
    if unread:
        return when(blank(ref("cell")), as_written, now)
    return when(blank(ref("cell")), "", when(ref("cell").equals(ref("value")), as_written, now))


def target_of(scored: IndicatorScore) -> str:
    """The target as the form prints it: where the number stands alone, with its operator and unit (``≥2000份``)."""
    row = scored.row
    if row.adjusted.is_blank:
        return _dressed(scored, row.target.text)
    return f"{_dressed(scored, row.adjusted.text)}（原 {row.target.text}）"


def _dressed(scored: IndicatorScore, text: str) -> str:
    folded, row = fold_text(text).replace(",", ""), scored.row
    nature = row.nature.value or ""
    sign = nature if nature in OPERATORS[:-1] and _WITH_UNIT.fullmatch(folded) else ""
    unit = (row.unit.text or scored.target.unit) if _BARE.fullmatch(folded) else ""
    return f"{sign}{text}{unit}"


class FormWriter:
    """Writes one form from top to bottom; ``row`` is the next free row. Subclasses know the columns."""

    SPANS: ClassVar[Mapping[str, Span]]
    TITLES: ClassVar[Mapping[str, str]]
    WHOLE: ClassVar[Span]

    def __init__(self, grid: Grid, submission: Submission, detail: Detail, block: Block, tint: Format) -> None:
        self.grid = grid
        self.submission = submission
        self.detail = detail
        self.block = block
        self.tint = tint
        self.row = 0
        self.annex: list[tuple[str, str]] = []

    # --- links ----------------------------------------------------------------------------------------------------

    def source(self, row: int, key: str) -> str:
        """A cell of 评分明细."""
        return self.detail.cell(row, key)

    def link(self, span: Span, cell: str, value: Decimal | str | None, *looks: Look) -> None:
        """Show another cell, blank where it is blank."""
        self.grid.formula(self.row, span, OR_BLANK.excel(lambda _: cell), value, *looks)

    def amount(self, span: Span, entry: Entry[Decimal]) -> None:
        """Show an amount as it was typed, in the form's unit."""
        if entry.value is None:
            self.grid.text(self.row, span, entry.text, AMOUNT)
        else:
            self.grid.number(self.row, span, entry.value / self.submission.scale, AMOUNT)

    def shown(self, entry: Entry[Decimal], scale: Decimal = Decimal(1)) -> Decimal | str | None:
        """What 评分明细 shows of an entry."""
        return (entry.text or None) if entry.value is None else entry.value / scale

    # --- parts ----------------------------------------------------------------------------------------------------

    def head(self, title: str, prefix: str = "") -> None:
        """Title, year and the note on the two scores."""
        unit = self.submission.unit
        year = unit.year.value or "　　"
        for text, look, height in (
            (title, HEADLINE, 32),
            (f"{prefix}（{year}年度）", YEAR_LINE, 20),
            (EXPLAINED, SMALL, 16),
        ):
            self.grid.text(self.row, self.WHOLE, text, look)
            self.next(height)

    def next(self, height: float) -> None:
        """End a row that is at least so high."""
        self.grid.height(self.row, height)
        self.row += 1

    def long(
        self,
        row: int,
        span: Span,
        what: str,
        text: str,
        look: Look,
        *,
        rows: int = 1,
        most: float = LONG,
        again: bool = False,
    ) -> None:
        """Put a text, or where it would need too high a cell, its beginning with a reference to the full text below."""
        if self.grid.needs(text, span, SIZE) > most:
            self.annex.append((what, text))
            text = f"{' '.join(text[:BEGINNING].split())}……（全文见{ANNEX} {len(self.annex)}）"
        self.grid.text(row, span, text, look, rows=rows, again=again)

    def pairs(self, *pairs: tuple[Span, str, Span, str]) -> None:
        """A row of labels with their texts."""
        for label_span, label, span, text in pairs:
            self.grid.text(self.row, label_span, label, LABEL)
            self.long(self.row, span, label, text, WORDS)
        self.next(LINE)

    def goals(self, label: str, label_span: Span, columns: Sequence[tuple[Span, str, str]]) -> None:
        """Titles side by side with long texts below them; the text row is as many rows as it needs."""
        first = self.row
        for span, title, _ in columns:
            self.grid.text(first, span, title, LABEL)
        self.next(LINE)
        rows = 1 + (max(self.grid.needs(text, span, SIZE) for span, _, text in columns) > LONG)
        for span, title, text in columns:
            self.long(self.row, span, f"{label}·{title}".replace("\n", ""), text, ABOVE, rows=rows, most=1.6 * LONG)
        self.grid.text(first, label_span, label, LABEL, rows=1 + rows)
        self.grid.height(self.row, 40)
        self.row += rows
        self.grid.hold(first, self.row - 1)

    def rate(self, span: Span, at: Mapping[str, str], entries: Amounts) -> None:
        """The execution rate over the amounts of its row."""
        value = RATE.value(lambda name: entries[name].value)
        self.grid.formula(
            self.row, span, RATE.excel(at.__getitem__), value if isinstance(value, Decimal) else "", SHARE
        )

    def budget(self, spans: Mapping[str, Span], entries: Amounts) -> None:
        """The amounts, rate and points of the execution row."""
        row, execution = self.block.execution, self.block.score.execution
        scale = self.submission.scale
        self.amount(spans["initial"], entries["initial"])
        for name, key in (("budget", "target"), ("executed", "actual")):
            self.link(spans[name], self.source(row, key), self.shown(entries[name], scale), AMOUNT)
        at = {name: address(self.row, spans[name][0]) for name in AMOUNT_COLUMNS}
        self.rate(spans["rate"], at, entries)
        points = NO_POINTS if execution.weight == 0 else UNSCORED
        self.link(spans["weight"], self.source(row, "weight"), execution.weight, WEIGHT)
        self.link(
            spans["score"], self.source(row, "score"), points if execution.score is None else execution.score, POINTS
        )
        claimed = self.shown(self.block.score.claimed_execution)
        self.link(spans["claimed"], self.source(row, "claimed"), claimed, POINTS)
        self.compare(self.row, self.row, spans)

    def compare(self, first: int, last: int, spans: Mapping[str, Span]) -> None:
        """Tint the unit's own score where it differs from the computed one."""
        score, claimed = spans["score"][0], spans["claimed"]
        a, b = address(first, score), address(first, claimed[0])
        rule = f"=AND(ISNUMBER({a}),ISNUMBER({b}),ROUND(N({a})-N({b}),6)<>0)"
        options = {"type": "formula", "criteria": rule, "format": self.tint}
        self.grid.ws.conditional_format(first, claimed[0], last, claimed[0], options)

    # --- indicators -----------------------------------------------------------------------------------------------

    def figures(self, line: Line) -> None:
        """An indicator's result, weight, both scores and reason."""
        row, scored, spans = line.detail, line.scored, self.SPANS
        self.result(line)
        self.link(spans["weight"], self.source(row, "weight"), self.shown(scored.row.weight), WEIGHT)
        points = UNSCORED if scored.score is None else scored.score
        self.link(spans["score"], self.source(row, "score"), points, POINTS)
        self.link(spans["claimed"], self.source(row, "claimed"), self.shown(scored.row.claimed), POINTS)
        self.indicator_text("reason", line, scored.row.reason.text, WORDS)

    def indicator_text(self, key: str, line: Line, text: str, look: Look) -> None:
        """A text of an indicator, centred while it fits on a line; moved below the table it is named with it."""
        span = self.SPANS[key]
        look = WORDS if look is SHORT and self.grid.needs(text, span, SIZE) > ONE_LINE else look
        name = line.scored.row.name.text
        what = self.TITLES[key] + ("" if key == "name" else f"（{name[:BEGINNING]}）")
        self.long(self.row, span, what, text, look)

    def result(self, line: Line) -> None:
        """The result as written while it is the one on 评分明细, else the number that now stands there."""
        scored, span, row = line.scored, self.SPANS["actual"], line.detail
        written, value = scored.row.actual.text, None if scored.actual.doubt else scored.actual.value
        if self.grid.needs(written, span, SIZE) > LONG:
            self.indicator_text("actual", line, written, SHORT)
            return
        bare = _BARE.fullmatch(written) is not None and value == Decimal(written.replace(",", ""))
        names = {name: self.source(row, key) for name, key in RESULT_CELLS}
        names["value"] = "" if value is None else plain(value)
        shown = written + (scored.target.unit or scored.row.unit.text if bare else "")
        look = WORDS if self.grid.needs(shown, span, SIZE) > ONE_LINE else SHORT
        self.grid.formula(self.row, span, _result(bare, value is None).excel(names.__getitem__), shown, look)

    def none(self, span: Span) -> None:
        """Say that there are no indicators."""
        self.grid.text(self.row, span, NO_INDICATORS, SHORT)
        self.next(ROW)

    def total(self, label: Span) -> None:
        """The row of totals, with the computed grade or how much was assessed."""
        row, score, spans = self.block.total, self.block.score, self.SPANS
        self.grid.text(self.row, label, TOTAL_LABEL, LABEL)
        self.compare(self.row - max(1, len(score.indicators)), self.row, spans)
        self.link(spans["weight"], self.source(row, "weight"), score.weight, WEIGHT, BOLD)
        points = UNSCORED if score.total is None else score.total
        self.link(spans["score"], self.source(row, "score"), points, POINTS, BOLD)
        self.link(spans["claimed"], self.source(row, "claimed"), self.shown(score.claimed), POINTS, BOLD)
        shown = self.block.said if score.grade is None else f"{GRADE_LABEL}{score.grade}"
        names = {"grade": self.source(row, "grade"), "basis": self.source(row, "basis")}
        self.grid.formula(self.row, spans["reason"], VERDICT.excel(names.__getitem__), shown, SHORT)
        self.next(LINE + 2)

    def end(self, signatures: Sequence[Span], total: Span, label: str, note: str) -> None:
        """Totals, the explanation, the texts moved here, signatures."""
        first = self.row
        self.total(total)
        spans = (signatures[0], (signatures[1][0], self.WHOLE[1]))
        self.note(label, note, *spans)
        if self.annex:
            self.notes(*spans)
            first = self.row - 1
        self.signature(signatures)
        self.grid.hold(first, self.row - 1)

    # --- below the table ------------------------------------------------------------------------------------------

    def note(self, label: str, text: str, label_span: Span, span: Span) -> None:
        """A row of explanation where there is one."""
        if text:
            self.grid.text(self.row, label_span, label, LABEL)
            self.long(self.row, span, label, text, WORDS)
            self.next(LINE)

    def notes(self, label_span: Span, span: Span) -> None:
        """The texts that were too long for their cells, in full, in pieces that fit on a page."""
        for number, (what, text) in enumerate(self.annex, 1):
            for i, piece in enumerate(self.grid.pieces(text, span, SIZE)):
                label = f"{ANNEX} {number}{CONTINUED * bool(i)}\n{what}"
                self.grid.text(self.row, label_span, label, SHORT)
                self.grid.text(self.row, span, piece, WORDS)
                self.next(LINE)

    def signature(self, spans: Sequence[Span]) -> None:
        """Who filled the form, how to reach them, when, and room for the head's signature."""
        unit = self.submission.unit
        texts = (
            f"{AUTHOR_LABEL}：{unit.author.text}",
            f"{heading(Unit, 'phone')}：{unit.phone.text}",
            f"{heading(Unit, 'date')}：{unit.date.text}",
            f"{heading(Unit, 'head')}{SIGN}：",
        )
        for span, text in zip(spans, texts, strict=True):
            self.grid.text(self.row, span, text, SIGNATURE)
        self.next(36)
