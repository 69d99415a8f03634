"""Files of data, as a user would have them."""

import gzip
import struct
from pathlib import Path

import numpy as np

_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IDX_NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx_bytes(array: np.ndarray) -> bytes:
    """The IDX file of an array."""
    kind = array.dtype.str[1:]
    head = bytes([0, 0, _CODES[kind], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(f">{kind}").tobytes()


def some_images(count: int = 20, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noise of 6 x 5 pixels with labels 0, 1, 2, 0, ..."""
    images = np.random.default_rng(seed).integers(0, 256, (count, 6, 5), dtype=np.uint8)
    return images, (np.arange(count) % 3).astype(np.uint8)


def idx_folder(folder: Path, compressed: bool = True) -> Path:
    """The four files of a small dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = (*some_images(), *some_images(10, seed=1))
    for name, array in zip(IDX_NAMES, arrays, strict=True):
        whole = idx_bytes(array)
        (folder / (f"{name}.gz" if compressed else name)).write_bytes(gzip.compress(whole) if compressed else whole)
    return folder


def npz_file(path: Path, **changed: object) -> Path:
    """A small dataset as Keras stores them, with some arrays changed, or left out if they are None."""
    (train, train_labels), (test, test_labels) = some_images(), some_images(10, seed=1)
    arrays = {"x_train": train, "y_train": train_labels, "x_test": test, "y_test": test_labels, **changed}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path
