"""Every policy on one worked unit: the arithmetic is written out by hand beside each row, total and grade are exact."""

from decimal import Decimal

import pytest
from support import county, evaluate_data, filling

from evalbatch.settings import names

OUTPUT, BENEFIT, SATISFACTION, COST = "产出指标", "效益指标", "满意度指标", "成本指标"
PEOPLE = (SATISFACTION, "服务对象满意度指标")

NATIONAL = (
    # 10 × 76.5 ÷ 80 = 9.5625
    ("80", "76.5", "9.56"),
    [
        ((OUTPUT, "数量指标"), "≥4754", "4604", 15, None, "14.53"),  # 15 × 4604 ÷ 4754 = 14.5267
        ((OUTPUT, "质量指标"), "═100%", "98%", 15, None, "14.70"),  # 15 × 98 ÷ 100
        ((OUTPUT, "时效指标"), "≤30天", "33", 10, None, "9.00"),  # 10 × (1 − 3 ÷ 30)
        ((OUTPUT, "成本指标"), "=200元/人", "210", 10, None, "9.50"),  # 10 × (1 − 10 ÷ 200), never full
        ((BENEFIT, "社会效益指标"), "≥100人", "118", 20, None, "20.00"),  # met
        ((BENEFIT, "可持续影响指标"), "长期有效", "达成年度指标", 10, "9", "9.00"),  # 80 % to 100 % of 10
        (PEOPLE, "≥90%", "85.5%", 10, None, "9.50"),  # 10 × 85.5 ÷ 90
    ],
    # 9.56 + 14.53 + 14.70 + 9.00 + 9.50 + 20.00 + 9.00 + 9.50
    ("95.79", "优"),
)

UNITS = {
    "national-2020": NATIONAL,
    "cost-2021": (
        # 海淀 2016: 10 × 154.74 ÷ 310.2 = 4.9884
        ("310.2", "154.74", "4.99"),
        [
            ((COST, "经济成本指标"), "≤5300元/户", "5830", 20, None, "18.00"),  # 20 × (1 − 530 ÷ 5300)
            ((OUTPUT, "数量指标"), "≥4754", "4604", 20, None, "19.37"),  # 20 × 4604 ÷ 4754 = 19.3690
            ((OUTPUT, "质量指标"), "=100%", "98%", 20, None, "19.60"),  # 20 × 98 ÷ 100
            ((BENEFIT, "社会效益指标"), "≥3", "1", 20, None, "6.67"),  # 20 × 1 ÷ 3 = 6.6667
            (PEOPLE, "≥95%", "96%", 10, None, "10.00"),  # met
        ],
        # 4.99 + 18.00 + 19.37 + 19.60 + 6.67 + 10.00
        ("78.63", "中"),
    ),
    "hubei": (
        # 廊坊 2019's money at 20 points: 20 × 37.24 ÷ 43.2 = 17.2407
        ("43.2", "37.24", "17.24"),
        [
            ((OUTPUT, "成本指标"), "≤5300元/户", "5830", 10, None, "9.09"),  # 10 × 5300 ÷ 5830 = 9.0909
            ((OUTPUT, "数量指标"), "≥59人次", "60", 30, None, "30.00"),  # met
            # 50 % to 80 % of 20 is 10 to 16
            ((BENEFIT, "社会效益指标"), "有效", "部分达成预期指标并具有一定效果", 20, "10.5", "10.50"),
            (PEOPLE, "≥90%", "81%", 20, None, "18.00"),  # 20 × 81 ÷ 90
        ],
        # 17.24 + 9.09 + 30.00 + 10.50 + 18.00
        ("84.83", "良"),
    ),
    "sichuan": (
        # 10 × 45 ÷ 50
        ("50", "45", "9.00"),
        [
            ((OUTPUT, "数量指标"), "≥100", "100", 45, None, "45.00"),  # met
            ((OUTPUT, "时效指标"), "≤10天", "12", 25, None, "20.00"),  # 25 × (1 − 2 ÷ 10)
            (PEOPLE, "≥90%", "88%", 20, None, "19.56"),  # 20 × 88 ÷ 90 = 19.5556
        ],
        # 9.00 + 45.00 + 20.00 + 19.56
        ("93.56", "优"),
    ),
    "system": (
        # 10 × 9.75 ÷ 12.5
        ("12.5", "9.75", "7.80"),
        [
            ((OUTPUT, "数量指标"), "≥50场", "62", 20, None, "20.00"),  # 124 %: flagged, not cut
            ((OUTPUT, "质量指标"), "=100%", "99.5%", 10, None, "9.95"),  # 10 × 99.5 ÷ 100
            ((OUTPUT, "时效指标"), "≤5天", "6", 10, None, "8.00"),  # 10 × (1 − 1 ÷ 5)
            ((OUTPUT, "成本指标"), "=25元/人", "24", 10, None, "9.60"),  # 10 × 24 ÷ 25
            ((BENEFIT, "社会效益指标"), "≥2个", "2", 30, None, "30.00"),  # met
            (PEOPLE, "≥95%", "95.2%", 10, None, "10.00"),  # met
        ],
        # 7.80 + 20.00 + 9.95 + 8.00 + 9.60 + 30.00 + 10.00
        ("95.35", "优"),
    ),
}


