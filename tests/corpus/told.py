"""A unit's year written down as the form: every total added up, every text in agreement with the figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from evalbatch.form import AMOUNT_COLUMNS, DEPARTMENT, FUNDS, PROJECT_SPENDING, YES

from .projects import Project
from .results import Row, half_up
from .story import PEOPLE, Story

GRADES = ((90, "优"), (80, "良"), (60, "中"), (0, "差"))
QUIET = (
    ("上半年支付进度偏慢，四分之一的资金集中在第四季度支付。", "每月5日前通报支付进度，6月底前完成采购和合同签订。"),
    ("绩效资料归档不及时，部分佐证材料年底才补齐。", "指定专人按月归档，季度末由财务人员核对一次。"),
    ("个别绩效指标的目标值定得偏低，没有按前三年的实际数测算。", "编制下年预算时按前三年平均数测定目标值。"),
)
"""Problems of a unit that reached everything."""


def told(story: Story) -> Row:
    """The form, in the shape ``write_form`` takes; rows of the story are the form's own, so that they can be found in it."""
    for project in story.projects:
        _finish(story, project)
    budget = budget_of(story)
    department = _department(story, budget)
    data: Row = {
        "unit": story.unit,
        "budget": budget,
        "project": [project.row for project in story.projects],
        "indicator": [row for project in story.projects for row in project.indicators] + story.own,
        "department": department,
        "standard": [row for project in story.projects for row in project.standards],
        "problem": _problems(story),
    }
    if story.report:
        data["report"] = _report(story, budget, department)
    return data


def grade_of(points: Decimal) -> str:
    """The grade of a total."""
    return next(grade for least, grade in GRADES if points >= least)


def total(row: Row, indicators: list[Row]) -> None:
    """Write a total and its grade into the row of a project, or of the unit as a whole."""
    row["claimed"] = sum((one.get("claimed", Decimal(0)) for one in indicators), row["claimed_execution"])
    row["grade"] = grade_of(row["claimed"])


def execution(row: Row, executed: Decimal, budget: Decimal) -> None:
    """The points of execution, never more than ten."""
    row["claimed_execution"] = half_up(min(Decimal(10), 10 * executed / budget))


def _finish(story: Story, project: Project) -> None:
    row = project.row
    row["agency"] = story.office.name
    row["system_code"] = f"1304992540{story.office.code}{int(row['code']):04d}"
    for one in (*project.indicators, *project.standards):
        one["project"] = row["code"]
    if row["evaluated"] != YES:
        return
    row["claimed_rate"] = half_up(row["executed"] / row["budget"], 4)
    execution(row, row["executed"], row["budget"])
    total(row, project.indicators)
    first = project.indicators[0]
    row["goal"] = f"年底前完成{project.template.name}任务，{first['name']}达到{_bare(first['target'])}。"
    row["achieved"] = (
        f"全年支出{row['executed']}万元，{first['name']}为{_bare(first['actual'])}{first.get('unit', '')}。"
    )


def _bare(text: str) -> str:
    return text.removeprefix("≥").removeprefix("不少于")


# --- money --------------------------------------------------------------------------------------------------------


