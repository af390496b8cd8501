"""Random workbooks and odd ones: LibreOffice and Python agree on every formula, and nothing that is typed breaks a run."""

import copy
import math
import re
import zipfile
from decimal import Decimal

import pytest
from generate import filling as generated
from python_calamine import CalamineWorkbook
from support import county, evaluate_data, filling, form_file, gathered

from evalbatch.digest import digest
from evalbatch.evaluate import evaluate
from evalbatch.policy import DEFAULT, load
from evalbatch.read import read_workbook
from evalbatch.rules import CATALOGUE
from evalbatch.score import RULES
from evalbatch.settings import names
from evalbatch.writers.result import result, to_json
from evalbatch.writers.rollup import write_rollup
from evalbatch.writers.scored import write_scored

EACH = 40
"""Workbooks for each shipped policy."""
EACH_COUNTY = 7
"""Workbooks for each policy of a county. LibreOffice takes no more than some 247 files in one call."""
COUNTIES = {
    "rescale": '[satisfaction]\nmissing = "rescale"',
    "move": '[satisfaction]\nmissing = "move"',
    "refuse": '[satisfaction]\nmissing = "refuse"',
    "exact": '[rules]\nequal = "exact"\nzero = "manual"',
    "strict": '[execution]\ndecimals = 1\n[rules]\nreverse = "ratio"\nequal = "exact"\nzero = "manual"\ncost = "equal"\n'
    'between = "none"\nnegative = "manual"\nabout = 0.05',
}
_FORMULA = re.compile(rb"<f[ >]")


def shown(path):
    """What every cell of a workbook holds, by sheet, row and column; blanks left out."""
    book = CalamineWorkbook.from_path(path)
    return {
        (title, r, c): value
        for title in book.sheet_names
        for r, row in enumerate(book.get_sheet_by_name(title).to_python(skip_empty_area=False), 1)
        for c, value in enumerate(row, 1)
        if value != ""
    }


def same(a, b):
    """Whether two cells hold the same, numbers to the ninth decimal."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-9)
    return a == b


def differing(before, after):
    """The cells, formulas or not, that differ between two workbooks."""
    old, new = shown(before), shown(after)
    return {
        cell: (old.get(cell), new.get(cell)) for cell in sorted({*old, *new}) if not same(old.get(cell), new.get(cell))
    }


def formulas(path):
    """How many formulas a workbook holds."""
    with zipfile.ZipFile(path) as book:
        return sum(len(_FORMULA.findall(book.read(name))) for name in book.namelist() if "worksheets/sheet" in name)


def submission(folder, data):
    """What is read from a form filled with data."""
    path = form_file(folder, data)
    return read_workbook(path, path.name)


def unmet(evaluations):
    """What the workbooks should have had among them, and had not: without it the comparison would prove little."""
    scores = [s for e in evaluations for s in (*e.scores.projects, e.scores.department)]
    rows = [row for score in scores for row in score.indicators]
    pairs = [(row.actual.value, row.target.value) for row in rows if None not in (row.actual.value, row.target.value)]
    met = {
        "a blank result": any(row.row.actual.is_blank for row in rows),
        "a blank weight": any(row.weight is None for row in rows),
        "a zero target": any(target == 0 for _, target in pairs),
        "a negative result": any(actual < 0 for actual, _ in pairs),
        "over-achievement": any(actual > 2 * target > 0 for actual, target in pairs),
        "a unit without rows of its own": any(not e.scores.department.indicators for e in evaluations),
        "a unit with rows of its own": any(e.scores.department.grade for e in evaluations),
        "weights that do not make 100": any(score.indicators and score.weight != 100 for score in scores),
        "a rescaled total": any(score.total != score.score for score in scores),
        "a total without a grade for want of satisfaction": any(score.whole is None for score in scores),
        "a project without a budget": any(score.execution.budget.value == 0 for score in scores),
    }
    scored = {row.rule for row in rows if row.score is not None}
    left = {row.rule for row in rows if row.score is None}
    grades = {score.grade for score in scores}
    return [
        *(words for words, found in met.items() if not found),
        *(rule for rule in RULES if rule not in scored),
        *(rule for rule in (None, "正向", "约", "期限", "定性") if rule not in left),
        *(grade for grade in ("优", "良", "中", "差", None) if grade not in grades),
    ]


@pytest.fixture(scope="module")
def policies(tmp_path_factory):
    """Every shipped policy and the counties', by name, with how many workbooks each scores."""
    folder = tmp_path_factory.mktemp("policies")
    found = {name: (load(name), EACH) for name in names()}
    for name, text in COUNTIES.items():
        found[name] = load(county(folder, text, f"{name}.toml")), EACH_COUNTY
    return found


