"""The catalogue of checks: form F…, money M…, indicators I…, scores S…

A new rule goes where its kind is, with its cases in ``tests/cases/<code>.toml``: ``form`` (sheets, headings, codes),
``rows`` (what is no project), ``cells`` (what stands in a cell), ``money`` and ``magnitude``, ``indicators`` (are they
there), ``results`` (can they be understood), ``targets`` (can they be meant so), ``ratios`` (do the form's figures give them), ``quality`` and ``spread`` (do they
measure anything, and where do they belong), ``scores`` (do they follow), ``signals``, ``spending`` and ``adjustments``
(what is only asked about).
"""

from . import (
    adjustments,
    cells,
    form,
    indicators,
    magnitude,
    money,
    quality,
    ratios,
    results,
    rows,
    scores,
    signals,
    spending,
    spread,
    targets,
)
from .case import Case
from .catalogue import CATALOGUE, Found, Phase, Rule
from .ledger import broke_down, run

__all__ = [
    "CATALOGUE",
    "Case",
    "Found",
    "Phase",
    "Rule",
    "adjustments",
    "broke_down",
    "cells",
    "form",
    "indicators",
    "magnitude",
    "money",
    "quality",
    "ratios",
    "results",
    "rows",
    "run",
    "scores",
    "signals",
    "spending",
    "spread",
    "targets",
]
