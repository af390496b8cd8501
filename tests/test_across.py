"""Rules across units on cases kept as data: some units, the exact crossings.

A case lists its units (see ``support.a_digest``) and, as ``fault``, what is wrong with the bureau's own files; ``find`` lists every crossing with code and severity and, where given,
the files of its members, their cells, and words of the message; ``ran`` says what the ledger has to say of a rule.
"""

import re
from dataclasses import replace

import pytest
from support import across_cases, case_digests, case_faults, case_policy

from evalbatch.model import Severity
from evalbatch.policy import Setting, load
from evalbatch.rules import CATALOGUE, AcrossRule
from evalbatch.tables import across_units

CASES = across_cases()
RULES = sorted(code for code, rule in CATALOGUE.items() if isinstance(rule, AcrossRule))
_FOREIGN = re.compile(r"[A-Za-z]{2,}|[{}<>\\]|！")
_KNOWN = re.compile(r"“[^”]*”|\S+!\S+|\.xlsx")


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request, tmp_path):
    """A case, its digests and its policy."""
    _, case = request.param
    return case, case_digests(case), load(case_policy(tmp_path, case))


def test_a_case_finds_what_it_says(case):
    case, digests, policy = case
    crossings, ledger = across_units(digests, policy, case_faults(case))
    wanted = case.get("find", [])
    assert [(want["code"], want["severity"]) for want in wanted] == [(c.code, c.severity.key) for c in crossings]
    for want, crossing in zip(wanted, crossings, strict=True):
        assert want.get("members", [m.file for m in crossing.members]) == [m.file for m in crossing.members]
        cells = [cell for member in crossing.members for cell in member.cells]
        assert want.get("cells", cells) == cells
        for words in want.get("says", ()):
            assert words in crossing.message + crossing.fix
    assert [line.code for line in ledger] == RULES
    counts = {code: sum(1 for crossing in crossings if crossing.code == code) for code in RULES}
    assert {line.code: line.count for line in ledger} == counts
    assert all(line.reason for line in ledger if line.status == "skipped")
    assert "crashed" not in {line.status for line in ledger}
    statuses = {line.code: line.status for line in ledger}
    assert case.get("ran", {}).items() <= statuses.items()


def test_a_message_says_whose_it_is_and_what_to_do(case):
    case, digests, policy = case
    for crossing in across_units(digests, policy, case_faults(case))[0]:
        for member in crossing.members[:5]:
            assert member.file in crossing.message
            assert (member.unit, member.file) == (
                digests[member.number - 1][1].name,
                digests[member.number - 1][1].file,
            )
        assert crossing.message.endswith("。")
        assert (crossing.fix.count("请"), crossing.fix.count("。"), crossing.fix[-1]) == (1, 1, "。")
        assert _FOREIGN.findall(_KNOWN.sub("", crossing.message + crossing.fix)) == []


def test_a_policy_switches_rules_off_and_weighs_them_anew(case):
    """Every rule that finds something: off it is silent and says why, in another severity nothing else changes."""
    case, digests, policy = case
    before, _ = across_units(digests, policy, case_faults(case))
    for code in {crossing.code for crossing in before}:
        off = replace(policy, checks={code: Setting(off=True, reason="本县另查")})
        after, ledger = across_units(digests, off, case_faults(case))
        assert after == tuple(crossing for crossing in before if crossing.code != code)
        (line,) = [line for line in ledger if line.code == code]
        assert (line.status, line.reason) == ("skipped", "评分政策停用了这条规则：本县另查")
        noted = replace(policy, checks={code: Setting(severity=Severity.NOTICE, reason="本县另查")})
        after, ledger = across_units(digests, noted, case_faults(case))
        assert {replace(c, severity=Severity.NOTICE) if c.code == code else c for c in before} == set(after)
        assert "评分政策定为提示：本县另查" in {line.reason for line in ledger}


def breaks(batch):
    """A check that breaks down."""
    yield from ()
    raise KeyError(len(batch.forms))


def test_a_broken_rule_hides_no_other_and_is_said(monkeypatch):
    monkeypatch.setitem(CATALOGUE, "B101", replace(CATALOGUE["B101"], check=breaks))
    unit = {"name": "甲局", "sha256": "a"}
    crossings, ledger = across_units(case_digests({"unit": [unit, {**unit, "sha256": "b"}, unit]}), load())
    assert [crossing.code for crossing in crossings] == ["B102"]
    assert ledger[0].status == "crashed"
    assert ledger[0].reason.startswith("规则运行出错，编号 ")


def test_a_single_workbook_is_compared_with_nothing():
    crossings, ledger = across_units(case_digests({"unit": [{"name": "甲局"}]}), load(), ())
    assert crossings == ()
    assert [line.code for line in ledger if line.status == "passed"] == ["B401"]
    ledger = [line for line in ledger if line.status != "passed"]
    assert {(line.status, line.reason) for line in ledger} == {("skipped", "少于两份工作簿，没有可比的")}
