"""How wide texts are, and which formats cells share."""

from hypothesis import given
from hypothesis import strategies as st

from evalbatch.writers.grid import half_width
from evalbatch.writers.style import NUMBER, TEXT, Book, lines_needed, text_width

TEXTS = st.text(alphabet="a1 \n，。中𠮷\u2000\u2001\x7f\x80é", max_size=60)


@given(TEXTS)
def test_a_wide_character_takes_the_room_of_two(text):
    assert half_width(text) == sum(1 if ord(c) < 0x80 else 2 for c in text)
    assert text_width(text) == max(sum(1 if ord(c) <= 0x2000 else 2 for c in line) for line in text.split("\n"))


@given(TEXTS, st.floats(0.5, 60))
def test_a_text_takes_as_many_lines_as_its_width_fills(text, width):
    room = max(1, int(width - 1))
    expected = sum(max(1, (text_width(line) + room - 1) // room) for line in text.split("\n"))
    assert lines_needed(text, width) == expected


def test_equal_looks_share_a_format_whoever_made_them():
    book = Book("x")
    assert book.look(TEXT, {"bold": True}) is book.look({**TEXT}, bold=True)
    assert book.look(TEXT) is not book.look(NUMBER)


def test_a_look_made_for_one_cell_is_never_taken_for_another():
    book = Book("x")
    sizes = [book.look(TEXT, {"font_size": size}).font_size for size in range(6, 40)]
    assert sizes == list(range(6, 40))
