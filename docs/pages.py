"""Write the pages of docs/: one per rule, the form, the policies, the commands. A test fails when they are stale.

Everything is read off the program; the message on a rule's page is the one its first finding case gives.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from support import (  # noqa: E402
    across_cases,
    case_books,
    case_digests,
    case_faults,
    case_file,
    case_policy,
    cases,
    evaluate_file,
)

from evalbatch.cli import cli  # noqa: E402
from evalbatch.form import REQUIRED_AMOUNTS, SHEETS, VERSION, Budget, BudgetLine  # noqa: E402
from evalbatch.model import Crossing, Finding  # noqa: E402
from evalbatch.policy import load  # noqa: E402
from evalbatch.policytext import CERTAINTY, describe  # noqa: E402
from evalbatch.rules import CATALOGUE, Rule  # noqa: E402
from evalbatch.settings import names  # noqa: E402
from evalbatch.spec import Column, Line, Need, Row, columns_of, heading, lines_of, sheet_of  # noqa: E402
from evalbatch.tables import across_units  # noqa: E402
from evalbatch.writers.compared_json import KEYS, SCHEMA  # noqa: E402
from evalbatch.writers.data_columns import Measure  # noqa: E402
from evalbatch.writers.data_tables import TABLES  # noqa: E402

NEEDS = {Need.REQUIRED: "必填", Need.WANTED: "应填", Need.OPTIONAL: ""}
UNITLESS = {Measure.TEXT: "", Measure.COUNT: "个"}
GENERATED = "<!-- 由 docs/pages.py 生成（make docs），请勿手改 -->"


def pages() -> Iterator[tuple[str, str]]:
    """Every page: its path inside docs/ and its text."""
    messages = {**said(), **said_across()}
    for code, rule in sorted(CATALOGUE.items()):
        yield f"rules/{code}.md", page(f"{code} {rule.name}", rule_lines(rule, messages[code]))
    yield "rules/README.md", page("检查规则", index_lines())
    yield "form.md", page(f"标准表（版本 {VERSION}）", form_lines())
    yield "policies.md", page("评分政策", policy_lines())
    yield "tables.md", page("数据表", table_lines())
    yield "compare.md", page("重新报送对比（JSON）", compare_lines())
    yield "commands.md", page("命令", command_lines())


def page(title: str, lines: Iterator[str]) -> str:
    """A page's text."""
    return "\n".join([GENERATED, "", f"# {title}", "", *lines, ""])


def table(*rows: tuple[str, ...]) -> Iterator[str]:
    """A table whose first row is its head."""
    for number, row in enumerate(rows):
        yield f"| {' | '.join(cell.replace('|', '／').replace(chr(10), ' ') for cell in row)} |"
        if number == 0:
            yield f"|{'---|' * len(row)}"


