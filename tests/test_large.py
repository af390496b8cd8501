"""A real department's size: thirty projects, three hundred indicators, honest words, and nothing to find."""

from collections import Counter

import pytest
from large_unit import filling
from support import evaluate_file, form_file

from evalbatch.form import DEPARTMENT, LEVEL1, LEVEL2, NO
from evalbatch.model import Status
from evalbatch.policy import DEFAULT, load
from evalbatch.writers.result import result
from evalbatch.writers.scored import write_scored


@pytest.fixture(scope="module")
def data():
    return filling()


@pytest.fixture(scope="module")
def path(data, tmp_path_factory):
    return form_file(tmp_path_factory.mktemp("large"), data)


@pytest.fixture(scope="module")
def large(path):
    return evaluate_file(path)


def scored(evaluation):
    """The scores of the projects that take part, then the unit's as a whole."""
    taking = [score for score in evaluation.scores.projects if score.project.evaluated.value != NO]
    return [*taking, evaluation.scores.department]


def test_an_honest_department_has_nothing_to_explain(large):
    assert [f"{finding.code} {finding.message}" for finding in large.findings] == []
    assert large.status is Status.ACCEPTED
    assert {line.status for line in large.rules} == {"passed"}


@pytest.mark.parametrize("policy", ["system", "sichuan"])
def test_policies_that_score_alike_find_nothing_either(path, policy):
    assert [f"{finding.code} {finding.message}" for finding in evaluate_file(path, policy).findings] == []


def test_every_row_is_read_back(data, large):
    submission = large.submission
    read = {key: len(getattr(submission, f"{key}s")) for key in ("project", "indicator", "standard", "problem")}
    assert read == {key: len(data[key]) for key in read}
    assert (read["project"], read["indicator"] >= 300, sum(read.values()) >= 330) == (30, True, True)


def test_every_project_that_takes_part_is_graded(large):
    scores = scored(large)
    assert len(scores) == 27
    assert [score.code for score in scores if score.grade is None or score.assessed != 100] == []
    assert [score.code for score in scores if score.total != score.claimed.value] == []


def test_every_kind_of_indicator_and_target_occurs(large):
    indicators = [indicator for score in scored(large) for indicator in score.indicators]
    assert {i.row.level1.value for i in indicators} == set(LEVEL1)
    assert {i.row.level2.value for i in indicators} == set(LEVEL2)
    assert {i.target.op for i in indicators} == {">=", "<=", "=", "between", "about", None}
    assert {i.target.kind.value for i in indicators} == {"quantitative", "qualitative", "date"}
    assert sum(i.target.inferred for i in indicators) >= 80
    assert len({i.target.unit for i in indicators}) >= 50
    assert any(i.target.value == 0 for i in indicators)
    assert sum(i.score < i.weight for i in indicators) >= 30


def test_the_texts_are_not_one_template(large):
    submission = large.submission
    names = [row.name.value for row in submission.indicators]
    assert len(set(names)) > 0.9 * len(names)
    for texts in (
        [p.note.value for p in submission.projects if not p.note.is_blank],
        [p.achieved.value for p in submission.projects if not p.achieved.is_blank],
        [row.reason.value for row in submission.indicators if not row.reason.is_blank],
    ):
        assert len(texts) >= 25
        assert Counter(texts).most_common(1)[0][1] == 1


def test_every_project_that_lost_points_is_answered_by_a_problem(large):
    named = {code for row in large.submission.problems for code in row.projects.value.split("、")}
    lost = {score.code for score in scored(large) if any(i.score < i.weight for i in score.indicators)}
    assert lost - named == set()
    assert DEPARTMENT in named


def test_the_outputs_hold_all_of_it(large):
    assert write_scored(large, load(DEFAULT))
    said = result(large)
    assert (len(said["projects"]), len(said["department"]["indicators"])) == (30, 15)
