"""The bureau's budget and payments in the shapes its systems export them: what was planted is found to the 元, and no more."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import openpyxl
import pytest
from click.testing import CliRunner
from running import contents
from support import GOOD, filling, form_file, leave_out_quotes

from evalbatch.cli import cli
from evalbatch.control import Books, expected_of, load_control, load_executed
from evalbatch.evaluate import evaluate
from evalbatch.policy import load
from evalbatch.read import read_workbook
from evalbatch.settings import SettingsError

UNITS = (("001001", "某局（本级）"), ("001002", "某中心"), ("361001", "鹿泉区计划生育协会（填报示例）"))
OWN = {"M401", "M402", "M403", "M404", "M405", "M406"}
WAN = Decimal(10_000)


@dataclass(frozen=True)
class Line:
    """A project of a unit as the bureau knows it, amounts in 元."""

    unit: tuple[str, str]
    code: str
    name: str
    initial: Decimal
    budget: Decimal
    executed: Decimal


def in_yuan(data):
    """A filling whose amounts are typed in 元."""
    for row in (*data["project"], *(line for line in data["budget"].values() if isinstance(line, dict))):
        for key, value in row.items():
            if re.search(r"(?:^|_)(?:initial|budget|executed)$", key) and not isinstance(value, str):
                row[key] = value * 10_000
    data["unit"]["money"] = "元"
    return data


def form_of(number, unit):
    """The filling of one unit: the good example under another name, the second in 元."""
    data = leave_out_quotes(filling(GOOD))
    data["unit"] |= {"code": unit[0], "name": unit[1]}
    for n, project in enumerate(data["project"], 1):
        project["system_code"] = f"13010025{unit[0]}{n:04}100"
    return in_yuan(data) if number == 1 else data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the forms of three units."""
    folder = tmp_path_factory.mktemp("county")
    for number, unit in enumerate(UNITS):
        form_file(folder, form_of(number, unit), f"{number}.xlsx")
    return folder


@pytest.fixture(scope="module")
def forms(folder):
    """The forms as they are read."""
    return [read_workbook(path, path.name) for path in sorted(folder.glob("*.xlsx"))]


@pytest.fixture(scope="module")
def lines(forms):
    """What the bureau approved and paid: what the units filled in."""
    return [
        Line(
            (form.unit.code.value, form.unit.name.value),
            project.system_code.text,
            project.name.text,
            project.initial.value,
            project.budget.value,
            project.executed.value,
        )
        for form in forms
        for project in form.projects
    ]


# --- shapes -------------------------------------------------------------------------------------------------------

Rows = list[list[object]]


@dataclass(frozen=True)
class Shape:
    """A shape of a file: its rows, by sheet, and how they are saved; ``amount`` is the field it shows."""

    name: str
    sheets: Callable[[list[Line]], dict[str, Rows]]
    encoding: str = "utf-8"
    between: str = ","
    amount: str = "budget"

    def save(self, folder, lines):
        """Write the file of these lines."""
        sheets = self.sheets(lines)
        if not self.between:
            book = openpyxl.Workbook()
            book.remove(book.worksheets[0])
            for title, rows in sheets.items():
                sheet = book.create_sheet(title)
                for row in rows:
                    sheet.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
            book.save(folder / "数据.xlsx")
            return folder / "数据.xlsx"
        text = io.StringIO()
        csv.writer(text, delimiter=self.between).writerows(next(iter(sheets.values())))
        (folder / "数据.csv").write_bytes(text.getvalue().encode(self.encoding))
        return folder / "数据.csv"


def xlsx(name, sheets, **more):
    return Shape(name, sheets, between="", **more)


def one(*rows):
    """One sheet with these rows."""
    return {"数据": [list(row) for row in rows]}


def by_unit(lines):
    """The lines of each unit."""
    return [[line for line in lines if line.unit == unit] for unit in dict.fromkeys(line.unit for line in lines)]


def comma(amount):
    return f"{amount:,.2f}"


def plain(lines):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "指标金额"]
    return one(head, *([*line.unit, line.code, line.name, line.budget] for line in lines))


