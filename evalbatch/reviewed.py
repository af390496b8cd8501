"""What the bureau's officer wrote into a roll-up, and which row of another roll-up it belongs to.

A row is known by the workbook it stands for and by what of that workbook it is about. Nothing is guessed: what fits no
row, or more than one, is left over with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .celltext import clean
from .digest import Digest
from .legible import shown
from .spec import fold

UNITS, PROJECTS, PROBLEMS = "units", "projects", "problems"
"""The kinds of rows that are reviewed: 汇总, 复核抽样, 整改台账."""
Item = tuple[str, ...]
Marks = Mapping[str, str]

_NO_UNIT = "这次没有这个单位"
_OTHER_YEAR = "这个单位这次交的是另一个年度的表"
_UNITS = "这个单位不止一份，分不清是哪一份"
_NO_ITEM = {PROJECTS: "现在的填报表里没有这个参评项目", PROBLEMS: "现在的填报表里没有这条问题", UNITS: _NO_UNIT}
_ITEMS = "一样的行不止一行"
_TAKEN = "这一行另有一处复核"


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """The workbook that a row stands for: its file, its unit, its year; blank is what the row does not tell."""

    file: str = ""
    name: str = ""
    code: str = ""
    department: str = ""
    year: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row: its kind, its workbook, and the texts of what it is about, the first of which decides."""

    kind: str
    whose: Whose
    item: Item = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What was written into a row, as texts by the keys of their columns, none of them blank.

    ``sha256`` is the hash of the workbook that lay before the officer, blank where nobody knows it.
    """

    row: Row
    sha256: str
    marks: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A review that fits no row, and why."""

    review: Review
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A review in its row; ``earlier`` where it is not known to be of the workbook that the row is made of."""

    review: Review
    earlier: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """The reviews of a roll-up: by the kind, the workbook's place among the digests (from 1) and the item of their rows."""

    placed: Mapping[tuple[str, int, Item], Placed] = field(default_factory=dict)
    left: Sequence[Left] = ()

    def of(self, kind: str, number: int, item: Item = ()) -> Placed | None:
        """The review of a row."""
        return self.placed.get((kind, number, item))

    def earlier(self, *kinds: str) -> int:
        """How many reviews, of all kinds or of some, are of an earlier workbook."""
        return sum(1 for (kind, *_), one in self.placed.items() if one.earlier and kind in (kinds or (kind,)))


def whose(digest: Digest) -> Whose:
    """What the rows of a workbook tell of it."""
    return Whose(
        file=shown(digest.file),
        name=digest.name or shown(digest.file),
        code=digest.code,
        department=digest.department,
        year=digest.year,
    )


def with_file(name: str, file: str) -> str:
    """How a unit is called in a row where others have its name."""
    return f"{name}（{shown(file)}）"


def rows_of(digest: Digest) -> Iterator[Row]:
    """Every row of a workbook that can be reviewed."""
    owner = whose(digest)
    yield Row(kind=UNITS, whose=owner)
    for project in digest.projects:
        if project.evaluated:
            yield Row(kind=PROJECTS, whose=owner, item=(project.name, project.code))
    for problem in digest.problems:
        yield Row(kind=PROBLEMS, whose=owner, item=(problem.problem, problem.projects, problem.measure))


def carry(reviews: Sequence[Review], digests: Iterable[tuple[str, Digest]]) -> Carried:
    """Put reviews into the rows of these workbooks, which are gone through once where there are any."""
    if not reviews:
        return Carried()
    rows: list[Row] = []
    origins: list[tuple[int, str]] = []
    for number, (_, digest) in enumerate(digests, 1):
        own = list(rows_of(digest))
        rows += own
        origins += [(number, digest.sha256)] * len(own)
    at, left = place(reviews, rows)
    placed = {}
    for index, review in at.items():
        (number, sha256), row = origins[index], rows[index]
        placed[row.kind, number, row.item] = Placed(review=review, earlier=review.sha256 != sha256)
    return Carried(placed=placed, left=left)


