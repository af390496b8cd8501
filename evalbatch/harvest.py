"""A roll-up that the officer wrote into: what stands there now in the columns that are the officer's own.

Columns are found by their headings and rows by what they are about, wherever they stand. Only rows that are there
replace what was known of them; a column that is not found changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .reviewed import PROBLEMS, PROJECTS, UNITS, Item, Left, Review, Row, Units, Whose, place, with_file
from .spec import fold
from .tables import each_sheet
from .writers.rollup import actions, leftover, sample, units
from .writers.rollup.looks import OUTCOME, REVIEW
from .writers.table import Heading

HEADING_ROWS = 40
"""The headings stand within the first rows, even if some were inserted above them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A workbook that a roll-up was made of."""

    whose: Whose
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a roll-up was made of and which reviews it showed: in their rows, and listed as left over."""

    made: tuple[Made, ...] = ()
    placed: tuple[Review, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvest:
    """The reviews that hold now, and in words what could not be read."""

    reviews: tuple[Review, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sheet that is reviewed: the keys of the columns that tell a row's unit and item, and those that are the officer's."""

    kind: str
    title: str
    headings: Sequence[Heading]
    name: str
    item: Item
    own: Sequence[Heading]


_KINDS = (
    _Kind(UNITS, units.TITLE, units.HEADINGS, "name", (), REVIEW),
    _Kind(PROJECTS, sample.TITLE, sample.HEADINGS, "unit", ("name", "code"), REVIEW),
    _Kind(PROBLEMS, actions.TITLE, actions.HEADINGS, "unit", ("problem", "projects", "measure"), OUTCOME),
)
_LEFT = _Kind("", leftover.TITLE, leftover.HEADINGS, "unit", (), (*REVIEW, *OUTCOME))
Cells = Mapping[str, str]
Marks = dict[str, str]


def harvest(data: bytes, shown: Shown, known: Sequence[Review] = ()) -> Harvest:
    """The reviews after the officer wrote into a roll-up that showed some, its bytes found safe. Raises ValueError.

    ``known`` are those that hold so far; others than the roll-up showed were taken by a run that did not come to an end.
    """
    found = _Found(shown, known)
    sheets = list(each_sheet(data, lambda title: any(_is(kind, title) for kind in (*_KINDS, _LEFT))))
    rows: defaultdict[Row, list[Marks]] = defaultdict(list)
    for kind in _KINDS:
        pages = [(title, page) for title, page in sheets if _is(kind, title)]
        if not pages:
            found.faults.append(f"没有工作表“{kind.title}”，它的复核照上次的保留")
        for cells in found.cells(kind, pages):
            rows[found.row(kind, cells)].append(_marks(kind, cells))
    found.rows(rows)
    found.leftover(found.cells(_LEFT, [(title, page) for title, page in sheets if _is(_LEFT, title)]))
    return Harvest(reviews=tuple(found.reviews), faults=tuple(found.faults))


def _is(kind: _Kind, title: str) -> bool:
    """Whether a sheet of this title is one of a kind, or carries it on."""
    base, _, number = title.strip().partition(" (")
    return base == kind.title and (not number or number.rstrip(")").isdecimal())


def _marks(kind: _Kind, cells: Cells) -> Marks:
    """The officer's columns of a row, as far as they are there."""
    return {heading.key: cells[heading.key] for heading in kind.own if heading.key in cells}


class _Found:
    """The reviews while they are being read; at first those that were shown."""

    def __init__(self, shown: Shown, known: Sequence[Review]) -> None:
        self.shown = shown
        self.reviews = [*shown.placed, *(left.review for left in shown.left)]
        self.others = [review for review in known if review not in self.reviews]
        self.faults: list[str] = []
        self.units = Units(made.whose for made in shown.made)
        self.labels = {with_file(one.whose.name, one.whose.file): one.whose for one in shown.made}
        self.hashes = {made.whose: made.sha256 for made in shown.made}

    def cells(self, kind: _Kind, pages: Iterable[tuple[str, list[list[str]]]]) -> Iterator[Cells]:
        """The known columns of every row of a sheet, by their keys."""
        for title, page in pages:
            head, columns = _head(kind, page)
            needed = {h.key: h.title for h in kind.headings if h.key in (kind.name, *kind.item[:1])}
            if missing := [said for key, said in needed.items() if key not in columns]:
                self.faults.append(f"工作表“{title}”里找不到“{'”“'.join(missing)}”一栏，这张表的复核照上次的保留")
                continue
            if missing := [heading.title for heading in kind.own if heading.key not in columns]:
                self.faults.append(f"工作表“{title}”里找不到“{'”“'.join(missing)}”一栏，这一栏照上次的保留")
            for row in page[head + 1 :]:
                yield {key: row[column] for key, column in columns.items()}

    def row(self, kind: _Kind, cells: Cells) -> Row:
        """What a row of the sheet is about; its workbook as the roll-up was made of it, where it is known for sure."""
        said = Whose(
            file=cells.get("file", ""),
            name=cells[kind.name],
            department=cells.get("department", ""),
            year=cells.get("year", ""),
        )
        return Row(kind=kind.kind, whose=self._known(said), item=tuple(cells.get(key, "") for key in kind.item))

    def _known(self, said: Whose) -> Whose:
        """The workbook of the roll-up that a row tells of; where that is not clear, what the row tells."""
        of_file = self.units.of_file(said.file)
        found = self.units.find(said)
        if len(of_file) == 1:
            return of_file[0]
        return self.labels.get(said.name, said) if isinstance(found, str) else found[1]

    def rows(self, written: Mapping[Row, Sequence[Marks]]) -> None:
        """Let every row replace what was shown in it, and what is not known to have been shown."""
        rows = list(written)
        at, _ = place(self.shown.placed, rows)
        for index, row in enumerate(rows):
            before = at.get(index)
            known = {} if before is None else before.marks
            variants = [_filled({**known, **marks}) for marks in written[row]]
            told = [marks for marks in variants if marks]
            if before is not None and (not told or any(marks != known for marks in told)):
                self.reviews.remove(before)
            for number, marks in enumerate(told):
                if (before is None or marks != known) and marks not in told[:number]:
                    self.reviews.append(Review(row=row, sha256=self.hashes.get(row.whose, ""), marks=marks))
        _, without_row = place(self.others, rows)
        self.reviews += [one.review for one in without_row if one.review not in self.reviews]

    def leftover(self, listed: Iterable[Cells]) -> None:
        """Let every row of the reviews that were left over replace the one it shows."""
        reviews = {str(number): left.review for number, left in enumerate(self.shown.left, 1)}
        for cells in listed:
            before = reviews.pop(cells.get("no", ""), None)
            if before is None or fold(before.row.whose.name) != fold(cells["unit"]):
                continue
            marks = _filled({**before.marks, **_marks(_LEFT, cells)})
            at = self.reviews.index(before)
            self.reviews[at : at + 1] = [replace(before, marks=marks)] if marks else []


def _filled(marks: Marks) -> Marks:
    return {key: text for key, text in marks.items() if text}


def _head(kind: _Kind, page: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the column of each that is there; of two of one name the first."""
    titles = {fold(heading.title): heading.key for heading in kind.headings}
    found: list[dict[str, int]] = []
    for row in page[:HEADING_ROWS]:
        columns: dict[str, int] = {}
        for column, text in enumerate(row):
            if key := titles.get(fold(text)):
                columns.setdefault(key, column)
        found.append(columns)
    best = max(range(len(found)), key=lambda row: len(found[row]), default=0)
    return best, found[best] if found else {}
