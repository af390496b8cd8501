"""A comparison in words: the lines a person reads on the terminal, and what the sheets of its workbook share with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..comparison import Change, Comparison, Fate, Sameness, Settled, Standing, Turn
from ..effects import Effect
from ..form import DEPARTMENT, WAN, WAN_SCALE, YUAN, Unit
from ..model import UNSCORED, Figure, Finding, Said
from ..resubmission import Alone, Resubmission, Side, Unclear
from ..rules.words import cells, figure, listed, percent, quoted
from ..spec import heading
from ..waivers import WAIVED, waiver_words

CHANGES_LISTED = 20
"""How many changes of one unit are printed where there are many units."""
EXCERPT = 60
"""Characters of a text around what was changed in it."""
ROOM = 160
"""The same in a cell of the workbook."""
NAMED = 30
"""Characters of a record's name beside a change."""
NOTHING = "空白"
REMOVED = "项目删去了"
ALONE = {Side.NEW: "新报送", Side.OLD: "这次没有"}
"""What is said of a unit on one side alone."""
ADDED_UP = "几处变化合起来的影响不一定等于各处之和，合计以测算得分为准"


def unit_words(form: object) -> str:
    """Whose a form is: the name, or else the file, and the year."""
    name, year = getattr(form, "name", "") or getattr(form, "file", ""), getattr(form, "year", "")
    return f"{name}（{year}）" if year else name


def files_words(one: Comparison) -> str:
    """The two files, once where they have one name."""
    return one.new.file if one.old.file == one.new.file else f"{one.old.file} → {one.new.file}"


def headline(one: Comparison) -> str:
    """One line on a pair: what became of it, the findings by fate, the scores, the verdict now."""
    counts, same = one.counts, one.sameness
    said = _counted(one) if not same.unchanged else f"{Fate.OPEN.value} {counts[Fate.OPEN]}"
    said += f"、{WAIVED} {one.waived}" if one.waived else ""
    said = said if same is Sameness.CHANGED else f"{same.value}；{said}"
    moved = sum(1 for standing in one.projects if standing.before != standing.after)
    scores = f"{DEPARTMENT}测算得分 {standing_words(one.department)}{f'，{moved} 个项目的得分有变化' if moved else ''}"
    return f"{unit_words(one.new)}：{said}；{scores}；{one.new.status.value}"


def _counted(one: Comparison) -> str:
    counts = one.counts
    said = [f"{fate.value} {counts[fate]}" for fate in (Fate.FIXED, Fate.OPEN, Fate.NEW)]
    said += [f"{Fate.UNCHECKED.value} {counts[Fate.UNCHECKED]}"] if counts[Fate.UNCHECKED] else []
    return "、".join(said)


def warnings(one: Comparison) -> Iterator[str]:
    """What must be known before anything else is read."""
    if not one.same_unit:
        yield f"两份表不是同一个单位：上次是{_whose(one.old)}，这次是{_whose(one.new)}"
    if one.old.year != one.new.year:
        year = heading(Unit, "year")
        yield f"两份表的{year}不同：上次是 {one.old.year or NOTHING}，这次是 {one.new.year or NOTHING}"
    if one.old.money != one.new.money:
        unit = heading(Unit, "money")
        yield f"{unit}由{one.old.money}改为{one.new.money}；换算以后相等的金额不算变化，上次的数按{one.new.money}写"


def _whose(version: object) -> str:
    code = getattr(version, "code", "")
    return f"“{getattr(version, 'name', '') or '未填名称'}”{f'（{code}）' if code else ''}"


def lines(one: Comparison, *, alone: bool) -> Iterator[str]:
    """A pair in detail; where it is one of many (not ``alone``), an unchanged one in none and many changes cut short."""
    yield from (f"  注意：{line}" for line in warnings(one))
    if one.sameness.unchanged and not alone:
        return
    for settled in one.findings:
        yield from (f"  {line}" for line in _finding_lines(settled))
    moved = [standing for standing in (one.department, *one.projects) if standing.before != standing.after]
    if moved:
        yield "  测算得分的变化："
        yield from (f"    {standing_name(standing)}：{standing_words(standing)}" for standing in moved)
    if one.changes:
        shown = one.changes if alone else one.changes[:CHANGES_LISTED]
        cut = f"，显示前 {len(shown)} 处，全部的请用 -o 写出工作簿" if len(shown) < len(one.changes) else ""
        weighty = sum(1 for change in one.changes if change.effects)
        effects = "（括号里是单独这一处对得分的影响）" if weighty else ""
        yield f"  数据变化 {len(one.changes)} 处{effects}{cut}："
        yield from (f"    {change_words(change)}" for change in shown)
        if weighty > 1:
            yield f"    {ADDED_UP}"


