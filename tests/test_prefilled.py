"""Forms with what the bureau knows filled in: one a unit, locked where they are filled, never written over another."""

import json
import resource
import signal
import subprocess
import sys
import time
from decimal import Decimal

import clerk
import openpyxl
import pytest
from running import hears_interrupts
from support import evaluate_file, filling, form_file
from test_cli import PROGRAM, evalbatch
from test_template import cell_of

from evalbatch import form
from evalbatch.approved import Approved
from evalbatch.gathered import Expected
from evalbatch.handout import file_names, hand_out
from evalbatch.read import read_workbook
from evalbatch.spec import columns_of, heading, sheet_of
from evalbatch.writers.prefilled import Known, write_prefilled
from evalbatch.writers.template import write_form

UNIT, PROJECTS = sheet_of(form.Unit).title, sheet_of(form.Project).title
GOOD = filling()
CODES = ("361001", "361002", "0361003")


def known(code="361001", projects=GOOD["project"], **unit):
    """A unit with the good example's projects."""
    given = {"name": GOOD["unit"]["name"], "department": GOOD["unit"]["department"], **unit}
    rows = [
        Approved(
            code=row.get("system_code", ""),
            name=row["name"],
            category=row["category"],
            initial=10_000 * Decimal(row["initial"]),
            budget=10_000 * Decimal(row["budget"]),
        )
        for row in projects
    ]
    return Known(unit=Expected(code=code, **given), projects=tuple(rows))


def prefilled(folder, *units, year=2025):
    """The forms of units on disk."""
    hand_out(units, folder, year)
    return [folder / name for name in file_names(units, year)]


def cells(path):
    """Every cell of a workbook that is seen: what stands there, its format, whether it is locked."""
    return {
        (ws.title, cell.coordinate): (cell.value, cell.number_format, cell.fill.fgColor.rgb, cell.protection.locked)
        for ws in openpyxl.load_workbook(path)
        for row in ws.iter_rows()
        for cell in row
    }


def held(path):
    """The locked cells of 单位信息 and 项目资金 that are read and hold something."""
    book = openpyxl.load_workbook(path)
    last = len(columns_of(form.Project))
    areas = [*book[UNIT]["B4:B16"], *book[PROJECTS].iter_rows(5, 2000, 1, last)]
    found = [cell for row in areas for cell in row if cell.value is not None and cell.protection.locked]
    return {f"{cell.parent.title}!{cell.coordinate}": cell.value for cell in found}


def typed(path):
    """What the good example says in the cells that are open in a form."""
    texts = []
    opened = cells(path)
    for (title, ref), (value, number_format, *_) in cells(path.with_name("完整.xlsx")).items():
        if value is None or (title, ref) not in opened or opened[title, ref][3]:
            continue
        text = f"{value * 100:.2f}%" if number_format == "0.00%" else str(value)
        texts.append((title, ref, text))
    return texts


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    """A list of 300 units."""
    path = tmp_path_factory.mktemp("roster") / "名单.csv"
    rows = [f"{361000 + n},某县第{n}单位,某县财政局" for n in range(1, 301)]
    path.write_text("\n".join(["单位编码,单位名称,主管部门", *rows]), "utf-8")
    return path


def test_every_unit_of_a_list_gets_its_form_named_and_filled_in(tmp_path, roster):
    folder = tmp_path / "发给单位"
    done = evalbatch("template", "--roster", roster, "--year", "2025", "-o", folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"已写出 300 份到 {folder}\n", "")
    assert len(list(folder.iterdir())) == 300
    unit = read_workbook(folder / "361017_某县第17单位_2025_自评表.xlsx", "").unit
    read = [entry.value for entry in (unit.name, unit.code, unit.department, unit.year, unit.money)]
    assert read == ["某县第17单位", "361017", "某县财政局", 2025, "万元"]


