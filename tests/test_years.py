"""The years of the bureau's files: a form is held against its own year, and against nothing where the file has none."""

import datetime as dt
from decimal import Decimal

import openpyxl
import pytest
from support import GOOD, filling, form_file
from test_cli import evalbatch as program

from evalbatch.approved import Books
from evalbatch.control import expected_of, load_control, load_executed
from evalbatch.evaluate import evaluate
from evalbatch.exported.years import year_of, year_said
from evalbatch.model import Verdict
from evalbatch.policy import load
from evalbatch.read import read_workbook

BUDGET = ["预算单位", "项目", "年初预算数", "全年预算数"]
PAID = ["预算单位", "项目", "支付日期", "支付金额"]
OWN = {"M401", "M402", "M403", "M404", "M405", "M406"}


def of_year(year):
    """The good example of another year, every amount of whose projects is the year's."""
    data = filling(GOOD)
    data["unit"]["year"] = year
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the form of 2025."""
    folder = tmp_path_factory.mktemp("forms")
    form_file(folder, of_year(2025), "2025.xlsx")
    return folder


@pytest.fixture(scope="module")
def both(tmp_path_factory, folder):
    """The forms of 2024 and 2025 as they are read."""
    older = form_file(tmp_path_factory.mktemp("older"), of_year(2024), "2024.xlsx")
    return [read_workbook(path, path.name) for path in (older, folder / "2025.xlsx")]


def names(form, project):
    return [f"{form.unit.code.text}-{form.unit.name.text}", f"{project.system_code.text}-{project.name.text}"]


def budget(form, more=0):
    """The rows of an approved budget: what the form says, and some more."""
    return [[*names(form, p), float(p.initial.value) + more, float(p.budget.value) + more] for p in form.projects]


def payments(form, day, more=0):
    """A payment a project: what the form says, and some more."""
    return [[*names(form, p), day, float(p.executed.value) + more] for p in form.projects]


def saved(folder, sheets):
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "数据.xlsx")
    return folder / "数据.xlsx"


def judged(form, books):
    """What the rules about the bureau's files find, the projects not compared, and why rules did not run."""
    evaluation = evaluate(form, load(), books=books)
    return (
        [(f.code, f.record) for f in evaluation.findings if f.code in OWN],
        [i.record for i in evaluation.identities if i.code in OWN and i.verdict is Verdict.MISSING],
        {line.code: line.reason for line in evaluation.rules if line.code in OWN and line.status == "skipped"},
    )


def control(tmp_path, **sheets):
    return Books(control=load_control(saved(tmp_path, sheets)))


def executed(tmp_path, *rows):
    return Books(executed=load_executed(saved(tmp_path, {"支付": [PAID, *rows]})))


def clean(form, books):
    found, unread, skipped = judged(form, books)
    return (found, unread, {code for code in skipped if "没有提供" not in skipped[code]}) == ([], [], set())


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("46027", "2026"),
        ("46027.5", "2026"),
        ("26-01-05", "2026"),
        ("26/1/5", "2026"),
        ("20260105", "2026"),
        ("202601", "2026"),
        ("2026-01-05 09:30:00", "2026"),
        ("2026-01-05T09:30", "2026"),
        ("1/5/2026", "2026"),
        ("2026年1月", "2026"),
        ("2026年度", "2026"),
        ("２０２６", "2026"),
        ("", ""),
        ("-", ""),
        ("待定", None),
        ("2025-13-45", None),
        ("20251345", None),
        ("25-13-45", None),
        ("3月5日", None),
        ("2025-2026", None),
    ],
)
def test_the_year_of_a_date_as_systems_write_it(text, year):
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (["某县2025年部门预算批复表", "单位：元"], "2025"),
        (["2025预算指标明细", "打印日期：2026年2月3日"], "2025"),
        (["2025年1-12月支付明细"], "2025"),
        (["2025"], "2025"),
        (["冀财预〔2025〕1号", "导出时间：2026年"], ""),
        (["2026年1月5日"], ""),
        (["2026年绩效自评用"], ""),
        (["2024-2025年"], ""),
        (["根据2024年决算编制", "注：2024年结转另列", "2024年" + "有关事项" * 8], ""),
        (["2025年预算（含2024年结转）"], ""),
    ],
)
def test_the_one_year_that_lines_above_a_table_say(texts, year):
    assert year_said(texts) == year


@pytest.mark.parametrize("heading", ["年度", "预算年度", "会计年度"])
def test_rows_of_two_years_are_held_each_against_the_forms_of_its_own(heading, both, tmp_path):
    older, newer = both
    rows = [[year, *row] for year, more in ((2025, 0), ("2024年", 900)) for row in budget(newer, more)]
    books = control(tmp_path, 批复=[[heading, *BUDGET], *rows])
    assert (books.control.faults, books.control.years) == ((), ("2024", "2025"))
    assert clean(newer, books)
    assert judged(older, books)[0] == [("M401", p.code.value) for p in newer.projects]
    assert len(expected_of(books.control)) == 1


