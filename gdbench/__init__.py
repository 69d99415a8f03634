"""gdbench trains every combination that a YAML file describes and compares the results honestly."""

__version__ = "0.1.0"
