"""What the benchmark sets side by side is the same work, and what it watches is there."""

import sys
from pathlib import Path

import pytest
from support import evaluate_file, form_file

sys.path.append(str(Path(__file__).parent / "benchmarks"))

from content import cell_counts, sheets
from copies import write_copies
from floor import player
from reference import reference
from runs import dearer
from script import NAMED, NEW, SHARED, run
from tape import recording
from watch import program, watched

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


def test_copies_are_of_other_units_and_else_the_same(form, tmp_path):
    folder = write_copies(form, tmp_path / "forms", 2)
    one, two = (evaluate_file(path) for path in sorted(folder.iterdir()))
    names = [evaluation.submission.unit.name.text for evaluation in (one, two)]
    assert len({*names, evaluate_file(form).submission.unit.name.text}) == 3
    assert one.findings == two.findings == evaluate_file(form).findings


def test_a_run_is_watched_with_its_workers_and_what_comes_after_them(form, tmp_path):
    """No worker is left while the roll-up is written."""
    folder = write_copies(form, tmp_path / "forms", 10)
    ran = watched(program("run", folder, "-o", tmp_path / "out"))
    assert max(len(look.workers) for look in ran.looks) <= 2
    assert 10 < ran.worker < 200
    assert ran.working[-1].at < ran.looks[-1].at
    assert 0 < ran.after.wall < ran.took.wall
    assert 1 < ran.gain(2) < 2


@pytest.mark.parametrize(
    ("each", "said"), [({100: 154.2, 1000: 137.0, 5000: 140.8}, "-8.7%"), ({5000: 110.0, 100: 100.0}, "+10.0%")]
)
def test_a_workbook_may_cost_less_the_more_there_are(each, said):
    """What lies between does not count: the target is the largest run against the smallest."""
    assert f"{100 * dearer(each):+.1f}%" == said
