"""The form: one frozen class per sheet, and its version. The only place where a form heading is spelled.

The classes are the records the reader fills; their declarations drive the blank workbook, the reader, the addresses
in messages and the docs. Amounts are typed in the unit chosen on 单位信息 and kept in 元. Layout and headings follow
the national 项目支出绩效自评表 and a provincial 部门整体支出绩效自评表.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from .formula import (
    Expr,
    absolute,
    blank,
    both,
    count,
    count_where,
    either,
    is_number,
    join,
    num,
    ref,
    rounded,
    sum_where,
    when,
)
from .formula import total as sum_of
from .spec import (
    Column,
    Entry,
    Kind,
    Line,
    Need,
    Row,
    Shape,
    Sheet,
    column,
    columns_of,
    derived,
    line,
    lines_of,
    sheet,
    sheet_of,
)

VERSION = "2025.1"
GUIDE = "填报说明"
VERSION_LABEL = "表单版本"
DEPARTMENT = "部门整体"
YES, NO = "是", "否"
WAN, YUAN = "万元", "元"
WAN_SCALE = Decimal(10_000)
"""元 in one 万元."""
WHOLE, ROUNDING = "合计 100", "（尾差）"
"""What a live check says where the weights are right, and where only rounding is left."""

Text = Entry[str]
Number = Entry[Decimal]

CATEGORIES = ("人员类", "公用经费", "其他运转类", "特定目标类")
PROJECT_SPENDING = CATEGORIES[2:]
GRADES = ("优", "良", "中", "差")
OPERATORS = ("≥", "≤", "=", ">", "<", "定性")
TIERS = ("达成年度指标", "部分达成年度指标并具有一定效果", "未达成年度指标且效果较差")

OPERATOR_VARIANTS = MappingProxyType(
    {">=": "≥", "≧": "≥", "<=": "≤", "≦": "≤", "═": "=", "正向": "≥", "反向": "≤", "定性指标": "定性"}
)
TIER_VARIANTS = MappingProxyType(
    {
        "达成": TIERS[0],
        "达成预期指标": TIERS[0],
        "部分达成": TIERS[1],
        "部分达成预期指标并具有一定效果": TIERS[1],
        "未达成": TIERS[2],
        "未达成预期指标且效果较差": TIERS[2],
    }
)
LEVEL1 = ("产出指标", "效益指标", "满意度指标", "成本指标")
LEVEL1_VARIANTS = MappingProxyType(
    {
        "产出": LEVEL1[0],
        "项目完成指标": LEVEL1[0],
        "项目完成": LEVEL1[0],
        "效益": LEVEL1[1],
        "项目效益指标": LEVEL1[1],
        "项目效益": LEVEL1[1],
        "满意度": LEVEL1[2],
        "服务对象满意度指标": LEVEL1[2],
        "成本": LEVEL1[3],
    }
)
LEVEL2 = (
    "数量指标",
    "质量指标",
    "时效指标",
    "成本指标",
    "经济效益指标",
    "社会效益指标",
    "生态效益指标",
    "可持续影响指标",
    "服务对象满意度指标",
    "经济成本指标",
    "社会成本指标",
    "生态环境成本指标",
)
LEVEL_TREE = MappingProxyType(
    {
        LEVEL1[0]: (*LEVEL2[:4], *LEVEL2[9:]),
        LEVEL1[1]: LEVEL2[4:8],
        LEVEL1[2]: LEVEL2[8:9],
        LEVEL1[3]: (LEVEL2[3], *LEVEL2[9:]),
    }
)
"""Which second levels belong to a first: costs to 产出 (the older forms) or to 成本 (the newer)."""
LEVEL2_VARIANTS = MappingProxyType(
    {
        **{name.removesuffix("指标"): name for name in LEVEL2},
        "进度指标": "时效指标",
        "进度": "时效指标",
        "环境效益指标": "生态效益指标",
        "环境效益": "生态效益指标",
        "满意度指标": "服务对象满意度指标",
        "满意度": "服务对象满意度指标",
        "社会公众或服务对象满意度指标": "服务对象满意度指标",
        "社会公众或服务对象满意度": "服务对象满意度指标",
    }
)

NUMERIC = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER)
"""Kinds whose cells the live checks can only use as numbers."""
NOT_A_NUMBER = "不是数字，旁边的核对没有算它"
HELD_HELP = "财政部门已经填好，不用再填"
"""The help beside a label whose value the bureau has filled in."""
UNFILLED = MappingProxyType({Need.REQUIRED: "必填，未填", Need.WANTED: "请填写"})
"""What the check beside a label's value says while it is blank."""

