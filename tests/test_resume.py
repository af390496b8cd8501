"""A second run does what changed and no more; a run that was killed is completed as if nothing had happened."""

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version

import openpyxl
import pytest
from running import children_of, contents, copies, run, stamps, start, wait_until
from support import filling, form_file

from evalbatch import batch
from evalbatch.batch import Wish
from evalbatch.inputs import gather
from evalbatch.outputs import Outputs
from evalbatch.policy import load
from evalbatch.program import LIBRARIES, installed
from evalbatch.whole import ROLLUP, Whole
from evalbatch.work import Terms

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")
OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """What three units sent, one of them in a format that is not read."""
    folder = tmp_path_factory.mktemp("received")
    for name in ("甲", "乙", "丙"):
        form_file(folder, filling(case={"change": {"unit.name": name}}), f"{name}.xlsx")
    (folder / "旧.xls").write_bytes(OLD_XLS)
    return folder


@pytest.fixture
def folder(received, tmp_path):
    """A copy of what was sent, a few seconds old, so that its time stamps can be trusted."""
    copy = tmp_path / "in"
    shutil.copytree(received, copy)
    for path in copy.iterdir():
        os.utime(path, (time.time() - 60,) * 2)
    return copy


def again(folder, outputs, policy="national-2020", **wish):
    """Run in this process; which inputs were done and which were skipped, by name."""
    done, skipped = [], []
    terms = Terms(policy=load(policy))

    def report(one, outcome):
        (skipped if outcome.skipped else done).append(one.name)

    batch.run(gather([folder]).files, outputs, terms, report, Wish(**wish))
    return sorted(done), sorted(skipped)


ALL = ["丙.xlsx", "乙.xlsx", "旧.xls", "甲.xlsx"]


def test_an_unchanged_folder_is_left_alone(folder, tmp_path):
    out = tmp_path / "out"
    assert again(folder, out) == (ALL, [])
    before = stamps(out)
    assert again(folder, out) == ([], ALL)
    assert stamps(out) == before


def test_a_second_run_says_how_many_it_left_alone_and_what_stays_unread(folder, tmp_path):
    run(folder, tmp_path / "out")
    second = run(folder, tmp_path / "out")
    assert "其中 4 个没有变化" in second.stderr
    assert "旧.xls：未评" in second.stderr
    assert second.returncode == 1


@pytest.mark.parametrize("roster", [None, "名单.csv", "名单.xlsx"])
def test_an_unchanged_run_imports_neither_pandas_nor_xlsxwriter(folder, tmp_path, roster):
    more = [] if roster is None else ["--roster", str(listed(tmp_path / roster))]
    run(folder, tmp_path / "out", *more)
    watched = ("import sys; sys.argv[1:] = ['run', *sys.argv[1:]]\nfrom evalbatch.__main__ import main\n"
               "try:\n    main()\nfinally:\n    print(*sorted(sys.modules))")  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", watched, str(folder), "-o", str(tmp_path / "out"), *more], capture_output=True, text=True
    )
    assert "其中 4 个没有变化" in said.stderr
    assert {"pandas", "xlsxwriter", "openpyxl", "numpy"}.isdisjoint(said.stdout.split())


def listed(path):
    """A list of units, as a workbook or a text by the name's ending."""
    rows = [("单位编码", "单位名称"), ("001", "甲"), ("009", "己")]
    if path.suffix == ".csv":
        path.write_text("\n".join(map(",".join, rows)), "utf-8")
        return path
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_only_a_changed_workbook_is_done_again(folder, tmp_path):
    again(folder, tmp_path / "out")
    form_file(folder, filling(case={"change": {"unit.name": "乙", "unit.retired": 3}}), "乙.xlsx")
    assert again(folder, tmp_path / "out")[0] == ["乙.xlsx"]


def test_a_change_that_keeps_size_and_time_is_seen_where_the_time_is_recent(folder, tmp_path):
    """A file written within the clock's grain of the last run is read, whatever its stamps say."""
    path = folder / "甲.xlsx"
    changed = form_file(tmp_path, filling(case={"change": {"unit.name": "甲", "unit.retired": 3}}), "变.xlsx")
    now = time.time_ns()
    os.utime(path, ns=(now, now))
    again(folder, tmp_path / "out")
    data = changed.read_bytes()
    with path.open("r+b") as file:
        file.truncate(len(data))
        file.write(data)
    os.utime(path, ns=(now, now))
    assert again(folder, tmp_path / "out")[0] == ["甲.xlsx"]


@pytest.mark.parametrize("spoil", ["remove", "alter"])
def test_a_missing_or_altered_output_is_made_again(folder, tmp_path, spoil):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    path = out / "results" / "乙_2025.json"
    path.unlink() if spoil == "remove" else path.write_text("{}")
    assert again(folder, out)[0] == ["乙.xlsx"]
    assert before.items() <= contents(out).items()