def test_filled_in_libreoffice_the_locked_cells_hold_and_nothing_is_found(tmp_path, office):
    form_file(tmp_path, GOOD, "完整.xlsx")
    paths = prefilled(tmp_path, *(known(code) for code in CODES))
    before = [held(path) for path in paths]
    attempts = [(*place.split("!"), "") for place in before[0]]
    beside = [(UNIT, "H30", "甲"), (UNIT, "H31", "乙"), (UNIT, "H31", "")]
    entries = {path: [*attempts, *typed(path), *beside] for path in paths}
    filled = clerk.fill(office, entries, tmp_path / "填好")
    assert len(before[0]) == 5 + 6 * len(GOOD["project"])
    for path, then, code in zip(filled, before, CODES, strict=True):
        assert held(path) == then
        book = openpyxl.load_workbook(path)
        assert all(book[title].protection.sheet for title in (UNIT, PROJECTS))
        assert [book[UNIT][ref].value for ref in ("H30", "H31")] == ["甲", None]
        assert evaluate_file(path).findings == ()
        assert read_workbook(path, path.name).unit.code.value == code


def test_what_the_clerk_leaves_blank_is_found_and_nothing_of_what_the_bureau_filled_in(tmp_path):
    (path,) = prefilled(tmp_path, known())
    findings = evaluate_file(path).findings
    assert {finding.code for finding in findings} == {"F301", "F302", "M304"}
    assert not {str(finding.cells[0]) for finding in findings} & set(held(path))


def test_what_the_form_prints_beside_a_label_is_nobodys_content(tmp_path):
    (path,) = prefilled(tmp_path, known())
    book = openpyxl.load_workbook(path)
    for row in range(4, 17):
        book[UNIT][f"B{row}"].value = None
    book.save(path)
    wanted = [f"{UNIT}!B{row}" for row in (4, 7, 8, 9, 10, 14)]
    codes = [(finding.code, str(finding.cells[0])) for finding in evaluate_file(path).findings]
    assert [code for code, _ in codes if code == "F210"] == []
    assert [place for code, place in codes if code == "F301" and place.startswith(UNIT)] == wanted


def test_a_form_is_what_it_would_be_if_it_were_written_alone(tmp_path):
    projects = [{**GOOD["project"][0], "name": name} for name in ("=1+1", "人员经费", "很长的名称" * 30, "a\nb")]
    units = [known(), known("361002", projects, department=""), known("", projects * 12)]
    (tmp_path / "甲").mkdir()
    together, alone = list(write_prefilled(units, 2025)), [next(write_prefilled([unit], 2025)) for unit in units]
    assert together == alone
    for unit, data in zip(units, together, strict=True):
        given = {"name": unit.unit.name, "code": unit.unit.code, "department": unit.unit.department}
        whole = {
            "unit": {"year": 2025, "money": "万元", **{key: text for key, text in given.items() if text}},
            "project": [
                {
                    "code": str(number),
                    "system_code": project.code,
                    "name": project.name,
                    "category": project.category,
                    "initial": project.initial / 10_000,
                    "budget": project.budget / 10_000,
                }
                for number, project in enumerate(unit.projects, 1)
            ],
        }
        (tmp_path / "甲.xlsx").write_bytes(data)
        (tmp_path / "乙.xlsx").write_bytes(write_form(whole))
        ours, plain = cells(tmp_path / "甲.xlsx"), cells(tmp_path / "乙.xlsx")
        same = {place for place in plain if place[0] != form.GUIDE}
        told = {(PROJECTS, "A2"), *((UNIT, f"D{row}") for row in range(4, 9))}
        assert {p: ours[p][0] for p in same - told} == {p: plain[p][0] for p in same - told}
        assert {p: ours[p][1] for p in same if not ours[p][3]} == {p: plain[p][1] for p in same if not ours[p][3]}
        assert read_workbook(tmp_path / "甲.xlsx", "").projects[0].name.value == unit.projects[0].name


def test_amounts_are_exact_to_the_cent(tmp_path):
    unit = Known(
        unit=Expected(code="", name="某局", department=""),
        projects=(Approved(code="", name="某项目", initial=Decimal("1234567.89"), budget=Decimal("0.01")),),
    )
    (path,) = prefilled(tmp_path, unit)
    project = read_workbook(path, "").projects[0]
    assert (project.initial.value, project.budget.value) == (Decimal("1234567.89"), Decimal("0.01"))
    assert (project.initial.text, project.budget.text) == ("123.456789", "0.000001")
    assert cells(path)[PROJECTS, "H5"][:2] == (123.456789, "#,##0.00")


