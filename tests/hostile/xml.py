"""The XML of the parts: other encodings, other spellings of the same, declarations, damage."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pieces import STRINGS, WORKBOOK

from .kit import BUDGET, EXECUTED, Book, Specimen, edited

GROUP = "xml"
SHEET = "项目资金"
DAMAGED = "工作簿打不开"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def _part(change: Callable[[str], str], title: str = SHEET) -> Callable[[Book], Any]:
    return lambda book: book.set_sheet(title, change(book.sheet(title)))


def _bytes(change: Callable[[bytes], bytes], title: str = SHEET) -> Callable[[Book], Any]:
    def edit(book: Book) -> None:
        book.parts[book.part(title)] = change(book.parts[book.part(title)])

    return edit


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
    return xml.replace("xmlns=", "xmlns:x=", 1)


def _all_prefixed(book: Book) -> None:
    for name, data in book.parts.items():
        if name.startswith("xl/worksheets/") or name in (STRINGS, "xl/styles.xml"):
            book.parts[name] = prefixed(data.decode()).encode()
    book.sub(WORKBOOK, "xmlns=", "xmlns:x=")
    book.parts[WORKBOOK] = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", book.parts[WORKBOOK].decode()).encode()


def _single_quoted(xml: str) -> str:
    return re.sub(r'(?<=[\w])="([^"\'<>]*)"', r"='\1'", xml)


def _strict(book: Book) -> None:
    for name, data in book.parts.items():
        text = data.decode().replace(_MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        text = text.replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        book.parts[name] = text.encode()


def _error(book: Book) -> Book:
    return book.cell(EXECUTED, "<v>#REF!</v>", "e")


def _commented(xml: str) -> str:
    """Comments and instructions between cells, one of them holding a cell that is none."""
    xml = xml.replace('<c r="J5"', '<!-- <c r="J5"><v>99</v></c> --><?pi a="b"?><c r="J5"')
    return xml.replace("<sheetData>", "<!-- a > b --><sheetData>")


def _relation_prefix(book: Book) -> None:
    book.sub(WORKBOOK, "xmlns:r=", "xmlns:d3p1=").sub(WORKBOOK, " r:id=", " d3p1:id=", 99)


def _deep(book: Book) -> None:
    book.before_end(SHEET, "<extLst>" + "<ext>" * 5000 + "</ext>" * 5000 + "</extLst>")


def _read(name: str, edit: Callable[[Book], Any], *found: str, **more: Any) -> Specimen:
    return Specimen(group=GROUP, name=name, make=edited(edit), found=found, **more)


def _refused(name: str, edit: Callable[[Book], Any], said: str = DAMAGED, **more: Any) -> Specimen:
    return Specimen(group=GROUP, name=name, make=edited(edit), said=said, **more)


_NO_VALUE = {"figures": {"projects.0.executed": None}}

SPECIMENS = (
    _refused("dtd-in-a-sheet", _part(lambda x: x.replace("<worksheet", _DTD + "<worksheet", 1)), "DTD"),
    _refused("dtd-in-the-strings", lambda b: b.sub(STRINGS, "<sst", _DTD + "<sst"), "DTD"),
    _refused("dtd-in-the-workbook", lambda b: b.sub(WORKBOOK, "<workbook", _DTD + "<workbook"), "DTD"),
    _refused(
        "external-entity",
        _part(lambda x: x.replace("<worksheet", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet', 1)),
        "DTD",
    ),
    _refused("utf-16-sheet", _bytes(lambda x: x.decode().replace("UTF-8", "UTF-16").encode("utf-16")), "不是 UTF-8"),
    _refused("utf-16-sheet-without-mark", _bytes(lambda x: x.decode().encode("utf-16-le")), "不是 UTF-8"),
    _refused("utf-32-sheet", _bytes(lambda x: x.decode().encode("utf-32")), "不是 UTF-8"),
    _refused(
        "gbk-strings",
        lambda b: b.parts.update({STRINGS: b.parts[STRINGS].decode().replace("UTF-8", "GBK").encode("gb18030")}),
        "不是 UTF-8",
    ),
    _refused(
        "gbk-strings-said-to-be-utf-8", lambda b: b.parts.update({STRINGS: b.parts[STRINGS].decode().encode("gb18030")})
    ),
    _refused("ebcdic-sheet", _bytes(lambda x: x.decode().encode("ascii", "replace").decode().encode("cp500")), DAMAGED),
    _read("byte-order-mark", _bytes(lambda x: b"\xef\xbb\xbf" + x)),
    _read("no-declaration", _part(lambda x: x.replace(_HEAD, "").lstrip())),
    _read("lower-case-encoding", _part(lambda x: x.replace('"UTF-8"', '"utf-8"'))),
    _read("ascii-encoding-in-styles", lambda b: b.sub("xl/styles.xml", 'encoding="UTF-8"', 'encoding="us-ascii"')),
    _read("namespace-prefix", _part(prefixed)),
    _read("namespace-prefix-everywhere", _all_prefixed),
    _read("namespace-prefix-and-error", lambda b: (_error(b), _part(prefixed)(b)), f"F402 {EXECUTED}", **_NO_VALUE),
    _read("strict-namespaces", _strict),
    _read("relation-prefix-of-its-own", _relation_prefix),
    _read("relation-prefix-and-error", lambda b: (_error(b), _relation_prefix(b)), f"F402 {EXECUTED}", **_NO_VALUE),
    _read("single-quotes", _part(_single_quoted)),
    _read("single-quotes-and-error", lambda b: (_error(b), _part(_single_quoted)(b)), f"F402 {EXECUTED}", **_NO_VALUE),
    _read(
        "single-quotes-in-workbook",
        lambda b: b.parts.update({WORKBOOK: _single_quoted(b.parts[WORKBOOK].decode()).encode()}),
    ),
    _read("single-quotes-and-percent", _part(_single_quoted, "收支预决算")),
    _read("spaces-in-tags", _part(lambda x: re.sub(r'<c r="(\w+)" s="(\d+)"', r'<c\n  s = "\2"   r = "\1" ', x))),
    _read(
        "spaces-in-tags-and-error",
        lambda b: (_error(b), _part(lambda x: x.replace('t="e"', 't = "e"').replace('<c r="J5"', '<c  r = "J5"'))(b)),
        f"F402 {EXECUTED}",
        **_NO_VALUE,
    ),
    _read(
        "attributes-in-another-order",
        _part(lambda x: re.sub(r'<c r="(\w+)" s="(\d+)" t="(\w+)"', r'<c t="\3" s="\2" r="\1"', x)),
    ),
    _read("greater-than-in-an-attribute", _part(lambda x: x.replace('<c r="J5"', '<c title="a>b" r="J5"'))),
    _read("comments-between-cells", _part(_commented)),
    _read(
        "comment-holding-an-error",
        _part(lambda x: x.replace('<c r="J5"', '<!-- <c r="J5" t="e"><v>#REF!</v></c> --><c r="J5"')),
    ),
    _read("indented", _part(lambda x: re.sub(r"(?<=>)(?=<(?:row|c|/row)\b)", "\n    ", x))),
    _read(
        "cdata-string", lambda b: b.cell("项目资金!G5", "<is><t><![CDATA[鹿泉区计划生育协会]]></t></is>", "inlineStr")
    ),
    _read("cdata-number", lambda b: b.cell(BUDGET, "<v><![CDATA[5.00]]></v>")),
    _read("entities-in-a-number", lambda b: b.cell(BUDGET, "<v>&#53;.00</v>")),
    _refused(
        "invalid-utf-8",
        lambda b: b.parts.update({STRINGS: b.parts[STRINGS].replace("计生宣传服务".encode(), b"\xff\xfe\x80")}),
    ),
    _read(
        "control-character-in-a-string",
        lambda b: b.heading("特定目标类", "特定\x01目标类"),
        "F404 项目资金!D5",
        "F212 项目资金!D5",
    ),
    _read("vertical-tab-as-escape", lambda b: b.heading("宣传品出入库登记表", "宣传品_x000B_出入库登记表")),
    _read(
        "unknown-elements",
        _part(
            lambda x: x.replace('<row r="5"', '<odd a="1"><b/></odd><row r="5"').replace('<c r="J5"', '<odd/><c r="J5"')
        ),
    ),
    _read(
        "unknown-attributes", _part(lambda x: x.replace('<c r="J5"', '<c odd="r=&quot;A1&quot;" xml:odd="t" r="J5"'))
    ),
    _read(
        "attribute-of-a-megabyte",
        _part(lambda x: x.replace('<c r="J5"', f'<c odd="{"x" * 1_000_000}" r="J5"')),
        apart=True,
    ),
    _read(
        "attribute-of-thirty-megabytes",
        _part(lambda x: x.replace("<sheetData>", f'<odd a="{"y" * 30_000_000}"/><sheetData>')),
        apart=True,
    ),
    _read("deep-nesting", _deep, apart=True),
    _refused("sheet-cut-in-the-middle", _part(lambda x: x[: x.index('<row r="7"')])),
    _refused("sheet-cut-in-a-cell", _part(lambda x: x[: x.index('<c r="J6"') + 20])),
    _refused(
        "sheet-cut-behind-a-row", _part(lambda x: x[: x.index('<row r="8"')] + "</sheetData></worksheet>garbage<")
    ),
    _refused("sheet-empty", _part(lambda x: "")),
    _refused("sheet-without-data", _part(lambda x: f'{_HEAD}<worksheet xmlns="{_MAIN}"/>'), "打不开"),
    _refused("strings-cut", lambda b: b.parts.update({STRINGS: b.parts[STRINGS][:3000]})),
    _refused("end-tag-missing", _part(lambda x: x.replace('</c></row><row r="6"', '</row><row r="6"', 1))),
    _read("rows-inside-each-other", _part(lambda x: x.replace('</row><row r="6"', '<row r="6"', 1))),
    _refused("string-index-outside", lambda b: b.cell("项目资金!C5", "<v>99999</v>", "s")),
    _refused("string-index-negative", lambda b: b.cell("项目资金!C5", "<v>-1</v>", "s")),
    _refused("string-index-no-number", lambda b: b.cell("项目资金!C5", "<v>x</v>", "s")),
    _read(
        "rich-text",
        lambda b: b.sub(STRINGS, "<t>特定目标类</t>", "<r><rPr><b/></rPr><t>特定</t></r><r><t>目标类</t></r>"),
    ),
    _read(
        "rich-inline-text",
        lambda b: b.cell("项目资金!D5", "<is><r><t>特定</t></r><r><t>目标类</t></r></is>", "inlineStr"),
    ),
    _read(
        "phonetic-run",
        lambda b: b.sub(
            STRINGS,
            "<t>特定目标类</t>",
            '<t>特定目标类</t><rPh sb="0" eb="2"><t>TEDING</t></rPh><phoneticPr fontId="1"/>',
        ),
    ),
    _read("carriage-return-escape", lambda b: b.heading("特定目标类", "特定目标类_x000D_")),
    _read("escape-that-is-text", lambda b: b.heading("宣传品出入库登记表", "宣传品_x005F_x000D_登记表")),
    _read("spaces-kept", lambda b: b.sub(STRINGS, "<t>特定目标类</t>", '<t xml:space="preserve">  特定目标类 \n</t>')),
    _read("inline-string", lambda b: b.text("项目资金!D5", "特定目标类")),
    _read("formula-string", lambda b: b.formula("项目资金!D5", 'CONCATENATE("特定","目标类")', "特定目标类", "str")),
    _read("plain-string-type", lambda b: b.cell("项目资金!D5", "<v>特定目标类</v>", "str")),
    _read("number-type-said", lambda b: b.cell(BUDGET, "<v>5</v>", "n")),
    _read("number-with-spaces-around", lambda b: b.cell(BUDGET, '<v xml:space="preserve"> 5 </v>')),
    _read("number-in-exponents", lambda b: b.number(BUDGET, "5.0000000000000000E+0")),
    _read("date-type", lambda b: b.cell("单位信息!B16", "<v>2026-02-27</v>", "d")),
    _read("date-type-with-time", lambda b: b.cell("单位信息!B16", "<v>2026-02-27T00:00:00</v>", "d")),
    _read(
        "date-type-with-zone", lambda b: b.cell("单位信息!B16", "<v>2026-02-27T00:00:00Z</v>", "d"), "F401 单位信息!B16"
    ),
    _read("boolean-in-an-amount", lambda b: b.cell(EXECUTED, "<v>1</v>", "b"), f"F401 {EXECUTED}", **_NO_VALUE),
    _refused("unknown-type", lambda b: b.cell(BUDGET, "<v>5</v>", "zz")),
    _read("number-that-is-none", lambda b: b.number(EXECUTED, "fünf"), f"F401 {EXECUTED}", **_NO_VALUE),
    _read("number-nan", lambda b: b.number(EXECUTED, "NaN"), f"F401 {EXECUTED}", **_NO_VALUE),
    _read("number-infinite", lambda b: b.number(EXECUTED, "INF"), f"F401 {EXECUTED}", **_NO_VALUE),
    _refused("cell-with-two-values", lambda b: b.cell(BUDGET, "<v>5</v><v>7</v>")),
)
