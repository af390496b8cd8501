"""Form rules F…: the workbook has its sheets and headings, required cells are filled, values are of their kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..form import (
    AMOUNT_COLUMNS,
    BUDGET_LINES,
    DEPARTMENT,
    GUIDE,
    REQUIRED_AMOUNTS,
    SHEETS,
    VERSION,
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
from ..model import Departure, Drift, Severity, Submission
from ..spec import Column, Entry, Kind, Need, Place, Row, Trouble, columns_of, sheet_of
from .catalogue import Case, Found, places, rule
from .words import at, cells, money, quoted


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
        for record in records(submission, cls):
            for column in columns_of(cls):
                yield cls, column, getattr(record, column.name), record


def record_key(record: Any) -> str | None:
    """The project code a record belongs to."""
    code = record.code if isinstance(record, Project) else getattr(record, "project", None)
    return code.value if isinstance(code, Entry) else None


def _departures(case: Case, drift: Drift) -> list[Departure]:
    return [departure for departure in case.submission.departures if departure.drift is drift]


@rule("F101", "缺少工作表", Severity.ERROR)
def missing_sheet(case: Case) -> Iterator[Found]:
    """标准表的某个工作表不在文件里，或者被改了名。

    Why: 系统按名称找工作表，找不到就读不到其中的数，相关的核对和计分无法进行。
    Fix: 把工作表改回原名；删掉了的，从空白标准表复制回来。
    Basis: [form] 标准表的工作表名称是固定的。
    """
    for departure in _departures(case, Drift.MISSING_SHEET):
        near = f"，有一张名为“{departure.near}”的工作表，可能是它改了名" if departure.near else ""
        fix = (
            f"请把“{departure.near}”改名为“{departure.name}”。"
            if departure.near
            else "请从空白标准表复制回这张工作表。"
        )
        yield Found(
            cells=(departure.place,),
            message=f"没有找到工作表“{departure.name}”{near}。",
            found=departure.near or "没有",
            expected=departure.name,
            fix=fix,
            effect="这张表上的数一个也没有读到。",
        )


@rule("F102", "表单版本不符", Severity.WARNING)
def wrong_version(case: Case) -> Iterator[Found]:
    """文件上的表单版本不是本系统的版本，或者版本被删掉了。

    Why: 不同版本的栏目可能不同，按错的版本读会漏读。
    Fix: 用当前版本的空白标准表重新填写，或把内容粘贴过去。
    Basis: [form] 标准表的填报说明上印有版本。
    """
    version = case.submission.source.form_version
    if version != VERSION:
        said = f"为{quoted(version)}" if version else "没有找到"
        yield Found(
            cells=(Place(GUIDE, "A1"),),
            message=f"填报说明上的表单版本{said}，本系统的版本是“{VERSION}”。",
            found=version or "没有",
            expected=VERSION,
            fix="请确认用的是当前版本的标准表。",
            effect="仍按当前版本读取，缺少的栏目另行列出。",
        )


@rule("F201", "缺少栏目", Severity.ERROR)
def missing_heading(case: Case) -> Iterator[Found]:
    """某个栏目的标题或行名不见了，或者被改写了。

    Why: 系统按标题找栏目，标题改了，这一栏的内容就读不到。
    Fix: 把标题改回原文；可以加空格、星号或“(万元)”，不能改字。
    Basis: [form] 标准表的栏目标题是固定的。
    """
    for departure in _departures(case, Drift.MISSING_HEADING):
        place, near = departure.place, departure.near
        if near:
            message = f"{place} 写的是{quoted(near)}，应是栏目“{departure.name}”。"
        else:
            message = f"工作表“{place.sheet}”没有找到栏目“{departure.name}”。"
        yield Found(
            cells=(place,),
            message=message,
            found=near or "没有",
            expected=departure.name,
            fix=f"请把标题改回“{departure.name}”。" if near else f"请补上栏目“{departure.name}”。",
            effect="这一栏的内容没有读到。",
        )


@rule("F202", "栏目重复", Severity.ERROR)
def repeated_heading(case: Case) -> Iterator[Found]:
    """同一个栏目或行名在一张表里出现了两次。

    Why: 两处可能填了不同的数，系统只采用前一处。
    Fix: 删去多余的一处；要保留自己的备注，请换一个标题。
    Basis: [form] 标准表每个栏目只有一处。
    """
    for departure in _departures(case, Drift.REPEATED_HEADING):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place} 又出现了一次“{departure.name}”，前面已经有这一栏。",
            found=departure.name,
            expected="只出现一次",
            fix="请删去多余的一处，或改成别的标题。",
            effect="采用的是前一处的内容。",
        )


@rule("F203", "不认识的栏目", Severity.NOTICE)
def unknown_heading(case: Case) -> Iterator[Found]:
    """表头行里有标准表没有的栏目。

    Why: 自己加的栏目不参加核对和计分，里面的内容系统不读。
    Fix: 不需要处理；如果本意是填某个标准栏目，请改用标准标题。
    Basis: [form] 标准表的栏目是固定的。
    """
    for departure in _departures(case, Drift.UNKNOWN_HEADING):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place} 的栏目{quoted(departure.name)}不是标准栏目，内容没有读取。",
            found=departure.name,
            expected="标准栏目",
            fix="如本意是标准栏目，请改用标准标题。",
        )


@rule("F204", "合计行", Severity.WARNING, Project)
def total_row(case: Case) -> Iterator[Found]:
    """项目资金表里有一行是合计或小计，不是项目。

    Why: 合计行会被当成项目重复计算，所以系统跳过它；合计由系统计算。
    Fix: 删去合计行。
    Basis: [practice] 汇总时常见的重复计算。
    """
    for departure in _departures(case, Drift.TOTAL_ROW):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place}（{_code_title()}）这一行写的是{quoted(departure.name)}，像是合计行，没有当作项目。",
            found=departure.name,
            expected="只列项目",
            fix="请删去这一行。",
            effect="不影响得分。",
        )


@rule("F301", "必填单元格空白", Severity.ERROR)
def required_blank(case: Case) -> Iterator[Found]:
    """带星号的单元格没有填，或者填的是“—”“无”一类的占位符。

    Why: 必填的内容缺了，核对和计分就缺依据；系统不会把空白当成 0。
    Fix: 逐个填上；金额没有发生的填 0。
    Basis: [form] 标准表标星号的栏目；[system] 系统提交前检查必填项。
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


