"""evalbatch reads, reconciles and scores the budget performance self-evaluations (预算绩效自评) of public units."""

__version__ = "0.1.0"
INTERRUPTED = 130
"""The exit code after Ctrl-C; known before any part of the program is loaded."""
