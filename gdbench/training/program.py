"""A compiled program: the training steps of an epoch, and an evaluation, each as one TensorFlow function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog.architectures import ARCHITECTURES
from gdbench.records import Run, Settings
from gdbench.training.model import Model, assemble
from gdbench.training.optimizer import Optimizer
from gdbench.training.splits import Prepared, Split
from gdbench.training.streams import stream_31

# The maps of a convolution leave the processor's cache with more: 100 images at a time take half as long as 500.
EVALUATION_BATCHES = {"flat": 500, "rows": 500, "image": 100}


@dataclass(frozen=True, eq=False)
class Steps:
    """What training steps gave: mean loss without penalty and right answers of each batch, and the batch sizes."""

    losses: np.ndarray
    correct: np.ndarray
    sizes: np.ndarray


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Mean loss and accuracy over a split, and the share of its most predicted class."""

    loss: float
    accuracy: float
    largest_share: float


class Program:
    """A model, its optimizer and their compiled functions; `start` makes it ready for one run.

    Weights, optimizer slots, learning rate, weight decay, penalties, dropout rates and strengths of noise are assigned,
    not compiled in, so that runs which differ in them share the program.
    """

    def __init__(self, settings: Mapping[str, Settings], data: Prepared) -> None:
        """Build for the settings of any of the runs that share the program."""
        self.data = data
        self.model: Model = assemble(settings, data.shape, data.classes)
        self.variables = self.model.keras.trainable_variables
        self.optimizer = Optimizer(settings["optimizer"], self.variables)
        self._penalties = {
            name: tf.Variable(0.0, trainable=False, dtype=keras.config.floatx()) for name in ("l1", "l2")
        }
        self._penalized = [name for name in self._penalties if settings["regularization"][name]]
        training = settings["training"]
        size = data.train.count if training["batch_size"] == "full" else training["batch_size"]
        remainder = 0 if training["drop_remainder"] else data.train.count % size
        self.batch_size, self.remainder, self.full_batches = size, remainder, data.train.count // size
        choice = training["compile"]
        stack = ARCHITECTURES.build(settings["architecture"])
        # XLA's convolution gradients on a processor are 5 to 20 times slower than TensorFlow's own.
        convolves = stack.form == "image" or stack.convolves
        chosen = choice if choice != "auto" else "graph" if convolves else "xla"
        self._fast = choice == "auto" and convolves
        self._evaluation_batch = EVALUATION_BATCHES[stack.form]
        self._train = _compiled(chosen, self._train_steps)
        # One step an epoch doesn't earn back what XLA takes to compile it a second time for the smaller batch.
        self._train_remainder = _compiled("graph" if choice == "auto" else chosen, self._train_steps)
        self._evaluate = _compiled(chosen, self._evaluate_batches)
        self._compiled: set[Split] = set()
        self._compile()

    @property
    def updates_per_epoch(self) -> int:
        """Batches of an epoch, the smaller last one included."""
        return self.full_batches + (1 if self.remainder else 0)

    def start(self, run: Run) -> None:
        """Set the state to that before a run's first update."""
        seed, regularization = run.seed, run.regularization
        self.model.start(seed)
        self.optimizer.start(run.optimizer)
        for name, penalty in self._penalties.items():
            penalty.assign(regularization[name])
        for name, layer in self.model.random_layers.items():
            option, _, place = name.partition("/")
            layer.set(regularization[option]["input" if place == "input" else "hidden"], stream_31(seed, name))

    def train(self, order: np.ndarray, first: int, last: int, update: int, rates: np.ndarray) -> Steps:
        """Run the batches `first` to `last` (exclusive) of an epoch.

        `order` is the epoch's permutation (count,), `update` the number of updates before `first`, `rates` the
        learning rates of these updates (last - first,).
        """
        full = min(last, self.full_batches)
        parts = []
        if first < full:
            chosen = order[first * self.batch_size : full * self.batch_size]
            parts.append(self._call_train(chosen, update, rates[: full - first], self.batch_size))
        if last > self.full_batches:
            chosen = order[self.full_batches * self.batch_size :]
            parts.append(self._call_train(chosen, update + full - first, rates[-1:], self.remainder))
        losses, correct = (np.concatenate([part[index] for part in parts]) for index in (0, 1))
        sizes = np.full(len(losses), self.batch_size)
        if last > self.full_batches:
            sizes[-1] = self.remainder
        return Steps(losses, correct, sizes)

    def evaluate(self, split: Split) -> Evaluation:
        """Measure a split with dropout and noise off, at the weights that the optimizer's method evaluates."""
        batch = self._evaluation_batch
        whole = split.count // batch * batch
        with self.optimizer.evaluated():
            parts = [
                self._evaluate(split.images, split.labels, tf.constant(first), tf.constant(stop), size)
                for first, stop, size in ((0, whole, batch), (whole, split.count, split.count - whole))
                if first < stop
            ]
        losses, correct, predicted = (np.concatenate([part[index].numpy() for part in parts]) for index in range(3))
        return Evaluation(
            loss=float(losses.astype(np.float64).sum() / split.count),
            accuracy=float(correct.sum() / split.count),
            largest_share=float(predicted.sum(axis=0).max() / split.count),
        )

    def state(self) -> list[tf.Tensor]:
        """Return every variable that training changes; values are copied only where training then changes them."""
        return [variable.value.read_value() for variable in self._state_variables()]

    def restore(self, state: list[tf.Tensor]) -> None:
        """Set every variable that training changes."""
        for variable, value in zip(self._state_variables(), state, strict=True):
            variable.assign(value)

    def is_finite(self) -> bool:
        """Whether every weight is a finite number."""
        return all(bool(np.isfinite(variable.numpy()).all()) for variable in self.model.keras.variables)

    def _state_variables(self) -> list[Any]:
        return [*self.model.keras.variables, *self.optimizer.keras.variables]

    def _call_train(
        self, order: np.ndarray, update: int, rates: np.ndarray, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Train on the images of `order`, in batches of `size`, one batch a rate."""
        # One length whatever the stretch, since another shape would be compiled anew. Where the stretch starts in the
        # epoch must not be an argument: XLA takes it for a constant and compiles every start anew.
        steps, capacity = len(rates), self.full_batches if size == self.batch_size else 1
        padded_order, padded_rates = np.zeros(capacity * size, np.int32), np.zeros(capacity, keras.config.floatx())
        padded_order[: steps * size], padded_rates[:steps] = order, rates
        arguments = (padded_order, padded_rates, np.int32(steps), np.int32(update))
        train = self._train if size == self.batch_size else self._train_remainder
        losses, correct = train(self.data.train.images, self.data.train.labels, *map(tf.constant, arguments), size)
        return losses.numpy()[:steps], correct.numpy()[:steps]

    def _compile(self) -> None:
        """Trace and compile every function by one batch each; `start` takes back what that changes."""
        # A batch, not none: what is compiled inside a graph is compiled when it is first reached.
        for size in (self.batch_size, self.remainder):
            if size:
                self._call_train(np.arange(size), 0, np.zeros(1), size)
        for split in (self.data.test, self.data.validation):
            if split:
                self.compile_evaluation(split)

    def compile_evaluation(self, split: Split) -> bool:
        """Compile the evaluation of a split; return False if that had been done."""
        if split in self._compiled:
            return False
        batch = self._evaluation_batch
        for size in {min(split.count, batch), split.count % batch} - {0}:
            self._evaluate(split.images, split.labels, tf.constant(0), tf.constant(size), size)
        self._compiled.add(split)
        return True

    def _train_steps(self, images: Any, labels: Any, order: Any, rates: Any, steps: Any, update: Any, size: int) -> Any:
        def body(step: Any, losses: Any, correct: Any) -> Any:
            chosen = tf.slice(order, [step * size], [size])
            for layer in self.model.random:
                layer.update = update + step
            self.optimizer.keras.learning_rate = rates[step]
            inputs = self.data.pixels(tf.gather(images, chosen))
            loss, right = self._step(inputs, tf.gather(labels, chosen), self._fast and size == self.batch_size)
            return step + 1, losses.write(step, loss), correct.write(step, right)

        capacity = rates.shape[0]
        losses = tf.TensorArray(keras.config.floatx(), capacity, element_shape=())
        correct = tf.TensorArray(tf.int32, capacity, element_shape=())
        _, losses, correct = tf.while_loop(
            lambda step, *_: step < steps, body, (0, losses, correct), parallel_iterations=1
        )
        return losses.stack(), correct.stack()

    def _step(self, images: Any, labels: Any, fast: bool) -> tuple[Any, Any]:
        weights = [variable.value for variable in self.variables]
        with tf.GradientTape() as tape:
            outputs = self.model.outputs(images, True, fast)
            loss = tf.reduce_mean(self.model.losses(labels, outputs))
            total = loss + self._penalty() if self._penalized else loss
            total = sum(self.model.keras.losses, start=total)
        self.optimizer.keras.apply(tape.gradient(total, weights))
        return loss, self._count_right(labels, outputs)

    def _penalty(self) -> Any:
        powers: dict[str, Callable[[Any], Any]] = {"l1": tf.abs, "l2": tf.square}
        return tf.add_n(
            [
                self._penalties[name] * tf.reduce_sum(powers[name](kernel.value))
                for name in self._penalized
                for kernel in self.model.kernels
            ]
        )

    def _evaluate_batches(self, images: Any, labels: Any, first: Any, stop: Any, size: int) -> Any:
        count = images.shape[0] // size

        def body(start: Any, index: Any, losses: Any, correct: Any, predicted: Any) -> Any:
            batch_labels = tf.slice(labels, [start], [size])
            shape = images.shape
            rows = tf.slice(images, [start, *([0] * (len(shape) - 1))], [size, *shape[1:]])
            outputs = self.model.outputs(self.data.pixels(rows), False, self._fast)
            classes = tf.one_hot(self.model.answers(outputs), self.data.classes, dtype=tf.int32)
            return (
                start + size,
                index + 1,
                losses.write(index, tf.reduce_sum(self.model.losses(batch_labels, outputs))),
                correct.write(index, self._count_right(batch_labels, outputs)),
                predicted.write(index, tf.reduce_sum(classes, axis=0)),
            )

        arrays = (
            tf.TensorArray(keras.config.floatx(), count, element_shape=()),
            tf.TensorArray(tf.int32, count, element_shape=()),
            tf.TensorArray(tf.int32, count, element_shape=(self.data.classes,)),
        )
        looped = tf.while_loop(lambda start, *_: start < stop, body, (first, 0, *arrays), parallel_iterations=1)
        return tuple(array.stack() for array in looped[2:])

    def _count_right(self, labels: Any, outputs: Any) -> Any:
        return tf.reduce_sum(tf.cast(tf.equal(self.model.answers(outputs), labels), tf.int32))


def _compiled(choice: str, function: Callable[..., Any]) -> Callable[..., Any]:
    if choice == "eager":
        return function
    compiled: Callable[..., Any] = tf.function(function, jit_compile=choice == "xla", autograph=False)
    return compiled
