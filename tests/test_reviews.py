"""What the officer wrote into the roll-up is found in the next one, where it belongs and nowhere else."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
from running import contents, run, stamps
from support import filling, form_file

from evalbatch import batch
from evalbatch.batch import Wish
from evalbatch.inputs import gather
from evalbatch.outputs import EDITED, Outputs
from evalbatch.policy import load
from evalbatch.reviewed import PROBLEMS, UNITS, Review, Row, Whose, place
from evalbatch.reviews import Reviews
from evalbatch.whole import ROLLUP
from evalbatch.work import Terms

UNIT, SAMPLE, ACTIONS, LEFT = "汇总", "复核抽样", "整改台账", "未放回的复核"
OWN = ("复核得分", "复核意见", "复核人", "整改情况")
NAME = {UNIT: "单位名称"}
YELLOW = "FFFFF2A8"
CODES = {"甲中心": "301001", "乙中心": "301002", "丙中心": "301003"}
SCORED = {"复核得分": 91.5, "复核意见": "属实", "复核人": "王"}


def unit(folder, name, file="", **change):
    """A unit's form in a folder."""
    own = {"unit.name": name, "unit.code": CODES.get(name, ""), **{k.replace("__", "."): v for k, v in change.items()}}
    return form_file(folder, filling(case={"change": own}), f"{file or name}.xlsx")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The forms of three units, and what a first run makes of them."""
    base = tmp_path_factory.mktemp("first")
    (base / "in").mkdir()
    for name in CODES:
        path = unit(base / "in", name)
        os.utime(path, (time.time() - 60,) * 2)
    again(base / "in", base / "out")
    return base


@pytest.fixture
def place_of(first, tmp_path):
    """A copy of both folders."""
    shutil.copytree(first, tmp_path / "run", copy_function=shutil.copy2)
    return tmp_path / "run" / "in", tmp_path / "run" / "out"


def again(folder, out, **wish):
    """Run in this process; what is said of reviews, with where files were put aside."""
    done = batch.run(gather([folder]).files, out, Terms(policy=load("national-2020")), lambda *_: None, Wish(**wish))
    return done.reviews, list(done.aside)


def head_of(ws):
    """The row of the headings, and the column of each."""
    for row in ws.iter_rows(max_row=12):
        titles = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if len({*OWN} & set(titles)) and "单位" in "".join(titles):
            return row[0].row, titles
    raise AssertionError(ws.title)


def write(path, marks):
    """Write into the rows of a roll-up: sheet, unit, and what else the row says, to the officer's columns."""
    book = openpyxl.load_workbook(path)
    for (title, *said), values in marks.items():
        ws = book[title]
        head, columns = head_of(ws)
        rows = [
            row
            for row in range(head + 1, ws.max_row + 1)
            if set(said) <= {str(ws.cell(row, column).value) for column in columns.values()}
        ]
        assert rows, (title, said)
        for heading, value in values.items():
            ws.cell(rows[0], columns[heading]).value = value
    book.save(path)


@pytest.fixture
def saved(tmp_path, office):
    """``write``, and LibreOffice computes and saves the roll-up."""

    def save(path, marks):
        write(path, marks)
        (made,) = office.convert([path], tmp_path / "office")
        shutil.copy(made, path)

    return save


def marks(path):
    """Everything in the officer's columns, by sheet and unit, with ``!`` behind what is coloured."""
    book, found = openpyxl.load_workbook(path), {}
    for title in (UNIT, SAMPLE, ACTIONS):
        head, columns = head_of(book[title])
        for row in book[title].iter_rows(min_row=head + 1):
            for heading in set(OWN) & set(columns):
                cell = row[columns[heading] - 1]
                if cell.value is not None:
                    yellow = "!" if cell.fill.fgColor.rgb == YELLOW else ""
                    name = row[columns[NAME.get(title, "单位")] - 1].value
                    found.setdefault((title, name), []).append(f"{cell.value}{yellow}")
    return {key: sorted(values) for key, values in found.items()}


