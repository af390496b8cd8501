"""The ledger of an output folder: what came of every workbook, under which terms, and which files hold it.

It is written ahead: a file's new hash stands in the ledger before the file bears its name. So a run that is killed at
any moment leaves files that are the ledger's, old or new, and the next run knows which of them to make again. While a
run has the ledger open, no other run can have it: the lock is the operating system's and goes with the process.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "ledger.sqlite"
VERSION = 1
"""Of the tables below; a ledger of another version is begun anew, but for what is kept of people's own work."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a file's time stamp tells it from a later version (FAT counts in steps of two seconds)."""
_TABLES = """
CREATE TABLE done (
    name TEXT PRIMARY KEY, file TEXT, sha256 TEXT, policy TEXT, control TEXT, tool TEXT, waivers TEXT, form TEXT,
    status TEXT, score TEXT, errors INTEGER, warnings INTEGER, notices INTEGER, packed BLOB
) WITHOUT ROWID;
CREATE INDEX by_content ON done (sha256, file);
CREATE TABLE output (path TEXT PRIMARY KEY, owner TEXT, sha256 TEXT, earlier TEXT) WITHOUT ROWID;
CREATE INDEX by_owner ON output (owner);
CREATE TABLE seen (path BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, inode INTEGER, hashed INTEGER, sha256 TEXT)
WITHOUT ROWID;
"""
_KEPT = "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, packed BLOB) WITHOUT ROWID"
"""What people wrote, which no run can make again: it outlives the version of the other tables."""
_KEY = "file, sha256, policy, control, tool"
_REST = "name, waivers, form, status, score, errors, warnings, notices, packed"
_WRITE = f"INSERT OR REPLACE INTO done ({_KEY}, {_REST}) VALUES ({', '.join('?' * 14)})"
_EXPECT = """
INSERT INTO output VALUES (:path, :owner, :sha256, '')
ON CONFLICT (path) DO UPDATE SET owner = :owner, earlier = earlier || ' ' || sha256, sha256 = :sha256
"""


class Busy(Exception):
    """Another run has the ledger open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """What a workbook's outputs depend on: its name in the results, its content, and the terms, each as a hash.

    ``control`` stands for what the bureau's files have on the workbook's unit.
    """

    file: str
    sha256: str
    policy: str
    control: str
    tool: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What came of a workbook: the name of its outputs, its key, the mark of its own waivers, its digest packed.

    ``counts`` are its errors, warnings and notices. A file of the whole run has a line of its own, without a digest.
    """

    name: str
    key: Key
    waivers: str = ""
    form: str = ""
    status: str = ""
    score: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    packed: bytes = b""


class Ledger:
    """An open ledger. Raises sqlite3.Error where the disk fails."""

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        self.folder = folder
        self.db = connection
        self.now = time.time_ns()

    # --- workbooks ------------------------------------------------------------------------------------------------

    def lines(self, key: Key) -> list[Line]:
        """The lines of a workbook under these terms, whatever their outputs are called and the bureau's figures were."""
        where = "file = ? AND sha256 = ? AND policy = ? AND tool = ?"
        terms = (key.file, key.sha256, key.policy, key.tool)
        found = self.db.execute(f"SELECT {_KEY}, {_REST} FROM done WHERE {where} ORDER BY name", terms)
        return [_line(row) for row in found]

    def line(self, name: str) -> Line:
        """The line under a name, which is there."""
        found = self.db.execute(f"SELECT {_KEY}, {_REST} FROM done WHERE name = ?", (name,)).fetchone()
        return _line(found)

    def write(self, line: Line, outputs: Mapping[str, str]) -> None:
        """Write down a workbook and the hash of each of its outputs, before they bear their names."""
        rest = (line.name, line.waivers, line.form, line.status, line.score, *line.counts, line.packed)
        with self.db:
            self.db.execute("UPDATE output SET owner = '' WHERE owner = ?", (line.name,))
            self.db.execute(_WRITE, (*_terms(line.key), *rest))
            for path, sha256 in outputs.items():
                self.db.execute(_EXPECT, {"path": path, "owner": line.name, "sha256": sha256})

    def others(self, names: Collection[str]) -> list[str]:
        """The names of workbooks' outputs that lie there from earlier runs, other than these."""
        found = self.db.execute("SELECT DISTINCT owner FROM output JOIN done ON owner = name WHERE length(packed) > 0")
        return sorted(name for (name,) in found if name not in names and self._lies_there(name))

    def _lies_there(self, owner: str) -> bool:
        return any((self.folder / path).exists() for path in self.files(owner))

    def files(self, owner: str) -> list[str]:
        """The places of the files that belong to an owner."""
        found = self.db.execute("SELECT path FROM output WHERE owner = ? ORDER BY path", (owner,))
        return [path for (path,) in found]

    # --- what people wrote ----------------------------------------------------------------------------------------

    def kept(self, name: str) -> bytes:
        """What is kept under a name; nothing where nothing is."""
        found = self.db.execute("SELECT packed FROM kept WHERE name = ?", (name,)).fetchone()
        return b"" if found is None else bytes(found[0])

    def keep(self, packed: Mapping[str, bytes]) -> None:
        """Keep something under each of these names, all of it or nothing."""
        with self.db:
            self.db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", list(packed.items()))

    # --- files ----------------------------------------------------------------------------------------------------

    def is_whole(self, owner: str) -> bool:
        """Whether everything that belongs to an owner is there as it was written."""
        files = self.db.execute("SELECT path, sha256 FROM output WHERE owner = ?", (owner,)).fetchall()
        return bool(files) and all(self.hash_of(self.folder / path) == sha256 for path, sha256 in files)

    def is_ours(self, path: str, sha256: str) -> bool:
        """Whether content is what a run wrote, or meant to write, under this path."""
        known = self.db.execute("SELECT sha256 || earlier FROM output WHERE path = ?", (path,)).fetchone()
        return known is not None and sha256 in known[0].split()

    def hash_of(self, path: Path, most: int | None = None) -> str | None:
        """The hash of a regular file of at most so many bytes, None where there is none.

        A file that has not changed since is not read again.
        """
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode) or (most is not None and status.st_size > most):
                return None
            known = self._seen(path, status)
            if known is not None:
                return known
            sha256 = sha256_of(path)
        except (OSError, UnicodeError):  # no such name can be where the system's encoding has no word for it
            return None
        self.note(path, status, sha256)
        return sha256

    def _seen(self, path: Path, status: os.stat_result) -> str | None:
        marks = "SELECT sha256 FROM seen WHERE path = ? AND size = ? AND mtime = ? AND inode = ? AND hashed - mtime > ?"
        found = self.db.execute(marks, (os.fsencode(path), *_marks(status), SETTLED)).fetchone()
        return None if found is None else str(found[0])

    def note(self, path: Path, status: os.stat_result, sha256: str) -> None:
        """Keep the hash of a file with the marks that it had when it was read; where the run is killed, it is forgotten."""
        row = (os.fsencode(path), *_marks(status), self.now, sha256)
        self.db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?)", row)


