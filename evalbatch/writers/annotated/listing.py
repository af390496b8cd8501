"""The first sheet of an annotated copy: every fault in one row, led to its cell, on paper a list to be ticked off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...marks import AUTHOR, LISTING, LISTING_NAME, listed_title
from ...model import Evaluation, Figure, Finding, Said, Severity, Status
from ...rules.words import figure, money, percent, points
from ...spec import Place
from ...waivers import WAIVED, waiver_words
from ..style import lines_needed
from .looks import Looks
from .markup import MAIN, RELATIONSHIPS, Node, Patch, behind, leading_to, odd, parse, prefixed, said
from .package import WORKBOOK, Parts, free_name

COLUMNS = (
    ("序号", 6),
    ("严重程度", 10),
    ("工作表", 14),
    ("单元格", 11),
    ("问题", 62),
    ("应为", 20),
    ("怎么改", 46),
    ("规则", 8),
)
_MEND = ("请逐条改正", "改好后把本文件重新上报")
_WHAT = {
    Status.ACCEPTED_WITH_ISSUES: ("没有必须改的错误，警告请逐条核对", "有改动的把本文件重新上报"),
    Status.ACCEPTED: ("没有必须改的，提示供参考，可以不改", "有改动的把本文件重新上报"),
}
"""What is to be done with the list, and then with the file, by the verdict."""
_HOW = (
    "{}：点“单元格”跳到那里，把光标停在着色的单元格上可看批注。{}；"
    "本表、颜色和批注由核对程序加上，不用删除，也不影响填报内容，再次核对时会自动更换。"
)
_LINE, _LEAST, _MOST = 13.5, 18, 400
"""Heights in points: of a line, of the lowest and of the highest row."""
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ORDER = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
)
_LAST = 65_534
"""The highest number of a sheet."""
_LINKS = 65_000
"""How many links a sheet gets; Excel takes 65,530."""
_HEAD = 3
"""The row of the headings."""


@dataclass(frozen=True)
class Row:
    """A row of the list: its texts, its severity (None where it is waived), and where it leads."""

    texts: tuple[str, ...]
    severity: Severity | None
    to: Place | None


def rows_of(evaluation: Evaluation, there: Sequence[str]) -> list[Row]:
    """The rows of a workbook's faults, those that are waived last; ``there`` are the titles of its sheets."""
    return [_row(number, one, evaluation, there) for number, one in enumerate(evaluation.findings, 1)]


def _row(number: int, finding: Finding, evaluation: Evaluation, there: Sequence[str]) -> Row:
    to = next((place for place in finding.cells if place.sheet in there), None)
    waiver = finding.waiver
    more = f" 等 {len(finding.cells)} 处" if len(finding.cells) > 1 else ""
    fix = finding.fix if waiver is None else f"不用改。{waiver_words(waiver)}。"
    texts = (
        str(number),
        WAIVED if waiver is not None else finding.severity.value,
        to.sheet if to is not None else "",
        f"{to.ref}{more}" if to is not None else "",
        finding.message,
        _said(finding.expected, evaluation),
        f"{fix}{finding.effect}" if waiver is None else fix,
        finding.code,
    )
    return Row(texts, finding.severity if waiver is None else None, to)


def _said(what: Said, evaluation: Evaluation) -> str:
    if not isinstance(what, Figure):
        return what or ""
    if what.unit == "元":
        return money(what.value, evaluation.submission)
    if what.unit == "%":
        return percent(what.value)
    return points(what.value) if what.unit == "分" else f"{figure(what.value, 0)}{what.unit}"


# --- the sheet ----------------------------------------------------------------------------------------------------