@pytest.mark.parametrize("name", ["甲_2025_绩效评分.xlsx", ROLLUP])
def test_what_somebody_wrote_into_an_output_is_put_aside(folder, tmp_path, name):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    (out / name).write_bytes(b"edited")
    said = run(folder, out).stderr
    kept = (out / name).with_stem(f"{(out / name).stem}_人工修改")
    assert str(kept) in said
    assert kept.read_bytes() == b"edited"
    assert contents(out) == {**before, kept.name: contents(out)[kept.name]}


def test_a_file_that_no_run_wrote_is_not_overwritten(folder, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "甲_2025_绩效评分.xlsx").write_bytes(b"mine")
    again(folder, out)
    assert (out / "甲_2025_绩效评分_人工修改.xlsx").read_bytes() == b"mine"


def test_a_lost_ledger_costs_time_and_nothing_else(folder, tmp_path):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    shutil.rmtree(out / ".evalbatch")
    assert again(folder, out) == (ALL, [])
    assert contents(out) == before


def test_a_damaged_ledger_is_begun_anew(folder, tmp_path):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    (out / ".evalbatch" / "ledger.sqlite").write_bytes(b"SQLite format 3\0" + b"damaged" * 3000)
    assert again(folder, out) == (ALL, [])
    assert contents(out) == before


def test_all_is_done_again_under_another_policy(folder, tmp_path):
    again(folder, tmp_path / "out")
    assert again(folder, tmp_path / "out", "system")[0] == ["丙.xlsx", "乙.xlsx", "旧.xls", "甲.xlsx"]


def test_no_worker_is_left_when_the_roll_up_is_written(folder, tmp_path, monkeypatch):
    """Nor are those left that did the whole run, when a few workbooks have to be done once more."""
    left, roll_up = [], Whole.roll_up

    def noted(self, *given):
        left.append(multiprocessing.active_children())
        return roll_up(self, *given)

    monkeypatch.setattr(Whole, "roll_up", noted)
    again(folder, tmp_path / "out")
    next((tmp_path / "out").glob("*_绩效评分.xlsx")).unlink()
    (folder / "甲.xlsx").write_bytes((folder / "甲.xlsx").read_bytes() + b"\0")
    again(folder, tmp_path / "out")
    assert left == [[], []]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_version_of_a_library_is_part_of_what_the_program_is(library):
    assert installed(library) == f"{library}-{version(library)}.dist-info"


def test_all_is_done_again_by_another_program(folder, tmp_path, monkeypatch):
    again(folder, tmp_path / "out")
    monkeypatch.setattr(batch, "program", lambda: "0.1.0+changed")
    assert again(folder, tmp_path / "out")[1] == []


def test_all_is_done_again_when_asked(folder, tmp_path):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    assert again(folder, out, fresh=True) == (ALL, [])
    assert contents(out) == before


def test_a_waiver_makes_only_its_unit_be_done_again(folder, tmp_path):
    run(folder, tmp_path / "out")
    waivers = tmp_path / "豁免.toml"
    waivers.write_text(
        '[[waiver]]\nrule = "M106"\nunit = "乙"\nproject = "3"\napprover = "王"\nreason = "追加"\nuntil = 2099-01-01\n'
    )
    said = run(folder, tmp_path / "out", "--waivers", str(waivers)).stderr
    assert "其中 3 个没有变化" in said
    assert "乙.xlsx：" in said


def test_what_lies_there_from_earlier_runs_is_said(folder, tmp_path):
    """A workbook that is no longer among the inputs keeps its outputs; nobody takes them for this run's."""
    out = tmp_path / "out"
    assert "以前的结果" not in run(folder, out).stderr
    (folder / "甲.xlsx").unlink()
    assert "以前的结果 1 份，这次没有它们的填报表：甲_2025。" in run(folder, out).stderr
    for path in (*out.glob("甲_*"), *(out / "results").glob("甲_*")):
        path.unlink()
    assert "以前的结果" not in run(folder, out).stderr


def test_names_move_on_when_a_form_of_the_same_unit_comes_before(folder, tmp_path):
    """The first in order keeps a name; the outputs are those of a run that saw all forms at once."""
    shutil.copy(folder / "甲.xlsx", folder / "甲2.xlsx")
    again(folder, tmp_path / "out")
    first = form_file(folder, filling(case={"change": {"unit.name": "甲", "unit.retired": 4}}), "一.xlsx")
    again(folder, tmp_path / "out")
    again(folder, tmp_path / "undisturbed")
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")
    first.unlink()
    again(folder, tmp_path / "out")
    again(folder, tmp_path / "gone")
    left = {name for name in contents(tmp_path / "out") if "(3)" in name}
    assert len(left) == 2
    assert {k: v for k, v in contents(tmp_path / "out").items() if k not in left} == contents(tmp_path / "gone")


# --- killed -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(received, tmp_path_factory):
    """Thirty forms and what an undisturbed run makes of them."""
    base = tmp_path_factory.mktemp("many")
    folder = copies(received / "甲.xlsx", base / "in", 30)
    (folder / "旧.xls").write_bytes(OLD_XLS)
    run(folder, base / "out")
    return folder, contents(base / "out")


