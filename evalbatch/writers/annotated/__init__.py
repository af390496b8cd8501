"""The unit's own workbook with its faults marked in place, to be corrected and handed in again.

The package's XML is patched where a mark stands; every other byte of every part is kept. Marks of an earlier copy are
taken out first, also after an office program has saved it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...model import Evaluation, Finding, Severity
from .comments import Remark
from .listing import add_listing, rows_of, strip_listing
from .listing import sheet_of as listing_of
from .looks import add_looks, strip_looks
from .markup import RELATIONSHIPS, Patch, Unmarkable, odd, parse, parse_sheet
from .package import WORKBOOK, Parts
from .sheet import mark_sheet, strip_sheet

__all__ = ["SUFFIX", "Unmarkable", "annotate"]

SUFFIX = "_退回修改.xlsx"
"""Ends the name of an annotated copy."""
MOST, LONGEST = 6, 400
"""How many faults a comment tells, and how many characters of each text."""
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def annotate(data: bytes, evaluation: Evaluation) -> bytes | None:
    """A workbook's bytes with the faults of its evaluation marked; None where no fault has a cell in it.

    Waived findings stand in the list and mark no cell. Equal arguments give equal bytes. Raises Unmarkable.
    """
    if not any(finding.waiver is None and finding.cells for finding in evaluation.findings):
        return None
    parts = Parts(data)
    _refuse_others(parts)
    try:
        return _annotated(parts, evaluation)
    except (ValueError, ArithmeticError) as error:  # a number that is none, where the schema has one
        raise odd() from error


def _refuse_others(parts: Parts) -> None:
    """Raises Unmarkable for a workbook that would not open under the copy's name, or would lose something."""
    names, kind = [name.lower() for name in parts.names], parts.content_type(WORKBOOK)
    if any(name.endswith("vbaproject.bin") for name in names) or "macroenabled" in kind.lower():
        raise Unmarkable("文件带有宏，不能在上面标注。请另存为不带宏的 .xlsx 后再交")
    if any(name.startswith("_xmlsignatures/") for name in names):
        raise Unmarkable("文件带有数字签名，标注会使签名失效，没有标注。请按评分工作簿的问题清单修改")
    if any(name.startswith("xl/revisions/") for name in names):
        raise Unmarkable("文件是多人同时编辑的共享工作簿，不能在上面标注。请在“审阅”中取消共享，保存后再交")
    if _STRICT in parts.get(WORKBOOK):
        raise Unmarkable("文件是“Strict Open XML”格式，不能在上面标注。请另存为“Excel 工作簿 (.xlsx)”后再交")
    if kind != _PLAIN:
        raise Unmarkable("文件不是普通的 .xlsx（可能是模板），不能在上面标注。请另存为 .xlsx 后再交")


def _annotated(parts: Parts, evaluation: Evaluation) -> bytes | None:
    strip_listing(parts)
    sheets = _sheets(parts)
    for part in sheets.values():
        strip_sheet(parts, part)
    if not sheets:
        raise odd()
    remarks = _remarks(evaluation, sheets)
    if not remarks:
        return None
    styles = parts.related(WORKBOOK, "styles")
    if styles is None or styles.target not in parts:
        raise odd()
    xml, looks = add_looks(strip_looks(parts.get(styles.target)))
    parts.set(styles.target, xml)
    for title, part in sheets.items():
        if title in remarks:
            mark_sheet(parts, part, remarks[title], looks)
    _deselect(parts)
    unit, status = evaluation.submission.unit.name.text, evaluation.status
    add_listing(parts, listing_of(rows_of(evaluation, list(sheets)), unit, status, looks))
    return parts.data()


def _sheets(parts: Parts) -> dict[str, str]:
    """The part of every worksheet, by its title."""
    sheets = parse(parts.get(WORKBOOK)).find("sheets")
    targets = {r.id: r.target for r in parts.relations(WORKBOOK) if r.type.endswith("/worksheet")}
    found = {}
    for sheet in sheets.children if sheets else ():
        part = targets.get(sheet.attributes.get(f"{{{RELATIONSHIPS}}}id", ""))
        if part is not None and part in parts:
            found[sheet.attributes.get("name", "")] = part
    return found


def _deselect(parts: Parts) -> None:
    """Let no sheet be selected beside the list: what is typed into one of several selected sheets goes into all."""
    for part in [r.target for r in parts.relations(WORKBOOK) if r.type.lower().endswith("sheet")]:
        xml = parts.get(part)
        if b"tabSelected" not in xml:
            continue
        patch = Patch(xml)
        for view in parse_sheet(xml).below("sheetView"):
            patch.set(view, "tabSelected", 0)
        parts.set(part, patch.done())


# --- what is said of a cell ---------------------------------------------------------------------------------------


def _remarks(evaluation: Evaluation, sheets: dict[str, str]) -> dict[str, dict[str, Remark]]:
    """What is said of every faulty cell, by sheet and address."""
    found: dict[str, dict[str, list[tuple[int, Finding]]]] = defaultdict(lambda: defaultdict(list))
    for number, finding in enumerate(evaluation.findings, 1):
        for place in dict.fromkeys(finding.cells if finding.waiver is None else ()):
            if place.sheet in sheets:
                found[place.sheet][place.ref].append((number, finding))
    return {title: {ref: _remark(held) for ref, held in cells.items()} for title, cells in found.items()}


def _remark(held: list[tuple[int, Finding]]) -> Remark:
    worst = min((finding.severity for _, finding in held), key=list(Severity).index)
    return Remark(worst, tuple(_lines(held)))


def _lines(held: list[tuple[int, Finding]]) -> Iterator[tuple[Severity | None, str]]:
    for number, finding in held[:MOST]:
        yield finding.severity, _short(finding.message)
        if finding.fix:
            yield None, f"→ {_short(finding.fix)}（清单第 {number} 条）"
    if len(held) > MOST:
        yield None, f"另有 {len(held) - MOST} 条，见问题清单"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
