"""The part of a run that shapes its compiled graph: runs with one program share one compilation."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from gdbench.catalog.describe import model_of
from gdbench.catalog.entry import inputs_of, is_active
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.experiment.settings.schema import Regularization
from gdbench.records import Run, Settings

_SHAPING = ("batch_size", "drop_remainder", "loss", "threads", "compile")


def program_key(run: Run) -> str:
    """Return a text that is equal for two runs exactly when they share a compiled program.

    Of an argument declared as an input only whether it is zero or off counts. Seed, schedule, length and the moments of
    evaluation shape no graph.
    """
    parts = {
        "dataset": run.dataset,
        "architecture": run.architecture,
        "optimizer": _shape_of_optimizer(run.optimizer),
        "training": {key: run.training[key] for key in _SHAPING},
        "regularization": _shape(Regularization, run.regularization),
    }
    return json.dumps(parts, sort_keys=True)


def _shape_of_optimizer(optimizer: Settings) -> dict[str, Any]:
    """Return the settings with each input reduced to whether it acts; a plug-in has no inputs."""
    inputs = OPTIMIZERS.inputs(optimizer["name"])
    return {name: is_active(value) if name in inputs else value for name, value in optimizer.items()}


def _shape(model: type[BaseModel], settings: Settings) -> dict[str, Any]:
    """Return the settings with each input reduced to whether it acts."""
    inputs = inputs_of(model)
    shaped: dict[str, Any] = {"name": settings.get("name")}
    for name, field in model.model_fields.items():
        value = settings[name]
        nested = model_of(field)
        if name in inputs:
            shaped[name] = is_active(value)
        elif nested and isinstance(value, Mapping):
            shaped[name] = _shape(nested, value)
        else:
            shaped[name] = value
    return shaped