def joined(lines, by="-"):
    rows = [[by.join(line.unit), f"{line.code}{by}{line.name}", comma(line.budget), ""] for line in lines]
    total = ["合计", "", comma(sum(line.budget for line in lines)), ""]
    return one(
        ["某县2025年预算指标明细表", "", "", ""],
        ["预算单位", "项目", "指标金额（元）", "备注"],
        *rows,
        total,
        ["制表人：张三"],
    )


def in_wan(lines):
    return one(
        ["单位代码", "预算单位", "项目编码", "项目名称", "2025年预算数(万元)"],
        *([*line.unit, line.code, line.name, f"{line.budget / WAN}"] for line in lines),
    )


def with_subtotals(lines):
    rows = [["2025年部门预算批复表"], ["编制单位：某县财政局", None, None, None, "单位：元"], []]
    rows.append(["序号", "单位名称", "项目名称", "项目代码", "批复数"])
    for of in by_unit(lines):
        rows += [[n, line.unit[1], line.name, line.code, line.budget] for n, line in enumerate(of, 1)]
        rows.append(["小计", None, None, None, sum(line.budget for line in of)])
    return one(*rows, ["总计", None, None, None, sum(line.budget for line in lines)])


def units_once(lines):
    rows = []
    for of in by_unit(lines):
        rows += [[*(line.unit if line is of[0] else (None, None)), line.code, line.name, line.budget] for line in of]
    return one(["单位编码", "单位名称", "项目代码", "项目名称", "指标金额"], *rows)


def as_tree(lines):
    rows = [["单位", "项目", "调整后预算数"], ["合计", None, sum(line.budget for line in lines)]]
    for of in by_unit(lines):
        rows.append(["-".join(of[0].unit), None, sum(line.budget for line in of)])
        rows += [[None, f"{line.code}-{line.name}", line.budget] for line in of]
    return one(*rows)


def by_fund(lines):
    rows = []
    for line in lines:
        part = (line.budget / 3).quantize(Decimal("0.01"))
        funds = (("一般公共预算", "冀财〔2025〕1号", part), ("政府性基金", "冀财〔2025〕2号", line.budget - part))
        rows += [[*line.unit, line.code, line.name, fund, paper, amount] for fund, paper, amount in funds]
    return one(["预算单位编码", "预算单位名称", "预算项目代码", "预算项目", "资金性质", "指标文号", "指标金额"], *rows)


def both_columns(lines):
    head = ["主管部门", "预算单位代码", "预算单位", "项目代码", "项目名称", "项目类别", "年初预算数", "全年预算数"]
    rows = [["某局", *line.unit, line.code, line.name, "特定目标类", line.initial, line.budget] for line in lines]
    return one(head, *rows)


def names_alone(lines):
    half = str.maketrans("（）", "()")
    rows = [
        [line.unit[1].translate(half), f" 2025年{line.name.removesuffix('等')}经费 ", comma(line.budget)]
        for line in lines
    ]
    return one(["填报单位", "项目名称", "批复金额"], *rows)


def zeros_lost(lines):
    rows = [[int(line.unit[0]), line.unit[1], line.code, line.name, line.budget] for line in lines]
    return one(["单位编码", "单位名称", "项目代码", "项目名称", "核定数"], *rows)


def with_reductions(lines):
    rows = []
    for line in lines:
        rows.append([*line.unit, line.code, line.name, f"￥{comma(line.budget + 5000)}元", "年初"])
        rows.append([*line.unit, line.code, line.name, "(5,000.00)", "调减"])
    return one(["单位编码", "单位名称", "项目代码", "项目名称", "指标金额", "说明"], *rows)


def a_sheet_a_fund(lines):
    head = ["单位编码", "单位名称", "项目代码", "项目名称", "预算金额"]
    first = [[*line.unit, line.code, line.name, line.budget - 100] for line in lines]
    second = [[*line.unit, line.code, line.name, Decimal(100)] for line in lines]
    return {"说明": [["本表由系统导出"]], "一般公共预算": [head, *first], "政府性基金": [head, *second]}


def with_more_columns(lines):
    head = [
        "序号",
        "部门（单位）代码",
        "部门（单位）名称",
        "功能科目",
        "项目名称",
        "项目编码",
        "2025年预算数",
        "已支付",
        "余额",
    ]
    rows = [
        [n, *line.unit, "2100799-其他", line.name, line.code, comma(line.budget), comma(line.executed), ""]
        for n, line in enumerate(lines, 1)
    ]
    return one(["2025年度预算指标（单位：元）"], head, *rows)


