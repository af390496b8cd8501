"""The archive around a workbook: cut, wrapped, lying, incomplete."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

from pieces import RELS, STRINGS, WORKBOOK, archive

from .kit import Book, Specimen, edited, file, good_bytes

GROUP = "container"
DAMAGED = "不完整或已损坏"
REFUSED_TO_OPEN = "工作簿打不开"


def _cut(keep: Callable[[int], int]) -> Callable[[], bytes]:
    return lambda: good_bytes()[: keep(len(good_bytes()))]


def _patched(central: int, local: int, field: bytes, name: bytes = b"xl/worksheets/sheet4.xml") -> bytes:
    """The good form with a field of one entry's two headers overwritten; offsets are those of the zip format."""
    data = bytearray(good_bytes())
    for mark, start, offset in ((b"PK\x03\x04", 30, local), (b"PK\x01\x02", 46, central)):
        at = data.find(mark)
        while data[at + start : at + start + len(name)] != name:
            at = data.find(mark, at + 1)
        if offset >= 0:
            data[at + offset : at + offset + len(field)] = field
    return bytes(data)


def _twice(name: str) -> bytes:
    out = io.BytesIO(good_bytes())
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "a") as target:
        target.writestr(name, Book().sheet("项目资金").replace("<v>4.86</v>", "<v>0.86</v>"))
    return out.getvalue()


def _without(*names: str) -> Callable[[], bytes]:
    return lambda: archive({name: data for name, data in Book().parts.items() if name not in names})


def _with(**parts: bytes) -> Callable[[], bytes]:
    return lambda: archive({**Book().parts, **parts})


