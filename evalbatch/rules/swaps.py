"""全年预算数 and 全年执行数 typed in each other's cell: the claimed rate, or the sums of both columns, tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..formula import quantize
from ..model import Identity, Verdict
from ..reconcile import SUM
from ..spec import Place
from .slips import holds_with


def find_swaps(identities: Sequence[Identity]) -> tuple[Identity, ...]:
    """The limits that are exceeded only because their two amounts stand in each other's cell."""
    differing = [identity for identity in identities if identity.verdict is Verdict.DIFFERS]
    return tuple(over for over in differing if over.code == "M106" and _is_swapped(over, differing))


def _is_swapped(over: Identity, differing: Sequence[Identity]) -> bool:
    executed, (budget,) = over.left, over.parts
    if executed.place is None or budget.place is None or not executed.value or not budget.value:
        return False
    swapped = {executed.place: budget.value, budget.place: executed.value}
    touched = [identity for identity in differing if not swapped.keys().isdisjoint(identity.places)]
    if any(i.code == "M109" and swapped.keys() <= {*i.places} and _is_claimed(i, swapped) for i in touched):
        return True
    sums = [identity for identity in touched if identity.sums is SUM and identity.code != "M108"]
    return any(_mended([i for i in sums if i.code == code], swapped) for code in {i.code for i in sums})


def _is_claimed(rate: Identity, swapped: Mapping[Place, Decimal]) -> bool:
    """Whether the claimed rate, at the decimals it is printed with, is that of the swapped amounts."""
    top, bottom = (swapped[place] for place in rate.places if place in swapped)
    return quantize(top / bottom, -rate.tolerance.adjusted() - 1) == rate.left.value


def _mended(sums: Sequence[Identity], swapped: Mapping[Place, Decimal]) -> bool:
    """Whether sums of both columns fail, and all of them hold with the swapped amounts."""
    used = {place for identity in sums for place in identity.places}
    return swapped.keys() <= used and all(holds_with(identity, swapped) for identity in sums)
