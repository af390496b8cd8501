"""Scoring policy: a TOML file that says how points are given. ``policies/*.toml`` ships with the package."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .form import GRADES, LEVEL1, LEVEL2, TIERS
from .model import Severity
from .settings import POLICY, Reader, table_of
from .spec import fold

DEFAULT = "national-2020"
EXECUTION = "执行率"
BENEFIT, SATISFACTION = LEVEL1[1], LEVEL1[2]
FULL_MARKS = Decimal(100)

REVERSE = ("linear", "ratio")
EQUAL = ("system", "exact")
ZERO = ("none", "manual")
COST = ("reverse", "equal")
BETWEEN = ("proportional", "none")
LATE = ("manual",)
NEGATIVE = ("zero", "manual")
MISSING = ("keep", "rescale", "move", "refuse")
SEVERITIES = tuple(severity.key for severity in Severity)
"""What a policy may say to each rule; ``policies/national-2020.toml`` says what the words mean."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """An answer to a qualitative indicator and the share of the weight it allows: from ≤ share < to (≤ at the top).

    ``words`` are other ways of writing the answer; the form's own always count.
    """

    name: str
    low: Decimal
    high: Decimal
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """A grade and the score it begins at."""

    name: str
    low: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Over-achievement, result ÷ target: flagged from ``flag`` on, a reason wanted from ``explain`` on.

    Counts of up to ``small`` are only noted.
    """

    flag: Decimal
    explain: Decimal
    small: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From where on reviewers ask: shares and rates are fractions, ``heavy`` is points, ``text`` characters.

    ``red`` and ``yellow`` are the finance bureau's warnings. An execution rate below ``slow`` wants a reason, one below
    ``idle`` counts as nothing spent. An indicator is too heavy from ``heavy`` points on, a text too long above ``text``.
    """

    red: Decimal
    yellow: Decimal
    slow: Decimal
    idle: Decimal
    heavy: Decimal
    text: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Peers:
    """From where on reviewers ask when they hold units side by side.

    ``indicators`` is how many must be equal word for word; ``units`` how many must pay for the same thing before prices
    are compared, ``share`` the distance from their median as a fraction of it, ``spread`` as a multiple of the median
    distance; ``full`` how many units of a department must all have full marks.
    """

    indicators: int
    units: int
    share: Decimal
    spread: Decimal
    full: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What a policy says to a rule of the catalogue: another severity, or not to run; and why."""

    severity: Severity | None = None
    off: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A scoring policy. Weights and grade bounds are points of 100; shares and tolerances are fractions.

    ``weights`` are the first level's, execution's among them (that alone where ``free``); ``within`` counts a first
    level into another, ``second`` are the usual points of second levels. ``satisfaction`` says what to do without a
    satisfaction indicator; ``checks`` are settings of rules, by code.
    """

    name: str
    title: str
    source: str
    weights: dict[str, Decimal]
    free: bool
    within: dict[str, str]
    second: dict[str, dict[str, Decimal]]
    decimals: int
    reverse: str
    equal: str
    zero: str
    cost: str
    about: Decimal
    between: str
    late: str
    negative: str
    tiers: tuple[Tier, ...]
    over: Over
    satisfaction: str
    grades: tuple[Grade, ...]
    limits: Limits
    peers: Peers
    checks: dict[str, Setting]

    @property
    def execution_weight(self) -> Decimal:
        """The points of 预算执行率 where the workbook leaves them blank."""
        return self.weights[EXECUTION]

    def execution_points(self, own: Decimal | None) -> Decimal:
        """The points of 预算执行率: the workbook's own, the policy's where that is blank (or no weight at all)."""
        return self.execution_weight if own is None or own < 0 else own

    @property
    def satisfaction_weight(self) -> Decimal:
        """The points of 满意度 as a first level of its own, 0 where it has none."""
        return self.weights.get(SATISFACTION, Decimal(0))

    def level_of(self, level1: str) -> str:
        """The first level whose points an indicator's first level counts to."""
        return self.within.get(level1, level1)

    def split(self, *, satisfied: bool) -> dict[str, Decimal]:
        """The first-level points expected of a project with (or without) a satisfaction indicator; empty where free."""
        if self.free:
            return {}
        points = dict(self.weights)
        if not satisfied and self.satisfaction == "move":
            points[BENEFIT] += points.pop(SATISFACTION)
        elif not satisfied and self.satisfaction == "rescale":
            del points[SATISFACTION]
        return points

    def tier(self, words: str) -> Tier | None:
        """The tier that an answer names, in the policy's words or the form's."""
        key = fold(words)
        for tier, own in zip(self.tiers, TIERS, strict=True):
            if key in {fold(word) for word in (tier.name, own, *tier.words)}:
                return tier
        return None


