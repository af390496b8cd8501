"""M401 to M403, M405, B401: the form's figures and projects against the bureau's own, 批复数据 and 执行数据.

Only a run that is given such files can tell (``--control``, ``--executed``); without them the rules are not run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from ..against import BUDGET_CODE, NAMES, NOT_LISTED, PAID_CODE, called, is_wanted, may_be_unlisted, uncompared
from ..approved import APPROVED, PAID, Approved, Matched, Own, nearest
from ..form import Project, Unit
from ..model import Figure, Identity, Severity, Verdict
from ..spec import Place, heading, sheet_of
from .across import Batch
from .case import Case, Held, Unmet
from .catalogue import Found, FoundAcross, Phase, crossing, places, rule
from .magnitude import shown_otherwise
from .words import at, figure, money, quoted

_TIMES = Decimal(10_000)
_NAME = heading(Project, "name")
_RESCORED = "测算得分按填报数计算，改正后重新计算。"


@rule("M401", "预算数与批复不符", Severity.ERROR, Phase.ACROSS, Project)
def budget_differs(case: Case) -> Iterator[Found | Held | Unmet]:
    """项目的年初预算数或全年预算数，与财政局的批复数据不一致。批复数据写明年度的，只与评价年度那一年的核对。
    按万元填报的允许四舍五入相差 50 元，按元填报的精确到元。批复数据里没有其中一栏的，那一栏不核对，并说明。

    Why: 执行率的分母是预算数，预算数以批复为准，填错了执行率和得分就都错。
    Fix: 对照批复文件改正；批复后又有调整、批复数据还没有更新的，向财政局说明。
    Basis: [system] 一体化系统的预算指标；[practice] 复核时先把预算数与批复逐个核对。
    Bad: 批复数 480,000.00 元，全年预算数填 50.00 万元，多 20,000.00 元。
    Good: 全年预算数改为 48.00 万元。
    """
    yield from _differences(case, BUDGET_CODE, "请对照批复文件核对并改正，确是批复数没有更新的向财政局说明。")
    if case.stands.approved is not None:
        yield from (Unmet(why=why, record=record) for why, record in uncompared(case.stands.approved))


@rule("M402", "批复的项目没有填报", Severity.ERROR, Phase.ACROSS, Project)
def not_filled(case: Case) -> Iterator[Found | Held]:
    """批复数据里有金额的项目，项目资金表里没有。人员类和公用经费可以不列；名称只是相近的不算同一个，只提出来供核对。
    一个也对不上的合成一条警告，不逐个核对。

    Why: 漏报的项目没有自评，它的预算也就没有人说明花到哪里去了。
    Fix: 补填这个项目，不参评的也要列出；已经填了只是代码、名称不同的，改成批复的代码和名称。
    Basis: [practice] 复核时对照批复清点项目，漏报的退回补报。
    Bad: 批复了 4 个项目，项目资金表只填 3 个，少“设备购置”300,000.00 元。
    Good: 补填“设备购置”一行，全年预算数 30.00 万元。
    """
    matched, own = case.stands.approved, case.stands.own.control
    if matched is None or own is None:
        return
    if _are_strangers(case, own, matched):
        yield _strangers(case, own, matched)
        return
    for project in filter(is_wanted, matched.missing):
        yield _missing(case, own, project, _near_row(project, _open_rows(case, own, matched.surplus)))


@rule("M403", "填报的项目没有批复", Severity.ERROR, Phase.ACROSS, Project)
def not_approved(case: Case) -> Iterator[Found | Held]:
    """项目资金表里有金额的项目，财政局的批复数据里没有。人员类和公用经费、年初预算数为 0 而批复数据只有年初数的不查；
    年初预算数为 0、写了调整及偏差说明的只警告。

    Why: 没有批复的项目不应有预算；多半是名称、代码与批复不同，或把一个项目拆成了几个。
    Fix: 改成批复的代码和名称；拆开填的合成一行；年中新批的项目，年初预算数填 0，在调整及偏差说明写明批复文号。
    Basis: [practice] 复核时对照批复清点项目，多出的问清来源。
    Bad: 项目资金表有“信息化建设”20.00 万元，批复数据里没有它。
    Good: 它是批复的“办公设备购置”的一部分，并入那一行。
    """
    matched, own = case.stands.approved, case.stands.own.control
    if matched is None or own is None:
        return
    wanted = list(filter(is_wanted, matched.missing))
    strangers = case.hold({"M402": _are_strangers(case, own, matched)})
    for row in matched.surplus:
        if may_be_unlisted(row, own):
            continue
        if case.is_subtotal(row):
            yield Held(by="F205")
        elif strangers:
            yield strangers
        elif any(_near_row(project, _open_rows(case, own, matched.surplus)) is row for project in wanted):
            yield case.hold({"M402": True}) or _surplus(case, own, row)
        else:
            yield _surplus(case, own, row)


@rule("M405", "执行数与系统不符", Severity.ERROR, Phase.ACROSS, Project)
def executed_differs(case: Case) -> Iterator[Found | Held]:
    """项目的全年执行数，与财政局的支付或执行数据（按项目相加，红字冲减，没有付出的不算）不一致；或者有支付的项目没有填报。
    执行数据看得出年度的，只与评价年度那一年的核对。一个也对不上的合成一条警告，不逐个核对。

    Why: 执行率的分子是执行数，以系统的支付为准；填多了虚高，填少了吃亏。
    Fix: 对照支付明细改正；系统以外支付的（如单位自有资金），在调整及偏差说明里写明。
    Basis: [system] 一体化系统的支付数据；[practice] 复核时把执行数与支付逐个核对。
    Bad: 系统支付合计 451,200.00 元，全年执行数填 48.00 万元，多 28,800.00 元。
    Good: 全年执行数改为 45.12 万元。
    """
    yield from _differences(case, PAID_CODE, "请对照支付明细核对并改正，系统以外支付的在调整及偏差说明里写明。")
    matched, own = case.stands.paid, case.stands.own.executed
    if matched is None or own is None:
        return
    if _are_strangers(case, own, matched):
        yield _strangers(case, own, matched)
        return
    approved = case.stands.approved.missing if case.stands.approved else ()
    rows = _open_rows(case, own, matched.surplus)
    for project in filter(is_wanted, matched.missing):
        is_told = any(_same(project, other) and is_wanted(other) for other in approved)
        yield case.hold({"M402": is_told}) or _missing(case, own, project, _near_row(project, rows))
    for row in rows:
        if not any(_near_row(project, rows) is row for project in matched.missing):
            yield _unpaid(case, own, row)


@crossing("B401", "财政局的数据本身有问题", Severity.WARNING)
def bureau_faults(batch: Batch) -> Iterator[FoundAcross]:
    """批复数据或执行数据自己前后矛盾：同一笔两个金额、整行重复、一个代码两个名称、合计不等于明细、两张工作表互相矛盾、金额读不出来、
    分不出是支付还是退回等；没有计入的行、没有核对的年度也在这里说明。

    Why: 用来核对别人的数据先要自己对得上；有矛盾的项目不拿去核对，以免错怪填报单位。
    Fix: 在一体化系统里核对后重新导出，再运行一次。
    Basis: [practice] 导出的批复表经过手工汇总、粘贴，常有重复行和没有更新的合计。
    Bad: 第 5 行和第 9 行是同一单位、同一项目、同一资金，一行 480,000 元，一行 500,000 元。
    Good: 删去没有更新的一行，只留 500,000 元。
    """
    for fault in batch.faults or ():
        yield FoundAcross(members=(), message=fault.message, fix=fault.fix)


# --- figures ------------------------------------------------------------------------------------------------------


def _differences(case: Case, code: str, fix: str) -> Iterator[Found | Held]:
    """The figures that are not the bureau's, those of one project in one finding."""
    failing = [i for i in case.identities if i.code == code and i.verdict is Verdict.DIFFERS]
    open_ones = [identity for identity in failing if case.held(identity) is None]
    yield from (held for identity in failing if (held := case.held(identity)) is not None)
    yield from (
        Held(by="B401") for i in case.identities if i.code == code and i.parts[0].unread not in ("", NOT_LISTED)
    )
    factors = set(map(_factor, open_ones))
    if len(open_ones) > 1 and len(factors) == 1 and None not in factors:
        yield case.hold({"M203": shown_otherwise(case)}) or _all_off(case, open_ones)
        return
    by_project: dict[str, list[Identity]] = {}
    for identity in open_ones:
        by_project.setdefault(identity.name.rpartition("：")[0], []).append(identity)
    for same in by_project.values():
        yield _difference(case, same, fix)


