"""Names for the arrays of NumPy and the tensors of Keras, usable in annotations without importing either."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing import Any

    import keras
    import numpy as np

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Tensor: TypeAlias = "keras.KerasTensor"
