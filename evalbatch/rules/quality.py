"""Quality rules I50x: are the indicators of a kind that measures anything, and where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..form import LEVEL1, LEVEL2, Indicator
from ..model import IndicatorScore, Score, Severity, ValueKind
from ..score import target_entry
from ..spec import Entry, heading
from ..values import fold_value
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .indicators import each_indicator, taking_part, target_at, unscored, whose
from .spread import is_misplaced
from .words import at, cells, quoted

OUTPUT, BENEFIT = LEVEL1[:2]
QUANTITY = LEVEL2[0]
QUALITATIVE = "定性"


@rule("I501", "定性指标没有佐证", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def without_evidence(case: Case) -> Iterator[Found | Held]:
    """定性指标自评得了分，佐证资料却空着。一个项目只列一条，各指标的单元格一并列出。

    Why: 定性的结果不能用数核对，没有佐证，得分就无从复核。
    Fix: 在佐证资料里写明能够证明结果的文件、记录、照片或调查表。
    Basis: [practice] 复核时逐个查看定性指标的佐证材料。
    Bad: 指标值“有效提升”，自评 8 分，佐证资料空着。
    Good: 同样的指标，佐证资料写“知晓情况抽样问卷”。
    """
    for score in taking_part(case):
        bare = []
        for indicator in score.indicators:
            if not _rests_on_nothing(indicator):
                continue
            if held := _better_said(case, indicator):
                yield held
            else:
                bare.append(indicator.row)
        if bare:
            yield _evidence(score, bare)


def _rests_on_nothing(indicator: IndicatorScore) -> bool:
    row = indicator.row
    unmeasured = indicator.target.kind in (ValueKind.QUALITATIVE, ValueKind.UNPARSED)
    earned = indicator.claimed is not None and indicator.claimed > 0
    return unmeasured and earned and row.evidence.is_blank and row.evidence.place is not None


def _better_said(case: Case, indicator: IndicatorScore) -> Held | None:
    """The rule that asks for a target that can be measured, or for a result, where evidence only comes after it."""
    suspect, unparsed = bool(indicator.target.suspect), indicator.target.kind is ValueKind.UNPARSED
    return case.hold(
        {
            "F301": target_entry(indicator.row).is_blank or indicator.row.actual.is_blank,
            "I204": suspect,
            "I202": unparsed and not suspect,
            "I502": indicator.row.level2.value == QUANTITY,
        }
    )


def _evidence(score: Score, rows: list[Indicator]) -> Found:
    anchors = places(*(row.evidence for row in rows))
    names = "、".join(quoted(row.name.text, 20) for row in rows[:3])
    return Found(
        cells=anchors,
        record=score.code,
        message=f"{cells(anchors)}（{heading(Indicator, 'evidence')}）没有填，{whose(score)}的 {len(rows)} 个定性指标"
        f"（{names}{'等' if len(rows) > 3 else ''}）{'都' if len(rows) > 1 else ''}得了分。",
        found="空白",
        expected="能够证明结果的文件、记录或调查表",
        fix=f"请在{heading(Indicator, 'evidence')}栏写明能够证明结果的文件、记录或调查表。",
        effect="不影响得分，复核时会要求补充。",
    )


@rule("I502", "数量指标写成定性", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def unmeasured_quantity(case: Case) -> Iterator[Found | Held]:
    """二级指标是数量指标，指标性质却选了“定性”，或者指标值是“完成”“按时”“良好”一类的词，没有数。

    Why: 数量指标要写明做多少，写成定性就看不出任务量，也无法按完成比例计分。
    Fix: 把指标值改成数和单位；确实不能计数的，改到相应的二级指标。
    Basis: [practice] 复核时数量指标必须量化。
    Bad: 数量指标“举办培训班”，指标值“完成”。
    Good: 数量指标“举办培训班期数”，指标值“≥4期”。
    """
    for score, indicator in each_indicator(case):
        row, target = indicator.row, indicator.target
        entry = target_entry(row)
        if row.level2.value != QUANTITY or target.kind is not ValueKind.QUALITATIVE or entry.is_blank:
            continue
        if held := case.hold({"I508": is_misplaced(case, row)}, score.code):
            yield held
            continue
        chosen = row.nature.value == QUALITATIVE
        fix = "请写明数量和单位；不能计数的，改到相应的二级指标。"
        if chosen and re.search(r"\d", target.text):
            fix = f"请把{heading(Indicator, 'nature')}改为“≥”“≤”或“=”；不能计数的，改到相应的二级指标。"
        also = f"，{heading(Indicator, 'nature')}选的是“{QUALITATIVE}”" if chosen else ""
        yield Found(
            cells=places(entry, row.level2, *([row.nature] if chosen else [])),
            record=score.code,
            message=f"{target_at(row)}写的是{quoted(target.text)}{also}，"
            f"{heading(Indicator, 'level2')}却是{QUANTITY}，没有可以计算的数。",
            found=target.text,
            expected="数和单位，如“≥4期”",
            fix=fix,
            effect="按定性指标计分。" if indicator.score is not None else f"{unscored(indicator)}。",
        )


@rule("I503", "产出与效益指标同名", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def same_name(case: Case) -> Iterator[Found | Held]:
    """同一个项目里，一个产出指标和一个效益指标的三级指标名称相同。

    Why: 产出是做了什么，效益是带来了什么；同一个指标算两次，等于重复给分。
    Fix: 保留产出指标，把效益指标改成这项工作带来的变化。
    Basis: [practice] 复核时检查产出与效益指标是否重复。
    Bad: 产出指标“培训人次”和效益指标“培训人次”。
    Good: 产出指标“培训人次”和效益指标“培训后考核合格率”。
    """
    for score in taking_part(case):
        outputs: dict[str, Entry[str]] = {}
        for row in (i.row for i in score.indicators if i.row.level1.value == OUTPUT):
            outputs.setdefault(bare_name(row.name), row.name)
        for row in (i.row for i in score.indicators if i.row.level1.value == BENEFIT):
            name = bare_name(row.name)
            if name and name in outputs:
                yield _repeated(score, outputs[name], row.name)


_LEAD = re.compile(r"^(?:指标)?[0-9]{1,2}[::、.)]|^\([0-9]{1,2}\)|^[①-⑳]|^[一二三四五六七八九十]、")
_MARKS = re.compile(r"[\W_]+")


def bare_name(name: Entry[str]) -> str:
    """A name as it is compared: without numbering, marks and spaces, in one width."""
    return _MARKS.sub("", _LEAD.sub("", fold_value(name.value or "")))


def _repeated(score: Score, output: Entry[str], benefit: Entry[str]) -> Found:
    return Found(
        cells=places(benefit, output),
        record=score.code,
        message=f"{at(benefit, heading(Indicator, 'name'))}写的是{quoted(benefit.text)}，与{whose(score)}的{OUTPUT} "
        f"{output.place} 同名。",
        found=benefit.text,
        expected="与产出指标不同的效益指标",
        fix=f"请把这个{BENEFIT}改成工作带来的变化，不重复{OUTPUT}。",
        effect="暂按两个指标分别计分。",
    )


_MONEY_NAME = re.compile(
    r"(?:项目|专项|财政|中央|省级?|市级?|区级?|县级?|本级|上级|年度|全年|年初|当年|各项|配套|建设|工程|债券)*"
    r"(?:(?:资金|经费|预算|拨款|款项)(?:的)?(?:预算)?(?:及时|足额|按时|按期)?(?:支付|执行|到位|到账|使用|拨付|支出|下达)|支付|支出)"
    r"(?:完成)?(?:率|进度|比例)"
)
"""Names of indicators that only say how much of the project's own money was paid out."""


