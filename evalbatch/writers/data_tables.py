"""The tables for machines: what each holds, one declaration a column. Writing and docs/tables.md are read off it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..digest import Digest, ProjectDigest
from ..form import DEPARTMENT, Department, Indicator, Project, Unit
from ..formula import plain, quantize
from ..model import Figure, Finding, Said, Severity
from ..spec import heading
from .data_columns import DIGITS, DataColumn, DataTable, Measure, Measured


def _unit(name: str, about: str, measure: Measure, of: Callable[[Digest], Any]) -> DataColumn:
    return DataColumn(name=name, about=about, measure=measure, of=lambda line: of(line.digest))


def _project(name: str, about: str, measure: Measure, of: Callable[[ProjectDigest], Any]) -> DataColumn:
    return DataColumn(name=name, about=about, measure=measure, of=lambda line: of(line.item))


def _indicator(name: str, about: str, measure: Measure, of: Callable[[Measured], Any]) -> DataColumn:
    return DataColumn(name=name, about=about, measure=measure, of=lambda line: of(line.item[1]))


def _finding(name: str, about: str, measure: Measure, of: Callable[[Finding], Any]) -> DataColumn:
    return DataColumn(name=name, about=about, measure=measure, of=lambda line: of(line.item))


def _words(said: Said) -> str:
    """What was found or expected, with its unit."""
    if not isinstance(said, Figure):
        return said or ""
    if said.unit == "%":
        return f"{plain(quantize(said.value * 100, DIGITS))}%"
    return f"{plain(said.value)} {said.unit}".rstrip()


def _figure(said: Said) -> Decimal | None:
    return said.value if isinstance(said, Figure) else None


def _figure_unit(said: Said) -> str:
    return said.unit if isinstance(said, Figure) else ""


_T, _C, _F, _Y, _P, _S, _N = Measure
_WHOSE = (
    _unit("unit_code", heading(Unit, "code"), _T, lambda d: d.code),
    _unit("unit_name", heading(Unit, "name"), _T, lambda d: d.name),
    _unit("year", heading(Unit, "year"), _T, lambda d: d.year),
)
_OUTPUT = DataColumn(
    name="output",
    about="这个单位各输出文件的名称开头；各表以它相连，没有读成的文件为空",
    measure=_T,
    of=lambda line: line.output,
)

UNITS = DataTable(
    name="units",
    about="每份工作簿一行；没有读成的文件也各有一行，只有文件名、结论和原因",
    columns=(
        _OUTPUT,
        *_WHOSE,
        _unit("department", heading(Unit, "department"), _T, lambda d: d.department),
        _unit("author", heading(Unit, "author"), _T, lambda d: d.author),
        _unit("file", "来源文件，相对于输入文件夹", _T, lambda d: d.file),
        _unit("sha256", "来源文件内容的校验码", _T, lambda d: d.sha256),
        _unit("status", "结论：accepted、accepted-with-issues、rejected、not-assessed", _T, lambda d: d.status.key),
        DataColumn(name="reason", about="没有读成的原因", measure=_T, of=lambda _: None),
        _unit("claimed", heading(Department, "claimed"), _P, lambda d: d.claimed),
        _unit("claimed_grade", "自评等级", _T, lambda d: d.claimed_grade),
        _unit("score", "部门整体的测算得分（满分 100）；没有一项可评时为空", _P, lambda d: d.score),
        _unit("said", "已评多少分，如“已评 62 / 70 分，另有 30 分未评”", _T, lambda d: d.said),
        _unit("grade", "按测算得分定的等级；没有评全时为空", _T, lambda d: d.grade),
        _unit("budget", f"部门整体的{heading(Project, 'budget')}", _Y, lambda d: d.budget),
        _unit("executed", f"部门整体的{heading(Project, 'executed')}", _Y, lambda d: d.executed),
        _unit("rate", "预算执行率", _S, lambda d: d.rate),
        _unit("projects", "项目个数，不参评的也算", _C, lambda d: len(d.projects)),
        _unit("mean", "各项目自评得分的平均", _P, lambda d: d.mean),
        _unit("weighted", f"各项目自评得分按{heading(Project, 'budget')}加权的平均", _P, lambda d: d.weighted),
        _unit("errors", "错误的个数，豁免的除外", _C, lambda d: d.counts[Severity.ERROR]),
        _unit("warnings", "警告的个数，豁免的除外", _C, lambda d: d.counts[Severity.WARNING]),
        _unit("notices", "提示的个数，豁免的除外", _C, lambda d: d.counts[Severity.NOTICE]),
        _unit("waived", "豁免的问题个数", _C, lambda d: len(d.covered)),
        _unit("crashed", "运行出错、没有查完的规则，以顿号隔开", _T, lambda d: "、".join(d.crashed)),
    ),
)

PROJECTS = DataTable(
    name="projects",
    about="每个项目一行，不参评的也在内",
    columns=(
        _OUTPUT,
        *_WHOSE,
        _project("project", heading(Project, "code"), _T, lambda p: p.code),
        _project("system_code", heading(Project, "system_code"), _T, lambda p: p.system_code),
        _project("name", heading(Project, "name"), _T, lambda p: p.name),
        _project("category", heading(Project, "category"), _T, lambda p: p.category),
        _project("evaluated", "是否参加评价", _F, lambda p: p.evaluated),
        _project("initial", heading(Project, "initial"), _Y, lambda p: p.initial),
        _project("budget", heading(Project, "budget"), _Y, lambda p: p.budget),
        _project("executed", heading(Project, "executed"), _Y, lambda p: p.executed),
        _project("rate", "预算执行率", _S, lambda p: p.rate),
        _project("claimed", heading(Project, "claimed"), _P, lambda p: p.claimed),
        _project("claimed_grade", "自评等级", _T, lambda p: p.claimed_grade),
        _project("score", "测算得分（满分 100）；没有一项可评时为空", _P, lambda p: p.score),
        _project("said", "已评多少分", _T, lambda p: p.said),
        _project("grade", "按测算得分定的等级；没有评全时为空", _T, lambda p: p.grade),
        _project("signal", "自评预警：红、黄、红黄", _T, lambda p: p.signal),
        _project("answered", "填了完成值的指标个数", _C, lambda p: p.answered),
        _project("note", heading(Project, "note"), _T, lambda p: p.note),
    ),
)

INDICATORS = DataTable(
    name="indicators",
    about="每个指标一行",
    columns=(
        _OUTPUT,
        *_WHOSE,
        DataColumn(name="project", about=f"项目编号，或{DEPARTMENT}", measure=_T, of=lambda line: line.item[0]),
        _indicator("cell", "所在的单元格", _T, lambda i: i.cell),
        _indicator("level1", heading(Indicator, "level1"), _T, lambda i: i.level1),
        _indicator("level2", heading(Indicator, "level2"), _T, lambda i: i.level2),
        _indicator("level3", heading(Indicator, "name"), _T, lambda i: i.level3),
        _indicator("kind", "quantitative 定量、qualitative 定性、date 日期、unparsed 读不懂", _T, lambda i: i.kind),
        _indicator("target_text", f"{heading(Indicator, 'target')}，照原样", _T, lambda i: i.target.text),
        _indicator("target_op", "方向：>= <= = > < between about", _T, lambda i: i.target.op),
        _indicator("target_value", "指标值的数（区间的下限）", _N, lambda i: i.target.value),
        _indicator("target_upper", "区间的上限", _N, lambda i: i.target.upper),
        _indicator("target_unit", "指标值的单位", _T, lambda i: i.target.unit),
        _indicator("target_inferred", "方向没有写，是推断的", _F, lambda i: i.target.inferred),
        _indicator("actual_text", f"{heading(Indicator, 'actual')}，照原样", _T, lambda i: i.actual.text),
        _indicator("actual_value", "完成值的数，换算成指标值的单位", _N, lambda i: i.actual.value),
        _indicator("actual_unit", "完成值的单位", _T, lambda i: i.actual.unit),
        _indicator("weight", heading(Indicator, "weight"), _P, lambda i: i.weight),
        _indicator("claimed", heading(Indicator, "claimed"), _P, lambda i: i.claimed),
        _indicator("score", "测算得分；未评时为空", _P, lambda i: i.score),
        _indicator("status", "scored 已评、not-assessed 未评", _T, lambda i: i.status),
        _indicator("basis", "得分怎么来的", _T, lambda i: i.basis),
    ),
)

FINDINGS = DataTable(
    name="findings",
    about="每个问题一行，豁免的也在内；跨单位的问题只在汇总表里",
    columns=(
        _OUTPUT,
        *_WHOSE,
        _finding("code", "规则编号", _T, lambda f: f.code),
        _finding("severity", "error 错误、warning 警告、notice 提示", _T, lambda f: f.severity.key),
        _finding("sheet", "工作表", _T, lambda f: f.cells[0].sheet if f.cells else None),
        _finding("cells", "单元格，以顿号隔开", _T, lambda f: "、".join(map(str, f.cells))),
        _finding("record", f"项目编号，或{DEPARTMENT}", _T, lambda f: f.record),
        _finding("message", "问题", _T, lambda f: f.message),
        _finding("found", "填报的，带单位", _T, lambda f: _words(f.found)),
        _finding("expected", "应为，带单位", _T, lambda f: _words(f.expected)),
        _finding("difference", "差额，单位见下一列", _N, lambda f: _figure(f.difference)),
        _finding("difference_unit", "差额的单位；% 的差额是小数", _T, lambda f: _figure_unit(f.difference)),
        _finding("fix", "怎么改", _T, lambda f: f.fix),
        _finding("effect", "对得分的影响", _T, lambda f: f.effect),
        _finding("waived", "财政局同意不改", _F, lambda f: f.waiver is not None),
        _finding("waiver_approver", "豁免的批准人", _T, lambda f: f.waiver and f.waiver.approver),
        _finding("waiver_reason", "豁免的理由", _T, lambda f: f.waiver and f.waiver.reason),
    ),
)

TABLES = (UNITS, PROJECTS, INDICATORS, FINDINGS)
