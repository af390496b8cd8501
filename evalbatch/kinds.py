"""What a file is, by its bytes: one sentence of advice for everything that is no OOXML archive."""

from __future__ import annotations

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = "这是 Word 文档，不是工作簿。请交填好的标准表（.xlsx）"
_OLE_KINDS = (
    ("EncryptedPackage", "文件有打开密码，无法读取。请取消密码后另存，再交"),
    ("WordDocument", _WORD),
    ("PowerPoint Document", "这是演示文稿，不是工作簿。请交填好的标准表（.xlsx）"),
)
_OLD_XLS = "这是旧版 Excel 格式（.xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再交"
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
_OLD_STREAMS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00\x04\x00")
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
        return next((said for name, said in _OLE_KINDS if name.encode("utf-16-le") in data), _OLD_XLS)
    if data.startswith(_OLD_STREAMS):
        return _OLD_XLS
    if not data.strip(b"\0"):
        return _DOWNLOADING
    return _advice_by_sign(data) or _advice_for_text(data)


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
    return _WEB if any(mark in text for mark in _WEB_MARKS) else TEXT