def sheet_of(rows: Sequence[Row], unit: str, status: Status, looks: Looks) -> bytes:
    """The list as a worksheet."""
    counts = "、".join(
        f"{severity.value} {n}" for severity in Severity if (n := sum(row.severity is severity for row in rows))
    )
    last, width = chr(64 + len(COLUMNS)), sum(width for _, width in COLUMNS)
    note = f"{unit}　　{counts}。{_HOW.format(*_WHAT.get(status, _MEND))}"
    body = [
        _cells(1, 30, [f"{LISTING}（{status.value}）"], [Looks.TITLE], looks),
        _cells(2, _height([(note, width)]), [note], [Looks.NOTE], looks),
        _cells(_HEAD, 22, [name for name, _ in COLUMNS], [Looks.HEAD] * len(COLUMNS), looks),
        *(_line(_HEAD + number, row, looks) for number, row in enumerate(rows, 1)),
    ]
    links = "".join(_link(_HEAD + number, row.to) for number, row in enumerate(rows[:_LINKS], 1) if row.to is not None)
    cols = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, (_, width) in enumerate(COLUMNS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{_HEAD + len(rows)}"/><sheetViews><sheetView showGridLines="0" tabSelected="1" '
        f'workbookViewId="0"><pane ySplit="{_HEAD}" topLeftCell="A{_HEAD + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{_HEAD + 1}" sqref="A{_HEAD + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>{"".join(body)}</sheetData>'
        f'<mergeCells count="2"><mergeCell ref="A1:{last}1"/><mergeCell ref="A2:{last}2"/></mergeCells>'
        f"{f'<hyperlinks>{links}</hyperlinks>' if links else ''}"
        '<printOptions horizontalCentered="1"/><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" '
        'footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter>'
        "<oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    ).encode()


def _line(number: int, row: Row, looks: Looks) -> str:
    severity = Looks.CENTER if row.severity is None else Looks.ERROR + list(Severity).index(row.severity)
    place = Looks.CENTER if row.to is None else Looks.LINK
    styles = [Looks.CENTER, severity, Looks.CENTER, place, Looks.TEXT, Looks.TEXT, Looks.TEXT, Looks.CENTER]
    widths = [width for _, width in COLUMNS]
    return _cells(number, _height(list(zip(row.texts, widths, strict=True))), row.texts, styles, looks)


def _height(texts: Sequence[tuple[str, int]]) -> float:
    lines = max(lines_needed(text, width) for text, width in texts)
    return min(_MOST, max(_LEAST, lines * _LINE + 5))


def _cells(number: int, height: float, texts: Sequence[str], styles: Sequence[int], looks: Looks) -> str:
    held = [
        f'<c r="{chr(65 + column)}{number}" s="{looks.of(style)}" t="inlineStr"><is><t xml:space="preserve">{said(text)}'
        "</t></is></c>"
        if text
        else f'<c r="{chr(65 + column)}{number}" s="{looks.of(style)}"/>'
        for column, (text, style) in enumerate(zip(texts, styles, strict=True))
    ]
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(held)}</row>'


def _link(number: int, to: Place) -> str:
    target = f"'{to.sheet.replace(chr(39), chr(39) * 2)}'!{to.ref}"
    return f'<hyperlink ref="D{number}" location="{_attribute(target)}" display="{to.ref}"/>'


def _attribute(text: str) -> str:
    return said(text).replace('"', "&quot;")


# --- its place in the workbook ------------------------------------------------------------------------------------


def add_listing(parts: Parts, sheet: bytes) -> None:
    """Put the list before all other sheets, and let the workbook open on it. Raises Unmarkable."""
    xml = parts.get(WORKBOOK)
    root = parse(xml)
    sheets = root.find("sheets")
    if sheets is None or not sheets.children:
        raise odd()
    name = free_name(parts, f"xl/worksheets/{AUTHOR}_list.xml")
    first = sheets.children[0]
    patch = Patch(xml)
    number = _free_number({int(one.attributes.get("sheetId", 0)) for one in sheets.children})
    title = _free_title([one.attributes.get("name", "") for one in sheets.children])
    id_ = next((key for key in first.attributes if key.endswith("}id")), "")
    if id_ != f"{{{RELATIONSHIPS}}}id":
        raise odd()
    relation = parts.relate(WORKBOOK, f"rId_{AUTHOR}_list", "worksheet", name)
    element = f'<sheet name="{title}" sheetId="{number}" {leading_to(xml, root, relation)}/>'
    patch.put(first.start, prefixed(element, sheets))
    _shift_names(patch, root, 0, 1)
    _name(patch, root, title)
    for view in _views(root):
        for attribute in ("activeTab", "firstSheet"):
            patch.set(view, attribute, 0)
    parts.set(WORKBOOK, patch.done())
    parts.add(name, sheet, _SHEET)


