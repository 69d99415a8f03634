"""`python -m gdbench` is the gdbench command."""

from gdbench.cli import main

# Workers import this module under another name.
if __name__ == "__main__":
    main()
