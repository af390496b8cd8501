"""The catalogue of checks: form F…, money M…, indicators I…, scores S…, problems and texts P…

A new rule goes where its kind is, with its cases in ``tests/cases/<code>.toml``: ``form`` (sheets, headings, codes),
``cells`` (what stands in a cell), ``money``, ``indicators`` (are they there), ``results`` (can they be understood),
``scores`` (do they follow), ``signals`` (what is only asked about), ``problems`` (问题整改), and for all running text
``texts`` (amounts left out, length), ``wording`` (repetition, numbering), ``names`` and ``claims`` (names and figures
against the tables).
"""

from . import cells, claims, form, indicators, money, names, problems, results, scores, signals, texts, wording
from .case import Case
from .catalogue import CATALOGUE, Found, Phase, Rule
from .ledger import run

__all__ = [
    "CATALOGUE",
    "Case",
    "Found",
    "Phase",
    "Rule",
    "cells",
    "claims",
    "form",
    "indicators",
    "money",
    "names",
    "problems",
    "results",
    "run",
    "scores",
    "signals",
    "texts",
    "wording",
]
