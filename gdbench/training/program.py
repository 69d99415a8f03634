"""A compiled program: the training steps of an epoch, and an evaluation, each as one TensorFlow function."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.training.assembly import assemble
from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.evaluation import Evaluation, Evaluator
from gdbench.training.keras_types import Floats, Integers, Tensor, Variable
from gdbench.training.optimizer import Optimizer
from gdbench.training.splits import Prepared, Split
from gdbench.training.streams import stream_31

# The maps of a convolution leave the processor's cache with more: 100 images at a time take half as long as 500.
EVALUATION_BATCHES = {"flat": 500, "rows": 500, "image": 100}


@dataclass(frozen=True, eq=False)
class Steps:
    """What training steps gave: mean loss without penalty and right answers of each batch, and the batch sizes."""

    losses: Floats
    correct: Integers
    sizes: Integers


class Program:
    """A model, its optimizer and their compiled functions; `start` makes it ready for one run.

    Weights, optimizer slots, learning rate, weight decay, penalties, dropout rates and strengths of noise are assigned,
    not compiled in, so that runs which differ in them share the program.
    """

    def __init__(self, settings: RunSettings, data: Prepared) -> None:
        """Build and compile for the settings of any of the runs that share the program."""
        self.data = data
        self.model = assemble(settings, data.shape, data.classes)
        self.variables = self.model.keras.trainable_variables
        self.optimizer = Optimizer(settings.optimizer, self.variables)
        self._penalties = {
            name: tf.Variable(0.0, trainable=False, dtype=keras.config.floatx()) for name in ("l1", "l2")
        }
        self._penalized = [name for name in self._penalties if getattr(settings.regularization, name)]
        training, spec = settings.training, settings.architecture.spec
        self.batch_size = training.batch_size_for(data.train.count)
        self.remainder = 0 if training.drop_remainder else data.train.count % self.batch_size
        self.full_batches = data.train.count // self.batch_size
        # XLA's convolution gradients on a processor are 5 to 20 times slower than TensorFlow's own.
        convolves = spec.form == "image" or spec.convolves
        automatic = training.compile == "auto"
        compiler: CompilerName = training.compile if training.compile != "auto" else "graph" if convolves else "xla"
        self._fast = automatic and convolves
        self._train = compiled_by(compiler, self._train_steps)
        # One step per epoch doesn't earn back the time that XLA needs to compile it again for the smaller batch.
        self._train_remainder = compiled_by("graph" if automatic else compiler, self._train_steps)
        self._evaluator = Evaluator(self.model, data, EVALUATION_BATCHES[spec.form], compiler, self._fast)
        self._compile()

    @property
    def updates_per_epoch(self) -> int:
        """Batches of an epoch, including the smaller last one."""
        return self.full_batches + (1 if self.remainder else 0)

    def start(self, settings: RunSettings) -> None:
        """Set the state to that before a run's first update."""
        regularization = settings.regularization
        self.model.start(settings.seed)
        self.optimizer.start(settings.optimizer)
        for name, penalty in self._penalties.items():
            penalty.assign(getattr(regularization, name))
        for noise in self.model.noise_layers:
            strength = regularization.strength(noise.option, noise.part)
            noise.layer.set(strength, stream_31(settings.seed, noise.stream))

    def train(self, order: Integers, first: int, last: int, update: int, rates: Floats) -> Steps:
        """Run the batches `first` to `last` (exclusive) of an epoch.

        `order` is the epoch's permutation (count,), `update` the number of updates before `first`, `rates` the
        learning rates of these updates (last - first,).
        """
        full = min(last, self.full_batches)
        parts = []
        if first < full:
            images = order[first * self.batch_size : full * self.batch_size]
            parts.append(self._call_train(images, update, rates[: full - first], self.batch_size))
        if last > self.full_batches:
            images = order[self.full_batches * self.batch_size :]
            parts.append(self._call_train(images, update + full - first, rates[-1:], self.remainder))
        losses, correct = (np.concatenate([part[index] for part in parts]) for index in (0, 1))
        sizes = np.full(len(losses), self.batch_size)
        if last > self.full_batches:
            sizes[-1] = self.remainder
        return Steps(losses, correct, sizes)

    def evaluate(self, split: Split) -> Evaluation:
        """Measure a split with dropout and noise off, at the weights that the optimizer's method evaluates."""
        with self.optimizer.evaluated():
            return self._evaluator(split)

    def compile_evaluation(self, split: Split) -> bool:
        """Compile the evaluation of a split; return False if that had been done."""
        return self._evaluator.compile(split)

    def state(self) -> list[Tensor]:
        """Return every variable that training changes; values are copied only where training then changes them."""
        return [variable.value.read_value() for variable in self._state_variables()]

    def restore(self, state: list[Tensor]) -> None:
        """Set every variable that training changes."""
        for variable, value in zip(self._state_variables(), state, strict=True):
            variable.assign(value)

    def is_finite(self) -> bool:
        """Whether every weight is a finite number."""
        return all(bool(np.isfinite(variable.numpy()).all()) for variable in self.model.keras.variables)

    def _state_variables(self) -> list[Variable]:
        return [*self.model.keras.variables, *self.optimizer.keras.variables]

    def _compile(self) -> None:
        """Trace and compile every function with one batch each; `start` undoes what that changes."""
        # A batch, not none: what is compiled inside a graph is compiled when it is first reached.
        for size in (self.batch_size, self.remainder):
            if size:
                self._call_train(np.arange(size), 0, np.zeros(1), size)
        for split in (self.data.test, self.data.validation):
            if split:
                self.compile_evaluation(split)

    def _call_train(self, images: Integers, update: int, rates: Floats, size: int) -> tuple[Floats, Integers]:
        """Train on the images with these indices, in batches of `size`, one batch per rate."""
        # One length whatever the stretch, since another shape would be compiled again. Where the stretch starts in the
        # epoch must not be an argument: XLA takes it for a constant and compiles every start again.
        steps, capacity = len(rates), self.full_batches if size == self.batch_size else 1
        padded_images, padded_rates = np.zeros(capacity * size, np.int32), np.zeros(capacity, keras.config.floatx())
        padded_images[: steps * size], padded_rates[:steps] = images, rates
        arguments = (padded_images, padded_rates, np.int32(steps), np.int32(update))
        train = self._train if size == self.batch_size else self._train_remainder
        losses, correct = train(self.data.train.images, self.data.train.labels, *map(tf.constant, arguments), size)
        return losses.numpy()[:steps], correct.numpy()[:steps]

    def _train_steps(
        self, images: Tensor, labels: Tensor, order: Tensor, rates: Tensor, steps: Tensor, update: Tensor, size: int
    ) -> tuple[Tensor, Tensor]:
        """Return the loss and the number of correct answers of each step, (capacity,) each."""

        def body(step: Tensor, losses: Tensor, correct: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            chosen = tf.slice(order, [step * size], [size])
            for source in self.model.random_sources:
                source.update = update + step
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

    def _step(self, images: Tensor, labels: Tensor, fast: bool) -> tuple[Tensor, Tensor]:
        weights = [variable.value for variable in self.variables]
        with tf.GradientTape() as tape:
            outputs = self.model.outputs(images, True, fast)
            loss = tf.reduce_mean(self.model.losses(labels, outputs))
            total = loss + self._penalty() if self._penalized else loss
            # Penalties that layers of the file or of a plug-in bring along.
            total = sum(self.model.keras.losses, start=total)
        self.optimizer.keras.apply(tape.gradient(total, weights))
        return loss, self.model.count_correct(labels, outputs)

    def _penalty(self) -> Tensor:
        powers: dict[str, Callable[[Tensor], Tensor]] = {"l1": tf.abs, "l2": tf.square}
        return tf.add_n(
            [
                self._penalties[name] * tf.reduce_sum(powers[name](kernel.value))
                for name in self._penalized
                for kernel in self.model.kernels
            ]
        )
