"""The parts of a workbook: those that are not changed keep even their compressed bytes."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from html import escape

from ...preflight import MAX_ENTRIES, plain_name
from .markup import RELATIONSHIPS, Node, Patch, odd, parse, prefixed

TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
_DATED = 0x21
"""1 January 1980, the first day an archive knows."""
_UTF8 = 0x800
_EMPTY_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(frozen=True)
class Relation:
    """A line of a part's relationships: its id, its type, the part it leads to."""

    id: str
    type: str
    target: str
    node: Node


@dataclass
class _Entry:
    """A part as it lies in the archive: how it is compressed, its checksum, its size, its compressed bytes."""

    method: int
    crc: int
    size: int
    packed: bytes


class Parts:
    """A workbook's parts, in their order. Raises Unmarkable for an archive that is not read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._changed: dict[str, bytes] = {}
        self._entries: dict[str, zipfile.ZipInfo | None] = {}
        self._read: dict[str, bytes] = {}
        self._relations: dict[str, tuple[bytes, list[Relation]]] = {}
        self._dropped: list[str] = []
        self._added: dict[str, str] = {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise odd() from error
        for entry in self._archive.infolist():
            self._entries[plain_name(entry.filename)] = entry

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._entries)

    def get(self, name: str) -> bytes:
        """What a part holds; nothing where there is none."""
        if name in self._changed:
            return self._changed[name]
        entry = self._entries.get(name)
        if entry is None:
            return b""
        if name in self._read:
            return self._read[name]
        try:
            return self._read.setdefault(name, self._archive.read(entry))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise odd() from error

    def set(self, name: str, data: bytes) -> None:
        """Let a part hold something; a new one comes last."""
        if name not in self._entries:
            self._entries[name] = None
        elif data == self.get(name):
            return
        self._changed[name] = data

    def drop(self, name: str) -> None:
        """Take a part out, with its line among the content types, and with what it alone led to."""
        led = [relation.target for relation in self.relations(name)]
        for one in (name, _relations_of(name)):
            self._entries.pop(one, None)
            self._changed.pop(one, None)
            self._dropped.append(f"/{one}".casefold())
        for target in led:
            if target in self and not self._is_led_to(target):
                self.drop(target)

    def _is_led_to(self, target: str) -> bool:
        owners = [owner for name in self.names if (owner := _owner_of(name)) is not None]
        return any(relation.target == target for owner in owners for relation in self.relations(owner))

    def add(self, name: str, data: bytes, content_type: str) -> None:
        """Put a new part in, with its line among the content types."""
        self.set(name, data)
        self._added[f"/{name}"] = content_type

    def _write_types(self) -> None:
        """Let the content types tell of the parts that came and went."""
        root = parse(xml := self.get(TYPES))
        patch = Patch(xml)
        for line in root.all("Override"):
            if line.attributes.get("PartName", "").casefold() in self._dropped:
                patch.cut(line.start, line.end)
        new = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in self._added.items())
        patch.inside(root, prefixed(new, root))
        self.set(TYPES, patch.done())
        self._dropped, self._added = [], {}

    def content_type(self, name: str) -> str:
        """What the content types say a part is."""
        part, ending = f"/{name}".casefold(), name.rpartition(".")[2].casefold()
        lines = parse(self.get(TYPES)).children
        own = [n.attributes for n in lines if n.attributes.get("PartName", "").casefold() == part]
        usual = [n.attributes for n in lines if n.attributes.get("Extension", "").casefold() == ending]
        return next((line.get("ContentType", "") for line in (*own, *usual)), "")

    # --- relationships ----------------------------------------------------------------------------------------

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part that lead to other parts."""
        xml = self.get(_relations_of(part))
        if not xml:
            return []
        held = self._relations.get(part)
        if held is None or held[0] is not xml:
            held = self._relations[part] = xml, self._listed(part, xml)
        return held[1]

    def _listed(self, part: str, xml: bytes) -> list[Relation]:
        return [
            Relation(
                node.attributes.get("Id", ""),
                node.attributes.get("Type", ""),
                _resolved(part, node.attributes.get("Target", "")),
                node,
            )
            for node in parse(xml).all("Relationship")
            if node.attributes.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> Relation | None:
        """The first relationship of a kind (the last word of its type)."""
        return next((r for r in self.relations(part) if r.type.endswith(f"/{kind}")), None)

    def kind(self, word: str) -> str:
        """The type of relationship that ends in a word, written as the workbook writes that of its sheets."""
        of_sheets = (r.type for r in self.relations(WORKBOOK) if r.type.endswith("/worksheet"))
        return f"{next(of_sheets, f'{RELATIONSHIPS}/').rpartition('/')[0]}/{word}"

    def relate(self, part: str, id: str, kind: str, target: str) -> str:
        """Add a relationship of a kind (the last word of its type); its id, another one where that is taken."""
        name = _relations_of(part)
        xml = self.get(name) or _EMPTY_RELATIONS
        patch, root = Patch(xml), parse(xml)
        taken = {line.attributes.get("Id") for line in root.children}
        id = next(one for one in (id, *(f"{id}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)
        path = escape(posixpath.relpath(target, posixpath.dirname(part)))
        line = f'<Relationship Id="{id}" Type="{self.kind(kind)}" Target="{path}"/>'
        patch.inside(root, prefixed(line, root))
        self.set(name, patch.done())
        return id

    def unrelate(self, part: str, target: str) -> None:
        """Take out the relationships to a part; the part that held nothing else goes with them."""
        name = _relations_of(part)
        patch, relations = Patch(self.get(name)), self.relations(part)
        for relation in relations:
            if relation.target == target:
                patch.cut(relation.node.start, relation.node.end)
        xml = patch.done()
        if parse(xml).children or part == WORKBOOK:
            self.set(name, xml)
        else:
            self.drop(name)

    # --- the archive ------------------------------------------------------------------------------------------

    def data(self) -> bytes:
        """The workbook's bytes: equal for equal parts, whenever they are made. Raises Unmarkable."""
        self._write_types()
        if len(self._entries) > MAX_ENTRIES:
            raise odd()
        out, index = io.BytesIO(), []
        for name, entry in self._entries.items():
            packed = self._packed(name, entry)
            file = name.encode()
            flags = 0 if name.isascii() else _UTF8
            fields = (flags, packed.method, 0, _DATED, packed.crc, len(packed.packed), packed.size, len(file))
            index.append(struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, *fields, 0, 0, 0, 0, 0, out.tell()) + file)
            out.write(struct.pack("<4s5H3I2H", b"PK\3\4", 20, *fields, 0) + file)
            out.write(packed.packed)
        start = out.tell()
        size = out.write(b"".join(index))
        out.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(index), len(index), size, start, 0))
        return out.getvalue()

    def _packed(self, name: str, entry: zipfile.ZipInfo | None) -> _Entry:
        usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if entry is not None and name not in self._changed and entry.compress_type in usual:
            return _Entry(entry.compress_type, entry.CRC, entry.file_size, self._raw(entry))
        data = self.get(name)
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        return _Entry(zipfile.ZIP_DEFLATED, zlib.crc32(data), len(data), squeeze.compress(data) + squeeze.flush())

    def _raw(self, entry: zipfile.ZipInfo) -> bytes:
        """The compressed bytes of a part, behind its own header."""
        name, extra = struct.unpack_from("<2H", self._data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name + extra
        return self._data[start : start + entry.compress_size]


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _owner_of(name: str) -> str | None:
    """The part whose relationships a part holds; None for a part that holds none."""
    folder, file = posixpath.split(name)
    if posixpath.basename(folder) != "_rels" or not file.endswith(".rels"):
        return None
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))


def _resolved(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def free_name(parts: Parts, wanted: str) -> str:
    """A name that no part has yet."""
    stem, dot, ending = wanted.rpartition(".")
    names = {name.casefold() for name in parts.names}
    number, name = 1, wanted
    while name.casefold() in names:
        number += 1
        name = f"{stem}_{number}{dot}{ending}"
    return name