def said() -> dict[str, tuple[str, Finding]]:
    """For every rule, its first finding case's name and finding."""
    found: dict[str, tuple[str, Finding]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for code, case in cases().values():
            if code in found or code not in {find["code"] for find in case.get("find", [])}:
                continue
            path, policy, books = (make(Path(folder), case) for make in (case_file, case_policy, case_books))
            evaluation = evaluate_file(path, policy, books)
            found[code] = case["name"], next(f for f in evaluation.findings if f.code == code)
    return found


def said_across() -> dict[str, tuple[str, Crossing]]:
    """For every rule across units, its first finding case's name and crossing."""
    found: dict[str, tuple[str, Crossing]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for code, case in across_cases().values():
            crossings, _ = across_units(case_digests(case), load(case_policy(Path(folder), case)), case_faults(case))
            for crossing in crossings:
                if crossing.code == code:
                    found.setdefault(code, (case["name"], crossing))
    return found


def rule_lines(rule: Rule, message: tuple[str, Finding | Crossing]) -> Iterator[str]:
    """A rule's page."""
    name, finding = message
    yield from (f"级别：{rule.severity.value}　范围：{rule.phase.value}", "", rule.finds, "")
    yield from (f"- **为什么**：{rule.why}", f"- **怎么办**：{rule.fix}", f"- **依据**：{rule.basis}", "")
    yield from table(("反例", "正例"), (rule.bad, rule.good))
    effect = f" {finding.effect}" if isinstance(finding, Finding) and finding.effect else ""
    yield from ("", f"系统这样说（{name}）：", "")
    yield f"> [{finding.severity.value}] {finding.message}  "
    yield f"> → {finding.fix}{effect} {finding.code}"


def index_lines() -> Iterator[str]:
    """The list of rules."""
    yield from (f"共 {len(CATALOGUE)} 条。依据{CERTAINTY}", "")
    rows = [
        (f"[{code}]({code}.md)", rule.name, rule.severity.value, rule.phase.value, rule.finds)
        for code, rule in sorted(CATALOGUE.items())
    ]
    yield from table(("规则", "名称", "级别", "范围", "查什么"), *rows)


def form_lines() -> Iterator[str]:
    """Every sheet of the form with its fields."""
    for cls in SHEETS:
        sheet = sheet_of(cls)
        yield from (f"## {sheet.title}", "", sheet.about, "")
        if cls is Budget:
            rows = (("　" * line.depth + line.label, needed(line)) for line in lines_of(cls))
            yield from table(("行", "必填的栏目"), *rows)
            yield ""
            yield from fields(BudgetLine)
            yield ""
        yield from fields(cls)
        yield ""


def needed(line: Line) -> str:
    """Which amounts of a line must be filled."""
    return "、".join(heading(BudgetLine, amount) for amount in REQUIRED_AMOUNTS) if line.required else ""


def fields(cls: type[Row]) -> Iterator[str]:
    """The fields of a sheet."""
    rows = ((c.heading, NEEDS[c.need], c.kind.value, c.help, allowed(c)) for c in columns_of(cls))
    yield from table(("栏目", "", "内容", "说明", "例或选项"), *rows)


def allowed(column: Column) -> str:
    """What may stand in a field, or an example."""
    return "、".join(column.choices) or column.example


def policy_lines() -> Iterator[str]:
    """Every shipped policy in words."""
    for name in names():
        yield from (f"## {name}", "", "```text", describe(load(name)), "```", "")


DATA = """`--tables csv` 或 `--tables parquet` 在输出文件夹的 `tables/` 里写下面几张表，供统计软件和程序使用。

- 金额都是元，不带千分位；比例都是小数；没有的值为空。`output` 把各表连在一起。
- CSV 是带 BOM 的 UTF-8，一行一条记录，行末是 CR LF，文字里的换行照原样。Excel 会把 `= + - @`（半角、全角）开头的文字当公式算，
  所以以这几个字符、制表符、换行或单引号开头的文字前面加了一个单引号；程序读的时候，文字以单引号开头就去掉一个。
  Excel 直接打开会去掉编码前面的 0，请用“数据 → 自文本/CSV”导入，把编码列设为文本。
- Parquet 里的文字照原样，金额是两位小数，其他数是六位小数。要先安装 pyarrow（`pip install pyarrow`）。
- 同样的输入，写出的文件一个字节也不差。
"""


def table_lines() -> Iterator[str]:
    """Every table for machines with its columns."""
    yield DATA
    for data in TABLES:
        yield from (f"## {data.name}", "", f"{data.about}。", "")
        rows = (
            (column.name, column.about, UNITLESS.get(column.measure, column.measure.value)) for column in data.columns
        )
        yield from table(("列", "内容", "单位"), *rows)
        yield ""


COMPARED = f"""`evalbatch compare OLD NEW --format json` 写出一个对象，格式 `{SCHEMA}`。

- 金额都是万元，比例都是小数，没有的值为 null，文字照原样，单元格写作 `工作表!A1`。
- 问题以规则、记录（项目、指标、行）和栏目认定是不是同一个；插入、移动、排序的行还是原来的行。
- 金额按实际的元比较：金额单位由万元改为元、换算后相等的，不算变化。
"""


def compare_lines() -> Iterator[str]:
    """Every key of a comparison for machines."""
    yield COMPARED
    yield from table(("键", "内容"), *((f"`{key}`", about) for key, about in KEYS))


def command_lines() -> Iterator[str]:
    """The manual of every command."""
    for name in ("", *cli.commands):
        words = [*name.split(), "--help"]
        said = CliRunner().invoke(cli, words, prog_name="evalbatch").output.rstrip()
        yield from (f"## {' '.join(('evalbatch', *name.split()))}", "", "```text", said, "```", "")


def main() -> None:
    """Write all pages and delete those of rules that are gone."""
    written = set()
    for relative, text in pages():
        path = DOCS / relative
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        written.add(path)
    for path in (DOCS / "rules").glob("*.md"):
        if path not in written:
            path.unlink()


if __name__ == "__main__":
    main()
