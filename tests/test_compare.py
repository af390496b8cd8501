"""A resubmission held against the one before: what was mended, what stands, what is new, what it makes of the scores."""

import copy
import json
import shutil
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from resubmissions import CONVERTED, COUNT, ROLES, SAME, plain, unit, write_folders
from running import PROGRAM
from support import GOOD, REPORT, SOFFICE, Office, dec, evaluate_file, filling, form_file

from evalbatch.compare import compare
from evalbatch.comparison import Fate, Sameness, Turn
from evalbatch.form import DEPARTMENT, Indicator, Project
from evalbatch.model import Severity, Status
from evalbatch.policy import load
from evalbatch.resubmission import Handed, pair_up
from evalbatch.spec import heading
from evalbatch.writers.compared import CHANGES, FINDINGS, SCORES, TITLES, VERDICT
from evalbatch.writers.compared_json import KEYS, SCHEMA

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def evalbatch(*args):
    """Run the program as a user does."""
    import subprocess

    return subprocess.run([*PROGRAM, *map(str, args)], capture_output=True, text=True, check=False)


def compared(tmp_path, old, new):
    """Compare two forms made from data."""
    files = form_file(tmp_path, old, "上次.xlsx"), form_file(tmp_path, new, "这次.xlsx")
    return compare(*map(evaluate_file, files), load("national-2020"))


def with_changes(**changes):
    """The good example with cells changed, ``project.0.executed`` written ``project_0_executed``."""
    return filling(GOOD, {"change": {name.replace("__", "."): value for name, value in changes.items()}})


def fates(comparison):
    """The codes of all findings by their fate."""
    return {fate: sorted(one.finding.code for one in comparison.findings if one.fate is fate) for fate in Fate}


# --- fifty units --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Fifty units that handed in twice, the comparison of the two folders as JSON, as text and as a workbook."""
    folder = tmp_path_factory.mktemp("twice")
    old, new = folder / "上次", folder / "这次"
    units = {one.code: one for one in map(unit, range(1, COUNT + 1))}
    write_folders(old, new, list(units.values()))
    if SOFFICE is not None:
        names = [f"{one.name}（改）.xlsx" for one in units.values() if one.way == CONVERTED]
        saved = Office(folder).convert([new / "重报" / name for name in names], folder / "存过")
        for path in saved:
            shutil.move(path, new / "重报" / path.name)
    done = evalbatch("compare", old, new, "--format", "json", "-o", folder / "对比.xlsx")
    result = json.loads(done.stdout, parse_float=Decimal)
    pairs = {pair["unit"]["code"]: pair for pair in result["pairs"]}
    return SimpleNamespace(
        folder=folder, old=old, new=new, units=units, result=result, pairs=pairs, done=done, book=folder / "对比.xlsx"
    )


def test_all_fates_and_many_kinds_of_faults_were_planted():
    units = [unit(number) for number in range(1, COUNT + 1)]
    planted = {role: Counter(kind for one in units for kind in one.kinds[role]) for role in ROLES}
    assert all(planted[role].total() >= 20 for role in ROLES)
    assert len(set().union(*planted.values())) >= 20


def test_every_unit_is_paired_though_its_file_bears_another_name(twice):
    assert set(twice.pairs) == set(twice.units)
    assert (twice.result["only_old"], twice.result["only_new"], twice.result["unclear"]) == ([], [], [])


@pytest.mark.parametrize("role", ROLES)
def test_findings_are_fixed_open_and_new_exactly_as_planted(twice, role):
    found = {
        code: Counter(one["code"] for one in pair["findings"] if one["fate"] == role)
        for code, pair in twice.pairs.items()
    }
    assert {code: one.codes(role) for code, one in twice.units.items()} == found


def test_the_counts_are_those_of_the_findings(twice):
    for code, pair in twice.pairs.items():
        planted = {role: twice.units[code].codes(role).total() for role in ROLES}
        assert planted | {"waived": 0, "unchecked": 0} == pair["counts"]


def test_changed_cells_are_exactly_those_that_differ_in_any_order_of_rows(twice):
    for code, pair in twice.pairs.items():
        found = Counter(
            (change["sheet"], change["field"], plain(change["old"]), plain(change["new"])) for change in pair["changes"]
        )
        assert twice.units[code].changes == found
        assert all(change["turn"] == "changed" for change in pair["changes"])