@rule("F302", "应填单元格空白", Severity.WARNING)
def wanted_blank(case: Case) -> Iterator[Found]:
    """联系电话、填报日期这类应填的单元格空着。

    Why: 有疑问时找不到填报人，也无法判断填报的时间。
    Fix: 填上联系电话和填报日期。
    Basis: [practice] 复核时检查签字、日期和联系方式。
    """
    yield from _blanks(case, Need.WANTED)


def _blanks(case: Case, need: Need) -> Iterator[Found]:
    blank: dict[tuple[type[Row], str], list[Entry[Any]]] = {}
    columns: dict[tuple[type[Row], str], Column] = {}
    for cls, column, entry, record in read_cells(case.submission):
        first = record in case.submission.problems[:1]
        if column.need is need and entry.is_blank and entry.place and not _excused(column, record, first):
            blank.setdefault((cls, column.name), []).append(entry)
            columns[cls, column.name] = column
    for key, entries in blank.items():
        yield _blank_finding(columns[key], entries)


def _excused(column: Column, record: Any, first: bool) -> bool:
    """A problem row that only continues the measures of the row above, or says that there is none."""
    if not isinstance(record, Problem):
        return False
    says_none = bool(record.problem.text) and record.problem.is_blank
    return says_none or (column.name == "problem" and not record.measure.is_blank and not first)


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
    )


