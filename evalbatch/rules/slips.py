"""Amounts that are 10,000 times off: 元 typed in a 万元 column, or the other way round.

A cell is suspected when taking its amount 10,000 times larger or smaller makes failing identities hold and breaks
none that holds. Where several cells could explain a failure, the one that explains most is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..model import Identity, Part, Verdict
from ..reconcile import LIMIT, SUM
from ..spec import Place

FACTORS = (Decimal(1) / 10_000, Decimal(10_000))
Cell = tuple[Place, Decimal]
"""A suspected cell and what its amount must be multiplied with."""


def find_slips(identities: Sequence[Identity]) -> dict[Place, tuple[Identity, Decimal]]:
    """The suspected cells, each with an identity it explains and its factor."""
    money = [i for i in identities if i.sums in (SUM, LIMIT) and i.code != "M108"]
    failing = [i for i in money if i.verdict is Verdict.DIFFERS]
    holding = [i for i in money if i.sums is SUM and i.verdict in (Verdict.EQUAL, Verdict.ROUNDING)]
    found: dict[Place, tuple[Identity, Decimal]] = {}
    while True:
        votes = _votes(failing, holding)
        if not votes:
            return found
        place, factor = max(votes, key=lambda cell: votes[cell])
        explained = [i for i in failing if place in i.places]
        own = [i for i in explained if i.record is not None and _part_at(i, place) is not None]
        found[place] = ((own or explained)[0], factor)
        failing = [i for i in failing if place not in i.places]


def _votes(failing: Sequence[Identity], holding: Sequence[Identity]) -> dict[Cell, int]:
    """For every cell that could explain a failure: failures explained (sums count twice) less identities broken."""
    votes: dict[Cell, int] = {}
    for identity in failing:
        for cell in _candidates(identity):
            votes[cell] = votes.get(cell, 0) + (2 if identity.sums is SUM else 1)
    broken = {cell: 2 * sum(1 for i in holding if cell[0] in i.places) for cell in votes}
    return {cell: n - broken[cell] for cell, n in votes.items() if n > broken[cell]}


def _candidates(identity: Identity) -> Iterator[Cell]:
    for part in (identity.left, *identity.parts):
        if part.place is None or not part.value or _holds_with(identity, part, Decimal(0)):
            continue
        for factor in FACTORS:
            if _holds_with(identity, part, part.value * factor):
                yield part.place, factor


def _part_at(identity: Identity, place: Place) -> Part | None:
    return next((part for part in (identity.left, *identity.parts) if part.place == place), None)


def _holds_with(identity: Identity, part: Part, value: Decimal) -> bool:
    left = value if part is identity.left else (identity.left.value or Decimal(0))
    right = sum((value if p is part else p.value or Decimal(0) for p in identity.parts), Decimal(0))
    if identity.sums is LIMIT:
        nearer = value < (part.value or 0) if part is identity.left else value > (part.value or 0)
        return nearer and right > 0 and right / 20 <= left <= right * Decimal("1.2")
    return abs(left - right) <= identity.tolerance
