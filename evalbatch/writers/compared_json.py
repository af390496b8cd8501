"""A comparison for machines, schema ``evalbatch/compare/1``: other programs depend on its keys.

As in the result of one workbook, amounts are in 万元, rates are fractions, numbers are JSON numbers, what is missing is
null, texts are as typed and cells are ``工作表!A1``.
"""

from __future__ import annotations

from decimal import Decimal

from .. import __version__
from ..comparison import Change, Comparison, Fate, Settled, Standing, Version
from ..effects import Effect
from ..form import WAN, WAN_SCALE
from ..resubmission import Alone, Resubmission, Side
from .result import Json

SCHEMA = "evalbatch/compare/1"
KEYS = (
    ("schema", f"`{SCHEMA}`"),
    ("tool", "程序版本 `version`、评分政策 `policy`"),
    ("pairs", "两边都有的单位，按这次的次序"),
    ("pairs.unit", "这次的单位名称 `name`、编码 `code`、评价年度 `year`"),
    (
        "pairs.old",
        "上次的表：文件 `file`、内容的 `sha256`、单位 `name` `code`、年度 `year`、金额单位 `money`、结论 `status`、错误数 `errors`",
    ),
    ("pairs.new", "这次的表，同上"),
    ("pairs.same_unit", "两份表是否同一个单位"),
    (
        "pairs.sameness",
        "`bytes` 逐字节相同，`content` 只是重新保存过，`layout` 变的只是表格本身，`changed` 填报内容有变化",
    ),
    (
        "pairs.counts",
        "问题数：`fixed` 改正，`unchecked` 没有查，`open` 仍有，`new` 新增，`waived` 已豁免（不在前几个里）",
    ),
    ("pairs.findings", "每个问题的去向"),
    ("pairs.findings.fate", "`fixed` 改正，`open` 仍有，`new` 新增，`unchecked` 不再报，但这次没有查"),
    ("pairs.findings.code", "规则"),
    ("pairs.findings.severity", "`error` `warning` `notice`"),
    ("pairs.findings.cells", "单元格；`fixed` `unchecked` 是上次的位置，其余是这次的"),
    ("pairs.findings.record", "项目编号，或 部门整体"),
    ("pairs.findings.message", "问题；`fixed` `unchecked` 是上次的说法"),
    ("pairs.findings.fix", "处理建议"),
    ("pairs.findings.waived", "这次是否已豁免"),
    ("pairs.findings.figures_changed", "仍有的问题，数是否变了"),
    ("pairs.findings.note", "没有查的原因；所在的行删去了；新增的问题，上次为什么没有查到"),
    ("pairs.findings.before", "仍有的问题，上次的单元格 `cells` 和说法 `message`"),
    ("pairs.scores", "测算得分，部门整体在前；上次没有或未评的为 null"),
    ("pairs.scores.code", "项目编号，或 部门整体"),
    ("pairs.scores.name", "项目的名称"),
    ("pairs.scores.before", "上次的得分"),
    ("pairs.scores.after", "这次的得分"),
    ("pairs.scores.difference", "这次减上次"),
    ("pairs.scores.removed", "这次的表里没有这个项目了"),
    ("pairs.changes", "变化的数和文字，按标准表的次序"),
    ("pairs.changes.turn", "`changed` 修改，`added` 新增的行，`removed` 删除的行"),
    ("pairs.changes.sheet", "工作表"),
    ("pairs.changes.record", "项目、指标、收支的行等"),
    ("pairs.changes.field", "栏目；整行的为 null"),
    ("pairs.changes.cell", "这次的单元格；删除的行为 null"),
    ("pairs.changes.old_cell", "上次的单元格；新增的行为 null"),
    ("pairs.changes.old", "上次填的数或文字；整行的是主要栏目"),
    ("pairs.changes.new", "这次填的数或文字"),
    ("pairs.changes.unit", "数的单位：`万元`、`元`、`%`（数是小数），没有的为 null"),
    ("pairs.changes.difference", "这次减上次；不是两个数的为 null"),
    ("pairs.changes.effects", "单独这一处对得分的影响；没有逐处计算的为 null"),
    ("pairs.changes.effects.code", "哪个得分：项目编号，或 部门整体"),
    ("pairs.changes.effects.before", "只把这一处改回去的得分"),
    ("pairs.changes.effects.after", "这次的得分"),
    ("pairs.changes.effects.difference", "这一处带来的分数"),
    (
        "only_new",
        "新报送的表：文件、单位、结论 `status`、错误数 `errors`、问题数 `findings`；`twin_unread` 为 true 的不是新报送，是另一边的同名文件读不了",
    ),
    ("only_old", "上次有、这次没有的表，同上"),
    ("unclear", "一个单位有几份，分不清哪一份对哪一份：上次的文件 `old`、这次的文件 `new`"),
    ("unread", "读不了的文件：哪一边 `side`（`old` `new`）、文件 `file`、原因 `reason`"),
)
"""Every key that is not plain from the one above it, for the page about them."""


