"""The scored workbook: everything that must be live is a formula, and every formula recalculates to its cached value."""

import zipfile
from decimal import Decimal

import openpyxl
import pytest
from support import GOOD, REPORT, county, evaluate_data, filling, gathered

from evalbatch.digest import digest
from evalbatch.model import UNSCORED, Verdict
from evalbatch.policy import load
from evalbatch.settings import names
from evalbatch.totals import UNGRADED
from evalbatch.writers.rollup import write_rollup
from evalbatch.writers.scored import write_scored

POLICY = load()
VARIANTS = {
    "filled": {},
    "yuan": {"change": {"unit.money": "元"}},
    "unassessed": {"remove": ["indicator.0.actual", "project.1.executed", "indicator.12.weight"]},
    "weights": {"change": {"indicator.0.weight": 25, "project.1.execution_weight": 0, "indicator.4.claimed": 8}},
    "differs": {
        "change": {"budget.basic.budget": 150, "project.0.fiscal_budget": 4, "budget.other_spending.budget": "很多"}
    },
    "exact": {
        "change": {
            "project.0.budget": Decimal("5.000319"),
            "project.2.budget": Decimal("6.329262"),
            "project.1.fiscal_budget": Decimal("49.996"),
            "budget.three_public.budget": Decimal("0.519262"),
            "budget.office_cost.budget": Decimal("25.591234"),
        }
    },
    "over": {
        "change": {
            "project.0.executed": 6,
            "project.2.budget": 0,
            "indicator.5.actual": "11.9",
            "indicator.0.actual": "-3",
        }
    },
    "odd": {
        "change": {"indicator.0.target": "约2000", "indicator.1.target": "15次或30小时", "indicator.2.actual": "=1+1"}
    },
    "spellings": {
        "change": {
            "indicator.0.target": "0.2万份",
            "indicator.1.nature": "",
            "indicator.1.target": "5至10次",
            "indicator.1.actual": "12次",
            "indicator.3.target": "±10%",
            "indicator.3.actual": "-12%",
            "indicator.4.target": "12月底前",
            "indicator.4.unit": "",
            "indicator.4.nature": "",
            "indicator.4.actual": "2025年12月20日",
            "indicator.15.target": "6月30日前",
            "indicator.15.nature": "",
            "indicator.15.unit": "",
            "indicator.15.actual": "7月2日",
        }
    },
    "absent": {
        "change": {"project.1.evaluated": "否", "project.1.excuse": "=cmd|x"},
        "remove": ["indicator.project=部门整体"],
    },
    "unusable": {
        "change": {
            "indicator.0.weight": 0,
            "indicator.1.weight": -3,
            "indicator.7.claimed": 3,
            "indicator.22.claimed": 8,
            "indicator.31.claimed": 16,
            "indicator.11.claimed": "#N/A",
            "indicator.33.actual": "#N/A",
            "department.execution_weight": "十分",
        },
        "remove": ["indicator.8.actual"],
    },
    "empty": {"change": {"project": [], "indicator": [], "standard": []}},
}


COUNTIES = {
    "rescale": '[satisfaction]\nmissing = "rescale"',
    "move": '[satisfaction]\nmissing = "move"',
    "refuse": '[satisfaction]\nmissing = "refuse"',
    "strict": '[execution]\ndecimals = 1\n[rules]\nreverse = "ratio"\nequal = "exact"\nzero = "manual"\ncost = "equal"\n'
    'between = "none"\nnegative = "manual"\nabout = 0.05',
}
UNDER_POLICIES = {
    "filled": {},
    "over": VARIANTS["over"],
    "odd": VARIANTS["odd"],
    "short": {
        "change": {"indicator.1.target": "≤0", "indicator.1.actual": "2", "indicator.3.actual": "120"},
        "remove": ["indicator.9"],
    },
    "nobody": {"remove": ["indicator.9", "indicator.23", "indicator.0.actual"]},
}


