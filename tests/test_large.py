"""A real department's size: thirty projects, three hundred indicators, honest words, and nothing to find."""

import copy
import re
from collections import Counter
from decimal import Decimal

import pytest
from large_unit import AMOUNTS, filling
from support import evaluate_data, evaluate_file, form_file, statuses

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
    assert statuses(large) == {"passed"}


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


# --- the same form, as other people would type it -----------------------------------------------------------------

PLAIN = re.compile(r"-?[0-9.]+")
WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
NATURES = {"≥": "正向", "≤": "反向", "=": "═", "定性": "定性指标"}
WORDS = {"≥": "不低于", "≤": "不高于"}
TIERS = {"达成年度指标": "达成", "部分达成年度指标并具有一定效果": "部分达成预期指标并具有一定效果"}


def amounts(data):
    """Every row that holds amounts, with the names of its amounts."""
    lines = [line for line in data["budget"].values() if isinstance(line, dict)]
    for row in (*lines, *data["project"]):
        yield row, [name for name in row if name.endswith(AMOUNTS) and isinstance(row[name], Decimal)]


def in_yuan(data):
    data["unit"]["money"] = "元"
    for row, named in amounts(data):
        row.update({name: row[name] * 10_000 for name in named})


def amounts_as_text(data):
    for row, named in amounts(data):
        row.update({name: f"{row[name]:,.2f}万元" for name in named})


def zeros_left_blank(data):
    for row, named in amounts(data):
        for name in named:
            if row[name] == 0 and name not in AMOUNTS:
                del row[name]


def results_with_units(data):
    for row in data["indicator"]:
        if PLAIN.fullmatch(row["actual"]):
            row["actual"] += row.get("unit", "")


def units_beside_targets(data):
    for row in data["indicator"]:
        unit = row.pop("unit", "")
        if PLAIN.fullmatch(row["target"]):
            row["target"] += unit


def operators_in_targets(data):
    for row in data["indicator"]:
        if row.get("nature") in WORDS and PLAIN.match(row["target"]) and "以" not in row["target"]:
            row["target"] = WORDS[row.pop("nature")] + row["target"]


def natures_of_elsewhere(data):
    for row in data["indicator"]:
        if "nature" in row:
            row["nature"] = NATURES[row["nature"]]


def full_width(data):
    for row in data["indicator"]:
        row.update({name: row[name].translate(WIDE) for name in ("target", "actual")})


def short_levels(data):
    for row in data["indicator"]:
        row.update({name: row[name].removesuffix("指标") for name in ("level1", "level2")})


def broken_lines(data):
    for i, row in enumerate(data["indicator"]):
        row["name"] = f"指标{i % 5 + 1}：{row['name'][:3]}\n{row['name'][3:]}"
        row["level2"] = f"{row['level2'][:2]}\n{row['level2'][2:]}"


def other_words_for_tiers(data):
    for row in data["indicator"]:
        if "tier" in row:
            row["tier"] = TIERS[row["tier"]]


def other_codes(data):
    codes = {row["code"]: f"XM-{int(row['code']):03d}" for row in data["project"]}
    for row in (*data["project"], *data["indicator"], *data["standard"]):
        key = "code" if "code" in row else "project"
        row[key] = codes.get(row[key], row[key])
    for row in data["problem"]:
        row["projects"] = "、".join(codes.get(code, code) for code in row["projects"].split("、"))


def another_order(data):
    for table in ("project", "indicator", "standard", "problem"):
        data[table].reverse()


def own_points_left_to_the_tool(data):
    for row in data["indicator"]:
        if "tier" not in row:
            del row["claimed"]


SPELLINGS = (
    in_yuan,
    amounts_as_text,
    zeros_left_blank,
    results_with_units,
    units_beside_targets,
    operators_in_targets,
    natures_of_elsewhere,
    full_width,
    short_levels,
    broken_lines,
    other_words_for_tiers,
    other_codes,
    another_order,
    own_points_left_to_the_tool,
)


@pytest.mark.parametrize("spell", SPELLINGS, ids=lambda spell: spell.__name__)
def test_the_same_form_in_another_spelling_has_nothing_to_explain_either(spell, data, large, tmp_path):
    other = copy.deepcopy(data)
    spell(other)
    assert other != data
    evaluation = evaluate_data(tmp_path, other)
    assert [f"{finding.code} {finding.message}" for finding in evaluation.findings] == []
    assert {score.name: score.total for score in scored(evaluation)} == {s.name: s.total for s in scored(large)}
