"""How the marks of an annotated copy are told from what the staff wrote, by whoever writes, reads or removes them."""

from __future__ import annotations

import re
from html import unescape

LISTING = "问题清单"
"""Begins the title of the sheet that lists the faults."""
LISTING_NAME = "evalbatch_list"
"""The defined name that points to that sheet; office programs keep it and let it follow the sheet."""
AUTHOR = "evalbatch"
"""Who wrote a comment of ours."""

_TARGET = re.compile(
    rb"<(?:\w+:)?definedName\b[^>]*?\bname=[\"']" + LISTING_NAME.encode() + rb"[\"'][^>]*>([^<]*)</", re.I
)


def targets(workbook: bytes) -> list[str]:
    """The sheets that the XML of a workbook says are lists of ours, as it writes them; almost always one or none."""
    return [unescape(found.decode("utf-8", "replace")) for found in _TARGET.findall(workbook)]


def listed_title(target: str) -> str:
    """The title of the sheet in a reference such as ``'问题清单'!$A$1``; an empty text where it is no list of ours."""
    title = target.rpartition("!")[0].lstrip("$")
    if title[:1] == title[-1:] == "'":
        title = title[1:-1].replace("''", "'")
    return title if title.startswith(LISTING) else ""
