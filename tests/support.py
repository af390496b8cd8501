"""What several tests share: forms made from data, and LibreOffice."""

from __future__ import annotations

import copy
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from evalbatch.approved import NO_BOOKS, Books, Fault
from evalbatch.control import load_books
from evalbatch.digest import Digest, ProjectDigest, StandardDigest
from evalbatch.evaluate import evaluate
from evalbatch.examples import load
from evalbatch.gathered import Gathered
from evalbatch.model import Evaluation, Status
from evalbatch.policy import DEFAULT
from evalbatch.policy import load as load_policy
from evalbatch.read import read_workbook
from evalbatch.rules import CATALOGUE, Phase
from evalbatch.writers.template import write_form

GOOD = "luquan-filled"
REPORT = "luquan-report"


def filling(name: str = GOOD, case: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An example's data, changed as a case says.

    ``change`` maps ``project.0.executed`` to a value (index ``+`` adds a row), ``remove`` lists such places
    (``indicator.project=4`` removes the rows of a project), ``rewrite`` maps ``indicator.project`` to old and new values.
    """
    data = copy.deepcopy(load(name))
    case = case or {}
    for path, value in case.get("change", {}).items():
        change(data, path.split("."), value)
    for path, names in case.get("rewrite", {}).items():
        table, column = path.split(".")
        for row in data[table]:
            row[column] = names.get(row[column], row[column])
    for path in sorted(case.get("remove", ()), reverse=True):
        remove(data, path.split("."))
    return data


def change(data: Any, path: list[str], value: Any) -> None:
    """Set a value in nested data, or add a row."""
    *parents, last = path
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data[key]
    if isinstance(data, list) and last == "+":
        data.append(value)
    else:
        data[last] = value


def remove(data: Any, path: list[str]) -> None:
    """Take a value, a row, or all rows with a given value out of nested data."""
    *parents, last = path
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data[key]
    if isinstance(data, list) and "=" in last:
        column, value = last.split("=")
        data[:] = [row for row in data if row[column] != value]
    else:
        del data[int(last) if isinstance(data, list) else last]


def form_file(folder: Path, data: dict[str, Any], name: str = "表.xlsx") -> Path:
    """Write a filled form and return its path."""
    path = folder / name
    path.write_bytes(write_form(data))
    return path


def evaluate_file(path: Path, policy: str = "national-2020", books: Books = NO_BOOKS) -> Evaluation:
    """Read and evaluate a form."""
    return evaluate(read_workbook(path, path.name), load_policy(policy), books=books)


def evaluate_data(folder: Path, data: dict[str, Any], policy: str = "national-2020") -> Evaluation:
    """Write, read and evaluate a form made from data."""
    return evaluate_file(form_file(folder, data), policy)


OF_FILES = {"M401", "M402", "M403", "M404", "M405", "M406"}
"""The rules that are skipped where the bureau gives no file."""


def statuses(evaluation: Evaluation) -> set[str]:
    """What came of the rules over one workbook, without the bureau's files; those across units never run on it."""
    lines = [line for line in evaluation.rules if CATALOGUE[line.code].phase is not Phase.UNITS]
    assert {line.code for line in lines if line.reason.startswith("没有提供")} == OF_FILES
    return {line.status for line in lines if line.code not in OF_FILES}


def gathered(**digests: Digest) -> Gathered:
    """What a run of these workbooks comes to, each under the name of its outputs."""
    return Gathered(digests=lambda: iter(digests.items()), refusals=())


def county(folder: Path, text: str, name: str = "county.toml") -> str:
    """Write a policy file that extends the national policy, and return its path."""
    path = folder / name
    path.write_text(f'extends = "national-2020"\n{text}', "utf-8")
    return str(path)


# --- cases --------------------------------------------------------------------------------------------------------


def cases() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every case of ``tests/cases`` with the code of its file, by the name its tests show."""
    return {
        f"{path.stem}-{i}-{case.get('name', '')}": (path.stem, _without_report(path.stem, case))
        for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
        for i, case in enumerate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"], 1)
    }


def leave_out_quotes(data: dict[str, Any]) -> dict[str, Any]:
    """Take out the texts of the good example that quote its figures."""
    data.pop("report", None)
    data["department"].pop("achieved", None)
    return data


def _without_report(code: str, case: dict[str, Any]) -> dict[str, Any]:
    """The case without the good report, which quotes the good workbook's figures, where it is not about texts."""
    if code.startswith("P2") or "base" in case:
        return case
    return {**case, "bare": True}


_ON_THE_WORKBOOK = {"delete", "replace", "cell", "format", "merge", "hide", "copy", "drop", "rename"}


def case_file(folder: Path, case: Mapping[str, Any]) -> Path:
    """A case's workbook."""
    data = filling(case.get("base", GOOD), case)
    if case.get("bare"):
        leave_out_quotes(data)
    path = form_file(folder, data)
    if _ON_THE_WORKBOOK & set(case):
        book = openpyxl.load_workbook(path)
        alter(book, case)
        book.save(path)
    for name, text in case.get("part", {}).items():
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, text)
    return path


