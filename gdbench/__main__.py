"""`python -m gdbench` is the gdbench command."""

from gdbench.cli import main

main()
