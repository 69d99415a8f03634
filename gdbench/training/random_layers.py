"""Random layers of gdbench's own, where Keras' are slow in a compiled epoch or depend on a hidden state."""

import math
from typing import TypeAlias

import keras
import tensorflow as tf

from gdbench.training.keras_types import Shape, Tensor


class RandomLayer(keras.layers.Layer):  # type: ignore[misc]
    """Disturbs units in training by random numbers that are a function of (key, update) alone.

    Its strength can be an input of the program.
    """

    def __init__(self, name: str, strength: float = 0.0) -> None:
        """Create a layer of some strength; `set` gives it the key of a run."""
        super().__init__(name=name, trainable=False)
        self.strength = tf.Variable(strength, trainable=False, name=f"{name}_strength", dtype=keras.config.floatx())
        self.key = tf.Variable(0, trainable=False, name=f"{name}_key", dtype=tf.int32)
        # Not a variable: the step under trace sets a tensor of its own graph here.
        self.update: Tensor = 0

    def set(self, strength: float, key: int) -> None:
        """Set the strength and the 31-bit key of the run's random numbers."""
        self.strength.assign(strength)
        self.key.assign(key)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Disturb in training; `update`, set while the step is traced, selects the random numbers."""
        return self.disturbed(inputs, tf.cast(self.strength, inputs.dtype)) if training else inputs

    def disturbed(self, inputs: Tensor, strength: Tensor) -> Tensor:
        """Return the disturbed inputs."""
        raise NotImplementedError

    def bits(self, shape: Tensor, kept: int, dtype: tf.DType) -> Tensor:
        """Return random integers below 2^kept, at most 24, in a floating type, which holds them exactly.

        Integers are the same under every compiler; TensorFlow and XLA make floats from different bits of them.
        """
        seed = tf.stack([self.key, self.update])
        words = tf.random.stateless_uniform(shape, seed, None, None, tf.uint32, alg="philox")
        return tf.cast(tf.bitwise.right_shift(words, tf.constant(32 - kept, tf.uint32)), dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return input_shape


class DropoutLayer(RandomLayer):
    """Drops units as Keras' Dropout does; the strength is the share dropped, from 0 to below 1.

    Keras' own layer costs 9 ms per step at 128 x 128 under XLA, this one 0.05 to 0.3 ms. Masks are the same under every
    compiler.
    """

    def disturbed(self, inputs: Tensor, strength: Tensor) -> Tensor:
        """Set dropped units to zero and scale the others to the same mean."""
        # 23 bits are the digits of a float32 in [1, 2), which is how TensorFlow makes uniform numbers.
        uniform = self.bits(tf.shape(inputs), 23, inputs.dtype) * 2.0**-23
        return tf.where(uniform >= strength, inputs / (1 - strength), tf.zeros_like(inputs))


class GaussianNoiseLayer(RandomLayer):
    """Adds normal noise as Keras' GaussianNoise does; the strength is its standard deviation.

    The uniform numbers behind the noise are the same under every compiler; logarithm and cosine differ in their last
    bit, and so does the noise.
    """

    def disturbed(self, inputs: Tensor, strength: Tensor) -> Tensor:
        """Add a normal random number to each unit, none beyond 5.8 standard deviations (Box and Muller 1958)."""
        count = tf.size(inputs)
        first, second = tf.unstack(self.bits(tf.stack([2, (count + 1) // 2]), 24, inputs.dtype) * 2.0**-24)
        # The uniform numbers are below 1, so the logarithm is finite.
        radius, angle = tf.sqrt(-2 * tf.math.log(1 - first)), 2 * math.pi * second
        normal = tf.concat([radius * tf.cos(angle), radius * tf.sin(angle)], 0)[:count]
        return inputs + strength * tf.reshape(normal, tf.shape(inputs))


class KerasRandomSource:
    """Makes the random numbers of a Keras layer a function of (key, update) alone, by setting its generator's state.

    A generator counts the tensors it has produced; a layer may ask for `TENSORS_PER_UPDATE` of them in an update
    before it reaches those of the next.
    """

    TENSORS_PER_UPDATE = 16

    def __init__(self, generator: keras.random.SeedGenerator) -> None:
        """Take over the generator of a layer."""
        self.generator = generator
        self.key = tf.Variable(0, trainable=False, dtype=generator.state.dtype)

    # A property, so that a step sets the update of every source alike.
    def _set_update(self, update: Tensor) -> None:
        count = tf.cast(update, self.key.dtype) * self.TENSORS_PER_UPDATE
        self.generator.state.assign(tf.stack([self.key, count]))

    update = property(fset=_set_update, doc="The update whose random numbers come next.")


RandomSource: TypeAlias = RandomLayer | KerasRandomSource
