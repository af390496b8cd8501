"""Deadlines and days as people write them: ``12月底之前完成``, ``2021年1月-12月``, ``9月前``, ``2023.07-2024.01``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ..model import Period
from .spelling import counts_something
from .units import fold_unit

UNDATED = 2000
"""The leap year in which a date without a year stands."""

_ATOM = re.compile(
    r"(?P<y1>(?:19|20)[0-9]{2})(?P<sep>[./-])(?P<m1>[0-9]{1,2})(?:(?P=sep)(?P<d1>[0-9]{1,2}))?(?![0-9])[日号]?"
    r"|(?:(?P<y2>(?:19|20)[0-9]{2})年)?(?:(?P<m2>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])月份?"
    r"(?:(?P<d2>[0-9]{1,2})[日号]?|(?P<part>底|末|初|上旬|中旬|下旬))?"
    r"|第?(?P<quarter>[1-4一二三四])季度[底末]?|(?P<half>[上下])半年[底末]?|(?P<end>(?:当|本)?年?度?(?:底|末|内|终)))"
    r"|(?P<y3>(?:19|20)[0-9]{2})年度?"
)
_LEAD = re.compile(r"(?:已|应|拟|当年|本年|今年|计划|预计|确保|力争|争取|全部|项目)*(?:在|于|至|到|截至|截止到?)?")
_BY = re.compile(r"≤=?|<=|=<|=|不晚于|不迟于|早于|<")
_SHORT = re.compile(r"(?:(?P<y>(?:19|20)[0-9]{2})年?)?(?P<m>[0-9]{1,2})月?(?=(?:-{1,2}|~|—{1,2}|至|到)[0-9]{1,2}月)")
_YEARS = re.compile(r"(?P<y>(?:19|20)[0-9]{2})(?=(?:-{1,2}|~|—{1,2}|至|到)(?:19|20)[0-9]{2}年)")
_DASH = re.compile(r"-{1,2}|~|—{1,2}|至|到")
_BEFORE = re.compile(r"(?:之|以)?前|(?:之|以)?内|止")
_AFTER = re.compile(r"(?![后起])[\u4e00-\u9fff]{0,14}")
_BARRED = re.compile(r"[不未无每且或]|开始|启动后|以后|之后")
_FIGURE = re.compile(r"[0-9]{4}[.][0-9]{1,2}(?:(?:-|~|—|至|到)[0-9]{4}[.][0-9]{1,2})?")
_HINT = re.compile(r"[月季旬]|半年|年[底末内终度]|[0-9]{4}(?:年|[./-][0-9])")
_SERIAL = re.compile(r"[4][0-9],?[0-9]{3}")
_MONTHS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_PARTS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)}


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: the days it may mean, whether a year was given, and the words around it."""

    first: date
    last: date
    dated: bool
    exact: bool  # a day, or the end of something: the limit is ``last``, with or without 前
    before: bool
    since: date | None
    plain: bool  # a year and a month in digits only, which might as well be a number: 2023.07


def read_date(folded: str) -> Written | None:
    """Read a date, a month, a quarter or a stretch of time, with the words around it; None for anything else."""
    if not _HINT.search(folded) or len(folded) > 40:
        return None
    folded = folded.replace("(含)", "")
    by = _BY.match(folded)
    start = by.end() if by else 0
    lead = _LEAD.match(folded, start)
    place = lead.end() if lead else start
    for begin in dict.fromkeys((place, start)):
        found = _read(folded, begin, by is not None and by[0] in ("<", "早于"))
        if found:
            return found
    return None


def _read(folded: str, begin: int, strict: bool) -> Written | None:
    short = _SHORT.match(folded, begin) or _YEARS.match(folded, begin)
    if short:
        groups = short.groupdict()
        first = _month(_int(groups["y"]), int(groups.get("m") or 1))
        place = short.end()
    else:
        match = _ATOM.match(folded, begin)
        if match is None:
            return None
        first, place = _days(match, None), match.end()
    if first is None:
        return None
    since: date | None = None
    last, exact, plain = (
        first,
        short is None and _is_exact(folded[begin:place]),
        re.fullmatch(r"[0-9]{4}[.][0-9]{1,2}", folded[begin:]) is not None,
    )
    dash = _DASH.match(folded, place)
    match = _ATOM.match(folded, dash.end()) if dash else None
    if dash and (match or dash[0] not in ("至", "到")):
        year = first[0].year if first[2] else None
        found = _days(match, year) if match else None
        if match is None or found is None or found[1] < first[0]:
            return None
        if found[2] != first[2]:
            return None
        since, last, place, exact, plain = first[0], found, match.end(), True, False
    before = _BEFORE.match(folded, place)
    place = before.end() if before else place
    rest = folded[place:]
    if not _AFTER.fullmatch(rest) or _BARRED.search(rest) or counts_something(rest):
        return None
    if _FIGURE.fullmatch(folded, begin, place) and rest and fold_unit(rest) is not None:
        return None  # 2049.7人, 2000.5-2010.3万元
    is_before = strict or (before is not None and before[0].endswith(("前", "止")))
    return Written(last[0], last[1], last[2], exact, is_before, since, plain)


