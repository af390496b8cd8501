"""Tables for machines: what the digests and the results say, exact, streamed, the same bytes every time."""

import csv
import hashlib
import subprocess
import sys
from decimal import Decimal

import pytest
from support import GOOD, REPORT, evaluate_data, filling

from evalbatch.digest import digest
from evalbatch.formula import quantize
from evalbatch.gathered import Gathered
from evalbatch.model import Refusal
from evalbatch.settings import SettingsError
from evalbatch.writers import data
from evalbatch.writers.data import CSV, KINDS, PARQUET, refuse_kind, write_tables
from evalbatch.writers.data_columns import Measure
from evalbatch.writers.data_tables import TABLES
from evalbatch.writers.result import result, to_json

ODD = {
    "change": {
        "project.2.executed": 7,
        "project.2.fiscal_executed": 7,
        "project.0.note": '=HYPERLINK("x")\n第二行，有“引号”"和,逗号',
        "project.1.note": "'单引号开头",
        "indicator.0.actual": "-5",
        "unit.code": "001001",
    }
}
REFUSED = Refusal(file="旧表.xls", sha256=None, reason="这是旧版 .xls")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What a run of three workbooks and an unreadable file comes to, its evaluations, and how results are read."""
    folder = tmp_path_factory.mktemp("run")
    forms = {"甲": filling(GOOD), "乙": filling(REPORT), "丙": filling(GOOD, ODD)}
    evaluations = {name: evaluate_data(folder, form) for name, form in forms.items()}
    digests = [(name, digest(evaluation)) for name, evaluation in evaluations.items()]
    gathered = Gathered(digests=lambda: iter(digests), refusals=[REFUSED])
    return gathered, evaluations, lambda name: to_json(result(evaluations[name])).encode()


def written(folder, run, kind=CSV):
    """The tables of a run, by name."""
    gathered, _, result_of = run
    assert write_tables(kind, folder, gathered, result_of) == tuple(f"{table.name}.{kind}" for table in TABLES)
    return {table.name: folder / f"{table.name}.{kind}" for table in TABLES}


def read_csv(path):
    """The rows of a table as texts, apostrophes in front taken off."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{key: value.removeprefix("'") for key, value in row.items()} for row in csv.DictReader(file)]


def read_parquet(path):
    """The rows of a table."""
    parquet = pytest.importorskip("pyarrow.parquet")
    return parquet.read_table(path).to_pylist()


def test_every_table_has_its_columns_and_a_row_for_everything(tmp_path, run):
    _, evaluations, _ = run
    tables = {name: read_csv(path) for name, path in written(tmp_path, run).items()}
    assert [list(tables[table.name][0]) for table in TABLES] == [[c.name for c in table.columns] for table in TABLES]
    scores = [score for e in evaluations.values() for score in (*e.scores.projects, e.scores.department)]
    assert len(tables["units"]) == len(evaluations) + 1
    assert len(tables["projects"]) == sum(len(e.submission.projects) for e in evaluations.values())
    assert len(tables["indicators"]) == sum(len(score.indicators) for score in scores)
    assert len(tables["findings"]) == sum(len(e.findings) for e in evaluations.values())


def test_amounts_are_exact_and_in_yuan(tmp_path, run):
    _, evaluations, _ = run
    rows = read_csv(written(tmp_path, run)["projects"])
    projects = [project for e in evaluations.values() for project in e.submission.projects]
    amounts = [project.budget.value for project in projects]
    assert None not in amounts
    assert [Decimal(row["budget"]) for row in rows] == amounts
    assert rows[0]["budget"] == "50000"


def test_scores_rates_and_counts_are_the_evaluations_own(tmp_path, run):
    _, evaluations, _ = run
    rows = read_csv(written(tmp_path, run)["units"])
    for row, evaluation in zip(rows, evaluations.values(), strict=False):
        own, unit = evaluation.scores.department, evaluation.submission.unit
        assert (row["unit_name"], row["status"]) == (unit.name.text, evaluation.status.key)
        assert row["score"] == ("" if own.total is None else f"{own.total.normalize():f}")
        rate = own.execution.rate
        assert row["rate"] == ("" if rate is None else f"{quantize(rate, 6).normalize():f}")
        assert int(row["errors"]) + int(row["warnings"]) + int(row["notices"]) == len(evaluation.findings)


def test_indicators_say_what_was_typed_and_what_was_understood(tmp_path, run):
    _, evaluations, _ = run
    rows = read_csv(written(tmp_path, run)["indicators"])
    wanted = [
        (one.row.target.text, one.row.actual.text, one.score, score.code)
        for evaluation in evaluations.values()
        for score in (*evaluation.scores.projects, evaluation.scores.department)
        for one in score.indicators
    ]
    got = [
        (row["target_text"], row["actual_text"], Decimal(row["score"]) if row["score"] else None, row["project"])
        for row in rows
    ]
    assert got == wanted
    assert "部门整体" in {row["project"] for row in rows}
    assert {row["target_inferred"] for row in rows} <= {"true", "false"}


def test_findings_say_what_the_workbook_says(tmp_path, run):
    _, evaluations, _ = run
    rows = read_csv(written(tmp_path, run)["findings"])
    findings = [finding for evaluation in evaluations.values() for finding in evaluation.findings]
    assert [row["message"] for row in rows] == [finding.message for finding in findings]
    overspent = next(row for row in rows if row["code"] == "M106")
    assert (overspent["found"], overspent["difference"], overspent["difference_unit"]) == ("70000 元", "6700", "元")


def test_a_file_that_could_not_be_read_has_a_row_with_its_reason(tmp_path, run):
    last = read_csv(written(tmp_path, run)["units"])[-1]
    filled = {key: value for key, value in last.items() if value}
    assert filled == {"file": REFUSED.file, "status": "not-assessed", "reason": REFUSED.reason}


