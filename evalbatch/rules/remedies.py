"""问题整改 taken apart: a problem with its measures, whether it names a fact; and the points that ask for a problem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ..form import Problem
from ..model import Score
from ..policy import FULL_MARKS
from ..spec import Entry
from .case import Case
from .indicators import taking_part
from .prose import CLAUSE, flat, items, split
from .words import points

_NONE = re.compile(
    r"(?:目前|截至目前|本?年度?|经(?:自评|自查|检查|评价)后?|自评|[本我]单位|[本我]部门|各?项目|实施|执行|过程|中|均|尚|暂时?|基本|总体|,)*"
    r"(?:暂?无|没有?|未|不)(?:有|发现|存在|出现|发生)*"
    r"(?:任何|什么|违规|违纪|明显|突出|重大|较大|大|显著|具体|其他|相关|需要?整改|存在|的)*"
    r"(?:问题|困难|不足|偏差|短板)?(?:(?:[和及与、或](?:不足|问题|困难|偏差))|存在|发生|之处)*"
)
_BRACES = "。.,;、()[]“”\"' \t\r\n-—/*"
_STRIVING = re.compile(
    r"(?:并|要|应|将|今后|下一步|接下来|从实|继续|进一步|不断|持续|切实|扎实|积极|大力|认真|坚决|始终|全面|深入|着力|有效|从严|严格|严肃|从源头|科学|合理|及时)*"
    r"(?:加强|强化|规范|健全|完善|建立|提高|提升|深化|坚持|加大|加快|优化|狠抓|严把|严控|做好|做到|做实|管好|用好|推进|推动|落实|"
    r"抓好|确保|保障|注重|增强|细化|压实|杜绝|执行|遵守|控制|压减|把好|把关|统筹|督促|开展|树立|厉行|编制|发挥|打造|夯实)"
)
_FACT = re.compile(
    r"[\d的未没无不难差弱低少缺欠偏慢迟晚滞拖延过超漏错误仍尚较仅只小窄松散乱浅粗虚空泛淡挤停断]|问题|困难|有待|亟|薄弱|单一|失去|闲置|流失|下降|减少|增加|老化|"
    r"陈旧|老旧|损|浪费|脱节|粗放|笼统|模糊|矛盾|压力|风险|制约|影响|参差|断档|空白|短|紧张|有限|零散|分散|繁|重复|需要|"
    r"推迟|流于|任务|任重|艰|走过场|雷同|晚|待|结余|沉淀|调整|变动|复杂|原因|由于|因为|导致"
)
_IDIOM = re.compile(r"不断|不折不扣|不得|不忘|不懈|毫不|不留死角|不走过场|[决绝]不|永不|无缝|全过程|超前|过硬|减少支出")


def says_none(entry: Entry[str]) -> bool:
    """Whether a cell says that there is no problem: 无, 暂无, 未发现明显问题, or a mere dash."""
    bare = flat(entry.text).strip(_BRACES)
    return bool(entry.text) and entry.trouble is None and (entry.is_blank or _NONE.fullmatch(bare) is not None)


def is_slogan(text: str) -> bool:
    """Whether a text names no problem: it states no fact, and every clause says what ought to be done."""
    bare = _IDIOM.sub("", flat(text))
    clauses = [re.sub(r"^(?:\d+[.、]|\(\d+\)|.是)", "", bare[a:b]) for a, b in split(bare, CLAUSE + "、:")]
    states_a_fact = _FACT.search(re.sub(r"(?:^|(?<=[。;\n]))\s*\(?\d+[.、)]", "", bare))
    return bool(clauses) and not states_a_fact and all(_STRIVING.match(clause.strip()) for clause in clauses)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A problem's row and the rows below that only add measures to it."""

    rows: tuple[Problem, ...]

    @property
    def problem(self) -> Entry[str]:
        """The cell of the problem."""
        return self.rows[0].problem

    @property
    def measures(self) -> tuple[Entry[str], ...]:
        """The measures that are filled."""
        return tuple(row.measure for row in self.rows if not row.measure.is_blank)

    @property
    def is_nothing(self) -> bool:
        """It says that there is no problem."""
        return says_none(self.problem)

    @property
    def is_slogan(self) -> bool:
        """It says what ought to be done, not what is wrong."""
        return not self.problem.is_blank and not self.is_nothing and is_slogan(self.problem.text)

    @property
    def is_real(self) -> bool:
        """It names a problem."""
        return not (self.problem.is_blank or self.is_nothing or self.is_slogan)


def groups(case: Case) -> tuple[Group, ...]:
    """The problems of 问题整改, each with the rows that continue it."""
    found: list[list[Problem]] = []
    for row in case.submission.problems:
        if found and not row.problem.text:
            found[-1].append(row)
        else:
            found.append([row])
    return tuple(Group(rows=tuple(rows)) for rows in found)


def numbered(text: str) -> int:
    """How many items a text numbers: the longest list that begins at 1 and skips nothing."""
    most, running = 0, dict[str, int]()
    for item in items(flat(text)):
        follows = item.number == 1 or running.get(item.style) == item.number - 1
        running[item.style] = item.number if follows else 0
        most = max(most, running[item.style])
    return most


def answers(text: str) -> int:
    """How many measures a cell may hold: its numbered items, or its clauses where it numbers none."""
    return numbered(text) or sum(1 for _ in split(flat(text), CLAUSE))


# --- points lost --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Points that a project, or the unit, lost by its indicators, and the cells that show it."""

    score: Score
    lost: str
    entries: tuple[Entry[Decimal] | Entry[str], ...]


def losing(case: Case) -> tuple[Loss, ...]:
    """The projects and the unit that lost points otherwise than by money left unspent."""
    return tuple(loss for score in taking_part(case) if (loss := _loss(score)) is not None)


def _loss(score: Score) -> Loss | None:
    entries: list[Entry[Decimal] | Entry[str]] = []
    lost = Decimal(0)
    for indicator in score.indicators:
        own, weight = indicator.claimed, indicator.weight
        earned = own if own is not None else indicator.score
        if weight is not None and earned is not None and 0 <= earned < weight:
            entries.append(indicator.row.claimed if own is not None else indicator.row.actual)
            lost += weight - earned
    if entries:
        return Loss(score=score, lost=points(lost), entries=tuple(entries))
    known = any(i.claimed is not None or i.score is not None for i in score.indicators)
    claimed = score.claimed.value
    if known or claimed is None or not 0 <= claimed < FULL_MARKS or score.execution.rate not in (None, 1):
        return None
    return Loss(score=score, lost=points(FULL_MARKS - claimed), entries=(score.claimed,))