def _is_exact(text: str) -> bool:
    return text[-1] in "日号底末内终旬初" or re.search(r"月[0-9]|[./-][0-9]+[./-]", text) is not None


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None


Days = tuple[date, date, bool]


def _month(year: int | None, month: int, days: tuple[int, int] = (1, 31)) -> Days | None:
    if not 1 <= month <= 12:
        return None
    of = year or UNDATED
    end = calendar.monthrange(of, month)[1]
    return date(of, month, days[0]), date(of, month, min(days[1], end)), year is not None


def _days(match: re.Match[str], year: int | None) -> Days | None:
    """The days one date may mean; ``year`` is that of the other end of a stretch of time."""
    said = match.groupdict()
    of = _int(said["y1"] or said["y2"] or said["y3"]) or year
    month = said["m1"] or said["m2"]
    if month:
        number = _MONTHS.get(month) or int(month)
        day = said["d1"] or said["d2"]
        if day is None:
            return _month(of, number, _PARTS.get(said["part"] or "", (1, 31)))
        whole = _month(of, number)
        if whole is None or not 1 <= int(day) <= whole[1].day:
            return None
        on = whole[0].replace(day=int(day))
        return on, on, whole[2]
    if said["quarter"]:
        number = int(said["quarter"]) if said["quarter"].isdecimal() else _MONTHS[said["quarter"]]
        return _span(of, number * 3 - 2, number * 3)
    if said["half"]:
        return _span(of, 1, 6) if said["half"] == "上" else _span(of, 7, 12)
    if said["end"] and not (said["y2"] or "年" in said["end"]):
        return None
    return _span(of, 1, 12)


def _span(year: int | None, first: int, last: int) -> Days:
    of = year or UNDATED
    return date(of, first, 1), date(of, last, calendar.monthrange(of, last)[1]), year is not None


# --- deadlines and results ----------------------------------------------------------------------------------------


def deadline(written: Written, year: int | None) -> Period:
    """The day by which a thing is due; ``year`` dates a text without one.

    ``9月前`` is either before September or by its end: the deadline lies between the two.
    """
    first = last = written.last
    if written.before and not written.exact:
        first = written.first - timedelta(days=1)
        if not written.dated and first.year < UNDATED:
            first = last
    since, dated = written.since, written.dated
    if not dated and year is not None:
        first, last, dated = _in_year(first, year), _in_year(last, year), True
        since = None if since is None else _in_year(since, year)
    return Period(first=first, last=last, dated=dated, since=since)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def done(written: Written) -> Period:
    """When a thing was done: on some day of the period; ``12月底前`` may have been any day of the year until then."""
    first = written.first.replace(month=1, day=1) if written.before else written.first
    return Period(first=first, last=written.last, dated=written.dated)


def on_time(due: Period, done: Period) -> bool | None:
    """Whether what was done in a period met the deadline; None where that cannot be told.

    A result without a year is of the deadline's year, unless the deadline ends a stretch of more years. A result with a
    year cannot be held against a deadline without one.
    """
    if done.dated and not due.dated:
        return None
    first, last = done.first, done.last
    if due.dated and not done.dated:
        if due.since is not None and due.since.year != due.last.year:
            return None
        first, last = _in_year(first, due.last.year), _in_year(last, due.last.year)
    if last <= due.first:
        return True
    return False if first > due.last else None


def serial_date(folded: str) -> date | None:
    """The day an Excel serial number stands for, between 2009 and 2036; None for any other text."""
    return date(1899, 12, 30) + timedelta(days=int(folded.replace(",", ""))) if _SERIAL.fullmatch(folded) else None


def say(day: date) -> str:
    """``2021年12月31日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def say_period(period: Period) -> str:
    """A deadline or the time of a result in words for staff: a day, or the days it may be."""
    first, last = (say(day) if period.dated else _undated(day) for day in (period.first, period.last))
    return last if first == last else f"{first}至{last}"


def format_deadline(due: Period) -> str:
    """A deadline as text that reads back as the same: ``2021年12月31日前``."""
    if due.since is not None:
        since = say(due.since) if due.dated else f"{due.since.month}月{due.since.day}日"
        return f"{since}至{say(due.last) if due.dated else _undated(due.last)}"
    if due.first != due.last:
        return _by_part(due)
    return f"{say(due.last) if due.dated else _undated(due.last)}前"


def _undated(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _by_part(due: Period) -> str:
    """``9月前``, ``第三季度前``, ``上半年前``, ``2025年前``: the deadline is not exact."""
    year = f"{due.last.year}年" if due.dated else ""
    months = (due.last - due.first).days // 28
    if months == 1:
        return f"{year}{due.last.month}月前"
    if months in (3, 4):
        return f"{year}第{due.last.month // 3}季度前"
    return f"{year}{'上半年' if due.last.month == 6 else '下半年'}前" if months < 12 else f"{year}前"
