"""Programs and models of runs, and what is in them."""

import functools
import json

import numpy as np

from gdbench.experiment.settings.run_settings import DatasetSettings, settings_of
from gdbench.records import Run
from gdbench.training.assembly import assemble
from gdbench.training.methods.whole_program import built_program
from gdbench.training.model import Model
from gdbench.training.program import Program
from gdbench.training.splits import Form, Prepared, prepare


def data_of(run: Run) -> Prepared:
    return _data(json.dumps(run.dataset), settings_of(run).architecture.spec.form)


@functools.cache
def _data(dataset: str, form: Form) -> Prepared:
    return prepare(DatasetSettings(json.loads(dataset)), form)


def program_of(run: Run) -> Program:
    """A program of its own for a run, at the run's start."""
    program = built_program(settings_of(run), data_of(run))
    program.start(settings_of(run))
    return program


def model_of(run: Run) -> Model:
    """The model of a run, at its start."""
    data = data_of(run)
    model = assemble(settings_of(run), data.shape, data.classes)
    model.start(run.seed)
    return model


def weights_of(model: Model) -> dict[str, np.ndarray]:
    """Copies of what is trained, as `layer/variable`."""
    return {
        f"{layer.name}/{variable.name}": variable.numpy()
        for layer in model.keras.layers
        for variable in layer.trainable_variables
    }
