"""What is recorded of each layer inside a training step: norms of its gradient, of its weights and of their change."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf

from gdbench.experiment.settings.schema import QUANTITIES, Quantity
from gdbench.records import LayerCurves
from gdbench.training.decimals import shortest_decimal
from gdbench.training.keras_types import Floats, KerasLayer, KerasModel, Tensor, Variable

# Sums of squares between these are right in single precision.
SMALLEST, LARGEST = 1e-20, 1e30
SIDE_BY_SIDE = 64


class Recorder:
    """The recorded quantities of a model's trained layers; `names` are those of the layers, the first one first."""

    def __init__(self, model: KerasModel, quantities: Sequence[Quantity]) -> None:
        """Record nothing before `start`."""
        layers: list[KerasLayer] = [layer for layer in model.layers if layer.trainable_variables]
        self.names = [layer.name for layer in layers]
        self._quantities = quantities
        self._variables = model.trainable_variables
        places = {id(variable): index for index, variable in enumerate(self._variables)}
        self._places = [[places[id(variable)] for variable in layer.trainable_variables] for layer in layers]
        # Fed to the program, so that runs which differ in it share one.
        self._every = tf.Variable(1, trainable=False, dtype=tf.int32)

    @property
    def shape(self) -> tuple[int, int]:
        """Of what an update is recorded with: the numbers of quantities and of layers."""
        return len(self._quantities), len(self.names)

    def start(self, every: int) -> None:
        """Record every so many updates of the run."""
        self._every.assign(every)

    def is_due(self, update: Tensor) -> Tensor:
        """Whether an update is recorded; `update` is the number of updates before it."""
        return tf.equal((update + 1) % self._every, 0)

    def next_due(self, update: Tensor) -> Tensor:
        """Return the first recorded update that is not before this one, both counted from 0."""
        return update + (self._every - 1 - update % self._every) % self._every

    def records(self, quantity: Quantity) -> bool:
        """Whether a quantity is recorded."""
        return quantity in self._quantities

    def weights(self) -> list[Tensor]:
        """Return the present weights."""
        return [tf.identity(variable.value) for variable in self._variables]

    def gradient_norms(self, due: Tensor, gradients: Callable[[], Sequence[Tensor | None]]) -> Tensor:
        """Return the norms of gradients that are computed only where an update is due, (layers,), zeros elsewhere."""

        def norms() -> Tensor:
            # A slice is the gradient of an embedding, None that of a weight that the loss does not depend on.
            dense = [None if gradient is None else tf.convert_to_tensor(gradient) for gradient in gradients()]
            return self._norms(dense)

        return self._where(due, norms)

    def weight_norms(self, due: Tensor) -> Tensor:
        """Return the norms of the present weights, (layers,), zeros where no update is due."""
        return self._where(due, lambda: self._norms(self.weights()))

    def update_ratios(self, due: Tensor, before: Sequence[Tensor], norms: Tensor | None) -> Tensor:
        """Return how far the weights have moved since `before`, (layers,), zeros where no update is due.

        `norms` are those of the weights before, where they have been computed.
        """

        def ratios() -> Tensor:
            changes = [after - earlier for after, earlier in zip(self.weights(), before, strict=True)]
            return self._norms(changes) / (self._norms(before) if norms is None else tf.cast(norms, tf.float64))

        return self._where(due, ratios)

    def _norms(self, tensors: Sequence[Tensor | None]) -> Tensor:
        return tf.stack([_norm([tensors[place] for place in own]) for own in self._places])

    def _where(self, due: Tensor, values: Callable[[], Tensor]) -> Tensor:
        floatx = keras.config.floatx()
        return tf.cond(due, lambda: tf.cast(values(), floatx), lambda: tf.zeros(len(self.names), floatx))

    def curves(self, every: int, kept: Sequence[Floats]) -> LayerCurves:
        """Return the numbers of the recorded updates, (updates, quantities, layers) each, as a record holds them."""
        values = np.concatenate([np.zeros((0, *self.shape), np.float32), *kept])
        curves: dict[str, list[list[float | None]]] = {
            name: [[_number(value) for value in curve] for curve in values[:, index].T]
            for index, name in enumerate(self._quantities)
        }
        return {"every": every, "names": self.names, "curves": curves}


def _number(value: float) -> float | None:
    return shortest_decimal(value) if np.isfinite(value) else None


class Recording:
    """The recording of one update, which changes no number of it: begun before the step, finished after it."""

    def __init__(
        self, recorder: Recorder, due: Tensor, gradients: Callable[[], Sequence[Tensor | None]] | None = None
    ) -> None:
        """Begin, if the update is due; `gradients` computes those that the step itself will not give, if any."""
        self._recorder = recorder
        self._due = due
        self._found: dict[Quantity, Tensor] = {}
        if recorder.records("gradient_norm"):
            self._found["gradient_norm"] = recorder.gradient_norms(self._due, gradients) if gradients else 0.0
        if recorder.records("weight_norm"):
            self._found["weight_norm"] = recorder.weight_norms(self._due)
        # Copied in every step, and only where they are compared afterwards.
        self._before = recorder.weights() if recorder.records("update_ratio") else []

    def finished(self, gradients: Sequence[Tensor | None]) -> Tensor:
        """Return what is recorded of the update, (quantities, layers), given the step's own gradients.

        Those that were computed before the step are None here. A layer's are all of one kind.
        """
        recorder, found = self._recorder, self._found
        if recorder.records("gradient_norm"):
            found["gradient_norm"] += recorder.gradient_norms(self._due, lambda: gradients)
        if recorder.records("update_ratio"):
            found["update_ratio"] = recorder.update_ratios(self._due, self._before, found.get("weight_norm"))
        return tf.stack([found[quantity] for quantity in QUANTITIES if recorder.records(quantity)])


@contextmanager
def restored(variables: Sequence[Variable]) -> Iterator[None]:
    """Set variables back at the end to what they were at the beginning."""
    kept = [variable.value.read_value() for variable in variables]
    yield
    for variable, value in zip(variables, kept, strict=True):
        variable.assign(value)


def _norm(tensors: Sequence[Tensor | None]) -> Tensor:
    """Return the Euclidean norm of all numbers of some tensors, to about six digits, in double precision."""
    known = [tensor for tensor in tensors if tensor is not None]
    if not known:
        return tf.zeros((), tf.float64)
    squares = _sum_of_squares(known, tf.float32)
    is_in_range = tf.logical_and(squares > SMALLEST, squares < LARGEST)
    # Single precision takes a sixth of the time, but the squares of vanishing and of exploding gradients are beyond it.
    return tf.sqrt(tf.cond(is_in_range, lambda: squares, lambda: _sum_of_squares(known, tf.float64)))


def _sum_of_squares(tensors: Sequence[Tensor], precision: tf.DType) -> Tensor:
    return tf.add_n([part for tensor in tensors for part in _parts_of_sum(tf.square(tf.cast(tensor, precision)))])


def _parts_of_sum(values: Tensor) -> list[Tensor]:
    """Return what adds up to the sum of all values, in double precision: that of whole rows, and that of the rest."""
    flat, count = tf.reshape(values, [-1]), values.shape.num_elements()
    in_rows = count - count % SIDE_BY_SIDE
    parts = [flat[in_rows:]] if in_rows < count else []
    if in_rows:
        # Sums side by side, which XLA keeps in registers, take a tenth of the time of one long sum.
        parts.append(tf.reduce_sum(tf.reshape(flat[:in_rows], [-1, SIDE_BY_SIDE]), axis=0))
    return [tf.reduce_sum(tf.cast(part, tf.float64)) for part in parts]
