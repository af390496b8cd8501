"""Whatever a form holds, every rule runs or says why not, and every finding says where, what and what to do."""

import json
import re
import zipfile
from collections import Counter
from decimal import Decimal

import openpyxl
import pytest
from support import GOOD, filling, form_file

from evalbatch.evaluate import evaluate
from evalbatch.form import GUIDE, SHEETS, Budget, BudgetLine
from evalbatch.policy import load
from evalbatch.read import read_workbook
from evalbatch.rules import CATALOGUE
from evalbatch.rules.cells import read_cells
from evalbatch.settings import names
from evalbatch.spec import Shape, columns_of, fold, lines_of, sheet_of
from evalbatch.writers.filling import key_of
from evalbatch.writers.result import result, to_json
from evalbatch.writers.template import BLANK

TABLES = tuple(key_of(cls) for cls in SHEETS if sheet_of(cls).shape is Shape.TABLE)
TITLES = {sheet_of(cls).title for cls in SHEETS} | {GUIDE}
POLICIES = tuple(load(name) for name in names())


def each_value(node, change):
    """Filled data with every value replaced; what becomes None is left out."""
    if isinstance(node, list):
        return [each_value(row, change) for row in node]
    if isinstance(node, dict):
        values = {key: each_value(value, change) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not None}
    return change(node)


def numbers(value):
    """Every number replaced, texts kept."""
    return lambda old: old if isinstance(old, str) else value


def texts(value):
    """Every text replaced, numbers kept."""
    return lambda old: value if isinstance(old, str) else old


def every_second(first):
    """Every second value taken away, counted through the whole form from ``first``, 0 or 1."""
    seen = iter(range(first, 10**6))
    return lambda old: old if next(seen) % 2 else None


def placeholders():
    """Every value replaced by one of the words for nothing, in turn."""
    seen = iter(range(10**6))
    return lambda _: ("无", "—", "/")[next(seen) % 3]


def twice(data):
    """Every row of every table stands there twice."""
    return {key: value * 2 if key in TABLES else value for key, value in data.items()}


CHANGES = {
    "blank": lambda _: dict(BLANK),
    "every second value": lambda data: each_value(data, every_second(0)),
    "the other half": lambda data: each_value(data, every_second(1)),
    "no indicators": lambda data: data | {"indicator": []},
    "the unit alone": lambda data: {"unit": data["unit"]},
    "the unit missing": lambda data: {key: value for key, value in data.items() if key != "unit"},
    "every row twice": twice,
    "a formula as every text": lambda data: each_value(data, texts("=1+1")),
    "one long word as every text": lambda data: each_value(data, texts("很长" * 1500)),
    "1e308": lambda data: each_value(data, numbers(Decimal("1e308"))),
    "-1e308": lambda data: each_value(data, numbers(Decimal("-1e308"))),
    "the largest amount": lambda data: each_value(data, numbers(Decimal("99999999999999.9"))),
    "the lowest amount": lambda data: each_value(data, numbers(Decimal("-99999999999999.9"))),
    "0": lambda data: each_value(data, numbers(Decimal(0))),
    "a trace": lambda data: each_value(data, numbers(Decimal("0.000000001"))),
    "1e308 as text": lambda data: each_value(data, numbers("1e308")),
    "-1e308 everywhere": lambda data: each_value(data, lambda _: "-1e308"),
    "0 everywhere": lambda data: each_value(data, lambda _: "0"),
    "placeholders": lambda data: each_value(data, placeholders()),
}


def assert_sound(evaluation):
    """The promises of the catalogue, for one evaluation."""
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    assert [line.code for line in evaluation.rules] == sorted(CATALOGUE)
    found = Counter(finding.code for finding in evaluation.findings)
    for line in evaluation.rules:
        assert line.status in ("passed", "found", "skipped"), line
        assert line.count == found[line.code], line
        assert (line.status == "found") == (line.count > 0), line
        assert line.status != "skipped" or line.reason, line
    for finding in evaluation.findings:
        assert finding.cells, finding
        assert {place.sheet for place in finding.cells} <= TITLES, finding
        assert len(set(finding.cells)) == len(finding.cells), finding
        assert finding.message.strip(), finding
        assert finding.fix.strip(), finding
        assert "None" not in finding.message + finding.fix + finding.effect, finding
    json.loads(to_json(result(evaluation)), parse_constant=pytest.fail)


