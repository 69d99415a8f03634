"""One key of a grid becomes an axis: a list, label -> value, a range, linked paths or variants."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.settings.merge import Assignment, canonical, is_component
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.records import SECTIONS

AN_AXIS = "a list, a mapping from label to value, or a range {from, to, per_decade or step}"
_LINKS = "quotes around a key that links paths"
MOST_VALUES = 100_000
_RANGE_KEYS = ("from", "to", "per_decade", "step")


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One value of an axis: its label, what it assigns, and the node that the file gives for it."""

    label: str
    assignments: tuple[Assignment, ...]
    node: Node


@dataclass(frozen=True, eq=False, slots=True)
class ParsedAxis:
    """One axis: its key as written, the paths that it varies, and its values in order."""

    key: Node
    paths: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def named_paths(self) -> list[str]:
        """The paths that its key names; the key of variants names none."""
        return [] if self.key.text == "variants" else list(self.paths)

    def find(self, node: Node) -> Value | None:
        """Return the value that equals the node, or else whose label is spelled so."""
        wanted = comparable(without_label(node))
        equal = (value for value in self.values if self.named_paths and comparable(value.node) == wanted)
        labelled = (value for value in self.values if value.label == node.text)
        return next(equal, None) or next(labelled, None)


def parse_axis(key: Node, node: Node, mistakes: Mistakes) -> ParsedAxis | None:
    """Read one key of a grid; None when it is too broken to go on."""
    if key.text == "variants":
        return _variants(key, node, mistakes)
    paths = tuple(canonical(path.strip()) for path in key.text.split(","))
    if len(paths) > 1 and key.plain:
        mistakes.add(key.place, key.text, _LINKS, key.text)
    known = [known_path(path, key, mistakes) for path in paths]
    if not all(known):
        return None
    if len(set(paths)) < len(paths):
        mistakes.add(key.place, key.text, "distinct paths", key.text)
        return None
    entries = _entries(key, node, mistakes)
    if len(paths) > 1:
        entries = _linked(paths, entries, key, mistakes)
    columns = _columns(paths, entries)
    for node in (node for column in columns for node in column):
        label = node.value.get("label") if node.is_mapping else None
        if label is not None and not label.text:
            mistakes.add(label.place, f"{key.text}.label", "a word or a number", label.data())
    own = [", ".join(parts) for parts in zip(*(labels(column) for column in columns), strict=True)]
    values = tuple(
        _value(given or spelled, paths, key, value) for (given, value), spelled in zip(entries, own, strict=True)
    )
    _distinct(key.text, values, mistakes)
    return ParsedAxis(key, paths, values) if values else None


def joined_keys(grid: Node) -> Iterator[tuple[Node, Node]]:
    """Yield key and value of each axis; `{a, b: [...]}`, a linked key left unquoted, is read as `a, b`."""
    waiting: list[Node] = []
    for _, key, node in grid.items():
        if waiting and waiting[0].place.line != key.place.line:
            yield from ((each, Node(None, each.place)) for each in waiting)
            waiting = []
        waiting.append(key)
        if node.value is not None:
            text = ", ".join(each.text for each in waiting)
            yield (key if len(waiting) == 1 else Node(text, waiting[0].place, text)), node
            waiting = []
    yield from ((each, Node(None, each.place)) for each in waiting)


def known_path(path: str, key: Node, mistakes: Mistakes) -> bool:
    """Check that a path starts with a section."""
    section = path.partition(".")[0]
    if section in SECTIONS and not path.endswith("."):
        return True
    mistakes.add(key.place, key.text, "a path that starts with one of " + ", ".join(SECTIONS), section, SECTIONS)
    return False


def refuse_repeated(paths: Sequence[str], given: set[str], key: Node, where: str, mistakes: Mistakes) -> None:
    """Add paths to those that a mapping has given so far, and refuse one that it gives again."""
    repeated = given.intersection(paths)
    if repeated:
        mistakes.repeated(key.place, where, "paths", min(repeated))
    given.update(paths)


def _value(label: str, paths: Sequence[str], key: Node, node: Node) -> Value:
    bare = [without_label(part) for part in (node.value if len(paths) > 1 else [node])]
    shown = bare[0] if len(paths) == 1 else Node(bare, node.place)
    return Value(label, tuple(Assignment(path, key, part) for path, part in zip(paths, bare, strict=True)), shown)


def _entries(key: Node, node: Node, mistakes: Mistakes) -> list[tuple[str | None, Node]]:
    """Return (label or None, value) in order, whatever the form of the axis."""
    if node.is_list and node.value:
        return [(None, item) for item in node.value]
    if node.is_mapping and {"from", "to"} & set(node.value):
        return [(None, item) for item in _range(key, node, mistakes)]
    if is_component(node):
        mistakes.add(node.place, key.text, "a list of components or a mapping from label to component", node.data())
        return [(None, node)]
    if node.is_mapping and node.value:
        return [(label, value) for label, _, value in node.items()]
    mistakes.add(node.place, key.text, AN_AXIS, node.data())
    return []


