"""Form rule F210: what stands where nothing is read."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

from ..model import BLANK, Drift, Severity
from ..spec import Place
from .case import Case, Held
from .catalogue import Found, Phase, rule
from .words import LISTED, cells, quoted


@rule("F210", "填在没有栏目的地方", Severity.WARNING, Phase.SHEET)
def aside(case: Case) -> Iterator[Found | Held]:
    """填写的格子空着，内容却在它的右边；或者数字写在没有标题、没有行名的地方，系统没有读。

    Why: 系统按标题和行名读数，填偏一格的内容读不到，看上去却像填了。
    Fix: 把内容移到栏目自己的格子里；自己记的数，请加上标题，或者删去。
    Basis: [form] 标准表的内容在标题的下方，或名称右边的一格；[practice] 插入一列、粘贴时错开一格是常见的误操作。
    Bad: 单位信息的退休人数 B11 空着，2 填在 C11。
    Good: 退休人数 B11 填 2，C11 空着。
    """
    found = [d for d in case.submission.departures if d.drift is Drift.ASIDE]
    for departure in (d for d in found if d.near):
        wanted = Place(departure.place.sheet, (departure.near or "").rpartition("!")[2])
        where, name = departure.place.ref, departure.name
        yield Found(
            cells=(wanted, departure.place),
            message=f"{wanted}（{name}）空着，右边的 {where} 有内容，像是填偏了，没有读取。",
            found=f"内容在 {where}",
            expected=f"填在 {wanted.ref}",
            fix=f"请把 {where} 的内容移到 {wanted.ref}。",
            effect="按没有填处理。",
        )
    lost = {_row(d.place) for d in case.submission.departures if d.drift is Drift.MISSING_HEADING and d.near == BLANK}
    loose = []
    for departure in (d for d in found if not d.near):
        if held := case.hold({"F201": _row(departure.place) in lost}):
            yield held
        else:
            loose.append(departure)
    for sheet in dict.fromkeys(departure.place.sheet for departure in loose):
        here = [departure for departure in loose if departure.place.sheet == sheet]
        there = tuple(departure.place for departure in here)
        words = "、".join(quoted(departure.name, 12) for departure in here[:LISTED])
        yield Found(
            cells=there,
            message=f"{cells(there)}写着{words}，那里没有栏目，没有读取。",
            found=words,
            expected="数字填在有标题或行名的格子里",
            fix="如果是要报的数，请移到它的栏目；自己记的数可以不管。",
            severity=Severity.NOTICE,
            alike=True,
        )


def _row(place: Place) -> tuple[str, str]:
    """The sheet and the number of the row a cell stands in."""
    return place.sheet, place.ref.lstrip(ascii_uppercase)