def test_a_resubmission_without_a_change_is_said_to_be_one(twice):
    same = {SAME: "bytes", "": "changed"}
    expected = {code: same.get(one.way, "content") for code, one in twice.units.items()}
    if SOFFICE is None:
        expected |= {code: "bytes" for code, one in twice.units.items() if one.way == CONVERTED}
    assert expected == {code: pair["sameness"] for code, pair in twice.pairs.items()}


def test_scores_differ_only_where_the_form_does_and_every_effect_names_a_score_that_differs(twice):
    for code, pair in twice.pairs.items():
        moved = {one["code"] for one in pair["scores"] if one["before"] != one["after"]}
        assert not moved or not twice.units[code].way
        touched = {effect["code"] for change in pair["changes"] for effect in change["effects"]}
        assert moved <= touched
        if len(pair["changes"]) == 1 and moved:
            [change] = pair["changes"]
            scores = {one["code"]: one["difference"] for one in pair["scores"] if one["code"] in moved}
            assert scores == {effect["code"]: effect["difference"] for effect in change["effects"]}


def test_the_json_has_the_documented_keys_and_no_others(twice):
    assert twice.result["schema"] == SCHEMA
    documented = {key for key, _ in KEYS}
    plain_ones = {"tool", "pairs.unit", "pairs.old", "pairs.new", "pairs.counts", "pairs.findings.before"}
    plain_ones |= {"only_new", "only_old", "unclear", "unread"}

    def keys(value, path=""):
        for item in value if isinstance(value, list) else [value]:
            for key, below in item.items() if isinstance(item, dict) else ():
                yield (where := f"{path}{key}")
                if where not in plain_ones:
                    yield from keys(below, f"{where}.")

    assert set(keys(twice.result)) == documented


def test_the_exit_code_says_that_errors_stand(twice):
    assert twice.done.returncode == 1
    assert any(pair["new"]["errors"] for pair in twice.pairs.values())


def test_the_last_line_sums_the_folder_up(twice):
    planted = {role: sum((one.codes(role) for one in twice.units.values()), Counter()).total() for role in ROLES}
    unchanged = sum(1 for one in twice.units.values() if one.way)
    said = (
        f"对比 {COUNT} 份，其中没有变化 {unchanged} 份；改正 {planted['fixed']} 处、仍有 {planted['open']} 处、"
        f"新增 {planted['new']} 处"
    )
    assert said in twice.done.stderr


def test_the_workbook_says_the_same_as_the_json(twice):
    book = openpyxl.load_workbook(twice.book, data_only=True)
    assert book.sheetnames == [VERDICT, FINDINGS, SCORES, CHANGES]
    rows = [row for row in book[VERDICT].iter_rows(values_only=True) if isinstance(row[0], int)]
    listed = {row[1]: row[4:7] for row in rows}
    counts = {one["unit"]["name"]: one["counts"] for one in twice.result["pairs"]}
    assert {name: (one["fixed"], one["open"], one["new"]) for name, one in counts.items()} == listed
    findings = Counter(row[2] for row in book[FINDINGS].iter_rows(min_row=4, values_only=True))
    assert findings == Counter({fate.value: sum(one[fate.key] for one in counts.values()) for fate in Fate})
    changes = sum(len(pair["changes"]) for pair in twice.result["pairs"])
    assert book[CHANGES].max_row == 3 + changes


def test_the_workbook_has_the_same_bytes_every_time(tmp_path):
    files = two(tmp_path, filling(), filling(REPORT))
    books = [tmp_path / "一.xlsx", tmp_path / "二.xlsx"]
    for book in books:
        evalbatch("compare", *files, "-o", book)
    assert books[0].read_bytes() == books[1].read_bytes()


@needs_office
def test_libreoffice_recalculates_the_workbook_to_the_same_values(twice):
    [saved] = Office(twice.folder / "重算").convert([twice.book], twice.folder / "重算")
    ours, theirs = (openpyxl.load_workbook(path, data_only=True) for path in (twice.book, saved))
    formulas = 0
    for sheet in openpyxl.load_workbook(twice.book):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formulas += 1
                    here, there = (book[sheet.title][cell.coordinate].value for book in (ours, theirs))
                    assert here == pytest.approx(there, abs=1e-9), f"{sheet.title}!{cell.coordinate}"
    assert formulas > COUNT