def _streamed() -> bytes:
    """Written to a pipe: sizes stand behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.got = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.got += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:  # type: ignore[arg-type]
        for name, data in Book().parts.items():
            target.writestr(name, data)
    return bytes(pipe.got)


def _zip64() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in Book().parts.items():
            with target.open(name, "w", force_zip64=True) as part:
                part.write(data)
    return out.getvalue()


def _bomb() -> bytes:
    """One part of 300 MB in 300 kB."""
    out = io.BytesIO(good_bytes())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target, target.open("xl/worksheets/big.xml", "w") as part:
        for _ in range(300):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()


def _renamed(rename: Callable[[str], str]) -> Callable[[], bytes]:
    return lambda: archive({rename(name): data for name, data in Book().parts.items()})


def _no_sheets(book: Book) -> None:
    text = book.parts[WORKBOOK].decode()
    start, end = text.index("<sheets>"), text.index("</sheets>")
    book.parts[WORKBOOK] = (text[: start + 8] + text[end:]).encode()


def _media_sheet(book: Book) -> None:
    """A sheet hidden where nothing is looked at."""
    book.parts["xl/media/image1.xml"] = book.parts.pop(book.part("项目资金"))
    book.sub(RELS, "worksheets/sheet4.xml", "media/image1.xml")


def _refused(name: str, data: Callable[[], bytes], said: str = DAMAGED, apart: bool = False) -> Specimen:
    return Specimen(group=GROUP, name=name, make=file(data), said=said, apart=apart)


def _read(name: str, data: Callable[[], bytes], *found: str) -> Specimen:
    return Specimen(group=GROUP, name=name, make=file(data), found=found)


SPECIMENS = (
    *(_refused(f"cut-to-{n}-bytes", _cut(lambda size, n=n: n)) for n in (4, 5, 30, 31, 100, 1000, 5000, 20000)),  # type: ignore[misc]
    *(_refused(f"last-{n}-bytes-lost", _cut(lambda size, n=n: size - n)) for n in (1, 21, 22, 23, 500, 2000, 3000)),  # type: ignore[misc]
    _read("trailing-garbage", lambda: good_bytes() + b"\r\n" * 40),
    _read("trailing-zeros", lambda: good_bytes() + bytes(4096)),
    _refused("trailing-megabyte", lambda: good_bytes() + bytes(1024 * 1024)),
    _refused("prefixed-garbage", lambda: b"HTTP/1.1 200 OK\r\n\r\n" + good_bytes(), "不是工作簿"),
    _refused("prefixed-zeros", lambda: bytes(16) + good_bytes(), "不是工作簿"),
    _read("spanning-mark", lambda: b"PK00" + good_bytes()),
    _refused("empty-archive", lambda: b"PK\x05\x06" + bytes(18), "压缩包"),
    _refused("central-directory-alone", lambda: good_bytes()[good_bytes().index(b"PK\x01\x02") :]),
    _refused("sheet-twice", lambda: _twice("xl/worksheets/sheet4.xml"), "重名"),
    _refused("sheet-twice-other-case", lambda: _twice("xl/worksheets/Sheet4.xml"), "重名"),
    _refused("sheet-twice-leading-slash", lambda: _twice("/xl/worksheets/sheet4.xml"), "重名"),
    _refused("sheet-twice-backslash", lambda: _twice("xl\\worksheets\\sheet4.xml"), "重名"),
    _refused("sheet-twice-dotted", lambda: _twice("xl/./worksheets/sheet4.xml"), "重名"),
    _refused("encryption-flag", lambda: _patched(8, 6, b"\x01\0"), "打开密码"),
    _refused("wrong-crc", lambda: _patched(16, 14, b"abcd")),
    _refused("crc-of-headers-differs", lambda: _patched(16, -1, b"abcd")),
    _refused("unknown-method", lambda: _patched(10, 8, b"\x63\0")),
    _refused("method-says-stored", lambda: _patched(10, 8, b"\0\0")),
    _refused("method-says-lzma", lambda: _patched(10, 8, b"\x0e\0")),
    _refused("size-lies-small", lambda: _patched(24, 22, struct.pack("<I", 100))),
    _read("size-lies-large", lambda: _patched(24, 22, struct.pack("<I", 0x7FFFFFFF))),
    _read("compressed-size-lies", lambda: _patched(20, 18, struct.pack("<I", 0x7FFFFFFF))),
    _refused("local-name-differs", lambda: _patched(-1, 30, b"xl/worksheets/sheet9.xml")),
    _refused("offset-outside", lambda: _patched(42, -1, struct.pack("<I", 0x7FFFFFFF))),
    _read("bzip2", lambda: archive(Book().parts, zipfile.ZIP_BZIP2)),
    _read("lzma", lambda: archive(Book().parts, zipfile.ZIP_LZMA)),
    _read("stored", lambda: archive(Book().parts, zipfile.ZIP_STORED)),
    _read("zip64", _zip64),
    _read("data-descriptors", _streamed),
    _read("absolute-entry-names", _renamed(lambda name: f"/{name}")),
    _read("backslashes", _renamed(lambda name: name.replace("/", "\\"))),
    _read("upper-case-names", _renamed(lambda name: name.upper() if name.startswith("xl/") else name)),
    _read("entry-outside", _with(**{"../../evil.xml": b"<x/>"})),
    _read("folder-entries", _with(**{"xl/": b"", "xl/worksheets/": b""})),
    _refused("entries-over-limit", _with(**{f"x/{n}.xml": b"" for n in range(2001)}), "部件超过"),
    _refused("bomb", _bomb, "解压后超过", apart=True),
    _refused("nested-in-folder", _renamed(lambda name: f"表/{name}"), "内部文件不全或位置不对"),
    _read("no-content-types", _without("[Content_Types].xml")),
    _refused("no-top-relations", _without("_rels/.rels"), REFUSED_TO_OPEN),
    _refused("workbook-elsewhere", lambda: Book().sub("_rels/.rels", "xl/workbook.xml", "xl/other.xml").data()),
    _refused("no-relations", _without(RELS), REFUSED_TO_OPEN),
    _refused("no-workbook", _without(WORKBOOK), "内部文件不全或位置不对"),
    _refused(
        "workbook-of-another-name",
        _renamed(lambda name: name.replace("xl/workbook.xml", "xl/workbook2.xml")),
        "内部文件不全或位置不对",
    ),
    _refused("sheet-part-missing", _without("xl/worksheets/sheet4.xml"), REFUSED_TO_OPEN),
    _refused("strings-missing", _without(STRINGS), REFUSED_TO_OPEN),
    _read("no-theme", _without("xl/theme/theme1.xml")),
    _read("no-properties", _without("docProps/core.xml", "docProps/app.xml")),
    Specimen(
        group=GROUP,
        name="no-styles",
        make=file(_without("xl/styles.xml")),
        found=("F401 收支预决算!B19", "F401 项目资金!U5"),
        lost=("lines.M109",),
    ),
    Specimen(
        group=GROUP,
        name="relations-absolute",
        make=edited(lambda b: b.sub(RELS, 'Target="worksheets/', 'Target="/xl/worksheets/', 99)),
    ),
    Specimen(
        group=GROUP,
        name="relations-dotted",
        make=edited(lambda b: b.sub(RELS, 'Target="worksheets/', 'Target="./worksheets/', 99)),
        said=REFUSED_TO_OPEN,
    ),
    Specimen(
        group=GROUP,
        name="relations-swapped-order",
        make=edited(
            lambda b: b.sub(
                RELS,
                'Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet4.xml"',
                'Target="worksheets/sheet4.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Id="rId4"',
            )
        ),
    ),
    Specimen(
        group=GROUP,
        name="relation-missing",
        make=edited(lambda b: b.sub(RELS, 'Id="rId4"', 'Id="rId44"')),
        said=REFUSED_TO_OPEN,
    ),
    Specimen(group=GROUP, name="sheet-among-pictures", make=edited(_media_sheet), said=REFUSED_TO_OPEN),
    Specimen(group=GROUP, name="no-sheets", make=edited(_no_sheets), said="没有工作表"),
)
