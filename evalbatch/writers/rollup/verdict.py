"""The verdict on a whole run, in words: who handed in, how it stands, money and findings, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...form import WAN, Budget, Project
from ...formula import Address
from ...model import Severity, Status
from ...spec import heading, lines_of
from ...waivers import WAIVED
from . import findings, refused, submitted
from .facts import Facts
from .heat import rule_name
from .looks import SHORT, amount, as_amount, as_percent, percent, share
from .repeats import Repeats
from .roster import Roll

SPENDING = next(line.label for line in lines_of(Budget) if line.name == "spending")
BEST_FIRST = (Status.ACCEPTED, Status.ACCEPTED_WITH_ISSUES, Status.REJECTED)


class Verdict:
    """The lines above the units; ``column`` gives the cells of a column over all units, ``total`` those of the last line."""

    def __init__(self, facts: Facts, roll: Roll, repeats: Repeats, column: Address, total: Address) -> None:
        self.facts = facts
        self.roll = roll
        self.repeats = repeats
        self.column = column
        self.total = total

    def lines(self) -> Iterator[tuple[str | None, str]]:
        """The verdict on the run, each line a formula with its words; who handed in twice and what to do next are words alone."""
        if self.roll.expected is not None:
            yield self._handed_in()
        yield self._results()
        yield self._sums()
        if self.repeats.groups:
            yield None, self.repeats.said
        yield None, f"下一步：{self._next_step()}"

    def _handed_in(self) -> tuple[str, str]:
        total, roll = submitted.total_cells(), self.roll
        formula = f'"应报 "&{total["due"]}&" 个单位，已报 "&{total["came"]}&" 个（其中退回 "&{total["returned"]}'
        return formula + f'&" 个{roll.unread_said}），未报 "&{total["missing"]}&" 个。"', roll.said

    def _results(self) -> tuple[str, str]:
        facts = self.facts
        refusals = len(facts.gathered.refusals)
        unread = refused.count_formula(refusals)
        numbers = f"COUNT({self.column('no')})" if facts.units else "0"
        further = self.repeats.further
        of_units = f"，来自 {len(facts.units) - further} 个单位" if further else ""
        parts = [f'"收到 "&({numbers}+{unread})&" 份：已评 "&{numbers}&" 份{of_units}']
        words = f"收到 {facts.files} 份：已评 {len(facts.units)} 份{of_units}"
        for opening, status in zip(("（", "，", "，"), BEST_FIRST, strict=True):
            counted = f'COUNTIF({self.column("status")},"{status.value}")' if facts.units else "0"
            parts.append(f'{opening}{SHORT[status]} "&{counted}&" 份')
            words += f"{opening}{SHORT[status]} {facts.of_status(status)} 份"
        closing = f"），{SHORT[Status.NOT_ASSESSED]} "
        return "".join(parts) + f'{closing}"&{unread}&" 份。"', f"{words}{closing}{refusals} 份。"

    def _sums(self) -> tuple[str, str]:
        """Money and findings."""
        facts, (budget, executed) = self.facts, self.facts.spent
        whole = self.total
        left_out = len(facts.units) - len(facts.rated)
        without = f"（{left_out} 份没有可用的预算数或执行数，未计入）" if left_out else ""
        opening = f"{SPENDING}：{heading(Project, 'budget')} "
        money = f"{opening}{amount(budget)} {WAN}，"
        words = f"{money}执行 {amount(executed)} {WAN}，执行率 {percent(share(executed, budget))}{without}。问题："
        words += "，".join(f"{severity.value} {facts.standing(severity)} 处" for severity in Severity)
        across = self._across()
        words += f"，{WAIVED} {sum(unit.waived for unit in facts.units)} 处。{across}"
        if not facts.units:
            return f'"{words}"', words
        found = '&" 处，'.join(f'{severity.value} "&{whole(severity.key)}' for severity in Severity)
        formula = (
            f'"{opening}"&{as_amount(whole("budget"))}&" {WAN}，执行 "'
            f'&{as_amount(whole("executed"))}&" {WAN}，执行率 "&{as_percent(whole("rate"))}'
            f'&"{without}。问题：{found}&" 处，{WAIVED} "&{whole("waived")}&" 处。{across}"'
        )
        return formula, words

    def _across(self) -> str:
        """How many faults show only across units; blank where there are none."""
        found = Counter(crossing.severity for crossing in self.facts.gathered.crossings)
        counted = "，".join(f"{severity.value} {found[severity]} 处" for severity in Severity if found[severity])
        return f"另有{findings.ACROSS}的问题：{counted}（见“{findings.TITLE}”）。" if counted else ""

    def _next_step(self) -> str:
        facts, returned = self.facts, self.facts.of_status(Status.REJECTED)
        asked = [self.repeats.asked] if self.repeats.groups else []
        if returned:
            asked.append(self._worst(returned))
        unread = len(facts.gathered.refusals)
        if unread:
            asked.append(f"{unread} 份读不了，请按“{refused.TITLE}”里的原因重新报送")
        if self.roll.missing:
            asked.append(f"催报 {self.roll.missing} 个单位，名单见“{submitted.TITLE}”")
        doubtful = facts.of_status(Status.ACCEPTED_WITH_ISSUES)
        if not asked and doubtful:
            asked.append(f"请 {doubtful} 个单位逐条核实警告，见“{findings.TITLE}”")
        return f"{'；'.join(asked) or '从“复核抽样”的第一个项目开始复核'}。"

    def _worst(self, returned: int) -> str:
        """How many go back, and the commonest fault that sends them back where several have it."""
        found = Counter(code for unit in self.facts.units for code in unit.errors)
        code, count = min(found.items(), key=lambda item: (-item[1], item[0]))
        commonest = f"；最常见的错误是“{rule_name(code)}”，其中 {count} 份有" if count > 1 else ""
        return f"退回 {returned} 份，请单位改正后重报{commonest}"
