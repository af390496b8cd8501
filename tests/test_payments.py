"""The payments as systems export them: which of them count, which take others back, which nobody can tell."""

import datetime as dt
from dataclasses import dataclass

import openpyxl
import pytest
from support import GOOD, filling, form_file

from evalbatch.approved import Books
from evalbatch.control import load_executed
from evalbatch.evaluate import evaluate
from evalbatch.model import Verdict
from evalbatch.policy import load
from evalbatch.read import read_workbook

HEAD = ["支付日期", "预算单位", "项目", "摘要", "支付金额"]


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    """The good example as it is read."""
    return read_workbook(form_file(tmp_path_factory.mktemp("form"), filling(GOOD)), "表.xlsx")


def paid(form, number, amount, text="付款", day=dt.date(2025, 5, 6)):
    """A payment for one of the form's projects."""
    project = form.projects[number]
    unit = f"{form.unit.code.text}-{form.unit.name.text}"
    return [day, unit, f"{project.system_code.text}-{project.name.text}", text, amount]


@pytest.fixture(scope="module")
def base(form):
    """One payment a project, of what the form says."""
    return [paid(form, number, float(project.executed.value)) for number, project in enumerate(form.projects)]


@dataclass(frozen=True)
class Held:
    """What a file comes to: what the rules find, the projects that were not compared, and what is said of the file."""

    found: list[tuple[str, float]]
    unread: list[str]
    said: list[str]


def held(form, path):
    """Hold the form against a file of payments."""
    books = Books(executed=load_executed(path))
    evaluation = evaluate(form, load(), books=books)
    faults = books.executed.faults
    assert all((fault.fix.count("请"), fault.fix[-1]) == (1, "。") for fault in faults)
    return Held(
        found=[
            (finding.record, float(finding.difference.value))
            for finding in evaluation.findings
            if finding.code in ("M404", "M405")
        ],
        unread=[i.record for i in evaluation.identities if i.code == "M405" and i.verdict is Verdict.MISSING],
        said=[fault.message for fault in faults],
    )


def saved(folder, *rows, sheets=()):
    """A workbook with these rows, and more sheets."""
    book = openpyxl.Workbook()
    for number, each in enumerate((rows, *sheets)):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet(f"{number + 1}月")
        for row in each:
            sheet.append(row)
    book.save(folder / "支付.xlsx")
    return folder / "支付.xlsx"


def with_column(rows, heading, usual, at=-1):
    """Payments with one more column of one value."""
    head = [*HEAD[:at], heading, *HEAD[at:]]
    return [head, *([*row[:at], usual, *row[at:]] for row in rows)]


NOTHING = Held([], [], [])
UNCLEAR = "执行数据里有 1 行是正数，摘要、用途却像冲销或退回，分不出该加还是该减：工作表“Sheet”第 {} 行“{}”；这些项目没有核对。"


@pytest.mark.parametrize("word", ["红字冲销", "红冲", "冲正上月支付", "冲回", "冲账", "凭证冲减"])
def test_a_strong_word_takes_back_the_payment_of_its_amount(word, form, base, tmp_path):
    path = saved(tmp_path, HEAD, *base, paid(form, 0, 777), paid(form, 0, 777, word))
    assert held(form, path) == NOTHING


def test_a_payment_on_another_sheet_is_taken_back(form, base, tmp_path):
    later = [HEAD, paid(form, 0, 777, "红字冲销")]
    assert held(form, saved(tmp_path, HEAD, *base, paid(form, 0, 777), sheets=[later])) == NOTHING


def test_a_strong_word_without_a_payment_to_take_back_holds_the_project(form, base, tmp_path):
    for n, (amount, other) in enumerate(((777, 1), (776, 0))):
        rows = [*base, paid(form, 0, 500), paid(form, other, amount), paid(form, 0, 777, "红冲")]
        rows += [paid(form, 1, -777)] if other else [paid(form, 0, -776), paid(form, 0, -500)]
        assert held(form, saved(tmp_path, HEAD, *rows)) == Held([], ["1"], [UNCLEAR.format(8, "红冲")]), n


def test_every_payment_is_taken_back_once(form, base, tmp_path):
    """What a negative row took back is not taken back once more by ``冲销后重付``."""
    rows = [paid(form, 0, 777), paid(form, 0, -777, "冲销"), paid(form, 0, 777, "冲销后重付")]
    assert held(form, saved(tmp_path, HEAD, *base, *rows)) == Held([], ["1"], [UNCLEAR.format(8, "冲销后重付")])
    rows = [paid(form, 0, 777), paid(form, 0, 777), *[paid(form, 0, 777, "红字")] * 2]
    assert held(form, saved(tmp_path, HEAD, *base, *rows)) == NOTHING