def texts(path, title):
    """All texts of a sheet."""
    rows = openpyxl.load_workbook(path, data_only=True)[title].iter_rows(values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value is not None)


PROBLEM = "1 户特殊家庭搬迁后失去联系，志愿者没有完成回访。"
ALL = {
    (UNIT, "甲中心"): SCORED,
    (UNIT, "乙中心"): {"复核意见": "请补材料"},
    (SAMPLE, "乙中心", "2"): {"复核得分": "无法复核", "复核人": "李"},
    (ACTIONS, "丙中心", PROBLEM): {"整改情况": "已联系上"},
}
CARRIED = {
    (UNIT, "甲中心"): ["91.5", "属实", "王"],
    (UNIT, "乙中心"): ["请补材料"],
    (SAMPLE, "乙中心"): ["无法复核", "李"],
    (ACTIONS, "丙中心"): ["已联系上"],
}


def yellow(found, *names):
    """What is expected where these units' reviews are coloured."""
    return {key: [f"{text}!" for text in said] if key[1] in names else said for key, said in found.items()}


# --- carried ------------------------------------------------------------------------------------------------------


def test_reviews_stand_in_the_new_roll_up_when_a_unit_hands_in_again(place_of):
    """Those of the unit that did are coloured and explained; nobody else's are."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    told, aside = again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "乙中心")
    assert (told.placed, told.earlier, list(told.left), list(told.faults)) == (4, 2, [], [])
    assert "标黄的 2 处（“汇总” 1 处、“复核抽样” 1 处）" in texts(out / ROLLUP, UNIT)
    assert "标黄的 1 处" in texts(out / ROLLUP, SAMPLE)
    assert "标黄" not in texts(out / ROLLUP, ACTIONS)
    assert [path.name for path in aside] == [f"{ROLLUP[:-5]}_{EDITED}.xlsx"]


def test_a_score_stays_a_number_and_a_formula_stays_a_text(place_of):
    folder, out = place_of
    write(out / ROLLUP, {(UNIT, "甲中心"): {"复核得分": 91.5, "复核意见": "'=1+1"}})
    book = openpyxl.load_workbook(out / ROLLUP)
    for row in book[UNIT].iter_rows():
        for cell in row:
            if cell.value == "'=1+1":
                cell.value, cell.data_type = "=HYPERLINK(1)", "s"
    book.save(out / ROLLUP)
    unit(folder, "乙中心", unit__retired=3)
    again(folder, out)
    cells = {cell.value: cell for row in openpyxl.load_workbook(out / ROLLUP)[UNIT].iter_rows() for cell in row}
    assert cells[91.5].data_type == "n"
    assert cells["=HYPERLINK(1)"].data_type == "s"


def test_an_edited_roll_up_of_unchanged_forms_is_left_where_it_is(place_of, saved):
    """It holds all that a new one would; the next run does nothing, one with other forms carries."""
    folder, out = place_of
    saved(out / ROLLUP, ALL)
    before = contents(out)
    told, aside = again(folder, out)
    assert (told.stays, aside, contents(out)) == (True, [], before)
    told, aside = again(folder, out)
    assert (told.stays, told.placed, aside, contents(out)) == (False, 0, [], before)
    saved(out / ROLLUP, {(UNIT, "丙中心"): {"复核人": "后来"}})
    told, aside = again(folder, out)
    assert (told.stays, aside) == (True, [])
    unit(folder, "丙中心", unit__retired=3)
    told, aside = again(folder, out)
    assert marks(out / ROLLUP) == {**yellow(CARRIED, "丙中心"), (UNIT, "丙中心"): ["后来!"]}
    assert len(aside) == 1


def test_edits_elsewhere_stay_in_the_copy_that_is_put_aside(place_of):
    folder, out = place_of
    write(out / ROLLUP, {(UNIT, "甲中心"): {**SCORED, "主管部门": "改过"}})
    said = run(folder, out).stderr
    kept = out / f"{ROLLUP[:-5]}_{EDITED}.xlsx"
    assert f"已原样另存为 {kept}\n" in said
    assert "共 1 处已放进新的汇总表。别处的改动没有放进来，只在另存的那份里" in said
    assert "改过" in texts(kept, UNIT)
    assert "改过" not in texts(out / ROLLUP, UNIT)
    assert marks(out / ROLLUP) == {(UNIT, "甲中心"): CARRIED[UNIT, "甲中心"]}


def test_a_roll_up_saved_by_libreoffice_is_read(place_of, saved):
    folder, out = place_of
    saved(out / ROLLUP, ALL)
    unit(folder, "甲中心", unit__retired=3)
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "甲中心")
    assert told.placed == 4


def test_sorted_rows_and_inserted_rows_and_columns_make_no_difference(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    book = openpyxl.load_workbook(out / ROLLUP)
    for title in (UNIT, SAMPLE, ACTIONS):
        ws = book[title]
        head, _ = head_of(ws)
        ws.merged_cells.ranges.clear()
        last = max(row for row in range(head + 1, ws.max_row + 1) if isinstance(ws.cell(row, 1).value, int))
        rows = [[cell.value for cell in row] for row in ws.iter_rows(min_row=head + 1, max_row=last)]
        for number, values in enumerate(reversed(rows), head + 1):
            for column, value in enumerate(values, 1):
                ws.cell(number, column).value = value
        ws.insert_rows(1, 3)
        ws.insert_cols(4, 2)
    book.save(out / ROLLUP)
    unit(folder, "甲中心", unit__retired=3)
    again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "甲中心")


def test_a_cleared_cell_stays_clear_and_a_deleted_row_loses_nothing(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    again(folder, out)
    write(out / ROLLUP, {(UNIT, "甲中心"): dict.fromkeys(SCORED), (SAMPLE, "乙中心", "2"): {"复核人": None}})
    book = openpyxl.load_workbook(out / ROLLUP)
    head, columns = head_of(book[ACTIONS])
    names = [book[ACTIONS].cell(row, columns["单位"]).value for row in range(head + 1, book[ACTIONS].max_row + 1)]
    book[ACTIONS].delete_rows(head + 1 + names.index("丙中心"), names.count("丙中心"))
    book.save(out / ROLLUP)
    again(folder, out)
    assert marks(out / ROLLUP) == {
        (UNIT, "乙中心"): ["请补材料!"],
        (SAMPLE, "乙中心"): ["无法复核"],
        (ACTIONS, "丙中心"): ["已联系上"],
    }


def test_what_is_written_anew_is_of_the_workbook_that_lay_there(place_of):
    """A review of an earlier workbook that the officer changes is no longer coloured, the others still are."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    again(folder, out)
    write(out / ROLLUP, {(UNIT, "乙中心"): {"复核意见": "材料已补"}})
    again(folder, out)
    assert marks(out / ROLLUP)[UNIT, "乙中心"] == ["材料已补"]
    assert marks(out / ROLLUP)[SAMPLE, "乙中心"] == ["无法复核!", "李!"]


