"""A policy is data; a wrong one is refused with the key, what it says and what is allowed."""

import re

import pytest

from evalbatch.policy import PolicyError, load, names, text_of

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
        ('reverse = "linear"', 'reverse = "steep"', r"reverse：写的是 'steep'，应为linear、ratio"),
        ('reverse = "linear"', "", "reverse"),
        ('"执行率" = 10', '"执行率" = 20', "合计 110，应为 100"),
        ('"执行率" = 10', '"执行率" = "十"', "执行率：写的是 '十'，应为 0 到 100 之间的数字"),
        ('title = "', 'colour = "red"\ntitle = "', "colour：不认识这一项"),
        ('name = "优"\nfrom = 90', 'name = "优"\nfrom = 70', "从高到低"),
        ('name = "优"', 'name = "甲"', "甲"),
        ("[weights]", "[weights", "不是正确的 TOML"),
    ],
)
def test_a_wrong_policy_names_the_key(tmp_path, old, new, said):
    assert old in NATIONAL
    path = tmp_path / "wrong.toml"
    path.write_text(NATIONAL.replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as error:
        load(str(path))
    assert re.search(said, str(error.value))
    assert "wrong.toml" in str(error.value)


def test_an_unknown_policy_lists_the_known_ones():
    with pytest.raises(PolicyError, match="national-2020"):
        load("county")
