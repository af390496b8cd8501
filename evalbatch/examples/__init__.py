"""Worked examples of the form as data, in the shape ``writers.template.write_form`` takes.

Each file also says, as ``file``, what the workbook made of it is called.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib import resources
from typing import Any

EXAMPLES: tuple[str, ...] = ("luquan-report", "luquan-filled")
"""A published report as it stands, with its gaps; and the same unit's form filled in full with invented figures."""


def load(name: str) -> dict[str, Any]:
    """An example's filling with its ``file``; decimals are exact. Raises FileNotFoundError for another name."""
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)
