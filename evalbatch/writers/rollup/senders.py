"""Whose a file is that could not be read: told from its name alone, where that holds a unit's exact code or name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ...gathered import Expected
from ...legible import shown
from ...model import Refusal
from ...spec import fold

_CODE = re.compile(r"[0-9a-z]+(?:[-.][0-9a-z]+)*", re.IGNORECASE)
_PART = re.compile(r"[0-9a-z]+", re.IGNORECASE)
SHORTEST = 3
"""A code of fewer characters tells nothing: any number in a file name may look like it."""


class Senders:
    """The units of a roster, by their folded codes and names."""

    def __init__(self, roster: Sequence[Expected]) -> None:
        self.by_code = {code: unit for unit in reversed(roster) if len(code := fold(unit.code)) >= SHORTEST}
        self.by_name = {name: unit for unit in reversed(roster) if (name := fold(unit.name))}

    def of(self, refusal: Refusal) -> Expected | None:
        """The unit whose code or name stands in a file's name; None where none does, or several do."""
        text = fold(PurePosixPath(shown(refusal.file)).stem)
        found = {*self._by_code(text), *self._by_name(text)}
        return found.pop() if len(found) == 1 else None

    def _by_code(self, text: str) -> Iterator[Expected]:
        for whole in _CODE.findall(text):
            for code in [whole] if whole in self.by_code else _PART.findall(whole):
                if code in self.by_code:
                    yield self.by_code[code]

    def _by_name(self, text: str) -> Iterator[Expected]:
        """The units named; one whose name is part of another's that is there too is not."""
        names = [name for name in self.by_name if name in text]
        for name in names:
            if not any(name != other and name in other for other in names):
                yield self.by_name[name]


def sent(roster: Sequence[Expected], refusals: Sequence[Refusal]) -> Mapping[str, Expected]:
    """The unit of every file whose name tells it, by file."""
    senders = Senders(roster)
    told = ((refusal.file, senders.of(refusal)) for refusal in refusals)
    return {file: unit for file, unit in told if unit is not None}
