"""Files that are no OOXML workbook, whatever they are called."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

from pieces import archive

from .kit import Specimen, file, good_bytes

GROUP = "kind"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT, WEB, PICTURE, ARCHIVE, NONE = "文本文件", "网页表格", "图片", "压缩包", "不是工作簿文件"
_HTML = "<table><tr><td>项目</td></tr></table>"
_CSV = "项目编号,全年预算数\r\n1,5.00\r\n"
_XML2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
_MHT = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"


def _ole(stream: str) -> bytes:
    return (
        OLE
        + bytes(504)
        + "Root Entry".encode("utf-16-le").ljust(128, b"\0")
        + stream.encode("utf-16-le").ljust(128, b"\0")
    )


def _database() -> bytes:
    with sqlite3.connect(":memory:") as base:
        base.execute("create table t (a)")
        return base.serialize()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as target:
        info = tarfile.TarInfo("table.xlsx")
        info.size = len(good_bytes())
        target.addfile(info, io.BytesIO(good_bytes()))
    return out.getvalue()


def _noise(size: int) -> bytes:
    out, seed = bytearray(), 1
    while len(out) < size:
        seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
        out.append(seed >> 16 & 255)
    return bytes(out)


def _folder(folder: Path) -> Path:
    (folder / "文件夹.xlsx").mkdir()
    return folder / "文件夹.xlsx"


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "管道.xlsx")
    return folder / "管道.xlsx"


def _socket(folder: Path) -> Path:
    import socket

    here = os.getcwd()
    os.chdir(folder)  # a socket's path may have 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind("插座.xlsx")
    finally:
        os.chdir(here)
    return folder / "插座.xlsx"


def _loop(folder: Path) -> Path:
    (folder / "甲.xlsx").symlink_to("乙.xlsx")
    (folder / "乙.xlsx").symlink_to("甲.xlsx")
    return folder / "甲.xlsx"


def _dangling(folder: Path) -> Path:
    (folder / "断.xlsx").symlink_to("没有.xlsx")
    return folder / "断.xlsx"


def _device(folder: Path) -> Path:
    (folder / "空.xlsx").symlink_to("/dev/zero")
    return folder / "空.xlsx"


def _huge(folder: Path) -> Path:
    path = folder / "大.xlsx"
    path.write_bytes(good_bytes())
    os.truncate(path, 60 * 1024 * 1024)
    return path


def _refused(name: str, data: bytes | Callable[[], bytes], said: str, as_name: str = "表.xlsx") -> Specimen:
    return Specimen(group=GROUP, name=name, make=file(data, as_name), said=said)


def _special(name: str, make: Callable[[Path], Path], said: str, apart: bool = False) -> Specimen:
    return Specimen(group=GROUP, name=name, make=make, said=said, apart=apart)


SPECIMENS = (
    _refused("empty", b"", "空文件"),
    _refused("one-byte", b"P", TEXT),
    _refused("two-bytes", b"PK", "损坏"),
    _refused("one-zero", b"\0", "没有下载完"),
    _refused("zeros", bytes(4096), "没有下载完"),
    _refused("random", lambda: _noise(5000), NONE),
    _refused("encrypted", lambda: _ole("EncryptedPackage"), "打开密码"),
    _refused("xls-biff8", lambda: _ole("Workbook"), "旧版 Excel", "表.xls"),
    _refused("xls-biff5", lambda: _ole("Book"), "旧版 Excel", "表.xls"),
    _refused("xls-biff4-stream", b"\x09\x04\x06\0\0\0\x10\0" + bytes(50), "旧版 Excel"),
    _refused("xls-biff2-stream", b"\x09\0\x04\0\x02\0\x10\0" + bytes(50), "旧版 Excel"),
    _refused("xls-called-xlsx", lambda: _ole("Workbook"), "旧版 Excel"),
    _refused("doc", lambda: _ole("WordDocument"), "Word", "报告.doc"),
    _refused("ppt", lambda: _ole("PowerPoint Document"), "演示文稿", "汇报.ppt"),
    _refused("html-table", _HTML.encode(), WEB, "表.xls"),
    _refused("html-gbk", f"<html><meta charset=gbk>{_HTML}".encode("gbk"), WEB),
    _refused("html-after-blank-lines", b"\r\n" * 3000 + _HTML.encode(), WEB),
    _refused("html-utf16", f"<html>{_HTML}".encode("utf-16"), WEB),
    _refused("html-upper-case", _HTML.upper().encode(), WEB),
    _refused("spreadsheet-2003", _XML2003.encode(), WEB),
    _refused("mhtml", _MHT.encode(), WEB),
    _refused("csv-gbk", _CSV.encode("gbk"), TEXT, "表.csv"),
    _refused("csv-utf8", _CSV.encode(), TEXT),
    _refused("csv-utf8-bom", _CSV.encode("utf-8-sig"), TEXT),
    _refused("csv-utf16", _CSV.encode("utf-16"), TEXT),
    _refused("csv-that-starts-with-bm", b"BMI,1\r\n2,3\r\n", TEXT),
    _refused("csv-that-starts-with-mz", b"MZ,1\r\n2,3\r\n", TEXT),
    _refused("json", json.dumps({"项目": 1}).encode(), TEXT),
    _refused("rtf", b"{\\rtf1\\ansi text}", "Word"),
    _refused("pdf", b"%PDF-1.7\n" + bytes(100), "PDF"),
    _refused("png", b"\x89PNG\r\n\x1a\n" + bytes(50), PICTURE),
    _refused("jpg", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(50), PICTURE),
    _refused("bmp", b"BM" + (54).to_bytes(4, "little") + bytes(48), PICTURE),
    _refused("gif", b"GIF89a" + bytes(50), PICTURE),
    _refused("tiff", b"II*\0" + bytes(50), PICTURE),
    _refused("webp", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20), PICTURE),
    _refused("heic", b"\0\0\0\x18ftypheic" + bytes(20), PICTURE),
    _refused("zip-of-xlsx", lambda: archive({"表.xlsx": good_bytes()}), "解压后交"),
    _refused("zip-of-xlsx-deeper", lambda: archive({"报送/表.xlsx": good_bytes(), "报送/说明.docx": b""}), "解压后交"),
    _refused("zip-of-pictures", lambda: archive({"扫描件/1.jpg": b"\xff\xd8\xff"}), "工作簿。请交填好的 .xlsx 文件"),
    _refused("rar", b"Rar!\x1a\x07\0" + bytes(50), ARCHIVE),
    _refused("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50), ARCHIVE),
    _refused("gz", lambda: gzip.compress(good_bytes()), ARCHIVE),
    _refused("bz2", lambda: bz2.compress(good_bytes()), ARCHIVE),
    _refused("xz", lambda: lzma.compress(good_bytes()), ARCHIVE),
    _refused("tar", _tar, ARCHIVE),
    _refused("xlsb", lambda: archive({"xl/workbook.bin": b"x"}), ".xlsb"),
    _refused("ods", lambda: archive({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}), "ODS"),
    _refused("docx", lambda: archive({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<w/>"}), "Word"),
    _refused("pptx", lambda: archive({"ppt/presentation.xml": b"<p/>"}), "演示文稿"),
    _refused("exe", b"MZ\x90\0\x03\0\0\0" + bytes(50), "程序"),
    _refused("elf", b"\x7fELF\x02\x01\x01" + bytes(50), "程序"),
    _refused("sqlite", _database, "数据库"),
    _refused("excel-lock", b"\x05user" + bytes(160), "临时文件", "~$表.xlsx"),
    _refused("libreoffice-lock", b",user,host,;", "临时文件", ".~lock.表.xlsx#"),
    _refused("macos-shadow", b"\0\x05\x16\x07\0\x02\0\0" + bytes(50), "临时文件", "._表.xlsx"),
    _refused("partial-download", good_bytes()[:40000], "损坏", "表.xlsx.crdownload"),
    _special("folder", _folder, "不是普通文件"),
    _special("pipe", _pipe, "不是普通文件", apart=True),
    _special("socket", _socket, "打不开"),
    _special("symlink-loop", _loop, "打不开"),
    _special("symlink-to-nothing", _dangling, "没有这个文件"),
    _special("endless-device", _device, "不是普通文件", apart=True),
    _special("never-there", lambda folder: folder / "没有.xlsx", "没有这个文件"),
    _special("over-the-size", _huge, "文件超过", apart=True),
    Specimen(group=GROUP, name="xlsx-called-xls", make=file(good_bytes, "表.xls")),
    Specimen(group=GROUP, name="xlsx-called-txt", make=file(good_bytes, "表.txt")),
    Specimen(group=GROUP, name="xlsx-without-extension", make=file(good_bytes, "表")),
)
