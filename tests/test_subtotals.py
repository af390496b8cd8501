"""Sub-totals typed among the projects: found wherever they stand, and nothing that only follows from them is."""

from decimal import Decimal

from support import dec, evaluate_data, filling

AMOUNTS = ("initial", "budget", "executed")


def with_rows(*rows):
    """The good example with rows put among its projects, each as its index there, its name and its three amounts."""
    data = filling()
    for index, name, amounts in rows:
        row = {"name": name, "category": "特定目标类", "evaluated": "是"} | dict(
            zip(AMOUNTS, map(dec, amounts), strict=True)
        )
        data["project"].insert(index, row)
    return data


def found(folder, data):
    """Codes and cells of what is found."""
    return [(f.code, str(f.cells[0])) for f in evaluate_data(folder, data).findings]


def test_a_heading_with_the_sum_of_the_rows_below(tmp_path):
    data = with_rows((0, "一、专项业务费", ("57", "55", "54.46")))
    assert found(tmp_path, data) == [("F205", "项目资金!C5")]


def test_two_groups_each_with_its_sub_total(tmp_path):
    groups = (2, "（二）其他", ("6.57", "6.57", "6.57")), (0, "（一）专项业务费", ("57", "55", "54.46"))
    assert found(tmp_path, with_rows(*groups)) == [("F205", "项目资金!C5"), ("F205", "项目资金!C8")]


def test_a_project_that_is_left_out_of_the_total_beside_a_sub_total_is_still_missed(tmp_path):
    """项目支出 is 1 too small whatever is done about the sub-total."""
    data = with_rows((0, "一、专项业务费", ("57", "55", "54.46")))
    for line in ("project", "spending", "income", "fiscal"):
        data["budget"][line]["initial"] = Decimal(str(data["budget"][line]["initial"])) + 1
    assert [code for code, _ in found(tmp_path, data)] == ["M103", "F205"]


def test_a_project_whose_money_is_the_sum_of_two_others_stays_a_project(tmp_path):
    """项目支出 holds with it, so it is one: it has no indicators, and that is what is said."""
    data = with_rows((4, "三、关爱行动补助", ("6.57", "6.57", "6.57")))
    for line in ("project", "spending", "income", "fiscal"):
        for amount in AMOUNTS:
            data["budget"][line][amount] = Decimal(str(data["budget"][line][amount])) + dec("6.57")
    codes = [code for code, _ in found(tmp_path, data)]
    assert "F205" not in codes
    assert "I101" in codes
