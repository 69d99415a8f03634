"""The order in which training examples are divided: training takes the first of them, validation the last."""

from typing import Literal

from gdbench.catalog.tensors import Array

Partition = Literal["last", "random", "stratified"]
# Each class in a sequence of labels, and the first and the last place at which it stands.
Places = dict[int, tuple[int, int]]


def order(labels: Array, partition: Partition, seed: int) -> Array:
    """Return indices (count,) of examples with these labels (count,), in the order in which they are divided.

    `last` leaves them as they are, `random` shuffles them. `stratified` also spreads each class evenly, so that the
    first and the last n hold each class in proportion, rounded up or down.
    """
    import numpy as np

    if partition == "last":
        return np.arange(len(labels))
    # A stream of its own: the same seed also draws the test examples of a file, and PCG64 is named since what NumPy
    # uses by default may change.
    shuffled = np.random.Generator(np.random.PCG64((seed, 1))).permutation(len(labels))
    if partition == "random":
        return shuffled
    _classes, of_class, counts = np.unique(labels[shuffled], return_inverse=True, return_counts=True)
    by_class = np.argsort(of_class, kind="stable")
    ranks = np.empty(len(labels), np.int64)
    ranks[by_class] = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    return shuffled[np.argsort((ranks + 0.5) / counts[of_class], kind="stable")]


def places(labels: Array) -> Places:
    """Return where each class stands first and last."""
    import numpy as np

    found, firsts = np.unique(labels, return_index=True)
    lasts = len(labels) - 1 - np.unique(labels[::-1], return_index=True)[1]
    return dict(zip(found.tolist(), zip(firsts.tolist(), lasts.tolist(), strict=True), strict=True))
