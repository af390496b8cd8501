"""The sheet 问题清单: every finding, must-fix first, each led to the cell of this workbook that shows the figure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..form import DEPARTMENT
from ..formula import plain
from ..model import Evaluation, Figure, Finding, Said, Severity
from ..rules.words import cells
from ..waivers import WAIVED, waiver_words
from .style import CALC_FILL, CENTER, COUNT, ERROR_FILL, GRID, NOTICE_FILL, NUMBER, WARNING_FILL, Look
from .table import Heading, Table

TITLE = "问题清单"
CLEAN = "未发现问题"

HEADINGS = (
    Heading("no", "序号", 6, {**CENTER, "num_format": COUNT}),
    Heading("severity", "等级", 7, CENTER),
    Heading("project", "项目", 16),
    Heading("place", "位置", 18),
    Heading("message", "问题", 40),
    Heading("found", "填报值", 14),
    Heading("expected", "应为", 20),
    Heading("difference", "差额", 13),
    Heading("fix", "处理建议", 30),
    Heading("effect", "影响", 18),
    Heading("code", "规则", 7, CENTER),
)
FILLS = {Severity.ERROR: ERROR_FILL, Severity.WARNING: WARNING_FILL, Severity.NOTICE: NOTICE_FILL}
UNIT_LENGTH = 12
"""A longer unit would not fit into a number format beside its number."""

Finder = Callable[[Finding], str | None]


def write_findings(table: Table, evaluation: Evaluation, find: Finder) -> None:
    """Write the sheet; ``find`` gives the cell of this workbook that shows a finding's figure."""
    findings = evaluation.findings
    waived = f"，{WAIVED}的 {evaluation.waived} 条在最后" if evaluation.waived else ""
    count = f"共 {len(findings)} 条，按错误、警告、提示排列{waived}" if findings else CLEAN
    table.title(TITLE, f"{evaluation.submission.unit.name.text}　　{count}；点“序号”可查看有关数字")
    table.head(2)
    table.freeze(2)
    if findings:
        table.ws.autofilter(2, 0, 2 + len(findings), table.last)
    else:
        table.wide(3, HEADINGS[0].key, HEADINGS[-1].key, CLEAN, GRID, align="center")
    writer = _Writer(table, evaluation, find)
    for number, finding in enumerate(findings, 1):
        writer.finding(2 + number, number, finding)
    table.finish()


class _Writer:
    """Writes findings, one a row."""

    def __init__(self, table: Table, evaluation: Evaluation, find: Finder) -> None:
        self.table = table
        self.find = find
        self.scale = evaluation.submission.scale
        self.money = evaluation.submission.money_unit
        self.names = {project.code.value: project.name.text for project in evaluation.submission.projects}

    def finding(self, row: int, number: int, finding: Finding) -> None:
        table = self.table
        self.number(row, number, finding)
        severity = finding.severity
        if finding.waiver is None:
            table.put(row, "severity", severity.value, bg_color=FILLS[severity])
        else:
            table.put(row, "severity", WAIVED, bg_color=CALC_FILL)
        table.put(row, "project", self.project(finding.record))
        table.put(row, "place", cells(finding.cells))
        table.put(row, "message", finding.message)
        self.said(row, "found", finding.found)
        self.said(row, "expected", finding.expected)
        self.said(row, "difference", finding.difference, signed=True)
        waiver = finding.waiver
        table.put(
            row, "fix", finding.fix if waiver is None else f"{WAIVED}（原为{severity.value}）：{waiver_words(waiver)}。"
        )
        table.put(row, "effect", finding.effect)
        table.put(row, "code", finding.code)

    def project(self, record: str | None) -> str:
        if record is None or record == DEPARTMENT:
            return record or ""
        return f"{record} {self.names.get(record, '')}".strip()

    def number(self, row: int, number: int, finding: Finding) -> None:
        """The running number, which leads to the cell of this workbook that shows the figure where there is one."""
        target = self.find(finding)
        if target is None:
            self.table.put(row, "no", number)
        else:
            self.table.link(row, "no", number, f"internal:{target}")

    def said(self, row: int, key: str, said: Said, *, signed: bool = False) -> None:
        if not isinstance(said, Figure):
            self.table.put(row, key, said)
            return
        value, shape = self.figure(said)
        if shape is None:
            self.table.put(row, key, f"{plain(value)}{said.unit}")
            return
        shape = f"+{shape};-{shape};{shape}" if signed else shape
        look: Look = {**NUMBER, "num_format": shape, "text_wrap": False, "shrink": True}
        self.table.put(row, key, value, look)

    def figure(self, said: Figure) -> tuple[Decimal, str | None]:
        """The number to write and its format, None where the unit is too long for one."""
        if said.unit == "元":
            return said.value / self.scale, f'#,##0.00##"{self.money}"'
        if said.unit == "%":
            places = min(2, len(plain(said.value * 100).partition(".")[2]))
            return said.value, f"0{'.' * bool(places)}{'0' * places}%"
        unit = said.unit.replace('"', "")
        if said.unit == "分":
            return said.value, f'0.00"{unit}"'
        places = min(4, len(plain(said.value).partition(".")[2]))
        shape = f"#,##0{'.' * bool(places)}{'0' * places}"
        if len(unit) > UNIT_LENGTH:
            return said.value, None
        return said.value, f'{shape}"{unit}"' if unit else shape
