"""A form filled throughout in the other unit of money: nothing but the unit is said."""

from decimal import Decimal

from support import evaluate_data, filling

AMOUNTS = ("initial", "budget", "executed")


def times(factor, **unit):
    """The good example with every amount times a factor, and 单位信息 changed."""
    data = filling()
    lines = [line for line in data["budget"].values() if isinstance(line, dict)]
    for row in (*lines, *data["project"]):
        for name, value in row.items():
            if name.endswith(AMOUNTS):
                row[name] = Decimal(str(value)) * factor
    data["unit"] |= unit
    return data


def found(folder, data):
    """Codes of what is found, and the ledger's reasons by code."""
    evaluation = evaluate_data(folder, data)
    return [f.code for f in evaluation.findings], {line.code: line.reason for line in evaluation.rules}


def test_yuan_typed_all_over_a_form_in_ten_thousands(tmp_path):
    codes, reasons = found(tmp_path, times(10_000))
    assert codes == ["M203"]
    assert "M203" in reasons["M108"]


def test_the_same_amounts_in_the_unit_they_are_in(tmp_path):
    assert found(tmp_path, times(10_000, money="元"))[0] == []


def test_prices_alone_in_the_wrong_unit_are_no_matter_of_the_form(tmp_path):
    data = filling()
    for row in data["standard"]:
        row["price"] = Decimal(str(row["price"])) / 10_000
    assert found(tmp_path, data)[0] == ["M108"]


def test_few_paid_from_the_unit_is_no_wrong_unit(tmp_path):
    """0.03 万元 for 6 people is next to nothing, and would be no usual pay in the other unit either way."""
    data = filling()
    moved = Decimal("125.99")
    for amount in ("budget", "executed"):
        data["budget"]["staff_cost"][amount] = Decimal(str(data["budget"]["staff_cost"][amount])) - moved
        data["budget"]["office_cost"][amount] = Decimal(str(data["budget"]["office_cost"][amount])) + moved
    data["budget"]["staff_cost"]["executed"] = Decimal("0.03")
    data["budget"]["office_cost"]["executed"] = Decimal("151.45")
    assert "M203" not in found(tmp_path, data)[0]
