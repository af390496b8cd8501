"""Forms that no longer look like the form: columns, rows, sheets and labels moved, renamed, repeated, missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from pieces import STRINGS, TITLES, WORKBOOK
from support import filling

from evalbatch.form import BUDGET_LINES, DEPARTMENT, SHEETS, VERSION_LABEL, BudgetLine
from evalbatch.spec import Column, columns_of

from .kit import Book, Specimen, edited, letters_of

GROUP = "drift"
PROJECTS, INDICATORS, UNIT, LINES = "项目资金", "绩效指标", "单位信息", "收支预决算"
TRADITIONAL = str.maketrans(
    "并系价优内别务参员问单执报实对后态采拨数时会查标档检决况测准满济环产当众码称级组结经编总绩续联职万号制核计证评话说调负财责费资质购较转进运过达门际电响项预题额类余体",
    "並繫價優內別務參員問單執報實對後態採撥數時會查標檔檢決況測準滿濟環產當眾碼稱級組結經編總績續聯職萬號制核計證評話說調負財責費資質購較轉進運過達門際電響項預題額類餘體",
)
"""As a writer of traditional characters spells the form's words."""
_NO_PROJECTS = ("projects.", "indicators.", "lines.", "department.", "scores.")


def _read(name: str, edit: Callable[[Book], Any], *found: str, **more: Any) -> Specimen:
    return Specimen(group=GROUP, name=name, make=edited(edit), found=found, **more)


def _columns(title: str, to: Callable[[int], int]) -> Callable[[Book], Any]:
    return lambda book: book.moved(title, lambda row, column: (row, to(column)))


def _rows(title: str, to: Callable[[int], int | None]) -> Callable[[Book], Any]:
    def place(row: int, column: int) -> tuple[int, int] | None:
        new = to(row)
        return None if new is None else (new, column)

    return lambda book: book.moved(title, place)


def _copied_column(title: str, source: int, target: int, change: Callable[[str], str] = str) -> Callable[[Book], Any]:
    """Copy a column's cells (heading and all) behind the last one."""

    def edit(book: Book) -> None:
        old, new = letters_of(source), letters_of(target)

        def row(match: re.Match[str]) -> str:
            cell = re.search(rf'<c r="{old}(\d+)"[^>/]*>.*?</c>', match[0], re.S)
            copied = change(cell[0].replace(f'r="{old}', f'r="{new}')) if cell else ""
            return match[0].replace("</row>", f"{copied}</row>")

        book.set_sheet(title, re.sub(r"<row\b.*?</row>", row, book.sheet(title), flags=re.S))

    return edit


def _heading_again(book: Book) -> None:
    """The heading row pasted again between the indicators, the rest pushed down."""
    _rows(INDICATORS, lambda row: row if row < 8 else row + 1)(book)
    heading = re.search(r'<row r="4".*?</row>', book.sheet(INDICATORS), re.S)
    again = re.sub(r'r="([A-Z]*)4"', r'r="\g<1>8"', heading[0])
    book.sub(INDICATORS, '<row r="9"', f'{again}<row r="9"')


def _without_sheet(*titles: str) -> Callable[[Book], Any]:
    def edit(book: Book) -> None:
        for title in titles:
            text = book.parts[WORKBOOK].decode()
            book.parts[WORKBOOK] = re.sub(rf'<sheet name="{title}"[^>]*/>', "", text).encode()
            book.parts[WORKBOOK] = re.sub(rb"<definedNames>.*</definedNames>", b"", book.parts[WORKBOOK])

    return edit


def _renamed(old: str, new: str) -> Callable[[Book], Any]:
    return lambda book: book.sub(WORKBOOK, f'<sheet name="{old}"', f'<sheet name="{new}"')


def _copy(title: str, name: str, old: str = "", new: str = "") -> Callable[[Book], Any]:
    return lambda book: book.add_sheet(name, book.sheet(title).replace(old, new, 1) if old else book.sheet(title))


