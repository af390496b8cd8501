"""The annotated copy: every fault marked where it is, nothing else changed, corrected and handed in again like the original."""

import hashlib
import re
from datetime import date

import openpyxl
import pytest
from annotated_books import (
    ANSWERED,
    ASIDE,
    BOTH,
    THREADED,
    report,
    with_extras,
    with_namesake,
    with_prefixes,
    with_rows,
)
from annotations import RULE, SIGNATURE, as_before, comments, marks, sheets, spots, unmarked
from generate import filling as generated
from hostile import SPECIMENS
from pieces import WORKBOOK, Pieces, apart, archive
from running import run
from soundness import unsound
from support import REPORT, filling, form_file

from evalbatch.evaluate import evaluate
from evalbatch.model import Severity
from evalbatch.policy import load
from evalbatch.read import read_workbook
from evalbatch.waivers import load as load_waivers
from evalbatch.writers.annotated import Unmarkable, annotate
from evalbatch.writers.annotated.looks import FILLS
from evalbatch.writers.result import result, to_json
from evalbatch.writers.template import write_form

POLICY = load("national-2020")
BOOKS = {
    "report": report,
    "extras": with_extras,
    "rows": with_rows,
    "prefixes": with_prefixes,
    "namesake": with_namesake,
}
GENERATED, BY_OFFICE = 100, 12


def evaluated(folder, data, name="表.xlsx", waivers=()):
    """The evaluation of a workbook's bytes."""
    path = folder / name
    path.write_bytes(data)
    return evaluate(read_workbook(path, name), POLICY, waivers)


def copied(folder, data):
    """The annotated copy of a workbook's bytes."""
    return annotate(data, evaluated(folder, data))


def as_json(evaluation):
    """The evaluation for machines, the workbook's hash aside."""
    return re.sub(r'"sha256": "\w+"', "", to_json(result(evaluation)))


def faulty(evaluation, titles):
    """The worst severity of every cell that a finding names, as its colour is written."""
    worst = {}
    for finding in evaluation.findings:
        for place in finding.cells:
            if place.sheet in titles and finding.waiver is None:
                held = worst.get((place.sheet, place.ref), finding.severity)
                worst[place.sheet, place.ref] = min(held, finding.severity, key=list(Severity).index)
    return sorted((*cell, f"FF{FILLS[severity][1:]}") for cell, severity in worst.items())


@pytest.fixture(scope="module")
def books(tmp_path_factory, office):
    """Every workbook: as it was, its evaluation, its copy; the example also as LibreOffice saves it."""
    folder = tmp_path_factory.mktemp("books")
    held = {name: make() for name, make in BOOKS.items()}
    for name in ("report", "extras"):
        path = folder / f"{name}.xlsx"
        path.write_bytes(held[name])
        (saved,) = office.convert([path], folder / "saved")
        held[f"{name}-saved"] = saved.read_bytes()
    evaluations = {name: evaluated(folder, data) for name, data in held.items()}
    return {name: (data, evaluations[name], annotate(data, evaluations[name])) for name, data in held.items()}


EVERY = pytest.mark.parametrize("name", [*BOOKS, "report-saved", "extras-saved"])


# --- nothing else -------------------------------------------------------------------------------------------------


@EVERY
def test_every_part_is_what_it_was_without_its_marks(books, name):
    before, _, copy = books[name]
    old, new = as_before(before), unmarked(copy)
    assert list(new) == list(old)
    boxes = {part for part in old if part.endswith(".vml")}
    assert [part for part in old if part not in boxes and old[part] != new[part]] == []
    for part in boxes:  # ours stand behind the staff's
        assert apart(copy)[part].startswith(apart(before)[part].rpartition(b"</xml>")[0])