def assert_sound_everywhere(path):
    """The same under every shipped policy; the workbook is read once."""
    submission = read_workbook(path, path.name)
    for policy in POLICIES:
        assert_sound(evaluate(submission, policy))


@pytest.mark.parametrize("name", CHANGES)
def test_a_form_filled_in_any_way_is_checked_in_full(name, tmp_path):
    data = {key: value for key, value in filling(GOOD).items() if key not in ("file", "notes")}
    assert_sound_everywhere(form_file(tmp_path, CHANGES[name](data)))


def test_real_formulas_everywhere_are_checked_in_full(tmp_path):
    path = form_file(tmp_path, filling(GOOD))
    book = openpyxl.load_workbook(path)
    for _, _, entry, _ in read_cells(read_workbook(path, path.name)):
        if entry.text:
            book[entry.place.sheet][entry.place.ref].value = "=1+1"
    book.save(path)
    assert_sound_everywhere(path)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_page_shows_the_fault_and_the_same_thing_put_right(code):
    page = CATALOGUE[code]
    assert len({page.bad, page.good, page.finds, page.why}) == 4
    assert page.bad not in [other.bad for other in CATALOGUE.values() if other is not page]


# --- headings ----------------------------------------------------------------------------------------------------


def titles_of(cls):
    """Every heading and label a sheet has, folded."""
    declared = [*columns_of(cls), *(columns_of(BudgetLine) if cls is Budget else ())]
    return {fold(column.heading) for column in declared} | {fold(line.label) for line in lines_of(cls)}


def headings_on(sheet, cls):
    """The cells that hold a heading or a label."""
    held = (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))
    return [cell.coordinate for cell in held if fold(cell.value) in titles_of(cls)]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The parts of the good workbook; by sheet the name of its part and the cells that hold a heading or a label."""
    path = form_file(tmp_path_factory.mktemp("parts"), filling(GOOD))
    with zipfile.ZipFile(path) as held:
        parts = {name: held.read(name) for name in held.namelist()}
    book = openpyxl.load_workbook(path)
    part_of = {title: f"xl/worksheets/sheet{i}.xml" for i, title in enumerate(book.sheetnames, 1)}
    titles = {cls: sheet_of(cls).title for cls in SHEETS}
    return parts, {cls: (part_of[title], headings_on(book[title], cls)) for cls, title in titles.items()}


def without(path, parts, part, refs):
    """Write the workbook with some cells of one sheet blank."""
    cells = "|".join(refs)
    blanked = re.sub(rb'<c r="(?:%s)"(?: [^>]*)?(?:/>|>.*?</c>)' % cells.encode(), b"", parts[part])
    assert blanked != parts[part]
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, blanked if name == part else data)
    return path


@pytest.mark.parametrize("cls", SHEETS, ids=lambda cls: sheet_of(cls).title)
def test_a_form_without_one_heading_is_checked_in_full(cls, package, tmp_path):
    parts, sheets = package
    part, refs = sheets[cls]
    assert len(refs) == len(titles_of(cls))
    for some in ([ref] for ref in refs):
        path = without(tmp_path / "表.xlsx", parts, part, some)
        assert read_workbook(path, path.name).departures
        assert_sound_everywhere(path)


@pytest.mark.parametrize("cls", SHEETS, ids=lambda cls: sheet_of(cls).title)
def test_a_sheet_without_any_heading_is_checked_in_full(cls, package, tmp_path):
    parts, sheets = package
    assert_sound_everywhere(without(tmp_path / "表.xlsx", parts, *sheets[cls]))
