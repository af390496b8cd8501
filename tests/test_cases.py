"""Every rule on cases kept as data: a good workbook, a change, the exact findings.

``change``, ``remove`` and ``rewrite`` alter the good example's data (see ``support.filling``); on the workbook itself,
``replace`` maps a printed text (``工作表!标题``) to another, ``cell`` sets a cell, ``format`` its number format, ``delete`` takes rows away,
``drop`` and ``rename`` change sheets. ``policy`` is a policy's name or the text of a policy file,
``control`` and ``executed`` the texts of the bureau's files. Without ``find`` nothing may be found. ``find`` lists every finding: code,
severity, cells and, where given, record, found, expected, difference and words of the message.

``innocent`` lists texts that come near a rule's pattern and are right: put in the cell ``at`` (``report.goals``,
``problem.0.measure``) of the good workbook, nothing may be found. The good report quotes the good workbook's figures:
cases of the rules that are not about texts leave it out.
"""

from dataclasses import dataclass, replace

import pytest
from messages import faults
from support import (
    GOOD,
    case_books,
    case_file,
    case_policy,
    cases,
    county,
    evaluate_data,
    evaluate_file,
    filling,
    form_file,
)

from evalbatch.approved import Books
from evalbatch.evaluate import evaluate
from evalbatch.model import Evaluation, Severity
from evalbatch.policy import Policy, Setting, load
from evalbatch.read import read_workbook
from evalbatch.rules import CATALOGUE
from evalbatch.values import is_placeholder
from evalbatch.writers.result import result

CASES = {name: (code, case) for name, (code, case) in cases().items() if "innocent" not in case}
INNOCENT = [
    pytest.param(case, text, id=f"{name}-{text[:20]}")
    for name, (_, case) in cases().items()
    for text in case.get("innocent", ())
]
PLAIN = ("code", "severity", "cells", "record", "found", "expected", "difference")
REASON = "本县另行抽查"
WEIGHTS = tuple(Severity)
"""From the heaviest to the lightest."""


@dataclass(frozen=True)
class Judged:
    """A case with its evaluation: its workbook is written and read once, and judged anew under other settings."""

    code: str
    case: dict
    policy: Policy
    books: Books
    evaluation: Evaluation

    @property
    def codes(self):
        """The rule the case belongs to, and every rule that finds something in it."""
        return {self.code, *(finding.code for finding in self.evaluation.findings)}

    def found(self, code):
        """What one rule found without any setting, by message."""
        return by_message(self.under(code, None), code)

    def under(self, code, setting):
        """The evaluation where the policy says something else, or nothing, about one rule."""
        checks = {key: value for key, value in self.policy.checks.items() if key != code}
        if setting is not None:
            checks[code] = setting
        return evaluate(self.evaluation.submission, replace(self.policy, checks=checks), books=self.books)


def by_message(evaluation, code):
    """The findings of one rule, by message and cells."""
    return {(finding.message, finding.cells): finding for finding in evaluation.findings if finding.code == code}


@pytest.fixture(scope="module", params=CASES.values(), ids=CASES)
def judged(request, tmp_path_factory):
    """A case, evaluated."""
    code, case = request.param
    folder = tmp_path_factory.mktemp("case")
    policy, books = case_policy(folder, case), case_books(folder, case)
    return Judged(code, case, load(policy), books, evaluate_file(case_file(folder, case), policy, books))


def test_case(judged):
    evaluation = judged.evaluation
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    findings = result(evaluation)["findings"]
    wanted = judged.case.get("find", [])
    got = [{key: finding[key] for key in want if key in PLAIN} for want, finding in zip(wanted, findings, strict=False)]
    assert [finding["code"] for finding in findings] == [want["code"] for want in wanted]
    assert got == [{key: value for key, value in want.items() if key in PLAIN} for want in wanted]
    for want, finding in zip(wanted, findings, strict=True):
        for words in want.get("says", []):
            assert words in finding["message"] + finding["fix"] + (finding["effect"] or "")