def test_rows_are_left_for_projects_that_the_bureau_does_not_know(tmp_path):
    (path,) = prefilled(tmp_path, known(projects=GOOD["project"] * 10))
    ws = openpyxl.load_workbook(path)[PROJECTS]
    assert [ws.cell(row, 1).value for row in (44, 45)] == ["40", None]
    assert not ws["A45"].protection.locked
    assert ws["A2"].value.startswith("批复的项目已经列好")
    tints = [
        str(area.sqref)
        for area in ws.conditional_formatting
        for rule in area.rules
        if rule.formula == ["COUNTA($A45:$AA45)>0"]
    ]
    assert (len(tints), tints[0].split(":")[0]) == (1, "A46")
    assert str(ws["AB54"].value).startswith("=")


def test_without_a_budget_the_unit_of_money_is_the_clerks_choice(tmp_path):
    (path,) = prefilled(tmp_path, Known(unit=known().unit), year=None)
    assert {place: value for place, value in held(path).items() if place.startswith(PROJECTS)} == {}
    assert not openpyxl.load_workbook(path)[UNIT]["B8"].protection.locked
    assert not openpyxl.load_workbook(path)[UNIT]["B7"].protection.locked


CONTROL = ["单位编码,单位名称,主管部门,项目代码,项目名称,项目类别,年初预算数,调整后预算数"]


def budget(folder, *rows, name="批复.csv"):
    """A file of the bureau with the good example's projects, or other rows."""
    good = [
        f"{CODES[0]},{GOOD['unit']['name']},{GOOD['unit']['department']},{row.get('system_code', '')},{row['name']},"
        f"{row['category']},{10_000 * Decimal(row['initial'])},{10_000 * Decimal(row['budget'])}"
        for row in GOOD["project"]
    ]
    path = folder / name
    path.write_text("\n".join([*CONTROL, *(rows or good)]), "utf-8")
    return path


def by_the_clerk(folder, control):
    """The form handed out from a budget, its open cells filled as in the good example."""
    done = evalbatch("template", "--control", control, "--year", "2025", "-o", folder)
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = folder.iterdir()
    form_file(folder, GOOD, "完整.xlsx")
    book = openpyxl.load_workbook(path)
    for (title, ref), (value, *_, locked) in cells(folder / "完整.xlsx").items():
        if value is not None and not locked and not book[title][ref].protection.locked:
            book[title][ref].value = value
    book.save(path)
    return path


def test_the_budget_is_filled_in_and_agrees_with_itself_when_the_form_comes_back(tmp_path):
    control = budget(tmp_path)
    path = by_the_clerk(tmp_path / "发给单位", control)
    assert len(held(path)) == 5 + 6 * len(GOOD["project"])
    checked = evalbatch("check", path, "--control", control)
    assert (checked.returncode, checked.stdout.count("没有发现问题")) == (0, 1)


ODD = (
    (("3.19", "2.19"), ("-37.19", "18.62"), ("-7.38", "-3.01"), ("0.07", "0.07")),
    (("-1.01", "-1.01"), ("-49.99", "-19.99"), ("19.99", "2.99"), ("0.03", "-0.03")),
)
"""By how many 元 the approved budgets, 年初 and 全年, are off the good example's 万元 with two decimals."""


