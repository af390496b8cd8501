"""The year of a row of the bureau's files: as dates and columns of years are written, or as the lines above say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..values import fold_text, is_placeholder, parse_date
from ..values.dates import serial_date

YEAR = "年度 预算年度 业务年度 会计年度 财政年度 执行年度 支付年度 指标年度 所属年度 年份"
"""What a column of years is called."""
_YEAR = re.compile(r"(20\d\d)(?:年度?)?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)?")
_SHORT = re.compile(r"(1[5-9]|2\d|30)([-/.])(\d\d?)\2(\d\d?)")
_YEAR_LAST = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(20\d\d)")
_SAID = re.compile(r"(?<![\d~至到—-])(20\d\d)(?:年(?!\d)|年1月?[~至到—-]12月|(?=(?:部门)?预算|批复|指标|支付))")
_OTHER = re.compile("日期|时间|打印|导出|制表|自评|评价|根据|依据|说明|^备?注")
_LONGEST = 30
"""Characters of a title; what is longer is a remark."""


@lru_cache(maxsize=4096)
def year_of(text: str) -> str | None:
    """The year of a date or of a year; an empty text where nothing stands there, None where it is neither.

    ``2025-03-01 09:30``, ``20250301``, ``26-01-05``, ``2025年``, and 46027, which is a day as a workbook counts them.
    """
    if is_placeholder(text):
        return ""
    day = fold_text(re.split(r"[\sT]", text.strip(), maxsplit=1)[0])
    if found := _YEAR.fullmatch(day):
        return found[1]
    if serial := serial_date(day.partition(".")[0]):
        return str(serial.year)
    if found := _COMPACT.fullmatch(day):
        day = "-".join(filter(None, found.groups()))
    elif found := _SHORT.fullmatch(day):
        day = f"20{found[1]}-{found[3]}-{found[4]}"
    elif found := _YEAR_LAST.fullmatch(day):
        return found[4] if int(found[1]) <= 31 and int(found[3]) <= 31 else None
    read = parse_date(day)
    return read[:4] if read else None


def year_said(texts: Iterable[str]) -> str:
    """The one year that lines above a table say it is of; an empty text where they say none, or several.

    A month with its year (``2026年1月``), the day of printing, the year of the evaluation and remarks say none.
    """
    folded = [fold_text(text) for text in texts if text]
    lines = [line for line in folded if len(line) <= _LONGEST and not _OTHER.search(line)]
    years = {found[1] for line in lines for found in _SAID.finditer(line)}
    years.update(line for line in lines if re.fullmatch(r"20\d\d", line))
    return years.pop() if len(years) == 1 else ""
