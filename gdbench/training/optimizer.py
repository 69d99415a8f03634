"""Keras' optimizer in a program: its options, its inputs, and the weights that its method evaluates."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import tensorflow as tf

from gdbench.catalog.entry import is_active
from gdbench.catalog.optimizers import OPTIMIZERS
from gdbench.catalog.optimizers.method import Method
from gdbench.catalog.optimizers.options import unless_off
from gdbench.catalog.optimizers.wrappers import Wrapper
from gdbench.experiment.settings.optimizer_settings import OptimizerSettings
from gdbench.training.keras_types import KerasOptimizer, Variable


class Optimizer:
    """Keras' optimizer of some variables; `start` makes it ready for one run.

    The arguments that are inputs are assigned, not compiled in; the learning rate, one of them, is assigned in every
    update by the training step.
    """

    def __init__(self, settings: OptimizerSettings, variables: Sequence[Variable]) -> None:
        """Build for the settings of any of the runs that share the program."""
        component = settings.component
        built = OPTIMIZERS.build(component)
        assert not isinstance(built, Method | Wrapper), "methods and wrappers take no steps of their own"
        self.keras: KerasOptimizer = built
        self.variables = variables
        for name, value in OPTIMIZERS.explicit_options(component).items():
            setattr(self.keras, name, unless_off(value))
        # The learning rate has a variable of Keras' own. An input that does nothing gets no variable: what is off
        # shapes the graph.
        inputs = OPTIMIZERS.inputs(component["name"]) - {"learning_rate"}
        self._inputs = {
            name: tf.Variable(0.0, trainable=False, dtype=keras.config.floatx()) if is_active(component[name]) else None
            for name in inputs
        }
        for name, variable in self._inputs.items():
            setattr(self.keras, name, variable)
        self.keras.build(variables)
        self._initial_state = [variable.numpy() for variable in self.keras.variables]

    def start(self, settings: OptimizerSettings) -> None:
        """Set the state to that before a run's first update; the variables must have their initial values."""
        for variable, value in zip(self.keras.variables, self._initial_state, strict=True):
            variable.assign(value)
        for name, variable in self._inputs.items():
            if variable is not None:
                variable.assign(settings.component[name])
        if isinstance(self.keras, keras.optimizers.ScheduleFreeAdamW):
            # Keras has them start as the weights that it was built with.
            for iterate, variable in zip(self.keras._momentums, self.variables, strict=True):
                iterate.assign(variable)

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Hold in the variables what is evaluated: their running mean under `use_ema`, else the weights as trained.

        Afterwards the variables are bit for bit what they were.
        """
        # Only this option makes Keras change the variables for evaluation.
        if not self.keras.use_ema:
            yield
            return
        trained = [variable.numpy() for variable in self.variables]
        try:
            self.keras.finalize_variable_values(self.variables)
            yield
        finally:
            for variable, value in zip(self.variables, trained, strict=True):
                variable.assign(value)