_R, _W = Need.REQUIRED, Need.WANTED


def _tolerance(parts: Expr) -> Expr:
    """τ(n) = 0.005 × (n + 1) of the shown unit for n filled addends."""
    return rounded((parts + 1) * Decimal("0.005"), 6)


def _not_numbers(columns: list[Column]) -> Expr:
    """Name the cells of a row that hold text where the checks beside it need a number."""
    texts = [when(either(blank(ref(c.name)), is_number(ref(c.name))), "", f"{c.heading} ") for c in columns]
    return when(blank(join(*texts)), "", join("不是数字：", *texts))


def _sum_check(whole: Expr, added: Expr, addends: Expr, label: str = "") -> Expr:
    """Say in words by how much the parts miss their total; silent while they agree or either side is blank.

    The bureau fills in amounts to the cent, six decimals of 万元, beside what is typed with two: one that rounds to the
    other agrees with it.
    """
    right = rounded(added, 6)
    gap = rounded(whole - right, 6)
    same = either(gap.equals(0), rounded(whole, 2).equals(right), rounded(right, 2).equals(whole))
    rounding = when(absolute(gap) <= _tolerance(addends), ROUNDING, "")
    words = join(label, "填报 ", whole, "，分项合计 ", right, "，差 ", gap, rounding)
    return when(both(addends > 0, is_number(whole)), when(same, "", words), "")


def _parts_check(whole: Expr, *parts: Expr, label: str = "") -> Expr:
    return _sum_check(whole, sum_of(*parts), count(*parts), label)


def _unknown_project(code: Expr, *, department: bool) -> Expr:
    """Say that a row names a project that 项目资金 does not list."""
    known = [blank(code), count_where(**{"projects.code": code}) > 0]
    if department:
        known.append(code.equals(DEPARTMENT))
    return when(either(*known), "", "项目编号不在项目资金表中 ")


_EXECUTION_POINTS = when(is_number(ref("execution_weight")), ref("execution_weight"), ref("policy.execution_weight"))
"""The points of 预算执行率: the policy's where the cell is blank or holds no number."""


def _weight_check(indicators: Expr, execution: Expr) -> Expr:
    """Say whether the indicator weights and the execution weight make 100."""
    whole = rounded(indicators + execution, 6)
    short = rounded(num(100) - whole, 6)
    return when(
        short.equals(0),
        WHOLE,
        when(short > 0, join("合计 ", whole, "，少 ", short), join("合计 ", whole, "，多 ", rounded(whole - 100, 6))),
    )