def load(name: str = DEFAULT) -> Policy:
    """Load a shipped policy by name, or a policy file by path. Raises SettingsError."""
    return _policy(Reader(POLICY, name, table_of(name)))


_KEYS = ("extends", "name", "title", "source", "weights", "within", "second", "execution", "rules", "tiers", "over")


def _policy(data: Reader) -> Policy:
    data.only(*_KEYS, "satisfaction", "grades", "limits", "peers", "checks")
    rules, missing = data.part("rules"), data.part("satisfaction")
    execution = data.part("execution")
    rules.only("reverse", "equal", "zero", "cost", "about", "between", "late", "negative")
    missing.only("missing")
    execution.only("decimals")
    points, free = _weights(data), data.part("weights").flag("free")
    without = missing.text("missing", MISSING)
    if without in ("rescale", "move") and not points.get(SATISFACTION):
        missing.refuse("missing", f"写的是 {without!r}，但 weights 里没有 {SATISFACTION} 的分值，应为 keep、refuse")
    return Policy(
        name=data.text("name"),
        title=data.text("title"),
        source=data.text("source"),
        weights=points,
        free=free,
        within=_within(data, points, free),
        second=_second(data, points),
        decimals=execution.whole("decimals", 0, 2),
        reverse=rules.text("reverse", REVERSE),
        equal=rules.text("equal", EQUAL),
        zero=rules.text("zero", ZERO),
        cost=rules.text("cost", COST),
        about=rules.number("about", 0, 1),
        between=rules.text("between", BETWEEN),
        late=rules.text("late", LATE),
        negative=rules.text("negative", NEGATIVE),
        tiers=_tiers(data),
        over=_over(data.part("over")),
        satisfaction=without,
        grades=_grades(data),
        limits=_limits(data.part("limits")),
        peers=_peers(data.part("peers")),
        checks=_checks(data.part("checks", wanted=False)),
    )


def _weights(data: Reader) -> dict[str, Decimal]:
    """The first level's points, those of 0 left out; execution's alone where the rest is free."""
    weights = data.part("weights")
    weights.only(EXECUTION, *LEVEL1, "free")
    execution = weights.number(EXECUTION, 0, 100)
    if weights.flag("free"):
        return {EXECUTION: execution}
    points = {key: weights.number(key, 0, 100) for key in weights.table if key != "free"}
    if sum(points.values()) != FULL_MARKS:
        data.refuse("weights", f"各项分值合计 {sum(points.values())}，应为 100")
    return {key: value for key, value in points.items() if value > 0 or key == EXECUTION}


def _within(data: Reader, points: dict[str, Decimal], free: bool) -> dict[str, str]:
    """Which first levels count into which; one with points of its own stands for itself."""
    within = data.part("within", wanted=False)
    within.only(*LEVEL1)
    if free:
        return {}
    own = [level for level in points if level != EXECUTION]
    return {key: within.text(key, own) for key in within.table if key not in points}


