"""The command line: parse, call one function, print, exit.

What was asked for goes to stdout; progress, refusals and notes go to stderr. Heavy modules are imported by the
command that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import signal
import sys
import textwrap
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import INTERRUPTED, __version__, journal
from .legible import shown
from .manual import Group
from .settings import SettingsError

if TYPE_CHECKING:
    from .batch import Run, Wish
    from .inputs import Input
    from .model import Waiver
    from .policy import Policy
    from .work import Outcome, Terms

CLEAN, FOUND, FAILED = 0, 1, 2
"""Exit codes: no error; an error or an unreadable input; nothing could be done."""

BLANK_FORM = "预算绩效自评表.xlsx"
LISTED = 3
"""How many of many names are said."""

INPUTS = click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT…")
POLICY = click.option("--policy", default="national-2020", show_default=True, help="评分政策的名称，或一个 .toml 文件")

WAIVERS = click.option("--waivers", type=click.Path(path_type=Path), help="豁免文件（.toml），列出财政局同意不改的问题")

DEBUG = click.option("--debug", is_flag=True, expose_value=False, help="出错时显示技术细节")
"""Read by ``main``, where errors end."""


class Failure(Exception):
    """Something the user must know before anything can be done; ends the program with exit code 2."""


@click.group(
    cls=Group,
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="evalbatch", message="%(prog)s %(version)s", help="显示版本")
def cli() -> None:
    """预算绩效自评：读取标准表，逐数核对，逐项打分，逐条说明。

    \b
    例：
      evalbatch template -o 自评表.xlsx
      evalbatch check 自评表.xlsx
      evalbatch run 收到的文件夹 -o outputs
    """


@cli.command(options_metavar="[选项]")
@click.option("-o", "output", type=click.Path(path_type=Path), help="写到哪个文件（示例：哪个文件夹）")
@click.option("--example", is_flag=True, help="写出填好的示例")
def template(output: Path | None, example: bool) -> None:
    """写出空白标准表，或填好的示例。

    \b
    例：
      evalbatch template -o 自评表.xlsx
      evalbatch template --example -o 示例
    """
    from .examples import EXAMPLES, load
    from .writers.template import write_form

    if not example:
        blank = output or Path(BLANK_FORM)
        blank = blank / BLANK_FORM if blank.is_dir() else blank
        if blank.suffix.lower() != ".xlsx":
            raise Failure(f"{shown(blank)} 的后缀应为 .xlsx，标准表只有这一种格式")
        refuse_filled(blank)
        save(blank, write_form())
        return
    folder = output or Path()
    for name in EXAMPLES:
        filling = load(name)
        save(folder / filling["file"], write_form(filling))


def refuse_filled(path: Path) -> None:
    """A form somebody has filled is never overwritten with a blank one. Raises Failure."""
    from .preflight import Refused
    from .read import read_workbook

    if not path.exists():
        return
    try:
        filled = read_workbook(path, path.name).is_filled
    except Refused:
        filled = True
    if filled:
        raise Failure(f"{shown(path)} 已经存在，里面有内容，没有覆盖。请换一个文件名")


def save(path: Path, data: bytes) -> None:
    """Write a file the user named, and say so."""
    from .outputs import OutputError, write_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, data)
    except (OSError, OutputError) as error:
        raise Failure(
            str(error) if isinstance(error, OutputError) else f"{shown(path)} 不能写入，请检查文件夹和权限"
        ) from error
    say(f"已写出 {shown(path)}")


@cli.command(options_metavar="[选项]")
@INPUTS
@POLICY
@WAIVERS
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式"
)
@DEBUG
def check(inputs: tuple[Path, ...], policy: str, waivers: Path | None, form: str) -> None:
    """检查一个或一批填好的标准表，列出问题，不写文件。

    \b
    例：
      evalbatch check 自评表.xlsx
      evalbatch check 收到的文件夹 --format json
    """
    from .batch import check as check_batch
    from .model import Refusal
    from .work import JSON, headline

    terms, files = terms_of(policy, waivers), inputs_of(inputs, None)
    objects: list[str] = []

    def report(one: Input, outcome: Outcome) -> None:
        if isinstance(outcome.result, Refusal):
            note(f"{shown(one.name)}：{outcome.result.reason}")
        elif form != JSON:
            say(f"{shown(one.name)}：{headline(outcome.result)}")
            if outcome.printed:
                say(outcome.printed)
        objects.append(outcome.printed)

    done = check_batch(files, terms, form, report)
    if form == JSON:
        click.echo(json_array(objects), nl=False)
    note_idle_waivers(terms.waivers, done)
    if done.assessed > 1:
        note("同一单位报两份、指标表雷同等跨单位的问题，只有 evalbatch run 检查")
    sys.exit(exit_code(done))


@cli.command(options_metavar="[选项]")
@INPUTS
@click.option("-o", "output", required=True, type=click.Path(path_type=Path), help="输出文件夹")
@POLICY
@WAIVERS
@click.option(
    "--roster", type=click.Path(path_type=Path), help="应报单位名单（.xlsx 或 .csv），汇总表据此列出未报的单位"
)
@click.option("--tables", type=click.Choice(["csv", "parquet"]), help="另写四张明细表，供其他程序读取")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="同时用几个进程，不写时按处理器的个数")
@click.option("--fresh", is_flag=True, help="全部重新做，不沿用上次的结果")
@DEBUG
def run(inputs: tuple[Path, ...], output: Path, policy: str, waivers: Path | None, **wished: Any) -> None:
    """读取、核对、打分，为每个单位写出评分工作簿，并写出一份汇总表。

    \b
    例：
      evalbatch run 收到的文件夹 -o outputs
      evalbatch run 收到的文件夹 -o outputs --roster 应报单位.xlsx --tables csv
    """
    from .batch import run as run_batch
    from .outputs import OutputError
    from .progress import progress
    from .whole import Mismatch
    from .work import headline

    terms, wish, files = terms_of(policy, waivers), wish_of(**wished), inputs_of(inputs, output)
    with progress(len(files)) as step:

        def report(one: Input, outcome: Outcome) -> None:
            said = "" if outcome.skipped else f"{shown(one.name)}：{headline(outcome.result)}"
            step(outcome.result, said)

        try:
            done = run_batch(files, output, terms, report, wish)
        except (OutputError, Mismatch) as error:
            raise Failure(str(error)) from error
    note_idle_waivers(terms.waivers, done)
    sum_up(done, output)
    sys.exit(exit_code(done))


@cli.command(options_metavar="[选项]")
@click.argument("code", required=False)
def rules(code: str | None) -> None:
    """列出全部检查规则，或说明其中一条。

    \b
    例：
      evalbatch rules
      evalbatch rules M106
    """
    from .rules import CATALOGUE

    if code is None:
        for _, entry in sorted(CATALOGUE.items()):
            click.echo(f"{entry.code} {entry.name} {entry.severity.value}")
        return
    found = CATALOGUE.get(code.upper())
    if found is None:
        raise Failure(f"没有编号为“{shown(code)}”的规则。用 evalbatch rules 查看全部规则")
    click.echo(f"{found.code} {found.name}（{found.severity.value}，{found.phase.value}）\n\n{found.finds}\n")
    page = (
        ("为什么", found.why),
        ("怎么办", found.fix),
        ("依据", found.basis),
        ("反例", found.bad),
        ("正例", found.good),
    )
    for title, text in page:
        click.echo(f"{title}：{text}")


@cli.command(options_metavar="[选项]")
@click.argument("name", required=False)
def policies(name: str | None) -> None:
    """列出随程序提供的评分政策，或说明其中一份（也可以是一个 .toml 文件）。

    \b
    例：
      evalbatch policies
      evalbatch policies national-2020
      evalbatch policies 本县.toml
    """
    from .policytext import describe
    from .settings import names

    if name is not None:
        say(describe(load_policy(name)))
        return
    for known in names():
        say(f"{known} {load_policy(known).title}")


# --- helpers ------------------------------------------------------------------------------------------------------


def load_policy(name: str) -> Policy:
    """The policy of that name or file, which names no rule that does not exist. Raises SettingsError, Failure."""
    from .policy import load
    from .rules import CATALOGUE

    policy = load(name)
    unknown = [code for code in policy.checks if code not in CATALOGUE]
    if unknown:
        raise Failure(f"政策文件 {name} 的 checks {unknown[0]}：没有这条规则。用 evalbatch rules 查看全部规则")
    return policy


def terms_of(policy: str, waivers: Path | None) -> Terms:
    """The policy and the waivers of a run. Raises SettingsError, Failure."""
    from .work import Terms

    return Terms(policy=load_policy(policy), waivers=load_waivers(waivers))


def wish_of(jobs: int | None, fresh: bool, roster: Path | None, tables: str | None) -> Wish:
    """How a run is to be done. Raises SettingsError."""
    from .batch import Wish

    if tables is not None:
        from .writers.data import refuse_kind

        refuse_kind(tables)
    units = None
    if roster is not None:
        from .roster import load_roster

        units = load_roster(roster)
    return Wish(workers=jobs, fresh=fresh, roster=units, tables=tables)


def json_array(objects: Sequence[str]) -> str:
    """JSON texts as one array, laid out as its objects are."""
    inner = ",\n".join(text.rstrip("\n") for text in objects)
    return f"[\n{textwrap.indent(inner, '  ')}\n]\n" if objects else "[]\n"


def load_waivers(path: Path | None) -> tuple[Waiver, ...]:
    """The waivers of a file, those past their last day expired; none without a file. Raises SettingsError."""
    from .waivers import load

    return () if path is None else load(str(path), date.today())


def sum_up(done: Run, output: Path) -> None:
    """Say what a run came to, beside what it wrote."""
    from .model import Status
    from .work import headline

    if sys.stderr.isatty() or done.skipped:
        for refusal in done.refusals:
            note(f"{shown(refusal.file)}：{shown(headline(refusal))}")
    for kept in done.aside:
        note(f"有人改过上次的结果（如填了复核得分），已另存为 {shown(kept)}")
    counts = [f"{severity.value} {n}" for severity, n in done.crossed.items() if n]
    if counts:
        note(f"跨单位检查：{'、'.join(counts)}，见汇总表的问题总表")
    if done.others:
        first = "、".join(done.others[:LISTED]) + ("等" if len(done.others) > LISTED else "")
        note(f"{shown(output)} 里还有以前的结果 {len(done.others)} 份，这次没有它们的填报表：{first}。不再需要的请删去")
    skipped = f"其中 {done.skipped} 个没有变化，沿用上次的结果。" if done.skipped else ""
    said = "、".join(f"{status.value} {n}" for status in Status if (n := done.statuses[status]))
    read = f"{done.assessed} 个（{said}）" if said else "0 个"
    total = done.assessed + len(done.refusals)
    note(f"共 {total} 个文件，已评 {read}，未评 {len(done.refusals)} 个。{skipped}结果在 {shown(output)}")


def note_idle_waivers(waivers: Sequence[Waiver], done: Run) -> None:
    """Say which waivers cover nothing, and why."""
    if not waivers:
        return
    from .digest import uses
    from .waivers import WAIVED

    for waiver, words in uses(waivers, done.covered, done.idle):
        if not words.startswith(WAIVED):
            note(f"豁免文件第 {waiver.number} 条（{waiver.rule} {shown(waiver.unit)}）：{words}，没有起作用")


def inputs_of(paths: Sequence[Path], outputs: Path | None) -> list[Input]:
    """The input files. Raises Failure where there is none."""
    from .inputs import gather

    if outputs is not None and any(path.is_dir() and path.resolve() == outputs.resolve() for path in paths):
        raise Failure(f"输出文件夹 {shown(outputs)} 就是输入文件夹，请另选一个，以免结果和填报表混在一起")
    if not any(path.exists() for path in paths):
        raise Failure(f"{'、'.join(shown(path) for path in paths)}：没有这个文件或文件夹，请检查名称和位置")
    files = gather(paths, outputs)
    if not files:
        names = "、".join(shown(path) for path in paths)
        raise Failure(f"{names} 里没有文件可读。请确认文件夹里放了填好的标准表（.xlsx）")
    return files


def exit_code(done: Run) -> int:
    """0 without an error, 1 with one or with unreadable inputs, 2 where nothing could be read."""
    if not done.assessed:
        return FAILED
    return CLEAN if done.clean else FOUND


def say(text: str) -> None:
    """Print what was asked for, line by line."""
    for line in text.split("\n"):
        click.echo(shown(line))


def note(text: str) -> None:
    """Say something beside the result, in one line."""
    click.echo(shown(text), err=True)


def main() -> None:
    """Run the program: every way it can end is one Chinese line and an agreed exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        cli.main(standalone_mode=False)
    except (Failure, SettingsError) as failure:
        note(str(failure))
        sys.exit(FAILED)
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        click.echo(help_wanted.ctx.get_help() if help_wanted.ctx else "")
        sys.exit(FAILED)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        note("已中断")
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        note(usage_message(error))
        sys.exit(FAILED)
    except Exception:
        if "--debug" in sys.argv:
            raise
        reference = journal.record(traceback.format_exc())
        note(f"程序出错（编号 {reference}）。详情在 {shown(journal.place())}，请发给维护人员；加 --debug 可以直接显示")
        sys.exit(FAILED)


def usage_message(error: click.ClickException) -> str:
    """A usage error in Chinese."""
    said = "命令写得不对"
    if isinstance(error, click.NoSuchOption):
        said = f"没有选项 {shown(error.option_name)}"
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        said = f"缺少 {error.param.metavar or error.param.opts[0]}"
    elif isinstance(error, click.BadParameter) and error.param is not None:
        kind = error.param.type
        allowed = f"，可选：{'、'.join(map(str, kind.choices))}" if isinstance(kind, click.Choice) else ""
        said = f"{error.param.opts[0]} 的值不对{allowed}"
    elif isinstance(error, click.UsageError) and "No such command" in error.message:
        said = f"没有这个命令，可用的命令：{'、'.join(cli.commands)}"
    return f"{said}。用 evalbatch --help 查看用法"
