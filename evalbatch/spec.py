"""The vocabulary of a form: what a cell, a column, a line and a sheet are. Knows no project content.

``form.py`` declares its sheets as frozen dataclasses whose fields are made by ``column`` and ``line``. The same class
is the declaration (``sheet_of``, ``columns_of``) and the record the reader fills, one ``Entry`` per cell.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform

from .formula import Expr

T = TypeVar("T")
V = TypeVar("V", covariant=True)


class Kind(Enum):
    """What a cell holds. VALUE is the text of a target or result, where ``—`` means nothing. Amounts are typed in the unit chosen on the form (万元 or 元) and kept in 元."""

    TEXT = "文字"
    VALUE = "指标值"
    CODE = "编号"
    CHOICE = "选项"
    AMOUNT = "金额"
    YUAN = "金额（元）"
    NUMBER = "数字"
    COUNT = "整数"
    PERCENT = "百分比"
    YEAR = "年度"
    DATE = "日期"


class Need(Enum):
    """Whether a cell may stay blank."""

    REQUIRED = "必填"
    WANTED = "应填"
    OPTIONAL = "选填"


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the workbook, written ``工作表!A1``."""

    sheet: str
    ref: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.ref}"


class Trouble(Enum):
    """Why a cell that is not empty gives no value."""

    TYPE = "type"
    FORMAT = "format"
    CHOICE = "choice"
    ERROR = "error"
    UNCALCULATED = "uncalculated"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Entry(Generic[V]):
    """One cell as it was read: the value understood, the text as it stands there, and where that is.

    ``place`` is None where the form has no such cell (its heading is missing). ``decimals`` says how many decimals
    the number was written with (of the percentage for a percentage), None where that is unknown.
    """

    value: V | None = None
    text: str = ""
    place: Place | None = None
    trouble: Trouble | None = None
    decimals: int | None = None

    @property
    def is_blank(self) -> bool:
        """Nothing stands there, or only a placeholder such as ``—``."""
        return self.value is None and self.trouble is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A heading with all that is known about its cells. ``width`` is in characters of the default font."""

    name: str = ""
    heading: str
    kind: Kind = Kind.TEXT
    need: Need = Need.OPTIONAL
    help: str = ""
    choices: tuple[str, ...] = ()
    variants: Mapping[str, str] = field(default_factory=dict)
    open_choices: bool = False
    width: float = 12
    example: str = ""
    derived: Expr | None = None

    @property
    def title(self) -> str:
        """The heading as printed: a required one carries an asterisk."""
        return f"{self.heading}*" if self.need is Need.REQUIRED else self.heading


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A fixed row of a sheet: its label, the depth of its indent, and the lines that add up to it."""

    name: str = ""
    label: str
    depth: int = 0
    parts: tuple[str, ...] = ()
    required: bool = False


class Shape(Enum):
    """How a sheet is laid out."""

    LABELS = "labels"
    TABLE = "table"
    LINES = "lines"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet of the form: its title (the tab's name), its shape and what the clerk must know about it.

    ``about_held`` says it where the bureau has filled in its rows. ``derived`` are its calculated columns; ``faults`` are texts a table adds to the check at the end of a row.
    """

    title: str
    shape: Shape
    about: str
    about_held: str = ""
    rows: int = 0
    derived: tuple[Column, ...] = ()
    faults: tuple[Expr, ...] = ()
    landscape: bool = False


def column(
    heading: str,
    kind: Kind = Kind.TEXT,
    *,
    need: Need = Need.OPTIONAL,
    help: str = "",
    choices: tuple[str, ...] = (),
    variants: Mapping[str, str] | None = None,
    open_choices: bool = False,
    width: float = 12,
    example: str = "",
) -> Any:
    """Declare a column (or the label of a label/value sheet) as a field of a sheet's class."""
    return field(
        default=Entry(),
        metadata={
            "column": Column(
                heading=heading,
                kind=kind,
                need=need,
                help=help,
                choices=choices,
                variants=variants or {},
                open_choices=open_choices,
                width=width,
                example=example,
            )
        },
    )


def derived(
    name: str, heading: str, expr: Expr, *, kind: Kind = Kind.TEXT, help: str = "", width: float = 12
) -> Column:
    """Declare a calculated column: shown in the template, never read."""
    return Column(name=name, heading=heading, kind=kind, help=help, width=width, derived=expr)


def line(label: str, *, depth: int = 0, parts: tuple[str, ...] = (), required: bool = False) -> Any:
    """Declare a fixed row as a field of a sheet's class; ``parts`` names the lines that add up to it."""
    return field(default=None, metadata={"line": Line(label=label, depth=depth, parts=parts, required=required)})


@dataclass_transform(field_specifiers=(column, line), kw_only_default=True, frozen_default=True)
def sheet(declaration: Sheet) -> Callable[[type[T]], type[T]]:
    """Make a frozen record of a class and attach its sheet declaration."""

    def decorate(cls: type[T]) -> type[T]:
        record = dataclass(frozen=True, kw_only=True)(cls)
        record.__sheet__ = declaration  # type: ignore[attr-defined]
        return record

    return decorate


class Row:
    """Base of every sheet's class, so that a record can be asked for its declaration."""

    __sheet__: ClassVar[Sheet]


def sheet_of(cls: type[Row]) -> Sheet:
    """The declaration of a sheet's class."""
    return cls.__sheet__


def columns_of(cls: type[Row]) -> tuple[Column, ...]:
    """The columns that are read, in order, each with the name of its field."""
    key: Any = cls
    return _fields(key, "column")


def lines_of(cls: type[Row]) -> tuple[Line, ...]:
    """The fixed rows, in order, each with the name of its field."""
    key: Any = cls
    return _fields(key, "line")


def heading(cls: type[Row], name: str) -> str:
    """The heading of a field. Raises StopIteration for a name the sheet does not have."""
    return next(column.heading for column in columns_of(cls) if column.name == name)


@cache
def _fields(cls: Any, key: str) -> tuple[Any, ...]:
    return tuple(
        dataclasses.replace(f.metadata[key], name=f.name) for f in dataclasses.fields(cls) if key in f.metadata
    )


_UNIT = re.compile(r"\((万元|元)\)$")
_NOISE = re.compile(r"[\s*＊:：\"'“”‘’「」]+")

TRADITIONAL = str.maketrans(
    "並佔係價優內別務參員問單執報實對後態採撥數時會査標檔檢決況測準滿濟環產産當眾碼稱級組結經編"
    "總績繫續聯職萬號衆製覈計証評話說説調證負財責費資質購較轉進運過達門際電響項預題額類餘體",
    "并占系价优内别务参员问单执报实对后态采拨数时会查标档检决况测准满济环产产当众码称级组结经编"
    "总绩系续联职万号众制核计证评话说说调证负财责费资质购较转进运过达门际电响项预题额类余体",
)
"""The characters of the form's titles, headings, labels and choices that traditional writing spells otherwise."""


@lru_cache(4096)
def fold(heading: str) -> str:
    """Fold a heading or label to what is compared.

    Full width, ``*``, spaces, colons, quotes and a trailing unit go; traditional characters become the form's own.
    """
    return _UNIT.sub("", _spelled(heading))


def stated_unit(heading: str) -> str:
    """The unit of money a heading ends with, ``万元`` or ``元``, an empty text where it has none."""
    found = _UNIT.search(_spelled(heading))
    return found[1] if found else ""


def _spelled(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).translate(TRADITIONAL)
    return _NOISE.sub("", text).replace("﹝", "(").replace("〔", "(")
