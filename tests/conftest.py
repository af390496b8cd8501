"""Fixtures, and the promise that a complete run leaves no test out."""

import os

import pytest
from support import SOFFICE, Office

NO_SKIP = os.environ.get("EVALBATCH_NO_SKIP") == "1"


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """LibreOffice, or the test is left out and says so."""
    if SOFFICE is None:
        pytest.skip("没有安装 LibreOffice")
    return Office(tmp_path_factory.mktemp("office"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be left out, a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"left out: {report.longrepr}"
