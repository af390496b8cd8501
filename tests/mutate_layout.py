"""Mutators of a form's layout: rows, columns, sheets, merged cells."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from mutations import Mutant, mutator
from openpyxl.cell.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet


def values(cells: Sequence[Cell]) -> list[Any]:
    """What stands in some cells, with their formats."""
    return [(cell.value, copy(cell._style)) for cell in cells]


def put(cells: Sequence[Cell], held: Sequence[Any]) -> None:
    """Write values and formats back into cells."""
    for cell, (value, style) in zip(cells, held, strict=True):
        cell.value, cell._style = value, style


def width(ws: Worksheet, row: int) -> int:
    """The last filled column of a row."""
    return max((c.column for c in ws[row] if c.value is not None), default=1)


def filled_column(m: Mutant) -> tuple[Worksheet, Cell]:
    """A column of a table by chance, as its heading."""
    ws, _, top, _ = m.table()
    return ws, ws.cell(top, m.chance.randint(1, width(ws, top)))


@mutator()
def inserted_columns(m: Mutant) -> str:
    ws, col, count = m.sheet(), m.chance.randint(1, 8), m.chance.randint(1, 2)
    ws.insert_cols(col, count)
    m.sheets.append(ws.title)
    return f"{ws.title} 第 {col} 列前插入 {count} 列"


@mutator()
def deleted_column(m: Mutant) -> str:
    ws, head = filled_column(m)
    m.touch_column(head)
    m.sheets.append(ws.title)
    said = f"{ws.title} 删除 {head.coordinate} {head.value} 一列"
    ws.delete_cols(head.column)
    return said


@mutator()
def moved_column(m: Mutant) -> str | None:
    ws, head = filled_column(m)
    _, other = next(((w, h) for w, h in [filled_column(m) for _ in range(20)] if w is ws and h is not head), (ws, head))
    if other is head:
        return None
    one, two = (
        [row[0] for row in ws.iter_rows(min_col=h.column, max_col=h.column, min_row=head.row)] for h in (head, other)
    )
    held = values(one)
    put(one, values(two))
    put(two, held)
    m.touch_column(head)
    m.touch_column(other)
    return f"{ws.title} {head.coordinate}、{other.coordinate} 两列对调"


@mutator()
def hidden_column(m: Mutant) -> str:
    ws, head = filled_column(m)
    ws.column_dimensions[head.column_letter].hidden = True
    m.touch_column(head)
    return f"{ws.title} 隐藏 {head.column_letter} 列"


@mutator()
def inserted_rows(m: Mutant) -> str:
    ws, row, count = m.sheet(), m.chance.randint(1, 12), m.chance.randint(1, 3)
    ws.insert_rows(row, count)
    m.sheets.append(ws.title)
    return f"{ws.title} 第 {row} 行前插入 {count} 行"


@mutator(2)
def deleted_row(m: Mutant) -> str:
    found = m.one()
    ws = found.cell.parent
    m.touch_row(found.cell)
    m.sheets.append(ws.title)
    said = f"删除 {ws.title} 第 {found.cell.row} 行（{found.words}）"
    ws.delete_rows(found.cell.row)
    return said


@mutator()
def hidden_row(m: Mutant) -> str:
    found = m.one()
    found.cell.parent.row_dimensions[found.cell.row].hidden = True
    m.touch_row(found.cell)
    return f"隐藏 {found.cell.parent.title} 第 {found.cell.row} 行"


@mutator()
def reordered_rows(m: Mutant) -> str:
    ws, _, top, last = m.table()
    wide = width(ws, top)
    rows = [list(ws[row][:wide]) for row in range(top + 1, last + 1)]
    held = [values(row) for row in rows]
    m.chance.shuffle(held)
    for row, kept in zip(rows, held, strict=True):
        put(row, kept)
    m.sheets.append(ws.title)
    return f"{ws.title} 打乱第 {top + 1} 至 {last} 行"


@mutator()
def blank_row(m: Mutant) -> str:
    ws, _, top, last = m.table()
    row = m.chance.randint(top, last) + 1
    ws.insert_rows(row)
    if m.chance.random() < 0.5:
        ws.cell(row, m.chance.randint(1, 5)).value = m.chance.choice([" ", "\u3000", "\xa0"])
    m.sheets.append(ws.title)
    return f"{ws.title} 第 {row} 行插入空行"


@mutator()
def headings_again(m: Mutant) -> str:
    ws, _, top, last = m.table()
    row = m.chance.randint(top + 1, last) + 1
    held = values(ws[top])
    ws.insert_rows(row)
    put([ws.cell(row, c + 1) for c in range(len(held))], held)
    m.touch_row(ws.cell(row, 1))
    return f"{ws.title} 第 {row} 行又是一行标题"


@mutator(2)
def duplicated_row(m: Mutant) -> str:
    ws, _, top, last = m.table()
    row = m.chance.randint(top + 1, last)
    at = m.chance.choice([row + 1, last + 1])
    held = values(ws[row])
    ws.insert_rows(at)
    put([ws.cell(at, c + 1) for c in range(len(held))], held)
    m.touch_row(ws.cell(at, 1))
    m.touch_row(ws.cell(row, 1))
    return f"{ws.title} 第 {row} 行复制到第 {at} 行"


@mutator(2)
def halved_row(m: Mutant) -> str:
    ws, _, top, last = m.table()
    row, cut = m.chance.randint(top + 1, last), m.chance.randint(2, 9)
    ws.insert_rows(row + 1)
    right = list(ws[row][cut:])
    put([ws.cell(row + 1, c.column) for c in right], values(right))
    for cell in right:
        cell.value = None
    m.touch_row(ws.cell(row, 1))
    m.touch_row(ws.cell(row + 1, 1))
    return f"{ws.title} 第 {row} 行从第 {cut + 1} 列起移到下一行"


@mutator(2)
def shifted_column(m: Mutant) -> str:
    ws, head = filled_column(m)
    step, top = m.chance.choice([1, 1, -1]), head.row
    cells = [row[0] for row in ws.iter_rows(min_col=head.column, max_col=head.column, min_row=head.row + 1)]
    held = values(cells)
    put(cells, held[-1:] + held[:-1] if step > 0 else held[1:] + held[:1])
    m.touch_column(head)
    for row in (top, max(f.cell.row for f in m.filled if f.cell.parent is ws)):
        m.touch_row(ws.cell(row + 1, 1))
    return f"{ws.title} {head.coordinate} {head.value} 一列错开 {step} 行"


@mutator(2)
def renamed_sheet(m: Mutant) -> str:
    ws = m.sheet()
    old = ws.title
    ws.title = m.chance.choice(
        [
            f"{old}表",
            f" {old} ",
            f"1.{old}",
            old[:-1],
            f"{old}（2）",
            old.replace("项目", "項目").replace("单", "單").replace("绩", "績"),
        ]
    )
    m.sheets += [old, ws.title]
    return f"工作表 {old} 改名为 {ws.title!r}"


@mutator()
def copied_sheet(m: Mutant) -> str:
    ws = m.sheet()
    twin = m.book.copy_worksheet(ws)
    twin.title = m.chance.choice([f"{ws.title} (2)", f"{ws.title}副本", f"{ws.title} Copy"])
    m.sheets += [ws.title, twin.title]
    return f"工作表 {ws.title} 复制为 {twin.title}"


@mutator()
def moved_sheet(m: Mutant) -> str:
    ws = m.sheet()
    m.book.move_sheet(ws, m.chance.randint(-5, 5))
    return f"工作表 {ws.title} 换了位置"


@mutator()
def hidden_sheet(m: Mutant) -> str:
    ws = m.sheet()
    ws.sheet_state = m.chance.choice(["hidden", "veryHidden"])
    m.sheets.append(ws.title)
    return f"隐藏工作表 {ws.title}"


@mutator()
def deleted_sheet(m: Mutant) -> str:
    ws = m.sheet()
    m.sheets.append(ws.title)
    del m.book[ws.title]
    m.filled = [f for f in m.filled if f.cell.parent is not ws]
    return f"删除工作表 {ws.title}"


@mutator(4)
def merged(m: Mutant) -> str | None:
    found = m.heading() if m.chance.random() < 0.4 else None
    one = m.one()
    cell = found[0] if found else one.cell
    down, right = m.chance.choice([(0, 1), (1, 0), (1, 1), (2, 0), (0, 2)])
    ws, back = cell.parent, m.chance.random() < 0.3
    row, col = max(cell.row - down * back, 1), max(cell.column - right * back, 1)
    area = [ws.cell(r, c) for r in range(row, row + down + 1) for c in range(col, col + right + 1)]
    if any(c in m.cells for c in area):
        return None
    m.touch(*area)
    span = f"{area[0].coordinate}:{area[-1].coordinate}"
    if m.chance.random() < 0.6:
        m.blank(*area[1:])
    ws.merged_cells.add(span)
    return f"{ws.title} 合并 {span}"


@mutator()
def commented(m: Mutant) -> str:
    found = m.one()
    found.cell.comment = Comment("请核对，应为 999", "张三")
    return f"{found.words} 加批注"


@mutator()
def pictured(m: Mutant) -> str:
    ws = m.sheet()
    chart = BarChart()
    chart.add_data(Reference(ws, min_col=2, min_row=5, max_row=8))
    ws.add_chart(chart, "C6")
    return f"{ws.title} 加图"


@mutator()
def saved_again(m: Mutant) -> str:
    return "用别的程序另存"


@mutator(3)
def written_beside(m: Mutant) -> str:
    ws, _, top, last = m.table()
    row, col = m.chance.choice(
        [
            (m.chance.randint(top + 1, last), width(ws, top) + m.chance.randint(1, 2)),
            (last + 3, m.chance.randint(1, 12)),
        ]
    )
    cell = ws.cell(row, col)
    cell.value = m.chance.choice([12.5, "合计", "备注：见附件"])
    m.touch(cell)
    return f"{ws.title}!{cell.coordinate} 表外写 {cell.value}"