@rule("I504", "资金支付当作数量指标", Severity.WARNING, Phase.PLAUSIBLE, Indicator)
def money_as_quantity(case: Case) -> Iterator[Found | Held]:
    """项目的数量指标是资金支付率、预算执行率、资金到位率、支付进度这一类，量的是项目自己的钱。

    Why: 花钱不是产出；执行率已经单独计分，再当数量指标就重复计算了一遍。
    Fix: 换成项目做出来的东西：多少人、多少件、多少次。
    Basis: [practice] 复核时不认资金支付类的数量指标。
    Bad: 数量指标“资金支付率”，指标值“≥95%”。
    Good: 数量指标“补贴发放人数”，指标值“≥320人”。
    """
    for score, indicator in each_indicator(case):
        row = indicator.row
        if score.project is None or row.level2.value != QUANTITY or not _MONEY_NAME.fullmatch(bare_name(row.name)):
            continue
        yield Found(
            cells=places(row.name, row.level2),
            record=score.code,
            message=f"{at(row.name, heading(Indicator, 'name'))}写的是{quoted(row.name.text)}，量的是{whose(score)}自己的资金，"
            f"{heading(Indicator, 'level2')}却是{QUANTITY}。",
            found=row.name.text,
            expected="项目做出来的数量，如“补贴发放人数”",
            fix="请换成项目做出来的数量；资金支付情况已由执行率计分。",
            effect="暂按所填的指标计分。",
        )
