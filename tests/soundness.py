"""What would make Excel or WPS call a workbook damaged and offer to repair it, as far as it is known.

The schema's order and counts, what points to what inside the package, and the limits of the programs. Excel is stricter
than LibreOffice: it takes a workbook apart for one relationship, one number or one identifier that is wrong.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from annotations import EXCEL, MAIN, OFFICE, REL, VML, drawn, related, relations, sheets, spots, spread
from pieces import Parts, apart

ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
"""The children of a worksheet, in the order of the schema."""
STYLES = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
WORKBOOK_ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]


KINDS = {
    "worksheet": "spreadsheetml.worksheet+xml",
    "comments": "spreadsheetml.comments+xml",
    "vmlDrawing": "vmlDrawing",
    "styles": "spreadsheetml.styles+xml",
}
"""How the content type of a part ends, by the last word of the relationship that leads to it."""
MAX_TEXT, MAX_TITLE, MAX_ID, MAX_LINKS, MAX_HEIGHT = 32_767, 31, 65_534, 65_530, 409.5
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
BLOCK = 1024
"""How many numbers of shapes a block has; a drawing reserves whole blocks, in the workbook's name."""
_REF = re.compile(r"([A-Z]{1,3})([1-9]\d*)")


def unsound(data: bytes) -> list[str]:
    """What is wrong with a workbook, one line each; nothing where Excel has no reason to repair it."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        bad = [f"damaged {archive.testzip()}"] if archive.testzip() else []
        names = [name.lower() for name in archive.namelist()]
    parts = apart(data)
    if len(set(names)) != len(names):
        bad.append("a part twice")
    checks = (_types, _relations, _reached, _workbook, _chain, _styles, _sheets, _blocks)
    return [*bad, *(line for check in checks for line in check(parts))]


# --- the package --------------------------------------------------------------------------------------------------


def _types(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["[Content_Types].xml"])
    defaults = [one.attrib["Extension"].lower() for one in root if one.tag.endswith("Default")]
    overrides = [one.attrib["PartName"].lstrip("/").lower() for one in root if one.tag.endswith("Override")]
    if len({*overrides}) != len(overrides) or len({*defaults}) != len(defaults):
        yield "a content type twice"
    there = {name.lower() for name in parts}
    yield from (f"type of nothing: {name}" for name in overrides if name not in there)
    for name in there - {"[content_types].xml"}:
        if name not in overrides and name.rpartition(".")[2] not in defaults and not name.endswith("/"):
            yield f"without type: {name}"


def type_of(parts: Parts, name: str) -> str:
    """The content type of a part."""
    root = ET.fromstring(parts["[Content_Types].xml"])
    ending = name.rpartition(".")[2].lower()
    own = [one.attrib["ContentType"] for one in root if one.get("PartName", "").lower() == f"/{name}".lower()]
    usual = [one.attrib["ContentType"] for one in root if one.get("Extension", "").lower() == ending]
    return next(iter((*own, *usual)), "")


def _relations(parts: Parts) -> Iterator[str]:
    for name in [name for name in parts if name.endswith(".rels")]:
        folder, file = posixpath.split(name)
        owner = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
        held = list(ET.fromstring(parts[name]))
        ids = [one.attrib["Id"] for one in held]
        if len(set(ids)) != len(ids):
            yield f"an id twice: {name}"
        if owner and owner not in parts and name != "_rels/.rels":
            yield f"relations of nothing: {name}"
        for kind, target in relations(parts, owner).values():
            if target not in parts:
                yield f"{name}: {kind} leads to nothing: {target}"
            elif not type_of(parts, target).endswith(KINDS.get(kind, "")):
                yield f"{name}: {kind} leads to a {type_of(parts, target)}"
        kinds = [one.attrib["Type"] for one in held]
        bases = {
            OFFICE,
            OFFICE.replace("schemas.openxmlformats.org/officeDocument/2006", "purl.oclc.org/ooxml/officeDocument"),
        }
        yield from (
            f"{name}: no such kind: {kind}"
            for kind in kinds
            if kind.rpartition("/")[2] in KINDS and kind.rpartition("/")[0] not in bases
        )
        if owner in sheets(parts).values():
            count = Counter(kind.rpartition("/")[2] for kind in kinds)
            yield from (f"{name}: {count[kind]} {kind}" for kind in ("comments", "drawing") if count[kind] > 1)


def _reached(parts: Parts) -> Iterator[str]:
    """Parts that no relationship leads to."""
    seen, waiting = set(), [""]
    while waiting:
        part = waiting.pop()
        seen.add(part)
        waiting += [target for _, target in relations(parts, part).values() if target not in seen]
    for name in parts:
        if name not in seen and not name.endswith((".rels", "/")) and name != "[Content_Types].xml":
            yield f"nothing leads to {name}"


# --- the workbook -------------------------------------------------------------------------------------------------


def _in_order(root: ET.Element, order: list[str], what: str) -> Iterator[str]:
    names = [name for one in root if (name := one.tag.rpartition("}")[2]) in order]
    places = [order.index(name) for name in names]
    if places != sorted(places):
        yield f"{what}: out of order"
    count = Counter(names)
    yield from (f"{what}: {n} {name}" for name, n in count.items() if n > 1 and name != "conditionalFormatting")


def _workbook(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["xl/workbook.xml"])
    yield from _in_order(root, WORKBOOK_ORDER, "workbook")
    held = list(root.find(f"{MAIN}sheets"))
    for attribute in ("name", "sheetId", f"{REL}id"):
        if len({one.attrib[attribute].lower() for one in held}) != len(held):
            yield f"{attribute} of a sheet twice"
    for one in held:
        title, number = one.attrib["name"], int(one.attrib["sheetId"])
        if not 1 <= number <= MAX_ID:
            yield f"{title}: number {number}"
        if _units(title) > MAX_TITLE or re.search(r"[:\\/?*\[\]]|^'|'$|^$", title):
            yield f"no title: {title}"
        if one.attrib[f"{REL}id"] not in relations(parts, "xl/workbook.xml"):
            yield f"{title}: no part"
    names = list(root.iter(f"{MAIN}definedName"))
    if len({(one.attrib["name"].lower(), one.get("localSheetId")) for one in names}) != len(names):
        yield "a defined name twice"
    yield from (f"{n.attrib['name']} of no sheet" for n in names if int(n.get("localSheetId", 0)) >= len(held))
    yield from (
        f"{n.attrib['name']} of {held[int(n.attrib['localSheetId'])].attrib['name']} is {n.text}"
        for n in names
        if n.attrib["name"].startswith("_xlnm.Print") and "localSheetId" in n.attrib and "!" in (n.text or "")
        if _title_of(n.text) not in (held[int(n.attrib["localSheetId"])].attrib["name"], "#REF")
    )
    yield from _shown(parts, root, held)


def _title_of(reference: str) -> str:
    title = reference.split(",")[0].rpartition("!")[0]
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def _shown(parts: Parts, root: ET.Element, held: list[ET.Element]) -> Iterator[str]:
    to = relations(parts, "xl/workbook.xml")
    selected = [
        one.attrib["name"]
        for one in held
        for view in ET.fromstring(parts[to[one.attrib[f"{REL}id"]][1]]).iter(f"{MAIN}sheetView")
        if view.get("tabSelected") in ("1", "true")
    ]
    if len(selected) > 1:
        yield f"selected together: {selected}"
    for attribute in ("activeTab", "firstSheet"):
        shown = [int(view.get(attribute, 0)) for view in root.iter(f"{MAIN}workbookView")]
        if any(n >= len(held) or held[n].get("state", "visible") != "visible" for n in shown):
            yield f"{attribute}: {shown}"


def _chain(parts: Parts) -> Iterator[str]:
    """The chain of calculation may name no cell without a formula."""
    name = related(parts, "xl/workbook.xml", "calcChain")
    if name is None or name not in parts:
        return
    to, root = relations(parts, "xl/workbook.xml"), ET.fromstring(parts["xl/workbook.xml"])
    of = {one.attrib["sheetId"]: to[one.attrib[f"{REL}id"]][1] for one in root.find(f"{MAIN}sheets")}
    computed = {
        number: {c.get("r") for c in ET.fromstring(parts[part]).iter(f"{MAIN}c") if c.find(f"{MAIN}f") is not None}
        for number, part in of.items()
    }
    number = "0"
    for c in ET.fromstring(parts[name]):
        number = c.get("i", number)
        if c.attrib["r"] not in computed.get(number, ()):
            yield f"no formula in {c.attrib['r']} of sheet {number}"


def _styles(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["xl/styles.xml"])
    yield from _in_order(root, STYLES, "styles")
    size = {one.tag.rpartition("}")[2]: len(one) for one in root}
    for one in root:
        if one.get("count") not in (None, str(len(one))):
            yield f"{one.tag} counts {one.get('count')}, holds {len(one)}"
    lists = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
    for group in ("cellXfs", "cellStyleXfs"):
        for xf in root.find(f"{MAIN}{group}") or ():
            for attribute, name in lists.items():
                if int(xf.get(attribute, 0)) >= size.get(name, 1):
                    yield f"{group}: no {name} {xf.get(attribute)}"


# --- the sheets ---------------------------------------------------------------------------------------------------


def _sheets(parts: Parts) -> Iterator[str]:
    styles = ET.fromstring(parts["xl/styles.xml"])
    formats, dxfs = len(styles.find(f"{MAIN}cellXfs")), len(styles.find(f"{MAIN}dxfs") or ())
    titles = sheets(parts)
    for title, part in titles.items():
        root = ET.fromstring(parts[part])
        yield from _in_order(root, ORDER, title)
        to = relations(parts, part)
        yield from (
            f"{title}: {one.tag} leads nowhere"
            for one in root.iter()
            if one.get(f"{REL}id", "") not in {"", *to, *_outside(parts, part)}
        )
        rules = list(root.iter(f"{MAIN}cfRule"))
        order = [int(rule.attrib["priority"]) for rule in rules]
        if len(set(order)) != len(order) or min(order, default=1) < 1:
            yield f"{title}: priorities {sorted(order)}"
        yield from (f"{title}: no dxf" for rule in rules if int(rule.get("dxfId", 0)) >= dxfs)
        yield from (f"{title}: no format" for c in root.iter(f"{MAIN}c") if int(c.get("s", 0)) >= formats)
        for one in root.iter(f"{MAIN}conditionalFormatting"):
            yield from (f"{title}: {ref} is no area" for ref in one.attrib["sqref"].split() if not _is_area(ref))
        yield from _grid(root, title)
        yield from _links(root, title, set(titles))
        yield from _comments(parts, part, title)


def _outside(parts: Parts, part: str) -> set[str]:
    folder, name = posixpath.split(part)
    xml = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b"<a/>")
    return {one.attrib["Id"] for one in ET.fromstring(xml) if one.get("TargetMode") == "External"}


def _is_area(ref: str) -> bool:
    ends = [_REF.fullmatch(end) for end in ref.split(":")]
    return len(ends) <= 2 and all(end and int(end[2]) <= MAX_ROW for end in ends)


def _grid(root: ET.Element, title: str) -> Iterator[str]:
    rows = [int(row.attrib["r"]) for row in root.iter(f"{MAIN}row") if "r" in row.attrib]
    if any(one >= other for one, other in pairwise(rows)):
        yield f"{title}: rows out of order"
    for row in root.iter(f"{MAIN}row"):
        if float(row.get("ht", 0)) > MAX_HEIGHT:
            yield f"{title}: row of {row.get('ht')}"
        if any(_units(t.text or "") > MAX_TEXT for t in row.iter(f"{MAIN}t")):
            yield f"{title}: a text too long in row {row.get('r')}"
    merged = Counter(ref for one in root.iter(f"{MAIN}mergeCell") for ref in spread(one.attrib["ref"]))
    yield from (f"{title}: {ref} merged twice" for ref, n in merged.items() if n > 1)


def _links(root: ET.Element, title: str, titles: set[str]) -> Iterator[str]:
    links = list(root.iter(f"{MAIN}hyperlink"))
    if len(links) > MAX_LINKS:
        yield f"{title}: {len(links)} links"
    for link in links:
        to = link.get("location", "")
        if link.get(f"{REL}id") is None and "!" in to and _title_of(to) not in titles:
            yield f"{title}: {link.attrib['ref']} leads to {to}"


def _comments(parts: Parts, part: str, title: str) -> Iterator[str]:
    name, leads = related(parts, part, "comments"), ET.fromstring(parts[part]).find(f"{MAIN}legacyDrawing")
    if name is None:
        return
    root = ET.fromstring(parts[name])
    authors = len(list(root.iter(f"{MAIN}author")))
    held = list(root.iter(f"{MAIN}comment"))
    refs = sorted(one.attrib["ref"] for one in held)
    if len(set(refs)) != len(refs):
        yield f"{title}: two comments on a cell"
    if any(int(one.attrib["authorId"]) >= authors for one in held):
        yield f"{title}: a comment of nobody"
    for one in held:
        if (size := sum(_units(t.text or "") for t in one.iter(f"{MAIN}t"))) > MAX_TEXT:
            yield f"{title}: a comment of {size} characters on {one.attrib['ref']}"
    vml = parts[relations(parts, part)[leads.attrib[f"{REL}id"]][1]] if leads is not None else b"<xml/>"
    if spots(vml) != refs:
        yield f"{title}: boxes {spots(vml)} comments {refs}"
    yield from _boxes(drawn(vml), title)


def _boxes(root: ET.Element, title: str) -> Iterator[str]:
    ids = [one.attrib["id"] for one in root.iter(f"{VML}shape")]
    if len(set(ids)) != len(ids) and not any(name.startswith("shape_") for name in ids):
        yield f"{title}: two boxes of one id"
    types = [f"#{one.get('id')}" for one in root.iter(f"{VML}shapetype")]
    yield from (f"{title}: box of no type" for one in root.iter(f"{VML}shape") if one.get("type") not in types)
    for anchor in root.iter(f"{EXCEL}Anchor"):
        left, _, top, _, right, _, bottom, _ = (int(n) for n in anchor.text.split(","))
        if not (0 <= left <= right < MAX_COLUMN and 0 <= top <= bottom < MAX_ROW):
            yield f"{title}: a box at {anchor.text}"


def _blocks(parts: Parts) -> Iterator[str]:
    """Every drawing reserves blocks of numbers of its own, and its shapes have numbers out of them."""
    of: dict[int, str] = {}
    for name in sorted(name for name in parts if name.endswith(".vml")):
        found = re.search(rb"""<\w+:idmap\b[^>]*\bdata=["']([\d,]+)""", parts[name])
        blocks = {int(n) for n in found[1].split(b",")} if found else set()
        yield from (f"block {n} in {name} and {of[n]}" for n in sorted(blocks & of.keys()))
        of.update(dict.fromkeys(blocks, name))
        ids = {int(n) for n in re.findall(rb"""<\w+:shape\b[^>]*?\bid=["']_x0000_s(\d+)""", parts[name])}
        if blocks and (strange := {n for n in ids if n // BLOCK not in blocks}):
            yield f"{name}: numbers {sorted(strange)[:3]} outside {sorted(blocks)}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
