"""What a sheet is made of: rows and cells without addresses, out of order, twice, far away, merged, hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pieces import RELS, TITLES, WORKBOOK

from .kit import BUDGET, EXECUTED, Book, Specimen, edited

GROUP = "structure"
SHEET = "项目资金"
_EMPTY = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
_ROW = re.compile(r"<row\b.*?</row>|<row\b[^>]*/>", re.S)
TWICE = "出现了两次"


def _part(change: Callable[[str], str], title: str = SHEET) -> Callable[[Book], Any]:
    return lambda book: book.set_sheet(title, change(book.sheet(title)))


def _rows(change: Callable[[list[str]], list[str]]) -> Callable[[Book], Any]:
    """Change the rows of a sheet."""

    def new(xml: str) -> str:
        rows = _ROW.findall(xml)
        start, end = xml.index(rows[0]), xml.index("</sheetData>")
        return xml[:start] + "".join(change(rows)) + xml[end:]

    return _part(new)


def _cells_reversed(row: str) -> str:
    cells = re.findall(r"<c\b[^>]*?/>|<c\b.*?</c>", row, re.S)
    return row[: row.index(cells[0])] + "".join(reversed(cells)) + "</row>" if cells else row


def _nameless(xml: str) -> str:
    """No addresses at all: blank cells stand where the gaps are, as the form's first rows have none."""
    return re.sub(r'<c r="\w+"', "<c", re.sub(r'<row r="\d+"', "<row", xml))


def _solid(book: Book) -> None:
    """The project sheet with every cell of its first rows, so that positions alone are enough."""
    from .kit import letters_of

    xml = book.sheet(SHEET)
    rows = []
    for n, row in enumerate(_ROW.findall(xml)[:8], 1):
        cells = {m[1]: m[0] for m in re.finditer(r'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', row, re.S)}
        solid = "".join(cells.get(letters_of(c), f'<c r="{letters_of(c)}{n}"/>') for c in range(1, 32))
        rows.append(f'<row r="{n}">{solid}</row>')
    book.set_sheet(
        SHEET,
        re.sub(r"<sheetData>.*</sheetData>", lambda _: f"<sheetData>{''.join(rows)}</sheetData>", xml, flags=re.S),
    )


def _far(ref: str, inner: str, title: str = SHEET) -> Callable[[Book], Any]:
    number = re.sub(r"\D", "", ref)
    return lambda book: book.row(title, int(number), f'<row r="{number}"><c r="{ref}">{inner}</c></row>')


def _empty_rows(count: int) -> Callable[[Book], Any]:
    def edit(book: Book) -> None:
        rows = "".join(f'<row r="{n}" s="5" customFormat="1"><c r="A{n}" s="5"/></row>' for n in range(40, 40 + count))
        book.row(SHEET, 0, rows)

    return edit


def _merged(*areas: str, title: str = SHEET) -> Callable[[Book], Any]:
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return lambda book: book.before_end(title, f'<mergeCells count="{len(areas)}">{cells}</mergeCells>')


def _row_attribute(number: int, attribute: str, title: str = SHEET) -> Callable[[Book], Any]:
    return _part(lambda xml: xml.replace(f'<row r="{number}"', f'<row r="{number}" {attribute}'), title)


def _column_hidden(column: int) -> Callable[[Book], Any]:
    return _part(lambda xml: xml.replace("<cols>", f'<cols><col min="{column}" max="{column}" hidden="1"/>', 1))


def _state(title: str, state: str) -> Callable[[Book], Any]:
    return lambda book: book.sub(WORKBOOK, f'<sheet name="{title}"', f'<sheet name="{title}" state="{state}"')


def _many_sheets(book: Book) -> None:
    for n in range(300):
        book.add_sheet(f"附表{n}", _EMPTY)


def _named(title: str) -> Callable[[Book], Any]:
    return lambda book: book.add_sheet(title, _EMPTY)


def _with(name: str, data: bytes = b"x", *more: tuple[str, str, str]) -> Callable[[Book], Any]:
    def edit(book: Book) -> None:
        book.parts[name] = data
        for part, old, new in more:
            book.sub(part, old, new)

    return edit