def _finding_lines(settled: Settled) -> Iterator[str]:
    finding, fate = settled.finding, settled.fate.value
    mark = f"{fate}·{WAIVED}" if settled.waived else fate
    partly = f"（其中 {cells(settled.cells)}）" if settled.partly else ""
    note = note_words(settled)
    head = f"[{mark}·{finding.severity.value}] {partly}{finding.message}{f'（{note}）' if note else ''}"
    if is_gone(settled):
        yield f"{head} {finding.code}"
        return
    yield head
    yield f"    → {advice(settled)} {finding.code}"


def is_gone(settled: Settled) -> bool:
    """Whether a finding is not there any more."""
    return settled.fate in (Fate.FIXED, Fate.UNCHECKED)


def note_words(settled: Settled) -> str:
    """What else is to be known of a finding: the figure it stood with before, or its note."""
    return f"上次{before_words(settled)}" if settled.moved else settled.note


def advice(settled: Settled) -> str:
    """What to do about a finding, or who lets it stand."""
    finding = settled.finding
    if finding.waiver is not None:
        return f"{waiver_words(finding.waiver)}。"
    return f"{finding.fix} {finding.effect}".strip()


def before_words(settled: Settled) -> str:
    """What stood there before, of a finding that stands with other figures."""
    before = settled.before
    return "" if before is None or not settled.moved else _figures(before, settled.finding, settled.money)


def _figures(before: Finding, now: Finding, money: str) -> str:
    """The figure that moved: what was found, else what was expected, else by how much it was off."""
    for title, was, is_ in (
        ("是", before.found, now.found),
        ("应为", before.expected, now.expected),
        ("差", before.difference, now.difference),
    ):
        if was != is_:
            return f"{title}{_said(was, money)}"
    return ""


def _said(said: Said, money: str) -> str:
    if not isinstance(said, Figure):
        return quoted(said) if said else NOTHING
    if said.unit == "%":
        return f" {percent(said.value)}"
    if said.unit == YUAN and money == WAN:
        return f" {figure(said.value / WAN_SCALE)} {WAN}"
    return f" {figure(said.value)} {said.unit}".rstrip()


# --- scores -------------------------------------------------------------------------------------------------------


def points_words(points: Decimal | None) -> str:
    """Points, or that there are none."""
    return UNSCORED if points is None else figure(points)


def standing_words(one: Standing) -> str:
    """``91.20 → 93.05（+1.85）``, one number where it stayed."""
    gap = one.difference
    if one.removed:
        return f"{points_words(one.before)} → {REMOVED}"
    if one.before == one.after:
        return points_words(one.after)
    change = f"（{signed(gap)}）" if gap is not None else ""
    return f"{points_words(one.before)} → {points_words(one.after)}{change}"


def standing_name(one: Standing) -> str:
    """Whose score it is."""
    return one.code if one.code == DEPARTMENT else f"项目 {one.code} {one.name}".strip()


def signed(number: Decimal, words: str | None = None) -> str:
    """A difference with its sign."""
    said = figure(abs(number)) if words is None else words
    return f"{'-' if number < 0 else '+'}{said}"


def effect_words(effects: Sequence[Effect] | None) -> str:
    """What a change alone makes of the scores; nothing where it makes nothing."""
    if effects is None:
        return "变化太多，没有逐处计算"
    said = [f"{score_name(one.code)} {_effect(one)}" for one in effects]
    return listed(said)


def score_name(code: str) -> str:
    """A score by its code."""
    return code if code == DEPARTMENT else f"项目 {code}"


def _effect(one: Effect) -> str:
    gap = one.difference
    return f"{signed(gap)} 分" if gap is not None else f"{points_words(one.before)} → {points_words(one.after)}"


# --- changes ------------------------------------------------------------------------------------------------------


def change_words(change: Change) -> str:
    """A change in one line: where, what it was, what it is, by how much, what that makes of the score."""
    effect = effect_words(change.effects)
    tail = f"（{effect}）" if effect else ""
    if change.turn is not Turn.CHANGED:
        said = change.new if change.turn is Turn.ADDED else change.old
        words = f"：{said}" if said else ""
        name = quoted(change.record, EXCERPT) if change.record else ""
        return f"{place_words(change)} {change.turn.value}{name}{words}{tail}"
    gap = change.difference
    by = f"，{signed(gap, number_words(change, abs(gap), gap=True))}" if gap is not None else ""
    old, new = both_words(change)
    record = " ".join(change.record.split())[:NAMED]
    name = f"{record}，{change.field}" if record else change.field
    return f"{place_words(change)}（{name}）：{old} → {new}{by}{tail}"


