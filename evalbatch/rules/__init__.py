"""The catalogue of checks: form F…, money M…, indicators I…, scores S…, problems and texts P…

A new rule goes where its kind is, with its cases in ``tests/cases/<code>.toml``:

- the form: ``form`` (sheets, headings), ``codes`` (do they belong together), ``rows`` (what is no project), ``aside`` (what nobody reads),
  ``cells`` (what stands in a cell), ``unwritable`` (what no cell of the results can hold)
- money: ``money`` (sums and shares), ``mixed`` and ``magnitude`` (units of money), ``spending`` and ``adjustments`` (what
  wants a word)
- what stands there twice: ``doubles`` (projects of one name, rows of 绩效指标)
- indicators: ``indicators`` (are they there), ``results`` (can they be understood), ``targets`` (can they be meant so),
  ``quality`` and ``spread`` (do they measure anything, where do they belong), ``ratios`` (do the form's figures give them)
- scores: ``scores`` (do they follow), ``signals`` (what is only asked about)
- texts: ``problems`` (问题整改), ``texts`` (amounts left out, length), ``wording`` (repetition, numbering), ``names`` and
  ``claims`` (names and figures against the tables)
"""

from . import (
    adjustments,
    aside,
    cells,
    claims,
    codes,
    doubles,
    form,
    indicators,
    magnitude,
    mixed,
    money,
    names,
    problems,
    quality,
    ratios,
    results,
    rows,
    scores,
    signals,
    spending,
    spread,
    targets,
    texts,
    unwritable,
    wording,
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
    "aside",
    "broke_down",
    "cells",
    "claims",
    "codes",
    "doubles",
    "form",
    "indicators",
    "magnitude",
    "mixed",
    "money",
    "names",
    "problems",
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
    "texts",
    "unwritable",
    "wording",
]
