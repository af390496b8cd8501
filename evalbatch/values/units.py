"""Units: one spelling for each, and exact conversion within one dimension.

Ten thousand and a hundred million stay in the unit everywhere (``250万`` is 250 with the unit 万, ``3万人次`` is 3
万人次); hundreds and thousands written beside a figure are folded into the number by the reader of quantities.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

_SAME = {
    "%": "百分比 百分率 百分数",
    "‰": "千分比 千分率",
    "元": "圆 块 元整 元人民币",
    "人次": "人/次 人*次 人(次)",
    "平方米": "平米 平方",
    "平方公里": "平方千米",
    "立方米": "立方",
    "公顷": "ha",
    "公里": "千米 km Km KM",
    "米": "m",
    "厘米": "cm",
    "毫米": "mm",
    "吨": "t T",
    "公斤": "千克 kg Kg KG",
    "克": "g",
    "毫克": "mg",
    "微克": "μg ug",
    "分贝": "dB db",
    "℃": "°C 摄氏度",
    "升": "L l",
    "毫升": "ml mL ML",
    "千瓦时": "kWh KWH kwh",
    "天": "日 天数 个日",
    "工作日": "个工作日",
    "个月": "月 月份",
    "小时": "个小时 时 h",
    "分钟": "min",
    "季度": "个季度 季",
    "周": "星期 个星期 个周",
    "百分点": "个百分点",
    "场": "场次",
}
_COUNTERS = (
    "人次 个 人 名 位 份 次 件 户 篇 起 台 套 期 家 项 年 处 辆 册 本 批 张 条 座 间 栋 幢 支 只 头 块 片 口 眼 株 "
    "棵 例 宗 笔 门 部 种 类 组 队 村 所 盘 盏 幅 粒 箱 袋 瓶 包 把 根 亩 里 斤 秒 分 倍 美元 台套 千瓦 兆瓦 瓦 "
    "立方厘米 M MB GB TB V kV W kW MW Hz"
)
_CANON: dict[str, str] = {name: name for name in _COUNTERS.split()}
for _name, _variants in _SAME.items():
    _CANON[_name] = _name
    _CANON.update(dict.fromkeys(_variants.split(), _name))

MONEY = frozenset({"元", "万元", "亿元"})
TIME = frozenset({"天", "工作日", "小时", "分钟", "秒", "个月", "周", "季度", "年"})
BUNDLES = frozenset({"打", "罗", "令"})
"""Units of many: so many of them say nothing about the unit that stands in 计量单位."""
_MULTIPLIERS = {"万": 10_000, "亿": 100_000_000}
_MEASURES = frozenset(
    ["平方", "时", "里", "月", "日", "年", "分", "秒", "瓦", "倍", "周", "季", "升", "克", "斤", "天数", "星期"]
)
_CLASSIFIERS = "|".join(
    sorted(
        (u for u in _CANON if re.fullmatch(r"[\u4e00-\u9fff]{1,2}", u) and u not in _MEASURES), key=len, reverse=True
    )
)
_BARRED = "不未无或和及且与按以前后内外每约至到第的了完达成余多几号级等上下左右"
_WORD = rf"(?:(?![{_BARRED}])[\u4e00-\u9fff])"
_COUNTED = re.compile(rf"({_CLASSIFIERS})(?![次天日月时年均元])({_WORD}{{1,6}})")
_UNKNOWN = re.compile(rf"(?![年月日号时增减升降优良是有]|合格|达标)(?:{_WORD}){{1,4}}|[A-Za-zμ°]{{2,4}}")
_SEPARATORS = re.compile(r"[/*每]|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff])")


def fold_unit(text: str) -> str | None:
    """One spelling for a unit as written (already folded); None for what is no unit.

    百分比 is %, ㎡ is 平方米, 元/人/月 is 元/人*月, a classifier with its noun is the classifier (17个乡镇: 个). Short unknown
    words and letters (盏, 班次) are units as they stand.
    """
    known = _CANON.get(text)
    if known is not None or not text:
        return known or ""
    if _SEPARATORS.search(text):
        return _compound(text)
    return _simple(text)


def _simple(text: str) -> str | None:
    known = _CANON.get(text)
    if known is not None:
        return known
    if text[:1] in _MULTIPLIERS:
        rest = fold_unit(text[1:])
        return None if rest is None else text[0] + rest
    counted = _COUNTED.fullmatch(text)
    if counted:
        return _CANON[counted[1]]
    return text if _UNKNOWN.fullmatch(text) else None


def _compound(text: str) -> str | None:
    """``元/人/月``, ``元/人.月``, ``元每人每月`` and ``元/(人*月)`` are all ``元/人*月``."""
    plain = text.replace("(", "").replace(")", "").replace("/每", "/")
    above, slash, below = plain.partition("/") if "/" in plain else plain.partition("每")
    over = [_simple(part) for part in _SEPARATORS.split(above)]
    under = [_simple(part) for part in _SEPARATORS.split(below)] if slash else []
    if not all(over) or not all(under):
        return None
    per = ["月" if unit == "个月" else unit or "" for unit in under]
    return "*".join(unit or "" for unit in over) + ("/" + "*".join(per) if per else "")


def is_known(text: str) -> bool:
    """Whether a text is a unit of the list (with or without 万 or 亿, or so many 元 for each of something)."""
    base = text.lstrip("万亿")
    return text in _CANON or base in _CANON or (fold_unit(text) or "").partition("/")[0].lstrip("万亿") in _CANON


# --- conversion ---------------------------------------------------------------------------------------------------

_DIMENSIONS: dict[str, dict[str, tuple[int, int]]] = {
    "长度": {"公里": (1000, 1), "里": (500, 1), "米": (1, 1), "厘米": (1, 100), "毫米": (1, 1000)},
    "面积": {"平方公里": (1_000_000, 1), "公顷": (10_000, 1), "亩": (2000, 3), "平方米": (1, 1)},
    "重量": {"吨": (1000, 1), "公斤": (1, 1), "斤": (1, 2), "克": (1, 1000), "毫克": (1, 1_000_000)},
    "体积": {"立方米": (1000, 1), "升": (1, 1), "毫升": (1, 1000)},
    "时间": {"天": (86_400, 1), "小时": (3600, 1), "分钟": (60, 1), "秒": (1, 1)},
    "比例": {"%": (1, 100), "‰": (1, 1000)},
    "功率": {"兆瓦": (1_000_000, 1), "千瓦": (1000, 1), "瓦": (1, 1)},
    "人": {"人": (1, 1), "名": (1, 1), "位": (1, 1)},
}
_LARGEST = Decimal(10) ** 18
_FACTORS = {unit: (kind, factor) for kind, units in _DIMENSIONS.items() for unit, factor in units.items()}
_THINGS = frozenset(
    [
        "项",
        "家",
        "处",
        "所",
        "座",
        "条",
        "类",
        "种",
        "件",
        "套",
        "台",
        "支",
        "间",
        "栋",
        "幢",
        "口",
        "眼",
        "盏",
        "块",
        "村",
        "部",
        "门",
        "组",
        "队",
        "片",
        "宗",
        "起",
    ]
)
"""What 个 may stand for: a result of ``6项`` answers a target of ``5个``; people, times and copies are none of them."""


def convert(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Give a number of one unit in another of the same dimension, exactly where decimals allow; None where they differ.

    万 or 亿 alone fits any unit that may be counted so: 195.5万元 is 195.5 of 万. A hectare is 15 亩. Months and years
    are not converted.
    """
    if unit == wanted:
        return value
    ours, theirs = unit.partition("/"), wanted.partition("/")
    if sorted(ours[2].split("*")) != sorted(theirs[2].split("*")):
        return None
    over, under = _ratio(ours[0]), _ratio(theirs[0])
    if over[0] != under[0] and not _any_base(ours[0], theirs[0]) and not _generic(over[0], under[0]):
        return None
    with localcontext() as context:
        context.prec = 40
        converted = value * over[1] * under[2] / (over[2] * under[1])
    return converted if abs(converted) < _LARGEST else None


def _ratio(unit: str) -> tuple[str, int, int]:
    """The dimension of a unit and its factor to the base of it, as a fraction."""
    times = 1
    while unit[:1] in _MULTIPLIERS and unit not in _FACTORS:
        times *= _MULTIPLIERS[unit[0]]
        unit = unit[1:]
    kind, (above, below) = _FACTORS.get(unit, (unit, (1, 1)))
    return kind, times * above, below


def _any_base(unit: str, wanted: str) -> bool:
    """Whether one of them is 万 or 亿 alone and the other may be counted in it."""
    other = wanted if unit in _MULTIPLIERS else unit if wanted in _MULTIPLIERS else "%"
    return _FACTORS.get(other.lstrip("万亿"), ("", (1, 1)))[1] == (1, 1)


def _generic(kind: str, wanted: str) -> bool:
    pair = {kind, wanted}
    return "个" in pair and bool(pair & _THINGS)
