"""``evalbatch policies``: the shipped policies, or one in words."""

from __future__ import annotations

import click

from ..manual import Command
from .common import load_policy, say


@click.command(cls=Command, options_metavar="[选项]")
@click.argument("name", required=False)
def policies(name: str | None) -> None:
    """列出随程序提供的评分政策，或说明其中一份（也可以是一个 .toml 文件）。

    \b
    例：
      evalbatch policies
      evalbatch policies national-2020
      evalbatch policies 本县.toml
    """
    from ..policytext import describe
    from ..settings import names

    if name is not None:
        say(describe(load_policy(name)))
        return
    for known in names():
        say(f"{known} {load_policy(known).title}")
