"""Settings as Python values, read as strictly as a file: the same nodes, with paths but without lines."""

import os
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import NoReturn

from gdbench.errors import ConfigError
from gdbench.experiment.yaml.document import MAX_DEPTH, MAX_VALUES, SURROGATE, Node, comparable
from gdbench.experiment.yaml.mistakes import Mistakes, Place, join_path
from gdbench.experiment.yaml.scalars import scalar

LARGEST = 10**1000


def node_of(value: object, mistakes: Mistakes, file: str = "", folder: Path = Path()) -> Node:
    """Return the node of a Python value: a mapping, list, tuple, range, array, path, text, number, bool or None.

    `file` is what mistakes say of where it stands, and paths in it are relative to `folder`. Text stays text: `"1e-3"`
    is a word, as in quotes, and `1e-3` a number. Keys may be either, as in JSON they are all text.

    Raises:
        ConfigError: it is nested too deeply, as one that holds itself, or has too many values.
    """
    return _Converter(mistakes, file, folder).node(value, "", 0)


class _Converter:
    """Makes nodes of values, which are counted so that their places sort in the order of the values."""

    def __init__(self, mistakes: Mistakes, file: str, folder: Path) -> None:
        self.mistakes = mistakes
        self.file = file
        self.folder = str(folder)
        self.count = 0

    def node(self, value: object, path: str, depth: int) -> Node:
        place = self._next_place()
        if self.count > MAX_VALUES:
            self._stop(place, f"there are more than {MAX_VALUES:,} keys and values")
        if depth > MAX_DEPTH:
            self._stop(place, "values are nested too deeply")
        # Arrays and numbers of NumPy, which is not imported for that.
        if (to_list := getattr(value, "tolist", None)) is not None:
            value = to_list()
        if isinstance(value, Mapping):
            return self._mapping(value, place, path, depth)
        if isinstance(value, list | tuple | range):
            return Node([self.node(child, path, depth + 1) for child in value], place)
        return self._scalar(value, place, path)

    def _mapping(self, value: Mapping[object, object], place: Place, path: str, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        seen: set[Hashable] = set()
        for key, child in value.items():
            if not isinstance(key, str | int | float):
                self.mistakes.add(self._next_place(), path, "a word or a number as a key", type(key).__name__)
                continue
            name = self._key(key, path)
            here = join_path(path, name.text)
            # To Python, 1 and "1" are two keys; in a file they are one.
            if name.text in values or comparable(name) in seen:
                self.mistakes.repeated(name.place, here, "keys", name.text)
                continue
            seen.add(comparable(name))
            keys[name.text] = name
            values[name.text] = self.node(child, here, depth + 1)
        return Node(values, place, keys=keys)

    def _key(self, key: str | int | float, path: str) -> Node:
        """Return the node of a key. Text is read as in a file without quotes: from JSON, numbers come as text."""
        node = self._scalar(key, self._next_place(), path)
        return Node(scalar(key), node.place, node.text, plain=False) if isinstance(key, str) else node

    def _scalar(self, value: object, place: Place, path: str) -> Node:
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        if isinstance(value, str):
            if SURROGATE.search(value):
                self.mistakes.add(place, path, "text without lone surrogates", value)
            # Of a subclass, such as an enumeration, the text itself.
            return Node(str.__str__(value), place, str.__str__(value), plain=False)
        if value is None or isinstance(value, bool):
            return Node(value, place, "" if value is None else str(value).lower())
        if isinstance(value, int):
            # Python refuses to write out thousands of digits; in a file, such a number is infinite.
            text = str(value) if abs(value) < LARGEST else ".inf"
            return Node(scalar(text), place, text)
        if isinstance(value, float):
            return Node(float(value), place, repr(float(value)))
        kinds = "a mapping, a list, a word, a number, true, false or nothing"
        self.mistakes.add(place, path, kinds, f"a value of type {type(value).__name__}")
        return Node(None, place)

    def _next_place(self) -> Place:
        self.count += 1
        return Place(self.file, 0, self.count, self.folder)

    def _stop(self, place: Place, text: str) -> NoReturn:
        self.mistakes.state(place, "", text)
        raise ConfigError(self.mistakes.lines())
