"""The sheet 未放回的复核: what the officer wrote into an earlier roll-up and no row of this one is known to be meant by."""

from __future__ import annotations

from ...reviewed import PROBLEMS, PROJECTS, UNITS, Left
from ..style import TEXT
from ..table import Heading
from . import actions, sample, units
from .facts import Facts
from .long import HEAD_ROWS, Long, Value
from .looks import OUTCOME, REVIEW, TALLY
from .marks import cells_of

TITLE = "未放回的复核"
SHEETS = {UNITS: units.TITLE, PROJECTS: sample.TITLE, PROBLEMS: actions.TITLE}
"""Where each kind of row stands."""
HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("sheet", "原在工作表", 12),
    Heading("unit", "单位", 26),
    Heading("item", "项目或问题", 40),
    Heading("why", "为什么没有放回", 28, TEXT),
    *REVIEW,
    *OUTCOME,
)


class Leftover:
    """The sheet."""

    def __init__(self, table: Long, facts: Facts) -> None:
        self.table = table
        self.left = facts.gathered.reviews.left
        self.table.plan(len(self.left))

    def write(self) -> None:
        """Write the sheet."""
        said = f"共 {len(self.left)} 处，以后放得回的自动放回；已处理的把复核各栏清空，下次就不再列出"
        self.table.table.title(TITLE, said)
        self.table.begin(HEAD_ROWS - 1)
        for number, left in enumerate(self.left, 1):
            self._row(number, left)
        self.table.finish()

    def _row(self, number: int, left: Left) -> None:
        row = left.review.row
        cells: dict[str, Value] = {"no": number, "sheet": SHEETS[row.kind], "unit": row.whose.name, "why": left.why}
        item = (
            "　".join(text for text in reversed(row.item[:2]) if text)
            if row.kind == PROJECTS
            else "".join(row.item[:1])
        )
        self.table.add({**cells, "item": item, **cells_of(left.review.marks)})
