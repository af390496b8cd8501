"""Workbooks with what Excel, WPS and the libraries around them put into a package, and LibreOffice and our own forms never do."""

from __future__ import annotations

import re
from collections.abc import Callable

from annotated_books import png, report
from pieces import RELS, TITLES, WORKBOOK, Pieces, apart

SHEET, UNIT, BUDGET = "项目资金", "单位信息", "收支预决算"
TYPES, STYLES = "[Content_Types].xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EXCEL = "http://schemas.microsoft.com/office"
NOTED = "B14"
"""The cell of 单位信息 that has the staff's comment and a fault."""
FULL = 32_740
"""How many characters leave no room for a line behind them."""
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{}"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t{}" coordsize="21600,21600" path="m,l,21600r21600,l21600,xe"/>{}</xml>'
)
_NOTE = (
    '<v:shape id="_x0000_s{}" type="#_x0000_t202" style="visibility:hidden"><v:textbox><div/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:Anchor>3, 15, 1, 10, 5, 15, 5, 4</x:Anchor><x:Row>{}</x:Row>'
    "<x:Column>{}</x:Column></x:ClientData></v:shape>"
)
_BUTTON = (
    '<v:shape id="_x0000_s{}" type="#_x0000_t201" style="position:absolute"><v:textbox><div><font>按钮</font><br></div>'
    '</v:textbox><x:ClientData ObjectType="Button"><x:Anchor>1, 15, 10, 2, 3, 15, 12, 4</x:Anchor></x:ClientData></v:shape>'
)
Edit = Callable[[Pieces], object]


def book(*edits: Edit) -> Pieces:
    """The worked example with some edits."""
    made = Pieces(apart(report()))
    for edit in edits:
        edit(made)
    return made


def at_end(made: Pieces, title: str, xml: str) -> None:
    made.sub(title, "</worksheet>", f"{xml}</worksheet>")


def boxes(made: Pieces, title: str, block: int, kind: int, shapes: str, element: str = "legacyDrawing") -> None:
    """Give a sheet a drawing in the old manner."""
    name = f"xl/drawings/vmlDrawing{block}.vml"
    made.add(name, _VML.format(block, kind, shapes), "vmlDrawing")
    made.relate(made.part(title), f"rIdV{block}", "vmlDrawing", f"../drawings/vmlDrawing{block}.vml")
    at_end(made, title, f'<{element} r:id="rIdV{block}"/>')


def notes(made: Pieces, texts: dict[str, str], block: int = 1) -> None:
    """Comments of the staff's on 单位信息; addresses in columns A to Z."""
    held = "".join(f'<comment ref="{ref}" authorId="0"><text>{text}</text></comment>' for ref, text in texts.items())
    xml = f'<comments xmlns="{MAIN}"><authors><author>王会计</author></authors><commentList>{held}</commentList></comments>'
    made.add("xl/comments1.xml", xml, "spreadsheetml.comments+xml")
    made.relate(made.part(UNIT), "rIdN", "comments", "../comments1.xml")
    shapes = "".join(
        _NOTE.format(block * 1024 + n, int(ref[1:]) - 1, ord(ref[0]) - 65) for n, ref in enumerate(texts, 1)
    )
    boxes(made, UNIT, block, 202, shapes)


# --- the workbooks ------------------------------------------------------------------------------------------------


def discussed(made: Pieces) -> None:
    """People of discussions come first among what the workbook leads to."""
    made.add(
        "xl/persons/person.xml",
        f'<personList xmlns="{EXCEL}/spreadsheetml/2018/threadedcomments"/>',
        "application/vnd.ms-excel.person+xml",
    )
    line = f'<Relationship Id="rIdP" Type="{EXCEL}/2017/10/relationships/person" Target="persons/person.xml"/>'
    made.sub(RELS, "<Relationship ", f"{line}<Relationship ")


def noted(made: Pieces) -> None:
    """Comments whose boxes have the block of numbers that is another sheet's place in the workbook."""
    notes(made, {NOTED: "<t>等人事定了再填</t>"}, block=4)


