"""Figures stated in running text: a label directly followed by a number and a unit, where it speaks of this year.

Changes, parts of something else, other years, averages and targets are not figures of the workbook: wherever one of
them may be meant, nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ..formula import quantize
from ..spec import Place
from .prose import CLAUSE, Spot, sentence_at

_SCALES = {"亿元": Decimal(100_000_000), "万元": Decimal(10_000), "%": Decimal("0.01")}
MONEY, PEOPLE, SHARE, POINTS = "元", "人", "%", "分"
"""The kinds of figures, by the unit they are counted in."""
COUNTED = "个"
"""The unit projects are counted in."""


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A figure of the workbook that a label may mean, in 元, as a fraction, in points or as a count, and its cells.

    ``amount`` is one of the names in AMOUNT_COLUMNS, where it is one of these. One that is ``aside`` is accepted, but not what the label means first of all.
    """

    value: Decimal
    name: str
    cells: tuple[Place, ...]
    amount: str = ""
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words (a pattern) that name a figure, the kind of unit it is counted in, and what it may mean.

    A ``whole`` is what parts named after 其中 are parts of; an ``explicit`` label says itself that it is the unit's.
    """

    words: str
    kind: str
    meant: tuple[Meant, ...]
    whole: bool = False
    explicit: bool = False


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A figure in a text, ``spot`` being its label, number and unit; the value is in 元, a fraction, points, a count.

    ``amount`` says which of the three amounts it is, where its words say so.
    """

    spot: Spot
    label: Label
    value: Decimal
    unit: str
    decimals: int
    amount: str = ""

    @property
    def agrees(self) -> bool:
        """Whether it is one of the figures it may mean, at the decimals it is printed with, half up."""
        scale = _SCALES.get(self.unit, Decimal(1))
        return any(quantize(one.value / scale, self.decimals) == self.value / scale for one in self.label.meant)


_FIGURE = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)[ \t]*"
    r"(?P<unit>[亿万]?元|[人名个](?!次|数|均|月|体)|%|分(?!之|别|钟))(?![ \t]*(?:[/每以左上下余多至~(-]|标准))"
)
_BOUNDARY = re.compile(r".*(?:[,。;:(、!?\s]|[元人名个%分][和及与])", re.S)
_REACH = 40
"""How far before a number its label may begin."""
_BEFORE = (
    r"(?:20\d\d年末?度?|[本我](?:单位|部门|年度?|[院校局所馆站会委办厅])|全[院校局所馆]|年度|年[初末]|全年|当年|部门|单位|财政|批复|安排|实现|完成|共计?|以及|包括|其中|实际|"
    r"实有|现有|核定|和|及|与|的)*"
)
_AFTER = (
    r"(?:支出|收入)?(?:年初|全年|调整)?(?:预算|决算|执行)?(?:安排|完成|到位)?(?:总计|总额|金额|人数|总数|数|额)?"
    r"(?:为|是|共计?|合计|达到|达)?"
)
_OTHER = re.compile(
    r"明年|次年|下年|同比|环比|比[上去年预]|较|增长|增加|减少|下降|压减|追加|调[增减]|人均|户均|平均|"
    r"每[人户个年月]|下属|所属|二级|机关|中心|目标|指标|要求|力争|计划(?!生育)|拟|标准|不低于|不超过|原|调整前|"
    r"政府性基金|国有资本|专户|代管|分别|剔除|扣除|不含"
)
_SPENT = re.compile(r"执行|决算|实际|全年支出|完成")
_WHEN = re.compile(
    r"(?:上年|去年|往年|前年|上一年)(?!结转)|上半年|下半年|季度|(?<!1)\d月|1[01]月|截至(?!20\d\d年(?:12月|年?末|底))|累计"
)
"""Before a figure in its sentence: another time is spoken of."""
_OF_ONE = re.compile(r"项目(?!支出|资金|预算)|下设|下属|所属|内设|二级|《|“(?!三公)")
"""Before a figure in its sentence: it may be a single project's, or another unit's."""
_OF_COST = re.compile(r"费|采购|补[助贴]|三公|专户")
"""Before a total in its sentence: it may be the total of one kind of cost."""
_MOVES = re.compile(r"年初|调[入出离任]|新[增进招聘]|招[录聘]|增加|减少|辞|离职|年内|当年退|本年退|离休|离退休")
"""Before a number of people: they came or went, or were there at another time."""
_THING = re.compile(r"(?![和及与以占比较均都已全完达])[\u4e00-\u9fff]")
"""Behind an amount: what it was spent on, so that it may be a part of what its label says."""
_PARTS = re.compile(r"其中|包括|包含|含|主要[为是用]|用于|由")
_YEARS = re.compile(r"(20\d\d)年")


