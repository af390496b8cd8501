"""The county's corpus: honest forms are silent, planted faults are found, each once and nothing beside them."""

import ast
import json
from collections import Counter
from pathlib import Path

import pytest
from corpus.across import ALL_FULL_CODE, BETWEEN, OF_THE_BUREAU
from corpus.files import FILE_FAULTS
from corpus.generate import manifest_of, write
from corpus.offices import offices
from corpus.planting import FAULTS
from corpus.story import Shape
from corpus.units import Plan, made, office_of, perfect_code, role
from corpus.vocabulary import departments, templates
from support import evaluate_file

from evalbatch.preflight import Refused
from evalbatch.read import read_workbook
from evalbatch.rules import CATALOGUE, AcrossRule

TESTS = Path(__file__).parent
JUDGES = ("batch", "engine", "evaluate", "policy", "read", "reconcile", "rules", "score", "work")
"""Modules that judge what they read; a corpus that knew them would agree with them by construction."""
COUNTY = Plan(seed=20260301, count=4000)


def findings(folder, one):
    """The codes that a made file is found to have, sorted, and where each of them is."""
    path = folder / "表.xlsx"
    path.write_bytes(one.data)
    found = evaluate_file(path).findings
    return sorted(finding.code for finding in found), {(f.code, str(cell)) for f in found for cell in f.cells}


def numbers(wanted, count, start=1, plan=COUNTY):
    """The first units of the county that something becomes of."""
    return [n for n in range(start, plan.count) if role(plan, n) == wanted][:count]