# --- one pair -----------------------------------------------------------------------------------------------------


def test_a_result_that_was_changed_says_what_it_alone_makes_of_the_score(tmp_path):
    """8 points for 100 %: 91.67 % gave 7.33, 75 % gives 6.00."""
    old, new = filling(), filling()
    row = next(row for row in new["indicator"] if row["actual"] == "91.67%")
    row["actual"] = "75%"
    change = next(one for one in compared(tmp_path, old, new).changes if one.field == heading(Indicator, "actual"))
    assert (change.old, change.new) == ("91.67%", "75%")
    [effect] = change.effects
    assert (effect.code, effect.difference) == ("1", dec("-1.33"))


def test_of_two_changes_each_has_its_own_effect_and_the_score_has_both(tmp_path):
    """Execution 4.86 of 5.00 gave 9.72, 4.00 gives 8.00; the result as before."""
    old, new = filling(), filling()
    next(row for row in new["indicator"] if row["actual"] == "91.67%")["actual"] = "75%"
    new["project"][0]["executed"] = dec("4.00")
    done = compared(tmp_path, old, new)
    effects = {one.field: [effect.difference for effect in one.effects] for one in done.changes}
    assert effects == {heading(Project, "executed"): [dec("-1.72")], heading(Indicator, "actual"): [dec("-1.33")]}
    assert done.projects[0].difference == dec("-3.05")


def test_another_unit_of_money_is_no_change_of_an_amount(tmp_path):
    old, new = filling(), filling()
    new["unit"]["money"] = "元"
    for row in [*new["project"], *(row for row in new["budget"].values() if isinstance(row, dict))]:
        for name, value in row.items():
            if isinstance(value, Decimal) and name.split("_")[-1] in ("initial", "budget", "executed"):
                row[name] = value * 10_000
    done = compared(tmp_path, old, new)
    assert [(one.field, one.old, one.new) for one in done.changes] == [("金额单位", "万元", "元")]
    said = evalbatch("compare", tmp_path / "上次.xlsx", tmp_path / "这次.xlsx").stdout
    assert "金额单位由万元改为元" in said


def test_rows_that_came_and_went_are_named_and_their_effect_on_the_score_said(tmp_path):
    old, new = filling(), filling()
    gone = new["indicator"].pop(1)
    new["problem"].insert(0, {"problem": "台账登记不及时。", "measure": "每月核对一次。", "owner": "王敏"})
    changes = {one.turn: one for one in compared(tmp_path, old, new).changes}
    assert set(changes) == {Turn.ADDED, Turn.REMOVED}
    assert changes[Turn.ADDED].record == "台账登记不及时。"
    assert changes[Turn.REMOVED].record == f"1 · {gone['name']}"
    assert [one.difference for one in changes[Turn.REMOVED].effects] == [-gone["weight"]]


def test_a_project_comes_with_its_indicators_as_one_change(tmp_path):
    old, new = filling(), filling()
    for table, column in (("project", "code"), ("indicator", "project")):
        old[table] = [row for row in old[table] if row[column] != "4"]
    done = compared(tmp_path, old, new)
    added = [one for one in done.changes if one.turn is Turn.ADDED]
    own = sum(1 for row in new["indicator"] if row["project"] == "4")
    assert [one.record for one in added] == ["4 省级计划生育关爱行动"]
    assert f"连同指标 {own} 个" in added[0].new
    assert [(one.code, one.before) for one in done.projects if one.before is None] == [("4", None)]


def test_projects_numbered_anew_are_the_projects_they_were(tmp_path):
    new = filling()
    codes = {"1": "3", "2": "1", "3": "2"}
    for table, column in (
        ("project", "code"),
        ("indicator", "project"),
        ("standard", "project"),
        ("problem", "projects"),
    ):
        for row in new.get(table, []):
            row[column] = codes.get(row.get(column), row.get(column))
    done = compared(tmp_path, filling(), new)
    assert {one.turn for one in done.changes} == {Turn.CHANGED}
    moved = [one for one in done.changes if one.sheet == "项目资金"]
    assert sorted((one.old, one.new) for one in moved) == sorted(codes.items())
    assert [one.difference for one in done.projects] == [0, 0, 0, 0]


