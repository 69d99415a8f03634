"""A dataset section becomes tensors: training, validation and test images in the form that the architecture takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gdbench.catalog.architecture_spec import Form, shape_in
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data
from gdbench.errors import DataError
from gdbench.experiment.settings.checks import counts
from gdbench.training.augmentation import deformed, mislabelled


@dataclass(frozen=True, eq=False)
class Split:
    """Images (count, ...) as one byte a pixel, or float32, and int32 labels (count,), resident in memory."""

    images: tf.Tensor
    labels: tf.Tensor
    count: int


@dataclass(frozen=True, eq=False)
class Prepared:
    """The splits of one dataset section; a value x is fed as (x - shift) / divisor.

    Of images both are one number, of features one for each, (features,).
    """

    train: Split
    validation: Split | None
    test: Split
    shift: float | np.ndarray
    divisor: float | np.ndarray
    classes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image as it is fed."""
        return tuple(self.train.images.shape[1:])

    def pixels(self, images: tf.Tensor) -> tf.Tensor:
        """Scale gathered images; done in the batch, since bytes are a quarter of the floats' memory traffic."""
        floats = tf.cast(images, keras.config.floatx())
        if np.any(self.shift):
            floats = floats - self.shift
        return floats / self.divisor if np.any(self.divisor != 1.0) else floats


def prepare(dataset: Mapping[str, Any], form: Form) -> Prepared:
    """Load a dataset and split it: validation takes the last training images, `train` and `test` the first ones.

    Deformed images follow the training images; labels are made wrong last.

    Raises:
        DataError: the dataset is not what it should be.
        PluginError: a user's code that makes it is not.
    """
    data: Data = DATASETS.build(dataset)
    facts = data.facts()
    source, _, validation, test = counts(dataset, facts)
    held_out = slice(facts.train - validation, facts.train)
    images, labels = data.train_images[:source], data.train_labels[:source]
    shift, divisor = _scale(dataset["scale"], images)
    if dataset["deform"] != "off":
        images, labels = deformed(images, labels, dataset["deform"], dataset["seed"])
    labels = mislabelled(labels, dataset["label_noise"], facts.classes, dataset["seed"])
    return Prepared(
        train=_split(images, labels, form),
        validation=_split(data.train_images[held_out], data.train_labels[held_out], form) if validation else None,
        test=_split(data.test_images[:test], data.test_labels[:test], form),
        shift=shift,
        divisor=divisor,
        classes=facts.classes,
    )


def _scale(scale: str, images: np.ndarray) -> tuple[float | np.ndarray, float | np.ndarray]:
    """Return shift and divisor: fixed for bytes but under `standard`, else taken from the training images."""
    if scale == "none":
        return 0.0, 1.0
    axis = 0 if images.ndim == 2 and images.dtype != np.uint8 else None
    if scale == "standard":
        deviation = images.std(axis=axis, dtype=np.float64)
        return _plain(images.mean(axis=axis, dtype=np.float64)), _plain(np.where(deviation, deviation, 1.0))
    low, high = (0.0, 255.0) if images.dtype == np.uint8 else (images.min(axis=axis), images.max(axis=axis))
    extent = np.where(np.equal(low, high), 1.0, np.subtract(high, low))
    if scale == "unit":
        return _plain(low), _plain(extent)
    return _plain(np.add(low, extent / 2)), _plain(extent / 2)


def _plain(value: Any) -> float | np.ndarray:
    """Return one number as a float, several as an array."""
    array = np.asarray(value)
    return array.astype(keras.config.floatx()) if array.ndim else float(array)


def _split(images: np.ndarray, labels: np.ndarray, form: Form) -> Split:
    shape = shape_in(form, images.shape[1:])
    if shape is None:
        raise DataError(f"features, {images.shape[1]} of them, where the architecture takes images")
    return Split(tf.constant(images.reshape(len(images), *shape)), tf.constant(labels.astype(np.int32)), len(images))
