"""The ledger: what came of every rule, and what may not be said where a rule broke down."""

from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from support import county, evaluate_data, filling, form_file

from evalbatch.cli import cli
from evalbatch.digest import digest
from evalbatch.model import Severity, Status
from evalbatch.policy import load as load_policy
from evalbatch.rules import CATALOGUE, AcrossRule
from evalbatch.work import headline
from evalbatch.writers.result import result
from evalbatch.writers.scored import write_scored


def line(evaluation, code):
    """A rule's line."""
    (found,) = [line for line in evaluation.rules if line.code == code]
    return found


def breaks(case):
    """A check that breaks down after its first step."""
    yield from ()
    raise KeyError(case.submission.unit.name.text)


@pytest.fixture
def broken(monkeypatch):
    """Put a broken check in the place of a rule's."""

    def put(code):
        monkeypatch.setitem(CATALOGUE, code, replace(CATALOGUE[code], check=breaks))

    return put


def test_a_broken_rule_hides_no_other_and_gives_no_grade(tmp_path, broken):
    broken("S101")
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"project.0.grade": "良"}}))
    assert [finding.code for finding in evaluation.findings] == ["S401"]
    crashed = line(evaluation, "S101")
    assert crashed.status == "crashed"
    assert crashed.reason.startswith("规则运行出错，编号 ")
    assert {score.grade for score in (*evaluation.scores.projects, evaluation.scores.department)} == {None}
    assert [project["grade"] for project in result(evaluation)["projects"]] == [None] * 4


def test_a_broken_rule_on_texts_leaves_the_grades_but_not_the_verdict(tmp_path, broken):
    broken("S403")
    evaluation = evaluate_data(tmp_path, filling())
    assert evaluation.findings == ()
    assert [score.grade for score in evaluation.scores.projects] == ["优"] * 4
    assert evaluation.status is Status.ACCEPTED_WITH_ISSUES
    assert headline(digest(evaluation)) == "基本通过，有待核实（没有发现问题，规则 S403 运行出错）"


def test_the_workbook_says_that_a_rule_broke_down(tmp_path, broken):
    broken("S101")
    evaluation = evaluate_data(tmp_path, filling())
    path = tmp_path / "评分.xlsx"
    path.write_bytes(write_scored(evaluation, load_policy("national-2020")))
    book = openpyxl.load_workbook(path, data_only=True)
    texts = [str(cell.value) for row in book["评价结论"].iter_rows() for cell in row]
    assert any(text.startswith("规则 S101 运行出错，没有查完") for text in texts)
    assert "优" not in texts
    assert "未定级" in texts


def test_what_a_rule_keeps_back_is_no_pass(tmp_path):
    """A total its own parts contradict keeps quiet whatever uses it."""
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"budget.basic.executed": Decimal("181.48")}}))
    assert {finding.code for finding in evaluation.findings} == {"M102"}
    spending = line(evaluation, "M101")
    assert spending.status == "skipped"
    assert spending.reason == "1 处与 M102 的问题有关，等它改正后再查"


def test_a_rule_switched_off_says_why(tmp_path):
    policy = county(tmp_path, '[checks]\nS401 = { off = true, reason = "本县统一定级" }\n')
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"project.0.grade": "良"}}), policy)
    assert evaluation.findings == ()
    off = line(evaluation, "S401")
    assert (off.status, off.reason) == ("skipped", "评分政策停用了这条规则：本县统一定级")


def test_a_policy_weighs_a_rule_anew(tmp_path):
    policy = county(tmp_path, '[checks]\nS401 = { severity = "notice", reason = "等级另定" }\n')
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"project.0.grade": "良"}}), policy)
    assert [finding.severity for finding in evaluation.findings] == [Severity.NOTICE]
    assert line(evaluation, "S401").reason == "评分政策定为提示：等级另定"
    path = tmp_path / "评分.xlsx"
    path.write_bytes(write_scored(evaluation, load_policy(policy)))
    rows = list(openpyxl.load_workbook(path)["规则执行"].iter_rows(values_only=True))
    assert [row[2] for row in rows if row[0] == "S401"] == ["提示"]


def test_a_policy_that_names_no_rule_is_refused(tmp_path):
    from click.testing import CliRunner

    policy = county(tmp_path, '[checks]\nS999 = { off = true, reason = "无" }\n')
    done = CliRunner().invoke(cli, ["check", str(form_file(tmp_path, filling())), "--policy", policy])
    assert "checks S999：没有这条规则" in str(done.exception)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("{ off = true }", "reason：没有写"),
        ('{ reason = "x" }', "应写 off = true 或 severity 中的一项"),
        ('{ off = true, severity = "error", reason = "x" }', "应写 off = true 或 severity 中的一项"),
        ('{ severity = "fatal", reason = "x" }', "severity：写的是 'fatal'，应为其中一项：error、warning、notice"),
    ],
)
def test_a_setting_must_say_what_and_why(tmp_path, setting, words):
    from evalbatch.settings import SettingsError

    with pytest.raises(SettingsError) as error:
        load_policy(county(tmp_path, f"[checks]\nS401 = {setting}\n"))
    assert words in str(error.value)


def test_projects_that_share_a_code_are_said_to_be_left_out(tmp_path):
    evaluation = evaluate_data(tmp_path, filling(case={"change": {"project.1.code": "1"}}))
    assert "F501" in {finding.code for finding in evaluation.findings}
    left_out = line(evaluation, "S201")
    assert (left_out.status, left_out.reason) == ("skipped", "编号重复的项目没有查，等 F501 改正后再查")


def test_rules_across_units_are_listed_with_every_unit_as_not_run(tmp_path):
    evaluation = evaluate_data(tmp_path, filling())
    lines = {line["code"]: line for line in result(evaluation)["rules"] if line["code"].startswith("B")}
    assert sorted(lines) == [code for code, entry in sorted(CATALOGUE.items()) if isinstance(entry, AcrossRule)]
    assert {(line["status"], line["reason"]) for line in lines.values()} == {
        ("skipped", "跨单位的规则，结果只在汇总表里")
    }