def test_a_unit_that_is_missing_once_keeps_its_reviews(place_of, tmp_path):
    """They are listed while it is missing, and the rows are theirs again when it is back."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    shutil.move(folder / "乙中心.xlsx", tmp_path)
    told, _ = again(folder, out)
    assert [(one.review.row.whose.name, one.why) for one in told.left] == [("乙中心", "这次没有这个单位")] * 2
    assert {"请补材料", "无法复核", "李"} <= set(texts(out / ROLLUP, LEFT).split("\n"))
    shutil.move(tmp_path / "乙中心.xlsx", folder)
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == CARRIED
    assert LEFT not in openpyxl.load_workbook(out / ROLLUP).sheetnames


def test_a_deleted_roll_up_is_made_with_its_reviews(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    again(folder, out, fresh=True)
    (out / ROLLUP).unlink()
    again(folder, out)
    assert marks(out / ROLLUP) == CARRIED


def test_a_new_file_of_the_same_unit_is_known_by_its_code(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    (folder / "乙中心.xlsx").unlink()
    unit(folder, "乙中心", "乙中心（重报）", unit__retired=3)
    again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "乙中心")


def test_another_unit_in_a_file_of_the_same_name_gets_nothing(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    form_file(folder, filling(case={"change": {"unit.name": "丁中心", "unit.code": "301009"}}), "乙中心.xlsx")
    told, _ = again(folder, out)
    assert {name for _, name in marks(out / ROLLUP)} == {"甲中心", "丙中心"}
    assert len(told.left) == 2


def test_another_year_of_the_same_unit_gets_nothing(place_of):
    folder, out = place_of
    write(out / ROLLUP, {(UNIT, "甲中心"): SCORED})
    unit(folder, "甲中心", unit__year=2024)
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == {}
    assert [one.why for one in told.left] == ["这个单位这次交的是另一个年度的表"]


# --- nothing guessed, nothing lost --------------------------------------------------------------------------------


def test_a_unit_that_is_there_twice_keeps_its_own_rows_apart(place_of):
    """Where others have its name, a row says the file; when one of the two goes, its reviews are nobody else's."""
    folder, out = place_of
    unit(folder, "甲中心", "甲中心2", unit__retired=3)
    again(folder, out)
    write(
        out / ROLLUP,
        {
            (UNIT, "甲中心2.xlsx"): SCORED,
            (ACTIONS, "甲中心（甲中心.xlsx）", PROBLEM): {"整改情况": "第一份"},
            (ACTIONS, "甲中心（甲中心2.xlsx）", PROBLEM): {"整改情况": "第二份"},
        },
    )
    unit(folder, "乙中心", unit__retired=3)
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == {
        (UNIT, "甲中心"): CARRIED[UNIT, "甲中心"],
        (ACTIONS, "甲中心（甲中心.xlsx）"): ["第一份"],
        (ACTIONS, "甲中心（甲中心2.xlsx）"): ["第二份"],
    }
    (row,) = [row for row in openpyxl.load_workbook(out / ROLLUP)[UNIT].iter_rows(values_only=True) if 91.5 in row]
    assert "甲中心2.xlsx" in row
    (folder / "甲中心2.xlsx").unlink()
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == {
        (UNIT, "甲中心"): yellow(CARRIED, "甲中心")[UNIT, "甲中心"],
        (ACTIONS, "甲中心"): ["第一份"],
    }
    assert [one.review.marks for one in told.left] == [{"result": "第二份"}]


