"""A policy is data; a wrong one is refused with the key, what it says and what is allowed."""

import dataclasses
import re
from decimal import Decimal

import pytest
from click.testing import CliRunner
from support import county

from evalbatch.cli import cli
from evalbatch.policy import Policy, load
from evalbatch.policytext import describe
from evalbatch.settings import SettingsError, names, text_of

NATIONAL = text_of("national-2020")


def test_the_default_policy_states_the_national_rule():
    policy = load()
    assert policy.execution_weight == 10
    assert [(grade.name, grade.low) for grade in policy.grades] == [("优", 90), ("良", 80), ("中", 60), ("差", 0)]
    assert policy.reverse == "linear"


@pytest.mark.parametrize("name", names())
def test_every_shipped_policy_loads_under_its_own_name(name):
    assert load(name).name == name


def test_a_policy_file_is_loaded_by_path(tmp_path):
    path = tmp_path / "county.toml"
    path.write_text(NATIONAL.replace('reverse = "linear"', 'reverse = "ratio"'), "utf-8")
    assert load(str(path)).reverse == "ratio"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('reverse = "linear"', 'reverse = "steep"', r"reverse：写的是 'steep'，应为其中一项：linear、ratio"),
        ('reverse = "linear"', "", "reverse"),
        ('"执行率" = 10', '"执行率" = 20', "合计 110，应为 100"),
        ('"执行率" = 10', '"执行率" = "十"', "执行率：写的是 '十'，应为 0 到 100 之间的数字"),
        ('title = "', 'colour = "red"\ntitle = "', "colour：不认识这一项"),
        ('name = "优"\nfrom = 90', 'name = "优"\nfrom = 70', "从高到低"),
        ('name = "优"', 'name = "甲"', "甲"),
        ('equal = "system"', 'equal = "roughly"', r"rules equal：写的是 'roughly'，应为其中一项：system、exact"),
        ("about = 0.10", "about = nan", "about：写的是 NaN，应为 0 到 1 之间的数字"),
        ("about = 0.10", "about = true", "about：写的是 true"),
        ("decimals = 2", "decimals = 1.5", "execution decimals：写的是 1.5，应为 0 到 2 之间的整数"),
        ("decimals = 2", "decimals = 3", "应为 0 到 2 之间的数字"),
        ("[execution]", "[executions]", "executions：不认识这一项"),
        (
            'missing = "keep"',
            'missing = "ignore"',
            "satisfaction missing：写的是 'ignore'，应为其中一项：keep、rescale、move、refuse",
        ),
        ("explain = 1.3", "explain = 1.1", "over explain：写的是 1.1，不应小于 flag 的 1.2"),
        ("red = 0.05", 'red = "5%"', "limits red：写的是 '5%'，应为 0 到 1 之间的数字"),
        ('"效益指标" = 30', '"社会效益" = 30', "weights 社会效益：不认识这一项，可用的有：执行率、产出指标"),
        (
            '"成本指标" = "产出指标"',
            '"成本指标" = "其他"',
            "within 成本指标：写的是 '其他'，应为其中一项：产出指标、效益指标",
        ),
        ("from = 0.6\nto = 0.8", "from = 0.5\nto = 0.8", "首尾相接"),
        ('words = ["达成预期指标", "达成"]', 'words = "达成"', "tiers 第 1 项 words"),
        ('words = ["达成预期指标", "达成"]', 'words = ["部分达成"]', "“部分达成”写在两档里"),
        ('name = "national-2020"', 'extends = "hubei-2020"', "extends：写的是 'hubei-2020'，应为cost-2021、hubei"),
        ('name = "national-2020"', 'extends = "wrong.toml"', "互相引用"),
        ("[weights]", "[weights", "附近写法不对"),
    ],
)
def test_a_wrong_policy_names_the_key(tmp_path, old, new, said):
    assert old in NATIONAL
    path = tmp_path / "wrong.toml"
    path.write_text(NATIONAL.replace(old, new), "utf-8")
    with pytest.raises(SettingsError) as error:
        load(str(path))
    assert re.search(said, str(error.value))
    assert "wrong.toml" in str(error.value)


def test_an_unknown_policy_lists_the_known_ones():
    with pytest.raises(SettingsError, match="national-2020"):
        load("county")


def test_a_county_says_only_what_is_different(tmp_path):
    policy = load(county(tmp_path, 'title = "某县"\n[rules]\nreverse = "ratio"\n[over]\nsmall = 5\n'))
    base = load()
    changed = {"name": "county", "title": "某县", "reverse": "ratio"}
    changed["over"] = dataclasses.replace(base.over, small=Decimal(5))
    assert policy == dataclasses.replace(base, **changed)


def test_lists_are_replaced_not_merged(tmp_path):
    grades = "".join(
        f'[[grades]]\nname = "{n}"\nfrom = {low}\n' for n, low in zip("优良中差", (95, 85, 70, 0), strict=True)
    )
    assert [g.low for g in load(county(tmp_path, grades)).grades] == [95, 85, 70, 0]


