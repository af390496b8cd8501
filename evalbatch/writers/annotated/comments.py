"""The comments of a sheet: ours beside the staff's own, in the part that holds them, and the boxes they are shown in.

A comment of ours has an author of its own. Where the staff have written one on the same cell, ours stands behind it,
below a line that says so. A cell with a threaded discussion has no room for another comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ...celltext import MAX_CELL, length
from ...extent import column_number
from ...marks import AUTHOR
from ...model import Severity
from ..style import FAINT, FONT, INK, lines_needed
from .looks import EDGES
from .markup import MAIN, Node, Patch, odd, parse, prefixed, said

RULE = "──── 核对意见 ────"
"""Stands between a comment of the staff's and ours."""
SIGNATURE = f"—— {AUTHOR}"
"""Ends what is ours: some office programs keep a comment's words and not its author."""
_REST = "其余见问题清单"
"""Stands for the lines that are too many for a comment."""
WIDTH, LINE, MOST = 330, 17, 480
"""A box's width, the height of a line, a box's largest height, in pixels."""
_CHARACTERS = 50
"""How many narrow characters a line of a box takes."""
_SHAPE = re.compile(rb"<(\w+):shape\s[^>]*>.*?</\1:shape>", re.S)
_NOTE = re.compile(rb"""<\w+:ClientData\b[^>]*\bObjectType=["']Note["']""")
_ROW, _COLUMN = re.compile(rb"<\w+:Row>\s*(\d+)"), re.compile(rb"<\w+:Column>\s*(\d+)")
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_BLOCKS = re.compile(rb"""(<\w+:idmap\b[^>]*?\bdata=["'])([\d,\s]*)""")
BLOCK = 1024
"""How many numbers of shapes a block has. Every drawing of a workbook reserves blocks of its own; Excel repairs a
workbook where two share one."""
_NAMESPACES = (
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
"""What the names of a box belong to, said where it stands: programs write the drawing around it with other prefixes."""
_REF = re.compile(r"([A-Z]+)([0-9]+)")
_HEAD = rf"【(?:{'|'.join(severity.value for severity in Severity)})】"
_BEGUN = re.compile(rf"\s*{_HEAD}")
_OURS = re.compile(rf"(?:\n*{RULE}\n*|\A\s*){_HEAD}(?:(?!{RULE}).)*?{SIGNATURE}\n*", re.S)
_TYPE = (
    f'<v:shapetype{_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


@dataclass(frozen=True)
class Remark:
    """What is said of a cell: the worst severity, and what stands in the comment, each line of text with its severity."""

    severity: Severity
    lines: tuple[tuple[Severity | None, str], ...]

    @property
    def text(self) -> str:
        """The whole comment."""
        return "\n".join(f"{_head(severity)}{text}" for severity, text in self.lines)

    def with_more(self, other: Remark) -> Remark:
        """What is said of two cells that are shown as one."""
        worst = min(self.severity, other.severity, key=list(Severity).index)
        return Remark(worst, (*self.lines, *(line for line in other.lines if line not in self.lines)))


def _head(severity: Severity | None) -> str:
    return "" if severity is None else f"【{severity.value}】"


def empty_comments() -> bytes:
    """A comments part without any."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'.encode()


def empty_boxes(taken: Collection[int]) -> bytes:
    """A drawing for the boxes of a sheet's comments; ``taken`` are the blocks of numbers of all other drawings."""
    return (
        f"<xml{_NAMESPACES}>"
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{_free(taken)}"/></o:shapelayout>{_TYPE}</xml>'
    ).encode()


# --- the texts ----------------------------------------------------------------------------------------------------


def _runs(remark: Remark) -> str:
    out = []
    for number, (severity, text) in enumerate(remark.lines):
        brk = "\n" if number else ""
        if severity:
            out.append(_run(f"{brk}{_head(severity)}", "<b/>", EDGES[severity][1:]))
            brk = ""
        out.append(_run(f"{brk}{text}"))
    return "".join((*out, _run(f"\n{SIGNATURE}", colour=FAINT[1:])))


def _within(remark: Remark, room: int) -> Remark:
    """What of a remark, signed, fits into so many characters, and that the list has the rest; maybe no line."""
    room -= len(SIGNATURE) + 1
    if length(remark.text) <= room:
        return remark
    lines, left = [], room - len(_REST)
    for line in remark.lines:
        left -= length(Remark(remark.severity, (line,)).text) + 1
        if left < 0:
            break
        lines.append(line)
    return Remark(remark.severity, (*lines, (None, _REST)) if lines else ())


def _run(text: str, more: str = "", colour: str = INK[1:]) -> str:
    look = f'<rPr>{more}<sz val="10"/><color rgb="FF{colour}"/><rFont val="{FONT}"/></rPr>'
    return f'<r>{look}<t xml:space="preserve">{said(text)}</t></r>'


def add_comments(xml: bytes, remarks: Mapping[str, Remark]) -> tuple[bytes, list[str]]:
    """The comments part with ours, and the cells that they stand on. Raises Unmarkable."""
    root = parse(xml)
    authors, there = root.find("authors"), root.find("commentList")
    if authors is None or there is None:
        return xml, []
    patch = Patch(xml)
    names = [author.text for author in authors.all("author")]
    number = names.index(AUTHOR) if AUTHOR in names else len(names)
    if number == len(names):
        patch.inside(authors, prefixed(f"<author>{AUTHOR}</author>", root))
    held = {comment.attributes.get("ref", ""): comment for comment in there.all("comment")}
    if any(_author_of(comment) >= len(names) for comment in held.values()):  # our name would become theirs
        raise odd()
    new = [ref for ref in remarks if ref not in held]
    behind = [ref for ref in remarks if ref in held and not _is_threaded(held[ref], names)]
    for ref in behind:
        _append(patch, held[ref], remarks[ref])
    written = "".join(
        f'<comment ref="{ref}" authorId="{number}"><text>{_runs(_within(remarks[ref], MAX_CELL))}</text></comment>'
        for ref in new
    )
    if written:
        patch.inside(there, prefixed(written, root))
    return patch.done(), [ref for ref in remarks if ref in {*new, *behind}]


def _author_of(comment: Node) -> int:
    return int(comment.attributes.get("authorId", "0") or 0)


def _is_threaded(comment: Node, authors: list[str]) -> bool:
    number = _author_of(comment)
    return number < len(authors) and authors[number].startswith("tc=")


def _append(patch: Patch, comment: Node, remark: Remark) -> None:
    """Put ours behind a comment of the staff's, as far as there is room."""
    text = comment.find("text")
    if text is None:
        return
    remark = _within(remark, MAX_CELL - len(RULE) - 2 - sum(length(t.text) for t in _written(text)))
    if not remark.lines:
        return
    runs = f"{_run(f'{chr(10)}{RULE}{chr(10)}', colour=FAINT[1:])}{_runs(remark)}"
    plain = text.find("t")
    if plain is not None:
        patch.put(plain.start, prefixed("<r>", text))
        patch.put(plain.end, prefixed("</r>", text))
        patch.put(plain.end, prefixed(runs, text))
    elif text.children:
        last = [child for child in text.children if child.name == "r"]
        patch.put(last[-1].end if last else text.head, prefixed(runs, text))
    else:
        patch.inside(text, prefixed(runs, text))


def strip_comments(xml: bytes) -> tuple[bytes, list[str]]:
    """The comments part without ours, and the cells whose comments went. Raises Unmarkable.

    What the staff have written before or behind ours stays.
    """
    root = parse(xml)
    authors, there = root.find("authors"), root.find("commentList")
    if authors is None or there is None:
        return xml, []
    patch, gone, used = Patch(xml), [], set()
    names = [author.text for author in authors.all("author")]
    for comment in there.all("comment"):
        number, text = _author_of(comment), comment.find("text")
        if _is_threaded(comment, names):  # its words are the discussion's
            used.add(number)
            continue
        own = number < len(names) and names[number] == AUTHOR
        if text is not None and _is_all_ours(text, own=own):
            patch.cut(comment.start, comment.end)
            gone.append(comment.attributes.get("ref", ""))
            continue
        used.add(number)
        if text is not None:
            _take_back(patch, text)
    if names and names[-1] == AUTHOR and len(names) - 1 not in used:
        last = list(authors.all("author"))[-1]
        patch.cut(last.start, last.end)
    return patch.done(), gone


def _written(text: Node) -> list[Node]:
    """Where the words of a comment stand."""
    return [t for run in (text, *text.all("r")) for t in run.all("t")]


def _is_all_ours(text: Node, *, own: bool) -> bool:
    """Whether nothing would be left of a comment; of one that bears our name and begins as ours, the end may be lost."""
    words = "".join(t.text for t in _written(text))
    if SIGNATURE not in words:
        return own and (not words.strip() or _BEGUN.match(words) is not None)
    return not _OURS.sub("", words).strip()


def _take_back(patch: Patch, text: Node) -> None:
    """Take ours out of a comment of the staff's: whole runs where they hold nothing else."""
    at = 0
    ours = [found.span() for found in _OURS.finditer("".join(t.text for t in _written(text)))]
    kept = []
    for holder in (text, *text.all("r")):
        for t in holder.all("t"):
            left = "".join(c for n, c in enumerate(t.text, at) if not any(a <= n < b for a, b in ours))
            at += len(t.text)
            if left == t.text:
                kept.append(holder)
            elif left or holder is text:
                patch.cut(t.head, t.tail)
                patch.put(t.head, said(left))
            else:
                patch.cut(holder.start, holder.end)
    only = kept[0] if ours and len(kept) == 1 else text
    if only is not text and len(only.children) == 1:  # it stood without a run before ours came behind it
        patch.cut(only.start, only.children[0].start)
        patch.cut(only.children[0].end, only.end)


# --- the boxes ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sizes:
    """How wide a sheet's columns and how high its rows are, in pixels, counted from 0, and the last ones to be seen."""

    width: Callable[[int], int]
    height: Callable[[int], int]
    last_column: int
    last_row: int


def can_hold(vml: bytes) -> bool:
    """Whether boxes can be added to a drawing: it ends as the office programs end it."""
    return vml.rstrip().endswith(b"</xml>")


def blocks_of(vml: bytes) -> set[int]:
    """The blocks of numbers that are a drawing's own: those it reserves, those of its shapes."""
    return {*_reserved(vml), *(int(n) // BLOCK for n in _NUMBER.findall(vml))}


def _reserved(vml: bytes) -> list[int]:
    found = _BLOCKS.search(vml)
    return [int(n) for n in found[2].split(b",") if n.strip()] if found else []


def _free(taken: Collection[int]) -> int:
    return next(n for n in range(1, len(taken) + 2) if n not in taken)


def _numbers(vml: bytes, count: int, taken: Collection[int]) -> list[int]:
    """Numbers for further shapes: the next ones of a drawing's own blocks, then of blocks that no drawing has."""
    used = {int(n) for n in _NUMBER.findall(vml)}
    own = sorted(_reserved(vml) or {n // BLOCK for n in used if n >= BLOCK}) or [_free({*taken, 0})]
    number = max((n for n in used if n // BLOCK in own), default=own[0] * BLOCK)
    out: list[int] = []
    while len(out) < count:
        number += 1
        if number % BLOCK == 0:
            later = [block for block in own if block * BLOCK >= number]
            own.append(later[0] if later else _free({*taken, *own}))
            number = own[-1] * BLOCK + 1
        out.append(number)
    return out


def add_boxes(vml: bytes, remarks: Mapping[str, Remark], sizes: Sizes, taken: Collection[int]) -> bytes:
    """A drawing with a box for every comment; ``taken`` are the blocks of numbers of all drawings."""
    numbers = _numbers(vml, len(remarks), taken)
    shapes = "" if b'id="_x0000_t202"' in vml else _TYPE
    for number, (ref, remark) in zip(numbers, remarks.items(), strict=True):
        shapes += _shape(number, ref, remark, sizes)
    at = vml.rindex(b"</xml>")
    blocks = sorted({*_reserved(vml), *(number // BLOCK for number in numbers)})
    head = _BLOCKS.sub(lambda found: found[1] + ",".join(map(str, blocks)).encode(), vml[:at], count=1)
    return head + shapes.encode() + vml[at:]


def _shape(number: int, ref: str, remark: Remark, sizes: Sizes) -> str:
    row, column = spot(ref)
    lines = sum(lines_needed(line, _CHARACTERS) for line in remark.text.split("\n"))
    height = min(MOST, (lines + 1) * LINE)
    left, right, across = _reach(sizes.width, column + 1, 12 + WIDTH, sizes.last_column)
    top, bottom, down = _reach(sizes.height, max(row - 1, 0), 4 + height, sizes.last_row)
    return (
        f'<v:shape{_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:80pt;margin-top:5pt;'
        f'width:{WIDTH * 3 // 4}pt;height:{height * 3 // 4}pt;z-index:{number % 1024};visibility:hidden" fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{left}, 12, {top}, 4, {right}, {across}, {bottom}, {down}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _reach(size: Callable[[int], int], first: int, length: int, last: int) -> tuple[int, int, int]:
    """The rows or columns a length goes from and to, and how far into the last.

    It begins in ``first``, or as far before it as it must for not going beyond ``last``.
    """
    first = end = min(first, last)
    while (one := size(end)) <= length and end < last:
        length -= one
        end += 1
    beyond = length - one
    while beyond > 0 and first > 0:
        first -= 1
        beyond -= size(first)
    return first, end, min(length, one)


def strip_boxes(vml: bytes, refs: Iterable[str]) -> bytes:
    """A drawing without the boxes of some cells' comments."""
    gone = {spot(ref) for ref in refs}
    return _SHAPE.sub(lambda found: b"" if _cell_of(found[0]) in gone else found[0], vml)


def boxed(vml: bytes) -> set[tuple[int, int]]:
    """The rows and columns, counted from 0, of the cells whose comments have a box."""
    return {at for found in _SHAPE.finditer(vml) if (at := _cell_of(found[0])) is not None}


def _cell_of(shape: bytes) -> tuple[int, int] | None:
    """The cell whose comment a box shows."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]), int(column[1])) if row and column and _NOTE.search(shape) else None


def has_boxes(vml: bytes) -> bool:
    """Whether a drawing shows anything."""
    return b":ClientData" in vml or _SHAPE.search(vml) is not None


def spot(ref: str) -> tuple[int, int]:
    """The row and column of an address, counted from 0."""
    found = _REF.fullmatch(ref)
    return (int(found[2]) - 1, column_number(found[1].encode()) - 1) if found else (-1, -1)
