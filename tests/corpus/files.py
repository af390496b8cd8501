"""Faults of the file itself: what stands where nobody looks, and what can't be opened at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from pieces import Pieces, apart

from evalbatch.form import Indicator, Project
from evalbatch.spec import sheet_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an old .xls and an encrypted workbook begin."""


@dataclass(frozen=True, kw_only=True)
class FileFault:
    """A kind of fault of a file: its codes (none for what can't be read), its place, and how it is made of a good file."""

    kind: str
    codes: tuple[str, ...]
    cells: tuple[str, ...]
    likely: int
    make: Callable[[bytes, Random], bytes]
    suffix: str = ".xlsx"

    @property
    def readable(self) -> bool:
        return bool(self.codes)

    @property
    def about(self) -> str:
        """What is planted, in words."""
        return (self.make.__doc__ or "").strip()


FAR = "XFD1048576"
_COPIED, _FAR = sheet_of(Indicator).title, sheet_of(Project).title


def _far_cell(data: bytes, chance: Random) -> bytes:
    """表格的最末端留着一个数"""
    cell = f'<row r="1048576"><c r="{FAR}"><v>{chance.randint(1, 99)}</v></c></row>'
    return Pieces(apart(data)).row(_FAR, 1048576, cell).data()


def _copied_sheet(data: bytes, _: Random) -> bytes:
    """绩效指标表复制了一份"""
    pieces = Pieces(apart(data))
    return pieces.add_sheet(f"{_COPIED} (2)", pieces.sheet(_COPIED).replace(' tabSelected="1"', "")).data()


def _old_xls(_data: bytes, chance: Random) -> bytes:
    """旧版 Excel 文件"""
    return OLE + bytes(16) + "Workbook".encode("utf-16-le") + chance.randbytes(2000)


def _encrypted(_data: bytes, chance: Random) -> bytes:
    """有打开密码的文件"""
    return OLE + bytes(16) + "EncryptedPackage".encode("utf-16-le") + chance.randbytes(2000)


def _truncated(data: bytes, chance: Random) -> bytes:
    """没有传完的文件"""
    return data[: len(data) * chance.randint(30, 90) // 100]


def _empty(_data: bytes, _: Random) -> bytes:
    """空文件"""
    return b""


FILE_FAULTS = {
    one.kind: one
    for one in (
        FileFault(kind="far_cell", codes=("F206",), cells=(f"{_FAR}!{FAR}",), likely=4, make=_far_cell),
        FileFault(kind="copied_sheet", codes=("F103",), cells=(), likely=4, make=_copied_sheet),
        FileFault(kind="old_xls", codes=(), cells=(), likely=2, make=_old_xls, suffix=".xls"),
        FileFault(kind="encrypted", codes=(), cells=(), likely=2, make=_encrypted),
        FileFault(kind="truncated", codes=(), cells=(), likely=2, make=_truncated),
        FileFault(kind="empty", codes=(), cells=(), likely=1, make=_empty),
    )
}
"""Every kind of fault of a file, by name."""

LOCK_FILE = "\x05王建国".encode() + bytes(40)
"""What an office program leaves beside a workbook that is open; a run passes over it."""
