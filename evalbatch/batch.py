"""A folder becomes outcomes, outcomes become files.

Inputs are taken in a fixed order; one unreadable input never stops the rest. What the ledger knows to be done under
the same terms, and to lie there unchanged, is not done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from . import journal
from .approved import NOTHING
from .digest import Digest, pack
from .engine import each
from .gathered import Expected
from .inputs import PRIVATE, RESULTS, Input
from .ledger import Key, Line, fingerprint
from .model import Refusal, Severity, Status, Waiver
from .outputs import Outputs, opened_outputs
from .preflight import MAX_FILE
from .program import program
from .reviews import Reviews, Told
from .waivers import of_unit
from .whole import CRASHED, Whole, unpacked
from .work import Job, Outcome, Terms
from .writers.annotated import SUFFIX
from .writers.rollup.units import SCORED

NOT_ASSESSED = "未评"


@dataclass
class Run:
    """What a run came to."""

    statuses: Counter[Status] = field(default_factory=Counter)
    covered: Counter[Waiver] = field(default_factory=Counter)
    idle: set[Waiver] = field(default_factory=set)
    years: Counter[str] = field(default_factory=Counter)
    """How many workbooks are of which 评价年度."""
    refusals: list[Refusal] = field(default_factory=list)
    broken: bool = False
    """Whether a rule broke down."""
    crossed: Mapping[Severity, int] = field(default_factory=dict)
    """How many faults show only across units."""
    skipped: int = 0
    """How many workbooks had been done before, under the same terms."""
    others: Sequence[str] = ()
    """The names of outputs of earlier runs that lie there, of workbooks that are not among the inputs."""
    annotated: int = 0
    """How many annotated copies lie there."""
    unmarked: list[tuple[str, str]] = field(default_factory=list)
    """Of which workbooks with faults no annotated copy could be made, and why."""
    aside: Sequence[Path] = ()
    """Where files went that somebody had changed since they were written."""
    reviews: Told = field(default_factory=Told)
    """What became of what the officer wrote into the roll-up."""

    def add(self, result: Digest | Refusal) -> None:
        """Count a result in."""
        if isinstance(result, Refusal):
            self.refusals.append(result)
            return
        self.statuses[result.status] += 1
        self.years[result.year] += 1
        self.broken = self.broken or bool(result.crashed)
        self.covered.update(result.covered)
        self.idle.update(result.idle)

    @property
    def assessed(self) -> int:
        """How many workbooks were read."""
        return self.statuses.total()

    @property
    def clean(self) -> bool:
        """Every input was read, no rule broke down, and no error stands, in a workbook or across units."""
        wrong = self.statuses[Status.REJECTED] or self.crossed.get(Severity.ERROR)
        return not self.refusals and not self.broken and not wrong


Report = Callable[[Input, Outcome], None]


def check(inputs: Sequence[Input], terms: Terms, form: str, report: Report) -> Run:
    """Evaluate all inputs and write nothing."""
    done = Run()
    jobs = [Job(number=n, path=one.path, name=one.name, form=form) for n, one in enumerate(inputs)]
    for job, outcome in each(jobs, terms):
        done.add(outcome.result)
        report(inputs[job.number], outcome)
    return done


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a run is to be done.

    By how many workers (None: as many as there are processors); whether all anew; which units should have handed in;
    whether tables are wanted, and of which kind.
    """

    workers: int | None = None
    fresh: bool = False
    roster: Sequence[Expected] | None = None
    tables: str | None = None


def run(inputs: Sequence[Input], folder: Path, terms: Terms, report: Report, wish: Wish) -> Run:
    """Evaluate all inputs and write everything. Raises OutputError where a file cannot be written."""
    with opened_outputs(folder, inputs) as outputs:
        journal.keep_in(folder / PRIVATE)
        return _Batch(inputs, outputs, terms, report).run(wish)


@dataclass(frozen=True, slots=True)
class Known:
    """A workbook that was done before: the name its outputs want, and the names that they lie there under."""

    wanted: str
    names: frozenset[str]


