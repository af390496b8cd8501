"""What is one and the same on paper: full width forms, look-alikes, spaces, placeholders, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .figures import PLACEHOLDERS
from .units import is_known

APART = "¦"
"""Stands where digits must not run together: ``80`` and ``90`` on two lines, ``①3次``, ``10²``."""

REMEMBERED = 1024
"""How many texts are not read again: a form's names, units, targets and results are asked for by one rule after another."""

_ODD = re.compile("(?<=[0-9０-９])[²³¹⁰⁴-⁹₀-₉]|[¼½¾⅐-⅞①-⓿❶-➓㈠-㉃㊀-㊿㋀-㋿㏠-㏾]")
_RAISED = re.compile(r"\s+(?=[²³¹⁰⁴-⁹])")
_BETWEEN = re.compile(r"(?<=[0-9.,])\s+(?=[0-9.,])")
_METRES = re.compile(r"(?<![A-Za-z])(?:k?m2|hm2|m3)(?![0-9])")
_POWERS = {"m2": "平方米", "m3": "立方米", "km2": "平方公里", "hm2": "公顷"}
_SPACE = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xAD))
_LOOKALIKES = str.maketrans(
    {
        "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "≮": "≥", "≯": "≤", "》": ">", "〉": ">", "《": "<", "〈": "<",
        "═": "=", "﹦": "=", "×": "*", "·": "*", "•": "*", "∙": "*", "・": "*", "⋅": "*", "−": "-", "‐": "-",
        "‑": "-", "〜": "~", "∼": "~", "–": "—", "―": "—", "─": "—", "━": "—", "﹪": "%",
    }
)  # fmt: skip
_LEADS = re.compile(
    r"(?:年度)?(?:指标|目标|标准|计划|绩效)(?:值|目标|指标)?\d{0,2}[::]|指标\d{1,2}(?=\D*[≥≤<>=])|\(?\d{1,2}[、)](?=[≥≤<>=])|定量(?:指标)?[::]?"
)
_NOTHING = re.compile(rf"[.*/\\—\-~_…、,。{APART}]*")


@lru_cache(REMEMBERED)
def fold_value(text: str) -> str:
    """Fold a target or result: full width forms, look-alike operators and dashes, spaces, multiplication signs."""
    if not text.isascii():
        text = _ODD.sub(APART, _RAISED.sub("", text.translate(_INVISIBLE)))
        text = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    if not text.isalnum():
        text = _SPACE.sub("", _BETWEEN.sub(APART, text))
    if "m2" in text or "m3" in text:
        text = _METRES.sub(lambda match: _POWERS[match[0]], text)
    return text


def strip_noise(folded: str) -> str:
    """Take off ``指标1：`` in front and the full stop behind."""
    lead = _LEADS.match(folded)
    return (folded[lead.end() :] if lead else folded).rstrip("。;；,、.")


def is_nothing(folded: str) -> bool:
    """Whether a folded text only says that there is nothing: ``—``, ``/``, ``……``."""
    return folded in PLACEHOLDERS or _NOTHING.fullmatch(folded) is not None


# --- Chinese numerals ---------------------------------------------------------------------------------------------

_NUMERAL = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
_CHINESE = re.compile(
    rf"(?P<head>[^{_NUMERAL}]*?)(?:百分之(?P<percent>[{_NUMERAL}]+)|千分之(?P<mille>[{_NUMERAL}]+)"
    rf"|(?P<figure>[{_NUMERAL}万亿]*[{_NUMERAL}])(?P<large>[万亿])?(?P<rest>[^{_NUMERAL}]*?))"
    r"(?P<tail>以上|及以上|以下|及以下|以内|之内|内|左右)?"
)
_NO_COUNT = frozenset(
    [
        "级",
        "等",
        "期",
        "类",
        "层",
        "号",
        "届",
        "档",
        "流",
        "线",
        "体",
        "度",
        "本",
        "口",
        "头",
        "门",
        "部",
        "分",
        "种",
        "里",
        "月",
        "日",
        "年",
        "时",
        "片",
    ]
)
"""With a Chinese numeral these are a rank, a date or a figure of speech (一期, 一级, 一流), unless an operator stands there."""
_ROUGHLY = tuple("数几上多余近第")
"""Before a numeral these make it a rough one (数十次) or a rank."""
_IDIOM = re.compile(r"一.一.|一次性|一对一|第[一二三四五六七八九十]|[一两]个不|百分百")
_COUNTED = re.compile(
    r"[一二两三四五六七八九十百千]+余?(?:[个名场次期项台辆人户家批份件]|万?元|分之|天|小时)|[二三四五六七八九]成(?!员)|[过近一]半|半数"
)


def counts_something(folded: str) -> bool:
    """Whether a text counts something in Chinese numerals (三百余人), figures of speech (一户一档) aside."""
    return _COUNTED.search(_IDIOM.sub("", folded)) is not None


def arabic(folded: str) -> str | None:
    """A text with its one Chinese numeral written in digits; None where there is none that counts a known unit.

    万 and 亿 at the end of the numeral stay, as they do in the unit: 五万元 is 5万元.
    """
    if "百分百" in folded:
        folded = folded.replace("百分百", "百分之一百")
    match = _CHINESE.fullmatch(folded.replace("百分之百", "百分之一百"))
    if match is None:
        return None
    head, tail = match["head"], match["tail"] or ""
    if match["percent"] or match["mille"]:
        number = _number(match["percent"] or match["mille"])
        return None if number is None else f"{head}{number}{'%' if match['percent'] else '‰'}{tail}"
    large, rest = match["large"] or "", match["rest"]
    if not is_known(rest) or (rest in _NO_COUNT and not head) or head.endswith(_ROUGHLY):
        return None
    number = _number(match["figure"])
    return None if number is None else f"{head}{number}{large}{rest}{tail}"


@lru_cache(REMEMBERED)
def _number(numeral: str) -> str | None:
    import cn2an  # a tenth of a second to import, and seldom needed

    try:
        return str(cn2an.cn2an(numeral, "normal"))
    except ValueError:
        return None
