"""The command line: parse, call one function, print, exit.

What was asked for goes to stdout; progress, refusals and notes go to stderr. Heavy modules are imported by the
command that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import signal
import sys
import traceback
from typing import NoReturn

import click

from . import INTERRUPTED, __version__, journal
from .commands.check import check
from .commands.common import FAILED, Failure, note
from .commands.compare import compare
from .commands.policies import policies
from .commands.rules import rules
from .commands.run import run
from .commands.template import template
from .legible import shown
from .manual import Group
from .settings import SettingsError
from .usage import usage_message


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
      evalbatch compare 第一次收到 第二次收到
    """


for command in (template, check, run, compare, rules, policies):
    cli.add_command(command)


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
        interrupted()
    except click.ClickException as error:
        note(usage_message(error))
        sys.exit(FAILED)
    except Exception as error:
        if was_interrupted(error):
            interrupted()
        if "--debug" in sys.argv:
            raise
        reference = journal.record(traceback.format_exc())
        note(f"程序出错（编号 {reference}）。详情在 {shown(journal.place())}，请发给维护人员；加 --debug 可以直接显示")
        sys.exit(FAILED)


def interrupted() -> NoReturn:
    """End as one who was asked to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    note("已中断")
    sys.exit(INTERRUPTED)


def was_interrupted(error: BaseException) -> bool:
    """Whether an error only came of an interruption: a library that is stopped while it writes may fail to close."""
    before = error.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or was_interrupted(before))
