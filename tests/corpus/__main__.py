"""Write a county's workbooks: ``python -m corpus 2000 --seed 1 --dir build/corpus``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .generate import write
from .story import Shape
from .units import Plan


def main() -> int:
    """Write the folder and say where it and its manifest are."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    parser.add_argument("count", type=int, help="how many units")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.add_argument("--dir", type=Path, default=Path("build/corpus"), help="a folder that holds nothing yet")
    parser.add_argument("--shape", type=_shape, default=Shape(), help="8x80: 8 projects and 80 indicators each")
    parser.add_argument("--honest", action="store_true", help="without any fault")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes")
    asked = parser.parse_args()
    plan = Plan(seed=asked.seed, count=asked.count, shape=asked.shape, faults=not asked.honest)
    try:
        manifest = write(plan, asked.dir, asked.jobs)
    except FileExistsError:
        print(f"{asked.dir} 里已有文件，请换一个文件夹或先清空", file=sys.stderr)
        return 2
    print(f"{asked.dir}\n{manifest}")
    return 0


def _shape(text: str) -> Shape:
    """``8x80``. Raises ValueError."""
    projects, _, indicators = text.partition("x")
    return Shape(projects=int(projects), indicators=int(indicators))


if __name__ == "__main__":
    sys.exit(main())
