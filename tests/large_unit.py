"""A township with thirty projects and three hundred indicators, honestly filled: the data of ``tests/large``.

Own scores are typed there, worked out by hand; what a bookkeeper adds up (totals, rates, execution points, means) is
added up here, without any arithmetic of the package.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FOLDER = Path(__file__).parent / "large"
AMOUNTS = ("initial", "budget", "executed")
NOTHING = ("0", "0", "0")
LEVELS = {
    "数量": ("产出指标", "数量指标"),
    "质量": ("产出指标", "质量指标"),
    "时效": ("产出指标", "时效指标"),
    "进度": ("项目完成指标", "进度指标"),
    "成本": ("产出指标", "成本指标"),
    "经成": ("成本指标", "经济成本指标"),
    "社成": ("成本指标", "社会成本指标"),
    "生成": ("成本指标", "生态环境成本指标"),
    "经济": ("效益指标", "经济效益指标"),
    "社会": ("效益指标", "社会效益指标"),
    "生态": ("效益指标", "生态效益指标"),
    "环境": ("项目效益指标", "环境效益指标"),
    "持续": ("效益指标", "可持续影响指标"),
    "满意": ("满意度指标", "服务对象满意度指标"),
    "公众": ("满意度指标", "社会公众或服务对象满意度指标"),
}
MET, PARTLY = "达成年度指标", "部分达成年度指标并具有一定效果"


def told_projects() -> list[Row]:
    """The projects as they are told, each with its indicators as lines of text."""
    return [row for n in (1, 2) for row in tomllib.loads((FOLDER / f"projects-{n}.toml").read_text("utf-8"))["project"]]


def filling(told: Sequence[Row] | None = None) -> Row:
    """The form of a unit with some projects, or all, in the shape ``support.filling`` gives and ``write_form`` takes."""
    sheets = tomllib.loads((FOLDER / "unit.toml").read_text("utf-8"))
    told = told_projects() if told is None else told
    projects = [_project(str(i), row) for i, row in enumerate(told, 1)]
    budget = _budget(sheets["lines"], projects)
    said = _figures(projects, budget, sheets["unit"])
    indicators = [row for p, t in zip(projects, told, strict=True) for row in _indicators(p["code"], t)]
    own = list(_indicators("部门整体", {"indicators": sheets["department_indicators"]["rows"].format(**said)}))
    for project in projects:
        if project["evaluated"] == "是":
            _total(project, [row for row in indicators if row["project"] == project["code"]])
    department = {"execution_weight": 10, **{k: v.format(**said) for k, v in sheets["department"].items()}}
    department["claimed_execution"] = _rounded(10 * budget["spending"]["executed"] / budget["spending"]["budget"])
    _total(department, own)
    said |= {"total": f"{department['claimed']:.2f}", "grade": department["grade"]}
    codes = {project["name"]: project["code"] for project in projects}
    return {
        "unit": sheets["unit"],
        "budget": budget,
        "project": projects,
        "indicator": [*indicators, *own],
        "department": department,
        "standard": [row for p, t in zip(projects, told, strict=True) for row in _standards(p["code"], t)],
        "problem": [_problem(row, codes) for row in sheets["problem"] if codes.keys() >= set(row["of"])],
        "report": {key: text.strip().format(**said) for key, text in sheets["report"].items()},
    }


def _rounded(number: Decimal, places: int = 2) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{_rounded(100 * part / whole)}%"


def _project(code: str, told: Row) -> Row:
    """A project's row; what comes neither from last year nor from others is this year's 财政拨款."""
    row: Row = {"code": code, "system_code": f"130499254020150{int(code):04d}", "name": told["name"]}
    row |= {"category": told["category"], "agency": told["agency"]}
    row |= {"evaluated": "否", "excuse": told["excuse"]} if "excuse" in told else {"evaluated": "是"}
    for i, amount in enumerate(AMOUNTS):
        whole, carried, other = (Decimal(told.get(key, NOTHING)[i]) for key in ("amounts", "carried", "other"))
        row |= {amount: whole, f"fiscal_{amount}": whole - carried - other}
        row |= {f"carried_{amount}": carried, f"other_{amount}": other}
    row |= {key: told[key] for key in ("goal", "achieved") if key in told}
    if told["note"]:
        row["note"] = told["note"]
    if row["evaluated"] == "是":
        rate = row["executed"] / row["budget"]
        row |= {"execution_weight": 10, "claimed_rate": _rounded(rate, 4), "claimed_execution": _rounded(10 * rate)}
    return row


def _indicators(code: str, told: Row) -> list[Row]:
    """The indicators of a project: one line each, parted by bars."""
    lines = told.get("indicators", "").strip().splitlines()
    return [_indicator(code, [cell.strip() for cell in line.split("|")]) for line in lines]


def _indicator(code: str, cells: list[str]) -> Row:
    level, name, nature, target, unit, actual, points, evidence, reason = (*cells, "")[:9]
    level1, level2 = LEVELS[level]
    weight, _, own = points.partition("→")
    target, _, adjusted = target.partition("→")
    row: Row = {"project": code, "level1": level1, "level2": level2, "name": name, "target": target, "actual": actual}
    row |= {"weight": Decimal(weight), "claimed": Decimal(own or weight), "evidence": evidence}
    if nature == "定性":
        row["tier"] = MET if row["claimed"] >= Decimal("0.8") * row["weight"] else PARTLY
    optional = {"nature": nature, "adjusted": adjusted, "unit": unit, "reason": reason}
    return row | {key: value for key, value in optional.items() if value}


def _total(source: Row, indicators: list[Row]) -> None:
    """Write the total and its grade into a project's row, or the unit's."""
    source["claimed"] = sum((row["claimed"] for row in indicators), source["claimed_execution"])
    source["grade"] = "优" if source["claimed"] >= 90 else "良"


def _standards(code: str, told: Row) -> list[Row]:
    keys = ("content", "price", "quantity", "periods")
    rows = [dict(zip(keys, row, strict=True)) for row in told.get("standards", ())]
    return [{"project": code, **{k: v if k == "content" else Decimal(v) for k, v in row.items() if v}} for row in rows]


def _problem(row: Row, codes: dict[str, str]) -> Row:
    of = "、".join(codes[name] for name in row["of"]) or "部门整体"
    return {"projects": of, **{key: value for key, value in row.items() if key != "of"}}


def _budget(lines: Row, projects: list[Row]) -> Row:
    """收支预决算: what is typed, and every line that adds up others. All income was received."""
    said = {name: {k: v if k == "note" else Decimal(v) for k, v in line.items()} for name, line in lines.items()}
    counted = [row for row in projects if row["category"] in ("其他运转类", "特定目标类")]

    def line(amount_of: Any, note: str = "") -> Row:
        amounts = {amount: amount_of(amount) for amount in AMOUNTS}
        return {**amounts, "note": note} if note else amounts

    basic = line(lambda a: said["staff_cost"][a] + said["office_cost"][a], "随人员经费追加")
    project = line(lambda a: sum(row[a] for row in counted), "增减见项目资金表各项目说明")
    spending = line(lambda a: basic[a] + project[a] + said["other_spending"][a], "人员经费和项目支出调整")
    due = {"initial": "initial", "budget": "budget", "executed": "budget"}
    carried = line(lambda a: sum(row[f"carried_{due[a]}"] for row in counted), "上年项目结转资金")
    other = line(lambda a: sum(row[f"other_{due[a]}"] for row in counted), "县级部门配套和企业赞助")
    fiscal = line(lambda a: spending[due[a]] - carried[a] - other[a], "随支出预算调整")
    income = line(lambda a: spending[due[a]], "见支出各行")
    over = {"initial": Decimal(0), "budget": Decimal(0), "executed": income["executed"] - spending["executed"]}
    left_over = {**over, "note": "项目节约和结转"}
    share = _rounded(project["budget"] / spending["budget"], 4)
    added = {"basic": basic, "project": project, "spending": spending, "carried": carried, "other_income": other}
    return {**said, **added, "fiscal": fiscal, "income": income, "left_over": left_over, "project_share": share}


def _figures(projects: list[Row], budget: Row, unit: Row) -> dict[str, str]:
    """The figures that texts and indicators of the unit as a whole quote."""
    taking = [row for row in projects if row["evaluated"] == "是"]
    spending = budget["spending"]
    amounts = {
        "income": budget["income"]["budget"],
        "fiscal": budget["fiscal"]["budget"],
        "carried": budget["carried"]["budget"],
        "other": budget["other_income"]["budget"],
        "spending": spending["budget"],
        "basic": budget["basic"]["budget"],
        "project": budget["project"]["budget"],
        "added": spending["budget"] - spending["initial"],
        "spent": spending["executed"],
        "left_over": budget["left_over"]["executed"],
        "taking_budget": sum(row["budget"] for row in taking),
        "taking_spent": sum(row["executed"] for row in taking),
    }
    used = {name: _percent(budget[name]["executed"], budget[name]["budget"]) for name in ("three_public", "spending")}
    return {name: f"{amount:.2f}" for name, amount in amounts.items()} | {
        "share": _percent(budget["project"]["budget"], spending["budget"]),
        "rate": used["spending"],
        "three_public": used["three_public"],
        "office": _percent(budget["office_cost"]["executed"], budget["office_cost"]["budget"]),
        "procured": _percent(budget["procurement"]["executed"], budget["procurement"]["budget"]),
        "staffing": _percent(Decimal(unit["staff"]), Decimal(unit["posts"])),
        "evaluated": str(len(taking)),
        "left_out": str(len(projects) - len(taking)),
        "full": str(sum(row["executed"] == row["budget"] for row in taking)),
    }
