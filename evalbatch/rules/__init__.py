"""The catalogue of checks: form F…, money M…, indicators I…, scores S…

A new rule goes into the module of its letter (what is only asked about into ``signals``), with its cases in ``tests/cases/<code>.toml``.
"""

from . import form, indicators, money, scores, signals
from .catalogue import CATALOGUE, Case, Found, Rule, run

__all__ = ["CATALOGUE", "Case", "Found", "Rule", "form", "indicators", "money", "run", "scores", "signals"]
