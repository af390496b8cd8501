"""Before a workbook is opened: are these bytes safe and worth reading?

Bytes are judged by what they are, never by the file's name. A file that cannot be read as a workbook is refused with
one sentence of advice. What passes is a ``Package``: the parts of an OOXML workbook, inflated within limits.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_FILE = 50 * 1024 * 1024
"""Real filled forms stay under 3 MB; pictures of evidence rarely pass 50 MB."""
MAX_ENTRIES = 2_000
"""99 % of real workbooks hold at most 50 parts."""
MAX_INFLATED = 200 * 1024 * 1024
"""99 % of real workbooks inflate to at most 2.2 MB."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = "EncryptedPackage".encode("utf-16-le")
_SIGNS = (
    (b"%PDF", "这是 PDF 文件，不是工作簿。请交填好的 .xlsx 文件"),
    (b"\xff\xd8\xff", "这是图片，不是工作簿。请交填好的 .xlsx 文件"),
    (b"\x89PNG", "这是图片，不是工作簿。请交填好的 .xlsx 文件"),
    (b"GIF8", "这是图片，不是工作簿。请交填好的 .xlsx 文件"),
    (b"Rar!", "这是压缩包，不是工作簿。请解压后交其中的 .xlsx 文件"),
    (b"7z\xbc\xaf", "这是压缩包，不是工作簿。请解压后交其中的 .xlsx 文件"),
    (b"\x1f\x8b", "这是压缩包，不是工作簿。请解压后交其中的 .xlsx 文件"),
)
_DAMAGED = "文件不完整或已损坏（可能没有下载完）。请重新下载，或让填报单位重新发送"


class Refused(Exception):
    """A file that is not read; the message is one Chinese sentence of advice, without the file's name."""

    sha256: str | None = None
    """The hash of the file's bytes, where it could be opened."""


@dataclass(frozen=True)
class Package:
    """A workbook's bytes, their hash, and every part by name, inflated."""

    data: bytes
    sha256: str
    parts: Mapping[str, bytes]


def open_package(path: Path) -> Package:
    """Read a file once and check it. Raises Refused with the advice, OSError never."""
    data = _bytes_of(path)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        _refuse_other_kinds(data)
        return Package(data=data, sha256=sha256, parts=_inflate(data))
    except Refused as refusal:
        refusal.sha256 = sha256
        raise


def _bytes_of(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise Refused("没有这个文件，请检查文件名和所在的文件夹") from error
    except OSError as error:
        raise Refused("文件打不开，请检查是否有读取权限，或是否正被其他程序占用") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Refused("这不是普通文件，请交填好的 .xlsx 文件")
        if status.st_size > MAX_FILE:
            raise Refused(f"文件超过 {MAX_FILE // 1024 // 1024} MB，请删去图片等附件后再交")
        try:
            return file.read(MAX_FILE + 1)
        except OSError as error:
            raise Refused("文件读不出来，请重新复制一份再交") from error


def _refuse_other_kinds(data: bytes) -> None:
    if not data:
        raise Refused("这是空文件（0 字节），请重新发送填好的工作簿")
    if data.startswith(_OLE):
        if _UTF16 in data:
            raise Refused("文件有打开密码，无法读取。请取消密码后另存，再交")
        raise Refused("这是旧版 Excel 格式（.xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交")
    for sign, advice in _SIGNS:
        if data.startswith(sign):
            raise Refused(advice)
    if data.startswith(b"PK"):
        return
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and (b"<html" in head or b"<table" in head or b"<!doctype" in head):
        raise Refused("这是网页表格，只是文件名像工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交")
    if b"\0" not in data[:4096]:
        raise Refused("这是文本文件（如 CSV），不是工作簿。请用标准表填写，保存为 .xlsx 后再交")
    raise Refused("这不是工作簿文件，请交填好的 .xlsx 文件")


def _inflate(data: bytes) -> dict[str, bytes]:
    """Every part of the archive by name, within the limits. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _parts(archive, entries)
    except _BROKEN as error:
        raise Refused(_DAMAGED) from error


def _parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    room = MAX_INFLATED
    for entry in entries:
        with archive.open(entry) as part:
            parts[entry.filename] = part.read(room + 1)  # what really comes out, whatever the entry says
        room -= len(parts[entry.filename])
        if room < 0:
            raise Refused(_TOO_LARGE)
    return parts


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
_TOO_LARGE = f"文件解压后超过 {MAX_INFLATED // 1024 // 1024} MB，请删去无关的工作表和大片格式后再交"


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MAX_ENTRIES:
        raise Refused(f"文件内的部件超过 {MAX_ENTRIES} 个，请另存为一份新的 .xlsx 后再交")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("文件有打开密码，无法读取。请取消密码后另存，再交")
    if len(set(names)) != len(names):
        raise Refused("文件内部有重名的部件，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再交")
    if "xl/workbook.xml" not in names:
        kinds = {"word/": "这是 Word 文档", "ppt/": "这是演示文稿", "content.xml": "这是 ODS 等格式的文件"}
        kind = next((said for start, said in kinds.items() if any(n.startswith(start) for n in names)), "这是压缩包")
        raise Refused(f"{kind}，不是 .xlsx 工作簿。请交填好的标准表（.xlsx）")