def written(folder, name, case, base=GOOD, policy=POLICY.name):
    """The evaluation of a changed example and the path of its scored workbook."""
    evaluation = evaluate_data(folder, filling(base, case), policy)
    path = folder / f"{name}.xlsx"
    path.write_bytes(write_scored(evaluation, load(policy)))
    return evaluation, path


def heading_row(ws):
    """The row of a sheet's headings: the one with most texts among the first fifteen."""
    return max(range(1, 16), key=lambda r: sum(isinstance(c.value, str) for c in ws[r]))


def column(ws, title):
    """The column of a heading."""
    return next(cell.column for cell in ws[heading_row(ws)] if cell.value == title)


def formulas(path):
    """Every formula cell of a workbook: sheet and address to formula."""
    book = openpyxl.load_workbook(path)
    return {
        (ws.title, c.coordinate): c.value for ws in book for row in ws.iter_rows() for c in row if c.data_type == "f"
    }


def values(path, cells):
    """What some cells hold."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {cell: book[cell[0]][cell[1]].value for cell in cells}


def same(a, b):
    """Whether two cell values are equal, numbers to the ninth decimal, a blank as good as an empty text."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) < 1e-9
    return (a or "") == (b or "")


def differing(before, after, cells):
    """The cells whose values differ between two workbooks."""
    old, new = values(before, cells), values(after, cells)
    return {cell: (old[cell], new[cell]) for cell in cells if not same(old[cell], new[cell])}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The good example's evaluation and scored workbook."""
    return written(tmp_path_factory.mktemp("good"), "good", {})


def test_the_sheets_stand_in_the_agreed_order(good):
    forms = [f"自评表-{code}" for code in ("1", "2", "3", "4", "部门整体")]
    expected = ["评价结论", "问题清单", "收支对账", "评分明细", *forms, "规则执行"]
    assert openpyxl.load_workbook(good[1]).sheetnames == expected


def test_scores_and_differences_are_formulas(good):
    ws = openpyxl.load_workbook(good[1])["评分明细"]
    score, gap, name = column(ws, "得分"), column(ws, "差额"), column(ws, "三级指标")
    rows = [r for r in range(heading_row(ws) + 1, ws.max_row + 1) if ws.cell(r, name).value]
    assert len(rows) >= len(good[0].submission.indicators)
    assert [r for r in rows if ws.cell(r, score).data_type != "f" or ws.cell(r, gap).data_type != "f"] == []


def test_the_projects_results_are_formulas(good):
    ws = openpyxl.load_workbook(good[1])["评价结论"]
    names = {score.name for score in good[0].scores.projects}
    head = next(r for r in range(1, 40) if "项目名称" in [c.value for c in ws[r]])
    at = {cell.value: cell.column for cell in ws[head]}
    rows = [r for r in range(head + 1, ws.max_row + 1) if ws.cell(r, at["项目名称"]).value in names]
    assert len(rows) == 4
    for title in ("测算得分", "差额", "评价等级"):
        assert {ws.cell(r, at[title]).data_type for r in rows} == {"f"}


def test_every_total_difference_and_verdict_is_a_formula(good):
    ws = openpyxl.load_workbook(good[1])["收支对账"]
    verdict = column(ws, "结论")
    cached = openpyxl.load_workbook(good[1], data_only=True)["收支对账"]
    words = {*(v.value for v in Verdict), "未超过", "超过"}
    rows = [r for r in range(1, ws.max_row + 1) if cached.cell(r, verdict).value in words]
    assert len(rows) == len(good[0].identities)
    limits = {cached.cell(r, verdict).value for r in rows if ws.cell(r, column(ws, "规则")).value == "M106"}
    assert limits == {"未超过"}
    for title in ("合计", "差额", "容差", "结论"):
        assert {ws.cell(r, column(ws, title)).data_type for r in rows} == {"f"}


