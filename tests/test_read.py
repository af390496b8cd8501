"""Any workbook made from the form is read: values exact, with their cells; what departs from the form is recorded."""

import shutil
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from support import evaluate_file, filling, form_file

from evalbatch import preflight
from evalbatch.extent import column_letters
from evalbatch.form import Project, Unit
from evalbatch.model import Drift
from evalbatch.preflight import Refused
from evalbatch.read import read_workbook
from evalbatch.spec import Trouble, heading


@pytest.fixture
def workbook(tmp_path):
    """A filled form opened with openpyxl, and a way to save it and read it back."""
    path = form_file(tmp_path, filling())
    book = openpyxl.load_workbook(path)

    def read():
        book.save(path)
        return read_workbook(path, path.name)

    return book, read


def find(ws, text):
    """The first cell that holds a text (the form's ``*`` aside)."""
    for row in ws.iter_rows():
        for cell in row:
            if str(cell.value or "").rstrip("*") == text:
                return cell
    raise AssertionError(f"{text} not on {ws.title}")


def cell_below(ws, title, rows=1):
    """The cell some rows below a heading."""
    cell = find(ws, title)
    return ws.cell(cell.row + rows, cell.column)


def test_values_keep_their_cells(workbook):
    book, read = workbook
    cell = cell_below(book["项目资金"], "全年预算数")
    project = read().projects[0]
    assert str(project.budget.place) == f"项目资金!{cell.coordinate}"
    assert project.budget.value == Decimal(str(cell.value)) * 10_000


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        (213.74, "2137400"),
        ("213.74", "2137400"),
        ("２１３．７４", "2137400"),
        ("2,137,400.00元", "2137400"),
        ("213.74万元", "2137400"),
        ("213.74万", "2137400"),
        (213.73999999999998, "2137400"),
        ("—", None),
        (None, None),
        ("=200+13.74", None),
    ],
)
def test_amounts_are_understood_as_people_type_them(workbook, typed, yuan):
    book, read = workbook
    cell_below(book["项目资金"], "全年预算数").value = typed
    entry = read().projects[0].budget
    assert entry.value == (None if yuan is None else Decimal(yuan))


def test_a_form_in_yuan_is_read_in_yuan(workbook):
    book, read = workbook
    find(book["单位信息"], "金额单位").offset(0, 1).value = "元"
    cell_below(book["项目资金"], "全年预算数").value = 500000
    assert read().projects[0].budget.value == 500000


@pytest.mark.parametrize(
    ("typed", "fmt", "fraction", "decimals"),
    [
        ("28.9%", "@", "0.289", 1),
        (0.289, "0.00%", "0.289", 1),
        (28.9, "General", "0.289", 1),
        (28.9, "0.00%", "0.289", 1),
        (0.86, "0%", "0.86", 0),
        (0.862033333, "0.00%", "0.862", 1),
        (1, "0.00%", "1", 0),
    ],
)
def test_percentages_are_read_by_their_format(workbook, typed, fmt, fraction, decimals):
    book, read = workbook
    cell = find(book["收支预决算"], "项目支出占比(填报值)").offset(0, 1)
    cell.value, cell.number_format = typed, fmt
    entry = read().budget.project_share
    assert (entry.value, entry.decimals) == (Decimal(fraction), decimals)


@pytest.mark.parametrize("typed", [0.289, 1, "0.289", "1"])
def test_a_number_up_to_one_without_the_sign_is_not_guessed(workbook, typed):
    book, read = workbook
    cell = find(book["收支预决算"], "项目支出占比(填报值)").offset(0, 1)
    cell.value, cell.number_format = typed, "General"
    entry = read().budget.project_share
    assert (entry.value, entry.trouble) == (None, Trouble.TYPE)


