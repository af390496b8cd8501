"""A workbook handed in again against the one before: what was mended, what still stands, what is new, what changed.

Pure: two evaluations under the same terms give a comparison, and equal ones an equal comparison. A finding is the same
where its rule, its record and its field are; its figures may have changed. A figure is the same where its value is: an
amount typed in 元 that was typed in 万元 has not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .changes import changes
from .comparison import Change, Comparison, Fate, Sameness, Settled, Standing, Version
from .effects import points_of
from .fates import settle
from .form import Project
from .matching import Matched, match_rows
from .model import Evaluation, Score, Severity
from .policy import Policy
from .spec import fold
from .totals import said_of


def compare(old: Evaluation, new: Evaluation, policy: Policy) -> Comparison:
    """Compare two evaluations made under one policy with the same waivers."""
    matched = match_rows(old.submission, new.submission)
    changed = changes(old.submission, new.submission, matched, policy)
    findings = settle(old, new, matched, changed)
    before, after = _version(old), _version(new)
    return Comparison(
        old=before,
        new=after,
        same_unit=same_unit(before, after),
        sameness=_sameness(before, after, findings, changed),
        findings=findings,
        changes=changed,
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
        removed=new is None,
    )
