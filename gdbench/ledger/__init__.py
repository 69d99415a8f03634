"""The ledger of a sweep: append-only `runs.jsonl`, one record per line, many readers and one writer."""

from gdbench.ledger.lock import is_in_use
from gdbench.ledger.merging import Merged, merge
from gdbench.ledger.reading import LEDGER, find, has_ledger, ledgers, missing, read
from gdbench.ledger.writing import Ledger, set_aside

__all__ = [
    "LEDGER",
    "Ledger",
    "Merged",
    "find",
    "has_ledger",
    "is_in_use",
    "ledgers",
    "merge",
    "missing",
    "read",
    "set_aside",
]
