"""A county with planted faults through the real program: the roll-up says what was planted, no more and no less."""

import json
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from corpus.across import OF_THE_BUREAU
from corpus.generate import write
from corpus.units import Plan
from running import run

from evalbatch.model import Severity, Status
from evalbatch.rules import CATALOGUE
from evalbatch.writers.rollup import findings, projects, refused, units

pytestmark = pytest.mark.slow
COUNTY = Plan(seed=105, count=150, between=0.45)
"""Small enough for a test; it has every kind of fault between units, and two prices of one thing that are unlike the rest."""


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """The manifest of a county, the results of a run over it by file, the sheets of its roll-up, and how the run ended."""
    folder = tmp_path_factory.mktemp("planted") / "county"
    manifest = json.loads(write(COUNTY, folder).read_text("utf-8"))
    outputs = folder.with_name("outputs")
    ended = run(folder, outputs)
    read = [json.loads(path.read_text("utf-8"), parse_float=Decimal) for path in (outputs / "results").glob("*.json")]
    book = openpyxl.load_workbook(outputs / f"{units.NAME}.xlsx", data_only=True)
    return SimpleNamespace(
        manifest=manifest, results={one["source"]["file"]: one for one in read}, book=book, ended=ended
    )


def rows(county, sheet):
    """The rows of a sheet by the keys of its columns, from below its headings on."""
    keys = [one.key for one in sheet.HEADINGS]
    titles = [one.title for one in sheet.HEADINGS]
    values = list(county.book[sheet.TITLE].iter_rows(values_only=True))
    head = next(i for i, row in enumerate(values) if list(row[: len(titles)]) == titles)
    return [dict(zip(keys, row, strict=False)) for row in values[head + 1 :]]


def numbered(county, sheet):
    """The rows with a number, which sums have none of."""
    return [row for row in rows(county, sheet) if isinstance(row["no"], int)]


def of_projects(county):
    """The rows of the projects, without the sums above them."""
    return [row for row in rows(county, projects) if row["code"] not in (projects.SUBTOTAL, projects.TOTAL)]


def readable(county):
    """The manifest's lines of what can be read."""
    return [line for line in county.manifest["files"] if line["readable"]]


def planted_status(line):
    """What the codes planted in a file make of it; each weighs here what its rule does."""
    severities = {CATALOGUE[code].severity for code in line["codes"]}
    if Severity.ERROR in severities:
        return Status.REJECTED.value
    return (Status.ACCEPTED_WITH_ISSUES if Severity.WARNING in severities else Status.ACCEPTED).value


def test_the_county_has_every_kind_of_fault_across_units_and_files_that_cannot_be_read(county):
    codes = {one["code"] for one in county.manifest["across"]}
    assert codes == {code for code in CATALOGUE if code.startswith("B")} - OF_THE_BUREAU
    assert any(one["of"] and len(one["files"]) > 1 for one in county.manifest["across"])
    assert county.manifest["unreadable"] > 1
    assert county.ended.returncode == 1


def test_every_rule_is_found_as_often_as_it_was_planted(county):
    assert Counter(row["code"] for row in numbered(county, findings)) == county.manifest["codes"]


def test_every_workbook_is_found_to_have_what_was_planted_in_it(county):
    found = {file: sorted(one["code"] for one in result["findings"]) for file, result in county.results.items()}
    assert found == {line["file"]: line["codes"] for line in county.manifest["files"]}


def test_faults_between_units_name_the_planted_files_and_cells(county):
    """A message names exactly the files that share a fault, and the place the cells."""
    names = [line["file"] for line in county.manifest["files"]]
    found = sorted(
        (row["code"], sorted(name for name in names if name in row["message"]))
        for row in numbered(county, findings)
        if row["unit"].startswith(findings.ACROSS)
    )
    assert found == sorted((one["code"], sorted(one["files"])) for one in county.manifest["across"])
    for one in county.manifest["across"]:
        if one["of"]:
            places = [row["place"] for row in numbered(county, findings) if row["code"] == one["code"]]
            assert any(all(cell in place for cell in one["cells"]) for place in places)


def test_every_workbook_stands_in_the_list_of_units_with_its_conclusion(county):
    listed = {row["file"]: row["status"] for row in numbered(county, units)}
    assert listed == {line["file"]: planted_status(line) for line in readable(county)}
    assert len(numbered(county, units)) == len(listed)
    assert set(listed.values()) == {status.value for status in Status} - {Status.NOT_ASSESSED.value}


def test_the_verdict_counts_what_came_and_what_became_of_it(county):
    came, status = len(county.manifest["files"]), Counter(map(planted_status, readable(county)))
    senders = {line["code"] for line in readable(county)}
    assert county.book[units.TITLE]["A3"].value == (
        f"收到 {came} 份：已评 {len(readable(county))} 份，来自 {len(senders)} 个单位（通过 {status[Status.ACCEPTED.value]} 份，"
        f"基本通过 {status[Status.ACCEPTED_WITH_ISSUES.value]} 份，退回 {status[Status.REJECTED.value]} 份），"
        f"未评 {county.manifest['unreadable']} 份。"
    )


def test_what_could_not_be_read_is_listed_and_nothing_else(county):
    listed = [row["file"] for row in rows(county, refused)]
    assert sorted(listed) == sorted(line["file"] for line in county.manifest["files"] if not line["readable"])


def test_every_project_is_listed_once(county):
    total = rows(county, projects)[0]
    count = sum(line["projects"] for line in readable(county))
    assert (total["code"], total["name"], total["unit"]) == (projects.TOTAL, count, len(readable(county)))
    listed = Counter(row["unit"] for row in of_projects(county))
    written = Counter()
    for line in readable(county):
        written[line["unit"]] += line["projects"]
    assert listed == written


@pytest.mark.parametrize("key", ["budget", "executed"])
def test_the_money_of_all_projects_adds_up_to_that_of_the_results(county, key):
    rows_of_all = rows(county, projects)
    listed = sum(Decimal(str(row[key] or 0)) for row in of_projects(county))
    results = sum(project[key] or 0 for result in county.results.values() for project in result["projects"])
    assert listed == results > 0
    assert Decimal(str(rows_of_all[0][key])) == listed
    subtotals = [row for row in rows_of_all if row["code"] == projects.SUBTOTAL]
    assert sum(Decimal(str(row[key])) for row in subtotals) == listed
