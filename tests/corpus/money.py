"""Faults of money: amounts, totals, rates, standards, explanations that are missing."""

from __future__ import annotations

from decimal import Decimal

from evalbatch.form import CATEGORIES, NO

from .planting import Area, Case, Spot, fault, retotal
from .projects import Project, is_full, reached, spend
from .results import half_up

MONEY = Area.MONEY


def _by_contract(project: Project) -> bool:
    return project.template.standard is None


@fault("M111", area=MONEY, likely=10)
def execution_points_rounded_up(case: Case) -> list[Spot]:
    """执行率得分凑成满分，总分随之相加"""
    project = case.project(lambda one: one.row["claimed_execution"] < 10 and (one.missed or case.blemished_beside(one)))
    row = project.row
    row["claimed_execution"] = Decimal(10)
    retotal(project)
    return [(row, "claimed_execution")]


@fault("M106", area=MONEY, likely=8, early=True)
def overspent(case: Case) -> list[Spot]:
    """一个项目的执行数超过预算数，各合计数照加"""
    rows = [project.row for project in case.story.projects]
    project = case.project(lambda one: _by_contract(one) and "note" in one.row)
    slack = sum((row["budget"] - row["executed"] for row in rows if row is not project.row), Decimal(0))
    over = half_up(min(slack / 2, project.row["budget"] / 20))
    case.need(over > 0)
    spend(project.row, project.row["budget"] + over)
    return [(project.row, "executed")]


@fault("M104", area=MONEY, likely=10)
def fund_parts_off(case: Case) -> list[Spot]:
    """当年财政拨款少写一截，三项来源加不成总额"""
    row = case.project(lambda one: one.row["fiscal_budget"] > 2).row
    row["fiscal_budget"] -= case.cents(20, 99)
    return [(row, "fiscal_budget")]


@fault("M102", area=MONEY, likely=6)
def basic_parts_off(case: Case) -> list[Spot]:
    """人员经费的执行数与基本支出对不上"""
    row = case.data["budget"]["staff_cost"]
    row["executed"] -= case.cents(50, 300)
    return [(row, "executed")]


@fault("M101", area=MONEY, likely=6)
def spending_total_off(case: Case) -> list[Spot]:
    """支出合计的年初数加错"""
    row = case.data["budget"]["spending"]
    case.need(row["initial"] != row["budget"])
    row["initial"] += case.cents(100, 900)
    return [(row, "initial")]


@fault("M105", area=MONEY, likely=6)
def income_parts_off(case: Case) -> list[Spot]:
    """财政拨款收入的执行数少写一截"""
    row = case.data["budget"]["fiscal"]
    row["executed"] -= case.cents(100, 900)
    return [(row, "executed")]


@fault("M107", area=MONEY, likely=4)
def left_over_off(case: Case) -> list[Spot]:
    """年末结转和结余与收支之差不同"""
    case.need(not case.story.report)
    row = case.data["budget"]["left_over"]
    row["executed"] += case.cents(100, 900)
    return [(row, "executed")]


@fault("M103", area=MONEY, likely=6)
def project_not_listed(case: Case) -> list[Spot]:
    """一个项目连同它的指标没有列出"""
    case.need(len(case.story.evaluated) > 2)
    project = case.project(lambda one: not one.missed and case.blemished_beside(one))
    code = project.row["code"]
    case.data["project"].remove(project.row)
    for sheet in ("indicator", "standard"):
        case.data[sheet] = [row for row in case.data[sheet] if row["project"] != code]
    case.story.projects.remove(project)
    return [(case.data["budget"]["project"], "budget")]


@fault("M103", area=MONEY, likely=4)
def category_wrong(case: Case) -> list[Spot]:
    """项目的类别选成人员类，项目支出就加不拢"""
    case.need(len(case.story.projects) > 1)
    row = case.project().row
    row["category"] = CATEGORIES[0]
    return [(row, "category")]


@fault("F503", area=MONEY, likely=2)
def every_category_wrong(case: Case) -> list[Spot]:
    """所有项目都选成人员类，项目支出就没有一个项目"""
    rows = [project.row for project in case.story.projects]
    for row in rows:
        row["category"] = CATEGORIES[0]
    return [(row, "category") for row in rows]


@fault("M202", area=MONEY, likely=8)
def yuan_in_wan(case: Case) -> list[Spot]:
    """万元表里有一个数按元填写"""
    row = case.project(lambda one: one.row["fiscal_executed"] > 0).row
    row["fiscal_executed"] *= 10000
    return [(row, "fiscal_executed")]


