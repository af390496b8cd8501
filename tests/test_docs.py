"""The pages of docs/ are what the program says today."""

import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
MEASURED = "benchmark.md"
"""Written by ``make bench`` on one machine: no other would write the same."""


def test_the_pages_are_what_the_program_says():
    sys.path.insert(0, str(DOCS))
    try:
        from pages import pages
    finally:
        sys.path.remove(str(DOCS))
    written = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in DOCS.rglob("*.md")}
    del written[MEASURED]
    assert written == dict(pages()), "run make docs"