def _difference(case: Case, same: Sequence[Identity], fix: str) -> Found:
    first, *others = same
    factor = _factor(first)
    tail = "，正好相差一万倍，像是金额单位填错" if factor else ""
    also = "".join(f"；{_said(case, other)}" for other in others)
    return Found(
        cells=tuple(dict.fromkeys(place for identity in same for place in identity.places)),
        record=first.record,
        message=f"{_said(case, first)}{tail}{also}。{first.name.partition('：')[0]}。",
        found=_yuan(case, first.left.value),
        expected=_yuan(case, first.right),
        difference=_yuan(case, first.difference),
        fix=fix,
        effect=_RESCORED,
    )


def _said(case: Case, identity: Identity) -> str:
    """``项目资金!I6（全年预算数）填报 50.00 万元，批复数为 480,000.00 元，多 20,000.00 元``."""
    left, right, gap = ((n or Decimal(0)) * case.submission.scale for n in _numbers(identity))
    return (
        f"{identity.left.place or '没有这一栏'}（{identity.left.label}）填报 {money(left, case.submission)}，"
        f"{NAMES[identity.code]}为 {figure(right)} 元，{'多' if gap > 0 else '少'} {figure(abs(gap))} 元"
    )


def _numbers(identity: Identity) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return identity.left.value, identity.right, identity.difference