def test_text_fields_stay_as_typed(workbook):
    book, read = workbook
    find(book["单位信息"], "单位编码").offset(0, 1).value = "001361"
    cell_below(book["绩效指标"], "年度指标值").value = "=100%"
    cell_below(book["绩效指标"], "实际完成值").value = "1-12月"
    submission = read()
    assert submission.unit.code.value == "001361"
    assert submission.indicators[0].target.text == "=100%"
    assert submission.indicators[0].actual.text == "1-12月"


def test_a_share_typed_as_a_number_in_a_percent_cell_is_a_percentage(workbook):
    book, read = workbook
    cell = cell_below(book["绩效指标"], "实际完成值")
    cell.value, cell.number_format = 0.985, "0.0%"
    assert read().indicators[0].actual.text == "98.5%"


def test_a_formula_without_value_is_said_not_called_blank(workbook):
    book, read = workbook
    cell_below(book["项目资金"], "全年执行数").value = "=1+48"
    entry = read().projects[0].executed
    assert (entry.value, entry.trouble, entry.text) == (None, Trouble.UNCALCULATED, "=1+48")


def test_an_error_value_is_said_not_called_blank(workbook):
    book, read = workbook
    cell = cell_below(book["项目资金"], "全年执行数")
    cell.value, cell.data_type = "#REF!", "e"
    entry = read().projects[0].executed
    assert (entry.value, entry.trouble, entry.text) == (None, Trouble.ERROR, "#REF!")


def test_columns_and_rows_are_found_wherever_they_stand(workbook):
    book, read = workbook
    before = read()
    projects, indicators = book["项目资金"], book["绩效指标"]
    projects.insert_cols(3, 2)
    projects.insert_rows(1, 3)
    indicators.insert_rows(find(indicators, "项目编号").row + 3, 2)
    indicators.column_dimensions["B"].hidden = True
    book.move_sheet("绩效指标", -3)
    after = read()
    assert [p.budget.value for p in after.projects] == [p.budget.value for p in before.projects]
    assert [p.name.value for p in after.projects] == [p.name.value for p in before.projects]
    assert [(i.name.value, i.actual.text) for i in after.indicators] == [
        (i.name.value, i.actual.text) for i in before.indicators
    ]
    assert [(d.drift, str(d.place)) for d in after.departures] == [(Drift.HIDDEN, "绩效指标!B5")]


def test_headings_may_carry_units_spaces_and_full_width_forms(workbook):
    book, read = workbook
    find(book["项目资金"], "全年预算数").value = "全年预算数（万元）＊"
    find(book["项目资金"], "执行率(填报值)").value = " 执行率 （填报值）"
    find(book["单位信息"], "单位名称").value = "单位名称："
    submission = read()
    assert submission.departures == ()
    assert submission.projects[0].budget.value is not None


def test_a_renamed_heading_is_missing_with_what_stands_there(workbook):
    book, read = workbook
    cell = find(book["项目资金"], "全年执行数")
    cell.value = "全年执行金额"
    (departure,) = read().departures
    assert (departure.drift, departure.name, departure.near) == (
        Drift.MISSING_HEADING,
        heading(Project, "executed"),
        "全年执行金额",
    )
    assert str(departure.place) == f"项目资金!{cell.coordinate}"


def test_an_added_column_is_named_and_ignored(workbook):
    book, read = workbook
    sheet = book["支出标准"]
    cell = find(sheet, "项目编号")
    sheet.cell(cell.row, sheet.max_column + 1).value = "我的备注"
    (departure,) = read().departures
    assert (departure.drift, departure.name) == (Drift.UNKNOWN_HEADING, "我的备注")


def test_a_renamed_label_is_missing(workbook):
    book, read = workbook
    find(book["单位信息"], "评价年度").value = "评价的年度"
    (departure,) = read().departures
    assert (departure.name, departure.near) == (heading(Unit, "year"), "评价的年度")


def test_a_missing_sheet_is_named_with_the_one_it_may_have_become(workbook):
    book, read = workbook
    book["支出标准"].title = "支出标准表"
    (departure,) = read().departures
    assert (departure.drift, departure.name, departure.near) == (Drift.MISSING_SHEET, "支出标准", "支出标准表")


