"""The roll-up 绩效自评汇总表.xlsx: one row a unit, for the finance bureau; what could not be read, with its reason.

The columns 复核得分, 复核意见 and 复核人 stay blank: they are the bureau's own act.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from ..digest import Digest, uses
from ..form import Department, Unit
from ..gathered import Gathered
from ..model import Refusal, Severity, Status, Waiver
from ..spec import heading
from ..totals import UNGRADED, UNSCORED
from ..waivers import WAIVED
from .scored_conclusion import FILLS
from .style import CALC_FILL, CENTER, COUNT, ERROR_FILL, GRID, NUMBER, RATE, SCORE, WARNING_FILL, Book, Look
from .table import Heading, Table

TITLE = "汇总"
REFUSED = "未评"
WAIVERS = "豁免"
NAME = "绩效自评汇总表"
SCORED = "绩效评分"
"""Ends the names of scored workbooks, which the roll-up links to."""

_YEAR = re.compile(r"[0-9]{4}")

POINTS: Look = {**NUMBER, "num_format": SCORE}
TALLY: Look = {**CENTER, "num_format": COUNT}
SUM: Look = {"bold": True, "bg_color": CALC_FILL}

HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("name", heading(Unit, "name"), 28),
    Heading("department", heading(Unit, "department"), 18),
    Heading("year", heading(Unit, "year"), 8, CENTER),
    Heading("status", "结论", 13, CENTER),
    Heading("claimed", heading(Department, "claimed"), 9, POINTS),
    Heading("score", "测算得分", 9.5, POINTS),
    Heading("said", "已评/总分", 18, CENTER),
    Heading("grade", "等级", 8, CENTER),
    Heading("rate", "执行率", 9, {**NUMBER, "num_format": RATE, "shrink": True}),
    Heading("mean", "项目平均(自评)", 15, POINTS),
    *(Heading(severity.key, severity.value, 7, TALLY) for severity in Severity),
    Heading("waived", WAIVED, 7, TALLY),
    Heading("file", "来源文件", 20),
    Heading("review_score", "复核得分", 9, POINTS),
    Heading("review", "复核意见", 16),
    Heading("reviewer", "复核人", 9, CENTER),
)
REFUSED_HEADINGS = (Heading("file", "文件", 40), Heading("reason", "原因", 80))
WAIVER_HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("rule", "规则", 8, CENTER),
    Heading("unit", "单位", 28),
    Heading("where", "项目或单元格", 22),
    Heading("approver", "批准人", 12),
    Heading("reason", "理由", 40),
    Heading("until", "有效期至", 12, CENTER),
    Heading("said", "用在哪里", 24),
)
FIRST_ROW = 3
TINTS = {Severity.ERROR: ERROR_FILL, Severity.WARNING: WARNING_FILL}


def write_rollup(gathered: Gathered) -> bytes:
    """Write the roll-up and return its bytes."""
    named, refusals, waivers = list(gathered.digests()), gathered.refusals, gathered.waivers
    digests = [digest for _, digest in named]
    book = Book(NAME)
    units = Table(book, book.sheet(TITLE, [h.width for h in HEADINGS]), HEADINGS)
    refused = Table(book, book.sheet(REFUSED, [h.width for h in REFUSED_HEADINGS]), REFUSED_HEADINGS)
    units.title(NAME, f"已评 {len(digests)} 份，未评 {len(refusals)} 份；点“序号”打开该单位的评分工作簿")
    units.head(2)
    units.freeze(2, 2)
    for number, (name, digest) in enumerate(named, 1):
        _unit(units, number, digest, f"{name}_{SCORED}.xlsx")
    _totals(units, digests)
    units.finish()
    _refusals(refused, refusals)
    if waivers:
        _waivers(
            Table(book, book.sheet(WAIVERS, [h.width for h in WAIVER_HEADINGS]), WAIVER_HEADINGS),
            uses(waivers, Counter(w for d in digests for w in d.covered), {w for d in digests for w in d.idle}),
        )
    return book.close()


def _unit(table: Table, number: int, digest: Digest, link: str) -> None:
    row = FIRST_ROW - 1 + number
    table.blanks(row)
    table.link(row, "no", number, f"external:{link}")
    table.put(row, "name", digest.name or digest.file)
    table.put(row, "department", digest.department)
    table.put(row, "year", Decimal(digest.year) if _YEAR.fullmatch(digest.year) else digest.year)
    table.put(row, "status", digest.status.value, bg_color=FILLS[digest.status])
    table.put(row, "claimed", digest.claimed)
    table.put(row, "score", UNSCORED if digest.score is None else digest.score)
    table.put(row, "said", digest.said)
    table.put(row, "grade", digest.grade or UNGRADED)
    table.put(row, "rate", digest.rate)
    table.put(row, "mean", digest.mean)
    for severity, found in digest.counts.items():
        tint = {"bg_color": TINTS[severity]} if found and severity in TINTS else {}
        table.put(row, severity.key, found, **tint)
    table.put(row, "waived", len(digest.covered))
    table.put(row, "file", digest.file)


def _totals(table: Table, digests: Sequence[Digest]) -> None:
    """The last line: how many units, how many go back, how many findings of each severity."""
    row, last = FIRST_ROW + len(digests), FIRST_ROW + len(digests) - 1
    table.blanks(row, SUM)
    if not digests:
        table.put(row, "name", "没有已评的单位", SUM)
        return
    spans, returned = table.spans(FIRST_ROW, last), Status.REJECTED
    rejected = sum(1 for digest in digests if digest.status is returned)
    table.calc(row, "name", f'"合计 "&COUNT({spans("no")})&" 个单位"', f"合计 {len(digests)} 个单位", SUM)
    sent_back = f'"退回 "&COUNTIF({spans("status")},"{returned.value}")&" 个"'
    table.calc(row, "status", sent_back, f"退回 {rejected} 个", SUM)
    for severity in Severity:
        found = sum(digest.counts[severity] for digest in digests)
        table.calc(row, severity.key, f"SUM({spans(severity.key)})", found, SUM)
    waived = sum(len(digest.covered) for digest in digests)
    table.calc(row, "waived", f"SUM({spans('waived')})", waived, SUM)
    table.ws.autofilter(FIRST_ROW - 1, 0, last, table.last)


def _refusals(table: Table, refusals: Sequence[Refusal]) -> None:
    table.title(f"{REFUSED}的文件", f"共 {len(refusals)} 份，请按原因处理后重新报送")
    table.head(2)
    table.freeze(2)
    for row, refusal in enumerate(refusals, 3):
        table.put(row, "file", refusal.file)
        table.put(row, "reason", refusal.reason)
    if not refusals:
        table.wide(3, "file", "reason", "没有未评的文件", GRID, align="center")
    table.finish()


def _waivers(table: Table, said: Sequence[tuple[Waiver, str]]) -> None:
    """Every waiver of the file, and what it covers; one that covers nothing stands out."""
    table.title("豁免的问题", f"豁免文件共 {len(said)} 条；豁免的问题不计入结论，在各单位的问题清单里照样列出")
    table.head(2)
    table.freeze(2)
    for row, (waiver, words) in enumerate(said, 3):
        table.put(row, "no", waiver.number)
        table.put(row, "rule", waiver.rule)
        table.put(row, "unit", waiver.unit)
        table.put(row, "where", waiver.record or "、".join(waiver.cells))
        table.put(row, "approver", waiver.approver)
        table.put(row, "reason", waiver.reason)
        table.put(row, "until", waiver.until.isoformat())
        table.put(row, "said", words, **({} if words.startswith(WAIVED) else {"bg_color": WARNING_FILL}))
    table.finish()
