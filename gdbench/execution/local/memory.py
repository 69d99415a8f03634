"""How much memory a process uses."""

import os
import subprocess
from pathlib import Path

GIGABYTE = 10**9


def resident_bytes(pid: int) -> int:
    """Return the bytes of a process in physical memory, 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    # Systems without /proc.
    try:
        printed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return 1024 * int(printed.stdout)
    except (OSError, ValueError):
        return 0
