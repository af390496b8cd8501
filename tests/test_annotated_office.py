"""The annotated copy of what Excel, WPS and others write: nothing in it that makes a stricter program than ours repair it."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pytest
from annotations import RULE, SIGNATURE, comments, marks, sheets, spots
from office_books import (
    BOOKS,
    FULL,
    MAIN,
    NOTED,
    OFFICE,
    SHEET,
    TYPES,
    UNIT,
    as_saved_by_excel,
    at_end,
    book,
    chained,
    discussed,
    left_over,
    long_note,
    narrowed,
    noted,
    notes,
)
from pieces import WORKBOOK, Pieces, apart
from soundness import unsound
from test_annotated import as_json, copied, evaluated

from evalbatch.model import Severity, Status
from evalbatch.spec import Place
from evalbatch.writers.annotated import Unmarkable, annotate
from evalbatch.writers.annotated.listing import Row, sheet_of
from evalbatch.writers.annotated.looks import Looks


@pytest.mark.parametrize("edit", BOOKS, ids=[edit.__name__ for edit in BOOKS])
def test_the_copy_is_sound_reads_the_same_and_is_marked_again_the_same(edit, tmp_path):
    data = book(edit).data()
    evaluation = evaluated(tmp_path, data)
    copy = annotate(data, evaluation)
    assert unsound(copy) == unsound(data) == []
    assert marks(copy)
    again = evaluated(tmp_path, copy)
    assert as_json(again) == as_json(evaluation)
    assert annotate(copy, again) == copy


def test_parts_of_ours_are_related_in_the_words_of_the_sheets_not_of_whatever_comes_first(tmp_path):
    parts = apart(copied(tmp_path, book(discussed).data()))
    kinds = set(re.findall(rb'Id="rId_evalbatch_\w+" Type="([^"]*)"', b"".join(parts.values())))
    assert kinds == {f"{OFFICE}/{kind}".encode() for kind in ("worksheet", "comments", "vmlDrawing")}


def test_no_two_drawings_share_a_block_of_numbers(tmp_path):
    parts = apart(copied(tmp_path, book(noted).data()))
    blocks = [int(n) for xml in parts.values() for n in re.findall(rb'idmap[^>]*data="(\d+)"', xml)]
    assert sorted(blocks) == sorted(set(blocks))
    assert len(blocks) > 4


def test_a_comment_that_is_full_gets_no_more_and_its_cell_the_colour(tmp_path):
    copy = copied(tmp_path, book(long_note).data())
    assert comments(copy)[UNIT, NOTED] == "长" * FULL
    assert (UNIT, NOTED) in {mark[:2] for mark in marks(copy)}


def test_a_comment_with_little_room_gets_the_lines_that_fit(tmp_path):
    before = "长" * (FULL - 40)
    made = book(lambda made: notes(made, {NOTED: f"<t>{before}</t>"}))
    text = comments(copied(tmp_path, made.data()))[UNIT, NOTED]
    assert text.startswith(f"{before}\n{RULE}\n【错误】")
    assert text.endswith(f"其余见问题清单\n{SIGNATURE}")
    assert len(text) <= 32_767


def test_what_excel_saved_with_the_list_goes_with_it(tmp_path):
    """Settings of its printer, its place in the chain of calculation: left behind, they would lead to nothing."""
    before = book().data()
    evaluation = evaluated(tmp_path, before)
    copy = annotate(before, evaluation)
    back = as_saved_by_excel(copy).data()
    assert unsound(back) == []
    again = evaluated(tmp_path, back)
    assert as_json(again) == as_json(evaluation)
    once_more = annotate(back, again)
    assert unsound(once_more) == []
    assert set(apart(once_more)) == set(apart(copy))
    assert marks(once_more) == marks(copy)
    assert comments(once_more) == comments(copy)
    assert list(sheets(apart(once_more))) == list(sheets(apart(copy)))


def test_the_staffs_chain_of_calculation_stays(tmp_path):
    before = book(chained)
    assert apart(copied(tmp_path, before.data()))["xl/calcChain.xml"] == before.parts["xl/calcChain.xml"]


def test_where_nothing_is_left_to_say_no_empty_part_stays(tmp_path):
    back = as_saved_by_excel(copied(tmp_path, book().data()))
    held = [name for name in back.parts if re.fullmatch(r"xl/comments\d+.xml|xl/drawings/vmlDrawing\d+.vml", name)]
    evaluation = evaluated(tmp_path, back.data())
    first = replace(evaluation, findings=evaluation.findings[:1])
    once_more = annotate(back.data(), first)
    assert len(held) == 14
    assert [name for name in held if name in apart(once_more)] == []
    assert list(comments(once_more)) == [(UNIT, NOTED)]
    assert unsound(once_more) == []


def test_a_box_that_is_there_is_used_and_one_that_is_missing_is_made(tmp_path):
    left = apart(copied(tmp_path, book(left_over).data()))
    assert spots(left["xl/drawings/vmlDrawing1.vml"]).count(NOTED) == 1
    bare = book(lambda made: notes(made, {NOTED: "<t>等人</t>", "B2": "<t>全称</t>"}))
    bare.parts["xl/drawings/vmlDrawing1.vml"] = re.sub(
        rb"<v:shape .*?</v:shape>", b"", bare.parts["xl/drawings/vmlDrawing1.vml"], count=1
    )
    copy = copied(tmp_path, bare.data())
    assert unsound(copy) == []
    assert copied(tmp_path, copy) == copy


def test_a_box_keeps_to_what_can_be_seen_of_a_sheet(tmp_path):
    """A box over hidden columns alone would be a line."""
    copy = apart(copied(tmp_path, book(narrowed).data()))
    rows = max(int(n) for n in re.findall(rb'<row r="(\d+)"', copy[sheets(copy)[UNIT]]))
    anchors = re.findall(rb"<x:Anchor>([^<]*)<", copy["xl/drawings/vmlDrawing_evalbatch_sheet2.vml"])
    places = [[int(n) for n in anchor.split(b",")] for anchor in anchors]
    assert len(places) == 3
    assert [place for place in places if place[4] > 2 or place[6] >= rows] == []
    assert {place[0] for place in places} == {1}
    assert [place for place in places if place[0] >= place[4] or place[2] >= place[6]] == []


def test_a_reply_written_over_our_comment_stays_before_the_new_one(tmp_path):
    """Excel keeps the author of a comment whose words are replaced."""
    made = Pieces(apart(copied(tmp_path, book().data())))
    part = "xl/comments_evalbatch_sheet2.xml"
    made.parts[part] = re.sub(
        rb'(<comment ref="B14"[^>]*><text>).*?(</text>)', r"\1<t>已补</t>\2".encode(), made.parts[part], flags=re.S
    )
    copy = copied(tmp_path, made.data())
    assert comments(copy)[UNIT, NOTED].startswith(f"已补\n{RULE}\n【错误】")
    assert unsound(copy) == []
    assert copied(tmp_path, copy) == copy


def test_a_list_that_the_staff_renamed_stays_a_sheet_of_theirs(tmp_path):
    made = Pieces(apart(copied(tmp_path, book().data())))
    made.sub(WORKBOOK, "问题清单", "我的清单", 99)
    copy = copied(tmp_path, made.data())
    assert list(sheets(apart(copy)))[:2] == ["问题清单", "我的清单"]
    assert unsound(copy) == []


def test_a_name_of_another_sheet_that_leads_to_the_list_goes_with_it(tmp_path):
    first = copied(tmp_path, book().data())
    name = '<definedName name="evalbatch_list" localSheetId="5">\'问题清单\'!$A$1</definedName></definedNames>'
    made = Pieces(apart(first)).sub(WORKBOOK, "</definedNames>", name)
    assert apart(copied(tmp_path, made.data()))[WORKBOOK] == apart(first)[WORKBOOK]


def test_a_list_has_no_more_links_than_excel_takes():
    row = Row(("1",) * 8, Severity.ERROR, Place("单位信息", "B14"))
    xml = sheet_of([row] * 65_600, "甲单位", Status.REJECTED, Looks(0, 0))
    assert xml.count(b"<hyperlink ") <= 65_530
    assert xml.count(b"<row ") == 65_603


def test_a_note_that_became_a_discussion_keeps_its_words(tmp_path):
    """Excel turns notes into discussions; the legacy comment is then the discussion's shadow."""
    words = f"[线程批注]\n\n注释:\n    等人事\n{RULE}\n【错误】没有填。\n{SIGNATURE}"
    made = book(lambda made: notes(made, {NOTED: f"<t>{words}</t>"}))
    made.sub("xl/comments1.xml", "王会计", "tc={3F2504E0-4F89-11D3-9A0C-0305E82C3301}")
    copy = copied(tmp_path, made.data())
    assert comments(copy)[UNIT, NOTED] == words
    assert unsound(copy) == []


