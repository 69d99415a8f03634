"""Default row labels: a number as spelled, or a component's name with the arguments that tell it from its rivals."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from gdbench.experiment.yaml.document import Node, comparable

_NOT_ARGUMENTS = ("name", "label")


def labels(column: Sequence[Node]) -> list[str]:
    """Return a label for each of the values that an axis has at one path."""
    rivals = Rivals(column)
    return [rivals.label(node) for node in column]


class Rivals:
    """The values of an axis at one path, whose labels show in what those of one name differ."""

    def __init__(self, column: Iterable[Node]) -> None:
        """Start with the values of a column."""
        self._counts: Counter[str] = Counter()
        # How many of a name give an argument, and the values that it takes, by name and argument.
        self._given: Counter[tuple[str, str]] = Counter()
        self._taken: dict[tuple[str, str], set[Hashable]] = {}
        for node in column:
            self.add(node)

    def add(self, node: Node) -> None:
        """Add a value, from which others are to be told apart."""
        name = _name(node)
        if name:
            self._counts[name] += 1
            for key, value in _arguments(node).items():
                self._given[name, key] += 1
                self._taken.setdefault((name, key), set()).add(comparable(value))

    def label(self, node: Node) -> str:
        """Return the label of a value that has been added."""
        label = node.mapping.get("label")
        if label is not None:
            return label.text
        name = _name(node)
        if name is None:
            return _spell(node)
        # A name that occurs once is label enough.
        given = _arguments(node).items() if self._counts[name] > 1 else ()
        return " ".join((name, *(f"{key}={_spell(value)}" for key, value in given if self._differs(name, key))))

    def _differs(self, name: str, key: str) -> bool:
        # Defaults are not known here, so an argument left out differs from any given value.
        return len(self._taken.get((name, key), ())) > 1 or self._given[name, key] < self._counts[name]


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


def _arguments(node: Node) -> dict[str, Node]:
    return {key: value for key, value in node.mapping.items() if key not in _NOT_ARGUMENTS}


def _spell(node: Node) -> str:
    # An empty list is, say, a network without hidden layers.
    if node.is_list:
        return ", ".join(_spell(element) for element in node.elements) or "none"
    if node.is_mapping:
        name = _name(node)
        arguments = [f"{key}={_spell(value)}" for key, value in _arguments(node).items()]
        return " ".join((*((name,) if name else ()), *arguments)) or "none"
    return node.text
