import numpy as np
import pytest
import tensorflow as tf

from gdbench.training.layers import Dropout

ONES = np.ones((200, 500), np.float32)


def dropped(rate: float, key: int = 1, update: int = 0) -> np.ndarray:
    layer = Dropout("dropout")
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
    layer = Dropout("dropout")
    layer.set(0.5, 1)
    assert np.array_equal(layer(ONES, training=False), ONES)


def test_a_dropped_unit_passes_no_gradient_back():
    layer = Dropout("dropout")
    layer.set(0.5, 1)
    with tf.GradientTape() as tape:
        ones = tf.constant(ONES)
        tape.watch(ones)
        outputs = layer(ones, training=True)
    assert np.array_equal(tape.gradient(outputs, ones), outputs)