@pytest.mark.parametrize(
    "text", ["退回投标保证金", "学费退款给家长", "更正上年冲销后重付", "收回", "退库", "退票重付", "更正支付"]
)
def test_a_text_alone_turns_no_sign(text, form, base, tmp_path):
    """A payment whose text may mean either is named, and its project blames nobody, whatever the form says of it."""
    rows = [paid(form, 0, base[0][-1] + 30_000, text), *base[1:]]
    assert held(form, saved(tmp_path, HEAD, *rows)) == Held([], ["1"], [UNCLEAR.format(2, text)])


def test_negative_amounts_stay_negative_whatever_is_written_beside(form, base, tmp_path):
    rows = [row for word in ("红冲", "退款", "付款") for row in (paid(form, 0, 777), paid(form, 0, -777, word))]
    assert held(form, saved(tmp_path, HEAD, *base, *rows)) == NOTHING
    rows = with_column([*base, paid(form, 0, 777)], "红字标志", "否")
    assert held(form, saved(tmp_path, *rows, [*paid(form, 0, -777)[:-1], "是", -777])) == NOTHING


@pytest.mark.parametrize("at", [3, 4])
@pytest.mark.parametrize(("heading", "usual"), [("支付类型", "直接支付"), ("业务类型", "授权支付"), ("凭证类型", 1)])
def test_a_column_that_says_nothing_of_reversals_leaves_the_text_to_decide(heading, usual, at, form, base, tmp_path):
    rows = with_column([*base, paid(form, 0, 777), paid(form, 0, 777, "红字冲销")], heading, usual, at)
    assert held(form, saved(tmp_path, *rows)) == NOTHING
    rows = with_column([*base[1:], paid(form, 0, base[0][-1], "退款")], heading, usual, at)
    assert held(form, saved(tmp_path, *rows)).unread == ["1"]


@pytest.mark.parametrize(
    ("heading", "usual", "back"),
    [
        ("冲销标志", "否", "是"),
        ("是否红字", 0, 1),
        ("红字", None, "红"),
        ("业务类型", "支付", "支付退回"),
        ("支付类型", "授权支付", "红字授权支付"),
        ("交易类型", "付款", "退库"),
        ("凭证类型", "蓝字凭证", "红字凭证"),
    ],
)
def test_a_column_of_its_own_decides_what_takes_a_payment_back(heading, usual, back, form, base, tmp_path):
    rows = with_column([*base, paid(form, 0, 777)], heading, usual)
    assert held(form, saved(tmp_path, *rows, [*paid(form, 0, 777)[:-1], back, 777])) == NOTHING


def test_a_column_that_says_it_is_a_payment_makes_words_harmless(form, base, tmp_path):
    rows = [paid(form, 0, base[0][-1], "更正上年冲销后重付"), *base[1:]]
    for usual in ("否", "非红字"):
        assert held(form, saved(tmp_path, *with_column(rows, "冲销标志", usual))) == NOTHING


def test_remarks_on_projects_are_no_texts_of_payments(form, base, tmp_path):
    rows = [[row[1], row[2], "结余资金由财政收回", row[4]] for row in base]
    assert held(form, saved(tmp_path, ["预算单位", "项目", "说明", "全年执行数"], *rows)) == NOTHING


# --- status -------------------------------------------------------------------------------------------------------

LEFT = "执行数据里有 1 行按状态没有付出，没有计入：“{0}” 1 行（工作表“Sheet”第 6 行）。"


@pytest.mark.parametrize("status", ["支付成功", "已支付", "正常", "已清算", "银行已回单", "有效", "付款完成", "支付"])
def test_paid_statuses_count(status, form, base, tmp_path):
    assert held(form, saved(tmp_path, *with_column(base, "支付状态", status))) == NOTHING


@pytest.mark.parametrize(
    "status",
    [
        "退回",
        "已退回",
        "支付失败",
        "失败",
        "待支付",
        "未支付",
        "退票",
        "已退票",
        "作废",
        "已作废",
        "撤销",
        "已撤销",
        "未清算",
        "待审核",
        "支付中",
        "已退款",
        "审核不通过",
    ],
)
def test_what_was_not_paid_does_not_count_and_is_said(status, form, base, tmp_path):
    for text in ("付款", "红字冲销", "退款"):
        rows = with_column(base, "支付状态", "支付成功")
        path = saved(tmp_path, *rows, [*paid(form, 0, 777, text)[:-1], status, 777])
        assert held(form, path) == Held([], [], [LEFT.format(status)])


