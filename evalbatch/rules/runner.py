"""Running the catalogue over one workbook: the findings, and the ledger that says what came of every rule."""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..form import Indicator, Problem
from ..model import Crossing, Finding, RuleRun, Severity, Verdict
from ..policy import Setting
from ..spec import heading, sheet_of
from .across import Batch
from .case import SUMMED, Case, Held, Unmet
from .catalogue import CATALOGUE, AcrossRule, Found, FoundAcross, Phase, Rule, UnitRule

_PHASES = tuple(Phase)
_SEVERITIES = tuple(Severity)
"""From the heaviest to the lightest."""
ELSEWHERE = "跨单位的规则，结果只在汇总表里"
"""What the ledger of one workbook says of a rule across units."""


def run(case: Case) -> tuple[tuple[Finding, ...], tuple[RuleRun, ...]]:
    """Run the whole catalogue, phase by phase; the ledger lists every rule by its code.

    Findings come must-fix first, then by phase, then by code.
    """
    findings: list[Finding] = []
    ledger: list[RuleRun] = []
    kept: dict[str, list[Held | Unmet]] = {}
    for code in sorted(CATALOGUE, key=lambda code: (_PHASES.index(CATALOGUE[code].phase), code)):
        found, line, kept[code] = _run_one(CATALOGUE[code], case)
        findings.extend(found)
        ledger.append(line)
    findings.sort(key=lambda finding: _SEVERITIES.index(finding.severity))
    told = _Told(case, kept, {finding.code for finding in findings})
    return tuple(findings), tuple(sorted(map(told.line, ledger), key=lambda line: line.code))


def broke_down(ledger: Sequence[RuleRun]) -> bool:
    """Whether a rule that bears on scores crashed: nobody knows what it would have found."""
    return any(line.status == "crashed" and CATALOGUE[line.code].bears_on_scores for line in ledger)


def _run_one(entry: Rule, case: Case) -> tuple[list[Finding], RuleRun, list[Held | Unmet]]:
    """One rule's findings, its line and what it keeps back; a broken rule hides none of the others.

    The line of a rule that ran has no reason yet: what it waits for shows once all have run.
    """
    line = RuleRun(code=entry.code, status="skipped")
    setting = case.policy.checks.get(entry.code, Setting())
    if setting.off:
        return [], replace(line, reason=_off(setting)), []
    if not isinstance(entry, UnitRule):
        return [], replace(line, reason=ELSEWHERE), []
    missing = [sheet_of(cls).title for cls in entry.needs if cls not in case.submission.headings]
    if missing:
        return [], replace(line, reason=f"没有工作表 {'、'.join(missing)}"), []
    try:
        yielded = list(entry.check(case))
        found = [_finding(entry, one, setting) for one in yielded if isinstance(one, Found)]
    except Exception:
        return [], _crashed(line), []
    kept = [one for one in yielded if isinstance(one, Held | Unmet)]
    line = replace(line, status="found" if found else "passed", count=len(found))
    return found, replace(line, held=tuple(one.record for one in kept)), kept


@dataclass(frozen=True)
class _Told:
    """Says of every rule that ran what is to be known beside its findings: what it keeps back and why, what it lacked."""

    case: Case
    kept: dict[str, list[Held | Unmet]]
    found: set[str]

    def line(self, line: RuleRun) -> RuleRun:
        if line.status not in ("found", "passed"):
            return line
        held = self.held(line.code)
        weighed = _reweighed(self.case.policy.checks.get(line.code, Setting()))
        if line.status == "found":
            return replace(line, reason="；".join(filter(None, (weighed, f"另有 {held}" if held else ""))))
        unchecked = held or _unchecked(line.code, self.case)
        return replace(line, status="skipped" if unchecked else "passed", reason=unchecked or weighed)

    def held(self, code: str) -> str:
        """What a rule keeps back, and which findings come first."""
        kept = [one for one in self.kept[code] if isinstance(one, Held)]
        unmet = Counter(one.why for one in self.kept[code] if isinstance(one, Unmet))
        first = "、".join(dict.fromkeys(self.first(one.by) for one in kept))
        said = f"{len(kept)} 处与 {first} 的问题有关，等它改正后再查" if kept else ""
        lacked = [f"{count} 处没有核对：{why}" for why, count in unmet.items()]
        return "；".join(filter(None, (said, *lacked, _shared(code, self.case))))

    def first(self, code: str) -> str:
        """The rule whose findings come first: of one that found nothing and waits itself, the one that it waits for."""
        passed = {code}
        while code not in self.found:
            after = next(
                (one.by for one in self.kept.get(code, ()) if isinstance(one, Held) and one.by not in passed), None
            )
            if after is None:
                break
            passed.add(code := after)
        return code


def _off(setting: Setting) -> str:
    return f"评分政策停用了这条规则：{setting.reason}"


def _reweighed(setting: Setting) -> str:
    return "" if setting.severity is None else f"评分政策定为{setting.severity.value}：{setting.reason}"


