"""Losses: what is minimised, and the output layer that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gdbench.catalog.entry import Entry, Family


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and its output layer.

    `activation` is the output layer's. `per_image(labels, outputs, linear)` maps integer labels (batch,) and outputs
    (batch, classes) to losses (batch,); `linear` says that the outputs come before `activation`, which is then part
    of the loss: exact where a saturated probability is not.
    """

    activation: str
    per_image: Callable[[Any, Any, bool], Any]


def cross_entropy() -> Loss:
    """Minus the logarithm of the probability of the right class; softmax over the classes."""
    import keras

    def per_image(labels: Any, outputs: Any, linear: bool) -> Any:
        return keras.ops.sparse_categorical_crossentropy(labels, outputs, from_logits=linear)

    return Loss(activation="softmax", per_image=per_image)


LOSSES = Family("loss", "what training minimises", {"cross_entropy": Entry(cross_entropy)})
