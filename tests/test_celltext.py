"""What a cell can hold: what the rule says is what the writers do."""

import io

import openpyxl
import pytest
from hostile.kit import Book
from hypothesis import given
from hypothesis import strategies as st

from evalbatch.celltext import KEPT, MAX_CELL, clean, length, unclean
from evalbatch.evaluate import evaluate
from evalbatch.policy import load
from evalbatch.read import read_workbook
from evalbatch.writers.scored import write_scored

PROOF, RESULT = "绩效指标!N5", "绩效指标!I5"


@given(st.text(st.characters(codec=None)))
def test_a_clean_text_can_be_held_and_stays_as_it_is(text):
    done = clean(text)
    assert unclean(done) == 0
    assert length(done) <= MAX_CELL
    assert clean(done) == done
    assert done.count("\ufffd") - text.count("\ufffd") == unclean(text)


@pytest.mark.parametrize(("count", "kept"), [(MAX_CELL, MAX_CELL), (MAX_CELL + 1, MAX_CELL)])
def test_a_text_is_cut_at_the_limit_alone(count, kept):
    done = clean("长" * count)
    assert (len(done), done.endswith("…")) == (kept, count > MAX_CELL)


def test_a_character_of_two_units_is_never_halved():
    assert clean("长" + "😀" * MAX_CELL) == "长" + "😀" * ((KEPT - 1) // 2) + "…"


def test_what_is_said_to_be_cut_is_cut_where_it_is_said(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(Book().text(RESULT, "长" * 40_000).text(PROOF, "见_x0001_表").data())
    evaluation = evaluate(read_workbook(path, path.name), load())
    said = {str(finding.cells[0]): finding for finding in evaluation.findings if finding.code == "F212"}
    assert set(said) == {RESULT, PROOF}
    assert f"有 40000 个字符，一个单元格最多放 {MAX_CELL} 个，结果里的一格只写到第 {KEPT} 个" in said[RESULT].message
    assert "全文仍在" in said[RESULT].effect
    book = openpyxl.load_workbook(io.BytesIO(write_scored(evaluation, load())))
    texts = [cell.value for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
    assert "长" * KEPT + "…" in texts
    assert max(map(length, texts)) <= MAX_CELL