def test_a_unit_whose_file_nobody_knows_is_not_guessed(place_of):
    """Its name is in the row, and two workbooks have it: the review waits until there is one."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    (folder / "乙中心.xlsx").unlink()
    for number in (1, 2):
        unit(folder, "乙中心", f"乙中心{number}", unit__retired=number)
    told, _ = again(folder, out)
    assert {one.why for one in told.left} == {"这个单位不止一份，分不清是哪一份"}
    assert {name for _, name in marks(out / ROLLUP)} == {"甲中心", "丙中心"}
    (folder / "乙中心2.xlsx").unlink()
    again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "乙中心")


def test_a_problem_that_was_put_in_other_words_is_listed_until_it_is_cleared(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "丙中心", problem__3__problem="已改写的问题，需要继续跟踪落实。")
    assert [one.why for one in again(folder, out)[0].left] == ["现在的填报表里没有这条问题"]
    write(
        out / ROLLUP,
        {
            (LEFT, "丙中心"): {"整改情况": None},
            (ACTIONS, "丙中心", "已改写的问题，需要继续跟踪落实。"): {"整改情况": "已抄过来"},
        },
    )
    again(folder, out)
    assert LEFT not in openpyxl.load_workbook(out / ROLLUP).sheetnames
    assert marks(out / ROLLUP)[ACTIONS, "丙中心"] == ["已抄过来"]


def test_a_reviewed_project_stays_in_the_sample(place_of):
    """Also where nothing makes it risky any more."""
    folder, out = place_of
    write(out / ROLLUP, {(SAMPLE, "甲中心", "4"): SCORED})
    for name in ("乙中心", "丙中心"):
        (folder / f"{name}.xlsx").unlink()
    again(folder, out)
    assert marks(out / ROLLUP) == {(SAMPLE, "甲中心"): CARRIED[UNIT, "甲中心"]}
    assert "另有 1 个已有复核的这次没有抽到，留在最后" in texts(out / ROLLUP, SAMPLE)


def test_a_remark_beside_the_totals_is_listed(place_of):
    folder, out = place_of
    book = openpyxl.load_workbook(out / ROLLUP)
    _, columns = head_of(book[UNIT])
    book[UNIT].cell(book[UNIT].max_row, columns["复核意见"]).value = "全县已复核三成"
    book[UNIT].cell(book[UNIT].max_row + 2, columns["复核人"]).value = "王"
    book.save(out / ROLLUP)
    told, _ = again(folder, out)
    assert {"全县已复核三成", "王"} <= set(texts(out / ROLLUP, LEFT).split("\n"))
    assert len(told.left) == 2


def test_two_reviews_of_one_row_are_both_listed(place_of):
    """A row copied and written into: which of the two holds is not guessed."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    book = openpyxl.load_workbook(out / ROLLUP)
    ws = book[UNIT]
    head, columns = head_of(ws)
    row = next(r for r in range(head + 1, ws.max_row) if ws.cell(r, columns["单位名称"]).value == "甲中心")
    values = [cell.value for cell in ws[row]]
    values[columns["复核意见"] - 1] = "不属实"
    for column, value in enumerate(values, 1):
        ws.cell(ws.max_row + (column == 1), column).value = value
    book.save(out / ROLLUP)
    unit(folder, "丙中心", unit__retired=3)
    told, _ = again(folder, out)
    assert (UNIT, "甲中心") not in marks(out / ROLLUP)
    assert {"属实", "不属实"} <= set(texts(out / ROLLUP, LEFT).split("\n"))
    assert len(told.left) == 2


