"""Which files a run reads, in which order, and which it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PRIVATE = ".evalbatch"
"""The folder inside OUTPUTS that holds what only the program reads; an output folder is known by it."""
RESULTS, TABLES = "results", "tables"
"""The folders inside OUTPUTS that hold what other programs read."""
_SYSTEM = {".ds_store", "thumbs.db", "desktop.ini"}
_LOCKS = ("~$", ".~lock", "._")


@dataclass(frozen=True)
class Input:
    """A file to read, and its name relative to the folder it was found in."""

    path: Path
    name: str


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The files to read, and what is not read: files that serve something else, how many files of which output folder."""

    files: Sequence[Input]
    serving: Sequence[Path]
    written: Mapping[Path, int]


def gather(paths: Sequence[Path], outputs: Path | None = None, serving: Iterable[Path] = ()) -> Inputs:
    """Every input file in a fixed order, folders searched through; each file once.

    Not read are the files that serve something else (the roster, the budget), and what a run wrote, this one's earlier
    into ``outputs`` or any other, where its folder lies inside one that is searched. What else lies below such a folder
    is read.
    """
    found: dict[Path, Input] = {}
    written: dict[Path, Path] = {}
    for path in paths:
        for place, one, folder in _folder(path, outputs) if path.is_dir() else [_alone(path)]:
            if folder is not None:
                written.setdefault(place, folder)
            else:
                found.setdefault(place, one)
    apart = {place: path for path in serving if (place := path.resolve()) in found or place in written}
    return Inputs(
        files=[one for place, one in found.items() if place not in apart],
        serving=list(apart.values()),
        written=Counter(folder for place, folder in written.items() if place not in found and place not in apart),
    )


def is_lock(path: Path) -> bool:
    """Whether a file is the lock or shadow of a workbook that is open elsewhere."""
    return path.name.startswith(_LOCKS)


def _alone(path: Path) -> tuple[Path, Input, None]:
    return path.resolve(), Input(path, path.name), None


def _folder(folder: Path, outputs: Path | None) -> Iterator[tuple[Path, Input, Path | None]]:
    """Every file of a folder, with the place where it really lies and the output folder inside this one that it is of."""
    paths, root = sorted(folder.rglob("*")), folder.resolve()
    known = {path.parent.resolve() for path in paths if path.name == PRIVATE} | (
        {outputs.resolve()} if outputs else set()
    )
    inside = {one for one in known if one != root and one.is_relative_to(root)}
    for path in paths:
        if path.is_dir() or is_lock(path) or path.name.lower() in _SYSTEM or PRIVATE in path.parts:
            continue
        place = path.resolve()
        up = 2 if place.parent.name in (RESULTS, TABLES) else 1
        own = next((path.parents[n] for n, parent in enumerate(place.parents[:up]) if parent in inside), None)
        yield place, Input(path, path.relative_to(folder).as_posix()), own