@EVERY
def test_parts_without_a_mark_are_kept_to_the_byte(books, name):
    before, evaluation, copy = books[name]
    old, new = apart(before), apart(copy)
    marked = {title for title, part in sheets(old).items() if title in {place.sheet for place in places(evaluation)}}
    touched = {WORKBOOK, "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    touched |= {part for title, part in sheets(old).items() if title in marked or b"tabSelected" in old[part]}
    rest = [part for part in old if part not in touched and not re.search(r"/_rels/sheet|comments\d|vmlDrawing", part)]
    assert [part for part in rest if old[part] != new[part]] == []
    assert len(rest) >= 5


def places(evaluation):
    return [place for finding in evaluation.findings for place in finding.cells]


@EVERY
def test_the_copy_is_a_sound_package(books, name):
    before, _, copy = books[name]
    assert unsound(copy) == unsound(before) == []


@EVERY
def test_the_copy_reads_like_the_original(books, name, tmp_path):
    _, evaluation, copy = books[name]
    assert as_json(evaluated(tmp_path, copy)) == as_json(evaluation)


@EVERY
def test_annotated_twice_is_annotated_once(books, name, tmp_path):
    _, _, copy = books[name]
    assert copied(tmp_path, copy) == copy


def test_the_staffs_own_things_are_there(books):
    parts = apart(books["extras"][2])
    assert {"xl/media/image1.png", "xl/threadedComments/threadedComment1.xml", "xl/drawings/drawing1.xml"} <= set(parts)
    sheet = parts[sheets(parts)["项目资金"]]
    assert all(kept in sheet for kept in (b"x14:dataValidation ", b"x14:dataBar ", b"<drawing ", b"<sheetProtection "))


# --- every fault where it is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in (*BOOKS, "report-saved") if name != "rows"])
def test_every_faulty_cell_has_the_colour_of_its_worst_fault_and_a_comment(books, name):
    before, evaluation, copy = books[name]
    wanted = faulty(evaluation, sheets(apart(before)))
    assert [tuple(mark) for mark in marks(copy)] == wanted
    assert len({colour for _, _, colour in wanted}) == 3
    told = comments(copy)
    discussed = {("单位信息", THREADED)} if name == "extras" else set()
    assert {(sheet, ref) for sheet, ref, _ in wanted} - discussed <= {
        at for at, text in told.items() if SIGNATURE in text
    }


def test_what_lies_in_a_merged_cell_is_marked_on_the_cell_that_shows_it(tmp_path):
    data = form_file(tmp_path, filling())
    book = Pieces(apart(data.read_bytes()))
    merged = '<mergeCells count="1"><mergeCell ref="J5:J6"/></mergeCells><conditionalFormatting'
    book.sub("项目资金", "<conditionalFormatting", merged)
    evaluation = evaluated(tmp_path, book.data())
    copy = annotate(book.data(), evaluation)
    assert ("项目资金", "J6") in {(place.sheet, place.ref) for place in places(evaluation)}
    refs = {mark.ref for mark in marks(copy) if mark.sheet == "项目资金"}
    assert "J5" in refs
    assert "J6" not in refs


def test_a_comment_says_what_is_wrong_and_what_to_do(books):
    _, evaluation, copy = books["report"]
    finding = next(one for one in evaluation.findings if one.code == "M109")
    text = comments(copy)["收支预决算", "B19"]
    assert text.startswith(f"【错误】{finding.message}")
    assert f"→ {finding.fix}" in text


def test_a_comment_of_the_staffs_stays_before_ours(books):
    text = comments(books["extras"][2])
    assert text["单位信息", BOTH].startswith(f"等人事定了再填\n{RULE}\n【错误】")
    assert text["单位信息", ANSWERED].startswith(f"【错误】别动这里\n{RULE}\n【警告】")
    assert text["单位信息", ASIDE] == "王会计:\n全称"
    assert text["单位信息", THREADED] == "[Threaded comment] 电话换了"


def test_the_list_tells_every_fault_and_leads_to_its_cell(books):
    before, evaluation, copy = books["report"]
    parts = apart(copy)
    title, part = next(iter(sheets(parts).items()))
    xml = parts[part].decode()
    assert title == "问题清单"
    texts = re.findall(r'<t xml:space="preserve">([^<]*)</t>', xml)
    assert [text for text in texts if text in {one.message.replace(">", "&gt;") for one in evaluation.findings}] == [
        one.message for one in evaluation.findings
    ]
    links = re.findall(r"location=\"'([^']+)'!([A-Z]+\d+)\"", xml)
    assert links == [(one.cells[0].sheet, one.cells[0].ref) for one in evaluation.findings]
    assert {sheet for sheet, _ in links} <= set(sheets(apart(before)))


def test_the_list_asks_for_corrections_only_where_some_are_needed(books, tmp_path):
    changes = {
        "基本通过，有待核实": {"unit.date": "2023-02-27"},
        "通过": {"budget.other_spending.budget": "0.02"},
    }
    rejected = apart(books["report"][2])
    first = {"退回修改": rejected[next(iter(sheets(rejected).values()))].decode()}
    for verdict, change in changes.items():
        data = write_form(filling(case={"change": change}))
        evaluation = evaluated(tmp_path, data)
        assert evaluation.status.value == verdict
        parts = apart(annotate(data, evaluation))
        first[verdict] = parts[next(iter(sheets(parts).values()))].decode()
    for verdict, xml in first.items():
        assert f"问题清单（{verdict}）" in xml
        assert ("请逐条改正" in xml) == (verdict == "退回修改")


def test_a_sheet_of_the_staffs_that_is_called_like_the_list_stays_a_sheet(books):
    before, _, copy = books["namesake"]
    assert list(sheets(apart(copy))) == ["问题清单(2)", *sheets(apart(before))]


def test_a_fault_without_a_cell_stands_in_the_list_without_a_link(tmp_path):
    book = Pieces(apart(report()))
    book.sub(WORKBOOK, 'name="支出标准"', 'name="别的"').sub(WORKBOOK, ">支出标准!$A:$F<", ">别的!$A:$F<")
    evaluation = evaluated(tmp_path, book.data())
    missing = next(one for one in evaluation.findings if one.cells and one.cells[0].sheet == "支出标准")
    copy = annotate(book.data(), evaluation)
    xml = next(iter(apart(copy)[part].decode() for part in sheets(apart(copy)).values()))
    assert missing.message in xml
    assert "'支出标准'!" not in xml


# --- after an office program ----------------------------------------------------------------------------------------


def test_libreoffice_shows_the_marks_and_no_mark_is_doubled_when_it_comes_back(books, office, tmp_path):
    for name in ("report", "extras"):
        _, evaluation, copy = books[name]
        (tmp_path / f"{name}.xlsx").write_bytes(copy)
        (saved,) = office.convert([tmp_path / f"{name}.xlsx"], tmp_path / "saved")
        back = saved.read_bytes()
        assert [mark[:2] for mark in marks(back)] == [mark[:2] for mark in marks(copy)]
        assert comments(back) == comments(copy)
        again = evaluated(tmp_path, back)
        assert as_json(again) == as_json(evaluation)
        once_more = annotate(back, again)
        assert marks(once_more) == marks(copy)
        discussed = {("单位信息", THREADED)}  # LibreOffice knows no discussions and makes a comment of one
        assert {at: t for at, t in comments(once_more).items() if at not in discussed} == {
            at: t for at, t in comments(copy).items() if at not in discussed
        }
        assert unsound(once_more) == []
        assert [title for title in sheets(apart(once_more)) if title.startswith("问题清单")] == ["问题清单"]


def test_a_copy_saved_by_a_program_with_prefixes_of_its_own_is_marked_again(books, tmp_path):
    """openpyxl writes the boxes of comments under the prefixes ns0, ns1 …"""
    copy = books["report"][2]
    (tmp_path / "a.xlsx").write_bytes(copy)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["单位信息"]["B12"].comment = openpyxl.comments.Comment("负责人待定", "老李")
    book.save(tmp_path / "a.xlsx")
    back = (tmp_path / "a.xlsx").read_bytes()
    again = evaluated(tmp_path, back)
    once_more = annotate(back, again)
    assert [mark[:2] for mark in marks(once_more)] == [mark[:2] for mark in marks(copy)]
    told = comments(once_more)
    assert told.pop(("单位信息", "B12")) == "负责人待定"
    assert told == comments(copy)
    assert unsound(once_more) == []


def test_libreoffice_prints_the_copy(books, office, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(books["extras"][2])
    (printed,) = office.convert([tmp_path / "a.xlsx"], tmp_path, "pdf")
    assert printed.read_bytes().startswith(b"%PDF")


def test_what_was_corrected_loses_its_mark(books, tmp_path):
    _, before, copy = books["report"]
    book = Pieces(apart(copy))
    part = sheets(book.parts)["单位信息"]
    cell = re.search(r'<c r="B14"([^>]*)/>', book.parts[part].decode())
    book.sub(part, cell[0], f'<c r="B14"{cell[1]} t="inlineStr"><is><t>李某</t></is></c>')
    again = evaluated(tmp_path, book.data())
    assert len(again.findings) == len(before.findings) - 1
    corrected = annotate(book.data(), again)
    assert ("单位信息", "B14") in {mark[:2] for mark in marks(copy)} - {mark[:2] for mark in marks(corrected)}
    assert ("单位信息", "B14") not in comments(corrected)
    assert "B14" not in spots(next(xml for name, xml in apart(corrected).items() if name.endswith("sheet2.vml")))


def test_what_staff_wrote_into_our_comment_stays(books, tmp_path):
    copy = books["report"][2]
    book = Pieces(apart(copy))
    part = next(name for name in book.parts if "comments_" in name and "sheet2" in name)
    book.sub(part, f"{SIGNATURE}</t></r></text>", f"{SIGNATURE}</t></r><r><t>已问过人事</t></r></text>")
    again = comments(copied(tmp_path, book.data()))["单位信息", "B14"]
    assert again.startswith(f"已问过人事\n{RULE}\n【错误】")
    assert again.count(SIGNATURE) == 1


# --- what is not marked ---------------------------------------------------------------------------------------------


def test_a_workbook_without_a_fault_gets_no_copy(tmp_path):
    assert copied(tmp_path, write_form(filling())) is None


def test_a_waived_fault_stands_last_in_the_list_and_marks_no_cell(tmp_path):
    (tmp_path / "豁免.toml").write_text(
        '[[waiver]]\nrule = "M109"\nunit = "鹿泉区计划生育协会"\ncell = "收支预决算!B19"\napprover = "王某"\nreason = "报告原文"\n'
        "until = 2099-12-31\n",
        "utf-8",
    )
    waivers = load_waivers(str(tmp_path / "豁免.toml"), date(2026, 1, 1))
    evaluation = evaluated(tmp_path, report(), waivers=waivers)
    assert evaluation.waived == 1
    copy = annotate(report(), evaluation)
    assert ("收支预决算", "B19") not in {mark[:2] for mark in marks(copy)}
    xml = apart(copy)[next(iter(sheets(apart(copy)).values()))].decode()
    assert "已豁免" in xml
    assert "不用改。" in xml


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("xl/vbaProject.bin", "", "带有宏"),
        ("_xmlsignatures/sig1.xml", "", "数字签名"),
        ("", "template.main+xml", "模板"),
    ],
)
def test_a_workbook_that_cannot_bear_marks_is_named_with_the_reason(tmp_path, name, kind, words):
    book = Pieces(apart(report()))
    if name:
        book.parts[name] = b"<a/>"
    if kind:
        book.sub("[Content_Types].xml", "spreadsheetml.sheet.main+xml", f"spreadsheetml.{kind}")
    evaluation = evaluated(tmp_path, book.data())
    with pytest.raises(Unmarkable, match=words):
        annotate(book.data(), evaluation)


