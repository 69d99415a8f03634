"""Factors of the losses of each class, as `class_weight` of `model.fit`."""

from typing import Literal

import keras
import numpy as np

from gdbench.training.keras_types import Floats, Integers


def class_weights(chosen: list[float] | Literal["balanced", "off"], labels: Integers, classes: int) -> Floats:
    """Return a factor for each class, (classes,).

    `balanced` gives the classes among the labels the same sum of factors, and their images 1 in the mean: images /
    (classes * images of the class), as in scikit-learn (after King and Zeng 2001).
    """
    if isinstance(chosen, list):
        return np.array(chosen, keras.config.floatx())
    weights = np.ones(classes)
    if chosen == "balanced":
        counts = np.bincount(labels, minlength=classes)
        weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return weights.astype(keras.config.floatx())
