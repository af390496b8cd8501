"""Two workbooks or two folders become comparisons.

Every file is read once to learn whose it is, so that one that cannot be read costs nothing but itself; then every pair
is read and compared, one at a time in each worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing

from .compare import Comparison
from .digest import Digest
from .engine import each
from .inputs import Input
from .model import Refusal, Severity
from .resubmission import Alone, Handed, Paired, Resubmission, Side, Unclear, Unread, pair_up
from .work import Job, Terms

Report = Callable[[Comparison], None]


def compare_all(
    olds: Sequence[Input], news: Sequence[Input], terms: Terms, report: Report, *, paired: bool
) -> Resubmission:
    """Compare two sides and write nothing; ``paired`` where each is one workbook, whosever it is."""
    sides = [_Seen(side, inputs) for side, inputs in ((Side.OLD, olds), (Side.NEW, news))]
    jobs = [(seen, one) for seen in sides for one in seen.inputs]
    with closing(each([_job(number, one) for number, (_, one) in enumerate(jobs)], terms)) as outcomes:
        for job, outcome in outcomes:
            jobs[job.number][0].add(jobs[job.number][1], job.said, outcome.result)
    old, new = sides
    both = len(old.forms) == len(new.forms) == 1
    found = Paired(pairs=((0, 0),), unclear=()) if paired and both else pair_up(old.forms, new.forms)
    comparisons: list[Comparison] = []
    pairs = [
        Job(number=n, path=new.read[j].path, name=new.read[j].name, former=(old.read[i].path, old.read[i].name))
        for n, (i, j) in enumerate(found.pairs)
    ]
    with closing(each(pairs, terms)) as outcomes:
        for job, outcome in outcomes:
            if outcome.comparison is not None:
                comparisons.append(outcome.comparison)
                report(outcome.comparison)
            elif isinstance(outcome.result, Refusal):
                new.unread.append(Unread(side=Side.NEW, file=job.said, reason=outcome.result.reason))
    return Resubmission(
        comparisons=comparisons,
        alone=[*_alone(new, old, found), *_alone(old, new, found)],
        unclear=[
            Unclear(olds=tuple(old.forms[i] for i in many), news=tuple(new.forms[j] for j in others))
            for many, others in found.unclear
        ],
        unread=[*new.unread, *old.unread],
        sides=Counter({seen.side: len(seen.forms) for seen in sides}),
    )


def _job(number: int, one: Input) -> Job:
    return Job(number=number, path=one.path, name=one.name)


class _Seen:
    """The files of one side, and what they are."""

    def __init__(self, side: Side, inputs: Sequence[Input]) -> None:
        self.side, self.inputs = side, inputs
        self.read: list[Input] = []
        self.forms: list[Handed] = []
        self.unread: list[Unread] = []

    def add(self, one: Input, said: str, result: Digest | Refusal) -> None:
        """Count a file in."""
        if isinstance(result, Refusal):
            self.unread.append(Unread(side=self.side, file=said, reason=result.reason))
            return
        self.read.append(one)
        self.forms.append(
            Handed(
                file=said,
                name=result.name,
                code=result.code,
                year=result.year,
                status=result.status,
                errors=result.counts[Severity.ERROR] + len(result.crashed),
                findings=sum(result.counts.values()),
            )
        )


def _alone(mine: _Seen, other: _Seen, found: Paired) -> list[Alone]:
    """The workbooks of a side that have none on the other."""
    at = 0 if mine.side is Side.OLD else 1
    taken = {pair[at] for pair in found.pairs} | {number for group in found.unclear for number in group[at]}
    unread = {one.file for one in other.unread}
    return [
        Alone(side=mine.side, form=form, twin=form.file in unread)
        for number, form in enumerate(mine.forms)
        if number not in taken
    ]
