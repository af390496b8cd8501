"""What a workbook costs, beside what it would cost otherwise: writes ``docs/benchmark.md``.

Run by ``make bench``. Everything is measured in one process, in turns; the ratios hold on any machine, the times only
on the one that is named.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

from content import Sheet, cell_counts, sheets  # noqa: E402
from floor import player, read  # noqa: E402
from measure import Took, machine, median, side_by_side, took  # noqa: E402
from reference import reference  # noqa: E402
from script import NAMED, NEW, SHARED, run  # noqa: E402
from support import form_file  # noqa: E402
from tape import recording  # noqa: E402
from xlsxwriter.workbook import Workbook  # noqa: E402

from evalbatch.engine import JOBS_EACH, each  # noqa: E402
from evalbatch.evaluate import evaluate  # noqa: E402
from evalbatch.gathered import Gathered  # noqa: E402
from evalbatch.policy import load  # noqa: E402
from evalbatch.preflight import open_package  # noqa: E402
from evalbatch.read import read_workbook  # noqa: E402
from evalbatch.work import Job, Terms, digest, work  # noqa: E402
from evalbatch.writers.result import result, to_json  # noqa: E402
from evalbatch.writers.rollup import write_rollup  # noqa: E402
from evalbatch.writers.scored import write_scored  # noqa: E402
from evalbatch.writers.style import worksheet_classes  # noqa: E402

ROUNDS, RUNS, START_UPS = 11, 3, 5
MANY, FEW, ROLLED_UP = 40, 10, 300
"""Files of a long run and of a short one, and how many a roll-up takes in."""
PAGE = TESTS.parent / "docs" / "benchmark.md"

PRODUCT, FLOOR, TIGHT = "evalbatch", "底线", "底线（换用本程序的工作表类）"
SCRIPTS = {
    NAMED: "pandas + openpyxl 脚本，命名样式",
    SHARED: "pandas + openpyxl 脚本，逐格设样式，样式对象共用",
    NEW: "pandas + openpyxl 脚本，逐格新建样式",
}


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The reference form, the terms it is judged on, and what its scored workbook holds."""

    form: Path
    stage: Path
    terms: Terms
    content: list[Sheet]
    floor: Callable[[], bytes]
    tight: Callable[[], bytes]
    cells: int

    def job(self, number: int = 0) -> Job:
        """The reference job: form in, scored workbook and JSON out."""
        return Job(number=number, path=self.form, name=self.form.name, stage=self.stage)


class _TightBook(Workbook):  # type: ignore[misc]
    worksheet_class = worksheet_classes()[0]


def prepare(folder: Path) -> Bench:
    """Make the form, and record what its scored workbook is made of."""
    form, terms = form_file(folder, reference()), Terms(policy=load())
    stage = folder / "stage"
    stage.mkdir()
    evaluation = evaluate(read_workbook(form, form.name), terms.policy)
    with recording() as tape:
        workbook = write_scored(evaluation, terms.policy)
    floor, tight = player(tape), player(tape, _TightBook)
    assert floor() == tight() == workbook
    content = sheets(tape)
    for how in SCRIPTS:
        assert cell_counts(run(form, content, how)) == cell_counts(workbook)
    return Bench(
        form=form,
        stage=stage,
        terms=terms,
        content=content,
        floor=floor,
        tight=tight,
        cells=sum(cell_counts(workbook)),
    )


def whole(bench: Bench) -> dict[str, float]:
    """The reference job beside the floor and the scripts."""
    calls: dict[str, Callable[[], object]] = {
        PRODUCT: lambda: work(bench.job(), bench.terms),
        FLOOR: lambda: (read(bench.form), bench.floor()),
        TIGHT: lambda: (read(bench.form), bench.tight()),
    }
    scripts = {words: lambda how=how: run(bench.form, bench.content, how) for how, words in SCRIPTS.items()}
    return side_by_side({**calls, **scripts}, ROUNDS)


def parts(bench: Bench) -> dict[str, float]:
    """What the parts of the job cost."""
    policy, name = bench.terms.policy, bench.form.name
    submission = read_workbook(bench.form, name)
    evaluation = evaluate(submission, policy)
    one = digest(evaluation)
    gathered = Gathered(digests=lambda: ((f"{one.stem}({n})", one) for n in range(ROLLED_UP)), refusals=())
    times = side_by_side(
        {
            "预检": lambda: open_package(bench.form),
            "读取": lambda: read_workbook(bench.form, name),
            "核对、打分、检查": lambda: evaluate(submission, policy),
            "写评分工作簿": lambda: write_scored(evaluation, policy),
            "　其中 XlsxWriter 自己": bench.tight,
            "写 JSON": lambda: to_json(result(evaluation)),
            "汇总表": lambda: write_rollup(gathered),
        },
        ROUNDS,
    )
    times["读取"] -= times["预检"]
    times["汇总表"] /= ROLLED_UP
    return times


def runs(bench: Bench) -> dict[tuple[int, int], Took]:
    """Runs over few and many files: without worker (0), with one, with two."""
    taken: dict[tuple[int, int], list[Took]] = {}
    for _ in range(RUNS):
        for files in (FEW, MANY):
            for workers in (0, 1, 2):
                jobs = [bench.job(number) for number in range(files)]
                taken.setdefault((files, workers), []).append(took(lambda: _run(bench, jobs, workers)))  # noqa: B023
    return {key: median(some) for key, some in taken.items()}


