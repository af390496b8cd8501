"""The county's folder and its manifest, which says what is planted in every file and what it must be found by."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from functools import partial
from pathlib import Path

from .across import ALL_FULL
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
    codes = Counter(code for line in lines for code in line["codes"])
    kinds = Counter(fault["kind"] for line in lines for fault in line["faults"])
    across = [one for line in lines for one in line.pop("across")]
    full = [line["file"] for line in lines if line["code"].startswith(perfect_code(plan))]
    if plan.faults and full:
        about = "这个主管部门的各单位，整体自评全是满分"
        across.append({"kind": ALL_FULL, "about": about, "code": None, "files": full, "cells": []})
    return {
        "seed": plan.seed,
        "count": plan.count,
        "unreadable": sum(not line["readable"] for line in lines),
        "codes": dict(sorted(codes.items())),
        "kinds": dict(sorted((kinds + Counter(one["kind"] for one in across)).items())),
        "across": across,
        "files": lines,
    }