def test_csv_opens_in_office_programs_and_calculates_nothing(tmp_path, run):
    for path in written(tmp_path, run).values():
        text = path.read_bytes().decode("utf-8")
        assert text.startswith("\ufeffoutput,")
        assert text.endswith("\r\n")
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert [cell for row in csv.reader(file) for cell in row if cell[:1] in tuple("=+@\t\r")] == []
    notes = [row["note"] for row in read_csv(tmp_path / "projects.csv")]
    assert ODD["change"]["project.0.note"] in notes
    with (tmp_path / "projects.csv").open(encoding="utf-8-sig", newline="") as file:
        raw = [row["note"] for row in csv.DictReader(file)]
    assert "''单引号开头" in raw
    assert "'" + ODD["change"]["project.0.note"] in raw
    with (tmp_path / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "'-5" in [row["actual_text"] for row in csv.DictReader(file)]


def test_a_negative_number_is_a_number_in_csv(tmp_path, run):
    with written(tmp_path, run)["findings"].open(encoding="utf-8-sig", newline="") as file:
        differences = [row["difference"] for row in csv.DictReader(file) if row["difference"]]
    assert [text for text in differences if text.startswith("-")]
    assert all(Decimal(text).is_finite() for text in differences)


def test_codes_keep_their_zeros(tmp_path, run):
    assert [row["unit_code"] for row in read_csv(written(tmp_path, run)["units"])][2] == "001001"


@pytest.mark.parametrize("kind", KINDS)
def test_equal_runs_give_equal_bytes(tmp_path, run, kind):
    if kind == PARQUET:
        pytest.importorskip("pyarrow")
    hashes = []
    for name in ("一", "二"):
        (tmp_path / name).mkdir()
        files = written(tmp_path / name, run, kind).values()
        hashes.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert hashes[0] == hashes[1]


def test_parquet_says_what_csv_says(tmp_path, run, monkeypatch):
    """Row groups of three, so that a table has several."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(data, "AT_ONCE", 3)
    texts, typed = written(tmp_path, run), written(tmp_path, run, PARQUET)
    for table in TABLES:
        rows, values = read_csv(texts[table.name]), read_parquet(typed[table.name])
        assert len(rows) == len(values)
        for row, value in zip(rows, values, strict=True):
            for column in table.columns:
                assert same(row[column.name], value[column.name]), (table.name, column.name)


def same(text, value):
    """Whether a CSV cell and a Parquet value are one; amounts here have no more than two decimals."""
    if value is None or isinstance(value, str):
        return text == (value or "")
    if isinstance(value, bool):
        return text == str(value).lower()
    return Decimal(text) == value


def test_parquet_amounts_have_two_decimals_and_texts_are_as_typed(tmp_path, run):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(tmp_path, run, PARQUET)["projects"])
    assert str(table.schema.field("budget").type) == "decimal128(24, 2)"
    assert ODD["change"]["project.0.note"] in table.column("note").to_pylist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", ["99999999999999.9", "-99999999999999.9", "0.000000001", "1e308"])
def test_any_number_a_form_can_hold_is_written(tmp_path, kind, number):
    if kind == PARQUET:
        pytest.importorskip("pyarrow")
    form = filling(GOOD, {"change": {"project.0.budget": number, "project.0.claimed": number}})
    for row in form["indicator"]:
        row["target"] = row["actual"] = number
        row["weight"] = number
    evaluation = evaluate_data(tmp_path, form)
    gathered = Gathered(digests=lambda: iter([("表", digest(evaluation))]), refusals=())
    paths = written(tmp_path, (gathered, None, lambda _: to_json(result(evaluation)).encode()), kind)
    rows = {name: read_csv(path) if kind == CSV else read_parquet(path) for name, path in paths.items()}
    budget = evaluation.submission.projects[0].budget.value
    shown = rows["projects"][0]["budget"]
    kept = quantize(budget, 2) if budget is not None and kind == PARQUET else budget
    assert (Decimal(shown) if shown not in ("", None) else None) == kept
    assert {row["actual_text"] for row in rows["indicators"]} == {number}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_without_a_readable_workbook_gives_tables_all_the_same(tmp_path, kind):
    if kind == PARQUET:
        pytest.importorskip("pyarrow")
    nothing = Gathered(digests=lambda: iter(()), refusals=())
    paths = written(tmp_path, (nothing, None, None), kind)
    rows = {name: read_csv(path) if kind == CSV else read_parquet(path) for name, path in paths.items()}
    assert rows == {"units": [], "projects": [], "indicators": [], "findings": []}


def test_parquet_without_its_library_is_refused_before_any_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingsError) as error:
        refuse_kind(PARQUET)
    assert str(error.value) == (
        "没有安装 pyarrow，不能写 parquet 文件。请先运行 pip install pyarrow，或改用 --tables csv"
    )
    refuse_kind(CSV)


def test_every_column_says_what_it_is_once():
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert all(column.about for column in table.columns)
        assert names[0] == "output"
    amounts = {column.name for table in TABLES for column in table.columns if column.measure is Measure.YUAN}
    assert amounts == {"initial", "budget", "executed"}


def test_csv_needs_neither_pandas_nor_pyarrow():
    code = (
        "import sys\n"
        "from evalbatch.gathered import Gathered\n"
        "from evalbatch.writers.data import write_tables\n"
        "from pathlib import Path\n"
        "import tempfile\n"
        "write_tables('csv', Path(tempfile.mkdtemp()), Gathered(digests=lambda: iter(()), refusals=()), None)\n"
        "print(sorted({'pandas', 'numpy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