def _run(bench: Bench, jobs: list[Job], workers: int) -> None:
    if workers:
        for _ in each(jobs, bench.terms, workers):
            pass
    else:
        for job in jobs:
            work(job, bench.terms)


def start_up() -> dict[str, float]:
    """Processor time of a bare Python and of the commands that only start."""
    commands = {"Python 自己": ["-c", "pass"], "evalbatch --help": ["-m", "evalbatch", "--help"]}
    commands["读写工作簿的各模块"] = ["-c", "import evalbatch.cli, evalbatch.batch, xlsxwriter.workbook"]
    taken: dict[str, list[Took]] = {name: [] for name in commands}
    for _ in range(START_UPS):
        for name, words in commands.items():
            started = [sys.executable, *words]
            taken[name].append(took(lambda: subprocess.run(started, check=True, capture_output=True)))  # noqa: B023
    return {name: median(some).cpu for name, some in taken.items()}


# --- the page -----------------------------------------------------------------------------------------------------


def page(bench: Bench) -> Iterator[str]:
    """The lines of the page."""
    job, part, ran, started = whole(bench), parts(bench), runs(bench), start_up()
    product, floor = job[PRODUCT], job[FLOOR]
    yield "# 一份自评表要用多少时间"
    yield from ("", "`make bench` 在本机重测并重写这一页。时间因机器而异，倍数大致不变。", "")
    yield f"- 机器：{machine()}；{date.today().isoformat()}。"
    yield (
        f"- 参照作业：8 个项目、80 个指标的自评表，读入、全部检查、打分，写出评分工作簿（{bench.cells} 个单元格）和 JSON；"
        f"处理器时间，{ROUNDS} 轮交替测量取中位数。"
    )
    yield "- 底线：calamine 读同一份表，XlsxWriter（`in_memory`）写同样的单元格，中间什么都不做；写出的文件与评分工作簿逐字节相同。"
    yield "- 脚本：pandas 读同一份表，openpyxl 写同样的工作表、单元格和格式；单元格的内容事先给定，不检查、不打分。"
    yield from ("", "| 做法 | 毫秒 | 为 evalbatch 的倍数 | 为底线的倍数 |", "|---|---:|---:|---:|")
    for name, ms in job.items():
        yield f"| {name} | {ms:.0f} | {ms / product:.2f} | {ms / floor:.2f} |"
    yield from (
        "",
        f"底线的 {100 * (1 - job[TIGHT] / floor):.0f}% 是 XlsxWriter 在每个公式里找 Excel 2007 以后的函数。",
    )
    yield "评分工作簿里没有这样的函数，本程序的工作表类不找，所以另有一行。"
    yield from ("", "## 时间用在哪里", "", "| 部分 | 毫秒 | 占作业 |", "|---|---:|---:|")
    for name, ms in part.items():
        yield f"| {name}{f'（{ROLLED_UP} 份，每份）' if name == '汇总表' else ''} | {ms:.2f} | {100 * ms / product:.1f}% |"
    yield from _protection(part["预检"], ran, product)
    yield from _workers(ran)
    yield from ("", "## 启动", "", "| 命令 | 毫秒 |", "|---|---:|")
    yield from (f"| {name} | {ms:.0f} |" for name, ms in started.items())


def _protection(preflight: float, ran: dict[tuple[int, int], Took], product: float) -> Iterator[str]:
    alone, inside = ran[MANY, 0].cpu / MANY, ran[MANY, 1].cpu / MANY
    yield from ("", "## 预检和隔离的代价", "", "| 部分 | 毫秒 | 占作业 |", "|---|---:|---:|")
    for name, ms in (("预检", preflight), (f"隔离：在子进程里做（{MANY} 份，含启动子进程，每份）", inside - alone)):
        yield f"| {name} | {ms:.2f} | {100 * ms / product:.1f}% |"
    yield f"| 合计 | {preflight + inside - alone:.2f} | {100 * (preflight + inside - alone) / product:.1f}% |"


def _workers(ran: dict[tuple[int, int], Took]) -> Iterator[str]:
    yield from ("", "## 几个子进程", "")
    yield "`应有的倍数`只看处理器时间：两个核都空着时能快到的倍数。钟面时间受同一台机器上别的程序影响。"
    yield from (
        "",
        "| 份数 | 子进程 | 处理器毫秒／份 | 钟面毫秒／份 | 应有的倍数 | 钟面快 |",
        "|---:|---:|---:|---:|---:|---:|",
    )
    for (files, workers), one in ran.items():
        base = ran[files, 0]
        used = min(workers, -(-files // JOBS_EACH))
        could = max(1, used) * base.cpu / one.cpu
        said = f"{workers}（用 {used}）" if used != workers else str(workers or "不用")
        yield f"| {files} | {said} | {one.cpu / files:.1f} | {one.wall / files:.1f} | {could:.2f} | {base.wall / one.wall:.2f} |"
    yield from ("", f"{MANY} 份时，两个子进程的钟面速度是一个的 {ran[MANY, 1].wall / ran[MANY, 2].wall:.2f} 倍。")


def main() -> None:
    """Measure and write the page."""
    warnings.simplefilter("ignore")
    folder = Path(tempfile.mkdtemp())
    try:
        bench = prepare(folder)
        gc.freeze()  # what is held for measuring alone costs nobody anything
        PAGE.write_text("\n".join([*page(bench), ""]), "utf-8")
    finally:
        shutil.rmtree(folder)
    print(PAGE.read_text("utf-8"))


if __name__ == "__main__":
    main()