def _yuan(case: Case, number: Decimal | None) -> Figure:
    return Figure.yuan((number or Decimal(0)) * case.submission.scale)


def _factor(identity: Identity) -> Decimal | None:
    """By what a figure must be multiplied to be the bureau's, where that is 10,000 or its inverse."""
    left, right = identity.left.value or Decimal(0), identity.right or Decimal(0)
    for factor in (_TIMES, 1 / _TIMES):
        if left and right and abs(left * factor - right) <= max(right / _TIMES, identity.tolerance):
            return factor
    return None


def _all_off(case: Case, off: Sequence[Identity]) -> Found:
    """One finding where all figures are in another unit than the bureau's."""
    first = off[0]
    return Found(
        cells=tuple(dict.fromkeys(place for identity in off for place in identity.places)),
        message=f"{_said(case, first)}，正好相差一万倍，另外 {len(off) - 1} 个数也是这样，像是金额单位选错。",
        found=_yuan(case, first.left.value),
        expected=_yuan(case, first.right),
        difference=_yuan(case, first.difference),
        fix=f"请核对{heading(Unit, 'money')}和各项目的金额，没有填错的向财政局核对数据的金额单位。",
        effect="不影响得分，但汇总的金额差一万倍。",
    )


# --- projects -----------------------------------------------------------------------------------------------------


def _missing(case: Case, own: Own, project: Approved, near: Project | None) -> Found:
    place = _heading_place(case)
    like = f"；{at(near.name, _NAME)}{quoted(near.name.text)}与它名称相近" if near else ""
    other, as_there = ("支付", f"{PAID}里的代码和名称") if own.kind == PAID else ("金额", "批复的代码和名称")
    return Found(
        cells=(place, *(places(near.name) if near else ())),
        record=near.code.value if near else None,
        message=f"{place}（{_NAME}）一栏里没有{own.kind}里的“{called(project)}”，{other} {figure(project.amount)} 元{like}。",
        found="没有",
        expected=Figure.yuan(project.amount),
        difference=Figure.yuan(-project.amount),
        fix=f"请核对，是同一个项目的改成{as_there}，不是的补填。"
        if near
        else f"请补填这个项目，已经填了的改成{as_there}。",
        effect="没有填报的项目不能评分。",
    )


