"""The sheet 收支对账: every identity of the unit's figures, its verdict recomputed by formulas from typed figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from ..against import BUDGET_CODE, CODES, NAMES, PAID_CODE
from ..approved import APPROVED, PAID
from ..form import Project, Standard, Unit
from ..formula import Address, plain
from ..model import Evaluation, Identity, Part, Verdict
from ..reconcile import LIMIT, decimals
from ..rules.words import cells as cells_of
from ..spec import Place, heading, sheet_of
from .style import (
    BAND_FILL,
    CALC_FILL,
    CENTER,
    ERROR_FILL,
    GOOD_FILL,
    GRID,
    HEAD,
    MONEY,
    NAVY,
    NOTICE_FILL,
    NUMBER,
    SCORE,
    Look,
)
from .table import Heading, Table, address

TITLE = "收支对账"
PART_KEYS = ("part1", "part2", "part3", "part4")
CLAIM_KEYS = ("left", *PART_KEYS)
AMOUNT: Look = {**NUMBER, "num_format": MONEY, "shrink": True}
EXACT = "#,##0.00##"
GROUP: Look = {**GRID, "bold": True, "bg_color": BAND_FILL, "font_color": NAVY}

HEADINGS = (
    Heading("code", "规则", 8, CENTER),
    Heading("name", "核对关系", 56),
    Heading("scope", "口径", 11, CENTER),
    Heading("left", "填报数", 12, AMOUNT),
    Heading("part1", "分项一", 12, AMOUNT),
    Heading("part2", "分项二", 12, AMOUNT),
    Heading("part3", "分项三", 12, AMOUNT),
    Heading("part4", "分项四", 12, AMOUNT),
    Heading("right", "合计", 12, AMOUNT),
    Heading("difference", "差额", 11, AMOUNT),
    Heading("tolerance", "容差", 10, AMOUNT),
    Heading("verdict", "结论", 8, CENTER),
    Heading("place", "位置", 38),
)

GROUPS = (
    ("收入支出", ("M101", "M102", "M105", "M107")),
    (sheet_of(Project).title, ("M103", "M104")),
    ("执行与预算", ("M106",)),
    (sheet_of(Standard).title, ("M108",)),
    ("填报比例与得分", ("M109", "M111")),
    (APPROVED, (BUDGET_CODE,)),
    (PAID, (PAID_CODE,)),
)
OTHERS = "其他"
LISTS = {"M103": "项目资金一览", "M108": "支出标准测算"}

TINTS = {
    Verdict.EQUAL: GOOD_FILL,
    Verdict.ROUNDING: NOTICE_FILL,
    Verdict.DIFFERS: ERROR_FILL,
    Verdict.MISSING: CALC_FILL,
}
OF_LIMIT = {Verdict.EQUAL: "未超过", Verdict.DIFFERS: "超过"}
"""What the verdict on a limit is called: an amount below it does not equal it."""


class Shown:
    """Which cells of the sheet show a cell of the form: for a rule's own identity, or for any."""

    def __init__(self) -> None:
        self._of_rule: dict[tuple[str, Place], str] = {}
        self._any: dict[Place, str] = {}

    def add(self, code: str, place: Place | None, cell: str) -> None:
        if place is not None:
            self._of_rule.setdefault((code, place), cell)
            self._any.setdefault(place, cell)

    def of_rule(self, code: str, place: Place) -> str | None:
        """Where an identity of this rule shows the cell."""
        return self._of_rule.get((code, place))

    def anywhere(self, place: Place) -> str | None:
        """Where any identity shows the cell."""
        return self._any.get(place)


def write_reconciliation(table: Table, evaluation: Evaluation) -> Shown:
    """Write the sheet and return where the form's cells are shown."""
    return _Writer(table).write(evaluation)


