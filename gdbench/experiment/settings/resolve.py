"""Checks a component or section against its model and fills in its defaults."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from gdbench.catalog import FAMILIES
from gdbench.catalog.adapters import SKIPPED
from gdbench.catalog.describe import family_of, family_of_items, model_of, rule
from gdbench.catalog.entry import LOCATION, Family, is_plugin
from gdbench.catalog.plugins import REQUIRED, UNKNOWN_DEFAULT, find, signature
from gdbench.errors import PluginError
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, Place, join_path
from gdbench.text import article

# A message that lists more names than this is no longer read.
MOST_NAMES = 16
_NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class PluginUse:
    """A plug-in that a file names: where, under which path, and the component that it has become."""

    place: Place
    path: str
    component: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A component or section with its defaults filled in.

    `values` holds every argument; `identity` the name, the revision above 1 and the arguments that differ from their
    defaults, so that a new argument with a default changes no identity. `plugins` are those named within.
    """

    values: Any
    identity: Any
    plugins: tuple[PluginUse, ...] = ()


@dataclass(frozen=True, slots=True)
class _Argument:
    """One argument of a model: what it takes, its check, and its default as resolved."""

    field: FieldInfo
    family: str | None
    items: str | None
    model: type[BaseModel] | None
    rule: str
    check: Callable[[Any], Any]
    default: Resolved | None


@dataclass(frozen=True, slots=True)
class _Context:
    """Where values are being resolved: under which path, and who takes the arguments."""

    path: str
    place: Place
    mistakes: Mistakes
    unknown_argument: Callable[[Node, str, Iterable[str]], None] = field(repr=False)


def component(noun: str, node: Node, path: str, mistakes: Mistakes, default: str | None = None) -> Resolved | None:
    """Resolve a bare string or a mapping with `name` against a family; None if its name is no entry's.

    Without a name, a mapping changes arguments of the entry named `default`.
    """
    family = FAMILIES[noun]
    named = node.mapping.get("name") if node.is_mapping else node
    if named is None and default:
        named = Node(default, node.place, default)
    name = named.value if named is not None else None
    if isinstance(name, str) and is_plugin(name):
        return plugged(family, name, node, path, mistakes)
    if not isinstance(name, str) or name not in family.entries:
        place = named.place if named is not None else node.place
        received = name if named is not None and not node.is_list else node.data()
        mistakes.add(place, path, f"the name of {article(noun)}: {_names(family)}", received, family.entries)
        return None
    given = _given(node)
    resolved = _arguments(family.model(name), given, node.keys, _context(path, node.place, mistakes, name))
    revision = family.entries[name].revision
    identity = {"name": name, **({"revision": revision} if revision != 1 else {}), **resolved.identity}
    return Resolved({"name": name, **resolved.values}, identity, resolved.plugins)


def plugged(family: Family, name: str, node: Node, path: str, mistakes: Mistakes) -> Resolved | None:
    """Resolve a component whose name is `module:attribute`: its own arguments as its file says them, then options."""
    place = node.mapping.get("name", node).place
    try:
        code = find(name, family.noun, Path(place.folder))
        taken = signature(code, name.partition(":")[2], SKIPPED.get(family.noun, 0))
    except PluginError as error:
        mistakes.state(place, path, str(error))
        return None
    options = family.options.model_fields
    given = _given(node)
    own = {key for key in given if key in taken.arguments or (taken.is_open and key not in options)}
    for key, default in taken.arguments.items():
        if default is REQUIRED and key not in given:
            mistakes.missing(node.place, join_path(path, key), f"a value, since {name} has no default for it")
    for key in set(given) - own - set(options):
        mistakes.unknown_key(node.keys[key].place, join_path(path, key), key, name, (*taken.arguments, *options))
    said = {key: given[key].data() for key in own}
    plain = {key: value for key, value in taken.arguments.items() if value not in (REQUIRED, UNKNOWN_DEFAULT)}
    others = {key: child for key, child in given.items() if key in options and key not in own}
    shared = _arguments(family.options, others, node.keys, _context(path, node.place, mistakes, name))
    values = {"name": name, "code": asdict(code), **shared.values, **plain, **said}
    identity = {"name": name, "code": code.sha256, **shared.identity, **said}
    rate = values.get("learning_rate")
    if family.noun == "optimizer" and rate is None:
        mistakes.missing(node.place, join_path(path, "learning_rate"), f"a number, since {name} has no default for it")
    elif family.noun == "optimizer" and (isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0):
        mistakes.add(place, join_path(path, "learning_rate"), "a number above 0", rate)
    return Resolved(values, identity, (*shared.plugins, PluginUse(place, path, values)))


def _given(node: Node) -> dict[str, Node]:
    """Return what a component says beside its name."""
    return {key: child for key, child in node.mapping.items() if key != "name"}


def _names(family: Family) -> str:
    """Return the names of a family as an error message lists them, or where they are listed."""
    return ", ".join(family.entries) if len(family.entries) <= MOST_NAMES else f"see gdbench list {family.noun}"


def section(model: type[BaseModel], node: Node, path: str, mistakes: Mistakes) -> Resolved:
    """Resolve a mapping whose keys are the fields of a model."""
    if not node.is_mapping:
        mistakes.add(node.place, path, "a mapping of " + ", ".join(model.model_fields), node.data())
        return _arguments(model, {}, {}, _context(path, node.place, mistakes, path))
    return _arguments(model, node.mapping, node.keys, _context(path, node.place, mistakes, path))