def _are_strangers(case: Case, own: Own, matched: Matched) -> bool:
    """Whether a file and a form have several projects each and none of them is the other's, nor nearly so."""
    wanted, rows = list(filter(is_wanted, matched.missing)), _open_rows(case, own, matched.surplus)
    alone = not matched.pairs and len(wanted) > 1 and len(rows) > 1
    return alone and not any(_near_row(project, rows) for project in wanted)


def _strangers(case: Case, own: Own, matched: Matched) -> Found:
    """One finding for all: more likely the codes and names are written another way than every project is another."""
    wanted, rows = list(filter(is_wanted, matched.missing)), _open_rows(case, own, matched.surplus)
    place = _heading_place(case)
    return Found(
        cells=(place, *(cell for row in rows for cell in places(row.name))),
        message=f"{place}（{_NAME}）一栏里的 {len(rows)} 个项目，和{own.kind}里本单位的 {len(wanted)} 个"
        f"（如“{called(wanted[0])}”）一个也对不上，没有逐个核对。",
        found=f"{len(rows)} 个项目",
        expected=f"{own.kind}里的项目",
        fix=f"请核对项目代码和名称，许多单位都这样的由财政局核对{own.kind}的项目一栏。",
        effect="不影响得分。",
        severity=Severity.WARNING,
    )


def _surplus(case: Case, own: Own, row: Project) -> Found:
    amount = row.budget.value or row.initial.value or Decimal(0)
    listed = own.unit.projects if own.unit else ()
    near = nearest(row.name.text, [one.name for one in listed])
    initial, note = heading(Project, "initial"), heading(Project, "note")
    return Found(
        cells=places(row.name, row.system_code, row.budget),
        record=row.code.value,
        message=f"{at(row.name, _NAME)}{quoted(row.name.text)}填报 {money(amount, case.submission)}，{APPROVED}里本单位没有这个项目"
        f"{f'，有名称相近的“{near}”' if near else ''}。",
        found=Figure.yuan(amount),
        expected="批复的项目",
        difference=Figure.yuan(amount),
        fix=f"请对照批复改正代码和名称，拆开填的合成一行，年中新批的把{initial}填 0、在{note}写明批复文号。",
        effect="不影响得分。",
        severity=Severity.WARNING if row.initial.value == 0 and not row.note.is_blank else None,
    )


def _unpaid(case: Case, own: Own, row: Project) -> Found:
    amount = row.executed.value or Decimal(0)
    return Found(
        cells=places(row.executed, row.name),
        record=row.code.value,
        message=f"{at(row.executed, heading(Project, 'executed'))}填报 {money(amount, case.submission)}，"
        f"{PAID}里没有“{row.name.text}”的支付。",
        found=Figure.yuan(amount),
        expected=Figure.yuan(Decimal(0)),
        difference=Figure.yuan(amount),
        fix="请对照支付明细核对执行数、项目代码和名称，系统以外支付的在调整及偏差说明里写明。",
        effect=_RESCORED,
        severity=Severity.WARNING,
    )


def _open_rows(case: Case, own: Own, surplus: Iterable[Project]) -> list[Project]:
    """The rows a file has no project for and should have."""
    return [row for row in surplus if not may_be_unlisted(row, own) and not case.is_subtotal(row)]


def _near_row(project: Approved, rows: Sequence[Project]) -> Project | None:
    """The one row whose name is nearly a project's."""
    near = nearest(project.name, [row.name.text for row in rows])
    return next((row for row in rows if near and row.name.text == near), None)


def _same(one: Approved, other: Approved) -> bool:
    return one.code == other.code if one.code and other.code else one.name == other.name


def _heading_place(case: Case) -> Place:
    """The heading of the projects' names, or the first heading that the sheet has."""
    headings = case.submission.headings[Project]
    return headings.get("name") or next(iter(headings.values()), Place(sheet_of(Project).title, "A1"))
