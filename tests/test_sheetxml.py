"""Single cells are found in the XML of a sheet, wherever they stand."""

import pytest

from evalbatch.preflight import Refused, _check_markup
from evalbatch.sheetxml import SheetFacts


def facts(rows):
    return SheetFacts(f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(), {3: "0%"}, recalculates=False)


def test_a_cell_has_the_facts_of_its_own_address():
    sheet = facts('<row r="1"><c r="A1" s="3"><v>1</v></c><c r="A11"><f>B1&amp;C1</f></c></row><row r="11"></row>')
    assert sheet.number_format("A1") == "0%"
    assert sheet.at("A11").formula == "B1&C1"
    assert sheet.at("B1") is None


def test_a_cell_that_stands_in_another_row_than_its_own_is_found():
    sheet = facts('<row r="1"><c r="A2" s="3"><v>1</v></c></row><row r="2"><c r="A1" t="e"><v>#N/A</v></c></row>')
    assert sheet.number_format("A2") == "0%"
    assert sheet.at("A1").error == "#N/A"


def test_formulas_and_errors_are_special():
    sheet = facts(
        '<row r="1"><c r="A1"><f>B1</f></c><c r="B1" s="3" t="e"><v>#N/A</v></c><c r="C1" t=\'e\'><v>#REF!</v></c>'
        '<c r="D1" t="str"><v>e</v></c><c r="E1"/><c r="F1"> <f ca="1">1</f></c></row>'
    )
    assert sheet.special == {"A1", "B1", "C1", "F1"}


@pytest.mark.parametrize(
    "before", ["", "\ufeff", '<?xml version="1.0"?>\n', "<!-- ? --> \n <!---->", "<?a ?><!-- <a> -->"]
)
@pytest.mark.parametrize("declared", ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>', '<!ENTITY b "c">'])
def test_a_declaration_before_the_root_element_is_refused_whatever_stands_before_it(before, declared):
    with pytest.raises(Refused, match="DTD"):
        _check_markup(f"{before}{declared}<a/>".encode())


@pytest.mark.parametrize(
    "text",
    ["", "<a>&lt;!DOCTYPE a&gt;</a>", "<a><!-- <!DOCTYPE --></a>", "<!-- <!DOCTYPE a> --><a/>", "<!-- <!DOCTYPE a>"],
)
def test_what_only_looks_like_a_declaration_is_not_refused(text):
    _check_markup(text.encode())