@sheet(
    Sheet(
        title="单位信息",
        shape=Shape.LABELS,
        about="填写本单位的基本情况。“金额单位”决定全表金额按万元还是按元填写，请先确认。",
    )
)
class Unit(Row):
    """Who fills the form, for which year, in which unit of money."""

    name: Text = column("单位名称", need=_R, help="与预算批复中的名称一致", example="鹿泉区计划生育协会")
    code: Text = column("单位编码", Kind.CODE, help="一体化系统中的单位编码", example="361001")
    department: Text = column("主管部门", help="没有主管部门的填本单位", example="鹿泉区卫生健康局")
    year: Number = column("评价年度", Kind.YEAR, need=_R, help="四位数字的年份", example="2025")
    money: Text = column(
        "金额单位", Kind.CHOICE, need=_R, choices=(WAN, YUAN), help="全表金额统一用这一单位", example=WAN
    )
    posts: Number = column("核定编制人数", Kind.COUNT, need=_R, help="编制部门核定的人数", example="8")
    staff: Number = column("实际在职人数", Kind.COUNT, need=_R, help="年末实有在职人数", example="6")
    retired: Number = column("退休人数", Kind.COUNT, help="年末退休人数", example="2")
    head: Text = column("单位负责人", help="在自评表上签字的负责人", example="张某")
    accountant: Text = column("财务负责人", help="财务负责人姓名", example="李某")
    author: Text = column("填报人", need=_R, help="填写本表的人，有疑问时联系", example="王某")
    phone: Text = column("联系电话", Kind.CODE, need=_W, help="填报人的电话", example="0311-82012345")
    date: Text = column("填报日期", Kind.DATE, need=_W, help="填表的日期", example="2026-02-28")


@sheet(Sheet(title="收支预决算", shape=Shape.LINES, about=""))
class BudgetLine(Row):
    """One fixed row of 收支预决算: three amounts in 元 and an explanation."""

    initial: Number = column("年初预算数", Kind.AMOUNT, help="年初批复的预算", width=14, example="213.74")
    budget: Number = column("全年预算数", Kind.AMOUNT, help="调整后的全年预算", width=14, example="213.74")
    executed: Number = column("全年执行数", Kind.AMOUNT, help="决算的全年执行数", width=14, example="213.00")
    note: Text = column("说明", help="调整、差异的原因和文号", width=34)


@sheet(
    Sheet(
        title="收支预决算",
        shape=Shape.LINES,
        about="每个数都请直接填写，合计数也要填：系统正是用它来核对分项。没有发生的填 0。",
    )
)
class Budget(Row):
    """The unit's revenue and spending, every amount typed, totals too."""

    income: BudgetLine = line("收入合计", parts=("fiscal", "carried", "other_income"), required=True)
    fiscal: BudgetLine = line("财政拨款收入", depth=1)
    carried: BudgetLine = line("上年结转", depth=1)
    other_income: BudgetLine = line("其他收入", depth=1)
    spending: BudgetLine = line("支出合计", parts=("basic", "project", "other_spending"), required=True)
    basic: BudgetLine = line("基本支出", depth=1, parts=("staff_cost", "office_cost"), required=True)
    staff_cost: BudgetLine = line("人员经费", depth=2)
    office_cost: BudgetLine = line("日常公用经费", depth=2)
    project: BudgetLine = line("项目支出", depth=1, required=True)
    other_spending: BudgetLine = line("其他支出", depth=1)
    left_over: BudgetLine = line("年末结转和结余")
    three_public: BudgetLine = line("“三公”经费")
    procurement: BudgetLine = line("政府采购")
    project_share: Number = column(
        "项目支出占比(填报值)",
        Kind.PERCENT,
        help="项目支出全年预算数 ÷ 支出合计全年预算数，如报告中写明请照填",
        example="28.81%",
    )


REQUIRED_AMOUNTS = ("budget", "executed")
"""Columns of 收支预决算 that may not stay blank on a required line."""

FUNDS = ("fiscal", "carried", "other")
"""Sources of a project's money: 当年财政拨款, 上年结转, 其他资金; each has the three amounts below."""

AMOUNT_COLUMNS = ("initial", "budget", "executed")
"""The three amounts that every money table has: 年初预算数, 全年预算数, 全年执行数."""


