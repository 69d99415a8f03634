"""The part of a run that shapes its compiled graph: runs with one program share one compilation."""

import json

from pydantic import BaseModel

from gdbench.catalog.entry import inputs_of, is_active
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.records import Run, Settings

# The other settings say how long to train and when to evaluate, which a program is told with each call.
_COMPILED_IN = ("batch_size", "drop_remainder", "loss", "threads", "compile")


def program_key(run: Run) -> str:
    """Return a text that is equal for two runs exactly when they share a compiled program.

    Of an argument that is an input of the program only whether it is zero or off counts. Neither the seed nor the
    schedule, nor the length and the moments of evaluation shape a graph.
    """
    settings = settings_of(run)
    parts = {
        "dataset": run.dataset,
        "architecture": run.architecture,
        "optimizer": _shape_of_optimizer(run.optimizer),
        "training": {name: getattr(settings.training, name) for name in _COMPILED_IN},
        "regularization": _shape(settings.regularization),
    }
    return json.dumps(parts, sort_keys=True)


def _shape_of_optimizer(component: Settings) -> dict[str, object]:
    # A plug-in is opaque: none of its arguments is an input, and each may shape the graph.
    inputs = OPTIMIZERS.inputs(component["name"])
    return {name: is_active(value) if name in inputs else value for name, value in component.items()}


def _shape(settings: BaseModel) -> dict[str, object]:
    """Return the settings with each input reduced to whether it acts."""
    inputs = inputs_of(type(settings))
    return {name: is_active(value) if name in inputs else _plain(value) for name, value in settings}


def _plain(value: object) -> object:
    return _shape(value) if isinstance(value, BaseModel) else value
