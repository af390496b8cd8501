"""The program as ``evalbatch`` or ``python -m evalbatch``: from its first moment Ctrl-C ends it in one line."""

import sys

from . import INTERRUPTED


def main() -> None:
    """Load the command line and run it."""
    try:
        from .cli import main as program

        program()
    except KeyboardInterrupt:
        print("已中断", file=sys.stderr)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