def crowded(made: Pieces) -> None:
    """A block of numbers that is all but used up."""
    notes(made, {f"Z{n}": "<t>x</t>" for n in range(1, 1022)})


def long_note(made: Pieces) -> None:
    """A comment with hardly room for a word behind it."""
    notes(made, {NOTED: f"<t>{'长' * FULL}</t>"})


def left_over(made: Pieces) -> None:
    """A box of a comment that is gone."""
    boxes(made, UNIT, 1, 202, _NOTE.format(1025, 13, 1) + _NOTE.format(1026, 1, 1))


def phonetic(made: Pieces) -> None:
    """A comment with how its words are read."""
    notes(made, {NOTED: '<t>等人</t><rPh sb="0" eb="1"><t>deng</t></rPh><phoneticPr fontId="1"/>'})


def buttons(made: Pieces) -> None:
    """A button, whose box has a line break that is no XML, and its properties behind the drawing."""
    boxes(made, SHEET, 1, 201, _BUTTON.format(1025))
    made.add(
        "xl/ctrlProps/ctrlProp1.xml",
        f'<formControlPr xmlns="{EXCEL}/spreadsheetml/2009/9/main" objectType="Button"/>',
        "application/vnd.ms-excel.controlproperties+xml",
    )
    made.relate(made.part(SHEET), "rIdB", "ctrlProp", "../ctrlProps/ctrlProp1.xml")
    control = '<control shapeId="1025" r:id="rIdB" name="按钮"/>'
    at_end(
        made,
        SHEET,
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice xmlns:x14="{EXCEL}/spreadsheetml/2009/9/main" Requires="x14"><controls>{control}</controls></mc:Choice>'
        "</mc:AlternateContent>",
    )


def headed(made: Pieces) -> None:
    """A picture in the header of a page."""
    picture = '<v:shape id="CH" type="#_x0000_t75" style="width:9pt;height:9pt"><v:imagedata o:relid="rId1"/></v:shape>'
    boxes(made, SHEET, 4, 75, picture, "legacyDrawingHF")
    made.add("xl/media/image9.png", png(), "image/png")
    made.relate("xl/drawings/vmlDrawing4.vml", "rId1", "image", "../media/image9.png")


def charted(made: Pieces) -> None:
    """A sheet that is a chart, shown when the workbook was saved."""
    made.add(
        "xl/drawings/drawing7.xml",
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"/>',
        "drawing+xml",
    )
    made.add(
        "xl/chartsheets/sheet1.xml",
        f'<chartsheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>'
        '<drawing r:id="rId1"/></chartsheet>',
        "spreadsheetml.chartsheet+xml",
    )
    made.relate("xl/chartsheets/sheet1.xml", "rId1", "drawing", "../drawings/drawing7.xml")
    made.relate(WORKBOOK, "rIdC", "chartsheet", "chartsheets/sheet1.xml")
    made.sub(WORKBOOK, "</sheets>", '<sheet name="图" sheetId="777" r:id="rIdC"/></sheets>')
    for title in TITLES:
        made.set_sheet(title, made.sheet(title).replace(' tabSelected="1"', ""))
    made.parts[WORKBOOK] = re.sub(
        rb"<workbookView ", b'<workbookView activeTab="%d" ' % len(TITLES), made.parts[WORKBOOK]
    )


def by_default(made: Pieces) -> None:
    """The workbook's content type is that of all ``.xml``, as .NET writes it."""
    types = re.sub(r'<Override PartName="/xl/workbook.xml"[^>]*/>', "", made.parts[TYPES].decode())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = re.sub(r'(<Default Extension="xml" ContentType=)"[^"]*"', rf'\1"{kind}"', types)
    made.parts[TYPES] = types.encode()


def without_rows(made: Pieces) -> None:
    """All rows that are not written are hidden and have no height."""
    for title in TITLES:
        hidden = '<sheetFormatPr defaultRowHeight="0" zeroHeight="1"/>'
        made.set_sheet(title, re.sub(r"<sheetFormatPr[^>]*/>", hidden, made.sheet(title)))


