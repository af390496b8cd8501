"""Names and texts as people can read them: names in bytes of another encoding, characters that steer a terminal."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile("[0-9@-~\x80-\U0010ffff]+")
"""What may belong to one text in GBK bytes: whatever is beyond ASCII, and the ASCII that stands for the half of a character."""
_LOST = re.compile("[\ud800-\udfff]")
_ENCODINGS = ("utf-8", "gb18030")


def legible(name: str) -> str:
    """A file's name as text.

    Where a name is bytes (``os.fsdecode`` keeps those it cannot decode as lone surrogates), they are read as UTF-8 or
    GBK; bytes that are neither are spelled out.
    """
    return _RUN.sub(_decoded, name) if _LOST.search(name) else name


def _decoded(run: re.Match[str]) -> str:
    if not _LOST.search(run[0]):
        return run[0]
    for encoding in _ENCODINGS:
        try:
            text = run[0].encode("utf-8", "surrogateescape").decode(encoding)
        except UnicodeError:
            continue
        if text.isprintable():
            return text
    return run[0].encode("utf-8", "backslashreplace").decode("utf-8")


def shown(text: object) -> str:
    """A text as it may be printed: legible, with no control or direction character raw, in one line."""
    line = legible(str(text))
    if line.isprintable():
        return line
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "\N{REPLACEMENT CHARACTER}" for c in line
    )