def test_a_corrected_name_is_a_change_and_not_another_indicator(tmp_path):
    new = filling()
    new["indicator"][0]["name"] += "（册）"
    done = compared(tmp_path, filling(), new)
    assert [(one.turn, one.field) for one in done.changes] == [(Turn.CHANGED, heading(Indicator, "name"))]


def test_of_two_rows_of_one_name_the_one_that_stays_is_found(tmp_path):
    old, new = filling(), filling()
    twin = {**copy.deepcopy(old["indicator"][0]), "target": "300", "actual": "310", "weight": dec("1")}
    old["indicator"].insert(0, twin)
    done = compared(tmp_path, old, new)
    assert [(one.turn, one.old.split("，")[0]) for one in done.changes] == [(Turn.REMOVED, "年度指标值 300")]


def test_a_finding_whose_figure_was_changed_still_stands(tmp_path):
    old, new = filling(), filling()
    old["project"][0]["claimed_execution"], new["project"][0]["claimed_execution"] = dec("10"), dec("9.90")
    done = compared(tmp_path, old, new)
    [finding] = [one for one in done.findings if one.finding.code == "M111"]
    assert (finding.fate, finding.moved) == (Fate.OPEN, True)
    said = evalbatch("compare", tmp_path / "上次.xlsx", tmp_path / "这次.xlsx").stdout
    assert "（上次是 10.00 分）" in said


def test_an_amount_that_moved_is_told_in_the_unit_of_the_form(tmp_path):
    old, new = filling(), filling()
    old["project"][0]["fiscal_budget"], new["project"][0]["fiscal_budget"] = dec("4.12345"), dec("4.5")
    compared(tmp_path, old, new)
    said = evalbatch("compare", tmp_path / "上次.xlsx", tmp_path / "这次.xlsx").stdout
    assert "（上次应为 4.12345 万元）" in said


def test_a_project_that_is_gone_is_not_called_unscored(tmp_path):
    new = filling()
    del new["project"][3]
    new["indicator"] = [row for row in new["indicator"] if row["project"] != "4"]
    done = compared(tmp_path, filling(), new)
    assert [(one.code, one.removed, one.after) for one in done.projects if one.removed] == [("4", True, None)]
    said = evalbatch("compare", tmp_path / "上次.xlsx", tmp_path / "这次.xlsx", "-o", tmp_path / "对比.xlsx").stdout
    assert "项目 4 省级计划生育关爱行动：99.00 → 项目删去了" in said
    rows = list(openpyxl.load_workbook(tmp_path / "对比.xlsx")["得分对比"].iter_rows(values_only=True))
    assert "项目删去了" in next(row for row in rows if "项目 4 省级计划生育关爱行动" in row)


def test_cells_at_fault_by_themselves_are_mended_one_by_one(tmp_path):
    """One finding names all blank cells of a column; one is filled, another blanked."""
    old, new = filling(), filling()
    for data, blank in ((old, (0, 1)), (new, (1, 2))):
        for index in blank:
            del data["indicator"][index]["actual"]
    done = compared(tmp_path, old, new)
    cells = {one.fate: [str(place) for place in one.cells] for one in done.findings if one.finding.code == "F301"}
    assert cells == {Fate.OPEN: ["绩效指标!I6"], Fate.NEW: ["绩效指标!I7"], Fate.FIXED: ["绩效指标!I5"]}


def test_a_fault_that_another_hides_is_not_said_to_be_mended(tmp_path):
    """A wrong sum of parts waits while one of the parts is no number."""
    old, new = filling(), filling()
    for data in (old, new):
        data["project"][1]["fiscal_budget"] = dec("49")
    new["project"][1]["other_budget"] = "约 0"
    forth, back = compared(tmp_path, old, new), compared(tmp_path, new, old)
    assert fates(forth) == {Fate.NEW: ["F401"], Fate.OPEN: [], Fate.UNCHECKED: ["M104"], Fate.FIXED: []}
    assert fates(back) == {Fate.NEW: ["M104"], Fate.OPEN: [], Fate.UNCHECKED: [], Fate.FIXED: ["F401"]}
    assert [bool(one.note) for one in back.findings] == [True, False]


def test_a_mended_fault_is_said_to_be_mended_whatever_another_project_hides(tmp_path):
    """Project 1 had no 效益指标 and has them; project 3 has them under a wrong heading, so that nobody can tell of it."""
    old, new = filling(), filling()
    for row in old["indicator"][6:9]:
        row.update(level1="产出指标", level2="质量指标")
    for row in new["indicator"][30:32]:
        row["level1"] = "产出指标"
    done = compared(tmp_path, old, new)
    assert "I105" in fates(done)[Fate.FIXED]
    assert fates(done)[Fate.UNCHECKED] == []


