"""The official forms: named safely, every number live, every text whole, every row high enough for its text."""

import math
import unicodedata

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from support import dec, evaluate_data, filling
from test_scored import POLICY, column, differing, formulas, same, written

from evalbatch.model import UNSCORED
from evalbatch.writers.form_names import sheet_names
from evalbatch.writers.grid import half_width, lay
from evalbatch.writers.scored import write_scored

BEFORE, AFTER = ["评价结论", "问题清单", "收支对账", "评分明细"], ["规则执行"]
HOSTILE = [
    "A[1]:*?/\\",
    "a［１］",
    "编" * 40,
    "编" * 40 + "号",
    "",
    "'撇号'",
    "部门整体",
    "１",
    "1",
    "🙂" * 20,
    "=1+1",
    "x\x07y\n",
]
SENTENCE = "7月因暴雨预警推迟“世界人口日”广场活动（涉及2,350人次），8月已补办并逐户回访；"
TEXT_800 = (SENTENCE * 30)[:800]
PX_OF_LETTER = 12
"""A wide character of 9 pt at 96 dpi; a column of width w is 7w + 5 pixels wide, 5 of them padding."""


def long_form():
    """Project 1 with forty indicators and long texts everywhere, 3 with nothing filled, 4 with one indicator."""
    data = filling()
    base = dict(data["indicator"][0])
    rows = [row for row in data["indicator"] if row["project"] not in ("1", "3", "4")]
    for i in range(40):
        level1, level2 = ("产出指标", "数量指标") if i % 2 else ("效益指标", "社会效益指标")
        row = dict(base, level1=level1, level2=level2, name=f"第{i + 1}项 {SENTENCE}", actual=str(1500 + 20 * i))
        rows.append(row | {"weight": dec("2.25"), "claimed": 2, "reason": SENTENCE * (i % 5)})
    rows[-1] |= {"reason": TEXT_800, "name": f"末{TEXT_800}"}
    rows[-2] |= {"nature": "定性", "target": TEXT_800, "actual": TEXT_800, "tier": "达成年度指标", "reason": "=1+1"}
    rows.append(dict(base, project="4", weight=90, claimed=90, level1="自定一级", level2=""))
    data["indicator"] = rows
    data["project"][0] |= {"goal": TEXT_800, "achieved": SENTENCE * 10, "note": TEXT_800, "name": TEXT_800}
    data["project"][1] |= {"goal": TEXT_800 * 6}
    data["department"] |= {"goal": TEXT_800, "achieved": "=cmd|' /c calc'!A1"}
    kept = ("code", "name", "category", "evaluated")
    data["project"][2] = {key: value for key, value in data["project"][2].items() if key in kept}
    return data


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The good example's evaluation and scored workbook."""
    return written(tmp_path_factory.mktemp("good"), "good", {})


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """The evaluation and scored workbook of the long form."""
    folder = tmp_path_factory.mktemp("long")
    evaluation = evaluate_data(folder, long_form())
    (folder / "long.xlsx").write_bytes(write_scored(evaluation, POLICY))
    return evaluation, folder / "long.xlsx"


def forms_of(path, **options):
    """The sheets of the forms."""
    return [ws for ws in openpyxl.load_workbook(path, **options) if ws.title.startswith("自评表-")]


def shown(ws):
    """Every text of a sheet, line ends taken out."""
    cells = (c.value for row in ws.iter_rows() for c in row if c.value is not None)
    return "\n".join(str(cell).replace("\n", "") for cell in cells)


def row_of(ws, text):
    """The row that shows a text."""
    return next(c.row for row in ws.iter_rows() for c in row if c.value == text)


def at(ws, title):
    """The column of an indicator heading."""
    *_, heads = (row for row in ws.iter_rows() if {"得分", "自评得分"} <= {c.value for c in row})
    return next(c.column for c in heads if c.value == title)


# --- names and order ----------------------------------------------------------------------------------------------


def test_the_forms_stand_between_detail_and_ledger(good):
    names = [f"自评表-{code}" for code in ("1", "2", "3", "4", "部门整体")]
    assert openpyxl.load_workbook(good[1]).sheetnames == BEFORE + names + AFTER


