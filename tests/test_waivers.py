"""Waivers: a finding the bureau lets stand is marked in every output and left out of the verdict alone."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from support import filling, form_file

from evalbatch.cli import cli
from evalbatch.digest import digest, uses
from evalbatch.evaluate import evaluate
from evalbatch.model import Status
from evalbatch.policy import load as load_policy
from evalbatch.read import read_workbook
from evalbatch.settings import SettingsError
from evalbatch.waivers import load
from evalbatch.writers.result import result

TODAY = date(2026, 3, 1)
UNIT = "鹿泉区计划生育协会（填报示例）"
OVERSPENT = {"change": {"project.2.executed": 7, "project.2.fiscal_executed": 7}}
"""A case whose project 3 spends more than its budget: one error on it, others on what it adds up to."""


def waiver_file(folder, **keys):
    """A file with one waiver."""
    keys = {
        "rule": "M106",
        "unit": UNIT,
        "project": "3",
        "approver": "区财政局王处长",
        "reason": "追加文件未到",
        **keys,
    }
    until = keys.pop("until", "2026-12-31")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items() if value is not None]
    path = folder / "豁免.toml"
    path.write_text("\n".join(["[[waiver]]", *lines, f"until = {until}", ""]), "utf-8")
    return path


def evaluated(folder, case=OVERSPENT, **keys):
    """An evaluation under one waiver."""
    waivers = load(str(waiver_file(folder, **keys)), TODAY)
    path = form_file(folder, filling(case=case))
    return evaluate(read_workbook(path, path.name), load_policy("national-2020"), waivers), waivers


def what_came(waivers, evaluation):
    """What came of the waivers in a run of this one workbook."""
    one = digest(evaluation)
    return uses(waivers, Counter(one.covered), one.idle)


def found(evaluation, code="M106"):
    """The findings of a rule."""
    return [finding for finding in evaluation.findings if finding.code == code]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({}, id="项目"),
        pytest.param({"project": None, "cell": "项目资金!J7"}, id="单元格"),
        pytest.param({"project": None, "cell": ["项目资金!$J$7"]}, id="一组单元格"),
        pytest.param({"unit": "361001"}, id="单位编码"),
        pytest.param({"unit": "鹿泉区计划生育协会(填报示例)"}, id="半角括号"),
    ],
)
def test_a_waiver_covers_the_findings_it_names(tmp_path, keys):
    evaluation, waivers = evaluated(tmp_path, **keys)
    (finding,) = found(evaluation)
    assert finding.waiver == waivers[0]
    assert evaluation.findings[-1] == finding
    assert (evaluation.waived, evaluation.idle_waivers) == (1, ())
    assert what_came(waivers, evaluation) == [(waivers[0], "已豁免 1 处")]


def test_the_verdict_leaves_out_what_is_waived(tmp_path):
    one_fault = {"change": {"project.0.grade": "良"}}
    evaluation, _ = evaluated(tmp_path, one_fault, rule="S401", project="1")
    assert evaluation.status is Status.ACCEPTED
    assert [finding.code for finding in evaluation.findings] == ["S401"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        pytest.param({"until": "2026-02-28"}, "已于 2026-02-28 到期", id="过期"),
        pytest.param({"project": "1"}, "没有对应的问题", id="别的项目"),
        pytest.param({"rule": "M107"}, "没有对应的问题", id="别的规则"),
        pytest.param({"project": None, "cell": "项目资金!J6"}, "没有对应的问题", id="别的单元格"),
    ],
)
def test_a_waiver_that_covers_nothing_is_said(tmp_path, keys, words):
    evaluation, waivers = evaluated(tmp_path, **keys)
    assert evaluation.waived == 0
    assert evaluation.idle_waivers == waivers
    (line,) = [line for line in evaluation.rules if line.code == waivers[0].rule]
    assert words in line.reason
    assert what_came(waivers, evaluation) == [(waivers[0], words)]


def test_a_waiver_of_a_unit_that_is_not_there_is_said(tmp_path):
    evaluation, waivers = evaluated(tmp_path, unit="别的单位")
    assert evaluation.idle_waivers == ()
    assert what_came(waivers, evaluation) == [(waivers[0], "这一批里没有这个单位")]


def test_the_last_day_still_counts(tmp_path):
    evaluation, _ = evaluated(tmp_path, until="2026-03-01")
    assert evaluation.waived == 1


def test_one_cell_of_a_list_does_not_waive_the_others(tmp_path):
    blanks = {"remove": ["indicator.0.actual", "indicator.1.actual"]}
    evaluation, _ = evaluated(tmp_path, blanks, rule="F301", project=None, cell="绩效指标!I5")
    assert evaluation.waived == 0
    evaluation, _ = evaluated(tmp_path, blanks, rule="F301", project=None, cell=["绩效指标!I5", "绩效指标!I6"])
    assert evaluation.waived == 1


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"rule": "M999"}, "waiver 第 1 项 rule：写的是 'M999'，没有这条规则"),
        ({"rule": "B201"}, "rule：B201 是跨单位的规则，不能逐个单位豁免"),
        ({"approver": None}, "waiver 第 1 项 approver：没有写"),
        ({"until": '"明年"'}, "until：应为日期，如 2026-12-31"),
        ({"project": None}, "project 和 cell 应写其中一项"),
        ({"cell": "项目资金!J7"}, "project 和 cell 应写其中一项"),
        ({"project": None, "cell": "J7"}, "应写明工作表和单元格，如 项目资金!J6"),
        ({"why": "x"}, "why：不认识这一项"),
    ],
)
def test_a_faulty_file_is_refused_in_words(tmp_path, keys, words):
    with pytest.raises(SettingsError) as error:
        load(str(waiver_file(tmp_path, **keys)), TODAY)
    assert words in str(error.value)


def test_every_output_says_so(tmp_path):
    waiver_file(tmp_path, until="2999-12-31")
    form_file(tmp_path, filling(case=OVERSPENT))
    done = CliRunner().invoke(
        cli, ["run", str(tmp_path / "表.xlsx"), "-o", str(tmp_path / "o"), "--waivers", str(tmp_path / "豁免.toml")]
    )
    assert "已豁免 1" in done.stderr
    (scored,) = (tmp_path / "o").glob("*_绩效评分.xlsx")
    (rollup,) = (tmp_path / "o").glob("绩效自评汇总表.xlsx")
    checklist = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(scored)["问题清单"].iter_rows(min_row=4)
    ]
    assert [row[1] for row in checklist if row[-1] == "M106"] == ["已豁免"]
    assert "区财政局王处长批准，追加文件未到，至 2999-12-31" in checklist[-1][8]
    assert "已豁免 1 处" in openpyxl.load_workbook(scored)["评价结论"]["C3"].value
    assert openpyxl.load_workbook(rollup)["豁免"]["H4"].value == "已豁免 1 处"
    (written,) = (tmp_path / "o" / "results").glob("*.json")
    waived = [f["waived"] for f in json.loads(written.read_text("utf-8"))["findings"] if "waived" in f]
    assert waived == [{"approver": "区财政局王处长", "reason": "追加文件未到", "until": "2999-12-31"}]


def test_check_says_so_and_names_waivers_without_use(tmp_path):
    waiver_file(tmp_path, until="2999-12-31")
    form = str(form_file(tmp_path, filling(case=OVERSPENT)))
    said = CliRunner().invoke(cli, ["check", form, "--waivers", str(tmp_path / "豁免.toml")])
    assert "[已豁免·错误] 项目资金!J7" in said.stdout
    waiver_file(tmp_path, until="2020-12-31")
    said = CliRunner().invoke(cli, ["check", form, "--waivers", str(tmp_path / "豁免.toml")])
    assert "豁免文件第 1 条（M106 鹿泉区计划生育协会（填报示例））：已于 2020-12-31 到期，没有起作用" in said.stderr


def test_a_missing_file_ends_the_run(tmp_path):
    form, missing = form_file(tmp_path, filling()), tmp_path / "没有.toml"
    command = [sys.executable, "-m", "evalbatch", "check", str(form), "--waivers", str(missing)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == f"豁免文件 {missing} 读不出来，请确认文件存在并以 UTF-8 保存\n"


def test_without_waivers_the_result_is_the_same(tmp_path):
    path = form_file(tmp_path, filling(case=OVERSPENT))
    bare = result(evaluate(read_workbook(path, path.name), load_policy("national-2020")))
    other = result(evaluated(tmp_path, unit="别的单位")[0])
    assert other == bare
