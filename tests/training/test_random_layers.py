import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from gdbench.training.random_layers import DropoutLayer, GaussianNoiseLayer

ONES = np.ones((200, 500), np.float32)


def dropped(rate: float, key: int = 1, update: int = 0) -> np.ndarray:
    layer = DropoutLayer("dropout")
    layer.set(rate, key)
    layer.update = update
    return np.array(layer(ONES, training=True))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_asked_share_is_dropped_and_the_rest_scaled_to_the_same_mean(rate: float):
    outputs = dropped(rate)
    assert (outputs == 0).mean() == pytest.approx(rate, abs=0.01)
    assert outputs[outputs != 0] == pytest.approx(1 / (1 - rate))


def test_a_rate_of_zero_drops_nothing():
    assert np.array_equal(dropped(0.0), ONES)


def test_every_image_and_every_unit_has_its_own_mask():
    outputs = dropped(0.5)
    assert len(np.unique(outputs, axis=0)) == 200
    assert len(np.unique(outputs, axis=1).T) == 500


def test_a_mask_is_a_function_of_key_and_update():
    assert np.array_equal(dropped(0.5, key=1, update=3), dropped(0.5, key=1, update=3))
    assert not np.array_equal(dropped(0.5, key=1, update=3), dropped(0.5, key=1, update=4))
    assert not np.array_equal(dropped(0.5, key=1, update=3), dropped(0.5, key=2, update=3))


def test_nothing_is_dropped_outside_training():
    layer = DropoutLayer("dropout")
    layer.set(0.5, 1)
    assert np.array_equal(layer(ONES, training=False), ONES)


def test_a_dropped_unit_passes_no_gradient_back():
    layer = DropoutLayer("dropout")
    layer.set(0.5, 1)
    with tf.GradientTape() as tape:
        ones = tf.constant(ONES)
        tape.watch(ones)
        outputs = layer(ones, training=True)
    assert np.array_equal(tape.gradient(outputs, ones), outputs)


def noise(stddev: float, key: int = 1, update: int = 0, inputs: np.ndarray = ONES) -> np.ndarray:
    return np.array(noisy(stddev, key, update)(inputs, training=True)) - inputs


def noisy(stddev: float, key: int = 1, update: int = 0) -> GaussianNoiseLayer:
    layer = GaussianNoiseLayer("noise")
    layer.set(stddev, key)
    layer.update = update
    return layer


@pytest.mark.parametrize("stddev", [0.1, 3.0])
def test_noise_is_normal_with_the_asked_deviation(stddev: float):
    drawn = noise(stddev, inputs=np.zeros((500, 784), np.float32))
    assert stats.kstest(drawn.ravel() / stddev, "norm").pvalue > 0.01
    first, second = np.split(drawn.ravel(), 2)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=0.01)
    assert np.corrcoef(first**2, second**2)[0, 1] == pytest.approx(0, abs=0.01)


def test_noise_is_a_function_of_key_and_update():
    assert np.array_equal(noise(0.5, key=1, update=3), noise(0.5, key=1, update=3))
    assert not np.isclose(noise(0.5, key=1, update=3), noise(0.5, key=1, update=4)).all(axis=1).any()
    assert not np.isclose(noise(0.5, key=1, update=3), noise(0.5, key=2, update=3)).all(axis=1).any()


def test_no_noise_outside_training_or_without_deviation():
    assert np.array_equal(noisy(0.5)(ONES, training=False), ONES)
    assert not noise(0.0).any()


def test_an_odd_number_of_units_has_noise_on_each():
    drawn = noise(1.0, inputs=np.zeros((3, 5), np.float32))
    assert len(np.unique(drawn)) == 15


def test_noise_is_the_same_to_rounding_under_every_compiler():
    layer = noisy(1.0)
    images = tf.zeros((128, 784))
    eager, xla = (
        tf.function(lambda: layer(images, training=True), jit_compile=jit, autograph=False)().numpy()
        for jit in (False, True)
    )
    assert np.abs(eager - xla).max() < 1e-5
