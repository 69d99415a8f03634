"""Default row labels: a number as spelled, or a component's name with the arguments that tell it from its rivals."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from gdbench.experiment.yaml.document import Node, comparable

_NOT_ARGUMENTS = ("name", "label")


def labels(column: Sequence[Node]) -> list[str]:
    """Return a label for each of the values that an axis has at one path."""
    # A name that occurs once is label enough.
    counts = Counter(_name(node) for node in column)
    distinguishing = {name: _distinguishing(name, column) for name, count in counts.items() if name and count > 1}
    return [_label(node, distinguishing) for node in column]


def without_label(node: Node) -> Node:
    """Return a component as the run sees it, without its `label`."""
    if "label" not in node.mapping:
        return node
    return node.only(node.mapping.keys() - {"label"})


def _name(node: Node) -> str | None:
    if node.is_mapping:
        name = node.mapping.get("name")
        return name.text if name is not None else None
    return node.text if isinstance(node.value, str) else None


def _label(node: Node, distinguishing: Mapping[str, Collection[str]]) -> str:
    label = node.mapping.get("label")
    if label is not None:
        return label.text
    name = _name(node)
    if name is None:
        return _spell(node)
    shown = distinguishing.get(name, ())
    arguments = (f"{key}={_spell(value)}" for key, value in _arguments(node).items() if key in shown)
    return " ".join((name, *arguments))


def _arguments(node: Node) -> dict[str, Node]:
    return {key: value for key, value in node.mapping.items() if key not in _NOT_ARGUMENTS}


def _distinguishing(name: str, column: Sequence[Node]) -> set[str]:
    """Return the arguments in which the components of one name differ."""
    # Defaults are not known here, so an argument left out differs from any given value.
    rivals = [_arguments(node) for node in column if _name(node) == name]
    keys = {key for rival in rivals for key in rival}
    return {key for key in keys if len({comparable(rival[key]) if key in rival else None for rival in rivals}) > 1}


def _spell(node: Node) -> str:
    # An empty list is, say, a network without hidden layers.
    if node.is_list:
        return ", ".join(_spell(element) for element in node.elements) or "none"
    if node.is_mapping:
        name = _name(node)
        arguments = [f"{key}={_spell(value)}" for key, value in _arguments(node).items()]
        return " ".join((*((name,) if name else ()), *arguments)) or "none"
    return node.text
