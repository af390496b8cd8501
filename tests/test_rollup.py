"""The roll-up: every figure reconciles with the workbooks, every formula recalculates to its cached value."""

import re
import tempfile
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from county_run import CROSSINGS, REFUSALS, roster, run_of
from support import GOOD, REPORT, evaluate_data, filling

from evalbatch.digest import digest
from evalbatch.gathered import Expected, Gathered
from evalbatch.model import Crossing, Member, Refusal, Severity, Status
from evalbatch.rules import CATALOGUE
from evalbatch.writers.rollup import Mismatch, write_rollup
from evalbatch.writers.rollup.facts import CONCLUSIONS, label_of
from evalbatch.writers.rollup.risks import RISKS
from evalbatch.writers.rollup.senders import sent

SHEETS = ["汇总", "项目总表", "分布", "问题热力", "问题总表", "复核抽样", "整改台账", "报送情况", "未评"]
OVERSPENT = {
    "project.2.executed": 7,
    "project.2.fiscal_executed": 7,
    "indicator.0.actual": "很多",
    "project.1.evaluated": "否",
    "project.1.excuse": "跨年项目",
}


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    """The digests of three filled forms: a good one, a published one, one with mistakes."""
    folder = tmp_path_factory.mktemp("bases")
    cases = ((GOOD, {}), (REPORT, {}), (GOOD, {"change": OVERSPENT}))
    return [digest(evaluate_data(folder, filling(base, case))) for base, case in cases]


@pytest.fixture(scope="module")
def run(bases):
    """A run over forty units with a roster, two unreadable files and a fault across units."""
    return run_of(bases, 40, refusals=REFUSALS, crossings=CROSSINGS, roster=roster(run_of(bases, 40)))


@pytest.fixture(scope="module")
def path(run, tmp_path_factory):
    """The roll-up of that run."""
    return written(tmp_path_factory.mktemp("rollup"), run)


@pytest.fixture(scope="module")
def book(path):
    """The roll-up with its cached values."""
    return openpyxl.load_workbook(path, data_only=True)


def written(folder, gathered, name="rollup", **more):
    made = folder / f"{name}.xlsx"
    made.write_bytes(write_rollup(gathered, **more))
    return made


def few(*digests, **more):
    """A run over these digests."""
    named = [(f"{n}", one) for n, one in enumerate(digests)]
    return Gathered(digests=lambda: iter(named), **{"refusals": (), **more})


def heading_row(ws, title="序号"):
    return next(row for row in range(1, 12) if title in [cell.value for cell in ws[row]])


