"""Row labels of an axis whose file gives none: a number as spelled, a component's name and what tells it apart."""

from collections import Counter
from collections.abc import Sequence

from gdbench.experiment.yaml.document import Node, comparable


def labels(column: Sequence[Node]) -> list[str]:
    """Return a label for each value that stands at one path of an axis."""
    names = Counter(_name(node) for node in column)
    telling = {name: _telling(name, column) for name, count in names.items() if name and count > 1}
    return [_label(node, telling) for node in column]


def without_label(node: Node) -> Node:
    """Return a component as the run sees it, without its `label`."""
    if not (node.is_mapping and "label" in node.value):
        return node
    values = {key: value for key, value in node.value.items() if key != "label"}
    return Node(values, node.place, node.text, node.plain, {key: node.keys[key] for key in values})


def _name(node: Node) -> str | None:
    if node.is_mapping:
        name = node.value.get("name")
        return name.text if name is not None else None
    return node.text if isinstance(node.value, str) else None


def _label(node: Node, telling: dict[str, set[str]]) -> str:
    if node.is_mapping and "label" in node.value:
        return str(node.value["label"].text)
    name = _name(node)
    if name is not None:
        arguments = _arguments(node)
        told = (f"{key}={_spell(arguments[key])}" for key in arguments if key in telling.get(name, ()))
        return " ".join((name, *told))
    return _spell(node)


def _arguments(node: Node) -> dict[str, Node]:
    return {key: value for key, value in node.value.items() if key not in ("name", "label")} if node.is_mapping else {}


def _telling(name: str, column: Sequence[Node]) -> set[str]:
    """Return the arguments in which the components of one name differ."""
    rivals = [_arguments(node) for node in column if _name(node) == name]
    given = {key for rival in rivals for key in rival}
    return {key for key in given if len({comparable(rival[key]) if key in rival else None for rival in rivals}) > 1}


def _spell(node: Node) -> str:
    if node.is_list:
        return ", ".join(_spell(item) for item in node.value) or "none"
    if node.is_mapping:
        name = _name(node)
        parts = [f"{key}={_spell(value)}" for key, value in node.value.items() if key not in ("name", "label")]
        return " ".join((*((name,) if name else ()), *parts)) or "none"
    return node.text
