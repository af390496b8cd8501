"""One worksheet: the colours of its faulty cells, its comments, and how both are taken out again.

The colours are conditional formats that always hold, so that no cell's own format is touched; they come before all
others, which keep their order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ...extent import column_letters
from ...marks import AUTHOR
from ...model import Severity
from .comments import (
    Remark,
    Sizes,
    add_boxes,
    add_comments,
    blocks_of,
    boxed,
    can_hold,
    empty_boxes,
    empty_comments,
    has_boxes,
    spot,
    strip_boxes,
    strip_comments,
)
from .looks import Looks
from .markup import RELATIONSHIPS, Node, Patch, behind, leading_to, odd, parse, parse_sheet, prefixed
from .package import Parts, free_name

FORMULA = f'"{AUTHOR}"<>""'
"""Always true, and told from every formula of the staff's."""
_ORDER = (
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
)
"""The children of a worksheet in the order of the schema, as far as they matter here."""
_NEW = {
    "comments": (
        f"xl/comments_{AUTHOR}_{{}}.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    ),
    "vmlDrawing": (
        f"xl/drawings/vmlDrawing_{AUTHOR}_{{}}.vml",
        "application/vnd.openxmlformats-officedocument.vmlDrawing",
    ),
}
"""The names and the types of the parts that a sheet may get."""
_LAST_COLUMN, _LAST_ROW = 16_383, 1_048_575
"""Where a sheet ends, counted from 0."""
_YES = ("1", "true")
_ID = f"{{{RELATIONSHIPS}}}id"
_HEIGHT = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*?\bht=["']([\d.]+)["'])[^>]*?\br=["'](\d+)["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d+)["']""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*?\bhidden=["'](?:1|true)["'])[^>]*?\br=["'](\d+)["']""")


@dataclass(frozen=True)
class _Sheet:
    """A sheet being changed: its part, where its elements stand, the edits."""

    parts: Parts
    part: str
    root: Node
    patch: Patch

    @property
    def drawing(self) -> Node | None:
        """The element that leads to the boxes of its comments."""
        return self.root.find("legacyDrawing")

    @property
    def boxes(self) -> str:
        """The part that holds the boxes of its comments; an empty text where it has none."""
        id = "" if self.drawing is None else self.drawing.attributes.get(_ID, "")
        held = (r.target for r in self.parts.relations(self.part) if r.id == id)
        return next((target for target in held if target in self.parts), "")


def _opened(parts: Parts, part: str) -> _Sheet:
    xml = parts.get(part)
    return _Sheet(parts, part, parse_sheet(xml), Patch(xml))


def mark_sheet(parts: Parts, part: str, remarks: Mapping[str, Remark], looks: Looks) -> None:
    """Colour the cells of a sheet and write the comments on them. Raises Unmarkable."""
    sheet = _opened(parts, part)
    remarks = _on_anchors(sheet.root, remarks)
    _colour(sheet, remarks, looks)
    _comment(sheet, remarks)
    parts.set(part, sheet.patch.done())


def _on_anchors(root: Node, remarks: Mapping[str, Remark]) -> dict[str, Remark]:
    """The remarks on cells that can be seen, in the order of rows: what lies under a merged cell goes to that."""
    merged = root.find("mergeCells")
    areas = [area.attributes.get("ref", "") for area in merged.all("mergeCell")] if merged else []
    bounds = [(spot(first), spot(last), first) for first, _, last in (area.partition(":") for area in areas)]
    out: dict[str, Remark] = {}
    for ref, remark in sorted(remarks.items(), key=lambda item: spot(item[0])):
        (row, column), at = spot(ref), ref
        for (top, left), (bottom, right), first in bounds:
            if top <= row <= bottom and left <= column <= right:
                at = first
        if row >= 0:
            out[at] = out[at].with_more(remark) if at in out else remark
    return out


# --- colours ------------------------------------------------------------------------------------------------------


def _colour(sheet: _Sheet, remarks: Mapping[str, Remark], looks: Looks) -> None:
    root, patch = sheet.root, sheet.patch
    cells = defaultdict(list)
    for ref, remark in remarks.items():
        cells[remark.severity].append(ref)
    room = len(Severity)
    rules = [*root.below("cfRule")]
    first = min((int(rule.attributes.get("priority", room + 1)) for rule in rules), default=room + 1)
    for rule in rules if first <= room else ():
        if "priority" in rule.attributes:
            patch.set(rule, "priority", int(rule.attributes["priority"]) + room + 1 - first)
    written = "".join(
        f'<conditionalFormatting sqref="{" ".join(_areas(cells[severity]))}"><cfRule type="expression" '
        f'dxfId="{looks.mark(severity)}" priority="{number}" stopIfTrue="1"><formula>{_ESCAPED}</formula></cfRule>'
        "</conditionalFormatting>"
        for number, severity in enumerate(Severity, 1)
        if cells[severity]
    )
    before = _ORDER[_ORDER.index("conditionalFormatting") - 1]
    patch.put(behind(root, _ORDER, before), prefixed(written, root))


_ESCAPED = FORMULA.replace("<", "&lt;").replace(">", "&gt;")


def _areas(refs: Iterable[str]) -> list[str]:
    """Cells as few areas: those one below the other are one."""
    columns = defaultdict(list)
    for row, column in map(spot, refs):
        columns[column].append(row)
    out = []
    for column, rows in sorted(columns.items()):
        letters = column_letters(column)
        first = last = rows[0]
        for row in [*rows[1:], -1]:
            if row == last + 1:
                last = row
                continue
            out.append(f"{letters}{first + 1}" if first == last else f"{letters}{first + 1}:{letters}{last + 1}")
            first = last = row
    return out


# --- comments -----------------------------------------------------------------------------------------------------


def _comment(sheet: _Sheet, remarks: Mapping[str, Remark]) -> None:
    parts, boxes = sheet.parts, sheet.boxes
    if sheet.drawing is not None and not can_hold(parts.get(boxes)):
        raise odd()
    held = parts.related(sheet.part, "comments")
    name = held.target if held else _added(sheet, "comments", empty_comments())
    xml, told = add_comments(parts.get(name), remarks)
    parts.set(name, xml)
    there = boxed(parts.get(boxes))
    new = [ref for ref in told if spot(ref) not in there]
    if new:
        drawings = [name for name in parts.names if name.lower().endswith(".vml")]
        taken = set().union(*(blocks_of(parts.get(name)) for name in drawings))
        boxes = boxes or _added(sheet, "vmlDrawing", empty_boxes(taken))
        shown = {ref: remarks[ref] for ref in new}
        parts.set(boxes, add_boxes(parts.get(boxes), shown, _sizes(sheet.patch.xml, sheet.root), taken))


def _added(sheet: _Sheet, kind: str, data: bytes) -> str:
    """The name of a new part of a sheet, for its comments or for their boxes."""
    parts = sheet.parts
    stem = sheet.part.rpartition("/")[2].removesuffix(".xml")
    wanted, content_type = _NEW[kind]
    name = free_name(parts, wanted.format(stem))
    parts.add(name, data, content_type)
    id = parts.relate(sheet.part, f"rId_{AUTHOR}_{kind}", kind, name)
    if kind == "vmlDrawing":
        element = f"<legacyDrawing {leading_to(sheet.patch.xml, sheet.root, id)}/>"
        sheet.patch.put(behind(sheet.root, _ORDER, "legacyDrawing"), prefixed(element, sheet.root))
    return name


def _sizes(xml: bytes, root: Node) -> Sizes:
    """How large a sheet's columns and rows are, near enough for a box."""
    form = root.find("sheetFormatPr")
    usual = form.attributes if form else {}
    width = max(1, _pixels(usual.get("defaultColWidth", "8.43")))
    height = max(1, _points(usual.get("defaultRowHeight", "15")))
    columns, last, cols = {}, _LAST_COLUMN, root.find("cols")
    for col in cols.all("col") if cols else ():
        at = col.attributes
        size = 0 if at.get("hidden") in _YES else _pixels(at.get("width", "8.43"))
        columns.update(dict.fromkeys(range(int(at["min"]) - 1, min(int(at["max"]), 1000)), size))
        if size == 0 and int(at["max"]) > _LAST_COLUMN:  # all that nobody needs is hidden
            last = max(int(at["min"]) - 2, 0)
    rows = {int(m[2]) - 1: _points(m[1].decode()) for m in _HEIGHT.finditer(xml)}
    rows.update(dict.fromkeys((int(m[1]) - 1 for m in _HIDDEN.finditer(xml)), 0))
    bottom = _last_written(xml) if usual.get("zeroHeight") in _YES else _LAST_ROW
    return Sizes(lambda column: columns.get(column, width), lambda row: rows.get(row, height), last, bottom)


def _last_written(xml: bytes) -> int:
    return max((int(n) - 1 for n in _ROW.findall(xml)), default=0)


def _pixels(width: str) -> int:
    return int(Decimal(width) * 7 + 5)


def _points(height: str) -> int:
    return int(Decimal(height) * 4 / 3)


# --- taken out again ----------------------------------------------------------------------------------------------


def strip_sheet(parts: Parts, part: str) -> None:
    """Take the marks out of a sheet, wherever they are now. Raises Unmarkable."""
    xml = parts.get(part)
    coloured, held = AUTHOR.encode() in xml, parts.related(part, "comments")
    marked = held is not None and AUTHOR.encode() in parts.get(held.target)
    if not coloured and not marked:
        return
    sheet = _opened(parts, part)
    _strip_colours(sheet)
    if held is not None and marked:
        _strip_comments(sheet, held.target)
    parts.set(part, sheet.patch.done())


def _strip_colours(sheet: _Sheet) -> None:
    for formats in sheet.root.below("conditionalFormatting"):
        rules = list(formats.all("cfRule"))
        ours = [rule for rule in rules if _is_ours(rule)]
        whole = bool(ours) and len(ours) == len(rules)
        for node in [formats] if whole else ours:
            sheet.patch.cut(node.start, node.end)


def _is_ours(rule: Node) -> bool:
    return any(child.text.replace(" ", "") == FORMULA for child in rule.children if child.name in ("formula", "f"))


def _strip_comments(sheet: _Sheet, name: str) -> None:
    parts, boxes, drawing = sheet.parts, sheet.boxes, sheet.drawing
    xml, gone = strip_comments(parts.get(name))
    parts.set(name, xml)
    if gone and not next(parse(xml).below("comment"), None):
        parts.unrelate(sheet.part, name)
        parts.drop(name)
    if drawing is None or not boxes:
        return
    vml = strip_boxes(parts.get(boxes), gone)
    if gone and not has_boxes(vml):
        sheet.patch.cut(drawing.start, drawing.end)
        parts.unrelate(sheet.part, boxes)
        parts.drop(boxes)
    else:
        parts.set(boxes, vml)