def test_a_project_of_which_nothing_was_paid_was_paid_nothing(form, base, tmp_path):
    rows = with_column(base, "凭证状态", "已作废")
    done = held(form, saved(tmp_path, *rows))
    assert (done.found, done.unread) == ([(p.code.value, float(p.executed.value)) for p in form.projects], [])


@pytest.mark.parametrize("status", ["已提交银行", "部分退款", "7", "退款失败", None])
def test_an_unknown_status_is_named_and_its_project_held(status, form, base, tmp_path):
    rows = with_column(base, "支付状态", "支付成功")
    path = saved(tmp_path, *rows, [*paid(form, 0, 777)[:-1], status, 777])
    said = f"执行数据里有 1 行的状态看不出付了没有：工作表“Sheet”第 6 行“{status or '空白'}”；这些项目没有核对。"
    assert held(form, path) == Held([], ["1"], [said])


def test_an_empty_column_says_nothing_and_of_two_columns_one_that_is_not_paid_is_enough(form, base, tmp_path):
    assert held(form, saved(tmp_path, *with_column(base, "支付状态", None))) == NOTHING
    head, *rows = with_column(base, "支付状态", "支付成功")
    more = [[*head, "单据状态"], *([*row, "终审"] for row in rows)]
    assert held(form, saved(tmp_path, *more)) == NOTHING
    void = [*paid(form, 0, 777)[:-1], "支付成功", 777, "作废"]
    assert held(form, saved(tmp_path, *more, void)).said == [LEFT.format("作废")]


def test_a_negative_row_that_came_back_takes_back_a_payment_that_counts(form, base, tmp_path):
    rows = with_column(base, "支付状态", "支付成功")
    for first in ("支付成功", "已退回"):
        more = [[*paid(form, 0, amount)[:-1], status, amount] for amount, status in ((777, first), (-777, "已退回"))]
        done = held(form, saved(tmp_path, *rows, *more))
        assert (done.found, done.unread) == ([], [])
    done = held(form, saved(tmp_path, *rows, [*paid(form, 0, -777)[:-1], "退回", -777]))
    assert (done.found, done.unread, len(done.said)) == ([], ["1"], 1)


def test_totals_with_and_without_what_was_not_paid_are_right(form, base, tmp_path):
    total = sum(row[-1] for row in base)
    rows = with_column(base, "支付状态", "支付成功")
    void = [*paid(form, 0, 777)[:-1], "作废", 777]
    for whole, faults in ((total, 1), (total + 777, 1), (total + 5, 2)):
        path = saved(tmp_path, *rows, void, ["合计", None, None, None, None, whole])
        assert len(held(form, path).said) == faults


# --- vouchers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["支付凭证号", "凭证号", "支付令号", "支付申请编号"])
def test_a_whole_row_with_its_voucher_written_twice_holds_its_project(heading, form, base, tmp_path):
    head, *rows = with_column(base, heading, "")
    rows = [[*row[:-2], f"V{n}", row[-1]] for n, row in enumerate(rows, 1)]
    assert held(form, saved(tmp_path, head, *rows)) == NOTHING
    done = held(form, saved(tmp_path, head, *rows, rows[0], rows[1]))
    assert (done.found, done.unread) == ([], ["1", "2"])
    (said,) = done.said
    assert "有 2 组完全相同的行，分不出是重复还是两笔：工作表“Sheet”第 2 行、工作表“Sheet”第 6 行" in said


def test_a_voucher_written_once_more_on_another_sheet_counts_once(form, base, tmp_path):
    head, *rows = with_column(base, "支付凭证号", "")
    rows = [[*row[:-2], f"V{n}", row[-1]] for n, row in enumerate(rows, 1)]
    done = held(form, saved(tmp_path, head, *rows, sheets=[[head, rows[1]]]))
    assert (done.found, done.unread) == ([], [])
    (said,) = done.said
    assert "有 1 个项目是同样的，金额相同，只计了“Sheet”" in said


def test_two_lines_of_a_voucher_that_differ_and_equal_payments_without_one_count_twice(form, base, tmp_path):
    head, *rows = with_column(base[1:], "凭证号", "V1")
    parts = [base[0][-1] - 600, 600]
    lines = [[*paid(form, 0, 1)[:-1], "V9", part] for part in parts]
    assert held(form, saved(tmp_path, head, *lines, *rows)) == NOTHING
    half = paid(form, 0, base[0][-1] / 2)
    assert held(form, saved(tmp_path, HEAD, half, half, *base[1:])) == NOTHING
