"""What the rows of a list add up to, between any two of its lines: whether a row is a total of others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate

Amounts = Mapping[str, Decimal | None]
"""Amounts by field, None where a row has none."""
_NONE = Decimal(0)


class Addends:
    """The rows of a list that count: the number of each, its amounts, and whose it is; ``stops`` are its rows of totals.

    Both in the order of the list, whose last row is ``last``.
    """

    def __init__(
        self, rows: Sequence[tuple[int, Amounts, Sequence[Hashable]]], stops: Sequence[int], last: int
    ) -> None:
        self._rows, self._stops = rows, [0, *stops, last + 1]
        self._numbers = [number for number, _, _ in rows]

    def are_total(self, amounts: Amounts, number: int) -> bool:
        """Whether all amounts of a row are totals."""
        return all(amount is None or self.is_total(field, amount, number) for field, amount in amounts.items())

    def is_total(self, field: str, amount: Decimal, number: int) -> bool:
        """Whether an amount adds up rows above, rows below, all, or those of one owner."""
        return amount in self.sums(field, number) or amount in self._of_owners.get(field, ())

    def nearest(self, field: str, amount: Decimal, number: int) -> Decimal:
        """What is nearest to an amount of all that it might be the total of."""
        sums = [*self.sums(field, number), *self._of_owners.get(field, ())]
        near: Decimal = min(sums, key=lambda one: abs(one - amount))
        return near

    def sums(self, field: str, number: int) -> list[Decimal]:
        """The sums of the rows above and below, up to the next row of totals and to the end, and of all."""
        end = self._stops[-1]
        before, after = (
            self._stops[bisect_left(self._stops, number) - 1],
            self._stops[bisect_right(self._stops, number)],
        )
        sets = [(0, number), (0, end), (before, number), (number, after), (number, end)]
        return [self._between(field, *bounds) for bounds in dict.fromkeys(sets)]

    def _between(self, field: str, first: int, last: int) -> Decimal:
        running = self._running.get(field)
        if running is None:
            return _NONE
        return running[bisect_left(self._numbers, last)] - running[bisect_right(self._numbers, first)]

    @cached_property
    def _running(self) -> dict[str, list[Decimal]]:
        """What the rows come to up to each of them, by field."""
        fields = dict.fromkeys(field for _, amounts, _ in self._rows for field in amounts)
        return {
            field: list(accumulate((amounts.get(field) or _NONE for _, amounts, _ in self._rows), initial=_NONE))
            for field in fields
        }

    @cached_property
    def _of_owners(self) -> dict[str, frozenset[Decimal]]:
        """What everyone's rows come to, by field."""
        whole: dict[str, dict[Hashable, Decimal]] = {}
        for _, amounts, owners in self._rows:
            for field, amount in amounts.items():
                sums = whole.setdefault(field, {})
                for owner in owners:
                    sums[owner] = sums.get(owner, _NONE) + (amount or _NONE)
        return {field: frozenset(sums.values()) for field, sums in whole.items()}
