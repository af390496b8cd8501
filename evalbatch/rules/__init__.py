"""The catalogue of checks: form F…, money M…, indicators I…, scores S…

A new rule goes into the module of its letter, with its cases in ``tests/cases/<code>.toml``.
"""

from . import form, indicators, money, scores
from .catalogue import CATALOGUE, Case, Found, Rule, run

__all__ = ["CATALOGUE", "Case", "Found", "Rule", "form", "indicators", "money", "run", "scores"]
