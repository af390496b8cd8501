"""The workbook of a comparison: 对比结论, a unit a row; 问题对比; 得分对比; 数据变化."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from ..comparison import Change, Comparison, Fate, Sameness, Settled, Standing
from ..form import DEPARTMENT, BudgetLine, Unit
from ..model import Status
from ..resubmission import Handed, Resubmission, Side
from ..rules.words import cells
from ..spec import heading
from ..waivers import WAIVED
from .compared_words import (
    ADDED_UP,
    REMOVED,
    advice,
    alone_words,
    effect_words,
    files_words,
    is_gone,
    note_words,
    place_words,
    score_name,
    shown_values,
    standing_name,
    summary,
    unclear_words,
    warnings,
)
from .scored_findings import FILLS as SEVERITY_FILLS
from .style import (
    CALC_FILL,
    CENTER,
    COUNT,
    ERROR_FILL,
    GENERAL,
    GOOD_FILL,
    GRID,
    NOTICE_FILL,
    NUMBER,
    SCORE,
    TEXT,
    WARNING_FILL,
    Book,
    Look,
)
from .table import Cell, Heading, Table

NAME = "重新报送对比"
TITLES = VERDICT, FINDINGS, SCORES, CHANGES = "对比结论", "问题对比", "得分对比", "数据变化"
"""The sheets of the workbook, in their order."""
MAX_ROWS = 200_000
"""How many rows of one sheet are written; what is left out is said, and stands in the JSON."""

TALLY: Look = {**CENTER, "num_format": COUNT}
FEW: Look = {**CENTER, "num_format": f'{COUNT};-{COUNT};"–"'}
POINTS: Look = {**NUMBER, "num_format": SCORE, "shrink": True}
GAP: Look = {**NUMBER, "num_format": f'+{SCORE};-{SCORE};"–"', "shrink": True}
SUM: Look = {"bold": True, "bg_color": CALC_FILL}
WORDS: Look = {**GRID, "text_wrap": True, "align": "left", "indent": 1, "font_size": 11}

BEFORE, AFTER, MORE = "上次", "这次", "变化"
SCORE_HEADINGS = (
    Heading("old", f"测算得分·{BEFORE}", 11.5, POINTS),
    Heading("new", f"测算得分·{AFTER}", 11.5, POINTS),
    Heading("gap", MORE, 9, GAP),
)
UNIT_HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("unit", "单位", 30),
    Heading("year", heading(Unit, "year"), 9, CENTER),
    Heading("same", "与上次比", 24, CENTER),
    Heading("fixed", Fate.FIXED.value, 7, FEW),
    Heading("open", Fate.OPEN.value, 7, FEW),
    Heading("fresh", Fate.NEW.value, 7, FEW),
    Heading("unchecked", Fate.UNCHECKED.value, 8, FEW),
    Heading("waived", WAIVED, 8, FEW),
    *SCORE_HEADINGS,
    Heading("changes", CHANGES, 9, FEW),
    Heading("status", "这次的结论", 13, CENTER),
    Heading("note", heading(BudgetLine, "note"), 34),
)
SUMMED = ("fixed", "open", "fresh", "unchecked", "waived", "changes")
FINDING_HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("unit", "单位", 22),
    Heading("fate", "去向", 7, CENTER),
    Heading("severity", "等级", 7, CENTER),
    Heading("project", "项目", 16),
    Heading("place", "位置", 18),
    Heading("message", "问题", 46),
    Heading("before", "与上次比", 20),
    Heading("fix", "处理建议", 34),
    Heading("code", "规则", 7, CENTER),
)
STANDING_HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("unit", "单位", 34),
    Heading("name", "整体或项目", 40),
    *SCORE_HEADINGS,
    Heading("said", "这次的得分和已评分值", 34),
)
CHANGE_HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("unit", "单位", 20),
    Heading("turn", "变化方式", 9, CENTER),
    Heading("record", "项目、指标或行", 24),
    Heading("field", "栏目", 16),
    Heading("place", "位置", 17),
    Heading("old", BEFORE, 24),
    Heading("new", AFTER, 24),
    Heading("gap", MORE, 12, NUMBER),
    Heading("money", "计量", 6, CENTER),
    Heading("effect", "得分影响", 9, GAP),
    Heading("of", "影响的得分", 17),
)
SHEETS = {
    VERDICT: UNIT_HEADINGS,
    FINDINGS: FINDING_HEADINGS,
    SCORES: STANDING_HEADINGS,
    CHANGES: CHANGE_HEADINGS,
}
"""Every sheet with its headings, in order."""
PLACES = 6
"""Decimals of a difference: enough for an amount of 万元 that is exact to the 分."""
FATE_FILLS = {Fate.NEW: ERROR_FILL, Fate.OPEN: WARNING_FILL, Fate.UNCHECKED: CALC_FILL, Fate.FIXED: GOOD_FILL}
SAME = {
    Sameness.BYTES: "没有变化（逐字节相同）",
    Sameness.CONTENT: "没有变化（只是重新保存过）",
    Sameness.LAYOUT: "数和文字未变，表格变了",
    Sameness.CHANGED: "有变化",
}
STATUS_FILLS = {
    Status.ACCEPTED: GOOD_FILL,
    Status.ACCEPTED_WITH_ISSUES: NOTICE_FILL,
    Status.REJECTED: WARNING_FILL,
    Status.NOT_ASSESSED: ERROR_FILL,
}
HEAD = 2
"""The row of the headings, counted from 0, where only title and subtitle stand above."""


Write = Callable[[Table, int, Any], None]
"""Fills a row of a table with one thing."""


def write_compared(done: Resubmission) -> bytes:
    """Write the workbook and return its bytes."""
    book = Book(NAME)
    units, findings, scores, changes = (_table(book, title, headings) for title, headings in SHEETS.items())
    _write_units(units, done)
    pairs = done.comparisons
    _write_rows(
        findings,
        [(one, each) for one in pairs for each in one.findings],
        _finding,
        said="每个单位按新增、仍有、没有查、改正排列；后两种写上次的位置和说法",
        none="没有问题",
    )
    _write_rows(
        scores,
        [(one, each) for one in pairs for each in (one.department, *one.projects) if _is_shown(each)],
        _standing,
        said="部门整体，和得分变了的项目；空白的是没有这个项目、不参评或者未评",
        none="没有可以对比的单位",
    )
    _write_rows(
        changes,
        [(one, each) for one in pairs for each in one.changes],
        _change,
        said=f"“得分影响”是单独这一处带来的分数；{ADDED_UP}",
        none="填报的数和文字没有变化",
    )
    return book.close()


def _table(book: Book, title: str, headings: Sequence[Heading]) -> Table:
    return Table(book, book.sheet(title, [one.width for one in headings]), headings)


def _write_rows(table: Table, rows: Sequence[tuple[Comparison, Any]], write: Write, *, said: str, none: str) -> None:
    """Write a long list: title, headings, a numbered row for each; what goes beyond a sheet is counted."""
    shown = rows[:MAX_ROWS]
    cut = f"，只写前 {len(shown)} 条，全部的见 JSON" if len(shown) < len(rows) else ""
    table.title(table.ws.get_name(), f"共 {len(rows)} 条{cut}；{said}")
    table.head(HEAD)
    table.freeze(HEAD, 2)
    if rows:
        table.ws.autofilter(HEAD, 0, HEAD + len(shown), table.last)
    else:
        table.wide(HEAD + 1, table.headings[0].key, table.headings[-1].key, none, GRID, align="center")
    for number, (one, each) in enumerate(shown, 1):
        row = HEAD + number
        table.blanks(row)
        table.put(row, "no", number)
        table.put(row, "unit", one.new.name or one.new.file)
        write(table, row, each)
    table.finish()


# --- 对比结论 -----------------------------------------------------------------------------------------------------

Cells = dict[str, Cell]


def _write_units(table: Table, done: Resubmission) -> None:
    sentences = [f"{summary(done)}。", *_what_next(done)]
    first, last = UNIT_HEADINGS[0].key, UNIT_HEADINGS[-1].key
    table.title(NAME, f"两次的表按同一评分政策、同样的豁免检查，测算得分是{DEPARTMENT}的；跨单位的问题不在内")
    for row, sentence in enumerate(sentences, HEAD):
        table.wide(row, first, last, sentence, WORDS)
    head = HEAD + len(sentences)
    table.head(head)
    table.freeze(head, 2)
    rows = list(_unit_rows(done))
    for number, (cells_of, status) in enumerate(rows, 1):
        _unit(table, head + number, {"no": number, **cells_of}, status)
    if rows:
        table.ws.autofilter(head, 0, head + len(rows), table.last)
    if done.comparisons:
        _sums(table, head + 1, head + len(rows), [cells_of for cells_of, _ in rows])
    table.finish()


def _what_next(done: Resubmission) -> Iterator[str]:
    """What the bureau has to do now: whom to send back, who handed in the same again, who made new faults."""
    back = [one for one in done.comparisons if one.new.status is Status.REJECTED]
    same = sum(1 for one in back if one.sameness.unchanged)
    if back:
        yield f"仍要退回 {len(back)} 份{f'，其中 {same} 份和上次一样，没有改' if same else ''}。"
    if unchecked := done.counts[Fate.UNCHECKED]:
        yield f"{Fate.UNCHECKED.value}的 {unchecked} 处不算改正：有关的规则这次没有执行，或在等别的问题先改正。"
    worse = sum(1 for one in done.comparisons if one.counts[Fate.NEW])
    if worse:
        yield f"{worse} 份有新增的问题，见“{FINDINGS}”里去向为“{Fate.NEW.value}”的行。"


def _unit_rows(done: Resubmission) -> Iterator[tuple[Cells, Status | None]]:
    """A row for every pair, then for every workbook without one; with the verdict on what was handed in this time."""
    for one in done.comparisons:
        yield _pair(one), one.new.status
    for side in (Side.NEW, Side.OLD):
        for alone in done.alone_on(side):
            status = alone.form.status if side is Side.NEW else None
            yield _handed(alone.form, alone_words(alone), alone.form.file), status
    for unclear in done.unclear:
        yield _handed(unclear.any, "分不清", unclear_words(unclear)), None
    for unread in done.unread:
        same = f"{unread.side.value}的读不了"
        status = Status.NOT_ASSESSED if unread.side is Side.NEW else None
        yield {"unit": unread.file, "same": same, "note": unread.reason}, status


def _pair(one: Comparison) -> Cells:
    counts = one.counts
    return {
        "unit": one.new.name or one.new.file,
        "year": one.new.year,
        "same": SAME[one.sameness],
        "fixed": counts[Fate.FIXED],
        "open": counts[Fate.OPEN],
        "fresh": counts[Fate.NEW],
        "unchecked": counts[Fate.UNCHECKED],
        "waived": one.waived,
        "old": one.department.before,
        "new": one.department.after,
        "changes": len(one.changes),
        "note": "；".join([*warnings(one), files_words(one)]),
    }


def _handed(form: Handed, same: str, note: str) -> Cells:
    return {"unit": form.name or form.file, "year": form.year, "same": same, "note": note}


def _unit(table: Table, row: int, cells_of: Cells, status: Status | None) -> None:
    table.blanks(row)
    for key, value in cells_of.items():
        table.put(row, key, value)
    _gap(table, row, cells_of.get("old"), cells_of.get("new"))
    if status is not None:
        table.put(row, "status", status.value, bg_color=STATUS_FILLS[status])


def _gap(table: Table, row: int, old: Cell, new: Cell, *looks: Look, places: int = 2) -> None:
    """The difference of two numbers of a row."""
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        at = table.at(row)
        table.calc(row, "gap", f"ROUND({at('new')}-{at('old')},{places})", new - old, *looks)


def _sums(table: Table, first: int, last: int, rows: Sequence[Cells]) -> None:
    row = last + 1
    table.blanks(row, SUM)
    table.put(row, "unit", "合计", SUM)
    for key in SUMMED:
        values = [value for cells_of in rows if isinstance(value := cells_of.get(key), int)]
        table.calc(row, key, f"SUM({table.span(key, first, last)})", sum(values), SUM)


# --- the other sheets ---------------------------------------------------------------------------------------------


def _finding(table: Table, row: int, settled: Settled) -> None:
    finding = settled.finding
    table.put(row, "fate", settled.fate.value, bg_color=FATE_FILLS[settled.fate])
    severity = WAIVED if settled.waived else finding.severity.value
    fill = CALC_FILL if settled.waived else SEVERITY_FILLS[finding.severity]
    table.put(row, "severity", severity, bg_color=fill)
    table.put(row, "project", settled.record)
    table.put(row, "place", cells(settled.cells))
    table.put(row, "message", finding.message)
    table.put(row, "before", note_words(settled))
    table.put(row, "fix", "" if is_gone(settled) else advice(settled))
    table.put(row, "code", finding.code)


def _is_shown(one: Standing) -> bool:
    """Whether a score is worth a row: the unit's as a whole, and a project's that is another."""
    return one.code == DEPARTMENT or one.before != one.after


def _standing(table: Table, row: int, one: Standing) -> None:
    table.put(row, "name", standing_name(one))
    table.put(row, "old", one.before)
    table.put(row, "new", one.after)
    _gap(table, row, one.before, one.after)
    table.put(row, "said", REMOVED if one.removed else one.said)


def _change(table: Table, row: int, change: Change) -> None:
    table.put(row, "turn", change.turn.value)
    table.put(row, "record", change.record or change.sheet)
    table.put(row, "field", change.field)
    table.put(row, "place", place_words(change))
    old, new = shown_values(change)
    for key, value in (("old", old), ("new", new)):
        look = _number(change) if isinstance(value, Decimal) else TEXT
        table.put(row, key, value, look)
    look = _number(change, signed=True)
    _gap(table, row, old, new, look, places=PLACES)
    table.put(row, "money", change.unit if change.unit != "%" else "")
    effects = change.effects or ()
    if len(effects) == 1 and effects[0].difference is not None:
        table.put(row, "effect", effects[0].difference)
        table.put(row, "of", score_name(effects[0].code))
    else:
        table.put(row, "of", effect_words(change.effects))


def _number(change: Change, *, signed: bool = False) -> Look:
    """How a number of a change looks."""
    shape = "0.00##%" if change.unit == "%" else "#,##0.00####" if change.unit else GENERAL
    if signed:
        shape = f"+{shape};-{shape};{shape}"
    return {**NUMBER, "num_format": shape, "shrink": True, "text_wrap": False}
