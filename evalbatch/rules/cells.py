"""Cell rules F3xx and F4xx: required cells are filled, and what stands in a cell is of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..form import (
    BUDGET_LINES,
    REQUIRED_AMOUNTS,
    SHEETS,
    Budget,
    BudgetLine,
    Department,
    Indicator,
    Problem,
    Project,
    Report,
    Standard,
    Unit,
)
from ..model import Drift, Severity, Submission, ValueKind
from ..spec import Column, Entry, Kind, Need, Row, Trouble, columns_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .hints import hint
from .indicators import unscored
from .remedies import says_none
from .words import LISTED, at, cells, listed, money, quoted


def records(submission: Submission, cls: type[Row]) -> tuple[Any, ...]:
    """The filled records of a sheet: the rows of a table, or the one record of a label/value sheet."""
    held: dict[type[Row], tuple[Any, ...]] = {
        Unit: (submission.unit,),
        Project: submission.projects,
        Indicator: submission.indicators,
        Department: (submission.department,),
        Standard: submission.standards,
        Problem: submission.problems,
        Report: (submission.report,),
        Budget: (submission.budget,),
        BudgetLine: tuple(getattr(submission.budget, line.name) for line in BUDGET_LINES),
    }
    return held[cls]


def read_cells(submission: Submission) -> Iterator[tuple[type[Row], Column, Entry[Any], Any]]:
    """Every cell that is read, with its column and its record."""
    for cls in (*SHEETS, BudgetLine):
        columns = [(column, column.name) for column in columns_of(cls)]
        for record in records(submission, cls):
            for column, name in columns:
                yield cls, column, getattr(record, name), record


def record_key(record: Any) -> str | None:
    """The project code a record belongs to."""
    code = record.code if isinstance(record, Project) else getattr(record, "project", None)
    return code.value if isinstance(code, Entry) else None


@rule("F301", "必填单元格空白", Severity.ERROR, Phase.CELL)
def required_blank(case: Case) -> Iterator[Found | Held]:
    """带星号的单元格没有填，或者填的是“—”“无”一类的占位符。

    Why: 必填的内容缺了，核对和计分就缺依据；系统不会把空白当成 0。
    Fix: 逐个填上；金额没有发生的填 0。
    Basis: [form] 标准表标星号的栏目；[system] 系统提交前检查必填项。
    Bad: 单位信息的填报人空着；收入合计的全年执行数写“—”。
    Good: 填报人：王敏；收入合计的全年执行数 213.73，没有发生的行填 0。
    """
    yield from _blanks(case, Need.REQUIRED)
    for amount in REQUIRED_AMOUNTS:
        blank = [
            (line.label, entry)
            for line in BUDGET_LINES
            if line.required
            and (entry := getattr(getattr(case.submission.budget, line.name), amount)).is_blank
            and entry.place
        ]
        if blank:
            column = next(c for c in columns_of(BudgetLine) if c.name == amount)
            yield _blank_finding(column, [entry for _, entry in blank], "、".join(label for label, _ in blank))


@rule("F302", "应填单元格空白", Severity.WARNING, Phase.CELL)
def wanted_blank(case: Case) -> Iterator[Found | Held]:
    """联系电话、填报日期这类应填的单元格空着。

    Why: 有疑问时找不到填报人，也无法判断填报的时间。
    Fix: 填上联系电话和填报日期。
    Basis: [practice] 复核时检查签字、日期和联系方式。
    Bad: 单位信息的联系电话和填报日期空着。
    Good: 联系电话 0311-80000000，填报日期 2026-02-27。
    """
    yield from _blanks(case, Need.WANTED)


def _blanks(case: Case, need: Need) -> Iterator[Found | Held]:
    blank: dict[tuple[type[Row], str], list[Entry[Any]]] = {}
    columns: dict[tuple[type[Row], str], Column] = {}
    aside = {d.near for d in case.submission.departures if d.drift is Drift.ASIDE}
    for cls, column, entry, record in read_cells(case.submission):
        wanted = column.need is need and entry.is_blank and entry.place
        if wanted and case.is_subtotal(record):
            yield Held(by="F205")
        elif wanted and str(entry.place) in aside and case.runs("F210"):
            yield Held(by="F210")
        elif wanted and not _excused(column, record, record in case.submission.problems[:1]):
            blank.setdefault((cls, column.name), []).append(entry)
            columns[cls, column.name] = column
    for key, entries in blank.items():
        yield _blank_finding(columns[key], entries)


def _excused(column: Column, record: Any, first: bool) -> bool:
    """A problem row that only continues the measures of the row above, or says that there is none."""
    if not isinstance(record, Problem):
        return False
    return says_none(record.problem) or (column.name == "problem" and not record.measure.is_blank and not first)


def _blank_finding(column: Column, entries: list[Entry[Any]], lines: str = "") -> Found:
    where = cells(places(*entries))
    of_lines = f"，{lines}" if lines else ""
    typed = sorted({entry.text for entry in entries if entry.text})
    state = f"写的是{'、'.join(map(quoted, typed))}，按没有填处理" if typed else "没有填"
    return Found(
        cells=places(*entries),
        message=f"{where}（{column.heading}{of_lines}）{state}。",
        found="、".join(typed) or "空白",
        expected=_wanted(column),
        fix=f"请填写{column.heading}{'，没有发生的填 0' if column.kind is Kind.AMOUNT else ''}。",
        effect=_blank_effect(column),
        alike=True,
    )


def _blank_effect(column: Column) -> str:
    needed = column.kind in (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.VALUE, Kind.CHOICE) or (
        column.kind is Kind.CODE and column.need is Need.REQUIRED
    )
    return "缺了它，有关的核对或计分无法进行。" if needed else "不影响得分。"


def _wanted(column: Column) -> str:
    if column.choices:
        more = f" 等 {len(column.choices)} 项，见下拉列表" if len(column.choices) > LISTED else ""
        return "、".join(column.choices[:LISTED]) + more
    return f"{column.help}（如 {column.example}）" if column.example else column.help or column.kind.value


_KIND_WORDS = {
    Kind.AMOUNT: "数字，如 213.74",
    Kind.YUAN: "按元填写的数字，如 3850",
    Kind.NUMBER: "数字，如 10",
    Kind.COUNT: "整数，如 6",
    Kind.PERCENT: "百分比，如 28.81%",
    Kind.CODE: "按文本填写的编号（按数字存的超过 15 位，末几位已经丢失；按日期存的不是原来的编号）",
    Kind.TEXT: "文字",
    Kind.VALUE: "看到的就是实际的数，如 100%、2150",
    Kind.YEAR: "四位年份，如 2025",
    Kind.DATE: "日期，如 2026-02-28",
}


_KIND_FIXES = {
    Kind.DATE: "请写成 2026-02-28 这样的日期。",
    Kind.YEAR: "请写成四位数字的年份。",
    Kind.CODE: "请把单元格设成文本，再重新输入完整的编号。",
    Kind.TEXT: "请核对是不是填错了格子，改写成文字。",
}
_BARE = re.compile(r"[-+]?(?:\d{1,6}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?")
_MAY_BE_NUMBERS = ("projects", "evidence", "due", "unit")


def _is_bare_number(column: Column, entry: Entry[Any]) -> bool:
    """A name, an explanation or a goal that is nothing but a number, shorter than that of a telephone."""
    words = column.kind is Kind.TEXT and column.name not in _MAY_BE_NUMBERS
    return words and entry.trouble is None and _BARE.fullmatch(entry.text) is not None


@rule("F401", "内容不是要求的类型", Severity.ERROR, Phase.CELL)
def wrong_type(case: Case) -> Iterator[Found | Held]:
    """金额栏写了文字，年度不是年份，日期读不懂，这一类内容与栏目要求不符的情况。

    Why: 系统不猜数，读不懂的内容等于没有填；姓名、说明里只有一个数，多半填错了格子。
    Fix: 按栏目要求改写，一个单元格只写一个数。
    Basis: [system] 系统录入时检查数据类型。
    Bad: 当年财政拨款的全年执行数写“约4.86”，评价年度写“去年”。
    Good: 当年财政拨款的全年执行数 4.86，评价年度 2025。
    """
    alike: dict[tuple[object, ...], list[tuple[Column, Entry[Any], Any]]] = {}
    for cls, column, entry, record in read_cells(case.submission):
        if entry.trouble in (Trouble.TYPE, Trouble.FORMAT) or _is_bare_number(column, entry):
            known = hint(column, entry)
            same = column.kind.value if entry.trouble is Trouble.FORMAT else column.name
            alike.setdefault((cls, same, known.why if known else entry.text), []).append((column, entry, record))
    for wrong in alike.values():
        yield _wrong_type(wrong)


def _wrong_type(wrong: Sequence[tuple[Column, Entry[Any], Any]]) -> Found:
    """One finding for the cells of a column, or those of a sheet with such a format, that are wrong for one reason."""
    (column, first, _), entries = wrong[0], [entry for _, entry, _ in wrong]
    known, records = hint(column, first), {record_key(record) for _, _, record in wrong}
    texts = list(dict.fromkeys(entry.text for entry in entries))[:LISTED]
    headings = listed(list(dict.fromkeys(column.heading for column, _, _ in wrong)))
    wanted, why = _KIND_WORDS[column.kind], f"，{known.why}" if known else ""
    return Found(
        cells=places(*entries),
        record=records.pop() if len(records) == 1 else None,
        message=f"{cells(places(*entries))}（{headings}）写的是{'、'.join(map(quoted, texts))}{why}，应为{wanted}。",
        found="、".join(texts),
        expected=wanted,
        fix=known.fix if known else _KIND_FIXES.get(column.kind, "请只写一个数，不写别的文字。"),
        effect="不影响得分。" if column.kind is Kind.TEXT else "按没有填处理。",
        severity=Severity.WARNING if column.kind in (Kind.DATE, Kind.TEXT) else None,
        alike=len(wrong) > 1,
    )


@rule("F402", "公式出错或没有算出", Severity.ERROR, Phase.CELL)
def broken_formula(case: Case) -> Iterator[Found | Held]:
    """要读的单元格里是公式，但公式出错，或者文件里没有存下计算结果。

    Why: 公式没有结果，看上去像有数，其实读不到。
    Fix: 用 Excel 或 WPS 打开，重新计算后保存；或直接填写数字。
    Basis: [practice] 电子表格交换中的常见故障。
    Bad: 全年执行数里是 #REF!，公式引用的那一行已经删掉。
    Good: 全年执行数直接填 4.86，或改好公式、重新计算后保存，显示 4.86。
    """
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble in (Trouble.ERROR, Trouble.UNCALCULATED):
            error = entry.trouble is Trouble.ERROR
            said = f"是错误值{quoted(entry.text)}" if error else f"是还没有计算的公式 {quoted(entry.text)}"
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}{said}，读不到数。",
                found=entry.text,
                expected="有结果的公式，或直接填写的内容",
                fix="请改正公式或直接填写。" if error else "请用 Excel 或 WPS 打开并重新保存，或直接填写。",
                effect="按没有填处理。",
            )


@rule("F403", "负数金额", Severity.ERROR, Phase.CELL)
def negative_amount(case: Case) -> Iterator[Found | Held]:
    """金额、人数、分值一类的单元格填了负数。

    Why: 预算数、执行数、人数、分值都不会小于 0；多半是误录，或把冲销记成了负数。
    Fix: 改成正数；属于冲销、收回的，填净额并在说明栏写明。
    Basis: [system] 系统不接受负数预算和负数执行。
    Bad: 日常公用经费全年支出 26.20 万元，年底收回 0.60 万元，执行数填 -0.60 万元。
    Good: 日常公用经费全年执行数填净额 25.60 万元，收回的 0.60 万元在说明栏写明。
    """
    kinds = (Kind.AMOUNT, Kind.YUAN, Kind.COUNT, Kind.NUMBER)
    for cls, column, entry, record in read_cells(case.submission):
        if column.kind in kinds and cls is not Indicator and entry.value is not None and entry.value < 0:
            shown = money(entry.value, case.submission) if column.kind is Kind.AMOUNT else entry.text
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}为 {shown}，不应小于 0。",
                found=entry.text,
                expected="0 或正数",
                fix="请核对后改成正数；冲销的填净额。",
                effect="仍按所填的数参加核对。",
            )


@rule("F404", "不在可选范围", Severity.ERROR, Phase.CELL)
def wrong_choice(case: Case) -> Iterator[Found | Held]:
    """下拉选择的单元格里填了选项以外的内容。

    Why: 系统按选项归类，选项以外的内容无法归类。
    Fix: 从下拉列表里选一项。
    Basis: [form] 标准表的选项；一级、二级指标另认各地的通行叫法，只提醒不退回。
    Bad: 评价等级写“优秀”。
    Good: 评价等级从下拉列表选“优”。
    """
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble is Trouble.CHOICE and not (column.name == "tier" and case.policy.tier(entry.text)):
            allowed = "、".join(column.choices)
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}写的是{quoted(entry.text)}，应为“{allowed}”中的一项。",
                found=entry.text,
                expected=allowed,
                fix="请从下拉列表里选一项。",
                effect=_choice_effect(case, column, record) if column.open_choices else "按没有填处理。",
                severity=Severity.WARNING if column.open_choices else None,
            )


def _choice_effect(case: Case, column: Column, row: Indicator) -> str:
    """What it does to an indicator's score that a level, a direction or a tier is none of the list."""
    scored = case.scored_row(row)
    if scored is None:
        return "这一行没有计分。"
    if column.name == "tier":
        if scored.target.kind is not ValueKind.QUALITATIVE:
            return "不影响得分。"
        return f"{unscored(scored)}。" if scored.score is None else "暂按实际完成值判断档次。"
    if column.name == "nature" and scored.target.inferred:
        return "暂按推断的方向计分。" if scored.score is not None else f"{unscored(scored)}。"
    return "暂按所填的叫法计分。"
