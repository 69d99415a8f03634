"""Where compiled programs are kept, and whether only their user can have written there: they are machine code."""

import hashlib
import os
import platform
import stat
from importlib.metadata import version
from pathlib import Path

# What decides which instructions a compiler may use; another machine of the same name may lack some of them.
_PROCESSOR = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features")


def root() -> Path:
    """Return the folder of all compiled programs, which need not exist; it is relative where there is no home."""
    import platformdirs

    return Path(platformdirs.user_cache_path("gdbench")) / "programs"


def prepared() -> Path | None:
    """Return the folder for programs of this machine and TensorFlow, made if missing; None where none can be used."""
    folder = root()
    try:
        if folder.is_absolute():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if reason_against(folder):
            return None
        own = folder / machine_name()
        own.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return None if reason_against(own) else own


def reason_against(folder: Path) -> str | None:
    """Return why programs in a folder are not run, None if they are."""
    if not folder.is_absolute():
        return "there is no home"
    # TensorFlow gets the path in quotes.
    if "'" in str(folder):
        return "its path has a quote in it"
    # XLA writes out only what it compiles itself.
    if "--xla_dump_" in os.environ.get("XLA_FLAGS", ""):
        return "XLA_FLAGS asks for what XLA compiles"
    try:
        status = folder.lstat()
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(status.st_mode):
        return "it is no folder"
    if status.st_uid != os.geteuid():
        return "it belongs to another user"
    if stat.S_IMODE(status.st_mode) & 0o077:
        return "other users may look into it or write there"
    return next((reason for above in folder.resolve().parents if (reason := _reason_against_parent(above))), None)


def _reason_against_parent(folder: Path) -> str | None:
    """Return why someone else could put another folder in the place of one in this folder."""
    status = folder.stat()
    if status.st_uid not in (0, os.geteuid()):
        return f"{folder} belongs to another user"
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    # In a sticky folder, as /tmp is, only the owner of a file renames it.
    return f"other users may write to {folder}" if others_write and not status.st_mode & stat.S_ISVTX else None


def machine_name() -> str:
    """Return a name that differs between machines for which programs are compiled into different instructions."""
    # XLA divides loops among all cores that the process may use.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = "\n".join([platform.system(), platform.machine(), *_processor(), str(cores)])
    return f"tensorflow-{version('tensorflow')}-{hashlib.sha256(machine.encode()).hexdigest()[:12]}"


def _processor() -> list[str]:
    try:
        first, _, _ = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")
    except OSError:
        return [platform.processor()]
    return [line for line in first.splitlines() if line.partition(":")[0].strip() in _PROCESSOR]
