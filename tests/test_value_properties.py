"""What holds for every text: nothing raises, look-alikes mean the same, a target written out reads back as it was."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from evalbatch.form import Indicator
from evalbatch.model import Period, Target, ValueKind
from evalbatch.policy import load
from evalbatch.score import score_indicator
from evalbatch.spec import Entry
from evalbatch.values import format_target, parse_actual, parse_target
from evalbatch.values.units import convert

settings.register_profile("values", deadline=None)  # the first Chinese numeral imports cn2an, which is slow
settings.load_profile("values")

NATIONAL = load()
TABLE = Path(__file__).parent / "values" / "targets.toml"
ROWS = tomllib.loads(TABLE.read_text("utf-8"), parse_float=Decimal)["targets"]
TEXTS = sorted({row["text"] for row in ROWS})
UNITS = [
    "",
    "%",
    "‰",
    "人",
    "人次",
    "万元",
    "元/人*月",
    "个月",
    "天",
    "平方米",
    "万",
    "万人次",
    "盏",
    "班次",
    "M",
    "百分点",
]
OPS = [">=", "<=", "=", ">", "<", "about"]

numbers = st.decimals(min_value=0, max_value=10**9, places=2).map(lambda n: n.normalize() + 0)
signed = st.decimals(min_value=-(10**6), max_value=10**6, places=3).map(lambda n: n.normalize() + 0)
pieces = st.sampled_from(
    [
        *"0123456789.,%‰≥≤<>=~-—±/*·()（）年月日底前个次人万元约至到每",
        "不少于",
        "以上",
        "以内",
        "控制在",
        "百分之",
        "三",
        "十",
        "\n",
        " ",
        "①",
        "²",
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map("".join))


CELLS = [
    {},
    {"level2": "成本指标"},
    {"name": "产值增长率"},
    {"name": "投诉率", "unit": "%"},
    {"nature": "≤"},
    {"level2": "时效指标"},
]
figures = st.builds(
    lambda sign, number, unit: f"{sign}{number}{unit}",
    st.sampled_from(["", "≥", "≤", "=", "约", "±", "-", "-5至", "0-", "100±", "≤-"]),
    st.sampled_from(["0", "1", "5", "10", "0.98", "95", "100", "123456789012", "0.0000000001", "44561"]),
    st.sampled_from(["", "%", "‰", "万元", "元", "亿平方公里", "平方米", "人", "月", "日"]),
)


def understood(target):
    """All that was understood of a target, its text left out."""
    return (target.kind, target.op, target.value, target.upper, target.unit, target.inferred, target.due)


@given(texts, texts, texts, texts)
def test_no_text_raises(text, name, unit, result):
    target = parse_target(text, name=name, level1=unit, level2=name, nature=unit, unit=unit)
    assert (target.value is None) == (target.kind is not ValueKind.QUANTITATIVE)
    assert (target.due is None) == (target.kind is not ValueKind.DATE)
    actual = parse_actual(result, target, name=name, unit=unit)
    assert not (actual.doubt and actual.value is not None)
    format_target(target)


@given(st.sampled_from(CELLS), st.one_of(figures, texts), st.one_of(figures, texts))
def test_scoring_raises_for_no_target_and_result(row, target, result):
    row = {"target": target, "actual": result, **row}
    entries = {name: Entry(value=text, text=text) for name, text in row.items()}
    scored = score_indicator(Indicator(weight=Entry(value=Decimal(10)), **entries), NATIONAL, year=2025)
    assert scored.score is None or 0 <= scored.score <= 10


@given(st.text(alphabet="0123456789.,年月日前至-~%万 ", max_size=5000))
@settings(max_examples=30)
def test_no_long_text_raises(text):
    assert parse_target(text * 20).text == text * 20


@given(texts)
@settings(max_examples=500)
def test_what_was_understood_reads_back_as_the_same(text):
    target = parse_target(text)
    assert understood(parse_target(format_target(target))) == understood(target)


@given(st.sampled_from(ROWS))
def test_every_target_of_the_table_reads_back_as_the_same(row):
    cells = {key: row[key] for key in ("name", "level1", "level2", "nature", "year") if key in row}
    unit = row.get("cell", "")
    target = parse_target(row["text"], unit=unit, **cells)
    assert understood(parse_target(format_target(target), unit=unit, **cells)) == understood(target)


@given(st.sampled_from(OPS), signed, st.sampled_from(UNITS))
def test_a_written_target_reads_back_as_the_same(op, value, unit):
    target = Target(text="", kind=ValueKind.QUANTITATIVE, op=op, value=value, unit=unit)
    assert understood(parse_target(format_target(target))) == understood(target)


@given(signed, signed, st.sampled_from(UNITS))
def test_a_range_reads_back_as_the_same(one, other, unit):
    if one == other:
        return
    low, high = sorted((one, other))
    target = Target(text="", kind=ValueKind.QUANTITATIVE, op="between", value=low, upper=high, unit=unit)
    assert understood(parse_target(format_target(target))) == understood(target)


@given(st.dates(date(2000, 2, 1), date(2099, 12, 31)), st.booleans())
def test_a_deadline_reads_back_as_the_same(day, dated):
    day = day if dated else day.replace(year=2000, day=min(day.day, 28))
    due = Period(first=day, last=day, dated=dated)
    target = Target(text="", kind=ValueKind.DATE, op="<=", due=due)
    assert understood(parse_target(format_target(target))) == understood(target)


@given(st.sampled_from(TEXTS), st.data())
def test_spaces_never_change_the_result(text, data):
    gaps = data.draw(
        st.lists(
            st.sampled_from(["", " ", "\n", "　", "\u200b", "\xa0"]), min_size=len(text) + 1, max_size=len(text) + 1
        )
    )
    spaced = gaps[0]
    for left, right, gap in zip(text, text[1:] + " ", gaps[1:], strict=False):
        inside_a_number = (
            left in "0123456789.,，０１２３４５６７８９．" and right in "0123456789.,，０１２３４５６７８９．"
        )
        spaced += left + ("" if inside_a_number else gap)
    assert understood(parse_target(spaced)) == understood(parse_target(text))


WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


@given(st.sampled_from(TEXTS), st.data())
def test_full_width_never_changes_the_result(text, data):
    wide = "".join(WIDE.get(letter, letter) if data.draw(st.booleans()) else letter for letter in text)
    assert understood(parse_target(wide)) == understood(parse_target(text))


ALIKE = {
    "≥": ["≧", "⩾", ">=", "》=", "≮"],
    "≤": ["≦", "⩽", "<=", "《=", "≯"],
    "=": ["═", "＝", "﹦"],
    "·": ["•", "・", "*", "×"],
}


@given(st.sampled_from([t for t in TEXTS if set(t) & set(ALIKE) and not set(t) & set("<>＜＞《》")]), st.data())
def test_look_alikes_never_change_the_result(text, data):
    alike = "".join(data.draw(st.sampled_from([letter, *ALIKE.get(letter, [])])) for letter in text)
    assert understood(parse_target(alike)) == understood(parse_target(text))


@given(st.sampled_from(OPS[:4]), numbers, st.sampled_from(UNITS))
def test_thousands_commas_never_change_the_result(op, value, unit):
    plain, commas = f"{op}{value:f}{unit}", f"{op}{value:,f}{unit}"
    assert understood(parse_target(commas)) == understood(parse_target(plain))


@given(
    numbers,
    st.sampled_from([("元", "万元"), ("米", "公里"), ("%", "‰"), ("公斤", "吨"), ("平方米", "公顷"), ("亩", "公顷")]),
)
def test_a_conversion_there_and_back_is_the_number_itself(value, units):
    one, other = units
    there = convert(value, one, other)
    assert there is not None
    back = convert(there, other, one)
    assert back is not None
    assert abs(back - value) < Decimal("1e-20")


@given(
    numbers,
    st.sampled_from(["人", "次", "元", "%", "公里", "个月"]),
    st.sampled_from(["份", "天", "元/人", "亩", "年"]),
)
def test_different_dimensions_are_never_converted(value, one, other):
    assert convert(value, one, other) is None