def initial_alone(lines):
    return one(
        ["2025年年初部门预算批复表（金额单位：万元）"],
        ["单位编码", "单位名称", "项目代码", "项目名称", "批复数"],
        *([*line.unit, line.code, line.name, line.initial / WAN] for line in lines),
    )


SHAPES = (
    Shape("逗号分隔，UTF-8", plain),
    Shape("代码和名称同格、千分位、合计行、GBK", joined, encoding="gbk"),
    Shape("代码和名称同格，中间空格", lambda lines: joined(lines, " ")),
    Shape("制表符分隔，标题写万元", in_wan, encoding="utf-8-sig", between="\t"),
    xlsx("批复表，小计和总计，没有单位编码", with_subtotals),
    xlsx("单位只写在第一行", units_once),
    xlsx("单位一行，项目在下面", as_tree),
    xlsx("一个项目几种资金几个文号", by_fund),
    xlsx("年初数和全年数两栏", both_columns),
    Shape("只有名称，写法略有不同，分号分隔", names_alone, encoding="gb18030", between=";"),
    xlsx("单位编码丢了前面的零", zeros_lost),
    Shape("追加和调减分行，带货币符号", with_reductions),
    xlsx("一种资金一张表，另有说明", a_sheet_a_fund),
    Shape("系统导出的许多栏", with_more_columns, encoding="utf-16"),
    xlsx("年初批复表，标题上面写万元", initial_alone, amount="initial"),
)


def found(forms, books):
    """What the rules about the bureau's figures find, by unit: code, record and difference in 元."""
    policy, said = load(), []
    for form in forms:
        for finding in evaluate(form, policy, books=books).findings:
            assert finding.code in OWN, finding
            gap = finding.difference.value if finding.difference else None
            said.append((form.unit.name.value, finding.code, finding.record, gap))
    return said


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_control_that_agrees_finds_nothing(shape, forms, lines, tmp_path):
    control = load_control(shape.save(tmp_path, lines))
    assert control.faults == ()
    assert [len(unit.projects) for unit in control.units] == [4, 4, 4]
    assert found(forms, Books(control=control)) == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_what_is_planted_is_found_to_the_yuan_and_nothing_else(shape, forms, lines, tmp_path):
    """An amount too high, one too low, a project more and one less, in three units."""
    changed = list(lines)
    for number, by in ((0, "1234.56"), (5, "-0.75"), (9, "-60")):
        old = changed[number]
        changed[number] = replace(old, **{shape.amount: getattr(old, shape.amount) + Decimal(by)})
    extra = replace(
        lines[4], code="130100250010029999100", name="设备购置", initial=Decimal(300000), budget=Decimal(300000)
    )
    del changed[3]
    changed.insert(4, extra)
    assert found(forms, Books(control=load_control(shape.save(tmp_path, changed)))) == [
        (UNITS[0][1], "M401", "1", Decimal("-1234.56")),
        (UNITS[0][1], "M403", "4", Decimal(2400)),
        (UNITS[1][1], "M401", "2", Decimal("0.75")),
        (UNITS[1][1], "M402", None, Decimal(-300000)),
        (UNITS[2][1], "M401", "2", Decimal(60)),
    ]


# --- payments -----------------------------------------------------------------------------------------------------


def payments(lines):
    rows = []
    for line in lines:
        unit, project = "-".join(line.unit), f"{line.code}-{line.name}"
        rows.append(["2025-03-01", unit, project, comma(line.executed + 700), "支付"])
        rows.append(["2025-11-30", unit, project, "-700.00", "红字冲销"])
    return one(["支付日期", "预算单位", "项目", "支付金额", "业务类型"], *rows)


def red_letters(lines):
    rows = []
    for line in lines:
        rows.append([*line.unit, line.code, line.name, "20250301", "否", "正常", line.executed + 9])
        rows.append([*line.unit, line.code, line.name, "20250401", "是", "正常", Decimal(9)])
        rows.append([*line.unit, line.code, line.name, "20250402", "否", "作废", Decimal(1000)])
    return one(["单位编码", "单位名称", "项目代码", "项目名称", "日期", "红字", "状态", "支出金额"], *rows)