def _blank_effect(column: Column) -> str:
    needed = column.kind in (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.VALUE, Kind.CHOICE) or (
        column.kind is Kind.CODE and column.need is Need.REQUIRED
    )
    return "缺了它，有关的核对或计分无法进行。" if needed else "不影响得分。"


def _wanted(column: Column) -> str:
    if column.choices:
        return "、".join(column.choices)
    return f"{column.help}（如 {column.example}）" if column.example else column.help or column.kind.value


_KIND_WORDS = {
    Kind.AMOUNT: "数字，如 213.74",
    Kind.YUAN: "按元填写的数字，如 3850",
    Kind.NUMBER: "数字，如 10",
    Kind.COUNT: "整数，如 6",
    Kind.PERCENT: "百分比，如 28.81%",
    Kind.YEAR: "四位年份，如 2025",
    Kind.DATE: "日期，如 2026-02-28",
}


@rule("F401", "内容不是要求的类型", Severity.ERROR)
def wrong_type(case: Case) -> Iterator[Found]:
    """金额栏写了文字，年度不是年份，日期读不懂，这一类内容与栏目要求不符的情况。

    Why: 系统不猜数，读不懂的内容等于没有填。
    Fix: 按栏目要求改写，一个单元格只写一个数。
    Basis: [system] 系统录入时检查数据类型。
    """
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble is Trouble.TYPE:
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}写的是{quoted(entry.text)}，应为{_KIND_WORDS[column.kind]}。",
                found=entry.text,
                expected=_KIND_WORDS[column.kind],
                fix="请改成要求的写法，一个单元格只写一个数。",
                effect="按没有填处理。",
                severity=Severity.WARNING if column.kind is Kind.DATE else None,
            )


@rule("F402", "公式出错或没有算出", Severity.ERROR)
def broken_formula(case: Case) -> Iterator[Found]:
    """要读的单元格里是公式，但公式出错，或者文件里没有存下计算结果。

    Why: 公式没有结果，看上去像有数，其实读不到。
    Fix: 用 Excel 或 WPS 打开，重新计算后保存；或直接填写数字。
    Basis: [practice] 电子表格交换中的常见故障。
    """
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble in (Trouble.ERROR, Trouble.UNCALCULATED):
            error = entry.trouble is Trouble.ERROR
            said = f"是错误值 {entry.text}" if error else f"是还没有计算的公式 {quoted(entry.text)}"
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}{said}，读不到数。",
                found=entry.text,
                expected="有结果的公式，或直接填写的内容",
                fix="请改正公式或直接填写。" if error else "请用 Excel 或 WPS 打开并重新保存，或直接填写。",
                effect="按没有填处理。",
            )


