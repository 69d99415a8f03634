"""YAML as gdbench itself has written it, read fast; a damaged file may hold anything else."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from gdbench.experiment.yaml.bounded_read import read_bounded

# The largest plans have a million runs of some 20 bytes each.
MAX_BYTES = 64_000_000
MAX_VALUES = 5_000_000
# An id in quotes or with a letter is not read as a number, unless it looks like a binary one, such as 0b01.
_ID = "(?:'[0-9a-f]{12}'|(?!0b[01]+\n)(?=[0-9]*[a-f])[0-9a-f]{12})"
_RUNS = re.compile(rf"^( *)runs:\n((?:\1- {_ID}\n)++)(?!\1- )", re.MULTILINE)
_SPLITS = ("train", "val", "test")
_COUNT = "(0|[1-9][0-9]*)"
_IMAGES = re.compile(
    r"^( *)images:\n" + "".join(rf"\1  {split}: {_COUNT}\n" for split in _SPLITS) + r"(?!\1  )", re.MULTILINE
)
# Tags values that were joined into one.
_TAG = "!joined-"
# The C parser is ten times as fast; not every build of PyYAML has it.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # chosen above
    """A loader without merge keys, which can ask for more values than any memory holds."""

    def flatten_mapping(self, _node: yaml.MappingNode) -> None:
        """Merge nothing: a merge key is then one that has no constructor."""


class _LoaderOfJoined(_Loader):
    """A loader for text in which the values of each point were joined."""


_LoaderOfJoined.add_constructor(f"{_TAG}runs", lambda _loader, node: node.value.split())
_LoaderOfJoined.add_constructor(
    f"{_TAG}images", lambda _loader, node: dict(zip(_SPLITS, map(int, node.value.split()), strict=True))
)


def load(text: str) -> JsonValue:
    """Return what a text holds.

    Raises:
        ValueError: it is not YAML, or more than such a file holds.
    """
    try:
        document: JsonValue = _document(text)
        # Aliases make nine short lines out to be millions of values.
        if _count(document, {}) > MAX_VALUES:
            raise ValueError("more values than a plan has")
    except (yaml.YAMLError, RecursionError, AttributeError, TypeError, LookupError) as error:
        # The constructors of PyYAML raise these for malformed dates and numbers.
        raise ValueError(f"not YAML: {error}") from None
    return document


def _document(text: str) -> JsonValue:
    # A value costs the parser ten times as much as its letters, and points of a large plan have most values.
    if _TAG in text:
        document: JsonValue = yaml.load(text, Loader=_Loader)
    else:
        joined = _IMAGES.sub(rf"\1images: {_TAG}images '\2 \3 \4'\n", _RUNS.sub(_joined, text))
        document = yaml.load(joined, Loader=_LoaderOfJoined)
    return document


def _joined(runs: re.Match[str]) -> str:
    ids = runs[2].replace(f"{runs[1]}- ", " ").replace("\n", "").replace("'", "")
    return f"{runs[1]}runs: {_TAG}runs '{ids}'\n"


def load_file(path: Path) -> JsonValue:
    """Return what a file holds.

    Raises:
        ValueError: it is not YAML, or more than such a file holds.
        RequestError: it is no file, or too large.
        OSError: it cannot be read.
    """
    return load(read_bounded(path, MAX_BYTES).decode())


def _count(value: object, counts: dict[int, float]) -> float:
    """Return how many values there are once every alias is written out; infinitely many where one contains itself."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in counts:
        counts[id(value)] = float("inf")
        children = value.values() if isinstance(value, dict) else value
        counts[id(value)] = 1 + sum(_count(child, counts) for child in children)
    return counts[id(value)]
