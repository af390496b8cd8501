"""How far a run is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import click

from .legible import shown
from .model import Refusal, Status


class Step(Protocol):
    """Takes what came of one workbook, and the line that says so (nothing where nothing was done)."""

    def __call__(self, result: Any, said: str) -> None: ...


@dataclass
class _Count:
    """What has been counted so far."""

    begun: float = field(default_factory=time.monotonic)
    done: int = 0
    returned: int = 0
    unread: int = 0

    def add(self, result: Any) -> None:
        self.done += 1
        self.unread += isinstance(result, Refusal)
        self.returned += not isinstance(result, Refusal) and result.status is Status.REJECTED

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds > 0 else 0
        return f"{rate:.1f} 份/秒  退回 {self.returned}  未评 {self.unread}"


@contextmanager
def progress(length: int, label: str = "评分") -> Iterator[Step]:
    """Show how far a run of so many workbooks is; on a terminal the last line says how long it took."""
    if not sys.stderr.isatty():
        yield lambda result, said: click.echo(shown(said), err=True) if said else None
        return
    count = _Count()
    bar: Any = click.progressbar(
        length=length, label=label, file=sys.stderr, show_pos=True, item_show_func=lambda _: str(count)
    )
    with bar:

        def step(result: Any, said: str) -> None:
            count.add(result)
            bar.update(1, result)

        yield step
    click.echo(f"用时 {count.seconds:.1f} 秒，{count}", err=True)
