"""`python -m gdbench` runs the gdbench command."""

from gdbench.cli import main

# Spawned workers import this module under another name and must not start the command again.
if __name__ == "__main__":
    main()