def test_staff_text_never_becomes_a_formula(tmp_path):
    case = {"change": {"project.0.name": "=1+1", "indicator.0.name": "+cmd|'/c calc'!A1", "unit.name": "@SUM(A1)"}}
    _, path = written(tmp_path, "x", case)
    assert [f for f in formulas(path).values() if "cmd" in f or f in ("=1+1", "=SUM(A1)")] == []
    texts = {
        c.value for ws in openpyxl.load_workbook(path) for row in ws.iter_rows() for c in row if c.data_type == "s"
    }
    shown = "\n".join(str(text) for text in texts)
    assert all(text in shown for text in ("=1+1", "+cmd|'/c calc'!A1", "@SUM(A1)"))


def test_every_formula_recalculates_to_its_cached_value(tmp_path, office):
    paths = []
    evaluations = []
    for name, case in VARIANTS.items():
        evaluation, path = written(tmp_path, name, case)
        evaluations.append(evaluation)
        paths.append(path)
    paths.append(written(tmp_path, "report", {}, REPORT)[1])
    rollup = tmp_path / "rollup.xlsx"
    rollup.write_bytes(
        write_rollup(gathered(**{name: digest(one) for name, one in zip("abc", evaluations[:3], strict=True)}))
    )
    paths.append(rollup)
    recalculated = office.convert(paths, tmp_path / "out")
    for before, after in zip(paths, recalculated, strict=True):
        cells = formulas(before)
        assert len(cells) > 3
        assert differing(before, after, cells) == {}, before.name


def test_every_formula_recalculates_to_its_cached_value_under_every_policy(tmp_path, office):
    policies = {name: name for name in names()}
    policies.update({name: county(tmp_path, text, f"{name}.toml") for name, text in COUNTIES.items()})
    paths = [
        written(tmp_path, f"{name}-{variant}", case, policy=policy)[1]
        for name, policy in policies.items()
        for variant, case in UNDER_POLICIES.items()
    ]
    assert len(paths) == len(policies) * len(UNDER_POLICIES)
    for before, after in zip(paths, office.convert(paths, tmp_path / "out"), strict=True):
        cells = formulas(before)
        assert len(cells) > 3
        assert differing(before, after, cells) == {}, before.name


def test_a_rescaled_total_follows_a_changed_result(tmp_path, office):
    """89.05 of 90 is 98.94 of 100; with 1000 of 2000 leaflets it is 84.05 of 90, 93.39 of 100."""
    policy = county(tmp_path, COUNTIES["rescale"])
    evaluation, path = written(tmp_path, "rescaled", {"remove": ["indicator.9"]}, policy=policy)
    project = evaluation.scores.projects[0]
    assert (project.score, project.total, project.grade) == (Decimal("89.05"), Decimal("98.94"), "优")
    book = openpyxl.load_workbook(path)
    ws = book["评分明细"]
    name = evaluation.submission.indicators[0].name.value
    at = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, column(ws, "三级指标")).value == name)
    ws.cell(at, column(ws, "实际完成值")).value = 1000
    book.save(path)
    (after,) = office.convert([path], tmp_path / "out")
    rows = openpyxl.load_workbook(after, data_only=True)["评价结论"].iter_rows(values_only=True)
    line = next(row for row in rows if project.name in row)
    assert any(same(cell, 93.39) for cell in line)
    assert "已评 84.05 / 90 分，折算为 93.39 分" in line


def test_a_wrong_cached_value_is_seen_to_be_corrected(good, tmp_path, office):
    """Without this the test above would be empty: LibreOffice may trust cached values."""
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(good[1]) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</f><v>99.05</v>", b"</f><v>12.34</v>"))
    (corrected,) = office.convert([wrong], tmp_path / "out")
    cells = formulas(good[1])
    assert differing(good[1], wrong, cells) != {}
    assert differing(good[1], corrected, cells) == {}


