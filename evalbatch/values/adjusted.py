"""An adjusted target takes the place of the one before it: what only says by how much it was changed is none."""

from __future__ import annotations

import re

from ..model import Target, ValueKind
from .quantity import changes
from .spelling import fold_value, strip_noise

_SHIFT = re.compile(
    r"(?P<word>[+-]|(?:[调核追压缩扣削扩上下]?[增减加升降调](?:加|少|低|高)?|[多少])了?)(?=[0-9零一二两三四五六七八九十百千万半])"
)
"""``调减1座``, ``+1座``: what stands before the number says that it is a change; ``调减至11座`` is a level."""
_NO_OTHER = re.compile(
    r"(?:保持|维持)?不变|[未无没不](?:有|作|做|予)?(?:调整|变化|变动|调|变)|(?:同|与|按)(?:上|左|前|年初|年度|原)(?:指标值?|目标值?|数|值)?(?:一致|相同)?"
    r"|(?:已)?取消(?:该指标)?|(?:已)?撤销"
)


def adjusted(target: Target, before: Target, name: str) -> Target:
    """The target itself, not understood where it gives no level to be held against.

    ``before`` is 年度指标值: what is written as a change there too, or speaks of one in the indicator's ``name``, is meant so.
    """
    folded = strip_noise(fold_value(target.text))
    shift = _SHIFT.match(folded)
    as_before = shift and strip_noise(fold_value(before.text)).startswith(shift["word"])
    changed = shift and not as_before and not changes(name) and shift["word"] not in fold_value(name)
    if (changed and target.kind is not ValueKind.DATE) or _NO_OTHER.fullmatch(folded):
        return Target(text=target.text, kind=ValueKind.UNPARSED)
    return target