class _Batch:
    """One run over an output folder that is open."""

    def __init__(self, inputs: Sequence[Input], outputs: Outputs, terms: Terms, report: Report) -> None:
        self.inputs, self.outputs, self.terms, self.report = inputs, outputs, terms, report
        self.ledger = outputs.ledger
        self.policy, self.tool = fingerprint(terms.policy, *(["annotate"] if terms.annotate else [])), program()
        self.reviews = Reviews(outputs)
        self.done = Run(reviews=self.reviews.told)
        self.names: list[str] = []
        """The name of every input's outputs, in input order."""

    def run(self, wish: Wish) -> Run:
        self.reviews.take()
        known = {} if wish.fresh else self.known()
        again = self.first(known, wish.workers)
        with closing(each(again, self.terms, wish.workers)) as outcomes:
            for job, outcome in outcomes:
                self.write(job, outcome, self.names[job.number])
        self.whole(wish)
        self.done.aside = self.outputs.aside
        self.done.others = self.ledger.others(set(self.names))
        return self.done

    def first(self, known: Mapping[int, Known], workers: int | None) -> list[Job]:
        """Go through all inputs; the jobs of those whose outputs turn out to be missing or altered are still to be done.

        No worker is left: what is made of the whole run needs the memory.
        """
        new, again = [self.job(n) for n in range(len(self.inputs)) if n not in known], []
        with closing(each(new, self.terms, workers)) as outcomes:
            for number in range(len(self.inputs)):
                if number not in known:
                    job, outcome = next(outcomes)
                    self.write(job, outcome, self.name(_wanted(outcome.result)))
                elif not self.skip(number, known[number]):
                    again.append(self.job(number))
        return again

    def job(self, number: int) -> Job:
        one = self.inputs[number]
        return Job(number=number, path=one.path, name=one.name, stage=self.outputs.stage)

    def whole(self, wish: Wish) -> None:
        """Write what is made of all workbooks."""
        whole = Whole(self.outputs, self.names, self.terms, self.key, self.reviews)
        line = whole.roll_up(wish.roster, self.done.years)
        self.done.crossed = dict(zip(Severity, line.counts, strict=True))
        self.done.broken = self.done.broken or line.status == CRASHED
        if wish.tables is not None:
            whole.tables(wish.tables)

    # --- what was done before ---------------------------------------------------------------------------------

    def known(self) -> dict[int, Known]:
        """Every input that was done under the same terms, by its number."""
        known = {}
        for number, one in enumerate(self.inputs):
            sha256 = self.ledger.hash_of(one.path, MAX_FILE)
            lines = [] if sha256 is None else self.ledger.lines(self.key(self.job(number).said, sha256))
            current = {line.name: result for line in lines if self.is_current(line, result := unpacked(line))}
            if current:
                known[number] = Known(_wanted(next(iter(current.values()))), frozenset(current))
        return known

    def skip(self, number: int, known: Known) -> bool:
        """Leave an input alone whose outputs lie there unchanged under the name that is its own this time."""
        name = self.name(known.wanted)
        if name not in known.names or not self.ledger.is_whole(name):
            return False
        result = unpacked(self.ledger.line(name))
        self.done.skipped += 1
        self.done.annotated += _relative(name, SUFFIX) in self.ledger.files(name)
        self.done.add(result)
        self.report(self.inputs[number], Outcome(result=result, skipped=True))
        return True

    def key(self, file: str, sha256: str, control: str = "") -> Key:
        return Key(file=file, sha256=sha256, policy=self.policy, control=control, tool=self.tool)

    def is_current(self, line: Line, result: Digest | Refusal) -> bool:
        """Whether a workbook was done under what is its unit's own now: its waivers, the bureau's figures."""
        return (line.waivers, line.key.control) == (self.waivers_of(result), self.control_of(result))

    def control_of(self, result: Digest | Refusal) -> str:
        """The mark of what the bureau's files have on a unit."""
        own = NOTHING if isinstance(result, Refusal) else self.terms.books.own(result.name, result.code, result.year)
        return "" if own == NOTHING else fingerprint(own)

    def waivers_of(self, result: Digest | Refusal) -> str:
        """The mark of a unit's own waivers."""
        if isinstance(result, Refusal):
            return ""
        own = of_unit(self.terms.waivers, result.name, result.code)
        return fingerprint(*own) if own else ""

    # --- what is done now -------------------------------------------------------------------------------------

    def name(self, wanted: str) -> str:
        self.names.append(self.outputs.free_name(wanted))
        return self.names[-1]

    def write(self, job: Job, outcome: Outcome, name: str) -> None:
        """Write a workbook down and let its outputs bear their names."""
        files = {_relative(name, suffix): job.staged(suffix) for suffix in outcome.staged}
        hashes = dict(zip(files, outcome.staged.values(), strict=True))
        self.outputs.write(self.line(job, outcome.result, name), files, hashes)
        self.done.add(outcome.result)
        self.done.annotated += SUFFIX in outcome.staged
        if outcome.unmarked:
            self.done.unmarked.append((job.said, outcome.unmarked))
        self.report(self.inputs[job.number], outcome)

    def line(self, job: Job, result: Digest | Refusal, name: str) -> Line:
        key, packed = self.key(job.said, result.sha256 or "", self.control_of(result)), pack(result)
        if isinstance(result, Refusal):
            return Line(name=name, key=key, status=Status.NOT_ASSESSED.key, packed=packed)
        errors, warnings, notices = result.counts.values()
        return Line(
            name=name,
            key=key,
            waivers=self.waivers_of(result),
            form=result.form,
            status=result.status.key,
            score="" if result.score is None else str(result.score),
            counts=(errors, warnings, notices),
            packed=packed,
        )


def _wanted(result: Digest | Refusal) -> str:
    """The name a workbook's outputs would bear if they were alone."""
    if isinstance(result, Digest):
        return result.stem
    return f"{NOT_ASSESSED}_{PurePosixPath(result.file).name}"


def _relative(name: str, suffix: str) -> str:
    places = {".json": f"{RESULTS}/{name}.json", ".xlsx": f"{name}_{SCORED}.xlsx", SUFFIX: f"{name}{SUFFIX}"}
    return places[suffix]
