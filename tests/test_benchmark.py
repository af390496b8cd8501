"""What the benchmark sets side by side is the same work."""

import sys
from pathlib import Path

import pytest
from support import evaluate_file, form_file

sys.path.append(str(Path(__file__).parent / "benchmarks"))

from content import cell_counts, sheets
from floor import player
from reference import reference
from script import NAMED, NEW, SHARED, run
from tape import recording

from evalbatch.policy import load
from evalbatch.writers.scored import write_scored

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    return form_file(tmp_path_factory.mktemp("reference"), reference())


@pytest.fixture(scope="module")
def recorded(form):
    """The scored workbook, and the calls that wrote it."""
    evaluation = evaluate_file(form)
    with recording() as tape:
        return write_scored(evaluation, load()), tape


def test_the_form_has_eight_projects_and_eighty_indicators(form):
    submission = evaluate_file(form).submission
    assert (len(submission.projects), len(submission.indicators)) == (8, 80)


def test_the_floor_writes_the_very_workbook(recorded):
    workbook, tape = recorded
    assert player(tape)() == workbook


@pytest.mark.parametrize("how", [NEW, SHARED, NAMED])
def test_the_script_writes_as_many_cells_on_every_sheet(form, recorded, how):
    workbook, tape = recorded
    counts = cell_counts(run(form, sheets(tape), how))
    assert (len(counts) > 10, sum(counts) > 5000) == (True, True)
    assert counts == cell_counts(workbook)


def test_recording_leaves_no_trace(form, recorded):
    workbook, tape = recorded
    calls = len(tape.calls)
    assert write_scored(evaluate_file(form), load()) == workbook
    assert len(tape.calls) == calls
