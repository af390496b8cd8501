"""Scores follow the policy, to the cent, with their working; what cannot be assessed is never 0."""

from decimal import Decimal

import pytest
from support import county, evaluate_data, filling

from evalbatch.form import Indicator
from evalbatch.model import ValueKind
from evalbatch.policy import load
from evalbatch.score import RULES, score_indicator
from evalbatch.spec import Entry
from evalbatch.totals import grade_expr, grade_of

NATIONAL = load()


def indicator(target, actual, weight=10, *, claimed=None, policy=NATIONAL, **cells):
    """A scored indicator made of the texts in its cells."""
    row = Indicator(
        target=Entry(value=target, text=target),
        actual=Entry(value=actual, text=actual) if actual else Entry(),
        weight=Entry(value=Decimal(weight)),
        claimed=Entry(value=None if claimed is None else Decimal(claimed)),
        **{name: Entry(value=text, text=text) for name, text in cells.items()},
    )
    return score_indicator(row, policy)


@pytest.mark.parametrize("weight", [0, -3])
def test_a_date_met_gives_no_points_without_a_weight(weight):
    assert indicator("12月底前", "11月").score == Decimal(10)
    scored = indicator("12月底前", "11月", weight)
    assert (scored.score, scored.basis) == (None, "分值不大于 0，无法计分")


@pytest.mark.parametrize(
    ("target", "actual", "weight", "cells", "score", "basis"),
    [
        ("≥100", "98", 10, {}, "9.80", "10 × 98 ÷ 100 = 9.80"),
        ("═100%", "98%", 10, {}, "9.80", "10 × 98 ÷ 100 = 9.80"),
        ("≥100", "100", 10, {}, "10.00", "完成值 100 ＝ 指标值 100，得满分 10.00"),
        (">59人次", "87", 10, {}, "10.00", "完成值 87 ＞ 指标值 59，得满分 10.00"),
        ("≥4754", "4604", 5, {}, "4.84", "5 × 4604 ÷ 4754 = 4.84"),
        ("≤5300元/户", "5830", 10, {}, "9.00", "10 × (1 − (5830 − 5300) ÷ 5300) = 9.00"),
        ("≤5300", "5300", 10, {}, "10.00", "完成值 5300 ＝ 指标值 5300，得满分 10.00"),
        ("≤100", "200", 10, {}, "0.00", "完成值 200，指标值 100，得 0.00"),
        ("≤100", "250", 10, {}, "0.00", "完成值 250，指标值 100，得 0.00"),
        ("≤0", "1", 10, {}, "0.00", "完成值 1，指标值 0，得 0.00"),
        ("≤0", "0", 10, {}, "10.00", "完成值 0 ＝ 指标值 0，得满分 10.00"),
        ("=0", "2", 10, {}, "0.00", "完成值 2，指标值 0，得 0.00"),
        ("≥100", "-5", 10, {}, "0.00", "完成值 -5（按 0 计），指标值 100，得 0.00"),
        ("≥-2%", "-3%", 10, {"name": "人均收入增长率"}, "0.00", "完成值 -3，指标值 -2，得 0.00"),
        ("≥-2%", "-1%", 10, {"name": "人均收入增长率"}, "10.00", "完成值 -1 ＞ 指标值 -2，得满分 10.00"),
        ("200元/人", "210", 10, {"level2": "成本指标"}, "9.50", "10 × (1 − (210 − 200) ÷ 200) = 9.50"),
        ("200元/人", "200.01", 10, {"level2": "成本指标"}, "9.99", "10 × (1 − (200.01 − 200) ÷ 200) = 9.99"),
        ("200元/人", "180", 10, {"level2": "成本指标"}, "9.00", "10 × 180 ÷ 200 = 9.00"),
        ("约3000元", "3200", 10, {}, "10.00", "完成值 3200 ＞ 指标值 3000，得满分 10.00"),
        ("≥3", "1", 10, {}, "3.33", "10 × 1 ÷ 3 = 3.33"),
        ("≥8", "1", 1, {}, "0.13", "1 × 1 ÷ 8 = 0.13"),
    ],
)
def test_quantitative(target, actual, weight, cells, score, basis):
    scored = indicator(target, actual, weight, **cells)
    assert (scored.score, scored.basis) == (Decimal(score), basis)


@pytest.mark.parametrize(
    ("target", "actual", "why"),
    [
        ("≥100", "", "没有实际完成值"),
        ("≥100", "完成", "不是可以计算的数"),
        ("≥95%", "0.98", "没有写百分号"),
        ("≥100人", "100次", "单位"),
        ("约3000元", "3301", "相差超过 10%"),
        ("12月底前", "完成", "不是日期"),
        ("9月前", "10月", "逾期"),
        ("12月25日前", "12月", "看不出"),
        ("12月底前", "2021年12月25日", "看不出"),
        ("2021年12月31日", "44561", "序列号"),
        ("10万元", "已完成100%", "不同"),
        ("不超预算", "100", "不是可以计算的数"),
    ],
)
def test_what_cannot_be_assessed_is_not_zero(target, actual, why):
    scored = indicator(target, actual)
    assert scored.score is None
    assert why in scored.basis


