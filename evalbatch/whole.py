"""What is made of a whole run: the roll-up with the rules across units, and the tables for machines.

What lies there unchanged and was made of the same is not made again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .digest import Digest, unpack, unpack_refusal
from .gathered import Expected, Gathered
from .inputs import RESULTS, TABLES
from .ledger import Key, Line, fingerprint
from .model import Refusal, Severity, Status
from .outputs import ROLLUP, Outputs
from .reviews import Reviews
from .work import Terms
from .writers.rollup.facts import Mismatch

__all__ = ["CRASHED", "ROLLUP", "Mismatch", "Whole", "unpacked"]

CRASHED = "crashed"
Made = tuple[Line, Mapping[str, Path]]
"""A line of the ledger and the staged files it stands for, by their places in the output folder."""


def unpacked(line: Line) -> Digest | Refusal:
    """What the ledger knows of a workbook. Raises msgspec.DecodeError where it was packed by another program."""
    return unpack_refusal(line.packed) if line.status == Status.NOT_ASSESSED.key else unpack(line.packed)


class Whole:
    """All workbooks of a run, by the names of their outputs, in input order."""

    def __init__(
        self, outputs: Outputs, names: Sequence[str], terms: Terms, key: Callable[[str, str], Key], reviews: Reviews
    ) -> None:
        self.outputs, self.names, self.terms, self.key, self.reviews = outputs, names, terms, key, reviews
        self.ledger = outputs.ledger

    def roll_up(self, roster: Sequence[Expected] | None, years: Mapping[str, int]) -> Line:
        """Write the roll-up, the officer's reviews in it; the line counts what the rules across units found.

        ``years`` tells how many workbooks are of which 评价年度. Raises OutputError, Mismatch.
        """
        faults = self.terms.books.faults_beside(years)

        def make(key: Key) -> Made:
            from .tables import across_units
            from .writers.rollup import write_rollup

            crossings, across = across_units(self.digests(), self.terms.policy, faults)
            gathered = replace(
                self.gathered(),
                roster=roster,
                crossings=crossings,
                across=across,
                reviews=self.reviews.carried(self.digests),
            )
            staged = self.outputs.keep(ROLLUP, write_rollup(gathered))
            found = Counter(crossing.severity for crossing in crossings)
            errors, warnings, notices = (found[severity] for severity in Severity)
            status = CRASHED if any(run.status == CRASHED for run in across) else ""
            line = Line(name=ROLLUP, key=key, status=status, counts=(errors, warnings, notices))
            return line, {} if self.reviews.stays(staged) else {ROLLUP: staged}

        extra = fingerprint(self.terms.waivers, roster, faults, self.reviews.mark)
        line = self.made(ROLLUP, extra, make, stays=self.reviews.left_there)
        self.reviews.settle(line.key.sha256, self.digests)
        return line

    def tables(self, kind: str) -> Line:
        """Write the tables of a kind. Raises OutputError."""

        def make(key: Key) -> Made:
            from .writers.data import write_tables

            folder = self.outputs.stage / TABLES
            folder.mkdir()
            names = write_tables(kind, folder, self.gathered(), self.result_of)
            return Line(name=f"{TABLES}.{kind}", key=key), {f"{TABLES}/{name}": folder / name for name in names}

        return self.made(f"{TABLES}.{kind}", "", make)

    def made(self, owner: str, extra: str, make: Callable[[Key], Made], *, stays: bool = False) -> Line:
        """The line of what is made of all workbooks and of something extra; made now, unless it is there.

        ``stays`` where what is there, though somebody changed it, was found to hold all that this line stands for.
        """
        mark = hashlib.sha256(extra.encode())
        for name in self.names:
            mark.update(name.encode())
            mark.update(self.ledger.line(name).packed)
        key = self.key(owner, mark.hexdigest())
        known = next((line for line in self.ledger.lines(key) if line.name == owner), None)
        if known is not None and (stays or self.ledger.is_whole(owner)):
            return known
        line, files = make(key)
        self.outputs.write(line, files)
        return line

    def results(self) -> Iterator[tuple[str, Digest | Refusal]]:
        """What came of every input, with the name of its outputs."""
        return ((name, unpacked(self.ledger.line(name))) for name in self.names)

    def digests(self) -> Iterator[tuple[str, Digest]]:
        """Those that were read."""
        return ((name, result) for name, result in self.results() if isinstance(result, Digest))

    def gathered(self) -> Gathered:
        """Everything that is made of a run."""
        refusals = [result for _, result in self.results() if isinstance(result, Refusal)]
        return Gathered(digests=self.digests, refusals=refusals, waivers=self.terms.waivers)

    def result_of(self, name: str) -> bytes:
        """The result JSON under a name."""
        return (self.outputs.folder / RESULTS / f"{name}.json").read_bytes()
