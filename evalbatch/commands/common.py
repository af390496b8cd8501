"""What commands share: their options, the terms they name, how they speak, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..legible import shown

if TYPE_CHECKING:
    from ..approved import Books
    from ..batch import Run
    from ..gathered import Expected
    from ..inputs import Input
    from ..model import Waiver
    from ..policy import Policy
    from ..work import Terms


CLEAN, FOUND, FAILED = 0, 1, 2
"""Exit codes: no error; an error or an unreadable input; nothing could be done."""

INPUTS = click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT…")
POLICY = click.option("--policy", default="national-2020", show_default=True, help="评分政策的名称，或一个 .toml 文件")

WAIVERS = click.option("--waivers", type=click.Path(path_type=Path), help="豁免文件（.toml），列出财政局同意不改的问题")

CONTROL = click.option("--control", type=click.Path(path_type=Path), help="批复数据（.xlsx 或 .csv），核对预算数和项目")
EXECUTED = click.option(
    "--executed", type=click.Path(path_type=Path), help="支付或执行数据（.xlsx 或 .csv），核对执行数"
)
"""The bureau's own figures, as its systems export them."""

DEBUG = click.option("--debug", is_flag=True, expose_value=False, help="出错时显示技术细节")
"""Read by ``main``, where errors end."""


LISTED = 3
"""How many of many names are said."""


class Failure(Exception):
    """Something the user must know before anything can be done; ends the program with exit code 2."""


def terms_of(policy: str, waivers: Path | None, control: Path | None, executed: Path | None) -> Terms:
    """The policy, the waivers and the bureau's figures of a run. Raises SettingsError, Failure."""
    from ..work import Terms

    terms = Terms(policy=load_policy(policy), waivers=load_waivers(waivers), books=load_books(control, executed))
    for lacking in not_compared(terms.books):
        note(lacking)
    return terms


def not_compared(books: Books) -> list[str]:
    """In words, what no form can be held against: what the approved budget does not tell."""
    if books.control is None:
        return []
    from ..approved import APPROVED, BUDGETS, UNSTATED
    from ..form import Project
    from ..spec import heading

    if any(one.either is not None for unit in books.control.units for one in unit.projects):
        return [UNSTATED] if books.control.lacking == BUDGETS else []
    return [f"{APPROVED}里没有{heading(Project, name)}，这一栏没有核对" for name in books.control.lacking]


def load_books(control: Path | None, executed: Path | None) -> Books:
    """The bureau's files, their own faults said; nothing is loaded without any. Raises SettingsError."""
    from ..approved import NO_BOOKS

    if control is None and executed is None:
        return NO_BOOKS
    from ..control import load_books as load

    books = load(control, executed)
    for fault in books.faults or ():
        note(f"{fault.message}{fault.fix}")
    return books


def load_policy(name: str) -> Policy:
    """The policy of that name or file, which names no rule that does not exist. Raises SettingsError, Failure."""
    from ..policy import load
    from ..rules import CATALOGUE

    policy = load(name)
    unknown = [code for code in policy.checks if code not in CATALOGUE]
    if unknown:
        raise Failure(f"政策文件 {name} 的 checks {unknown[0]}：没有这条规则。用 evalbatch rules 查看全部规则")
    return policy


def load_waivers(path: Path | None) -> tuple[Waiver, ...]:
    """The waivers of a file, those past their last day expired; none without a file. Raises SettingsError."""
    from ..waivers import load

    return () if path is None else load(str(path), date.today())


def serving(policy: str, waivers: Path | None, control: Path | None, executed: Path | None) -> list[Path]:
    """The files that options name: they are no inputs, wherever they lie."""
    own = Path(policy) if Path(policy).suffix == ".toml" else None
    return [path for path in (own, waivers, control, executed) if path is not None]


def inputs_of(paths: Sequence[Path], outputs: Path | None, apart: Sequence[Path]) -> Sequence[Input]:
    """The input files; what lies among them and is not read is said. Raises Failure where there is none."""
    from ..inputs import RESULTS, TABLES, gather

    for taken in [] if outputs is None else [outputs, outputs / RESULTS, outputs / TABLES]:
        if any(path.is_dir() and path.resolve() == taken.resolve() for path in paths):
            raise Failure(f"输出文件夹 {shown(taken)} 就是输入文件夹，请另选一个，以免结果和填报表混在一起")
    if not any(path.exists() for path in paths):
        raise Failure(f"{'、'.join(shown(path) for path in paths)}：没有这个文件或文件夹，请检查名称和位置")
    found = gather(paths, outputs, apart)
    if found.serving:
        note(f"{'、'.join(shown(path) for path in found.serving)} 已在选项里写明用处，没有当作填报表读")
    if found.written:
        said = "、".join(f"{shown(folder)} 里的 {count} 个文件" for folder, count in found.written.items())
        note(f"没有读输出文件夹 {said}（以前的结果）；里面如有填报表，请移到别处")
    if not found.files:
        names = "、".join(shown(path) for path in paths)
        raise Failure(f"{names} 里没有文件可读。请确认文件夹里放了填好的标准表（.xlsx）")
    return found.files


def nameless(source: Path | None, units: Sequence[Expected]) -> str:
    """What is to be said of the units of a list that have a code and no name; nothing where there is none."""
    codes = [unit.code for unit in units if not unit.name]
    said = f"{shown(source)} 里有 {len(codes)} 个单位只有编码，没有名称：{few(codes)}。请补上单位名称"
    return said if codes else ""


def few(names: Sequence[str]) -> str:
    """The first of many names."""
    return "、".join(shown(name) for name in names[:LISTED]) + ("等" if len(names) > LISTED else "")


def note_idle_waivers(waivers: Sequence[Waiver], done: Run) -> None:
    """Say which waivers cover nothing, and why."""
    if not waivers:
        return
    from ..digest import uses
    from ..waivers import WAIVED

    for waiver, words in uses(waivers, done.covered, done.idle):
        if not words.startswith(WAIVED):
            note(f"豁免文件第 {waiver.number} 条（{waiver.rule} {shown(waiver.unit)}）：{words}，没有起作用")


def note_other_years(books: Books, done: Run) -> None:
    """Say which workbooks were held against no file of the bureau, for their year."""
    for fault in books.of_other_years(done.years):
        note(f"{fault.message}{fault.fix}")


def save(path: Path, data: bytes, *, beside: bool = False) -> None:
    """Write a file the user named, and say so: as the result, or ``beside`` it."""
    from ..outputs import OutputError, write_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, data)
    except (OSError, OutputError) as error:
        raise Failure(
            str(error) if isinstance(error, OutputError) else f"{shown(path)} 不能写入，请检查文件夹和权限"
        ) from error
    (note if beside else say)(f"已写出 {shown(path)}")


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
