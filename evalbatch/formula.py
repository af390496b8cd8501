"""One arithmetic, two readings: an expression gives the spreadsheet formula and the exact Python value.

An expression is built from names (``ref("budget")``), numbers and texts. ``excel(at)`` writes it as a formula,
``at`` mapping each name to a cell address; ``value(of)`` computes it, ``of`` mapping each name to what the cell
holds. Blank cells are ``None`` and count as 0 in arithmetic, as in a spreadsheet. Numbers are ``Decimal``;
rounding is half away from zero, as ROUND() does. Only plain scalar functions are used, so that the same formula
runs in Excel, WPS and LibreOffice.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, cached_property

Scalar = Decimal | str | bool | None
Address = Callable[[str], str]
Lookup = Callable[[str], "Scalar | Sequence[Scalar]"]


_ROOM = Context(prec=100_000)
"""Digits enough for any number that a cell can hold, however many are before the point."""


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def quantize(number: Decimal, places: int) -> Decimal:
    """Round half away from zero to ``places`` decimals, as the spreadsheet's ROUND() does."""
    return number.quantize(_step(places), ROUND_HALF_UP, _ROOM)


def plain(number: Decimal) -> str:
    """Write a number as a General cell shows it: no exponent, no trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Expr(ABC):
    """An expression; arithmetic and order are written with the usual operators."""

    rank: int = 9

    def excel(self, at: Address) -> str:
        """Write the expression as a formula, without the leading ``=``."""
        return "".join([piece if isinstance(piece, str) else at(piece.name) for piece in self._template])

    @cached_property
    def _template(self) -> tuple[Piece, ...]:
        """The formula, made once, with a gap wherever an address comes."""
        pieces: list[Piece] = []
        for piece in self.pieces():
            last = pieces[-1] if pieces else None
            if isinstance(piece, str) and isinstance(last, str):
                pieces[-1] = last + piece
            else:
                pieces.append(piece)
        return tuple(pieces)

    @abstractmethod
    def pieces(self) -> Iterator[Piece]:
        """The formula in pieces: what stands there whatever the addresses, and the names of the cells."""

    @abstractmethod
    def value(self, of: Lookup) -> Scalar:
        """Compute the expression exactly."""

    def __add__(self, other: Operand) -> Binary:
        return Binary("+", self, _expr(other))

    def __sub__(self, other: Operand) -> Binary:
        return Binary("-", self, _expr(other))

    def __mul__(self, other: Operand) -> Binary:
        return Binary("*", self, _expr(other))

    def __truediv__(self, other: Operand) -> Binary:
        return Binary("/", self, _expr(other))

    def __ge__(self, other: Operand) -> Binary:
        return Binary(">=", self, _expr(other))

    def __le__(self, other: Operand) -> Binary:
        return Binary("<=", self, _expr(other))

    def __gt__(self, other: Operand) -> Binary:
        return Binary(">", self, _expr(other))

    def __lt__(self, other: Operand) -> Binary:
        return Binary("<", self, _expr(other))

    def equals(self, other: Operand) -> Binary:
        """Compare for equality (``==`` is left to the records themselves)."""
        return Binary("=", self, _expr(other))

    def differs(self, other: Operand) -> Binary:
        """Compare for inequality."""
        return Binary("<>", self, _expr(other))


Operand = Expr | Decimal | int | str


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the address of a named cell or range comes into a formula."""

    name: str


Piece = str | Gap


def _expr(operand: object) -> Expr:
    if isinstance(operand, int | Decimal):
        return Num(Decimal(operand))
    if isinstance(operand, str):
        return Text(operand)
    if isinstance(operand, Expr):
        return operand
    raise TypeError(f"not an operand: {operand!r}")


def _inside(expr: Expr, brackets: bool) -> Iterator[Piece]:
    """An expression as a part of another one, in brackets where it would be read in another way without."""
    yield from ("(", *expr._template, ")") if brackets else expr._template


def _number(value: object) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    raise TypeError(f"not a number: {value!r}")


@dataclass(frozen=True, eq=False)
class Ref(Expr):
    """A named cell."""

    name: str

    def pieces(self) -> Iterator[Piece]:
        yield Gap(self.name)

    def value(self, of: Lookup) -> Scalar:
        found = of(self.name)
        if isinstance(found, Decimal | str | bool) or found is None:
            return found
        raise TypeError(f"a column, not a cell: {self.name}")


@dataclass(frozen=True, eq=False)
class Cells(Expr):
    """A named range, for SUM() and COUNT()."""

    name: str

    def pieces(self) -> Iterator[Piece]:
        yield Gap(self.name)

    def value(self, of: Lookup) -> Scalar:
        raise TypeError(f"a range has no single value: {self.name}")