def executed_once(lines):
    return one(
        ["单位编码", "单位名称", "项目代码", "项目名称", "全年预算数", "全年执行数"],
        *([*line.unit, line.code, line.name, line.budget, line.executed] for line in lines),
        ["合计", None, None, None, None, sum(line.executed for line in lines)],
    )


PAYMENTS = (
    Shape("支付明细，负数冲减", payments, encoding="gbk"),
    xlsx("红字一栏，作废不算", red_letters),
    xlsx("一个项目一行的执行数", executed_once),
)


@pytest.mark.parametrize("shape", PAYMENTS, ids=lambda shape: shape.name)
def test_payments_are_added_up_and_held_against_what_was_executed(shape, forms, lines, tmp_path):
    assert found(forms, Books(executed=load_executed(shape.save(tmp_path, lines)))) == []
    changed = [replace(line, executed=line.executed - 100) if n == 6 else line for n, line in enumerate(lines)]
    books = Books(executed=load_executed(shape.save(tmp_path, changed)))
    assert found(forms, books) == [(UNITS[1][1], "M405", "3", Decimal(100))]


def test_the_ledger_names_what_is_to_be_mended_first_not_what_waits_itself(lines, tmp_path):
    """A project spent beyond its budget on paper, not by the payments: the line above it waits for it, it for M405."""
    data = form_of(0, UNITS[0])
    data["project"][0] |= {"executed": Decimal("6.8"), "fiscal_executed": Decimal("6.8")}
    for line in ("project", "spending"):
        data["budget"][line]["executed"] += Decimal("1.94")
    form = form_file(tmp_path, data, "甲.xlsx")
    books = Books(executed=load_executed(PAYMENTS[0].save(tmp_path, lines)))
    evaluation = evaluate(read_workbook(form, "甲.xlsx"), load("national-2020"), books=books)
    assert "M405" in {finding.code for finding in evaluation.findings}
    (line,) = [line for line in evaluation.rules if line.code == "M106"]
    assert (line.status, line.reason) == ("skipped", f"{len(line.held)} 处与 M405 的问题有关，等它改正后再查")
    assert len(line.held) > 1


def test_payments_of_another_year_are_left_out_and_said(forms, lines, tmp_path):
    def older(lines):
        (rows,) = payments(lines).values()
        return one(*rows, ["2024-12-31", *rows[1][1:3], "88.00", "支付"])

    executed = load_executed(Shape("", older).save(tmp_path, lines))
    assert [fault.message for fault in executed.faults] == ["执行数据里有 1 行的日期不在 2025 年，没有计入：第 26 行。"]
    assert found(forms, Books(executed=executed)) == []


# --- the file's own faults ----------------------------------------------------------------------------------------

HEAD = ["单位编码", "单位名称", "项目代码", "项目名称", "资金性质", "指标金额"]
FAULTY = (
    (
        [["1", "甲", "7", "会议费", "基金", "5"], ["1", "甲", "7", "会议费", "基金", "6"]],
        "第 2 行、第 3 行（甲 会议费）",
    ),
    ([["1", "甲", "7", "会议费", "基金", "5"], ["1", "甲", "7", "会议费", "基金", "5"]], "1 组完全相同的行"),
    (
        [["1", "甲", "7", "会议费", "", "5"], ["1", "甲", "7", "培训中心大楼维修", "", "6"]],
        "（7：“会议费”、“培训中心大楼维修”）",
    ),
    ([["1", "甲", "7", "会议费", "", "5"], ["1", "乙", "8", "培训费", "", "6"]], "1（“甲”、“乙”）"),
    ([["1", "甲", "7", "会议费", "", "-5"]], "第 2 行（甲 会议费）-5.00 元"),
    ([["1", "甲", "7", "会议费", "", "5"], ["合计", "", "", "", "", "6"]], "第 3 行为 6.00 元，明细相加为 5.00 元"),
    ([["1", "甲", "7", "会议费", "", "约5千"], ["1", "甲", "8", "培训费", "", "6"]], "第 2 行“约5千”"),
    ([["1", "甲", "7", "会议费", "", "待下达"], ["1", "甲", "8", "培训费", "", "6"]], "第 2 行“待下达”"),
    ([["1", "甲", "7", "会议费", "", "########"], ["1", "甲", "8", "培训费", "", "6"]], "第 2 行“########”"),
    ([["1", "甲", "1.3E+20", "会议费", "", "5"], ["1", "甲", "1.3E+20", "培训费", "", "6"]], "第 2 行“1.3E+20”"),
    ([["1", "甲", "", "1.3E+20-会议费", "", "5"], ["1", "甲", "", "1.3E+20-培训费", "", "6"]], "第 2 行“1.3E+20”"),
    (
        [["1", "甲", "7", "会议费", "基金", one] for one in ("9", "-2", "-2")],
        "1 组完全相同的行，分不出是重复还是两笔：第 3 行、第 4 行",
    ),
)


