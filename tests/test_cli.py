"""The commands: what goes to stdout, what to stderr, and how each ends. Real processes on real folders."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from running import contents
from support import REPORT, filling, form_file

from evalbatch.cli import FAILED
from evalbatch.rules import CATALOGUE

PROGRAM = str(Path(sys.executable).with_name("evalbatch"))


def evalbatch(*args, cwd=None):
    """Run the installed program."""
    return subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def folder(tmp_path):
    """A folder with a good form, one with errors, a picture and a lock file."""
    inbox = tmp_path / "收到"
    (inbox / "下级").mkdir(parents=True)
    form_file(inbox, filling(), "好.xlsx")
    form_file(inbox / "下级", filling(REPORT), "报告.xlsx")
    (inbox / "照片.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n")
    (inbox / "~$好.xlsx").write_bytes(b"lock")
    return inbox


def test_template_writes_the_blank_form(tmp_path):
    done = evalbatch("template", "-o", tmp_path / "新" / "表.xlsx")
    assert done.returncode == 0
    assert openpyxl.load_workbook(tmp_path / "新" / "表.xlsx").sheetnames[:2] == ["填报说明", "单位信息"]


def test_a_filled_form_is_never_overwritten_with_a_blank_one(tmp_path):
    path = form_file(tmp_path, filling())
    before = path.read_bytes()
    done = evalbatch("template", "-o", path)
    assert (done.returncode, path.read_bytes()) == (2, before)
    assert "没有覆盖" in done.stderr


def test_a_blank_form_is_written_again_over_a_blank_one(tmp_path):
    assert [evalbatch("template", "-o", tmp_path / "表.xlsx").returncode for _ in range(2)] == [0, 0]


def test_a_blank_form_is_said_to_be_one(tmp_path):
    evalbatch("template", "-o", tmp_path / "表.xlsx")
    done = evalbatch("check", tmp_path / "表.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert "这是空白表，什么也没有填。请填好后再交" in done.stderr


def test_check_of_a_good_form_is_clean(tmp_path):
    done = evalbatch("check", form_file(tmp_path, filling()))
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有发现问题" in done.stdout


def test_check_says_where_what_and_what_to_do(tmp_path):
    done = evalbatch("check", form_file(tmp_path, filling(REPORT)))
    assert done.returncode == 1
    assert "[错误] 收支预决算!B19" in done.stdout
    assert "→" in done.stdout
    assert "M109" in done.stdout


def test_check_as_json_prints_one_array(folder):
    done = evalbatch("check", folder, "--format", "json")
    results = json.loads(done.stdout)
    assert done.returncode == 1
    assert {r["source"]["file"]: r["status"] for r in results} == {
        "下级/报告.xlsx": "rejected",
        "好.xlsx": "accepted",
        "照片.xlsx": "not-assessed",
    }
    assert "照片.xlsx：这是图片" in done.stderr


def test_run_writes_everything_it_promises(folder, tmp_path):
    out = tmp_path / "outputs"
    done = evalbatch("run", folder, "-o", out)
    assert done.returncode == 1
    written = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert [name for name in written if not name.startswith(".evalbatch/")] == [
        "results/未评_照片.xlsx.json",
        "results/鹿泉区计划生育协会_2025.json",
        "results/鹿泉区计划生育协会（填报示例）_2025.json",
        "绩效自评汇总表.xlsx",
        "鹿泉区计划生育协会_2025_绩效评分.xlsx",
        "鹿泉区计划生育协会（填报示例）_2025_绩效评分.xlsx",
    ]
    assert done.stdout == ""
    assert "已评 2 个（通过 1、退回修改 1），未评 1 个" in done.stderr


def test_the_same_input_twice_gives_the_same_bytes(folder, tmp_path):
    one, two = tmp_path / "一", tmp_path / "二"
    evalbatch("run", folder, "-o", one)
    evalbatch("run", folder, "-o", two)
    assert contents(one) == contents(two)
    assert len(contents(one)) == 6


def test_run_on_a_good_form_alone_is_clean(tmp_path):
    done = evalbatch("run", form_file(tmp_path, filling()), "-o", tmp_path / "out")
    assert done.returncode == 0


def test_two_units_of_one_name_get_numbers_in_input_order(tmp_path):
    inbox = tmp_path / "收到"
    inbox.mkdir()
    form_file(inbox, filling(), "甲.xlsx")
    form_file(inbox, filling(), "乙.xlsx")
    evalbatch("run", inbox / "甲.xlsx", inbox / "乙.xlsx", "-o", tmp_path / "out")
    names = {p.name: json.loads(p.read_text("utf-8"))["source"]["file"] for p in (tmp_path / "out/results").iterdir()}
    assert names == {
        "鹿泉区计划生育协会（填报示例）_2025.json": "甲.xlsx",
        "鹿泉区计划生育协会（填报示例）_2025(2).json": "乙.xlsx",
    }
    assert (tmp_path / "out" / "鹿泉区计划生育协会（填报示例）_2025(2)_绩效评分.xlsx").exists()


def test_names_too_long_for_an_output_are_cut(tmp_path):
    """A file's name may be as long as names may be already, and a unit's name is counted in bytes."""
    inbox = tmp_path / "收到"
    inbox.mkdir()
    form_file(inbox, filling(case={"change": {"unit.name": "😀" * 60}}), "好.xlsx")
    (inbox / f"{'长' * 83}x.xlsx").write_bytes(b"PK")
    (inbox / f"{'长' * 83}y.xlsx").write_bytes(b"PK")
    done = evalbatch("run", inbox, "-o", tmp_path / "out")
    assert re.search("共 3 个文件，已评 1 个（.*），未评 2 个", done.stderr)
    assert len(list((tmp_path / "out" / "results").iterdir())) == 3


def test_a_hostile_unit_name_stays_inside_the_folder(tmp_path):
    path = form_file(tmp_path, filling(case={"change": {"unit.name": "../../x:*?"}}))
    evalbatch("run", path, "-o", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out" / "results").iterdir()) == ["_.._x____2025.json"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("check", "没有.xlsx"), "没有.xlsx：没有这个文件或文件夹"),
        (("check", "空"), "空 里没有文件可读"),
        (("run", "空", "-o", "出"), "空 里没有文件可读"),
        (("check", "好.xlsx", "--policy", "county"), "没有名为“county”的政策"),
        (("check",), "缺少 INPUT…：请写明要读的工作簿或文件夹。例如：evalbatch check 自评表.xlsx。"),
        (("foo",), "没有“foo”这个命令。可用的命令：template、check、run"),
        (("chek", "好.xlsx"), "没有“chek”这个命令，是不是 check。"),
        (("check", "好.xlsx", "--format", "xml"), "--format 不能写“xml”，应写其中一个：text、json。"),
        (("run", "没有", "-o", "出"), "没有：没有这个文件或文件夹"),
        (("run", "空", "-o", "空"), "就是输入文件夹"),
        (("template", "-o", "表.xls"), "后缀应为 .xlsx"),
        (("run", "好.xlsx"), "缺少 -o：请用 -o 写明输出文件夹。例如：evalbatch run 收到的文件夹 -o outputs。"),
        (("run", "好.xlsx", "-o"), "-o 后面没有写值，应写输出文件夹。"),
        (("run", "好.xlsx", "-o", "--fresh"), "-o 后面没有写值，应写输出文件夹。"),
        (("run", "好.xlsx", "-o", "出", "--fresh=1"), "--fresh 后面不写值，只写 --fresh。"),
        (("run", "好.xlsx", "--output", "出"), "没有选项 --output，是不是 -o。"),
        (("run", "好.xlsx", "-o", "出", "--job", "2"), "没有选项 --job，是不是 --jobs。"),
        (("run", "好.xlsx", "-o", "出", "--jobs", "0"), "--jobs 不能写“0”，应写不小于 1 的整数。"),
        (("run", "好.xlsx", "-o", "出", "--jobs", "两"), "--jobs 不能写“两”，应写不小于 1 的整数。"),
        (("rules", "M101", "M102"), "多写了“M102”，"),
        (("rules", "Z999"), "没有编号为“Z999”的规则"),
        (("policies", "county"), "没有名为“county”的政策"),
        (("check", "好.xlsx", "--colour"), "没有选项 --colour，可用的选项：--policy、"),
        (("check", "~$好.xlsx"), "临时文件"),
    ],
)
def test_what_cannot_be_done_is_said_in_chinese(tmp_path, args, said):
    (tmp_path / "空").mkdir()
    (tmp_path / "~$好.xlsx").write_bytes(b"x")
    form_file(tmp_path, filling(), "好.xlsx")
    done = evalbatch(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "出").exists()


def test_without_a_command_the_manual_is_shown():
    done = evalbatch()
    assert done.returncode == 2
    assert "template" in done.stdout


@pytest.mark.parametrize("command", [(), ("template",), ("check",), ("run",), ("rules",), ("policies",)])
def test_the_manual_is_chinese_throughout(command):
    text = evalbatch(*command, "--help").stdout
    assert text.startswith("用法：evalbatch")
    assert not any(word in text for word in ("Usage", "Options", "Commands", "Show ", "required", "default"))


def test_template_into_a_folder_gets_the_usual_name(tmp_path):
    assert evalbatch("template", "-o", tmp_path).returncode == 0
    assert (tmp_path / "预算绩效自评表.xlsx").exists()


def test_an_output_folder_that_is_a_file_is_said(tmp_path):
    path = form_file(tmp_path, filling())
    (tmp_path / "out").write_text("x")
    done = evalbatch("run", path, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "是文件，不是文件夹" in done.stderr


def test_an_output_is_never_written_over_an_input(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    path = form_file(out, filling(), "鹿泉区计划生育协会（填报示例）_2025_绩效评分.xlsx")
    before = path.read_bytes()
    done = evalbatch("run", path, "-o", out)
    assert done.returncode == 2
    assert "不能覆盖" in done.stderr
    assert path.read_bytes() == before


def test_outputs_inside_the_input_folder_are_not_read_again(tmp_path):
    form_file(tmp_path, filling(), "好.xlsx")
    evalbatch("run", tmp_path, "-o", tmp_path / "outputs")
    done = evalbatch("run", tmp_path, "-o", tmp_path / "outputs")
    assert done.returncode == 0
    assert "共 1 个文件" in done.stderr


def test_rules_prints_one_rule_a_line():
    lines = evalbatch("rules").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == sorted(CATALOGUE)
    assert "M106 执行数超过预算数 错误" in lines
    assert all(len(line.split(" ")) == 3 for line in lines)


def test_one_rule_is_explained():
    done = evalbatch("rules", "m106")
    assert all(title in done.stdout for title in ("为什么：", "怎么办：", "依据："))


def test_a_policy_is_printed():
    assert "national-2020" in evalbatch("policies").stdout
    assert "来源：财预〔2020〕10号" in evalbatch("policies", "national-2020").stdout


def test_nothing_raises_where_the_terminal_cannot_show_chinese(tmp_path):
    path = form_file(tmp_path, filling(REPORT))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([PROGRAM, "check", str(path)], capture_output=True, env=environment)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_the_rollup_links_every_unit_to_its_own_workbook(tmp_path):
    for name, unit in (("甲", "甲单位"), ("乙", "")):
        (tmp_path / name).mkdir()
        form_file(tmp_path / name, filling(case={"change": {"unit.name": unit}}), "表.xlsx")
    evalbatch("run", tmp_path / "甲", tmp_path / "乙", "-o", tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "绩效自评汇总表.xlsx")["汇总"]
    links = [c.hyperlink.target for row in sheet.iter_rows() for c in row if c.hyperlink]
    assert len(links) == 2
    assert len(set(links)) == 2
    assert all((tmp_path / "out" / link).exists() for link in links)


def test_a_rollup_somebody_wrote_into_is_kept(tmp_path):
    path, out = form_file(tmp_path, filling()), tmp_path / "out"
    evalbatch("run", path, "-o", out)
    assert "人工修改" not in evalbatch("run", path, "-o", out).stderr
    rollup = out / "绩效自评汇总表.xlsx"
    book = openpyxl.load_workbook(rollup)
    review = next(cell for row in book["汇总"].iter_rows() for cell in row if cell.value == "复核得分")
    review.offset(1).value = 98
    book.save(rollup)
    edited = rollup.read_bytes()
    assert "绩效自评汇总表_人工修改.xlsx" in evalbatch("run", path, "-o", out).stderr
    assert (out / "绩效自评汇总表_人工修改.xlsx").read_bytes() == edited
    assert rollup.read_bytes() != edited


def test_what_goes_wrong_inside_is_one_line_with_a_reference(tmp_path, monkeypatch):
    """A policy folder that cannot be listed is nobody's mistake: the details go to the log."""
    code = (
        "import evalbatch.settings, evalbatch.cli, sys\n"
        "def breaks(): raise KeyError('inside')\n"
        "evalbatch.settings.names = breaks\n"
        "sys.argv = ['evalbatch', 'policies']\n"
        "evalbatch.cli.main()\n"
    )
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == FAILED
    (line,) = done.stderr.splitlines()
    reference = re.search(r"编号 (\w{8})", line)[1]
    log = tmp_path / "evalbatch" / "evalbatch.log"
    assert str(log) in line
    assert f"[{reference}]" in log.read_text("utf-8")
    assert "inside" in log.read_text("utf-8")
