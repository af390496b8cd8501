"""A workbook handed in again against the one before: what was mended, what still stands, what is new, what changed.

Pure: two evaluations under the same terms give a comparison, and equal ones an equal comparison. A finding is the same
where its rule, its record and its field are; its figures may have changed. A figure is the same where its value is: an
amount typed in 元 that was typed in 万元 has not changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from .effects import Effect, Scorer, Variant, points_of
from .form import (
    BUDGET_LINES,
    DEPARTMENT,
    Budget,
    BudgetLine,
    Department,
    Indicator,
    Problem,
    Project,
    Report,
    Standard,
    Unit,
)
from .matching import LABELS, TABLES, Key, Matched, Rows, Spot, code_of, match, match_rows, spots
from .model import Evaluation, Figure, Finding, RuleRun, Said, Score, Severity, Status, Submission, Verdict
from .policy import Policy
from .spec import Entry, Kind, Line, Place, Row, columns_of, fold, heading, sheet_of
from .totals import said_of

MAX_EFFECTS = 400
"""How many changes of one workbook are scored by themselves; a form filled anew has no use for more."""


class Fate(Enum):
    """What became of a finding; the value is what people read.

    UNCHECKED is one that is not there any more only because its rule did not run, or waits for another finding.
    """

    NEW = "新增"
    OPEN = "仍有"
    UNCHECKED = "没有查"
    FIXED = "改正"

    @property
    def key(self) -> str:
        """The name machines read."""
        return self.name.lower()


class Sameness(Enum):
    """How alike two workbooks are; the value is what people read."""

    BYTES = "与上次逐字节相同"
    CONTENT = "填报内容没有变化（只是重新保存过）"
    LAYOUT = "填报的数和文字没有变化，变的是表格本身（栏目、格式、隐藏的内容等）"
    CHANGED = "填报内容有变化"

    @property
    def key(self) -> str:
        """The name machines read."""
        return self.name.lower()

    @property
    def unchanged(self) -> bool:
        """Whether the unit handed in the same once more."""
        return self in (Sameness.BYTES, Sameness.CONTENT)


class Turn(Enum):
    """What happened to a cell or a row; the value is what people read."""

    CHANGED = "修改"
    ADDED = "新增行"
    REMOVED = "删除行"

    @property
    def key(self) -> str:
        """The name machines read."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One of the two workbooks: the file, whose it is, the unit of its amounts, its verdict."""

    file: str
    sha256: str
    name: str
    code: str
    year: str
    money: str
    status: Status
    errors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of a finding: as it stands now, or, where it is gone, as it stood; ``before`` of one still open.

    ``cells`` are those this holds for: where each cell of a finding is at fault by itself, some may be mended. ``note``
    says what else is to be known: why it was not checked, that its row is gone, that nothing was changed where it is.
    """

    fate: Fate
    finding: Finding
    cells: tuple[Place, ...]
    record: str
    before: Finding | None = None
    note: str = ""

    @property
    def waived(self) -> bool:
        """Whether the bureau lets it stand now."""
        return self.finding.waiver is not None and self.fate in (Fate.NEW, Fate.OPEN)

    @property
    def partly(self) -> bool:
        """Whether it holds for some of the finding's cells alone."""
        return len(self.cells) < len(self.finding.cells)

    @property
    def moved(self) -> bool:
        """Whether it still stands with other figures."""
        return self.before is not None and _figures(self.before) != _figures(self.finding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A cell with another value, or a row that came or went: where, whose, what it was, what it is.

    Numbers are amounts in 元, rates as fractions, or plain; a text stands for what is none. ``scale`` is how much of them
    one ``unit`` is that they are shown in; ``is_amount`` of what is typed in the unit of money of the form. ``effects`` is what it alone makes of the scores, None where that was not computed.
    """

    turn: Turn
    sheet: str
    record: str
    field: str
    place: Place | None
    old_place: Place | None
    old: Decimal | str | None
    new: Decimal | str | None
    unit: str = ""
    scale: Decimal = Decimal(1)
    is_amount: bool = False
    effects: tuple[Effect, ...] | None = ()

    @property
    def difference(self) -> Decimal | None:
        """What a number grew by, None where one of the two is none."""
        if isinstance(self.old, Decimal) and isinstance(self.new, Decimal):
            return self.new - self.old
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A score in both workbooks (``code`` of a project, or 部门整体): points, None where there are none.

    ``said`` is how much could be assessed now.
    """

    code: str
    name: str
    before: Decimal | None
    after: Decimal | None
    said: str

    @property
    def difference(self) -> Decimal | None:
        """How many points more there are."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """All that a resubmission changed. ``department`` and ``projects`` are the scores; ``same_unit`` is false for another's form."""

    old: Version
    new: Version
    same_unit: bool
    sameness: Sameness
    findings: tuple[Settled, ...]
    changes: tuple[Change, ...]
    department: Standing
    projects: tuple[Standing, ...]

    @property
    def counts(self) -> dict[Fate, int]:
        """How many findings are new, stand, were not checked, were mended; those that the bureau lets stand left out."""
        found = Counter(one.fate for one in self.findings if not one.waived)
        return {fate: found[fate] for fate in Fate}

    @property
    def waived(self) -> int:
        """How many findings the bureau lets stand now."""
        return sum(1 for one in self.findings if one.waived)


def compare(old: Evaluation, new: Evaluation, policy: Policy) -> Comparison:
    """Compare two evaluations made under one policy with the same waivers."""
    matched = match_rows(old.submission, new.submission)
    changes = tuple(_Changes(old.submission, new.submission, matched, policy).all())
    findings = _settle(old, new, matched, changes)
    before, after = _version(old), _version(new)
    return Comparison(
        old=before,
        new=after,
        same_unit=same_unit(before, after),
        sameness=_sameness(before, after, findings, changes),
        findings=findings,
        changes=changes,
        department=_standing(old.scores.department, new.scores.department),
        projects=tuple(_standings(old, new, matched)),
    )


def same_unit(one: Any, other: Any) -> bool:
    """Whether two forms, each with a name and a code, are of one unit: the codes decide, else the names."""
    codes = fold(one.code), fold(other.code)
    return codes[0] == codes[1] if all(codes) else fold(one.name) == fold(other.name)


def _version(evaluation: Evaluation) -> Version:
    unit, source = evaluation.submission.unit, evaluation.submission.source
    return Version(
        file=source.file,
        sha256=source.sha256,
        name=unit.name.text,
        code=unit.code.text,
        year=unit.year.text if unit.year.value is None else f"{unit.year.value:f}",
        money=evaluation.submission.money_unit,
        status=evaluation.status,
        errors=evaluation.counts[Severity.ERROR] + len(evaluation.crashed),
    )


def _sameness(old: Version, new: Version, findings: Sequence[Settled], changes: Sequence[Change]) -> Sameness:
    if old.sha256 == new.sha256:
        return Sameness.BYTES
    if changes:
        return Sameness.CHANGED
    return Sameness.CONTENT if all(one.fate is Fate.OPEN for one in findings) else Sameness.LAYOUT


# --- findings -----------------------------------------------------------------------------------------------------


def _settle(old: Evaluation, new: Evaluation, matched: Matched, changes: Sequence[Change]) -> tuple[Settled, ...]:
    """The fate of every finding: those of the newer workbook in their order, then those that are gone."""
    of_old = _Identities(old, matched, old=True)
    of_new = _Identities(new, matched, old=False)
    settled = list(_matched(old, new, of_old, of_new))
    judge = _Judge(of_old, of_new, matched, changes)
    return tuple(sorted(map(judge.noted, settled), key=lambda one: tuple(Fate).index(one.fate)))


def _matched(old: Evaluation, new: Evaluation, of_old: _Identities, of_new: _Identities) -> Iterator[Settled]:
    """Every finding as new, open or gone, by what it is told by alone."""
    was = match(old.findings, new.findings, *zip(of_old.keys, of_new.keys, strict=True))
    for j, finding in enumerate(new.findings):
        if j not in was and (i := _shares(finding, of_new, old, of_old, set(was.values()))) is not None:
            was[j] = i
    for j, finding in enumerate(new.findings):
        if j in was:
            yield from _parts(old.findings[was[j]], of_old, finding, of_new)
        else:
            yield of_new.settled(Fate.NEW, finding, finding.cells)
    kept = set(was.values())
    for i, finding in enumerate(old.findings):
        if i not in kept:
            yield of_old.settled(Fate.FIXED, finding, finding.cells)


class _Identities:
    """What the findings of one of two workbooks are told by."""

    def __init__(self, evaluation: Evaluation, matched: Matched, *, old: bool) -> None:
        self.evaluation = evaluation
        self.spots = spots(evaluation.submission, matched, old=old)
        self.codes = matched.codes if old else {}
        self.names = {code_of(row.code): row.name.text for row in evaluation.submission.projects}
        self.keys: tuple[Key[Finding], ...] = (self.whole, self.first)

    def spot(self, place: Place, finding: Finding) -> Spot:
        """What a cell is; of one that is no cell of the form, what stands there."""
        return self.spots.get(place) or (place.sheet, _spelled(finding.found) or place.ref)

    def cells(self, finding: Finding) -> dict[Spot, Place]:
        """A finding's cells by what they are."""
        return {self.spot(place, finding): place for place in reversed(finding.cells)}

    def incomplete(self, code: str) -> set[Spot | None]:
        """The totals and claims that a rule could not hold against their parts, for want of numbers."""
        lacking = (one for one in self.evaluation.identities if one.code == code and one.verdict is Verdict.MISSING)
        return {self.spots.get(one.left.place) for one in lacking if one.left.place is not None}

    def whole(self, finding: Finding) -> Spot:
        """The rule and all cells; without any, the project."""
        record = self.codes.get(finding.record or "", finding.record)
        return finding.code, frozenset(self.cells(finding)) or record

    def first(self, finding: Finding) -> Spot | None:
        """The rule and the cell that is at fault."""
        return (finding.code, self.spot(finding.cells[0], finding)) if finding.cells else None

    def settled(self, fate: Fate, finding: Finding, cells: Iterable[Place], before: Finding | None = None) -> Settled:
        return Settled(
            fate=fate, finding=finding, cells=tuple(cells), record=_project(finding.record, self.names), before=before
        )


def _project(code: str | None, names: Mapping[str, str]) -> str:
    """A project as people know it."""
    return code or "" if code is None or code == DEPARTMENT else f"{code} {names.get(code, '')}".strip()


def _shares(finding: Finding, mine: _Identities, old: Evaluation, theirs: _Identities, taken: set[int]) -> int | None:
    """The first old finding of a rule that is not taken and has a cell in common."""
    cells = set(mine.cells(finding))
    for i, was in enumerate(old.findings):
        if i not in taken and was.code == finding.code and cells & set(theirs.cells(was)):
            return i
    return None


def _parts(was: Finding, of_old: _Identities, now: Finding, of_new: _Identities) -> Iterator[Settled]:
    """The fate of a finding that is there again; where each cell is at fault by itself, of its cells."""
    before, after = of_old.cells(was), of_new.cells(now)
    if not (was.alike and now.alike and before.keys() & after.keys()):
        yield of_new.settled(Fate.OPEN, now, now.cells, was)
        return
    kept = [place for place in now.cells if of_new.spot(place, now) in before]
    yield of_new.settled(Fate.OPEN, now, kept, was)
    if came := [place for place in now.cells if of_new.spot(place, now) not in before]:
        yield of_new.settled(Fate.NEW, now, came)
    if gone := [place for place in was.cells if of_old.spot(place, was) not in after]:
        yield of_old.settled(Fate.FIXED, was, gone)


SURFACED = "上次没有查到：那时这条规则没有执行，或在等别的问题改正"
GONE = "所在的行删去了"
INCOMPLETE = "有关的数没有填全，无从核对"


class _Judge:
    """Says of a new finding whether it could have been found before, of one that is gone whether it was looked for."""

    def __init__(self, of_old: _Identities, of_new: _Identities, matched: Matched, changes: Sequence[Change]) -> None:
        self.of_old, self.of_new = of_old, of_new
        self.gone = {place for rows in matched.tables.values() for row in rows.removed for place in _places(row)}
        came = {place for rows in matched.tables.values() for row in rows.added for place in _places(row)}
        self.touched_old = {change.old_place for change in changes} | self.gone
        self.touched_new = {change.place for change in changes} | came

    def noted(self, one: Settled) -> Settled:
        """A finding with what else is to be known of it; one that is gone was mended only where it was looked for."""
        if one.fate is Fate.NEW:
            hidden = self.unseen(one, self.of_new, self.of_old, self.touched_new)
            return replace(one, note=SURFACED) if hidden else one
        if one.fate is not Fate.FIXED:
            return one
        if self.unseen(one, self.of_old, self.of_new, self.touched_old):
            reason = _line(self.of_new.evaluation, one.finding.code).reason or INCOMPLETE
            return replace(one, fate=Fate.UNCHECKED, note=f"这次没有查：{reason}")
        return replace(one, note=GONE) if one.cells and self.gone.issuperset(one.cells) else one

    @staticmethod
    def unseen(one: Settled, mine: _Identities, other: _Identities, touched: set[Place | None]) -> bool:
        """Whether the other workbook could not show a finding.

        Its rule did not run there, or lacked a number there; or it holds faults back there, and nothing was changed
        where the finding is, or another finding stands there that it may wait for.
        """
        line = _line(other.evaluation, one.finding.code)
        if line.status == "crashed" or (line.status == "skipped" and not line.held):
            return True
        if one.cells and mine.spot(one.cells[0], one.finding) in other.incomplete(one.finding.code):
            return True
        if not line.held:
            return False
        spots = {mine.spot(place, one.finding) for place in one.cells}
        others = (finding for finding in other.evaluation.findings if finding.code != one.finding.code)
        return touched.isdisjoint(one.cells) or any(not spots.isdisjoint(other.cells(found)) for found in others)


def _places(row: Row) -> Iterator[Place]:
    entries: Iterator[Entry[Any]] = (getattr(row, column.name) for column in columns_of(type(row)))
    return (entry.place for entry in entries if entry.place is not None)


def _line(evaluation: Evaluation, code: str) -> RuleRun:
    """What came of a rule."""
    return next(line for line in evaluation.rules if line.code == code)


def _figures(finding: Finding) -> tuple[Said, Said, Said]:
    return finding.found, finding.expected, finding.difference


def _spelled(said: Said) -> str:
    return str(said.value) if isinstance(said, Figure) else said or ""


# --- scores -------------------------------------------------------------------------------------------------------


def _standings(old: Evaluation, new: Evaluation, matched: Matched) -> Iterator[Standing]:
    """Every project's score, those that are gone at the end."""
    before = {id(one.project): one for one in old.scores.projects}
    rows = matched.tables[Project]
    then = {id(now): before[id(was)] for was, now in rows.both}
    for score in new.scores.projects:
        yield _standing(then.get(id(score.project)), score)
    for row in rows.removed:
        yield _standing(before[id(row)], None)


def _standing(old: Score | None, new: Score | None) -> Standing:
    shown = new or old
    assert shown is not None
    points = None if new is None else points_of(new)
    return Standing(
        code=shown.code,
        name="" if shown.project is None else shown.name,
        before=None if old is None else points_of(old),
        after=points,
        said=said_of(new) if new is not None and points is not None else "",
    )


# --- figures ------------------------------------------------------------------------------------------------------

_SUMMED: Mapping[type[Row], tuple[str, ...]] = {
    Project: ("budget", "executed", "claimed"),
    Indicator: ("target", "actual", "weight", "claimed"),
    Standard: ("price", "quantity", "periods"),
    Problem: ("measure", "due"),
}
"""What is said of a row that came or went."""
_SCORED: tuple[type[Row], ...] = (Project, Indicator)
_UNSCORED: tuple[type[Row], ...] = (Standard, Problem)
_NUMBERS = (Kind.AMOUNT, Kind.YUAN, Kind.NUMBER, Kind.COUNT, Kind.PERCENT)
_UNITS = {Kind.YUAN: "元", Kind.PERCENT: "%"}


class _Changes:
    """The changes from one submission to another."""

    def __init__(self, old: Submission, new: Submission, matched: Matched, policy: Policy) -> None:
        self.old, self.new, self.matched = old, new, matched
        self.scorer = Scorer(new, policy)
        self.scored = 0

    def all(self) -> Iterator[Change]:
        """Every change, sheet by sheet in the order of the form."""
        yield from self.labels(Unit, None)
        yield from self.budget()
        for table in _SCORED:
            yield from self.table(table)
        yield from self.labels(Department, frozenset({DEPARTMENT}))
        for table in _UNSCORED:
            yield from self.table(table)
        yield from self.labels(Report, frozenset())

    def labels(self, cls: type[Row], touched: frozenset[str] | None) -> Iterator[Change]:
        name = LABELS[cls]

        def back(field: str, entry: Entry[Any]) -> Variant:
            return lambda new: _with(new, name, replace(getattr(new, name), **{field: entry}))

        yield from self.cells(cls, getattr(self.old, name), getattr(self.new, name), "", touched, back)

    def budget(self) -> Iterator[Change]:
        touched = frozenset({DEPARTMENT})

        def whole(field: str, entry: Any) -> Variant:
            return lambda new: replace(new, budget=replace(new.budget, **{field: entry}))

        def of(line: Line) -> Callable[[str, Entry[Any]], Variant]:
            return lambda field, entry: (
                lambda new: whole(line.name, replace(getattr(new.budget, line.name), **{field: entry}))(new)
            )

        for line in BUDGET_LINES:
            was, now = getattr(self.old.budget, line.name), getattr(self.new.budget, line.name)
            yield from self.cells(BudgetLine, was, now, line.label, touched, of(line))
        yield from self.cells(Budget, self.old.budget, self.new.budget, "", touched, whole)

    def table(self, cls: type[Row]) -> Iterator[Change]:
        """The changes of a table, a row that is in both at its place, then what came, then what went."""
        rows: Rows[Any] = self.matched.tables[cls]
        for was, now in rows.both:
            touched = frozenset(map(_code, (was, now))) if cls not in _UNSCORED else frozenset[str]()
            yield from self.cells(cls, was, now, self.record(now), touched, self.back(cls, now))
        left = self.with_projects(rows.added, cls, self.matched.tables[Project].added)
        for row in left:
            yield self.row(cls, row, Turn.ADDED)
        for row in self.with_projects(rows.removed, cls, self.matched.tables[Project].removed):
            yield self.row(cls, row, Turn.REMOVED)

    def back(self, cls: type[Row], now: Row) -> Callable[[str, Entry[Any]], Variant]:
        """The table with one cell of a row as it was."""
        name = TABLES[cls]

        def vary(field: str, entry: Entry[Any]) -> Variant:
            changed = replace(now, **{field: entry})  # type: ignore[type-var]
            return lambda new: _with(new, name, tuple(changed if row is now else row for row in getattr(new, name)))

        return vary

    @staticmethod
    def with_projects(rows: Sequence[Any], cls: type[Row], projects: Sequence[Any]) -> list[Any]:
        """The rows that did not come or go together with their project."""
        codes = {code_of(project.code) for project in projects} if cls in (Indicator, Standard) else set()
        return [row for row in rows if cls not in (Indicator, Standard) or code_of(row.project) not in codes]

    # --- one change -------------------------------------------------------------------------------------------

    def cells(
        self,
        cls: type[Row],
        was: Row,
        now: Row,
        record: str,
        touched: frozenset[str] | None,
        back: Callable[[str, Entry[Any]], Variant],
    ) -> Iterator[Change]:
        """The changed cells of one record."""
        for column in columns_of(cls):
            old, new = getattr(was, column.name), getattr(now, column.name)
            if _is_same(old, new, column.kind):
                continue
            unit, scale = self.unit(column.kind)
            yield Change(
                turn=Turn.CHANGED,
                sheet=sheet_of(cls).title,
                record=record,
                field=column.heading,
                place=new.place,
                old_place=old.place,
                old=_value(old, column.kind),
                new=_value(new, column.kind),
                unit=unit,
                scale=scale,
                is_amount=column.kind is Kind.AMOUNT,
                effects=self.effects(back(column.name, old), touched),
            )

    def row(self, cls: type[Row], row: Any, turn: Turn) -> Change:
        """A row that came or went, with what it says."""
        added = turn is Turn.ADDED
        place = next((entry.place for c in columns_of(cls) if (entry := getattr(row, c.name)).place), None)
        said = self.summary(cls, row, added)
        return Change(
            turn=turn,
            sheet=sheet_of(cls).title,
            record=self.record(row),
            field="",
            place=place if added else None,
            old_place=None if added else place,
            old=None if added else said,
            new=said if added else None,
            effects=self.effects(self.without(row, turn), frozenset({_code(row)})) if cls is Indicator else (),
        )

    def without(self, row: Any, turn: Turn) -> Variant:
        """The indicators as they were before a row came or went."""
        if turn is Turn.ADDED:
            return lambda new: replace(new, indicators=tuple(one for one in new.indicators if one is not row))
        code = self.matched.codes.get(code_of(row.project), code_of(row.project))
        moved = replace(row, project=replace(row.project, value=code))
        return lambda new: replace(new, indicators=(*new.indicators, moved))

    def effects(self, vary: Variant, touched: frozenset[str] | None) -> tuple[Effect, ...] | None:
        """What a change alone makes of the scores, None where too many were computed already."""
        if touched is not None and not touched:
            return ()
        self.scored += 1
        return None if self.scored > MAX_EFFECTS else self.scorer.effects(vary, touched)

    def unit(self, kind: Kind) -> tuple[str, Decimal]:
        """The unit a number is shown in, and how much one of it is."""
        if kind is Kind.AMOUNT:
            return self.new.money_unit, self.new.scale
        return _UNITS.get(kind, ""), Decimal("0.01") if kind is Kind.PERCENT else Decimal(1)

    @staticmethod
    def record(row: Any) -> str:
        """A row as people know it; of one that belongs to a project, the project's code and its own name."""
        if isinstance(row, Project):
            return _project(code_of(row.code), {code_of(row.code): row.name.text})
        if isinstance(row, Problem):
            return row.problem.text
        name = row.name.text if isinstance(row, Indicator) else row.content.text
        return " · ".join(filter(None, (code_of(row.project), name)))

    def summary(self, cls: type[Row], row: Any, added: bool) -> str:
        """The main cells of a row, and of a project how many indicators come or go with it."""
        said = [f"{heading(cls, name)} {getattr(row, name).text}" for name in _SUMMED[cls] if getattr(row, name).text]
        if cls is Project:
            own = (self.new if added else self.old).indicators_of(code_of(row.code))
            said += [f"连同指标 {len(own)} 个"] if own else []
        return "，".join(said)


def _with(submission: Submission, name: str, value: Any) -> Submission:
    changed: dict[str, Any] = {name: value}
    return replace(submission, **changed)


def _code(row: Any) -> str:
    return code_of(row.code if isinstance(row, Project) else row.project)


def _is_same(old: Entry[Any], new: Entry[Any], kind: Kind) -> bool:
    """Whether a cell holds what it held: a number of the same value, a text of the same characters."""
    if kind in _NUMBERS and old.value is not None and new.value is not None:
        return bool(old.value == new.value)
    return _typed(old) == _typed(new) and old.trouble == new.trouble


def _typed(entry: Entry[Any]) -> str:
    """The text of a cell; a mark that stands for nothing is as good as nothing."""
    return "" if entry.is_blank else entry.text.replace("\r\n", "\n")


def _value(entry: Entry[Any], kind: Kind) -> Decimal | str | None:
    if entry.is_blank:
        return None
    return entry.value if kind in _NUMBERS and isinstance(entry.value, Decimal) else entry.text
