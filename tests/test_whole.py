"""What is made of a whole run: roll-up, roster, tables, and what the program says of faults across units."""

import csv
import shutil

import openpyxl
import pytest
from running import contents, run, stamps
from support import filling, form_file

from evalbatch.whole import ROLLUP


@pytest.fixture
def folder(tmp_path):
    """The forms of two units."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name, code in (("甲中心", "301001"), ("乙中心", "301002")):
        data = filling(case={"change": {"unit.name": name, "unit.code": code, "unit.department": "县教育局"}})
        for row in data["indicator"]:
            row["actual"] = row["actual"].replace("2", "2" if name == "甲中心" else "3", 1)
        form_file(inbox, data, f"{name}.xlsx")
    return inbox


@pytest.fixture
def roster(tmp_path):
    """Three units that should hand in, one of which has not."""
    path = tmp_path / "应报单位.csv"
    path.write_text(
        "预算单位编码,预算单位,主管部门\n301001,甲中心,县教育局\n301002,乙中心,县教育局\n301003,丙中心,县教育局\n",
        "gb18030",
    )
    return path


def texts(path, title):
    """All texts of a sheet."""
    rows = openpyxl.load_workbook(path, data_only=True)[title].iter_rows(values_only=True)
    return {str(value) for row in rows for value in row if value is not None}


def test_the_roster_tells_who_has_not_handed_in(folder, roster, tmp_path):
    out = tmp_path / "out"
    run(folder, out, "--roster", str(roster))
    shown = texts(out / ROLLUP, "报送情况")
    assert {"丙中心", "未报"} <= shown
    assert any("应报 3" in text and "未报 1" in text for text in texts(out / ROLLUP, "汇总"))


def test_another_roster_makes_the_roll_up_anew_and_nothing_else(folder, roster, tmp_path):
    out = tmp_path / "out"
    run(folder, out)
    before = stamps(out)
    assert "其中 2 个没有变化" in run(folder, out, "--roster", str(roster)).stderr
    changed = {name for name, stamp in stamps(out).items() if before[name] != stamp}
    assert changed == {ROLLUP}


def test_a_roster_that_cannot_be_read_stops_the_run_before_it_begins(folder, tmp_path):
    bad = tmp_path / "名单.csv"
    bad.write_text("甲,乙\n1,2\n", "utf-8")
    said = run(folder, tmp_path / "out", "--roster", str(bad))
    assert said.returncode == 2
    assert "名单.csv" in said.stderr
    assert not (tmp_path / "out").exists()


def test_tables_are_written_once_and_again_when_they_are_gone(folder, tmp_path):
    out = tmp_path / "out"
    run(folder, out, "--tables", "csv")
    before = contents(out)
    with (out / "tables" / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3
    stamped = stamps(out)
    run(folder, out, "--tables", "csv")
    assert stamps(out) == stamped
    (out / "tables" / "units.csv").unlink()
    run(folder, out, "--tables", "csv")
    assert contents(out) == before


def test_a_unit_that_hands_in_twice_is_an_error_of_the_run_each_time(folder, tmp_path):
    out = tmp_path / "out"
    assert "跨单位检查" not in run(folder, out).stderr
    data = filling(case={"change": {"unit.name": "甲中心", "unit.code": "301001", "unit.retired": 3}})
    form_file(folder, data, "甲中心（改）.xlsx")
    for said in (run(folder, out), run(folder, out)):
        assert said.returncode == 1
        assert "跨单位检查：错误 1" in said.stderr
    assert any(text.startswith("B101") for text in texts(out / ROLLUP, "问题总表"))


def test_the_same_workbook_under_two_names_is_said(folder, tmp_path):
    shutil.copy(folder / "甲中心.xlsx", folder / "又一份.xlsx")
    out = tmp_path / "out"
    assert "跨单位检查：错误" in run(folder, out).stderr
    assert any(text.startswith("B102") for text in texts(out / ROLLUP, "问题总表"))
