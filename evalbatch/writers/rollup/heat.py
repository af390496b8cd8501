"""The sheet 问题热力: the commonest faults with how to prevent them, and how often each rule finds something in each unit.

Only findings that stand are counted, those across units are not; a workbook without any has no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ...form import Unit
from ...rules import CATALOGUE
from ...spec import heading
from ..style import CENTER, COUNT, HEAD, SECTION, TEXT, Book, Look
from ..table import Heading
from .facts import Facts, UnitLine
from .long import Calc, Long, Value
from .looks import LINE_OF_WORDS, SUM, TALLY

TITLE = "问题热力"
MOST_RULES = 30
"""How many rules have a column of their own; the rest are summed in one."""
FEWEST = 20
"""How many narrow columns there are at least, so that the sentences above have room."""
COMMONEST = 10
NARROW = 3.9
COLOURS = {
    "type": "2_color_scale",
    "min_type": "num",
    "min_value": 0,
    "min_color": "#FFFFFF",
    "max_type": "percentile",
    "max_value": 97,
    "max_color": "#E8916B",
}

CELL: Look = {**CENTER, "num_format": COUNT, "text_wrap": False, "shrink": True}
UPRIGHT: Look = {**HEAD, "rotation": 90, "text_wrap": True, "valign": "bottom", "bold": False, "font_size": 9}
HEAD_HEIGHT = 132
HEAD_ROW = 3
TOP = 5
REST = "rest"
ONE_PAGE = 15
"""With more units than this the commonest faults begin a page of their own."""


class Heat:
    """The sheet: ``rules`` are those with a column of their own, the commonest first."""

    def __init__(self, book: Book, facts: Facts) -> None:
        self.facts = facts
        found = sorted(facts.rules.items(), key=lambda item: (-item[1], item[0]))
        self.rules = [code for code, _ in found[:MOST_RULES]]
        self.others = {code for code, _ in found[MOST_RULES:]}
        self.common = found[:COMMONEST]
        self.units = sorted((unit for unit in facts.units if unit.rules), key=lambda unit: -sum(unit.rules.values()))
        self.keys = [*self.rules, *([REST] if self.others else [])]
        self.blank = [f"blank{i}" for i in range(max(0, FEWEST - len(self.keys)))]
        self.table = Long(book, TITLE, self._headings())
        self.table.plan(len(self.units), TOP, tail=len(self.common) + 3)
        self.last = TOP + len(self.units) - 1

    def _headings(self) -> tuple[Heading, ...]:
        """The columns of the sheet, blank ones at the end where there are few rules."""
        return (
            Heading("no", "序号", 5, TALLY),
            Heading("name", heading(Unit, "name"), 28),
            Heading("all", "合计", 5.5, CELL),
            *(Heading(key, self._title(key), NARROW, CELL) for key in self.keys),
            *(Heading(key, "", NARROW, {}) for key in self.blank),
        )

    def _title(self, key: str) -> str:
        return f"其他 {len(self.others)} 条规则" if key == REST else rule_name(key)

    def write(self) -> None:
        """Write the sheet."""
        sheet, kinds = self.table.table, len(self.rules) + len(self.others)
        first, last = self.table.headings[0].key, self.table.headings[-1].key
        shown = f"（前 {len(self.rules)} 条各占一栏，其余合为一栏）" if self.others else ""
        every, clean = len(self.facts.units), len(self.facts.units) - len(self.units)
        left_out = f"，没有问题的 {clean} 份不列" if clean else ""
        sheet.title(TITLE, f"{every} 份自评表，{kinds} 条规则查出问题{shown}{left_out}；不含已豁免的和跨单位的")
        if not kinds:
            sheet.wide(2, first, last, "各单位都没有查出问题", LINE_OF_WORDS)
            self.table.finish()
            return
        sheet.link(2, first, self._words(), f"internal:'{TITLE}'!A{self.last + 3}", LINE_OF_WORDS, last=last)
        self._head()
        self._sums()
        for number, unit in enumerate(self.units, 1):
            self._unit(number, unit)
        self.table.finish(filtered=False)
        area = (TOP, sheet.col(self.keys[0]), self.last, sheet.col(self.keys[-1]))
        sheet.ws.conditional_format(*area, COLOURS)
        if len(self.units) > ONE_PAGE:
            sheet.ws.set_h_pagebreaks([self.last + 2])
        self._commonest(self.last + 2, first, last)

    def _words(self) -> str:
        """The three commonest faults, and where the rest of the ten stand."""
        three = [f"{rule_name(code)} {count} 处" for code, count in self.common[:3]]
        return f"最常见：{'；'.join(three)}。点这里看最常见的 {len(self.common)} 种和预防办法"

    def _head(self) -> None:
        sheet = self.table.table
        sheet.head(HEAD_ROW, dict.fromkeys((*self.keys, *self.blank), ""))
        for key in self.keys:
            sheet.book.text(sheet.ws, HEAD_ROW, sheet.col(key), self._title(key), UPRIGHT)
        for key in self.blank:
            sheet.book.number(sheet.ws, HEAD_ROW, sheet.col(key), None)
        sheet.height(HEAD_ROW, HEAD_HEIGHT)
        sheet.ws.freeze_panes(TOP, 3)
        sheet.ws.repeat_rows(HEAD_ROW)

    def _sums(self) -> None:
        sheet, row = self.table.table, TOP - 1
        sheet.put(row, "no", "", SUM)
        sheet.put(row, "name", "合计", SUM)
        for key, count in (("all", self.facts.rules.total()), *self._counts(self.facts.rules)):
            sheet.calc(row, key, f"SUM({sheet.span(key, TOP, self.last)})", count, SUM)

    def _counts(self, rules: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        """How often the rules of each column find something."""
        for code in self.rules:
            yield code, rules.get(code, 0)
        if self.others:
            yield REST, sum(count for code, count in rules.items() if code in self.others)

    def _unit(self, number: int, unit: UnitLine) -> None:
        sheet, row = self.table.peek()
        across = f"{sheet.at(row)(self.keys[0])}:{sheet.at(row)(self.keys[-1])}"
        counts: dict[str, Value] = {key: count or None for key, count in self._counts(unit.rules)}
        whole = Calc(f"SUM({across})", Decimal(sum(unit.rules.values())))
        self.table.add({"no": number, "name": unit.name, "all": whole, **counts})

    def _commonest(self, row: int, first: str, last: str) -> None:
        """The ten commonest faults below the units: how often, in how many units, how to prevent them."""
        sheet, fix = self.table.table, self.table.headings[4].key
        sheet.wide(row, first, last, f"最常见的 {len(self.common)} 种问题，怎样预防", SECTION)
        titles = {"name": "规则", "all": "处数", self.keys[0]: "份数"}
        for key in (first, *titles):
            sheet.put(row + 1, key, titles.get(key, sheet.headings[0].title), HEAD)
        sheet.wide(row + 1, fix, last, "预防办法", HEAD)
        for place, (code, count) in enumerate(self.common, 1):
            at, units = row + 1 + place, sum(1 for unit in self.units if unit.rules.get(code))
            sheet.put(at, first, place)
            sheet.put(at, "name", rule_name(code), TEXT)
            sheet.calc(at, "all", sheet.at(TOP - 1)(code), count)
            sheet.calc(at, self.keys[0], f'COUNTIF({sheet.span(code, TOP, self.last)},">0")', units)
            sheet.wide(at, fix, last, CATALOGUE[code].fix if code in CATALOGUE else "", TEXT)
        sheet.finish()


def rule_name(code: str) -> str:
    """A rule as its code and its name."""
    return f"{code} {CATALOGUE[code].name}" if code in CATALOGUE else code