def test_the_same_workbook_gives_the_same_bytes_however_it_is_packed(tmp_path):
    parts = apart(report())
    packed = [archive(parts), archive(parts, 0)]
    one, two = (copied(tmp_path, data) for data in packed)
    assert apart(one) == apart(two)
    assert hashlib.sha256(copied(tmp_path, packed[0])).digest() == hashlib.sha256(one).digest()


# --- many -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_hundred_workbooks_read_the_same_with_their_marks(tmp_path):
    marked = 0
    for seed in range(GENERATED):
        data = write_form(generated(seed))
        evaluation = evaluated(tmp_path, data)
        copy = annotate(data, evaluation)
        if copy is None:
            continue
        marked += 1
        again = evaluated(tmp_path, copy)
        assert as_json(again) == as_json(evaluation), seed
        assert annotate(copy, again) == copy, seed
        assert unsound(copy) == [], seed
        assert [tuple(mark) for mark in marks(copy)] == faulty(evaluation, sheets(apart(data))), seed
    assert marked >= GENERATED * 9 // 10


@pytest.mark.slow
def test_what_libreoffice_saved_keeps_its_marks_and_takes_new_ones(tmp_path, office):
    folder, paths, evaluations = tmp_path / "copies", [], []
    folder.mkdir()
    for seed in range(BY_OFFICE):
        evaluations.append(evaluated(tmp_path, write_form(generated(seed))))
        paths.append(folder / f"{seed}.xlsx")
        paths[-1].write_bytes(annotate((tmp_path / "表.xlsx").read_bytes(), evaluations[-1]) or b"")
    for path, saved, evaluation in zip(paths, office.convert(paths, tmp_path / "saved"), evaluations, strict=True):
        copy, back = path.read_bytes(), saved.read_bytes()
        again = evaluated(tmp_path, back)
        assert [mark[:2] for mark in marks(back)] == [mark[:2] for mark in marks(copy)]
        once_more = annotate(back, again)
        assert copied(tmp_path, once_more) == once_more
        assert unsound(once_more) == []
        titles = sheets(apart(back))
        assert [tuple(mark) for mark in marks(once_more)] == faulty(again, titles)
        assert {at for at, text in comments(once_more).items() if text.count(SIGNATURE) != 1} == set()
        assert len(evaluation.findings) == len(again.findings)


