"""Programs and models of runs, and what is in them."""

import functools
import json

import numpy as np

from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.records import Run
from gdbench.training.model import Model, assemble
from gdbench.training.program import Program
from gdbench.training.splits import Form, Prepared, prepare


def data_of(run: Run) -> Prepared:
    return _data(json.dumps(run.dataset), ARCHITECTURES.build(run.architecture).form)


@functools.cache
def _data(dataset: str, form: Form) -> Prepared:
    return prepare(json.loads(dataset), form)


def program_of(run: Run) -> Program:
    """A program of its own for a run, at the run's start."""
    program = Program(run.settings, data_of(run))
    program.start(run)
    return program


def model_of(run: Run) -> Model:
    """The model of a run, at its start."""
    data = data_of(run)
    model = assemble(run.settings, data.shape, data.classes)
    model.start(run.seed)
    return model


def weights_of(model: Model) -> dict[str, np.ndarray]:
    """Copies of what is trained, as `layer/variable`."""
    return {
        f"{layer.name}/{variable.name}": variable.numpy()
        for layer in model.keras.layers
        for variable in layer.trainable_variables
    }
