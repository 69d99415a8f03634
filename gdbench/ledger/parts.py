"""The files that each shard of a sweep has for itself in a results folder, told apart by a part such as `2-of-8`."""

from gdbench.ledger.reading import LEDGER, OF_A_SHARD

LOCK = "lock"


def ledger_name(part: str | None) -> str:
    """Return the name of the ledger of a part, or of the whole folder."""
    return f"runs.{part}.jsonl" if part else LEDGER


def lock_name(part: str | None) -> str:
    """Return the name of the lock file of a part, or of the whole folder."""
    return f"{LOCK}.{part}" if part else LOCK


def part_of(ledger: str) -> str | None:
    """Return the part whose ledger has a name; None where it is not that of a shard."""
    match = OF_A_SHARD.fullmatch(ledger)
    return match[1] if match else None
