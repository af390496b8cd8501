"""The output folder: the names files get there, and how they come to bear them.

Every file is written beside its place and renamed, by this process alone, so that a reader sees the old one or the new
one, never half of it. What somebody else wrote or changed there is put aside, never overwritten.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .inputs import PRIVATE, RESULTS, Input
from .ledger import Busy, Ledger, Line, opened, sha256_of
from .writers.annotated import SUFFIX

ROLLUP = "绩效自评汇总表.xlsx"
STAGE = "stage"
MAX_BYTES = 220
"""A file's name may have 255 bytes; a number and what the file is are still to be put behind."""
EDITED = "人工修改"
"""Ends the name of a file that was put aside."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_UNKNOWN = "请检查磁盘和权限"
_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过了限度",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EACCES: "没有权限",
}


class OutputError(Exception):
    """The output folder cannot be used; the message says which file and what to do."""


def safe_name(name: str) -> str:
    """A name every platform accepts: no separators, reserved names, control or direction characters, not too long."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name))
    name = name.encode()[:MAX_BYTES].decode("utf-8", "ignore").strip(" .")
    name = f"_{name}" if _RESERVED.match(name) else name
    return name or "未命名"


def write_file(final: Path, data: bytes) -> None:
    """Write a file by rename. Raises OutputError."""
    temporary = final.parent / f".{os.getpid()}.tmp"
    with _said(final):
        try:
            temporary.write_bytes(data)
            os.replace(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)


def make_folder(folder: Path, *inside: str) -> None:
    """Make an output folder with folders inside it, where they are not there yet. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in inside:
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        file = next(
            (path for path in (*folder.parents, folder, *(folder / name for name in inside)) if path.is_file()), None
        )
        if file is not None:
            raise OutputError(f"{file} 是文件，不是文件夹。请把它移走，或换一个输出文件夹") from error
        raise OutputError(f"输出文件夹 {folder} 不能建立或写入，请换一个文件夹，或检查权限") from error


class Names:
    """Gives out names, none of which any platform takes for another."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}
        """The names given out, folded, and the last number given to others that want them."""

    def free(self, wanted: str) -> str:
        """The wanted name made safe, with (2), (3) … where it has been given out already."""
        name = safe_name(wanted)
        first = candidate = _alike(name)
        while candidate in self._taken:
            self._taken[first] += 1
            candidate = f"{first}({self._taken[first]})"
        self._taken[candidate] = 1
        return name if candidate == first else f"{name}({self._taken[first]})"


@contextmanager
def opened_outputs(folder: Path, inputs: Sequence[Input]) -> Iterator[Outputs]:
    """Open an output folder for this run alone; what an earlier run left unfinished is removed. Raises OutputError."""
    private = folder / PRIVATE
    stage = private / STAGE
    make_folder(folder, RESULTS, PRIVATE)
    try:
        with opened(folder, private) as ledger:
            shutil.rmtree(stage, ignore_errors=True)
            with _said(stage):
                stage.mkdir()
            try:
                yield Outputs(folder, ledger, inputs)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except Busy as error:
        raise OutputError(f"另一个运行正在写 {folder}，请等它结束，或换一个输出文件夹") from error
    except sqlite3.Error as error:
        raise _failed(private, _REASONS[errno.ENOSPC] if "full" in str(error) else _UNKNOWN) from error
    except OSError as error:  # a worker could not leave its files in the stage
        if error.errno not in _REASONS:
            raise
        raise _failed(private, _REASONS[error.errno]) from error


class Outputs:
    """Gives out names and lets files bear them."""

    def __init__(self, folder: Path, ledger: Ledger, inputs: Sequence[Input]) -> None:
        self.folder = folder
        self.ledger = ledger
        self.stage = folder / PRIVATE / STAGE
        self.aside: list[Path] = []
        """What was put aside."""
        self._names = Names()
        self._inputs = {_identity(one.path) for one in inputs} - {None}

    def free_name(self, wanted: str) -> str:
        """The wanted name made safe, with (2), (3) … where another input has it already."""
        return self._names.free(wanted)

    def keep(self, name: str, data: bytes) -> Path:
        """Leave a file in the stage."""
        path = self.stage / name
        path.write_bytes(data)
        return path

    def write(self, line: Line, files: Mapping[str, Path], hashes: Mapping[str, str] | None = None) -> None:
        """Write a line down, then let the staged files it stands for bear their names. Raises OutputError."""
        hashes = {relative: sha256_of(path) for relative, path in files.items()} if hashes is None else hashes
        for relative in self.ledger.files(line.name):
            if relative.endswith(SUFFIX) and relative not in files:
                self._take_away(relative)
        self.ledger.write(line, hashes)
        for relative, path in files.items():
            self._give(path, relative, hashes[relative])

    def _take_away(self, relative: str) -> None:
        """Take away an annotated copy that is not made this time: beside newer results it would mislead."""
        final = self.folder / relative
        with _said(final):
            there = self.ledger.hash_of(final)
            if there is not None and self.ledger.is_ours(relative, there):
                final.unlink()
            elif there is not None:
                self._put_aside(final)

    def _give(self, staged: Path, relative: str, sha256: str) -> None:
        final = self.folder / relative
        if (identity := _identity(final)) is not None and identity in self._inputs:
            raise OutputError(f"{final} 同时是这次的输入文件，不能覆盖。请换一个输出文件夹")
        with _said(final):
            there = self.ledger.hash_of(final)
            if there is not None and there != sha256 and not self.ledger.is_ours(relative, there):
                self._put_aside(final)
            final.parent.mkdir(exist_ok=True)
            os.replace(staged, final)

    def _put_aside(self, final: Path) -> None:
        names = (final.with_stem(f"{final.stem}_{EDITED}{n or ''}") for n in itertools.count())
        kept = next(name for name in names if not name.exists())
        os.replace(final, kept)
        self.aside.append(kept)


def _alike(name: str) -> str:
    """What names have in common that some platform takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file is, whatever it is called."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


@contextmanager
def _said(final: Path) -> Iterator[None]:
    """Say in words why a file could not be written. Raises OutputError."""
    try:
        yield
    except PermissionError as error:
        raise OutputError(f"{final} 不能写入：文件可能正在 Excel/WPS 中打开，或没有权限。请关闭后重试") from error
    except UnicodeError as error:
        raise OutputError(f"{final} 不能写入：系统的语言环境不支持中文文件名。请设置 LANG=C.UTF-8 后重试") from error
    except OSError as error:
        raise _failed(final, _REASONS.get(error.errno or 0, _UNKNOWN)) from error


def _failed(path: Path, reason: str) -> OutputError:
    return OutputError(f"{path} 写入失败：{reason}。原有文件没有改动")
