"""Faults of the unit's own sheet, of problems and of the report."""

from __future__ import annotations

from decimal import Decimal

from evalbatch.form import DEPARTMENT

from .planting import Area, Case, Spot, fault
from .results import Row

TEXTS = Area.TEXTS


def _losses(case: Case) -> bool:
    return any(row.get("claimed", row["weight"]) < row["weight"] for row in case.data["indicator"])


def _only(case: Case, problem: str, measure: str) -> list[Spot]:
    row: Row = {"problem": problem, "projects": DEPARTMENT, "measure": measure, "owner": "王建国", "due": "2026-06-30"}
    case.data["problem"] = [row]
    return [(row, "problem")]


@fault("P101", area=TEXTS, likely=3)
def no_problem(case: Case) -> list[Spot]:
    """没有扣分，存在的问题写“无”"""
    case.need(not _losses(case))
    return _only(case, "无", "继续按月调度支付进度。")


@fault("P104", area=TEXTS, likely=8)
def no_problem_but_points_lost(case: Case) -> list[Spot]:
    """扣了分，存在的问题写“暂无”"""
    case.need(_losses(case))
    return _only(case, "暂无", "继续按月调度支付进度。")


@fault("P102", area=TEXTS, likely=6)
def slogan(case: Case) -> list[Spot]:
    """问题写成口号"""
    return _only(case, "进一步加强绩效管理，规范资金使用。", "每季度召开一次绩效分析会。")


@fault("P103", area=TEXTS, likely=4)
def measure_copied(case: Case) -> list[Spot]:
    """改进措施照抄问题"""
    row = case.data["problem"][0]
    row["measure"] = row["problem"]
    return [(row, "measure")]


@fault("P205", area=TEXTS, likely=8)
def figure_off(case: Case) -> list[Spot]:
    """报告里的支出数比表里多"""
    report = _report(case)
    figure = f"全年支出{case.data['budget']['spending']['executed']}万元"
    wrong = f"全年支出{case.data['budget']['spending']['executed'] + Decimal('7.31')}万元"
    case.need(figure in report["goals"])
    report["goals"] = report["goals"].replace(figure, wrong)
    return [(report, "goals")]


@fault("P201", area=TEXTS, likely=4)
def amount_left_blank(case: Case) -> list[Spot]:
    """报告里的金额没有填数"""
    report = _report(case)
    report["method"] = f"本次自评涉及一般公共预算支出万元。{report['method']}"
    return [(report, "method")]


@fault("P202", area=TEXTS, likely=4)
def clause_twice(case: Case) -> list[Spot]:
    """报告里一个分句写了两遍"""
    report = _report(case)
    report["items"] = f"从评价情况来看，从评价情况来看，{report['items']}"
    return [(report, "items")]


@fault("P207", area=TEXTS, likely=4)
def chapter_empty(case: Case) -> list[Spot]:
    """报告的一栏写“详见附件”"""
    report = _report(case)
    report["organisation"] = "详见附件"
    return [(report, "organisation")]


def _report(case: Case) -> Row:
    case.need(case.story.report)
    report: Row = case.data["report"]
    return report


@fault("F302", area=TEXTS, likely=6)
def no_phone(case: Case) -> list[Spot]:
    """联系电话空着"""
    del case.data["unit"]["phone"]
    return [(case.data["unit"], "phone")]


@fault("F301", area=TEXTS, likely=6)
def no_author(case: Case) -> list[Spot]:
    """填报人空着"""
    del case.data["unit"]["author"]
    return [(case.data["unit"], "author")]


@fault("F405", area=TEXTS, likely=4)
def old_date(case: Case) -> list[Spot]:
    """填报日期是三年以前的"""
    case.data["unit"]["date"] = f"2023{case.data['unit']['date'][4:]}"
    return [(case.data["unit"], "date")]


@fault("F401", area=TEXTS, likely=4)
def words_for_people(case: Case) -> list[Spot]:
    """退休人数写了文字"""
    case.data["unit"]["retired"] = "十余人"
    return [(case.data["unit"], "retired")]


@fault("F403", area=TEXTS, likely=3)
def fewer_than_none(case: Case) -> list[Spot]:
    """退休人数是负数"""
    case.need(not case.story.report)
    case.data["unit"]["retired"] = -3
    return [(case.data["unit"], "retired")]


@fault("F404", area=TEXTS, likely=4)
def grade_of_another_kind(case: Case) -> list[Spot]:
    """部门整体的评价等级写“优秀”"""
    row = case.data["department"]
    row["grade"] = "优秀"
    return [(row, "grade")]