def _second(data: Reader, points: dict[str, Decimal]) -> dict[str, dict[str, Decimal]]:
    """The usual points of second levels, by first level; those of a level without points are left out."""
    second = data.part("second", wanted=False)
    second.only(*LEVEL1)
    found = {}
    for level in second.table:
        rows = second.part(level)
        rows.only(*LEVEL2)
        usual = {key: rows.number(key, 0, 100) for key in rows.table}
        if level in points and sum(usual.values()) != points[level]:
            second.refuse(level, f"各项分值合计 {sum(usual.values())}，应为 {level} 的 {points[level]}")
        if level in points:
            found[level] = usual
    return found


def _tiers(data: Reader) -> tuple[Tier, ...]:
    rows = data.rows("tiers", "name", "from", "to", "words")
    if len(rows) != len(TIERS):
        data.refuse("tiers", f"写了 {len(rows)} 档，应为 {len(TIERS)} 档，从完成得最好的写起")
    tiers = tuple(
        Tier(name=row.text("name"), low=row.number("from", 0, 1), high=row.number("to", 0, 1), words=row.texts("words"))
        for row in rows
    )
    bounds = [Decimal(1), *(tier.low for tier in tiers)]
    if [tier.high for tier in tiers] != bounds[:-1] or bounds[-1] != 0 or bounds != sorted(set(bounds), reverse=True):
        data.refuse("tiers", "各档的区间应首尾相接，从 1 到 0")
    said = ({tier.name, own, *tier.words} for tier, own in zip(tiers, TIERS, strict=True))
    words = [word for each in said for word in {fold(word) for word in each}]
    twice = [word for word in words if words.count(word) > 1]
    if twice:
        data.refuse("tiers", f"“{twice[0]}”写在两档里，每个说法只能属于一档")
    return tiers


def _grades(data: Reader) -> tuple[Grade, ...]:
    rows = data.rows("grades", "name", "from")
    if tuple(row.text("name", GRADES) for row in rows) != GRADES:
        data.refuse("grades", f"应依次列出：{'、'.join(GRADES)}")
    grades = tuple(Grade(name=row.text("name"), low=row.number("from", 0, 100)) for row in rows)
    if [g.low for g in grades] != sorted({g.low for g in grades}, reverse=True) or grades[-1].low != 0:
        data.refuse("grades", "各等级的起点应从高到低，不重复，最后一级从 0 开始")
    return grades


def _over(over: Reader) -> Over:
    over.only("flag", "explain", "small")
    flag, explain = over.number("flag", 1, 10), over.number("explain", 1, 10)
    if explain < flag:
        over.refuse("explain", f"写的是 {explain}，不应小于 flag 的 {flag}")
    return Over(
        flag=flag,
        explain=explain,
        small=over.number("small", 0, 1000),
    )


def _limits(limits: Reader) -> Limits:
    limits.only("red", "yellow", "slow", "idle", "heavy", "text")
    return Limits(
        red=limits.number("red", 0, 1),
        yellow=limits.number("yellow", 0, 1),
        slow=limits.number("slow", 0, 1),
        idle=limits.number("idle", 0, 1),
        heavy=limits.number("heavy", 1, 100),
        text=limits.whole("text", 100, 100_000),
    )


def _peers(peers: Reader) -> Peers:
    peers.only("indicators", "units", "share", "spread", "full")
    return Peers(
        indicators=peers.whole("indicators", 1, 1000),
        units=peers.whole("units", 3, 10_000),
        share=peers.number("share", 0, 100),
        spread=peers.number("spread", 0, 1000),
        full=peers.whole("full", 2, 10_000),
    )


def _checks(checks: Reader) -> dict[str, Setting]:
    """The settings of rules; a rule is switched off or weighed anew, never without a reason."""
    found = {}
    for code in checks.table:
        one = checks.part(code)
        one.only("severity", "off", "reason")
        off, severity = one.flag("off"), None if "severity" not in one.table else one.text("severity", SEVERITIES)
        if off == (severity is not None):
            checks.refuse(code, "应写 off = true 或 severity 中的一项")
        weight = None if severity is None else Severity[severity.upper()]
        found[code] = Setting(severity=weight, off=off, reason=one.text("reason"))
    return found
