"""What whole runs cost, watched from outside, beside their targets: writes the last part of ``docs/benchmark.md``.

Run by ``make bench`` over few workbooks, by ``make bench RUNS="100 1000 5000"`` over many. Every run is the program as its
users start it, over copies of the reference form.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

from copies import write_copies  # noqa: E402
from measure import Took, machine, median  # noqa: E402
from reference import reference  # noqa: E402
from support import form_file  # noqa: E402
from watch import Ran, program, watched  # noqa: E402

PAGE = TESTS.parent / "docs" / "benchmark.md"
TITLE = "\n## 整批运行\n"
SIZES = (40, 100, 200)
"""Of the runs, ascending; the last one but one is also done by a single worker."""
FEW, TIMES = 10, 3
"""Workbooks of a short run, and how often it is done."""
ALONE = ("--jobs", "1")
WORKERS = 2
"""Which are held against one."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Everything that was run: a start, one form, few by one worker and by two, many, many once more."""

    start: Took
    one: Took
    few: Took
    few_alone: Took
    alone: Ran
    first: dict[int, Ran]
    again: dict[int, Ran]
    load: float

    @property
    def sizes(self) -> list[int]:
        return list(self.first)


class _Folder:
    """Where the forms lie and the results go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.form = form_file(folder, reference())

    def forms(self, count: int) -> Path:
        place = self.folder / f"forms-{count}"
        return place if place.exists() else write_copies(self.form, place, count)

    def run(self, count: int, *options: str) -> Ran:
        """Run over so many forms into an empty folder."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        forms = self.forms(count)
        return self.again(forms, *options)

    def again(self, forms: Path, *options: str) -> Ran:
        return watched(program("run", forms, "-o", self.folder / "out", *options))

    def short(self, count: int, *options: str) -> Took:
        return median([self.run(count, *options).took for _ in range(TIMES)])


def measure(folder: Path, sizes: Sequence[int]) -> Runs:
    """Run everything, one after the other."""
    place, first, again = _Folder(folder), {}, {}
    start = median([watched(program("--help")).took for _ in range(TIMES)])
    one, few, few_alone = place.short(1), place.short(FEW), place.short(FEW, *ALONE)
    for size in sizes:
        first[size] = place.run(size, "--jobs", str(WORKERS))
        again[size] = place.again(place.forms(size))
    return Runs(
        start=start,
        one=one,
        few=few,
        few_alone=few_alone,
        alone=place.run(sizes[-2], *ALONE),
        first=first,
        again=again,
        load=os.getloadavg()[1],
    )


# --- the page -----------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, bool | None]
"""What is measured, what came out, the target, whether it is met (None without a target)."""


def page(runs: Runs) -> Iterator[str]:
    """The lines of the page's last part."""
    yield from (TITLE.lstrip("\n"),)
    yield (
        f"每次都是用户那样启动的一次 `evalbatch run`，读参照作业的表，每份是另一个单位的；从外面看它和各子进程的时间和内存（"
        f"每 50 毫秒一次，与别的程序共用同一台机器，五分钟平均负载 {runs.load:.1f}）。{machine()}；{date.today().isoformat()}。"
    )
    yield '份数多的这样测：`make bench RUNS="100 1000 5000"`。'
    yield from ("", "| 量 | 测得 | 目标 | 达到 |", "|---|---:|---:|---|")
    for name, value, target, met in (*_time(runs), *_memory(runs), *_second(runs)):
        yield f"| {name} | {value} | {target} | {'' if met is None else '是' if met else '否'} |"
    yield from (
        "",
        "| 份数 | 处理器毫秒／份 | 钟面秒 | 主进程 MiB | 写汇总表时 MiB | 子进程 MiB | 汇总表秒 | 再跑钟面秒 | 再跑处理器秒 |",
    )
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for size in runs.sizes:
        one, more = runs.first[size], runs.again[size].took
        yield (
            f"| {size} | {one.took.cpu / size:.1f} | {one.took.wall / 1000:.1f} | {one.parent:.1f} | {one.highest:.1f} "
            f"| {one.worker:.1f} | {one.after.wall / 1000:.2f} | {more.wall / 1000:.2f} | {more.cpu / 1000:.2f} |"
        )


def dearer(each: Mapping[int, float]) -> float:
    """By which part a workbook costs more at the largest count than at the smallest; negative where it costs less."""
    return each[max(each)] / each[min(each)] - 1


def _time(runs: Runs) -> Iterator[Row]:
    middle = runs.sizes[-2]
    faster = runs.alone.took.wall / runs.first[middle].took.wall
    could = runs.first[middle].gain(WORKERS)
    more = dearer({size: one.took.cpu / size for size, one in runs.first.items()})
    yield "`evalbatch --help`，钟面毫秒", f"{runs.start.wall:.0f}", "", None
    yield "`evalbatch run` 一份，钟面毫秒", f"{runs.one.wall:.0f}", "", None
    slower = runs.few.wall / runs.few_alone.wall
    yield f"{FEW} 份：不写 `--jobs` 用的钟面时间，为 `--jobs 1` 的倍数", f"{slower:.2f}", "≤ 1.00", slower <= 1
    valid = "" if faster <= WORKERS else "（两次的负载不同，不作数）"
    yield (
        f"{middle} 份：两个子进程比一个快几倍（钟面）",
        f"{faster:.2f}{valid}",
        "≥ 1.90",
        None if valid else faster >= 1.9,
    )
    yield f"{middle} 份：应有的倍数，两个核都空着、只看处理器时间", f"{could:.2f}", "≥ 1.90", could >= 1.9
    yield (
        f"每份的处理器时间，{runs.sizes[-1]} 份比 {runs.sizes[0]} 份多几 %",
        f"{100 * more:+.1f}%",
        "≤ 10%",
        more <= 0.1,
    )


def _memory(runs: Runs) -> Iterator[Row]:
    least, most = runs.sizes[0], runs.sizes[-1]
    grown = runs.first[most].parent - runs.first[least].parent
    worker, growth = runs.first[most].worker, runs.first[most].growth
    yield f"主进程读表时的内存，{most} 份比 {least} 份多几 MiB", f"{grown:.1f}", "< 20", grown < 20
    yield f"子进程的内存，{most} 份，MiB", f"{worker:.1f}", "< 64", worker < 64
    yield f"子进程的内存，{most} 份，从第二个四分之一到最后一个四分之一长几 MiB", f"{growth:.1f}", "< 2", growth < 2


def _second(runs: Runs) -> Iterator[Row]:
    most = runs.sizes[-1]
    first, more, rolled = runs.first[most].took, runs.again[most].took, runs.first[most].after
    yield f"写汇总表，{most} 份，每份毫秒", f"{rolled.wall / most:.2f}", "", None
    yield (
        f"{most} 份没有变化，再跑一遍快几倍（钟面）",
        f"{first.wall / more.wall:.0f}",
        "≥ 50",
        first.wall >= 50 * more.wall,
    )
    yield (
        f"{most} 份没有变化，再跑一遍快几倍（处理器）",
        f"{first.cpu / more.cpu:.0f}",
        "≥ 50",
        first.cpu >= 50 * more.cpu,
    )


def main(sizes: Sequence[int]) -> None:
    """Measure and write the last part of the page anew."""
    folder = Path(tempfile.mkdtemp())
    try:
        lines = list(page(measure(folder, sizes)))
    finally:
        shutil.rmtree(folder)
    before = PAGE.read_text("utf-8").partition(TITLE)[0]
    PAGE.write_text("\n".join([before, *lines, ""]), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or SIZES)
