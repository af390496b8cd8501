"""Layouts of the bureau's files that are easily misread: what is no budget, what is written once, what nobody can tell."""

import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
import test_control
from test_control import UNITS, Shape, by_unit, evalbatch, found, one, xlsx

from evalbatch.control import Books, load_control, load_executed
from evalbatch.evaluate import evaluate
from evalbatch.policy import load
from evalbatch.settings import SettingsError

folder, forms, lines = test_control.folder, test_control.forms, test_control.lines

HEAD = ["指标文号", "单位编码", "单位名称", "项目代码", "项目名称", "资金性质", "年初预算", "可执行指标"]
GENERAL, FUND = "一般公共预算", "政府性基金"


def two_funds(line):
    """The rows of a project with two funds: document, fund, 年初预算 and 可执行指标 of each."""
    return [
        ["财1号", GENERAL, line.initial - 100, line.budget - 100],
        ["财2号", FUND, Decimal(100), Decimal(100)],
    ]


def full(line):
    return [[paper, *line.unit, line.code, line.name, *rest] for paper, *rest in two_funds(line)]


def two_amounts(lines):
    return one(HEAD, *(row for line in lines for row in full(line)))


def project_once(lines):
    rows = []
    for line in lines:
        first, (paper, *rest) = full(line)[0], two_funds(line)[1]
        rows += [first, [paper, None, None, None, None, *rest]]
    return one(HEAD, *rows)


def unit_again(lines):
    rows = [row for line in lines for row in full(line)]
    return one(HEAD, *([*row[:3], None, None, *row[5:]] if n % 2 else row for n, row in enumerate(rows)))


def total_and_parts(lines):
    rows = []
    for line in lines:
        rows.append([None, *line.unit, line.code, line.name, None, line.initial, line.budget])
        rows += [[paper, None, None, None, None, *rest] for paper, *rest in two_funds(line)]
    return one(HEAD, *rows)


def unit_totals_without_words(lines):
    rows = []
    for of in by_unit(lines):
        rows += [row for line in of for row in full(line)]
        rows.append([None] * 6 + [sum(line.initial for line in of), sum(line.budget for line in of)])
    return one(HEAD, *rows)


def headings_of_two_rows(lines):
    head = [["单位编码", "单位名称", "项目代码", "项目名称", "年初预算", None, "调整后预算", None]]
    head.append([None] * 4 + [GENERAL, FUND] * 2)
    parts = [[value - 100, Decimal(100)] for line in lines for value in (line.initial, line.budget)]
    return one(
        *head, *([*line.unit, line.code, line.name, *parts[2 * n], *parts[2 * n + 1]] for n, line in enumerate(lines))
    )


def with_the_whole(lines):
    head = [["单位编码", "单位名称", "项目代码", "项目名称", "年初预算", None, "调整后预算（万元）", None, None]]
    head.append([None] * 4 + ["金额", "其中：省级", "小计", GENERAL, FUND])
    return one(
        *head,
        *(
            [
                *line.unit,
                line.code,
                line.name,
                line.initial,
                Decimal(7),
                *(n / 10_000 for n in (line.budget, line.budget, 0)),
            ]
            for line in lines
        ),
    )


def summary(lines):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "年初预算", "可执行指标"]
    return [head, *([*line.unit, line.code, line.name, line.initial, line.budget] for line in lines)]


def with_summary(lines):
    return {"汇总": summary(lines), "明细": two_amounts(lines)["数据"]}


def funds_and_summary(lines):
    rows = two_amounts(lines)["数据"]
    return {GENERAL: [rows[0], *rows[1::2]], FUND: [rows[0], *rows[2::2]], "汇总": summary(lines)}


def with_cancelled(lines):
    rows = [[*row, "正常"] for row in two_amounts(lines)["数据"][1:]]
    return one([*HEAD, "状态"], *rows, [*rows[0][:6], 7, 7, "已作废"], [*rows[3][:6], 9, 9, "已撤销"])


LAYOUTS = (
    (xlsx("年初预算和可执行指标", two_amounts), ""),
    (xlsx("项目只写一次，资金写在下面", project_once), ""),
    (xlsx("项目只写一次，单位每行都写", unit_again), ""),
    (xlsx("项目一行总数，资金在下面", total_and_parts), ""),
    (xlsx("单位合计没有写合计", unit_totals_without_words), ""),
    (xlsx("两行标题，没有小计", headings_of_two_rows), ""),
    (xlsx("两行标题，有小计和其中", with_the_whole), ""),
    (xlsx("明细和汇总", with_summary), "12 个项目是同样的，金额相同，只计了“明细”"),
    (xlsx("一种资金一张表，又有汇总", funds_and_summary), f"只计了“{GENERAL}”、“{FUND}”"),
    (
        xlsx("作废的行", with_cancelled),
        "有 2 行的状态是作废或撤销，没有计入：工作表“数据”第 26 行、工作表“数据”第 27 行",
    ),
)


