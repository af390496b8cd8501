"""The worked examples: what each must say, and that the committed workbooks are what the code writes."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from support import GOOD, REPORT, evaluate_data, filling, statuses

from evalbatch.examples import EXAMPLES, load
from evalbatch.model import Severity, Status, Verdict
from evalbatch.writers.template import write_form

TEMPLATES = Path(__file__).parent.parent / "input_templates"


def parts(data):
    """A workbook's parts, uncompressed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_committed_example_is_what_the_code_writes(name):
    data = load(name)
    assert parts((TEMPLATES / "examples" / data["file"]).read_bytes()) == parts(write_form(data))


def test_the_committed_blank_form_is_what_the_code_writes():
    assert parts((TEMPLATES / "预算绩效自评表.xlsx").read_bytes()) == parts(write_form())


def test_nothing_else_lies_among_the_examples():
    assert {p.name for p in (TEMPLATES / "examples").iterdir()} == {load(name)["file"] for name in EXAMPLES}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The evaluation of what the published report states."""
    return evaluate_data(tmp_path_factory.mktemp("a"), filling(REPORT))


def identity(evaluation, code, scope, record=None):
    """One identity of an evaluation."""
    (found,) = [i for i in evaluation.identities if (i.code, i.scope, i.record) == (code, scope, record)]
    return found


def findings(evaluation, code):
    """The findings of one rule."""
    return [f for f in evaluation.findings if f.code == code]


def test_the_reports_total_is_a_rounding_difference_and_no_error(report):
    total = identity(report, "M101", "全年预算数")
    assert (total.left.value, total.right, total.difference, total.tolerance, total.verdict) == (
        Decimal("213.74"),
        Decimal("213.73"),
        Decimal("0.01"),
        Decimal("0.015"),
        Verdict.ROUNDING,
    )
    (finding,) = findings(report, "M101")
    assert finding.severity is Severity.NOTICE


def test_the_reports_parts_add_up(report):
    assert identity(report, "M102", "全年预算数").verdict is Verdict.EQUAL
    projects = identity(report, "M103", "全年预算数")
    assert (projects.right, projects.verdict) == (Decimal("61.57"), Verdict.EQUAL)


def test_the_reports_share_is_wrong(report):
    (finding,) = findings(report, "M109")
    assert finding.severity is Severity.ERROR
    assert (finding.found.value, finding.expected.value) == (Decimal("0.289"), Decimal("0.2881"))
    assert "213.74" in finding.message


def test_the_reports_standards_leave_money_unexplained(report):
    (finding,) = findings(report, "M108")
    assert finding.severity is Severity.WARNING
    assert (finding.found.value, finding.expected.value, finding.difference.value) == (63300, 48400, 14900)
    assert "23.5%" in finding.message


def test_the_reports_scores_stand_on_nothing(report):
    unsupported = findings(report, "I301")
    assert [f.record for f in unsupported] == ["1", "2", "3"]
    assert [("没有写原因" in f.message) for f in unsupported] == [False, True, False]
    (bare,) = findings(report, "I101")
    assert bare.record == "4"


def test_the_reports_blanks_are_said_once_per_column(report):
    blanks = findings(report, "F301")
    actual = [f for f in blanks if "实际完成值" in f.message]
    assert [len(f.cells) for f in actual] == [17]
    assert len({f.message for f in blanks}) == len(blanks)


def test_the_report_gets_no_grade_and_is_returned(report):
    assert report.status is Status.REJECTED
    assert [score.grade for score in report.scores.projects] == [None] * 4
    assert report.scores.department.grade is None


def test_no_cause_is_reported_twice_on_the_report(report):
    codes = [f.code for f in report.findings]
    errors = ["F301"] * 7 + ["P201", "M109", "I101", "I301", "I301", "I301"]
    assert codes == [*errors, "F302", "F302", "P202", "P102", "I102", "M108", "P204", "M101", "I104"]


def test_the_reports_texts_are_read(report):
    (hole,) = findings(report, "P201")
    assert hole.found == "“涉及一般公共预算支出万元”"
    (twice,) = findings(report, "P202")
    assert twice.found == "“从评价情况来看”"
    (slogan,) = findings(report, "P102")
    assert [str(place) for place in slogan.cells] == ["问题整改!A5", "问题整改!C5", "问题整改!C6"]
    assert "2 条措施没有对应的问题" in slogan.message
    (names,) = findings(report, "P204")
    assert [str(place) for place in names.cells] == ["报告文字!B8", "项目资金!C5", "项目资金!C6", "项目资金!C7"]
    assert names.found.startswith("“开展集中宣传服务活动”、“投保计划生育系列保险")


def test_a_rule_with_nothing_to_check_is_not_a_pass(report):
    ledger = {line.code: line for line in report.rules}
    for code in ("M106", "M111", "S101", "S201", "S301", "I201"):
        assert ledger[code].status == "skipped", code
    assert ledger["M106"].reason
    assert ledger["M102"].status == "passed"


def test_the_filled_example_is_accepted_with_a_total_and_a_grade(tmp_path):
    evaluation = evaluate_data(tmp_path, filling(GOOD))
    assert evaluation.findings == ()
    assert evaluation.status is Status.ACCEPTED
    assert (evaluation.scores.department.score, evaluation.scores.department.grade) == (Decimal("99.44"), "优")
    assert [score.grade for score in evaluation.scores.projects] == ["优"] * 4
    assert statuses(evaluation) == {"passed"}
