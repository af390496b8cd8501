"""The identities of ``reconcile`` as findings tell them: which a rule reports, and their figures in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..model import Figure, Identity, Verdict
from .case import Case, Held
from .words import figure, percent, points


def reported(case: Case, code: str, *verdicts: Verdict) -> Iterator[Identity | Held]:
    """The identities of a rule with such a verdict, those that wait for another finding as ``Held``."""
    for identity in case.identities:
        if identity.code == code and identity.verdict in verdicts:
            yield case.held(identity) or case.held_by_subtotal(identity) or identity


def said(identity: Identity, number: Decimal) -> str:
    """A number of an identity with its unit, as the form shows it."""
    if identity.unit == "%":
        return percent(number)
    return points(number) if identity.unit == "分" else f"{figure(number)} {identity.unit}"


def amount(case: Case, identity: Identity, number: Decimal | None) -> Figure | None:
    """A number of an identity as a figure of a finding: money always in 元."""
    if number is None:
        return None
    if identity.unit in ("%", "分"):
        return Figure(value=number, unit=identity.unit)
    return Figure.yuan(number * case.submission.scale)


def heading_of(identity: Identity) -> str:
    """The heading of an identity's total: the line and the column, or the column alone."""
    labels = dict.fromkeys((identity.left.label, identity.scope))
    return "，".join(labels)


def signed(identity: Identity, number: Decimal) -> str:
    """A difference in words: 多 or 少, and by how much."""
    return f"{'多' if number > 0 else '少'} {said(identity, abs(number))}"
