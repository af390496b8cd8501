"""Every rule on cases kept as data: a good workbook, a change, the exact findings.

``change``, ``remove`` and ``rewrite`` alter the good example's data (see ``support.filling``); on the workbook itself,
``replace`` maps a printed text (``工作表!标题``) to another, ``cell`` sets a cell, ``drop`` and ``rename`` change sheets. ``policy`` is a policy's name or the text of a policy file. Without ``find`` nothing may be found. ``find`` lists every finding: code,
severity, cells and, where given, record, found, expected, difference and words of the message.

``innocent`` lists texts that come near a rule's pattern and are right: put in the cell ``at`` (``report.goals``,
``problem.0.measure``) of the good workbook, nothing may be found. The good report quotes the good workbook's figures:
cases of the rules that are not about texts leave it out.
"""

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from support import GOOD, evaluate_file, filling, form_file

from evalbatch.evaluate import evaluate
from evalbatch.policy import DEFAULT, load
from evalbatch.read import read_workbook
from evalbatch.values import is_placeholder
from evalbatch.writers.result import result

ALL = [
    (path.stem, i, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for i, case in enumerate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"], 1)
]
CASES = [pytest.param(code, case, id=f"{code}-{i}-{case['name']}") for code, i, case in ALL if "innocent" not in case]
INNOCENT = [
    pytest.param(case, text, id=f"{code}-{i}-{text[:20]}") for code, i, case in ALL for text in case.get("innocent", ())
]
ABOUT_TEXTS = "P2"
PLAIN = ("code", "severity", "cells", "record", "found", "expected", "difference")


def prepared(folder, code, case):
    """The case's workbook."""
    data = filling(case.get("base", GOOD), case)
    if not code.startswith(ABOUT_TEXTS) and "base" not in case:
        data.pop("report", None)
        data["department"].pop("achieved", None)
    path = form_file(folder, data)
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
    evaluation = evaluate(changed, load(policy_of(tmp_path, case)))
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    assert [(finding.code, finding.message) for finding in evaluation.findings] == []


@pytest.mark.parametrize(("code", "case"), CASES)
def test_case(code, case, tmp_path):
    evaluation = evaluate_file(prepared(tmp_path, code, case), policy_of(tmp_path, case))
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    findings = result(evaluation)["findings"]
    wanted = case.get("find", [])
    got = [{key: finding[key] for key in want if key in PLAIN} for want, finding in zip(wanted, findings, strict=False)]
    assert [finding["code"] for finding in findings] == [want["code"] for want in wanted]
    assert got == [{key: value for key, value in want.items() if key in PLAIN} for want in wanted]
    for want, finding in zip(wanted, findings, strict=True):
        for words in want.get("says", []):
            assert words in finding["message"] + finding["fix"] + (finding["effect"] or "")