def budget_check(ln: Line, amount: str) -> Expr | None:
    """The live check beside one amount of 收支预决算, or None where the line has none."""
    whole = ref(f"{ln.name}.{amount}")
    check: Expr | None = None
    if ln.name == "project":
        of_class = [{"projects.category": category} for category in PROJECT_SPENDING]
        added = sum_of(*(sum_where(f"projects.{amount}", **tests) for tests in of_class))
        addends = sum_of(*(count_where(**tests, **{f"projects.{amount}": None}) for tests in of_class))
        check = _sum_check(whole, added, addends)
    elif ln.parts:
        check = _parts_check(whole, *(ref(f"{part}.{amount}") for part in ln.parts))
    required = ln.required and amount in REQUIRED_AMOUNTS
    checked = when(either(blank(whole), is_number(whole)), check or "", NOT_A_NUMBER)
    return when(blank(whole), UNFILLED[Need.REQUIRED], checked) if required else checked


@sheet(
    Sheet(
        title="项目资金",
        shape=Shape.TABLE,
        about="一行一个项目，不参评的项目也要列出（它们计入项目支出）。执行率分值空白时按政策取值；没有执行率一行的填 0。",
        about_held="批复的项目已经列好，请逐行填其余各栏。年中新增、批复里没有的项目才接着填在下面，并在“调整及偏差说明”写明文号。",
        rows=30,
        landscape=True,
        derived=(
            derived(
                "rate",
                "执行率(计算)",
                when(
                    both(is_number(ref("budget")), is_number(ref("executed"))),
                    when(ref("budget") > 0, rounded(ref("executed") / ref("budget"), 4), ""),
                    "",
                ),
                kind=Kind.PERCENT,
                help="全年执行数 ÷ 全年预算数",
            ),
            derived(
                "funds",
                "资金核对",
                join(
                    *(
                        _parts_check(ref(a), *(ref(f"{fund}_{a}") for fund in FUNDS), label=label)
                        for a, label in zip(AMOUNT_COLUMNS, ("年初", "全年", "执行"), strict=True)
                    )
                ),
                help="三项资金来源之和与总额",
                width=24,
            ),
            derived(
                "weights",
                "分值核对",
                when(
                    ref("evaluated").equals(YES),
                    when(
                        count_where(**{"indicators.project": ref("code")}).equals(0),
                        "尚无绩效指标",
                        _weight_check(
                            sum_where("indicators.weight", **{"indicators.project": ref("code")}),
                            _EXECUTION_POINTS,
                        ),
                    ),
                    "",
                ),
                help="指标分值与执行率分值之和应为 100",
                width=18,
            ),
        ),
        faults=(
            when(both(ref("code").differs(""), count_where(**{"projects.code": ref("code")}) > 1), "项目编号重复 ", ""),
        ),
    )
)
class Project(Row):
    """One project: its money by source, the unit's own figures and texts."""

    code: Text = column("项目编号", Kind.CODE, need=_R, help="任意短编号，建议 1、2、3", width=9, example="1")
    system_code: Text = column("项目代码", Kind.CODE, help="一体化系统的项目代码", width=21)
    name: Text = column("项目名称", need=_R, help="与预算批复一致", width=30, example="计生宣传服务活动")
    category: Text = column("项目类别", Kind.CHOICE, need=_R, choices=CATEGORIES, help="四类之一", width=12)
    evaluated: Text = column("是否参评", Kind.CHOICE, need=_R, choices=(YES, NO), help="是 或 否", width=9)
    excuse: Text = column("不参评原因", help="不参评的项目说明原因", width=16)
    agency: Text = column("实施单位", help="具体实施的单位", width=16)
    initial: Number = column("年初预算数", Kind.AMOUNT, help="年初批复的预算", width=12, example="50")
    budget: Number = column("全年预算数", Kind.AMOUNT, need=_R, help="调整后的全年预算", width=12, example="50")
    executed: Number = column("全年执行数", Kind.AMOUNT, need=_R, help="全年实际支出", width=12, example="49.60")
    fiscal_initial: Number = column(
        "当年财政拨款·年初预算数", Kind.AMOUNT, help="年初预算数中来自当年财政拨款的部分", width=12
    )
    fiscal_budget: Number = column(
        "当年财政拨款·全年预算数", Kind.AMOUNT, help="全年预算数中来自当年财政拨款的部分", width=12
    )
    fiscal_executed: Number = column(
        "当年财政拨款·全年执行数", Kind.AMOUNT, help="全年执行数中来自当年财政拨款的部分", width=12
    )
    carried_initial: Number = column(
        "上年结转·年初预算数", Kind.AMOUNT, help="年初预算数中来自上年结转的部分", width=12
    )
    carried_budget: Number = column("上年结转·全年预算数", Kind.AMOUNT, help="全年预算数中来自上年结转的部分", width=12)
    carried_executed: Number = column(
        "上年结转·全年执行数", Kind.AMOUNT, help="全年执行数中来自上年结转的部分", width=12
    )
    other_initial: Number = column("其他资金·年初预算数", Kind.AMOUNT, help="年初预算数中来自其他资金的部分", width=12)
    other_budget: Number = column("其他资金·全年预算数", Kind.AMOUNT, help="全年预算数中来自其他资金的部分", width=12)
    other_executed: Number = column("其他资金·全年执行数", Kind.AMOUNT, help="全年执行数中来自其他资金的部分", width=12)
    execution_weight: Number = column(
        "执行率分值", Kind.NUMBER, help="空白按政策（一般 10 分），没有执行率一行填 0", width=9, example="10"
    )
    claimed_rate: Number = column("执行率(填报值)", Kind.PERCENT, help="报告中写明的执行率", width=15, example="99.20%")
    claimed_execution: Number = column(
        "执行率得分(填报值)", Kind.NUMBER, help="分值 × 执行率，保留两位小数", width=19, example="9.92"
    )
    goal: Text = column("预期目标", help="年初设定的绩效目标", width=30)
    achieved: Text = column("实际完成情况", help="与预期目标逐条对应", width=30)
    claimed: Number = column("自评得分", Kind.NUMBER, help="满分 100", width=9, example="97.92")
    grade: Text = column("评价等级", Kind.CHOICE, choices=GRADES, help="优≥90 良≥80 中≥60 差<60", width=9, example="优")
    note: Text = column("调整及偏差说明", help="预算调整、执行偏差的原因和文号", width=30)