def narrowed(made: Pieces) -> None:
    """All columns and rows that 单位信息 does not need are hidden."""
    rest = '<col min="4" max="16384" width="0" hidden="1" customWidth="1"/></cols>'
    xml = re.sub(r'<col min="4".*</cols>', rest, made.sheet(UNIT))
    made.set_sheet(UNIT, re.sub(r"<sheetFormatPr[^>]*/>", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>', xml))


def numbered(made: Pieces) -> None:
    """A sheet has the highest number there is."""
    made.sub(WORKBOOK, 'sheetId="3"', 'sheetId="65534"')


def linked(made: Pieces) -> None:
    """A link to another workbook comes first among what the workbook leads to; no name is defined."""
    name = "xl/externalLinks/externalLink1.xml"
    inner = f'<externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames><sheetName val="a"/></sheetNames></externalBook>'
    made.add(name, f'<externalLink xmlns="{MAIN}">{inner}</externalLink>', "spreadsheetml.externalLink+xml")
    made.relate(name, "rId1", "externalLinkPath", "x.xlsx", ' TargetMode="External"')
    made.relate(WORKBOOK, "rIdE", "externalLink", "externalLinks/externalLink1.xml")
    made.sub(
        WORKBOOK, "</sheets>", '</sheets><externalReferences><externalReference r:id="rIdE"/></externalReferences>'
    )


def chained(made: Pieces) -> None:
    """The chain of calculation, a table, a printer's settings."""
    number = re.search(rf'name="{BUDGET}" sheetId="(\d+)"', made.parts[WORKBOOK].decode())[1]
    cells = re.findall(r'<c r="(\w+)"[^>]*><f', made.sheet(BUDGET))[:5]
    chain = "".join(f'<c r="{ref}" i="{number}"/>' for ref in cells)
    made.add("xl/calcChain.xml", f'<calcChain xmlns="{MAIN}">{chain}</calcChain>', "spreadsheetml.calcChain+xml")
    made.relate(WORKBOOK, "rIdK", "calcChain", "calcChain.xml")
    columns = '<tableColumns count="2"><tableColumn id="1" name="a"/><tableColumn id="2" name="b"/></tableColumns>'
    made.add(
        "xl/tables/table1.xml",
        f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="AE1:AF2">{columns}</table>',
        "spreadsheetml.table+xml",
    )
    made.relate(made.part("支出标准"), "rIdT", "table", "../tables/table1.xml")
    at_end(made, "支出标准", '<tableParts count="1"><tablePart r:id="rIdT"/></tableParts>')
    made.add("xl/printerSettings/printerSettings1.bin", b"\0", "spreadsheetml.printerSettings")
    made.relate(made.part(SHEET), "rIdQ", "printerSettings", "../printerSettings/printerSettings1.bin")


def without_styles(made: Pieces) -> None:
    """No differential format, no conditional one, no counts."""
    for title in TITLES:
        made.set_sheet(title, re.sub(r"<conditionalFormatting.*</conditionalFormatting>", "", made.sheet(title)))
    styles = re.sub(r"<dxfs.*</dxfs>|<dxfs[^>]*/>", "", made.parts[STYLES].decode())
    made.parts[STYLES] = re.sub(r' count="\d+"', "", styles).encode()


def ranked(made: Pieces) -> None:
    """A conditional format of a newer Excel comes first of all."""
    rule = '<x14:cfRule type="expression" priority="1" id="{3F2504E0-4F89-11D3-9A0C-0305E82C3302}"><xm:f>1&gt;2</xm:f>'
    extension = (
        f'<extLst><ext xmlns:x14="{EXCEL}/spreadsheetml/2009/9/main" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}">'
        f'<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{EXCEL}/excel/2006/main">{rule}'
        "<x14:dxf><font><b/></font></x14:dxf></x14:cfRule><xm:sqref>Y5:Y9</xm:sqref></x14:conditionalFormatting>"
        "</x14:conditionalFormattings></ext></extLst>"
    )
    later = re.sub(r'priority="(\d+)"', lambda found: f'priority="{int(found[1]) + 1}"', made.sheet(SHEET))
    made.set_sheet(SHEET, later)
    at_end(made, SHEET, extension)


def by_excel(made: Pieces) -> None:
    """Revisions, heights and paths in the namespaces that Excel lets others ignore; a byte order mark."""
    ignorable = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
        f'xmlns:x14ac="{EXCEL}/spreadsheetml/2009/9/ac" xmlns:xr="{EXCEL}/spreadsheetml/2014/revision" '
    )
    for title in TITLES:
        xml = re.sub(r' (?:xmlns:mc|xmlns:x14ac|mc:Ignorable|x14ac:dyDescent|spans)="[^"]*"', "", made.sheet(title))
        xml = xml.replace("<worksheet ", f'<worksheet {ignorable}xr:uid="{{00000000-0001-0000-0000-000000000000}}" ', 1)
        made.set_sheet(title, "\ufeff" + xml.replace("<row ", '<row spans="1:30" x14ac:dyDescent="0.2" '))
    path = f'<x15ac:absPath url="C:\\a\\" xmlns:x15ac="{EXCEL}/spreadsheetml/2010/11/ac"/>'
    choice = f'<mc:Choice xmlns:x15="{EXCEL}/spreadsheetml/2010/11/main" Requires="x15">{path}</mc:Choice>'
    xml = made.parts[WORKBOOK].decode().replace("<workbook ", f"<workbook {ignorable}")
    xml = re.sub(
        r"(<workbookPr[^>]*/>)", rf"\1<mc:AlternateContent>{choice}</mc:AlternateContent>".replace("\\a", "\\\\a"), xml
    )
    made.parts[WORKBOOK] = xml.encode()


BOOKS = (
    discussed,
    noted,
    crowded,
    long_note,
    phonetic,
    buttons,
    headed,
    charted,
    by_default,
    without_rows,
    narrowed,
    numbered,
    linked,
    chained,
    without_styles,
    ranked,
    by_excel,
)


def as_saved_by_excel(copy: bytes) -> Pieces:
    """A copy of ours as Excel writes it: parts and identifiers with its names, the list printed and added up."""
    parts = apart(copy)
    to = {name: _name_of_excel(name, n) for n, name in enumerate(parts, 1) if "evalbatch" in name}
    parts = {to.get(name, name): xml for name, xml in parts.items()}
    last = {old.rpartition("/")[2]: new.rpartition("/")[2] for old, new in to.items()}
    for name in [name for name in parts if name.endswith((".rels", "Types].xml")) or b"rId_evalbatch" in parts[name]]:
        for old, new in {**last, "rId_evalbatch_": "rIdX"}.items():
            parts[name] = parts[name].replace(old.encode(), new.encode())
    made = Pieces(parts)
    made.add("xl/printerSettings/printerSettings1.bin", b"\0", "spreadsheetml.printerSettings")
    made.relate("xl/worksheets/sheet99.xml", "rId1", "printerSettings", "../printerSettings/printerSettings1.bin")
    made.sub("xl/worksheets/sheet99.xml", 'fitToHeight="0"/>', f'fitToHeight="0" xmlns:r="{OFFICE}" r:id="rId1"/>')
    total = '<row r="999"><c r="B999"><f>1+1</f><v>2</v></c></row>'
    made.sub("xl/worksheets/sheet99.xml", "</sheetData>", f"{total}</sheetData>")
    number = re.search(r'name="问题清单" sheetId="(\d+)"', made.parts[WORKBOOK].decode())[1]
    chain = f'<calcChain xmlns="{MAIN}"><c r="B999" i="{number}"/></calcChain>'
    made.add("xl/calcChain.xml", chain, "spreadsheetml.calcChain+xml")
    made.relate(WORKBOOK, "rIdK", "calcChain", "calcChain.xml")
    return made


def _name_of_excel(name: str, number: int) -> str:
    if name.endswith("_list.xml"):
        return "xl/worksheets/sheet99.xml"
    return f"xl/comments{number}.xml" if "comments" in name else f"xl/drawings/vmlDrawing{number}.vml"
