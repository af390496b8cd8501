"""``evalbatch check``: the findings of workbooks, and nothing written."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
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
    exit_code,
    inputs_of,
    note,
    note_idle_waivers,
    note_other_years,
    say,
    serving,
    terms_of,
)

if TYPE_CHECKING:
    from ..inputs import Input
    from ..work import Outcome


@click.command(cls=Command, options_metavar="[选项]")
@INPUTS
@POLICY
@WAIVERS
@CONTROL
@EXECUTED
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出格式"
)
@DEBUG
def check(inputs: tuple[Path, ...], form: str, **terms_named: Any) -> None:
    """检查一个或一批填好的标准表，列出问题，不写文件。

    \b
    例：
      evalbatch check 自评表.xlsx
      evalbatch check 收到的文件夹 --format json
    """
    from ..batch import check as check_batch
    from ..model import Refusal
    from ..work import JSON, headline

    terms, files = terms_of(**terms_named), inputs_of(inputs, None, serving(**terms_named))
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
    note_other_years(terms.books, done)
    if done.assessed > 1:
        note("同一单位报两份、指标表雷同等跨单位的问题，只有 evalbatch run 检查")
    sys.exit(exit_code(done))


def json_array(objects: Sequence[str]) -> str:
    """JSON texts as one array, laid out as its objects are."""
    inner = ",\n".join(text.rstrip("\n") for text in objects)
    return f"[\n{textwrap.indent(inner, '  ')}\n]\n" if objects else "[]\n"
