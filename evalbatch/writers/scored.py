"""The scored workbook: one evaluation as a workbook whose every number can be traced and recomputed.

The sheets are made first, in their order (the official forms between 评分明细 and 规则执行), and filled afterwards,
because the first ones point at cells of the later ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Evaluation, Finding
from ..policy import Policy
from . import scored_conclusion, scored_detail, scored_findings, scored_reconcile, scored_rules
from .scored_conclusion import write_conclusion
from .scored_detail import write_detail
from .scored_findings import write_findings
from .scored_forms import add_forms, write_forms
from .scored_reconcile import write_reconciliation
from .scored_rules import write_rules
from .style import Book
from .table import Heading, Table

Layout = tuple[str, Sequence[Heading], bool]
"""A sheet's title, its columns, and whether it lies on its side."""


def write_scored(evaluation: Evaluation, policy: Policy) -> bytes:
    """Write the scored workbook of an evaluation under the policy it was scored by, and return its bytes."""
    book = Book(f"{evaluation.submission.unit.name.text}绩效评分")
    tables = {layout[0]: _table(book, layout) for layout in _before(evaluation)}
    forms = add_forms(book, evaluation, (*tables, scored_rules.TITLE))
    tables[scored_rules.TITLE] = _table(book, (scored_rules.TITLE, scored_rules.HEADINGS, True))
    detail = write_detail(tables[scored_detail.TITLE], evaluation, policy)
    shown = write_reconciliation(tables[scored_reconcile.TITLE], evaluation)

    def find(finding: Finding) -> str | None:
        own = (shown.of_rule(finding.code, place) for place in finding.cells)
        other = (shown.anywhere(place) for place in finding.cells)
        return next(filter(None, own), None) or detail.find(finding.cells) or next(filter(None, other), None)

    write_conclusion(tables[scored_conclusion.TITLE], evaluation, policy, detail, forms)
    write_findings(tables[scored_findings.TITLE], evaluation, find)
    write_forms(book, forms, evaluation, detail)
    write_rules(tables[scored_rules.TITLE], evaluation, policy)
    return book.close()


def _table(book: Book, layout: Layout) -> Table:
    title, headings, landscape = layout
    return Table(book, book.sheet(title, [heading.width for heading in headings], landscape=landscape), headings)


def _before(evaluation: Evaluation) -> Iterator[Layout]:
    """The sheets before the official forms, in workbook order."""
    yield scored_conclusion.TITLE, scored_conclusion.HEADINGS, False
    yield scored_findings.TITLE, scored_findings.HEADINGS, True
    yield scored_reconcile.TITLE, scored_reconcile.HEADINGS, True
    yield scored_detail.TITLE, scored_detail.sheet_headings(evaluation), True
