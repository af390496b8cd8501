"""The evaluation for machines: result.json, schema ``evalbatch/result/1``.

Other programs depend on its keys. Amounts are in 万元, rates are fractions, numbers are JSON numbers, what is missing is
null, texts are as typed. A result in another unit of the target's dimension stands converted in ``actual``: ``value``
and ``unit`` are the target's, ``text`` (of the row) is as typed; a result that cannot be used has no value. A date has
kind ``date``, op ``<=`` and no value. A finding that the bureau lets stand has a further key ``waived``. A ``Decimal`` becomes a number at this edge only; 15 digits survive.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from .. import __version__
from ..form import DEPARTMENT, WAN_SCALE
from ..model import Evaluation, Figure, Finding, Identity, IndicatorScore, Refusal, Said, Score, Status
from ..rules import CATALOGUE

SCHEMA = "evalbatch/result/1"
Json = dict[str, Any]
_STEERING = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SCORE_KEYS = (
    "code",
    "name",
    "budget",
    "executed",
    "rate",
    "execution_score",
    "indicator_score",
    "score",
    "assessed",
    "weight",
    "claimed_score",
    "grade",
    "claimed_grade",
)
_MEAN_KEYS = ("projects_weighted", "projects_mean", "projects_count")


def to_json(result: Json | list[Json]) -> str:
    """The text of a result, readable, with a final newline; characters that steer what shows it are escaped."""
    text = json.dumps(result, ensure_ascii=False, indent=2, default=_number)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"not for JSON: {value!r}")


def result(evaluation: Evaluation) -> Json:
    """The result of a workbook that was read."""
    submission, unit = evaluation.submission, evaluation.submission.unit
    scale = submission.scale
    return {
        "schema": SCHEMA,
        "source": {
            "file": submission.source.file,
            "sha256": submission.source.sha256,
            "form_version": submission.source.form_version,
        },
        "tool": {"version": __version__, "policy": evaluation.policy_name},
        "status": evaluation.status.key,
        "unit": {
            "name": unit.name.value,
            "code": unit.code.value,
            "year": unit.year.value,
            "department": unit.department.value,
            "contact": unit.author.value,
        },
        "reconciliation": [_identity(identity, scale) for identity in evaluation.identities],
        "projects": [_score(score) for score in evaluation.scores.projects],
        "department": _department(evaluation),
        "findings": [_finding(finding) for finding in evaluation.findings],
        "rules": [
            {"code": line.code, "status": line.status, "count": line.count, "reason": line.reason or None}
            for line in evaluation.rules
        ],
    }


def refused(refusal: Refusal, policy_name: str) -> Json:
    """The result of a file that could not be read as the form: same keys, nothing assessed."""
    return {
        "schema": SCHEMA,
        "source": {"file": refusal.file, "sha256": refusal.sha256, "form_version": None},
        "tool": {"version": __version__, "policy": policy_name},
        "status": Status.NOT_ASSESSED.key,
        "unit": dict.fromkeys(("name", "code", "year", "department", "contact")),
        "reconciliation": [],
        "projects": [],
        "department": {**dict.fromkeys(_SCORE_KEYS), "indicators": [], **dict.fromkeys(_MEAN_KEYS)},
        "findings": [],
        "rules": [
            {"code": code, "status": "skipped", "count": 0, "reason": refusal.reason} for code in sorted(CATALOGUE)
        ],
    }


def _identity(identity: Identity, scale: Decimal) -> Json:
    def shown(number: Decimal | None) -> Decimal | None:
        money = identity.unit not in ("%", "分")
        return number * scale / WAN_SCALE if money and number is not None else number

    return {
        "code": identity.code,
        "name": f"{identity.name}（{identity.scope}）",
        "left": shown(identity.left.value),
        "right": shown(identity.right),
        "difference": shown(identity.difference),
        "tolerance": shown(identity.tolerance),
        "verdict": identity.verdict.key,
        "cells": [str(place) for place in identity.places],
    }


def _score(score: Score) -> Json:
    execution = score.execution
    return {
        "code": None if score.code == DEPARTMENT and score.project is None else score.code,
        "name": score.name,
        "budget": _wan(execution.budget.value),
        "executed": _wan(execution.executed.value),
        "rate": execution.rate,
        "execution_score": execution.score,
        "indicator_score": score.indicator_score,
        "score": score.score,
        "assessed": score.assessed,
        "weight": score.weight,
        "claimed_score": score.claimed.value,
        "grade": score.grade,
        "claimed_grade": score.claimed_grade.value,
        "indicators": [_indicator(indicator) for indicator in score.indicators],
    }


def _department(evaluation: Evaluation) -> Json:
    scores = evaluation.scores
    return {
        **_score(scores.department),
        "projects_weighted": scores.projects_weighted,
        "projects_mean": scores.projects_mean,
        "projects_count": scores.projects_count,
    }


def _indicator(indicator: IndicatorScore) -> Json:
    row, target, actual = indicator.row, indicator.target, indicator.actual
    place = row.name.place or row.project.place
    return {
        "cell": str(place) if place else None,
        "level1": row.level1.text or None,
        "level2": row.level2.text or None,
        "level3": row.name.text or None,
        "kind": target.kind.value,
        "target": {
            "text": target.text,
            "op": target.op,
            "value": target.value,
            "upper": target.upper,
            "unit": target.unit or None,
            "inferred": target.inferred,
        },
        "actual": {"text": row.actual.text, "value": actual.value, "unit": actual.unit or None},
        "weight": indicator.weight,
        "score": indicator.score,
        "claimed": indicator.claimed,
        "status": "not-assessed" if indicator.score is None else "scored",
        "basis": indicator.basis,
    }


def _finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "severity": finding.severity.key,
        "sheet": finding.cells[0].sheet if finding.cells else None,
        "cells": [str(place) for place in finding.cells],
        "record": finding.record,
        "message": finding.message,
        "found": _said(finding.found),
        "expected": _said(finding.expected),
        "difference": _said(finding.difference),
        "fix": finding.fix,
        "effect": finding.effect or None,
        **_waived(finding),
    }


def _waived(finding: Finding) -> Json:
    """``waived``, a key that only a waived finding has."""
    waiver = finding.waiver
    if waiver is None:
        return {}
    return {"waived": {"approver": waiver.approver, "reason": waiver.reason, "until": waiver.until.isoformat()}}


def _said(said: Said) -> Decimal | str | None:
    if isinstance(said, Figure):
        return _wan(said.value) if said.unit == "元" else said.value
    return said


def _wan(yuan: Decimal | None) -> Decimal | None:
    return None if yuan is None else yuan / WAN_SCALE