@pytest.mark.parametrize(
    ("setting", "target", "actual", "cells", "score", "basis"),
    [
        ('reverse = "ratio"', "≤5300", "5830", {}, "9.09", "10 × 5300 ÷ 5830 = 9.09"),
        ('reverse = "ratio"', "≤100", "250", {}, "4.00", "10 × 100 ÷ 250 = 4.00"),
        ('reverse = "ratio"', "=200元/人", "200.01", {"level2": "成本指标"}, "9.99", "10 × 200 ÷ 200.01 = 9.99"),
        ('equal = "exact"', "=100", "100", {}, "10.00", "得满分"),
        ('equal = "exact"', "=100", "110", {}, "9.00", "10 × (1 − (110 − 100) ÷ 100) = 9.00"),
        ('equal = "exact"', "=100", "98", {}, "9.80", "10 × 98 ÷ 100 = 9.80"),
        ('equal = "exact"', "=0", "0", {}, "10.00", "得满分"),
        ('equal = "exact"', "≥100", "110", {}, "10.00", "得满分"),
        ('zero = "manual"', "≤0", "2", {}, None, "指标值为 0，完成值为 2，由人工评定"),
        ('zero = "manual"', "=0", "0", {}, "10.00", "得满分"),
        ('zero = "manual"', "≤5", "2", {}, "10.00", "得满分"),
        ('cost = "equal"', "=200元/人", "210", {"level2": "成本指标"}, "10.00", "得满分"),
        ("about = 0.05", "约3000元", "3200", {}, None, "相差超过 5%"),
        ("about = 0.05", "约3000元", "3150", {}, "10.00", "得满分"),
        ('negative = "manual"', "≥100", "-5", {}, None, "完成值 -5 是负数，由人工评定"),
        ('negative = "manual"', "≥-2%", "-1%", {"name": "收入增长率"}, "10.00", "得满分"),
    ],
)
def test_a_policy_may_say_otherwise(tmp_path, setting, target, actual, cells, score, basis):
    policy = load(county(tmp_path, f"[rules]\n{setting}"))
    scored = indicator(target, actual, policy=policy, **cells)
    assert scored.score == (None if score is None else Decimal(score))
    assert basis in scored.basis


@pytest.mark.parametrize(
    ("rule", "actual", "score"),
    [
        ("区间（线性）", 80, "10"),
        ("区间（线性）", 60, "7.50"),  # 10 × 60 ÷ 80
        ("区间（线性）", 110, "9.00"),  # 10 × (1 − 10 ÷ 100)
        ("区间（比例）", 125, "8.00"),  # 10 × 100 ÷ 125
        ("区间（以外零分）", 100, "10"),
        ("区间（以外零分）", 79, "0"),
        ("区间（以外零分）", 101, "0"),
    ],
)
def test_a_range(rule, actual, score):
    held = {"weight": Decimal(10), "target": Decimal(80), "upper": Decimal(100), "actual": Decimal(actual)}
    assert RULES[rule].value(held.__getitem__) == Decimal(score)


def test_execution_is_rounded_as_the_policy_says(tmp_path):
    """4.86 ÷ 5 × 10 = 9.72, with one decimal 9.7; the unit's own 9.72 is then 0.02 too much."""
    policy = county(tmp_path, "[execution]\ndecimals = 1")
    evaluation = evaluate_data(tmp_path, filling(), policy)
    assert evaluation.scores.projects[0].execution.score == Decimal("9.7")
    found = next(f for f in evaluation.findings if (f.code, f.record) == ("M111", "1"))
    assert (found.found.value, found.expected.value) == (Decimal("9.72"), Decimal("9.7"))


@pytest.mark.parametrize("decimals", [0, 1, 2])
@pytest.mark.parametrize("executed", ["-1", "0", "0.01", "4.86", "4.9999", "5", "5.01", "60"])
def test_what_a_claimed_execution_score_is_held_against_is_the_execution_score(tmp_path, decimals, executed):
    policy = county(tmp_path, f"[execution]\ndecimals = {decimals}")
    data = filling(
        case={"change": {"project.0.executed": Decimal(executed), "project.0.execution_weight": Decimal("9.5")}}
    )
    evaluation = evaluate_data(tmp_path, data, policy)
    [identity] = [one for one in evaluation.identities if (one.code, one.record) == ("M111", "1")]
    assert identity.right == evaluation.scores.projects[0].execution.score


