"""How people write figures."""

from decimal import Decimal

import pytest

from evalbatch.model import ValueKind
from evalbatch.values import (
    adjusted,
    exact,
    parse_actual,
    parse_amount,
    parse_date,
    parse_number,
    parse_percent,
    parse_target,
    parse_year,
)

WAN = Decimal(10_000)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("213.74", "2137400"),
        ("２１３．７４", "2137400"),
        ("213.74万元", "2137400"),
        ("213.74 万", "2137400"),
        ("2,137,400.00元", "2137400"),
        ("2，137，400.00元", "2137400"),
        ("￥2137400元", "2137400"),
        (" 50 ", "500000"),
        ("0", "0"),
        (".5", "5000"),
        ("-3", "-30000"),
        ("1.2亿元", "120000000"),
    ],
)
def test_amounts_in_a_column_of_wan(text, yuan):
    assert parse_amount(text, WAN).value == Decimal(yuan)


def test_a_unit_beside_the_number_wins_over_the_column():
    assert parse_amount("2,137,400.00", Decimal(1)).value == Decimal("2137400.00")
    assert parse_amount("213.74万元", Decimal(1)).value == Decimal("2137400")


@pytest.mark.parametrize(
    "text",
    [
        "约50",
        "50左右",
        "五十",
        "1e5",
        "nan",
        "inf",
        "1_000",
        "21,37",
        "1,2345",
        "50+3",
        "50.",
        "12.3.4",
        "",
        "—",
        "无",
        "5 0x",
    ],
)
def test_what_is_no_plain_amount_is_not_guessed(text):
    assert parse_amount(text, WAN) is None


@pytest.mark.parametrize(
    ("text", "fraction", "decimals"),
    [("28.9%", "0.289", 1), ("28.9", "0.289", 1), ("99％", "0.99", 0), ("28.81 %", "0.2881", 2), ("5‰", "0.005", 1)],
)
def test_percentages_are_fractions_that_know_their_decimals(text, fraction, decimals):
    parsed = parse_percent(text)
    assert (parsed.value, parsed.decimals) == (Decimal(fraction), decimals)


def test_a_float_is_the_number_that_was_typed():
    assert exact(213.73999999999998) == Decimal("213.74")
    assert exact(0.1 + 0.2) == Decimal("0.3")


@pytest.mark.parametrize(("text", "number"), [("10", "10"), ("１０", "10"), ("9.80", "9.8"), ("1,234", "1234")])
def test_numbers(text, number):
    assert parse_number(text).value == Decimal(number)


def test_years_and_dates():
    assert parse_year("2025年").value == 2025
    assert parse_year("2025年度").value == 2025
    assert parse_year("25") is None
    assert parse_date("2026-02-28") == "2026-02-28"
    assert parse_date("2026年2月28日") == "2026-02-28"
    assert parse_date("2026.2") == "2026-02"
    assert parse_date("2026年2月28号") == "2026-02-28"
    assert parse_date("二〇二六年三月八日") == "2026-03-08"
    assert parse_date("二○二五年十二月三十一日") == "2025-12-31"
    assert parse_date("二零二六年十月") == "2026-10"
    assert parse_date("三月八日") is None
    assert parse_date("2026-13-01") is None
    assert parse_date("年底") is None


@pytest.mark.parametrize(
    ("text", "where", "op", "value", "unit", "inferred"),
    [
        ("≥95%", {}, ">=", "95", "%", False),
        (">=59人次", {}, ">=", "59", "人次", False),
        ("≧ 735 人次", {}, ">=", "735", "人次", False),
        ("═100 %", {}, "=", "100", "%", False),
        ("＝100％", {}, "=", "100", "%", False),
        ("<=5300元/户", {}, "<=", "5300", "元/户", False),
        ("≤90万元", {}, "<=", "90", "万元", False),
        ("不少于2000份", {}, ">=", "2000", "份", False),
        ("不超过10次", {}, "<=", "10", "次", False),
        ("90%以上", {}, ">=", "90", "%", False),
        ("达到100%", {}, ">=", "100", "%", False),
        ("2370人", {}, ">=", "2370", "人", True),
        ("43.2", {"nature": "≤"}, "<=", "43.2", "", False),
        ("2000", {"unit": "份"}, ">=", "2000", "份", True),
        ("200元/人", {"level2": "成本指标"}, "=", "200", "元/人", True),
        ("30万元", {"level2": "成本指标"}, "<=", "30", "万元", True),
        ("0", {"name": "安全事故发生数"}, "<=", "0", "", True),
        ("约3000元", {}, "about", "3000", "元", False),
        ("指标1：≥3次", {}, ">=", "3", "次", False),
        ("2,000份", {}, ">=", "2000", "份", True),
    ],
)
def test_targets(text, where, op, value, unit, inferred):
    target = parse_target(text, **where)
    assert target.kind is ValueKind.QUANTITATIVE
    assert (target.op, target.value, target.unit, target.inferred) == (op, Decimal(value), unit, inferred)
    assert target.text == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("有效", ValueKind.QUALITATIVE),
        ("优良", ValueKind.QUALITATIVE),
        ("严格执行相关制度规定", ValueKind.QUALITATIVE),
        ("12月底之前完成", ValueKind.DATE),
        ("2021年12月完成", ValueKind.DATE),
        ("暂定量按15次作业且总航时不少于30小时测算", ValueKind.UNPARSED),
        ("", ValueKind.UNPARSED),
    ],
)
def test_what_is_no_number_is_not_made_one(text, kind):
    target = parse_target(text)
    assert (target.kind, target.value) == (kind, None)


def test_results_are_understood_beside_their_target():
    share = parse_target("≥95%")
    assert parse_actual("98%", share).value == 98
    assert parse_actual("98", share).value == 98
    assert parse_actual("≥98%", share).value == 98
    assert parse_actual("完成", share).value is None
    assert "百分号" in parse_actual("0.98", share).doubt
    assert "不同" in parse_actual("98人", share).doubt


@pytest.mark.parametrize(
    ("text", "before", "name", "value"),
    [
        ("11座", "12座", "新建公厕", 11),
        ("调整为11座", "12座", "新建公厕", 11),
        ("不少于11座", "12座", "新建公厕", 11),
        ("多于11座", "12座", "新建公厕", 11),
        ("新增11座", "12座", "新建公厕", 11),
        ("+5%", "≥3%", "产值增长率", 5),
        ("-20℃", "-18℃", "冷库温度", -20),
        ("增11座", "增12座", "公厕", 11),
        ("调减1座", "12座", "新建公厕", None),
        ("调减一座", "12座", "新建公厕", None),
        ("核减了1座", "12座", "新建公厕", None),
        ("追加2座", "12座", "新建公厕", None),
        ("增1座", "12座", "新建公厕", None),
        ("少1座", "12座", "新建公厕", None),
        ("＋1座", "12座", "新建公厕", None),
        ("－1座", "12座", "新建公厕", None),
        ("减少1座", "12座", "新建公厕", None),
        ("不变", "12座", "新建公厕", None),
        ("未作调整", "12座", "新建公厕", None),
        ("同年初", "12座", "新建公厕", None),
    ],
)
def test_an_adjusted_target_says_what_is_wanted_now_and_not_by_how_much_it_changed(text, before, name, value):
    target, initial = (parse_target(one, name=name, level2="数量指标") for one in (text, before))
    understood = adjusted(target, initial, name)
    assert understood.value == value
    assert understood.kind is (ValueKind.UNPARSED if value is None else ValueKind.QUANTITATIVE)
