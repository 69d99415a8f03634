"""Plug-ins: `module:attribute` finds code of a user's own, beside the configuration or on Python's path.

A plan reads such a file and hashes it, but never runs it; a worker does, once the user has said that it may.
"""

import ast
import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from gdbench.errors import PluginError

# An argument without a default, and one whose default only the code itself knows.
REQUIRED, UNKNOWN_DEFAULT = object(), object()


@dataclass(frozen=True, slots=True)
class Code:
    """The file that holds a plug-in: where it is, and the SHA-256 of its bytes."""

    family: str
    file: str
    sha256: str

    @property
    def installed(self) -> bool:
        """Whether the file belongs to an installed package or to Python itself."""
        folders = {sysconfig.get_path(kind) for kind in ("purelib", "platlib", "stdlib", "platstdlib")}
        return any(Path(self.file).resolve().is_relative_to(Path(folder).resolve()) for folder in folders)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a plug-in takes as far as its text says: arguments with plain defaults, and whether others too."""

    arguments: Mapping[str, Any]
    is_open: bool


def find(name: str, family: str, folder: Path) -> Code:
    """Return the code of `module:attribute`, whose module is looked for in a folder first.

    Raises:
        PluginError: there is no such module, or its file has no such attribute.
    """
    module, _, attribute = name.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not attribute.isidentifier():
        raise PluginError(f"expected module:attribute, two Python names; got '{name}'")
    file = next(_files(module, folder), None)
    if file is None:
        raise PluginError(f"expected a module {module} beside {folder}/ or on Python's path; got '{name}'")
    try:
        text = file.read_bytes()
    except OSError as error:
        raise PluginError(f"{file}: cannot be read: {error.strerror}") from None
    return Code(family, str(file), hashlib.sha256(text).hexdigest())


def signature(code: Code, attribute: str, skipped: int = 0) -> Signature:
    """Return what a function or class of a file takes beside its first `skipped` arguments, without running the file.

    Raises:
        PluginError: the file is no Python, or has no such attribute.
    """
    tree = _tree(code.file, code.sha256)
    names = {name: node for node in tree.body for name in _names(node)}
    if "*" in names or "__getattr__" in names:
        names.setdefault(attribute, tree.body[0])
    if attribute not in names:
        raise PluginError(
            f"{code.file}: expected a function or class named {attribute}; got {', '.join(names) or 'none'}"
        )
    node = names[attribute]
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
        return _signature(made[0].args, 1) if made else Signature({}, is_open=bool(node.bases))
    if isinstance(node, ast.FunctionDef):
        return _signature(node.args, skipped)
    return Signature({}, is_open=True)


def load(name: str, code: Mapping[str, Any]) -> Any:
    """Import a plug-in's file and return its attribute.

    Raises:
        PluginError: the file has changed since it was planned, or cannot be imported.
    """
    module, _, attribute = name.partition(":")
    file = Path(code["file"])
    try:
        return getattr(_imported(module, str(file), code["sha256"]), attribute)
    except PluginError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{name}: {said(error, str(file))}") from error


def said(error: BaseException, file: str) -> str:
    """Return an error of a plug-in in one line, with the last line of the file that led to it."""
    lines = []
    trace = error.__traceback__
    while trace:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == Path(file).resolve():
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    text = " ".join(str(error).split())
    where = f" ({file}, line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {text[:200]}{where}" if text else f"{type(error).__name__}{where}"


def _files(module: str, folder: Path) -> Iterator[Path]:
    """Yield the source file of a module in a folder, then that on Python's path; nothing is imported."""
    parts = module.split(".")
    beside = folder.joinpath(*parts)
    yield from (file for file in (beside.with_suffix(".py"), beside / "__init__.py") if file.is_file())
    searched: Sequence[str] | None = None
    for index in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: index + 1]), searched)
        if spec is None:
            return
        searched = spec.submodule_search_locations
        if index == len(parts) - 1 and spec.origin and spec.origin.endswith(".py"):
            yield Path(spec.origin)


@cache
def _tree(file: str, _sha256: str) -> ast.Module:
    try:
        return ast.parse(Path(file).read_bytes(), file)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise PluginError(f"{file}{line}: not Python: {getattr(error, 'msg', error)}") from None


def _names(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a file gives a value; in branches any may be."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
    elif isinstance(node, ast.If | ast.Try | ast.With):
        yield "*"


def _signature(given: ast.arguments, skipped: int) -> Signature:
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    pairs = [
        *list(zip(positional, defaults, strict=True))[skipped:],
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    # Keras' objects have names of their own, which no file gives.
    arguments = {each.arg: _default(default) for each, default in pairs if each.arg not in ("name", "code")}
    return Signature(arguments, is_open=given.kwarg is not None)


def _default(node: ast.expr | None) -> Any:
    """Return a default that YAML could say too."""
    if node is None:
        return REQUIRED
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return UNKNOWN_DEFAULT
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else UNKNOWN_DEFAULT


@cache
def _imported(module: str, file: str, sha256: str) -> Any:
    if hashlib.sha256(Path(file).read_bytes()).hexdigest() != sha256:
        raise PluginError(f"{file}: changed since the sweep began; the same command trains the new code")
    if not Code("", file, sha256).installed:
        # At the end, so that no library is replaced by what lies beside a configuration.
        sys.path.append(str(_root(module, Path(file))))
        if "." not in module:
            return _alone(f"gdbench_plugin_{sha256[:12]}", file)
    loaded = importlib.import_module(module)
    if loaded.__file__ != file:
        raise PluginError(f"{file}: another module named {module} comes first, {loaded.__file__}")
    return loaded


def _root(module: str, file: Path) -> Path:
    """Return the folder from which a module is imported."""
    return file.parents[module.count(".") + (file.name == "__init__.py")]


def _alone(name: str, file: str) -> Any:
    """Import a file under a name that no module has."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None, "the file is a .py"
    assert spec.loader is not None, "so it has a loader"
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded
