import numpy as np

from gdbench.training.streams import permutation, stream, stream_31


def test_a_stream_is_a_function_of_seed_and_name():
    assert stream(3, "shuffle/0") == stream(3, "shuffle/0")
    assert len({stream(seed, name) for seed in range(10) for name in ("shuffle/0", "shuffle/1", "dropout/input")}) == 30


def test_streams_do_not_move_from_version_to_version():
    """Another number here means other weights in every run: ENGINE_REVISION must be raised."""
    assert stream_31(0, "weights/hidden_1/kernel") == 317081063
    assert permutation(0, 0, 8).tolist() == [1, 0, 5, 3, 6, 4, 7, 2]


def test_31_bits_are_what_a_signed_32_bit_seed_holds():
    assert all(0 <= stream_31(seed, "weights/output/bias") < 2**31 for seed in range(200))


def test_an_epoch_visits_every_image_once():
    order = permutation(7, 3, 1000)
    assert order.dtype == np.int32
    assert sorted(order) == list(range(1000))


def test_each_epoch_and_each_seed_has_its_own_order():
    orders = [permutation(seed, epoch, 1000) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order) for order in orders}) == 4
