"""The manual that ``--help`` prints, in Chinese throughout."""

from __future__ import annotations

import re
from typing import Any

import click

from .usage import Repeated


class _Chinese:
    """Headings and the help option of a command in Chinese."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这份说明"
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]  # type: ignore[attr-defined]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        if records:
            with formatter.section("选项"):
                formatter.write_dl([(name, _translated(text)) for name, text in records])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)


def _translated(text: str) -> str:
    text = re.sub(r"\s*\[(?:\d+<=)?x[<>]=\d+\]", "", text)
    return text.replace("[required]", "（必填）").replace("[default: ", "（默认 ").replace("]", "）")


class Command(_Chinese, click.Command):
    """A command whose manual is Chinese."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words apart. Raises UsageError also for what would be taken for something else.

        An option whose value is the next option (``-o --fresh``) or blank, one that is given twice, a blank input.
        """
        given = list(args)
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        options = [param for param in self.params if isinstance(param, click.Option)]
        names = {name for option in options for name in option.opts} | {""}
        values, _, order = self.make_parser(ctx).parse_args(given)
        for option in options:
            if not option.is_flag and (count := order.count(option)) > 1:
                raise Repeated(option.opts[0], count, ctx)
            if values.get(option.name or "") in names:
                raise click.BadOptionUsage(option.opts[0], f"Option '{option.opts[0]}' requires an argument.", ctx)
        for param in self.params:
            if isinstance(param, click.Argument) and "" in _all(values.get(param.name or "")):
                raise click.MissingParameter(ctx=ctx, param=param)
        return rest


def _all(value: Any) -> tuple[Any, ...]:
    """The values of an argument, of which there may be one or many."""
    return value if isinstance(value, tuple) else (value,)


class Group(_Chinese, click.Group):
    """A group of commands whose manual is Chinese."""

    command_class = Command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(60)) for name, command in self.commands.items()]
        with formatter.section("命令"):
            formatter.write_dl(rows)