# --- a run ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def received(tmp_path):
    """What a bureau received: a workbook with faults, one without, one with macros, one that is none."""
    folder = tmp_path / "收到"
    folder.mkdir()
    (folder / "甲.xlsx").write_bytes(report())
    (folder / "乙.xlsx").write_bytes(write_form(filling(case={"change": {"unit.name": "乙单位"}})))
    macros = filling(REPORT, {"change": {"unit.name": "丙单位"}})
    (folder / "丙.xlsx").write_bytes(archive({**apart(write_form(macros)), "xl/vbaProject.bin": b"x"}))
    (folder / "丁.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return folder


COPY = "鹿泉区计划生育协会_2025_退回修改.xlsx"


def copies_in(outputs):
    return sorted(path.name for path in outputs.glob("*退回修改*"))


def test_a_run_writes_a_copy_where_there_is_something_to_correct(received, tmp_path):
    done = run(received, tmp_path / "o", "--annotate")
    assert copies_in(tmp_path / "o") == [COPY]
    copy = (tmp_path / "o" / COPY).read_bytes()
    assert copy == copied(tmp_path, report())
    assert "退回修改的副本 1 份，另有 1 份没有写出" in done.stderr
    assert "丙.xlsx：没有写出退回修改的副本。文件带有宏" in done.stderr


def test_a_second_run_leaves_the_copies_and_makes_a_missing_one_again(received, tmp_path):
    run(received, tmp_path / "o", "--annotate")
    again = run(received, tmp_path / "o", "--annotate")
    assert "沿用上次的结果" in again.stderr
    assert "退回修改的副本 1 份" in again.stderr
    (tmp_path / "o" / COPY).unlink()
    run(received, tmp_path / "o", "--annotate")
    assert copies_in(tmp_path / "o") == [COPY]


def test_copies_are_made_when_they_are_asked_for_later_and_go_when_they_are_not(received, tmp_path):
    run(received, tmp_path / "o")
    assert copies_in(tmp_path / "o") == []
    run(received, tmp_path / "o", "--annotate")
    assert copies_in(tmp_path / "o") == [COPY]
    run(received, tmp_path / "o")
    assert copies_in(tmp_path / "o") == []


def test_a_copy_goes_when_the_workbook_was_corrected_and_stays_aside_where_somebody_wrote_into_it(received, tmp_path):
    outputs = tmp_path / "o"
    run(received, outputs, "--annotate")
    good = write_form(filling(case={"change": {"unit.name": "鹿泉区计划生育协会"}}))
    (received / "甲.xlsx").write_bytes(good)
    run(received, outputs, "--annotate")
    assert copies_in(outputs) == []
    (received / "甲.xlsx").write_bytes(report())
    run(received, outputs, "--annotate")
    (outputs / COPY).write_bytes((outputs / COPY).read_bytes() + b"\0")
    (received / "甲.xlsx").write_bytes(good)
    done = run(received, outputs, "--annotate")
    assert copies_in(outputs) == ["鹿泉区计划生育协会_2025_退回修改_人工修改.xlsx"]
    assert "已原样另存为" in done.stderr


def test_a_corrected_copy_is_handed_in_like_any_form(received, tmp_path):
    run(received, tmp_path / "o", "--annotate")
    handed_in = tmp_path / "再报"
    handed_in.mkdir()
    (handed_in / "甲.xlsx").write_bytes((tmp_path / "o" / COPY).read_bytes())
    run(handed_in, tmp_path / "p", "--annotate")
    assert (tmp_path / "p" / COPY).read_bytes() == (tmp_path / "o" / COPY).read_bytes()


# --- odd workbooks --------------------------------------------------------------------------------------------------

ODD = [one for one in SPECIMENS if one.found and not one.said and not one.apart]


@pytest.mark.slow
@pytest.mark.parametrize("group", sorted({one.group for one in ODD}))
def test_an_odd_workbook_is_marked_soundly_or_named(group, tmp_path):
    refused = []
    for specimen in [one for one in ODD if one.group == group]:
        path = specimen.make(tmp_path)
        data, evaluation = path.read_bytes(), evaluate(read_workbook(path, "表.xlsx"), POLICY)
        try:
            copy = annotate(data, evaluation)
        except Unmarkable as refusal:
            refused.append(str(refusal))
            continue
        if copy is None:
            continue
        again = evaluated(tmp_path, copy)
        assert as_json(again) == as_json(evaluation), specimen.label
        assert annotate(copy, again) == copy, specimen.label
        assert set(unsound(copy)) <= set(unsound(data)), specimen.label
    assert [said for said in refused if not said.endswith("后再交")] == []
