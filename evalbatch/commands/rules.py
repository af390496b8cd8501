"""``evalbatch rules``: the catalogue, or one rule explained."""

from __future__ import annotations

import click

from ..legible import shown
from ..manual import Command
from .common import Failure


@click.command(cls=Command, options_metavar="[选项]")
@click.argument("code", required=False)
def rules(code: str | None) -> None:
    """列出全部检查规则，或说明其中一条。

    \b
    例：
      evalbatch rules
      evalbatch rules M106
    """
    from ..rules import CATALOGUE

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
