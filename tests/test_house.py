"""The house stays in order: one-way imports, headings spelled once, every rule with a page and cases."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import evalbatch
from evalbatch import form
from evalbatch.rules import CATALOGUE, AcrossRule
from evalbatch.spec import TRADITIONAL, columns_of, fold, lines_of, sheet_of

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
ACROSS = Path(__file__).parent / "across"
HEADINGS = (
    {fold(c.heading) for cls in (*form.SHEETS, form.BudgetLine) for c in columns_of(cls)}
    | {fold(line.label) for line in lines_of(form.Budget)}
    | {fold(form.DEPARTMENT), fold(form.GUIDE)}
)
LIKENESS = {"headings.py", "lost.py", "approved.py", "values/names.py", "rules/names.py"}
"""Where texts are compared by their likeness, which is a float."""


def test_imports_go_one_way():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "setup.cfg", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_form_headings_are_spelled_in_form_alone():
    spelled = []
    for path in sorted((ROOT / "evalbatch").rglob("*.py")):
        if path.name == "form.py" and path.parent.name == "evalbatch":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and fold(node.value) in HEADINGS:
                spelled.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
    assert spelled == []


def test_traditional_characters_are_folded_for_the_words_of_the_form_alone():
    columns = [c for cls in (*form.SHEETS, form.BudgetLine) for c in columns_of(cls)]
    columns += [c for cls in form.SHEETS for c in form.derived_of(cls)]
    words = {form.GUIDE, form.VERSION_LABEL, form.DEPARTMENT, *(line.label for line in lines_of(form.Budget))}
    words |= {sheet_of(cls).title for cls in form.SHEETS}
    words |= {word for column in columns for word in (column.heading, *column.choices, *column.variants)}
    assert set(map(chr, TRADITIONAL.values())) <= set("".join(words))
    assert not set(map(chr, TRADITIONAL)) & set("".join(words))


def test_no_float_touches_an_amount_or_a_score():
    """Nor is one made, but of a finished number for JSON; written out they are sizes on paper, or likenesses of names."""
    made, written = set(), set()
    for path in sorted((ROOT / "evalbatch").rglob("*.py")):
        name = path.relative_to(ROOT / "evalbatch").as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "round"):
                made.add(name)
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                written.add(name)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decimal":
                assert not any(isinstance(one, ast.Constant) and isinstance(one.value, float) for one in ast.walk(node))
    assert made == {"writers/result.py"}
    assert {name for name in written if not name.startswith("writers/")} == LIKENESS


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_rule_has_cases_that_find_and_cases_that_pass(code):
    folder = ACROSS if isinstance(CATALOGUE[code], AcrossRule) else CASES
    cases = tomllib.loads((folder / f"{code}.toml").read_text("utf-8"))["case"]
    finds = [any(f["code"] == code for f in case.get("find", [])) for case in cases]
    assert True in finds
    assert False in finds


def test_every_case_file_belongs_to_a_rule():
    assert {path.stem for path in (*CASES.glob("*.toml"), *ACROSS.glob("*.toml"))} == set(CATALOGUE)


def test_help_starts_without_the_heavy_libraries():
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from evalbatch.cli import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "print(sorted({'pandas', 'numpy', 'openpyxl', 'xlsxwriter', 'python_calamine'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_changelog_knows_the_version():
    assert f"## [{evalbatch.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