def test_a_file_may_extend_a_file_beside_it(tmp_path):
    county(tmp_path, 'title = "某市"\n[rules]\nreverse = "ratio"\n', "city.toml")
    path = tmp_path / "county.toml"
    path.write_text('extends = "city.toml"\n[rules]\nabout = 0.05\n', "utf-8")
    policy = load(str(path))
    assert (policy.name, policy.title, policy.reverse, policy.about) == (
        "county",
        "county（依 某市）",
        "ratio",
        Decimal("0.05"),
    )


def test_files_that_extend_each_other_are_refused(tmp_path):
    (tmp_path / "a.toml").write_text('extends = "b.toml"', "utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"', "utf-8")
    with pytest.raises(SettingsError, match="互相引用"):
        load(str(tmp_path / "a.toml"))


def test_a_mistake_in_a_county_file_names_that_file(tmp_path):
    with pytest.raises(SettingsError, match=r"county\.toml 的 rules revers：不认识这一项"):
        load(county(tmp_path, '[rules]\nrevers = "ratio"\n'))


@pytest.mark.parametrize("missing", ["rescale", "move"])
def test_nothing_to_rescale_or_move_is_refused(tmp_path, missing):
    text = f'[weights]\nfree = true\n[satisfaction]\nmissing = "{missing}"\n'
    with pytest.raises(SettingsError, match=f"satisfaction missing：写的是 '{missing}'，但 weights 里没有"):
        load(county(tmp_path, text))


def test_second_levels_make_their_first_level(tmp_path):
    with pytest.raises(SettingsError, match="second 产出指标：各项分值合计 30，应为 产出指标 的 50"):
        load(county(tmp_path, '[second."产出指标"]\n"数量指标" = 30\n'))


def test_the_shipped_policies_differ_where_their_sources_do():
    shipped = {name: load(name) for name in names()}
    assert {name: p.execution_weight for name, p in shipped.items()} == {
        "cost-2021": 10,
        "hubei": 20,
        "national-2020": 10,
        "sichuan": 10,
        "system": 10,
    }
    assert [name for name, p in shipped.items() if p.reverse == "ratio"] == ["hubei"]
    assert [name for name, p in shipped.items() if p.free] == ["sichuan"]
    assert shipped["cost-2021"].weights["成本指标"] == 20
    assert shipped["hubei"].level_of("满意度指标") == "效益指标"
    assert [tier.low for tier in shipped["hubei"].tiers] == [Decimal("0.8"), Decimal("0.5"), 0]
    assert shipped["system"].second["产出指标"]["数量指标"] == 20
    assert {p.satisfaction for p in shipped.values()} == {"keep"}


@pytest.mark.parametrize(
    ("words", "tier"),
    [("达成预期指标", 0), ("部分达成", 1), ("未达成年度指标且效果较差", 2), ("达 成：", 0), ("有效", None), ("", None)],
)
@pytest.mark.parametrize("name", ["national-2020", "hubei"])
def test_a_tier_is_known_by_the_policys_words_and_the_forms(name, words, tier):
    policy = load(name)
    assert policy.tier(words) == (None if tier is None else policy.tiers[tier])


@pytest.mark.parametrize("name", names())
def test_a_policy_is_printed_in_words(name):
    text = describe(load(name))
    policy = load(name)
    assert text.startswith(f"{name}　{policy.title}\n来源：{policy.source}\n")
    for words in (*policy.weights, *(tier.name for tier in policy.tiers), "红色预警", "120%", "没有满意度指标时"):
        assert words in text
    assert not re.search(r"reverse|linear|ratio\b|\[weights\]|None|Decimal", text)


def test_every_setting_has_words_for_all_it_may_say(tmp_path):
    """A value without words would crash the printing of a county's file."""
    settings = {
        "rules": {"reverse": ("linear", "ratio"), "equal": ("system", "exact"), "zero": ("none", "manual")}
        | {"cost": ("reverse", "equal"), "between": ("proportional", "none"), "negative": ("zero", "manual")},
        "satisfaction": {"missing": ("keep", "rescale", "move", "refuse")},
    }
    for table, keys in settings.items():
        for key, values in keys.items():
            texts = {describe(load(county(tmp_path, f'title = "t"\n[{table}]\n{key} = "{v}"\n'))) for v in values}
            assert len(texts) == len(values)


def test_the_command_lists_and_prints(tmp_path):
    listed = CliRunner().invoke(cli, ["policies"])
    assert [line.split(" ")[0] for line in listed.output.splitlines()] == list(names())
    printed = CliRunner().invoke(cli, ["policies", county(tmp_path, 'title = "某县"')])
    assert printed.output == describe(load(str(tmp_path / "county.toml"))) + "\n"


def test_a_policy_is_frozen():
    assert dataclasses.is_dataclass(Policy)
    with pytest.raises(dataclasses.FrozenInstanceError):
        load().reverse = "ratio"
