"""What became of every finding: matched by rule, record and field, and never said to be mended unless it was looked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from .comparison import Change, Fate, Settled, project_words
from .matching import Key, Matched, Spot, code_of, match, spots
from .model import Evaluation, Figure, Finding, RuleRun, Said, Verdict
from .spec import Entry, Place, Row, columns_of


def settle(old: Evaluation, new: Evaluation, matched: Matched, changes: Sequence[Change]) -> tuple[Settled, ...]:
    """The fate of every finding: those of the newer workbook in their order, then those that are gone."""
    of_old = _Identities(old, matched, old=True)
    of_new = _Identities(new, matched, old=False)
    settled = list(_matched(old, new, of_old, of_new))
    judge = _Judge(of_old, of_new, matched, changes)
    return tuple(sorted(map(judge.noted, settled), key=lambda one: tuple(Fate).index(one.fate)))


def _matched(old: Evaluation, new: Evaluation, of_old: _Identities, of_new: _Identities) -> Iterator[Settled]:
    """Every finding as new, open or gone, by what it is told by alone."""
    was = match(old.findings, new.findings, *zip(of_old.keys, of_new.keys, strict=True))
    taken = set(was.values())
    for j, finding in enumerate(new.findings):
        if j not in was:
            shared = (of_old.at.get((finding.code, of_new.spot(place, finding)), ()) for place in finding.cells)
            sharing = (i for there in shared for i in there if i not in taken)
            if (i := next(sharing, None)) is not None:
                was[j] = i
                taken.add(i)
    for j, finding in enumerate(new.findings):
        if j in was:
            yield from _parts(old.findings[was[j]], of_old, finding, of_new)
        else:
            yield of_new.settled(Fate.NEW, finding, finding.cells)
    for i, finding in enumerate(old.findings):
        if i not in taken:
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

    @cached_property
    def at(self) -> Mapping[tuple[str, Spot], list[int]]:
        """The findings of a rule at a cell, by their places."""
        found: defaultdict[tuple[str, Spot], list[int]] = defaultdict(list)
        for number, finding in enumerate(self.evaluation.findings):
            for spot in self.cells(finding):
                found[finding.code, spot].append(number)
        return found

    @cached_property
    def codes_at(self) -> Mapping[Spot, set[str]]:
        """The rules that find a fault at a cell."""
        found: defaultdict[Spot, set[str]] = defaultdict(set)
        for code, spot in list(self.at):
            found[spot].add(code)
        return found

    @cached_property
    def incomplete(self) -> set[tuple[str, Spot | None]]:
        """The totals and claims that a rule could not hold against their parts, for want of numbers."""
        return {
            (one.code, self.spots.get(one.left.place))
            for one in self.evaluation.identities
            if one.verdict is Verdict.MISSING and one.left.place is not None
        }

    def whole(self, finding: Finding) -> Spot:
        """The rule and all cells; without any, the project."""
        return finding.code, frozenset(self.cells(finding)) or self.record(finding.record)

    def record(self, record: str | None) -> str | None:
        """A project by the code it has in the newer workbook."""
        return self.codes.get(record or "", record)

    def first(self, finding: Finding) -> Spot | None:
        """The rule and the cell that is at fault."""
        return (finding.code, self.spot(finding.cells[0], finding)) if finding.cells else None

    def settled(self, fate: Fate, finding: Finding, cells: Iterable[Place], before: Finding | None = None) -> Settled:
        return Settled(
            fate=fate,
            finding=finding,
            cells=tuple(cells),
            record=project_words(finding.record, self.names),
            money=self.evaluation.submission.money_unit,
            before=before,
        )


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

        Its rule did not run there, or lacked a number there; or it holds faults of that project back there, and nothing
        was changed where the finding is, or another finding stands there that it may wait for.
        """
        line = _line(other.evaluation, one.finding.code)
        if line.status == "crashed" or (line.status == "skipped" and not line.held):
            return True
        spots, code = [mine.spot(place, one.finding) for place in one.cells], one.finding.code
        if spots and (code, spots[0]) in other.incomplete:
            return True
        if not {None, mine.record(one.finding.record)} & {other.record(record) for record in line.held}:
            return False
        return touched.isdisjoint(one.cells) or any(other.codes_at.get(spot, set()) - {code} for spot in spots)


def _places(row: Row) -> Iterator[Place]:
    entries: Iterator[Entry[Any]] = (getattr(row, column.name) for column in columns_of(type(row)))
    return (entry.place for entry in entries if entry.place is not None)


def _line(evaluation: Evaluation, code: str) -> RuleRun:
    """What came of a rule."""
    return next(line for line in evaluation.rules if line.code == code)


def _spelled(said: Said) -> str:
    return str(said.value) if isinstance(said, Figure) else said or ""
