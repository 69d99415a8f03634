"""Names for the types of Keras, TensorFlow and NumPy; the first two ship no type information, so mypy sees Any."""

from collections.abc import Callable
from typing import TypeAlias

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

# A symbolic tensor of Keras as well: layers take both.
Tensor: TypeAlias = tf.Tensor
Variable: TypeAlias = keras.Variable
KerasLayer: TypeAlias = keras.layers.Layer
KerasModel: TypeAlias = keras.Model
KerasOptimizer: TypeAlias = keras.optimizers.Optimizer
DType: TypeAlias = tf.DType
Shape: TypeAlias = tuple[int, ...]

Array: TypeAlias = np.ndarray
Floats: TypeAlias = npt.NDArray[np.floating]
Integers: TypeAlias = npt.NDArray[np.integer]

TensorFunction: TypeAlias = Callable[..., Tensor]
