"""A clerk at LibreOffice: opens workbooks, types into cells as from the keyboard, empties others, saves."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from support import SOFFICE, Office

Entry = tuple[str, str, str]
"""A sheet's title, a cell, and what is typed there; where that is nothing the cell is emptied, if it is not locked."""
LINE_BREAK = "\\n"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LIBRARY = f"""{_HEAD}<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>
"""
_MODULE = f"""{_HEAD}<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">%s
</script:module>
"""
_BASIC = """
Function One(name, value)
  Dim pair As New com.sun.star.beans.PropertyValue
  pair.Name = name
  pair.Value = value
  One = Array(pair)
End Function

Sub Fill(book, copy, list)
  doc = StarDesktop.loadComponentFromURL(book, "_blank", 0, One("Hidden", True))
  helper = createUnoService("com.sun.star.frame.DispatchHelper")
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  lines = createUnoService("com.sun.star.io.TextInputStream")
  lines.setInputStream(files.openFileRead(list))
  lines.setEncoding("UTF-8")
  view = doc.CurrentController
  Do While Not lines.isEOF()
    parts = Split(lines.readLine(), Chr(9))
    If UBound(parts) = 2 Then
      sheet = doc.Sheets.getByName(parts(0))
      If parts(2) = "" Then
        sheet.getCellRangeByName(parts(1)).clearContents(1023)
      Else
        If view.ActiveSheet.Name <> parts(0) Then view.setActiveSheet(sheet)
        helper.executeDispatch(view.Frame, ".uno:GoToCell", "", 0, One("ToPoint", parts(1)))
        typed = Join(Split(parts(2), "\\n"), Chr(10))
        helper.executeDispatch(view.Frame, ".uno:EnterString", "", 0, One("StringName", typed))
      End If
    End If
  Loop
  lines.closeInput()
  doc.storeToURL(copy, One("FilterName", "Calc MS Excel 2007 XML"))
  doc.close(True)
End Sub
"""


def fill(office: Office, files: Mapping[Path, Iterable[Entry]], folder: Path) -> list[Path]:
    """Type into workbooks and save each under its name in a folder."""
    folder.mkdir()
    calls = []
    for path, entries in files.items():
        typed = folder / f"{path.stem}.txt"
        lines = ["\t".join((sheet, ref, text.replace("\n", LINE_BREAK))) for sheet, ref, text in entries]
        typed.write_text("\n".join(lines), "utf-8")
        calls.append(f'  Fill("{path.as_uri()}", "{(folder / path.name).as_uri()}", "{typed.as_uri()}")')
    module = _BASIC + "\nSub Main\n" + "\n".join(calls) + "\nEnd Sub\n"
    library = office.profile / "user" / "basic" / "Standard"
    if not library.exists():
        _run(office, "--terminate_after_init")
    (library / "script.xlb").write_text(_LIBRARY, "utf-8")
    (library / "Module1.xba").write_text(_MODULE % escape(module), "utf-8")
    _run(office, "macro:///Standard.Module1.Main")
    made = [folder / path.name for path in files]
    assert [path for path in made if not path.exists()] == []
    return made


def _run(office: Office, what: str) -> None:
    assert SOFFICE is not None
    call = [SOFFICE, f"-env:UserInstallation=file://{office.profile}", "--headless", what]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
