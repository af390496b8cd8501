"""Scoring policy: a TOML file that says how points are given. ``policies/*.toml`` ships with the package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from .form import GRADES, TIERS

DEFAULT = "national-2020"
EXECUTION = "执行率"


class PolicyError(ValueError):
    """A policy that cannot be used; the message names the file, the key, what it says and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """An answer to a qualitative indicator and the share of the weight it allows: from ≤ share < to (≤ at the top)."""

    name: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """A grade and the score it begins at."""

    name: str
    low: Decimal


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A scoring policy. Weights and grade bounds are points of 100; ``about`` is a fraction of the target."""

    name: str
    title: str
    source: str
    weights: dict[str, Decimal]
    reverse: str
    about: Decimal
    tiers: tuple[Tier, ...]
    grades: tuple[Grade, ...]

    @property
    def execution_weight(self) -> Decimal:
        """The points of 预算执行率 where the workbook leaves them blank."""
        return self.weights[EXECUTION]

    def execution_points(self, own: Decimal | None) -> Decimal:
        """The points of 预算执行率: the workbook's own, the policy's where that is blank (or no weight at all)."""
        return self.execution_weight if own is None or own < 0 else own


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
    """The text of a shipped policy or of a policy file. Raises PolicyError where there is none."""
    if name in names():
        return files(__package__).joinpath("policies", f"{name}.toml").read_text("utf-8")
    path = Path(name)
    if path.suffix != ".toml":
        raise PolicyError(f"没有名为“{name}”的政策。可选：{'、'.join(names())}，或一个 .toml 文件")
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"政策文件 {name} 读不出来，请确认文件存在并以 UTF-8 保存") from error


def load(name: str = DEFAULT) -> Policy:
    """Load a shipped policy by name, or a policy file by path. Raises PolicyError."""
    try:
        data = tomllib.loads(text_of(name), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"政策文件 {name} 不是正确的 TOML：{error}") from error
    return _policy(_Reader(name, data))


@dataclass(frozen=True)
class _Reader:
    """Takes keys out of a table and refuses what is missing, unknown or of the wrong kind."""

    file: str
    table: dict[str, Any]
    where: str = ""

    def only(self, *keys: str) -> None:
        for key in self.table:
            if key not in keys:
                self.refuse(key, f"不认识这一项，可用的有：{'、'.join(keys)}")

    def refuse(self, key: str, why: str) -> None:
        raise PolicyError(f"政策文件 {self.file} 的 {self.where}{key}：{why}")

    def text(self, key: str, allowed: tuple[str, ...] = ()) -> str:
        value = self.table.get(key)
        if not isinstance(value, str) or (allowed and value not in allowed):
            self.refuse(key, f"写的是 {value!r}，应为{'、'.join(allowed) if allowed else '文字'}")
        return str(value)

    def number(self, key: str, low: int, high: int) -> Decimal:
        value = self.table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not low <= value <= high:
            self.refuse(key, f"写的是 {value!r}，应为 {low} 到 {high} 之间的数字")
        return Decimal(value)  # type: ignore[arg-type]

    def rows(self, key: str, names: tuple[str, ...]) -> list[_Reader]:
        rows = self.table.get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.refuse(key, "应为一组表（[[…]]）")
            raise AssertionError
        readers = [_Reader(self.file, row, f"{key} 第 {i} 项 ") for i, row in enumerate(rows, 1)]
        if tuple(reader.text("name", names) for reader in readers) != names:
            self.refuse(key, f"应依次列出：{'、'.join(names)}")
        return readers

    def part(self, key: str) -> _Reader:
        table = self.table.get(key)
        if not isinstance(table, dict):
            self.refuse(key, "应为一张表（[…]）")
            raise AssertionError
        return _Reader(self.file, table, f"{key} ")


def _policy(data: _Reader) -> Policy:
    data.only("name", "title", "source", "weights", "rules", "tiers", "grades")
    weights, rules = data.part("weights"), data.part("rules")
    rules.only("reverse", "about")
    weights.number(EXECUTION, 0, 100)
    points = {key: weights.number(key, 0, 100) for key in weights.table}
    if sum(points.values()) != 100:
        data.refuse("weights", f"各项分值合计 {sum(points.values())}，应为 100")
    tiers = data.rows("tiers", TIERS)
    grades = data.rows("grades", GRADES)
    for row in tiers:
        row.only("name", "from", "to")
    for row in grades:
        row.only("name", "from")
    bounds = tuple(Grade(name=g.text("name"), low=g.number("from", 0, 100)) for g in grades)
    if [g.low for g in bounds] != sorted({g.low for g in bounds}, reverse=True):
        data.refuse("grades", "各等级的起点应从高到低，不重复")
    return Policy(
        name=data.text("name"),
        title=data.text("title"),
        source=data.text("source"),
        weights=points,
        reverse=rules.text("reverse", ("linear", "ratio")),
        about=rules.number("about", 0, 1),
        tiers=tuple(Tier(name=t.text("name"), low=t.number("from", 0, 1), high=t.number("to", 0, 1)) for t in tiers),
        grades=bounds,
    )
