"""The modules of gdbench, and a digest of them, which tells two states of one version apart."""

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parent


def modules() -> list[Path]:
    """Return the files of all modules of this package."""
    return sorted(_ROOT.rglob("*.py"), key=lambda path: path.relative_to(_ROOT).as_posix())


@cache
def source_digest() -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of all modules of this package."""
    digest = hashlib.sha256()
    for path in modules():
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:8]
