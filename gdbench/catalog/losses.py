"""Losses: the quantity minimized, and the output layer that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Entry, NotNegative, Positive, Share
from gdbench.catalog.family import Family
from gdbench.catalog.plugin_checks import require_finite, require_instance
from gdbench.catalog.plugin_entry import Arguments, PluginContract, TrialSizes
from gdbench.catalog.plugin_loading import Attribute
from gdbench.catalog.tensors import Tensor
from gdbench.errors import PluginError

Reduction = Annotated[
    Literal["mean", "sum"], Field(description="over the outputs of one example: mean as in Keras, sum as in textbooks")
]


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss and its output layer, described without keras.

    `activation` is that of the output layer; `others` may replace it, or any other where `others` is None.
    `per_image(labels, outputs, linear)` maps integer labels (batch,) and outputs (batch, outputs) to losses (batch,);
    with `linear` the outputs precede `activation`, which is then part of the loss: exact where a saturated probability
    is not. `threshold` is the value of a single output, after its activation, above which it means the second of two
    classes; None where each of two classes has its own output. One that is not `differentiable` has no useful gradient.
    """

    activation: str
    per_image: Callable[[Tensor, Tensor, bool], Tensor]
    others: tuple[str, ...] | None = ()
    threshold: float | None = None
    differentiable: bool = True

    def outputs(self, classes: int, activation: str) -> int:
        """Return the number of outputs: one per class, or a single one for two classes without a softmax."""
        return 1 if classes == 2 and self.threshold is not None and activation != "softmax" else classes

    def takes(self, activation: str) -> bool:
        """Whether the loss can be computed from the outputs of an activation."""
        return activation == self.activation or self.others is None or activation in self.others


def cross_entropy(
    label_smoothing: Annotated[Share, Field(description="share of each target spread over all classes")] = 0.0,
) -> Loss:
    """Negative log-probability of the correct class; softmax over the classes.

    With a sigmoid it is the same: Keras treats the outputs before a sigmoid as if before a softmax.
    """

    def per_image(labels: Tensor, outputs: Tensor, linear: bool) -> Tensor:
        import keras

        # Keras' sparse form, the faster one, takes no smoothing.
        if not label_smoothing:
            return keras.ops.sparse_categorical_crossentropy(labels, outputs, from_logits=linear)
        targets = targets_of(labels, outputs) * (1 - label_smoothing) + label_smoothing / outputs.shape[-1]
        return keras.ops.categorical_crossentropy(targets, outputs, from_logits=linear)

    return Loss("softmax", per_image, others=("sigmoid",))


def binary_cross_entropy(
    label_smoothing: Annotated[
        Share, Field(description="how far targets move from 0 and 1 towards 0.5, relative to 0.5")
    ] = 0.0,
    reduction: Reduction = "mean",
) -> Loss:
    """Cross-entropy of each output by itself; one sigmoid per class, a single one for two classes.

    No other activation: Keras treats the outputs before a softmax as if before a sigmoid.
    """

    def per_image(labels: Tensor, outputs: Tensor, _linear: bool) -> Tensor:
        import keras

        targets = targets_of(labels, outputs) * (1 - label_smoothing) + 0.5 * label_smoothing
        return _reduced(keras.ops.binary_crossentropy(targets, outputs, from_logits=True), reduction)

    return Loss("sigmoid", per_image, threshold=0.5)


def squared_error(reduction: Reduction = "mean") -> Loss:
    """Squared distance from targets 0 and 1; one sigmoid per class, a single one for two classes."""

    def per_image(labels: Tensor, outputs: Tensor, linear: bool) -> Tensor:
        import keras

        finished = keras.ops.sigmoid(outputs) if linear else outputs
        return _reduced(keras.ops.square(targets_of(labels, outputs) - finished), reduction)

    return Loss("sigmoid", per_image, others=None, threshold=0.5)


def hinge(reduction: Reduction = "mean") -> Loss:
    """max(0, 1 - target * output), targets -1 and 1; one linear output per class, a single one for two classes."""
    return _hinge(reduction, power=1)


def squared_hinge(reduction: Reduction = "mean") -> Loss:
    """max(0, 1 - target * output)^2, targets -1 and 1; linear outputs, as a support-vector machine (Tang 2013).

    Outputs are linear, since a tanh reaches the margin of 1 only at infinity.
    """
    return _hinge(reduction, power=2)