def _terms(key: Key) -> tuple[str, ...]:
    return key.file, key.sha256, key.policy, key.control, key.tool


def _line(row: Sequence[Any]) -> Line:
    file, sha256, policy, control, tool, name, waivers, form, status, score, errors, warnings, notices, packed = row
    return Line(
        name=name,
        key=Key(file=file, sha256=sha256, policy=policy, control=control, tool=tool),
        waivers=waivers,
        form=form,
        status=status,
        score=score,
        counts=(errors, warnings, notices),
        packed=packed,
    )


def _marks(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


@contextmanager
def opened(folder: Path, private: Path) -> Iterator[Ledger]:
    """Open the ledger of an output folder, for this run alone. Raises Busy, sqlite3.Error, OSError.

    One that is damaged or of another version is begun anew: then everything is made again.
    """
    file = private / NAME
    try:
        connection = _connect(file)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        for part in private.glob(f"{NAME}*"):
            part.unlink()
        connection = _connect(file)
    try:
        yield Ledger(folder, connection)
        connection.commit()
    finally:
        connection.close()


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=0)
    try:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN EXCLUSIVE")
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            _begin_anew(connection)
        connection.execute(_KEPT)
        connection.commit()
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise Busy from error
        raise
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin_anew(connection: sqlite3.Connection) -> None:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'kept'").fetchall()
    for (table,) in tables:
        connection.execute(f"DROP TABLE {table}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def sha256_of(path: Path) -> str:
    """The hash of a file's content. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: object) -> str:
    """A short hash of what parts look like."""
    return hashlib.sha256("\x1f".join(map(repr, parts)).encode("utf-8", "backslashreplace")).hexdigest()[:16]
