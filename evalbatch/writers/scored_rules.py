"""The sheet 规则执行: every rule of the catalogue, whether it passed, what it found, or why it did not run."""

from __future__ import annotations

from ..form import BudgetLine
from ..model import Evaluation, RuleRun
from ..policy import Policy, Setting
from ..rules import CATALOGUE
from ..rules.runner import ELSEWHERE
from ..spec import heading
from .style import CALC_FILL, CENTER, ERROR_FILL, GOOD_FILL, WARNING_FILL
from .table import Heading, Table

TITLE = "规则执行"
HEADINGS = (
    Heading("code", "规则", 9, CENTER),
    Heading("name", "名称", 30),
    Heading("severity", "级别", 9, CENTER),
    Heading("result", "结果", 14, CENTER),
    Heading("finds", "查什么", 52),
    Heading("note", heading(BudgetLine, "note"), 40),
)
FILLS = {"passed": GOOD_FILL, "found": WARNING_FILL, "skipped": CALC_FILL, "crashed": ERROR_FILL}
WORDS = {"passed": "通过", "skipped": "未执行", "crashed": "出错"}


def write_rules(table: Table, evaluation: Evaluation, policy: Policy) -> None:
    """Write the sheet, one row a rule, its severity as the policy has it."""
    done = sum(1 for run in evaluation.rules if run.status in ("passed", "found"))
    table.title(TITLE, f"共 {len(evaluation.rules)} 条规则，查完 {done} 条。未执行、未查的不等于通过")
    table.head(2)
    table.freeze(2)
    for row, run in enumerate(evaluation.rules, 3):
        rule, setting = CATALOGUE[run.code], policy.checks.get(run.code, Setting())
        table.put(row, "code", run.code)
        table.put(row, "name", rule.name)
        table.put(row, "severity", (setting.severity or rule.severity).value)
        table.put(row, "result", result_of(run), bg_color=FILLS[run.status])
        table.put(row, "finds", rule.finds)
        table.put(row, "note", run.reason)
    table.finish()


def result_of(run: RuleRun) -> str:
    """What came of a rule, in words; one that waits for another's findings was not idle for all the rest."""
    if run.status == "found":
        return f"发现 {run.count} 处"
    if run.status == "skipped" and run.reason == ELSEWHERE:
        return "见汇总表"
    return f"{len(run.held)} 处未查" if run.status == "skipped" and run.held else WORDS[run.status]
