"""The file of an `--out` option: what it may replace."""

from collections.abc import Sequence
from pathlib import Path

from gdbench.errors import RequestError


def check_output(out: Path, suffixes: Sequence[str]) -> Path:
    """Return a path that a command may write to: it names such a file, and nothing but such a file stands there.

    Another name is refused since it may be that of a ledger or a configuration.

    Raises:
        RequestError: the name has another ending, or something that is no file has it.
    """
    if out.suffix.lower() not in suffixes:
        expected = " or ".join(suffixes)
        raise RequestError(f"--out: expected a file name ending in {expected}; got '{out}'")
    if out.exists() and not out.is_file():
        raise RequestError(f"--out: expected a file, or a name that is not taken; got '{out}'")
    return out
