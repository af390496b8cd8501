"""What this program is: results made by another are made again."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from . import __version__

LIBRARIES = ("python_calamine", "xlsxwriter")
"""The libraries whose version shows in what is read and written."""


def program() -> str:
    """The version with a hash of the program's source and of its libraries' versions: a changed rule is another program."""
    folder = Path(__file__).parent
    mark = hashlib.sha256()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.toml"))):
        mark.update(path.relative_to(folder).as_posix().encode())
        mark.update(path.read_bytes())
    for library in LIBRARIES:
        mark.update(installed(library).encode())
    return f"{__version__}+{mark.hexdigest()[:12]}"


def installed(library: str) -> str:
    """The name, with the version, of the folder that installers leave beside a library; nothing where there is none.

    ``importlib.metadata`` says the same and takes 2 MiB in every worker.
    """
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        return ""
    beside = (path.name.casefold() for path in Path(spec.origin).parents[1].glob("*.dist-info"))
    return next((name for name in beside if name.startswith(f"{library}-")), "")