def _free_title(taken: Sequence[str]) -> str:
    """``问题清单``, with a number behind it where the staff have a sheet of that name."""
    used = {title.casefold() for title in taken}
    names = (LISTING if n == 1 else f"{LISTING}({n})" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in used)


def _free_number(taken: set[int]) -> int:
    """A number that no sheet has: behind all others, or a gap where they reach the last one that Excel takes."""
    after = max(taken) + 1
    return after if after <= _LAST else next(number for number in range(1, _LAST) if number not in taken)


def _views(root: Node) -> list[Node]:
    views = root.find("bookViews")
    return list(views.all("workbookView")) if views else []


def _shift_names(patch: Patch, root: Node, first: int, by: int) -> None:
    """Let the names that belong to one sheet follow it to another place."""
    names = root.find("definedNames")
    for name in names.all("definedName") if names else ():
        number = name.attributes.get("localSheetId")
        if number is not None and int(number) >= first:
            patch.set(name, "localSheetId", int(number) + by)


def _name(patch: Patch, root: Node, title: str) -> None:
    names = root.find("definedNames")
    written = (
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">\'{title}\'!${_HEAD}:${_HEAD}</definedName>'
        f'<definedName name="{LISTING_NAME}" hidden="1">\'{title}\'!$A$1</definedName>'
    )
    if names is None:
        whole = f"<definedNames>{written}</definedNames>"
        patch.put(behind(root, _ORDER, "definedNames"), prefixed(whole, root))
    else:
        patch.inside(names, prefixed(written, names))


def strip_listing(parts: Parts) -> None:
    """Take our lists out, wherever they stand now. Raises Unmarkable."""
    while LISTING_NAME.encode() in parts.get(WORKBOOK) and _strip_one(parts):
        pass


def _strip_one(parts: Parts) -> bool:
    xml = parts.get(WORKBOOK)
    root = parse(xml)
    names, sheets = root.find("definedNames"), root.find("sheets")
    if names is None or sheets is None:
        return False
    patch = Patch(xml)
    held = [name for name in names.all("definedName") if name.attributes.get("name", "").lower() == LISTING_NAME]
    titles = {listed_title(name.text) for name in held} - {""}
    at = next((n for n, one in enumerate(sheets.children) if one.attributes.get("name") in titles), None)
    gone = held if at is None else []
    if at is not None:
        gone = [
            name
            for name in names.all("definedName")
            if name.attributes.get("localSheetId") == str(at)
            or (name in held and listed_title(name.text) == sheets.children[at].attributes["name"])
        ]
        _strip_sheet(parts, patch, sheets.children[at])
        _shift_names(patch, root, at + 1, -1)
        for view in _views(root):
            for attribute in ("activeTab", "firstSheet"):
                number = int(view.attributes.get(attribute, 0))
                patch.set(view, attribute, number - (number >= max(at, 1)))
    if len(gone) == len(list(names.all("definedName"))):
        patch.cut(names.start, names.end)
    else:
        for name in gone:
            patch.cut(name.start, name.end)
    parts.set(WORKBOOK, patch.done())
    return at is not None


def _strip_sheet(parts: Parts, patch: Patch, sheet: Node) -> None:
    patch.cut(sheet.start, sheet.end)
    id_ = sheet.attributes.get(f"{{{RELATIONSHIPS}}}id")
    part = next((r.target for r in parts.relations(WORKBOOK) if r.id == id_), None)
    if part is not None:
        _remove(parts, part)
    chain = parts.related(WORKBOOK, "calcChain")
    if chain is not None and re.search(
        rb"""\si=["']%d["']""" % int(sheet.attributes["sheetId"]), parts.get(chain.target)
    ):
        _remove(parts, chain.target)  # it names formulas of the sheet; programs make it anew


def _remove(parts: Parts, part: str) -> None:
    parts.unrelate(WORKBOOK, part)
    parts.drop(part)
