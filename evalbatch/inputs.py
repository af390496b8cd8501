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
        for place, one in _folder(path, outputs) if path.is_dir() else [(path.resolve(), Input(path, path.name))]:
            found.setdefault(place, one)
    return list(found.values())


def is_lock(path: Path) -> bool:
    """Whether a file is the lock or shadow of a workbook that is open elsewhere."""
    return path.name.startswith(_LOCKS)


def _folder(folder: Path, outputs: Path | None) -> Iterator[tuple[Path, Input]]:
    """Every input file of a folder, with the place where it really lies."""
    skipped = outputs.resolve() if outputs is not None and outputs.exists() else None
    skipped = None if skipped == folder.resolve() else skipped
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or is_lock(path) or path.name.lower() in _SYSTEM or PRIVATE in path.parts:
            continue
        place = path.resolve()
        if skipped is None or not place.is_relative_to(skipped):
            yield place, Input(path, path.relative_to(folder).as_posix())
