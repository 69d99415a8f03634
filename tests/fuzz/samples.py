"""Small files of data that are as they should be."""

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROWS = 30


def features() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Numbers and their labels."""
    return np.random.default_rng(0).normal(size=(ROWS, 4)).round(3), np.arange(ROWS) % 3


def csv_text() -> str:
    examples, labels = features()
    rows = (",".join(map(str, [*row, label])) for row, label in zip(examples, labels, strict=True))
    return "\n".join(["a,b,c,d,label", *rows]) + "\n"


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def idx_files() -> dict[str, bytes]:
    """The four files of MNIST's kind by name, two of them compressed."""
    draws = np.random.default_rng(0)
    images = draws.integers(0, 256, (ROWS, 6, 6), np.uint8)
    labels = np.asarray(np.arange(ROWS) % 3, np.uint8)
    return {
        "train-images-idx3-ubyte": idx_bytes(images),
        "train-labels-idx1-ubyte": idx_bytes(labels),
        "t10k-images-idx3-ubyte.gz": gzip.compress(idx_bytes(images[:10]), mtime=0),
        "t10k-labels-idx1-ubyte.gz": gzip.compress(idx_bytes(labels[:10]), mtime=0),
    }


def write(folder: Path) -> None:
    """Write data.npz, data.csv and the folder idx."""
    examples, labels = features()
    np.savez(folder / "data.npz", x=examples, y=labels)
    (folder / "data.csv").write_text(csv_text(), encoding="utf-8")
    (folder / "idx").mkdir(exist_ok=True)
    for name, content in idx_files().items():
        (folder / "idx" / name).write_bytes(content)
