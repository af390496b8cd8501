"""How people write values: pure text in, records out, never an exception and never a guess.

``figures`` reads plain numbers, amounts, percentages, years and dates; ``targets`` reads the targets and results of
indicators, with ``quantity``, ``dates``, ``direction``, ``spelling`` and ``units`` behind it; ``names`` folds the names of projects.
"""

from .adjusted import adjusted
from .dates import on_time, say_period
from .figures import (
    LARGEST,
    PLACEHOLDERS,
    Parsed,
    decimals_of,
    exact,
    fold_text,
    is_placeholder,
    parse_amount,
    parse_date,
    parse_number,
    parse_percent,
    parse_year,
)
from .names import fold_name, is_alike, is_within, letters, likeness, year_of
from .spelling import fold_value
from .targets import format_target, parse_actual, parse_target

__all__ = [
    "LARGEST",
    "PLACEHOLDERS",
    "Parsed",
    "adjusted",
    "decimals_of",
    "exact",
    "fold_name",
    "fold_text",
    "fold_value",
    "format_target",
    "is_alike",
    "is_placeholder",
    "is_within",
    "letters",
    "likeness",
    "on_time",
    "parse_actual",
    "parse_amount",
    "parse_date",
    "parse_number",
    "parse_percent",
    "parse_target",
    "parse_year",
    "say_period",
    "year_of",
]
