"""Random fillings of the form: data alone, made from a seed, that know nothing of how they are scored.

They are meant to be awkward: weights that don't make 100, results on the edge of a rounding, zero and negative
numbers, blanks, spellings that cannot be read, projects that take no part, a unit with or without indicators of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

Row = dict[str, Any]

CATEGORIES = ("特定目标类", "特定目标类", "其他运转类", "人员类", "公用经费")
OUTPUT, BENEFIT, SATISFACTION, COST = "产出指标", "效益指标", "满意度指标", "成本指标"
COUNTS = (("发放宣传资料", "份"), ("开展培训", "次"), ("服务群众", "人次"), ("维修道路", "公里"), ("种植面积", "亩"))
SHARES = ("合格率", "参保率", "覆盖率", "按时完成率", "群众知晓率")
GROWTHS = ("产值增长率", "收入增长率", "能耗降幅", "客流变动率")
REVERSE = (("安全事故起数", "起"), ("有效投诉件数", "件"), ("单位面积能耗", "千瓦时"), ("逾期率", "%"))
QUALITIES = ("促进社会和谐", "改善人居环境", "提高管理水平")
TIERS = ("达成年度指标", "部分达成年度指标并具有一定效果", "未达成年度指标且效果较差")
UNCLEAR = ("15次或30小时", "若干", "详见附件", "=1+1", "不少于3次且不多于8人", "约", "290%%", "≥")
STRANGE = ("", "未完成", "=1+1", "—", "已完成", "不适用", "#N/A", "1/0", "+5", "@SUM(A1)")
ROUND_NUMBERS = (
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    9,
    11,
    12,
    15,
    16,
    30,
    40,
    64,
    80,
    96,
    120,
    125,
    160,
    200,
    365,
    400,
    1000,
    1200,
    2000,
)
"""Targets; many divide weights into points that end on a 5 in the third decimal, where rounding decides."""


def filling(seed: int) -> Row:
    """What a unit might type, good and bad, always the same for one seed."""
    return _Unit(random.Random(seed), seed).filling()


class _Unit:
    """One unit's form, drawn from one source of chance; ``trouble`` says how carelessly it was filled."""

    def __init__(self, chance: random.Random, seed: int) -> None:
        self.chance = chance
        self.seed = seed
        self.wan = chance.random() < 0.7
        self.trouble = chance.choice((0.0, 0.4, 1.0))

    def filling(self) -> Row:
        projects = [self.project(i) for i in range(1, self.chance.choice((1, 1, 2, 2, 3)) + 1)]
        indicators = [row for project in projects for row in self.indicators(project["code"], project)]
        department: Row = {"execution_weight": self.execution_weight(), "goal": "完成年度任务", "contact": "王某"}
        department.update(self.claims(department))
        if self.likely(0.85):
            indicators.extend(self.indicators("部门整体", department))
        if self.astray(0.15):
            indicators.extend(self.indicators("没有的编号", {}))
        if self.likely(0.3):
            self.chance.shuffle(indicators)
        return {
            "unit": _kept(self.unit()),
            "budget": self.budget(projects),
            "project": [_kept(project) for project in projects],
            "indicator": [_kept(row) for row in indicators],
            "department": _kept(department),
            "standard": [self.standard(project) for project in projects if self.likely(0.3)],
            "problem": [{"problem": "支付进度偏慢", "projects": "1", "measure": "按季调度"}]
            if self.likely(0.5)
            else [],
        }

    # --- chance ---------------------------------------------------------------------------------------------------

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def astray(self, share: float) -> bool:
        return self.likely(share * self.trouble)

    def decimal(self, low: int, high: int, places: int = 2) -> Decimal:
        scale = 10**places
        return Decimal(self.chance.randint(low * scale, high * scale)).scaleb(-places)

    def maybe(self, share: float, make: Callable[[], Any]) -> Any:
        return make() if self.likely(share) else None

    # --- the unit and its money -----------------------------------------------------------------------------------

    def unit(self) -> Row:
        return {
            "name": f"测试单位{self.seed}",
            "code": f"{self.seed:06d}",
            "department": self.maybe(0.8, lambda: "测试主管部门"),
            "year": self.maybe(0.95, lambda: self.chance.choice((2023, 2024, 2025))),
            "money": "万元" if self.wan else "元",
            "posts": self.chance.randint(0, 50),
            "staff": self.chance.randint(0, 50),
            "author": "王某",
            "date": "2026-02-28",
        }

    def money(self) -> Decimal:
        amount = self.decimal(1, 900, self.chance.choice((0, 1, 2, 2, 4)))
        return amount if self.wan else (amount * 10000).quantize(Decimal("0.01"))

    def amounts(self) -> Row:
        """全年预算数 and 全年执行数: mostly spent, sometimes over, nothing, less than nothing, blank."""
        budget = self.money()
        share = self.decimal(60, 100) / 100
        executed = _rounded(budget * share, 2 if self.likely(0.8) else 4)
        row = {"initial": budget, "budget": budget, "executed": executed}
        odd = self.chance.random() / self.trouble if self.trouble else 1
        if odd < 0.15:
            row["executed"] = budget
        elif odd < 0.22:
            row["executed"] = _rounded(budget * Decimal("1.07"), 2)
        elif odd < 0.26:
            row["executed"] = Decimal(0)
        elif odd < 0.30:
            row["executed"] = -executed
        elif odd < 0.36:
            row.update(budget=Decimal(0), executed=self.chance.choice((Decimal(0), executed)))
        elif odd < 0.40:
            row.update(budget=-budget)
        elif odd < 0.48:
            row[self.chance.choice(("budget", "executed", "initial"))] = self.chance.choice((None, "很多", "—"))
        return row

    def budget(self, projects: list[Row]) -> Row:
        basic, other = self.amounts(), self.amounts()
        project = {key: self.summed(projects, key) for key in ("initial", "budget", "executed")}
        spending = {key: self.summed([basic, project, other], key) for key in project}
        lines = {"basic": basic, "project": project, "other_spending": other, "spending": spending}
        lines["income"] = {**spending, "executed": spending["budget"]}
        lines["fiscal"] = dict(lines["income"])
        if self.likely(0.2):
            lines["spending"] = self.amounts()
        if self.likely(0.2):
            del lines[self.chance.choice(list(lines))]
        return {name: _kept(line) for name, line in lines.items()}

    def summed(self, rows: list[Row], key: str) -> Decimal:
        """The sum of what is a number, sometimes missed by a little."""
        whole = sum((row[key] for row in rows if isinstance(row[key], Decimal)), Decimal(0))
        return whole + (self.chance.choice((Decimal("0.01"), Decimal("0.005"), Decimal(3))) if self.likely(0.15) else 0)

    def project(self, number: int) -> Row:
        row: Row = {
            "code": str(number),
            "name": f"项目{number}" + self.chance.choice(("", "“引号”", " & <标签>", "\n第二行", "'单引号'")),
            "category": self.chance.choice(CATEGORIES),
            "evaluated": self.chance.choice(("是",) * 12 + ("否", None)),
            **self.amounts(),
            "execution_weight": self.execution_weight(),
            "claimed_rate": self.maybe(0.5, lambda: self.decimal(0, 1, 4)),
            "goal": "完成年度任务",
            "achieved": "已完成",
            "note": self.maybe(0.3, lambda: "年中调整"),
        }
        if isinstance(row["budget"], Decimal) and self.likely(0.4):
            share = self.likely(0.7)
            row["fiscal_budget"] = row["budget"] if share else row["budget"] - 1
            row["other_budget"] = Decimal(0)
        row.update(self.claims(row))
        return row

    def claims(self, row: Row) -> Row:
        return {
            "claimed": self.maybe(0.85, lambda: self.decimal(55, 101)),
            "claimed_execution": self.maybe(0.7, lambda: self.decimal(0, 11)),
            "grade": self.maybe(0.7, lambda: self.chance.choice(("优", "良", "中", "差"))),
        }

    def execution_weight(self) -> Decimal | None:
        return self.chance.choice((None, None, Decimal(10), Decimal(10), Decimal(20), Decimal(0), Decimal("7.5")))

    def standard(self, project: Row) -> Row:
        return {
            "project": project["code"],
            "content": "补助",
            "price": self.decimal(100, 5000, 0),
            "quantity": self.decimal(1, 30, 0),
            "periods": self.decimal(1, 12, 0),
        }

    # --- indicators -----------------------------------------------------------------------------------------------

    def indicators(self, code: str, owner: Row) -> list[Row]:
        """A project's indicators: their weights make up what execution leaves of 100, or don't."""
        number = self.chance.randint(1, 6)
        own = owner.get("execution_weight")
        whole = 100 - (Decimal(10) if own is None else own)
        kinds = [self.chance.choice(_KINDS if self.trouble else _CLEAR) for _ in range(number)]
        if self.likely(0.5):
            kinds[-1] = _Unit.satisfaction
        elif self.likely(0.6):
            whole -= 10
        weights = self.weights(number, whole)
        return [self.indicator(code, kind, weight) for kind, weight in zip(kinds, weights, strict=True)]

    def weights(self, number: int, whole: Decimal) -> list[Decimal | None]:
        cuts = sorted(self.chance.randint(1, int(whole) * 2 - 1) for _ in range(number - 1))
        edges = [Decimal(0), *(Decimal(cut) / 2 for cut in cuts), whole]
        weights: list[Decimal | None] = [b - a for a, b in pairwise(edges)]
        if self.astray(0.3):
            at = self.chance.randrange(number)
            weights[at] = self.chance.choice(
                (None, Decimal(0), Decimal(-3), Decimal("3.33"), Decimal("16.67"), weights[at])
            )
        return weights

    def indicator(self, code: str, kind: Callable[[_Unit], Row], weight: Decimal | None) -> Row:
        row: Row = {"project": code, "level1": OUTPUT, "level2": "数量指标", "weight": weight, **kind(self)}
        row["claimed"] = self.own_score(weight)
        if not self.trouble and row.get("nature") == "定性":
            row.update(actual=TIERS[0], tier=TIERS[0], claimed=weight)
        row["reason"] = self.maybe(0.3, lambda: "受天气影响")
        if self.astray(0.06):
            row["actual"] = self.chance.choice(STRANGE)
        if self.astray(0.04):
            row["actual"] = None
        if self.astray(0.04):
            row["target"] = self.chance.choice((*UNCLEAR, None))
        if self.astray(0.05):
            row["adjusted"], row["target"] = row["target"], "1"
        if self.astray(0.03):
            row[self.chance.choice(("level1", "level2", "name", "nature", "unit"))] = None
        return row

    def own_score(self, weight: Decimal | None) -> Decimal | None:
        if weight is None or self.likely(0.1):
            return None
        share = self.chance.choice((Decimal(1), Decimal(1), Decimal("0.8"), Decimal("0.6"), self.decimal(0, 1)))
        return _rounded(weight * share, 2) + (1 if self.likely(0.04) else 0)

    def number(self) -> Decimal:
        if self.likely(0.75):
            return Decimal(self.chance.choice(ROUND_NUMBERS))
        return self.decimal(1, 3000, self.chance.choice((0, 1, 2)))

    def result(self, target: Decimal) -> Decimal:
        """A result for a target: met, short, over, far over, none, less than none."""
        near = self.chance.choice(
            (Decimal(1), Decimal(1), self.decimal(0, 1, 3), self.decimal(1, 2, 3), Decimal("1.5"))
        )
        result = _rounded(target * near, self.chance.choice((0, 0, 1, 2)))
        odd = self.chance.random()
        if odd < 0.05:
            return Decimal(0)
        if odd < 0.10:
            return -abs(result) - Decimal("0.5")
        return result * 9 if odd < 0.15 else result

    def signed(self, sign: str, number: Decimal, unit: str) -> Row:
        """A number with its sign: in the cell for it, in the target, in words, or nowhere."""
        text = format(number, "f")
        words = {"≥": "不低于", "≤": "不超过", "=": "等于", ">": "大于", "<": "小于"}[sign]
        return self.chance.choice(
            (
                {"nature": sign, "target": text, "unit": unit},
                {"target": f"{sign}{text}{unit}", "unit": unit},
                {"target": f"{words}{text}{unit}"},
                {"target": f"{text}{unit}"},
                {"target": text, "unit": unit},
            )
        )

    def counted(self) -> Row:
        name, unit = self.chance.choice(COUNTS)
        target = self.number() if self.likely(0.93) else Decimal(0)
        sign = self.chance.choice(("≥", "≥", "≥", "=", ">"))
        return {"name": name, **self.signed(sign, target, unit), "actual": self.said(self.result(target), unit)}

    def shared(self) -> Row:
        target = Decimal(self.chance.choice((80, 85, 90, 95, 96, 98, 100)))
        sign = self.chance.choice(("≥", "≥", "="))
        actual = self.said(self.result(target), "%")
        return {
            "level2": "质量指标",
            "name": self.chance.choice(SHARES),
            **self.signed(sign, target, "%"),
            "actual": actual,
        }

    def grown(self) -> Row:
        target = self.decimal(-8, 12, self.chance.choice((0, 1)))
        return {
            "level1": BENEFIT,
            "level2": "经济效益指标",
            "name": self.chance.choice(GROWTHS),
            **self.signed(self.chance.choice(("≥", "≤", "=")), target, "%"),
            "actual": f"{self.decimal(-12, 15, 1)}%",
        }

    def kept_low(self) -> Row:
        name, unit = self.chance.choice(REVERSE)
        target = self.number() if self.likely(0.7) else Decimal(0)
        sign = self.chance.choice(("≤", "≤", "<"))
        return {"name": name, **self.signed(sign, target, unit), "actual": self.said(self.result(target), unit)}

    def costed(self) -> Row:
        target = self.number() if self.likely(0.95) else Decimal(0)
        level1, level2 = self.chance.choice(((OUTPUT, "成本指标"), (COST, "经济成本指标")))
        unit = self.chance.choice(("元/人", "万元", "元"))
        sign = self.chance.choice(("=", "=", "≤"))
        actual = self.said(self.result(target), unit)
        return {
            "level1": level1,
            "level2": level2,
            "name": "补助标准",
            **self.signed(sign, target, unit),
            "actual": actual,
        }

    def ranged(self) -> Row:
        low = self.number()
        high = low + self.number()
        text = self.chance.choice((f"{low}至{high}次", f"{low}-{high}次", f"{low}～{high}次"))
        near = self.chance.choice((low, high, (low + high) / 2, self.result(low), self.result(high)))
        return {"name": "开展活动", "target": text, "unit": "次", "actual": f"{near}次"}

    def tolerated(self) -> Row:
        if self.likely(0.4):
            return {"name": "偏差幅度", "target": "±10%", "unit": "%", "actual": f"{self.decimal(-15, 15, 1)}%"}
        target = self.number()
        near = target * self.chance.choice(
            (Decimal(1), Decimal("0.9"), Decimal("1.1"), Decimal("1.11"), Decimal("0.5"))
        )
        return {"name": "服务户数", "target": f"约{target}户", "unit": "户", "actual": f"{near}户"}

    def dated(self) -> Row:
        month = self.chance.randint(3, 12)
        return {
            "level2": "时效指标",
            "name": "完成时间",
            "target": self.chance.choice((f"{month}月底前", f"2025年{month}月15日前", f"{month}月前", "年底前")),
            "actual": self.chance.choice((f"{month}月", "2025年7月1日", f"{month}月20日", "按时", "12月31日", "100%")),
        }

    def qualified(self) -> Row:
        name = self.chance.choice(QUALITIES)
        target = self.chance.choice(("有效促进", "明显改善", "持续提高"))
        row: Row = {"level1": BENEFIT, "level2": "社会效益指标", "name": name, "nature": "定性", "target": target}
        row["actual"] = self.chance.choice((target, *TIERS, "较好"))
        row["tier"] = self.maybe(0.6, lambda: self.chance.choice(TIERS))
        return row

    def unclear(self) -> Row:
        return {"name": "其他任务", "target": self.chance.choice(UNCLEAR), "actual": self.said(self.number(), "项")}

    def satisfaction(self) -> Row:
        level = {"level1": SATISFACTION, "level2": "服务对象满意度指标", "name": "服务对象满意度"}
        return {**self.shared(), **level}

    def converted(self) -> Row:
        """A result in another unit of the target's dimension."""
        target = self.number()
        actual = self.result(target)
        text = self.chance.choice((f"{actual / 10000}万元", f"{actual}元", f"{actual}人"))
        return {
            "level1": BENEFIT,
            "level2": "经济效益指标",
            "name": "带动增收",
            "nature": "≥",
            "target": f"{target}元",
            "actual": text,
        }

    def said(self, number: Decimal, unit: str) -> str:
        text = format(number, "f")
        return self.chance.choice((text, text, f"{text}{unit}", f"已完成{text}{unit}"))


_CLEAR: tuple[Callable[[_Unit], Row], ...] = (
    *(_Unit.counted,) * 5,
    *(_Unit.shared,) * 3,
    *(_Unit.kept_low,) * 4,
    *(_Unit.costed,) * 3,
    *(_Unit.qualified,) * 3,
    *(_Unit.ranged,) * 2,
    *(_Unit.grown,) * 2,
)
_KINDS: tuple[Callable[[_Unit], Row], ...] = (
    *_CLEAR,
    *(_Unit.tolerated,) * 2,
    *(_Unit.dated,) * 2,
    _Unit.converted,
    _Unit.unclear,
)


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _kept(row: Row) -> Row:
    """A row without its blanks."""
    return {key: value for key, value in row.items() if value is not None and value != ""}
