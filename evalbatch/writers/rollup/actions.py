"""The sheet 整改台账: the problems all units name and what they mean to do, with room for what came of it."""

from __future__ import annotations

from ...form import Problem, Unit
from ...reviewed import PROBLEMS
from ...spec import heading
from ..style import CENTER, GRID
from ..table import Heading
from .facts import Facts
from .long import HEAD_ROWS, Long, Value
from .looks import OUTCOME, TALLY
from .marks import earlier_words, marks_of

TITLE = "整改台账"
HEADINGS = (
    Heading("no", "序号", 6, TALLY),
    Heading("unit", "单位", 25),
    Heading("department", heading(Unit, "department"), 15),
    Heading("problem", heading(Problem, "problem"), 48),
    Heading("projects", heading(Problem, "projects"), 10, CENTER),
    Heading("measure", heading(Problem, "measure"), 38),
    Heading("owner", heading(Problem, "owner"), 9, CENTER),
    Heading("due", heading(Problem, "due"), 12, CENTER),
    *OUTCOME,
)
AS_TYPED = ("problem", "projects", "measure", "owner", "due")


class Actions:
    """The sheet, in the order the units were read."""

    def __init__(self, table: Long, facts: Facts) -> None:
        self.table = table
        self.facts = facts
        self.table.plan(facts.problems)

    def write(self) -> None:
        """Write the sheet."""
        table, facts = self.table, self.facts
        filled = sum(1 for unit in facts.units if unit.problems)
        said = f"{filled} 份自评表填了 {facts.problems} 条，{len(facts.units) - filled} 份没有填"
        note = earlier_words(facts.gathered.reviews.earlier(PROBLEMS))
        table.table.title(TITLE, f"{said}；“整改情况”由主管部门跟踪填写{table.continued}{note and f'　　{note}'}")
        table.begin(HEAD_ROWS - 1, 2)
        for unit, digest in facts.digests():
            for problem in digest.problems:
                typed = {key: getattr(problem, key) for key in AS_TYPED}
                item = (problem.problem, problem.projects, problem.measure)
                marks, fills = marks_of(facts.gathered.reviews.of(PROBLEMS, unit.number, item))
                own: dict[str, Value] = {"no": table.rows + 1, "unit": facts.label(unit), "department": unit.department}
                table.add({**own, **typed, **marks}, fills)
        if not facts.problems:
            table.table.wide(HEAD_ROWS, "no", "result", "各单位都没有填写问题", GRID, align="center")
        table.finish()
