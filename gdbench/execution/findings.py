"""What is found out about this machine and installation: facts, notes, and what must be mended."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.download import cache
from gdbench.catalog.datasets.downloadable import fashion_folders
from gdbench.errors import DataError
from gdbench.execution.environment import environment
from gdbench.execution.local.memory import GIGABYTE
from gdbench.execution.local.pool import cores
from gdbench.interpreter.library_variables import is_unset
from gdbench.program_cache.entries import size
from gdbench.program_cache.place import prepared, reason_against, root
from gdbench.text import counted
from gdbench.version import __version__

# The oldest versions that gdbench runs with, as its package declares; a test compares them.
NEEDED: Mapping[str, tuple[int, ...]] = {"keras": (3, 15), "tensorflow": (2, 21), "numpy": (2, 0)}
# The newest Python that gdbench was tried with, as the classifiers of its package say; a test compares them.
NEWEST_PYTHON = (3, 13)
# A worker takes about 1 GB, Keras included.
_BYTES_OF_WORKER = GIGABYTE
_LEAST_DISK = GIGABYTE // 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; what is to be mended, or noted, says how in `remedy`."""

    name: str
    value: str
    state: Literal["ok", "note", "mend"] = "ok"
    remedy: str = ""


def findings() -> Iterator[Finding]:
    """Yield everything that can be found out without training."""
    yield from _versions()
    yield from _processor()
    yield _memory()
    yield from _folders()
    yield _programs()
    yield from _data()
    yield from _keras_json()
    yield from _variables()


def _versions() -> Iterator[Finding]:
    python = f"{platform.python_version()}, {platform.system()}"
    if sys.version_info[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        yield Finding("python", python, "note", f"gdbench is tested with versions up to {newest}; prefer one of these")
    else:
        yield Finding("python", python)
    yield Finding("gdbench", __version__)
    for package, least in NEEDED.items():
        remedy = f"pip install '{package}>={'.'.join(map(str, least))}'"
        try:
            found = version(package)
        except PackageNotFoundError:
            yield Finding(package, "not installed", "mend", remedy)
            continue
        is_old = tuple(int(part) for part in found.split(".")[:2] if part.isdigit()) < least
        yield Finding(package, found, "mend", remedy) if is_old else Finding(package, found)


def _processor() -> Iterator[Finding]:
    usable, all_cores = cores(), os.cpu_count() or 1
    of = f" of {all_cores}" if usable < all_cores else ""
    yield Finding("cores", f"{usable}{of} for workers, one each; {environment()['machine']}")
    try:
        busy = os.getloadavg()[0]
    except OSError:
        return
    if busy > usable / 2:
        remedy = "end them before measuring times; accuracies do not change"
        yield Finding("load", f"about {busy:.1f} processes of other programs want a core", "note", remedy)


def _memory() -> Finding:
    free = _free_bytes()
    if free is None:
        return Finding("memory", "unknown")
    text, workers = f"{free / GIGABYTE:.1f} GB free", int(free // _BYTES_OF_WORKER)
    if workers < 1:
        return Finding("memory", text, "mend", "a worker needs about 1 GB: end other programs")
    if workers < cores():
        return Finding("memory", text, "note", f"a worker needs about 1 GB: sweep with --workers {workers}")
    return Finding("memory", text)


def _free_bytes() -> int | None:
    """Return how much memory programs can still get; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _folders() -> Iterator[Finding]:
    here = Path.cwd()
    free = shutil.disk_usage(here).free
    if not os.access(here, os.W_OK):
        yield Finding("folder", f"{here} cannot be written", "mend", "use --results with another folder")
    elif free < _LEAST_DISK:
        yield Finding("folder", f"{here}, {free / 10**6:.0f} MB free", "mend", "make room for results")
    else:
        yield Finding("folder", f"{here}, {free / GIGABYTE:.0f} GB free")
    folder = cache("")
    above = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not folder.is_absolute():
        yield Finding("cache", "no folder: there is no home", "mend", "set HOME or XDG_CACHE_HOME")
    elif not (above.is_dir() and os.access(above, os.W_OK)):
        yield Finding("cache", f"{folder} cannot be written", "mend", "set XDG_CACHE_HOME to a folder of yours")
    else:
        yield Finding("cache", str(folder))


def _programs() -> Finding:
    folder = root()
    prepared()
    if reason := reason_against(folder):
        return Finding("programs", f"{folder}: {reason}", "note", "every sweep compiles its programs anew")
    count, taken = size(folder)
    return Finding("programs", f"{counted(count, 'compiled program')}, {taken / 10**6:.1f} MB, in {folder}")


def _data() -> Iterator[Finding]:
    try:
        DATASETS.entries["mnist"].function()
        yield Finding("mnist", "as published (SHA-256)")
    except (DataError, OSError) as error:
        yield Finding("mnist", str(error), "mend", "pip install --force-reinstall gdbench")
    folder = next(fashion_folders(), None)
    if folder is None:
        yield Finding("fashion_mnist", "not on this machine; the first sweep that needs it downloads 33 MB")
        return
    try:
        DATASETS.entries["fashion_mnist"].function()
        yield Finding("fashion_mnist", f"as published (SHA-256), in {folder}")
    except (DataError, OSError) as error:
        yield Finding("fashion_mnist", str(error), "mend", f"remove {folder}; the next sweep downloads it")


def _keras_json() -> Iterator[Finding]:
    """Yield a note on settings of Keras that a user may expect to count."""
    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")  # noqa: PTH111, PTH118
    path = Path(home) / "keras.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        yield Finding("keras.json", f"{path} cannot be read", "note", "remove it; gdbench does not use it")
        return
    used = {"backend": "tensorflow", "floatx": "float32", "epsilon": 1e-07, "image_data_format": "channels_last"}
    other = {
        key: settings[key]
        for key, value in used.items()
        if isinstance(settings, dict) and settings.get(key, value) != value
    }
    if other:
        text = ", ".join(f"{key} {value}" for key, value in other.items())
        yield Finding("keras.json", f"{path} has {text}", "note", "gdbench trains with Keras' defaults all the same")


def _variables() -> Iterator[Finding]:
    for name in sorted(os.environ):
        if is_unset(name):
            yield Finding("variable", f"{name}={os.environ[name]}", "note", "gdbench unsets it where it trains")
