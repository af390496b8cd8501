"""The sheet 报送情况: who should have handed in and has, by department and by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from ...form import Unit
from ...model import Status
from ...spec import heading
from ..scored_conclusion import FILLS
from ..style import CENTER, ERROR_FILL, GOOD_FILL, WARNING_FILL
from ..table import Heading, address
from .long import Calc, Long, Value
from .looks import FEW, LINE_OF_WORDS, SUM
from .repeats import WHICH
from .roster import Came, Entry, Roll

TITLE = "报送情况"
HEADINGS = (
    Heading("no", "序号", 6, CENTER),
    Heading("department", heading(Unit, "department"), 22),
    Heading("name", heading(Unit, "name"), 32),
    Heading("code", heading(Unit, "code"), 11, CENTER),
    Heading("due", "应报", 8, FEW),
    Heading("came", "已报", 8, FEW),
    Heading("returned", "退回", 8, FEW),
    Heading("missing", "未报", 8, FEW),
    Heading("state", TITLE, 10, CENTER),
    Heading("status", "结论", 20, CENTER),
    Heading("note", "文件和说明", 46),
)
FIRST, LAST = HEADINGS[0].key, HEADINGS[-1].key
COUNTED = {
    "due": (Came.CAME, Came.RETURNED, Came.MISSING),
    "came": (Came.CAME, Came.RETURNED),
    "returned": (Came.RETURNED,),
    "missing": (Came.MISSING,),
}
"""The states that each column counts: what goes back has come, who is not on the roster is counted nowhere."""
BY_ROSTER = ("due", "missing")
"""Without a roster nobody knows these."""
FILLS_OF = {Came.CAME: GOOD_FILL, Came.RETURNED: ERROR_FILL, Came.MISSING: WARNING_FILL, Came.STRANGER: WARNING_FILL}
NO_ROSTER = "没有提供应报单位名单，不知道谁还没有报；下面按主管部门列出已经报来的单位。"
SUBTOTAL, TOTAL = "小计", "合计"
TOP = 4
UNREAD = Status.NOT_ASSESSED.value
"""The sheet of the files that could not be read."""


def total_cells() -> dict[str, str]:
    """The cells of the total, as seen from another sheet."""
    return {heading.key: address(TOP, col, TITLE) for col, heading in enumerate(HEADINGS)}


class Submitted:
    """The sheet: a total, then department by department its sums and its units."""

    def __init__(self, table: Long, roll: Roll, unread: int) -> None:
        self.table = table
        self.roll = roll
        self.unread = unread
        self.keys = [key for key in COUNTED if roll.expected is not None or key not in BY_ROSTER]
        self.of: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in roll.entries:
            self.of[entry.department].append(entry)
        self.number = 0
        self.table.plan(1 + len(self.of) + len(roll.entries), TOP)

    def write(self) -> None:
        """Write the sheet."""
        sheet = self.table.table
        sheet.title(TITLE, "已报含退回；读不了的，从文件名认出单位的算退回；名单外的单位不计入应报和已报")
        sheet.wide(2, FIRST, LAST, self._verdict(), LINE_OF_WORDS)
        self.table.begin(TOP - 1, 3)
        formulas = {
            key: self.table.over(lambda at, key=key: f'SUMIF({at("code")},"{SUBTOTAL}",{at(key)})')  # type: ignore[misc]
            for key in self.keys
        }
        self._sums(TOTAL, "", self.roll.entries, formulas)
        for department, entries in self.of.items():
            self._subtotal(department, entries)
            for entry in entries:
                self._entry(entry)
        self.table.finish()

    def _verdict(self) -> str:
        if self.roll.expected is None:
            return NO_ROSTER + (f"另有 {self.unread} 份读不了，见“{UNREAD}”。" if self.unread else "")
        roll, strangers, several = self.roll, self.roll.count(Came.STRANGER), len(self.roll.repeated)
        said = roll.said
        said += f"另有 {strangers} 个名单外的单位报来。" if strangers else ""
        said += f"{several} 个单位报了不止一份，{WHICH}。" if several else ""
        unknown = self.unread - len(roll.senders)
        return said + (f"{unknown} 份读不了的文件，从文件名看不出是哪个单位报的，见“{UNREAD}”。" if unknown else "")

    def _subtotal(self, department: str, entries: Sequence[Entry]) -> None:
        first, count = self.table.rows + 1, len(entries)
        formulas = {
            key: "+".join(f"SUM({cells})" for cells in self.table.stretch(key, first, count)) for key in self.keys
        }
        self._sums(SUBTOTAL, department, entries, formulas)

    def _sums(self, title: str, department: str, entries: Sequence[Entry], formulas: dict[str, str]) -> None:
        counts = {key: sum(1 for entry in entries if entry.came in COUNTED[key]) for key in self.keys}
        cells: dict[str, Value] = {key: Calc(formulas[key], Decimal(counts[key])) for key in self.keys}
        self.table.add({"department": department, "code": title, **cells}, None, SUM)

    def _entry(self, entry: Entry) -> None:
        self.number += 1
        cells: dict[str, Value] = {
            "no": self.number,
            "department": entry.department,
            "name": entry.name,
            "code": entry.code,
            **{key: int(entry.came in COUNTED[key]) for key in self.keys},
            "state": entry.came.value,
            "status": _status(entry),
            "note": entry.note,
        }
        fills = {"state": FILLS_OF[entry.came]}
        if len(entry.units) > 1:
            fills["status"] = WARNING_FILL
        elif entry.units or entry.unread:
            fills["status"] = FILLS[entry.units[0].status if entry.units else Status.NOT_ASSESSED]
        self.table.add(cells, fills)


def _status(entry: Entry) -> str:
    """The verdicts on a unit's workbooks, and how many these are where there are several."""
    if entry.unread and not entry.units:
        return UNREAD
    verdicts = "、".join(dict.fromkeys(unit.status.value for unit in entry.units))
    return f"{verdicts}（{len(entry.units)} 份）" if len(entry.units) > 1 else verdicts
