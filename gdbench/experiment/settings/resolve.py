"""Checks a component or section against its model and fills in its defaults."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from gdbench.catalog import FAMILIES
from gdbench.catalog.family import Family
from gdbench.catalog.plugins import is_plugin
from gdbench.errors import PluginError
from gdbench.experiment.settings.arguments import Argument, arguments_in
from gdbench.experiment.settings.familiar_names import entry_hint, key_hint, missing_blank
from gdbench.experiment.settings.finite import check_finite
from gdbench.experiment.settings.resolved import PluginUse, Resolved
from gdbench.experiment.settings.several_values import is_own_range, range_hint
from gdbench.experiment.yaml.document import Node
from gdbench.experiment.yaml.mistakes import Mistakes, Place, join_path
from gdbench.records import Settings
from gdbench.text import article

# A message that lists more names than this is too long to read.
MOST_NAMES = 16
_NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class _Context:
    """Where arguments are being resolved: their path and place, and the component or section that owns them."""

    path: str
    place: Place
    mistakes: Mistakes
    owner: str
    kept: frozenset[str] = frozenset()


def component(
    noun: str, node: Node, path: str, mistakes: Mistakes, default: str | None = None
) -> Resolved[Settings] | None:
    """Resolve a bare string or a mapping with `name` against a family; None if its name is no entry's.

    Without a name, a mapping changes arguments of the entry named `default`.
    """
    family = FAMILIES[noun]
    # A component is named by a bare string, by its key `name`, or by what stood there before.
    named = node.mapping.get("name") if node.is_mapping else node
    if named is None and default:
        named = Node(default, node.place, default)
    name = named.value if named is not None else None
    if isinstance(name, str) and is_plugin(name):
        return _plugin(family, name, node, path, mistakes)
    if not isinstance(name, str) or name not in family.entries:
        place = named.place if named is not None else node.place
        received = name if named is not None and not node.is_list else node.data()
        hint = range_hint(path) if node.elements else entry_hint(received, family.entries)
        mistakes.add(place, path, f"the name of {article(noun)}: {_names(family)}", received, hint=hint)
        return None
    resolved = _arguments(
        family.model(name), _without_name(node), node.keys, _Context(path, node.place, mistakes, name, node.kept)
    )
    identity = {"name": name, **_revision(family.entries[name].revision), **resolved.identity}
    return Resolved({"name": name, **resolved.values}, identity, resolved.plugins)


def _plugin(family: Family[object], name: str, node: Node, path: str, mistakes: Mistakes) -> Resolved[Settings] | None:
    """Resolve a plug-in: the arguments that its source shows are taken as they are, the family's options checked."""
    place = node.mapping.get("name", node).place
    try:
        code, signature = family.plugin(name).find(family.noun, Path(place.folder))
    except PluginError as error:
        mistakes.state(place, path, str(error))
        return None
    options = family.options.model_fields
    nodes = _without_name(node)
    for key, child in nodes.items():
        if is_own_range(child) and key not in options:
            at = join_path(path, key)
            mistakes.add(child.place, at, "a single value", child.data(), hint=range_hint(at))
    own = {
        key: child.data() if check_finite(child, join_path(path, key), mistakes) else None
        for key, child in nodes.items()
        if signature.takes(key, options)
    }
    for key in signature.required:
        if key not in nodes:
            mistakes.missing(node.place, join_path(path, key), f"a value, since {name} has no default for it")
    for key in nodes:
        if key not in own and key not in options:
            choices = (*signature.arguments, *options)
            at = join_path(path, key)
            mistakes.unknown_key(node.keys[key].place, at, key, name, choices, key_hint(key, at, choices))
    checked = {key: child for key, child in nodes.items() if key in options and key not in own}
    shared = _arguments(family.options, checked, node.keys, _Context(path, node.place, mistakes, name))
    values = {"name": name, "code": asdict(code), **shared.values, **signature.defaults, **own}
    # The hash of the code stands for the defaults in it.
    identity = {"name": name, **_revision(family.plugins.revision), "code": code.sha256, **shared.identity, **own}
    for key, rule, received in family.plugins.check(values):
        if received is None:
            mistakes.missing(node.place, join_path(path, key), f"{rule}, since {name} has no default for it")
        else:
            mistakes.add(place, join_path(path, key), rule, received)
    return Resolved(values, identity, (*shared.plugins, PluginUse(place, path, values)))


def has_what_it_needs(noun: str, values: Settings) -> bool:
    """Whether a resolved component has a value for each argument without a default."""
    fields = FAMILIES[noun].model(values["name"]).model_fields.items()
    return all(values.get(name) is not None for name, field in fields if field.is_required())


def section(model: type[BaseModel], node: Node, path: str, mistakes: Mistakes) -> Resolved[Settings]:
    """Resolve a mapping whose keys are the fields of a model."""
    context = _Context(path, node.place, mistakes, path)
    if not node.is_mapping:
        rule, hint = "a mapping of " + ", ".join(model.model_fields), missing_blank(node.value, model.model_fields)
        mistakes.add(node.place, path, rule, node.data(), hint=hint)
    return _arguments(model, node.mapping, node.keys, context)


def _revision(number: int) -> dict[str, int]:
    """Return a revision as part of an identity; while it is 1 it is left out, as a default is."""
    return {"revision": number} if number != 1 else {}


def _without_name(node: Node) -> dict[str, Node]:
    """Return what a component gives beside its name."""
    return {key: child for key, child in node.mapping.items() if key != "name"}