def test_a_heading_row_pasted_again_is_no_data(workbook):
    book, read = workbook
    sheet = book["绩效指标"]
    count = len(read().indicators)
    row = find(sheet, "项目编号").row
    sheet.insert_rows(row + 4)
    for cell in sheet[row]:
        sheet.cell(row + 4, cell.column).value = cell.value
    assert len(read().indicators) == count


@pytest.mark.parametrize("name", ["……", "指标2", "指标2：", "...", "指标3：……"])
def test_rows_left_over_from_a_printed_pattern_are_no_indicators(workbook, name):
    book, read = workbook
    before = read().indicators
    sheet = book["绩效指标"]
    title = find(sheet, "三级指标")
    row = title.row + len(before) + 1
    sheet.cell(row, title.column).value = name
    sheet.cell(row, find(sheet, "项目编号").column).value = "1"
    assert read().indicators == before


def test_a_row_with_a_name_and_nothing_else_is_an_unfinished_indicator(workbook):
    book, read = workbook
    before = read().indicators
    sheet = book["绩效指标"]
    title = find(sheet, "三级指标")
    sheet.cell(title.row + len(before) + 1, title.column).value = "指标2：发放份数"
    assert len(read().indicators) == len(before) + 1


def test_a_workbook_that_is_not_the_form_is_refused(tmp_path):
    path = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(Refused, match="不是标准自评表"):
        read_workbook(path, path.name)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("项目,金额\n1,2\n".encode("gbk"), "文本"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"\x00\x01\x02\x03", "不是工作簿"),
        (b"PK\x03\x04 cut short", "损坏"),
    ],
)
def test_other_kinds_of_file_are_refused_with_advice(tmp_path, data, said):
    path = tmp_path / "自评表.xlsx"
    path.write_bytes(data)
    with pytest.raises(Refused, match=said) as refusal:
        read_workbook(path, path.name)
    assert refusal.value.sha256


def test_what_inflates_beyond_the_limit_is_refused_whatever_its_parts_say(tmp_path, monkeypatch):
    """The limit is of all parts together, counted as they come out."""
    path = form_file(tmp_path, filling())
    with zipfile.ZipFile(path) as archive:
        largest = max(entry.file_size for entry in archive.infolist())
    monkeypatch.setattr(preflight, "MAX_INFLATED", largest + 10)
    with pytest.raises(Refused, match="解压后超过"):
        read_workbook(path, path.name)


