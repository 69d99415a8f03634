"""Where a run was trained: versions, machine and commit, which every record has."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from gdbench.interpreter.search_path import ROOT
from gdbench.version import __version__


def environment() -> dict[str, str | None]:
    """Return the environment of a record; none of the libraries that it names is imported."""
    return {
        "python": platform.python_version(),
        # From the metadata of the packages, since importing them takes seconds.
        "keras": version("keras"),
        "tensorflow": version("tensorflow"),
        "numpy": version("numpy"),
        "gdbench": __version__,
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
    }


def _processor() -> str:
    try:
        return processor_of(Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except (OSError, KeyError):
        return platform.processor() or platform.machine()


def processor_of(text: str) -> str:
    """Return the name of the first processor in /proc/cpuinfo, with its family and model where known.

    A virtual machine may give all processors of a vendor one name, though one is twice as fast as another.

    Raises:
        KeyError: the processor has no name.
    """
    first: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        first.setdefault(name.strip(), value.strip())
    numbers = ", ".join(f"{key.removeprefix('cpu ')} {first[key]}" for key in ("cpu family", "model") if key in first)
    return f"{first['model name']} ({numbers})" if numbers else first["model name"]


def _commit() -> str | None:
    """Return the commit of the clone that the package runs from, None where it is installed elsewhere."""
    clone = Path(ROOT)
    # An installed package may stand inside the clone of something else.
    if not (clone / ".git").exists():
        return None
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip()
