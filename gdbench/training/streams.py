"""Named streams of random numbers: each is a hash of the run's seed and a name, so none depends on another.

`weights/<layer>/<variable>`, `shuffle/<epoch>`, `dropout/<layer>` and `gaussian_noise/<layer>`: runs that differ only
in their optimizer start from the same weights and see the same batches, and adding a layer changes no other layer's
weights. `label_noise` and `deform/<block>` are streams of the dataset's own seed.
"""

import hashlib

import numpy as np
import numpy.typing as npt


def stream(seed: int, name: str) -> int:
    """Return 128 bits for a name under a seed."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16], "big")


def stream_31(seed: int, name: str) -> int:
    """Return 31 bits, as Keras' initializers and TensorFlow's stateless generators take."""
    return stream(seed, name) & 0x7FFFFFFF


def generator(seed: int, name: str) -> np.random.Generator:
    """Return NumPy's generator for a name under a seed."""
    # PCG64 by name: what NumPy calls its default generator may change from version to version.
    return np.random.Generator(np.random.PCG64(stream(seed, name)))


def permutation(seed: int, epoch: int, count: int) -> npt.NDArray[np.int32]:
    """Return the order of the training images in an epoch, counted from 0, as int32 (count,)."""
    return generator(seed, f"shuffle/{epoch}").permutation(count).astype(np.int32)
