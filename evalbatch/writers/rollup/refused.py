"""The sheets 未评 and 豁免: what could not be read and why, and the findings that the bureau lets stand."""

from __future__ import annotations

from collections import Counter

from ...digest import uses
from ...legible import shown
from ...model import Refusal, Waiver
from ...waivers import WAIVED
from ..style import CENTER, GRID, WARNING_FILL
from ..table import Heading
from .facts import Facts
from .long import HEAD_ROWS, Long, Value
from .looks import TALLY
from .roster import Roll

TITLE = "未评"
WAIVERS = "豁免"
HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("file", "文件", 56),
    Heading("unit", "单位（按文件名）", 26),
    Heading("reason", "原因", 60),
)
UNTOLD = "看不出"
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


def count_formula(refusals: int) -> str:
    """How many files could not be read, as a formula of another sheet."""
    return f"COUNTA('{TITLE}'!B{HEAD_ROWS + 1}:B{HEAD_ROWS + refusals})" if refusals else "0"


class Refused:
    """The sheet 未评."""

    def __init__(self, table: Long, facts: Facts, roll: Roll) -> None:
        self.table = table
        self.refusals = facts.gathered.refusals
        self.roll = roll
        self.table.plan(len(self.refusals))

    def write(self) -> None:
        """Write the sheet."""
        table = self.table
        table.table.title(f"{TITLE}的文件", f"共 {len(self.refusals)} 份，请按原因处理后重新报送")
        table.begin(HEAD_ROWS - 1)
        for refusal in self.refusals:
            cells = {"file": shown(refusal.file), "unit": self._unit(refusal), "reason": refusal.reason}
            table.add({"no": table.rows + 1, **cells})
        if not self.refusals:
            table.table.wide(HEAD_ROWS, "no", "reason", "没有未评的文件", GRID, align="center")
        table.finish()

    def _unit(self, refusal: Refusal) -> str:
        """Whose file it is, as far as its name tells; without a roster there is nobody to be told."""
        if self.roll.expected is None:
            return ""
        unit = self.roll.senders.get(refusal.file)
        return UNTOLD if unit is None else unit.name or unit.code


class Waived:
    """The sheet 豁免: every waiver of the file, and what it covers; one that covers nothing stands out."""

    def __init__(self, table: Long, facts: Facts) -> None:
        self.table = table
        self.facts = facts
        self.table.plan(len(facts.gathered.waivers))

    def write(self) -> None:
        """Write the sheet."""
        said = self._said()
        subtitle = f"豁免文件共 {len(said)} 条；豁免的问题不计入结论，在各单位的问题清单里照样列出"
        self.table.table.title("豁免的问题", subtitle)
        self.table.begin(HEAD_ROWS - 1)
        for waiver, words in said:
            cells: dict[str, Value] = {
                "no": waiver.number,
                "rule": waiver.rule,
                "unit": waiver.unit,
                "where": waiver.record or "、".join(waiver.cells),
                "approver": waiver.approver,
                "reason": waiver.reason,
                "until": waiver.until.isoformat(),
                "said": words,
            }
            self.table.add(cells, {} if words.startswith(WAIVED) else {"said": WARNING_FILL})
        self.table.finish()

    def _said(self) -> list[tuple[Waiver, str]]:
        covered: Counter[Waiver] = Counter()
        idle: set[Waiver] = set()
        for _, digest in self.facts.digests():
            covered.update(digest.covered)
            idle.update(digest.idle)
        return uses(self.facts.gathered.waivers, covered, idle)