def budget_of(story: Story) -> Row:
    """收支预决算: the lines as they are and every line that adds up others. All income was received."""
    lines, rows = story.lines, [project.row for project in story.projects]
    counted = [row for row in rows if row["category"] in PROJECT_SPENDING]

    def line(amount_of: Callable[[str], Decimal], note: str = "") -> Row:
        return {amount: amount_of(amount) for amount in AMOUNT_COLUMNS} | ({"note": note} if note else {})

    def summed(name: str) -> Decimal:
        return sum((row[name] for row in counted), Decimal(0))

    due = {"initial": "initial", "budget": "budget", "executed": "budget"}
    basic = line(lambda a: lines["staff_cost"][a] + lines["office_cost"][a])
    project = line(summed)
    spending = line(lambda a: basic[a] + project[a] + lines["other_spending"][a])
    moved = "项目年中调整，见项目资金表" if spending["initial"] != spending["budget"] else ""
    sources = {source: line(lambda a, s=source: summed(f"{s}_{due[a]}")) for source in FUNDS[1:]}
    income = line(lambda a: spending[due[a]], moved)
    fiscal = line(lambda a: income[a] - sum(one[a] for one in sources.values()))
    left_over = {"initial": Decimal(0), "budget": Decimal(0), "executed": income["executed"] - spending["executed"]}
    spending |= {"note": moved} if moved else {}
    share = half_up(project["budget"] / spending["budget"], 4)
    added = {"income": income, "fiscal": fiscal, "spending": spending, "basic": basic, "project": project}
    added |= {"carried": sources[FUNDS[1]], "other_income": sources[FUNDS[2]], "left_over": left_over}
    return {**{name: dict(row) for name, row in lines.items()}, **added, "project_share": share}


def _department(story: Story, budget: Row) -> Row:
    spending = budget["spending"]
    row: Row = {"contact": story.unit["author"], "execution_weight": Decimal(10)}
    execution(row, spending["executed"], spending["budget"])
    total(row, story.own)
    row |= {"goal": "保障日常运转，完成县里下达的年度任务，管好用好财政资金。", "full_goal": "同年初目标。"}
    row["achieved"] = f"全年支出{spending['executed']}万元，年度任务已经总结上报。"
    row["note"] = "支出偏差见各项目的说明。"
    return row


# --- texts --------------------------------------------------------------------------------------------------------


def _problems(story: Story) -> list[Row]:
    """A problem for every project that missed something, or one that everybody has."""
    missed = [(project.row["code"], project.missed) for project in story.evaluated if project.missed]
    own = [row for row in story.own if row["claimed"] < row["weight"]]
    missed += [(DEPARTMENT, own)] if own else []
    if not missed:
        problem, measure = story.chance.choice(QUIET)
        return [_problem(story, problem, DEPARTMENT, measure)]
    return [_problem(story, *_of_rows(code, rows)) for code, rows in missed]


def _of_rows(code: str, rows: list[Row]) -> tuple[str, str, str]:
    names = "、".join(row["name"] for row in rows)
    cause, _, remedy = rows[0]["reason"].rstrip("。").partition("。")
    return f"{cause}，{names}没有达到年度指标值。", code, f"{remedy}。"


def _problem(story: Story, problem: str, code: str, measure: str) -> Row:
    due = f"2026-{story.chance.randint(4, 12):02d}-28"
    return {"problem": problem, "projects": code, "measure": measure, "owner": story.chance.choice(PEOPLE), "due": due}


def _report(story: Story, budget: Row, department: Row) -> Row:
    unit, spending = story.unit, budget["spending"]
    evaluated = len(story.evaluated)
    return {
        "overview": f"2025年末，本单位核定编制{unit['posts']}人，实际在职{unit['staff']}人，退休{unit['retired']}人。"
        f"全年收入预算{budget['income']['budget']}万元，其中财政拨款收入{budget['fiscal']['budget']}万元。"
        f"支出预算{spending['budget']}万元，其中基本支出{budget['basic']['budget']}万元，"
        f"项目支出{budget['project']['budget']}万元，项目支出占支出合计的{half_up(100 * budget['project_share'])}%。",
        "organisation": "成立自评小组，财务人员牵头，各科室分工负责，逐项核对依据后打分，经单位负责人审定后上报。",
        "method": "对照批复的绩效目标，查阅决算报表、会计凭证和验收资料，并用问卷了解服务对象的意见。",
        "goals": f"全年支出{spending['executed']}万元，执行率{half_up(100 * spending['executed'] / spending['budget'])}%，"
        f"年末结转和结余{budget['left_over']['executed']}万元。{evaluated}个项目参加自评，"
        f"部门整体自评{department['claimed']}分，等级为{department['grade']}。",
        "items": "各项目的完成情况见项目资金表和绩效指标表，扣分的指标都写明了原因和改进措施。",
    }
