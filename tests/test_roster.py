"""The list of units that should hand in: read as the bureau's systems export it, held against what arrived."""

import codecs
import zipfile

import openpyxl
import pytest
from support import a_digest, filling, form_file

from evalbatch.control import load_control
from evalbatch.gathered import Arrival, Expected, arrived
from evalbatch.roster import load_roster
from evalbatch.settings import SettingsError

FIRST = Expected(code="001001", name="某局（本级）", department="某局")
SECOND = Expected(code="001002", name="某中心", department="某局")
ROWS = [["单位编码", "单位名称", "主管部门"], ["001001", "某局（本级）", "某局"], ["001002", "某中心", "某局"]]


def text_file(folder, rows, between=",", encoding="utf-8", name="名单.csv"):
    """A text with a list."""
    path = folder / name
    path.write_bytes("\r\n".join(between.join(row) for row in rows).encode(encoding))
    return path


def workbook(folder, *sheets, name="名单.xlsx"):
    """A workbook with lists."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def refused(path):
    """The words a list is refused with."""
    with pytest.raises(SettingsError) as error:
        load_roster(path)
    words = str(error.value)
    assert words.startswith(f"单位名单 {path} ")
    return words


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_text_is_read_in_every_encoding_people_save_it_in(tmp_path, encoding, between):
    assert load_roster(text_file(tmp_path, ROWS, between, encoding)) == (FIRST, SECOND)


def test_a_workbook_is_read_and_codes_keep_their_zeros(tmp_path):
    assert load_roster(workbook(tmp_path, ROWS)) == (FIRST, SECOND)


def test_a_list_is_known_by_its_bytes_not_by_its_name(tmp_path):
    assert load_roster(workbook(tmp_path, ROWS, name="名单.csv")) == (FIRST, SECOND)
    assert load_roster(text_file(tmp_path, ROWS, name="名单.xlsx")) == (FIRST, SECOND)


@pytest.mark.parametrize(
    "headings",
    [
        ["单位代码", "预算单位", "归口部门"],
        ["预算单位编码", "预算单位名称", "主管单位"],
        ["预算单位代码*", "单 位", "主管预算单位"],
        ["编码", "名称：", "主管部门名称"],
    ],
)
def test_headings_are_known_under_their_many_names(tmp_path, headings):
    assert load_roster(text_file(tmp_path, [headings, *ROWS[1:]])) == (FIRST, SECOND)


def test_titles_totals_remarks_and_blank_rows_are_no_units(tmp_path):
    rows = [
        ["某县 2025 年应报单位名单"],
        ["填报日期：2026-01-05", None, None, "单位：个"],
        [],
        ["序号", "主管部门", "单位编码", "单位名称", "备注"],
        [1, "某局", "001001", "某局（本级）", "撤并"],
        [2, "某局", "001002", "某中心", None],
        ["小计", None, None, 2, None],
        [],
        [None, None, None, "合计：2 个单位"],
        ["制表人：张三", None, None, "审核：李四"],
        ["以上共两个单位"],
    ]
    assert load_roster(workbook(tmp_path, rows)) == (FIRST, SECOND)
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert load_roster(text_file(tmp_path, texts)) == (FIRST, SECOND)


def test_a_line_about_the_list_above_its_headings_is_no_heading(tmp_path):
    assert load_roster(text_file(tmp_path, [["单位", "某县财政局"], *ROWS])) == (FIRST, SECOND)


def test_code_and_name_in_one_cell_are_taken_apart(tmp_path):
    rows = [["预算单位", "主管部门"], ["001001-某局（本级）", "001-某局"], ["001002 - 某中心", "001-某局"]]
    assert load_roster(text_file(tmp_path, rows)) == (FIRST, SECOND)


def test_a_quoted_text_keeps_its_commas_and_breaks(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text('单位编码,单位名称\n001,"甲,乙\n联合办"\n', "utf-8")
    assert [unit.name for unit in load_roster(path)] == ["甲,乙\n联合办"]


def test_words_for_nothing_are_names_like_any_other(tmp_path):
    path = text_file(tmp_path, [["单位名称"], ["NA"], ["null"], ["1e5"]])
    assert [unit.name for unit in load_roster(path)] == ["NA", "null", "1e5"]


def test_every_sheet_with_headings_is_read(tmp_path):
    path = workbook(tmp_path, ROWS[:2], [["说明"], ["只列应报单位"]], [ROWS[0], ROWS[2]])
    assert load_roster(path) == (FIRST, SECOND)


def test_a_hidden_sheet_with_units_is_refused_rather_than_guessed_about(tmp_path):
    path = workbook(tmp_path, [["单位名称"], ["甲局"]], [["单位名称"], ["乙局"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[1].sheet_state = "hidden"
    book.save(path)
    assert f"的工作表“{book.sheetnames[1]}”是隐藏的" in refused(path)


def test_numbers_as_codes_are_read_as_they_are_shown(tmp_path):
    assert load_roster(workbook(tmp_path, [ROWS[0], [101001, "甲局", None]]))[0].code == "101001"


def test_unknown_headings_are_refused_with_what_was_found_and_what_is_wanted(tmp_path):
    words = refused(text_file(tmp_path, [["名单"], ["机构", "负责人", "电话"], ["甲局", "张三", "1"]]))
    assert "里没有写单位名称的一栏，找到的是“机构 负责人 电话”" in words
    assert "标题应为其中一个：单位名称、预算单位、" in words
    assert "编码一栏可以叫：单位编码、单位代码、" in words


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["001001", "甲局", ""], ["001001", "甲局 ", ""]], "第 2 行和第 3 行是同一个单位：甲局。请删去一行"),
        ([["001001", "甲局", ""], ["001001", "", ""]], "第 2 行和第 3 行是同一个单位：001001。请删去一行"),
        ([["", "某局（本级）", ""], ["", "某局(本级) ", ""]], "第 2 行和第 3 行是同一个单位"),
        ([["001001", "甲局", ""], ["", "", ""], ["", "甲局", ""]], "第 2 行和第 4 行是同一个单位：甲局"),
    ],
)
def test_a_unit_listed_twice_is_refused_with_both_rows(tmp_path, rows, said):
    assert said in refused(text_file(tmp_path, [ROWS[0], *rows]))


def test_one_code_with_two_names_is_refused_with_both_and_what_to_do_in_either_case(tmp_path):
    words = refused(text_file(tmp_path, [ROWS[0], ["001001", "甲局", ""], ["", "丙局", ""], ["001001", "乙局", ""]]))
    assert "第 2 行“甲局”和第 4 行“乙局”的编码都是 001001。" in words
    assert words.endswith("是两个单位的，请改正编码；是同一个单位的，请删去一行")


def test_a_unit_listed_on_two_sheets_is_refused_with_both(tmp_path):
    words = refused(workbook(tmp_path, ROWS, [ROWS[0], ROWS[2]]))
    assert "工作表“Sheet”第 3 行和工作表“Sheet1”第 2 行是同一个单位：某中心" in words


def test_two_units_of_one_name_are_told_apart_by_their_codes(tmp_path):
    rows = [["单位编码", "单位名称"], ["101001", "第一小学"], ["102001", "第一小学"]]
    assert len(load_roster(text_file(tmp_path, rows))) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "不能用：这是空文件（0 字节），请重新导出，或换一个文件"),
        (b"PK\x03\x04", "不能用：文件不完整或已损坏（可能没有下载完）。请重新下载"),
        (b"%PDF-1.7", "不能用：这是 PDF 文件，不是工作簿。请把名单另存为 .xlsx 或 .csv 再用"),
        ("单位编码,单位名称\n".encode(), "里没有一个单位，请在标题下面逐行填写单位"),
        (codecs.BOM_UTF8, "里没有写单位名称的一栏，表是空的"),
        ('单位名称\n"甲局'.encode(), "读不出来，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再用"),
        (b"\xb5\xa5\xce\xbb\xc3\xfb\xb3\xc6\n\xff\xff\n", "读不出来"),
    ],
)
def test_what_is_no_list_is_refused_in_words(tmp_path, data, said):
    path = tmp_path / "名单.csv"
    path.write_bytes(data)
    words = refused(path)
    assert said in words
    assert "重新发送" not in words


def test_a_folder_is_refused_in_words(tmp_path):
    assert refused(tmp_path).endswith("不能用：这是文件夹，请写明里面的文件")


def test_a_filled_form_is_no_list(tmp_path):
    """Its labels (主管部门, 联系电话) would be units."""
    words = refused(form_file(tmp_path, filling()))
    assert words.endswith("不能用：这是填报的自评表，不是单位名单，请换一个文件")
    with pytest.raises(SettingsError, match="这是填报的自评表，不是批复数据，请换一个文件"):
        load_control(form_file(tmp_path, filling()))


def test_a_missing_file_is_refused_in_words(tmp_path):
    assert "不能用：没有这个文件" in refused(tmp_path / "没有.xlsx")


def test_a_hostile_workbook_is_refused_before_it_is_opened(tmp_path):
    path = workbook(tmp_path, ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/extra.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    assert "带有不该有的声明（DTD）" in refused(path)


def test_a_damaged_sheet_is_refused_in_words(tmp_path):
    path, broken = workbook(tmp_path, ROWS), tmp_path / "坏.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"<worksheet><sheetData><row" if "sheet1" in name else good.read(name))
    assert "读不出来" in refused(broken)


# --- what arrived -------------------------------------------------------------------------------------------------


def of(*units):
    """Digests of units, in order."""
    return [(f"表{number}", a_digest(number, unit)) for number, unit in enumerate(units, 1)]


def test_units_are_known_by_code_then_by_name():
    found = arrived([FIRST, SECOND], of({"code": "００１００１", "name": "别的名称"}, {"name": "某 中心"}))
    assert found.expected == (Arrival(expected=FIRST, numbers=(1,)), Arrival(expected=SECOND, numbers=(2,)))
    assert found.others == ()


@pytest.mark.parametrize("name", ["某局(本级)", "某局（本级）", " 某局 （本级）", "某局﹙本级﹚"])
def test_brackets_spaces_and_width_make_no_difference(name):
    assert arrived([FIRST], of({"name": name})).expected[0].numbers == (1,)


def test_leading_zeros_of_a_code_do_make_one_the_name_is_asked_then():
    short = Expected(code="1001", name="某站", department="")
    found = arrived([FIRST, short], of({"code": "1001", "name": "某站"}, {"code": "01001", "name": "某局（本级）"}))
    assert [arrival.numbers for arrival in found.expected] == [(2,), (1,)]


def test_who_has_not_come_and_who_was_not_asked_are_both_said():
    found = arrived([FIRST, SECOND], of({"name": "外单位"}, {"code": "001002"}, {"code": "001002"}, {}))
    assert [arrival.numbers for arrival in found.expected] == [(), (2, 3)]
    assert found.others == (1, 4)


def test_of_two_units_with_one_name_only_the_code_tells():
    one, other = (Expected(code=code, name="第一小学", department="") for code in ("101001", "102001"))
    found = arrived([one, other], of({"code": "102001", "name": "第一小学"}))
    assert [arrival.numbers for arrival in found.expected] == [(), (1,)]
