"""Strict YAML: the core schema of YAML 1.2 with the place of every key and value, and no surprises.

`1e-3` is a number; only true and false are booleans (`off` and `yes` are words); `010` is ten; `1:30` and dates are
words. A repeated key (`1` and `1.0` as well), an anchor, an alias, a tag and a second document are mistakes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gdbench.errors import RequestError
from gdbench.experiment.yaml.mistakes import Mistakes, Place

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, Any] = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.capitalize(), word.upper())
}

Scalar = str | int | float | bool | None


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A value of a file and where it stands.

    `value` is a scalar, a list of nodes, or a dictionary from key text to node; then `keys` holds the nodes of the
    keys. `text` is a scalar as the file spells it; `plain` says that it stands there without quotes.
    """

    value: Any
    place: Place
    text: str = ""
    plain: bool = True
    keys: "dict[str, Node]" = field(default_factory=dict)

    @property
    def is_mapping(self) -> bool:
        """Whether the value has keys."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.value, list)

    def items(self) -> Iterator[tuple[str, "Node", "Node"]]:
        """Yield key text, key node and value node of a mapping."""
        for key, node in self.value.items():
            yield key, self.keys[key], node

    def data(self) -> Any:
        """Return the bare value, nested, without places."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value


def comparable(node: Node) -> Any:
    """Return a hashable form in which `1` equals `1.0` but not `true`, and `adam` equals `{name: adam}`."""
    if node.is_mapping:
        if set(node.value) == {"name"}:
            return comparable(node.value["name"])
        return frozenset((key, comparable(child)) for key, child in node.value.items())
    if node.is_list:
        return tuple(comparable(child) for child in node.value)
    return (isinstance(node.value, bool), node.value)


def read(path: Path, mistakes: Mistakes) -> Node:
    """Read the one document of a file.

    Raises:
        RequestError: the file cannot be read.
        ConfigError: it is not YAML at all; mistakes in its keys are added to `mistakes` instead.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise RequestError(f"{path}: cannot be read: {reason}") from None
    return parse(text, str(path), mistakes, folder=path.parent)


def parse(text: str, file: str, mistakes: Mistakes, first_line: int = 1, folder: Path = Path()) -> Node:
    """Read YAML text, whose paths are meant from `folder`; `first_line` 0 stands for text without lines."""
    return _Reader(file, mistakes, first_line, folder).document(text)


def scalar(text: str) -> Scalar:
    """Return the value of a plain scalar under the core schema."""
    if text in _WORDS:
        return _WORDS[text]  # type: ignore[no-any-return]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(
            text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf").lower().replace(".nan", "nan")
        )
    return text


class _Reader:
    """Builds nodes from the parser's events."""

    def __init__(self, file: str, mistakes: Mistakes, first_line: int, folder: Path) -> None:
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
            for event in self.events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self._add(event, "a single document", "a second one")
                    break
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + self.first_line if mark else self.first_line
            self.mistakes.state(Place(self.file, line), "", f"not YAML: {error.problem or error.context}")
            self.mistakes.raise_if_any()
            raise
        except RecursionError:
            self.mistakes.state(Place(self.file, self.first_line), "", "values are nested too deeply")
            self.mistakes.raise_if_any()
            raise
        except yaml.YAMLError as error:
            self.mistakes.state(Place(self.file, self.first_line), "", f"not YAML: {str(error).splitlines()[0]}")
            self.mistakes.raise_if_any()
            raise
        return root

    def _first_node(self) -> Node:
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                return self._node(event, "")
            if isinstance(event, yaml.StreamEndEvent):
                break
        return Node({}, Place(self.file, self.first_line))

    def _node(self, event: yaml.Event, path: str) -> Node:
        """Build a node; an alias stands for its value all the same, so that it is not missed a second time."""
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            self._add(event, "a value written out in full, without anchors and aliases", f"*{anchor}", path)
            return self.anchored.get(str(anchor), Node(None, self._place(event)))
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self._add(event, "a value without a tag", tag.replace("tag:yaml.org,2002:", "!!"), path)
        node = self._untagged(event, path)
        if anchor:
            self._add(event, "a value written out in full, without anchors and aliases", f"&{anchor}", path)
            self.anchored[anchor] = node
        return node

    def _untagged(self, event: yaml.Event, path: str) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            if not event.value.isascii() and _SURROGATE.search(event.value):
                self._add(event, "text without lone surrogates", event.value, path)
            plain = event.style is None
            return Node(scalar(event.value) if plain else event.value, place, event.value, plain)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(list(self._items(path)), place)
        return self._mapping(place, path)

    def _items(self, path: str) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self._node(event, path)

    def _mapping(self, place: Place, path: str) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        seen: dict[Any, str] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, path)
            here = f"{path}.{key.text}" if path else key.text
            following = next(self.events)
            value = self._node(following, here)
            if key.text == "<<" and isinstance(following, yaml.AliasEvent):
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
        assert mark is not None, "events of a text carry marks"
        line = mark.line + self.first_line if self.first_line else 0
        return Place(self.file, line, mark.column, self.folder)

    def _add(self, event: yaml.Event, rule: str, received: str, path: str = "") -> None:
        self.mistakes.add(self._place(event), path, rule, received)
