"""The program of runs on a function of two weights: steps along its gradient, or what a method asks of it."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog.datasets.surfaces import Surface
from gdbench.catalog.optimizers.method import Computed
from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.settings.schema import Training
from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.evaluation import Evaluation
from gdbench.training.keras_types import Array, Floats, Integers, Tensor, Variable
from gdbench.training.methods.whole_function import Pass
from gdbench.training.optimizer import Optimizer
from gdbench.training.program import Program
from gdbench.training.splits import Prepared, Split
from gdbench.training.streams import generator
from gdbench.training.training_steps import Steps


class SurfaceFunction:
    """A function of two weights, with its gradient and the products of its Hessian."""

    images = 1

    def __init__(self, surface: Surface, compiler: CompilerName) -> None:
        """Make the variable; nothing is compiled before the first call."""
        self.surface = surface
        self.variable: Variable = keras.Variable(np.zeros(2), dtype=keras.config.floatx(), name="kernel")
        self._derivatives = compiled_by(compiler, self._all_derivatives)

    @property
    def weights(self) -> Array:
        """The weights (2,) in double precision."""
        return np.asarray(self.variable.numpy(), np.float64)

    def assign(self, weights: Array) -> None:
        """Set the weights (2,)."""
        self.variable.assign(weights)

    def value(self) -> Tensor:
        """Return the value at the present weights."""
        return self.surface.value(self.variable.value[0], self.variable.value[1], tf.cos)

    def __call__(self, computed: Computed, weights: Array, direction: Array | None = None) -> Pass:
        """Evaluate it at some weights (2,); a product is that with a direction (2,)."""
        self.assign(weights)
        along = np.zeros(2) if direction is None else direction
        value, gradient, product = self._derivatives(tf.constant(along, keras.config.floatx()))
        derivatives: dict[Computed, Tensor] = {"loss": np.zeros(0), "gradient": gradient, "product": product}
        return Pass(float(value), float(value), None, np.asarray(derivatives[computed], np.float64))

    def _all_derivatives(self, along: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the value, the gradient (2,), and the product (2,) of the Hessian and a direction."""
        weights = self.variable.value
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                value = self.value()
            gradient = inner.gradient(value, weights)
            slope = tf.reduce_sum(gradient * along)
        return value, gradient, outer.gradient(slope, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)


class SurfaceProgram(Program):
    """A function of two weights and what minimizes it."""

    passes_per_epoch = 1.0

    def __init__(self, settings: RunSettings, data: Prepared, surface: Surface) -> None:
        """Build the optimizer, unless the run has a method."""
        training = settings.training
        compiler: CompilerName = "graph" if training.compile == "auto" else training.compile
        self.data = data
        self.recorder = None
        self.function = SurfaceFunction(surface, compiler)
        self.variables = [self.function.variable]
        self._optimizer = None if settings.optimizer.method else Optimizer(settings.optimizer, self.variables)
        self._value = compiled_by(compiler, self.function.value)
        self._one_step = compiled_by(compiler, self._descend)

    @property
    def updates_per_epoch(self) -> int:
        """One: an epoch is one update or evaluation."""
        return 1

    @property
    def weights(self) -> list[Array]:
        """The point that is evaluated, as the only weights."""
        return [self.point]

    @property
    def point(self) -> Array:
        """The point (2,) that is evaluated."""
        if self._optimizer is None:
            return self.function.weights
        with self._optimizer.evaluated():
            return self.function.weights

    def start(self, settings: RunSettings, weights: Sequence[Array] | None = None) -> None:
        """Set the state to that before a run's first update, from a point that another program has given if any."""
        chosen = settings.dataset.component["start"]
        uniform = generator(settings.seed, "weights/start").random(2)
        first = self.function.surface.start(uniform) if chosen == "random" else np.array(chosen)
        self.function.assign(weights[0] if weights else first)
        if self._optimizer:
            self._optimizer.start(settings.optimizer)

    def train(self, order: Integers, first: int, last: int, update: int, rates: Floats) -> Steps:  # noqa: ARG002
        """Take one step at its learning rate, and return the value at the point that is evaluated after it."""
        assert self._optimizer is not None, "a method takes no steps"
        self._one_step(tf.constant(rates[0], keras.config.floatx()))
        with self._optimizer.evaluated():
            return Steps(np.array([float(self._value())]), None, np.ones(1, np.int64))

    def measure(self, training: Training) -> dict[str, Evaluation]:  # noqa: ARG002
        """Return nothing, since there are no images."""
        return {}

    def compile_evaluation(self, split: Split) -> bool:  # noqa: ARG002
        """Return False: there is nothing to compile."""
        return False

    def is_finite(self) -> bool:
        """Whether both weights are finite numbers."""
        return bool(np.isfinite(self.function.weights).all())

    def _descend(self, rate: Tensor) -> None:
        assert self._optimizer is not None, "a method takes no steps"
        self._optimizer.keras.learning_rate = rate
        with tf.GradientTape() as tape:
            value = self.function.value()
        self._optimizer.keras.apply([tape.gradient(value, self.function.variable.value)])

    def _state_variables(self) -> list[Variable]:
        return [*self.variables, *(self._optimizer.keras.variables if self._optimizer else [])]
