"""MNIST, embedded, so that the first command needs no network."""

import hashlib
from importlib.resources import files

from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, fingerprint
from gdbench.errors import DataError
from gdbench.records import Settings

# SHA-256 of the bytes of each array, as LICENSE-MNIST.md beside the file lists them.
MNIST_SUMS = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}


def mnist() -> Data:
    """60,000 + 10,000 handwritten digits of 28 x 28 pixels, embedded (LeCun, Cortes and Burges)."""
    import numpy as np

    with files("gdbench.data").joinpath("mnist.npz").open("rb") as file, np.load(file) as arrays:
        loaded = {name: np.ascontiguousarray(arrays[name]) for name in MNIST_SUMS}
    for name, expected in MNIST_SUMS.items():
        if hashlib.sha256(loaded[name].data).hexdigest() != expected:
            rule = f"the published {name} in the embedded file"
            raise DataError(f"mnist: expected {rule}; got a damaged array: install gdbench again")
    source = fingerprint(*MNIST_SUMS.values())
    return Data(loaded["x_train"], loaded["y_train"], loaded["x_test"], loaded["y_test"], 10, source)


def mnist_facts(_dataset: Settings) -> Facts:
    """Return the facts of the embedded file; the fingerprint comes from the checksums that loading verifies."""
    return Facts(train=60_000, test=10_000, shape=(28, 28), classes=10, fingerprint=fingerprint(*MNIST_SUMS.values()))


MNIST = DatasetEntry(mnist, facts=mnist_facts)