def unit(tmp_path, worked, policy):
    """The evaluation of a unit with one project, its execution weight left to the policy."""
    (budget, executed, _), rows, _ = worked
    data = filling()
    data["project"] = [
        {"code": "1", "name": "项目一", "category": "特定目标类", "evaluated": "是"}
        | {"budget": Decimal(budget), "executed": Decimal(executed)}
    ]
    data["indicator"] = [
        {"project": "1", "level1": levels[0], "level2": levels[1], "name": f"指标 {i}", "target": target}
        | {"actual": actual, "weight": weight}
        | ({} if claimed is None else {"claimed": Decimal(claimed), "nature": "定性"})
        for i, (levels, target, actual, weight, claimed, _) in enumerate(rows, 1)
    ]
    return evaluate_data(tmp_path, data, policy)


def codes(evaluation, *wanted):
    """The findings of some rules, as code and severity."""
    return [(f.code, f.severity.key) for f in evaluation.findings if f.code in wanted]


def test_every_shipped_policy_is_worked():
    assert set(UNITS) == set(names())


@pytest.mark.parametrize("policy", sorted(UNITS))
def test_one_unit_by_hand(tmp_path, policy):
    worked = UNITS[policy]
    (_, _, execution), rows, (total, grade) = worked
    (project,) = unit(tmp_path, worked, policy).scores.projects
    assert project.execution.score == Decimal(execution)
    assert [str(i.score) for i in project.indicators] == [points for *_, points in rows]
    assert (project.score, project.total, project.assessed, project.weight, project.grade) == (
        Decimal(total),
        Decimal(total),
        Decimal(100),
        Decimal(100),
        grade,
    )


@pytest.mark.parametrize("policy", sorted(UNITS))
def test_a_unit_split_as_its_policy_says_is_not_asked_about_it(tmp_path, policy):
    assert codes(unit(tmp_path, UNITS[policy], policy), "S101", "S104", "I102", "S204") == []


@pytest.mark.parametrize("policy", ["national-2020", "cost-2021"])
def test_another_policys_split_is_a_warning(tmp_path, policy):
    assert codes(unit(tmp_path, UNITS["sichuan"], policy), "S104") == [("S104", "warning")]


def test_the_older_tiers_accept_what_the_national_ones_refuse(tmp_path):
    """10.5 of 20 is 52.5 %: partly reached under 80/50/0, too little under 80/60/0."""
    assert codes(unit(tmp_path, UNITS["hubei"], "national-2020"), "S204") == [("S204", "error")]


def test_the_systems_warnings(tmp_path):
    """Red: s = 87.55 ÷ 90, r = 0.78, 1 − 0.78 × 90 ÷ 87.55 = 19.82 %; yellow: 2.75 ÷ 12.5 = 22 %; 62 ÷ 50 = 124 %."""
    evaluation = unit(tmp_path, UNITS["system"], "system")
    found = {f.code: f.found.value for f in evaluation.findings if f.code in ("M301", "M302", "S501")}
    assert found == {"M301": Decimal("0.198172"), "M302": Decimal("0.22"), "S501": Decimal("1.24")}


def without_satisfaction(tmp_path, missing, extra=0):
    """The national unit without its satisfaction row, ``extra`` points on the first benefit indicator."""
    money, rows, _ = NATIONAL
    kept = [row if i != 4 else (*row[:3], row[3] + extra, *row[4:]) for i, row in enumerate(rows[:-1])]
    policy = county(tmp_path, f'[satisfaction]\nmissing = "{missing}"')
    evaluation = unit(tmp_path, (money, kept, None), policy)
    return evaluation.scores.projects[0], codes(evaluation, "S101", "S104", "I102")


@pytest.mark.parametrize(
    ("missing", "extra", "score", "total", "weight", "grade", "findings"),
    [
        # 95.79 − 9.50 = 86.29 of 90 points: neither rescaled nor graded
        ("keep", 0, "86.29", "86.29", 90, None, [("S101", "error"), ("I102", "warning")]),
        # 86.29 + 10.00 = 96.29
        ("keep", 10, "96.29", "96.29", 100, "优", [("I102", "warning")]),
        # 86.29 × 100 ÷ 90 = 95.8778
        ("rescale", 0, "86.29", "95.88", 90, "优", [("I102", "warning")]),
        ("rescale", 10, "96.29", "96.29", 100, "优", [("I102", "warning")]),
        ("rescale", 5, "91.29", "91.29", 95, None, [("S101", "error"), ("I102", "warning")]),
        ("move", 10, "96.29", "96.29", 100, "优", [("I102", "warning")]),
        ("move", 0, "86.29", "86.29", 90, None, [("S101", "error"), ("I102", "warning")]),
        ("refuse", 10, "96.29", "96.29", 100, None, [("I102", "error")]),
    ],
)
def test_without_a_satisfaction_indicator(tmp_path, missing, extra, score, total, weight, grade, findings):
    project, found = without_satisfaction(tmp_path, missing, extra)
    assert (project.score, project.total, project.assessed, project.weight, project.grade) == (
        Decimal(score),
        Decimal(total),
        Decimal(weight),
        Decimal(weight),
        grade,
    )
    assert found == findings