def alter(book: Workbook, case: Mapping[str, Any]) -> None:
    """Change a workbook as a case says: deleted rows, texts, cells, merged cells, hidden places, copied, dropped and renamed sheets."""
    for place in case.get("delete", []):
        title, row = place.split("!")
        book[title].delete_rows(int(row))
    for place, text in case.get("replace", {}).items():
        title, heading = place.split("!")
        for row in book[title].iter_rows():
            for cell in row:
                if str(cell.value or "").rstrip("*") == heading:
                    cell.value = text
    for place, value in case.get("cell", {}).items():
        title, ref = place.split("!")
        book[title][ref].value = value
    for place, code in case.get("format", {}).items():
        title, ref = place.split("!")
        book[title][ref].number_format = code
    for place in case.get("merge", []):
        title, area = place.split("!")
        book[title].merged_cells.add(area)
    for place in case.get("hide", []):
        hide(book, *place.split("!"))
    for title, name in case.get("copy", {}).items():
        book.copy_worksheet(book[title]).title = name
    for title in case.get("drop", []):
        del book[title]
    for title, name in case.get("rename", {}).items():
        book[title].title = name


def hide(book: Workbook, title: str, what: str = "") -> None:
    """Hide a row (its number) or a column (its letters) of a sheet, or the sheet."""
    if not what:
        book[title].sheet_state = "hidden"
    elif what.isdecimal():
        book[title].row_dimensions[int(what)].hidden = True
    else:
        book[title].column_dimensions[what].hidden = True


def case_books(folder: Path, case: Mapping[str, Any]) -> Books:
    """The bureau's files of a case, whose text it holds as ``control`` and ``executed``."""
    paths = {}
    for name in ("control", "executed"):
        if name in case:
            paths[name] = folder / f"{name}.csv"
            paths[name].write_text(case[name], "utf-8")
    return load_books(paths.get("control"), paths.get("executed")) if paths else NO_BOOKS


def case_policy(folder: Path, case: Mapping[str, Any]) -> str:
    """The case's policy, written to a file where the case holds its text."""
    policy: str = case.get("policy", DEFAULT)
    if "\n" not in policy:
        return policy
    path = folder / "county.toml"
    path.write_text(policy, "utf-8")
    return str(path)


# --- cases across units -------------------------------------------------------------------------------------------


def across_cases() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every case of ``tests/across`` with the code of its file, by the name its tests show."""
    return {
        f"{path.stem}-{i}-{case['name']}": (path.stem, case)
        for path in sorted((Path(__file__).parent / "across").glob("*.toml"))
        for i, case in enumerate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)["case"], 1)
    }


def case_digests(case: Mapping[str, Any]) -> list[tuple[str, Digest]]:
    """The digests of a case across units, each under the name of its outputs."""
    return [(f"表{number}", a_digest(number, unit)) for number, unit in enumerate(case["unit"], 1)]


def case_faults(case: Mapping[str, Any]) -> tuple[Fault, ...] | None:
    """What is wrong with the bureau's files of a case, None where it has none."""
    return tuple(Fault(**fault) for fault in case["fault"]) if "fault" in case else None


def a_digest(number: int, unit: Mapping[str, Any]) -> Digest:
    """A digest that says what a case does, and is otherwise blank: file ``<number>.xlsx``, year 2025, bytes of its own."""
    given = {"file": f"{number}.xlsx", "sha256": f"{number}", "year": "2025", "status": Status.ACCEPTED, **unit}
    lists = {"project": ProjectDigest, "standard": StandardDigest}
    rows = {f"{key}s": tuple(_blank(cls, row) for row in given.pop(key, ())) for key, cls in lists.items()}
    return _blank(Digest, {**given, **rows, "stem": f"表{number}"})


_BLANKS: dict[str, Any] = {"str": "", "bool": True, "int": 0}


def _blank(cls: type[Any], given: Mapping[str, Any]) -> Any:
    """A record of what is given: numbers exact, what is left out blank."""
    types = {field.name: str(field.type) for field in fields(cls)}
    values = {name: () if kind.startswith("tuple") else _BLANKS.get(kind) for name, kind in types.items()}
    exact = {key: Decimal(value) if types[key].startswith("Decimal") else value for key, value in given.items()}
    return cls(**values | exact)


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
        made = [folder / f"{path.stem}.{kind.split(':')[0]}" for path in files]
        assert [path for path in made if not path.exists()] == [], "one call converts at most 247 files"
        return made
