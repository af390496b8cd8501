"""Frames of a whole run, and the cells of lists. The only module that knows pandas.

pandas takes a third of a second to be imported: it is, by whoever first needs a frame. Lists do without.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from .approved import Fault
from .digest import Digest
from .entries import text_of
from .model import Crossing, RuleRun
from .policy import Policy
from .read import cells_of_workbook
from .rules import Answers, Batch, Form, Price, run_across
from .spec import fold

if TYPE_CHECKING:
    from pandas import DataFrame, Series

T = TypeVar("T")
_UNITS = ("name", "code", "department", "year", "file", "sha256", "claimed")
_PROJECTS = ("number", "table", "project", "answered")
_STANDARDS = ("number", "content", "price", "cell")


def _pandas() -> Any:
    """pandas, told to keep to one thread: frames are small here."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import pandas

    return pandas


# --- across units -------------------------------------------------------------------------------------------------


def across_units(
    digests: Iterable[tuple[str, Digest]], policy: Policy, faults: Sequence[Fault] | None = None
) -> tuple[tuple[Crossing, ...], tuple[RuleRun, ...]]:
    """The faults that show only across units, and what came of every rule that looks for them.

    ``faults`` are those of the bureau's own files.
    """
    return run_across(batch_of(digests, policy, faults))


def batch_of(digests: Iterable[tuple[str, Digest]], policy: Policy, faults: Sequence[Fault] | None = None) -> Batch:
    """What the rules across units look at. The digests are gone through once, and not held."""
    units: list[tuple[Any, ...]] = []
    projects: list[tuple[Any, ...]] = []
    standards: list[tuple[Any, ...]] = []
    for number, (_, digest) in enumerate(digests, 1):
        units.append(tuple(getattr(digest, name) for name in _UNITS))
        projects += [(number, p.table, p.name or p.code, p.answered) for p in digest.projects if p.table]
        standards += [(number, s.content, s.price, s.cell) for s in digest.standards]
    if len(units) < 2:
        return Batch(policy=policy, faults=faults)
    frame = _units(units)
    forms = [Form(number=number, **row._asdict()) for number, row in enumerate(_rows(frame), 1)]
    return Batch(
        policy=policy,
        faults=faults,
        forms=forms,
        of_unit=_shared(frame, forms, ["unit", "year"], "sha256"),
        of_bytes=_shared(frame.assign(number=frame.index), forms, ["sha256"], "number"),
        of_department=_of_department(frame, forms),
        same_answers=_same_answers(_frame(projects, _PROJECTS), forms),
        of_content=_of_content(_frame(standards, _STANDARDS), forms),
    )


def _frame(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> DataFrame:
    """A frame whose values stay what they are: texts texts, amounts exact."""
    frame: DataFrame = _pandas().DataFrame(rows, columns=list(columns), dtype=object)
    return frame


def _units(rows: Sequence[tuple[Any, ...]]) -> DataFrame:
    """The workbooks, each with what tells its unit from others: its code, or the code that others of its name have, or
    its name; without either it stands for itself.
    """
    frame = _frame(rows, _UNITS)
    codes, names = frame["code"].map(fold), frame["name"].map(fold)
    known = dict(zip(names[codes != ""], codes[codes != ""], strict=True))
    own = codes.where(codes != "", names.map(lambda name: known.get(name, name) if name else ""))
    frame["unit"] = own.where(own != "", frame["sha256"])
    return frame


def _shared(frame: DataFrame, rows: Sequence[T], by: list[str], differs: str) -> list[list[T]]:
    """The rows that agree in some columns and not in another, group by group, in the order of the first of each."""
    held = frame[frame.groupby(by, sort=False)[differs].transform("nunique") > 1]
    return [[rows[row] for row in part.index] for _, part in held.groupby(by, sort=False)]


def _of_department(frame: DataFrame, forms: Sequence[Form]) -> list[list[Form]]:
    keyed = frame.assign(department=frame["department"].map(fold))
    return _shared(keyed[keyed["department"] != ""], forms, ["department", "year"], "unit")


def _same_answers(frame: DataFrame, forms: Sequence[Form]) -> list[list[Answers]]:
    rows = [Answers(form=forms[row.number - 1], project=row.project, answered=row.answered) for row in _rows(frame)]
    return _shared(frame.assign(unit=_unit_of(frame, forms)), rows, ["table"], "unit")


def _of_content(frame: DataFrame, forms: Sequence[Form]) -> list[list[Price]]:
    rows = [
        Price(form=forms[row.number - 1], content=row.content, price=row.price, cell=row.cell) for row in _rows(frame)
    ]
    years = frame["number"].map(lambda number: forms[number - 1].year)
    keyed = frame.assign(unit=_unit_of(frame, forms), year=years, content=frame["content"].map(fold))
    return _shared(keyed, rows, ["content", "year"], "unit")


def _unit_of(frame: DataFrame, forms: Sequence[Form]) -> Series[Any]:
    return frame["number"].map(lambda number: forms[number - 1].unit)


def _rows(frame: DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def summed(
    rows: Sequence[T], by: Sequence[str], amounts: Sequence[str]
) -> list[tuple[list[T], dict[str, Decimal | None]]]:
    """The rows that agree in some fields, with the sums of their amounts, exact; None where all are blank.

    Group by group, in the order of the first of each.
    """
    if not rows:
        return []
    names = [*by, *amounts]
    frame = _frame([tuple(getattr(row, name) for name in names) for row in rows], names)
    groups = frame.groupby(list(by), sort=False)
    sums = groups[list(amounts)].sum(min_count=1)
    together: list[list[T]] = [[] for _ in range(len(sums))]
    for row, number in zip(rows, groups.ngroup().tolist(), strict=True):
        together[number].append(row)
    added = zip(*(sums[name].tolist() for name in amounts), strict=True)
    return [
        (group, {name: one if isinstance(one, Decimal) else None for name, one in zip(amounts, each, strict=True)})
        for group, each in zip(together, added, strict=True)
    ]


def alike_rows(rows: Sequence[T], by: Sequence[str]) -> list[list[T]]:
    """Two and more rows that agree in some fields, group by group, in the order of the first of each."""
    if not rows:
        return []
    frame = _frame([tuple(getattr(row, name) for name in by) for row in rows], by)
    frame = frame[frame.duplicated(keep=False)]
    return [[rows[number] for number in part.index] for _, part in frame.groupby(list(by), sort=False)]


# --- workbooks and lists as texts ---------------------------------------------------------------------------------


def each_sheet(data: bytes, wanted: Callable[[str], bool] = bool) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets with a wanted title of a workbook that was found safe, one after the other, their cells as texts.

    Raises ValueError.
    """
    return ((title, [list(map(text_of, row)) for row in rows]) for title, rows in cells_of_workbook(data, wanted))


def rows_of_text(text: str) -> list[list[str]]:
    """The cells of a text, with commas, semicolons or tabs between them, all rows as wide. Raises ValueError."""
    between = max(",;\t", key=text.count)
    read = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        rows = [[cell.strip() for cell in row] for row in read]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    widest = max(map(len, rows), default=0)
    return [row + [""] * (widest - len(row)) for row in rows]