@dataclass(frozen=True, eq=False)
class Num(Expr):
    """A constant number."""

    number: Decimal

    def pieces(self) -> Iterator[Piece]:
        yield plain(self.number)

    def value(self, of: Lookup) -> Scalar:
        return self.number


@dataclass(frozen=True, eq=False)
class Text(Expr):
    """A constant text."""

    text: str

    def pieces(self) -> Iterator[Piece]:
        yield '"' + self.text.replace('"', '""') + '"'

    def value(self, of: Lookup) -> Scalar:
        return self.text


_RANK = {"+": 3, "-": 3, "*": 4, "/": 4}
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True, eq=False)
class Binary(Expr):
    """Two operands and an operator."""

    op: str
    left: Expr
    right: Expr

    @property
    def rank(self) -> int:  # type: ignore[override]
        return _RANK.get(self.op, 1)

    def pieces(self) -> Iterator[Piece]:
        yield from _inside(self.left, self.left.rank < self.rank)
        yield self.op
        weaker = self.right.rank < self.rank or (self.right.rank == self.rank and self.op in "-/")
        yield from _inside(self.right, weaker)

    def value(self, of: Lookup) -> Scalar:
        left, right = self.left.value(of), self.right.value(of)
        if self.op in ("=", "<>"):
            return (_same(left, right)) == (self.op == "=")
        a, b = _number(left), _number(right)
        if self.op in _COMPARE:
            return _COMPARE[self.op](a, b)
        return _ARITHMETIC[self.op](a, b)


def _same(left: Scalar, right: Scalar) -> bool:
    """Equality of a spreadsheet: a blank equals both 0 and the empty text; text compares without case."""
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other == "" or (isinstance(other, Decimal) and other == 0)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return type(left) is type(right) and left == right


@dataclass(frozen=True, eq=False)
class Call(Expr):
    """A spreadsheet function over scalar arguments, evaluated lazily so that IF() guards a division."""

    name: str
    args: tuple[Expr, ...]

    def pieces(self) -> Iterator[Piece]:
        yield f"{self.name}("
        for i, arg in enumerate(self.args):
            yield from ("," * bool(i), *arg._template)
        yield ")"

    def value(self, of: Lookup) -> Scalar:
        return _FUNCTIONS[self.name](self.args, of)


@dataclass(frozen=True, eq=False)
class Join(Expr):
    """Texts and numbers written one after another."""

    parts: tuple[Expr, ...]
    rank = 2

    def pieces(self) -> Iterator[Piece]:
        for i, part in enumerate(self.parts):
            yield "&" * bool(i)
            yield from _inside(part, part.rank <= 2)

    def value(self, of: Lookup) -> Scalar:
        return "".join(_written(part.value(of)) for part in self.parts)


def _written(value: Scalar) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, eq=False)
class Over(Expr):
    """SUMIFS / COUNTIFS over named columns; ``tests`` pairs a column with what its cells must equal (None: not blank)."""

    tests: tuple[tuple[str, Expr | None], ...]
    total: str | None = None

    def pieces(self) -> Iterator[Piece]:
        yield from ("COUNTIFS(",) if self.total is None else ("SUMIFS(", Gap(self.total), ",")
        for i, (name, want) in enumerate(self.tests):
            yield from ("," * bool(i), Gap(name), ",")
            yield from ('"<>"',) if want is None else want._template
        yield ")"

    def value(self, of: Lookup) -> Scalar:
        columns = [(_column(of(name)), None if want is None else want.value(of)) for name, want in self.tests]
        rows = range(min(len(column) for column, _ in columns))
        hits = [i for i in rows if all(_meets(column[i], want) for column, want in columns)]
        if self.total is None:
            return Decimal(len(hits))
        total = _column(of(self.total))
        return sum((cell for i in hits if isinstance(cell := total[i], Decimal)), Decimal(0))


def _column(found: Scalar | Sequence[Scalar]) -> Sequence[Scalar]:
    if isinstance(found, Decimal | str | bool) or found is None:
        raise TypeError("a cell, not a column")
    return found


def _meets(cell: Scalar, want: Scalar) -> bool:
    if want is None:
        return cell not in (None, "")
    return _written(cell).casefold() == _written(want).casefold()


def _filled(args: tuple[Expr, ...], of: Lookup) -> list[Scalar]:
    cells = [c for arg in args for c in (_column(of(arg.name)) if isinstance(arg, Cells) else (arg.value(of),))]
    return [cell for cell in cells if cell is not None]