def _context(path: str, place: Place, mistakes: Mistakes, owner: str) -> _Context:
    def unknown_argument(key: Node, argument: str, choices: Iterable[str]) -> None:
        mistakes.unknown_key(key.place, join_path(path, argument), argument, owner, choices)

    return _Context(path, place, mistakes, unknown_argument)


def _arguments(
    model: type[BaseModel], given: Mapping[str, Node], keys: Mapping[str, Node], context: _Context
) -> Resolved:
    arguments = _arguments_of(model)
    for key in given:
        if key not in arguments:
            context.unknown_argument(keys[key], key, arguments)
    values: dict[str, Any] = {}
    identity: dict[str, Any] = {}
    plugins: list[PluginUse] = []
    for name, argument in arguments.items():
        resolved = (
            _argument(argument, given[name], join_path(context.path, name), context.mistakes) if name in given else None
        )
        if resolved is None and name not in given and argument.default is None:
            context.mistakes.missing(context.place, join_path(context.path, name), argument.rule)
        resolved = resolved or argument.default or Resolved(None, None)
        values[name] = resolved.values
        plugins += resolved.plugins
        if LOCATION not in argument.field.metadata and (
            argument.default is None or _differs(resolved, argument.default)
        ):
            identity[name] = resolved.identity
    return Resolved(values, identity, tuple(plugins))


def _differs(resolved: Resolved, default: Resolved) -> bool:
    """Whether an argument belongs in the identity: it has another value, or names an entry that was revised."""
    revised = isinstance(resolved.identity, dict) and "revision" in resolved.identity
    return revised or bool(resolved.values != default.values)


def _argument(argument: _Argument, node: Node, path: str, mistakes: Mistakes) -> Resolved | None:
    if argument.family and (node.value is not None or argument.default is None):
        default = argument.field.default if isinstance(argument.field.default, str) else None
        return component(argument.family, node, path, mistakes, default)
    if argument.items and node.is_list:
        return _items(argument.items, node, path, mistakes)
    if argument.model and node.is_mapping:
        return _nested(argument.model, node, path, mistakes)
    checked = _check(argument, node, path, mistakes)
    if argument.model and checked:
        shorthand = getattr(argument.model, "shorthand", None)
        if checked.values is True:
            return _nested(argument.model, Node({}, node.place), path, mistakes)
        if shorthand:
            short = Node({shorthand: node}, node.place, keys={shorthand: node})
            return _nested(argument.model, short, path, mistakes)
    return checked


def _items(noun: str, node: Node, path: str, mistakes: Mistakes) -> Resolved | None:
    resolved = [component(noun, item, f"{path}[{index}]", mistakes) for index, item in enumerate(node.elements)]
    whole = [item for item in resolved if item is not None]
    if len(whole) < len(resolved):
        return None
    plugins = tuple(plugin for item in whole for plugin in item.plugins)
    return Resolved([item.values for item in whole], [item.identity for item in whole], plugins)


def _nested(model: type[BaseModel], node: Node, path: str, mistakes: Mistakes) -> Resolved:
    return _arguments(model, node.mapping, node.keys, _context(path, node.place, mistakes, path.rpartition(".")[2]))


def _check(argument: _Argument, node: Node, path: str, mistakes: Mistakes) -> Resolved | None:
    try:
        value = argument.check(node.data())
    except ValidationError as error:
        locations = [each["loc"] for each in error.errors(include_url=False, include_context=False)]
        items = (
            [index for location in locations for index in location if isinstance(index, int)] if node.is_list else []
        )
        wrong = [(node.elements[index], f"{path}[{index}]") for index in items] or [(node, path)]
        choices = argument.rule.split("'")[1::2]
        for each, where in wrong:
            mistakes.add(each.place, where, argument.rule, each.data(), choices)
        return None
    if LOCATION in argument.field.metadata and value is not None:
        value = str(Path(node.place.folder) / Path(value).expanduser())
    return Resolved(value, value)


@cache
def _arguments_of(model: type[BaseModel]) -> dict[str, _Argument]:
    return {name: _make_argument(name, info) for name, info in model.model_fields.items()}


def _make_argument(name: str, info: FieldInfo) -> _Argument:
    family, items, model, described = family_of(info), family_of_items(info), model_of(info), rule(info)
    adapter: TypeAdapter[Any] | None = None

    def check(value: Any) -> Any:
        nonlocal adapter
        if adapter is None:
            config = ConfigDict(strict=True, allow_inf_nan=False)
            annotated: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            adapter = TypeAdapter(annotated, config=None if model else config)
        return adapter.validate_python(value, strict=True)

    bare = _Argument(info, family, items, model, described, check, None)
    if info.is_required():
        return bare
    default = _default(bare, name)
    return replace(bare, default=default)


def _default(argument: _Argument, name: str) -> Resolved:
    value = argument.field.default
    if isinstance(value, BaseModel):
        return _arguments(type(value), {}, {}, _context(name, _NOWHERE, Mistakes(), name))
    if value is None or (argument.family is None and argument.model is None):
        return Resolved(value, value)
    resolved = _argument(argument, Node(value, _NOWHERE, str(value)), name, Mistakes())
    assert resolved is not None, f"the default of {name} does not pass its own check"
    return resolved