def imports(path):
    """The modules of the package, and of the tests, that a source imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_the_corpus_knows_nothing_of_how_forms_are_judged():
    """Neither its modules nor those of the tests that they use import a module that judges."""
    sources, seen = [*(TESTS / "corpus").glob("*.py")], []
    while sources:
        source = sources.pop()
        seen.append(source.name)
        for name in imports(source):
            helper = TESTS / f"{name.partition('.')[0]}.py"
            if not name.startswith(".") and helper.exists() and helper.name not in seen:
                sources.append(helper)
            assert not (name.startswith("evalbatch.") and name.split(".")[1] in JUDGES), f"{source.name}: {name}"
    assert {"units.py", "pieces.py", "planting.py"} <= set(seen)


def test_units_have_names_and_codes_of_their_own_in_every_department():
    county = offices(2000)
    assert len({one.name for one in county}) == len({one.code for one in county}) == 2000
    sizes = Counter(one.department.code for one in county)
    assert len(sizes) == 30
    assert min(sizes.values()) >= 5
    assert max(sizes.values()) <= 100
    assert county[:100] == offices(100)
    assert len({template.name for template in templates()}) == len(templates()) == 80


def test_every_declared_code_is_one_of_the_catalogue():
    codes = {code for fault in (*FAULTS.values(), *FILE_FAULTS.values()) for code in fault.codes}
    across = {ALL_FULL_CODE, *OF_THE_BUREAU, *(kind.code for kind in BETWEEN.values())}
    assert codes | across <= set(CATALOGUE)
    assert across == {code for code, rule in CATALOGUE.items() if isinstance(rule, AcrossRule)}
    assert all(fault.about for fault in (*FAULTS.values(), *FILE_FAULTS.values()))


@pytest.mark.parametrize("number", numbers("honest", 40))
def test_an_honest_form_yields_nothing(number, tmp_path):
    assert findings(tmp_path, made(COUNTY, number))[0] == []


@pytest.mark.parametrize("number", numbers("form", 40))
def test_what_is_planted_is_what_is_found(number, tmp_path):
    one = made(COUNTY, number)
    assert findings(tmp_path, one)[0] == one.line["codes"] != []


@pytest.mark.slow
def test_counts_by_code_are_the_manifests(tmp_path):
    """Over a hundred and fifty faulty forms none of the planted faults is missed, and none is found beside them."""
    planted, found, differing = Counter(), Counter(), []
    for number in numbers("form", 150, start=500):
        one = made(COUNTY, number)
        codes, _ = findings(tmp_path, one)
        planted.update(one.line["codes"])
        found.update(codes)
        if codes != one.line["codes"]:
            differing.append((number, one.line["codes"], codes))
    assert differing == []
    assert found == planted
    assert len(planted) > 30


def test_a_fault_between_units_shows_in_no_single_form(tmp_path):
    for number in numbers("across", 12):
        one = made(COUNTY, number)
        assert findings(tmp_path, one)[0] == []
        assert one.line["codes"] == []


def test_no_unit_shares_something_with_two_others():
    """Each fault between units is one of its own, so that it is found once."""
    county = Plan(seed=20260301, count=800, between=0.3)
    across = [one for n in numbers("across", 40, plan=county) for one in made(county, n).line["across"]]
    files = [file for one in across for file in one["files"]]
    assert len(files) == len(set(files))
    assert {one["kind"] for one in across} == set(BETWEEN)
    assert all(len(one["files"]) == (1 if BETWEEN[one["kind"]].alone else 2) for one in across)


def test_what_cannot_be_read_is_refused_and_the_rest_of_the_faulty_files_is_found(tmp_path):
    kinds = Counter()
    for number in numbers("file", 24):
        one = made(COUNTY, number)
        kinds[one.line["faults"][0]["kind"]] += 1
        if one.line["readable"]:
            assert findings(tmp_path, one)[0] == one.line["codes"]
        else:
            path = tmp_path / Path(one.path).name
            path.write_bytes(one.data)
            with pytest.raises(Refused):
                read_workbook(path, path.name)
    assert set(kinds) == set(FILE_FAULTS)


def test_a_planted_cell_is_where_the_fault_stands(tmp_path):
    """Most faults are found at the very cell they were planted in; the others are told from it by an identity."""
    elsewhere = Counter()
    for number in numbers("form", 40):
        one = made(COUNTY, number)
        _, places = findings(tmp_path, one)
        for fault in one.line["faults"]:
            if not {(code, cell) for code in fault["codes"] for cell in fault["cells"]} & places:
                elsewhere[fault["kind"]] += 1
    assert set(elsewhere) <= {"category_wrong", "standards_short", "no_satisfaction"}


def test_the_same_seed_gives_the_same_bytes_and_a_small_county_is_part_of_a_large_one(tmp_path):
    small, large, other = (Plan(seed=seed, count=count) for seed, count in ((7, 12), (7, 16), (8, 12)))
    for plan, name in ((small, "a"), (small, "b"), (large, "c"), (other, "d")):
        write(plan, tmp_path / name)
    files = {
        name: {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.xls*")}
        for name in "abcd"
    }
    assert files["a"] == files["b"]
    assert files["a"].items() <= files["c"].items()
    assert not set(files["a"].values()) & set(files["d"].values())
    assert manifest_of(tmp_path / "a").read_text("utf-8") == manifest_of(tmp_path / "b").read_text("utf-8")


def test_the_manifest_stands_beside_the_folder_and_adds_up(tmp_path):
    manifest = json.loads(write(Plan(seed=3, count=30), tmp_path / "county", jobs=2).read_text("utf-8"))
    paths = {str(path.relative_to(tmp_path / "county")) for path in (tmp_path / "county").rglob("*.xls*")}
    locked = {path for path in paths if "~$" in path}
    assert paths - locked == {line["file"] for line in manifest["files"]}
    assert len(locked) == sum(line["locked"] for line in manifest["files"])
    across = [one["code"] for one in manifest["across"]]
    assert manifest["codes"] == Counter([*across, *(code for line in manifest["files"] for code in line["codes"])])
    with pytest.raises(FileExistsError):
        write(Plan(count=1), tmp_path / "county")


def test_units_of_one_department_are_all_full_as_a_whole(tmp_path):
    path = tmp_path / "表.xlsx"
    full = [n for n in range(1, COUNTY.count) if office_of(n).code.startswith(perfect_code(COUNTY))]
    for number in full[:3]:
        one = made(COUNTY, number)
        path.write_bytes(one.data)
        evaluation = evaluate_file(path)
        assert (evaluation.scores.department.claimed.value, evaluation.findings) == (100, ())
        assert one.line["faults"] == []


def test_a_shape_says_how_many_projects_and_indicators_there_are(tmp_path):
    """The shape of the benchmark: eight projects and eighty indicators, those of the unit as a whole among them."""
    for number in range(1, 6):
        one = made(Plan(count=5, shape=Shape(projects=8, indicators=80), faults=False), number)
        path = tmp_path / "表.xlsx"
        path.write_bytes(one.data)
        read = read_workbook(path, path.name)
        assert (len(read.projects), len(read.indicators)) == (8, 80)
        assert findings(tmp_path, one)[0] == []


def test_departments_have_sorts_of_units():
    assert all(department.sorts and department.period > 0 for department in departments())
