"""What this program is: results made by another are made again."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import __version__

LIBRARIES = ("python-calamine", "XlsxWriter")
"""The libraries whose version shows in what is read and written."""


def program() -> str:
    """The version with a hash of the program's source and of its libraries' versions: a changed rule is another program."""
    folder = Path(__file__).parent
    mark = hashlib.sha256()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.toml"))):
        mark.update(path.relative_to(folder).as_posix().encode())
        mark.update(path.read_bytes())
    for library in LIBRARIES:
        mark.update(_version(library).encode())
    return f"{__version__}+{mark.hexdigest()[:12]}"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
