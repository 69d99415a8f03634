"""A compiled program: the training steps of an epoch, and an evaluation, each as one TensorFlow function."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from gdbench.experiment.settings.run_settings import RunSettings
from gdbench.experiment.settings.schema import Training
from gdbench.training.assembly import assemble
from gdbench.training.class_weights import class_weights
from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.evaluation import Evaluation, Evaluator
from gdbench.training.keras_types import Array, Floats, Integers, Tensor, Variable
from gdbench.training.optimizer import Optimizer
from gdbench.training.recording import Recorder, restored
from gdbench.training.recording_trial import records_exactly
from gdbench.training.splits import Prepared, Split
from gdbench.training.step_loops import (
    arrays_of_steps,
    plain_steps,
    recorded_steps,
    shareable_gradients,
    steps_between_recordings,
)
from gdbench.training.streams import stream_31
from gdbench.training.training_steps import Steps

# The maps of a convolution leave the processor's cache with more: 100 images at a time take half as long as 500.
EVALUATION_BATCHES = {"flat": 500, "rows": 500, "image": 100}


class Program:
    """A model, its optimizer and their compiled functions; `start` makes it ready for one run.

    Weights, optimizer slots, learning rate, weight decay, penalties, class weights, dropout rates and strengths of
    noise are assigned, not compiled in, so that runs which differ in them share the program.
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
        self._class_weights: tf.Variable | None = None
        if training.class_weight != "off":
            self._class_weights = tf.Variable(tf.ones(data.classes, keras.config.floatx()), trainable=False)
        # Without one, the program is what it would be if nothing could be recorded.
        self.recorder = Recorder(self.model.keras, training.recorded) if training.recorded else None
        self.batch_size = training.batch_size_for(data.train.count)
        self.remainder = 0 if training.drop_remainder else data.train.count % self.batch_size
        self.full_batches = data.train.count // self.batch_size
        # XLA's convolution gradients on a processor are 5 to 20 times slower than TensorFlow's own.
        convolves = spec.form == "image" or spec.convolves
        automatic = training.compile == "auto"
        compiler: CompilerName = training.compile if training.compile != "auto" else "graph" if convolves else "xla"
        self._fast = automatic and convolves
        # One step per epoch doesn't earn back the time that XLA needs to compile it again for the smaller batch.
        self._compilers: dict[int, CompilerName] = {
            self.remainder: "graph" if automatic else compiler,
            self.batch_size: compiler,
        }
        self._shared = shareable_gradients(self.model.keras, self.optimizer.keras, bool(self._penalized))
        self._evaluator = Evaluator(self.model, data, EVALUATION_BATCHES[spec.form], compiler, self._fast)
        self._compile(settings)

    @property
    def updates_per_epoch(self) -> int:
        """Batches of an epoch, including the smaller last one."""
        return self.full_batches + (1 if self.remainder else 0)

    @property
    def weights(self) -> list[Array]:
        """Copies of the weights that the optimizer's method evaluates, and of what the model keeps beside them."""
        with self.optimizer.evaluated():
            return self.model.values

    def start(self, settings: RunSettings, weights: Sequence[Array] | None = None) -> None:
        """Set the state to that before a run's first update, from weights that another program has given if any."""
        regularization = settings.regularization
        self.model.start(settings.seed, weights)
        self.optimizer.start(settings.optimizer)
        training = settings.training
        if self._class_weights is not None:
            labels = self.data.train.labels.numpy()
            self._class_weights.assign(class_weights(training.class_weight, labels, self.data.classes))
        if self.recorder and training.loss_interval:
            self.recorder.start(training.loss_interval)
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
        losses, correct, *recorded = map(np.concatenate, zip(*parts, strict=True))
        sizes = np.full(len(losses), self.batch_size)
        if last > self.full_batches:
            sizes[-1] = self.remainder
        return Steps(losses, correct, sizes, *recorded)

    def evaluate(self, split: Split) -> Evaluation:
        """Measure a split with dropout and noise off, at the weights that the optimizer's method evaluates."""
        with self.optimizer.evaluated():
            return self._evaluator(split)

    def measure(self, training: Training) -> dict[str, Evaluation]:
        """Measure every split that a run looks at, by the prefix of its metrics."""
        splits = {
            "train_eval": self.data.train if training.evaluate_train else None,
            "val": self.data.validation,
            "test": self.data.test if training.evaluate_test else None,
        }
        return {name: self.evaluate(split) for name, split in splits.items() if split}

    def compile_evaluation(self, split: Split) -> bool:
        """Compile the evaluation of a split; return False if that had been done."""
        return self._evaluator.compile(split)

    def state(self) -> list[Tensor]:
        """Return every variable that training changes; values are copied only where training then changes them."""
        return [variable.value.read_value() for variable in self._state_variables()]

    def restore(self, state: Sequence[Tensor | Array]) -> None:
        """Set every variable that training changes."""
        for variable, value in zip(self._state_variables(), state, strict=True):
            variable.assign(value)

    def is_finite(self) -> bool:
        """Whether every weight is a finite number."""
        return all(bool(np.isfinite(variable.numpy()).all()) for variable in self.model.keras.variables)

    def _state_variables(self) -> list[Variable]:
        return [*self.model.keras.variables, *self.optimizer.keras.variables]

    def _compile(self, settings: RunSettings) -> None:
        """Trace and compile every function with one batch each; `start` undoes what that changes."""
        self._compile_training()
        if self.recorder and any(self._shared) and not records_exactly(self, settings, self.recorder):
            self._shared = [False] * len(self._shared)
            self._compile_training()
        for split in filter(None, (self.data.test, self.data.validation)):
            self.compile_evaluation(split)

    def _compile_training(self) -> None:
        self._train, self._train_remainder = (
            compiled_by(self._compilers[size], self._train_steps) for size in (self.batch_size, self.remainder)
        )
        # A batch, not none: what is compiled inside a graph is compiled when it is first reached.
        for size in (self.batch_size, self.remainder):
            if size:
                self._call_train(np.arange(size), 0, np.zeros(1), size)

    def _call_train(self, images: Integers, update: int, rates: Floats, size: int) -> list[Array]:
        """Train on the images with these indices, in batches of `size`, one batch per rate."""
        # One length whatever the stretch, since another shape would be compiled again. Where the stretch starts in the
        # epoch must not be an argument: XLA takes it for a constant and compiles every start again.
        steps, capacity = len(rates), self.full_batches if size == self.batch_size else 1
        padded_images, padded_rates = np.zeros(capacity * size, np.int32), np.zeros(capacity, keras.config.floatx())
        padded_images[: steps * size], padded_rates[:steps] = images, rates
        arguments = (padded_images, padded_rates, np.int32(steps), np.int32(update))
        train = self._train if size == self.batch_size else self._train_remainder
        arrays = train(self.data.train.images, self.data.train.labels, *map(tf.constant, arguments), size)
        return [array.numpy()[:steps] for array in arrays]

    def _train_steps(
        self, images: Tensor, labels: Tensor, order: Tensor, rates: Tensor, steps: Tensor, update: Tensor, size: int
    ) -> list[Tensor]:
        """Return the loss and the number of correct answers of each step, (capacity,) each, and what is recorded."""

        def batch(step: Tensor) -> tuple[Tensor, Tensor]:
            # No slice: outside a loop, XLA takes its start for a constant and compiles again for every `update`.
            chosen = tf.gather(tf.reshape(order, [-1, size]), step)
            return self.data.pixels(tf.gather(images, chosen)), tf.gather(labels, chosen)

        def set_update(step: Tensor) -> None:
            for source in self.model.random_sources:
                source.update = update + step

        def take(step: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
            set_update(step)
            self.optimizer.keras.learning_rate = rates[step]
            chosen, answers = batch(step)
            loss, outputs, gradients = self._gradients(chosen, answers, self._fast and size == self.batch_size)
            self.optimizer.keras.apply(gradients)
            return loss, self.model.count_correct(answers, outputs), gradients

        def gradients_of(step: Tensor) -> list[Tensor]:
            set_update(step)
            return self._gradients_apart(*batch(step))

        arrays = arrays_of_steps(rates.shape[0], self.recorder)
        if not self.recorder:
            found = plain_steps(take, 0, steps, arrays)
        elif self._compilers[size] == "xla":
            found = steps_between_recordings(take, self.recorder, update, steps, arrays, self._shared, gradients_of)
        else:
            found = recorded_steps(take, self.recorder, update, steps, arrays)
        return [array.stack() for array in found[1:]]

    def _gradients_apart(self, images: Tensor, labels: Tensor) -> list[Tensor]:
        """Return the gradients of a step to come, leaving everything as it is."""
        # Only the step itself may move the statistics of batch normalization.
        with restored(self.model.keras.non_trainable_variables):
            return self._gradients(images, labels, fast=False)[2]

    def _gradients(self, images: Tensor, labels: Tensor, fast: bool) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the loss, the outputs, and the gradients of all that is minimized."""
        weights = [variable.value for variable in self.variables]
        with tf.GradientTape() as tape:
            outputs = self.model.outputs(images, True, fast)
            losses = self.model.losses(labels, outputs)
            if self._class_weights is not None:
                # Divided by the number of images, not by the sum of their weights, as in Keras.
                losses = losses * tf.gather(self._class_weights, labels)
            loss = tf.reduce_mean(losses)
            total = loss + self._penalty() if self._penalized else loss
            # Penalties that layers of the file or of a plug-in bring along.
            total = sum(self.model.keras.losses, start=total)
        return loss, outputs, tape.gradient(total, weights)

    def _penalty(self) -> Tensor:
        powers: dict[str, Callable[[Tensor], Tensor]] = {"l1": tf.abs, "l2": tf.square}
        return tf.add_n(
            [
                self._penalties[name] * tf.reduce_sum(powers[name](kernel.value))
                for name in self._penalized
                for kernel in self.model.kernels
            ]
        )