def place(reviews: Sequence[Review], rows: Sequence[Row]) -> tuple[dict[int, Review], list[Left]]:
    """The review of every row that has one, by the row's place, and those that are left over.

    Where several fit a row, the one that fits best has it; among equals none.
    """
    units = Units(row.whose for row in rows)
    of_unit: defaultdict[tuple[str, Whose], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        of_unit[row.kind, row.whose].append(index)
    wanted: defaultdict[int, list[tuple[int, Review]]] = defaultdict(list)
    left = []
    for review in reviews:
        row = review.row
        unit = units.find(row.whose)
        spot = unit if isinstance(unit, str) else _spot(row, of_unit[row.kind, unit[1]], rows)
        if isinstance(spot, str) or isinstance(unit, str):
            left.append(Left(review=review, why=str(spot)))
        else:
            wanted[spot[1]].append((2 * unit[0] + spot[0], review))
    at = {}
    for index, fitting in wanted.items():
        best = min(level for level, _ in fitting)
        first = [review for level, review in fitting if level == best]
        if len(first) == 1:
            at[index] = first[0]
        left += [Left(review=one, why=_TAKEN) for _, one in fitting if at.get(index) is not one]
    return at, left


def _spot(row: Row, there: Sequence[int], rows: Sequence[Row]) -> tuple[int, int] | str:
    """Which of a unit's rows is meant, all its texts agreeing (0) or the one that decides (1); else why none is."""
    own = _folded(row.item)
    folded = {index: _folded(rows[index].item) for index in there}
    same = [index for index, item in folded.items() if item == own]
    alike = [index for index, item in folded.items() if _deciding(item) == _deciding(own)]
    for level, found in enumerate((same, alike)):
        if found:
            return (level, found[0]) if len(found) == 1 else _ITEMS
    return _NO_ITEM[row.kind]


def _folded(item: Item) -> Item:
    return tuple(fold(clean(text)) for text in item)


def _deciding(item: Item) -> tuple[int, str]:
    return next(((place, text) for place, text in enumerate(item) if text), (0, ""))


class Units:
    """Workbooks, to be found by what a row tells of one."""

    def __init__(self, known: Iterable[Whose]) -> None:
        self._by: dict[str, defaultdict[str, list[Whose]]] = {
            key: defaultdict(list) for key in ("file", "code", "name")
        }
        for one in dict.fromkeys(known):
            for key, found in self._by.items():
                found[self._said(key, one)].append(one)

    @staticmethod
    def _said(key: str, one: Whose) -> str:
        text: str = getattr(one, key)
        return text if key == "file" else fold(text)

    def of_file(self, file: str) -> list[Whose]:
        """The workbooks of a file's name."""
        return self._by["file"].get(file, []) if file else []

    def find(self, wanted: Whose) -> tuple[int, Whose] | str:
        """The workbook that is meant, and whether its file (0), its code (1) or its name (2) tells; else why none is."""
        for level, (key, fits) in enumerate((("file", _kin), ("code", _same_year), ("name", _same_unit))):
            said = self._said(key, wanted)
            found = _narrowed([one for one in self._by[key].get(said, ()) if fits(one, wanted)], wanted) if said else []
            if len(found) == 1:
                return level, found[0]
            if found and key != "file":
                return _UNITS
        return _OTHER_YEAR if wanted.year and self.find(replace(wanted, year="")) != _NO_UNIT else _NO_UNIT


def _narrowed(found: list[Whose], wanted: Whose) -> list[Whose]:
    for key in ("name", "department"):
        if len(found) > 1:
            found = [one for one in found if fold(getattr(one, key)) == fold(getattr(wanted, key))] or found
    return found


def _agree(one: str, other: str) -> bool:
    """Whether two texts do not contradict each other."""
    return not (one and other) or fold(one) == fold(other)


def _same_year(one: Whose, wanted: Whose) -> bool:
    return _agree(one.year, wanted.year)


def _same_unit(one: Whose, wanted: Whose) -> bool:
    return _same_year(one, wanted) and _agree(one.code, wanted.code)


def _kin(one: Whose, wanted: Whose) -> bool:
    """Whether a file of the same name is the same unit's: one of code and name has stayed."""
    codes = bool(wanted.code) and fold(one.code) == fold(wanted.code)
    return _same_year(one, wanted) and (codes or _agree(one.name, wanted.name))
