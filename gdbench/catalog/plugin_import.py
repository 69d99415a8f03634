"""Imports the source of a plug-in: the very bytes that were planned, trusted and hashed into the ids of runs.

Python itself would read the file anew, or run a compiled copy that it does not compare with the source.
"""

import hashlib
import importlib
import linecache
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source, spec_from_file_location
from pathlib import Path
from types import ModuleType

from gdbench.catalog.plugins import Code


def imported(module: str, code: Code) -> ModuleType:
    """Return the module of a plug-in's file. Its folder comes last on the path, after every library.

    Raises:
        StalePlanError: the file has changed since it was planned.
    """
    # One module whatever the families that it serves.
    return _imported(module, replace(code, family=""))


@cache
def _imported(module: str, code: Code) -> ModuleType:
    source, file = code.read(), Path(code.file).absolute()
    folder = file.parents[module.count(".") + (file.name == "__init__.py")]
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    # The folder may have been listed before the file was there.
    importlib.invalidate_caches()
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
    name = _own_name(module, folder, code.sha256)
    # AutoGraph, tracebacks and inspect.getsource look here first; without a time of change it is never read again.
    lines = [f"{line}\n" for line in decode_source(source).split("\n")]
    linecache.cache[str(file)] = (len(source), None, lines, str(file))
    _FINDER.add(
        spec_from_file_location(
            name,
            file,
            loader=_HashedLoader(name, str(file), source),
            submodule_search_locations=[str(file.parent)] if file.name == "__init__.py" else None,
        )
    )
    return importlib.import_module(name)


class _HashedLoader(SourceFileLoader):
    """Compiles given bytes, whatever the file or a compiled copy of it holds by now."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self._source = source

    def get_data(self, path: str) -> bytes:
        return self._source if path == self.path else super().get_data(path)

    def path_stats(self, path: str) -> dict[str, float]:
        # Without the time of its last change, Python neither reads nor writes a compiled copy.
        raise OSError(f"{path}: compiled from memory")


class _PlannedFinder(MetaPathFinder):
    """Finds the modules of plug-ins under the names that they were given, before any other of these names."""

    def __init__(self) -> None:
        self._specs: dict[str, ModuleSpec] = {}

    def add(self, spec: ModuleSpec | None) -> None:
        assert spec is not None, "a file of Python source has a loader"
        self._specs[spec.name] = spec

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return self._specs.get(fullname)


_FINDER = _PlannedFinder()


def _own_name(module: str, folder: Path, sha256: str) -> str:
    """Return the name under which to import a module of a folder.

    That is its own, unless another module has it, here or on the path; so that a plug-in neither shadows a library nor
    is shadowed by one.
    """
    first, *rest = module.split(".")
    loaded = sys.modules.get(first)
    found = loaded.__spec__ if loaded else PathFinder.find_spec(first)
    if found is None or not _stands_in(found, folder, first):
        own = f"gdbench_plugin_{hashlib.sha256(str(folder / first).encode(errors='surrogateescape')).hexdigest()[:12]}"
        if rest:
            spec = PathFinder.find_spec(first, [str(folder)])
            assert spec is not None, "a package that a plug-in was found in"
            location, package = spec.origin, list(spec.submodule_search_locations or ())
            _FINDER.add(
                spec_from_file_location(own, location, submodule_search_locations=package)
                if location
                else _namespace(own, package)
            )
        first = own
    *packages, last = first, *rest
    # A module of a library must stay the one that the library has imported.
    if ".".join((first, *rest)) in sys.modules:
        last = f"gdbench_plugin_{sha256[:12]}"
    return ".".join((*packages, last))


def _stands_in(found: ModuleSpec, folder: Path, name: str) -> bool:
    """Whether a module was found in a folder, as a file or as a package."""
    places = found.submodule_search_locations or [str(found.origin)]
    own = {(folder / name).resolve(), (folder / f"{name}.py").resolve()}
    return any(Path(place).resolve() in own for place in places)


def _namespace(name: str, folders: Sequence[str]) -> ModuleSpec:
    """Return the spec of a package without an `__init__.py`."""
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = list(folders)
    return spec
