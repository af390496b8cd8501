"""An annotated copy looked at from outside: its marks, its soundness as a package, and what it is without its marks.

Nothing here uses the code that writes the marks.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from hostile.kit import letters_of, number_of
from pieces import Parts, apart

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
VML = "{urn:schemas-microsoft-com:vml}"
OURS = "evalbatch"
RULE, SIGNATURE = "──── 核对意见 ────", "—— evalbatch"
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


class Mark(NamedTuple):
    """A coloured cell: its sheet, its address, its colour."""

    sheet: str
    ref: str
    colour: str


# --- a package, looked at -----------------------------------------------------------------------------------------


def relations(parts: Parts, part: str) -> dict[str, tuple[str, str]]:
    """A part's relationships: the last word of the type and the target, by id; external ones left out."""
    folder, name = posixpath.split(part)
    xml = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    found = ET.fromstring(xml) if xml else []
    return {
        one.attrib["Id"]: (
            one.attrib["Type"].rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.attrib["Target"])).lstrip("/"),
        )
        for one in found
        if one.get("TargetMode") != "External"
    }


def sheets(parts: Parts) -> dict[str, str]:
    """The parts of the worksheets by title, in order."""
    to = relations(parts, "xl/workbook.xml")
    found = ET.fromstring(parts["xl/workbook.xml"]).find(f"{MAIN}sheets")
    return {one.attrib["name"]: to[one.attrib[f"{REL}id"]][1] for one in found if one.attrib[f"{REL}id"] in to}


def related(parts: Parts, part: str, kind: str) -> str | None:
    return next((target for name, target in relations(parts, part).values() if name == kind), None)


def spread(sqref: str) -> Iterator[str]:
    """Every cell of some areas."""
    for area in sqref.split():
        first, _, last = area.partition(":")
        (c1, r1), (c2, r2) = (re.fullmatch(r"([A-Z]+)(\d+)", ref).groups() for ref in (first, last or first))
        for row in range(int(r1), int(r2) + 1):
            for col in range(number_of(c1), number_of(c2) + 1):
                yield f"{letters_of(col)}{row}"


def marks(data: bytes) -> list[Mark]:
    """All coloured cells, a cell coloured twice twice."""
    parts = apart(data)
    dxfs = ET.fromstring(parts["xl/styles.xml"]).find(f"{MAIN}dxfs")
    found = []
    for title, part in sheets(parts).items():
        for area in ET.fromstring(parts[part]).iter(f"{MAIN}conditionalFormatting"):
            for rule in area.iter(f"{MAIN}cfRule"):
                if f'"{OURS}"' in (rule.findtext(f"{MAIN}formula") or ""):
                    colour = dxfs[int(rule.attrib["dxfId"])].find(f".//{MAIN}bgColor").attrib["rgb"]
                    found += [Mark(title, ref, colour) for ref in spread(area.attrib["sqref"])]
    return sorted(found)


def comments(data: bytes) -> dict[tuple[str, str], str]:
    """The text of every comment, by sheet and address."""
    parts = apart(data)
    return {
        (title, one.attrib["ref"]): "".join(t.text or "" for t in one.iter(f"{MAIN}t"))
        for title, part in sheets(parts).items()
        if (name := related(parts, part, "comments"))
        for one in ET.fromstring(parts[name]).iter(f"{MAIN}comment")
    }


def spots(vml: bytes) -> list[str]:
    """The cells whose comments have a box."""
    return sorted(
        f"{letters_of(int(data.findtext(f'{EXCEL}Column')) + 1)}{int(data.findtext(f'{EXCEL}Row')) + 1}"
        for data in ET.fromstring(vml).iter(f"{EXCEL}ClientData")
        if data.get("ObjectType") == "Note"
    )


# --- what would make an office program repair it --------------------------------------------------------------------


def unsound(data: bytes) -> list[str]:
    """What is wrong with a package, as far as the schema and the programs' own checks are known."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        bad = [f"damaged {archive.testzip()}"] if archive.testzip() else []
        names = archive.namelist()
    parts = apart(data)
    if len(set(names)) != len(names):
        bad.append("a part twice")
    return [*bad, *_types(parts), *_relations(parts), *_workbook(parts), *_styles(parts), *_sheets(parts)]


def _types(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["[Content_Types].xml"])
    defaults = [one.attrib["Extension"].lower() for one in root if one.tag.endswith("Default")]
    overrides = [one.attrib["PartName"].lstrip("/") for one in root if one.tag.endswith("Override")]
    if len({*overrides}) != len(overrides) or len({*defaults}) != len(defaults):
        yield "a content type twice"
    yield from (f"type of nothing: {name}" for name in overrides if name not in parts)
    for name in parts:
        if name not in overrides and name.rpartition(".")[2].lower() not in defaults and name != "[Content_Types].xml":
            yield f"without type: {name}"


def _relations(parts: Parts) -> Iterator[str]:
    for name in parts:
        if name.endswith(".rels"):
            folder, file = posixpath.split(name)
            owner = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            ids = [one.attrib["Id"] for one in ET.fromstring(parts[name])]
            if len(set(ids)) != len(ids):
                yield f"an id twice: {name}"
            if owner and owner not in parts and name != "_rels/.rels":
                yield f"relations of nothing: {name}"
            for kind, target in relations(parts, owner).values():
                if target not in parts:
                    yield f"{name}: {kind} leads to nothing: {target}"


def _in_order(root: ET.Element, order: list[str], what: str) -> Iterator[str]:
    places = [order.index(name) for one in root if (name := one.tag.rpartition("}")[2]) in order]
    if places != sorted(places):
        yield f"{what}: out of order"


def _workbook(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["xl/workbook.xml"])
    yield from _in_order(root, WORKBOOK_ORDER, "workbook")
    held = list(root.find(f"{MAIN}sheets"))
    for attribute in ("name", "sheetId", f"{REL}id"):
        if len({one.attrib[attribute].lower() for one in held}) != len(held):
            yield f"{attribute} of a sheet twice"
    names = list(root.iter(f"{MAIN}definedName"))
    if len({(one.attrib["name"].lower(), one.get("localSheetId")) for one in names}) != len(names):
        yield "a defined name twice"
    yield from (f"{n.attrib['name']} of no sheet" for n in names if int(n.get("localSheetId", 0)) >= len(held))
    selected = [
        title
        for title, part in sheets(parts).items()
        for view in ET.fromstring(parts[part]).iter(f"{MAIN}sheetView")
        if view.get("tabSelected") in ("1", "true")
    ]
    if len(selected) > 1:
        yield f"selected together: {selected}"
    active = [int(view.get("activeTab", 0)) for view in root.iter(f"{MAIN}workbookView")]
    if any(n >= len(held) or held[n].get("state", "visible") != "visible" for n in active):
        yield "no sheet is active"


def _styles(parts: Parts) -> Iterator[str]:
    root = ET.fromstring(parts["xl/styles.xml"])
    yield from _in_order(root, STYLES, "styles")
    size = {one.tag.rpartition("}")[2]: len(one) for one in root}
    for one in root:
        if one.get("count") not in (None, str(len(one))):
            yield f"{one.tag} counts {one.get('count')}, holds {len(one)}"
    for xf in root.find(f"{MAIN}cellXfs"):
        for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            if int(xf.get(attribute, 0)) >= size[name]:
                yield f"no {name} {xf.get(attribute)}"


def _sheets(parts: Parts) -> Iterator[str]:
    styles = ET.fromstring(parts["xl/styles.xml"])
    formats, dxfs = len(styles.find(f"{MAIN}cellXfs")), len(styles.find(f"{MAIN}dxfs"))
    for title, part in sheets(parts).items():
        root = ET.fromstring(parts[part])
        yield from _in_order(root, ORDER, title)
        to = relations(parts, part)
        yield from (
            f"{title}: {one.tag} leads nowhere" for one in root.iter() if one.get(f"{REL}id", "") not in {"", *to}
        )
        rules = list(root.iter(f"{MAIN}cfRule"))
        order = [int(rule.attrib["priority"]) for rule in rules]
        if len(set(order)) != len(order) or min(order, default=1) < 1:
            yield f"{title}: priorities {sorted(order)}"
        yield from (f"{title}: no dxf" for rule in rules if int(rule.get("dxfId", 0)) >= dxfs)
        yield from (f"{title}: no format" for c in root.iter(f"{MAIN}c") if int(c.get("s", 0)) >= formats)
        yield from _comments(parts, part, title)


def _comments(parts: Parts, part: str, title: str) -> Iterator[str]:
    name, drawn = related(parts, part, "comments"), ET.fromstring(parts[part]).find(f"{MAIN}legacyDrawing")
    if name is None:
        return
    root = ET.fromstring(parts[name])
    authors = len(list(root.iter(f"{MAIN}author")))
    refs = sorted(one.attrib["ref"] for one in root.iter(f"{MAIN}comment"))
    if len(set(refs)) != len(refs):
        yield f"{title}: two comments on a cell"
    if any(int(one.attrib["authorId"]) >= authors for one in root.iter(f"{MAIN}comment")):
        yield f"{title}: a comment of nobody"
    vml = parts[relations(parts, part)[drawn.attrib[f"{REL}id"]][1]] if drawn is not None else b"<xml/>"
    ids = [one.attrib["id"] for one in ET.fromstring(vml).iter(f"{VML}shape")]
    if len(set(ids)) != len(ids) and not any(name.startswith("shape_") for name in ids):
        yield f"{title}: two boxes of one id"
    if spots(vml) != refs:
        yield f"{title}: boxes {spots(vml)} comments {refs}"


# --- without its marks ----------------------------------------------------------------------------------------------


def unmarked(data: bytes) -> dict[str, bytes]:
    """Every part of a copy with the marks taken out by what is known of them, each in one spelling."""
    parts = {name: _without(name, xml) for name, xml in apart(data).items() if OURS not in name}
    empty = {name for name, xml in parts.items() if name.endswith(".rels") and not len(ET.fromstring(xml))}
    return {name: _plain(name, xml) for name, xml in parts.items() if name not in empty}


def as_before(data: bytes) -> dict[str, bytes]:
    """Every part of the workbook as it was, in the same spelling."""
    return {name: _plain(name, xml) for name, xml in apart(data).items()}


def _plain(name: str, xml: bytes) -> bytes:
    """A part in one spelling; what a mark needs others to give way for (order numbers, selection) is levelled."""
    if not _is_markup(name):
        return xml
    root = ET.fromstring(xml)
    rules = sorted((r for r in root.iter() if r.tag.endswith("}cfRule") and "priority" in r.attrib), key=_priority)
    for number, rule in enumerate(rules, 1):
        rule.set("priority", str(number))
    for view in root.iter():
        if view.tag.endswith("}sheetView"):
            view.attrib.pop("tabSelected", None)
        if view.tag.endswith("}workbookView"):
            view.attrib.pop("activeTab", None)
            view.attrib.pop("firstSheet", None)
    return ET.canonicalize(ET.tostring(root)).encode()


def _priority(rule: ET.Element) -> int:
    return int(rule.attrib["priority"])


def _is_markup(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml")) and "media" not in name


def _without(name: str, xml: bytes) -> bytes:
    if not _is_markup(name) or (OURS.encode() not in xml and "styles" not in name):
        return xml
    root = ET.fromstring(xml)
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_mark(child):
                parent.remove(child)
    if name == "xl/workbook.xml":
        for one in root.iter(f"{MAIN}definedName"):
            if "localSheetId" in one.attrib:
                one.set("localSheetId", str(int(one.attrib["localSheetId"]) - 1))
    if "styles" in name:
        for tag, count in {"fonts": 5, "fills": 4, "borders": 1, "cellXfs": 9, "dxfs": 3}.items():
            held = root.find(f"{MAIN}{tag}")
            for child in list(held)[len(held) - count :]:
                held.remove(child)
            held.set("count", str(len(held)))
    if "comments" in name:
        _without_comments(root)
    return ET.tostring(root)


def _is_mark(node: ET.Element) -> bool:
    tag = node.tag.rpartition("}")[2]
    if tag == "conditionalFormatting":
        return any(f'"{OURS}"' in (f.text or "") for f in node.iter(f"{MAIN}formula"))
    if tag in ("Override", "Relationship"):
        return OURS in node.get("PartName", node.get("Id", ""))
    if tag in ("sheet", "legacyDrawing"):
        return OURS in node.get(f"{REL}id", "")
    if tag == "definedName":
        return node.attrib["name"] == "evalbatch_list" or "问题清单" in (node.text or "")
    return False


def _without_comments(root: ET.Element) -> None:
    authors = root.find(f"{MAIN}authors")
    own = [n for n, author in enumerate(authors) if author.text == OURS]
    held = root.find(f"{MAIN}commentList")
    for one in list(held):
        if int(one.attrib["authorId"]) in own:
            held.remove(one)
            continue
        text = one.find(f"{MAIN}text")
        runs = list(text)
        at = next((n for n, run in enumerate(runs) if RULE in "".join(run.itertext())), len(runs))
        for run in runs[at:]:
            text.remove(run)
        if at == 1 and runs and [child.tag for child in runs[0]] == [f"{MAIN}t"]:
            text.append(runs[0][0])
            text.remove(runs[0])
    for n in own:
        authors.remove(authors[n])
