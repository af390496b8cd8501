"""What the bureau's own figures cost a run: 2,000 units of ten projects loaded, and held against as many forms.

Run by ``make bench``. The workbooks are read and scored by the run in any case: here it is what comes on top of that.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import GOOD, filling, form_file

from evalbatch.against import compared, standing
from evalbatch.control import Books, load_control
from evalbatch.model import Submission
from evalbatch.read import read_workbook
from evalbatch.spec import Entry

UNITS, PROJECTS, TARGET = 2_000, 10, 3.0
HEAD = "预算单位,项目,资金性质,指标金额"


def rows() -> Iterator[str]:
    """The lines of the file: two funds a project."""
    yield HEAD
    for unit in range(UNITS):
        for project in range(PROJECTS):
            for fund, amount in (("一般公共预算", "30,000.00"), ("政府性基金", "20,000.00")):
                yield f'{unit:06}-第{unit}中心,{_code(unit, project)}-第{project}项工作经费,{fund},"{amount}"'


def _code(unit: int, project: int) -> str:
    return f"13010025{unit:06}{project:04}100"


def forms(form: Submission) -> Iterator[Submission]:
    """As many forms, each of one unit with its ten projects."""
    first = form.projects[0]
    for unit in range(UNITS):
        projects = tuple(
            replace(
                first,
                code=_text(str(project)),
                system_code=_text(_code(unit, project)),
                name=_text(f"第{project}项工作经费"),
                budget=replace(first.budget, value=Decimal(50_000)),
            )
            for project in range(PROJECTS)
        )
        yield replace(form, unit=replace(form.unit, code=_text(f"{unit:06}")), projects=projects)


def _text(text: str) -> Entry[str]:
    return Entry(value=text, text=text)


def seconds(do: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.process_time()
    do()
    return time.process_time() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "批复.csv"
        path.write_text("\n".join(rows()), "utf-8")
        given = list(forms(read_workbook(form_file(Path(folder), filling(GOOD)), "表.xlsx")))
        loaded: list[Books] = []
        load = seconds(lambda: loaded.append(Books(control=load_control(path))))
        (books,) = loaded
        hold = seconds(lambda: [compared(form, standing(form, books)) for form in given])
        verdicts = {i.verdict.key for form in given[:50] for i in compared(form, standing(form, books))}
    assert verdicts == {"equal"}, verdicts
    state = "达到" if load + hold <= TARGET else "没有达到"
    print(f"批复数据 {UNITS:,} 个单位 × {PROJECTS} 个项目 × 2 种资金：读入 {load:.2f} 秒，核对 {hold:.2f} 秒，", end="")
    print(f"合计 {load + hold:.2f} 秒，目标 {TARGET:.0f} 秒（{state}）")


if __name__ == "__main__":
    main()
