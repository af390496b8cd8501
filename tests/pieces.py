"""A workbook taken to pieces, changed as XML, and put together again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from html import escape
from typing import Self

Parts = dict[str, bytes]
TITLES = (
    "填报说明",
    "单位信息",
    "收支预决算",
    "项目资金",
    "绩效指标",
    "部门整体自评",
    "支出标准",
    "问题整改",
    "报告文字",
    "选项",
)
WORKBOOK, RELS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


def apart(data: bytes) -> Parts:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as pieces:
        return {name: pieces.read(name) for name in pieces.namelist()}


def archive(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, data in parts.items():
            target.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


class Pieces:
    """The parts of a form that ``write_form`` wrote."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.parts = dict(parts)

    def data(self) -> bytes:
        return archive(self.parts)

    @staticmethod
    def part(title: str) -> str:
        """The part that holds a sheet."""
        return f"xl/worksheets/sheet{TITLES.index(title) + 1}.xml"

    def sheet(self, title: str) -> str:
        return self.parts[self.part(title)].decode()

    def set_sheet(self, title: str, xml: str) -> Self:
        self.parts[self.part(title)] = xml.encode()
        return self

    def sub(self, name: str, old: str, new: str, count: int = 1) -> Self:
        """Replace text in a part or a sheet; it must be there."""
        name = self.part(name) if name in TITLES else name
        text = self.parts[name].decode()
        assert old in text, f"{old} not in {name}"
        self.parts[name] = text.replace(old, new, count).encode()
        return self

    def row(self, title: str, number: int, xml: str) -> Self:
        """Put a row at the end of a sheet's data, whatever its number."""
        return self.sub(title, "</sheetData>", f"{xml}</sheetData>")

    def add(self, path: str, data: str | bytes, kind: str) -> Self:
        """A part of a content type (its end, where it is one of spreadsheets)."""
        self.parts[path] = data.encode() if isinstance(data, str) else data
        whole = kind if "/" in kind else f"application/vnd.openxmlformats-officedocument.{kind}"
        return self.sub(
            "[Content_Types].xml", "</Types>", f'<Override PartName="/{path}" ContentType="{whole}"/></Types>'
        )

    def relate(self, part: str, id: str, kind: str, target: str, more: str = "") -> Self:
        """Let a part lead to another; ``kind`` is the last word of the type, or all of it."""
        folder, _, name = part.rpartition("/")
        path = f"{folder}/_rels/{name}.rels"
        self.parts.setdefault(
            path,
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
        )
        whole = kind if "/" in kind else f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
        line = f'<Relationship Id="{id}" Type="{whole}" Target="{target}"{more}/>'
        return self.sub(path, "</Relationships>", f"{line}</Relationships>")

    def add_sheet(self, name: str, xml: str, state: str = "") -> Self:
        """A further sheet at the end."""
        n = self.parts[WORKBOOK].count(b"<sheet ") + 1
        path = f"xl/worksheets/extra{n}.xml"
        self.parts[path] = xml.encode()
        self.sub(
            WORKBOOK, "</sheets>", f'<sheet name="{escape(name)}" sheetId="{n + 900}"{state} r:id="rId9{n}"/></sheets>'
        )
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        self.sub(
            RELS,
            "</Relationships>",
            f'<Relationship Id="rId9{n}" Type="{kind}" Target="worksheets/extra{n}.xml"/></Relationships>',
        )
        content = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        return self.sub(
            "[Content_Types].xml", "</Types>", f'<Override PartName="/{path}" ContentType="{content}"/></Types>'
        )
