"""What a whole run came to, as the roll-up, the tables and the rules across units see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .digest import Digest
from .model import Crossing, Member, Refusal, RuleRun, Waiver

__all__ = ["Crossing", "Expected", "Gathered", "Member"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """A unit that should hand in a workbook, as the bureau lists it."""

    code: str
    name: str
    department: str


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything a roll-up is made of.

    ``digests`` gives every workbook that was read with the name of its outputs, in input order, as often as it is
    called: they are too many to be held. Without a ``roster`` nobody knows who should have handed in. ``across`` says
    of every rule across units what came of it.
    """

    digests: Callable[[], Iterator[tuple[str, Digest]]]
    refusals: Sequence[Refusal]
    waivers: Sequence[Waiver] = ()
    roster: Sequence[Expected] | None = None
    crossings: Sequence[Crossing] = ()
    across: Sequence[RuleRun] = ()