def _names(family: Family[object]) -> str:
    """Return the names of a family as an error message lists them, or where they are listed."""
    return ", ".join(family.entries) if len(family.entries) <= MOST_NAMES else f"see gdbench list {family.noun}"


def _arguments(
    model: type[BaseModel], nodes: Mapping[str, Node], keys: Mapping[str, Node], context: _Context
) -> Resolved[Settings]:
    arguments, defaults = arguments_in(model), _defaults(model)
    mistakes = context.mistakes
    for key in nodes:
        if key not in arguments:
            _refuse_unknown(key, keys[key].place, context, arguments)
    values: dict[str, object] = {}
    identity: dict[str, object] = {}
    plugins: list[PluginUse] = []
    for name, argument in arguments.items():
        path, default = join_path(context.path, name), defaults.get(name)
        resolved = _argument(argument, nodes[name], path, mistakes, default is None) if name in nodes else None
        if name not in nodes and default is None:
            mistakes.missing(context.place, path, argument.rule)
        # What is wrong or missing has its own line; the rest is checked with the default in its place.
        resolved = resolved or default or Resolved(None, None)
        values[name] = resolved.values
        plugins += resolved.plugins
        if not argument.is_location and (default is None or _differs(resolved, default)):
            identity[name] = resolved.identity
    return Resolved(values, identity, tuple(plugins))


def _refuse_unknown(key: str, place: Place, context: _Context, arguments: Collection[str]) -> None:
    path = join_path(context.path, key)
    if key in context.kept:
        where = f"line {context.place.line}" if context.place.file == place.file else str(context.place)
        owner = f"{context.owner}, at {where},"
        rule = f"an option that {owner} takes as well, since options stay where one component replaces another"
        context.mistakes.add(place, path, rule, key)
    else:
        context.mistakes.unknown_key(place, path, key, context.owner, arguments, key_hint(key, path, arguments))


def _differs(resolved: Resolved[object], default: Resolved[object]) -> bool:
    """Whether an argument belongs in the identity: it has another value, or names an entry that was revised."""
    revised = isinstance(resolved.identity, dict) and "revision" in resolved.identity
    return revised or bool(resolved.values != default.values)


def _argument(
    argument: Argument, node: Node, path: str, mistakes: Mistakes, is_required: bool
) -> Resolved[object] | None:
    if argument.model is None and is_own_range(node):
        mistakes.add(node.place, path, argument.rule, node.data(), hint=range_hint(path))
        return None
    if argument.family and (node.value is not None or is_required):
        default = argument.field.default if isinstance(argument.field.default, str) else None
        return component(argument.family, node, path, mistakes, default)
    if argument.item_family and node.is_list:
        return _items(argument.item_family, node, path, mistakes)
    if argument.model and node.is_mapping:
        return _nested(argument.model, node, path, mistakes)
    if argument.item_model and node.is_list:
        return _mappings(argument, argument.item_model, node, path, mistakes)
    checked = argument.check(node, path, mistakes)
    if argument.model and checked:
        if checked.values is True:
            return _nested(argument.model, Node({}, node.place), path, mistakes)
        # A bare number stands for one of the keys, such as `dropout: 0.5` for its `hidden`.
        shorthand = getattr(argument.model, "shorthand", None)
        if shorthand:
            return _nested(argument.model, Node({shorthand: node}, node.place, keys={shorthand: node}), path, mistakes)
    return checked


def _items(noun: str, node: Node, path: str, mistakes: Mistakes) -> Resolved[object] | None:
    resolved = [component(noun, item, f"{path}[{index}]", mistakes) for index, item in enumerate(node.elements)]
    # A broken item has its own line already.
    whole = [item for item in resolved if item is not None and has_what_it_needs(noun, item.values)]
    if len(whole) < len(resolved):
        return None
    plugins = tuple(plugin for item in whole for plugin in item.plugins)
    return Resolved([item.values for item in whole], [item.identity for item in whole], plugins)


def _mappings(
    argument: Argument, model: type[BaseModel], node: Node, path: str, mistakes: Mistakes
) -> Resolved[object]:
    """Resolve a list of mappings; any other item is reported on its own line, and left out."""
    resolved = []
    for index, item in enumerate(node.elements):
        at = f"{path}[{index}]"
        if item.is_mapping:
            resolved.append(_nested(model, item, at, mistakes))
        else:
            mistakes.add(item.place, at, argument.item_rule, item.data())
    plugins = tuple(plugin for item in resolved for plugin in item.plugins)
    return Resolved([item.values for item in resolved], [item.identity for item in resolved], plugins)


def _nested(model: type[BaseModel], node: Node, path: str, mistakes: Mistakes) -> Resolved[Settings]:
    return _arguments(model, node.mapping, node.keys, _Context(path, node.place, mistakes, path.rpartition(".")[2]))


@cache
def _defaults(model: type[BaseModel]) -> dict[str, Resolved[object]]:
    """Return the defaults of a model's arguments; those that must be nodes have none."""
    arguments = arguments_in(model).items()
    return {name: _default(argument, name) for name, argument in arguments if not argument.field.is_required()}


def _default(argument: Argument, name: str) -> Resolved[object]:
    value = argument.field.default
    if isinstance(value, BaseModel):
        return _arguments(type(value), {}, {}, _Context(name, _NOWHERE, Mistakes(), name))
    if value is None or (argument.family is None and argument.model is None):
        return Resolved(value, value)
    resolved = _argument(argument, Node(value, _NOWHERE, str(value)), name, Mistakes(), is_required=True)
    assert resolved is not None, f"the default of {name} does not pass its own check"
    return resolved