@sheet(
    Sheet(
        title="绩效指标",
        shape=Shape.TABLE,
        about="一行一个三级指标。项目编号与“项目资金”表一致，单位整体的指标填“部门整体”。得分低于分值的，必须写明偏差原因。",
        rows=120,
        landscape=True,
        faults=(
            _unknown_project(ref("project"), department=True),
            when(
                both(is_number(ref("claimed")), is_number(ref("weight"))),
                when(ref("claimed") > ref("weight"), "自评得分超过分值 ", ""),
                "",
            ),
        ),
    )
)
class Indicator(Row):
    """One third-level indicator of a project or of the unit as a whole."""

    project: Text = column(
        "项目编号", Kind.CODE, need=_R, help="“项目资金”表中的编号，或 部门整体", width=9, example="1"
    )
    level1: Text = column(
        "一级指标",
        Kind.CHOICE,
        need=_R,
        choices=LEVEL1,
        variants=LEVEL1_VARIANTS,
        open_choices=True,
        help="产出、效益、满意度（新办法另有成本）",
        width=11,
        example=LEVEL1[0],
    )
    level2: Text = column(
        "二级指标",
        Kind.CHOICE,
        need=_R,
        choices=LEVEL2,
        variants=LEVEL2_VARIANTS,
        open_choices=True,
        help="数量、质量、时效、成本等",
        width=14,
        example=LEVEL2[0],
    )
    name: Text = column("三级指标", need=_R, help="具体指标的名称", width=26, example="发放宣传资料份数")
    nature: Text = column(
        "指标性质",
        Kind.CHOICE,
        choices=OPERATORS,
        variants=OPERATOR_VARIANTS,
        open_choices=True,
        help="≥ ≤ = > <，或 定性；也可写在指标值里",
        width=9,
        example="≥",
    )
    target: Text = column("年度指标值", Kind.VALUE, need=_R, help="如 2000、≥95%、12月底前", width=16, example="2000")
    adjusted: Text = column("调整后指标值", Kind.VALUE, help="年中调整过的才填，按它计分", width=13)
    unit: Text = column("计量单位", help="份、人次、%、元/人 等", width=9, example="份")
    actual: Text = column(
        "实际完成值", Kind.VALUE, need=_R, help="实际完成的数，与指标值同一单位", width=16, example="2150"
    )
    tier: Text = column(
        "定性完成档次",
        Kind.CHOICE,
        choices=TIERS,
        variants=TIER_VARIANTS,
        open_choices=True,
        help="定性指标选一档",
        width=18,
    )
    weight: Number = column("分值", Kind.NUMBER, need=_R, help="全部分值与执行率分值合计 100", width=8, example="10")
    claimed: Number = column("自评得分", Kind.NUMBER, help="不超过分值，保留两位小数", width=9, example="10")
    reason: Text = column("偏差原因分析及改进措施", help="得分低于分值或完成值远超指标值时必填", width=30)
    evidence: Text = column("佐证资料", help="可附文件名", width=20)


