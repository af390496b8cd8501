"""Names and places of files: control and direction characters, foreign bytes, lengths, links."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .kit import Specimen, good_bytes

GROUP = "path"
NAMES = {
    "control-characters": "表\x1b[31m\x07\n格.xlsx",
    "direction-characters": "表\u202exslx.exe\u202c.xlsx",
    "zero-width": "表\u200b\ufeff格.xlsx",
    "gbk-bytes": os.fsdecode("自评表.xlsx".encode("gbk")),
    "invalid-utf-8": os.fsdecode(b"\xff\xfe\x80.xlsx"),
    "as-long-as-may-be": f"{'长' * 83}x.xlsx",
    "spaces": "  自评 表  .xlsx",
    "number-sign": "表#1?.xlsx",
    "percent": "表%20%s%n{0}.xlsx",
    "leading-dash": "-o.xlsx",
    "quotes": "表'\"`$(id)`.xlsx",
    "reserved": "CON.xlsx",
    "reserved-alone": "nul",
    "trailing-dot": "表.xlsx.",
    "trailing-space": "表.xlsx ",
    "backslash": "a\\b.xlsx",
    "colon": "a:b.xlsx",
    "emoji": "😀👨‍👩‍👧.xlsx",
    "decomposed": "e\u0301\u0302.xlsx",
    "full-width": "ＡＢＣ．ｘｌｓｘ",
    "upper-case-extension": "表.XLSX",
    "only-an-extension": ".xlsx",
    "markup": "<b>&amp;.xlsx",
    "formula": "=1+1.xlsx",
}


def _named(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(good_bytes())
        return folder / name

    return make


def _deep(folder: Path) -> Path:
    deep = folder
    while len(os.fsencode(deep)) < 3000:
        deep = deep / ("层" * 60)
    deep.mkdir(parents=True)
    return _named("表.xlsx")(deep)


def _too_deep(folder: Path) -> Path:
    return folder.joinpath(*["层" * 60] * 40, "表.xlsx")


def _hard_link(folder: Path) -> Path:
    path = _named("原.xlsx")(folder)
    (folder / "链.xlsx").hardlink_to(path)
    return folder / "链.xlsx"


def _symlink(folder: Path) -> Path:
    path = _named("原.xlsx")(folder)
    (folder / "链.xlsx").symlink_to(path)
    return folder / "链.xlsx"


def _dotted(folder: Path) -> Path:
    (folder / "a").mkdir()
    _named("表.xlsx")(folder)
    return folder / "a" / ".." / "表.xlsx"


def _read_only(folder: Path) -> Path:
    path = _named("表.xlsx")(folder)
    path.chmod(0o400)
    return path


def _forbidden(folder: Path) -> Path:
    """What nobody but an administrator may read."""
    path = _named("表.xlsx")(folder)
    path.chmod(0)
    return path


SPECIMENS = (
    *(Specimen(group=GROUP, name=name, make=_named(file)) for name, file in NAMES.items()),
    Specimen(group=GROUP, name="deep-folders", make=_deep),
    Specimen(group=GROUP, name="too-deep-to-exist", make=_too_deep, said="打不开"),
    Specimen(group=GROUP, name="too-long-a-name", make=lambda folder: folder / f"{'长' * 100}.xlsx", said="打不开"),
    Specimen(group=GROUP, name="zero-byte-in-the-name", make=lambda folder: folder / "表\0.xlsx", said="打不开"),
    Specimen(group=GROUP, name="hard-link", make=_hard_link),
    Specimen(group=GROUP, name="symbolic-link", make=_symlink),
    Specimen(group=GROUP, name="dots-in-the-path", make=_dotted),
    Specimen(group=GROUP, name="read-only", make=_read_only),
    Specimen(group=GROUP, name="forbidden", make=_forbidden, said="" if os.geteuid() == 0 else "打不开"),
    Specimen(
        group=GROUP, name="file-as-a-folder", make=lambda folder: _named("甲.xlsx")(folder) / "乙.xlsx", said="打不开"
    ),
)
