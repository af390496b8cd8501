"""Workers: one workbook never takes the others down, whatever it does to the process that reads it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pebble.pool.channel import WorkerChannel
from running import MAIN, children_of, copies, hears_interrupts, run, start, wait_until
from support import filling, form_file

from evalbatch import engine
from evalbatch.digest import Digest
from evalbatch.engine import each
from evalbatch.inputs import gather
from evalbatch.model import Refusal
from evalbatch.policy import load
from evalbatch.read import read_workbook
from evalbatch.work import Job, Terms, work

TERMS = Terms(policy=load())
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")
MANY = 200
"""Forms enough that a run that goes on to its end is told from one that stops."""


@pytest.fixture
def form(tmp_path):
    """A good form."""
    return form_file(tmp_path, filling(), "好.xlsx")


def jobs(form, *names):
    """A job for the good form under each name."""
    return [Job(number=n, path=form, name=name) for n, name in enumerate(names)]


def results(done):
    """What came of every job: its name and whether it was read."""
    return [(job.name, type(outcome.result)) for job, outcome in done]


@POSIX
def test_a_workbook_that_kills_its_worker_costs_itself_alone(form, monkeypatch):
    def dies(job, terms):
        if job.name == "坏":
            os.kill(os.getpid(), signal.SIGKILL)
        return work(job, terms)

    monkeypatch.setattr(engine, "work", dies)
    done = list(each(jobs(form, "一", "坏", "二", "三"), TERMS, 1))
    assert results(done) == [("一", Digest), ("坏", Refusal), ("二", Digest), ("三", Digest)]
    assert "中断" in done[1][1].result.reason


@POSIX
@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_killed_while_the_others_wait_for_it_holds_nobody_up(form, tmp_path, monkeypatch, workers):
    killed = tmp_path / "killed"

    def receiving(channel):
        def receive():
            job = channel.reader.recv()
            if not killed.exists() and job.payload.args[0].name == "三":
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return job

        return receive

    monkeypatch.setattr(WorkerChannel, "_make_recv_method", receiving)
    monkeypatch.setattr(engine, "MAX_SECONDS", 2)
    names = [*"一二三四五六七八九十"]
    assert results(each(jobs(form, *names), TERMS, workers)) == [(name, Digest) for name in names]
    assert killed.exists()


@POSIX
def test_a_worker_that_dies_once_costs_nothing(form, monkeypatch, tmp_path):
    def dies_once(job, terms):
        if job.name == "二" and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return work(job, terms)

    monkeypatch.setattr(engine, "work", dies_once)
    assert results(each(jobs(form, "一", "二"), TERMS, 1)) == [("一", Digest), ("二", Digest)]


@POSIX
def test_a_workbook_that_takes_too_long_is_given_up(form, monkeypatch):
    def sleeps(job, terms):
        if job.name == "慢":
            time.sleep(60)
        return work(job, terms)

    monkeypatch.setattr(engine, "work", sleeps)
    monkeypatch.setattr(engine, "MAX_SECONDS", 1)
    done = list(each(jobs(form, "慢", "一"), TERMS, 1))
    assert results(done) == [("慢", Refusal), ("一", Digest)]
    assert "秒还没有完成" in done[0][1].result.reason


@POSIX
def test_a_workbook_that_had_no_others_beside_it_is_given_up_at_once(form, monkeypatch, tmp_path):
    def sleeps(job, terms):
        (tmp_path / f"tried-{os.getpid()}").touch()
        time.sleep(60)

    monkeypatch.setattr(engine, "work", sleeps)
    monkeypatch.setattr(engine, "MAX_SECONDS", 1)
    assert results(each(jobs(form, "慢"), TERMS, 1)) == [("慢", Refusal)]
    assert len(list(tmp_path.glob("tried-*"))) == 1


@POSIX
def test_a_workbook_that_wants_too_much_memory_is_refused(form, monkeypatch):
    def eats(path, name):
        if name == "大":
            bytearray(2 * engine.MAX_MEMORY)
        return read_workbook(path, name)

    monkeypatch.setattr("evalbatch.work.read_workbook", eats)
    done = list(each(jobs(form, "大", "一"), TERMS, 1))
    assert results(done) == [("大", Refusal), ("一", Digest)]
    assert "内存超过限度" in done[0][1].result.reason


@POSIX
def test_what_the_parent_holds_does_not_count(form):
    """A parent that has used large libraries hands their address space on to its workers."""
    import mmap

    with mmap.mmap(-1, engine.MAX_MEMORY + 1):
        assert results(each(jobs(form, "一"), TERMS, 1)) == [("一", Digest)]


@POSIX
def test_a_reader_that_breaks_down_is_a_refusal_with_a_reference(form, monkeypatch, tmp_path):
    def breaks(path, name):
        raise KeyError(name)

    monkeypatch.setattr("evalbatch.work.read_workbook", breaks)
    engine.journal.keep_in(tmp_path)
    ((_, outcome),) = each(jobs(form, "一"), TERMS, 1)
    reference = re.search(r"编号 (\w{8})", outcome.result.reason)[1]
    assert f"[{reference}]" in (tmp_path / "evalbatch.log").read_text("utf-8")


def test_outcomes_come_in_the_order_of_the_jobs(form):
    names = [f"{n}.xlsx" for n in range(40)]
    assert [job.name for job, _ in each(jobs(form, *names), TERMS, 2)] == names


@pytest.fixture
def running(form, tmp_path):
    """A run over many forms that is under way, in a process group of its own."""
    process = start(copies(form, tmp_path / "many", MANY), tmp_path / "out")
    assert wait_until(lambda: any((tmp_path / "out").glob("*.xlsx")), 30)
    yield process
    if children_of(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@POSIX
@pytest.mark.parametrize("interrupt", [os.kill, os.killpg], ids=["the parent alone", "as a terminal does"])
def test_interrupting_ends_at_once_and_leaves_no_child(running, interrupt, tmp_path):
    """It says so in one line, with the exit code of Ctrl-C, and does not go on with what waits."""
    interrupt(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert (running.returncode, said.splitlines()[-1:]) == (130, ["已中断"])
    assert "Traceback" not in said
    assert len(list((tmp_path / "out").glob("*.xlsx"))) < MANY / 2
    assert children_of(running.pid) == []
    assert [path.name for path in (tmp_path / "out" / ".evalbatch").iterdir() if path.is_dir()] == []


MOMENTS = {
    "as the program starts": "sys.addaudithook(lambda event, args: args[:1] == ('click',) and interrupt())",
    "before anything is read": "sys.addaudithook(lambda event, args: args[:1] == ('pebble',) and interrupt())",
    "in the middle of a fork": "os.register_at_fork(before=interrupt)",
    "during the roll-up": "sys.addaudithook(lambda event, args: args[:1] == ('xlsxwriter.workbook',) and interrupt())",
}


@POSIX
@pytest.mark.parametrize("hook", MOMENTS.values(), ids=MOMENTS)
def test_an_interrupt_is_never_lost(form, hook, tmp_path):
    """Where it is raised inside the hook of a fork it would be swallowed, and the worker left half made."""
    code = f"import os, signal, sys\ninterrupt = lambda: os.kill(os.getpid(), signal.SIGINT)\n{hook}\n{MAIN}"
    command = [sys.executable, "-c", code, "run", str(form), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, preexec_fn=hears_interrupts)
    assert (done.returncode, done.stderr.splitlines()[-1:]) == (130, ["已中断"])
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "绩效自评汇总表.xlsx").exists()


@POSIX
def test_no_child_outlives_its_parent(running):
    running.kill()
    running.wait()
    assert wait_until(lambda: not children_of(running.pid), 10)


@POSIX
def test_what_a_killed_run_left_behind_goes_with_the_next(running, form, tmp_path):
    running.kill()
    running.wait()
    wait_until(lambda: not children_of(running.pid), 10)
    private = tmp_path / "out" / ".evalbatch"
    assert [path for path in private.iterdir() if path.is_dir()]
    assert run(form, tmp_path / "out").returncode == 0
    assert [path for path in private.iterdir() if path.is_dir()] == []


def test_bad_files_leave_the_good_ones_outputs_as_they_are(form, tmp_path):
    """The good files' workbooks and JSON are the same bytes with and without bad ones beside them."""
    good, mixed = tmp_path / "good", tmp_path / "mixed"
    good.mkdir()
    for n in range(4):
        data = filling(case={"change": {"unit.name": f"单位{n}"}})
        form_file(good, data, f"{n}.xlsx")
    shutil.copytree(good, mixed)
    bad = {"a": b"", "b": b"PK\x03\x04", "c": b"%PDF-1.7", "d": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "e": b"<html>"}
    for name, data in bad.items():
        (mixed / f"0{name}.xlsx").write_bytes(data)
    for name in ("good", "mixed"):
        run(tmp_path / name, tmp_path / f"{name}-out")
    assert len(gather([mixed]).files) == 9
    written = sorted((tmp_path / "good-out").glob("*_绩效评分.xlsx")) + sorted(
        (tmp_path / "good-out" / "results").iterdir()
    )
    assert len(written) == 8
    for path in written:
        other = tmp_path / "mixed-out" / path.relative_to(tmp_path / "good-out")
        assert other.read_bytes() == path.read_bytes(), path.name
    assert len(list((tmp_path / "mixed-out" / "results").glob("未评_*.json"))) == 5


def test_native_noise_goes_to_the_log(form, tmp_path, monkeypatch):
    def noisy(job, terms):
        os.write(2, b"thread panicked\n")
        return work(job, terms)

    monkeypatch.setattr(engine, "work", noisy)
    engine.journal.keep_in(tmp_path)
    list(each(jobs(form, "一"), TERMS, 1))
    assert "thread panicked" in Path(tmp_path / "evalbatch.log").read_text("utf-8")