@sheet(
    Sheet(
        title="部门整体自评",
        shape=Shape.LABELS,
        about="单位整体的自评。执行率用“收支预决算”的支出合计计算；指标填在“绩效指标”表，项目编号写“部门整体”。",
        derived=(
            derived(
                "execution_weight",
                "核对",
                when(
                    count_where(**{"indicators.project": DEPARTMENT}).equals(0),
                    "尚无部门整体指标",
                    _weight_check(
                        sum_where("indicators.weight", **{"indicators.project": DEPARTMENT}),
                        _EXECUTION_POINTS,
                    ),
                ),
            ),
        ),
    )
)
class Department(Row):
    """The unit's evaluation of itself as a whole."""

    contact: Text = column("部门联系人", help="部门整体自评的联系人", example="王某")
    execution_weight: Number = column(
        "执行率分值", Kind.NUMBER, help="空白按政策（一般 10 分），没有执行率一行填 0", example="10"
    )
    claimed_execution: Number = column("执行率得分(填报值)", Kind.NUMBER, help="分值 × 执行率", example="9.97")
    claimed: Number = column("自评总分", Kind.NUMBER, help="满分 100", example="98.50")
    grade: Text = column("评价等级", Kind.CHOICE, choices=GRADES, help="优≥90 良≥80 中≥60 差<60", example="优")
    goal: Text = column("年初绩效目标", help="年初设定的整体目标")
    full_goal: Text = column("全年绩效目标", help="调整后的整体目标，未调整的同年初")
    achieved: Text = column("实际完成情况", help="与目标逐条对应")
    note: Text = column("偏差说明", help="未完成、超额完成的原因")


@sheet(
    Sheet(
        title="支出标准",
        shape=Shape.TABLE,
        about="按标准测算的项目在此列明：标准 × 数量 × 期数 应能说明项目的全年预算数。没有标准的项目不填。标准一律按元填写。",
        rows=20,
        derived=(
            derived(
                "amount",
                "金额(元)",
                when(
                    both(is_number(ref("price")), is_number(ref("quantity"))),
                    rounded(ref("price") * ref("quantity") * when(is_number(ref("periods")), ref("periods"), 1), 2),
                    "",
                ),
                kind=Kind.YUAN,
                help="标准 × 数量 × 期数，自动计算",
                width=14,
            ),
        ),
        faults=(_unknown_project(ref("project"), department=False),),
    )
)
class Standard(Row):
    """One line of a project's costing: price in 元 × quantity × periods (blank periods count as 1)."""

    project: Text = column("项目编号", Kind.CODE, need=_R, help="“项目资金”表中的编号", width=9, example="3")
    content: Text = column("测算内容", need=_R, help="支出的内容", width=30, example="公益岗工资")
    price: Number = column("标准(元)", Kind.YUAN, need=_R, help="单位标准，按元", width=14, example="3850")
    quantity: Number = column("数量", Kind.NUMBER, need=_R, help="人数、份数等", width=10, example="1")
    periods: Number = column("期数", Kind.NUMBER, help="月数、次数，空白按 1", width=10, example="12")