def test_a_renamed_heading_keeps_what_was_known(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    again(folder, out)
    book = openpyxl.load_workbook(out / ROLLUP)
    for title, heading, name in ((UNIT, "复核意见", "意见"), (SAMPLE, "单位", "谁")):
        head, columns = head_of(book[title])
        book[title].cell(head, columns[heading]).value = name
    del book[ACTIONS]
    book.save(out / ROLLUP)
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, "乙中心")
    assert list(told.faults) == [
        "工作表“汇总”里找不到“复核意见”一栏，这一栏照上次的保留",
        "工作表“复核抽样”里找不到“单位”一栏，这张表的复核照上次的保留",
        "没有工作表“整改台账”，它的复核照上次的保留",
    ]


@pytest.mark.parametrize("spoil", ["cut", "text", "sheet"])
def test_a_roll_up_that_cannot_be_read_is_kept_and_said(place_of, spoil):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    again(folder, out)
    data = (out / ROLLUP).read_bytes()
    if spoil == "sheet":
        with zipfile.ZipFile(out / ROLLUP) as old, zipfile.ZipFile(out / "new", "w") as new:
            for name in old.namelist():
                new.writestr(name, b"<worksheet><sheetData><row" if "sheet1.xml" in name else old.read(name))
        data = (out / "new").read_bytes()
        (out / "new").unlink()
    (out / ROLLUP).write_bytes({"cut": data[: len(data) // 2], "text": b"edited", "sheet": data}[spoil])
    said = run(folder, out)
    assert "改过的汇总表读不了（" in said.stderr
    assert "Traceback" not in said.stderr
    assert marks(out / ROLLUP) == yellow(CARRIED, "乙中心")
    assert len(list(out.glob(f"*_{EDITED}*.xlsx"))) == 2


def test_reviews_outlive_a_ledger_of_another_version_and_come_into_one_that_never_had_any(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    again(folder, out)
    ledger = out / ".evalbatch" / "ledger.sqlite"
    with sqlite3.connect(ledger) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    (out / ROLLUP).unlink()
    again(folder, out)
    assert marks(out / ROLLUP) == CARRIED
    with sqlite3.connect(ledger) as db:
        db.execute("DROP TABLE kept")
    db.close()
    assert again(folder, out)[0].placed == 0


def test_a_lost_ledger_loses_no_review(place_of):
    """Nobody knows any more which workbooks they are of: they are coloured."""
    folder, out = place_of
    write(out / ROLLUP, ALL)
    shutil.rmtree(out / ".evalbatch")
    again(folder, out)
    assert marks(out / ROLLUP) == yellow(CARRIED, *CODES)


# --- killed, and cheap --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["write", "_give", "_put_aside"])
def test_killed_anywhere_nothing_is_lost_and_nothing_taken_for_newer_than_it_is(place_of, monkeypatch, moment):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    unit(folder, "乙中心", unit__retired=3)
    done = getattr(Outputs, moment)

    def dies(self, *args):
        if moment == "_put_aside" or ROLLUP in str(args):
            raise KeyboardInterrupt
        return done(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Outputs, moment, dies)
        with pytest.raises(KeyboardInterrupt):
            again(folder, out)
    assert marks(out / ROLLUP) == CARRIED
    write(out / ROLLUP, {(UNIT, "丙中心"): {"复核人": "后来"}})
    again(folder, out)
    assert marks(out / ROLLUP) == {**yellow(CARRIED, "乙中心"), (UNIT, "丙中心"): ["后来"]}


def test_killed_before_it_is_known_what_the_new_roll_up_shows_nothing_is_lost(place_of, monkeypatch):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    (folder / "乙中心.xlsx").unlink()

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Reviews, "settle", dies)
        with pytest.raises(KeyboardInterrupt):
            again(folder, out)
    write(out / ROLLUP, {(UNIT, "丙中心"): {"复核人": "后来"}, (UNIT, "甲中心"): dict.fromkeys(SCORED)})
    told, _ = again(folder, out)
    assert marks(out / ROLLUP) == {(UNIT, "丙中心"): ["后来"], (ACTIONS, "丙中心"): ["已联系上"]}
    assert [one.review.row.whose.name for one in told.left] == ["乙中心"] * 2


def modules_of(folder, out):
    """What a run says, and the modules it imports."""
    watched = ("import sys; sys.argv[1:] = ['run', sys.argv[1], '-o', sys.argv[2]]\nfrom evalbatch.__main__ import main\n"
               "try:\n    main()\nfinally:\n    print(*sorted(sys.modules))")  # fmt: skip
    said = subprocess.run([sys.executable, "-c", watched, str(folder), str(out)], capture_output=True, text=True)
    assert "其中 3 个没有变化" in said.stderr
    return said.stderr, {"pandas", "xlsxwriter", "openpyxl", "numpy", "evalbatch.harvest"} & {*said.stdout.split()}


def test_an_unchanged_run_after_a_carry_imports_no_heavy_library(place_of):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    assert modules_of(folder, out)[1] == {"pandas", "xlsxwriter", "numpy", "evalbatch.harvest"}
    before = stamps(out)
    said, modules = modules_of(folder, out)
    assert modules == set()
    assert "复核" not in said
    assert stamps(out) == before


def test_an_unchanged_run_beside_an_edited_roll_up_that_stays_imports_none_either(place_of, saved):
    folder, out = place_of
    saved(out / ROLLUP, ALL)
    assert "汇总表里只改了复核各栏，其余与这次的结果相同，留着不动\n" in run(folder, out).stderr
    assert modules_of(folder, out)[1] == set()


def test_the_program_says_what_became_of_reviews(place_of, tmp_path):
    folder, out = place_of
    write(out / ROLLUP, ALL)
    again(folder, out)
    unit(folder, "乙中心", unit__retired=3)
    shutil.move(folder / "甲中心.xlsx", tmp_path)
    said = run(folder, out).stderr
    assert "共 3 处已放进新的汇总表，其中 2 处是对以前报送的表写的，已标黄，请再看。\n" in said
    assert "有 1 处复核没有放回：甲中心（这次没有这个单位），列在汇总表的“未放回的复核”里" in said


# --- which row ----------------------------------------------------------------------------------------------------


def review(whose, item=(), kind=PROBLEMS, said="复核"):
    return Review(row=Row(kind=kind, whose=whose, item=item), sha256="", marks={"result": said})


A, B = Whose(file="a.xlsx", name="甲", code="1", year="2025"), Whose(file="b.xlsx", name="乙", code="2", year="2025")
FITS = [
    (A, A, True),
    (Whose(file="a.xlsx", name="甲局", code="1"), A, True),
    (Whose(file="a.xlsx", name="甲", code="9"), A, True),
    (Whose(file="a.xlsx", name="丁", code="9"), A, False),
    (Whose(file="z.xlsx", name="丁", code="1"), A, True),
    (Whose(file="z.xlsx", name="甲"), A, True),
    (Whose(file="z.xlsx", name="甲", code="9"), A, False),
    (Whose(file="a.xlsx", name="甲", code="1", year="2024"), A, False),
    (Whose(name="乙"), B, True),
    (Whose(), A, False),
]


@pytest.mark.parametrize(("wanted", "there", "fits"), FITS)
def test_a_workbook_is_known_by_file_code_or_name(wanted, there, fits):
    rows = [Row(kind=UNITS, whose=one) for one in (A, B)]
    at, left = place([review(wanted, kind=UNITS)], rows)
    assert [rows[index].whose for index in at] == ([there] if fits else [])
    assert len(left) == (not fits)


ITEMS = [
    (("问题", "1", "措施"), [("问题", "1", "措施"), ("另一", "1", "措施")], 0),
    (("问题", "1", "措施"), [("另一", "1", "措施"), ("问题", "2", "改了")], 1),
    (("问题", "1", "措施"), [("问题", "1", "措施"), ("问题", "2", "措施")], 0),
    (("问题", "9", "措施"), [("问题", "1", "措施"), ("问题", "2", "措施")], None),
    (("问题", "1", "措施"), [("问题", "1", "措施"), ("问题", "1", "措施")], None),
    (("没有", "1", "措施"), [("问题", "1", "措施")], None),
]


@pytest.mark.parametrize(("wanted", "there", "index"), ITEMS)
def test_a_row_is_known_by_the_text_that_decides_where_it_is_the_only_one(wanted, there, index):
    at, _ = place([review(A, wanted)], [Row(kind=PROBLEMS, whose=A, item=item) for item in there])
    assert list(at) == ([] if index is None else [index])


def test_of_two_reviews_the_one_that_fits_better_has_the_row():
    rows = [Row(kind=UNITS, whose=A)]
    close, far = review(A, kind=UNITS), review(Whose(file="old.xlsx", name="甲", code="1"), kind=UNITS, said="旧")
    at, left = place([far, close], rows)
    assert (at, [one.review for one in left]) == ({0: close}, [far])
    at, left = place([far, review(far.row.whose, kind=UNITS, said="新")], rows)
    assert (at, len(left)) == ({}, 2)