def focal(
    alpha: Annotated[Positive, Field(description="factor of the loss")] = 0.25,
    gamma: Annotated[NotNegative, Field(description="how strongly easy examples are discounted; 0: not at all")] = 2.0,
) -> Loss:
    """(1 - p)^gamma * alpha * cross-entropy, p the probability of the correct class (Lin et al. 2017); softmax.

    The softmax is as in Keras' categorical form; the paper has a sigmoid for each of many boxes.
    """

    def per_image(labels: Tensor, outputs: Tensor, _linear: bool) -> Tensor:
        import keras

        right = targets_of(labels, outputs)
        # Minus infinity removes the correct class from the logsumexp below.
        others = keras.ops.where(right > 0, -float("inf"), outputs)
        # p is the sigmoid of this margin; softplus keeps all digits of log p and log(1 - p) near 0.
        margin = keras.ops.sum(right * outputs, axis=-1) - keras.ops.logsumexp(others, axis=-1)
        return alpha * keras.ops.exp(-gamma * keras.ops.softplus(margin)) * keras.ops.softplus(-margin)

    return Loss("softmax", per_image)


def zero_one() -> Loss:
    """Share of examples that are classified wrongly, which has no gradient to follow; one output per class."""

    def per_image(labels: Tensor, outputs: Tensor, _linear: bool) -> Tensor:
        import keras

        wrong = keras.ops.not_equal(keras.ops.argmax(outputs, axis=-1), keras.ops.cast(labels, "int32"))
        return keras.ops.cast(wrong, outputs.dtype)

    return Loss("softmax", per_image, others=None, differentiable=False)


def _hinge(reduction: str, power: int) -> Loss:
    def per_image(labels: Tensor, outputs: Tensor, _linear: bool) -> Tensor:
        import keras

        # 2 * target - 1 maps targets 0 and 1 to -1 and 1.
        missing = keras.ops.relu(1 - (2 * targets_of(labels, outputs) - 1) * outputs)
        return _reduced(missing if power == 1 else keras.ops.square(missing), reduction)

    return Loss("linear", per_image, others=("tanh",), threshold=0.0)


def targets_of(labels: Tensor, outputs: Tensor) -> Tensor:
    """Return 1 for the correct class and 0 elsewhere, in the shape of the outputs; a single output means class 1."""
    import keras

    if outputs.shape[-1] == 1:
        return keras.ops.cast(keras.ops.expand_dims(labels, -1), outputs.dtype)
    return keras.ops.one_hot(labels, outputs.shape[-1], dtype=outputs.dtype)


def _reduced(values: Tensor, reduction: str) -> Tensor:
    import keras

    return keras.ops.mean(values, axis=-1) if reduction == "mean" else keras.ops.sum(values, axis=-1)


def _adapt(attribute: Attribute, arguments: Arguments) -> Loss:
    """Make a loss of a Keras loss class, or of a function from targets and outputs (batch, outputs) to losses (batch,).

    The output layer is a softmax unless the file chooses another activation.
    """
    import keras

    is_class = isinstance(attribute, type)
    # Called as an object, a Keras loss would average over the batch.
    call: Callable[[Tensor, Tensor], Tensor] = (
        require_instance(keras.losses.Loss, attribute(**arguments)).call
        if is_class
        else partial(attribute, **arguments)
    )

    def per_image(labels: Tensor, outputs: Tensor, linear: bool) -> Tensor:
        activated = keras.ops.softmax(outputs) if linear else outputs
        losses = call(targets_of(labels, activated), activated)
        if tuple(losses.shape) != tuple(labels.shape):
            received = " x ".join(map(str, losses.shape)) or "one number"
            raise PluginError(f"expected a loss for each of the {labels.shape[0]} examples of a batch; got {received}")
        return losses

    return Loss("softmax", per_image, others=None)


def _try(loss: Loss, sizes: TrialSizes) -> None:
    """Compute the losses of a few images in the classes of a run."""
    import keras
    import numpy as np

    count = loss.outputs(sizes.classes, loss.activation)
    # Another number than that of the outputs, so that one is not taken for the other.
    images = 4 if count != 4 else 5
    values = np.linspace(-1, 1, images * count, dtype=np.float32).reshape(images, count)
    outputs = keras.ops.convert_to_tensor(values)
    labels = keras.ops.convert_to_tensor(np.arange(images, dtype=np.int32) % sizes.classes)
    require_finite(loss.per_image(labels, outputs, True), "losses")


LOSSES = Family(
    "loss",
    "the quantity that training minimizes",
    {
        "cross_entropy": Entry(cross_entropy),
        "binary_cross_entropy": Entry(binary_cross_entropy),
        "squared_error": Entry(squared_error),
        "hinge": Entry(hinge),
        "squared_hinge": Entry(squared_hinge),
        "focal": Entry(focal),
        "zero_one": Entry(zero_one),
    },
    plugins=PluginContract(_adapt, _try, supplied=2),
)
