"""A strict YAML reader: YAML 1.2's core schema, with the place of every key and value.

`1e-3` is a number; only true and false are booleans (`off` and `yes` are words); `010` is ten; `1:30` and dates are
words. A repeated key (`1` and `1.0` as well), an anchor, an alias, a tag and a second document are mistakes.
"""

import re
from collections.abc import Container, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import yaml
from pydantic import JsonValue

from gdbench.errors import ConfigError, RequestError
from gdbench.experiment.yaml.bounded_read import read_bounded
from gdbench.experiment.yaml.mistakes import Mistakes, Place, join_path
from gdbench.experiment.yaml.scalars import Scalar, scalar
from gdbench.experiment.yaml.syntax_mistakes import syntax_mistake

# Like the limit on bytes: more than any configuration has, and still checked in seconds.
MAX_VALUES = 100_000
MAX_DEPTH = 50
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A value of a file and its place.

    `value` is a scalar, a list of nodes, or a dictionary from key text to node; then `keys` holds the nodes of the
    keys. `text` is a scalar as the file spells it; `plain` means without quotes. `kept` are the keys of a component
    that it took over from the one it replaced.
    """

    value: "Scalar | list[Node] | dict[str, Node]"
    place: Place
    text: str = ""
    plain: bool = True
    keys: "dict[str, Node]" = field(default_factory=dict)
    kept: frozenset[str] = frozenset()

    @property
    def is_mapping(self) -> bool:
        """Whether the value has keys."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.value, list)

    @property
    def mapping(self) -> "dict[str, Node]":
        """The values of a mapping by key; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def elements(self) -> "list[Node]":
        """The elements of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def items(self) -> Iterator[tuple[str, "Node", "Node"]]:
        """Yield the key text, key node and value node of each entry of a mapping."""
        for key, node in self.mapping.items():
            yield key, self.keys[key], node

    def only(self, keys: Container[str]) -> "Node":
        """Return a mapping with just the entries whose key is among `keys`."""
        entries = {key: node for key, node in self.mapping.items() if key in keys}
        return Node(entries, self.place, self.text, self.plain, {key: self.keys[key] for key in entries})

    def data(self) -> JsonValue:
        """Return the bare value, nested, without places."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value


def comparable(node: Node) -> Hashable:
    """Return a hashable form in which `1` equals `1.0` but not `true`, and `adam` equals `{name: adam}`."""
    if isinstance(node.value, dict):
        if set(node.value) == {"name"}:
            return comparable(node.value["name"])
        return frozenset((key, comparable(child)) for key, child in node.value.items())
    if isinstance(node.value, list):
        return tuple(comparable(child) for child in node.value)
    # To Python, True equals 1.
    return (isinstance(node.value, bool), node.value)


def read(path: Path, mistakes: Mistakes) -> Node:
    """Read the single document of a file.

    Raises:
        RequestError: the file cannot be read.
        ConfigError: it is not YAML at all; mistakes in its keys are added to `mistakes` instead.
    """
    try:
        text = read_bounded(path).decode("utf-8-sig")
    except OSError as error:
        raise RequestError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise RequestError(f"{path}: cannot be read: {reason}") from None
    return parse(text, str(path), mistakes, folder=path.parent)


def parse(text: str, file: str, mistakes: Mistakes, first_line: int = 1, folder: Path = Path()) -> Node:
    """Read YAML text. Paths in it are relative to `folder`; with `first_line` 0 its places have no line."""
    return _Reader(file, mistakes, first_line, folder).document(text)


class _Reader:
    """Builds nodes from the parser's events."""

    def __init__(self, file: str, mistakes: Mistakes, first_line: int, folder: Path) -> None:
        self.depth = self.count = 0
        self.is_incomplete = False
        self.file = file
        self.mistakes = mistakes
        self.first_line = first_line
        self.folder = str(folder)
        self.events: Iterator[yaml.Event] = iter(())
        self.anchored: dict[str, Node] = {}

    def document(self, text: str) -> Node:
        self.events = yaml.parse(text, Loader=yaml.SafeLoader)
        try:
            root = self._first_node()
            if self.is_incomplete:
                self.mistakes.raise_if_any()
            for event in self.events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self._add(event, "a single document", "a second one")
                    break
        except yaml.MarkedYAMLError as error:
            self.mistakes.state(*syntax_mistake(error, self.file, self.first_line))
            self.mistakes.raise_if_any()
            raise
        except yaml.YAMLError as error:
            self.mistakes.state(Place(self.file, self.first_line), "", f"not YAML: {str(error).splitlines()[0]}")
            self.mistakes.raise_if_any()
            raise
        except (ValueError, OverflowError):
            # The parser passes on what Python says of \U with a number that no character has.
            self.mistakes.state(Place(self.file, self.first_line), "", "not YAML: found an escape of no character")
            self.mistakes.raise_if_any()
            raise
        return root

    def _first_node(self) -> Node:
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                return self._node(event, "")
            if isinstance(event, yaml.StreamEndEvent):
                break
        # An empty file asks for the defaults.
        return Node({}, Place(self.file, self.first_line))

    def _node(self, event: yaml.Event, path: str) -> Node:
        """Build a node. A refused alias of a word or number still stands for it, lest that be reported as missing."""
        self.count += 1
        if self.count > MAX_VALUES:
            self._stop(event, f"there are more than {MAX_VALUES:,} keys and values")
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self._add(event, "a value written out in full, without anchors and aliases", f"*{anchor}", path)
            # Written out, aliases of aliases could be too large to check.
            self.is_incomplete |= anchor not in self.anchored
            return self.anchored.get(str(anchor), Node(None, self._place(event)))
        tag = getattr(event, "tag", None)
        # `!` is the tag that the parser gives a quoted scalar.
        if tag and tag != "!":
            self._add(event, "a value without a tag", tag.replace("tag:yaml.org,2002:", "!!"), path)
        node = self._untagged(event, path)
        if anchor:
            self._add(event, "a value written out in full, without anchors and aliases", f"&{anchor}", path)
            if not node.is_list and not node.is_mapping:
                self.anchored[anchor] = node
        return node

    def _untagged(self, event: yaml.Event, path: str) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            # JSON, and so the id of a run, cannot hold a lone surrogate, which an escape in quotes can spell.
            if not event.value.isascii() and SURROGATE.search(event.value):
                self._add(event, "text without lone surrogates", event.value, path)
            plain = event.style is None
            return Node(scalar(event.value) if plain else event.value, place, event.value, plain)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._stop(event, "values are nested too deeply")
        is_list = isinstance(event, yaml.SequenceStartEvent)
        node = Node(list(self._elements(path)), place) if is_list else self._mapping(place, path)
        self.depth -= 1
        return node

    def _elements(self, path: str) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self._node(event, path)

    def _mapping(self, place: Place, path: str) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        seen: dict[Hashable, str] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, path)
            here = join_path(path, key.text)
            value_event = next(self.events)
            value = self._node(value_event, here)
            # A merge key: its alias is the mistake, and has been reported.
            if key.text == "<<" and isinstance(value_event, yaml.AliasEvent):
                continue
            if not isinstance(event, yaml.ScalarEvent):
                self._add(event, "a word or a number as a key, in quotes if it links paths", "a list or mapping", path)
                continue
            identity = comparable(key)
            if identity in seen or key.text in values:
                first = keys[seen.get(identity, key.text)]
                note = f"first on line {first.place.line}"
                self.mistakes.repeated(self._place(event), here, "keys", key.text, note)
                continue
            seen[identity] = key.text
            values[key.text], keys[key.text] = value, key
        return Node(values, place, keys=keys)

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None, "events parsed from text carry marks"
        line = mark.line + self.first_line if self.first_line else 0
        return Place(self.file, line, mark.column, self.folder)

    def _stop(self, event: yaml.Event, text: str) -> NoReturn:
        self.mistakes.state(self._place(event), "", text)
        raise ConfigError(self.mistakes.lines())

    def _add(self, event: yaml.Event, expected: str, got: str, path: str = "") -> None:
        self.mistakes.add(self._place(event), path, expected, got)
