"""The blank form: pleasant to fill, protected where it must be, and its live checks agree with Python."""

import re
import subprocess
from decimal import Decimal

import openpyxl
import pytest
from support import REPORT, evaluate_file, filling, form_file
from test_scored import differing, formulas

from evalbatch import form
from evalbatch.read import read_workbook
from evalbatch.spec import Need, Shape, columns_of, heading, sheet_of
from evalbatch.writers.template import write_form

TABLES = [cls for cls in form.SHEETS if sheet_of(cls).shape is Shape.TABLE]


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """The blank form on disk."""
    path = tmp_path_factory.mktemp("blank") / "空白.xlsx"
    path.write_bytes(write_form())
    return path


@pytest.fixture(scope="module")
def book(blank):
    """The blank form, opened."""
    return openpyxl.load_workbook(blank)


def cell_of(ws, title):
    """The cell of a heading or label."""
    return next(c for row in ws.iter_rows(max_row=30) for c in row if str(c.value or "").rstrip("*") == title)


def column_style(ws, number):
    """The format of a column; alike neighbours are stored as one."""
    return next(d for d in ws.column_dimensions.values() if d.min <= number <= d.max)


def test_the_sheets_stand_in_the_forms_order(book):
    titles = [ws.title for ws in book if ws.sheet_state == "visible"]
    assert titles == [form.GUIDE, *(sheet_of(cls).title for cls in form.SHEETS)]


def test_the_blank_form_holds_no_data_and_departs_in_nothing(blank):
    submission = read_workbook(blank, blank.name)
    assert submission.departures == ()
    assert submission.source.form_version == form.VERSION
    assert (submission.projects, submission.indicators, submission.standards, submission.problems) == ((), (), (), ())
    assert submission.unit.money.value == "万元"


def test_headings_are_locked_and_cells_to_fill_are_not(book):
    for cls in form.SHEETS:
        ws = book[sheet_of(cls).title]
        assert ws.protection.sheet
        assert ws.protection.password is None
        for column in columns_of(cls):
            cell = cell_of(ws, column.heading)
            below = ws.cell(cell.row + 1, cell.column) if cls in TABLES else cell.offset(0, 1)
            free = below if below.has_style else column_style(ws, cell.column)
            assert (cell.protection.locked, bool(free.protection.locked)) == (True, False), column.heading


def test_choices_come_from_named_ranges_and_validations_reach_row_2000(book):
    for cls in TABLES:
        ws = book[sheet_of(cls).title]
        lists = {v.formula1 for v in ws.data_validations.dataValidation if v.type == "list"}
        chosen = [column for column in columns_of(cls) if column.choices]
        assert {name.lstrip("=") for name in lists} == {f"list_{column.name}" for column in chosen}
        assert {f"list_{column.name}" for column in chosen} <= set(book.defined_names)
        for validation in ws.data_validations.dataValidation:
            if validation.type in ("list", "decimal", "whole"):
                assert str(validation.sqref).endswith("2000")


def test_every_heading_carries_a_prompt(book):
    for cls in TABLES:
        ws = book[sheet_of(cls).title]
        prompted = {str(v.sqref) for v in ws.data_validations.dataValidation if v.prompt}
        assert {cell_of(ws, column.heading).coordinate for column in columns_of(cls)} <= prompted


def test_text_fields_are_formatted_as_text(book):
    ws = book[sheet_of(form.Indicator).title]
    for name in ("project", "target", "actual"):
        assert column_style(ws, cell_of(ws, heading(form.Indicator, name)).column).number_format == "@"


def test_rows_grow_with_what_is_typed(blank):
    book = openpyxl.load_workbook(blank)
    ws = book[sheet_of(form.Indicator).title]
    assert [row for row, d in ws.row_dimensions.items() if row > 4 and d.customHeight] == []


