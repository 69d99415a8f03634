"""Printouts as JSON, for programs."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import TextIO

from gdbench.display.sheets.printout import JsonModel, Printout


def write(printout: Printout, stream: TextIO) -> None:
    """Write the model of a printout; an infinite number, worse than any other, is `"diverged"`."""
    stream.write(json.dumps(_finite(printout.model()), indent=2, allow_nan=False) + "\n")


def _finite(model: JsonModel) -> JsonModel:
    if isinstance(model, float):
        # JSON has no infinity.
        return "diverged" if math.isinf(model) else model
    if isinstance(model, Mapping):
        return {name: _finite(value) for name, value in model.items()}
    if isinstance(model, Sequence) and not isinstance(model, str):
        return [_finite(value) for value in model]
    return model
