"""The part of a run that shapes its compiled graph: runs with one program share one compilation."""

import json

from pydantic import BaseModel

from gdbench.catalog.entry import inputs_of, is_active
from gdbench.catalog.optimizers import METHODS, OPTIMIZERS
from gdbench.catalog.optimizers.method import MethodOptions
from gdbench.experiment.settings.run_settings import RunSettings, settings_of
from gdbench.records import Run, Settings

# The other settings say how long to train and when to evaluate, which a program is told with each call.
_COMPILED_IN = ("batch_size", "drop_remainder", "loss", "threads", "compile", "record")


def program_key(run: Run) -> str:
    """Return a text that is equal for two runs exactly when they share a compiled program.

    If an argument is an input of the program, only whether it is zero or off counts. The seed, the schedule, the length
    of the run and the moments of its evaluations do not shape a graph.
    """
    return ProgramKeys().of(run)


def key_of(settings: RunSettings) -> str:
    """Return the same text for the settings of a run, or of one of the trainings that it is made of."""
    return "\n".join(
        json.dumps(_part(name, values, settings), sort_keys=True) for name, values in settings.sections.items()
    )


class ProgramKeys:
    """The keys of many runs: a section that runs share, as those of a plan do, is written once."""

    def __init__(self) -> None:
        # By the identity of the section, which the value keeps alive.
        self._texts: dict[tuple[str, int], tuple[Settings, str]] = {}

    def of(self, run: Run) -> str:
        """Return the same text as `program_key`."""
        settings = settings_of(run)
        if settings.parts:
            # Where all trainings of a wrapper share one program, so does a run without the wrapper.
            return "\n".join(dict.fromkeys(map(key_of, settings.parts)))
        return "\n".join(self._text(name, values, settings) for name, values in settings.sections.items())

    def _text(self, name: str, values: Settings, settings: RunSettings) -> str:
        key = (name, id(values))
        if key not in self._texts:
            self._texts[key] = (values, json.dumps(_part(name, values, settings), sort_keys=True))
        return self._texts[key][1]


def _part(name: str, values: Settings, settings: RunSettings) -> object:
    """Return what shapes the graph in one section."""
    match name:
        case "optimizer":
            return _shape_of_optimizer(values)
        case "training":
            compiled = {name: getattr(settings.training, name) for name in _COMPILED_IN}
            # The weights themselves are fed to the program.
            return compiled | {"class_weight": settings.training.class_weight != "off"}
        case "regularization":
            return _shape(settings.regularization)
        case _:
            return values


def _shape_of_optimizer(component: Settings) -> dict[str, object]:
    # Methods on the same images share the functions that they call.
    if component["name"] in METHODS:
        return {name: component[name] for name in MethodOptions.model_fields}
    # A plug-in is opaque: none of its arguments is an input, and each may shape the graph.
    inputs = OPTIMIZERS.inputs(component["name"])
    return {name: is_active(value) if name in inputs else value for name, value in component.items()}


def _shape(settings: BaseModel) -> dict[str, object]:
    """Return the settings with each input reduced to whether it acts."""
    inputs = inputs_of(type(settings))
    return {name: is_active(value) if name in inputs else _plain(value) for name, value in settings}


def _plain(value: object) -> object:
    return _shape(value) if isinstance(value, BaseModel) else value
