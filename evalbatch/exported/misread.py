"""What cannot be read of a sheet of the bureau, in words: rows without a project, formulas without a value, headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..approved import Fault
from ..rules.words import listed, quoted

_CALCULATE = "请用 Excel 或 WPS 打开这个文件，保存后再运行一次"
_DIVIDE = "请只留下要核对的栏，或加一栏“合计”"
_NAME = "请在这些行补上项目代码或名称，是合计的写明“合计”，再运行一次。"


@dataclass(kw_only=True)
class Misread:
    """What a sheet's rows turned out to be, as they are read, each by where it stands.

    ``uncalculated`` are the formulas without a stored value by the heading of their column, ``unclear`` what stands
    below a heading of amounts, by that heading.
    """

    uncalculated: dict[str, list[str]] = field(default_factory=dict)
    unclear: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nameless: Sequence[str] = ()
    untold: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    @property
    def advice(self) -> str:
        """Why no amount can be read, and what to do; an empty text where that is not the reason."""
        if self.uncalculated:
            return f"{self._formulas()}。{_CALCULATE}"
        return f"{self._headings()}。{_DIVIDE}" if self.unclear else ""

    def faults(self, kind: str) -> Iterator[Fault]:
        """What there is to say, one fault for each kind of trouble."""
        if self.uncalculated:
            yield Fault(message=f"{kind}里{self._formulas()}；这些项目没有核对。", fix=f"{_CALCULATE}。")
        if self.unclear:
            yield Fault(message=f"{kind}里{self._headings()}；这些项目没有核对。", fix=f"{_DIVIDE}，再运行一次。")
        if self.untold:
            message = f"{kind}里有 {len(self.untold)} 行有金额而没有写项目，分不清是合计还是上面那个项目的另一笔：{listed(self.untold)}；"
            yield Fault(message=f"{message}上面的项目没有核对。", fix=_NAME)
        if self.lost:
            message = (
                f"{kind}里有 {len(self.lost)} 行有金额而没有写项目，不知道是哪个项目的，没有计入：{listed(self.lost)}。"
            )
            yield Fault(message=message, fix=_NAME)
        if self.nameless:
            message = f"{kind}里有 {len(self.nameless)} 行的单位或项目是错误值，或是没有存下结果的公式：{listed(self.nameless)}；"
            yield Fault(message=f"{message}看不出单位或项目的没有计入。", fix="请改正这些单元格，再运行一次。")
        if self.cancelled:
            message = f"{kind}里有 {len(self.cancelled)} 行的状态是作废或撤销，没有计入：{listed(self.cancelled)}。"
            yield Fault(message=message, fix="没有作废的请改正状态，再运行一次。")

    def _formulas(self) -> str:
        return "；".join(
            f"“{heading}”一栏有 {len(places)} 个公式没有存下结果：{listed(places)}"
            for heading, places in self.uncalculated.items()
        )

    def _headings(self) -> str:
        return "；".join(
            f"“{heading}”下面分成{'、'.join(map(quoted, names))}几栏，分不清哪些是要核对的金额"
            for heading, names in self.unclear.items()
        )
