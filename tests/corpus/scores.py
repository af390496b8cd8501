"""Faults of indicators: weights, own scores, targets and results, reasons and evidence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from evalbatch.form import DEPARTMENT, LEVEL1, LEVEL2, TIERS

from .planting import Area, Case, Spot, fault, retotal
from .results import AT_LEAST, AT_MOST, EXACTLY, QUALITATIVE, Row
from .told import grade_of

SCORES = Area.SCORES
COUNTED = ("人", "次", "户", "件", "份", "册", "台套")
OUTPUT, BENEFIT = LEVEL1[:2]
QUANTITY, COST, SATISFACTION = LEVEL2[0], LEVEL2[3], LEVEL2[8]


def _full(row: Row) -> bool:
    return row["claimed"] == row["weight"] > 3


def _numeric(row: Row) -> bool:
    return row.get("nature") in (AT_LEAST, AT_MOST, EXACTLY)


def _missed(row: Row) -> bool:
    return _numeric(row) and row["claimed"] < row["weight"]


def _full_share(row: Row) -> bool:
    return _full(row) and row.get("nature") == AT_LEAST and row["unit"] == "%"


def _full_count(row: Row) -> bool:
    return _full(row) and row["level2"] == QUANTITY and row["nature"] == AT_LEAST and row["unit"] != "%"


def _number(text: str) -> Decimal:
    return Decimal("".join(sign for sign in text if sign.isdigit() or sign == "."))


@fault("S101", area=SCORES, likely=10)
def weights_off(case: Case) -> list[Spot]:
    """一个指标的分值多写两分，自评得分跟着多两分"""
    project, row = case.indicator(_full)
    row["weight"] = row["claimed"] = row["weight"] + 2
    retotal(project)
    return [(row, "weight")]


@fault("S104", area=SCORES, likely=3)
def split_off(case: Case) -> list[Spot]:
    """产出少两分，效益多两分"""
    both = [lambda row, level=level: _full(row) and row["level1"] == level for level in (OUTPUT, BENEFIT)]
    project = case.project(lambda one: all(any(map(fits, one.indicators)) for fits in both))
    rows = [next(filter(fits, project.indicators)) for fits in both]
    for row, change in zip(rows, (-2, 2), strict=True):
        row["weight"] = row["claimed"] = row["weight"] + change
    return [(row, "weight") for row in rows]


@fault("S103", area=SCORES, likely=8)
def score_over_weight(case: Case) -> list[Spot]:
    """自评得分比分值多一分"""
    project, row = case.indicator(_full)
    row["claimed"] += 1
    retotal(project)
    return [(row, "claimed")]


@fault("S201", area=SCORES, likely=10)
def score_above_formula(case: Case) -> list[Spot]:
    """没有完成，仍给满分"""
    project = case.project(lambda one: any(map(_missed, one.indicators)) and case.blemished_beside(one))
    row = case.chance.choice([one for one in project.indicators if _missed(one)])
    row["claimed"] = row["weight"]
    retotal(project)
    return [(row, "claimed")]


@fault("S202", area=SCORES, likely=6)
def score_below_formula(case: Case) -> list[Spot]:
    """完成了仍扣一分，没有写原因"""
    project = case.project(lambda one: one.missed and any(_full(row) and _numeric(row) for row in one.indicators))
    row = case.chance.choice([one for one in project.indicators if _full(one) and _numeric(one)])
    row["claimed"] -= 1
    retotal(project)
    return [(row, "claimed")]


@fault("S301", area=SCORES, likely=10)
def lost_without_reason(case: Case) -> list[Spot]:
    """扣了分，偏差原因空着"""
    _, row = case.indicator(lambda one: one["claimed"] < one["weight"])
    del row["reason"]
    return [(row, "reason")]


@fault("S401", area=SCORES, likely=8)
def grade_wrong(case: Case) -> list[Spot]:
    """评价等级高一档或低一档"""
    row = case.project().row
    row["grade"] = {"优": "良", "良": "优", "中": "良"}[row["grade"]]
    return [(row, "grade")]


@fault("S402", area=SCORES, likely=8)
def total_off(case: Case) -> list[Spot]:
    """总分少加了半分"""
    project = case.project(lambda one: grade_of(one.row["claimed"] - Decimal("0.5")) == one.row["grade"])
    project.row["claimed"] -= Decimal("0.5")
    return [(project.row, "claimed")]


@fault("S204", area=SCORES, likely=6)
def tier_off(case: Case) -> list[Spot]:
    """档次是部分达成，得分是满分"""
    _, row = case.indicator(lambda one: one.get("tier") == TIERS[0] and _full(one))
    row["tier"] = TIERS[1]
    return [(row, "tier")]


# --- results ------------------------------------------------------------------------------------------------------


@fault("F301", area=SCORES, likely=8)
def result_blank(case: Case) -> list[Spot]:
    """实际完成值空着"""
    _, row = case.indicator(lambda one: _full(one) and _numeric(one))
    del row["actual"]
    return [(row, "actual")]


@fault("I201", area=SCORES, likely=6)
def result_in_words(case: Case) -> list[Spot]:
    """指标值是数，实际完成值写“已完成”"""
    _, row = case.indicator(_full_share)
    row["actual"] = "已完成"
    return [(row, "actual")]


@fault("I205", area=SCORES, likely=4)
def operator_copied(case: Case) -> list[Spot]:
    """实际完成值带着比较符号"""
    _, row = case.indicator(_full_share)
    row["actual"] = f"≥{_number(row['target'])}%"
    return [(row, "actual")]


@fault("S502", area=SCORES, likely=6)
def far_over(case: Case) -> list[Spot]:
    """超额六成，没有写原因"""
    _, row = case.indicator(lambda one: _full_count(one) and _number(one["target"]) >= 10)
    row["actual"] = str(int(_number(row["target"]) * Decimal("1.6")))
    return [(row, "actual")]


@fault("S501", area=SCORES, likely=4)
def over_with_reason(case: Case) -> list[Spot]:
    """超额四成，写了原因"""
    _, row = case.indicator(lambda one: _full_count(one) and _number(one["target"]) >= 20)
    row["actual"] = str(int(_number(row["target"]) * Decimal("1.4")))
    row["reason"] = "年中省里增加了任务，目标没有相应调整。下年按新任务测算。"
    return [(row, "actual")]


@fault("I206", area=SCORES, likely=4)
def late_but_full(case: Case) -> list[Spot]:
    """逾期完成，仍给满分"""
    _, row = case.indicator(lambda one: "底前" in one["target"] and not one["target"].startswith("2025年12月"))
    row["actual"] = row["actual"].replace(f"年{row['target'][5:].partition('月')[0]}月", "年12月")
    return [(row, "actual")]


@fault("I207", area=SCORES, likely=3)
def date_in_words(case: Case) -> list[Spot]:
    """指标值是期限，实际完成值写“按时完成”"""
    _, row = case.indicator(lambda one: "底前" in one["target"])
    row["actual"] = "按时完成"
    return [(row, "actual")]


# --- indicators ---------------------------------------------------------------------------------------------------


@fault("I505", area=SCORES, likely=6)
def cost_at_least(case: Case) -> list[Spot]:
    """成本指标写成不少于"""
    _, row = case.indicator(
        lambda one: one["level2"] == COST and one["nature"] == AT_MOST and one["unit"] != "%" and _full(one)
    )
    number = _number(row["target"])
    row |= {"nature": AT_LEAST, "target": f"{number}{row['unit']}", "actual": str(number)}
    return [(row, "nature")]


@fault("I502", area=SCORES, likely=6)
def quantity_in_words(case: Case) -> list[Spot]:
    """数量指标写成定性"""
    _, row = case.indicator(_full_count)
    del row["unit"]
    row |= {"nature": QUALITATIVE, "target": "按计划完成", "actual": "已经按计划完成", "tier": TIERS[0]}
    return [(row, "nature")]


@fault("I102", area=SCORES, likely=6)
def no_satisfaction(case: Case) -> list[Spot]:
    """没有满意度指标，它的分值给了效益"""
    benefit: Callable[[Row], bool] = lambda one: _full(one) and one["level1"] == BENEFIT  # noqa: E731
    full = lambda one: _full(one.indicators[-1]) and any(map(benefit, one.indicators))  # noqa: E731
    project = case.project(full)
    gone = project.indicators.pop()
    case.data["indicator"] = [row for row in case.data["indicator"] if row is not gone]
    row = next(filter(benefit, project.indicators))
    row["weight"] = row["claimed"] = row["weight"] + gone["weight"]
    return [(row, "weight")]


@fault("I504", area=SCORES, likely=4)
def payment_as_quantity(case: Case) -> list[Spot]:
    """数量指标是资金支付率"""
    _, row = case.indicator(_full_count)
    row |= {"name": "资金支付率", "target": "≥90%", "unit": "%", "actual": "95.6%"}
    return [(row, "name")]


@fault("I506", area=SCORES, likely=4)
def unit_against_target(case: Case) -> list[Spot]:
    """指标值是件数，计量单位写百分号"""
    _, row = case.indicator(lambda one: _full_count(one) and one["unit"] in COUNTED)
    number = _number(row["target"])
    row |= {"target": f"{number}{row['unit']}", "actual": f"{row['actual']}{row['unit']}", "unit": "%"}
    return [(row, "unit")]


@fault("I501", area=SCORES, likely=4)
def no_evidence(case: Case) -> list[Spot]:
    """定性指标没有佐证"""
    _, row = case.indicator(lambda one: one.get("nature") == QUALITATIVE)
    del row["evidence"]
    return [(row, "evidence")]


@fault("I508", area=SCORES, likely=3)
def level_wrong(case: Case) -> list[Spot]:
    """效益指标的二级指标写成质量指标"""
    _, row = case.indicator(lambda one: _full_share(one) and one["level1"] == BENEFIT)
    row["level2"] = LEVEL2[1]
    return [(row, "level2")]


@fault("I503", area=SCORES, likely=3)
def same_name(case: Case) -> list[Spot]:
    """产出指标和效益指标同名"""
    project, row = case.indicator(lambda one: _full_share(one) and one["level1"] == BENEFIT)
    row["name"] = project.indicators[0]["name"]
    return [(row, "name")]


@fault("I106", area=SCORES, likely=3)
def indicator_twice(case: Case) -> list[Spot]:
    """一个指标分成完全相同的两行"""
    project, row = case.indicator(lambda one: _full(one) and _numeric(one) and one["weight"] % 2 == 0)
    row["weight"] = row["claimed"] = row["weight"] / 2
    copy = dict(row)
    for rows in (project.indicators, case.data["indicator"]):
        rows.insert(next(i for i, one in enumerate(rows) if one is row), copy)
    return [(row, "name"), (copy, "name")]


@fault("F502", area=SCORES, likely=4)
def unknown_project(case: Case) -> list[Spot]:
    """多出一行指标，项目编号是没有的"""
    _, row = case.indicator(lambda one: _full(one) and _numeric(one))
    stray = {**row, "project": "99", "name": f"{row['name']}（上年）"}
    at = next((i for i, one in enumerate(case.data["indicator"]) if one["project"] == DEPARTMENT), 0)
    case.data["indicator"].insert(at, stray)
    return [(stray, "project")]
