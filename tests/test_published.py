"""Faults of published self-evaluations, each found with the figure that is right."""

from decimal import Decimal

import pytest
from support import evaluate_data, filling, leave_out_quotes

MONEY = ("initial", "budget", "executed")


def findings(folder, change, remove=()):
    """What is found about project 1 of the good example, changed to hold a published fault."""
    evaluation = evaluate_data(folder, filling(case={"change": change, "remove": list(remove)}))
    return {f.code: f for f in evaluation.findings if f.record == "1"}


def money(budget, executed, **more):
    """Project 1 with these amounts, all of them this year's appropriation."""
    amounts = dict(zip(MONEY, (budget, budget, executed), strict=True))
    changed = {f"project.0.{name}": Decimal(value) for name, value in amounts.items()}
    changed |= {f"project.0.fiscal_{name}": Decimal(value) for name, value in amounts.items()}
    return changed | {f"project.0.{name}": value for name, value in more.items()}


@pytest.mark.parametrize(
    ("budget", "executed", "rate", "claimed", "right"),
    [
        pytest.param("43.2", "37.24", "86%", 9, "8.62", id="廊坊 2019"),
        pytest.param("310.2", "154.74", "50%", 5, "4.99", id="海淀 2016"),
    ],
)
def test_the_rate_is_right_and_the_points_made_of_it_are_not(tmp_path, budget, executed, rate, claimed, right):
    found = findings(tmp_path, money(budget, executed, claimed_rate=rate, claimed_execution=claimed))
    assert "M109" not in found
    assert (found["M111"].found.value, found["M111"].expected.value) == (claimed, Decimal(right))


def test_a_total_of_zero_above_filled_rows(tmp_path):
    """贵池 2022: 0 above 90, 89.974 and 89.974."""
    change = {f"project.0.{name}": 0 for name in MONEY}
    parts = zip(MONEY, ("90", "89.974", "89.974"), strict=True)
    change |= {f"project.0.fiscal_{name}": Decimal(value) for name, value in parts}
    evaluation = evaluate_data(tmp_path, filling(case={"change": change}))
    found = [f for f in evaluation.findings if f.code == "M104"]
    assert {f.found.value for f in found} == {0}
    assert sorted({f.expected.value for f in found}) == [899_740, 900_000]
    assert {str(cell) for f in found for cell in f.cells if f.record == "1"} >= {
        "项目资金!H5",
        "项目资金!I5",
        "项目资金!J5",
    }


def test_all_points_for_a_word(tmp_path):
    """大英 2023: at most 30万元, result 完成, full points."""
    change = {"indicator.5.target": "≤30万元", "indicator.5.unit": "万元", "indicator.5.actual": "完成"}
    found = findings(tmp_path, change)
    assert set(found) == {"I201"}
    assert "完成" in found["I201"].message


def test_one_indicator_with_nearly_all_the_points(tmp_path):
    """大英 2023: that one indicator carries 90 points, and has them all."""
    data = leave_out_quotes(filling(case={"change": {"project.0.claimed": Decimal("99.72")}}))
    data["indicator"] = [row for row in data["indicator"] if row["project"] != "1"]
    cost = {"level1": "产出指标", "level2": "成本指标", "name": "项目总成本", "target": "≤30万元", "actual": "完成"}
    data["indicator"].append({"project": "1", "weight": 90, "claimed": 90, "unit": "万元"} | cost)
    evaluation = evaluate_data(tmp_path, data)
    found = {f.code: f for f in evaluation.findings if f.record == "1"}
    assert set(found) == {"I102", "I105", "I201", "S105"}
    assert found["S105"].found.value == 90


def test_no_problem_at_all(tmp_path):
    """大英 2023: 存在的问题 is 无; here, where points were lost, that is no longer a matter of taste."""
    data = filling()
    data["problem"] = [{"problem": "无"}]
    (finding,) = evaluate_data(tmp_path, data).findings
    assert (finding.code, next(str(cell) for cell in finding.cells)) == ("P104", "问题整改!A5")


def test_a_target_that_is_met_and_loses_points_without_a_reason(tmp_path):
    """永德 2022: at least 100%, result 100%, 7 points of 10."""
    change = {"indicator.0.target": "≧100 %", "indicator.0.actual": "100 %", "indicator.0.claimed": 7}
    found = findings(tmp_path, change | {"indicator.0.unit": "%"}, ["indicator.0.nature"])
    assert (found["S202"].found.value, found["S202"].expected.value) == (7, 10)


def test_five_of_five_for_less_than_the_target(tmp_path):
    """濉溪 2019: 5 × 4604 ÷ 4754 = 4.84."""
    change = {
        "indicator.0.target": "≥4754",
        "indicator.0.actual": "4604",
        "indicator.0.reason": "部分资料不全，从严给分",
    }
    change |= {"indicator.0.weight": 5, "indicator.0.claimed": 5, "indicator.1.weight": 15, "indicator.1.claimed": 15}
    found = findings(tmp_path, change, ["indicator.0.nature", "indicator.0.unit"])
    assert (found["S201"].found.value, found["S201"].expected.value) == (5, Decimal("4.84"))


def test_half_as_much_again_without_a_reason(tmp_path):
    """濉溪 2019: at least 59, result 87, which is 147%."""
    change = {"indicator.0.target": "≥59", "indicator.0.actual": "87"}
    found = findings(tmp_path, change, ["indicator.0.nature"])
    assert set(found) == {"S502"}
    assert found["S502"].found.value == Decimal("1.474576")


def test_a_date_that_became_a_number(tmp_path):
    """乌海 2021: 44,561 where a date was meant."""
    change = {"indicator.4.target": "44561", "indicator.4.actual": "2021年12月"}
    found = findings(tmp_path, change, ["indicator.4.nature", "indicator.4.unit"])
    assert "2021" in found["I204"].message


@pytest.mark.parametrize(
    ("target", "actual", "claimed", "computed"),
    [
        pytest.param("═100 %", "98 %", 9, "9.8", id="永德 2022 低于应得"),
        pytest.param("≥4754", "4604", 10, "9.68", id="濉溪 2019 产出"),
        pytest.param("≤5300", "5830", 10, "9", id="濉溪 2019 成本"),
        pytest.param("100%", "72.74%", 10, "7.27", id="重庆 2021"),
    ],
)
def test_a_score_that_does_not_follow_from_the_result(tmp_path, target, actual, claimed, computed):
    change = {"indicator.0.target": target, "indicator.0.actual": actual, "indicator.0.claimed": claimed}
    change |= {"indicator.0.reason": "部分资料不全，从严给分", "indicator.0.unit": "%" if "%" in target else ""}
    found = findings(tmp_path, change, ["indicator.0.nature"])
    code = "S201" if claimed > Decimal(computed) else "S202"
    assert (found[code].found.value, found[code].expected.value) == (claimed, Decimal(computed))