def test_a_year_written_once_beside_a_unit_is_that_of_the_rows_below(both, tmp_path):
    first, *rest = budget(both[1])
    rows = [[2024, *first], *([None, None, *row[1:]] for row in rest)]
    rows += [[2025, *first], *([None, None, *row[1:]] for row in rest)]
    books = control(tmp_path, 批复=[["年度", *BUDGET], *rows])
    assert [clean(form, books) for form in both] == [True, True]


def test_sheets_say_their_year_above_the_headings_or_in_their_titles(both, tmp_path):
    older, newer = both
    tables = {"批复": [["2025年预算批复表"], BUDGET, *budget(newer)], "2024年": [BUDGET, *budget(newer)]}
    books = control(tmp_path, **tables)
    assert books.control.faults == ()
    assert [clean(form, books) for form in both] == [True, True]
    tables["2024年"] = [BUDGET, *budget(newer, 500)]
    books = control(tmp_path, **tables)
    assert (clean(newer, books), len(judged(older, books)[0])) == (True, len(newer.projects))


def test_a_form_of_a_year_that_the_file_does_not_have_is_not_compared_and_told_so(both, tmp_path):
    older, newer = both
    strange = [[*names(newer, newer.projects[0])[:1], "别的项目", 5, 5]]
    books = control(tmp_path, 批复=[["2025年预算批复表"], BUDGET, *strange])
    why = "批复数据里没有 2024 年的数据（有 2025 年的）"
    found, _, skipped = judged(older, books)
    assert found == []
    assert {code: skipped[code] for code in ("M401", "M402", "M403", "M404", "M406")} == dict.fromkeys(
        ("M401", "M402", "M403", "M404", "M406"), why
    )
    assert judged(newer, books)[0] != []
    books = executed(tmp_path, *payments(newer, dt.date(2025, 3, 1), 500))
    found, _, skipped = judged(older, books)
    assert (found, skipped["M405"]) == ([], "执行数据里没有 2024 年的数据（有 2025 年的）")
    assert [code for code, _ in judged(newer, books)[0]] == ["M405"] * len(newer.projects)


def test_a_file_without_a_year_is_held_against_every_form(both, tmp_path):
    books = control(
        tmp_path, 批复=[["打印日期：2026年2月"], ["年度", *BUDGET], *([None, *row] for row in budget(both[1]))]
    )
    assert books.control.years == ()
    assert [clean(form, books) for form in both] == [True, True]


def test_payments_are_kept_by_the_year_of_their_dates(both, tmp_path):
    older, newer = both
    rows = [*payments(newer, dt.date(2025, 3, 1)), *payments(newer, 45352), *payments(newer, "24-12-30", 70)]
    books = executed(tmp_path, *rows)
    (fault,) = books.executed.faults
    assert "里有 4 行的日期不在 2024 年，只与各自年度的自评表核对" in fault.message
    assert clean(newer, books)
    assert [code for code, _ in judged(older, books)[0]] == ["M405"] * len(newer.projects)


def test_a_year_with_a_few_payments_is_none(both, tmp_path):
    """One payment of December, exported with those of the next year, is nothing to hold a form against."""
    older, newer = both
    rows = [row for month in range(1, 5) for row in payments(newer, dt.date(2025, month, 1))]
    for row in rows:
        row[-1] /= 4
    books = executed(tmp_path, *rows, [*rows[0][:2], dt.date(2024, 12, 31), 5])
    assert [fault.message for fault in books.executed.faults] == [
        "执行数据里有 1 行的日期不在 2025 年，没有计入：工作表“支付”第 18 行。"
    ]
    assert clean(newer, books)
    assert judged(older, books)[2]["M405"] == "执行数据里没有 2024 年的数据（有 2025 年的）"


def test_a_column_of_years_goes_before_the_date(both, tmp_path):
    newer = both[1]
    rows = [[2025, *row] for row in payments(newer, dt.date(2025, 3, 1))]
    rows.append([2026, *names(newer, newer.projects[0]), dt.date(2025, 12, 31), 999])
    books = Books(executed=load_executed(saved(tmp_path, {"支付": [["业务年度", *PAID], *rows]})))
    assert (books.executed.faults, books.executed.years, clean(newer, books)) == ((), ("2025", "2026"), True)


@pytest.mark.parametrize("day", [46027, "26-01-05", "2026.1.5", 20260105])
def test_a_payment_of_the_next_year_is_not_counted_however_its_date_is_written(day, both, tmp_path):
    newer = both[1]
    books = executed(tmp_path, *payments(newer, dt.date(2025, 3, 1)), [*names(newer, newer.projects[0]), day, 777])
    assert clean(newer, books)


