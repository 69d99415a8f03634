"""YAML as gdbench itself has written it, read fast; a damaged file may hold anything else."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from gdbench.experiment.yaml.bounded_read import content

# The largest plans have a million runs of some 20 bytes each.
MAX_BYTES = 64_000_000
MAX_VALUES = 5_000_000
# Without one of these letters it may be a number.
_RUN_ID = re.compile("(?=.*[acdf])[0-9a-f]{12}")
# The C parser is ten times as fast; not every build of PyYAML has it.
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # chosen above
    """A loader without merge keys, which can ask for more values than any memory holds."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Take the id of a run for text at once; a plan has hundreds of thousands of them."""
        if kind is yaml.ScalarNode and implicit[0] and _RUN_ID.fullmatch(value):
            return "tag:yaml.org,2002:str"
        tag: str = super().resolve(kind, value, implicit)
        return tag

    def flatten_mapping(self, _node: yaml.MappingNode) -> None:
        """Merge nothing: a merge key is then one that has no constructor."""


def load(text: str) -> JsonValue:
    """Return what a text holds.

    Raises:
        ValueError: it is not YAML, or more than such a file holds.
    """
    try:
        document: JsonValue = yaml.load(text, Loader=_Loader)
        # Aliases make nine short lines out to be millions of values.
        if _count(document, {}) > MAX_VALUES:
            raise ValueError("more values than a plan has")
    except (yaml.YAMLError, RecursionError, AttributeError, TypeError, LookupError) as error:
        # What the constructors of PyYAML raise for dates and numbers that are none.
        raise ValueError(f"not YAML: {error}") from None
    return document


def load_file(path: Path) -> JsonValue:
    """Return what a file holds.

    Raises:
        ValueError: it is not YAML, or more than such a file holds.
        RequestError: it is no file, or too large.
        OSError: it cannot be read.
    """
    return load(content(path, MAX_BYTES).decode())


def _count(value: object, counts: dict[int, float]) -> float:
    """Return how many values there are once every alias is written out; infinitely many where one contains itself."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in counts:
        counts[id(value)] = float("inf")
        children = value.values() if isinstance(value, dict) else value
        counts[id(value)] = 1 + sum(_count(child, counts) for child in children)
    return counts[id(value)]
