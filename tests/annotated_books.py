"""Workbooks to be annotated: what staff put into a form beside what it asks for, written as office programs write it."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import openpyxl
from hostile.xml import prefixed
from pieces import TITLES, WORKBOOK, Pieces, apart
from support import REPORT, filling

from evalbatch.writers.template import write_form

THREADED, ANSWERED, BOTH, ASIDE = "B15", "B16", "B14", "B2"
"""Cells of 单位信息: under discussion, with a comment that looks like ours, with the staff's comment and a fault, without a fault."""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_COMMENTS = (
    '<?xml version="1.0" encoding="UTF-8"?><comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<authors><author>王会计</author><author>tc={{3F2504E0-4F89-11D3-9A0C-0305E82C3301}}</author></authors><commentList>{}"
    "</commentList></comments>"
)
_BOX = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="visibility:hidden"><v:textbox><div/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:Anchor>3, 15, 1, 10, 5, 15, 5, 4</x:Anchor><x:Row>{row}</x:Row>'
    "<x:Column>1</x:Column></x:ClientData></v:shape>"
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"/>'
    "{}</xml>"
)
_DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col>'
    '<xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/>'
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="公章"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    f'<a:blip xmlns:r="{_OFFICE}" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr>'
    '<a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
)
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_EXTENSION = (
    f'<extLst><ext xmlns:x14="{_X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="dataBar" '
    'priority="40" id="{3F2504E0-4F89-11D3-9A0C-0305E82C3302}"><x14:dataBar minLength="0" maxLength="100"><x14:cfvo '
    'type="autoMin"/><x14:cfvo type="autoMax"/></x14:dataBar></x14:cfRule><xm:sqref>Y5:Y9</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    f'<ext xmlns:x14="{_X14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list" '
    'allowBlank="1"><x14:formula1><xm:f>领导批示!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>G5:G9</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext></extLst>"
)


def report() -> bytes:
    """The worked example that the published report fills: it has faults of every severity."""
    return write_form(filling(REPORT))


def png() -> bytes:
    """A picture of one red dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def with_extras() -> bytes:
    """With a sheet of the staff's own, comments, a discussion, a picture, an extension's dropdown and data bar."""
    book = Pieces(apart(report()))
    book.add_sheet(
        "领导批示",
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>同意</t></is></c></row></sheetData></worksheet>',
    )
    _comment(book)
    _draw(book)
    book.sub("项目资金", "</worksheet>", f"{_EXTENSION}</worksheet>")
    return book.data()


def _relate(book: Pieces, title: str, *lines: tuple[str, str]) -> None:
    name = book.part(title).replace("worksheets/", "worksheets/_rels/") + ".rels"
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{kind if "://" in kind else f"{_OFFICE}/{kind}"}" Target="{target}"/>'
        for n, (kind, target) in enumerate(lines, 1)
    )
    book.parts[name] = _RELATIONS.format(inner).encode()


def _typed(book: Pieces, **types: str) -> None:
    for ending, kind in types.items():
        book.sub("[Content_Types].xml", "<Override", f'<Default Extension="{ending}" ContentType="{kind}"/><Override')


def _override(book: Pieces, part: str, kind: str) -> None:
    book.sub("[Content_Types].xml", "</Types>", f'<Override PartName="/{part}" ContentType="{kind}"/></Types>')


def _comment(book: Pieces) -> None:
    texts = {
        ASIDE: '<r><rPr><b/><sz val="9"/></rPr><t>王会计:</t></r><r><t xml:space="preserve">\n全称</t></r>',
        BOTH: "<t>等人事定了再填</t>",
        ANSWERED: "<t>【错误】别动这里</t>",
        THREADED: "<t>[Threaded comment] 电话换了</t>",
    }
    written = "".join(
        f'<comment ref="{ref}" authorId="{int(ref == THREADED)}"><text>{text}</text></comment>'
        for ref, text in texts.items()
    )
    boxes = "".join(_BOX.format(id=1025 + n, row=int(ref[1:]) - 1) for n, ref in enumerate(texts))
    book.parts["xl/comments1.xml"] = _COMMENTS.format(written).replace("{{", "{").replace("}}", "}").encode()
    book.parts["xl/drawings/vmlDrawing1.vml"] = _VML.format(boxes).encode()
    book.parts["xl/threadedComments/threadedComment1.xml"] = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>'
    )
    _override(book, "xl/comments1.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
    _override(book, "xl/threadedComments/threadedComment1.xml", "application/vnd.ms-excel.threadedcomments+xml")
    _typed(book, vml="application/vnd.openxmlformats-officedocument.vmlDrawing")
    book.sub("单位信息", "</worksheet>", '<legacyDrawing r:id="rId2"/></worksheet>')
    threads = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    _relate(
        book,
        "单位信息",
        ("comments", "../comments1.xml"),
        ("vmlDrawing", "../drawings/vmlDrawing1.vml"),
        (threads, "../threadedComments/threadedComment1.xml"),
    )


def _draw(book: Pieces) -> None:
    book.parts["xl/media/image1.png"] = png()
    book.parts["xl/drawings/drawing1.xml"] = _DRAWING.encode()
    book.parts["xl/drawings/_rels/drawing1.xml.rels"] = _RELATIONS.format(
        f'<Relationship Id="rId1" Type="{_OFFICE}/image" Target="../media/image1.png"/>'
    ).encode()
    _typed(book, png="image/png")
    _override(book, "xl/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawing+xml")
    book.sub("项目资金", "</worksheet>", '<drawing r:id="rId1"/></worksheet>')
    _relate(book, "项目资金", ("drawing", "../drawings/drawing1.xml"))


def with_rows() -> bytes:
    """With rows put in above the heads of the tables and among their records, columns before them, and a merged cell."""
    book = openpyxl.load_workbook(BytesIO(report()))
    for title in ("项目资金", "绩效指标"):
        book[title].insert_rows(2, 3)
        book[title].insert_rows(10)
        book[title].insert_cols(1)
    book["单位信息"].merge_cells("B14:C14")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def with_prefixes() -> bytes:
    """With every element of the sheets, the list of sheets and the styles under a prefix."""
    book = Pieces(apart(report()))
    for name in (WORKBOOK, "xl/styles.xml", *map(book.part, TITLES)):
        book.parts[name] = prefixed(book.parts[name].decode()).encode()
    return book.data()


def with_namesake() -> bytes:
    """With a sheet of the staff's own that is called as our list is."""
    book = Pieces(apart(report()))
    sheet = book.sheet("选项")
    return book.add_sheet("问题清单", sheet).data()
