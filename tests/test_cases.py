"""Every rule on cases kept as data: a good workbook, a change, the exact findings.

``change``, ``remove`` and ``rewrite`` alter the good example's data (see ``support.filling``); on the workbook itself,
``replace`` maps a printed text (``工作表!标题``) to another, ``cell`` sets a cell, ``drop`` and ``rename`` change sheets. ``policy`` is a policy's name or the text of a policy file. Without ``find`` nothing may be found. ``find`` lists every finding: code,
severity, cells and, where given, record, found, expected, difference and words of the message.
"""

import tomllib
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from support import GOOD, evaluate_file, filling, form_file

from evalbatch.policy import DEFAULT
from evalbatch.writers.result import result

CASES = [
    pytest.param(case, id=f"{path.stem}-{i}-{case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for i, case in enumerate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"], 1)
]
PLAIN = ("code", "severity", "cells", "record", "found", "expected", "difference")


def prepared(folder, case):
    """The case's workbook."""
    path = form_file(folder, filling(case.get("base", GOOD), case))
    if not {"replace", "cell", "drop", "rename"} & set(case):
        return path
    book = openpyxl.load_workbook(path)
    for place, text in case.get("replace", {}).items():
        title, heading = place.split("!")
        for row in book[title].iter_rows():
            for cell in row:
                if str(cell.value or "").rstrip("*") == heading:
                    cell.value = text
    for place, value in case.get("cell", {}).items():
        title, ref = place.split("!")
        book[title][ref].value = value
    for title in case.get("drop", []):
        del book[title]
    for title, name in case.get("rename", {}).items():
        book[title].title = name
    book.save(path)
    return path


def policy_of(folder, case):
    """The case's policy, written to a file where the case holds its text."""
    policy = case.get("policy", DEFAULT)
    if "\n" not in policy:
        return policy
    path = folder / "county.toml"
    path.write_text(policy, "utf-8")
    return str(path)


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