@pytest.mark.parametrize("off", ODD)
def test_exact_budgets_agree_with_what_the_clerk_types_with_two_decimals(tmp_path, office, off):
    rows = [
        f"{CODES[0]},{GOOD['unit']['name']},{GOOD['unit']['department']},{row['system_code']},{row['name']},{row['category']},"
        f"{10_000 * row['initial'] + Decimal(initial)},{10_000 * row['budget'] + Decimal(changed)}"
        for row, (initial, changed) in zip(GOOD["project"], off, strict=True)
    ]
    control = budget(tmp_path, *rows)
    path = by_the_clerk(tmp_path / "发给单位", control)
    checked = evalbatch("check", path, "--control", control)
    assert (checked.returncode, checked.stdout.count("没有发现问题")) == (0, 1), checked.stdout
    (seen,) = office.convert([path], tmp_path / "重算")
    book = openpyxl.load_workbook(seen, data_only=True)
    texts = [str(cell.value) for ws in book for row in ws.iter_rows() for cell in row]
    assert "合计 100" in texts
    assert [text for text in texts if "分项合计" in text] == []


def test_what_could_not_be_filled_in_of_the_budget_is_said(tmp_path):
    control = budget(
        tmp_path,
        "001,甲局,丙部,1,某项目,其他,10,",
        "001,甲局,丙部,2,别的项目,人员类,30,",
        "001,甲局,丙部,3,坏项目,人员类,#REF!,",
    )
    done = evalbatch("template", "--control", control, "--year", "2025", "-o", tmp_path / "表")
    assert done.returncode == 0
    for words in (
        "有 1 个项目没有预填金额：甲局 坏项目（批复数据读不出）",
        "有 1 个项目的类别和标准表的项目类别不同，没有预填：甲局 某项目（其他）",
        "批复数据里没有全年预算数，这一栏由单位填写",
    ):
        assert words in done.stderr
    assert "没有年初预算数" not in done.stderr


def test_a_list_and_a_budget_are_put_together_and_what_only_one_of_them_has_is_said(tmp_path):
    control = budget(tmp_path, "001,甲局,丙部,1,某项目,其他,10,20", "002,乙局,丙部,2,别的项目,人员类,30,40")
    roster = tmp_path / "名单.csv"
    roster.write_text("单位编码,单位名称\n001,\n009,丁局\n", "utf-8")
    done = evalbatch("template", "--roster", roster, "--control", control, "-o", tmp_path / "表")
    assert done.stdout.startswith("已写出 2 份")
    assert done.stderr == (
        "有 1 个单位的表没有填项目和预算：丁局（批复数据里没有这个单位）\n"
        "批复数据里有 1 个单位不在单位名单上，没有写它们的表：乙局\n"
        "有 1 个项目的类别和标准表的项目类别不同，没有预填：甲局 某项目（其他）\n"
    )
    read = read_workbook(tmp_path / "表" / "001_甲局_自评表.xlsx", "")
    (project,) = read.projects
    assert (read.unit.department.value, project.name.value, project.category.value) == ("丙部", "某项目", None)
    assert (project.initial.value, project.budget.value) == (10, 20)
    assert read_workbook(tmp_path / "表" / "009_丁局_自评表.xlsx", "").projects == ()


def test_a_unit_that_the_budget_calls_otherwise_is_called_as_there_and_said(tmp_path):
    rows = [row.removeprefix(f"{CODES[0]},") for row in budget(tmp_path).read_text("utf-8").splitlines()[1:]]
    control = budget(
        tmp_path, *(f"{CODES[0]},县教育局,{row.partition(',')[2]}" for row in rows), "002,乙局,丙部,2,培训,,30,40"
    )
    roster = tmp_path / "名单.csv"
    roster.write_text(f"单位编码,单位名称\n{CODES[0]},县教体事务中心\n008,乙局\n", "utf-8")
    done = evalbatch("template", "--roster", roster, "--control", control, "-o", tmp_path / "表")
    assert done.stderr == (
        f"单位名单里的“{CODES[0]} 县教体事务中心”，批复数据里是“{CODES[0]} 县教育局”，它的表按批复数据填写，请核对名单\n"
        "单位名单里的“008 乙局”，批复数据里是“002 乙局”，它的表按批复数据填写，请核对名单\n"
    )
    names = sorted(path.name for path in (tmp_path / "表").iterdir())
    assert names == ["002_乙局_自评表.xlsx", f"{CODES[0]}_县教育局_自评表.xlsx"]
    checked = evalbatch("check", tmp_path / "表", "--control", control, "--format", "json")
    assert "M404" not in [one["code"] for form in json.loads(checked.stdout) for one in form["findings"]]


