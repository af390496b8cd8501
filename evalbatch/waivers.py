"""Waivers: findings that the bureau lets stand, named one by one, with approver, reason and last day.

A TOML file of ``[[waiver]]`` tables: ``rule``, ``unit`` (name or code), ``project`` or ``cell`` (one or several),
``approver``, ``reason``, ``until``. A waived finding stays in every output, marked 已豁免; only the verdict leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from .model import Evaluation, Finding, RuleRun, Waiver
from .rules import CATALOGUE, AcrossRule
from .settings import Reader, parse, read_text
from .spec import fold

WAIVERS = "豁免文件"
WAIVED = "已豁免"
_COLUMNS = ("rule", "unit", "project", "cell", "approver", "reason", "until")


def load(file: str, today: date) -> tuple[Waiver, ...]:
    """Read a waiver file; what ends before ``today`` is expired. Raises SettingsError."""
    data = Reader(WAIVERS, file, parse(WAIVERS, file, read_text(WAIVERS, file)))
    data.only("waiver")
    return tuple(_waiver(row, number, today) for number, row in enumerate(data.rows("waiver", *_COLUMNS), 1))


def _waiver(row: Reader, number: int, today: date) -> Waiver:
    rule, until = row.text("rule"), row.table.get("until")
    if rule not in CATALOGUE:
        row.refuse("rule", f"写的是 {rule!r}，没有这条规则，用 evalbatch rules 查看全部规则")
    if isinstance(CATALOGUE[rule], AcrossRule):
        row.refuse("rule", f"{rule} 是跨单位的规则，不能逐个单位豁免，可以在政策文件的 [checks] 里停用或改变级别")
    if not isinstance(until, date) or isinstance(until, datetime):
        row.refuse("until", "应为日期，如 2026-12-31，不加引号")
    if ("project" in row.table) == ("cell" in row.table):
        row.refuse("project", "project 和 cell 应写其中一项，说明豁免的是哪个项目或哪个单元格")
    return Waiver(
        number=number,
        rule=rule,
        unit=row.text("unit"),
        record=row.text("project") if "project" in row.table else None,
        cells=_cells(row),
        approver=row.text("approver"),
        reason=row.text("reason"),
        until=until,
        expired=until < today,
    )


def _cells(row: Reader) -> tuple[str, ...]:
    if "cell" not in row.table:
        return ()
    cells = (row.text("cell"),) if isinstance(row.table["cell"], str) else row.texts("cell")
    if not cells or any("!" not in cell for cell in cells):
        row.refuse("cell", "应写明工作表和单元格，如 项目资金!J6")
    return tuple(_plain(cell) for cell in cells)


def _plain(cell: str) -> str:
    return cell.replace("！", "!").replace("$", "").replace(" ", "")


def of_unit(waivers: Sequence[Waiver], *names: str | None) -> tuple[Waiver, ...]:
    """The waivers of a unit, by its name or its code."""
    known = {fold(name) for name in names if name}
    return tuple(waiver for waiver in waivers if fold(waiver.unit) in known)


def waive(evaluation: Evaluation, waivers: Sequence[Waiver]) -> Evaluation:
    """Mark the findings that waivers cover; waivers that cover nothing are kept beside them, and the ledger says so."""
    unit = evaluation.submission.unit
    own = of_unit(waivers, unit.name.value, unit.code.value)
    if not own:
        return evaluation
    valid = [waiver for waiver in own if not waiver.expired]
    findings = tuple(
        replace(finding, waiver=next((w for w in valid if _covers(w, finding)), None))
        for finding in evaluation.findings
    )
    used = {finding.waiver for finding in findings}
    idle = tuple(waiver for waiver in own if waiver not in used)
    open_first = sorted(findings, key=lambda finding: finding.waiver is not None)
    rules = tuple(_noted(line, findings, idle) for line in evaluation.rules)
    return replace(evaluation, findings=tuple(open_first), rules=rules, idle_waivers=idle)


def _covers(waiver: Waiver, finding: Finding) -> bool:
    if waiver.rule != finding.code:
        return False
    if waiver.record is not None:
        return waiver.record == finding.record
    named, cells = set(waiver.cells), [str(place) for place in finding.cells]
    return named.issuperset(cells) if finding.alike else not named.isdisjoint(cells)


def _noted(line: RuleRun, findings: Sequence[Finding], idle: Sequence[Waiver]) -> RuleRun:
    """A line of the ledger that says what was waived, and which waivers covered nothing."""
    waived = sum(1 for finding in findings if finding.code == line.code and finding.waiver is not None)
    said = [line.reason] if line.reason else []
    if waived:
        said.append(f"其中 {waived} 处{WAIVED}")
    said += [idle_words(waiver) for waiver in idle if waiver.rule == line.code]
    return replace(line, reason="；".join(said))


def idle_words(waiver: Waiver) -> str:
    """Why a waiver covers nothing."""
    return f"{WAIVERS}第 {waiver.number} 条{why_idle(waiver)}，没有起作用"


def why_idle(waiver: Waiver) -> str:
    """Whether a waiver is past its day, or nothing is there for it to cover."""
    return f"已于 {waiver.until} 到期" if waiver.expired else "没有对应的问题"


def waiver_words(waiver: Waiver) -> str:
    """Who lets a finding stand, why and until when."""
    return f"{waiver.approver}批准，{waiver.reason}，至 {waiver.until}"
