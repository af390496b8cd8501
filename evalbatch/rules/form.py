"""Form rules F1xx, F2xx and F405: the workbook has its sheets and headings, and is of one year."""

from __future__ import annotations

from collections.abc import Iterator

from ..form import GUIDE, VERSION, Budget, Problem, Report, Unit
from ..model import Departure, Drift, Severity
from ..spec import Place, heading, lines_of, sheet_of
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .words import LISTED, at, cells, quoted

_TEXTS = frozenset(sheet_of(cls).title for cls in (Problem, Report))
"""Sheets without figures."""
_LINES = frozenset(line.label for line in lines_of(Budget))


def _departures(case: Case, drift: Drift) -> list[Departure]:
    return [departure for departure in case.submission.departures if departure.drift is drift]


@rule("F101", "缺少工作表", Severity.ERROR, Phase.FILE)
def missing_sheet(case: Case) -> Iterator[Found | Held]:
    """标准表的某个工作表不在文件里，或者被改了名。

    Why: 系统按名称找工作表，找不到就读不到其中的数，相关的核对和计分无法进行。
    Fix: 把工作表改回原名；删掉了的，从空白标准表复制回来。
    Basis: [form] 标准表的工作表名称是固定的。
    Bad: “支出标准”工作表改名为“支出标准表”，或者删掉了。
    Good: 工作表名称是“支出标准”，没有按标准测算的项目也保留这张空表。
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
            effect=f"这张表上的{'内容' if departure.name in _TEXTS else '数'}一个也没有读到。",
        )


@rule("F102", "表单版本不符", Severity.WARNING, Phase.FILE)
def wrong_version(case: Case) -> Iterator[Found | Held]:
    """文件上的表单版本不是本系统的版本，或者版本被删掉了。

    Why: 不同版本的栏目可能不同，按错的版本读会漏读。
    Fix: 用当前版本的空白标准表重新填写，或把内容粘贴过去。
    Basis: [form] 标准表的填报说明上印有版本。
    Bad: 沿用去年的文件填报，填报说明上的表单版本是 2024.1。
    Good: 把内容粘贴到今年下发的空白标准表，填报说明上印的版本原样保留。
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


@rule("F103", "工作表有副本", Severity.WARNING, Phase.FILE)
def copied_sheet(case: Case) -> Iterator[Found | Held]:
    """同一张标准表在文件里有两份，如“绩效指标”和“绩效指标 (2)”。

    Why: 系统只读原名的那一张；如果新填的数在副本里，读到的就是旧数。
    Fix: 把要交的内容留在原名的工作表里，删去副本。
    Basis: [form] 标准表每张工作表只有一份；[practice] 复制工作表是常见的误操作。
    Bad: 文件里有“绩效指标”和“绩效指标 (2)”，后一张改过完成值。
    Good: 只留“绩效指标”一张，内容是最后填的。
    """
    for departure in _departures(case, Drift.COPIED_SHEET):
        title = departure.place.sheet
        yield Found(
            cells=(departure.place,),
            message=f"工作表“{title}”像是“{departure.name}”的副本，没有读取。",
            found=title,
            expected=f"只有一张“{departure.name}”",
            fix=f"请把要交的内容留在“{departure.name}”里，删去副本。",
            effect=f"采用的是“{departure.name}”里的数。",
        )


@rule("F104", "带有宏或外部链接", Severity.NOTICE, Phase.FILE)
def carries_more(case: Case) -> Iterator[Found | Held]:
    """文件里带有宏，或者有指向其他文件的链接。

    Why: 宏可能不安全，系统不会运行它；链接到别的文件的数，换一台电脑就不能更新，系统读的是上次存下的数。
    Fix: 另存为 .xlsx（不带宏），把链接来的数改成直接填写。
    Basis: [practice] 报送的文件应当独立、不带程序。
    Bad: 全年执行数的公式指向本机的另一个文件。
    Good: 全年执行数直接填 49.60。
    """
    for departure in _departures(case, Drift.CARRIES):
        yield Found(
            cells=(departure.place,),
            message=f"文件（第一张工作表是“{departure.place.sheet}”）带有{departure.name}，系统不运行宏，也不更新链接。",
            found=departure.name,
            expected="不带宏和外部链接的 .xlsx",
            fix="请另存为不带宏的 .xlsx，把链接来的数改成直接填写。",
            effect="按文件里存下的数读取。",
        )