@pytest.mark.parametrize(
    ("row", "typed", "actual"),
    [(0, 1000, "1000"), (4, 100, "100%"), (9, 45, "45%")],
    ids=["half", "met", "below"],
)
def test_score_total_and_grade_follow_a_changed_result(good, tmp_path, office, row, typed, actual):
    book = openpyxl.load_workbook(good[1])
    ws = book["评分明细"]
    name = good[0].submission.indicators[row].name.value
    at = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, column(ws, "三级指标")).value == name)
    ws.cell(at, column(ws, "实际完成值")).value = typed
    path = tmp_path / "changed.xlsx"
    book.save(path)
    (after,) = office.convert([path], tmp_path / "out")
    expected = evaluate_data(tmp_path, filling(case={"change": {f"indicator.{row}.actual": actual}})).scores.projects[0]
    detail = openpyxl.load_workbook(after, data_only=True)["评分明细"]
    assert same(detail.cell(at, column(ws, "得分")).value, float(expected.indicators[row].score))
    assert detail.cell(at, column(ws, "计分依据")).value == expected.indicators[row].basis
    conclusion = openpyxl.load_workbook(after, data_only=True)["评价结论"]
    line = next(r for r in conclusion.iter_rows(values_only=True) if expected.name in r)
    assert any(same(cell, float(expected.score)) for cell in line)
    assert expected.grade in line
    assert expected.score != good[0].scores.projects[0].score


def test_a_result_typed_in_later_is_scored(tmp_path, office):
    case = {"remove": ["indicator.0.actual"]}
    evaluation, path = written(tmp_path, "blank", case)
    assert evaluation.scores.projects[0].grade is None
    book = openpyxl.load_workbook(path)
    ws = book["评分明细"]
    name = evaluation.submission.indicators[0].name.value
    at = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, column(ws, "三级指标")).value == name)
    assert openpyxl.load_workbook(path, data_only=True)["评分明细"].cell(at, column(ws, "得分")).value == UNSCORED
    ws.cell(at, column(ws, "实际完成值")).value = 2150
    book.save(path)
    (after,) = office.convert([path], tmp_path / "out")
    line = next(
        r
        for r in openpyxl.load_workbook(after, data_only=True)["评价结论"].iter_rows(values_only=True)
        if evaluation.scores.projects[0].name in r
    )
    assert any(same(cell, 99.05) for cell in line)
    assert UNGRADED not in line


def test_the_checklist_links_to_cells_that_show_the_figure(tmp_path):
    evaluation, path = written(tmp_path, "r", VARIANTS["differs"])
    book = openpyxl.load_workbook(path)
    ws = book["问题清单"]
    links = [cell.hyperlink for row in ws.iter_rows() for cell in row if cell.hyperlink]
    assert len(links) >= 3
    for link in links:
        title, ref = link.location.replace("'", "").split("!")
        assert book[title][ref].value is not None
    assert len(evaluation.findings) == ws.max_row - heading_row(ws)


def test_the_checklist_of_a_good_form_says_so(good):
    ws = openpyxl.load_workbook(good[1])["问题清单"]
    assert any("未发现问题" in str(cell.value) for row in ws.iter_rows() for cell in row)


def test_the_ledger_lists_every_rule(good):
    ws = openpyxl.load_workbook(good[1])["规则执行"]
    listed = {ws.cell(r, column(ws, "规则")).value for r in range(heading_row(ws) + 1, ws.max_row + 1)}
    assert {line.code for line in good[0].rules} <= listed
    said = {
        ws.cell(r, 1).value: ws.cell(r, column(ws, "结果")).value for r in range(heading_row(ws) + 1, ws.max_row + 1)
    }
    assert (said["M101"], said["M401"], said["B401"]) == ("通过", "未执行", "见汇总表")


def test_the_ledger_tells_what_waits_for_a_mended_finding(tmp_path):
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"project.1.executed": 496000}}))
    (tmp_path / "评分.xlsx").write_bytes(write_scored(evaluation, load("national-2020")))
    rows = openpyxl.load_workbook(tmp_path / "评分.xlsx")["规则执行"].iter_rows(values_only=True)
    results = {row[0]: row[3] for row in rows}
    waiting = {line.code: len(line.held) for line in evaluation.rules if line.held and line.status == "skipped"}
    assert waiting
    assert {code: results[code] for code in waiting} == {code: f"{n} 处未查" for code, n in waiting.items()}
