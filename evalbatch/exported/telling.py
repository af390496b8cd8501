"""The columns of a list that tell a row from others of its project: the document, the fund, the day, not the amounts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ..listing import Cells, is_total
from ..spec import fold

_NUMBERED = re.compile(r"号|码")
_AMOUNT = re.compile(r"[-−+(（¥￥]*[\d,.，]+(?:元|万元|亿元)?[)）]?")


class Telling:
    """The columns of a sheet, those ``aside`` left out, by their headings."""

    def __init__(self, headings: Cells, aside: Collection[int]) -> None:
        self.headings = headings
        self.columns = [column for column in range(len(headings)) if column not in aside]
        self._numbered = {column for column in self.columns if _NUMBERED.search(headings[column])}

    def texts(self, cells: Cells) -> frozenset[int]:
        """The columns in which a row says something of its own: a text, or the number of a document."""
        return frozenset(
            column
            for column in self.columns
            if (text := cells[column].strip())
            and not is_total(text)
            and (column in self._numbered or not _AMOUNT.fullmatch(text))
        )

    def by_heading(self, cells: Cells) -> Mapping[str, str]:
        """What a row says of its own, by heading."""
        return {fold(self.headings[column]): fold(cells[column]) for column in self.texts(cells)}

    def say_total(self, cells: Cells) -> bool:
        """Whether a row says that it is one of totals."""
        return is_total(*(cells[column] for column in self.columns))