FAULTS = {
    "weights": ({"change": {"indicator.0.weight": 5}}, "合计 95，少 5"),
    "too much": ({"change": {"indicator.0.weight": Decimal("12.5")}}, "合计 102.5，多 2.5"),
    "no indicators": ({"remove": ["indicator.project=4"]}, "尚无绩效指标"),
    "lines": ({"change": {"budget.basic.budget": 150}}, "填报 213.73，分项合计 211.57，差 2.16"),
    "rounding": (
        {"change": {"budget.other_spending.budget": Decimal("0.01")}},
        "填报 213.73，分项合计 213.74，差 -0.01（尾差）",
    ),
    "projects": ({"change": {"project.1.category": "公用经费"}}, "填报 61.57，分项合计 11.57，差 50"),
    "funds": ({"change": {"project.0.fiscal_budget": 4}}, "全年填报 5，分项合计 4，差 1"),
    "missing": ({"remove": ["indicator.3.weight", "indicator.3.level2"]}, "未填：二级指标 分值 "),
    "required": ({"remove": ["unit.author"]}, "必填，未填"),
    "unknown": ({"change": {"indicator.3.project": "9"}}, "项目编号不在项目资金表中 "),
    "above": ({"change": {"indicator.3.claimed": 9}}, "自评得分超过分值 "),
    "text": ({"change": {"project.0.fiscal_budget": "5万元"}}, "不是数字：当年财政拨款·全年预算数 "),
    "line text": ({"change": {"budget.fiscal.budget": "213.49万元"}}, form.NOT_A_NUMBER),
    "repeated": ({"change": {"project.1.code": "1"}}, "项目编号重复 "),
    "department": ({"change": {"department.execution_weight": 5}}, "合计 95，少 5"),
    "weight text": (
        {"change": {"department.execution_weight": "五分", "indicator.41.weight": 9}},
        "合计 99，少 1",
    ),
}


def test_live_checks_say_the_planted_fault_and_recalculate_to_the_same(tmp_path, office):
    paths = []
    for name, (case, said) in FAULTS.items():
        path = form_file(tmp_path, filling(case=case), f"{name}.xlsx")
        texts = {c.value for ws in openpyxl.load_workbook(path, data_only=True) for row in ws.iter_rows() for c in row}
        assert said in texts, name
        paths.append(path)
    paths += [form_file(tmp_path, filling(), "good.xlsx"), form_file(tmp_path, filling(REPORT), "report.xlsx")]
    for before, after in zip(paths, office.convert(paths, tmp_path / "out"), strict=True):
        cells = formulas(before)
        assert len(cells) > 300
        assert differing(before, after, cells) == {}, before.name


def test_a_good_form_has_no_complaint_beside_its_cells(tmp_path):
    path = form_file(tmp_path, filling())
    shown = openpyxl.load_workbook(path, data_only=True)
    said = {shown[title][ref].value for title, ref in formulas(path)}
    words = {text for text in said if isinstance(text, str) and text and not text.startswith("单位：")}
    assert words == {form.WHOLE}


def test_empty_rows_do_not_print(blank, tmp_path, office):
    (pdf,) = office.convert([blank], tmp_path, "pdf")
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = [page for page in text.split("\f") if page.strip()]
    for cls in TABLES:
        wanted = [c.heading for c in columns_of(cls) if c.need is Need.REQUIRED][-1]
        holding = [page for page in pages if re.search(rf"{re.escape(wanted)}\*", page)]
        assert len(holding) == 1, wanted


def test_a_form_filled_by_another_program_reads_the_same_through_libreoffice(blank, tmp_path, office):
    """The blank form filled cell by cell, as saved by one program and by another."""
    book = openpyxl.load_workbook(blank)
    unit, project = book["单位信息"], book["项目资金"]
    cell_of(unit, "单位名称").offset(0, 1).value = "测试单位"
    cell_of(unit, "评价年度").offset(0, 1).value = 2025
    cell_of(unit, "单位编码").offset(0, 1).value = "001"
    row = {"项目编号": "1", "项目名称": "甲", "项目类别": "特定目标类", "是否参评": "是", "全年预算数": 0.1 + 0.2}
    row |= {"全年执行数": "0.25万元", "执行率(填报值)": 0.8333}
    for title, value in row.items():
        cell_of(project, title).offset(1, 0).value = value
    indicators = book["绩效指标"]
    for title, value in {
        "项目编号": "1",
        "三级指标": "率",
        "年度指标值": "≥95%",
        "实际完成值": "96.5%",
        "分值": 90,
    }.items():
        cell_of(indicators, title).offset(1, 0).value = value
    path = tmp_path / "填好.xlsx"
    book.save(path)
    (saved,) = office.convert([path], tmp_path / "out")
    direct, through = evaluate_file(path), evaluate_file(saved)
    assert through.submission.projects == direct.submission.projects
    assert through.submission.indicators == direct.submission.indicators
    assert through.findings == direct.findings
    assert direct.submission.projects[0].budget.value == 3000
    assert direct.submission.unit.code.value == "001"
