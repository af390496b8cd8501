"""Whatever is done to a filled form: it is read right, or refused, or a finding says so where it was done."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from decimal import Decimal
from typing import Any

import large_unit
import mutate_cells  # noqa: F401  registers its mutators
import mutate_layout  # noqa: F401
import pytest
from mutations import MUTATORS, Mutant, mutant
from support import filling, form_file

from evalbatch.evaluate import evaluate
from evalbatch.form import BUDGET_LINES, SHEETS, BudgetLine
from evalbatch.model import Evaluation, Submission
from evalbatch.policy import load as load_policy
from evalbatch.preflight import Refused
from evalbatch.read import read_workbook
from evalbatch.rules.cells import records
from evalbatch.spec import Column, Entry, Kind, Need, columns_of

SEEDS = int(os.environ.get("EVALBATCH_MUTATIONS", "500"))
GROUPS = 20
POLICY = load_policy("national-2020")

LEAVES = {
    ("Unit", "code"): "没有别处再写单位编码",
    ("Unit", "phone"): "没有别处再写电话",
    ("Unit", "date"): "填报日期只要是一个日期",
    ("Unit", "year"): "只有报告文字提到年度，那里说的可以是别的年",
    ("Standard", "price"): "标准测算与全年预算数按容差比较，小的出入看不出",
    ("Standard", "quantity"): "同上",
    ("Standard", "periods"): "同上",
    ("Unit", "retired"): "退休人数不参加任何核对和计分",
    ("Project", "system_code"): "没有别处再写系统代码",
    ("BudgetLine", "three_public.initial"): "“三公”经费是支出的其中数，没有合计可核",
    ("BudgetLine", "three_public.budget"): "同上",
    ("BudgetLine", "procurement.initial"): "政府采购是支出的其中数，没有合计可核",
    ("BudgetLine", "procurement.budget"): "同上",
}
"""Fields that nothing else on the form repeats or adds up: another value typed there cannot be seen, only why it cannot.