def compared(done: Resubmission, policy_name: str) -> Json:
    """The comparison of two workbooks or two folders."""
    return {
        "schema": SCHEMA,
        "tool": {"version": __version__, "policy": policy_name},
        "pairs": [_pair(one) for one in done.comparisons],
        **{f"only_{side.key}": [_alone(one) for one in done.alone_on(side)] for side in (Side.NEW, Side.OLD)},
        "unclear": [
            {"old": [form.file for form in one.olds], "new": [form.file for form in one.news]} for one in done.unclear
        ],
        "unread": [{"side": one.side.key, "file": one.file, "reason": one.reason} for one in done.unread],
    }


def _pair(one: Comparison) -> Json:
    counts = {fate.key: one.counts[fate] for fate in reversed(Fate)}
    return {
        "unit": {"name": one.new.name, "code": one.new.code, "year": one.new.year},
        "old": _version(one.old),
        "new": _version(one.new),
        "same_unit": one.same_unit,
        "sameness": one.sameness.key,
        "counts": {**counts, "waived": one.waived},
        "findings": [_finding(settled) for settled in one.findings],
        "scores": [_standing(standing) for standing in (one.department, *one.projects)],
        "changes": [_change(change) for change in one.changes],
    }


def _version(version: Version) -> Json:
    return {
        "file": version.file,
        "sha256": version.sha256,
        "name": version.name,
        "code": version.code,
        "year": version.year,
        "money": version.money,
        "status": version.status.key,
        "errors": version.errors,
    }


def _alone(one: Alone) -> Json:
    form = one.form
    return {
        "file": form.file,
        "name": form.name,
        "code": form.code,
        "year": form.year,
        "status": form.status.key,
        "errors": form.errors,
        "findings": form.findings,
        "twin_unread": one.twin,
    }


def _finding(settled: Settled) -> Json:
    finding, before = settled.finding, settled.before
    return {
        "fate": settled.fate.key,
        "code": finding.code,
        "severity": finding.severity.key,
        "cells": [str(place) for place in settled.cells],
        "record": finding.record,
        "message": finding.message,
        "fix": finding.fix,
        "waived": settled.waived,
        "figures_changed": settled.moved,
        "note": settled.note or None,
        "before": before and {"cells": [str(place) for place in before.cells], "message": before.message},
    }


def _standing(one: Standing) -> Json:
    return {
        "code": one.code,
        "name": one.name or None,
        "before": one.before,
        "after": one.after,
        "difference": one.difference,
        "removed": one.removed,
    }


def _change(change: Change) -> Json:
    unit = WAN if change.is_amount else change.unit
    return {
        "turn": change.turn.key,
        "sheet": change.sheet,
        "record": change.record or None,
        "field": change.field or None,
        "cell": str(change.place) if change.place else None,
        "old_cell": str(change.old_place) if change.old_place else None,
        "old": _value(change, change.old),
        "new": _value(change, change.new),
        "unit": unit or None,
        "difference": _value(change, change.difference),
        "effects": None if change.effects is None else [_effect(effect) for effect in change.effects],
    }


def _value(change: Change, value: Decimal | str | None) -> Decimal | str | None:
    return value / WAN_SCALE if isinstance(value, Decimal) and change.is_amount else value


def _effect(effect: Effect) -> Json:
    return {
        "code": effect.code,
        "before": effect.before,
        "after": effect.after,
        "difference": effect.difference,
    }