@POSIX
def test_killed_at_any_moment_and_run_again_the_outputs_are_the_same(many, tmp_path):
    folder, undisturbed = many
    out, chance = tmp_path / "out", random.Random(6)
    for _ in range(6):
        process = start(folder, out)
        time.sleep(chance.uniform(0.1, 1.2))
        process.kill()
        process.communicate()
        wait_until(lambda group=process.pid: not children_of(group), 10)
        for path in (out / "results").glob("*") if out.exists() else ():
            assert path.stat().st_size > 0
    assert run(folder, out).returncode == 1
    assert contents(out) == undisturbed


@POSIX
def test_killed_right_after_the_ledger_was_written_nothing_is_taken_for_edited(folder, tmp_path, monkeypatch):
    """The ledger knows the old file and the new one: neither is put aside."""
    out = tmp_path / "out"
    again(folder, out)
    form_file(folder, filling(case={"change": {"unit.name": "乙", "unit.retired": 3}}), "乙.xlsx")

    def dies(*_):
        raise KeyboardInterrupt

    give = Outputs._give
    monkeypatch.setattr(Outputs, "_give", dies)
    with pytest.raises(KeyboardInterrupt):
        again(folder, out)
    monkeypatch.setattr(Outputs, "_give", give)
    assert again(folder, out)[0] == ["乙.xlsx"]
    again(folder, tmp_path / "undisturbed")
    assert contents(out) == contents(tmp_path / "undisturbed")


@POSIX
@pytest.mark.parametrize("written", [0, 4, 16])
def test_a_worker_that_is_killed_changes_nothing(many, tmp_path, written):
    folder, undisturbed = many
    process = start(folder, tmp_path / "out")
    assert wait_until(lambda: len(children_of(process.pid)) > 1, 30)
    assert wait_until(lambda: len(list((tmp_path / "out").glob("*.xlsx"))) >= written, 30)
    process.send_signal(signal.SIGSTOP)
    workers = [pid for pid in children_of(process.pid) if pid != process.pid]
    os.kill(workers[0], signal.SIGKILL)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert contents(tmp_path / "out") == undisturbed


# --- side by side, and where nothing can be written ---------------------------------------------------------------


@POSIX
def test_two_runs_on_one_folder_exclude_each_other(many, tmp_path):
    folder, undisturbed = many
    out = tmp_path / "out"
    first = start(folder, out)
    assert wait_until(lambda: any(out.glob("*.xlsx")), 30)
    first.send_signal(signal.SIGSTOP)
    second = run(folder, out)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert second.stderr == f"另一个运行正在写 {out}，请等它结束，或换一个输出文件夹\n"
    first.communicate(timeout=60)
    assert contents(out) == undisturbed


@POSIX
def test_the_lock_goes_with_its_process(many, tmp_path):
    folder, undisturbed = many
    process = start(folder, tmp_path / "out")
    assert wait_until(lambda: any((tmp_path / "out").glob("*.xlsx")), 30)
    process.kill()
    process.communicate()
    assert run(folder, tmp_path / "out").returncode == 1
    assert contents(tmp_path / "out") == undisturbed


def _without_override():
    """Let even root be refused by permissions (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)."""
    import ctypes

    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux")
def test_a_folder_that_may_not_be_written_is_said_and_stays_as_it_is(folder, tmp_path):
    out = tmp_path / "out"
    again(folder, out)
    before = contents(out)
    form_file(folder, filling(case={"change": {"unit.name": "乙", "unit.retired": 3}}), "乙.xlsx")
    places = [out, out / "results", out / ".evalbatch"]
    for place in places:
        place.chmod(0o555)
    said = run(folder, out, preexec_fn=_without_override)
    for place in places:
        place.chmod(0o755)
    assert said.returncode == 2
    assert str(out) in said.stderr
    assert "权限" in said.stderr
    assert contents(out) == before


@pytest.fixture
def small(tmp_path):
    """A disk of one megabyte and a half, or None where none may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", place], capture_output=True)
    yield place if mounted.returncode == 0 else None
    if mounted.returncode == 0:
        subprocess.run(["umount", place], check=True)


def _small_files():
    """Let no file grow beyond 30 kB: what a full disk does, where no small disk can be made."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux")
def test_a_full_disk_is_said_and_what_was_written_stays(many, tmp_path, small):
    folder, undisturbed = many
    out = (small or tmp_path) / "out"
    said = run(folder, out, preexec_fn=None if small else _small_files)
    assert said.returncode == 2
    assert "写入失败" in said.stderr
    assert "Traceback" not in said.stderr
    written = contents(out)
    assert written.items() <= undisturbed.items()
    if small:
        assert written
        subprocess.run(["mount", "-o", "remount,size=50m", small], check=True)
    assert run(folder, out).returncode == 1
    assert contents(out) == undisturbed
