"""Every rule on cases kept as data: a good workbook, a change, the exact findings.

``change``, ``remove`` and ``rewrite`` alter the good example's data (see ``support.filling``); on the workbook itself,
``replace`` maps a printed text (``工作表!标题``) to another, ``cell`` sets a cell, ``drop`` and ``rename`` change sheets. ``policy`` is a policy's name or the text of a policy file. Without ``find`` nothing may be found. ``find`` lists every finding: code,
severity, cells and, where given, record, found, expected, difference and words of the message.
"""

import pytest
from support import all_cases, evaluate_file, policy_of, prepared

from evalbatch.writers.result import result

CASES = [pytest.param(case, id=f"{code}-{i}-{case['name']}") for i, (code, case) in enumerate(all_cases(), 1)]
PLAIN = ("code", "severity", "cells", "record", "found", "expected", "difference")


@pytest.mark.parametrize("case", CASES)
def test_case(case, tmp_path):
    evaluation = evaluate_file(prepared(tmp_path, case), policy_of(tmp_path, case))
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    findings = result(evaluation)["findings"]
    wanted = case.get("find", [])
    got = [{key: finding[key] for key in want if key in PLAIN} for want, finding in zip(wanted, findings, strict=False)]
    assert [finding["code"] for finding in findings] == [want["code"] for want in wanted]
    assert got == [{key: value for key, value in want.items() if key in PLAIN} for want in wanted]
    for want, finding in zip(wanted, findings, strict=True):
        for words in want.get("says", []):
            assert words in finding["message"] + finding["fix"] + (finding["effect"] or "")
