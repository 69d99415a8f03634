"""MNIST, embedded, so that the first command needs no network."""

import hashlib
import io
import zipfile
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING

from gdbench.catalog.datasets.dataset import Data, DatasetEntry, Facts, fingerprint
from gdbench.errors import DataError
from gdbench.records import Settings

if TYPE_CHECKING:
    import numpy as np

# SHA-256 of the bytes of each array, as LICENSE-MNIST.md beside the file lists them.
MNIST_SUMS = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
# The .npy contents of the embedded file by the name of the array, if they were read before this process was forked.
_READ: dict[str, bytes] = {}


def mnist() -> Data:
    """60,000 + 10,000 handwritten digits of 28 x 28 pixels, embedded (LeCun, Cortes and Burges)."""
    arrays = {name: _array(content) for name, content in (_READ or _published()).items()}
    source = fingerprint(*MNIST_SUMS.values())
    return Data(arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"], 10, source)


def read_ahead() -> None:
    """Read the embedded file for all processes that are forked from this one; a damaged one stays unread."""
    # Without numpy, which must not be imported before training has unset the variables that it reads.
    with suppress(DataError, OSError, zipfile.BadZipFile):
        _READ.update(_published())


def _published() -> dict[str, bytes]:
    """Return the .npy contents of the embedded file by the name of the array.

    Raises:
        DataError: one is not as published.
    """
    found = {}
    with files("gdbench.data").joinpath("mnist.npz").open("rb") as file, zipfile.ZipFile(file) as archive:
        for name, expected in MNIST_SUMS.items():
            # As a whole, which lets other threads run meanwhile; numpy would read it in pieces.
            content = found[name] = archive.read(f"{name}.npy")
            if hashlib.sha256(memoryview(content)[_begin(content) :]).hexdigest() != expected:
                rule = f"the published {name} in the embedded file"
                raise DataError(f"mnist: expected {rule}; got a damaged array: install gdbench again")
    return found


def _array(content: bytes) -> "np.ndarray":
    """Return the array of a .npy file, which cannot be written to."""
    import numpy as np

    header = io.BytesIO(content)
    np.lib.format.read_magic(header)
    shape, _, dtype = np.lib.format.read_array_header_1_0(header)
    return np.frombuffer(content, dtype, offset=_begin(content)).reshape(shape)


def _begin(content: bytes) -> int:
    """Return where the values of a .npy file begin: its first ten bytes give the length of its header."""
    return 10 + int.from_bytes(content[8:10], "little")


def mnist_facts(_dataset: Settings) -> Facts:
    """Return the facts of the embedded file; the fingerprint comes from the checksums that loading verifies."""
    return Facts(train=60_000, test=10_000, shape=(28, 28), classes=10, fingerprint=fingerprint(*MNIST_SUMS.values()))


MNIST = DatasetEntry(mnist, facts=mnist_facts, noun="images")
