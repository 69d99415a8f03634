"""A dataset becomes tensors: training, validation and test images in the form that the architecture takes."""

from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from gdbench.catalog.architecture_spec import Form, shape_in
from gdbench.catalog.datasets import DATASETS
from gdbench.catalog.datasets.dataset import Data
from gdbench.catalog.datasets.partition import order
from gdbench.errors import DataError, StalePlanError
from gdbench.experiment.settings.run_settings import DatasetSettings
from gdbench.training.augmentation import deformed, mislabeled
from gdbench.training.keras_types import Array, Floats, Shape, Tensor


@dataclass(frozen=True, eq=False)
class Split:
    """Images (count, ...) as one byte per pixel, or float32, and int32 labels (count,), resident in memory."""

    images: Tensor
    labels: Tensor
    count: int

    @property
    def bytes(self) -> int:
        """The memory that the images take."""
        images: int = self.images.shape.num_elements() * self.images.dtype.size
        return images


@dataclass(frozen=True, eq=False)
class Prepared:
    """The splits of a dataset; a value x is fed as (x - shift) / divisor.

    For images both are one number, for features one for each, (features,). `notes` say how a file was read, and
    `words` are its labels by class, unless they are 0, 1, ...
    """

    train: Split
    validation: Split | None
    test: Split
    shift: float | Floats
    divisor: float | Floats
    classes: int
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """The shape of one image as it is fed."""
        return tuple(self.train.images.shape[1:])

    @property
    def bytes(self) -> int:
        """The memory that the images take."""
        return sum(split.bytes for split in (self.train, self.validation, self.test) if split)

    def pixels(self, images: Tensor) -> Tensor:
        """Scale gathered images; done in the batch, since bytes are a quarter of the floats' memory traffic."""
        floats = tf.cast(images, keras.config.floatx())
        # An operation that changes nothing would still be a pass over the batch.
        if np.any(self.shift):
            floats = floats - self.shift
        return floats / self.divisor if np.any(self.divisor != 1.0) else floats


def prepare(dataset: DatasetSettings, form: Form, fingerprint: str = "") -> Prepared:
    """Load a dataset and split it: validation takes the last training images, `train` and `test` the first ones.

    Where `split` asks for it, the training images are shuffled before that. Deformed images follow the training images;
    labels are made wrong last. `fingerprint` is that of the planned data, where the plan has read them.

    Raises:
        DataError: the dataset is damaged, or does not suit the architecture.
        StalePlanError: it has changed since the plan.
        PluginError: the code of a plug-in fails.
    """
    data = _planned(dataset, fingerprint)
    if fingerprint and data.fingerprint != fingerprint:
        name = dataset.component.get("path") or dataset.component["name"]
        rule = "expected the data as planned; got changed data; the same command plans it anew"
        raise StalePlanError(f"{name}: {rule}")
    options, facts = dataset.options, data.facts()
    counts = dataset.counts(facts)
    train_images, train_labels = data.train_images, data.train_labels
    # In the order of the file they are views, which cost no memory.
    if options.split != "last":
        places = order(train_labels, options.split, options.seed)
        train_images, train_labels = train_images[places], train_labels[places]
    images, labels = train_images[: counts.source], train_labels[: counts.source]
    held_out = slice(facts.train - counts.validation, facts.train)
    # Before the images are deformed, so that deformation leaves the scale as it is.
    shift, divisor = _scale(options.scale, images)
    if dataset.deform:
        images, labels = deformed(images, labels, dataset.deform, options.seed)
    labels = mislabeled(labels, options.label_noise, facts.classes, options.seed)
    validation = _split(train_images[held_out], train_labels[held_out], form) if counts.validation else None
    return Prepared(
        train=_split(images, labels, form),
        validation=validation,
        test=_split(data.test_images[: counts.test], data.test_labels[: counts.test], form),
        shift=shift,
        divisor=divisor,
        classes=facts.classes,
        notes=dataset.notes(facts),
        words=facts.words,
    )


def _planned(dataset: DatasetSettings, fingerprint: str) -> Data:
    try:
        data: Data = DATASETS.build(dataset.component)
        return data
    except DataError as error:
        if fingerprint:
            raise StalePlanError(f"{error}; the plan could read it") from None
        raise


def _scale(scale: str, images: Array) -> tuple[float | Floats, float | Floats]:
    """Return shift and divisor: of bytes fixed unless `standard`, otherwise computed from the training images."""
    if scale == "none":
        return 0.0, 1.0
    # Features are scaled one by one, the pixels of an image all alike.
    axis = 0 if images.ndim == 2 and images.dtype != np.uint8 else None
    if scale == "standard":
        deviation = images.std(axis=axis, dtype=np.float64)
        return _plain(images.mean(axis=axis, dtype=np.float64)), _plain(np.where(deviation, deviation, 1.0))
    low, high = (0.0, 255.0) if images.dtype == np.uint8 else (images.min(axis=axis), images.max(axis=axis))
    extent = np.where(np.equal(low, high), 1.0, np.subtract(high, low))
    if scale == "unit":
        return _plain(low), _plain(extent)
    return _plain(np.add(low, extent / 2)), _plain(extent / 2)


def _plain(value: npt.ArrayLike) -> float | Floats:
    """Return a single number as a float, several as an array."""
    array = np.asarray(value)
    return array.astype(keras.config.floatx()) if array.ndim else float(array)


def _split(images: Array, labels: Array, form: Form) -> Split:
    shape = shape_in(form, images.shape[1:])
    if shape is None:
        raise DataError(f"expected images, which the architecture takes; got {images.shape[1]} features")
    return Split(tf.constant(images.reshape(len(images), *shape)), tf.constant(labels.astype(np.int32)), len(images))
