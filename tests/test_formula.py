"""An expression is one arithmetic with two readings."""

from decimal import Decimal

import pytest

from evalbatch.formula import (
    absolute,
    blank,
    both,
    cells,
    count,
    count_where,
    either,
    fixed,
    join,
    least,
    most,
    num,
    plain,
    quantize,
    ref,
    rounded,
    sum_where,
    total,
    when,
)

HELD = {
    "a": Decimal("10"),
    "b": Decimal("4"),
    "zero": Decimal(0),
    "none": None,
    "text": "是",
    "list": (Decimal(1), None, "x", Decimal("2.5")),
    "codes": ("1", "2", "1", None),
    "money": (Decimal(5), Decimal(7), Decimal(3), Decimal(100)),
}


@pytest.mark.parametrize(
    ("expr", "formula", "value"),
    [
        (ref("a") - (ref("b") - ref("a")), "a-(b-a)", Decimal(16)),
        (ref("a") * (ref("b") + 1), "a*(b+1)", Decimal(50)),
        (ref("a") / ref("b") / ref("a"), "a/b/a", Decimal("0.25")),
        (ref("a") / (ref("b") / ref("a")), "a/(b/a)", Decimal(25)),
        (num(1) - ref("none"), "1-none", Decimal(1)),
        (rounded(ref("a") / 8, 2), "ROUND(a/8,2)", Decimal("1.25")),
        (rounded(num("-2.345"), 2), "ROUND(-2.345,2)", Decimal("-2.35")),
        (when(ref("a") >= 10, "够", "不够"), 'IF(a>=10,"够","不够")', "够"),
        (when(ref("zero").equals(0), 0, ref("a") / ref("zero")), "IF(zero=0,0,a/zero)", Decimal(0)),
        (blank(ref("none")), 'none=""', True),
        (blank(ref("zero")), 'zero=""', False),
        (ref("none").equals(0), "none=0", True),
        (both(ref("a") > ref("b"), ref("text").differs("否")), 'AND(a>b,text<>"否")', True),
        (either(ref("a") < 1, ref("b") <= 4), "OR(a<1,b<=4)", True),
        (join("合计 ", rounded(ref("a") / 4, 2), "，差"), '"合计 "&ROUND(a/4,2)&"，差"', "合计 2.5，差"),
        (join(ref("a") + 1), "a+1", "11"),
        (fixed(ref("a") / 8, 2), 'TEXT(a/8,"0.00")', "1.25"),
        (least(ref("a"), ref("b")), "MIN(a,b)", Decimal(4)),
        (most(ref("a"), 0), "MAX(a,0)", Decimal(10)),
        (absolute(ref("b") - ref("a")), "ABS(b-a)", Decimal(6)),
        (total(cells("list")), "SUM(list)", Decimal("3.5")),
        (count(cells("list"), ref("none"), ref("a")), "COUNT(list,none,a)", Decimal(3)),
        (count_where(codes="1"), 'COUNTIFS(codes,"1")', Decimal(2)),
        (count_where(codes=None), 'COUNTIFS(codes,"<>")', Decimal(3)),
        (sum_where("money", codes="1"), 'SUMIFS(money,codes,"1")', Decimal(8)),
    ],
)
def test_formula_and_value_agree(expr, formula, value):
    assert expr.excel(lambda name: name) == formula
    assert expr.value(HELD.__getitem__) == value


def test_a_formula_can_be_written_for_one_row_after_another():
    expr = when(ref("a") >= ref("b"), rounded(ref("a") - (ref("b") - 1), 2), "不足")
    rows = [expr.excel({"a": f"A{row}", "b": f"B{row}"}.__getitem__) for row in (3, 4)]
    assert rows == ['IF(A3>=B3,ROUND(A3-(B3-1),2),"不足")', 'IF(A4>=B4,ROUND(A4-(B4-1),2),"不足")']


def test_a_quote_in_a_text_is_doubled():
    assert join('他说"好"').excel(str) == '"他说""好"""'


def test_rounding_is_half_away_from_zero():
    assert [quantize(Decimal(n), 2) for n in ("2.345", "-2.345", "2.344999", "0.005")] == [
        Decimal("2.35"),
        Decimal("-2.35"),
        Decimal("2.34"),
        Decimal("0.01"),
    ]


def test_plain_writes_no_exponent_and_no_trailing_zeros():
    assert [plain(Decimal(n)) for n in ("10", "1E+3", "2.50", "0.000001", "100")] == [
        "10",
        "1000",
        "2.5",
        "0.000001",
        "100",
    ]


@pytest.mark.parametrize("wrong", [None, 1.5, [1]])
def test_what_is_no_operand_is_refused(wrong):
    with pytest.raises(TypeError):
        ref("a") + wrong


def test_rounding_has_room_for_any_number():
    huge = Decimal("1e308") * Decimal("1e308")
    assert quantize(huge, 2) == huge
    assert quantize(Decimal("9" * 400), 2) == Decimal("9" * 400)
