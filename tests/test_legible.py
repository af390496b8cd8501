"""Names of files as people read them, on a terminal, through a pipe, and in what is written."""

import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import filling, form_file

from evalbatch.legible import legible, shown

POSIX = pytest.mark.skipif(os.name != "posix", reason="a name is bytes on POSIX systems only")
PROGRAM = [sys.executable, "-c", "from evalbatch.cli import main; main()"]
GBK = "鹿泉区计生协自评表".encode("gbk")
STEERS = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def from_bytes(*parts):
    """A name as a POSIX system gives it."""
    return b"".join(parts).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("自评表.xlsx", "自评表.xlsx"),
        (from_bytes(GBK, b".xlsx"), "鹿泉区计生协自评表.xlsx"),
        (from_bytes("收到/".encode(), GBK, b"2025.xlsx"), "收到/鹿泉区计生协自评表2025.xlsx"),
        (from_bytes("朱镕基㐀".encode("gb18030")), "朱镕基㐀"),
        (
            from_bytes("输出/".encode(), GBK, ".xlsx 不能写入：请关闭".encode()),
            "输出/鹿泉区计生协自评表.xlsx 不能写入：请关闭",
        ),
        ("自评表.xlsx".encode().decode("ascii", "surrogateescape"), "自评表.xlsx"),
        (from_bytes(b"\xff\xfe\x80.xlsx"), r"\udcff\udcfe\udc80.xlsx"),
        ("╘ñ╦π╝¿╨º.xlsx", "╘ñ╦π╝¿╨º.xlsx"),
        ("\ud800.xlsx", r"\ud800.xlsx"),
    ],
)
def test_a_name_in_foreign_bytes_is_read(name, text):
    assert legible(name) == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=30))
def test_every_chinese_name_in_gbk_is_text(name):
    """Whatever of its bytes happens to be UTF-8 too; it is the name itself wherever the bytes are not UTF-8."""
    encoded = name.encode("gb18030")
    got = legible(from_bytes(encoded))
    assert got.encode("utf-8")
    if "\\" not in got and from_bytes(encoded).isprintable() is False:
        assert got == name


@given(st.text())
def test_nothing_that_is_shown_steers_a_terminal(text):
    assert not STEERS.search(shown(text) + "\n")
    shown(text).encode("utf-8")


def test_blanks_of_every_width_are_shown_as_they_are():
    assert shown("单位\u3000名称\xa0甲") == "单位\u3000名称\xa0甲"


@pytest.fixture
def inbox(tmp_path):
    """Two forms and a file that is none, their names in GBK bytes and with characters that steer a terminal."""
    folder = tmp_path / "收到"
    folder.mkdir()
    form = form_file(folder, filling()).read_bytes()
    names = [GBK + b".xlsx", "表\x1b[31m\u202e格\x9b\n.xlsx".encode(), "空\x1b]0;名\x07".encode("gbk") + b".xlsx"]
    for name, data in zip(names, (form, form, b""), strict=True):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(data)
    return folder


@POSIX
def test_names_are_written_as_they_are_read(inbox, tmp_path):
    out = tmp_path / "out"
    done = subprocess.run([*PROGRAM, "run", str(inbox), "-o", str(out)], capture_output=True)
    assert "鹿泉区计生协自评表.xlsx：" in done.stderr.decode()
    results = [json.loads(path.read_text("utf-8")) for path in sorted((out / "results").iterdir())]
    assert "鹿泉区计生协自评表.xlsx" in [one["source"]["file"] for one in results]
    assert any(path.name.startswith("未评_空") for path in (out / "results").iterdir())
    book = openpyxl.load_workbook(out / "绩效自评汇总表.xlsx")
    texts = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
    assert any("鹿泉区计生协自评表.xlsx" in text for text in texts)


COMMANDS = (["check"], ["check", "--format", "json"], ["run", "-o", "out"])
ASCII = {"PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C"}


@POSIX
@pytest.mark.parametrize("more", [{}, ASCII, {**ASCII, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_nothing_raw_reaches_a_terminal_or_a_pipe(inbox, tmp_path, args, more):
    command, environment = [*PROGRAM, *args, str(inbox)], {**os.environ, "TERM": "dumb", **more}
    piped = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment)
    code, on_terminal = in_terminal(command, tmp_path, environment)
    for said in (piped.stdout + piped.stderr, on_terminal):
        assert b"Traceback" not in said
        assert "程序出错".encode() not in said
        own = re.sub(rb"\x1b\[\??[0-9]*[lhK]", b"", said).replace(b"\r", b"")
        assert not STEERS.search(own.decode("utf-8", "replace"))
    cannot_write = args[0] == "run" and "PYTHONUTF8" in more
    assert (piped.returncode, code) == ((2, 2) if cannot_write else (1, 1))


def in_terminal(command, folder, environment):
    """Run a command on a pseudo-terminal: its exit code and the bytes that reached the terminal."""
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment, close_fds=True
    )
    os.close(slave)
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the last process closed the terminal
            break
        if not part:
            break
        said += part
    os.close(master)
    return process.wait(60), said
