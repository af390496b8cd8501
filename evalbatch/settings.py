"""The user's own settings, TOML files: finding one, putting a policy on the one it extends, refusing what is wrong.

Knows TOML and the words of a refusal; what the keys mean is the business of ``policy`` and ``waivers``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

Table = dict[str, Any]


POLICY = "政策文件"


class SettingsError(ValueError):
    """A file that cannot be used; the message names the file, the key, what it says and what is allowed."""


def names() -> tuple[str, ...]:
    """The policies that ship with the package."""
    return tuple(
        sorted(
            p.name.removesuffix(".toml")
            for p in files(__package__).joinpath("policies").iterdir()
            if p.name.endswith(".toml")
        )
    )


def text_of(name: str) -> str:
    """The text of a shipped policy or of a policy file. Raises SettingsError where there is none."""
    if name in names():
        return files(__package__).joinpath("policies", f"{name}.toml").read_text("utf-8")
    if Path(name).suffix != ".toml":
        raise SettingsError(f"没有名为“{name}”的政策。可选：{'、'.join(names())}，或一个 .toml 文件")
    return read_text(POLICY, name)


def read_text(kind: str, file: str) -> str:
    """The text of a file of some kind (``政策文件``). Raises SettingsError."""
    try:
        return Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{kind} {file} 读不出来，请确认文件存在并以 UTF-8 保存") from error


def parse(kind: str, file: str, text: str) -> Table:
    """The table a file's text holds, decimals exact. Raises SettingsError."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{kind} {file} {_where(str(error))}") from error


def _where(error: str) -> str:
    """Where a file is no TOML, in words: the reader's own are English."""
    spot = re.search(r"at line (\d+), column (\d+)", error)
    near = f"第 {spot[1]} 行第 {spot[2]} 列附近" if spot else "末尾"
    if "overwrite" in error or "twice" in error or "already" in error:
        return f"{near}写法不对：同一项写了两次"
    return f"{near}写法不对：请检查引号（要用半角引号，前后成对）、等号和括号"


def table_of(name: str, below: tuple[str, ...] = ()) -> Table:
    """A policy's table, everything it extends filled in. Raises SettingsError.

    Tables are merged key by key, anything else is replaced. ``below`` are the files that extend this one.
    """
    own = parse(POLICY, name, text_of(name))
    if "extends" not in own:
        if name not in names() and "weights" not in own:
            Reader(POLICY, name, own).refuse("extends", f"没有写，应为{'、'.join(names())}，其余各项同它")
        return own
    reader = Reader(POLICY, name, own)
    base = _base(reader, (*below, name))
    own.setdefault("name", Path(name).stem)
    own.setdefault("title", f"{own['name']}（依 {base.get('title')}）")
    return merge(base, {key: value for key, value in own.items() if key != "extends"})


def _base(reader: Reader, chain: tuple[str, ...]) -> Table:
    """The table a file extends: a shipped policy, or a file beside it."""
    wanted = reader.text("extends")
    path = Path(reader.file).parent / wanted
    if wanted not in names() and not (path.suffix == ".toml" and path.is_file()):
        reader.refuse("extends", f"写的是 {wanted!r}，应为{'、'.join(names())}，或同一文件夹里的一个 .toml 文件")
    base = wanted if wanted in names() else str(path)
    if base in chain:
        reader.refuse("extends", f"写的是 {wanted!r}，几个政策文件互相引用，没有尽头")
    return table_of(base, chain)


def merge(base: Table, own: Table) -> Table:
    """Put one table on another: tables are merged, everything else (lists too) is replaced."""
    both = {
        key: merge(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in own.items()
    }
    return {**base, **both}


@dataclass(frozen=True)
class Reader:
    """Takes keys out of a table and refuses what is missing, unknown or of the wrong kind."""

    kind: str
    file: str
    table: Table
    where: str = ""

    def only(self, *keys: str) -> None:
        """Refuse keys that are not listed."""
        for key in self.table:
            if key not in keys:
                self.refuse(key, f"不认识这一项，可用的有：{'、'.join(keys)}")

    def refuse(self, key: str, why: str) -> NoReturn:
        """Refuse the file because of a key."""
        raise SettingsError(f"{self.kind} {self.file} 的 {self.where}{key}：{why}")

    def _said(self, key: str) -> str:
        return f"写的是 {_written(self.table[key])}" if key in self.table else "没有写"

    def text(self, key: str, allowed: Iterable[str] = ()) -> str:
        """A text, one of the allowed ones where there are any."""
        value, words = self.table.get(key), tuple(allowed)
        if not isinstance(value, str) or not value.strip() or (words and value not in words):
            choices = f"其中一项：{'、'.join(words)}"
            self.refuse(key, f"{self._said(key)}，应为{choices if words else '文字'}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where the key is left out."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            self.refuse(key, f'{self._said(key)}，应为一组文字（["…", "…"]）')
        return tuple(value)

    def number(self, key: str, low: int, high: int) -> Decimal:
        """A number between two bounds, both allowed."""
        value = self.table.get(key)
        number = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if number is None or not number.is_finite() or not low <= number <= high:
            self.refuse(key, f"{self._said(key)}，应为 {low} 到 {high} 之间的数字")
        return number

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number between two bounds, both allowed."""
        number = self.number(key, low, high)
        if number != number.to_integral_value():
            self.refuse(key, f"{self._said(key)}，应为 {low} 到 {high} 之间的整数")
        return int(number)

    def flag(self, key: str) -> bool:
        """Yes or no, no where the key is left out."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, f"{self._said(key)}，应为 true、false")
        return value

    def part(self, key: str, *, wanted: bool = True) -> Reader:
        """A table inside the table; an empty one where it may be left out."""
        table = self.table.get(key, None if wanted else {})
        if not isinstance(table, dict):
            self.refuse(key, f"{self._said(key)}，应为一张表（[{key}]）")
        return Reader(self.kind, self.file, table, f"{self.where}{key} ")

    def rows(self, key: str, *columns: str) -> list[Reader]:
        """A list of tables with the given columns."""
        rows = self.table.get(key)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.refuse(key, f"{self._said(key)}，应为一组表（[[{key}]]）")
        readers = [Reader(self.kind, self.file, row, f"{key} 第 {i} 项 ") for i, row in enumerate(rows, 1)]
        for reader in readers:
            reader.only(*columns)
        return readers


def _written(value: object) -> str:
    """A value as the file has it, or nearly so: numbers bare, texts quoted, long ones cut."""
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
