"""Printouts as JSON, for programs."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from gdbench.display.sheets.printout import JsonModel, Printout

# Items at this depth of a model, such as a section of a run, are made into text as a whole.
_WHOLE = 3


def write(printout: Printout, stream: TextIO) -> None:
    """Write the model of a printout; an infinite number, worse than any other, is `"diverged"`."""
    _ModelWriter(stream).write(printout.model())
    stream.write("\n")


class _ModelWriter:
    """Writes a model piece by piece, since the text of a large one takes gigabytes.

    What many items share, as runs do their sections, is made into text once.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        # By identity, which the value keeps.
        self._texts: dict[int, tuple[JsonModel, str]] = {}

    def write(self, model: JsonModel, depth: int = 0) -> None:
        """Write a model at a depth of indentation."""
        if depth == _WHOLE or not model or isinstance(model, str | int | float):
            self._stream.write(self._text(model, depth))
        elif isinstance(model, Mapping):
            items = ((f"{json.dumps(name)}: ", value) for name, value in model.items())
            self._write_items("{", items, "}", depth)
        else:
            self._write_items("[", (("", value) for value in model), "]", depth)

    def _write_items(self, first: str, items: Iterable[tuple[str, JsonModel]], last: str, depth: int) -> None:
        indent = "\n" + "  " * (depth + 1)
        for number, (name, value) in enumerate(items):
            self._stream.write(f"{',' if number else first}{indent}{name}")
            self.write(value, depth + 1)
        self._stream.write(f"{indent[:-2]}{last}")

    def _text(self, model: JsonModel, depth: int) -> str:
        if not isinstance(model, Mapping):
            return _as_text(model, depth)
        # All at one depth, but for empty ones, which have no lines.
        if id(model) not in self._texts:
            self._texts[id(model)] = (model, _as_text(model, depth))
        return self._texts[id(model)][1]


def _as_text(model: JsonModel, depth: int) -> str:
    # No string holds a line's end as such.
    return json.dumps(_finite(model), indent=2, allow_nan=False).replace("\n", "\n" + "  " * depth)


def _finite(model: JsonModel) -> JsonModel:
    if isinstance(model, float):
        # JSON has no infinity.
        return "diverged" if math.isinf(model) else model
    if isinstance(model, Mapping):
        return {name: _finite(value) for name, value in model.items()}
    if isinstance(model, Sequence) and not isinstance(model, str):
        return [_finite(value) for value in model]
    return model