def _crashed(line: RuleRun) -> RuleRun:
    """The line of a rule that is breaking down just now."""
    reference = hashlib.sha256(traceback.format_exc().encode()).hexdigest()[:8]
    return replace(line, status="crashed", reason=f"规则运行出错，编号 {reference}")


def run_across(batch: Batch) -> tuple[tuple[Crossing, ...], tuple[RuleRun, ...]]:
    """Run the rules across units; the ledger lists every one of them by its code. Must-fix comes first, then the code."""
    crossings: list[Crossing] = []
    ledger: list[RuleRun] = []
    for _, entry in sorted(CATALOGUE.items()):
        if isinstance(entry, AcrossRule):
            found, line = _across_one(entry, batch)
            crossings.extend(found)
            ledger.append(line)
    crossings.sort(key=lambda crossing: _SEVERITIES.index(crossing.severity))
    return tuple(crossings), tuple(ledger)


def _across_one(entry: AcrossRule, batch: Batch) -> tuple[list[Crossing], RuleRun]:
    line = RuleRun(code=entry.code, status="skipped")
    setting = batch.policy.checks.get(entry.code, Setting())
    if setting.off:
        return [], replace(line, reason=_off(setting))
    try:
        found = [_crossing(entry, one, setting) for one in entry.check(batch)]
        nothing = batch.nothing_for(entry.code)
    except Exception:
        return [], _crashed(line)
    if not found and nothing:
        return [], replace(line, reason=nothing)
    status = "found" if found else "passed"
    return found, replace(line, status=status, count=len(found), reason=_reweighed(setting))


def _crossing(entry: AcrossRule, found: FoundAcross, setting: Setting) -> Crossing:
    return Crossing(
        code=entry.code,
        severity=setting.severity or entry.severity,
        members=found.members,
        message=found.message,
        fix=found.fix,
    )


def _shared(code: str, case: Case) -> str:
    """That projects with one code between them were left out by a rule about indicators and scores."""
    left_out = code[0] in "IS" and case.shared_codes
    return "编号重复的项目没有查，等 F501 改正后再查" if left_out else ""


def _unchecked(code: str, case: Case) -> str:
    """Why a rule had nothing to check; an unrun rule is not a pass."""
    if lacking := case.lacking(code):
        return lacking
    verdicts = {identity.verdict for identity in case.identities if identity.code == code}
    if code in SUMMED and not verdicts - {Verdict.MISSING}:
        return "有关的数没有填全，无从核对" if verdicts else "没有填报可以核对的内容"
    rows = case.submission.indicators
    if code in _ON_LEVELS and all(row.level1.is_blank for row in rows):
        return f"没有一个指标填了{heading(Indicator, 'level1')}，无从核对"
    if code.startswith(_ON_WEIGHTS) and all(row.weight.value is None for row in rows):
        return "没有一个指标填了分值，无从核对"
    if code.startswith(_ON_RESULTS) and all(row.actual.is_blank for row in rows):
        return "没有一个指标填了实际完成值，无从核对"
    if code in _ON_OWN_SCORES and all(row.claimed.value is None for row in rows):
        return f"没有一个指标填了{heading(Indicator, 'claimed')}，无从核对"
    if code in _ON_PROBLEMS and not case.submission.problems:
        return f"{sheet_of(Problem).title}没有填，无从核对"
    if code.startswith(_ON_TEXTS) and not case.passages:
        return "没有填写文字，无从核对"
    return ""


_ON_LEVELS = ("I105", "I502", "I503", "I504", "I505", "I508", "S104")
_ON_WEIGHTS = ("S1",)
_ON_RESULTS = ("I2", "I401", "I501", "I509", "M305", "S2", "S301", "S5")
_ON_OWN_SCORES = ("S103", "S201", "S202", "S204", "S402")
_ON_PROBLEMS = ("P102", "P103")
_ON_TEXTS = ("P2",)
"""Rules, by the start of their codes, that look at levels, at weights, at results, at own scores, at problems and at texts."""


def _finding(entry: Rule, found: Found, setting: Setting) -> Finding:
    return Finding(
        code=entry.code,
        severity=_weighed(entry.severity, found.severity, setting.severity),
        cells=found.cells,
        record=found.record,
        message=found.message,
        found=found.found,
        expected=found.expected,
        difference=found.difference,
        fix=found.fix,
        effect=found.effect,
        alike=found.alike,
    )


def _weighed(usual: Severity, own: Severity | None, wanted: Severity | None) -> Severity:
    """A finding's severity: the rule's, unless the finding has its own; a policy moves the rule's.

    A finding that the rule itself takes more lightly is never weighed more than it, one taken more seriously never
    more than a policy that lowers the rule.
    """
    if wanted is None or own is None:
        return own or wanted or usual
    lighter, lowered = (_SEVERITIES.index(one) > _SEVERITIES.index(usual) for one in (own, wanted))
    choose = max if lighter or lowered else min
    return choose(own, wanted, key=_SEVERITIES.index)