def test_a_fault_of_a_sheet_that_is_gone_is_not_said_to_be_mended(tmp_path):
    old = with_changes(indicator__0__claimed=dec("20"))
    files = two(tmp_path, old, filling())
    book = openpyxl.load_workbook(files[1])
    del book["绩效指标"]
    book.save(files[1])
    done = compare(*map(evaluate_file, files), load("national-2020"))
    assert "S103" in fates(done)[Fate.UNCHECKED]
    notes = {one.note for one in done.findings if one.finding.code == "S103"}
    assert notes == {"这次没有查：没有工作表 绩效指标"}
    assert not fates(done)[Fate.FIXED]


def test_a_finding_of_a_row_that_is_gone_says_so(tmp_path):
    old, new = filling(), filling()
    old["problem"].append({**old["problem"][0], "problem": "加强管理。", "measure": "加强管理。"})
    gone = [one for one in compared(tmp_path, old, new).findings if one.fate is Fate.FIXED]
    assert gone
    assert {one.note for one in gone} == {"所在的行删去了"}


def test_a_fault_of_the_table_itself_is_mended_without_a_changed_figure(tmp_path):
    old = form_file(tmp_path, filling(), "上次.xlsx")
    book = openpyxl.load_workbook(old)
    book["绩效指标"].column_dimensions["H"].hidden = True
    book.save(old)
    new = form_file(tmp_path, filling(), "这次.xlsx")
    before, after = evaluate_file(old), evaluate_file(new)
    assert before.findings
    done = compare(before, after, load("national-2020"))
    assert (done.sameness, done.changes) == (Sameness.LAYOUT, ())
    assert fates(done)[Fate.FIXED] == sorted(one.code for one in before.findings)


def test_what_the_bureau_lets_stand_is_counted_apart(tmp_path):
    data = filling(REPORT)
    old, new = form_file(tmp_path, data, "上次.xlsx"), form_file(tmp_path, {**data, "problem": []}, "这次.xlsx")
    waivers = tmp_path / "豁免.toml"
    waivers.write_text(
        '[[waiver]]\nrule = "I101"\nunit = "鹿泉区计划生育协会"\nproject = "4"\napprover = "王某"\n'
        'reason = "下年再评"\nuntil = 2099-12-31\n',
        "utf-8",
    )
    plain_run, waived = (
        json.loads(evalbatch("compare", old, new, "--format", "json", *more).stdout)["pairs"][0]["counts"]
        for more in ((), ("--waivers", waivers))
    )
    assert waived == {**plain_run, "open": plain_run["open"] - 1, "waived": 1}


def test_every_change_of_a_form_filled_anew_is_found_in_bounded_time(tmp_path):
    done = compared(tmp_path, filling(), filling(REPORT))
    assert not done.same_unit
    assert len(done.changes) > 100
    assert done.department.after is None


def test_a_comparison_with_itself_finds_nothing_but_what_stands(tmp_path):
    data = filling(REPORT)
    done = compared(tmp_path, data, data)
    assert done.sameness is Sameness.BYTES
    assert done.counts[Fate.OPEN] == len(done.findings) > 10
    assert done.changes == ()


# --- the command --------------------------------------------------------------------------------------------------


def two(tmp_path, old, new):
    return form_file(tmp_path, old, "上次.xlsx"), form_file(tmp_path, new, "这次.xlsx")


def test_an_unchanged_workbook_is_said_first_and_its_findings_stand(tmp_path):
    done = evalbatch("compare", *two(tmp_path, filling(REPORT), filling(REPORT)))
    assert "与上次逐字节相同；仍有" in done.stdout.splitlines()[0]
    assert "[仍有·错误]" in done.stdout
    assert done.returncode == 1


def test_a_mended_workbook_ends_with_0(tmp_path):
    done = evalbatch("compare", *two(tmp_path, with_changes(project__0__claimed_execution=dec("10")), filling()))
    assert "改正 1、仍有 0、新增 0；部门整体测算得分 99.44；通过" in done.stdout.splitlines()[0]
    assert done.returncode == 0