@rule("F201", "缺少栏目", Severity.ERROR, Phase.SHEET)
def missing_heading(case: Case) -> Iterator[Found | Held]:
    """某个栏目的标题或行名不见了，或者被改写了。

    Why: 系统按标题找栏目，标题改了，这一栏的内容就读不到。
    Fix: 把标题改回原文；可以加空格、星号或“(万元)”，不能改字。
    Basis: [form] 标准表的栏目标题是固定的。
    Bad: 绩效指标表的“实际完成值”改成了“完成情况”。
    Good: 标题仍是“实际完成值”；说明性的文字写到偏差原因一栏。
    """
    for departure in _departures(case, Drift.MISSING_HEADING):
        place, near = departure.place, departure.near
        is_line = place.sheet == sheet_of(Budget).title and departure.name in _LINES
        title, part = ("行名", "行") if is_line else ("标题", "栏")
        name = f"“{departure.name}”"
        wanted = f"{name}这一行" if is_line else f"栏目{name}"
        if near:
            message, fix = f"{place} 写的是{quoted(near)}，应是{wanted}。", f"请把{title}改回{name}。"
        elif near is None:
            message, fix = f"工作表“{place.sheet}”没有找到{wanted}。", f"请补上{wanted}。"
        else:
            message, fix = f"{place} 是空白，这里应是{wanted}。", f"请在 {place.ref} 填上{title}{name}。"
        yield Found(
            cells=(place,),
            message=message,
            found=near or ("没有" if near is None else "空白"),
            expected=departure.name,
            fix=fix,
            effect=f"这一{part}的内容没有读到。",
        )


