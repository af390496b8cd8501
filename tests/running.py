"""Running the program as its users do, and stopping it as life does."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evalbatch.inputs import PRIVATE

MAIN = "from evalbatch.__main__ import main; main()"
PROGRAM = [sys.executable, "-c", MAIN]


def run(folder: Path, outputs: Path, *options: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run over a folder to the end."""
    command = [*PROGRAM, "run", str(folder), "-o", str(outputs), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def start(folder: Path, outputs: Path) -> subprocess.Popen[str]:
    """Begin a run in a process group of its own."""
    command = [*PROGRAM, "run", str(folder), "-o", str(outputs)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_interrupts,
    )


def hears_interrupts() -> None:
    """Let a child hear Ctrl-C, which what runs in the background of a shell does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children_of(group: int) -> list[int]:
    """The processes of a process group that still run."""
    found = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def wait_until(condition: Callable[[], Any], seconds: float) -> bool:
    """Wait for a condition, not longer than so many seconds; whether it came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def copies(form: Path, folder: Path, count: int) -> Path:
    """A folder with one form under many names."""
    folder.mkdir()
    for n in range(count):
        shutil.copy(form, folder / f"{n:03}.xlsx")
    return folder


def contents(outputs: Path) -> dict[str, str]:
    """The hash of everything a run wrote for others to read, by its place in the output folder."""
    return {
        path.relative_to(outputs).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(outputs.rglob("*"))
        if path.is_file() and PRIVATE not in path.parts
    }


def stamps(outputs: Path) -> dict[str, tuple[int, int]]:
    """Which file lies under each name, and when it was written."""
    files = [outputs / name for name in contents(outputs)]
    return {path.name: (os.stat(path).st_ino, os.stat(path).st_mtime_ns) for path in files}
