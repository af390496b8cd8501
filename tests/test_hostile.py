"""Odd and hostile files: every good value is read right, or there is a finding at its place, or the file is refused."""

import os
import re
import subprocess
import sys
from operator import attrgetter

import pytest
from hostile import SPECIMENS
from hostile.outcome import TERMS, job, wrong

from evalbatch.engine import each
from evalbatch.work import work

POSIX = pytest.mark.skipif(os.name != "posix", reason="what only POSIX systems have")
TOGETHER = [specimen for specimen in SPECIMENS if not specimen.apart]
APART = [specimen for specimen in SPECIMENS if specimen.apart]
LABEL = attrgetter("label")


@pytest.mark.parametrize("specimen", TOGETHER, ids=LABEL)
def test_a_specimen_comes_out_as_it_must(specimen, tmp_path):
    assert wrong(specimen, work(job(specimen.make(tmp_path)), TERMS)) == ""


@POSIX
@pytest.mark.parametrize("specimen", APART, ids=LABEL)
def test_a_specimen_that_may_cost_much_is_read_by_a_worker(specimen, tmp_path):
    ((_, outcome),) = each([job(specimen.make(tmp_path))], TERMS, 1)
    assert wrong(specimen, outcome) == ""


# --- end to end ---------------------------------------------------------------------------------------------------

PROGRAM = [sys.executable, "-c", "from evalbatch.cli import main; main()"]
RAW = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
BY_LABEL = {specimen.label: specimen for specimen in SPECIMENS}


def evalbatch(*args, cwd):
    """Run the program; what it prints holds no character that steers a terminal, and no traceback."""
    done = subprocess.run([*PROGRAM, *args], capture_output=True, cwd=cwd)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert not RAW.search(out + err)
    assert "Traceback" not in out + err
    return done.returncode, out, err


@POSIX
@pytest.mark.parametrize(
    "name", ["control-characters", "gbk-bytes", "direction-characters", "leading-dash", "reserved"]
)
def test_a_good_form_is_clean_whatever_it_is_called(name, tmp_path):
    (tmp_path / "收到").mkdir()
    BY_LABEL[f"path-{name}"].make(tmp_path / "收到")
    assert evalbatch("run", "收到", "-o", "结果", cwd=tmp_path)[0] == 0
    assert evalbatch("check", "收到", cwd=tmp_path)[0] == 0
    assert evalbatch("check", "收到", "--format", "json", cwd=tmp_path)[0] == 0


@POSIX
@pytest.mark.parametrize(
    "label", ["container-last-2000-bytes-lost", "kind-pdf", "structure-cell-twice-with-two-values"]
)
def test_nothing_but_a_refused_file_ends_with_two(label, tmp_path):
    specimen = BY_LABEL[label]
    specimen.make(tmp_path).rename(tmp_path / "坏\x1b[31m\u202e.xlsx")
    code, out, err = evalbatch("check", ".", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "坏\ufffd[31m\ufffd.xlsx：" in err
    assert specimen.said in err


@POSIX
def test_a_good_form_among_hostile_ones_is_read(tmp_path):
    for n, label in enumerate(("kind-pipe", "structure-far-value", "container-bomb", "path-gbk-bytes", "kind-socket")):
        (tmp_path / "收到" / str(n)).mkdir(parents=True)
        BY_LABEL[label].make(tmp_path / "收到" / str(n))
    code, _, err = evalbatch("run", "收到", "-o", "结果", cwd=tmp_path)
    assert code == 1
    assert re.search("共 5 个文件，已评 2 个（.*），未评 3 个", err)
    assert len(list((tmp_path / "结果" / "results").glob("未评_*.json"))) == 3


SAVED = ("drift-two-columns-inserted", "drift-lines-spread-out", "structure-hidden-row", "value-binary-noise")


@POSIX
def test_what_libreoffice_makes_of_a_specimen_comes_out_the_same(tmp_path, office):
    made = []
    for n, label in enumerate(SAVED):
        (tmp_path / str(n)).mkdir()
        made.append(BY_LABEL[label].make(tmp_path / str(n)).rename(tmp_path / f"{n}.xlsx"))
    saved = office.convert(made, tmp_path / "out")
    assert [wrong(BY_LABEL[label], work(job(one), TERMS)) for label, one in zip(SAVED, saved, strict=True)] == [""] * 4
