"""The years of the rows of a file: which of them it tells, and which rows are of none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..approved import Fault
from ..rules.words import listed
from .books import AMOUNTS, Book
from .sheets import Row

_STRAY = 10
"""A year of payments has at least one row for so many of the fullest year."""


@dataclass(frozen=True, kw_only=True)
class Dated:
    """The rows of a file's years and these years, from the first to the last; what is to be said of the rest.

    Where no row tells its year there are no years, and all rows are of one.
    """

    rows: list[Row]
    years: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def several(self) -> bool:
        """Whether the rows are of more than one year."""
        return len(self.years) > 1

    def in_each(self) -> list[Row]:
        """The rows, of several years those without one in each of them: nobody knows which of their projects they change."""
        if not self.several:
            return self.rows
        return [
            one
            for row in self.rows
            for one in ([row] if row.year else [replace(row, year=year) for year in self.years])
        ]


def dated(rows: Sequence[Row], book: Book, *, by_date: bool) -> Dated:
    """The rows by their years, told by the dates of payments or by a column of years.

    Of dates a year with a few rows is none: they were exported with the others. Rows whose year nobody can tell are
    unread; what has no amount needs none.
    """
    counts = Counter(row.year for row in rows if row.year)
    if not counts:
        return Dated(rows=list(rows), years=(), faults=())
    most = max(counts, key=lambda year: (counts[year], year))
    years = {year for year in counts if not by_date or counts[year] >= counts[most] / _STRAY}
    strays = [row for row in rows if row.year and row.year not in years]
    others = [row for row in rows if row.year in years - {most}] if by_date else []
    kept = [row for row in rows if not row.year or row.year in years]
    lost = [row for row in kept if not row.year and (row.undated or len(years) > 1) and _has_amount(row)]
    held = set(map(id, lost))
    if held:
        kept = [replace(row, unread=True) if id(row) in held else row for row in kept]
    faults = (*_of_others(strays, others, book, most), *_of_lost(lost, book, by_date=by_date))
    return Dated(rows=kept, years=tuple(sorted(years)), faults=faults)


def _of_others(strays: Sequence[Row], others: Sequence[Row], book: Book, most: str) -> Iterator[Fault]:
    """What is said of rows of other years than most: a few were left out, more are a year of their own."""
    for rows, what, fix in (
        (strays, "没有计入", "请只导出一个年度的数据，再运行一次。"),
        (others, "只与各自年度的自评表核对", "请核对这些行的日期。"),
    ):
        if rows:
            at = listed([row.where for row in rows])
            yield Fault(message=f"{book.kind}里有 {len(rows)} 行的日期不在 {most} 年，{what}：{at}。", fix=fix)


def _of_lost(lost: Sequence[Row], book: Book, *, by_date: bool) -> Iterator[Fault]:
    """What is said of rows whose year cannot be read, or is not there."""
    column, example = ("日期", "2025-03-01") if by_date else ("年度", "2025")
    unread = [f"{row.where}“{row.undated}”" for row in lost if row.undated]
    blank = [row.where for row in lost if not row.undated]
    for said, what, fix in (
        (unread, f"{column}读不出来", f"请改成“{example}”这样的{column}，再运行一次。"),
        (blank, f"{column}没有写，分不出是几个年度里的哪一年", f"请补上{column}，再运行一次。"),
    ):
        if said:
            yield Fault(message=f"{book.kind}里有 {len(said)} 行的{what}：{listed(said)}；这些项目没有核对。", fix=fix)


def _has_amount(row: Row) -> bool:
    return any(getattr(row, field) for field in AMOUNTS)
