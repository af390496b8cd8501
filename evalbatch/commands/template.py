"""``evalbatch template``: the blank form, the worked examples, or a form for every unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..legible import shown
from ..manual import Command
from .common import DEBUG, Failure, few, load_books, nameless, note, save, say

if TYPE_CHECKING:
    from ..approved import Control
    from ..writers.prefilled import Known

BLANK_FORM = "预算绩效自评表.xlsx"


@click.command(cls=Command, options_metavar="[选项]")
@click.option("-o", "output", type=click.Path(path_type=Path), help="写到哪个文件（示例和预填表：哪个文件夹）")
@click.option("--example", is_flag=True, help="写出填好的示例")
@click.option("--roster", type=click.Path(path_type=Path), help="单位名单（.xlsx 或 .csv），给每个单位写一份预填表")
@click.option(
    "--control", type=click.Path(path_type=Path), help="批复数据（.xlsx 或 .csv），预填项目和预算；没有名单时也是名单"
)
@click.option(
    "--year", type=click.IntRange(2000, 2099), metavar="YYYY", help="预填表的评价年度，批复数据有几个年度的取这一年的"
)
@click.option("--policy", help="评分政策的名称，或一个 .toml 文件：没有填执行率分值的，表里的提示按它的执行率分值算")
@DEBUG
def template(
    output: Path | None,
    example: bool,
    roster: Path | None,
    control: Path | None,
    year: int | None,
    policy: str | None,
) -> None:
    """写出空白标准表、填好的示例，或给每个单位的预填表。

    预填表里，单位名称、编码、主管部门（和批复的项目、预算）已经填好并锁定，单位只填其余的。

    \b
    例：
      evalbatch template -o 自评表.xlsx
      evalbatch template --example -o 示例
      evalbatch template --roster 单位名单.xlsx --control 批复.xlsx --year 2025 -o 发给单位
    """
    if policy is not None and example:
        raise Failure("--policy 不能与 --example 同用：示例按国家的办法填写")
    if roster is not None or control is not None:
        if example:
            raise Failure("--example 不能与 --roster 或 --control 同用：示例和预填表请分两次写")
        if output is None:
            raise Failure("预填表要用 -o 写明放在哪个文件夹")
        write_prefilled(output, roster, control, year, weight_of(policy))
    elif year is not None:
        raise Failure("--year 要与 --roster 或 --control 同用：空白标准表的年度由单位填写")
    elif example:
        write_examples(output or Path())
    else:
        write_blank(output or Path(BLANK_FORM), weight_of(policy))


def weight_of(policy: str | None) -> Decimal:
    """执行率分值 of a policy. Raises SettingsError."""
    from ..policy import DEFAULT, load

    return load(DEFAULT if policy is None else policy).execution_weight


def write_blank(path: Path, execution_weight: Decimal) -> None:
    """Write the blank form. Raises Failure."""
    from ..writers.template import write_form

    path = path / BLANK_FORM if path.is_dir() else path
    if path.suffix.lower() != ".xlsx":
        raise Failure(f"{shown(path)} 的后缀应为 .xlsx，标准表只有这一种格式")
    refuse_filled(path)
    save(path, write_form(execution_weight=execution_weight))


def write_examples(folder: Path) -> None:
    """Write the worked examples. Raises Failure."""
    from ..examples import EXAMPLES, load
    from ..writers.template import write_form

    for name in EXAMPLES:
        filling = load(name)
        save(folder / filling["file"], write_form(filling))


def write_prefilled(
    folder: Path, roster: Path | None, control: Path | None, year: int | None, execution_weight: Decimal
) -> None:
    """Write a form for every unit. Raises Failure, SettingsError."""
    from ..handout import hand_out, join
    from ..outputs import OutputError
    from ..roster import load_roster

    approved = of_year(load_books(control, None).control, year)
    joined = join(None if roster is None else load_roster(roster), approved)
    if unnamed := nameless(roster or control, [known.unit for known in joined.units]):
        raise Failure(unnamed)
    try:
        done = hand_out(joined.units, folder, year, execution_weight)
    except OutputError as error:
        raise Failure(str(error)) from error
    if joined.lost:
        said = few([f"{name}（{why}）" for name, why in joined.lost])
        note(f"有 {len(joined.lost)} 个单位的表没有填项目和预算：{said}")
    if joined.unlisted:
        note(f"批复数据里有 {len(joined.unlisted)} 个单位不在单位名单上，没有写它们的表：{few(joined.unlisted)}")
    for listed, used in joined.renamed:
        note(
            f"单位名单里的“{' '.join(filter(None, (listed.code, listed.name)))}”，批复数据里是“{used.code} {used.name}”，"
            "它的表按批复数据填写，请核对名单"
        )
    for lacking in left_blank(joined.units):
        note(lacking)
    kept = f"，另有 {done.kept} 份已在那里，没有变化" if done.kept else ""
    say(f"已写出 {done.written} 份到 {shown(folder)}{kept}")


def of_year(control: Control | None, year: int | None) -> Control | None:
    """The budget of the forms' year, where the file tells the years of its rows. Raises Failure."""
    if control is None or not control.years or (year is None and len(control.years) == 1):
        return control
    if year is None:
        raise Failure(f"{control.kind}里有 {control.said_years}的数据，请用 --year 写明预填哪一年的")
    if str(year) not in control.years:
        raise Failure(f"{control.kind}里没有 {year} 年的数据（有 {control.said_years}的），请换一个文件，或改 --year")
    return control.in_year(str(year))


def left_blank(units: Sequence[Known]) -> Iterator[str]:
    """In words, what the forms lack of their approved projects: what the budget contradicts itself about, or does not tell."""
    from ..approved import APPROVED
    from ..form import CATEGORIES, Project
    from ..spec import heading

    projects = [(known.unit.name, one) for known in units for one in known.projects or ()]
    doubtful = [f"{unit} {one.name}（{one.doubt}）" for unit, one in projects if one.doubt]
    if doubtful:
        yield f"有 {len(doubtful)} 个项目没有预填金额：{few(doubtful)}"
    others = [f"{unit} {one.name}（{one.category}）" for unit, one in projects if one.category not in ("", *CATEGORIES)]
    if others:
        yield f"有 {len(others)} 个项目的类别和标准表的{heading(Project, 'category')}不同，没有预填：{few(others)}"
    for column, amounts in (("initial", ("initial", "either")), ("budget", ("budget",))):
        if projects and all(getattr(one, amount) is None for _, one in projects for amount in amounts):
            yield f"{APPROVED}里没有{heading(Project, column)}，这一栏由单位填写"


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
