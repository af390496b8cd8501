"""Text rules P2xx on wording: what is said twice, and numbers that skip."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Severity
from .case import Case, Held
from .catalogue import Found, Phase, places, rule
from .prose import CLAUSE, SENTENCE, Item, Passage, Spot, sentence_at, split
from .words import at, quoted

_CLAUSE_LEAST, _SENTENCE_LEAST = 5, 12
"""How many Chinese characters a clause, and a sentence, must have to count as repeated."""

_HAN = re.compile(r"[一-鿿]")
_NUMBERED = re.compile(r"^(?:\(?[\d一二三四五六七八九十]{1,3}[.、)是]|[①-⑳])+")
_EACH = re.compile(r"分别|依次|各项|逐项为|如下")
_DOUBLED = re.compile(
    r"(?<![标有是])(?<!(?<!项)目)的的(?!确)|(?P<word>进行|开展|根据|按照|以及|并且|由于|因为|已经|加强|提高|针对)(?P=word)(?![会性型化率])"
)


@rule("P202", "语句重复", Severity.WARNING, Phase.CELL)
def repeated(case: Case) -> Iterator[Found | Held]:
    """同一个分句紧接着又写一遍，同一句话在一段文字里写了两次，或者一个词叠写了两遍（“进行进行”）。

    Why: 多半是复制粘贴留下的，也可能把该写的另一句盖掉了。
    Fix: 删去多出的一遍；本来要写别的内容的，补上那一句。
    Basis: [form] 公开的自评报告里有“从评价情况来看，从评价情况来看”；[practice] 复核时指出。
    Bad: 从评价情况来看，从评价情况来看，项目完成良好
    Good: 从评价情况来看，项目完成良好
    """
    for passage in case.passages:
        often = _how_often(passage)
        if not often:
            continue
        said = "，".join(f"{'、'.join(words)}写了{'两' if n == 2 else f' {n} '}遍" for n, words in often.items())
        yield Found(
            cells=places(passage.entry),
            record=passage.code,
            message=f"{at(passage.entry, passage.heading)}里{said}。",
            found="、".join(word for words in often.values() for word in words),
            expected="只写一遍",
            fix="请删去多出的一遍；本来要写别的内容的，改成那一句。",
            effect="不影响得分。",
        )


def _how_often(passage: Passage) -> dict[int, list[str]]:
    """What is said more than once, quoted, by how often it is said."""
    again: dict[str, list[Spot]] = {}
    for spot in sorted({*_clauses_twice(passage.text), *_sentences_twice(passage)}):
        again.setdefault(_bare(passage.text, spot), []).append(spot)
    counted = [(spots[0], len(spots) + 1) for spots in again.values()]
    often: dict[int, list[str]] = {}
    for spot, n in sorted([*counted, *((spot, 2) for spot in _words_twice(passage.text))]):
        words = often.setdefault(n, [])
        if (word := quoted(passage.typed(spot))) not in words:
            words.append(word)
    return often


def _bare(text: str, spot: Spot) -> str:
    """A stretch without its number and its spaces."""
    return _NUMBERED.sub("", "".join(text[spot[0] : spot[1]].split()))


def _clauses_twice(text: str) -> Iterator[Spot]:
    """The clauses that only repeat the one before them."""
    before = ""
    for spot in split(text, CLAUSE):
        clause = _bare(text, spot)
        if clause == before and len(_HAN.findall(clause)) >= _CLAUSE_LEAST:
            start, _ = sentence_at(text, spot[0])
            if not _EACH.search(text, start, spot[0]):
                yield spot
        before = clause


def _sentences_twice(passage: Passage) -> Iterator[Spot]:
    """The sentences said before in the same item; what stands under several items may be the same."""
    text, starts = passage.text, {item.spot[0] for item in passage.items}
    seen: set[str] = set()
    for spot in split(text, SENTENCE):
        if spot[0] in starts:
            seen = set()
        sentence = _bare(text, spot)
        if sentence in seen and len(_HAN.findall(sentence)) >= _SENTENCE_LEAST:
            yield spot
        seen.add(sentence)


def _words_twice(text: str) -> Iterator[Spot]:
    yield from (match.span() for match in _DOUBLED.finditer(text))


# --- numbering ----------------------------------------------------------------------------------------------------

_KIN = (frozenset({"digit.", "digit、"}), frozenset({"pdigit", "phan"}), frozenset({"han", "phan"}))
"""Styles that are taken for one another by mistake: the number goes on, the brackets or dots change."""
_FAR = 5
"""A number that is more than this ahead is hardly the next item."""


@rule("P203", "编号不连续", Severity.NOTICE, Phase.CELL)
def broken_numbering(case: Case) -> Iterator[Found | Held]:
    """一段文字里的编号跳了号、重了号（1. 2. 4.），或者同一层换了写法（（一）以后是（2））。

    Why: 跳号常常是漏了一条；重号、换写法让人引用时说不清是哪一条。
    Fix: 补上漏掉的一条，或把编号改连续、改成同一种写法。
    Basis: [practice] 复核时对照条目，编号不连续的先问是否漏项。
    Bad: 1.成立小组 2.收集资料 4.撰写报告
    Good: 1.成立小组 2.收集资料 3.撰写报告
    """
    for passage in case.passages:
        broken = _broken(passage)
        if broken is None:
            continue
        last, item = broken
        mixed = last.style != item.style
        kind = "换了写法" if mixed else "重了号" if item.number <= last.number else "跳了号"
        said = _said(passage, last), _said(passage, item)
        yield Found(
            cells=places(passage.entry),
            record=passage.code,
            message=f"{at(passage.entry, passage.heading)}的编号{kind}：{said[0]}后面是{said[1]}。",
            found=said[1],
            expected=f"第 {last.number + 1} 条，与前面同一种写法",
            fix="请把编号改成同一种写法。" if mixed else "请补上漏掉的一条，或把编号改连续。",
            effect="不影响得分。",
        )


def _said(passage: Passage, item: Item) -> str:
    start, end = item.spot
    return quoted(passage.typed((start, min(sentence_at(passage.text, end)[1], end + 8))))


def _broken(passage: Passage) -> tuple[Item, Item] | None:
    """The first number that does not follow, with the one it should follow; None where all follow.

    A list may begin anew at 1 at any time, and an outer list go on after an inner one in the same style.
    """
    lists: dict[str, list[Item]] = {}
    last: Item | None = None
    for item in passage.items:
        own = lists.setdefault(item.style, [])
        if item.number == 1:
            if own and own[-1] is last and own[-1].number == 1 and _side_by_side(passage.text, own[-1], item):
                return own[-1], item
            own.append(item)
        else:
            while own and own[-1].number != item.number - 1 and any(one.number == item.number - 1 for one in own):
                own.pop()
            if own and own[-1].number == item.number - 1:
                own[-1] = item
            elif own and own[-1].number - 1 <= item.number <= own[-1].number + _FAR:
                if not _is_there(passage.text, own[-1], item):
                    return own[-1], item
                own[-1] = item
            elif last is not None and last.number == item.number - 1 and {last.style, item.style} in _KIN and not own:
                return last, item
            else:
                own.append(item)
        last = item
    return None


def _is_there(text: str, last: Item, item: Item) -> bool:
    """Whether the number before an item stands between the two, before a figure that hides it: 2.12场, 三、一体化."""
    number = item.number - 1
    written = f"{number}|{'零一二三四五六七八九十'[number]}" if number <= 10 else str(number)
    return re.search(rf"[。;:!\n]\s*(?:{written})[.、]", text[last.spot[1] : item.spot[0]]) is not None


def _side_by_side(text: str, first: Item, second: Item) -> bool:
    """Whether a second 1 follows the first as an item of the same list, nothing between to head another list."""
    between = text[first.spot[1] : second.spot[0]].rstrip()
    return between.endswith(("。", ";")) and "\n" not in between and ":" not in between
