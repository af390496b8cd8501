"""A folder as it comes in: two hundred good forms, a hundred that are not, and the good ones' outputs are none the worse."""

import json
import os
import shutil
import subprocess
import sys
from itertools import islice

import pytest
from hostile import SPECIMENS
from hostile.kit import STRINGS, Book, good_bytes

from evalbatch.work import is_lock

PROGRAM = [sys.executable, "-c", "from evalbatch.cli import main; main()"]
NAME = "鹿泉区计划生育协会（填报示例）"
GOOD = 200
BAD = {"container": 26, "kind": 26, "xml": 14, "structure": 8, "value": 10, "drift": 8, "path": 8}
"""How many of each group: most are refused, those of value and drift are read and sent back."""
ERRORS = ("F101", "F201", "F202", "F211", "F401", "F402")


def write_good(folder):
    """Good forms of as many units, one taken to pieces for all."""
    for n in range(GOOD):
        data = Book().sub(STRINGS, f"<t>{NAME}</t>", f"<t>单位{n:03}</t>").data()
        (folder / f"g{n:03}.xlsx").write_bytes(data)


def is_bad(specimen):
    """Whether a specimen is refused, or has an error, and costs no more than any other file."""
    wrong = specimen.said or specimen.group == "path" or any(want[:4] in ERRORS for want in specimen.found)
    return wrong and not specimen.apart


def write_bad(folder):
    """The specimens that have something wrong, each in a folder of its own; a good name gets half a form."""
    written = []
    for group, count in BAD.items():
        fit = [(n, one) for n, one in enumerate(SPECIMENS) if one.group == group and is_bad(one)]
        step = len(fit) // count
        spread = (fit[at] for first in range(step) for at in range(first, len(fit), step))
        made = (made_in(folder / f"{group}-{n}", one) for n, one in spread)
        written += islice((path for path in made if path is not None), count)
    return written


def made_in(place, specimen):
    """A specimen's file, None where it leaves anything else than one file that is looked at."""
    place.mkdir()
    path = specimen.make(place)
    if specimen.group == "path" and path.is_file():
        path.write_bytes(good_bytes()[:5000])
    if list(place.rglob("*")) == [path] and path.is_file() and not is_lock(path):
        return path
    shutil.rmtree(place)
    return None


def run(folder, outputs):
    """Run the program; what it said to the person at the screen."""
    done = subprocess.run([*PROGRAM, "run", str(folder), "-o", str(outputs)], capture_output=True)
    return done.stderr.decode()


def good_outputs(outputs):
    """The scored workbooks and JSON of the good forms, by name."""
    written = [*outputs.glob("单位*_绩效评分.xlsx"), *(outputs / "results").glob("单位*.json")]
    return {str(path.relative_to(outputs)): path.read_bytes() for path in written}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="names that only POSIX systems have")
def test_a_hundred_bad_files_leave_two_hundred_good_ones_as_they_are(tmp_path):
    """The good ones' JSON and workbooks are the same bytes as without the bad ones, and every bad one is named."""
    folder = tmp_path / "收到"
    folder.mkdir()
    write_good(folder)
    run(folder, tmp_path / "alone")
    alone = good_outputs(tmp_path / "alone")
    bad = write_bad(folder)
    said = run(folder, tmp_path / "mixed")
    assert (len(alone), len(bad)) == (2 * GOOD, sum(BAD.values()))
    assert good_outputs(tmp_path / "mixed") == alone
    assert f"共 {GOOD + len(bad)} 个文件" in said

    results = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "mixed" / "results").iterdir()]
    named = {one["source"]["file"] for one in results if one["status"] in ("not-assessed", "rejected")}
    assert named == {str(path.relative_to(folder)).encode("utf-8", "backslashreplace").decode() for path in bad}
