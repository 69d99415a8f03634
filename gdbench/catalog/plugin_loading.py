"""Imports the source of a plug-in, and reports what goes wrong in it on one line."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

from gdbench.catalog.plugins import Code
from gdbench.errors import DataError, PluginError

# As the user promises; an attribute that cannot be called raises a TypeError, which is reported.
Attribute = Callable[..., object]


def load(name: str, code: Code) -> Attribute:
    """Import a plug-in's file and return the attribute that its name refers to.

    Raises:
        PluginError: the file has changed since it was planned, or cannot be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        value: Attribute = getattr(_imported(module, code.file, code.sha256), attribute)
        return value
    except PluginError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{name}: {one_line(error, code.file)}") from error


@contextmanager
def reporting(name: str, code: Code) -> Iterator[None]:
    """Turn whatever a plug-in raises into one line under its name.

    Raises:
        PluginError: anything was raised.
    """
    try:
        yield
    except (PluginError, DataError) as error:
        raise PluginError(f"{name}: {error}") from None
    except Exception as error:
        raise PluginError(f"{name}: {one_line(error, code.file)}") from error


def one_line(error: BaseException, file: str) -> str:
    """Return an error on one line, with the innermost line of the file that led to it."""
    lines = []
    trace = error.__traceback__
    while trace:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == Path(file).resolve():
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    # Messages of Keras run over several lines, some over pages.
    text = " ".join(str(error).split())
    where = f" ({file}, line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {text[:200]}{where}" if text else f"{type(error).__name__}{where}"


@cache
def _imported(module: str, file: str, sha256: str) -> ModuleType:
    # What runs must be what was planned, trusted and hashed into the run's id.
    if hashlib.sha256(Path(file).read_bytes()).hexdigest() != sha256:
        raise PluginError(f"{file}: expected the code as planned; got a changed file; the same command plans it anew")
    if not Code("", file, sha256).installed:
        # At the end, so that no library is shadowed by a file beside a configuration.
        sys.path.append(str(_import_root(module, Path(file))))
        if "." not in module:
            return _imported_apart(f"gdbench_plugin_{sha256[:12]}", file)
    imported = importlib.import_module(module)
    if imported.__file__ != file:
        raise PluginError(f"{file}: expected the first module named {module}; got {imported.__file__}")
    return imported


def _import_root(module: str, file: Path) -> Path:
    """Return the folder from which a module is imported."""
    return file.parents[module.count(".") + (file.name == "__init__.py")]


def _imported_apart(name: str, file: str) -> ModuleType:
    """Import a file under a name that no other module has, so that it neither shadows nor is shadowed."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None, "the file is a .py"
    assert spec.loader is not None, "so it has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
