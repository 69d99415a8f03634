"""The compiled evaluation of a model on a split of its data."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.keras_types import Tensor
from gdbench.training.model import Model
from gdbench.training.splits import Prepared, Split


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Mean loss and accuracy over a split, and the share of its most predicted class."""

    loss: float
    accuracy: float
    largest_share: float


class Evaluator:
    """Measures splits of some data with dropout and noise off, `batch` images at a time.

    `fast` uses the fused steps of the model.
    """

    def __init__(self, model: Model, data: Prepared, batch: int, compiler: CompilerName, fast: bool) -> None:
        """Compile nothing yet."""
        self._model = model
        self._data = data
        self._batch = batch
        self._fast = fast
        self._evaluate = compiled_by(compiler, self._evaluate_batches)
        self._compiled: set[Split] = set()

    def compile(self, split: Split) -> bool:
        """Compile the evaluation of a split; return False if that had been done."""
        if split in self._compiled:
            return False
        # One batch of each size, not none: what is compiled inside a graph is compiled when it is first reached.
        for size in {min(split.count, self._batch), split.count % self._batch} - {0}:
            self._evaluate(split.images, split.labels, tf.constant(0), tf.constant(size), size)
        self._compiled.add(split)
        return True

    def __call__(self, split: Split) -> Evaluation:
        """Measure a split at the present weights."""
        batch = self._batch
        whole = split.count // batch * batch
        parts = [
            self._evaluate(split.images, split.labels, tf.constant(first), tf.constant(stop), size)
            for first, stop, size in ((0, whole, batch), (whole, split.count, split.count - whole))
            if first < stop
        ]
        losses, correct, predicted = (np.concatenate([part[index].numpy() for part in parts]) for index in range(3))
        # In double precision: a sum of 10,000 losses loses digits in single precision.
        return Evaluation(
            loss=float(losses.astype(np.float64).sum() / split.count),
            accuracy=float(correct.sum() / split.count),
            largest_share=float(predicted.sum(axis=0).max() / split.count),
        )

    def _evaluate_batches(self, images: Tensor, labels: Tensor, first: Tensor, stop: Tensor, size: int) -> list[Tensor]:
        """Return of each batch from `first` to `stop` the summed loss, the correct answers and the predicted classes.

        Shapes are (batches,), (batches,) and (batches, classes).
        """
        count = images.shape[0] // size

        def body(
            start: Tensor, index: Tensor, losses: Tensor, correct: Tensor, predicted: Tensor
        ) -> tuple[Tensor, ...]:
            batch_labels = tf.slice(labels, [start], [size])
            shape = images.shape
            batch_images = tf.slice(images, [start, *([0] * (len(shape) - 1))], [size, *shape[1:]])
            outputs = self._model.outputs(self._data.pixels(batch_images), False, self._fast)
            classes = tf.one_hot(self._model.predictions(outputs), self._data.classes, dtype=tf.int32)
            return (
                start + size,
                index + 1,
                losses.write(index, tf.reduce_sum(self._model.losses(batch_labels, outputs))),
                correct.write(index, self._model.count_correct(batch_labels, outputs)),
                predicted.write(index, tf.reduce_sum(classes, axis=0)),
            )

        arrays = (
            tf.TensorArray(keras.config.floatx(), count, element_shape=()),
            tf.TensorArray(tf.int32, count, element_shape=()),
            tf.TensorArray(tf.int32, count, element_shape=(self._data.classes,)),
        )
        # One iteration at a time, so that memory holds the activations of one batch.
        looped = tf.while_loop(lambda start, *_: start < stop, body, (first, 0, *arrays), parallel_iterations=1)
        return [array.stack() for array in looped[2:]]
