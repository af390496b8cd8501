"""``evalbatch compare``: a workbook handed in again against the one before, or a folder against a folder."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..legible import shown
from ..manual import Command
from .common import (
    CLEAN,
    CONTROL,
    DEBUG,
    EXECUTED,
    FAILED,
    FOUND,
    POLICY,
    WAIVERS,
    Failure,
    inputs_of,
    note,
    save,
    say,
    serving,
    terms_of,
)

if TYPE_CHECKING:
    from ..comparison import Comparison
    from ..resubmission import Resubmission

PLACE = click.Path(path_type=Path)


@click.command(cls=Command, options_metavar="[选项]")
@click.argument("old", type=PLACE, metavar="OLD")
@click.argument("new", type=PLACE, metavar="NEW")
@POLICY
@WAIVERS
@CONTROL
@EXECUTED
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式"
)
@click.option("-o", "output", type=PLACE, help="另写一份对比工作簿（.xlsx）")
@DEBUG
def compare(old: Path, new: Path, form: str, output: Path | None, **terms_named: Any) -> None:
    """把重新报送的表和上次的对比：哪些问题改正了、仍有、新增，哪些数变了，对得分有什么影响。

    OLD 是上次的，NEW 是这次的：两份工作簿，或两个文件夹。文件夹里按单位编码、单位名称和评价年度配对。

    退出码：0 这次的表没有错误；1 有错误，或有文件读不了；2 有一边什么也没能读，或命令写错，或写不了输出。

    \b
    例：
      evalbatch compare 上次.xlsx 这次.xlsx
      evalbatch compare 第一次收到 第二次收到 -o 对比.xlsx
    """
    from ..progress import progress
    from ..versus import compare_all, look
    from ..writers.compared_json import compared
    from ..writers.compared_words import headline, lines
    from ..writers.result import to_json

    single = refuse_mixed(old, new)
    if output is not None:
        refuse_output(output, old, new)
    terms, apart = terms_of(**terms_named), serving(**terms_named)
    olds, news = (inputs_of([side], None, apart) for side in (old, new))

    def report(one: Comparison) -> None:
        if form == "text":
            say("\n".join([headline(one), *lines(one, alone=single)]))

    shows = nullcontext(_silent) if single else progress(len(olds) + len(news), "读取")
    with shows as step:
        sides = look(olds, news, terms, lambda result: step(result, ""))
    done = compare_all(*sides, terms, report, paired=single)
    if form == "json":
        click.echo(to_json(compared(done, terms.policy.name)), nl=False)
    elif not done.empty:
        say_rest(done)
    sum_up(done, single=single)
    if output is not None and not done.empty:
        from ..writers.compared import write_compared

        save(output, write_compared(done), beside=True)
    sys.exit(exit_code(done))


def _silent(result: Any, said: str) -> None:
    """Two workbooks are read in a moment."""


def refuse_mixed(old: Path, new: Path) -> bool:
    """Whether two workbooks were named, not two folders. Raises Failure for one of each, and for one that is not there."""
    for path in (old, new):
        if not path.exists():
            raise Failure(f"{shown(path)}：没有这个文件或文件夹，请检查名称和位置")
    if old.is_dir() != new.is_dir():
        folder, file = (old, new) if old.is_dir() else (new, old)
        raise Failure(
            f"{shown(folder)} 是文件夹，{shown(file)} 是文件，不能对比。请给两份工作簿，或两个文件夹，上次的写在前面"
        )
    if old.resolve() == new.resolve():
        raise Failure(f"上次的和这次的都是 {shown(old)}，没有可以对比的")
    return not old.is_dir()


def refuse_output(output: Path, old: Path, new: Path) -> None:
    """The workbook is written over nothing but another comparison, nor among the inputs. Raises Failure."""
    if output.suffix.lower() != ".xlsx":
        raise Failure(f"{shown(output)} 的后缀应为 .xlsx，对比工作簿只有这一种格式")
    place = output.resolve()
    if any(path.is_dir() and place.is_relative_to(path.resolve()) for path in (old, new)):
        raise Failure(f"{shown(output)} 在要对比的文件夹里，请写到别处，以免和填报表混在一起")
    if not output.exists():
        return
    if output.is_dir():
        raise Failure(f"{shown(output)} 是文件夹，请写明文件名")
    if not is_comparison(output):
        raise Failure(f"{shown(output)} 已经存在，不是以前写出的对比工作簿，没有覆盖。请换一个文件名")


def is_comparison(path: Path) -> bool:
    """Whether a file is a workbook of a comparison: it has the sheets of one, and no others."""
    from ..preflight import Refused, open_package
    from ..sheetxml import WorkbookFacts
    from ..writers.compared import TITLES

    try:
        return tuple(WorkbookFacts(open_package(path)).titles) == TITLES
    except Refused:
        return False


def say_rest(done: Resubmission) -> None:
    """Say what stands on one side alone, and what could not be told apart."""
    from ..writers.compared_words import alone_words, unclear_words, unit_words

    for alone in done.alone:
        say(f"{unit_words(alone.form)}：{alone_words(alone)}（{alone.form.file}，问题 {alone.form.findings} 处）")
    for unclear in done.unclear:
        say(f"{unit_words(unclear.any)}：{unclear_words(unclear)}")


def sum_up(done: Resubmission, *, single: bool) -> None:
    """Say which files could not be read, and what the comparison came to."""
    from ..resubmission import Side
    from ..writers.compared_words import summary

    for unread in done.unread:
        note(f"{unread.side.value}的 {unread.file}：{unread.reason}")
    if done.empty:
        none = "和".join(side.value for side in Side if not done.sides[side])
        note(f"{none}的表{'' if single else '一份也'}没能读，无法对比。要对比的是单位填的标准表，不是评分工作簿")
    elif not single:
        note(summary(done))


def exit_code(done: Resubmission) -> int:
    """0 without an error on the newer side, 1 with one or with unreadable files, 2 where a side could not be read."""
    if done.empty:
        return FAILED
    return CLEAN if done.clean else FOUND
