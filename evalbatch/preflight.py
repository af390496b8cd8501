"""Before a workbook is opened: are these bytes safe and worth reading?

Bytes are judged by what they are, never by the file's name. A file that cannot be read as a workbook is refused with
one sentence of advice. What passes is a ``Package``: the parts of an OOXML workbook that carry its contents, inflated
within limits, the grid of every sheet bounded.
"""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .extent import Far, bounded
from .kinds import advice_for

MAX_FILE = 50 * 1024 * 1024
"""Real filled forms stay under 3 MB; pictures of evidence rarely pass 50 MB."""
MAX_ENTRIES = 2_000
"""99 % of real workbooks hold at most 50 parts."""
MAX_INFLATED = 200 * 1024 * 1024
"""99 % of real workbooks inflate to at most 2.2 MB; a million formatted empty rows to 100 MB."""

WORKBOOK = "xl/workbook.xml"
_ROOT = "_rels/.rels"
_BOOKS = (".xlsx", ".xls", ".et")
_USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREAD = (
    "xl/media/",
    "xl/theme/",
    "xl/drawings/",
    "xl/charts/",
    "xl/embeddings/",
    "xl/printerSettings/",
    "docProps/",
    "customXml/",
)
"""Parts that nothing here looks into, whatever they hold."""
_MARKUP = (".xml", ".rels", ".vml")
"""How the names of the parts end that hold markup; what others hold (``[trash]/0000.dat``, ``customProperty1.bin``) is the
business of the program that left it there."""
_PROLOG = re.compile(rb"(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+", re.S)
"""What may stand before the root element, declarations aside."""
_ENCODING = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([^"']+)""")
_DAMAGED = "文件不完整或已损坏（可能没有下载完）。请重新下载，或让填报单位重新发送"
_TOO_LARGE = f"文件解压后超过 {MAX_INFLATED // 1024 // 1024} MB，请删去无关的工作表和大片格式后再交"
_PASSWORD = "文件有打开密码，无法读取。请取消密码后另存，再交"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What the archive reader raises on damaged archives."""


class Refused(Exception):
    """A file that is not read; the message is one Chinese sentence of advice, without the file's name."""

    def __init__(self, advice: str, sha256: str | None = None) -> None:
        super().__init__(advice)
        self.sha256 = sha256
        """The hash of the file's bytes, where it could be opened."""


@dataclass(frozen=True)
class Package:
    """A workbook's bytes, safe to be read, their hash, and the parts that carry its contents, inflated.

    ``far`` are cells too far away to be read, which the bytes no longer hold. ``macros`` and ``links`` say whether
    the workbook brings code, or looks into other workbooks.
    """

    data: bytes
    sha256: str
    parts: Mapping[str, bytes]
    far: tuple[Far, ...] = ()
    macros: bool = False
    links: bool = False


def open_package(path: Path) -> Package:
    """Read a file once and check it. Raises Refused with the advice, OSError never."""
    data = bytes_of(path)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        advice = advice_for(data)
        if advice:
            raise Refused(advice)
        return _package(data, sha256)
    except Refused as refusal:
        refusal.sha256 = sha256
        raise


def bytes_of(path: Path) -> bytes:
    """Read a regular file once. Raises Refused with the advice, OSError never."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise Refused("没有这个文件，请检查文件名和所在的文件夹") from error
    except (OSError, ValueError) as error:
        raise Refused("文件打不开，请检查是否有读取权限，或是否正被其他程序占用") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Refused("这不是普通文件，请交填好的 .xlsx 文件")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > MAX_FILE:
            raise Refused(f"文件超过 {MAX_FILE // 1024 // 1024} MB，请删去图片等附件后再交")
        try:
            return file.read(MAX_FILE + 1)
        except OSError as error:
            raise Refused("文件读不出来，请重新复制一份再交") from error


def _package(data: bytes, sha256: str) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {plain_name(entry.filename): entry for entry in archive.infolist()}
            _check_entries(archive.infolist(), list(entries))
            parts = _parts(archive, entries)
            if WORKBOOK not in parts.get(_ROOT, WORKBOOK.encode()).decode("utf-8", "replace"):
                raise Refused(_DAMAGED)
    except _BROKEN as error:
        raise Refused(_DAMAGED) from error
    far = []
    for name in [name for name, xml in parts.items() if b"sheetData" in xml]:
        parts[name], dropped = bounded(name, parts[name])
        far += dropped
    names = [name.lower() for name in entries]
    usual = all(name == entry.filename and entry.compress_type in _USUAL for name, entry in entries.items())
    return Package(
        data=data if usual and not far else rebuilt(parts),
        sha256=sha256,
        parts=parts,
        far=tuple(far),
        macros=any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names),
        links=any("externallinks/" in name for name in names),
    )


def plain_name(name: str) -> str:
    """A part's name as it is written almost everywhere; some programs write it with ``\\`` or a leading ``/``."""
    if "\\" in name or "." in name[:2] or "/." in name or name[:1] in ("/", "X"):
        name = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
        return WORKBOOK if name.lower() == WORKBOOK else name
    return name


def _parts(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    room = MAX_INFLATED
    for name, entry in entries.items():
        if name.startswith(_UNREAD):
            continue
        with archive.open(entry) as part:
            xml = part.read(room + 1)  # what really comes out, whatever the entry says
        room -= len(xml)
        if room < 0:
            raise Refused(_TOO_LARGE)
        if name.lower().endswith(_MARKUP) or xml.startswith(b"<?xml"):
            _check_markup(xml)
        parts[name] = xml
    return parts


def _check_markup(xml: bytes) -> None:
    """No workbook declares entities, and none of the programs that write forms uses another encoding than UTF-8.

    XML has declarations before its root element alone; no parser takes anything behind it for one.
    """
    prolog = _PROLOG.match(xml)
    if prolog and xml.startswith((b"<!DOCTYPE", b"<!ENTITY"), prolog.end()):
        raise Refused(
            "文件内部带有不该有的声明（DTD），可能不安全，没有读取。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交"
        )
    declared = _ENCODING.search(xml, 0, 200)
    if b"\0" in xml[:8] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise Refused("文件内部的编码不是 UTF-8，读不了。请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交")


def _check_entries(entries: list[zipfile.ZipInfo], names: list[str]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused(f"文件内的部件超过 {MAX_ENTRIES} 个，请另存为一份新的 .xlsx 后再交")
    if len({name.casefold() for name in names}) != len(entries):
        raise Refused("文件内部有重名的部件，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交")
    if WORKBOOK not in names:
        raise Refused(_other_archive(names))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(_PASSWORD)


def _other_archive(names: list[str]) -> str:
    """What an archive without a workbook inside probably is."""
    if "xl/workbook.bin" in names:
        return "这是二进制工作簿（.xlsb）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交"
    kinds = {"word/": "这是 Word 文档", "ppt/": "这是演示文稿", "content.xml": "这是 ODS 等格式的文件"}
    kind = next((said for start, said in kinds.items() if any(name.startswith(start) for name in names)), "")
    if kind:
        return f"{kind}，不是 .xlsx 工作簿。请交填好的标准表（.xlsx）"
    if any(name.startswith("xl/") or name.endswith(f"/{WORKBOOK}") for name in names):
        return "工作簿的内部文件不全或位置不对，打不开。请用 Excel 或 WPS 打开后另存为新的 .xlsx；打不开的，请重新发送原来的文件"
    holds = any(name.lower().endswith(_BOOKS) for name in names)
    return f"这是压缩包，不是 .xlsx 工作簿。请{'解压后交其中的' if holds else '交填好的'} .xlsx 文件"


def rebuilt(parts: Mapping[str, bytes]) -> bytes:
    """An archive of the parts as they are now."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name, data in parts.items():
            new.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()