def _numbers(args: tuple[Expr, ...], of: Lookup) -> list[Decimal]:
    return [cell for cell in _filled(args, of) if isinstance(cell, Decimal)]


def _round(args: tuple[Expr, ...], of: Lookup) -> Scalar:
    return quantize(_number(args[0].value(of)), int(_number(args[1].value(of))))


def _fixed(args: tuple[Expr, ...], of: Lookup) -> Scalar:
    places = len(str(args[1].value(of)).partition(".")[2])
    return f"{quantize(_number(args[0].value(of)), places):f}"


_FUNCTIONS: dict[str, Callable[[tuple[Expr, ...], Lookup], Scalar]] = {
    "IF": lambda args, of: args[1 if args[0].value(of) else 2].value(of),
    "AND": lambda args, of: all(bool(arg.value(of)) for arg in args),
    "OR": lambda args, of: any(bool(arg.value(of)) for arg in args),
    "ROUND": _round,
    "ABS": lambda args, of: abs(_number(args[0].value(of))),
    "MIN": lambda args, of: min(_number(arg.value(of)) for arg in args),
    "MAX": lambda args, of: max(_number(arg.value(of)) for arg in args),
    "SUM": lambda args, of: sum(_numbers(args, of), Decimal(0)),
    "COUNT": lambda args, of: Decimal(len(_numbers(args, of))),
    "COUNTA": lambda args, of: Decimal(len(_filled(args, of))),
    "CHAR": lambda args, of: chr(int(_number(args[0].value(of)))),
    "TEXT": lambda args, of: _fixed(args, of),
    "ISNUMBER": lambda args, of: isinstance(args[0].value(of), Decimal),
}


def num(number: int | str) -> Num:
    """A constant number."""
    return Num(Decimal(number))


def ref(name: str) -> Ref:
    """Name a cell (or, inside ``count_where``/``sum_where``, a column)."""
    return Ref(name)


def cells(name: str) -> Cells:
    """Name a range of cells."""
    return Cells(name)


def when(test: Expr, then: Operand, otherwise: Operand) -> Call:
    """IF(test, then, otherwise)."""
    return Call("IF", (test, _expr(then), _expr(otherwise)))


def both(*tests: Expr) -> Call:
    """AND(…)."""
    return Call("AND", tests)


def either(*tests: Expr) -> Call:
    """OR(…)."""
    return Call("OR", tests)


def rounded(expr: Expr, places: Operand) -> Call:
    """ROUND(expr, places), half away from zero."""
    return Call("ROUND", (expr, _expr(places)))


def fixed(expr: Expr, places: int) -> Call:
    """TEXT(expr, "0.00"): a number written with so many decimals."""
    return Call("TEXT", (expr, Text(f"0.{'0' * places}")))


def absolute(expr: Expr) -> Call:
    """ABS(expr)."""
    return Call("ABS", (expr,))


def least(*exprs: Operand) -> Call:
    """MIN(…)."""
    return Call("MIN", tuple(_expr(e) for e in exprs))


def most(*exprs: Operand) -> Call:
    """MAX(…)."""
    return Call("MAX", tuple(_expr(e) for e in exprs))


def total(*exprs: Expr) -> Call:
    """SUM(…): texts and blanks do not count."""
    return Call("SUM", exprs)


def count(*exprs: Expr) -> Call:
    """COUNT(…): how many cells hold a number."""
    return Call("COUNT", exprs)


def count_filled(*exprs: Expr) -> Call:
    """COUNTA(…): how many cells hold anything."""
    return Call("COUNTA", exprs)


def is_number(expr: Expr) -> Call:
    """ISNUMBER(expr)."""
    return Call("ISNUMBER", (expr,))


def blank(expr: Expr) -> Binary:
    """Whether a cell holds nothing: ``F6=""`` is true for a blank cell, false for 0."""
    return Binary("=", expr, Text(""))


def join(*parts: Operand) -> Join:
    """Write texts and numbers one after another (``&``)."""
    return Join(tuple(_expr(part) for part in parts))


def line_break() -> Call:
    """CHAR(10), to be joined between texts."""
    return Call("CHAR", (num(10),))


def count_where(**tests: Operand | None) -> Over:
    """COUNTIFS: rows whose named columns equal the given values (None: are not blank)."""
    return Over(_tests(tests))


def sum_where(column: str, **tests: Operand | None) -> Over:
    """SUMIFS of ``column`` over the rows whose named columns equal the given values (None: are not blank)."""
    return Over(_tests(tests), column)


def _tests(tests: dict[str, Operand | None]) -> tuple[tuple[str, Expr | None], ...]:
    return tuple((name, None if want is None else _expr(want)) for name, want in tests.items())
