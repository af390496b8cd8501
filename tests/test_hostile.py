"""Odd and hostile files: every good value is read right, or there is a finding at its place, or the file is refused."""

import os

import pytest
from hostile import SPECIMENS
from hostile.outcome import TERMS, job, wrong

from evalbatch.engine import each
from evalbatch.work import work

POSIX = pytest.mark.skipif(os.name != "posix", reason="what only POSIX systems have")
TOGETHER = [specimen for specimen in SPECIMENS if not specimen.apart]
APART = [specimen for specimen in SPECIMENS if specimen.apart]


def named(specimens):
    """Specimens as parameters; those that are still open must fail."""
    return [
        pytest.param(one, id=one.label, marks=[pytest.mark.xfail(strict=True, reason=one.open)] if one.open else [])
        for one in specimens
    ]


@pytest.mark.parametrize("specimen", named(TOGETHER))
def test_a_specimen_comes_out_as_it_must(specimen, tmp_path):
    assert wrong(specimen, work(job(specimen.make(tmp_path)), TERMS)) == ""


@POSIX
@pytest.mark.parametrize("specimen", named(APART))
def test_a_specimen_that_may_cost_much_is_read_by_a_worker(specimen, tmp_path):
    ((_, outcome),) = each([job(specimen.make(tmp_path))], TERMS, 1)
    assert wrong(specimen, outcome) == ""