def test_a_project_that_takes_no_part_has_no_form(tmp_path):
    _, path = written(tmp_path, "x", {"change": {"project.1.evaluated": "否", "project.1.excuse": "未实施"}})
    assert [ws.title for ws in forms_of(path)] == [f"自评表-{code}" for code in ("1", "3", "4", "部门整体")]


def test_hostile_codes_give_safe_and_different_names(tmp_path, office):
    data = filling()
    base = data["project"][0]
    data["project"] = [dict(base, code=code, name=f"项目{i}") for i, code in enumerate(HOSTILE)]
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(write_scored(evaluate_data(tmp_path, data), POLICY))
    (after,) = office.convert([path], tmp_path / "out")
    names = openpyxl.load_workbook(after).sheetnames
    assert names == openpyxl.load_workbook(path).sheetnames
    assert len(names) == len(BEFORE) + len(HOSTILE) + 1 + len(AFTER)
    assert names[-2] == "自评表-部门整体"
    assert differing(path, after, formulas(path)) == {}
    links = [
        c.hyperlink.location for row in openpyxl.load_workbook(path)["评价结论"].iter_rows() for c in row if c.hyperlink
    ]
    assert sorted(links) == sorted(f"'{name}'!A1" for name in names if name.startswith("自评表-"))


def test_names_are_numbered_where_they_would_be_the_same():
    assert sheet_names(["a", "A", "Ａ", "", " "], ["自评表-部门整体"]) == (
        "自评表-a",
        "自评表-A(2)",
        "自评表-A(3)",
        "自评表-未编号",
        "自评表-未编号(2)",
    )


@given(st.lists(st.text(max_size=50), max_size=12))
@example(HOSTILE)
@example(["ß" * 40, "ss" * 20, "ﬃ", "ffi"])
def test_names_keep_the_rules_of_every_program(codes):
    names = sheet_names(codes, BEFORE)
    assert len(names) == len(codes)
    assert len({unicodedata.normalize("NFKC", n).casefold() for n in [*names, *BEFORE]}) == len(names) + len(BEFORE)
    for name in names:
        assert len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\'［］：＊？／＼")
        assert name == name.strip()


# --- numbers ------------------------------------------------------------------------------------------------------


def test_every_formula_recalculates_to_its_cached_value(long, tmp_path, office):
    (after,) = office.convert([long[1]], tmp_path / "out")
    cells = formulas(long[1])
    assert sum(sheet.startswith("自评表-") for sheet, _ in cells) > 200
    assert differing(long[1], after, cells) == {}


def test_every_number_but_typed_amounts_is_a_formula(good, long):
    for _, path in (good, long):
        for ws in forms_of(path):
            first = 6 if ws.title != "自评表-部门整体" else 5
            typed = [c for row in ws.iter_rows() for c in row if isinstance(c.value, int | float)]
            assert [c.coordinate for c in typed if not (first <= c.row <= 10 and 3 <= c.column <= 6)] == []


def test_scores_weights_and_totals_are_those_of_the_evaluation(good):
    evaluation, path = good
    sheets = forms_of(path, data_only=True)
    for score, ws in zip([*evaluation.scores.projects, evaluation.scores.department], sheets, strict=True):
        row = row_of(ws, "总分")
        weight = at(ws, "权重" if score.project is None else "分值")
        assert same(ws.cell(row, weight).value, float(score.weight))
        assert same(ws.cell(row, at(ws, "得分")).value, float(score.score))
        assert same(ws.cell(row, at(ws, "自评得分")).value, float(score.claimed.value))
        assert f"测算等级　{score.grade}" in shown(ws)