def test_of_two_units_of_a_list_that_are_one_in_the_budget_none_gets_its_projects_by_guess(tmp_path):
    control = budget(tmp_path, "001,县教育局,丙部,1,某项目,,10,20")
    roster = tmp_path / "名单.csv"
    roster.write_text("单位编码,单位名称\n001,县教体事务中心\n009,县教育局\n", "utf-8")
    done = evalbatch("template", "--roster", roster, "--control", control, "-o", tmp_path / "表")
    assert done.stderr.startswith(
        "有 2 个单位的表没有填项目和预算：县教体事务中心（批复数据里的“县教育局”在名单上还有一个单位"
    )
    assert [read_workbook(path, "").projects for path in (tmp_path / "表").iterdir()] == [(), ()]


def test_amounts_that_the_budget_contradicts_itself_about_are_left_to_the_clerk(tmp_path):
    control = budget(tmp_path, "001,甲局,丙部,1,某项目,其他,10,20", "001,甲局,丙部,1,某项目,其他,10,30")
    done = evalbatch("template", "--control", control, "-o", tmp_path / "表")
    assert (done.returncode, "金额却不同" in done.stderr) == (0, True)
    (project,) = read_workbook(tmp_path / "表" / "001_甲局_自评表.xlsx", "").projects
    assert [e.value for e in (project.name, project.initial, project.budget)] == ["某项目", None, None]


def test_an_amount_that_does_not_say_when_it_was_approved_is_the_initial_one(tmp_path):
    path = tmp_path / "批复.csv"
    path.write_text("单位编码,单位名称,项目名称,批复数\n001,甲局,某项目,12.34\n", "utf-8")
    evalbatch("template", "--control", path, "-o", tmp_path / "表")
    (project,) = read_workbook(tmp_path / "表" / "001_甲局_自评表.xlsx", "").projects
    assert (project.initial.value, project.budget.value) == (Decimal("12.34"), None)


def test_files_have_names_of_their_own_that_every_platform_takes():
    names = [("001", "某局/办公室"), ("", "ＡＢ局"), ("", "ab局"), ("", "CON"), ("", "局" * 200)]
    units = [Known(unit=Expected(code=code, name=name, department="")) for code, name in names]
    given = file_names(units, 2025)
    assert given[:4] == [
        "001_某局_办公室_2025_自评表.xlsx",
        "ＡＢ局_2025_自评表.xlsx",
        "ab局(2)_2025_自评表.xlsx",
        "_CON_2025_自评表.xlsx",
    ]
    assert len(given[4].encode()) < 255


REFUSED = {
    "one unit twice": (["001,某局", "002,某中心", "001,某局"], "第 2 行和第 4 行是同一个单位：某局。请删去一行"),
    "no name": (["001,某局", "002,"], "有 1 个单位只有编码，没有名称：002。请补上单位名称"),
    "no unit": ([], "里没有一个单位"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_list_is_refused_in_one_sentence_and_nothing_is_written(tmp_path, case):
    rows, said = REFUSED[case]
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(["单位编码,单位名称", *rows]), "utf-8")
    done = evalbatch("template", "--roster", path, "-o", tmp_path / "新")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "新").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--year", "2025"], "--year 要与 --roster 或 --control 同用：空白标准表的年度由单位填写"),
        (["--roster", "a.csv", "--year", "2025"], "预填表要用 -o 写明放在哪个文件夹"),
        (
            ["--roster", "a", "--example", "-o", "b"],
            "--example 不能与 --roster 或 --control 同用：示例和预填表请分两次写",
        ),
    ],
)
def test_options_that_do_not_belong_together_are_refused(tmp_path, args, said):
    done = evalbatch("template", *args, cwd=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (2, f"{said}\n", [])


def test_what_lies_there_is_never_written_over(tmp_path):
    units = [known(code) for code in CODES]
    *others, filled = prefilled(tmp_path, *units)
    for path in others:
        path.unlink()
    filled.write_bytes(b"filled")
    with pytest.raises(Exception, match=r"已有 1 份同名的文件.*0361003_.*没有写任何文件"):
        hand_out(units, tmp_path, 2025)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"filled"]