@rule("F202", "栏目重复", Severity.ERROR, Phase.SHEET)
def repeated_heading(case: Case) -> Iterator[Found | Held]:
    """同一个栏目或行名在一张表里出现了两次。

    Why: 两处可能填了不同的数，系统只采用前一处。
    Fix: 删去多余的一处；要保留自己的备注，请换一个标题。
    Basis: [form] 标准表每个栏目只有一处。
    Bad: 支出标准表的右边另加一栏，标题也叫“数量”，填的是去年的数。
    Good: 自己加的一栏改名为“去年的数（备查）”，标题“数量”只有一处。
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


@rule("F203", "不认识的栏目", Severity.NOTICE, Phase.SHEET)
def unknown_heading(case: Case) -> Iterator[Found | Held]:
    """表头行里有标准表没有的栏目。

    Why: 自己加的栏目不参加核对和计分，里面的内容系统不读。
    Fix: 不需要处理；如果本意是填某个标准栏目，请改用标准标题。
    Basis: [form] 标准表的栏目是固定的。
    Bad: 支出标准表加了一栏“我的备注”，把测算依据写在里面。
    Good: 测算依据写进“测算内容”：公益性岗位工资（3850 元/月）。
    """
    for departure in _departures(case, Drift.UNKNOWN_HEADING):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place} 的栏目{quoted(departure.name)}不是标准栏目，内容没有读取。",
            found=departure.name,
            expected="标准栏目",
            fix="如本意是标准栏目，请改用标准标题。",
        )


@rule("F204", "合计行", Severity.WARNING, Phase.SHEET)
def total_row(case: Case) -> Iterator[Found | Held]:
    """项目资金、绩效指标等表里有一行是合计或小计，不是项目或指标。

    Why: 合计行会被当成项目或指标重复计算，所以系统跳过它；合计由系统计算。
    Fix: 删去合计行。
    Basis: [practice] 汇总时常见的重复计算。
    Bad: 项目资金第 9 行项目编号写“合计”，全年预算数 61.57 万元。
    Good: 只留四个项目的四行，合计由系统算。
    """
    for departure in _departures(case, Drift.TOTAL_ROW):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place} 写的是{quoted(departure.name)}，这一行像是{departure.place.sheet}的合计行，没有读取。",
            found=departure.name,
            expected="只列项目和指标，合计由系统计算",
            fix="请删去这一行。",
            effect="不影响得分。",
        )


@rule("F209", "表里有说明行", Severity.NOTICE, Phase.SHEET)
def note_row(case: Case) -> Iterator[Found | Held]:
    """数据行里有一行只写了“备注：…”“以下空白”一类的话，不是项目或指标，没有读取。

    Why: 写在数据区里的说明会被当成没有填全的一行，所以系统跳过它。
    Fix: 把说明移到表外或说明栏，也可以不改。
    Basis: [practice] 表尾常见的备注和“以下空白”。
    Bad: 绩效指标第 55 行只写了“备注：以上数据由业务股提供”。
    Good: 这句话写在佐证资料栏里。
    """
    for departure in _departures(case, Drift.NOTE_ROW):
        yield Found(
            cells=(departure.place,),
            message=f"{departure.place} 写的是{quoted(departure.name)}，这一行像是说明，没有当作{departure.place.sheet}的数据。",
            found=departure.name,
            expected="数据区里只填数据",
            fix="请把说明移到表外或说明栏；确实要算一行的，把其余各栏填全。",
            effect="不影响得分。",
        )


@rule("F206", "远处有内容没有读", Severity.WARNING, Phase.SHEET)
def far_cell(case: Case) -> Iterator[Found | Held]:
    """离表格很远的地方（两万行以下或二百多列以右）有内容，系统没有读。

    Why: 远处的内容多半是误粘贴的，会使文件变得很大，也可能是漏读的数。
    Fix: 删去远处的内容；确实要报的，移到表格里。
    Basis: [practice] 误按快捷键后在表格最末端留下内容，是常见的情况。
    Bad: 项目资金表最右下角的 XFD1048576 有一个字。
    Good: 删去以后另存。
    """
    far = [departure.place for departure in _departures(case, Drift.FAR_CELL)]
    for sheet in dict.fromkeys(place.sheet for place in far):
        there = tuple(place for place in far if place.sheet == sheet)
        yield Found(
            cells=there,
            message=f"{cells(there)}有内容，离表格太远，没有读取。",
            found="有内容",
            expected="空白",
            fix="请删去远处的内容；确实要报的，移到表格里。",
            effect="表格里的数照常读取。",
            alike=True,
        )


@rule("F207", "合并单元格下有内容", Severity.WARNING, Phase.SHEET)
def buried(case: Case) -> Iterator[Found | Held]:
    """合并单元格盖住的格子里还留着内容，看不见，系统也不读。

    Why: 盖住的内容可能是合并以前填的数；看不见的数不应参加计算。
    Fix: 取消合并，看一看下面的内容：要的填到各自的格子里，不要的删去。
    Basis: [form] 标准表的数据区不合并单元格；[practice] 粘贴和 WPS 合并会留下盖住的内容。
    Bad: 项目名称 C5:C6 合并，C6 里还留着另一个项目的名称。
    Good: 取消合并，C5、C6 各写各的名称。
    """
    shared = {departure.place for departure in _departures(case, Drift.MERGED)} if case.runs("F213") else set()
    hidden = [departure for departure in _departures(case, Drift.BURIED) if departure.place not in shared]
    for departure in _departures(case, Drift.BURIED):
        if departure.place in shared:
            yield Held(by="F213")
    for sheet in dict.fromkeys(departure.place.sheet for departure in hidden):
        there = [departure for departure in hidden if departure.place.sheet == sheet]
        places_there = tuple(departure.place for departure in there)
        words = "、".join(quoted(departure.name, 12) for departure in there[:LISTED])
        yield Found(
            cells=places_there,
            message=f"{cells(places_there)}被合并单元格盖住，里面还有{words}，没有读取。",
            found=words,
            expected="盖住的格子是空的",
            fix="请取消合并，把要的内容填到各自的格子里，不要的删去。",
            effect="只读合并单元格左上角的内容。",
            alike=True,
        )


@rule("F208", "隐藏的地方有数据", Severity.NOTICE, Phase.SHEET)
def hidden_data(case: Case) -> Iterator[Found | Held]:
    """隐藏的行、列或工作表里有数据，系统照常读取。

    Why: 隐藏的项目和数一样参加核对和计分，填报人自己却看不见，容易忘记。
    Fix: 取消隐藏看一看：要报的保留，不报的删去。
    Basis: [practice] 隐藏的旧数据是合计对不上的常见原因。
    Bad: 项目资金第 9 行隐藏着去年的一个项目，合计因此多出 5.00 万元。
    Good: 取消隐藏，删去去年的项目。
    """
    hidden = _departures(case, Drift.HIDDEN)
    for sheet in dict.fromkeys(departure.place.sheet for departure in hidden):
        there: dict[str, list[Place]] = {}
        for departure in hidden:
            if departure.place.sheet == sheet:
                there.setdefault(_hides(departure), []).append(departure.place)
        said = "、".join(f"{cells(spots)}所在的{what}" for what, spots in there.items())
        yield Found(
            cells=tuple(dict.fromkeys(place for spots in there.values() for place in spots)),
            message=f"{said}是隐藏的，里面有数据，照常读取。",
            found="有数据",
            expected="报送的数据都看得见",
            fix="请取消隐藏看一看，要报的保留，不报的删去。",
            effect="隐藏的数据同样参加核对和计分。",
            alike=True,
        )


def _hides(departure: Departure) -> str:
    """What is hidden: a row (named by its number), a column (by its letters), or the sheet."""
    name = departure.name
    return "行" if name.isdecimal() else "列" if name.isascii() and name.isalpha() else "工作表"


@rule("F405", "评价年度与填报日期不符", Severity.WARNING, Phase.CELL, Unit)
def other_year(case: Case) -> Iterator[Found | Held]:
    """填报日期不在评价年度，也不在它的下一年。

    Why: 自评在评价年度内或次年年初填报；相差更多，多半是沿用旧表时年度或日期没有改。
    Fix: 核对评价年度和填报日期，改正写错的一处。
    Basis: [practice] 沿用上一年的文件填报，年度忘记改是常见的误填。
    Bad: 评价年度 2025，填报日期 2023-02-27。
    Good: 评价年度 2025，填报日期 2026-02-27。
    """
    unit = case.submission.unit
    year, day = unit.year.value, (unit.date.value or "")[:4]
    if year is None or not day.isdecimal() or 0 <= int(day) - year <= 1:
        return
    stale = int(day) > year
    date, own = at(unit.date, heading(Unit, "date")), at(unit.year, heading(Unit, "year"))
    years = f"{int(day) - 1} 年或 {day} 年" if stale else f"{year} 年或 {year + 1} 年"
    yield Found(
        cells=places(unit.year, unit.date) if stale else places(unit.date, unit.year),
        message=f"{own}是 {year}，{date}写的是{quoted(unit.date.text)}，这一年填报的应是 {years}的自评。"
        if stale
        else f"{date}写的是{quoted(unit.date.text)}，{own}是 {year}，应在 {years}。",
        found=str(year) if stale else unit.date.text,
        expected=years if stale else f"{years}的日期",
        fix="请核对评价年度和填报日期，改正写错的一处。",
        effect="不影响得分。",
    )