def test_score_and_total_follow_a_changed_result(good, tmp_path, office):
    book = openpyxl.load_workbook(good[1])
    detail = book["评分明细"]
    name = good[0].submission.indicators[0].name.text
    row = next(r for r in range(1, 40) if detail.cell(r, column(detail, "三级指标")).value == name)
    detail.cell(row, column(detail, "实际完成值")).value = 1000
    path = tmp_path / "changed.xlsx"
    book.save(path)
    (after,) = office.convert([path], tmp_path / "out")
    ws = forms_of(after, data_only=True)[0]
    line = row_of(ws, name)
    assert ws.cell(line, at(ws, "实际完成值")).value == "1000份"
    assert same(ws.cell(line, at(ws, "得分")).value, 5)
    assert same(ws.cell(row_of(ws, "总分"), at(ws, "得分")).value, 94.05)


def test_levels_are_merged_and_carry_their_points(good):
    ws = forms_of(good[1], data_only=True)[0]
    level1 = {
        c.value: c.coordinate for row in ws.iter_rows(min_col=2, max_col=2) for c in row if "分）" in str(c.value)
    }
    assert list(level1) == ["产出指标\n（50分）", "效益指标\n（30分）", "满意度指标\n（10分）"]
    merged = {str(area).split(":")[0]: area.size["rows"] for area in ws.merged_cells.ranges}
    assert [merged.get(cell, 1) for cell in level1.values()] == [6, 3, 1]


def test_scattered_indicators_of_one_level_come_together(long):
    ws = forms_of(long[1], data_only=True)[0]
    labels = {c.value for row in ws.iter_rows(min_col=2, max_col=2) for c in row if "分）" in str(c.value)}
    assert labels == {"产出指标\n（45分）", "效益指标\n（45分）"}
    fourth = forms_of(long[1], data_only=True)[3]
    assert "自定一级（90分）" in shown(fourth)


def test_what_is_not_assessed_says_so_and_is_never_zero(long, tmp_path):
    _, path = written(tmp_path, "x", {"remove": ["indicator.0.actual", "indicator.1.claimed"]})
    ws = forms_of(path, data_only=True)[0]
    name = evaluate_data(tmp_path, filling()).submission.indicators[0].name.text
    assert ws.cell(row_of(ws, name), at(ws, "得分")).value == UNSCORED
    assert (ws.cell(row_of(ws, name), at(ws, "实际完成值")).value or "") == ""
    assert "另有 10 分未评" in shown(ws)
    empty = forms_of(long[1], data_only=True)[2]
    assert empty.cell(row_of(empty, "总分"), at(empty, "得分")).value == UNSCORED
    assert "没有绩效指标" in shown(empty)


def test_a_bare_target_is_printed_with_its_operator_and_unit(good):
    ws = forms_of(good[1], data_only=True)[0]
    row = row_of(ws, "发放宣传折页、宣传品份数")
    assert [ws.cell(row, at(ws, title)).value for title in ("年度指标值", "实际完成值")] == ["≥2000份", "2150份"]


# --- texts --------------------------------------------------------------------------------------------------------


def test_every_text_appears_whole(long):
    submission = long[0].submission
    sheets = {ws.title: shown(ws) for ws in forms_of(long[1], data_only=True)}
    for row in submission.indicators:
        text = sheets[f"自评表-{row.project.value}"]
        for entry in (row.name, row.target, row.actual, row.reason):
            assert entry.text in text
    for project in submission.projects:
        text = sheets[f"自评表-{project.code.value}"]
        pieces = text.replace("\n", "")
        assert all(e.text in text or e.text in pieces for e in (project.name, project.achieved, project.note))
    assert submission.department.goal.text in sheets["自评表-部门整体"]


def test_a_text_of_many_pages_is_cut_into_pieces_without_loss(long):
    ws = forms_of(long[1], data_only=True)[1]
    label = row_of(ws, "附注 1\n年度总体目标·预期目标")
    pieces = [ws.cell(r, 4).value for r in range(label, ws.max_row) if "附注 1" in str(ws.cell(r, 1).value)]
    assert len(pieces) > 1
    assert "".join(pieces) == long[0].submission.projects[1].goal.text


def test_staff_text_never_becomes_a_formula(long):
    texts = [formula for (sheet, _), formula in formulas(long[1]).items() if sheet.startswith("自评表-")]
    assert [t for t in texts if "cmd" in t or t == "=1+1" or "世界人口日" in t] == []
    assert "=cmd|' /c calc'!A1" in shown(forms_of(long[1])[-1])