def test_bytes_that_are_no_text_are_not_called_a_text(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(bytes(range(1, 250)))
    with pytest.raises(Refused, match="这不是工作簿文件"):
        read_workbook(path, path.name)


def test_half_a_download_is_refused(tmp_path):
    path = form_file(tmp_path, filling())
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(Refused, match="损坏"):
        read_workbook(path, path.name)


def test_a_word_document_is_refused_as_one(tmp_path):
    folder = tmp_path / "docx"
    (folder / "word").mkdir(parents=True)
    (folder / "word" / "document.xml").write_text("<w/>")
    archive = shutil.make_archive(str(tmp_path / "报告"), "zip", folder)
    with pytest.raises(Refused, match="Word"):
        read_workbook(tmp_path / archive, "报告.docx")


def test_a_cell_far_away_is_left_out_and_said_before_memory_is_taken(workbook):
    book, read = workbook
    before = read()
    book["项目资金"]["XFD1048576"] = "x"
    after = read()
    assert [str(d.place) for d in after.departures if d.drift is Drift.FAR_CELL] == ["项目资金!XFD1048576"]
    assert [p.budget for p in after.projects] == [p.budget for p in before.projects]


@pytest.mark.parametrize("ref", ["XFD1048576", "A1048576", "XFD1"])
def test_an_empty_cell_far_away_is_nothing(workbook, ref):
    book, read = workbook
    before = read()
    book["项目资金"][ref].number_format = "0.00"
    after = read()
    assert after.departures == ()
    assert after.projects == before.projects


def test_cells_that_should_hold_a_number_each_hold_none_once_they_are_merged(workbook):
    book, read = workbook
    projects = book["项目资金"]
    cell = cell_below(projects, "全年执行数", 2)
    projects.merged_cells.add(f"{cell.column_letter}5:{cell.column_letter}6")
    after = read()
    for project in after.projects[:2]:
        assert (project.executed.value, project.executed.text) == (None, "4.86")
        assert project.executed.trouble is Trouble.MERGED
    assert [(d.drift, str(d.place), d.name) for d in after.departures] == [
        (Drift.BURIED, "项目资金!J6", "49.6"),
        (Drift.MERGED, "项目资金!J5", "J5:J6"),
        (Drift.MERGED, "项目资金!J6", "J5:J6"),
    ]


def test_what_a_merged_cell_covers_is_no_data(workbook):
    book, read = workbook
    book["支出标准"].merged_cells.add("B5:B6")
    after = read()
    assert after.standards[1].content.is_blank
    assert [(d.drift, str(d.place)) for d in after.departures] == [(Drift.BURIED, "支出标准!B6")]


def test_a_code_merged_over_several_rows_holds_for_all_of_them(workbook):
    book, read = workbook
    before = read()
    sheet = book["绩效指标"]
    for column, last in (("A", 14), ("B", 10)):
        for row in range(6, last + 1):
            sheet[f"{column}{row}"].value = None
        sheet.merged_cells.add(f"{column}5:{column}{last}")
    after = read()
    assert [i.project.value for i in after.indicators] == [i.project.value for i in before.indicators]
    assert [i.level1.value for i in after.indicators] == [i.level1.value for i in before.indicators]
    assert after.departures == ()


def test_a_copied_sheet_is_named_and_not_read(workbook):
    book, read = workbook
    copy = book.copy_worksheet(book["绩效指标"])
    copy.title = "绩效指标 (2)"
    copy["I5"] = "9999"
    after = read()
    assert [(d.drift, d.name, d.place.sheet) for d in after.departures] == [
        (Drift.COPIED_SHEET, "绩效指标", "绩效指标 (2)")
    ]
    assert after.indicators[0].actual.text == "2150"


def test_hidden_rows_and_sheets_are_read_and_mentioned(workbook):
    book, read = workbook
    book["项目资金"].row_dimensions[6].hidden = True
    book["问题整改"].sheet_state = "hidden"
    after = read()
    assert len(after.projects) == 4
    assert {(d.drift, str(d.place)) for d in after.departures} == {
        (Drift.HIDDEN, "项目资金!A6"),
        (Drift.HIDDEN, "问题整改!A5"),
    }


def test_column_letters():
    assert [column_letters(c) for c in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_reading_through_libreoffice_gives_the_same_values(tmp_path, office):
    path = form_file(tmp_path, filling())
    out = tmp_path / "out"
    (converted,) = office.convert([path], out)
    direct, saved = evaluate_file(path), evaluate_file(converted)
    assert saved.findings == direct.findings
    assert [s.score for s in saved.scores.projects] == [s.score for s in direct.scores.projects]
    assert saved.submission.projects == direct.submission.projects
    assert saved.submission.indicators == direct.submission.indicators
    assert saved.submission.unit == direct.submission.unit
    assert saved.submission.budget == direct.submission.budget


@pytest.mark.parametrize("typed", [1e15, -1e308, "1" + "0" * 15, "9" * 400])
def test_a_number_too_large_to_be_one_is_not_used(workbook, typed):
    book, read = workbook
    cell_below(book["项目资金"], "执行率分值").value = typed
    entry = read().projects[0].execution_weight
    assert (entry.value, entry.trouble) == (None, Trouble.TYPE)


def test_fifteen_digits_are_read(workbook):
    book, read = workbook
    cell_below(book["项目资金"], "全年预算数").value = 999999999999999
    assert read().projects[0].budget.value == Decimal("9999999999999990000")
