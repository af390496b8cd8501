"""The roll-up 绩效自评汇总表.xlsx: what the finance bureau sees of a whole run.

The sheets are made first, in their order, and filled afterwards; each goes through the digests once more, so that no
more than one of them is held. What was written is held against what was read before the workbook is given away.
"""

from __future__ import annotations

import tempfile

from ...gathered import Gathered
from ..style import Book
from . import actions, findings, leftover, projects, refused, units
from . import sample as samples
from . import submitted as came
from .actions import Actions
from .checks import Written, reconcile
from .facts import Mismatch, gather_facts
from .findings import Findings
from .heat import Heat
from .leftover import Leftover
from .long import MAX_ROWS, Long, Sheet
from .projects import Projects
from .refused import Refused, Waived
from .roster import call_roll
from .sample import Sample
from .spread import Spread
from .submitted import Submitted
from .units import NAME, SCORED, Units

__all__ = ["MAX_ROWS", "SCORED", "Mismatch", "write_rollup"]


def write_rollup(gathered: Gathered, rows: int = MAX_ROWS) -> bytes:
    """Write the roll-up and return its bytes; a long table has ``rows`` rows a sheet at most.

    Raises Mismatch where the sheets do not add up to what was read.
    """
    with tempfile.TemporaryDirectory() as spool:
        return _write(Book(NAME, spool), gathered, rows)


def _write(book: Book, gathered: Gathered, rows: int) -> bytes:
    facts = gather_facts(gathered)
    roll = call_roll(facts)
    of_units = Units(Long(book, units.TITLE, units.HEADINGS, counted="status"), facts, roll)
    of_projects = Projects(Long(book, projects.TITLE, projects.HEADINGS, rows, "grade"), facts, of_units)
    spread = Spread(book, facts, of_units, of_projects)
    heat = Heat(book, facts)
    of_findings = Findings(Long(book, findings.TITLE, findings.HEADINGS, rows, "severity"), facts)
    sample = Sample(Long(book, samples.TITLE, samples.HEADINGS), facts)
    of_actions = Actions(Long(book, actions.TITLE, actions.HEADINGS, rows), facts)
    submitted = Submitted(Long(book, came.TITLE, came.HEADINGS), roll, len(gathered.refusals))
    unread = Refused(Long(book, refused.TITLE, refused.HEADINGS), facts, roll)
    waived = [Waived(Long(book, refused.WAIVERS, refused.WAIVER_HEADINGS), facts)] if gathered.waivers else []
    left = [Leftover(Long(book, leftover.TITLE, leftover.HEADINGS), facts)] if gathered.reviews.left else []
    sheets: list[Sheet] = [of_units, of_projects, spread, heat, of_findings, sample, of_actions, submitted, unread]
    for sheet in (*sheets, *waived, *left):
        sheet.write()
    written = Written(
        units=of_units.table,
        projects=of_projects.table,
        heat=heat.table,
        findings=of_findings.table,
        actions=of_actions.table,
        refused=unread.table,
    )
    reconcile(facts, roll, written)
    return book.close()