def lines_at_least(text, pixels):
    """How many lines a text takes when every line is filled to the last pixel: fewer is impossible."""
    return sum(max(1, math.ceil(half_width(line) * PX_OF_LETTER / 2 / pixels)) for line in text.split("\n"))


def test_every_row_is_high_enough_for_its_texts(good, long):
    for _, path in (good, long):
        for ws in forms_of(path, data_only=True):
            areas = {(a.min_row, a.min_col): a for a in ws.merged_cells.ranges}
            for cell in (
                c for row in ws.iter_rows() for c in row if isinstance(c.value, str) and c.alignment.wrap_text
            ):
                area = areas.get((cell.row, cell.column))
                rows = range(cell.row, (area.max_row if area else cell.row) + 1)
                cols = range(cell.column, (area.max_col if area else cell.column) + 1)
                pixels = sum(ws.column_dimensions[get_column_letter(c)].width * 7 + 5 for c in cols) - 5
                height = sum(ws.row_dimensions[r].height for r in rows)
                assert height >= lines_at_least(cell.value, pixels) * cell.font.size * 1.3, cell.coordinate
                assert all(ws.row_dimensions[r].height <= 409 for r in rows)


def test_800_characters_get_the_height_they_need(long):
    ws = forms_of(long[1], data_only=True)[0]
    (row,) = {c.row for cells in ws.iter_rows(max_row=20, max_col=2) for c in cells if c.value == TEXT_800}
    (area,) = (a for a in ws.merged_cells.ranges if (a.min_row, a.min_col) == (row, 2))
    pixels = sum(ws.column_dimensions[get_column_letter(c)].width * 7 + 5 for c in range(2, area.max_col + 1)) - 5
    height = sum(ws.row_dimensions[r].height for r in range(row, area.max_row + 1))
    assert height >= lines_at_least(TEXT_800, pixels) * 13
    assert lines_at_least(TEXT_800, pixels) >= 25


@given(st.text(), st.integers(min_value=2, max_value=80))
@example("（" * 9 + "a" * 99 + "，。\n\n", 10)
def test_broken_lines_make_the_text_again_and_fit(text, room):
    lines = lay(text, room)
    assert "".join(lines) == text
    assert all(half_width(line.rstrip("\n")) <= max(room, 2) for line in lines)


# --- print --------------------------------------------------------------------------------------------------------


def test_forms_are_printed_upright_on_a4_one_page_wide(good, long):
    for _, path in (good, long):
        for ws in forms_of(path):
            assert (ws.page_setup.orientation, ws.page_setup.paperSize) == ("portrait", 9)
            assert ws.page_setup.fitToWidth in (None, 1)
            assert ws.sheet_properties.pageSetUpPr.fitToPage


def test_a_form_that_nearly_fits_is_one_page_and_a_longer_one_repeats_its_headings(good, long):
    short, longer = forms_of(good[1])[0], forms_of(long[1])[0]
    assert (short.page_setup.fitToHeight, short.row_breaks.brk) == (None, [])
    assert longer.page_setup.fitToHeight == 0
    head = int(longer.print_title_rows.split("$")[-1])
    assert longer.cell(head, 4).value == "三级指标"
    assert len(longer.row_breaks.brk) >= 3


def test_a_label_is_written_again_on_every_page_it_reaches(long):
    ws = forms_of(long[1], data_only=True)[0]
    starts = [br.id + 1 for br in ws.row_breaks.brk]
    inside = [row for row in starts if row < row_of(ws, "总分")]
    assert len(inside) >= 2
    assert [ws.cell(row, 1).value for row in inside if row > 14] == ["绩效指标"] * len([r for r in inside if r > 14])
    assert all("分）" in ws.cell(row, 2).value for row in inside if row > 14)


def test_the_signature_line_names_who_filled_the_form(good):
    for ws in forms_of(good[1]):
        last = [c.value for c in ws[ws.max_row] if c.value]
        assert last == ["填表人：王敏", "联系电话：0311-80000000", "填报日期：2026-02-27", "单位负责人签字："]
