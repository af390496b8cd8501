"""``python -m evalbatch`` is the program."""

from .cli import main

main()