def test_a_message_says_all_a_clerk_needs(judged):
    lacking = {finding.code: list(faults(finding)) for finding in judged.evaluation.findings}
    assert {code: missing for code, missing in lacking.items() if missing} == {}


def test_a_rule_switched_off_is_silent_and_keeps_no_other_quiet(judged):
    """Only rules that waited for it may now speak."""
    before = judged.evaluation
    for code in judged.codes:
        after = judged.under(code, Setting(off=True, reason=REASON))
        waited = {line.code for line in before.rules if code in line.reason}
        kept = tuple(finding for finding in after.findings if finding.code not in waited)
        assert kept == tuple(finding for finding in before.findings if finding.code not in {code, *waited})
        for old, new in zip(before.rules, after.rules, strict=True):
            if old.code == code:
                assert (new.code, new.status, new.count) == (code, "skipped", 0)
                assert REASON in new.reason
            elif old.code not in waited and not any(other in new.reason for other in waited):
                assert old == new


def test_a_policy_moves_the_severity_and_nothing_else(judged):
    for code in judged.codes:
        before, usual = judged.found(code), WEIGHTS.index(CATALOGUE[code].severity)
        for wanted in WEIGHTS:
            after = by_message(judged.under(code, Setting(severity=wanted, reason=REASON)), code)
            assert {key: replace(finding, severity=wanted) for key, finding in before.items()} == {
                key: replace(finding, severity=wanted) for key, finding in after.items()
            }
            for key, finding in before.items():
                own, weighed = WEIGHTS.index(finding.severity), WEIGHTS.index(after[key].severity)
                if own == usual:
                    assert after[key].severity is wanted
                elif own > usual:
                    assert weighed >= own, "taken more lightly by the rule: no policy makes it heavier"
                elif WEIGHTS.index(wanted) > usual:
                    assert after[key].severity is wanted, "a policy that lowers the rule lowers its worst case too"


def test_a_rounding_difference_is_never_made_an_error(tmp_path):
    """A total that is off by a rounding is no fault, however much a county minds wrong totals."""
    data = filling(case={"change": {"budget.other_spending.budget": "0.02"}})
    policy = county(tmp_path, f'[checks.M101]\nseverity = "error"\nreason = "{REASON}"\n')
    (finding,) = evaluate_data(tmp_path, data, policy).findings
    assert (finding.code, finding.severity) == ("M101", Severity.NOTICE)


def test_a_policy_file_switches_a_rule_off_with_its_reason(tmp_path):
    data = filling(case={"change": {"budget.other_spending.budget": 9}})
    policy = county(tmp_path, f'[checks.M101]\noff = true\nreason = "{REASON}"\n')
    evaluation = evaluate_data(tmp_path, data, policy)
    assert [finding.code for finding in evaluation.findings if finding.code == "M101"] == []
    (line,) = [line for line in evaluation.rules if line.code == "M101"]
    assert (line.status, line.reason) == ("skipped", f"评分政策停用了这条规则：{REASON}")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The good workbook as it is read."""
    path = form_file(tmp_path_factory.mktemp("good"), filling(GOOD))
    return read_workbook(path, path.name)


def typed(record, place, text):
    """A record, or a table's rows, with a text in one cell: ``goals`` or ``0.measure``."""
    name, _, rest = place.partition(".")
    if isinstance(record, tuple):
        return tuple(typed(row, rest, text) if i == int(name) else row for i, row in enumerate(record))
    if rest:
        return replace(record, **{name: typed(getattr(record, name), rest, text)})
    entry = replace(getattr(record, name), text=text, value=None if is_placeholder(text) else text)
    return replace(record, **{name: entry})


@pytest.mark.parametrize(("case", "text"), INNOCENT)
def test_innocent_text_is_left_alone(case, text, good, tmp_path):
    tables = {"project": "projects", "indicator": "indicators", "problem": "problems"}
    first, _, rest = case["at"].partition(".")
    changed = typed(good, f"{tables.get(first, first)}.{rest}", text)
    evaluation = evaluate(changed, load(case_policy(tmp_path, case)))
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    assert [(finding.code, finding.message) for finding in evaluation.findings] == []
