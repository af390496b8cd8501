"""What a single change makes of the scores: the newer workbook is scored once more with that one cell as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from .form import YES, Project
from .matching import code_of
from .model import Score, Scores, Submission, is_idle
from .policy import Policy
from .score import score

Variant = Callable[[Submission], Submission]
"""The newer submission with one thing as it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What one change alone makes of a score (``code`` of a project, or 部门整体): points without it and with it."""

    code: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """How many points it brings, None where nothing could be assessed on one side."""
        return None if self.before is None or self.after is None else self.after - self.before


class Scorer:
    """Scores variants of a submission, only as much of it as a change can touch."""

    def __init__(self, submission: Submission, policy: Policy) -> None:
        self.submission, self.policy = submission, policy
        self._now = cache(lambda codes: score(_part(submission, codes), policy))

    def effects(self, vary: Variant, codes: frozenset[str] | None) -> tuple[Effect, ...]:
        """What a change makes of the scores of ``codes`` (None: of all), those it does not touch left out."""
        then = score(_part(vary(self.submission), codes), self.policy)
        return tuple(_effects(then, self._now(codes)))


def _part(submission: Submission, codes: frozenset[str] | None) -> Submission:
    """The projects of some codes with their indicators; the rest has no part in their scores."""
    if codes is None:
        return submission
    return replace(
        submission,
        projects=tuple(row for row in submission.projects if code_of(row.code) in codes),
        indicators=tuple(row for row in submission.indicators if code_of(row.project) in codes),
    )


def _effects(then: Scores, now: Scores) -> Iterator[Effect]:
    for was, is_ in [*zip(then.projects, now.projects, strict=False), (then.department, now.department)]:
        before, after = points_of(was), points_of(is_)
        if before != after:
            yield Effect(code=is_.code, before=before, after=after)


def points_of(score: Score) -> Decimal | None:
    """The points of 100, None of what takes no part or could not be assessed."""
    return score.total if score.project is None or takes_part(score.project) else None


def takes_part(project: Project) -> bool:
    """Whether a project is evaluated."""
    return project.evaluated.value == YES and not is_idle(project)
