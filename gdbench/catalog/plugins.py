"""Plug-ins: user code named `module:attribute`, beside the configuration or on the Python path.

A plan reads and hashes the source file but never runs it; a worker does, once the user has trusted it.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from gdbench.catalog.plugin_packages import is_declared
from gdbench.errors import PluginError, StalePlanError


class Default(Enum):
    """Stands for the default of an argument that has none to show."""

    REQUIRED = auto()
    UNKNOWN = auto()


# An argument without a default, and one whose default only running the code would tell.
REQUIRED, UNKNOWN_DEFAULT = Default.REQUIRED, Default.UNKNOWN
# Keys of a component that are no arguments: gdbench names Keras objects itself, and finds the code itself.
RESERVED = ("name", "code")


@dataclass(frozen=True, slots=True)
class Code:
    """The source file of a plug-in: the family it serves, its path, and the SHA-256 of its bytes."""

    family: str
    file: str
    sha256: str

    @property
    def needs_trust(self) -> bool:
        """Whether the file may run only if the user trusts it: unless an installed package of plug-ins brings it."""
        return not is_declared(Path(self.file))

    def read(self) -> bytes:
        """Return the bytes of the file, which are those that were hashed.

        Raises:
            StalePlanError: they are no longer.
        """
        try:
            source = Path(self.file).read_bytes()
        except OSError as error:
            raise StalePlanError(f"{self.file}: expected the code as planned; got '{error.strerror}'") from None
        if hashlib.sha256(source).hexdigest() != self.sha256:
            rule = "expected the code as planned; got a changed file; the same command plans it anew"
            raise StalePlanError(f"{self.file}: {rule}")
        return source


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments of a plug-in as far as its source shows them: name to default.

    `is_open` says that it may take others too.
    """

    arguments: Mapping[str, object]
    is_open: bool

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments without a default."""
        return tuple(name for name, default in self.arguments.items() if default is REQUIRED)

    @property
    def defaults(self) -> dict[str, object]:
        """The defaults that the source shows."""
        return {name: default for name, default in self.arguments.items() if not isinstance(default, Default)}

    def takes(self, argument: str, options: Collection[str]) -> bool:
        """Whether the code takes an argument; where only running it would tell, the family's options are not its."""
        return argument in self.arguments or (self.is_open and argument not in (*options, *RESERVED))


def is_plugin(name: str) -> bool:
    """Whether a component's name is `module:attribute` instead of an entry of the catalog."""
    return ":" in name


def find(name: str, family: str, folder: Path) -> Code:
    """Return the source of `module:attribute`; the module is looked up in a folder, then on the Python path.

    Raises:
        PluginError: there is no such module, or its file cannot be read.
    """
    module, _, attribute = name.partition(":")
    if not all(part.isidentifier() for part in module.split(".")) or not attribute.isidentifier():
        raise PluginError(f"expected module:attribute, two Python identifiers; got '{name}'")
    try:
        file = next(_candidates(module, folder), None)
        source = file.read_bytes() if file else b""
    except OSError as error:
        raise PluginError(f"{name}: cannot be read: {error.strerror}") from None
    if file is None:
        # `my_code.py:Mine` looks for a module `py` in a package `my_code`.
        named = f"{module.removesuffix('.py')}:{attribute}" if module.endswith(".py") else ""
        hint = f"; did you mean '{named}'?" if named else ""
        raise PluginError(f"expected a module {module} in {folder}/ or on the Python path; got '{name}'{hint}")
    return Code(family, str(file), hashlib.sha256(source).hexdigest())


def signature(code: Code, attribute: str, supplied: int = 0) -> Signature:
    """Return the arguments of a function or class in a file, without running the file.

    The first `supplied` arguments of a function are passed by gdbench and left out.

    Raises:
        PluginError: the file is not Python, or has no such attribute.
    """
    tree = _tree(code)
    names = {name: node for node in tree.body for name in _bound_names(node)}
    if "*" in names or "__getattr__" in names:
        names.setdefault(attribute, tree.body[0])
    if attribute not in names:
        choices = ", ".join(names) or "no names"
        raise PluginError(f"{code.file}: expected a function or class named {attribute}; got {choices}")
    node = names[attribute]
    if isinstance(node, ast.ClassDef):
        methods = (child for child in node.body if isinstance(child, ast.FunctionDef))
        constructor = next((method for method in methods if method.name == "__init__"), None)
        # Without its own constructor a class has that of its bases, which may stand in another file.
        return _signature(constructor.args, 1) if constructor else Signature({}, is_open=bool(node.bases))
    if isinstance(node, ast.FunctionDef):
        return _signature(node.args, supplied)
    return Signature({}, is_open=True)


def _candidates(module: str, folder: Path) -> Iterator[Path]:
    """Yield the source file of a module in a folder, then the one on the Python path; nothing is imported."""
    parts = module.split(".")
    beside = folder.joinpath(*parts)
    yield from (file for file in (beside.with_suffix(".py"), beside / "__init__.py") if file.is_file())
    if module in sys.builtin_module_names:
        raise PluginError(f"expected a module of Python source, which can be read and hashed; got '{module}', compiled")
    # importlib.util.find_spec would import the parent packages.
    search_path: Sequence[str] | None = None
    for index, part in enumerate(parts):
        # By its last name alone: a package without an `__init__.py` would look for its parents among what is imported.
        spec = PathFinder.find_spec(part, search_path)
        if spec is None:
            return
        search_path = list(spec.submodule_search_locations or ())
        if index == len(parts) - 1 and spec.origin:
            if not spec.origin.endswith(".py"):
                rule = "a module of Python source, which can be read and hashed"
                raise PluginError(f"expected {rule}; got '{module}', compiled")
            yield Path(spec.origin)


@cache
def _tree(code: Code) -> ast.Module:
    source = code.read()
    try:
        return ast.parse(source, code.file)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise PluginError(f"{code.file}{line}: expected Python source; got {getattr(error, 'msg', error)}") from None
    except (RecursionError, MemoryError):
        raise PluginError(f"{code.file}: expected Python source; got one nested too deeply") from None


def _bound_names(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a top-level statement binds; `*` stands for those that a branch may bind."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
    elif isinstance(node, ast.If | ast.Try | ast.With):
        yield "*"


def _signature(parameters: ast.arguments, supplied: int) -> Signature:
    positional = [*parameters.posonlyargs, *parameters.args]
    # The syntax tree lists the defaults of the last parameters only.
    missing = len(positional) - len(parameters.defaults)
    defaults: list[ast.expr | None] = [*[None] * missing, *parameters.defaults]
    pairs = [
        *list(zip(positional, defaults, strict=True))[supplied:],
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    arguments = {parameter.arg: _default(default) for parameter, default in pairs if parameter.arg not in RESERVED}
    return Signature(arguments, is_open=parameters.kwarg is not None)


def _default(node: ast.expr | None) -> object:
    """Return a default that YAML can express."""
    if node is None:
        return REQUIRED
    try:
        value: object = ast.literal_eval(node)
        # What a run's id and its line in the ledger can hold: no infinities, no keys but text, no integers without end.
        return value if json.loads(json.dumps(value, allow_nan=False)) == value else UNKNOWN_DEFAULT
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN_DEFAULT
