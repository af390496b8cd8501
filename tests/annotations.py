"""An annotated copy looked at from outside: its marks, and what it is without its marks.

Nothing here uses the code that writes the marks.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import NamedTuple

from hostile.kit import letters_of, number_of
from pieces import Parts, apart

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = f"{{{OFFICE}}}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
VML = "{urn:schemas-microsoft-com:vml}"
OURS = "evalbatch"
RULE, SIGNATURE = "──── 核对意见 ────", "—— evalbatch"


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


def drawn(vml: bytes) -> ET.Element:
    """A drawing, also one with a line break as Excel writes it, which is no XML."""
    return ET.fromstring(vml.replace(b"<br>", b"<br/>"))


def spots(vml: bytes) -> list[str]:
    """The cells whose comments have a box."""
    return sorted(
        f"{letters_of(int(data.findtext(f'{EXCEL}Column')) + 1)}{int(data.findtext(f'{EXCEL}Row')) + 1}"
        for data in drawn(vml).iter(f"{EXCEL}ClientData")
        if data.get("ObjectType") == "Note"
    )


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
    root = drawn(xml)
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
