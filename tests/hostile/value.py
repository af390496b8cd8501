"""What stands in single cells: numbers and texts as people and programs leave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pieces import WORKBOOK

from .kit import BUDGET, EXECUTED, Book, Specimen, edited

GROUP = "value"
NAME, CODE, NOTE, DATE, PROOF = "项目资金!C5", "项目资金!B5", "项目资金!AA5", "单位信息!B16", "绩效指标!N5"
TARGET, ACTUAL, WEIGHT, SCORE = "绩效指标!F5", "绩效指标!I5", "绩效指标!K5", "绩效指标!L5"
_LOST = {"figures": {"projects.0.executed": None}}
_ERRORS = (
    "#REF!",
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#FIELD!",
    "#BLOCKED!",
    "#UNKNOWN!",
    "#BUSY!",
)
_SAME = (
    "5", "5.00", " 5 ", "\u00a05.00\u3000", "５．００", "+5", "5.00万元", "5万", "￥5.00", "¥5", "50000元", "50,000.00元",
    "50000.00 元", "5.00\n", "\t5", "5.00 万元", "0.0005亿元", "05.00",
)  # fmt: skip
_NO_NUMBER = (
    "nan", "NaN", "inf", "1e5", "1_000", "--5", "(5)", "（5.00）", "5-", "5,0", "5，0.0.0", "五万元", "约5", "5左右", "5.0.0", "5/2",
    "=5", "5元5角", "$5", "5 6", "4.86 5.00", "4\n86", "4.86\n0.14", "4.86+0.14", "５　０", "0x10", "TRUE", "5%", "4.86w",
)  # fmt: skip


def _read(name: str, edit: Callable[[Book], Any], *found: str, **more: Any) -> Specimen:
    return Specimen(group=GROUP, name=name, make=edited(edit), found=found, **more)


def _text(place: str, text: str) -> Callable[[Book], Any]:
    return lambda book: book.text(place, text)


def _number(place: str, number: object, code: str = "") -> Callable[[Book], Any]:
    return lambda book: book.number(place, number, book.styled(code) if code else None)


def _calculated(book: Book) -> Book:
    """As Excel saves it: nothing is left to be calculated."""
    return book.sub(WORKBOOK, ' fullCalcOnLoad="1"', "")


SPECIMENS = (
    *(
        _read(f"error-{error}", lambda b, e=error: b.cell(EXECUTED, f"<v>{e}</v>", "e"), f"F402 {EXECUTED}", **_LOST)
        for error in _ERRORS
    ),  # type: ignore[misc]
    *(
        _read(f"error-{error}-in-a-derived-cell", lambda b, e=error: b.cell("项目资金!AB5", f"<v>{e}</v>", "e"))
        for error in ("#REF!", "#SPILL!")
    ),  # type: ignore[misc]
    _read("error-in-a-text-column", lambda b: b.cell(NOTE, "<v>#N/A</v>", "e"), f"F402 {NOTE}"),
    _read("error-behind-a-formula", lambda b: b.formula(EXECUTED, "A1/0", "#DIV/0!", "e"), f"F402 {EXECUTED}", **_LOST),
    _read("error-as-text", _text(EXECUTED, "#REF!"), f"F401 {EXECUTED}", **_LOST),
    *(_read(f"five-as-{text!r}", _text(BUDGET, text)) for text in _SAME),
    *(_read(f"no-number-{text!r}", _text(EXECUTED, text), f"F401 {EXECUTED}", **_LOST) for text in _NO_NUMBER),
    *(
        _read(f"nothing-{text!r}", _text(EXECUTED, text), f"F301 {EXECUTED}", **_LOST)
        for text in ("—", "无", "*", "/", "-", " ", "N/A", "——", "－")
    ),
    _read("thousands-grouped-by-spaces", _text(BUDGET, "50 000.00元")),
    _read("binary-noise", _number(EXECUTED, "4.8600000000000003")),
    _read("binary-noise-below", _number("收支预决算!C9", "213.72999999999999")),
    _read("sum-of-tenths", _number("项目资金!H8", "0.24000000000000002")),
    _read("minus-zero", _number("项目资金!N5", "-0")),
    _read("exponent", _number(EXECUTED, "4.86E0")),
    _read("tiny", _number("项目资金!N5", "1e-300")),
    _read("gigantic", _number(EXECUTED, "1e308"), f"F401 {EXECUTED}", **_LOST),
    _read("beyond-gigantic", _number(EXECUTED, "1e999"), f"F401 {EXECUTED}", **_LOST),
    _read(
        "negative",
        _number(EXECUTED, "-4.86"),
        f"F403 {EXECUTED}",
        figures={"projects.0.executed": -4.86},
        lost=("lines.",),
    ),
    _read("yuan-in-a-column-of-wan", _number("项目资金!H5", "50000"), "M202 项目资金!H5", lost=("lines.",)),
    _read("date-in-an-amount", _number(EXECUTED, 44561, "yyyy-mm-dd"), f"F401 {EXECUTED}", **_LOST),
    _read("time-in-an-amount", _number(EXECUTED, 0.985, "h:mm"), f"F401 {EXECUTED}", **_LOST),
    _read("duration-in-an-amount", _number(EXECUTED, 1.5, "[h]:mm:ss"), f"F401 {EXECUTED}", **_LOST),
    _read(
        "impossible-date-in-an-amount",
        _number(EXECUTED, 99999999, "yyyy-mm-dd"),
        f"F401 {EXECUTED}",
        **_LOST,
    ),
    *(
        _read(f"shown-as-a-percentage-{code}", _number(EXECUTED, "0.5", code), f"F401 {EXECUTED}", **_LOST)
        for code in ("0%", "0.00%", "#,##0.0%;-#,##0.0%", "[Red]0%", "0 %")
    ),
    *(
        _read(f"shown-in-{code}", _number(EXECUTED, "4.86", code), f"F401 {EXECUTED}", **_LOST)
        for code in ('0.00"元"', '0.00" 千元"', "0.00!元", '#,##0.00"亿元"')
    ),
    *(
        _read(f"shown-plainly-{code}", _number(EXECUTED, "4.86", code))
        for code in (
            "¥#,##0.00",
            '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
            "[$¥-804]#,##0.00;[Red]-#,##0.00",
            '0.00"万元"',
            '0.00"%"',
            "0.00_);[Red](0.00)",
            "[DBNum2]0.00",
            "0.00E+00",
            "@",
        )
    ),
    _read(
        "weight-shown-as-a-percentage",
        _number(WEIGHT, "0.1", "0%"),
        f"F401 {WEIGHT}",
        figures={"indicators.1.0.weight": None},
    ),
    _read(
        "standard-shown-in-wan",
        _number("支出标准!C5", "3850", '0.00"万元"'),
        "F401 支出标准!C5",
        "M108",
        lost=("lines.M108",),
    ),
    *(
        _read(
            f"rate-shown-as-{code}",
            _number("项目资金!U5", number, code),
            "F401 项目资金!U5",
            lost=("lines.M109",),
        )
        for number, code in (
            ("97.2", "¥#,##0.00"),
            ("97.2", '0.00"元"'),
            ("97200", "#,##0.00,"),
            ("97.2", "yyyy-mm-dd"),
        )
    ),
    *(
        _read(
            f"rate-shown-as-text-{number}",
            _number("项目资金!U5", number, '0.0"%"'),
            *found,
            lost=("lines.M109",) if found else (),
        )
        for number, found in (("97.2", ()), ("0.972", ("F401 项目资金!U5",)))
    ),
    _read(
        "result-with-its-unit-in-the-format",
        _number(ACTUAL, "2150", '0"份"'),
        figures={"indicators.1.0.actual": "2150份"},
    ),
    _read("result-with-a-percent-that-is-text", _number("绩效指标!I9", "91.67", '0.00"%"')),
    _read(
        "result-shown-in-thousands",
        _number(ACTUAL, "2150000", "#,##0,"),
        f"F401 {ACTUAL}",
        figures={"indicators.1.0.actual": "2150000（按单元格格式 #,##0, 显示成另一个数）"},
    ),
    _read("number-in-a-date", _number(DATE, 46080), f"F401 {DATE}"),
    _read("eight-digits-in-a-date", _number(DATE, 20260227), f"F401 {DATE}"),
    _read("real-date", _number(DATE, 46080, "yyyy/m/d")),
    _read("chinese-date-format", _number(DATE, 46080, 'yyyy"年"m"月"d"日"')),
    _read("date-as-text", _text(DATE, "2026年2月27日")),
    _read("impossible-date", _text(DATE, "2026年2月31日"), f"F401 {DATE}"),
    _read("id-of-eighteen-digits-as-number", _number(CODE, "130110253610010001"), f"F401 {CODE}"),
    _read("id-with-leading-zeros", _text("单位信息!B5", "001361"), figures={"unit.code": "001361"}),
    _read("project-number-as-number", _number("项目资金!A5", 1)),
    _read("project-number-with-a-point", _number("项目资金!A5", "1.0")),
    _read("project-number-padded", _text("项目资金!A5", " 1 ")),
    _read("project-number-full-width", _text("项目资金!A5", "１"), lost=("lines.",)),
    _read(
        "project-number-with-zeros",
        _text("项目资金!A5", "01"),
        "F502",
        lost=("indicators.", "projects.0.code", "lines."),
        figures={"projects.0.code": "01"},
    ),
    _read(
        "name-in-traditional-characters",
        _text(NAME, "計生宣傳服務、環境標準"),
        "P204 项目资金!C5",
        figures={"projects.0.name": "計生宣傳服務、環境標準"},
        lost=("lines.",),
    ),
    _read("year-as-text", _text("单位信息!B7", "2025年度")),
    _read(
        "year-as-date",
        _number("单位信息!B7", 46022, "yyyy"),
        "F401 单位信息!B7",
        figures={"unit.year": None},
    ),
    _read("percent-as-fraction", _number("收支预决算!B19", "0.2881", "0.00%")),
    _read("percent-as-text", _text("收支预决算!B19", "28.81%")),
    _read("percent-full-width", _text("收支预决算!B19", "２８．８１％")),
    _read("percent-without-the-sign", _number("收支预决算!B19", "28.81", "General")),
    _read(
        "fraction-without-a-format",
        _number("收支预决算!B19", "0.2881", "0.0000"),
        "F401 收支预决算!B19",
        lost=("lines.M109",),
    ),
    _read(
        "shown-in-another-unit",
        _number(BUDGET, "50000", '0!.0,"万元"'),
        f"F401 {BUDGET}",
        figures={"projects.0.budget": None},
    ),
    _read(
        "shown-in-thousands",
        _number(BUDGET, "5000", "#,##0.00,"),
        f"F401 {BUDGET}",
        figures={"projects.0.budget": None},
    ),
    _read(
        "shown-as-a-percentage-where-no-cell-says-otherwise",
        lambda b: (
            b.sub("xl/styles.xml", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId', '<xf numFmtId="9" xfId'),
            b.raw(EXECUTED, '<c r="J5"><v>0.5</v></c>'),
        ),
        f"F401 {EXECUTED}",
        **_LOST,
    ),
    _read("shown-with-separators", _number(BUDGET, "5", "#,##0.00")),
    _read("shown-with-its-unit", _number(BUDGET, "5", '#,##0.00"万元"')),
    _read("shown-as-nothing", _number(BUDGET, "5", ";;;")),
    _read("true-in-an-amount", lambda b: b.cell(EXECUTED, "<v>1</v>", "b"), f"F401 {EXECUTED}", **_LOST),
    _read("true-in-a-text", lambda b: b.cell(PROOF, "<v>1</v>", "b")),
    _read("formula-with-value", lambda b: _calculated(b).formula(EXECUTED, "4+0.86", "4.86")),
    _read("formula-with-value-fresh", lambda b: b.formula(EXECUTED, "4+0.86", "4.86")),
    _read("formula-without-value", lambda b: b.formula(EXECUTED, "4+0.86"), f"F402 {EXECUTED}", **_LOST),
    _read("formula-with-a-made-up-zero", lambda b: b.formula(EXECUTED, "4+0.86", "0"), f"F402 {EXECUTED}", **_LOST),
    _read(
        "formula-with-a-made-up-zero-in-yes-or-no",
        lambda b: b.formula("项目资金!E5", 'IF(1,"是","否")', "0"),
        "F402 项目资金!E5",
        lost=("indicators.1.", "scores.0.", "lines.", "projects.0.claimed"),
    ),
    _read("formula-with-a-true-zero", lambda b: _calculated(b).formula("项目资金!N5", "1-1", "0")),
    _read(
        "formula-of-an-empty-text",
        lambda b: _calculated(b).formula(EXECUTED, 'IF(1,"",1)', "", "str"),
        f"F301 {EXECUTED}",
        **_LOST,
    ),
    _read("shared-formula", lambda b: _calculated(b).cell(EXECUTED, '<f t="shared" si="0"/><v>4.86</v>')),
    _read(
        "array-formula", lambda b: _calculated(b).cell(EXECUTED, '<f t="array" ref="J5">SUM(M5,P5,S5)</f><v>4.86</v>')
    ),
    _read(
        "data-table-formula", lambda b: _calculated(b).cell(EXECUTED, '<f t="dataTable" ref="J5" r1="A1"/><v>4.86</v>')
    ),
    _read(
        "hyperlink-formula",
        lambda b: _calculated(b).formula(
            PROOF, 'HYPERLINK("http://x/","宣传品出入库登记表")', "宣传品出入库登记表", "str"
        ),
    ),
    _read(
        "hyperlink-formula-in-a-name",
        lambda b: _calculated(b).formula(
            "项目资金!G5", 'HYPERLINK("file:///c:/x","鹿泉区计划生育协会")', "鹿泉区计划生育协会", "str"
        ),
    ),
    _read(
        "command-formula",
        lambda b: _calculated(b).formula(EXECUTED, "cmd|'/C calc'!A0", "#REF!", "e"),
        f"F402 {EXECUTED}",
        **_LOST,
    ),
    *(
        _read(f"text-starting-like-{text[:6]!r}", _text(PROOF, text))
        for text in (
            "=cmd|'/C calc'!A0",
            '=HYPERLINK("http://x","y")',
            "+1+2",
            "-2+3",
            "@SUM(1)",
            "file:///etc/passwd",
            "http://x/",
            "external:x.xlsx",
            "\t=1",
            '=DISPIMG("ID_1",1)',
            "<script>alert(1)</script>",
            "{=1}",
            "'=1",
        )
    ),
    _read(
        "target-typed-as-a-formula",
        lambda b: b.formula(TARGET, "100%", "1"),
        f"I506 {TARGET}",
        f"S502 {TARGET}",
        figures={"indicators.1.0.target": "=100%"},
    ),
    _read("text-of-40000-characters", _text(PROOF, "长" * 40_000)),
    _read("text-of-32768-emoji", _text(PROOF, "😀" * 32_768)),
    _read("emoji", _text(PROOF, "👍🏽👨‍👩‍👧 登记表")),
    _read("lone-surrogate", _text(PROOF, "登记_xD83D_表")),
    _read("right-to-left", _text(PROOF, "\u202e表记登\u202c\u200f")),
    _read("zero-width", _text(PROOF, "登\u200b记\ufeff表")),
    _read("zero-width-in-a-number", _text(EXECUTED, "4.86\u200b")),
    _read("newlines", _text(PROOF, "一\r\n二\n三\r四")),
    _read("control-escapes", _text(PROOF, "登记_x0000__x0007__x001B_[31m表")),
    _read("noncharacters", _text(PROOF, "登记\ufffd\ue000表")),
    _read("combining-marks", _text(PROOF, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A" * 50)),
    _read("weight-as-text", _text(WEIGHT, "10分")),
    _read("weight-as-text-number", _text(WEIGHT, "10")),
    _read(
        "result-as-date",
        _number(ACTUAL, 44561, "yyyy-mm-dd"),
        "I201",
        figures={"indicators.1.0.actual": "2021-12-31"},
    ),
    _read("result-as-percent-cell", _number("绩效指标!I9", "0.9167", "0.00%")),
    _read("result-with-thousands", _text(ACTUAL, "2,150"), figures={"indicators.1.0.actual": "2,150"}),
    _read("result-as-number", _number(ACTUAL, "2150.0000000000001")),
)
