"""A dataset section becomes tensors: training, validation and test images in the form that the architecture takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog.datasets import DATASETS, DatasetEntry
from gdbench.experiment.checks import counts

Form = Literal["flat", "rows", "image"]


@dataclass(frozen=True, eq=False)
class Split:
    """Images (count, ...) as one byte a pixel, and int32 labels (count,), resident in memory."""

    images: tf.Tensor
    labels: tf.Tensor
    count: int


@dataclass(frozen=True, eq=False)
class Prepared:
    """The splits of one dataset section; a pixel p is fed as (p - shift) / divisor."""

    train: Split
    validation: Split | None
    test: Split
    shift: float
    divisor: float
    classes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image as it is fed."""
        return tuple(self.train.images.shape[1:])

    def pixels(self, images: tf.Tensor) -> tf.Tensor:
        """Scale gathered images; done in the batch, since bytes are a quarter of the floats' memory traffic."""
        floats = tf.cast(images, keras.config.floatx())
        if self.shift:
            floats = floats - self.shift
        return floats / self.divisor if self.divisor != 1.0 else floats


def prepare(dataset: Mapping[str, Any], form: Form) -> Prepared:
    """Load a dataset and split it: validation takes the last training images, `train` and `test` the first ones.

    Raises:
        DataError: the dataset is not what it should be.
    """
    entry = DATASETS.entries[dataset["name"]]
    assert isinstance(entry, DatasetEntry)
    facts = entry.facts(dataset)
    data = DATASETS.build(dataset["name"], dataset)
    train, validation, test = counts(dataset, facts)
    held_out = slice(facts.train - validation, facts.train)
    shift, divisor = _scale(dataset["scale"], data.train_images[:train])
    return Prepared(
        train=_split(data.train_images[:train], data.train_labels[:train], form),
        validation=_split(data.train_images[held_out], data.train_labels[held_out], form) if validation else None,
        test=_split(data.test_images[:test], data.test_labels[:test], form),
        shift=shift,
        divisor=divisor,
        classes=facts.classes,
    )


def _scale(scale: str, images: np.ndarray) -> tuple[float, float]:
    if scale == "standard":
        return float(images.mean()), float(images.std())
    return {"unit": (0.0, 255.0), "symmetric": (127.5, 127.5), "none": (0.0, 1.0)}[scale]


def _split(images: np.ndarray, labels: np.ndarray, form: Form) -> Split:
    shape = {"flat": (-1,), "rows": images.shape[1:], "image": (*images.shape[1:], 1)}[form]
    shaped = images.reshape(len(images), *shape)
    return Split(tf.constant(shaped), tf.constant(labels.astype(np.int32)), len(images))