@pytest.mark.parametrize(("shape", "says"), LAYOUTS, ids=[shape.name for shape, _ in LAYOUTS])
def test_a_layout_is_read_as_it_is_meant(shape, says, forms, lines, tmp_path):
    control = load_control(shape.save(tmp_path, lines))
    assert [says in fault.message for fault in control.faults] == [True] * bool(says)
    assert [len(unit.projects) for unit in control.units] == [4, 4, 4]
    assert not any(one.doubt for unit in control.units for one in unit.projects)
    assert found(forms, Books(control=control)) == []
    changed = [replace(lines[0], budget=lines[0].budget + 300), *lines[1:-1], replace(lines[-1], initial=Decimal(60))]
    assert found(forms, Books(control=load_control(shape.save(tmp_path, changed)))) == [
        (UNITS[0][1], "M401", "1", Decimal(-300)),
        (UNITS[2][1], "M401", "4", forms[2].projects[3].initial.value - 60),
    ]


def saved(tmp_path, rows, *merges):
    """A workbook of these rows with merged cells."""
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
    for area in merges:
        workbook.active.merge_cells(area)
    workbook.save(tmp_path / "数据.xlsx")
    return tmp_path / "数据.xlsx"


def test_a_merged_project_holds_for_all_its_rows(forms, lines, tmp_path):
    rows = [HEAD, *(row for line in lines for row in full(line))]
    merges = [f"{column}{row}:{column}{row + 1}" for row in range(2, 26, 2) for column in "BCDE"]
    control = load_control(saved(tmp_path, rows, *merges))
    assert (control.faults, found(forms, Books(control=control))) == ((), [])


# --- what nobody can tell -----------------------------------------------------------------------------------------

OWN = ["1", "甲", "7", "会议费"]
NEXT = ["财9号", "1", "甲", "8", "培训费", GENERAL, 5, 6]
UNTOLD = (
    (
        [["财1号", *OWN, GENERAL, 50, 60], ["财2号", None, None, None, None, FUND, 50, 60]],
        "第 3 行；上面的项目没有核对",
    ),
    ([["财1号", *OWN, GENERAL, 50, 60], [None] * 6 + [9, 9]], "第 3 行；上面的项目没有核对"),
    (
        [[None, *OWN, None, 50, 70], ["财1号", None, None, None, None, GENERAL, 50, 60]],
        "有 1 行有金额而没有写项目，分不清是合计还是上面那个项目的另一笔",
    ),
    ([["财1号", *OWN, GENERAL, 50, "=G2"]], "“可执行指标”一栏有 1 个公式没有存下结果：工作表“Sheet”第 2 行"),
    ([["财1号", *OWN, GENERAL, 50, "#REF!"]], "工作表“Sheet”第 2 行“#REF!”"),
    (
        [["财1号", *OWN, GENERAL, 50, 60], ["财2号", "#N/A", None, *OWN[2:], FUND, 1, 1]],
        "第 3 行“#N/A”；看不出单位或项目的",
    ),
)


@pytest.mark.parametrize(("rows", "said"), UNTOLD, ids=[said for _, said in UNTOLD])
def test_a_project_that_cannot_be_told_is_held_and_said(rows, said, tmp_path):
    control = load_control(saved(tmp_path, [HEAD, *rows, NEXT]))
    (fault,) = control.faults
    assert said in fault.message
    assert (fault.fix.count("请"), fault.fix[-1]) == (1, "。")
    assert [(one.name, one.doubt) for one in control.units[0].projects] == [
        ("会议费", "批复数据读不出"),
        ("培训费", ""),
    ]


def test_a_row_without_a_project_and_no_project_above_is_nobodys(tmp_path):
    control = load_control(saved(tmp_path, [HEAD, NEXT, ["财7号", "2", "乙", None, None, FUND, 3, 3]]))
    (fault,) = control.faults
    assert "不知道是哪个项目的，没有计入：工作表“Sheet”第 3 行" in fault.message


def test_a_heading_over_columns_that_cannot_be_told_apart_holds_the_projects(tmp_path):
    rows = [[*HEAD[:7], None, "调整后预算"], [None] * 6 + ["甲", "乙", None], ["财1号", *OWN, GENERAL, 1, 2, 3]]
    control = load_control(saved(tmp_path, rows))
    assert "“年初预算”下面分成“甲”、“乙”几栏，分不清" in control.faults[0].message
    assert control.units[0].projects[0].doubt == "批复数据读不出"