def _label_twice(row: int, value: str) -> Callable[[Book], Any]:
    """A label of 单位信息 again further down, with another value."""
    label = f'<c r="A{row}" t="inlineStr"><is><t>实际在职人数</t></is></c><c r="B{row}"><v>{value}</v></c>'
    return lambda book: book.row(UNIT, row, f'<row r="{row}">{label}</row>')


def _shared(old: str, new: str) -> Callable[[Book], Any]:
    return lambda book: book.heading(old, new)


def _title_cell(place: str, text: str) -> Callable[[Book], Any]:
    return lambda book: book.text(place, text)


def _traditional(text: str) -> str:
    return text.translate(TRADITIONAL)


def _all_traditional(book: Book) -> None:
    """Sheet titles, headings, labels and choices in traditional characters; what the staff wrote stays as it is."""
    for title in TITLES[:-1]:
        book.sub(WORKBOOK, f'<sheet name="{title}"', f'<sheet name="{_traditional(title)}"')
    book.parts[WORKBOOK] = re.sub(rb"<definedNames>.*</definedNames>", b"", book.parts[WORKBOOK])
    strings = book.parts[STRINGS].decode()
    for word in _vocabulary():
        strings = re.sub(rf"<t>{re.escape(word)}(\*?)</t>", rf"<t>{_traditional(word)}\1</t>", strings)
    book.parts[STRINGS] = strings.encode()


def _all_traditional_and_full_width(book: Book) -> None:
    """The same, with brackets, dots and stars as an input method of full width types them."""
    _all_traditional(book)
    strings = book.parts[STRINGS].decode()
    for word in map(_traditional, _headings()):
        wide = f"　{word}　".replace("(", "（").replace(")", "）")
        strings = re.sub(rf"<t>{re.escape(word)}\*?</t>", f"<t>{wide}＊</t>", strings)
    book.parts[STRINGS] = strings.encode()


def _columns_of_all() -> list[Column]:
    return [column for cls in (*SHEETS, BudgetLine) for column in columns_of(cls)]


def _headings() -> set[str]:
    return {column.heading for column in _columns_of_all()} | {line.label for line in BUDGET_LINES}


def _vocabulary() -> set[str]:
    """The words the form itself prints and offers."""
    choices = {choice for column in _columns_of_all() for choice in column.choices}
    return {VERSION_LABEL, DEPARTMENT} | _headings() | choices


def _traditional_levels() -> dict[str, str]:
    """The levels of every indicator: as they are typed, so they are printed."""
    levels, counted = {}, Counter()
    for row in filling()["indicator"]:
        code = "department" if row["project"] == DEPARTMENT else row["project"]
        for level in ("level1", "level2"):
            levels[f"indicators.{code}.{counted[code]}.{level}"] = _traditional(row[level])
        counted[code] += 1
    return levels


def _lines_above(unit: str) -> Callable[[Book], Any]:
    """What the form's own formula shows above its two tables of amounts."""

    def edit(book: Book) -> None:
        for title in (LINES, PROJECTS):
            book.formula(f"{title}!A3", '"单位："&单位', f"单位：{unit}", "str")

    return edit


def _merged_label(book: Book) -> None:
    """Label over A and B, the value in C: as WPS users lay out a sheet."""
    book.moved(UNIT, lambda row, column: (row, column if column == 1 else column + 1))
    rows = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(4, 17))
    book.before_end(UNIT, f'<mergeCells count="13">{rows}</mergeCells>')


def _merged_value(book: Book) -> None:
    book.moved(UNIT, lambda row, column: (row, column if column < 3 else column + 1))
    book.before_end(UNIT, '<mergeCells count="2"><mergeCell ref="B4:C4"/><mergeCell ref="B5:C5"/></mergeCells>')