def _dates_1904(book: Book) -> None:
    """A workbook of an old Mac: its days are counted from 1904. 44618 is 2026-02-27 there."""
    book.sub(WORKBOOK, "<workbookPr ", '<workbookPr date1904="1" ')
    book.number("单位信息!B16", 44618, book.styled("yyyy-mm-dd"))


def _dates_1900(book: Book) -> None:
    book.number("单位信息!B16", 46080, book.styled("yyyy-mm-dd"))


def _two_of_a_name(book: Book) -> None:
    book.add_sheet(SHEET, book.sheet(SHEET).replace("<v>4.86</v>", "<v>0.86</v>"))


def _read(name: str, edit: Callable[[Book], Any], *found: str, **more: Any) -> Specimen:
    return Specimen(group=GROUP, name=name, make=edited(edit), found=found, **more)


SPECIMENS = (
    _read("rows-without-numbers", _part(lambda x: re.sub(r'<row r="\d+"', "<row", x))),
    _read("cells-without-addresses", lambda b: (_solid(b), _part(lambda x: re.sub(r'<c r="\w+"', "<c", x))(b))),
    _read("no-addresses-at-all", lambda b: (_solid(b), _part(_nameless)(b))),
    _read(
        "no-addresses-and-error",
        lambda b: (_solid(b), b.cell(EXECUTED, "<v>#REF!</v>", "e"), _part(_nameless)(b)),
        f"F402 {EXECUTED}",
        figures={"projects.0.executed": None},
    ),
    _read("lower-case-addresses", _part(lambda x: re.sub(r'<c r="(\w+)"', lambda m: m[0].lower(), x))),
    _read("rows-out-of-order", _rows(lambda rows: rows[:4] + rows[4:8][::-1] + rows[8:])),
    _read("rows-all-reversed", _rows(lambda rows: rows[::-1])),
    _read("last-row-first", _rows(lambda rows: [rows[7], *rows[:7], *rows[8:]])),
    _read("cells-out-of-order", _rows(lambda rows: [_cells_reversed(row) for row in rows])),
    _read("cells-of-one-row-out-of-order", _rows(lambda rows: [*rows[:4], _cells_reversed(rows[4]), *rows[5:]])),
    _read(
        "cell-twice-with-two-values",
        _part(lambda x: x.replace('<c r="J5" s="43">', '<c r="J5" s="43"><v>1.86</v></c><c r="J5" s="43">')),
        said=TWICE,
    ),
    _read(
        "cell-twice-in-another-row",
        _part(lambda x: x.replace('<c r="J6"', '<c r="J5"><v>1.86</v></c><c r="J6"')),
        said=TWICE,
    ),
    _read(
        "text-twice",
        _part(
            lambda x: x.replace('<c r="B4"', '<c r="B4" t="inlineStr"><is><t>别的单位</t></is></c><c r="B4"'),
            "单位信息",
        ),
        said=TWICE,
    ),
    _read(
        "cell-in-another-row",
        _part(
            lambda x: x.replace('<c r="J5" s="43"><v>4.86</v></c>', "").replace(
                '<c r="A6"', '<c r="J5" s="43"><v>4.86</v></c><c r="A6"'
            )
        ),
    ),
    _read("row-twice-halved", _part(lambda x: x.replace('<c r="J5"', '</row><row r="5"><c r="J5"'))),
    _read(
        "row-twice-with-two-values",
        _part(lambda x: x.replace('</row><row r="6"', '</row><row r="5"><c r="J5"><v>1.86</v></c></row><row r="6"', 1)),
        said=TWICE,
    ),
    _read("dimension-of-one-cell", _part(lambda x: x.replace('ref="A1:AZ34"', 'ref="A1"'))),
    _read("dimension-absurd", _part(lambda x: x.replace('ref="A1:AZ34"', 'ref="A1:XFD1048576"')), apart=True),
    _read("dimension-backwards", _part(lambda x: x.replace('ref="A1:AZ34"', 'ref="Z9:A1"'))),
    _read("dimension-nonsense", _part(lambda x: x.replace('ref="A1:AZ34"', 'ref="ABCD"')), said="打不开"),
    _read("dimension-missing", _part(lambda x: x.replace('<dimension ref="A1:AZ34"/>', ""))),
    _read("far-blank", _far("XFD1048576", ""), apart=True),
    _read(
        "far-blank-styled", lambda b: b.row(SHEET, 1, '<row r="1048576"><c r="XFD1048576" s="5"/></row>'), apart=True
    ),
    _read(
        "far-blank-in-every-row",
        _part(lambda x: re.sub(r'(<row r="(\d+)".*?)</row>', r'\1<c r="XFD\2" s="5"/></row>', x, flags=re.S)),
        apart=True,
    ),
    _read("far-value", _far("XFD1048576", "<v>1</v>"), "F206 项目资金!XFD1048576", apart=True),
    _read(
        "far-value-in-a-row",
        _part(lambda x: x.replace('</row><row r="6"', '<c r="XFD5"><v>1</v></c></row><row r="6"', 1)),
        apart=True,
    ),
    _read(
        "far-value-in-a-column",
        _far("A1048576", "<v>1</v>"),
        "F206",
        apart=True,
    ),
    _read("far-value-on-a-sheet-not-read", _far("XFD1048576", "<v>1</v>", "选项"), apart=True),
    _read(
        "far-value-on-an-added-sheet",
        lambda b: b.add_sheet(
            "底稿",
            _EMPTY.replace(
                "<sheetData/>",
                '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
            ),
        ),
        apart=True,
    ),
    _read("address-outside-the-sheet", _far("ZZZZZ99999999", "<v>1</v>"), "F206 项目资金!ZZZZZ99999999", apart=True),
    _read("address-of-row-zero", lambda b: b.row(SHEET, 0, '<row r="0"><c r="A0"><v>1</v></c></row>'), said="打不开"),
    _read("address-nonsense", _part(lambda x: x.replace('<c r="J5"', '<c r="5J"')), said="打不开"),
    _read("twenty-thousand-empty-rows", _empty_rows(20_000), apart=True),
    _read("two-hundred-thousand-empty-rows", _empty_rows(200_000), apart=True),
    _read("merged-code", lambda b: (b.raw("绩效指标!A6", '<c r="A6"/>'), _merged("A5:A6", title="绩效指标")(b))),
    _read(
        "merged-values",
        _merged("J5:J6"),
        "F213 项目资金!J5",
        figures={"projects.0.executed": None, "projects.1.executed": None},
    ),
    _read("merged-overlapping", _merged("AG5:AH6", "AH6:AI7")),
    _read("merged-whole-column", _merged("AG1:AG1048576"), apart=True),
    _read("merged-whole-sheet-beside", _merged("AG1:XFD1048576"), apart=True),
    _read(
        "merged-a-hundred-whole-columns",
        lambda b: _merged(*[f"{c}1:{c}1048576" for c in ("AG", "AH", "AI", "AJ") * 25])(b),
        apart=True,
    ),
    _read("merged-nonsense", _merged("A1", "xx", "$AG$1:$AH$2"), said="打不开"),
    _read("merged-heading", lambda b: (_merged("A1:AE1")(b), b)),
    _read("hidden-row", _row_attribute(6, 'hidden="1"'), "F208 项目资金!A6"),
    _read("hidden-row-said-true", _row_attribute(6, 'hidden="true"'), "F208 项目资金!A6"),
    _read("hidden-row-single-quotes", _row_attribute(6, "hidden='1'"), "F208 项目资金!A6"),
    _read("hidden-empty-row", _row_attribute(20, 'hidden="1"')),
    _read(
        "row-of-height-zero",
        _part(lambda x: re.sub(r'<row r="6"([^>]*?) ht="[\d.]+"', r'<row r="6"\1 ht="0" customHeight="1"', x)),
        "F208 项目资金!A6",
    ),
    _read("hidden-column", _column_hidden(10), "F208 项目资金!J5"),
    _read(
        "column-of-width-zero",
        _part(lambda x: re.sub(r'<col min="8" max="19" width="[\d.]+"', '<col min="8" max="19" width="0"', x)),
        "F208 项目资金!H5",
    ),
    _read("hidden-sheet", _state("问题整改", "hidden"), "F208 问题整改!A5"),
    _read("very-hidden-sheet", _state("问题整改", "veryHidden"), "F208 问题整改!A5"),
    _read(
        "filtered-rows",
        lambda b: (
            _row_attribute(7, 'hidden="1"')(b),
            b.before_end(
                SHEET,
                '<autoFilter ref="A4:AE34"><filterColumn colId="0"><filters><filter val="1"/></filters></filterColumn></autoFilter>',
            ),
        ),
        "F208 项目资金!A7",
    ),
    _read("grouped-rows", _row_attribute(6, 'outlineLevel="1" collapsed="0"')),
    _read("protected", lambda b: b.before_end(SHEET, '<sheetProtection password="ABCD" sheet="1"/>')),
    _read("table-part", _with("xl/tables/table1.xml", b'<table xmlns="x" id="1" name="t" ref="A4:AE34"/>')),
    _read("picture", _with("xl/media/image1.png", b"\x89PNG" + bytes(5000))),
    _read(
        "cell-pictures-of-wps",
        lambda b: (
            _with("xl/cellimages.xml", b"<etc:cellImages/>")(b),
            b.formula("绩效指标!N5", '_xlfn.DISPIMG("ID_1",1)', '=DISPIMG("ID_1",1)', "str"),
        ),
    ),
    _read(
        "picture-where-an-amount-belongs",
        lambda b: b.formula(EXECUTED, '_xlfn.DISPIMG("ID_1",1)', '=DISPIMG("ID_1",1)', "str"),
        f"F401 {EXECUTED}",
        figures={"projects.0.executed": None},
    ),
    _read("external-link", _with("xl/externalLinks/externalLink1.xml"), "F104"),
    _read(
        "value-from-another-file",
        lambda b: (_with("xl/externalLinks/externalLink1.xml")(b), b.formula(BUDGET, "[1]Sheet1!$A$1", "5")),
        "F104",
    ),
    _read("macros", _with("xl/vbaProject.bin"), "F104"),
    _read(
        "extension-list",
        lambda b: b.sub(
            SHEET, "</worksheet>", '<extLst><ext uri="{x}"><x14:a xmlns:x14="y"/></ext></extLst></worksheet>'
        ),
    ),
    _read(
        "defined-names-broken",
        lambda b: b.sub(
            WORKBOOK,
            "</definedNames>",
            '<definedName name="坏">#REF!</definedName><definedName name="_xlnm._FilterDatabase" localSheetId="99">x</definedName></definedNames>',
        ),
    ),
    _read("dates-from-1904", _dates_1904),
    _read("dates-from-1900", _dates_1900),
    _read(
        "calculation-chain-missing",
        lambda b: b.sub(
            RELS,
            "</Relationships>",
            '<Relationship Id="rIdC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>',
        ),
    ),
    _read("custom-xml", _with("customXml/item1.xml", b"<a>1</a>")),
    _read("three-hundred-sheets", _many_sheets, apart=True),
    _read("sheet-with-quotes", _named("'他说\"好\"' & <x>")),
    _read("sheet-with-emoji", _named("😀表")),
    _read("sheet-with-control-character", _named("表&#10;一")),
    _read(
        "chart-sheet",
        lambda b: b.add_sheet("图", '<chartsheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'),
    ),
    _read("two-sheets-of-one-name", _two_of_a_name, said="同名"),
    _read(
        "sheet-order-reversed",
        lambda b: b.parts.update(
            {
                WORKBOOK: re.sub(
                    r"<sheets>(.*)</sheets>",
                    lambda m: "<sheets>" + "".join(reversed(re.findall(r"<sheet [^>]*/>", m[1]))) + "</sheets>",
                    b.parts[WORKBOOK].decode(),
                ).encode()
            }
        ),
    ),
    _read(
        "sheet-parts-shuffled",
        lambda b: [
            b.parts.update({f"xl/worksheets/s{n}.xml": b.parts.pop(b.part(t))})
            or b.sub(RELS, f"worksheets/sheet{n}.xml", f"worksheets/s{n}.xml")
            for n, t in [(11 - i, TITLES[10 - i]) for i in range(1, 11)]
        ],
    ),
)
