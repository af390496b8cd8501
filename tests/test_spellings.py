"""The spellings of targets and results, expected by hand: tests/values/*.toml."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from evalbatch.values import parse_actual, parse_target
from evalbatch.values.dates import UNDATED, on_time

TABLES = Path(__file__).parent / "values"
CELLS = {"name": "name", "level1": "level1", "level2": "level2", "nature": "nature", "cell": "unit", "year": "year"}


def table(name):
    """The rows of one table, each with the text that names it in the test's report."""
    rows = tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8"), parse_float=Decimal)[name]
    return [pytest.param(row, id=f"{row.get('target', '')}|{row['text']}") for row in rows]


def cells(row):
    """The other cells of a row."""
    return {argument: row[key] for key, argument in CELLS.items() if key in row}


def period(text):
    """The days of ``2021-12-31``, ``---12-31`` or ``first/last`` and whether the year was written."""
    first, _, last = text.partition("/")
    days = [date.fromisoformat(day.replace("---", f"{UNDATED}-", 1)) for day in (first, last or first)]
    return days[0], days[1], not text.startswith("---")


def spread(found):
    """The same of a period that was read."""
    return found and (found.first, found.last, found.dated)


@pytest.mark.parametrize("row", table("targets"))
def test_a_target_is_understood_as_a_person_would(row):
    target = parse_target(row["text"], **cells(row))
    due = period(row["due"]) if "due" in row else None
    expected = {
        "kind": row.get("kind", "quantitative"),
        "op": row.get("op", "<=" if due else None),
        "value": Decimal(row["value"]) if "value" in row else None,
        "upper": Decimal(row["upper"]) if "upper" in row else None,
        "unit": row.get("unit", ""),
        "inferred": row.get("inferred", False),
        "due": due,
    }
    got = {
        "kind": target.kind.value,
        "op": target.op,
        "value": target.value,
        "upper": target.upper,
        "unit": target.unit,
        "inferred": target.inferred,
        "due": spread(target.due),
    }
    assert expected == got
    assert target.text == row["text"]
    assert row["suspect"] in target.suspect if "suspect" in row else not target.suspect


@pytest.mark.parametrize("row", table("results"))
def test_a_result_is_understood_beside_its_target(row):
    target = parse_target(row["target"], **cells(row))
    actual = parse_actual(row["text"], target, name=row.get("name", ""), unit=row.get("cell", ""))
    value = Decimal(row["value"]) if "value" in row else None
    assert (value, row.get("copied", False)) == (actual.value, actual.copied_operator)
    assert row["doubt"] in actual.doubt if "doubt" in row else not actual.doubt
    if value is not None:
        assert row.get("unit", "") == actual.unit
    if "done" in row:
        assert period(row["done"]) == spread(actual.done)
    if "on_time" in row:
        met = on_time(target.due, actual.done)
        assert row["on_time"] == {True: "yes", False: "no", None: "unclear"}[met]
    if row.get("none"):
        assert actual.done is None


DIRECTIONS = tomllib.loads((TABLES / "directions.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", DIRECTIONS["less_is_better"])
def test_faults_costs_and_delays_are_better_low(name):
    assert parse_target("5%", name=name).op == "<="


@pytest.mark.parametrize("name", DIRECTIONS["more_is_better"])
def test_what_mends_a_fault_is_better_high(name):
    assert parse_target("5%", name=name).op == ">="