SPECIMENS = (
    _read("two-columns-inserted", _columns(PROJECTS, lambda c: c if c < 3 else c + 2)),
    _read("columns-inserted-everywhere", _columns(PROJECTS, lambda c: c * 2)),
    _read("columns-reversed", _columns(PROJECTS, lambda c: 32 - c)),
    _read("columns-of-indicators-reversed", _columns(INDICATORS, lambda c: 16 - c)),
    _read(
        "columns-of-lines-swapped", lambda b: b.moved(LINES, lambda r, c: (r, {2: 4, 4: 2}.get(c, c) if r < 19 else c))
    ),
    _read("far-to-the-right", _columns(PROJECTS, lambda c: c + 100)),
    _read("labels-moved-right", _columns(UNIT, lambda c: c + 1)),
    _read("labels-moved-far-right", _columns(UNIT, lambda c: c + 6)),
    _read("column-twice-same-values", _copied_column(PROJECTS, 10, 33), "F202 项目资金!AG4"),
    _read(
        "column-twice-other-values",
        _copied_column(PROJECTS, 10, 33, lambda c: c.replace("4.86", "1.86")),
        "F202 项目资金!AG4",
    ),
    _read("column-of-results-twice", _copied_column(INDICATORS, 9, 17), "F202 绩效指标!Q4"),
    _read("rows-inserted-on-top", _rows(PROJECTS, lambda r: r + 5)),
    _read("rows-inserted-beyond-the-heading-rows", _rows(PROJECTS, lambda r: r + 20), "F201", lost=_NO_PROJECTS),
    _read("title-rows-deleted", _rows(PROJECTS, lambda r: r - 3 if r > 3 else None)),
    _read("blank-rows-between", _rows(PROJECTS, lambda r: r if r < 6 else r * 2)),
    _read("blank-rows-between-indicators", _rows(INDICATORS, lambda r: r if r < 8 else r + 30)),
    _read("lines-spread-out", _rows(LINES, lambda r: r if r < 5 else r * 2 - 5)),
    _read("lines-reversed", _rows(LINES, lambda r: r if r < 5 or r > 18 else 23 - r)),
    _read("labels-reversed", _rows(UNIT, lambda r: r if r < 4 else 20 - r)),
    _read("heading-row-again", _heading_again),
    _read(
        "heading-row-twice-on-top",
        lambda b: (
            _rows(PROJECTS, lambda r: r if r < 5 else r + 1)(b),
            b.sub(
                PROJECTS,
                '<row r="6"',
                re.sub(r'r="([A-Z]*)4"', r'r="\g<1>5"', re.search(r'<row r="4".*?</row>', b.sheet(PROJECTS), re.S)[0])
                + '<row r="6"',
            ),
        ),
    ),
    _read("sheet-copied", _copy(INDICATORS, "绩效指标 (2)"), "F103 绩效指标 (2)!A1"),
    _read("sheet-copied-full-width", _copy(INDICATORS, "绩效指标（2）"), "F103 绩效指标（2）!A1"),
    _read("sheet-copied-by-wps", _copy(INDICATORS, "绩效指标 副本"), "F103 绩效指标 副本!A1"),
    _read("sheet-copied-and-changed", _copy(PROJECTS, "项目资金 (3)", "<v>4.86</v>", "<v>1.86</v>"), "F103"),
    _read(
        "sheet-copied-original-renamed",
        lambda b: _renamed(INDICATORS, "绩效指标 (2)")(b),
        "F101 绩效指标!A1",
        lost=("indicators.", "scores.", "lines."),
    ),
    _read("sheet-title-with-spaces", _renamed(INDICATORS, " 绩效指标 ")),
    _read("sheet-title-with-a-star", _renamed(INDICATORS, "绩效指标＊")),
    _read("sheet-title-twice-but-for-a-space", _copy(PROJECTS, "项目资金 ", "<v>4.86</v>", "<v>1.86</v>"), "F103"),
    _read("sheet-renamed", _renamed("支出标准", "支出标准表"), "F101 支出标准!A1", lost=("lines.M108",)),
    _read("sheet-renamed-to-something-else", _renamed("支出标准", "Sheet7"), "F101 支出标准!A1", lost=("lines.M108",)),
    _read("sheet-title-traditional", _renamed("项目资金", "項目資金")),
    _read("sheet-copied-traditional", _copy(PROJECTS, "項目資金 (2)", "<v>4.86</v>", "<v>1.86</v>"), "F103"),
    _read("guide-missing", _without_sheet("填报说明"), "F102"),
    _read("lists-missing", _without_sheet("选项")),
    _read(
        "unit-sheet-missing",
        _without_sheet("单位信息"),
        "F101 单位信息!A1",
        lost=("unit.", "lines.", "department.", "scores.", "indicators."),
    ),
    _read("standards-missing", _without_sheet("支出标准"), "F101 支出标准!A1", lost=("lines.M108",)),
    _read("problems-missing", _without_sheet("问题整改"), "F101 问题整改!A1"),
    _read("report-missing", _without_sheet("报告文字"), "F101 报告文字!A1"),
    _read(
        "lines-missing",
        _without_sheet(LINES),
        "F101 收支预决算!A1",
        lost=("lines.", "department.", "scores."),
    ),
    _read(
        "only-the-projects-left",
        _without_sheet("填报说明", UNIT, LINES, INDICATORS, "部门整体自评", "支出标准", "问题整改", "报告文字", "选项"),
        "F101 单位信息!A1",
        "F102",
        lost=("",),
    ),
    _read(
        "only-the-guide-left",
        _without_sheet(UNIT, LINES, PROJECTS, INDICATORS, "部门整体自评", "支出标准", "问题整改", "报告文字", "选项"),
        said="不是标准自评表",
    ),
    _read("version-older", lambda b: b.sub(STRINGS, "<t>2025.1</t>", "<t>2024.1</t>"), "F102"),
    _read("version-gone", lambda b: b.sub(STRINGS, "<t>2025.1</t>", "<t></t>"), "F102"),
    _read("heading-full-width", _shared("自评得分", "自 评 得 分＊")),
    _read("heading-with-a-unit", _title_cell("项目资金!I4", "全年预算数（万元）")),
    _read("heading-with-the-unit-traditional", _title_cell("项目资金!I4", "全年預算數（萬元）")),
    _read(
        "heading-with-another-unit",
        _title_cell("项目资金!I4", "全年预算数（元）"),
        "F211 项目资金!I4",
        lost=("projects.", "lines.", "scores."),
    ),
    _read(
        "heading-with-a-unit-of-its-own",
        _title_cell("项目资金!I4", "全年预算数（千元）"),
        "F201 项目资金!I4",
        lost=("projects.", "lines.", "scores."),
    ),
    _read(
        "heading-of-lines-with-another-unit",
        _title_cell("收支预决算!D4", "全年执行数（元）"),
        "F211 收支预决算!D4",
        lost=("lines.", "department.", "scores."),
    ),
    _read(
        "heading-of-standards-in-wan",
        _title_cell("支出标准!C4", "标准（万元）"),
        "F211 支出标准!C4",
        lost=("lines.M108",),
    ),
    _read(
        "headings-all-with-another-unit",
        lambda b: (
            b.heading("年初预算数", "年初预算数（元）")
            .heading("全年预算数", "全年预算数（元）")
            .heading("全年预算数*", "全年预算数*（元）")
            .heading("全年执行数", "全年执行数（元）")
            .heading("全年执行数*", "全年执行数*（元）")
        ),
        "F211 收支预决算!B4",
        "F211 项目资金!H4",
        lost=("projects.", "lines.", "department.", "scores."),
    ),
    _read(
        "line-above-the-table-with-another-unit",
        _title_cell("项目资金!A3", "单位：元"),
        "F211 项目资金!A3",
        lost=("projects.", "lines.", "scores."),
    ),
    _read(
        "money-unit-that-is-none",
        lambda b: (b.text("单位信息!B8", "千元"), _lines_above("千元")(b)),
        "F404 单位信息!B8",
        "F211 收支预决算!A3",
        "F211 项目资金!A3",
        lost=("projects.", "lines.", "department.", "scores."),
    ),
    _read(
        "money-unit-blank-under-a-table-in-yuan",
        lambda b: (b.cell("单位信息!B8", ""), _lines_above("元")(b)),
        "F301 单位信息!B8",
        "F211 收支预决算!A3",
        "F211 项目资金!A3",
        lost=("projects.", "lines.", "department.", "scores."),
    ),
    _read(
        "unit-sheet-renamed-in-a-form-of-yuan",
        lambda b: (_renamed(UNIT, "基本信息")(b), _lines_above("元")(b)),
        "F101 单位信息!A1",
        "F211 收支预决算!A3",
        "F211 项目资金!A3",
        lost=("unit.", "projects.", "lines.", "department.", "scores."),
    ),
    _read("money-unit-chosen-and-a-stale-line-above", _lines_above("元")),
    _read("line-above-the-table-with-the-unit", _title_cell("项目资金!A3", "金额单位：万元")),
    _read("heading-on-two-lines", _title_cell("项目资金!I4", "全年\n预算数*")),
    _read("heading-traditional", _title_cell("项目资金!J4", "全年執行數")),
    _read("all-traditional", _all_traditional, figures=_traditional_levels()),
    _read("all-traditional-and-full-width", _all_traditional_and_full_width, figures=_traditional_levels()),
    _read(
        "heading-misspelt",
        _title_cell("项目资金!J4", "全年执行树"),
        "F201 项目资金!J4",
        lost=("projects.", "lines.", "scores."),
    ),
    _read("heading-deleted", _title_cell("项目资金!J4", ""), "F201", lost=("projects.", "lines.", "scores.")),
    _read("heading-as-a-formula", lambda b: b.formula("项目资金!J4", '"全年"&"执行数"', "全年执行数", "str")),
    _read("headings-all-gone", _rows(PROJECTS, lambda r: None if r == 4 else r), "F201", lost=_NO_PROJECTS),
    _read(
        "label-misspelt",
        _title_cell("单位信息!A9", "核定编制数"),
        "F201 单位信息!A9",
        lost=("lines.", "scores."),
    ),
    _read(
        "label-of-a-line-misspelt",
        _title_cell("收支预决算!A13", "项目支出合计"),
        "F201 收支预决算!A13",
        lost=("lines.", "scores."),
    ),
    _read("label-traditional", _title_cell("单位信息!A9", "核定編制人數")),
    _read("choice-traditional", _title_cell("绩效指标!B5", "產出指標"), figures={"indicators.1.0.level1": "產出指標"}),
    _read("total-row-traditional", _title_cell("项目资金!A9", "合計"), "F204 项目资金!A9"),
    _read("label-twice-with-two-values", _label_twice(30, "60"), "F202 单位信息!A30"),
    _read("label-twice-with-one-value", _label_twice(30, "6"), "F202 单位信息!A30"),
    _read(
        "line-twice-with-two-values",
        lambda b: b.row(
            LINES,
            30,
            '<row r="30"><c r="A30" t="inlineStr"><is><t>基本支出</t></is></c><c r="B30"><v>1</v></c><c r="C30"><v>2</v></c></row>',
        ),
        "F202 收支预决算!A30",
    ),
    _read("label-merged-over-two-columns", _merged_label),
    _read("value-merged-over-two-columns", _merged_value),
    _read(
        "total-row-among-projects",
        lambda b: b.text("项目资金!A9", "合计") if '<c r="A9"' in b.sheet(PROJECTS) else None,
        "F204 项目资金!A9",
    ),
    _read(
        "added-column",
        lambda b: b.sub(
            PROJECTS,
            '</c></row><row r="5"',
            '</c><c r="AG4" t="inlineStr"><is><t>我的备注</t></is></c></row><row r="5"',
        ),
        "F203 项目资金!AG4",
    ),
    _read("added-sheets", lambda b: [b.add_sheet(f"附件{n}", b.sheet("选项")) for n in range(5)]),
    _read(
        "notes-under-the-table",
        lambda b: b.row(
            PROJECTS, 60, '<row r="60"><c r="AG60" t="inlineStr"><is><t>注：以上数据由财务科提供</t></is></c></row>'
        ),
    ),
)