def test_workbooks_of_two_units_are_compared_with_a_warning(tmp_path):
    new = filling()
    new["unit"]["name"], new["unit"]["code"] = "某区教育局", "360001"
    done = evalbatch("compare", *two(tmp_path, filling(), new))
    assert "两份表不是同一个单位" in done.stdout
    assert "“某区教育局”（360001）" in done.stdout


def test_workbooks_of_two_years_are_compared_with_a_warning(tmp_path):
    new = filling()
    new["unit"]["year"] = "2024"
    assert "评价年度不同：上次是 2025，这次是 2024" in evalbatch("compare", *two(tmp_path, filling(), new)).stdout


@pytest.mark.parametrize("side", [0, 1])
def test_an_unreadable_workbook_is_named_with_its_side(tmp_path, side):
    files = two(tmp_path, filling(), filling())
    files[side].write_bytes(b"%PDF-1.7")
    done = evalbatch("compare", *files, "-o", tmp_path / "对比.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{('上次', '这次')[side]}的 {files[side].name}：这是 PDF 文件" in done.stderr
    assert not (tmp_path / "对比.xlsx").exists()


def test_a_scored_workbook_is_refused_with_what_is_needed(tmp_path):
    old, new = two(tmp_path, filling(), filling())
    evalbatch("run", old, "-o", tmp_path / "outputs")
    [scored] = (tmp_path / "outputs").glob("*_绩效评分.xlsx")
    done = evalbatch("compare", scored, new)
    assert done.returncode == 2
    assert "要对比的是单位填的标准表，不是评分工作簿" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("文件夹", "这次.xlsx", "请给两份工作簿，或两个文件夹"),
        ("上次.xlsx", "文件夹", "请给两份工作簿，或两个文件夹"),
        ("没有.xlsx", "这次.xlsx", "没有这个文件或文件夹"),
        ("上次.xlsx", "上次.xlsx", "没有可以对比的"),
        ("文件夹", "空", "里没有文件可读"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path, old, new, said):
    two(tmp_path, filling(), filling())
    (tmp_path / "空").mkdir()
    (tmp_path / "文件夹").mkdir()
    shutil.copy(tmp_path / "上次.xlsx", tmp_path / "文件夹")
    done = evalbatch("compare", tmp_path / old, tmp_path / new)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("output", "said"),
    [("对比.csv", "后缀应为 .xlsx"), ("上次.xlsx", "没有覆盖"), ("文件夹/对比.xlsx", "在要对比的文件夹里")],
)
def test_the_workbook_is_not_written_over_a_form_or_among_the_inputs(tmp_path, output, said):
    two(tmp_path, filling(), filling())
    for name in ("文件夹", "另一个"):
        (tmp_path / name).mkdir()
        shutil.copy(tmp_path / "上次.xlsx", tmp_path / name)
    before = (tmp_path / "上次.xlsx").read_bytes()
    done = evalbatch("compare", tmp_path / "文件夹", tmp_path / "另一个", "-o", tmp_path / output)
    assert done.returncode == 2
    assert said in done.stderr
    assert (tmp_path / "上次.xlsx").read_bytes() == before


