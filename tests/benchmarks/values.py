"""What reading and scoring cost: medians over the spelling tables, and one unit of a hundred indicators.

Run by ``make bench``. Machines differ: compare the rows of one run, not runs.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

from support import filling, form_file  # noqa: E402

from evalbatch.policy import load  # noqa: E402
from evalbatch.read import read_workbook  # noqa: E402
from evalbatch.score import score  # noqa: E402
from evalbatch.values import parse_actual, parse_target  # noqa: E402

ROUNDS = 50


def median_us(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of a call in microseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        call()
        times.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(times)


def spellings(name: str) -> list[str]:
    """The texts of a spelling table."""
    tables = tomllib.loads((TESTS / "values" / f"{name}.toml").read_text("utf-8"))
    return [row["text"] for rows in tables.values() for row in rows]


def hundred_indicators(folder: Path):
    """A submission with a hundred indicators."""
    submission = read_workbook(form_file(folder, filling()), "bench.xlsx")
    rows = (submission.indicators * 4)[:100]
    return dataclasses.replace(submission, indicators=rows)


def main() -> None:
    """Print the table."""
    share = parse_target("≥95%")
    targets = [median_us(lambda t=text: parse_target(t)) for text in spellings("targets")]
    results = [median_us(lambda t=text: parse_actual(t, share)) for text in spellings("results")]
    with tempfile.TemporaryDirectory() as folder:
        submission = hundred_indicators(Path(folder))
        policy = load()
        unit = median_us(lambda: score(submission, policy), 20)
    print(f"{'':28}{'median':>12}{'slowest':>12}")
    for name, times in (("target", targets), ("result", results)):
        print(f"{name + f' ({len(times)} spellings)':28}{statistics.median(times):9.1f} µs{max(times):9.1f} µs")
    print(f"{'a unit of 100 indicators':28}{unit / 1000:9.2f} ms")


if __name__ == "__main__":
    main()
