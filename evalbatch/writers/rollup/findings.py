"""The sheet 问题总表: the faults that show only across units, then every finding of every unit."""

from __future__ import annotations

from collections.abc import Mapping

from ...form import DEPARTMENT
from ...gathered import Crossing, Member
from ...model import Finding, Severity
from ...rules import CATALOGUE
from ...rules.words import cells, listed
from ...waivers import WAIVED, waiver_words
from ..style import CALC_FILL, CENTER
from ..table import Heading
from .facts import Facts, UnitLine
from .long import Long, Value
from .looks import LINE_OF_WORDS, SEVERITY_FILLS, TALLY

TITLE = "问题总表"
ACROSS = "跨单位"
HEADINGS = (
    Heading("no", "序号", 7, TALLY),
    Heading("unit", "单位", 26),
    Heading("severity", "级别", 8, CENTER),
    Heading("code", "规则", 7.5, CENTER),
    Heading("name", "规则名称", 20),
    Heading("place", "工作表/单元格", 30),
    Heading("project", "项目", 20),
    Heading("message", "问题", 58),
    Heading("fix", "处理建议", 40),
    Heading("waiver", "豁免", 18),
)
FIRST, LAST = HEADINGS[0].key, HEADINGS[-1].key
TOP = 4
"""The title, the line below it, the counts, the headings."""


class Findings:
    """The sheet, row by row."""

    def __init__(self, table: Long, facts: Facts) -> None:
        self.table = table
        self.facts = facts
        self.crossings = facts.gathered.crossings
        self.table.plan(len(self.crossings) + facts.findings, TOP)

    def write(self) -> None:
        """Write the sheet."""
        sheet = self.table.table
        across = f"先列{ACROSS}的 {len(self.crossings)} 条，再" if self.crossings else ""
        sheet.title(
            TITLE, f"{across}按报送顺序列出各单位的问题，每个单位先列必须改正的；{WAIVED}的也列出{self.table.continued}"
        )
        sheet.wide_calc(2, FIRST, LAST, *self._counts(), LINE_OF_WORDS)
        self.table.begin(TOP - 1)
        for crossing in self.crossings:
            self._crossing(crossing)
        for unit, digest in self.facts.digests():
            names = {project.code: project.name for project in digest.projects}
            for finding in digest.findings:
                self._finding(unit, finding, names)
        self.table.finish()

    def _counts(self) -> tuple[str, str]:
        """How many rows of each severity, as a formula and in words."""
        severities = [severity.value for severity in Severity]
        crossed = {severity: sum(1 for c in self.crossings if c.severity is severity) for severity in Severity}
        found = {severity.value: self.facts.standing(severity) + crossed[severity] for severity in Severity}
        found[WAIVED] = sum(unit.waived for unit in self.facts.units)
        rows = len(self.crossings) + self.facts.findings
        numbered = self.table.over(lambda at: f"COUNT({at('no')})")
        parts = [f'"共 "&({numbered})&" 条："']
        for word in (*severities, WAIVED):
            counted = self.table.over(lambda at, word=word: f'COUNTIF({at("severity")},"{word}")')  # type: ignore[misc]
            parts.append(f'"{word} "&({counted})')
        words = "，".join(f"{word} {count}" for word, count in found.items())
        return parts[0] + "&" + '&"，"&'.join(parts[1:]) + '&"。"', f"共 {rows} 条：{words}。"

    def _crossing(self, crossing: Crossing) -> None:
        members = crossing.members
        units = listed(list(dict.fromkeys(member.unit for member in members)))
        row: dict[str, Value] = {
            "unit": f"{ACROSS}：{units}" if units else ACROSS,
            "severity": crossing.severity.value,
            "code": crossing.code,
            "place": listed([_place(member) for member in members if member.cells]),
            "message": crossing.message,
            "fix": crossing.fix,
        }
        self._row(row, SEVERITY_FILLS[crossing.severity.value])

    def _finding(self, unit: UnitLine, finding: Finding, names: Mapping[str, str]) -> None:
        severity, waiver = finding.severity.value, finding.waiver
        row: dict[str, Value] = {
            "unit": unit.name,
            "severity": severity if waiver is None else WAIVED,
            "code": finding.code,
            "place": cells(finding.cells),
            "project": project_of(finding.record, names),
            "message": finding.message,
            "fix": finding.fix,
            "waiver": "" if waiver is None else f"原为{severity}；{waiver_words(waiver)}",
        }
        self._row(row, SEVERITY_FILLS[severity] if waiver is None else CALC_FILL)

    def _row(self, row: dict[str, Value], fill: str) -> None:
        rule = CATALOGUE.get(str(row["code"]))
        name = rule.name if rule else ""
        self.table.add({**row, "no": self.table.rows + 1, "name": name}, {"severity": fill})


def project_of(record: str | None, names: Mapping[str, str]) -> str:
    """A project as its code and its name."""
    if record is None or record == DEPARTMENT:
        return record or ""
    return f"{record} {names.get(record, '')}".strip()


def _place(member: Member) -> str:
    return f"{member.unit}：{'、'.join(member.cells)}"