@pytest.mark.parametrize(("rows", "said"), FAULTY, ids=[said for _, said in FAULTY])
def test_a_fault_of_the_file_is_said_as_its_own(rows, said, tmp_path):
    control = load_control(Shape("", lambda _: one(HEAD, *rows)).save(tmp_path, []))
    (fault,) = control.faults
    assert said in fault.message
    assert (fault.fix.count("请"), fault.fix[-1]) == (1, "。")


def loaded(tmp_path, *rows):
    return load_control(Shape("", lambda _: one(*rows)).save(tmp_path, []))


def test_a_reduction_is_no_contradiction_and_a_dash_no_amount(tmp_path):
    own = ["1", "甲", "7", "会议费", "基金"]
    control = loaded(tmp_path, HEAD, [*own, "9"], [*own, "-2"], ["1", "甲", "8", "培训费", "", "--"], HEAD)
    assert control.faults == ()
    assert [(one.name, one.amount, one.doubt) for one in control.units[0].projects] == [
        ("会议费", Decimal(7), ""),
        ("培训费", Decimal(0), ""),
    ]


def test_a_project_with_an_amount_that_cannot_be_read_is_held_against_nobody(forms, lines, tmp_path):
    rows = [[*line.unit, line.code, line.name, "", line.budget] for line in lines]
    own = rows[0][:4]
    control = loaded(tmp_path, HEAD, *rows, [*own, "", "#REF!"])
    (doubted,) = [one for unit in control.units for one in unit.projects if one.doubt]
    assert (doubted.code, doubted.doubt) == (rows[0][2], "批复数据读不出")
    assert found(forms, Books(control=control)) == []
    ledger = evaluate(forms[0], load("national-2020"), books=Books(control=control)).rules
    (line,) = [line for line in ledger if line.code == "M401"]
    assert line.status == "skipped"
    assert line.reason.startswith("1 处与 B401 的问题有关，等它改正后再查；")


def test_a_file_without_one_amount_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="没有一个读得出的金额：第 2 行“#REF!”"):
        loaded(tmp_path, HEAD, ["1", "甲", "7", "会议费", "", "#REF!"], ["1", "甲", "8", "培训费", "", "/"])


def test_the_second_of_two_columns_is_not_taken_and_said_where_they_differ(tmp_path):
    head = [*HEAD[:5], "预算数（元）", "预算数（万元）"]
    row = ["1", "甲", "7", "会议费", "", "50000"]
    assert loaded(tmp_path, head, [*row, "5"]).faults == ()
    control = loaded(tmp_path, head, [*row, "15"])
    (fault,) = control.faults
    assert "用的是第 6 栏“预算数（元）”，没有用第 7 栏“预算数（万元）”，1 行的数不同：第 2 行" in fault.message
    assert control.units[0].projects[0].amount == 50_000


@pytest.mark.parametrize("above", [[[""]] * 100, [["说明", f"第 {n} 条"] for n in range(20)]], ids=["blank", "remarks"])
def test_headings_are_found_below_whatever_stands_above(above, tmp_path):
    control = loaded(tmp_path, *above, HEAD, ["1", "甲", "7", "会议费", "", "5"])
    assert [unit.name for unit in control.units] == ["甲"]


