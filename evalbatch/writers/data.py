"""Tables for machines, ``units``, ``projects``, ``indicators`` and ``findings``, as CSV or Parquet.

CSV is UTF-8 with a byte order mark, for office programs open it too; lines end in CR LF, breaks inside a text stay as
they are. Numbers are exact, without thousands separators; what is missing is empty. Because office programs would
calculate a text that begins with ``= + - @`` (of either width), a tab or a break, such a text, and one that begins with an apostrophe, gets an
apostrophe in front: take one off to have it back. Parquet has the texts as they are. Equal runs give equal bytes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from ..formula import plain, quantize
from ..gathered import Gathered
from ..model import Refusal, Status
from ..settings import SettingsError
from .data_columns import DIGITS, DataTable, Line, Measure, Row, Value
from .data_columns import indicators as indicators_of
from .data_tables import FINDINGS, INDICATORS, PROJECTS, TABLES, UNITS

CSV, PARQUET = "csv", "parquet"
KINDS = (CSV, PARQUET)
AT_ONCE = 20_000
"""Rows of a Parquet row group, so that few are held."""
ACTIVE = (*"=+-@＝＋－＠", "\t", "\r", "\n", "'")
"""What a text may not begin with where an office program opens it; the apostrophe among them so that it can be undone."""

ResultOf = Callable[[str], bytes]
"""The result JSON of a unit, by the name of its outputs."""


def refuse_kind(kind: str) -> None:
    """Refuse a kind that cannot be written here, before any work is done. Raises SettingsError."""
    if kind == PARQUET and find_spec("pyarrow") is None:
        raise SettingsError("没有安装 pyarrow，不能写 parquet 文件。请先运行 pip install pyarrow，或改用 --tables csv")


def write_tables(kind: str, folder: Path, gathered: Gathered, result_of: ResultOf) -> tuple[str, ...]:
    """Write every table into a folder and return the names of the files.

    ``result_of`` gives the result JSON of a unit by the name of its outputs; one is held at a time. Raises OSError, and
    msgspec.DecodeError where a result is none.
    """
    names = {table.name: f"{table.name}.{kind}" for table in TABLES}
    open_one = _csv if kind == CSV else _parquet
    with ExitStack() as stack:
        writers = {table.name: stack.enter_context(open_one(folder / names[table.name], table)) for table in TABLES}
        for table, row in _rows(gathered, result_of):
            writers[table.name].write(row)
    return tuple(names.values())


def _rows(gathered: Gathered, result_of: ResultOf) -> Iterator[tuple[DataTable, Row]]:
    """Every row of every table, unit by unit, those of one table in order."""
    for output, digest in gathered.digests():
        items: Mapping[str, Any] = {
            UNITS.name: [None],
            PROJECTS.name: digest.projects,
            INDICATORS.name: indicators_of(result_of(output)),
            FINDINGS.name: digest.findings,
        }
        for table in TABLES:
            for item in items[table.name]:
                line = Line(output=output, digest=digest, item=item)
                yield table, tuple(column.value(line) for column in table.columns)
    for refusal in gathered.refusals:
        known = _refused(refusal)
        yield UNITS, tuple(known.get(column.name) for column in UNITS.columns)


def _refused(refusal: Refusal) -> dict[str, Value]:
    """What is known of a file that could not be read."""
    return {
        "file": refusal.file,
        "sha256": refusal.sha256,
        "status": Status.NOT_ASSESSED.key,
        "reason": refusal.reason,
    }


class _Writer(Protocol):
    def write(self, row: Row) -> None:
        """Take a row."""


# --- CSV ----------------------------------------------------------------------------------------------------------


class _Csv:
    def __init__(self, file: Any) -> None:
        self.rows = csv.writer(file, lineterminator="\r\n")

    def write(self, row: Row) -> None:
        self.rows.writerow([_written(value) for value in row])


@contextmanager
def _csv(path: Path, table: DataTable) -> Iterator[_Writer]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = _Csv(file)
        writer.write(tuple(column.name for column in table.columns))
        yield writer


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(ACTIVE) else value
    return plain(value) if isinstance(value, Decimal) else str(value)


# --- Parquet ------------------------------------------------------------------------------------------------------


class _Parquet:
    def __init__(self, path: Path, table: DataTable) -> None:
        import pyarrow
        import pyarrow.parquet

        self.pa: Any = pyarrow
        self.table = table
        self.schema = self.pa.schema([(column.name, self._type(column.measure)) for column in table.columns])
        self.out = pyarrow.parquet.ParquetWriter(path, self.schema)
        self.held: list[Row] = []

    def _type(self, measure: Measure) -> Any:
        """Amounts have two decimals and room for any that a form can hold, other numbers six."""
        return {
            Measure.TEXT: self.pa.string(),
            Measure.COUNT: self.pa.int64(),
            Measure.FLAG: self.pa.bool_(),
            Measure.YUAN: self.pa.decimal128(24, 2),
        }.get(measure, self.pa.decimal128(38, DIGITS))

    def write(self, row: Row) -> None:
        self.held.append(row)
        if len(self.held) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        columns = zip(*self.held, strict=True) if self.held else [()] * len(self.table.columns)
        arrays = [
            self.pa.array([_fitted(value, field.type) for value in values], field.type)
            for values, field in zip(columns, self.schema, strict=True)
        ]
        self.out.write_table(self.pa.Table.from_arrays(arrays, schema=self.schema))
        self.held.clear()


def _fitted(value: Value, kind: Any) -> Value:
    return quantize(value, kind.scale) if isinstance(value, Decimal) else value


@contextmanager
def _parquet(path: Path, table: DataTable) -> Iterator[_Writer]:
    writer = _Parquet(path, table)
    try:
        yield writer
        writer.flush()
    finally:
        writer.out.close()
