"""The version of gdbench, which records and results folders have."""

__version__ = "0.2.0"