@pytest.mark.slow
def test_libreoffice_and_python_agree_on_random_workbooks(tmp_path, office, policies):
    """Every form is scored by two policies: writing forms takes most of the time before LibreOffice's own."""
    paths, evaluations = [], []
    turns = [name for turn in range(EACH) for name, (_, number) in policies.items() if turn < number]
    for number, name in enumerate(turns):
        if number % 2 == 0:
            read = submission(tmp_path, generated(number // 2))
        policy = policies[name][0]
        evaluation = evaluate(read, policy)
        path = tmp_path / f"{number // 2:03d}-{name}.xlsx"
        path.write_bytes(write_scored(evaluation, policy))
        evaluations.append(evaluation)
        paths.append(path)
    assert len(paths) >= 200
    assert unmet(evaluations) == []
    recalculated = office.convert(paths, tmp_path / "out")
    assert min(map(formulas, paths)) > 50
    differences = {
        before.name: found
        for before, after in zip(paths, recalculated, strict=True)
        if (found := differing(before, after))
    }
    assert differences == {}


def test_the_comparison_sees_a_wrong_value(tmp_path):
    right, wrong = tmp_path / "right.xlsx", tmp_path / "wrong.xlsx"
    policy = load()
    right.write_bytes(write_scored(evaluate_data(tmp_path, filling()), policy))
    with zipfile.ZipFile(right) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</f><v>99.05</v>", b"</f><v>99.06</v>"))
    assert differing(right, right) == {}
    assert set(differing(right, wrong).values()) == {(99.05, 99.06)}


# --- whatever is typed --------------------------------------------------------------------------------------------


def every(data, of, value):
    """The data with every cell of some kind (a type or several) put in another way."""
    if isinstance(data, dict):
        return {key: every(each, of, value) for key, each in data.items()}
    if isinstance(data, list):
        return [every(each, of, value) for each in data]
    return value if isinstance(data, of) else data


def half(data, odd=0):
    """The data with every second cell of every row left blank."""
    if isinstance(data, dict):
        return {k: half(v, odd) for i, (k, v) in enumerate(data.items()) if i % 2 == odd or isinstance(v, dict | list)}
    return [half(each, odd) for each in data] if isinstance(data, list) else data


def doubled(data):
    """The data with every row of every table there twice."""
    return {key: [*value, *copy.deepcopy(value)] if isinstance(value, list) else value for key, value in data.items()}


def plain(data):
    """The data without what is not written into cells."""
    return {key: value for key, value in data.items() if key not in ("file", "notes")}


NUMBERS = {
    "huge": Decimal("1e308"),
    "hugely-negative": Decimal("-1e308"),
    "tiny": Decimal("1e-300"),
    "large": Decimal("123456789012345"),
    "negative": Decimal(-5),
    "zero": Decimal(0),
    "long": Decimal("0.123456789012345"),
}
TEXTS = {
    "formula": "=1+1",
    "dash": "—",
    "space": " ",
    "error": "#N/A",
    "number": "7",
    "huge-number": "9" * 400,
    "department": "部门整体",
    "long": "长" * 3000,
    "lines": "第一行\n第二行\t制表",
    "script": "<script>&amp;'\"",
}
ODD = {
    "empty": lambda data: {},
    "no-rows": lambda data: {**data, "project": [], "indicator": [], "standard": [], "problem": []},
    "empty-rows": lambda data: every(data, (str, int, Decimal), None),
    "half": half,
    "other-half": lambda data: half(data, 1),
    "doubled": doubled,
    **{f"numbers-{name}": lambda data, n=number: every(data, (int, Decimal), n) for name, number in NUMBERS.items()},
    **{f"texts-{name}": lambda data, t=text: every(data, str, t) for name, text in TEXTS.items()},
    "numbers-as-text": lambda data: every(data, (int, Decimal), "很多"),
    "everything-formula": lambda data: every(data, (str, int, Decimal), "=1+1"),
    "everything-zero": lambda data: every(data, (str, int, Decimal), Decimal(0)),
    "everything-huge": lambda data: every(data, (str, int, Decimal), Decimal("1e308")),
    "everything-negative": lambda data: every(data, (str, int, Decimal), Decimal(-1)),
}


@pytest.mark.parametrize("odd", ODD)
def test_nothing_that_is_typed_breaks_a_rule_or_a_writer(tmp_path, policies, odd):
    """A rule that crashes, an exception, a finding that points nowhere: none of them, whatever the form holds."""
    for base in (plain(filling()), generated(7)):
        read = submission(tmp_path, ODD[odd](base))
        for name in (DEFAULT, "hubei", "strict"):
            survives(read, policies[name][0])


COLUMNS = {
    "unit": ("year", "posts", "money"),
    "project": ("code", "category", "evaluated", "budget", "executed", "execution_weight", "claimed_rate", "claimed"),
    "indicator": ("project", "name", "nature", "target", "adjusted", "unit", "actual", "tier", "weight", "claimed"),
    "standard": ("price", "quantity"),
}


@pytest.mark.parametrize("typed", [*NUMBERS.values(), *TEXTS.values(), "1e308", "-" + "9" * 60, "1/0", "0%", None])
def test_nothing_that_is_typed_into_single_cells_breaks_a_rule_or_a_writer(tmp_path, policies, typed):
    """Every row has it in another column, and then in the next but one."""
    for shift, policy in ((0, DEFAULT), (2, "strict")):
        data = plain(filling())
        for table, columns in COLUMNS.items():
            for i, row in enumerate(data[table] if isinstance(data[table], list) else [data[table]]):
                row[columns[(i + shift) % len(columns)]] = typed
        survives(submission(tmp_path, data), policies[policy][0])


def survives(read, policy):
    """A submission goes through every rule and every writer."""
    evaluation = evaluate(read, policy)
    assert {line.code for line in evaluation.rules} == set(CATALOGUE)
    assert [line for line in evaluation.rules if line.status == "crashed"] == []
    assert [finding for finding in evaluation.findings if not finding.cells] == []
    assert write_scored(evaluation, policy)
    assert write_rollup(gathered(表=digest(evaluation)))
    assert "Infinity" not in to_json(result(evaluation))