A cell that need not be filled and was cleared is exempt too: what is not stated is not stated. So is a percentage whose
format shows fewer decimals: it is read, and held against its parts, as it is shown.
"""


# --- what was read ------------------------------------------------------------------------------------------------


def figures(submission: Submission) -> dict[str, list[dict[str, Any]]]:
    """Every value that is no free text, by sheet, row by row; an amount left blank where it may be counts as 0."""
    held: dict[str, list[dict[str, Any]]] = {}
    for cls in SHEETS:
        held[cls.__name__] = [_values(row, columns_of(cls)) for row in records(submission, cls)]
    lines = zip(BUDGET_LINES, records(submission, BudgetLine), strict=True)
    columns = columns_of(BudgetLine)
    held["BudgetLine"] = [{f"{ln.name}.{n}": v for ln, row in lines for n, v in _values(row, columns).items()}]
    return held


def _values(row: Any, columns: tuple[Column, ...]) -> dict[str, Any]:
    return {c.name: _value(getattr(row, c.name), c) for c in columns if c.kind is not Kind.TEXT}


def _value(entry: Entry[Any], column: Column) -> Any:
    counts_as_nothing = entry.is_blank and column.kind is Kind.AMOUNT and column.need is Need.OPTIONAL
    return Decimal(0) if counts_as_nothing else entry.value


def scores(evaluation: Evaluation) -> Counter[Any]:
    """Every score, in any order, places aside."""
    all_of_them = (*evaluation.scores.projects, evaluation.scores.department)
    return Counter(
        (s.code, s.execution.score, s.assessed, s.weight, s.total, s.grade, *sorted(str(i.score) for i in s.indicators))
        for s in all_of_them
    )


def is_as_before(before: Evaluation, after: Evaluation) -> bool:
    """Whether all figures and scores are those of the untouched form, rows in any order."""
    old, new = figures(before.submission), figures(after.submission)
    same = all(_rows(old[key]) == _rows(new[key]) for key in old)
    return same and scores(before) == scores(after)


def _rows(rows: list[dict[str, Any]]) -> Counter[Any]:
    return Counter(tuple(row.items()) for row in rows if row)


def changed_fields(before: Submission, after: Submission) -> set[tuple[str, str]]:
    """The fields whose values differ, ``rows`` where a table has other rows."""
    old, new, fields = figures(before), figures(after), set()
    for key in old:
        if len(old[key]) != len(new[key]):
            fields.add((key, "rows"))
        for one, two in zip(old[key], new[key], strict=False):
            fields |= {(key, name) for name in one if one[name] != two[name]}
    return fields


def is_exempt(made: Mutant, fields: set[tuple[str, str]]) -> bool:
    """Whether only leaves were typed over, or cells cleared that may be blank."""
    optional = {(c.__name__, f.name) for c in (*SHEETS, BudgetLine) for f in columns_of(c) if f.need is Need.OPTIONAL}
    unseen = made.gone & optional | made.shown | {leaf for leaf in LEAVES if made.over}
    return bool(fields) and all(
        (key, name) in unseen or (key, name.rpartition(".")[2]) in unseen for key, name in fields
    )


# --- where findings lie -------------------------------------------------------------------------------------------


def around(made: Mutant, before: Evaluation, after: Evaluation) -> set[str]:
    """The cells at what was changed: the cell, its row, its column, and every sum it takes part in."""
    spots = {f"{c.parent.title}!{c.coordinate}" for c in made.cells} | made.before
    for cell in made.rows:
        spots |= {f"{cell.parent.title}!{c.coordinate}" for c in cell.parent[cell.row]}
    for cell in made.columns:
        sheet = cell.parent
        spots |= {f"{sheet.title}!{c.coordinate}" for (c,) in sheet.iter_rows(min_col=cell.column, max_col=cell.column)}
    near = set(spots)
    for evaluation in (before, after):
        for identity in evaluation.identities:
            cells = {str(place) for place in identity.places}
            near |= cells if cells & spots else set()
    for cell in made.cells:
        near |= {f"{cell.parent.title}!{c.coordinate}" for c in cell.parent[cell.row]}
        near |= {f"{cell.parent.title}!{cell.column_letter}{row}" for row in range(1, 8)}
    return near


def answers(made: Mutant, before: Evaluation, after: Evaluation) -> list[str]:
    """The codes of new findings that lie at what was changed."""
    known = {f.message for f in before.findings}
    near = around(made, before, after)
    return [
        f.code
        for f in after.findings
        if f.message not in known and any(str(p) in near or p.sheet in made.sheets for p in f.cells)
    ]


def verdict(path: Any, made: Mutant, before: Evaluation) -> str:
    """What came of a mutant: right, refused, found, silent."""
    try:
        submission = read_workbook(path, path.name)
    except Refused:
        return "refused"
    after = evaluate(submission, POLICY)
    crashed = [run.code for run in after.rules if run.status == "crashed"]
    assert not crashed, crashed
    if is_as_before(before, after):
        return "right"
    if answers(made, before, after):
        return "found"
    fields = changed_fields(before.submission, after.submission)
    if is_exempt(made, fields):
        return "exempt"
    told = [f"{f.code} {'、'.join(map(str, f.cells))}" for f in after.findings]
    return f"silent {sorted(fields)} {told}"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """The good example and the large unit: bytes and evaluation."""
    folder, held = tmp_path_factory.mktemp("untouched"), []
    for data in (filling(), large_unit.filling()):
        path = form_file(folder, data)
        held.append((path.read_bytes(), evaluate(read_workbook(path, path.name), POLICY)))
    return held


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_nothing_done_to_a_form_changes_a_figure_silently(group, untouched, tmp_path):
    """Read right, refused, or found where it was done: a figure or a score never changes without a word."""
    warnings.simplefilter("ignore")
    path, counts, silent = tmp_path / "表.xlsx", Counter(), []
    for seed in range(group, SEEDS, GROUPS):
        data, before = untouched[seed % 10 < 3]
        made = mutant(data, before.submission, seed, MUTATORS)
        path.write_bytes(made.saved())
        came = verdict(path, made, before)
        counts[came.split()[0]] += 1
        if came.startswith("silent"):
            silent.append(f"{seed}: {'；'.join(made.words)}: {came}")
    print(dict(counts))
    assert silent == []