@pytest.mark.parametrize("day", ["待定", "2025-13-45", "20251345"])
def test_a_date_that_is_none_is_said_and_its_project_held(day, both, tmp_path):
    newer = both[1]
    lost = [*names(newer, newer.projects[0]), day, 777]
    books = executed(tmp_path, *payments(newer, dt.date(2025, 3, 1)), lost)
    (fault,) = books.executed.faults
    assert fault.message == f"执行数据里有 1 行的日期读不出来：工作表“支付”第 6 行“{day}”；这些项目没有核对。"
    assert judged(newer, books)[:2] == ([], ["1"])
    undated = executed(tmp_path, *payments(newer, day))
    assert (undated.executed.faults, clean(newer, undated)) == ((), True)


def test_a_row_without_a_date_is_of_the_one_year_and_of_several_holds_its_project_in_each(both, tmp_path):
    newer = both[1]
    rows = payments(newer, dt.date(2025, 3, 1))
    rows[0][-1] -= 7
    blank = [*names(newer, newer.projects[0]), None, 7]
    books = executed(tmp_path, *rows, blank)
    assert (books.executed.faults, clean(newer, books)) == ((), True)
    books = executed(tmp_path, *rows, *payments(newer, dt.date(2024, 3, 1)), blank)
    assert "第 10 行；这些项目没有核对" in books.executed.faults[1].message
    assert [judged(form, books)[:2] for form in both] == [([], ["1"]), ([], ["1"])]


def test_a_form_without_a_year_is_held_against_the_one_year_there_is(both, tmp_path):
    newer = both[1]
    blank = read_workbook(form_file(tmp_path, of_year(None), "没有年度.xlsx"), "没有年度.xlsx")
    one = [["2025", *row] for row in budget(newer)]
    assert clean(blank, control(tmp_path, 批复=[["年度", *BUDGET], *one]))
    books = control(tmp_path, 批复=[["年度", *BUDGET], *one, *(["2024", *row] for row in budget(newer, 9))])
    found, _, skipped = judged(blank, books)
    assert (found, skipped["M401"]) == ([], "批复数据里有几个年度的数据，表上没有评价年度（有 2024、2025 年的）")


# --- whole runs ---------------------------------------------------------------------------------------------------


def test_a_run_names_the_forms_of_other_years_once(both, folder, tmp_path):
    inputs = tmp_path / "收到"
    inputs.mkdir()
    for year in (2024, 2025):
        form_file(inputs, of_year(year), f"{year}.xlsx")
    path = saved(tmp_path, {"批复": [["2025年预算批复表"], BUDGET, *budget(both[1])]})
    said = "批复数据是 2025 年的，2024 年的 1 份自评表没有与它核对。"
    for words in (("check", inputs), ("run", inputs, "-o", tmp_path / "out", "--jobs", "1")):
        assert program(*words, "--control", path).stderr.count(said) == 1
    sheet = openpyxl.load_workbook(tmp_path / "out" / "绩效自评汇总表.xlsx")["问题总表"]
    assert sum(said in str(cell.value) for row in sheet.iter_rows() for cell in row) == 1
    again = program("run", inputs, "-o", tmp_path / "out", "--jobs", "1", "--control", path)
    assert "其中 2 个没有变化" in again.stdout + again.stderr
    path = saved(tmp_path, {"批复": [["2024年预算批复表"], BUDGET, *budget(both[1])]})
    again = program("run", inputs, "-o", tmp_path / "out", "--jobs", "1", "--control", path)
    assert "批复数据是 2024 年的，2025 年的 1 份自评表没有与它核对。" in again.stderr


def test_prefilled_forms_take_the_budget_of_their_year(both, tmp_path):
    newer = both[1]
    rows = [[year, *row] for year, more in ((2025, 0), (2024, 100)) for row in budget(newer, more)]
    path = saved(tmp_path, {"批复": [["年度", *BUDGET], *rows]})
    for year, more in ((2024, 100), (2025, 0)):
        done = program("template", "--control", path, "--year", str(year), "-o", tmp_path / str(year))
        assert (done.returncode, done.stderr) == (0, "")
        (made,) = (tmp_path / str(year)).iterdir()
        budgets = [project.budget.value for project in read_workbook(made, made.name).projects]
        assert budgets == [project.budget.value + Decimal(more) for project in newer.projects]
    for options, said in (
        ((), "批复数据里有 2024、2025 年的数据，请用 --year 写明"),
        (("--year", "2023"), "没有 2023 年的数据"),
    ):
        done = program("template", "--control", path, *options, "-o", tmp_path / "没有")
        assert (done.returncode, said in done.stderr, (tmp_path / "没有").exists()) == (2, True, False)
