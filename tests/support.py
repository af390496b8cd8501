"""What several tests share: forms made from data, and LibreOffice."""

from __future__ import annotations

import copy
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

from evalbatch.examples import load

from evalbatch.evaluate import evaluate
from evalbatch.model import Evaluation
from evalbatch.policy import load as load_policy
from evalbatch.read import read_workbook
from evalbatch.writers.template import write_form

GOOD = "luquan-filled"
REPORT = "luquan-report"


def filling(name: str = GOOD, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """An example's data with changes: ``project.0.executed`` names a value; None takes it away."""
    data = copy.deepcopy(load(name))
    for path, value in (changes or {}).items():
        change(data, path.split("."), value)
    return data


def change(data: Any, path: list[str], value: Any) -> None:
    """Set, add (index ``+``) or, with None, remove a value in nested data."""
    *parents, last = path
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data.setdefault(key, {})
    if isinstance(data, list):
        if last == "+":
            data.append(value)
        elif value is None:
            del data[int(last)]
        else:
            data[int(last)] = value
    elif value is None:
        data.pop(last, None)
    else:
        data[last] = value


def form_file(folder: Path, data: dict[str, Any], name: str = "表.xlsx") -> Path:
    """Write a filled form and return its path."""
    path = folder / name
    path.write_bytes(write_form(data))
    return path


def evaluate_file(path: Path, policy: str = "national-2020") -> Evaluation:
    """Read and evaluate a form."""
    return evaluate(read_workbook(path, path.name), load_policy(policy))


def evaluate_data(folder: Path, data: dict[str, Any]) -> Evaluation:
    """Write, read and evaluate a form made from data."""
    return evaluate_file(form_file(folder, data))


def dec(text: str) -> Decimal:
    """A decimal, shorter."""
    return Decimal(text)


SOFFICE = shutil.which("soffice")

_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


class Office:
    """LibreOffice with a profile of its own that recalculates every workbook it loads."""

    def __init__(self, folder: Path) -> None:
        self.profile = folder / "profile"
        (self.profile / "user").mkdir(parents=True)
        (self.profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE)

    def convert(self, files: list[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
        """Load, recalculate and save files into a folder, all in one call."""
        assert SOFFICE is not None
        subprocess.run(
            [
                SOFFICE,
                f"-env:UserInstallation=file://{self.profile}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder),
                *map(str, files),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return [folder / f"{path.stem}.{kind.split(':')[0]}" for path in files]
