"""What the marks look like: entries at the end of the workbook's own lists of styles, which no cell of the staff's uses.

They are told by what they are and taken out again where they still stand last; an office program that saves the
workbook throws out itself what nothing uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...model import Severity
from ..style import ERROR_FILL, FAINT, FONT, HEAD_FILL, INK, LINE, NAVY, NOTICE_FILL, WARNING_FILL
from .markup import Node, Patch, behind, odd, parse, prefixed

FILLS = {Severity.ERROR: "#FFB3AB", Severity.WARNING: "#FFD27A", Severity.NOTICE: "#B9D3F2"}
"""Stronger than the form's own colours, so that a mark is not taken for one of them."""
EDGES = {Severity.ERROR: "#C00000", Severity.WARNING: "#BF7400", Severity.NOTICE: "#2F5F9E"}
_LIST_FILLS = (HEAD_FILL, ERROR_FILL, WARNING_FILL, NOTICE_FILL)
_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
)
_SIDES = ("left", "right", "top", "bottom")


@dataclass(frozen=True)
class Looks:
    """The numbers of the styles: ``dxf`` of the first severity's mark, ``xf`` of the list's first style."""

    dxf: int
    xf: int

    TITLE, NOTE, HEAD, TEXT, CENTER, LINK, ERROR, WARNING, NOTICE = range(9)

    def of(self, style: int) -> int:
        """The number of one of the list's styles."""
        return self.xf + style

    def mark(self, severity: Severity) -> int:
        """The number of the mark of a severity."""
        return self.dxf + list(Severity).index(severity)


def _rgb(colour: str) -> str:
    return f"FF{colour.lstrip('#')}"


def _font(size: int, colour: str, more: str = "") -> str:
    return f'<font>{more}<sz val="{size}"/><color rgb="{_rgb(colour)}"/><name val="{FONT}"/></font>'


def _edges(colour: str) -> str:
    return "".join(f'<{side} style="thin"><color rgb="{_rgb(colour)}"/></{side}>' for side in _SIDES)


def _fixed() -> dict[str, tuple[str, ...]]:
    """What is put into the lists, the cell formats aside."""
    return {
        "fonts": (
            _font(16, NAVY, "<b/>"),
            _font(10, FAINT),
            _font(10, NAVY, "<b/>"),
            _font(10, INK),
            _font(10, "#0563C1", "<u/>"),
        ),
        "fills": tuple(
            f'<fill><patternFill patternType="solid"><fgColor rgb="{_rgb(c)}"/><bgColor indexed="64"/></patternFill></fill>'
            for c in _LIST_FILLS
        ),
        "borders": (f"<border>{_edges(LINE)}<diagonal/></border>",),
        "dxfs": tuple(
            f'<dxf><fill><patternFill patternType="solid"><fgColor rgb="{_rgb(FILLS[s])}"/><bgColor rgb="{_rgb(FILLS[s])}"/>'
            f"</patternFill></fill><border>{_edges(EDGES[s])}</border></dxf>"
            for s in Severity
        ),
    }


def _formats(fonts: int, fills: int, border: int) -> tuple[str, ...]:
    """The cell formats of the list, in the order of ``Looks``, given where its fonts, fills and border begin."""

    def format_of(font: int, fill: int | None, edged: bool, across: str) -> str:
        number = 0 if fill is None else fills + fill
        return (
            f'<xf numFmtId="0" fontId="{fonts + font}" fillId="{number}" borderId="{border if edged else 0}" xfId="0" '
            f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment horizontal="{across}" vertical="center" wrapText="1"/></xf>'
        )

    return (
        format_of(0, None, False, "center"),
        format_of(1, None, False, "left"),
        format_of(2, 0, True, "center"),
        format_of(3, None, True, "left"),
        format_of(3, None, True, "center"),
        format_of(4, None, True, "center"),
        *(format_of(3, fill, True, "center") for fill in (1, 2, 3)),
    )


def add_looks(xml: bytes) -> tuple[bytes, Looks]:
    """The styles part with the marks' entries. Raises Unmarkable."""
    root = parse(xml)
    lists = _lists(root)
    patch, first = Patch(xml), {name: len(node.children) for name, node in lists.items()}
    entries = {**_fixed(), "cellXfs": _formats(first["fonts"], first["fills"], first["borders"])}
    for name, new in entries.items():
        if name not in lists:
            whole = f'<{name} count="{len(new)}">{"".join(new)}</{name}>'
            patch.put(behind(root, _ORDER, name), prefixed(whole, root))
            continue
        patch.set(lists[name], "count", first[name] + len(new))
        patch.inside(lists[name], prefixed("".join(new), lists[name]))
    return patch.done(), Looks(first.get("dxfs", 0), first["cellXfs"])


def _lists(root: Node) -> dict[str, Node]:
    lists = {name: node for name in ("fonts", "fills", "borders", "cellXfs", "dxfs") if (node := root.find(name))}
    if len(lists.keys() - {"dxfs"}) < 4:
        raise odd()
    return lists


def strip_looks(xml: bytes) -> bytes:
    """The styles part without the marks' entries, where they still stand last in their lists."""
    if _rgb(FILLS[Severity.ERROR]).encode() not in xml:
        return xml
    root = parse(xml)
    lists = _lists(root)
    tails = dict(_tails(xml, lists))
    if tails.keys() != {"fonts", "fills", "borders", "cellXfs", "dxfs"}:
        return xml
    patch = Patch(xml)
    for name, children in tails.items():
        node = lists[name]
        patch.set(node, "count", len(node.children) - len(children))
        patch.cut(children[0].start, children[-1].end)
    return patch.done()


def _tails(xml: bytes, lists: dict[str, Node]) -> Iterator[tuple[str, list[Node]]]:
    """The last children of every list, where they are ours."""
    fixed = _fixed()
    first = {name: len(node.children) - len(fixed.get(name, ())) for name, node in lists.items()}
    entries = {**fixed, "cellXfs": _formats(first["fonts"], first["fills"], first["borders"])}
    for name, node in lists.items():
        children = node.children[-len(entries[name]) :]
        written = prefixed("".join(entries[name]), node).encode()
        if children and xml[children[0].start : children[-1].end] == written:
            yield name, children
