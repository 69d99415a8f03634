"""The user's own code on its way to a cluster: the content of each file that runs name, as it was planned."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdbench.catalog.plugins import Code
from gdbench.records import Run


def sources_of(runs: Iterable[Run]) -> dict[str, bytes]:
    """Return the files of the user's own code that runs name, by path.

    Raises:
        StalePlanError: a file has changed since it was planned.
    """
    codes = {code.file: code for run in runs for code, _module in _codes(run.settings)}
    return {file: code.read() for file, code in codes.items()}


def with_own_code(run: Run, sources: Mapping[str, bytes], folder: Path) -> Run:
    """Return a run whose own code is found on this machine: where it was planned, else as copies in a folder."""
    if not sources:
        return run
    places = {code.file: _placed(code, module, sources, folder) for code, module in _codes(run.settings)}
    return replace(run, **{name: _moved(section, places) for name, section in run.settings.items()})


def _codes(value: object) -> Iterator[tuple[Code, str]]:
    """Yield the code and the module of each component of the user's own in settings."""
    if isinstance(value, Mapping):
        if isinstance(value.get("code"), Mapping) and "sha256" in value["code"]:
            yield Code(**value["code"]), str(value["name"]).partition(":")[0]
        for part in value.values():
            yield from _codes(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _codes(part)


def _placed(code: Code, module: str, sources: Mapping[str, bytes], folder: Path) -> str:
    """Return the path of a file with the planned content."""
    here = Path(code.file)
    # On a shared disk, modules that the code imports stand beside it.
    if here.is_file() and hashlib.sha256(here.read_bytes()).hexdigest() == code.sha256:
        return code.file
    # A package keeps its folders, without which its name could not be imported.
    depth = module.count(".") + (1 if here.name == "__init__.py" else 0)
    copy = folder.joinpath(code.sha256, *here.parts[len(here.parts) - 1 - depth :])
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(sources[code.file])
    return str(copy)


# JSON values, in which only the paths of code change.
def _moved(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        moved = {key: _moved(part, places) for key, part in value.items()}
        if "sha256" in moved and moved.get("file") in places:
            moved["file"] = places[moved["file"]]
        return moved
    return [_moved(part, places) for part in value] if isinstance(value, list) else value
