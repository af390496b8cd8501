"""Which files a run reads, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PRIVATE = ".evalbatch"
"""The folder inside OUTPUTS that holds what only the program reads."""
_SYSTEM = {".ds_store", "thumbs.db", "desktop.ini"}
_LOCKS = ("~$", ".~lock", "._")


@dataclass(frozen=True)
class Input:
    """A file to read, and its name relative to the folder it was found in."""

    path: Path
    name: str


def gather(paths: Sequence[Path], outputs: Path | None = None) -> list[Input]:
    """Every input file in a fixed order, folders searched through; each file once, ``outputs`` left out."""
    found: dict[Path, Input] = {}
    for path in paths:
        for one in _folder(path, outputs) if path.is_dir() else [Input(path, path.name)]:
            found.setdefault(one.path.resolve(), one)
    return list(found.values())


def is_lock(path: Path) -> bool:
    """Whether a file is the lock or shadow of a workbook that is open elsewhere."""
    return path.name.startswith(_LOCKS)


def _folder(folder: Path, outputs: Path | None) -> Iterator[Input]:
    skipped = outputs.resolve() if outputs is not None and outputs.exists() else None
    for path in sorted(folder.rglob("*")):
        inside = skipped is not None and skipped in path.resolve().parents and skipped != folder.resolve()
        if path.is_dir() or inside or is_lock(path) or path.name.lower() in _SYSTEM:
            continue
        if any(part == PRIVATE for part in path.parts):
            continue
        yield Input(path, path.relative_to(folder).as_posix())
