"""What a message must say to a clerk: where, what stands there, what should, what to do, and nothing foreign."""

import re
from decimal import Decimal

from evalbatch import form
from evalbatch.formula import plain, quantize
from evalbatch.model import Figure
from evalbatch.rules import CATALOGUE, Phase
from evalbatch.spec import columns_of, lines_of

HEADINGS = {
    column.heading.removesuffix("(填报值)") for cls in (*form.SHEETS, form.BudgetLine) for column in columns_of(cls)
}
HEADINGS |= {line.label for line in lines_of(form.Budget)}
WHOLE_SHEETS = (Phase.FILE, Phase.SHEET)
"""Phases whose faults are sheets and headings: what is missing has no cell to be named."""
_QUOTED = re.compile(r"“[^”]*”")
_CELL = re.compile(r"(?:[^\s，。：（、“]+!)?\b[A-Z]{1,3}\d+(?!\d)")
_FOREIGN = re.compile(r"[A-Za-z]{2,}|[A-Za-z]_|[{}<>\\]|！")
_BRANDS = re.compile(r"Excel|WPS|\.xlsx")


def words_of(finding):
    """What a finding says outside quotation marks, cell addresses and the names of office programs."""
    for text in (finding.message, finding.fix, finding.effect):
        yield _BRANDS.sub("", _CELL.sub("", _QUOTED.sub("", text)))


def shown(finding):
    """How what was found may stand in the message."""
    found = finding.found
    if not isinstance(found, Figure):
        return {found or ""}
    scales = {"元": (1, 10_000), "%": (Decimal("0.01"),)}.get(found.unit, (1,))
    numbers = [found.value / scale for scale in scales]
    return {plain(number) for number in numbers} | {plain(quantize(number, 2)) for number in numbers}


def faults(finding):
    """What a message lacks."""
    rule, message = CATALOGUE[finding.code], finding.message
    if rule.phase not in WHOLE_SHEETS and not any(str(cell) in message for cell in finding.cells):
        yield "the cell"
    if finding.cells[0].sheet not in message:
        yield "the sheet"
    if rule.phase not in WHOLE_SHEETS and not any(heading in message for heading in HEADINGS):
        yield "a heading"
    if not any(stands_in(one, message) or "没有" in message for one in shown(finding)):
        yield f"what was found: {finding.found}"
    if finding.expected in (None, ""):
        yield "what is expected"
    if finding.fix.count("。") != 1 or not finding.fix.endswith("。") or finding.fix.count("请") != 1:
        yield f"one instruction: {finding.fix}"
    if not message.endswith("。"):
        yield "a full stop"
    for text in words_of(finding):
        if foreign := _FOREIGN.search(text):
            yield f"Chinese alone: {foreign[0]}"


def stands_in(found, message):
    """Whether a message holds what was found, piece by piece where it is a list."""
    return all(digits(piece) in digits(message) for piece in found.split("、"))


def digits(text):
    """A text without what only makes its numbers and lists readable."""
    return re.sub(r"[\s,，、：；（）]|(?<=\d)\.0+(?!\d)|(?<=\.\d)0+(?!\d)", "", text)
