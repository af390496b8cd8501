"""Digests: what is kept of a workbook is packed small and unpacked to the same record."""

import msgspec
import pytest
from support import GOOD, REPORT, case_file, case_policy, cases, evaluate_data, evaluate_file, filling

from evalbatch.digest import digest, pack, unpack, unpack_refusal
from evalbatch.model import Refusal, Severity

CASES = {
    "good": (GOOD, {}),
    "published": (REPORT, {}),
    "overspent": (GOOD, {"change": {"project.2.executed": 7, "project.2.fiscal_executed": 7}}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_digest_is_unpacked_as_it_was_packed(tmp_path, name):
    base, case = CASES[name]
    before = digest(evaluate_data(tmp_path, filling(base, case)))
    assert unpack(pack(before)) == before


def test_a_refusal_is_unpacked_as_it_was_packed():
    before = Refusal(file="旧表.xls", sha256=None, reason="这是旧版 .xls")
    assert unpack_refusal(pack(before)) == before


def test_what_is_no_digest_is_refused():
    with pytest.raises(msgspec.DecodeError):
        unpack(pack(Refusal(file="旧表.xls", sha256=None, reason="这是旧版 .xls")))


def test_a_digest_says_what_the_evaluation_says(tmp_path):
    evaluation = evaluate_data(tmp_path, filling(REPORT))
    kept = digest(evaluation)
    assert kept.counts == evaluation.counts
    assert kept.counts[Severity.ERROR] > 0
    assert [p.code for p in kept.projects] == [s.code for s in evaluation.scores.projects]
    assert [f.code for f in kept.findings] == [f.code for f in evaluation.findings]


def test_equal_tables_of_indicators_look_alike_and_a_changed_result_does_not(tmp_path):
    one, other = (digest(evaluate_data(tmp_path, filling())).projects for _ in range(2))
    data = filling()
    data["indicator"][0]["actual"] = "2,151份"
    changed = digest(evaluate_data(tmp_path, data)).projects
    assert [p.table for p in one] == [p.table for p in other]
    assert [a.table == b.table for a, b in zip(one, changed, strict=True)] == [False, True, True, True]


WARNED = {"M301": "红", "M302": "黄", "M305": "红黄"}
"""What the bureau's system shows for a finding of these rules."""
FOUND = [
    case for code, case in cases().values() if code in WARNED and any(f["code"] in WARNED for f in case.get("find", []))
]


@pytest.mark.parametrize("case", FOUND, ids=[case["name"] for case in FOUND])
def test_the_bureaus_warnings_are_kept_with_their_project(tmp_path, case):
    shown = {}
    for finding in case["find"]:
        if finding["code"] in WARNED:
            record = finding["record"]
            shown[record] = "".join(sorted({*shown.get(record, ""), *WARNED[finding["code"]]}))
    kept = digest(evaluate_file(case_file(tmp_path, case), case_policy(tmp_path, case)))
    assert {project.code: project.signal for project in kept.projects if project.signal} == shown