def find(text: str, labels: Sequence[Label], year: int | None, *, of_unit: bool = True) -> Iterator[Stated]:
    """The figures that stand directly behind one of the labels, in their order.

    Where they are ``of_unit``, sentences that have spoken of a single project are left out.
    """
    before: list[Stated] = []
    for figure in _FIGURE.finditer(text):
        stated = _labelled(text, figure, labels)
        if stated is not None:
            aside = _speaks_of_other(text, stated, year) or (of_unit and _speaks_of_one(text, stated))
            if not aside and _is_own(text, stated, before):
                yield stated
            before.append(stated)


def _labelled(text: str, figure: re.Match[str], labels: Sequence[Label]) -> Stated | None:
    """A number with the label right before it, if one of the labels stands there."""
    number, unit = figure["number"].replace(",", ""), figure["unit"]
    kind = PEOPLE if unit in "人名个" else unit[-1]
    known = [label for label in labels if label.kind == kind and label.meant]
    end = len(text[: figure.start()].rstrip(" \t:"))
    boundary = _BOUNDARY.match(text, max(0, end - _REACH), end)
    start = boundary.end() if boundary else max(0, end - _REACH)
    match = _pattern(tuple(label.words for label in known)).fullmatch(text, start, end) if known else None
    if match is None or match.lastgroup is None:
        return None
    return Stated(
        spot=(match.start(match.lastgroup), figure.end("unit")),
        label=known[int(match.lastgroup[1:])],
        value=Decimal(number) * _SCALES.get(unit, Decimal(1)),
        unit=unit,
        decimals=len(number.partition(".")[2]),
        amount="initial" if "年初" in match[0] else "executed" if _SPENT.search(match[0]) else "",
    )


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    labels = "|".join(f"(?P<l{i}>{word})" for i, word in enumerate(words))
    return re.compile(f"{_BEFORE}(?:{labels}){_AFTER}")


def _speaks_of_one(text: str, stated: Stated) -> bool:
    first, _ = sentence_at(text, stated.spot[0])
    if stated.label.whole and _OF_COST.search(text, first, stated.spot[0]):
        return True
    return not stated.label.explicit and _OF_ONE.search(text, first, stated.spot[0]) is not None


def _speaks_of_other(text: str, stated: Stated, year: int | None) -> bool:
    """Whether another year, a change, an average, a target or another unit is spoken of."""
    start, end = stated.spot
    first, _ = sentence_at(text, start)
    if stated.label.kind == PEOPLE and _MOVES.search(text, first, start):
        return True
    years = [int(found) for found in _YEARS.findall(text, first, start)]
    if (years and years[-1] != year) or _WHEN.search(text, first, start):
        return True
    clause = max(text.rfind(sign, first, start) for sign in CLAUSE + "、(") + 1
    if stated.label.kind == MONEY and _THING.match(text, end):
        return True
    stop = min((at for sign in CLAUSE + "、" if (at := text.find(sign, end)) >= 0), default=len(text))
    return _OTHER.search(text[max(first, clause) : start] + " " + text[end:stop]) is not None


def _is_own(text: str, stated: Stated, before: Sequence[Stated]) -> bool:
    """Whether a figure is the unit's, not a part of something else said before it in the sentence."""
    first, _ = sentence_at(text, stated.spot[0])
    marks = [match.start() for match in _PARTS.finditer(text, first, stated.spot[0])]
    if not marks:
        return True
    wholes = [one for one in before if first <= one.spot[0] < marks[-1]]
    return bool(wholes) and wholes[-1].label.whole and wholes[-1].agrees