@rule("F403", "负数金额", Severity.ERROR)
def negative_amount(case: Case) -> Iterator[Found]:
    """金额、人数、分值一类的单元格填了负数。

    Why: 预算数、执行数、人数、分值都不会小于 0；多半是误录，或把冲销记成了负数。
    Fix: 改成正数；属于冲销、收回的，填净额并在说明栏写明。
    Basis: [system] 系统不接受负数预算和负数执行。
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


@rule("F404", "不在可选范围", Severity.ERROR)
def wrong_choice(case: Case) -> Iterator[Found]:
    """下拉选择的单元格里填了选项以外的内容。

    Why: 系统按选项归类，选项以外的内容无法归类。
    Fix: 从下拉列表里选一项。
    Basis: [form] 标准表的选项；一级、二级指标另认各地的通行叫法，只提醒不退回。
    """
    for _, column, entry, record in read_cells(case.submission):
        if entry.trouble is Trouble.CHOICE and not (column.name == "tier" and case.policy.tier(entry.text)):
            allowed = "、".join(column.choices)
            yield Found(
                cells=places(entry),
                record=record_key(record),
                message=f"{at(entry, column.heading)}写的是{quoted(entry.text)}，应为其中一项：{allowed}。",
                found=entry.text,
                expected=allowed,
                fix="请从下拉列表里选一项。",
                effect="不影响得分。" if column.open_choices else "按没有填处理。",
                severity=Severity.WARNING if column.open_choices else None,
            )


@rule("F501", "项目编号重复", Severity.ERROR, Project)
def duplicate_project(case: Case) -> Iterator[Found]:
    """两个项目用了同一个项目编号。

    Why: 指标和支出标准按编号归到项目，编号重复就分不清归谁。
    Fix: 给其中一个换一个编号，并同步修改它的指标和支出标准。
    Basis: [form] 项目编号在一个单位内不重复。
    """
    codes = Counter(project.code.value for project in case.submission.projects if project.code.value)
    for code in (code for code, n in codes.items() if n > 1):
        same = [project for project in case.submission.projects if project.code.value == code]
        names = "、".join(project.name.text for project in same)
        yield Found(
            cells=places(*(project.code for project in same)),
            record=code,
            message=f"{cells(places(*(p.code for p in same)))}（{_code_title()}）都是“{code}”：{names}。",
            found=code,
            expected="每个项目一个编号",
            fix="请给重复的项目换一个编号。",
            effect="编号相同的项目共用了同一组指标，得分不可靠。",
        )


def _code_title() -> str:
    return next(column.heading for column in columns_of(Project) if column.name == "code")


@rule("F502", "项目编号不存在", Severity.ERROR, Project)
def unknown_project(case: Case) -> Iterator[Found]:
    """指标或支出标准写的项目编号，项目资金表里没有。

    Why: 归不到项目的指标不会计分，归不到项目的标准不会核对。
    Fix: 改成项目资金表中的编号；单位整体的指标写“部门整体”。
    Basis: [form] 指标、标准与项目以编号对应。
    """
    if case.shared_codes or "code" not in case.submission.headings[Project]:
        return
    known = {project.code.value for project in case.submission.projects}
    for cls, allowed in ((Indicator, {*known, DEPARTMENT}), (Standard, known)):
        strays: dict[str, list[Entry[Any]]] = {}
        for record in records(case.submission, cls):
            if record.project.value and record.project.value not in allowed:
                strays.setdefault(record.project.value, []).append(record.project)
        listed = "、".join(sorted(code for code in allowed if code)) or "（项目资金表是空的）"
        for code, entries in strays.items():
            where = cells(places(*entries))
            yield Found(
                cells=places(*entries),
                record=code,
                message=f"{where}（{_code_title()}）写的是“{code}”，{sheet_of(Project).title}表中没有这个编号。",
                found=code,
                expected=listed,
                fix=f"请改成已有的编号：{listed}。",
                effect="这些行没有归到任何项目，没有计分。" if cls is Indicator else "这些行没有参加核对。",
            )


@rule("F503", "没有填写项目", Severity.WARNING, Project)
def no_projects(case: Case) -> Iterator[Found]:
    """项目支出有金额，项目资金表却一行也没有填。

    Why: 项目支出要由项目组成，没有项目就无从核对和评价。
    Fix: 在项目资金表逐个列出项目，不参评的也要列。
    Basis: [practice] 项目漏列是复核的重点。
    """
    amounts = [getattr(case.submission.budget.project, amount) for amount in AMOUNT_COLUMNS]
    spent = [entry for entry in amounts if entry.value]
    if spent and not case.submission.projects:
        shown = money(spent[0].value, case.submission)
        yield Found(
            cells=places(*spent),
            message=f"{cells(places(*spent))}填有项目支出 {shown}，{sheet_of(Project).title}表没有一个项目。",
            found="没有项目",
            expected="至少一个项目",
            fix=f"请在{sheet_of(Project).title}表列出全部项目。",
            effect="没有项目可以评价。",
        )