class _Writer:
    """Writes the identities by group, then the long lists they add up."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.shown = Shown()
        self.row = 3

    def write(self, evaluation: Evaluation) -> Shown:
        table, unit = self.table, evaluation.submission.money_unit
        how = "差额 = 填报数 − 合计；小数位数不同的，按位数少的一方四舍五入后再比；合计、差额、容差、结论均为公式"
        table.title(TITLE, f"{heading(Unit, 'money')}：{unit}　　{how}")
        table.head(2)
        table.freeze(2, 2)
        groups = [(title, chosen) for title, chosen in _grouped(evaluation.identities) if chosen]
        lists = self.plan(groups)
        for title, chosen in groups:
            self.section(title)
            if chosen[0].code in CODES:
                self.beside(chosen)
                continue
            for identity in chosen:
                self.identity(identity, lists.get(id(identity)))
                self.row += 1
        self.tint(3, max(3, self.row - 1))
        for same in _long(evaluation.identities):
            self.listing(same)
        table.finish()
        return self.shown

    def plan(self, groups: Sequence[tuple[str, list[Identity]]]) -> dict[int, str]:
        """Where the parts of each long identity will stand: below everything else, after a title and a heading row."""
        row = self.row + sum(1 + len(chosen) + (chosen[0].code in CODES) for _, chosen in groups)
        places: dict[int, str] = {}
        for same in _long([identity for _, chosen in groups for identity in chosen]):
            first = row + 2
            last = first + len(same[0].parts) - 1
            for key, identity in zip(CLAIM_KEYS, same, strict=False):
                places[id(identity)] = self.table.span(key, first, last)
            row = last + 1
        return places

    def section(self, title: str) -> None:
        self.table.wide(self.row, "code", "place", title, GROUP)
        self.row += 1

    def identity(self, identity: Identity, listed: str | None) -> None:
        row, table, look = self.row, self.table, _formats(identity)
        table.blanks(row)
        table.put(row, "code", identity.code)
        table.put(row, "name", identity.name)
        table.put(row, "scope", identity.scope)
        table.put(row, "left", _shown(identity.left), num_format=look["left"])
        self.shown.add(identity.code, identity.left.place, address(row, table.col("left"), TITLE))
        if listed is None:
            self.parts(identity, look)
        else:
            self.lead(identity, listed)
        self.formulas(identity, self.names(identity, listed), look)
        table.put(row, "place", cells_of(identity.places))

    def beside(self, chosen: Sequence[Identity]) -> None:
        """The bureau's figures beside the form's: 填报数, 批复数, 差额 in three columns under headings of their own."""
        table, titles = self.table, {one.key: one.title for one in HEADINGS if one.key not in (*PART_KEYS, "right")}
        titles |= {"part1": NAMES[chosen[0].code], "part2": titles["difference"], "difference": ""}
        for one in HEADINGS:
            table.book.text(table.ws, self.row, table.col(one.key), titles.get(one.key, ""), HEAD)
        self.row += 1
        for identity in chosen:
            self.pair(identity)
            self.row += 1

    def pair(self, identity: Identity) -> None:
        """One figure of the form beside the bureau's."""
        row, table, sums = self.row, self.table, identity.sums
        table.blanks(row)
        for key, text in (("code", identity.code), ("name", identity.name), ("scope", identity.scope)):
            table.put(row, key, text)
        for key, part in (("left", identity.left), ("part1", identity.parts[0])):
            table.put(row, key, _shown(part), num_format=EXACT)
        self.shown.add(identity.code, identity.left.place, address(row, table.col("left"), TITLE))
        right, difference = (address(row, table.col(key)) for key in ("part1", "part2"))
        names, at_row = {"p1": right, "right": right, "difference": difference}, table.at(row)

        def at(name: str) -> str:
            return names.get(name) or at_row(name)

        table.calc(row, "part2", sums.difference.excel(at), identity.difference, num_format=EXACT)
        table.calc(row, "tolerance", sums.tolerance.excel(at), identity.tolerance, num_format="0.000")
        table.calc(row, "verdict", *_verdict(identity, sums.verdict.excel(at)))
        table.put(row, "place", cells_of(identity.places))

    def parts(self, identity: Identity, look: dict[str, str]) -> None:
        for key, part in zip(PART_KEYS, identity.parts, strict=False):
            shape = look["points"] if _is_points(identity, part) else look["parts"]
            self.table.put(self.row, key, _shown(part), num_format=shape)
            self.shown.add(identity.code, part.place, address(self.row, self.table.col(key), TITLE))

    def lead(self, identity: Identity, listed: str) -> None:
        """Instead of parts: lead to the list below."""
        text = f"共 {len(identity.parts)} 项，见下方“{LISTS.get(identity.code, '分项')}”"
        self.table.link(self.row, PART_KEYS[0], text, f"internal:'{TITLE}'!{listed}", CENTER, last=PART_KEYS[-1])

    def names(self, identity: Identity, listed: str | None) -> Address:
        table, row = self.table, self.row
        count = max(1, len(identity.parts)) if listed is None else 0
        names = {f"p{i}": address(row, table.col(PART_KEYS[i - 1])) for i in range(1, count + 1)}
        last = address(row, table.col(PART_KEYS[count - 1]))
        names |= {name: plain(places) for name, places in decimals(identity.left, identity.parts).items()}
        names["parts"] = listed or (names["p1"] if count == 1 else f"{names['p1']}:{last}")
        at = table.at(row)
        return lambda name: names[name] if name in names else at(name)

    def formulas(self, identity: Identity, at: Address, look: dict[str, str]) -> None:
        table, row, sums = self.table, self.row, identity.sums
        table.calc(row, "right", sums.right.excel(at), identity.right, num_format=look["right"])
        table.calc(row, "difference", sums.difference.excel(at), identity.difference, num_format=look["difference"])
        table.calc(row, "tolerance", sums.tolerance.excel(at), identity.tolerance, num_format=look["tolerance"])
        table.calc(row, "verdict", *_verdict(identity, sums.verdict.excel(at)))

    def tint(self, first: int, last: int) -> None:
        col = self.table.col("verdict")
        words = [(verdict.value, fill) for verdict, fill in TINTS.items()]
        words += [(word, TINTS[verdict]) for verdict, word in OF_LIMIT.items()]
        for word, fill in words:
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{word}"',
                "format": self.table.book.workbook.add_format({"bg_color": fill}),
            }
            self.table.ws.conditional_format(first, col, last, col, rule)

    def listing(self, same: Sequence[Identity]) -> None:
        """The parts of identities that add up the same things in several columns, one row a part."""
        table, first = self.table, same[0]
        self.section(f"{LISTS.get(first.code, '分项')}：{first.code}　{first.name}")
        table.book.text(table.ws, self.row, table.col("name"), "名称", HEAD)
        for key, identity in zip(CLAIM_KEYS, same, strict=False):
            table.book.text(table.ws, self.row, table.col(key), identity.scope, HEAD)
        for i, part in enumerate(first.parts, self.row + 1):
            table.put(i, "name", part.label)
            for key, identity in zip(CLAIM_KEYS, same, strict=False):
                own = identity.parts[i - self.row - 1]
                table.put(i, key, _shown(own), num_format=_formats(identity)["parts"])
                self.shown.add(identity.code, own.place, address(i, table.col(key), TITLE))
        self.row += 1 + len(first.parts)


