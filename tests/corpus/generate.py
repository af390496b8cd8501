"""The county's folder and its manifest, which says what is planted in every file and what it must be found by."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from functools import partial
from pathlib import Path

from .across import ALL, ALL_FULL, ALL_FULL_CODE
from .files import LOCK_FILE
from .results import Row
from .units import Plan, made, perfect_code


def write(plan: Plan, folder: Path, jobs: int = 1) -> Path:
    """Write the folder and, beside it, its manifest, whose path is returned. Raises FileExistsError for a folder in use."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    save, numbers = partial(_saved, plan, folder), range(1, plan.count + 1)
    if jobs == 1:
        lines = [save(number) for number in numbers]
    else:
        with multiprocessing.get_context("spawn").Pool(jobs) as pool:
            lines = pool.map(save, numbers, chunksize=8)
    manifest = manifest_of(folder)
    text = json.dumps(_manifest(plan, lines), ensure_ascii=False, indent=1)
    manifest.write_text(f"{text}\n", "utf-8")
    return manifest


def manifest_of(folder: Path) -> Path:
    """Where a folder's manifest is: beside it, so that a run of the folder never sees it."""
    return folder.with_name(f"{folder.name}.manifest.json")


def _saved(plan: Plan, folder: Path, number: int) -> Row:
    one = made(plan, number)
    path = folder / one.path
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(one.data)
    if one.locked:
        path.with_name(f"~${path.name}").write_bytes(LOCK_FILE)
    return one.line


def _manifest(plan: Plan, lines: list[Row]) -> Row:
    across = [*_between(lines), *_all_full(plan, lines)]
    codes = Counter(code for line in lines for code in line["codes"])
    kinds = Counter(fault["kind"] for line in lines for fault in line["faults"])
    return {
        "seed": plan.seed,
        "count": plan.count,
        "unreadable": sum(not line["readable"] for line in lines),
        "codes": dict(sorted((codes + Counter(one["code"] for one in across)).items())),
        "kinds": dict(sorted((kinds + Counter(one["kind"] for one in across)).items())),
        "across": across,
        "files": lines,
    }


def _between(lines: list[Row]) -> list[Row]:
    """The faults between units, taken out of their lines; those of one standard are found as one."""
    found: list[Row] = []
    for one in [one for line in lines for one in line.pop("across")]:
        same = next((old for old in found if one["of"] and old["of"] == one["of"]), None)
        if same:
            same |= {key: [*same[key], *one[key]] for key in ("files", "cells")}
        else:
            found.append(one)
    return found


def _all_full(plan: Plan, lines: list[Row]) -> list[Row]:
    """The department whose units are all full, where it has enough of them."""
    full = [line["file"] for line in lines if line["code"].startswith(perfect_code(plan))]
    if not plan.faults or len(full) < ALL:
        return []
    about = "这个主管部门的各单位，整体自评全是满分"
    return [{"kind": ALL_FULL, "about": about, "code": ALL_FULL_CODE, "of": "", "files": full, "cells": []}]