def test_sheets_that_contradict_each_other_hold_the_projects(forms, lines, tmp_path):
    def stale(lines):
        return {"明细": two_amounts(lines)["数据"], "汇总": summary([replace(lines[0], budget=Decimal(1)), *lines[1:]])}

    control = load_control(xlsx("", stale).save(tmp_path, lines))
    same, torn = control.faults
    assert "11 个项目是同样的" in same.message
    assert re.search(
        r"1 个项目的金额不同：某局（本级） .*（“明细” 50,000.00 元，“汇总” 1.00 元）；这些项目没有核对", torn.message
    )
    assert [one.doubt for unit in control.units for one in unit.projects if one.doubt] == ["批复数据矛盾"]
    assert found(forms, Books(control=control)) == []


def test_sheets_of_months_with_equal_payments_are_all_counted(forms, lines, tmp_path):
    def months(lines):
        head = ["支付日期", "凭证号", "单位编码", "单位名称", "项目代码", "项目名称", "支付金额"]
        rows = [[*line.unit, line.code, line.name, line.executed / 2] for line in lines]
        return {
            title: [head, *([f"2025-0{month}-01", f"{month}{n:04}", *row] for n, row in enumerate(rows))]
            for month, title in enumerate(("上", "下"), 1)
        }

    executed = load_executed(xlsx("", months).save(tmp_path, lines))
    assert (executed.faults, found(forms, Books(executed=executed))) == ((), [])


@pytest.mark.parametrize("formula", ["=1/0", "=VLOOKUP(9,A1:B2,2,0)", "=#REF!+1"])
def test_an_error_that_a_program_calculated_is_said_and_holds_its_project(formula, forms, lines, office, tmp_path):
    rows = [HEAD, *(row for line in lines for row in full(line))]
    rows[2] = [*rows[2][:7], formula]
    path = saved(tmp_path, rows)
    (calculated,) = office.convert([path], tmp_path / "算过")
    control = load_control(calculated)
    assert re.search(r"1 个金额读不出来：工作表“Sheet”第 3 行“#", control.faults[0].message)
    assert found(forms, Books(control=control)) == []


def test_an_error_in_a_payment_holds_its_project(forms, lines, tmp_path):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "支付金额"]
    rows = [head, *([*line.unit, line.code, line.name, line.executed] for line in lines)]
    control = load_executed(saved(tmp_path, [*rows, [*rows[1][:4], "#VALUE!"]]))
    assert found(forms, Books(executed=control)) == []


def test_a_file_of_formulas_alone_is_told_to_be_opened_and_saved(tmp_path):
    path = saved(tmp_path, [HEAD, ["财1号", *OWN, GENERAL, "=1+1", "=G2"]])
    with pytest.raises(
        SettingsError, match=r"一栏有 1 个公式没有存下结果.*请用 Excel 或 WPS 打开这个文件，保存后再运行一次"
    ):
        load_control(path)


# --- what a file does not tell ------------------------------------------------------------------------------------


def initial_alone(lines):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "年初预算", "调整数"]
    return one(head, *([*line.unit, line.code, line.name, line.initial, 0] for line in lines))


def unstated(lines):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "批复数"]
    return one(head, *([*line.unit, line.code, line.name, line.budget] for line in lines))


LACKING = (
    (initial_alone, "批复数据里没有全年预算数，这一栏没有核对", "4 处没有核对：批复数据里没有全年预算数", 4),
    (test_control.plain, "批复数据里没有年初预算数，这一栏没有核对", "4 处没有核对：批复数据里没有年初预算数", 4),
    (
        unstated,
        "批复数据没有写明是年初预算数还是全年预算数，与其中一栏相符即可",
        "1 处没有核对：批复数据没有写明是年初预算数还是全年预算数，与其中一栏相符即可",
        1,
    ),
)


@pytest.mark.parametrize(("rows", "said", "reason", "held"), LACKING, ids=[said for _, said, _, _ in LACKING])
def test_what_the_budget_does_not_tell_is_no_pass(rows, said, reason, held, folder, forms, lines, tmp_path):
    path = Shape("", rows).save(tmp_path, lines)
    ledger = evaluate(forms[0], load("national-2020"), books=Books(control=load_control(path))).rules
    (line,) = [line for line in ledger if line.code == "M401"]
    assert (line.status, line.reason, len(line.held)) == ("skipped", reason, held)
    for words in (("check", folder), ("run", folder, "-o", tmp_path / "out", "--jobs", "1")):
        done = evalbatch(*words, "--control", path)
        assert done.stderr.splitlines().count(said) == 1
    workbook = openpyxl.load_workbook(next((tmp_path / "out").glob("某局*_绩效评分.xlsx")))
    (row,) = [row for row in workbook["规则执行"].iter_rows(values_only=True) if row[0] == "M401"]
    assert (row[3], row[5]) == (f"{held} 处未查", reason)


def test_a_budget_that_tells_both_amounts_passes(forms, lines, tmp_path):
    control = load_control(xlsx("", two_amounts).save(tmp_path, lines))
    ledger = evaluate(forms[0], load("national-2020"), books=Books(control=control)).rules
    assert [(line.status, line.reason) for line in ledger if line.code == "M401"] == [("passed", "")]
