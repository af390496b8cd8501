"""``evalbatch template``: the blank form, or the worked examples."""

from __future__ import annotations

from pathlib import Path

import click

from ..legible import shown
from ..manual import Command
from .common import Failure, save

BLANK_FORM = "预算绩效自评表.xlsx"


@click.command(cls=Command, options_metavar="[选项]")
@click.option("-o", "output", type=click.Path(path_type=Path), help="写到哪个文件（示例：哪个文件夹）")
@click.option("--example", is_flag=True, help="写出填好的示例")
def template(output: Path | None, example: bool) -> None:
    """写出空白标准表，或填好的示例。

    \b
    例：
      evalbatch template -o 自评表.xlsx
      evalbatch template --example -o 示例
    """
    from ..examples import EXAMPLES, load
    from ..writers.template import write_form

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
    from ..preflight import Refused
    from ..read import read_workbook

    if not path.exists():
        return
    try:
        filled = read_workbook(path, path.name).is_filled
    except Refused:
        filled = True
    if filled:
        raise Failure(f"{shown(path)} 已经存在，里面有内容，没有覆盖。请换一个文件名")
