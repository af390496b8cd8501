"""Mutators of single cells: headings and values as people mistype and programs convert them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from mutate_layout import put, values
from mutations import Filled, Mutant, mutator

from evalbatch.entries import text_of
from evalbatch.form import WAN, YUAN, Budget, BudgetLine, Department, Report, Unit
from evalbatch.spec import Kind

WIDE = str.maketrans("0123456789.,-%()", "０１２３４５６７８９．，－％（）")
TRADITIONAL = str.maketrans(
    "项单预决评绩资编码报实际执数额满级标称类费业务问题总说节产质时经济会态续诉环难责",
    "項單預決評績資編碼報實際執數額滿級標稱類費業務問題總說節產質時經濟會態續訴環難責",
)


def typed_over(m: Mutant, found: Filled, value: object) -> str:
    """Write a value over a cell and say so."""
    said = f"{found.words} → {value!r}"
    m.touch(found.cell)
    field = (found.cls.__name__, found.column.name)
    (m.gone if value is None or not str(value).strip(" —\u200b") else m.over).add(field)
    found.cell.value = value
    return said


@mutator(6)
def heading_in_another_spelling(m: Mutant) -> str | None:
    found = m.heading()
    if found is None:
        return None
    cell, _, name = found
    spelled = m.chance.choice(
        [
            name.translate(WIDE),
            f" {name[:2]} {name[2:]}",
            f"{name[:2]}\n{name[2:]}",
            f"{name}（万元）",
            f"{name}(元)",
            f"{name}：",
            f"*{name}",
            f"{name}＊",
            f"{name[:2]}\u200b{name[2:]}",
            f"{name}【万元】",
            f"一、{name}",
            f"{name}（必填）",
        ]
    )
    m.touch(cell)
    m.touch_column(cell)
    cell.value = spelled
    return f"{cell.parent.title}!{cell.coordinate} 标题 {name} 写成 {spelled!r}"


@mutator(4)
def heading_traditional(m: Mutant) -> str | None:
    found = m.heading()
    if found is None or (spelled := found[2].translate(TRADITIONAL)) == found[2]:
        return None
    cell = found[0]
    m.touch(cell)
    m.touch_column(cell)
    cell.value = spelled
    return f"{cell.parent.title}!{cell.coordinate} 标题 {found[2]} 写成繁体 {spelled}"


@mutator(4)
def heading_misspelled(m: Mutant) -> str | None:
    found = m.heading()
    if found is None:
        return None
    cell, _, name = found
    at = m.chance.randrange(len(name))
    spelled = name[:at] + m.chance.choice(["某", "", "数", "年"]) + name[at + 1 :]
    m.touch(cell)
    m.touch_column(cell)
    cell.value = spelled
    return f"{cell.parent.title}!{cell.coordinate} 标题 {name} 写成 {spelled!r}"


@mutator(3)
def heading_twice(m: Mutant) -> str | None:
    found, other = m.heading(), m.heading()
    if found is None or other is None or found[0] is other[0]:
        return None
    m.touch(found[0], other[0])
    m.touch_column(other[0])
    other[0].value = found[0].value
    return f"{other[0].parent.title}!{other[0].coordinate} 标题 {other[2]} 写成 {found[2]}"


@mutator(3)
def label_twice(m: Mutant) -> str | None:
    found = m.one(None)
    if found is None or found.cls not in (Unit, Department, Report, Budget):
        return None
    ws, cell = found.cell.parent, found.cell
    row = ws.max_row + 2 if m.chance.random() < 0.7 else 1
    label, value = ws.cell(row, cell.column - 1), ws.cell(row, cell.column)
    if label.value is not None or value.value is not None:
        return None
    label.value = ws.cell(cell.row, cell.column - 1).value
    value.value = 7 if found.number else "另外"
    m.touch(label, value)
    return f"{ws.title}!{label.coordinate} 又写 {label.value} {value.value}"


@mutator(10)
def number_as_text(m: Mutant) -> str | None:
    found = m.one(True)
    if found is None or isinstance(found.cell.value, str):
        return None
    number = Decimal(str(found.cell.value))
    plain = f"{number * 100}%" if "%" in found.cell.number_format else text_of(found.cell.value)
    spelled = m.chance.choice(
        [
            plain,
            f"{number:,.2f}",
            plain.translate(WIDE),
            f"{plain}万元",
            f"{plain}元",
            f"{plain}人",
            f"{plain}分",
            f"{plain}%",
            f" {plain} ",
            f"\xa0{plain}\u3000",
            f"'{plain}",
            f"¥{plain}",
            f"{plain}\n",
            f"约{plain}",
            f"{plain}\u200b",
            plain.replace(".", ","),
            plain.replace(".", "。"),
            f"({plain})",
            f"{plain[:1]} {plain[1:]}",
        ]
    )
    return typed_over(m, found, spelled)


@mutator(4)
def text_as_number(m: Mutant) -> str | None:
    found = m.one(False)
    if found is None:
        return None
    try:
        value = float(str(found.cell.value).replace("%", ""))
    except ValueError:
        value = m.chance.choice([1, 0, 100, 45000.5])
    return typed_over(m, found, int(value) if value == int(value) else value)


@mutator(4)
def long_code(m: Mutant) -> str | None:
    found = m.one(False, Kind.CODE)
    if found is None:
        return None
    digits = "".join(c for c in str(found.cell.value) if c.isdigit())
    if not digits:
        return None
    longer = m.chance.choice([digits, digits, digits.ljust(17, "7"), digits.ljust(21, "3")])
    number = float(f"{float(longer):.14e}")
    return typed_over(m, found, int(number) if number < 1e21 else number)


@mutator(5)
def number_format(m: Mutant) -> str | None:
    found = m.one(m.chance.choice([True, None]))
    if found is None:
        return None
    found.cell.number_format = m.chance.choice(
        ["0%", "0.00%", "yyyy-mm-dd", "@", 'm"月"d"日"', "0", "#,##0.00_ ", "h:mm", "[红色]0", '0.00"万元"']
    )
    if found.column.kind is Kind.PERCENT and found.cell.number_format.endswith("%"):
        m.shown.add((found.cls.__name__, found.column.name))
    m.touch(found.cell)
    return f"{found.words} 格式改为 {found.cell.number_format}"


@mutator(6)
def replaced(m: Mutant) -> str | None:
    found = m.one(m.chance.choice([True, True, None]))
    if found is None:
        return None
    kind = m.chance.choice(["=1+1", "cached", "#REF!", "#N/A", True, False, dt.datetime(2025, 3, 1), dt.time(8, 30)])
    if kind == "cached":
        value = found.cell.value
        m.cached.append((found.cell, value))
        said = typed_over(m, found, "=A1+0")
        return f"{said}，存有结果 {value!r}"
    said = typed_over(m, found, kind)
    if isinstance(kind, str) and kind.startswith("#"):
        found.cell.data_type = "e"
    return said


@mutator(6)
def moved_off(m: Mutant) -> str | None:
    found = m.one(m.chance.choice([True, None]))
    if found is None:
        return None
    down, right = m.chance.choice([(1, 0), (0, 1), (-1, 0), (0, -1), (0, 1)])
    if found.cell.row + down < 1 or found.cell.column + right < 1:
        return None
    target = found.cell.offset(down, right)
    m.touch(found.cell, target)
    said = f"{found.words} 挪到 {target.coordinate}（原为 {target.value!r}）"
    put([target], values([found.cell]))
    found.cell.value = None
    m.over |= {(f.cls.__name__, f.column.name) for f in m.filled if f.cell is target}
    return said


@mutator(3)
def label_value_moved(m: Mutant) -> str | None:
    held = [f for f in m.filled if f.cls in (Unit, Department, Report, Budget) and f.cell.value is not None]
    found = m.chance.choice(held)
    target = found.cell.offset(0, 1)
    m.touch(found.cell, target)
    said = f"{found.words} 右移一格"
    put([target], values([found.cell]))
    found.cell.value = None
    return said


@mutator(10)
def slipped(m: Mutant) -> str | None:
    found = m.one(True)
    if found is None or isinstance(found.cell.value, str):
        return None
    text = text_of(found.cell.value)
    kind = m.chance.choice(["swap", "point", "sign", "digit", "zero"])
    if kind == "swap":
        at = [i for i in range(len(text) - 1) if text[i : i + 2].isdigit() and text[i] != text[i + 1]]
        if not at:
            return None
        i = m.chance.choice(at)
        text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    elif kind == "point":
        if "." not in text:
            return None
        text = text.replace(".", "")
    elif kind == "sign":
        text = f"-{text}"
    elif kind == "zero":
        text += "0" if "." not in text else ""
    else:
        i = m.chance.choice([i for i, c in enumerate(text) if c.isdigit()])
        text = text[:i] + str((int(text[i]) + 1) % 10) + text[i + 1 :]
    return typed_over(m, found, float(text))


@mutator(5)
def cleared(m: Mutant) -> str | None:
    found = m.one(m.chance.choice([True, None]))
    return found and typed_over(m, found, m.chance.choice([None, "", " ", "—", "\u200b"]))


@mutator(2)
def money_unit(m: Mutant) -> str | None:
    found = next(f for f in m.filled if f.cls is Unit and f.column.name == "money")
    return typed_over(
        m, found, m.chance.choice([YUAN if found.cell.value == WAN else WAN, "万", "千元", "亿元", None, "萬元"])
    )


@mutator(3)
def amount_in_another_unit(m: Mutant) -> str | None:
    found = m.one(True, Kind.AMOUNT)
    if found is None or not isinstance(found.cell.value, int | float):
        return None
    return typed_over(m, found, found.cell.value * 10_000)


@mutator()
def budget_columns_off(m: Mutant) -> str | None:
    lines = [f for f in m.filled if f.cls is BudgetLine and f.number]
    line = m.chance.choice(lines)
    ws, row = line.cell.parent, line.cell.row
    cells = [ws.cell(row, c) for c in range(2, 5)]
    held = values(cells)
    put([ws.cell(row, c) for c in range(3, 6)], held)
    cells[0].value = None
    m.touch(*cells, ws.cell(row, 5))
    return f"{ws.title} 第 {row} 行的数右移一格"
