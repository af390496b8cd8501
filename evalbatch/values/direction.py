"""Which way an indicator runs when its target does not say: more is better, less is better, or exactly so much.

A Chinese name says last what is measured: 投诉率 is better low, 投诉处理率 better high.
"""

from __future__ import annotations

import re

from .units import MONEY

_BRACKETS = re.compile(r"\([^()]*\)?$")
_SHARE = re.compile(r"(?:率|度|比例|比率|比重|占比)$")
_BAD_SHARE = re.compile(
    r"(?:发生|受害|成灾|死亡|病死|致死|致残|伤亡|差错|错误|失误|出错|投诉|举报|信访|上访|逾期|违约|违规|违法|违纪|事故|超支|超标|退回|退货|返工|返修"
    r"|返贫|返乡|漏报|误报|漏检|误差|偏差|偏离|失业|辍学|流失|破损|损坏|损耗|损失|故障|空置|闲置|不良|坏账|负债|发病|患病|感染|传染|复发|淘汰|缺勤|迟到"
    r"|重复|拒收|结转|结余|调整|延误|延期|犯罪|发案|案发|负面|空驶|能耗|漏损|水损|渗漏|堵塞|污染|沉降|不合格|不达标|不满意|未完成|差评|拖欠|纠纷|变更|火灾|赤字|债务|超时|超时办件|排放强|药物使用强)"
    r"(?:率|度|比例|比率|比重|占比)$"
)
_CONTROLLED = re.compile(
    r"(?:人员|经费|成本|预算|费用|编制|支出|三公|投资|造价|结余|债务).{0,4}(?:控制|变动|增长|变化)率$"
)
_BAD = re.compile(
    r"事故|投诉|信访|上访|逾期|违规|违法|违纪|违约|差错|失误|错误|超支|超标|返贫|死亡|伤亡|故障|拖欠|欠薪|纠纷|负面|延误|误差|偏差|扣分|群体性事件|舆情"
    r"|火灾|反弹|返工|溢流|中毒|重污染|中断|停电|停水|重复报销|风险事件|排放|能耗|损耗|损失|发生(?:数|次数|起数|件数|量|例数)|结转|结余|三公"
)
_COST = re.compile(r"成本|费用|造价|开支|接待费")
_UNDONE = re.compile(r"^(?:超期|逾期)?未(?:整改|办结|完成|办理|处理|解决|销号)")
_SLOW = re.compile(
    r"(?:响应|等待|办理|到达|上门|处理|处置|审批|办结|修复|维修|恢复|反馈|到场|平均|完成|拨付|支付|通行|候诊|停机|受理)(?:所需)?(?:时间|时限|时长|周期|天数|期限)$"
    r"|工期|耗时|用时|时限|平均住院日|住院天数"
)
_REMEDY_AFTER = re.compile(
    r"处理|处置|办结|办理|整改|化解|调处|调解|受理|接待|查处|侦办|侦破|破案|审理|审结|防治|治理|预防|防范|防控|防止|避免|排查|检查|巡查|演练|培训|宣传|教育"
    r"|讲座|救援|扑救|应急|减少|下降|降低|压降|压减|节约|满意|回复|回访|答复|追缴|追回|清收|检修|清理|核查|调查|监测|检测|检验|修复|维修|赔付|理赔|补助|救助|帮扶|保险"
    r"|抚恤|登记|建档|评审|执法|办案|结案|热线|平台|系统|设备|设施|项目|服务|核算|监督|监管|打击|挽回|上缴|统筹|盘活"
)
_REMEDY_BEFORE = re.compile(
    r"无|零|防|反|解决|发现|处理|处置|办理|整改|化解|调处|调解|受理|接待|查处|预防|避免|排查|减少|下降|降低|压降|打击|清理|监测|审理|挽回|扑救"
)
_SAVED = re.compile(r"节约|降低|下降|减少|压减|节省|压降|增收")
_CAPPED = re.compile(r"控制|不超")
_STANDARD = re.compile(r"标准|单价|定额|补助|补贴|津贴|救助金|保险|取暖费|工资")
_EARNED = re.compile(r"收入|增收|产值|效益|利润|收益")
RISING = re.compile(r"增长|增幅|增速|提高|提升|上升|增加|倍")
"""Names of indicators whose shares may well be above 200 %."""


def infer(name: str, level: str, unit: str, *, zero: bool = False) -> str:
    """The operator of a target written without one.

    ``name`` and ``level`` (both levels together) are folded. A target of zero is a limit; a rate of money under 成本 or of a
    standard (200元/人) is meant exactly, unless it is called a cost (单位造价): amounts under 成本, costs, faults and delays
    are limits; the rest is at least.
    """
    bare = _BRACKETS.sub("", name)
    if zero:
        return "<="
    cost = "成本" in level
    rate = "/" in unit and unit.partition("/")[0] in MONEY
    standard = _STANDARD.search(bare)
    exact = (cost and not _COST.search(bare)) or (standard and not _EARNED.search(bare))
    if rate and exact and not _SAVED.search(bare) and not _CAPPED.search(bare):
        return "="
    if _SAVED.search(bare) and not _BAD_SHARE.search(bare):
        return ">="
    if cost and not (unit in ("%", "‰") and _SHARE.search(bare) and not _less(bare)):
        return "<="
    return "<=" if _less(bare) else ">="


def _less(name: str) -> bool:
    """Whether a name speaks of something that should be little."""
    if _BAD_SHARE.search(name) or _CONTROLLED.search(name):
        return True
    if _SHARE.search(name):
        return False
    if _SLOW.search(name) or _UNDONE.search(name):
        return True
    faults = list(_BAD.finditer(name))
    if not faults:
        cost = _COST.search(name)
        return cost is not None and not _REMEDY_AFTER.search(name, cost.end())
    return not _REMEDY_AFTER.search(name, faults[-1].end()) and not _REMEDY_BEFORE.search(name[: faults[-1].start()])