def test_the_workbook_is_written_over_nothing_but_another_comparison(tmp_path):
    """A control file in use, a list, a roll-up with typed-in reviews and a form are left as they are."""
    old, new = two(tmp_path, filling(), filling(REPORT))
    evalbatch("run", old, "-o", tmp_path / "结果")
    roster = openpyxl.Workbook()
    roster.active.append(["单位编码", "单位名称"])
    roster.save(tmp_path / "名单.xlsx")
    (tmp_path / "批复.xlsx").write_text("单位编码,单位名称,项目名称,批复数\n001,甲局,某项目,12.34\n", "utf-8")
    others = [tmp_path / "名单.xlsx", tmp_path / "批复.xlsx", tmp_path / "结果" / "绩效自评汇总表.xlsx", old]
    for path in others:
        before = path.read_bytes()
        done = evalbatch("compare", old, new, "-o", path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{path} 已经存在，不是以前写出的对比工作簿，没有覆盖。请换一个文件名" in done.stderr
        assert path.read_bytes() == before
    assert evalbatch("compare", old, new, "-o", tmp_path / "对比.xlsx").returncode == 1
    assert evalbatch("compare", new, old, "-o", tmp_path / "对比.xlsx").returncode == 0
    assert openpyxl.load_workbook(tmp_path / "对比.xlsx").sheetnames == list(TITLES)


def test_folders_say_who_is_new_who_is_missing_and_what_cannot_be_read(tmp_path):
    names = {"甲": ("甲局", "001"), "乙": ("乙局", "002"), "丙": ("丙局", "003"), "丁": ("丁局", "004")}

    def put(folder, name, file=None):
        data = filling()
        data["unit"]["name"], data["unit"]["code"] = names[name]
        (tmp_path / folder).mkdir(exist_ok=True)
        return form_file(tmp_path / folder, data, file or f"{name}.xlsx")

    for name in ("甲", "乙", "丁"):
        put("上次", name)
    for name in ("甲", "丙"):
        put("这次", name)
    (tmp_path / "这次" / "丁.xlsx").write_bytes(b"")
    done = evalbatch("compare", tmp_path / "上次", tmp_path / "这次", "--format", "json", "-o", tmp_path / "对比.xlsx")
    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert [pair["unit"]["name"] for pair in result["pairs"]] == ["甲局"]
    assert [one["name"] for one in result["only_new"]] == ["丙局"]
    assert [(one["name"], one["twin_unread"]) for one in result["only_old"]] == [("丁局", True), ("乙局", False)]
    assert [(one["side"], one["file"]) for one in result["unread"]] == [("new", "丁.xlsx")]
    again = evalbatch("compare", tmp_path / "上次", tmp_path / "这次")
    assert "新报送 1 份；这次没有 1 份；另一边的同名文件读不了、没有对比 1 份；读不了的 1 个文件" in again.stderr
    said = again.stdout
    assert "丁局（2025）：这次的同名文件读不了，没有对比" in said
    assert "乙局（2025）：这次没有" in said
    assert "丙局（2025）：新报送" in said
    rows = openpyxl.load_workbook(tmp_path / "对比.xlsx")[VERDICT].iter_rows(values_only=True)
    assert Counter(row[3] for row in rows if isinstance(row[0], int)) == Counter(
        ["没有变化（逐字节相同）", "新报送", "这次没有", "这次的同名文件读不了，没有对比", "这次的读不了"]
    )


def handed(file, name="甲局", code="001", year="2025"):
    """A workbook that could be read."""
    return Handed(file=file, name=name, code=code, year=year, status=Status.ACCEPTED, errors=0, findings=0)


@pytest.mark.parametrize(
    ("olds", "news", "pairs", "unclear"),
    [
        ([handed("a")], [handed("b")], ((0, 0),), ()),
        ([handed("a", "甲 局", "")], [handed("b", "甲局", "001")], ((0, 0),), ()),
        ([handed("a", "甲", "001")], [handed("b", "乙", "001")], ((0, 0),), ()),
        ([handed("a", year="2024")], [handed("b", year="2025")], ((0, 0),), ()),
        ([handed("a", year="2024"), handed("b")], [handed("c")], ((1, 0),), ()),
        ([handed("a"), handed("b")], [handed("b"), handed("a")], ((1, 0), (0, 1)), ()),
        ([handed("x/a"), handed("x/b")], [handed("y/b"), handed("y/c")], ((1, 0),), (((0,), (1,)),)),
        ([handed("a")], [handed("b"), handed("c")], (), (((0,), (0, 1)),)),
        ([handed("a", "甲", "001")], [handed("a", "乙", "002")], (), ()),
        ([handed("a", "", "")], [handed("a")], ((0, 0),), ()),
        ([handed("a", "", "")], [handed("b")], (), ()),
        ([], [handed("b"), handed("c")], (), ()),
    ],
)
def test_workbooks_are_paired_by_whose_they_are_and_never_by_guessing(olds, news, pairs, unclear):
    found = pair_up(olds, news)
    assert (found.pairs, found.unclear) == (pairs, unclear)


def test_the_severity_and_the_advice_of_a_new_finding_are_printed(tmp_path):
    new = with_changes(project__0__claimed_execution=dec("10"))
    done = evalbatch("compare", *two(tmp_path, filling(), new))
    assert f"[新增·{Severity.ERROR.value}] 项目资金!V5" in done.stdout
    assert "→ 请改为 9.72" in done.stdout
    assert done.stdout.splitlines()[0].endswith(f"{DEPARTMENT}测算得分 99.44；退回修改")
