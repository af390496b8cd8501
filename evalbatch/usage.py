"""What is wrong with a command line, and what to write instead, in one Chinese line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import click

from .legible import shown

_SAID = re.compile(r"^'(.*?)' is not|^(\S+) is not in the range", re.S)
"""What stands there, in the words of click."""
_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)", re.S)
_OPTION = re.compile(r"[Oo]ption '(.*?)'")


class Repeated(click.BadOptionUsage):
    """An option that takes one value stands there several times."""

    def __init__(self, name: str, count: int, ctx: click.Context) -> None:
        super().__init__(name, f"Option '{name}' was given {count} times.", ctx)
        self.count = count


def usage_message(error: click.ClickException) -> str:
    """A usage error in words: what is wrong, what to write, an example of the command's own."""
    command = error.ctx.command if isinstance(error, click.UsageError) and error.ctx else None
    said = "。".join(_said(error, command)) or "命令写得不对"
    example = _example(command)
    asked = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "evalbatch"
    return f"{said}。{f'例如：{example}。' if example else ''}用 {asked} --help 查看用法"


def _said(error: click.ClickException, command: click.Command | None) -> Iterator[str]:
    if isinstance(error, click.exceptions.NoSuchCommand):
        yield from _no_command(error.command_name, command)
    elif isinstance(error, click.NoSuchOption):
        yield from _no_option(error.option_name, command)
    elif isinstance(error, Repeated):
        yield f"{error.option_name} 写了{'两' if error.count == 2 else f' {error.count} '}次，只能写一次"
    elif isinstance(error, click.BadOptionUsage):
        yield _without_value(error, command)
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        yield _missing(error.param)
    elif isinstance(error, click.BadParameter) and error.param is not None:
        yield _bad_value(error.param, error.message)
    elif extra := _EXTRA.search(error.message):
        yield f"多写了“{shown(extra[1])}”，文件名里有空格时请用引号括起来"


def _no_command(name: str, group: click.Command | None) -> Iterator[str]:
    names = list(group.commands) if isinstance(group, click.Group) else []
    near = difflib.get_close_matches(name, names, 1)
    yield f"没有“{shown(name)}”这个命令" + (f"，是不是 {near[0]}" if near else "")
    yield f"可用的命令：{'、'.join(names)}"


def _no_option(name: str, command: click.Command | None) -> Iterator[str]:
    """An option that there is not: the one with a near name, else all there are."""
    options = [one for one in command.params if isinstance(one, click.Option)] if command else []
    known = {spelled: one.opts[0] for one in options for spelled in (*one.opts, f"--{one.name}")}
    near = difflib.get_close_matches(name, known, 1)
    if near:
        yield f"没有选项 {shown(name)}，是不是 {known[near[0]]}"
    else:
        yield f"没有选项 {shown(name)}，可用的选项：{'、'.join([*(one.opts[0] for one in options), '--help'])}"


def _without_value(error: click.BadOptionUsage, command: click.Command | None) -> str:
    """An option without its value, or with one that takes none."""
    named = _OPTION.search(error.message)
    name = named[1] if named else error.option_name
    option = next((one for one in (command.params if command else ()) if name in one.opts), None)
    if isinstance(option, click.Option) and option.is_flag:
        return f"{name} 后面不写值，只写 {name}"
    return f"{name} 后面没有写值，应写{_wanted(option)}"


def _missing(param: click.Parameter) -> str:
    if isinstance(param, click.Argument):
        return f"缺少 {param.metavar or param.name}：请写明{_wanted(param)}"
    return f"缺少 {param.opts[0]}：请用 {param.opts[0]} 写明{_wanted(param)}"


def _bad_value(param: click.Parameter, message: str) -> str:
    found = _SAID.search(message)
    value = next((part for part in (found.groups() if found else ()) if part is not None), None)
    what = "的值不对" if value is None else f"不能写“{shown(value)}”"
    return f"{param.opts[0]} {what}，应写{_wanted(param)}"


def _wanted(param: click.Parameter | None) -> str:
    """What a parameter takes, in words."""
    if param is None:
        return "它的值"
    if isinstance(param.type, click.Choice):
        return f"其中一个：{'、'.join(map(str, param.type.choices))}"
    if isinstance(param.type, click.IntRange):
        low, high = param.type.min, param.type.max
        return f"不小于 {low} 的整数" if high is None else f"从 {low} 到 {high} 的整数"
    if isinstance(param, click.Option):
        return param.help or "它的值"
    return "要读的工作簿或文件夹" if isinstance(param.type, click.Path) else "它的值"


def _example(command: click.Command | None) -> str:
    """The first example of a command's manual."""
    lines = [line.strip() for line in ((command.help if command else "") or "").split("\n")]
    return next((line for line in lines if line.startswith("evalbatch ")), "")
