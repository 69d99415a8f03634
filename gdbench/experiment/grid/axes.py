"""Parses one key of a grid into an axis: a list, label -> value, a range, linked paths or variants."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from gdbench.experiment.grid.labels import labels, without_label
from gdbench.experiment.grid.own_ranges import OwnRange, split, split_component
from gdbench.experiment.grid.ranges import parse_range
from gdbench.experiment.settings.familiar_names import path_hint
from gdbench.experiment.settings.merge import Assignment, canonical, is_component
from gdbench.experiment.settings.overrides import MAX_SEGMENTS
from gdbench.experiment.settings.several_values import is_range
from gdbench.experiment.yaml.document import Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes
from gdbench.records import SECTIONS

AN_AXIS = "a list, a mapping from label to value, or a range {from, to, per_decade or step}"
VARIANTS = "variants"


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """One value of an axis: its label, what it assigns, and its node in the file.

    `ranges` are those of its arguments or paths that take several values, for this row alone.
    """

    label: str
    assignments: tuple[Assignment, ...]
    node: Node
    ranges: tuple[OwnRange, ...] = ()


@dataclass(frozen=True, eq=False)
class ParsedAxis:
    """One axis: its key as written, the paths that it varies, and its values in order.

    With `is_own` it holds the ranges of single rows; other rows have no value on it.
    """

    key: Node
    paths: tuple[str, ...]
    values: tuple[Value, ...]
    is_own: bool = False

    @property
    def is_variants(self) -> bool:
        """Whether its values are named points, each with paths of its own."""
        return self.key.text == VARIANTS

    @property
    def named_paths(self) -> list[str]:
        """The paths that its key names; the key of variants names none."""
        return [] if self.is_variants else list(self.paths)

    def find(self, node: Node) -> Value | None:
        """Return the value that equals the node, or else the one whose label is spelled like it."""
        # A text can equal one value and be the label of another; the value takes precedence.
        equal = None if self.is_variants else self._by_value.get(comparable(without_label(node)))
        return equal or self._by_label.get(node.text)

    # A grid may have thousands of values, and `exclude` as many entries. Of equal ones the first counts.
    @cached_property
    def _by_value(self) -> dict[Hashable, Value]:
        return {comparable(value.node): value for value in reversed(self.values)}

    @cached_property
    def _by_label(self) -> dict[str, Value]:
        return {value.label: value for value in reversed(self.values)}


def parse_axis(key: Node, node: Node, mistakes: Mistakes) -> ParsedAxis | None:
    """Parse one key of a grid; None if it is too broken to go on."""
    if key.text == VARIANTS:
        return _variants(key, node, mistakes)
    paths = tuple(canonical(path.strip()) for path in key.text.split(","))
    # Without quotes, `{a, b: [...]}` is a mapping of two keys to YAML.
    if len(paths) > 1 and key.plain:
        mistakes.add(key.place, key.text, "quotes around a key that links paths", key.text)
    # A list, so that each wrong path is reported.
    known = [check_path(path, key, mistakes) for path in paths]
    if not all(known):
        return None
    if len(set(paths)) < len(paths):
        mistakes.add(key.place, key.text, "distinct paths", key.text)
        return None
    entries = _entries(key, node, mistakes)
    if len(paths) > 1:
        entries = _linked(paths, entries, key, mistakes)
        ranges: list[list[OwnRange]] = [[] for _ in entries]
    else:
        bare = [split_component(paths[0], value, mistakes) for _, value in entries]
        ranges = [own for _, own in bare]
        entries = [(label, value) for (label, _), (value, _) in zip(entries, bare, strict=True)]
    columns = _columns(paths, entries)
    _check_labels(columns, key, mistakes)
    default_labels = [", ".join(parts) for parts in zip(*(labels(column) for column in columns), strict=True)]
    values = tuple(
        _value(default if label is None else label, paths, key, value, own)
        for (label, value), default, own in zip(entries, default_labels, ranges, strict=True)
    )
    _refuse_duplicates(key.text, values, mistakes)
    return ParsedAxis(key, paths, values) if values else None


def joined_keys(grid: Node) -> Iterator[tuple[Node, Node]]:
    """Yield key and value of each axis; `{a, b: [...]}`, a linked key without quotes, is read as `a, b`."""
    # To YAML, `a` and `b` are then two keys on one line, the first without a value.
    pending: list[Node] = []
    for _, key, node in grid.items():
        if pending and pending[0].place.line != key.place.line:
            yield from ((part, Node(None, part.place)) for part in pending)
            pending = []
        pending.append(key)
        if node.value is not None:
            text = ", ".join(part.text for part in pending)
            yield (key if len(pending) == 1 else Node(text, pending[0].place, text)), node
            pending = []
    yield from ((part, Node(None, part.place)) for part in pending)


def check_path(path: str, key: Node, mistakes: Mistakes) -> bool:
    """Report a path that does not start with a section; return whether it does."""
    section, *rest = path.split(".", MAX_SEGMENTS)
    if section in SECTIONS and path[-1] != "." and len(rest) < MAX_SEGMENTS:
        return True
    rule = "a path that starts with one of " + ", ".join(SECTIONS)
    mistakes.add(key.place, key.text, rule, section, hint=path_hint(path))
    return False


def refuse_repeated(paths: Sequence[str], seen: set[str], key: Node, where: str, mistakes: Mistakes) -> None:
    """Add paths to those that a mapping has assigned so far, and refuse one that it assigns again."""
    repeated = seen.intersection(paths)
    if repeated:
        mistakes.repeated(key.place, where, "paths", min(repeated))
    seen.update(paths)


def _value(label: str, paths: Sequence[str], key: Node, node: Node, ranges: Sequence[OwnRange]) -> Value:
    # The label is not part of the value: values that differ in it alone are equal.
    parts = [without_label(part) for part in (node.elements if len(paths) > 1 else [node])]
    shown = parts[0] if len(paths) == 1 else Node(parts, node.place)
    assignments = tuple(Assignment(path, key, part) for path, part in zip(paths, parts, strict=True))
    return Value(label, assignments, shown, tuple(ranges))


def _entries(key: Node, node: Node, mistakes: Mistakes) -> list[tuple[str | None, Node]]:
    """Return (label or None, value) in order, whatever the form of the axis."""
    if node.elements:
        return [(None, element) for element in node.elements]
    if is_range(node):
        return [(None, number) for number in parse_range(key, node, mistakes)]
    if is_component(node):
        mistakes.add(node.place, key.text, "a list of components or a mapping from label to component", node.data())
        # Parsed all the same, so that mistakes in the component are reported too.
        return [(None, node)]
    if node.mapping:
        for label, key_node, _ in node.items():
            _refuse_empty(label, key_node, key.text, mistakes)
        return list(node.mapping.items())
    mistakes.add(node.place, key.text, AN_AXIS, node.data())
    return []


def _linked(
    paths: Sequence[str], entries: Iterable[tuple[str | None, Node]], key: Node, mistakes: Mistakes
) -> list[tuple[str | None, Node]]:
    """Return the entries that have a value for each of the linked paths."""
    complete = []
    for label, node in entries:
        if len(node.elements) == len(paths):
            complete.append((label, node))
        else:
            mistakes.add(node.place, key.text, f"a list of {len(paths)} values, one for each path", node.data())
    return complete


def _columns(paths: Sequence[str], entries: Sequence[tuple[str | None, Node]]) -> list[list[Node]]:
    """Return the values of the axis at each of its paths."""
    if len(paths) == 1:
        return [[node for _, node in entries]]
    return [[node.elements[index] for _, node in entries] for index in range(len(paths))]


def _check_labels(columns: Iterable[Iterable[Node]], key: Node, mistakes: Mistakes) -> None:
    for node in (node for column in columns for node in column):
        label = node.mapping.get("label")
        if label is not None and not label.text:
            mistakes.add(label.place, f"{key.text}.label", "a word or a number", label.data())


def _refuse_empty(label: str, key: Node, path: str, mistakes: Mistakes) -> None:
    if not label.strip():
        mistakes.state(key.place, path, "expected a label; got an empty one")


def _refuse_duplicates(path: str, values: Sequence[Value], mistakes: Mistakes) -> None:
    identities: set[Hashable] = set()
    seen_labels: set[str] = set()
    for value in values:
        ranges = ((own.path, tuple(map(comparable, own.values))) for own in value.ranges)
        identity = (comparable(value.node), frozenset(ranges))
        if identity in identities:
            # Equal values mostly have equal labels too; one mistake is enough.
            mistakes.repeated(value.node.place, path, "values", value.node.data())
        elif value.label in seen_labels:
            mistakes.repeated(value.node.place, path, "labels", value.label)
        # Nobody sees them in a table, and `A` and `A ` would be two rows.
        elif value.label != value.label.strip():
            mistakes.add(value.node.place, path, "a label without blanks at its ends", value.label)
        identities.add(identity)
        seen_labels.add(value.label)


def _variants(key: Node, node: Node, mistakes: Mistakes) -> ParsedAxis | None:
    if not node.mapping:
        mistakes.add(node.place, VARIANTS, "a mapping from label to {path: value}", node.data())
        return None
    values = []
    for label, key_node, point in node.items():
        where = f"{VARIANTS}.{label}"
        _refuse_empty(label, key_node, VARIANTS, mistakes)
        if not point.is_mapping:
            mistakes.add(point.place, where, "a mapping from path to value ({} for none)", point.data())
            continue
        assignments = [
            Assignment(canonical(path), path_key, without_label(value))
            for path, path_key, value in point.items()
            if check_path(path, path_key, mistakes)
        ]
        seen: set[str] = set()
        for assignment in assignments:
            refuse_repeated([assignment.path], seen, assignment.key, where, mistakes)
        plain, ranges = split(assignments, mistakes)
        values.append(Value(label, tuple(plain), point, tuple(ranges)))
    # Distinct, in file order.
    paths = dict.fromkeys(assignment.path for value in values for assignment in value.assignments)
    _refuse_duplicates(VARIANTS, values, mistakes)
    return ParsedAxis(key, tuple(paths), tuple(values))