@pytest.mark.parametrize(
    ("target", "actual", "basis"),
    [
        ("9月前", "7月", "完成时间 7月1日至7月31日，期限 8月31日至9月30日，按期完成，得满分 10.00"),
        ("12月底之前完成", "12月25日完成", "完成时间 12月25日，期限 12月31日，按期完成，得满分 10.00"),
        (
            "2021年12月",
            "2021年12月",
            "完成时间 2021年12月1日至2021年12月31日，期限 2021年12月31日，按期完成，得满分 10.00",
        ),
    ],
)
def test_a_deadline_that_was_met_gives_the_full_weight(target, actual, basis):
    scored = indicator(target, actual)
    assert (scored.rule, scored.score, scored.basis) == ("期限", Decimal("10.00"), basis)


def test_the_year_of_the_form_dates_a_deadline_without_one():
    row = Indicator(
        target=Entry(value="12月底前", text="12月底前"),
        actual=Entry(value="2026年1月", text="2026年1月"),
        weight=Entry(value=Decimal(10)),
    )
    late = score_indicator(row, NATIONAL, year=2025)
    assert (late.score, late.basis) == (
        None,
        "完成时间 2026年1月1日至2026年1月31日，晚于期限 2025年12月31日，逾期未评，请写明原因",
    )


@pytest.mark.parametrize(
    ("target", "actual", "score"),
    [
        ("200万", "195.5万元", "9.78"),
        ("≤200万元", "1955000元", "10.00"),
        ("≥12公里", "11400米", "9.50"),
        ("≤1%", "8‰", "10.00"),
        ("≥15亩", "1公顷", "10.00"),
    ],
)
def test_units_of_one_dimension_are_converted(target, actual, score):
    assert indicator(target, actual).score == Decimal(score)


def test_a_blank_weight_is_not_assessed():
    row = Indicator(target=Entry(value="1", text="1"), actual=Entry(value="1", text="1"))
    assert score_indicator(row, NATIONAL).score is None


@pytest.mark.parametrize(
    ("claimed", "tier", "score"),
    [("10", "达成年度指标", "10.00"), ("7.5", "部分达成", "7.50"), (None, "达成年度指标", None), ("9", None, None)],
)
def test_a_qualitative_score_is_the_units_own(claimed, tier, score):
    scored = indicator("有效", "抽查良好", claimed=claimed, **({"tier": tier} if tier else {}))
    assert scored.target.kind is ValueKind.QUALITATIVE
    assert scored.score == (None if score is None else Decimal(score))


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("100", "优"),
        ("90", "优"),
        ("89.995", "优"),
        ("89.99", "良"),
        ("89.5", "良"),
        ("80", "良"),
        ("60", "中"),
        ("59.99", "差"),
    ],
)
def test_grades_are_not_rounded_to_whole_points(points, grade):
    assert grade_of(Decimal(points), NATIONAL) == grade
    held = {"score": Decimal(points), "assessed": Decimal(100), "total": Decimal(100)}
    assert grade_expr(NATIONAL).value(held.__getitem__) == grade


def test_no_grade_while_a_point_is_unassessed(tmp_path):
    data = filling(case={"remove": ["indicator.0.actual"]})
    project = evaluate_data(tmp_path, data).scores.projects[0]
    assert (project.score, project.assessed, project.weight, project.grade) == (
        Decimal("89.05"),
        Decimal(90),
        Decimal(100),
        None,
    )


def test_the_execution_score_is_capped_at_its_weight(tmp_path):
    project = evaluate_data(tmp_path, filling(case={"change": {"project.0.executed": 6}})).scores.projects[0]
    assert (project.execution.score, project.execution.rate) == (Decimal("10.00"), Decimal("1.2"))
    assert "按分值封顶" in project.execution.basis


@pytest.mark.parametrize(
    ("budget", "executed", "points"),
    [("43.2", "37.24", "8.62"), ("310.2", "154.74", "4.99")],
)
def test_published_execution_scores(tmp_path, budget, executed, points):
    change = {"project.0.budget": Decimal(budget), "project.0.executed": Decimal(executed)}
    project = evaluate_data(tmp_path, filling(case={"change": change})).scores.projects[0]
    assert project.execution.score == Decimal(points)


def test_the_unit_is_scored_from_its_own_table_and_the_projects_mean_stands_beside_it(tmp_path):
    scores = evaluate_data(tmp_path, filling("luquan-report")).scores
    assert (scores.projects_mean, scores.projects_weighted, scores.projects_count) == (
        Decimal("99.25"),
        Decimal("97.56"),
        4,
    )
    assert scores.department.score is None


def test_a_project_that_does_not_take_part_is_not_scored(tmp_path):
    data = filling(case={"change": {"project.1.evaluated": "否", "project.1.excuse": "另行评价"}})
    scores = evaluate_data(tmp_path, data).scores
    assert scores.projects[1].score is None
    assert scores.projects_count == 3