def _strict(made: Pieces) -> Pieces:
    for name, xml in made.parts.items():
        made.parts[name] = xml.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
    return made


def _shared(made: Pieces) -> Pieces:
    return made.add(
        "xl/revisions/revisionHeaders.xml", f'<headers xmlns="{MAIN}"/>', "spreadsheetml.revisionHeaders+xml"
    )


def _for_macros(made: Pieces) -> Pieces:
    kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
    return made.sub(TYPES, kind, "vnd.ms-excel.sheet.macroEnabled.main")


def _of_nobody(made: Pieces) -> Pieces:
    notes(made, {"B2": "<t>全称</t>"})
    return made.sub("xl/comments1.xml", "<author>王会计</author>", "")


def _leading_nowhere(made: Pieces) -> Pieces:
    at_end(made, SHEET, '<legacyDrawing r:id="rIdL"/>')
    return made.relate(made.part(SHEET), "rIdL", "vmlDrawing", "../drawings/none.vml")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_strict, "Strict Open XML"),
        (_shared, "共享工作簿"),
        (_for_macros, "带有宏"),
        (_leading_nowhere, "内部写法少见"),
        (_of_nobody, "内部写法少见"),
    ],
)
def test_what_cannot_bear_marks_safely_is_named_with_the_reason(edit, words, tmp_path):
    data = edit(book()).data()
    with pytest.raises(Unmarkable, match=words) as refusal:
        copied(tmp_path, data)
    assert str(refusal.value).endswith("后再交")
    assert str(refusal.value).count("请") == 1


def test_an_archive_written_as_a_stream_with_wide_sizes_is_read_and_written_plainly(tmp_path):
    out = BytesIO()
    with zipfile.ZipFile(SimpleNamespace(write=out.write, flush=out.flush), "w", zipfile.ZIP_DEFLATED) as stream:
        for name, data in book().parts.items():
            with stream.open(name, "w", force_zip64=True) as part:
                part.write(data)
    copy = copied(tmp_path, out.getvalue())
    assert unsound(copy) == []
    assert apart(copy) == apart(copied(tmp_path, book().data()))
