"""``evalbatch run``: a folder in, scored workbooks and a roll-up out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..legible import shown
from ..manual import Command
from .common import (
    CONTROL,
    DEBUG,
    EXECUTED,
    INPUTS,
    POLICY,
    WAIVERS,
    Failure,
    exit_code,
    few,
    inputs_of,
    nameless,
    note,
    note_idle_waivers,
    note_other_years,
    serving,
    terms_of,
)

if TYPE_CHECKING:
    from ..batch import Run, Wish
    from ..inputs import Input
    from ..reviews import Told
    from ..work import Outcome, Terms


@click.command(cls=Command, options_metavar="[选项]")
@INPUTS
@click.option("-o", "output", required=True, type=click.Path(path_type=Path), help="输出文件夹")
@POLICY
@WAIVERS
@CONTROL
@EXECUTED
@click.option(
    "--roster", type=click.Path(path_type=Path), help="应报单位名单（.xlsx 或 .csv），汇总表据此列出未报的单位"
)
@click.option("--tables", type=click.Choice(["csv", "parquet"]), help="另写四张明细表，供其他程序读取")
@click.option("--annotate", is_flag=True, help="另写退回修改的副本：填报单位自己的工作簿，问题标在单元格上")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="同时用几个进程，不写时按处理器的个数")
@click.option("--fresh", is_flag=True, help="全部重新做，不沿用上次的结果")
@DEBUG
def run(
    inputs: tuple[Path, ...],
    output: Path,
    policy: str,
    waivers: Path | None,
    control: Path | None,
    executed: Path | None,
    annotate: bool,
    **wished: Any,
) -> None:
    """读取、核对、打分，为每个单位写出评分工作簿，并写出一份汇总表。

    \b
    例：
      evalbatch run 收到的文件夹 -o outputs
      evalbatch run 收到的文件夹 -o outputs --roster 应报单位.xlsx --tables csv
      evalbatch run 收到的文件夹 -o outputs --annotate
    """
    from ..batch import run as run_batch
    from ..outputs import OutputError
    from ..progress import progress
    from ..whole import Mismatch
    from ..work import headline

    terms = replace(terms_of(policy, waivers, control, executed), annotate=annotate)
    wish, roster = expecting(wish_of(**wished), terms), wished["roster"]
    apart = [*serving(policy, waivers, control, executed), *([] if roster is None else [roster])]
    files = inputs_of(inputs, output, apart)
    if unnamed := nameless(roster or control, wish.roster or ()):
        note(unnamed)
    with progress(len(files)) as step:

        def report(one: Input, outcome: Outcome) -> None:
            said = "" if outcome.skipped else f"{shown(one.name)}：{headline(outcome.result)}"
            step(outcome.result, said)

        try:
            done = run_batch(files, output, terms, report, wish)
        except (OutputError, Mismatch) as error:
            raise Failure(str(error)) from error
    note_idle_waivers(terms.waivers, done)
    note_other_years(terms.books, done)
    sum_up(done, output)
    sys.exit(exit_code(done))


def wish_of(jobs: int | None, fresh: bool, roster: Path | None, tables: str | None) -> Wish:
    """How a run is to be done. Raises SettingsError."""
    from ..batch import Wish

    if tables is not None:
        from ..writers.data import refuse_kind

        refuse_kind(tables)
    units = None
    if roster is not None:
        from ..roster import load_roster

        units = load_roster(roster)
    return Wish(workers=jobs, fresh=fresh, roster=units, tables=tables)


def expecting(wish: Wish, terms: Terms) -> Wish:
    """Without a roster the units with an approved budget are those that should hand in."""
    if wish.roster is not None or terms.books.control is None:
        return wish
    from ..control import expected_of

    return replace(wish, roster=expected_of(terms.books.control))


def note_reviews(told: Told) -> None:
    """Say what became of what the officer wrote into the roll-up."""
    if told.unread:
        note(f"改过的汇总表读不了（{told.unread}），其中新填的复核没有放进新表，请从另存的那份抄回；以前读到的照样保留")
    for fault in told.faults:
        note(f"改过的汇总表：{fault}")
    if told.stays:
        note("汇总表里只改了复核各栏，其余与这次的结果相同，留着不动")
    elif told.placed:
        earlier = f"，其中 {told.earlier} 处是对以前报送的表写的，已标黄，请再看" if told.earlier else ""
        elsewhere = "别处的改动没有放进来，只在另存的那份里" if told.edited else ""
        note(f"复核得分、意见和整改情况共 {told.placed} 处已放进新的汇总表{earlier}。{elsewhere}")
    if told.left:
        said = dict.fromkeys(f"{one.review.row.whose.name or '没有单位名称'}（{one.why}）" for one in told.left)
        note(f"有 {len(told.left)} 处复核没有放回：{few([*said])}，列在汇总表的“未放回的复核”里")


def sum_up(done: Run, output: Path) -> None:
    """Say what a run came to, beside what it wrote."""
    from ..model import Status
    from ..work import headline

    if sys.stderr.isatty() or done.skipped:
        for refusal in done.refusals:
            note(f"{shown(refusal.file)}：{shown(headline(refusal))}")
    for kept in done.aside:
        note(f"有人改过上次的结果，已原样另存为 {shown(kept)}")
    note_reviews(done.reviews)
    counts = [f"{severity.value} {n}" for severity, n in done.crossed.items() if n]
    if counts:
        note(f"跨单位检查：{'、'.join(counts)}，见汇总表的问题总表")
    if done.others:
        note(
            f"{shown(output)} 里还有以前的结果 {len(done.others)} 份，这次没有它们的填报表：{few(done.others)}。不再需要的请删去"
        )
    if done.annotated or done.unmarked:
        for name, why in done.unmarked:
            note(f"{shown(name)}：没有写出退回修改的副本。{shown(why)}")
        without = f"，另有 {len(done.unmarked)} 份没有写出，原因见上" if done.unmarked else ""
        note(f"退回修改的副本 {done.annotated} 份{without}")
    skipped = f"其中 {done.skipped} 个没有变化，沿用上次的结果。" if done.skipped else ""
    said = "、".join(f"{status.value} {n}" for status in Status if (n := done.statuses[status]))
    read = f"{done.assessed} 个（{said}）" if said else "0 个"
    total = done.assessed + len(done.refusals)
    note(f"共 {total} 个文件，已评 {read}，未评 {len(done.refusals)} 个。{skipped}结果在 {shown(output)}")