def test_a_hidden_sheet_is_not_counted_and_said(tmp_path):
    workbook = openpyxl.Workbook()
    for title, amount in (("批复", 5), ("旧数", 50)):
        sheet = workbook.create_sheet(title)
        sheet.append(HEAD)
        sheet.append(["1", "甲", "7", "会议费", "", amount])
    del workbook["Sheet"]
    workbook["旧数"].sheet_state = "hidden"
    workbook.save(tmp_path / "批复.xlsx")
    control = load_control(tmp_path / "批复.xlsx")
    assert control.units[0].projects[0].amount == 5
    assert [fault.message for fault in control.faults] == ["批复数据的工作表“旧数”是隐藏的，没有计入。"]
    workbook["旧数"].sheet_state, workbook["批复"].sheet_state = "visible", "veryHidden"
    workbook.save(tmp_path / "批复.xlsx")
    assert load_control(tmp_path / "批复.xlsx").units[0].projects[0].amount == 50


def test_amounts_without_a_contradiction_are_kept_beside_one_with(tmp_path):
    rows = [*FAULTY[0][0], ["1", "甲", "8", "培训费", "基金", "6"]]
    (unit,) = load_control(Shape("", lambda _: one(HEAD, *rows)).save(tmp_path, [])).units
    assert [(one.name, one.amount, one.doubt) for one in unit.projects] == [
        ("会议费", Decimal(11), "批复数据矛盾"),
        ("培训费", Decimal(6), ""),
    ]


@pytest.mark.parametrize("load_file", [load_control, load_executed])
def test_an_unknown_shape_is_refused_with_what_was_found_and_what_is_wanted(load_file, tmp_path):
    path = Shape("", lambda _: one(["机构", "事项", "数量"], ["甲", "乙", "1"])).save(tmp_path, [])
    with pytest.raises(SettingsError) as error:
        load_file(path)
    for words in (
        str(path),
        "找到的是“机构 事项 数量”",
        "单位一栏可以叫：单位名称",
        "项目一栏可以叫：项目名称",
        "金额一栏可以叫：",
    ):
        assert words in str(error.value)


def test_projects_without_a_unit_are_refused(tmp_path):
    path = Shape("", lambda _: one(HEAD, ["", "", "7", "会议费", "", "5"], ["合计", "", "", "", "", "5"])).save(
        tmp_path, []
    )
    with pytest.raises(SettingsError, match="没有一个写明单位的项目"):
        load_control(path)


def test_a_name_that_is_only_near_is_suggested_and_not_taken(tmp_path):
    rows = [["1", "某某县水利工程管理站", "7", "会议费", "", "5"]]
    control = load_control(Shape("", lambda _: one(HEAD, *rows)).save(tmp_path, []))
    own = control.own("某某县水利工程管理所", None)
    assert (own.unit, own.near) == (None, "某某县水利工程管理站")
    assert control.of_unit("别的局", "01") == control.of_unit("某某县 水利工程管理站", None) == control.units[0]


# --- whole runs ---------------------------------------------------------------------------------------------------