@fault("M109", area=MONEY, likely=6)
def rate_off(case: Case) -> list[Spot]:
    """执行率算错"""
    row = case.project().row
    row["claimed_rate"] -= Decimal(case.chance.randint(100, 300)) / 10000
    return [(row, "claimed_rate")]


@fault("M109", area=MONEY, likely=3)
def share_off(case: Case) -> list[Spot]:
    """项目支出占比算错"""
    case.need(not case.story.report)
    case.data["budget"]["project_share"] += Decimal("0.0213")
    return [(case.data["budget"], "project_share")]


@fault("M108", area=MONEY, likely=6)
def standards_short(case: Case) -> list[Spot]:
    """按支出标准测算的数少算了四分之一"""
    project = case.project(lambda one: one.standards)
    row = project.standards[0]
    row["quantity"] = (row["quantity"] * 3 / 4).to_integral_value()
    return [(row, "quantity")]


@fault("F401", area=MONEY, likely=6)
def words_for_amount(case: Case) -> list[Spot]:
    """金额栏写了文字"""
    row = case.project().row
    row["fiscal_initial"] = f"约{row['fiscal_initial']}"
    return [(row, "fiscal_initial")]


@fault("M304", area=MONEY, likely=6)
def adjusted_without_note(case: Case) -> list[Spot]:
    """预算调整了，调整及偏差说明空着"""
    project = case.project(
        lambda one: (
            one.row["initial"] != one.row["budget"] and one.row["executed"] >= one.row["budget"] * Decimal("0.9")
        )
    )
    del project.row["note"]
    return [(project.row, "note")]


@fault("M303", area=MONEY, likely=4)
def slow_without_note(case: Case) -> list[Spot]:
    """执行率低于九成，调整及偏差说明空着"""
    project = case.project(
        lambda one: one.row["initial"] == one.row["budget"] and one.row["executed"] < one.row["budget"] * Decimal("0.9")
    )
    del project.row["note"]
    return [(project.row, "note")]


def _held_back(case: Case, low: int, high: int) -> Project:
    project = case.project(lambda one: _by_contract(one) and reached(one) > Decimal("0.97"))
    row = project.row
    case.need(row["initial"] == row["budget"] > 1)
    spend(row, half_up(row["budget"] * case.chance.randint(low, high) / 100))
    row["note"] = f"合同价低于预算，结余{row['budget'] - row['executed']}万元"
    return project


@fault("M301", area=MONEY, likely=8, early=True)
def red(case: Case) -> list[Spot]:
    """指标接近满分，执行率只有八九成，写了说明"""
    return [(_held_back(case, 82, 90).row, "executed")]


@fault("M301", area=MONEY, likely=4, early=True)
def red_without_note(case: Case) -> list[Spot]:
    """指标接近满分，执行率只有八九成，没有写说明"""
    row = _held_back(case, 82, 90).row
    del row["note"]
    return [(row, "executed"), (row, "note")]


@fault("M301", "M302", area=MONEY, likely=4, early=True)
def yellow(case: Case) -> list[Spot]:
    """预算有三成没有用完，指标接近满分"""
    return [(_held_back(case, 62, 75).row, "executed")]


@fault("S403", area=MONEY, likely=3, early=True)
def all_full(case: Case) -> list[Spot]:
    """参评项目全是满分"""
    some = case.story.evaluated
    case.need(len(some) > 1 and all(not one.missed and (_by_contract(one) or is_full(one)) for one in some))
    for project in some:
        spend(project.row, project.row["budget"])
        case.used.append(project.row["code"])
        if project.row["initial"] == project.row["budget"]:
            project.row.pop("note", None)
    return [(project.row, "claimed") for project in some]


@fault("I103", area=MONEY, likely=3)
def left_out_without_excuse(case: Case) -> list[Spot]:
    """不参评的项目没有写原因"""
    rows = [one.row for one in case.story.projects if one.row["evaluated"] == NO]
    case.need(rows)
    del rows[0]["excuse"]
    return [(rows[0], "excuse")]


@fault("F504", area=MONEY, likely=3)
def name_twice(case: Case) -> list[Spot]:
    """两个项目写成同一个名称"""
    first, second = case.project(), case.project()
    second.row["name"] = first.row["name"]
    return [(second.row, "name")]
