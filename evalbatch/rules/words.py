"""The words messages are made of: amounts, points, cells, as a clerk reads them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..formula import plain, quantize
from ..model import Submission
from ..spec import Entry, Place

LISTED = 5
"""How many cells or names a message gives before it counts the rest."""


def figure(number: Decimal, least: int = 2) -> str:
    """A number with thousands separators and at least ``least`` decimals: 1,234.50, 6.3345."""
    exact = plain(quantize(number, 6))
    decimals = max(least, len(exact.partition(".")[2]))
    return f"{number:,.{decimals}f}"


def money(yuan: Decimal, submission: Submission) -> str:
    """An amount of 元 in the unit of the form: ``63.10 万元``."""
    return f"{figure(yuan / submission.scale)} {submission.money_unit}"


def points(number: Decimal) -> str:
    """Points: ``9.80 分``."""
    return f"{figure(number)} 分"


def percent(fraction: Decimal, decimals: int | None = None) -> str:
    """A fraction as a percentage: ``28.81%``."""
    number = fraction * 100
    return f"{plain(quantize(number, 2)) if decimals is None else format(quantize(number, decimals), 'f')}%"


def cells(places: Sequence[Place]) -> str:
    """Cells as a clerk looks for them: ``收支预决算!B13、项目资金!H5、H7``, the rest counted."""
    said, sheet = [], ""
    for place in places[:LISTED]:
        said.append(place.ref if place.sheet == sheet else str(place))
        sheet = place.sheet
    more = f" 等 {len(places)} 处" if len(places) > LISTED else ""
    return f"{'、'.join(said)}{more}"


def listed(names: Sequence[str]) -> str:
    """Names one after the other, many cut short and counted: ``1、2、3、4、5 等 30 个``."""
    more = f" 等 {len(names)} 个" if len(names) > LISTED else ""
    return f"{'、'.join(names[:LISTED])}{more}"


def at(entry: Entry[object], heading: str) -> str:
    """A cell with its heading: ``项目资金!F6（全年执行数）``."""
    return f"{entry.place}（{heading}）" if entry.place else heading


def quoted(text: str, limit: int = 40) -> str:
    """What stands in a cell, quoted, long texts cut."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= limit else text[:limit] + '…'}”"