def evalbatch(*words):
    """Run a command in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_file_of_an_unknown_shape_stops_the_run_before_anything_is_written(folder, tmp_path):
    path = Shape("", lambda _: one(["机构", "数量"], ["甲", "1"])).save(tmp_path, [])
    done = evalbatch("run", folder, "-o", tmp_path / "out", "--control", path)
    assert isinstance(done.exception, SettingsError)
    assert not (tmp_path / "out").exists()


def test_a_run_does_anew_only_the_units_whose_figures_changed(folder, lines, tmp_path):
    out, jobs = tmp_path / "out", ("--jobs", "1")
    first = evalbatch("run", folder, "-o", out, *jobs, "--control", Shape("", plain).save(tmp_path, lines))
    assert first.exit_code == 0, first.output
    moved = [*lines[8:], *lines[:8]]
    same = evalbatch("run", folder, "-o", out, *jobs, "--control", Shape("", plain).save(tmp_path, moved))
    assert "其中 3 个没有变化" in same.output
    changed = [replace(lines[0], budget=Decimal(1)), *lines[1:]]
    control = Shape("", plain).save(tmp_path, changed)
    again = evalbatch("run", folder, "-o", out, *jobs, "--control", control)
    assert (again.exit_code, "其中 2 个没有变化" in again.output) == (1, True)
    evalbatch("run", folder, "-o", tmp_path / "fresh", *jobs, "--control", control)
    assert contents(out) == contents(tmp_path / "fresh")


def test_the_units_of_the_control_are_those_that_should_hand_in(folder, lines, tmp_path):
    more = [*lines, replace(lines[0], unit=("009009", "没有报的局"))]
    path = Shape("", plain).save(tmp_path, more)
    assert [unit.name for unit in expected_of(load_control(path))] == [*(name for _, name in UNITS), "没有报的局"]
    evalbatch("run", folder, "-o", tmp_path / "out", "--jobs", "1", "--control", path)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "绩效自评汇总表.xlsx")["报送情况"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "没有报的局" in texts
    assert "未报" in texts


def test_a_check_holds_the_forms_against_both_files(folder, lines, tmp_path):
    (tmp_path / "e").mkdir()
    control = Shape("", plain).save(tmp_path, lines)
    executed = PAYMENTS[0].save(tmp_path / "e", [replace(lines[0], executed=Decimal(1)), *lines[1:]])
    done = evalbatch("check", folder, "--control", control, "--executed", executed, "--format", "json")
    results = json.loads(done.stdout)
    assert [[finding["code"] for finding in one["findings"]] for one in results] == [["M405"], [], []]
    held = [one for one in results[0]["reconciliation"] if one["code"] == "M405"]
    assert next((one["left"], one["right"], one["verdict"]) for one in held) == (4.86, 0.0001, "differs")
    assert {one["verdict"] for one in results[1]["reconciliation"] if one["code"] == "M401"} == {"equal"}


def test_the_scored_workbook_shows_the_bureaus_figure_beside_the_forms(folder, lines, tmp_path):
    changed = [replace(lines[0], budget=Decimal(48000)), *lines[1:]]
    path = Shape("", plain).save(tmp_path, changed)
    evalbatch("run", folder, "-o", tmp_path / "out", "--jobs", "1", "--control", path)
    name = next((tmp_path / "out").glob("某局*_绩效评分.xlsx"))
    cached, live = (openpyxl.load_workbook(name, data_only=only)["收支对账"] for only in (True, False))
    row = next(row for row in cached.iter_rows() if row[0].value == "M401")
    assert [row[column].value for column in (3, 4, 5, 11)] == [5, 4.8, 0.2, "不符"]
    at = row[0].row
    assert str(live.cell(at, 6).value).startswith("=")
    assert f"D{at}-E{at}" in str(live.cell(at, 6).value)
    assert cached.cell(at - 1, 5).value == "批复数"


def test_the_bureaus_figures_recalculate_to_what_the_program_says(folder, lines, tmp_path, office):
    """The second form is in 元; the third has a budget off by less than half a cent of 万元, and a project unknown to it."""
    changed = [replace(lines[0], budget=Decimal(48000)), *lines[1:-1]]
    changed[4] = replace(changed[4], budget=changed[4].budget + Decimal("0.40"))
    changed[8] = replace(changed[8], budget=changed[8].budget - Decimal("37.25"))
    control, paid = Shape("", plain).save(tmp_path, changed), tmp_path / "支付.csv"
    paid.write_text(
        "单位编码,单位名称,项目代码,项目名称,支付金额\n"
        + "".join(f"{','.join(line.unit)},{line.code},{line.name},{line.executed - 120}\n" for line in lines),
        "utf-8",
    )
    evalbatch("run", folder, "-o", tmp_path / "out", "--jobs", "1", "--control", control, "--executed", paid)
    names = sorted((tmp_path / "out").glob("*_绩效评分.xlsx"))
    verdicts = set()
    for before, after in zip(names, office.convert(names, tmp_path / "重算"), strict=True):
        old, new = (openpyxl.load_workbook(path, data_only=True)["收支对账"] for path in (before, after))
        rows = [row for row in old.iter_rows() if row[0].value in ("M401", "M405")]
        assert len(rows) >= 8
        for row in rows:
            again = new[row[0].row]
            for cell, other in zip(row, again, strict=False):
                same = isinstance(cell.value, float | int) and cell.value == pytest.approx(other.value, abs=1e-9)
                assert same or (cell.value or "") == (other.value or "")
            verdicts.add(row[11].value)
    assert verdicts == {"相符", "尾差", "不符", "缺数"}
