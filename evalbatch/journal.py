"""The log: what only a maintainer can use, under a reference that the user is given."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

NAME = "evalbatch.log"
_place: list[Path] = []


def keep_in(folder: Path) -> Path:
    """Write the log of this process into a folder from now on, and return its path."""
    _place[:] = [folder / NAME]
    return _place[0]


def place() -> Path:
    """Where the log is: in the folder last named, else in the user's state folder."""
    return _place[0] if _place else state_folder() / NAME


def state_folder() -> Path:
    """The folder where programs of this platform keep their logs."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "evalbatch"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "evalbatch"


def record(text: str) -> str:
    """Add a text to the log and return its reference, which is the same for the same text. Never raises."""
    reference = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    try:
        place().parent.mkdir(parents=True, exist_ok=True)
        with place().open("a", encoding="utf-8", errors="replace") as log:
            log.write(f"[{reference}]\n{text}\n")
    except OSError:
        pass
    return reference