def _verdict(identity: Identity, formula: str) -> tuple[str, str]:
    """The formula of a verdict and what it says now, a limit's in words of its own."""
    if identity.sums is not LIMIT:
        return formula, identity.verdict.value
    for verdict, word in OF_LIMIT.items():
        formula = f'SUBSTITUTE({formula},"{verdict.value}","{word}")'
    return formula, OF_LIMIT.get(identity.verdict, identity.verdict.value)


def _grouped(identities: Sequence[Identity]) -> Iterator[tuple[str, list[Identity]]]:
    known = {code for _, codes in GROUPS for code in codes}
    for title, codes in GROUPS:
        yield title, [identity for identity in identities if identity.code in codes]
    yield OTHERS, [identity for identity in identities if identity.code not in known]


def _long(identities: Sequence[Identity]) -> Iterator[list[Identity]]:
    """Identities with more parts than fit in a row; those that add up the same things come together."""
    ordered = [identity for _, chosen in _grouped(identities) for identity in chosen]
    longer = [identity for identity in ordered if len(identity.parts) > len(PART_KEYS)]
    for _, group in groupby(longer, key=lambda one: (one.code, one.record, [part.label for part in one.parts])):
        same = list(group)
        for start in range(0, len(same), len(CLAIM_KEYS)):
            yield same[start : start + len(CLAIM_KEYS)]


def _shown(part: Part) -> Decimal | str | None:
    """What a part's cell holds: its number, or what stands in the form and is none."""
    return part.value if part.value is not None else part.unread or None


def _is_points(identity: Identity, part: Part) -> bool:
    return identity.unit == "分" and part is identity.parts[0]


def _formats(identity: Identity) -> dict[str, str]:
    """Number formats by what a column shows: rates in percent, points and money with two decimals."""
    if identity.unit == "%":
        printed = max(0, -int(identity.tolerance.normalize().as_tuple().exponent) - 3)
        rate, exact = _percent(printed), _percent(max(2, printed))
        return {"left": rate, "parts": MONEY, "points": SCORE, "right": exact, "difference": exact} | {
            "tolerance": _percent(printed + 1)
        }
    shape = SCORE if identity.unit == "分" else MONEY
    return {"left": shape, "parts": MONEY, "points": "0.00##", "right": shape} | {
        "difference": EXACT,
        "tolerance": "0.000",
    }


def _percent(places: int) -> str:
    return f"0.{'0' * places}%" if places else "0%"
