"""What came of a specimen, in a shape that can be compared: every figure that was read, every finding."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalbatch.model import Refusal
from evalbatch.policy import load
from evalbatch.work import JSON, Job, Outcome, Terms, work

from .kit import Specimen, good_bytes

TERMS = Terms(policy=load())
_PROJECT = ("code", "name", "budget", "executed", "claimed_score", "claimed_grade")
_SCORES = ("score", "execution_score", "assessed", "weight")


def job(path: Path) -> Job:
    """The job of reading a file and giving its JSON."""
    return Job(number=0, path=path, name=path.name, form=JSON)


def wrong(specimen: Specimen, outcome: Outcome) -> str:
    """What is not as it must be, an empty text where all is."""
    if isinstance(outcome.result, Refusal):
        reason = outcome.result.reason
        return "" if specimen.said and specimen.said in reason else f"refused: {reason}"
    result = json.loads(outcome.printed)
    if specimen.said:
        return f"read, with {list(findings(result))}"
    return "\n".join([*_wrong_figures(specimen, figures(result)), *_wrong_findings(specimen, result)])


def _wrong_figures(specimen: Specimen, got: dict[str, Any]) -> Iterator[str]:
    good = good_figures()
    for name in sorted({*good, *got}):
        expected, there = specimen.figures.get(name, good.get(name)), got.get(name)
        changed = bool(specimen.figures or specimen.lost)
        line = name.startswith("lines.") and (there is None or "lines." in specimen.lost)
        derived = changed and (name.startswith("scores.") or line)
        given_up = there is None and name.startswith(specimen.lost) if specimen.lost else False
        if expected != there and not given_up and not derived:
            yield f"{name}: {there!r}, not {expected!r}"


def _wrong_findings(specimen: Specimen, result: dict[str, Any]) -> Iterator[str]:
    got = list(findings(result))
    for want in specimen.found:
        code, _, cell = want.partition(" ")
        if not any(there == code and (not cell or cell in cells) for there, cells in got):
            yield f"no {want} in {got}"
    if {want[:4] for want in specimen.found} != {code for code, _ in got}:
        yield f"findings {[(code, cells[:2]) for code, cells in got]}"
    if any(rule["status"] == "crashed" for rule in result["rules"]):
        yield "a rule broke down"


def findings(result: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Every finding's code and cells."""
    for finding in result["findings"]:
        yield finding["code"], finding["cells"]


def figures(result: dict[str, Any]) -> dict[str, Any]:
    """Every figure and name that was read, and the scores made of them, each under its path."""
    found = {f"unit.{key}": value for key, value in result["unit"].items()}
    for line in result["reconciliation"]:
        found[f"lines.{line['code']}.{line['name']}"] = line["left"]
    department = result["department"]
    for n, project in enumerate(result["projects"]):
        found.update({f"projects.{n}.{key}": project[key] for key in _PROJECT})
        found.update({f"scores.{n}.{key}": project[key] for key in _SCORES})
    found.update({f"department.{key}": department[key] for key in ("budget", "executed", "claimed_score")})
    found.update({f"scores.department.{key}": department[key] for key in _SCORES})
    for one in (*result["projects"], department):
        of = one["code"] if one is not department else "department"
        for i, indicator in enumerate(one["indicators"]):
            at = f"indicators.{of}.{i}"
            found.update({f"{at}.{key}": indicator[key] for key in ("level1", "level2", "level3", "weight", "claimed")})
            found[f"{at}.target"], found[f"{at}.actual"] = indicator["target"]["text"], indicator["actual"]["text"]
    return found


@functools.cache
def good_figures() -> dict[str, Any]:
    """The figures of the good form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "好.xlsx"
        path.write_bytes(good_bytes())
        return figures(json.loads(work(job(path), TERMS).printed))
