"""Text rules P2xx on single texts: no amount left out, not too long, not worthless."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..form import Report
from ..model import Severity
from ..spec import heading
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .prose import Spot, clause_at
from .words import at, quoted

_LABEL = (
    "支出|收入|资金|预算|金额|经费|投入|拨款|安排|共计|合计|总计|小计|执行|结转|结余|到位|费用|保费|工资|补贴|补助|补助金|"
    "救助金|资助金|奖金|成本|总额|支付|发放|缴纳|节约|追加|调减|调增|压减|下达|拨付|列支|收回|上缴|核减|债务|余额|赔款|货款"
)
_END = r"(?=[ \t]*(?:[,。;、)!?\n\r]|$))"
_MONEY = rf"(?:{_LABEL})(?:数|额|总额|总计|金额)?(?:共计?|合计|总计|约|了)?(?:为|是|计|达到?|:[ \t]{{2,}})?[ \t]*(?P<unit>[万亿]?元){_END}"
_SHARE = (
    rf"(?:率|占比|比例|比重|程度|满意度)(?:为|是|达|达到|约)[ \t]*%"
    rf"|(?:率|占比|比例|比重|占|达|达到|增长|下降|提高|减少|增加|完成|超过)(?:[ \t]+%|[ \t]*%{_END})"
    r"|占[^,。;\n]{1,20}的[ \t]*%(?!号|符)"
)
_GAP = (
    r"(?<![0-9A-Za-z_])(?:[Xx]{1,6}|_{2,}|\*{2,}|○{2,})|(?<![0-9×xX*])×{2,}|\([ \t]*\)|(?<!\d)□+|\[[ \t]*\]|【[ \t]*】"
)
_HOLE = rf"(?:{_GAP})[ \t]*(?:[万亿]?元|%|个百分点|分{_END})"
_BLANK = re.compile(f"{_MONEY}|{_SHARE}|{_HOLE}")
_EACH = re.compile(r"人均|户均|亩均|平均|每[人户亩个年月]|单位|按照?")
"""A clause in which 万元 may stand for a round sum or a unit."""


@rule("P201", "文中金额空缺", Severity.ERROR, Phase.CELL)
def blank_amount(case: Case) -> Iterator[Found | Held]:
    """文字里的金额或比例只有单位、没有数，如“支出万元”“执行率为%”“XX万元”。

    Why: 套用模板没有填数，读者看不到关键的金额，报告不能提交。
    Fix: 对照预算、决算补上数；没有发生的写 0 或删去这一句。
    Basis: [form] 公开的自评报告里有“涉及一般公共预算支出万元”；[practice] 复核时当作没有完成的报告退回。
    Bad: 涉及一般公共预算支出万元
    Good: 涉及一般公共预算支出61.57万元
    """
    for passage in case.passages:
        spots = list(_holes(passage.text))
        if not spots:
            continue
        said = "、".join(dict.fromkeys(quoted(passage.typed(clause_at(passage.text, spot))) for spot in spots))
        yield Found(
            cells=places(passage.entry),
            record=passage.code,
            message=f"{at(passage.entry, passage.heading)}有 {len(spots)} 处只有单位没有数：{said}。",
            found=said,
            expected="具体的数，如“支出61.57万元”",
            fix="请对照预算、决算补上数；没有发生的写 0 或删去这一句。",
            effect="不影响得分。",
        )


def _holes(text: str) -> Iterator[Spot]:
    if "元" not in text and "%" not in text and "分" not in text:
        return
    for match in _BLANK.finditer(text):
        start = max(text.rfind(end, 0, match.start()) for end in "。;!?\n,") + 1
        if match["unit"] is None or not _EACH.search(text, start, match.end()):
            yield match.span()


@rule("P206", "文字过长", Severity.WARNING, Phase.PLAUSIBLE)
def too_long(case: Case) -> Iterator[Found | Held]:
    """一个单元格里的文字超过评分政策规定的字数（一般 2000 字，空格和换行不计）。

    Why: 自评表要的是结论和事实，整段照搬总结，看不出完成了什么。
    Fix: 只留与绩效目标、完成情况有关的内容，其余写在报告里。
    Basis: [practice] 复核时要求压缩；字数由评分政策规定。
    Bad: 一栏里照搬 5000 字的年度工作总结
    Good: 一栏里逐条写完成情况，800 字
    """
    limit = case.policy.limits.text
    for passage in case.passages:
        length = len("".join(passage.text.split()))
        if length > limit:
            yield Found(
                cells=places(passage.entry),
                record=passage.code,
                message=f"{at(passage.entry, passage.heading)}有 {length} 字，超过 {limit} 字，多 {length - limit} 字。",
                found=f"{length} 字",
                expected=f"不超过 {limit} 字",
                difference=f"多 {length - limit} 字",
                fix=f"请压缩到 {limit} 字以内，只写与绩效目标和完成情况有关的内容。",
                effect="不影响得分。",
            )


_WORTHLESS = re.compile(
    r"(?:暂?无|没有|略|同上|待(?:补充|填|定|完善)|X+|x+|\.{3,}|…+|0"
    r"|(?:详?见|参见|请见)(?:所?附)?(?:的?(?:附件|附表|报告|自评报告|正文|后附|另附|文档|纸质)\d?)+|附后|另附|已附)"
)
_AROUND = "。.,;、()[]《》“”\"' \t\r\n"


@rule("P207", "报告文字是空话", Severity.WARNING, Phase.CELL, Report)
def worthless(case: Case) -> Iterator[Found | Held]:
    """报告文字的一栏只写了“无”“略”“见附件”一类的话，没有内容。

    Why: 这些文字要与各表的数对照，写成“见附件”就无从核对。
    Fix: 照报告填写这一栏；报告里没有的，空着不填。
    Basis: [form] 标准表的报告文字栏目；[practice] 复核时要求补写。
    Bad: 组织工作：见附件
    Good: 组织工作：2026年1月成立自评小组，2月27日定稿上报
    """
    for passage in case.passages:
        bare = passage.text.strip(_AROUND)
        if passage.sheet is not Report or not _WORTHLESS.fullmatch(bare):
            continue
        if passage.heading == heading(Report, "items") and bare in ("无", "暂无") and not case.submission.projects:
            continue
        yield Found(
            cells=places(passage.entry),
            message=f"{at(passage.entry, passage.heading)}只写了{quoted(passage.entry.text)}，没有内容。",
            found=passage.entry.text,
            expected="自评报告里这一部分的文字",
            fix=f"请照报告填写{passage.heading}；报告里没有这一部分的空着。",
            effect="不影响得分。",
        )
