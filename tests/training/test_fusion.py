"""Blocks of convolution and pooling give the values and the gradients of Keras' own layers.

On real images with biases above zero: there most windows hold equal maxima, and who shares a gradient among them, or
gives it to another one, shows.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from gdbench.catalog.datasets.mnist import mnist
from gdbench.training import convolution
from gdbench.training.convolution import ConvolutionBlock
from gdbench.training.fusion import fuse
from gdbench.training.random_layers import DropoutLayer

layers = keras.layers


pytestmark = [pytest.mark.parametrize("floatx", ["float64"], indirect=True), pytest.mark.usefixtures("floatx")]


def conv(filters: int = 2, kernel_size: int = 3, **arguments: Any) -> Any:
    return layers.Conv2D(filters, kernel_size, bias_initializer=keras.initializers.Constant(0.05), **arguments)


def built(*stack: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([*stack, layers.Flatten(), layers.Dense(3)])
    model.build((None, 28, 28, 1))
    return model


def values_and_gradients(model: keras.Model, call: Callable[[Any], Any]) -> list[np.ndarray]:
    images = tf.constant(mnist().train_images[:6, ..., None] / 255)

    @tf.function(autograph=False)
    def run() -> Any:
        with tf.GradientTape() as tape:
            outputs = call(images)
            loss = tf.reduce_sum(tf.square(outputs))
        return outputs, *tape.gradient(loss, [variable.value for variable in model.trainable_variables])

    return [value.numpy() for value in run()]


def by_steps(model: keras.Model, training: bool) -> Callable[[Any], Any]:
    def call(values: Any) -> Any:
        for step in fuse(model.layers):
            values = step(values, training=training)
        return values

    return call


STACKS: dict[str, Callable[[], list[Any]]] = {
    "relu": lambda: [conv(), layers.Activation("relu"), layers.MaxPooling2D()],
    "inside": lambda: [conv(activation="tanh"), layers.MaxPooling2D()],
    "same padding": lambda: [conv(padding="same", kernel_size=4), layers.Activation("sigmoid"), layers.MaxPooling2D()],
    "windows of three": lambda: [conv(kernel_size=5), layers.Activation("relu"), layers.MaxPooling2D(3)],
    "an activation that falls": lambda: [conv(), layers.Activation("gelu"), layers.MaxPooling2D()],
    "two": lambda: [
        *(conv(), layers.Activation("relu"), layers.MaxPooling2D()),
        *(conv(3), layers.Activation("elu"), layers.MaxPooling2D()),
    ],
    "three, padded": lambda: [
        *(conv(), layers.Activation("relu"), layers.MaxPooling2D()),
        *(conv(3, padding="same"), layers.Activation("relu"), layers.MaxPooling2D()),
        *(conv(2, 2), layers.Activation("relu"), layers.MaxPooling2D()),
    ],
    "more of a map than is needed": lambda: [
        *(conv(2, 2, activation="relu"), conv(3), layers.Activation("gelu"), layers.MaxPooling2D())
    ],
    "kernels too wide": lambda: [conv(kernel_size=6), layers.Activation("relu"), layers.MaxPooling2D()],
    "batch normalization": lambda: [
        *(conv(), layers.BatchNormalization(), layers.Activation("relu"), layers.MaxPooling2D())
    ],
    "overlapping windows": lambda: [conv(), layers.Activation("relu"), layers.MaxPooling2D(3, strides=2)],
    "strides": lambda: [conv(strides=2), layers.Activation("relu"), layers.MaxPooling2D()],
    "no bias": lambda: [layers.Conv2D(2, 3, use_bias=False), layers.Activation("relu"), layers.MaxPooling2D()],
    "no pooling": lambda: [conv(), layers.Activation("relu")],
}


@pytest.mark.parametrize(
    ("stack", "training"),
    # The stack of two is trained below, each way to convolve.
    [*((stack, True) for stack in STACKS if stack != "two"), ("two", False), ("batch normalization", False)],
)
def test_values_and_gradients_are_those_of_keras(stack: str, training: bool) -> None:
    model = built(*STACKS[stack]())
    expected = values_and_gradients(model, lambda images: model(images, training=training))
    found = values_and_gradients(model, by_steps(model, training))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_most_windows_of_these_images_hold_equal_maxima() -> None:
    model = built(*STACKS["relu"]())
    map_ = model.layers[0](mnist().train_images[:6, ..., None] / 255).numpy()
    windows = map_.reshape(6, 13, 2, 13, 2, 2).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
    assert ((windows == windows.max(axis=1, keepdims=True)).sum(axis=1) > 1).mean() > 0.5


def test_a_block_computes_what_the_next_one_looks_at() -> None:
    blocks = [step for step in fuse(built(*STACKS["two"]()).layers) if isinstance(step, ConvolutionBlock)]
    # 28 x 28 -> 13 x 13 -> 5 x 5, for which the second convolution needs 12 x 12.
    assert [tuple(block.keep) for block in blocks] == [(12, 12), (5, 5)]


@pytest.mark.parametrize("most", [0, convolution.MOST_WINOGRAD], ids=["directly", "by Winograd"])
def test_a_wide_convolution_is_computed_directly_where_winograd_takes_too_much_memory(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(convolution, "MOST_WINOGRAD", most)
    model = built(*STACKS["two"]())
    expected = values_and_gradients(model, model)
    found = values_and_gradients(model, by_steps(model, training=True))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    second = [step for step in fuse(model.layers) if isinstance(step, ConvolutionBlock)][1]
    graph = (
        tf.function(second, autograph=False).get_concrete_function(tf.zeros([6, 12, 12, 2], tf.float64), False).graph
    )
    assert ("Conv2D" in {operation.type for operation in graph.get_operations()}) == (most == 0)


@pytest.mark.parametrize("stack", ["overlapping windows", "strides", "no bias", "no pooling"])
def test_what_is_no_plain_block_stays_with_keras(stack: str) -> None:
    assert not any(isinstance(step, ConvolutionBlock) for step in fuse(built(*STACKS[stack]()).layers))


def test_a_dropout_between_activation_and_pooling_keeps_its_mask() -> None:
    dropout = DropoutLayer("dropout")
    model = built(conv(), layers.Activation("relu"), dropout, layers.MaxPooling2D())
    dropout.set(0.5, 7)
    dropout.update = tf.constant(3)
    expected = values_and_gradients(model, lambda images: model(images, training=True))
    found = values_and_gradients(model, by_steps(model, training=True))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    without = values_and_gradients(model, by_steps(model, training=False))
    assert not np.allclose(found[0], without[0])