@sheet(
    Sheet(
        title="问题整改",
        shape=Shape.TABLE,
        about="一行一个问题，写具体事实，并写明对应的改进措施。",
        rows=20,
        landscape=True,
    )
)
class Problem(Row):
    """A problem the unit found, and what it will do about it."""

    problem: Text = column("存在的问题", need=_R, help="具体的问题，不写口号", width=44)
    projects: Text = column("涉及项目", help="项目编号，多个用顿号分开", width=14)
    measure: Text = column("改进措施", need=_R, help="针对这一问题的措施", width=44)
    owner: Text = column("责任人", help="负责整改的人", width=12)
    due: Text = column("完成时限", help="如 2026-06-30", width=14)


@sheet(
    Sheet(title="报告文字", shape=Shape.LABELS, about="自评报告中的文字部分，照报告填写，用于核对文字与数字是否一致。")
)
class Report(Row):
    """The report's chapters as text."""

    overview: Text = column("部门概况", help="职责、机构、人员")
    organisation: Text = column("组织工作", help="自评的组织过程")
    method: Text = column("方法和过程", help="采用的方法、数据来源")
    goals: Text = column("总体目标完成情况", help="整体目标的完成情况")
    items: Text = column("分项说明", help="各项目的完成情况")


SHEETS: tuple[type[Row], ...] = (Unit, Budget, Project, Indicator, Department, Standard, Problem, Report)
"""Every sheet that is read, in workbook order (填报说明 stands before them)."""

GIVEN: Mapping[type[Row], tuple[str, ...]] = MappingProxyType(
    {
        Unit: ("name", "code", "department", "year", "money"),
        Project: ("code", "system_code", "name", "category", "initial", "budget"),
    }
)
"""What the bureau can fill in before a unit gets the form."""

BUDGET_LINES = lines_of(Budget)


CHECK_HEADING = "填报检查"


def derived_of(cls: type[Row]) -> tuple[Column, ...]:
    """The calculated columns of a sheet, the check for required cells last."""
    key: Any = cls
    return _derived_of(key)


@cache
def _derived_of(cls: Any) -> tuple[Column, ...]:
    declared = sheet_of(cls)
    if cls is Budget:
        return tuple(
            Column(name=f"check_{a}", heading=h, width=38, help="合计与分项是否相符，自动计算")
            for a, h in zip(AMOUNT_COLUMNS, ("核对·年初", "核对·全年", "核对·执行"), strict=True)
        )
    if declared.shape is not Shape.TABLE:
        return declared.derived
    check = derived(
        "check", CHECK_HEADING, _row_check(cls, declared.faults), width=26, help="未填和填错的地方，自动检查"
    )
    return (*declared.derived, check)


def _row_check(cls: type[Row], faults: tuple[Expr, ...]) -> Expr:
    required = [c for c in columns_of(cls) if c.need is Need.REQUIRED]
    blanks = join(*(when(blank(ref(c.name)), f"{c.heading} ", "") for c in required))
    missing = when(blank(blanks), "", join("未填：", blanks))
    numeric = [c for c in columns_of(cls) if c.kind in NUMERIC]
    numbers = [_not_numbers(numeric)] if numeric else []
    return when(blank(join(*(ref(c.name) for c in required))), "", join(missing, *numbers, *faults))


def label_check(cls: type[Row], label: Column) -> Expr | None:
    """The live check beside a label's value, or None where there is nothing to check."""
    declared = {c.name: c.derived for c in sheet_of(cls).derived}
    if label.name in declared:
        return declared[label.name]
    words = UNFILLED.get(label.need)
    return None if words is None else when(blank(ref(label.name)), words, "")