def test_a_further_run_writes_only_what_is_not_there_yet(tmp_path):
    prefilled(tmp_path, known(CODES[0]))
    done = hand_out([known(code) for code in CODES], tmp_path, 2025)
    assert (done.written, done.kept) == (2, 1)


@pytest.mark.parametrize(("policy", "own"), [("hubei", 80), ("national-2020", 90)])
def test_the_live_checks_of_a_policys_forms_add_its_execution_weight(tmp_path, roster, office, policy, own):
    """Indicators of 80 points are whole where the policy gives 预算执行率 20, short of 10 where it gives 10."""
    folder = tmp_path / "发给单位"
    project = {"code": "1", "name": "甲", "category": "特定目标类", "evaluated": "是", "budget": 1, "executed": 1}
    assert evalbatch("template", "--roster", roster, "--policy", policy, "-o", folder).returncode == 0
    paths = [min(folder.iterdir()), tmp_path / "空白.xlsx"]
    assert evalbatch("template", "--policy", policy, "-o", paths[1]).returncode == 0
    for path in paths:
        book = openpyxl.load_workbook(path)
        for cls, row in ((form.Project, project), (form.Indicator, {"project": "1", "weight": own})):
            ws = book[sheet_of(cls).title]
            for name, value in row.items():
                cell_of(ws, heading(cls, name)).offset(1, 0).value = value
        book.save(path)
    for after in office.convert(paths, tmp_path / "重算"):
        rows = openpyxl.load_workbook(after, data_only=True)[PROJECTS].iter_rows(values_only=True)
        assert form.WHOLE in {value for row in rows for value in row}


def test_the_examples_are_of_the_national_rule(tmp_path):
    done = evalbatch("template", "--example", "--policy", "hubei", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "--policy 不能与 --example 同用：示例按国家的办法填写\n")


def test_an_interrupted_run_leaves_whole_files_and_the_next_completes_it(tmp_path, roster):
    folder = tmp_path / "发给单位"
    call = [PROGRAM, "template", "--roster", str(roster), "-o", str(folder)]
    process = subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hears_interrupts
    )
    while not any(folder.glob("*.xlsx")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.strip()) == (130, "已中断")
    written = list(folder.iterdir())
    assert 0 < len(written) < 300
    for path in written:
        assert read_workbook(path, path.name).unit.name.value
    done = evalbatch("template", "--roster", roster, "-o", folder)
    assert done.stdout == f"已写出 {300 - len(written)} 份到 {folder}，另有 {len(written)} 份已在那里，没有变化\n"


def test_an_interruption_in_the_midst_of_a_file_is_no_error(tmp_path, roster):
    """A library that is stopped while it writes fails to close: what is told is the interruption."""
    code = (
        "import os, signal, sys, zipfile\nfrom evalbatch.cli import main\nusual = zipfile._get_compressor\n"
        "def compressor(*how):\n"
        "    if os.path.isdir(sys.argv[-1]) and os.listdir(sys.argv[-1]):\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return usual(*how)\n"
        "zipfile._get_compressor = compressor\nmain()"
    )
    call = [sys.executable, "-c", code, "template", "--roster", str(roster), "-o", str(tmp_path / "发给单位")]
    done = subprocess.run(call, capture_output=True, text=True, preexec_fn=hears_interrupts)
    assert (done.returncode, done.stderr) == (130, "已中断\n")


def small_files():
    """Files may not grow beyond half a form."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


def test_a_form_that_cannot_be_written_is_named_and_leaves_nothing_behind(tmp_path, roster):
    folder = tmp_path / "发给单位"
    call = [PROGRAM, "template", "--roster", str(roster), "-o", str(folder)]
    done = subprocess.run(call, preexec_fn=small_files, capture_output=True, text=True)
    assert (done.returncode, list(folder.iterdir())) == (2, [])
    assert "361001_某县第1单位_自评表.xlsx 写入失败：文件超过了限度" in done.stderr