def place_words(change: Change) -> str:
    """Where a change is: in the newer workbook, or, where that has no such cell, in the older one."""
    return str(change.place) if change.place else f"上次的 {change.old_place or change.sheet}"


def shown_values(change: Change) -> tuple[Decimal | str | None, Decimal | str | None]:
    """What a cell held and holds as a sheet shows it: numbers in their unit (rates as fractions), long texts cut."""
    if isinstance(change.old, str) and isinstance(change.new, str):
        return excerpts(change.old, change.new, ROOM)
    return _shown(change, change.old), _shown(change, change.new)


def _shown(change: Change, value: Decimal | str | None) -> Decimal | str | None:
    if isinstance(value, Decimal):
        return value if change.unit == "%" else value / change.scale
    return None if value is None else _cut(value, 0, ROOM)


def both_words(change: Change) -> tuple[str, str]:
    """What a cell held and holds, texts cut to what was changed in them."""
    if isinstance(change.old, str) and isinstance(change.new, str):
        old, new = excerpts(change.old, change.new)
        return f"“{old}”", f"“{new}”"
    return _one(change, change.old), _one(change, change.new)


def _one(change: Change, value: Decimal | str | None) -> str:
    if value is None:
        return NOTHING
    return quoted(value, EXCERPT) if isinstance(value, str) else number_words(change, value)


def number_words(change: Change, number: Decimal, *, gap: bool = False) -> str:
    """A number of a change in its unit; the gap of two rates in 百分点."""
    if change.unit == "%":
        return f"{figure(number * 100)} 个百分点" if gap else percent(number)
    return f"{figure(number / change.scale)} {change.unit}" if change.unit else figure(number, 0)


def excerpts(old: str, new: str, room: int = EXCERPT) -> tuple[str, str]:
    """Two texts in one line each, cut to a stretch that begins a little before they part."""
    one, other = (" ".join(text.split()) for text in (old, new))
    if one == other:
        one, other = old.replace("\n", "⏎"), new.replace("\n", "⏎")
    parted = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, parted - room // 4) if max(len(one), len(other)) > room else 0
    return _cut(one, start, room), _cut(other, start, room)


def _cut(text: str, start: int, room: int) -> str:
    end = start + room
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


# --- what has no pair ---------------------------------------------------------------------------------------------


def alone_words(one: Alone) -> str:
    """What is to be said of a unit's workbook on one side alone."""
    if one.twin:
        other = Side.OLD if one.side is Side.NEW else Side.NEW
        return f"{other.value}的同名文件读不了，没有对比"
    return ALONE[one.side]


def unclear_words(one: Unclear) -> str:
    """Which workbooks of one unit nobody can pair."""
    sides = [(side, forms) for side, forms in ((Side.OLD, one.olds), (Side.NEW, one.news)) if forms]
    said = "，".join(
        f"{side.value} {len(forms)} 份（{listed([form.file for form in forms])}）" for side, forms in sides
    )
    return f"这个单位有几份表，分不清哪一份对哪一份：{said}。请只留一份，或让两边的文件同名"


def summary(done: Resubmission) -> str:
    """What a comparison of two folders came to, in one line."""
    counts = done.counts
    said = [f"对比 {len(done.comparisons)} 份，其中没有变化 {done.unchanged} 份"]
    said += ["、".join(f"{fate.value} {counts[fate]} 处" for fate in (Fate.FIXED, Fate.OPEN, Fate.NEW))]
    said += [f"{Fate.UNCHECKED.value} {n} 处"] if (n := counts[Fate.UNCHECKED]) else []
    said += [
        f"{ALONE[side]} {n} 份"
        for side in (Side.NEW, Side.OLD)
        if (n := sum(1 for one in done.alone_on(side) if not one.twin))
    ]
    said += [f"另一边的同名文件读不了、没有对比 {n} 份"] if (n := sum(one.twin for one in done.alone)) else []
    said += [f"分不清的 {len(done.unclear)} 个单位"] if done.unclear else []
    said += [f"读不了的 {len(done.unread)} 个文件"] if done.unread else []
    return "；".join(said)
