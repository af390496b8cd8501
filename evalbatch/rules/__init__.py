"""The catalogue of checks: form F…, money M…, indicators I…, scores S…, problems and texts P…, across units B…

A new rule goes where its kind is, with its cases in ``tests/cases/<code>.toml`` (across units: ``tests/across``):

- the form: ``form`` (sheets, headings), ``codes`` (do they belong together), ``rows`` (what is no project), ``aside`` (what
  nobody reads), ``units`` (which unit of money a heading states), ``cells`` (what stands in a cell, with ``hints`` why it is
  no number), ``merged`` (one number for several), ``unwritable`` (what no cell of the results can hold)
- money: ``sums`` (totals and balances), ``overspent`` (more than the budget), ``recomputed`` (stated shares, rates, costings
  and execution scores), ``mixed`` and ``magnitude`` (units of money), ``spending`` and ``adjustments`` (what wants a word),
  ``registered`` and ``bureau`` (what the bureau has on record)
- what stands there twice: ``doubles`` (projects of one name, rows of 绩效指标)
- indicators: ``indicators`` (are they there), ``results`` (can they be understood), ``targets`` (can they be meant so),
  ``quality`` and ``spread`` (do they measure anything, where do they belong), ``ratios`` (do the form's figures give them)
- scores: ``weights`` (do they make 100), ``scores`` (do own scores follow), ``totalled`` (own totals and grades), ``signals``
  (what is only asked about)
- texts: ``problems`` (问题整改), ``texts`` (amounts left out, length), ``wording`` (repetition, numbering), ``names`` and
  ``claims`` (names and figures against the tables)
- across units: ``copies`` (what was handed in twice, or copied), ``peers`` (what is unlike or too like the others)

The code of a new identity takes its place in ``case.SUMMED``, from the bottom up. A rule that has nothing to look at while a
column is blank is named in ``runner``, so that the ledger does not call it passed.
"""

from . import (  # noqa: F401 (what is imported registers its rules)
    adjustments,
    aside,
    bureau,
    cells,
    claims,
    codes,
    copies,
    doubles,
    form,
    indicators,
    magnitude,
    merged,
    mixed,
    names,
    overspent,
    peers,
    problems,
    quality,
    ratios,
    recomputed,
    registered,
    results,
    rows,
    scores,
    signals,
    spending,
    spread,
    sums,
    targets,
    texts,
    totalled,
    units,
    unwritable,
    weights,
    wording,
)
from .across import Answers, Batch, Form, Price
from .case import Case
from .catalogue import CATALOGUE, AcrossRule, Found, FoundAcross, Phase, Rule, UnitRule
from .runner import broke_down, run, run_across

__all__ = [
    "CATALOGUE",
    "AcrossRule",
    "Answers",
    "Batch",
    "Case",
    "Form",
    "Found",
    "FoundAcross",
    "Phase",
    "Price",
    "Rule",
    "UnitRule",
    "broke_down",
    "run",
    "run_across",
]
