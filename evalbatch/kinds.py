"""What a file is, by its bytes: one sentence of advice for everything that is no OOXML archive."""

from __future__ import annotations

import struct

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = "这是 Word 文档，不是工作簿。请交填好的标准表（.xlsx）"
_OLD_XLS = "这是旧版 Excel 格式（.xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交"
_OLE_KINDS = (
    ("EncryptedPackage", "文件有打开密码，无法读取。请取消密码后另存，再交"),
    ("Workbook", _OLD_XLS),
    ("Book", _OLD_XLS),
    ("WordDocument", _WORD),
    ("PowerPoint Document", "这是演示文稿，不是工作簿。请交填好的标准表（.xlsx）"),
)
_PICTURE = "这是图片，不是工作簿。请交填好的 .xlsx 文件"
_ARCHIVE = "这是压缩包，不是工作簿。请解压后交其中的 .xlsx 文件"
_PROGRAM = "这是程序，不是工作簿，请不要打开它。请交填好的 .xlsx 文件"
_DAMAGED = "文件不完整或已损坏（可能没有下载完）。请重新下载，或让填报单位重新发送"
_DOWNLOADING = "文件没有下载完（只是下载时的临时文件）。请重新下载，或让填报单位重新发送"
_SIGNS = (
    (b"%PDF", "这是 PDF 文件，不是工作簿。请交填好的 .xlsx 文件"),
    (b"\xff\xd8\xff", _PICTURE),
    (b"\x89PNG", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"{\\rtf", _WORD),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"SQLite format 3", "这是数据库文件，不是工作簿。请交填好的 .xlsx 文件"),
)
TEXT = "这是文本文件（如 CSV），不是工作簿。请用标准表填写，保存为 .xlsx 后再交"
_WEB = "这是网页表格，只是文件名像工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交"
_NO_WORKBOOK = "这不是工作簿文件，请交填好的 .xlsx 文件"
_PRINTED = bytes({*b"\t\n\r\f\x1a\x1b", *range(0x20, 0x100)})
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOWHERE = 0xFFFFFFFF
"""What stands in an OLE file where there is no sector, no neighbour and no child."""
_SECTORS = {b"\x09\0": 512, b"\x0c\0": 4096}
"""The sizes of a sector, by what stands for them in the header."""
_OLD_STREAMS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00\x04\x00")
_OPEN_DOCUMENT = "这是 ODS 等格式的文件，不是 .xlsx 工作簿。请交填好的标准表（.xlsx）"
_WEB_MARKS = ("<html", "<table", "<!doctype", "urn:schemas-microsoft-com:office", "<?xml", "mime-version:")


def _unprintable(head: bytes) -> bool:
    """Whether bytes hold control characters that no text has."""
    return bool(head.translate(None, _PRINTED))


def advice_for(data: bytes) -> str:
    """What to do with a file that is no archive; an empty text where it may be one."""
    if not data:
        return "这是空文件（0 字节），请重新发送填好的工作簿"
    if data.startswith((b"PK\x03\x04", b"PK00PK\x03\x04")):
        return ""
    if data.startswith(b"PK"):
        return _ARCHIVE if data.startswith(b"PK\x05\x06") else _DAMAGED
    if data.startswith(_OLE):
        return _advice_for_ole(data)
    if data.startswith(_OLD_STREAMS):
        return _OLD_XLS
    if not data.strip(b"\0"):
        return _DOWNLOADING
    return _advice_by_sign(data) or _advice_for_text(data)


def _advice_for_ole(data: bytes) -> str:
    """What a file of the old Office formats is; where its contents cannot be listed, every name in it counts."""
    names = _ole_names(data)
    if names:
        return next((said for name, said in _OLE_KINDS if name.lower() in names), _NO_WORKBOOK)
    return next((said for name, said in reversed(_OLE_KINDS) if name.encode("utf-16-le") in data), _OLD_XLS)


def _ole_names(data: bytes) -> set[str]:
    """The names at the top of an OLE file in small letters, those of the documents embedded in it left out; none where it is cut."""
    try:
        entries = _ole_entries(data)
        names: set[str] = set()
        open_, seen = [struct.unpack_from("<I", entries[0], 76)[0]], {_NOWHERE}
        while open_:
            number = open_.pop()
            if number not in seen:
                seen.add(number)
                entry = entries[number]
                names.add(entry[: max(entry[64] - 2, 0)].decode("utf-16-le", "replace").lower())
                open_ += struct.unpack_from("<II", entry, 68)
    except (struct.error, IndexError):
        return set()
    return names


def _ole_entries(data: bytes) -> list[bytes]:
    """The entries of an OLE file's directory, each with its name, its two neighbours and its first child."""
    size = _SECTORS.get(data[30:32], 0)
    if not size:
        return []
    tables = [number for number in struct.unpack_from("<109I", data, 76) if number != _NOWHERE]
    directory, seen = bytearray(), set()
    sector: int = struct.unpack_from("<I", data, 48)[0]
    while sector < _NOWHERE - 5 and sector not in seen:
        seen.add(sector)
        directory += data[(sector + 1) * size : (sector + 2) * size]
        table, at = divmod(sector, size // 4)
        sector = struct.unpack_from("<I", data, (tables[table] + 1) * size + at * 4)[0]
    return [bytes(directory[start : start + 128]) for start in range(0, len(directory), 128)]


def _advice_by_sign(data: bytes) -> str:
    """What the first bytes say. Letters alone say nothing where a text goes on behind them (``BMI,1``)."""
    if data[257:262] == b"ustar":
        return _ARCHIVE
    if data[4:8] == b"ftyp" or (data.startswith(b"BM") and data[6:10] == bytes(4)):
        return _PICTURE
    sign = next((said for start, said in _SIGNS if data.startswith(start)), "")
    return "" if sign == _PROGRAM and b"\0" not in data[:4096] else sign


def _advice_for_text(data: bytes) -> str:
    head = data[: 1024 * 1024].lstrip(b" \t\r\n")[:4096]
    if head.startswith(_UTF16):
        text = head.decode("utf-16", "replace").lower()
    elif b"\0" in head or _unprintable(head):
        return _NO_WORKBOOK
    else:
        text = head.decode("utf-8-sig", "replace").lower()
    if "urn:oasis:names:tc:opendocument" in text:
        return _OPEN_DOCUMENT
    return _WEB if any(mark in text for mark in _WEB_MARKS) else TEXT
