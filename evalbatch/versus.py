"""Two workbooks or two folders become comparisons.

Every file is read once to learn whose it is, so that one that cannot be read costs nothing but itself; then every pair
is read and compared, one at a time in each worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing

from .comparison import Comparison
from .digest import Digest
from .engine import each
from .inputs import Input
from .model import Refusal, Severity
from .resubmission import Alone, Handed, Paired, Resubmission, Side, Unclear, Unread, pair_up
from .work import Job, Terms

Report = Callable[[Comparison], None]
Step = Callable[[Digest | Refusal], None]


def look(olds: Sequence[Input], news: Sequence[Input], terms: Terms, step: Step) -> tuple[Seen, Seen]:
    """Read every file of both sides; ``step`` is told what came of each."""
    sides = Seen(Side.OLD), Seen(Side.NEW)
    files = [(side, one) for side, inputs in zip(sides, (olds, news), strict=True) for one in inputs]
    jobs = [Job(number=number, path=one.path, name=one.name) for number, (_, one) in enumerate(files)]
    with closing(each(jobs, terms)) as outcomes:
        for job, outcome in outcomes:
            side, one = files[job.number]
            side.add(one, job.said, outcome.result)
            step(outcome.result)
    return sides


def compare_all(old: Seen, new: Seen, terms: Terms, report: Report, *, paired: bool) -> Resubmission:
    """Compare what was read and write nothing; ``paired`` where each side is one workbook, whosever it is."""
    both = len(old.forms) == len(new.forms) == 1
    found = Paired(pairs=((0, 0),), unclear=()) if paired and both else pair_up(old.forms, new.forms)
    jobs = [
        Job(number=n, path=new.read[j].path, name=new.read[j].name, former=(old.read[i].path, old.read[i].name))
        for n, (i, j) in enumerate(found.pairs)
    ]
    comparisons: list[Comparison] = []
    with closing(each(jobs, terms)) as outcomes:
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
        sides=Counter({seen.side: len(seen.forms) for seen in (old, new)}),
    )


class Seen:
    """The files of one side: those that could be read, whose they are, and the others."""

    def __init__(self, side: Side) -> None:
        self.side = side
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


def _alone(mine: Seen, other: Seen, found: Paired) -> list[Alone]:
    """The workbooks of a side that have none on the other."""
    at = 0 if mine.side is Side.OLD else 1
    taken = {pair[at] for pair in found.pairs} | {number for group in found.unclear for number in group[at]}
    unread = {one.file for one in other.unread}
    return [
        Alone(side=mine.side, form=form, twin=form.file in unread)
        for number, form in enumerate(mine.forms)
        if number not in taken
    ]