def table(ws, title="序号"):
    """The rows below a sheet's headings, by heading."""
    head = heading_row(ws, title)
    titles = [cell.value for cell in ws[head]]
    rows = ws.iter_rows(min_row=head + 1, values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def units(book):
    return [row for row in table(book["汇总"]) if isinstance(row["序号"], int)]


def projects(book):
    return [row for row in table(book["项目总表"], "编码") if row["编码"] not in ("合计", "小计")]


def formulas(path):
    return {
        (ws.title, c.coordinate): c.value
        for ws in openpyxl.load_workbook(path)
        for row in ws.iter_rows()
        for c in row
        if c.data_type == "f"
    }


def differing(before, after):
    """The formula cells whose value changes when it is computed anew."""
    old, new = (openpyxl.load_workbook(one, data_only=True) for one in (before, after))
    found = {}
    for title, cell in formulas(before):
        a, b = old[title][cell].value, new[title][cell].value
        same = (
            abs(a - b) < 1e-7 if isinstance(a, int | float) and isinstance(b, int | float) else (a or "") == (b or "")
        )
        if not same:
            found[title, cell] = a, b
    return found


HOSTILE = ("=1+1", "*", "甲?局", ">5", "101", "甲局\n二科", "", "水务局", "水务局 ", "x" * 400)


def test_the_sheets_stand_in_the_agreed_order(book):
    assert book.sheetnames == SHEETS


def test_every_formula_recalculates_to_its_cached_value(bases, heavy, run, path, tmp_path, office):
    odd = [replace(bases[i % 3], department=name, name=f"单位{i}") for i, name in enumerate(HOSTILE)]
    blank = replace(bases[0], projects=(), problems=(), findings=(), budget=None, executed=None, rate=None)
    paths = [
        path,
        written(tmp_path, run, "short", rows=30),
        written(tmp_path, run_of(bases, 3), "three"),
        written(tmp_path, few(*odd), "odd"),
        written(tmp_path, few(blank), "blank"),
        written(tmp_path, few(heavy, heavy, crossings=(twice("B102", 1, 2),)), "twice"),
        written(tmp_path, few(refusals=REFUSALS, roster=()), "none"),
    ]
    for before, after in zip(paths, office.convert(paths, tmp_path / "out"), strict=True):
        assert len(formulas(before)) > 2, before.name
        assert differing(before, after) == {}, before.name


def test_files_in_are_the_verdicts_out(run, book):
    found = Counter(row["结论"] for row in units(book))
    unread = [row for row in table(book["未评"], "文件") if row["文件"]]
    assert found == Counter(one.status.value for _, one in run.digests())
    assert found.total() + len(unread) == 42
    words = "\n".join(str(row[0]) for row in book["汇总"].iter_rows(max_row=6, values_only=True))
    passed, doubtful, returned = (
        found[s.value] for s in (Status.ACCEPTED, Status.ACCEPTED_WITH_ISSUES, Status.REJECTED)
    )
    assert (
        f"收到 42 份：已评 40 份（通过 {passed} 份，基本通过 {doubtful} 份，退回 {returned} 份），未评 2 份。" in words
    )
    sent_back = sum(1 for row in table(book["报送情况"]) if row["报送情况"] == "退回")
    assert f"应报 38 个单位，已报 35 个（其中退回 {sent_back} 个），未报 3 个。" in words
    assert f"下一步：退回 {returned} 份" in words


def twice(code, *numbers):
    """A fault across the workbooks with these places."""
    members = tuple(Member(number=number, unit="", file="") for number in numbers)
    return Crossing(code=code, severity=Severity.ERROR, members=members, message="报了几份", fix="请确认")


def verdict(book):
    """The lines above the units, joined."""
    ws = book["汇总"]
    return "\n".join(str(row[0].value) for row in ws.iter_rows(min_row=3, max_row=heading_row(ws) - 1))


def test_who_handed_in_more_than_once_is_said_with_what_the_sums_contain_too_much(bases, tmp_path):
    whole = {"budget": Decimal(12_340_000), "executed": Decimal(12_340_000), "rate": Decimal(1)}
    came = [
        replace(bases[0], name=name, code=name, file=f"{name}{n}.xlsx", **whole)
        for n, name in enumerate("甲乙甲丙甲丁丁乙丙")
    ]
    crossings = (
        twice("B101", 1, 3),
        twice("B102", 3, 5),
        twice("B102", 6, 7),
        twice("B101", 2, 8),
        twice("B101", 4, 9),
    )
    path = written(tmp_path, few(*came, crossings=crossings))
    made = openpyxl.load_workbook(path, data_only=True)
    assert "全年预算数 11,106.00 万元" in verdict(made)
    assert (
        "4 个单位报了不止一份（甲、乙、丙等；下面名称标了底色，“通过”的结论还不能用），各项合计把每一份都算了进去，"
        "各单位第一份以外的全年预算数共 6,170.00 万元。请先确认以哪份为准。" in verdict(made)
    )
    assert "下一步：4 个单位报了不止一份，请先确认以哪份为准" in verdict(made)


def test_the_rows_of_who_handed_in_more_than_once_stand_out(bases, tmp_path):
    came = [replace(bases[0], name=name, file=f"{n}.xlsx") for n, name in enumerate("甲乙甲")]
    ws = openpyxl.load_workbook(written(tmp_path, few(*came, crossings=(twice("B101", 1, 3),))))["汇总"]
    head = heading_row(ws)
    name, file = (next(c.column for c in ws[head] if c.value == title) for title in ("单位名称", "来源文件"))
    filled = {ws.cell(row, file).value: ws.cell(row, name).fill.fgColor.rgb for row in range(head + 1, head + 4)}
    assert filled["0.xlsx"] == filled["2.xlsx"] == "FFFDEBC8" != filled["1.xlsx"]


def test_a_form_without_usable_money_is_in_no_sum_and_not_counted_as_too_much(bases, tmp_path):
    whole = {"budget": Decimal(10_000), "executed": Decimal(10_000), "rate": Decimal(1)}
    came = [replace(bases[0], file="0.xlsx", budget=None, rate=None), replace(bases[0], file="1.xlsx", **whole)]
    made = openpyxl.load_workbook(written(tmp_path, few(*came, crossings=(twice("B101", 1, 2),))), data_only=True)
    assert "第一份以外的全年预算数共 0.00 万元" in verdict(made)


def test_faults_across_units_are_counted_beside_those_of_the_units(book, bases, tmp_path):
    assert "处。另有跨单位的问题：警告 1 处（见“问题总表”）。" in verdict(book)
    alone = openpyxl.load_workbook(written(tmp_path, run_of(bases, 3)), data_only=True)
    assert "跨单位" not in verdict(alone)
    assert "报了不止一份" not in verdict(alone)


def test_a_fault_that_one_workbook_has_is_not_called_the_commonest(bases, tmp_path):
    finding = replace(bases[1].findings[0], code="F301", severity=Severity.ERROR, waiver=None)
    bad = [replace(bases[0], file=f"{n}.xlsx", status=Status.REJECTED, findings=(finding,)) for n in range(2)]
    one, both = (
        openpyxl.load_workbook(written(tmp_path, few(*came), f"{len(came)}"), data_only=True) for came in (bad[:1], bad)
    )
    assert "下一步：退回 1 份，请单位改正后重报。" in verdict(one)
    assert "退回 2 份，请单位改正后重报；最常见的错误是“F301 必填单元格空白”，其中 2 份有。" in verdict(both)


def test_the_units_are_ranked_by_their_computed_score(run, book):
    rows = units(book)
    whole = [row for row in rows if row["名次"] != "—"]
    scores = [row["测算得分"] for row in whole]
    assert scores == sorted(scores, reverse=True)
    assert [row["名次"] for row in whole] == [1 + sum(1 for s in scores if s > row["测算得分"]) for row in whole]
    assert {row["等级"] for row in rows[len(whole) :]} == {"未定级"}
    assert len(rows) == sum(1 for _ in run.digests())


def test_money_adds_up_over_departments(run, book):
    rows = table(book["项目总表"], "编码")
    total = next(row for row in rows if row["编码"] == "合计")
    subtotals = [row for row in rows if row["编码"] == "小计"]
    for title, key in (("年初预算数", "initial"), ("调整后预算数", "budget"), ("全年执行数", "executed")):
        read = sum(getattr(p, key) or 0 for _, one in run.digests() for p in one.projects) / 10_000
        assert total[title] == pytest.approx(float(read))
        assert sum(row[title] for row in subtotals) == pytest.approx(total[title])
    assert sum(row["名称"] for row in subtotals) == total["名称"] == len(projects(book)) == 160
    assert sum(row["预算单位"] for row in subtotals) == total["预算单位"] == 40
    for row in subtotals:
        own = [p for p in projects(book) if p["主管部门"] == row["主管部门"]]
        graded = Counter(p["自评结论(优良中差)"] for p in own)
        assert row["得分"] == "，".join(f"{word} {graded[word]}" for word in CONCLUSIONS)


def test_a_project_has_a_score_only_where_all_of_it_is_assessed(book):
    rows = projects(book)
    assert {row["得分"] for row in rows if row["自评结论(优良中差)"] == "未评"} == {"未评"}
    assert {row["得分"] for row in rows if row["自评结论(优良中差)"] == "不参评"} == {"不参评"}
    graded = [row for row in rows if row["自评结论(优良中差)"] in ("优", "良", "中", "差")]
    assert [row for row in graded if row["得分"] != row["测算得分"]] == []
    assert {"未评", "不参评"} < {row["自评结论(优良中差)"] for row in rows}


@pytest.fixture(scope="module")
def heavy(tmp_path_factory):
    """The digest of a unit one of whose projects has weights of 102, all assessed; another is not evaluated."""
    folder = tmp_path_factory.mktemp("heavy")
    case = {"change": {"indicator.0.weight": 12, "project.1.evaluated": "否", "project.1.excuse": "跨年项目"}}
    return digest(evaluate_data(folder, filling(GOOD, case)))


def test_a_project_all_assessed_whose_weights_do_not_make_100_is_ungraded_not_unassessed(heavy, tmp_path):
    path = written(tmp_path, few(heavy))
    made = openpyxl.load_workbook(path, data_only=True)
    (row,) = (row for row in projects(made) if "/ 102 分" in (row["已评/总分"] or ""))
    assert (row["自评结论(优良中差)"], row["得分"], row["差额"]) == ("未定级", "未定级", None)
    assert row["测算得分"] is not None
    total = next(row for row in table(made["项目总表"], "编码") if row["编码"] == "合计")
    assert "未定级 1，未评 0，不参评 1" in total["得分"]
    spread = {row[7]: row[9] for row in made["分布"].iter_rows(min_row=5, max_row=12, values_only=True)}
    assert list(spread) == [*CONCLUSIONS, "合计"]
    assert (spread["未定级"], spread["不参评"]) == (1, 1)
    assert spread["合计"] == sum(spread[word] for word in CONCLUSIONS) == len(projects(made))


def test_what_the_charts_leave_out_is_told_apart(heavy, tmp_path):
    made = openpyxl.load_workbook(written(tmp_path, few(heavy)), data_only=True)
    count = len(heavy.projects)
    assert (
        f"共画 {count - 2} 个；全部 {count} 个项目里，1 个不参评，1 个没有评完、未定级或缺执行率、自评得分。"
        in made["分布"]["A44"].value
    )


def test_findings_are_the_sum_of_the_units(run, book):
    listed = Counter(row["级别"] for row in table(book["问题总表"]))
    across = Counter(crossing.severity.value for crossing in CROSSINGS)
    for severity in Severity:
        expected = sum(one.counts[severity] for _, one in run.digests())
        assert sum(row[severity.value] for row in units(book)) == expected
        assert listed[severity.value] - across[severity.value] == expected
    heat = [row for row in table(book["问题热力"]) if isinstance(row["序号"], int) and row["合计"] is not None]
    found = [count for _, one in run.digests() if (count := sum(one.counts.values()))]
    assert sorted(row["合计"] for row in heat[: len(found)]) == sorted(found)
    assert f"没有问题的 {40 - len(found)} 份不列" in book["问题热力"]["A2"].value


def test_faults_across_units_come_first(book):
    first = table(book["问题总表"])[0]
    assert first["单位"] == "跨单位：甲、乙"
    assert (first["规则"], first["工作表/单元格"]) == ("B201", "甲：绩效指标!A5")


def test_the_commonest_faults_say_how_to_prevent_them(run, book):
    counted = Counter(finding.code for _, one in run.digests() for finding in one.findings)
    text = [[cell for cell in row if cell is not None] for row in book["问题热力"].iter_rows(values_only=True)]
    start = next(i for i, row in enumerate(text) if row and str(row[0]).startswith("最常见的 10 种"))
    shown = [(row[1].split()[0], row[2], row[4]) for row in text[start + 2 : start + 12]]
    assert [count for _, count, _ in shown] == [count for _, count in counted.most_common(10)]
    assert all(counted[code] == count and CATALOGUE[code].fix == fix for code, count, fix in shown)


def test_rules_beyond_the_columns_are_summed_in_one(bases, tmp_path):
    finding = next(f for f in bases[1].findings)
    findings = tuple(replace(finding, code=code) for code in list(CATALOGUE)[:45] for _ in range(2))
    made = openpyxl.load_workbook(written(tmp_path, few(replace(bases[0], findings=findings))), data_only=True)
    head = [str(cell.value) for cell in made["问题热力"][4]]
    assert "其他 15 条规则" in head
    assert [made["问题热力"].cell(6, 1 + head.index(t)).value for t in ("合计", "其他 15 条规则")] == [90, 30]


def test_the_sample_is_a_tenth_or_twenty_and_says_why(run, book):
    rows = table(book["复核抽样"])
    evaluated = sum(p.evaluated for _, one in run.digests() for p in one.projects)
    assert f"{evaluated} 个参评项目里按风险分抽 20 个" in book["复核抽样"]["A2"].value
    assert len(rows) == 20
    points = [row["风险分"] for row in rows]
    assert points == sorted(points, reverse=True)
    for row in rows:
        assert sum(map(int, re.findall(r"（(\d+)）", row["为什么抽到"]))) == row["风险分"]
        assert row["复核得分"] is row["复核意见"] is row["复核人"] is None
    assert all(risk.name in book["复核抽样"]["A3"].value for risk in RISKS)


def test_an_inflated_copied_and_warned_project_is_drawn_first(bases, tmp_path):
    plain = [replace(p, signal="", claimed=p.score, grade="优", table=f"{i}") for i, p in enumerate(bases[0].projects)]
    loud = replace(plain[3], signal="红", claimed=Decimal(100), score=Decimal(70), table="same")
    one = replace(bases[0], projects=(*plain[:3], loud))
    other = replace(bases[0], name="乙", code="B2", file="乙.xlsx", projects=(replace(plain[3], table="same"),))
    made = openpyxl.load_workbook(written(tmp_path, few(one, other, crossings=CROSSINGS)), data_only=True)
    first = table(made["复核抽样"])[0]
    assert (first["单位"], first["项目编号"]) == (one.name, "4")
    for reason in ("红色预警（3）", "自评高出测算 30.00 分（4）", "指标表与其他单位的项目相同（3）"):
        assert reason in first["为什么抽到"]


def test_the_ledger_of_remedies_has_every_row_with_room_for_the_outcome(run, book):
    rows = table(book["整改台账"])
    expected = [p for _, one in run.digests() for p in one.problems]
    assert [(r["存在的问题"] or "", r["责任人"] or "", r["完成时限"] or "") for r in rows] == [
        (p.problem, p.owner, p.due) for p in expected
    ]
    assert {row["整改情况"] for row in rows} == {None}


def test_a_unit_is_known_by_its_code_then_by_its_name(bases, tmp_path):
    came = [
        replace(bases[0], code="A1", name="改了名的单位", department="甲局"),
        replace(bases[1], code="", name="乙单位", file="乙.xlsx", department="甲局"),
        replace(bases[0], code="Z9", name="没人要的单位", file="丙.xlsx", department="乙局"),
    ]
    expected = (
        Expected(code="A1", name="甲单位", department="甲局"),
        Expected(code="A2", name="乙单位", department="甲局"),
        Expected(code="A3", name="丁单位", department="丙局"),
        Expected(code="A4", name="戊单位", department="丙局"),
    )
    refusals = (Refusal(file="收件/丁单位.xls", sha256=None, reason="旧版"),)
    made = openpyxl.load_workbook(written(tmp_path, few(*came, roster=expected, refusals=refusals)), data_only=True)
    rows = table(made["报送情况"])
    states = {row["单位名称"]: (row["报送情况"], row["文件和说明"] or "") for row in rows if row["序号"]}
    assert {name: state for name, (state, _) in states.items()} == {
        "甲单位": "已报" if came[0].status is not Status.REJECTED else "退回",
        "乙单位": "退回",
        "丁单位": "退回",
        "戊单位": "未报",
        "没人要的单位": "名单外",
    }
    assert "改了名的单位" in states["甲单位"][1]
    assert states["丁单位"][1] == "报来的文件读不了：收件/丁单位.xls。旧版"
    total = next(row for row in rows if row["单位编码"] == "合计")
    assert [total[key] for key in ("应报", "已报", "退回", "未报")] == [4, 3, 2, 1]
    subtotals = [row for row in rows if row["单位编码"] == "小计"]
    assert [(row["主管部门"], row["应报"], row["未报"]) for row in subtotals] == [
        ("甲局", 2, 0),
        ("丙局", 2, 1),
        ("乙局", 0, 0),
    ]


SENT = (
    Expected(code="301001", name="云溪县教育局", department="教育局"),
    Expected(code="301002", name="云溪县教育局幼儿园", department="教育局"),
    Expected(code="07", name="云溪县档案馆（本级）", department="档案馆"),
    Expected(code="A-01", name="", department=""),
)


@pytest.mark.parametrize(
    ("file", "sender"),
    [
        ("收件/301001_2025.xls", SENT[0]),
        ("301001.xls", SENT[0]),
        ("云溪县教育局2025年自评表（定稿）.xls", SENT[0]),
        ("云溪县教育局幼儿园.xls", SENT[1]),
        ("２０２５ 云溪县档案馆(本级).xls", SENT[2]),
        ("报A-01号.xls", SENT[3]),
        ("301001_云溪县教育局.xls", SENT[0]),
        ("301001_云溪县教育局幼儿园.xls", None),
        ("云溪县教育局和云溪县档案馆（本级）.xls", None),
        ("3010011.xls", None),
        ("07.xls", None),
        ("301001/自评表.xls", None),
        ("教育局.xls", None),
    ],
)
def test_whose_an_unreadable_file_is_is_told_by_its_name_alone(file, sender):
    """A name inside a longer one that is there too counts for nothing; two units are none."""
    assert sent(SENT, [Refusal(file=file, sha256=None, reason="旧版")]).get(file) == sender


def test_a_unit_whose_workbook_cannot_be_read_is_returned_and_not_urged_again(bases, tmp_path):
    expected = tuple(Expected(code=code, name=f"{code}单位", department="甲局") for code in ("A01", "A02", "A03"))
    refusals = tuple(Refusal(file=f"{name}.xls", sha256=None, reason="旧版") for name in ("A01", "A02单位", "自评表"))
    came = replace(bases[0], code="A01", name="A01单位", status=Status.ACCEPTED)
    path = written(tmp_path, few(came, roster=expected, refusals=refusals))
    made = openpyxl.load_workbook(path, data_only=True)
    rows = {row["单位名称"]: row for row in table(made["报送情况"]) if row["序号"]}
    assert [(row["报送情况"], row["结论"], row["文件和说明"]) for row in rows.values()] == [
        ("已报", "通过", "另有 1 份读不了：A01.xls"),
        ("退回", "未评", "报来的文件读不了：A02单位.xls。旧版"),
        ("未报", None, None),
    ]
    assert "应报 3 个单位，已报 2 个（其中退回 1 个，含读不了的 1 个），未报 1 个。" in verdict(made)
    assert "催报 1 个单位" in verdict(made)
    assert "1 份读不了的文件，从文件名看不出是哪个单位报的，见“未评”。" in made["报送情况"]["A3"].value
    assert [row["单位（按文件名）"] for row in table(made["未评"])] == ["A01单位", "A02单位", "看不出"]


def test_a_unit_that_handed_in_for_two_years_is_said_too(bases, tmp_path):
    """No rule says so: the roster does."""
    came = [replace(bases[0], code="A1", name="甲", file=f"{year}.xlsx", year=year) for year in ("2024", "2025")]
    expected = (Expected(code="A1", name="甲", department="甲局"),)
    path = written(tmp_path, few(*came, roster=expected))
    made = openpyxl.load_workbook(path, data_only=True)
    assert "已评 2 份，来自 1 个单位（" in verdict(made)
    assert "1 个单位报了不止一份（甲；" in verdict(made)
    assert "1 个单位报了不止一份，请先确认以哪份为准。" in made["报送情况"]["A3"].value
    (row,) = (row for row in table(made["报送情况"]) if row["序号"])
    assert (row["结论"], row["文件和说明"]) == (
        f"{came[0].status.value}（2 份）",
        "报了 2 份，请先确认以哪份为准：2024.xlsx、2025.xlsx",
    )


def test_workbooks_are_not_called_units_where_one_handed_in_twice(bases, tmp_path):
    came = [
        replace(bases[0], name=name, code=name, file=f"{n}.xlsx", department="甲局") for n, name in enumerate("甲乙甲")
    ]
    path = written(tmp_path, few(*came, crossings=(twice("B101", 1, 3),)))
    made = openpyxl.load_workbook(path, data_only=True)
    assert "已评 3 份，来自 2 个单位（" in verdict(made)
    total = next(row for row in table(made["报送情况"]) if row["单位编码"] == "合计")
    assert total["已报"] == 2
    titles = {name: made[name]["A2"].value for name in ("整改台账", "问题热力")}
    assert all("3 份" in title and "3 个单位" not in title for title in titles.values())
    formats = openpyxl.load_workbook(path)["项目总表"]
    assert {cell.number_format for cell in formats["D"] if "份" in cell.number_format} == {'0" 份自评表"'}


def notes(made):
    """What 报送情况 says of each unit, by its name."""
    return {row["单位名称"]: row["文件和说明"] or "" for row in table(made["报送情况"]) if row["序号"]}


@pytest.mark.parametrize(
    ("missing", "near"),
    [
        ("临江镇中心小学", ["云溪县临江镇中心小学"]),
        ("云溪县临江镇中心小学校", ["云溪县临江镇中心小学"]),
        ("云溪县青山镇中心小学", []),
        ("小学", []),
    ],
)
def test_a_missing_unit_is_pointed_at_near_names_outside_the_roster(bases, tmp_path, missing, near):
    came = [
        replace(bases[0], name="云溪县临江镇中心小学", code="Z1"),
        replace(bases[0], name="云溪县档案馆", code="Z2"),
    ]
    expected = (Expected(code="A1", name=missing, department="教育局"),)
    made = openpyxl.load_workbook(written(tmp_path, few(*came, roster=expected)), data_only=True)
    said = "、".join(f"{name}（名单外）" for name in near)
    assert notes(made)[missing] == (f"名称相近：{said}" if near else "")
    assert "应报 1 个单位，已报 0 个（其中退回 0 个），未报 1 个。" in verdict(made)


def test_a_code_of_the_roster_that_is_another_units_is_said(bases, tmp_path):
    came = [replace(bases[0], name=f"云溪县{name}", code=f"A{n}") for n, name in enumerate(("档案馆", "水库管理所"))]
    expected = (
        Expected(code="A0", name="云溪县气象局", department="教育局"),
        Expected(code="A1", name="水库管理所", department="水务局"),
    )
    made = openpyxl.load_workbook(written(tmp_path, few(*came, roster=expected)), data_only=True)
    assert notes(made) == {
        "云溪县气象局": "表里写的单位是“云溪县档案馆”，名单的编码与名称不一致",
        "水库管理所": "表里写的单位是“云溪县水库管理所”",
    }


def test_a_file_name_with_a_line_break_is_shown_in_one_line(bases, tmp_path):
    name = "甲\n乙\u202e.xlsx"
    refusals = (Refusal(file=name, sha256=None, reason="旧版"),)
    made = openpyxl.load_workbook(
        written(tmp_path, few(replace(bases[0], file=name, name=""), refusals=refusals)), data_only=True
    )
    line = "甲\ufffd乙\ufffd.xlsx"
    (unit,) = units(made)
    assert (unit["来源文件"], unit["单位名称"]) == (line, line)
    assert notes(made) == {line: line}
    assert [row["文件"] for row in table(made["未评"], "文件")] == [line]


def test_without_a_roster_the_sheet_says_so_and_lists_what_came(bases, tmp_path):
    made = openpyxl.load_workbook(written(tmp_path, run_of(bases, 5)), data_only=True)
    assert "没有提供应报单位名单" in made["报送情况"]["A3"].value
    rows = table(made["报送情况"])
    assert sum(1 for row in rows if row["序号"]) == 5
    total = next(row for row in rows if row["单位编码"] == "合计")
    assert (total["应报"], total["已报"], total["未报"]) == (None, 5, None)
    assert not any("应报" in str(cell.value) for cell in made["汇总"]["A"])


def test_a_long_table_goes_on_on_further_sheets_and_says_so(run, tmp_path):
    made = openpyxl.load_workbook(written(tmp_path, run, rows=60), data_only=True)
    for title, key, count in (("问题总表", "序号", 1 + findings_of(run)), ("项目总表", "编码", None)):
        pages = [name for name in made.sheetnames if name.split(" (")[0] == title]
        assert pages[:2] == [title, f"{title} (2)"]
        assert max(made[name].max_row for name in pages) <= 60
        assert f"接在“{title} (2)”" in made[title]["A2"].value
        rows = [row for name in pages for row in table(made[name], key)]
        assert len(rows) == count or title == "项目总表"
    numbers = [row["序号"] for name in made.sheetnames if name.startswith("问题总表") for row in table(made[name])]
    assert numbers == list(range(1, 2 + findings_of(run)))


def findings_of(run):
    return sum(len(one.findings) for _, one in run.digests())


def test_long_tables_carry_no_links(path):
    linked = {ws.title for ws in openpyxl.load_workbook(path) for row in ws.iter_rows() for c in row if c.hyperlink}
    assert linked == {"汇总", "问题热力"}


def test_the_charts_stand_on_their_sheet(path):
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert (
        sorted(re.findall(r"<c:(barChart|scatterChart)>", "".join(charts))) == ["barChart"] * 3 + ["scatterChart"] * 2
    )
    assert all("宋体" in chart for chart in charts)
    assert all('<c:min val="0"/>' in chart for chart in charts if "barChart" in chart)


def test_the_chart_beside_the_verdict_shows_the_verdicts(run, path, book):
    """Its figures stand on 分布, so that the sheet it lies on holds nothing but what is read there."""
    with zipfile.ZipFile(path) as parts:
        drawing = parts.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert "drawing" in drawing
    (bars,) = (chart for chart in charts if '<c:barDir val="bar"/>' in chart)
    assert re.findall(r"<c:f>([^<]+)</c:f>", bars)[1:] == ["分布!$H$16:$H$19", "分布!$I$16:$I$19"]
    counted = Counter(one.status for _, one in run.digests())
    shown = list(book["分布"].iter_rows(min_row=16, max_row=19, min_col=8, max_col=9, values_only=True))
    assert shown == [
        ("通过", counted[Status.ACCEPTED]),
        ("基本通过", counted[Status.ACCEPTED_WITH_ISSUES]),
        ("退回", counted[Status.REJECTED]),
        ("未评", 2),
    ]


def test_the_axes_of_the_points_hold_all_of_them(bases, tmp_path):
    """They begin and end at tens, and reach a rate beyond 100 %."""
    one = bases[0].projects[0]
    points = [
        replace(
            one,
            code=f"{n}",
            score=Decimal(score),
            claimed=Decimal(score),
            grade="优",
            assessed=one.weight,
            budget=Decimal(1_000_000),
            executed=Decimal(executed),
        )
        for n, (score, executed) in enumerate((("81.5", 745_000), ("99", 1_019_000)))
    ]
    path = written(tmp_path, few(replace(bases[0], projects=tuple(points))))
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    (rates,) = (chart for chart in charts if "<a:t>执行率与测算得分</a:t>" in chart)
    assert re.findall(r'<c:(max|min) val="([^"]+)"/>', rates) == [
        ("max", "1.1"),
        ("min", "0.7"),
        ("max", "100"),
        ("min", "80"),
    ]


def test_no_sheet_is_printed_in_letters_smaller_than_7_5_points(path):
    """One page wide, margins of half an inch; what does not fit on A4 so is on A3."""
    papers = {"9": 770, "8": 1119}
    for ws in openpyxl.load_workbook(path):
        area = ws.print_area.split("!")[-1].replace("$", "") if ws.print_area else ws.dimensions
        _, _, last, _ = openpyxl.utils.range_boundaries(area)
        letters = [openpyxl.utils.get_column_letter(col) for col in range(1, last + 1)]
        widths = {
            letter: dimension.width
            for dimension in ws.column_dimensions.values()
            for letter in letters[dimension.min - 1 : dimension.max]
        }
        across = sum(0.75 * 7 * widths[letter] for letter in letters)
        assert (ws.title, 10 * papers[f"{ws.page_setup.paperSize}"] / across >= 7.5) == (ws.title, True)


def test_long_sheets_repeat_their_headings_and_keep_the_names_in_sight(path, book):
    for title in ("汇总", "项目总表", "问题总表", "复核抽样", "整改台账", "报送情况", "未评"):
        ws = openpyxl.load_workbook(path)[title]
        head = heading_row(ws, "编码" if title == "项目总表" else "序号")
        assert (title, ws.print_title_rows) == (title, f"${head}:${head}")
        assert int(re.sub("[A-Z]+", "", ws.freeze_panes)) == head + 1
        assert title == "未评" or ws.freeze_panes[0] in "CD"


def test_the_file_is_named_right_of_what_is_printed(path):
    for title in ("汇总", "复核抽样"):
        ws = openpyxl.load_workbook(path)[title]
        titles = [cell.value for cell in ws[heading_row(ws)]]
        assert titles[-2:] == ["复核人", "来源文件"]
        last = openpyxl.utils.get_column_letter(len(titles) - 1)
        assert re.search(r":\$([A-Z]+)\$", ws.print_area)[1] == last


def test_errors_are_reasons_for_a_second_look(bases, tmp_path):
    """An error of a project counts more than one of its unit; a waived one, and a warning, count for nothing."""
    calm = [replace(p, signal="", claimed=None, table=f"{i}") for i, p in enumerate(bases[0].projects)]
    one = next(f for f in bases[1].findings)
    wrong = {"severity": Severity.ERROR, "waiver": None}
    findings = (
        replace(one, code="S401", record=calm[1].code, **wrong),
        replace(one, code="S402", record=calm[1].code, **wrong),
        replace(one, code="S401", record=calm[1].code, **wrong),
        replace(one, code="M101", record=None, **wrong),
        replace(one, code="M301", record=calm[2].code, **wrong),
        replace(one, code="S401", record=calm[2].code, severity=Severity.WARNING, waiver=None),
    )
    made = openpyxl.load_workbook(
        written(tmp_path, few(replace(bases[0], projects=tuple(calm), findings=findings))), data_only=True
    )
    rows = {row["项目编号"]: row for row in table(made["复核抽样"])}
    names = [f"{code} {CATALOGUE[code].name}" for code in ("S401", "S402", "M101")]
    reasons = rows[calm[1].code]["为什么抽到"]
    assert f"本项目有错误：{names[0]}、{names[1]}（3）；单位层面有错误：{names[2]}（1）" in reasons
    assert all("本项目有错误" not in row["为什么抽到"] for code, row in rows.items() if code != calm[1].code)
    assert all(row["来源文件"] == bases[0].file for row in rows.values())


def test_scores_are_counted_in_classes(run, book):
    claimed = [p.claimed for _, one in run.digests() for p in one.projects if p.evaluated and p.claimed is not None]
    rows = [row[18:21] for row in book["分布"].iter_rows(min_row=5, max_row=15, values_only=True)]
    assert {row[0]: row[2] for row in rows} == {
        "60 以下": sum(c < 60 for c in claimed),
        **{f"{low}–{low + 5}": sum(low <= c < low + 5 for c in claimed) for low in range(60, 100, 5)},
        "100 及以上": sum(c >= 100 for c in claimed),
        "合计": len(claimed),
    }


def test_equal_runs_give_equal_bytes_and_leave_nothing_behind(run, path, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert write_rollup(run) == path.read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_staff_text_never_becomes_a_formula_or_a_link(bases, tmp_path):
    nasty = "=HYPERLINK(1)"
    problem = replace(bases[0].problems[0], problem="http://x.example", owner=nasty, measure="\ud800坏")
    project = replace(bases[0].projects[0], name=nasty, system_code="+1")
    one = replace(bases[0], name=nasty, department=nasty, file="external:x", problems=(problem,), projects=(project,))
    made = written(tmp_path, few(one))
    assert [f for f in formulas(made).values() if "HYPERLINK" in f] == []
    cells = [c for ws in openpyxl.load_workbook(made) for row in ws.iter_rows() for c in row]
    assert {c.hyperlink.target for c in cells if c.hyperlink and c.hyperlink.target} == {"0_绩效评分.xlsx"}
    assert any(c.value == nasty and c.data_type == "s" for c in cells)


PLANTED = {
    "a workbook is gone": lambda pairs: pairs[:-1],
    "a finding is gone": lambda pairs: [
        (name, replace(one, findings=one.findings[1:]) if one.findings else one) for name, one in pairs
    ],
    "an amount has changed": lambda pairs: [
        (name, replace(one, projects=tuple(replace(p, budget=Decimal(1)) for p in one.projects))) for name, one in pairs
    ],
    "another workbook": lambda pairs: [(name, replace(one, file="别的.xlsx")) for name, one in pairs],
}


@pytest.mark.parametrize("change", PLANTED.values(), ids=PLANTED)
def test_what_does_not_add_up_is_said_in_one_line(bases, change):
    """The input changes between two passes, so the rows of the sheets no longer are what the units' lines say."""
    first = list(run_of(bases, 6).digests())
    passes = iter([first])
    unstable = Gathered(digests=lambda: iter(next(passes, change(first))), refusals=())
    with pytest.raises(Mismatch) as error:
        write_rollup(unstable)
    message = str(error.value)
    assert "\n" not in message
    assert message.endswith("请重新运行一次；仍然这样，请把输入文件交给维护人员。")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_departments_label_is_nothing_but_a_text_to_a_spreadsheet(text):
    label = label_of(text)
    assert label
    assert not set("*?~<>=\n") & set(label)
    assert any(ord(c) > 0x2E80 for c in label) or label.startswith("“")