def _linked(
    paths: Sequence[str], entries: Iterable[tuple[str | None, Node]], key: Node, mistakes: Mistakes
) -> list[tuple[str | None, Node]]:
    fitting = []
    for label, node in entries:
        if node.is_list and len(node.value) == len(paths):
            fitting.append((label, node))
        else:
            mistakes.add(node.place, key.text, f"a list of {len(paths)} values, one for each path", node.data())
    return fitting


def _columns(paths: Sequence[str], entries: Sequence[tuple[str | None, Node]]) -> list[list[Node]]:
    if len(paths) == 1:
        return [[node for _, node in entries]]
    return [[node.value[index] for _, node in entries] for index in range(len(paths))]


def _distinct(path: str, values: Sequence[Value], mistakes: Mistakes) -> None:
    seen_values: set[Any] = set()
    seen_labels: set[str] = set()
    for value in values:
        identity = comparable(value.node)
        if identity in seen_values:
            mistakes.repeated(value.node.place, path, "values", value.node.data())
        elif value.label in seen_labels:
            mistakes.repeated(value.node.place, path, "labels", value.label)
        seen_values.add(identity)
        seen_labels.add(value.label)


def _variants(key: Node, node: Node, mistakes: Mistakes) -> ParsedAxis | None:
    if not node.is_mapping or not node.value:
        mistakes.add(node.place, "variants", "a mapping from label to {path: value}", node.data())
        return None
    values = []
    for label, _, point in node.items():
        where = f"variants.{label}"
        if not point.is_mapping:
            mistakes.add(point.place, where, "a mapping from path to value ({} for none)", point.data())
            continue
        assignments = [
            Assignment(canonical(path), path_key, without_label(value))
            for path, path_key, value in point.items()
            if known_path(path, path_key, mistakes)
        ]
        given: set[str] = set()
        for assignment in assignments:
            refuse_repeated([assignment.path], given, assignment.key, where, mistakes)
        values.append(Value(label, tuple(assignments), point))
    paths = dict.fromkeys(assignment.path for value in values for assignment in value.assignments)
    _distinct("variants", values, mistakes)
    return ParsedAxis(key, tuple(paths), tuple(values))


def _range(key: Node, node: Node, mistakes: Mistakes) -> Iterator[Node]:
    """Yield the values of {from, to, per_decade} or {from, to, step}, all standing where the range stands."""
    for name, name_key, value in node.items():
        if name not in _RANGE_KEYS:
            mistakes.unknown_key(name_key.place, f"{key.text}.{name}", name, "a range", _RANGE_KEYS)
            return
        if isinstance(value.value, bool) or not isinstance(value.value, int | float) or not math.isfinite(value.value):
            mistakes.add(value.place, f"{key.text}.{name}", "a number", value.data())
            return
    given = {name: child.value for name, child in node.value.items()}
    if not {"from", "to"} <= set(given) or ("per_decade" in given) == ("step" in given):
        mistakes.add(node.place, key.text, "a range of from, to and either per_decade or step", node.data())
    elif "step" in given:
        yield from _linear(key, node, given, mistakes)
    else:
        yield from _logarithmic(key, node, given, mistakes)


def _linear(key: Node, node: Node, given: dict[str, Any], mistakes: Mistakes) -> Iterator[Node]:
    first, last, step = given["from"], given["to"], given["step"]
    if step <= 0 or last < first:
        mistakes.add(node.place, key.text, "an increasing range with a step above 0", node.data())
        return
    if (last - first) / step > MOST_VALUES:
        mistakes.add(node.place, key.text, f"a range of at most {MOST_VALUES:,} values", node.data())
        return
    # Twelve digits hide what adding binary fractions leaves behind: 0.3, not 0.30000000000000004.
    for index in range(math.floor((last - first) / step * (1 + 1e-9)) + 1):
        value = first + index * step
        yield _number(value if isinstance(value, int) else float(f"{value:.12g}"), node)


def _logarithmic(key: Node, node: Node, given: dict[str, Any], mistakes: Mistakes) -> Iterator[Node]:
    first, last, per_decade = given["from"], given["to"], given["per_decade"]
    if first <= 0 or last < first or not isinstance(per_decade, int) or not 1 <= per_decade <= 100:
        rule = "an increasing range above 0 with 1 to 100 values per_decade"
        mistakes.add(node.place, key.text, rule, node.data())
        return
    whole = isinstance(first, int) and isinstance(last, int)
    for index in range(math.floor((math.log10(last) - math.log10(first)) * per_decade + 1e-9) + 1):
        exact = 10 ** (math.log10(first) + index / per_decade)
        # The two ends as given; between them three digits, as such rates are quoted: 6.31e-4 for 10 ** -3.2.
        end = next((float(bound) for bound in (first, last) if math.isclose(exact, bound)), None)
        value = end or float(f"{exact:.3g}")
        yield _number(int(value) if whole and value.is_integer() else value, node)


def _number(value: float, node: Node) -> Node:
    return Node(value, node.place, f"{value:.12g}")
