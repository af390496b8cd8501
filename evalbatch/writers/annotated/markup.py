"""XML changed in place: where the elements of a part stand in its bytes, and edits that leave all other bytes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from xml.parsers import expat

from ...celltext import clean

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_ELEMENT = re.compile(r"<(/?)(?=\w)")
_ROWS = re.compile(rb"<(?:\w+:)?sheetData\b[^>]*(?<!/)>")
_DECLARED = re.compile(rb"""\bxmlns:(\w+)=["']%b["']""" % RELATIONSHIPS.encode())
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Unmarkable(Exception):
    """A workbook that cannot be marked; the message is one Chinese sentence: why, and what to do."""


def odd() -> Unmarkable:
    """A part is not written as the programs that fill forms write it."""
    return Unmarkable("文件的内部写法少见，不能在上面标注。请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再交")


@dataclass(eq=False, slots=True)
class Node:
    """An element: its name without prefix, the prefix, its attributes, and where it stands.

    ``start`` and ``head`` are where its first tag begins and ends, ``tail`` and ``end`` its last tag; one without
    content has one tag. Attributes of another namespace go by ``{namespace}name``.
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    start: int
    head: int
    tail: int = 0
    end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def find(self, name: str) -> Node | None:
        """The first child of a name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Node]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def below(self, name: str) -> Iterator[Node]:
        """Everything of a name, however deep."""
        waiting = self.children[::-1]
        while waiting:
            child = waiting.pop()
            if child.name == name:
                yield child
            waiting += child.children[::-1]


def parse(xml: bytes) -> Node:
    """The root of a part. Raises Unmarkable."""
    return _Parser(xml).root()


def parse_sheet(xml: bytes) -> Node:
    """The root of a worksheet, its rows left out. Raises Unmarkable."""
    rows = None if b"<!" in xml else _ROWS.search(xml)
    if rows is None:
        return _Parser(xml).root()
    end = xml.find(b"sheetData>", rows.end())
    return _Parser(xml, rows.end(), xml.rfind(b"</", 0, end)).root()


class _Parser:
    """Goes through XML once, without what stands between two places."""

    def __init__(self, xml: bytes, left: int = 0, again: int = 0) -> None:
        self.xml, self.left, self.again = xml, left, max(again, left)
        self.open: list[Node] = []
        self.top: Node | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def root(self) -> Node:
        if b"ascii" in self.xml[:200].partition(b"?>")[0].lower():  # what is put in is not
            raise odd()
        try:
            self.parser.Parse(self.xml[: self.left], False)
            self.parser.Parse(self.xml[self.again :], True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise odd() from error
        assert self.top is not None
        return self.top

    def _at(self) -> int:
        index = self.parser.CurrentByteIndex
        return index if index < self.left else index + self.again - self.left

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        _, local, prefix = _split(name)
        start = self._at()
        tag = _TAG.match(self.xml, start)
        if tag is None:
            raise ValueError(name)
        own = {_named(key) if " " in key else key: value for key, value in attributes.items()}
        node = Node(local, prefix, own, start, tag.end())
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.top = node
        self.open.append(node)

    def _end(self, _: str) -> None:
        node = self.open.pop()
        if self.xml[node.head - 2 : node.head] == b"/>":
            node.tail = node.end = node.head
        else:
            node.tail = self._at()
            node.end = self.xml.index(b">", node.tail) + 1

    def _characters(self, text: str) -> None:
        self.open[-1].text += text


@lru_cache(1024)
def _split(name: str) -> tuple[str, str, str]:
    space, _, rest = name.rpartition(" ") if name.count(" ") < 2 else name.partition(" ")
    local, _, prefix = rest.partition(" ")
    return space, local, prefix


def _named(name: str) -> str:
    space, local, _ = _split(name)
    return f"{{{space}}}{local}"


class Patch:
    """Edits of a part, made all at once."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        self._edits: list[tuple[int, int, bytes]] = []

    def put(self, at: int, text: str | bytes) -> None:
        """Put something in at a place, behind what was put there before."""
        self._edits.append((at, at, text.encode() if isinstance(text, str) else text))

    def cut(self, start: int, end: int) -> None:
        """Take out what stands between two places."""
        self._edits.append((start, end, b""))

    def inside(self, node: Node, text: str) -> None:
        """Put something at the end of an element, which may have no content."""
        if node.tail == node.head and self.xml[node.head - 2 : node.head] == b"/>":
            name = f"{node.prefix}:{node.name}" if node.prefix else node.name
            self._edits.append((node.head - 2, node.head, f">{text}</{name}>".encode()))
        else:
            self.put(node.tail, text)

    def set(self, node: Node, name: str, value: int) -> None:
        """Give an attribute that is there a new number."""
        found = re.compile(rb"""\s%b\s*=\s*["']([^"']*)["']""" % name.encode()).search(self.xml, node.start, node.head)
        if found is not None:
            self._edits.append((*found.span(1), str(value).encode()))

    def done(self) -> bytes:
        """The part with all edits made."""
        out, at = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < at:  # within what is taken out
                continue
            out += [self.xml[at:start], new]
            at = end
        return b"".join((*out, self.xml[at:]))


def prefixed(fragment: str, node: Node) -> str:
    """Elements written with the prefix that an element of their namespace has."""
    return _ELEMENT.sub(rf"<\1{node.prefix}:", fragment) if node.prefix else fragment


def leading_to(xml: bytes, root: Node, id: str) -> str:
    """The attribute that leads to a relationship, with the prefix that the part has for it."""
    found = _DECLARED.search(xml, root.start, root.head)
    return f'{found[1].decode()}:id="{id}"' if found else f'xmlns:r="{RELATIONSHIPS}" r:id="{id}"'


def behind(root: Node, order: tuple[str, ...], name: str) -> int:
    """Where a new child of a name belongs among the children of an element that come in an order."""
    before = order[: order.index(name) + 1]
    placed = [child.end for child in root.children if child.name in before]
    return max(placed, default=root.head)


def said(text: str) -> str:
    """A text as it stands in XML, safe for a cell."""
    return escape(_CODED.sub("_x005F_", clean(text)), quote=False)
