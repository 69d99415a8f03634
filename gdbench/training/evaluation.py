"""The compiled evaluation of a model on a split of its data."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from gdbench.records import MOST_CLASSES, TOP, Answers
from gdbench.training.compiling import CompilerName, compiled_by
from gdbench.training.keras_types import Integers, Tensor
from gdbench.training.model import Model
from gdbench.training.splits import Prepared, Split


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Mean loss and accuracy over a split; the class predicted for each image, (count,), and the rank of the right one.

    A rank is the number of classes above the right one; `labels` are the right classes.
    """

    loss: float
    accuracy: float
    labels: Integers
    predictions: Integers
    ranks: Integers

    @property
    def largest_share(self) -> float:
        """The share of the most predicted class."""
        return float(np.bincount(self.predictions).max() / len(self.predictions))

    def answers(self, epoch: float, classes: int) -> Answers:
        """Return what a record keeps of the predictions."""
        answers: Answers = {
            "epoch": epoch,
            "ranks": np.bincount(np.minimum(self.ranks, TOP), minlength=TOP + 1).tolist(),
        }
        if classes <= MOST_CLASSES:
            pairs = np.bincount(self.labels * classes + self.predictions, minlength=classes**2)
            answers["confusion"] = pairs.reshape(classes, classes).tolist()
        return answers


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
        stretches = [(0, whole, batch), (whole, split.count, split.count - whole)]
        parts = [
            self._evaluate(split.images, split.labels, tf.constant(first), tf.constant(stop), size)
            for first, stop, size in stretches
            if first < stop
        ]
        lengths = [stop - first for first, stop, _ in stretches if first < stop]
        losses, correct = (np.concatenate([part[index].numpy() for part in parts]) for index in (0, 1))
        # Arrays are as long as if all images came in batches of one size: the rest of them is zero.
        predictions, ranks = (
            np.concatenate([part[index].numpy().ravel()[:length] for part, length in zip(parts, lengths, strict=True)])
            for index in (2, 3)
        )
        # In double precision: a sum of 10,000 losses loses digits in single precision.
        return Evaluation(
            loss=float(losses.astype(np.float64).sum() / split.count),
            accuracy=float(correct.sum() / split.count),
            labels=split.labels.numpy(),
            predictions=predictions,
            ranks=ranks,
        )

    def _evaluate_batches(self, images: Tensor, labels: Tensor, first: Tensor, stop: Tensor, size: int) -> list[Tensor]:
        """Return of each batch from `first` to `stop` the summed loss, the correct answers, and of each image two more.

        These are the predicted class and the rank of the right one. Shapes are (batches,) and (batches, size).
        """
        count = images.shape[0] // size

        def body(
            start: Tensor, index: Tensor, losses: Tensor, correct: Tensor, predictions: Tensor, ranks: Tensor
        ) -> tuple[Tensor, ...]:
            batch_labels = tf.slice(labels, [start], [size])
            shape = images.shape
            batch_images = tf.slice(images, [start, *([0] * (len(shape) - 1))], [size, *shape[1:]])
            outputs = self._model.outputs(self._data.pixels(batch_images), False, self._fast)
            return (
                start + size,
                index + 1,
                losses.write(index, tf.reduce_sum(self._model.losses(batch_labels, outputs))),
                correct.write(index, self._model.count_correct(batch_labels, outputs)),
                predictions.write(index, self._model.predictions(outputs)),
                ranks.write(index, self._model.ranks(batch_labels, outputs)),
            )

        arrays = (
            tf.TensorArray(keras.config.floatx(), count, element_shape=()),
            tf.TensorArray(tf.int32, count, element_shape=()),
            *(tf.TensorArray(tf.int32, count, element_shape=(size,)) for _ in range(2)),
        )
        # One iteration at a time, so that memory holds the activations of one batch.
        looped = tf.while_loop(lambda start, *_: start < stop, body, (first, 0, *arrays), parallel_iterations=1)
        return [array.stack() for array in looped[2:]]
