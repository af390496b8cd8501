"""Two folders of one reporting: which workbook of the one is which of the other, and what stands on one side alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from .comparison import Comparison, Fate
from .model import Keyed, Status
from .spec import fold


class Side(Keyed):
    """One of the two sides; the value is what people read."""

    OLD = "上次"
    NEW = "这次"


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """A workbook that could be read: its file, whose it is, its verdict, how many errors and how many findings in all."""

    file: str
    name: str
    code: str
    year: str
    status: Status
    errors: int
    findings: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Alone:
    """A unit's workbook on one side alone; ``twin`` where a file of that name lies on the other side and is unreadable."""

    side: Side
    form: Handed
    twin: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A file that could not be read, with what to do."""

    side: Side
    file: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """Workbooks of one unit of which nobody knows which follows which; one side may be left without."""

    olds: tuple[Handed, ...]
    news: tuple[Handed, ...]

    @property
    def any(self) -> Handed:
        """One of them, to name the unit by."""
        return (*self.news, *self.olds)[0]


@dataclass(frozen=True, kw_only=True)
class Resubmission:
    """What came of comparing two workbooks or two folders, in the order of the newer side."""

    comparisons: Sequence[Comparison] = ()
    alone: Sequence[Alone] = ()
    unclear: Sequence[Unclear] = ()
    unread: Sequence[Unread] = ()
    sides: Counter[Side] = field(default_factory=Counter)
    """How many workbooks of each side could be read."""

    @property
    def counts(self) -> dict[Fate, int]:
        """The findings of all pairs by their fate."""
        return {fate: sum(one.counts[fate] for one in self.comparisons) for fate in Fate}

    @property
    def unchanged(self) -> int:
        """How many units handed in the same once more."""
        return sum(1 for one in self.comparisons if one.sameness.unchanged)

    @property
    def empty(self) -> bool:
        """Whether not one workbook of a side could be read."""
        return not all(self.sides[side] for side in Side)

    @property
    def clean(self) -> bool:
        """Every file was read, and no error stands on the newer side."""
        others = [one.form for one in self.alone if one.side is Side.NEW]
        others += [form for one in self.unclear for form in one.news]
        wrong = any(one.new.errors for one in self.comparisons) or any(form.errors for form in others)
        return not self.unread and not wrong

    def alone_on(self, side: Side) -> list[Alone]:
        """The units that stand on one side alone."""
        return [one for one in self.alone if one.side is side]


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The places of the workbooks that belong together (old, new), and of those of which that is unclear."""

    pairs: tuple[tuple[int, int], ...]
    unclear: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def pair_up(olds: Sequence[Handed], news: Sequence[Handed]) -> Paired:
    """Pair the workbooks of two folders: by 单位编码 and 评价年度, by 单位名称 and 评价年度, then without the year.

    Of several workbooks of one unit and year those of one file name belong together; the others are unclear. Without
    the year, and where a unit's name and code are missing on one side, nothing is paired that is not the only one.
    """
    pairing = _Pairing(olds, news)
    pairing.join(lambda form: _both(form.code, form.year), guess=False)
    pairing.join(lambda form: _both(form.name, form.year), guess=False)
    for key in (_code, _name, _file):
        pairing.join(key, guess=True)
    return Paired(pairs=tuple(sorted(pairing.pairs, key=lambda pair: pair[1])), unclear=tuple(pairing.unclear))


def _both(text: str, year: str) -> Hashable:
    return (fold(text), year) if fold(text) else None


def _code(form: Handed) -> Hashable:
    return fold(form.code)


def _name(form: Handed) -> Hashable:
    return fold(form.name)


def _file(form: Handed) -> Hashable:
    return form.file


class _Pairing:
    """What is left on both sides, and what was paired so far."""

    def __init__(self, olds: Sequence[Handed], news: Sequence[Handed]) -> None:
        self.olds, self.news = olds, news
        self.left = list(range(len(olds))), list(range(len(news)))
        self.pairs: list[tuple[int, int]] = []
        self.unclear: list[tuple[tuple[int, ...], tuple[int, ...]]] = []

    def join(self, key: Callable[[Handed], Hashable], *, guess: bool) -> None:
        """Pair what has one key; ``guess`` where the key says little, so that nothing is paired but the only ones."""
        groups: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, forms in enumerate((self.olds, self.news)):
            for number in self.left[side]:
                if told := key(forms[number]):
                    groups[told][side].append(number)
        for olds, news in groups.values():
            if len(olds) == len(news) == 1 and not (guess and key is _file and not self.nameless(olds[0], news[0])):
                self.take(olds[0], news[0])
            elif olds and news and not guess:
                self.by_file(olds, news)

    def nameless(self, old: int, new: int) -> bool:
        """Whether one of two forms does not say whose it is."""
        return any(not fold(form.name) and not fold(form.code) for form in (self.olds[old], self.news[new]))

    def by_file(self, olds: list[int], news: list[int]) -> None:
        """Of several workbooks of one unit pair those of one file name, the whole path or its end; the rest is unclear."""
        for name in (_whole_name, _last_name):
            named = Counter(name(self.news[j]) for j in news)
            before = Counter(name(self.olds[i]) for i in olds)
            pairs = [
                (i, j)
                for i in olds
                for j in news
                if (said := name(self.olds[i])) == name(self.news[j]) and named[said] == before[said] == 1
            ]
            for i, j in pairs:
                self.take(i, j)
                olds.remove(i)
                news.remove(j)
        for side, numbers in zip(self.left, (olds, news), strict=True):
            side[:] = [number for number in side if number not in numbers]
        if olds or news:
            self.unclear.append((tuple(olds), tuple(news)))

    def take(self, old: int, new: int) -> None:
        self.pairs.append((old, new))
        self.left[0].remove(old)
        self.left[1].remove(new)


def _whole_name(form: Handed) -> str:
    return form.file


def _last_name(form: Handed) -> str:
    return PurePosixPath(form.file).name
