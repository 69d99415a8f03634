"""Training data made larger or worse on purpose: deformed copies of images, and wrong labels."""

import numpy as np

from gdbench.catalog.datasets.dataset import Deform
from gdbench.training.keras_types import Array, Floats, Integers, Shape
from gdbench.training.streams import generator

# A thousand images of 28 x 28 need some 30 MB while they are deformed.
BLOCK = 1_000


def mislabeled(labels: Integers, share: float, classes: int, seed: int) -> Integers:
    """Return labels (count,), a random share of them replaced by another class."""
    count = round(share * len(labels))
    if not count:
        return labels
    random = generator(seed, "label_noise")
    noisy = labels.copy()
    chosen = random.choice(len(labels), count, replace=False)
    # An offset of at least 1 never gives the right class back.
    noisy[chosen] = (labels[chosen] + random.integers(1, classes, count)) % classes
    return noisy


def deformed(images: Array, labels: Integers, deform: Deform, seed: int) -> tuple[Array, Integers]:
    """Return `deform.images` images and their labels: the given ones, then deformed copies of them in turn.

    A copy is rotated, shifted and bent (Simard, Steinkraus and Platt 2003), its values interpolated linearly between
    the nearest four; outside an image continue the values of its edge. A copy does not depend on their number.
    """
    total = deform.images
    enlarged = np.empty((total, *images.shape[1:]), images.dtype)
    enlarged[: len(images)] = images
    for block, first in enumerate(range(len(images), total, BLOCK)):
        last = min(first + BLOCK, total)
        source = images[np.arange(first, last) % len(images)]
        # A whole block even where it is cut off, or the copies in it would depend on their number.
        rows, columns = _places(source.shape[1:3], deform, generator(seed, f"deform/{block}"))
        values = _interpolated(source, rows[: last - first], columns[: last - first])
        enlarged[first:last] = np.rint(values) if images.dtype == np.uint8 else values
    return enlarged, np.resize(labels, total)


def _places(shape: Shape, deform: Deform, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the row and the column from which each pixel of a block takes its value, both (BLOCK, rows, columns)."""
    angles = np.radians(random.uniform(-deform.rotation, deform.rotation, (BLOCK, 1, 1))).astype(np.float32)
    shifts = random.uniform(-deform.shift, deform.shift, (2, BLOCK, 1, 1)).astype(np.float32)
    noise = random.standard_normal((2, BLOCK, *shape), np.float32)
    bent = deform.elastic * _smoothed(noise, deform.smoothness)
    middle = [(length - 1) / 2 for length in shape]
    down, across = (np.arange(length, dtype=np.float32) - half for length, half in zip(shape, middle, strict=True))
    down, across = down[:, None], across[None, :]
    rows = np.cos(angles) * down - np.sin(angles) * across
    columns = np.sin(angles) * down + np.cos(angles) * across
    return rows + middle[0] + shifts[0] + bent[0], columns + middle[1] + shifts[1] + bent[1]


def _smoothed(noise: Floats, width: float) -> Floats:
    """Return white noise (..., rows, columns) of deviation 1 smoothed along both, still of deviation 1 everywhere."""
    down, across = (_kernel(length, width) for length in noise.shape[-2:])
    smooth: Floats = down @ noise @ across.T
    return smooth


def _kernel(length: int, width: float) -> Floats:
    """Return the matrix that smooths `length` values with a Gaussian of some width; its rows have a norm of 1."""
    distances = np.arange(length)[:, None] - np.arange(length)[None, :]
    weights = np.exp(-0.5 * (distances / width) ** 2)
    normalized: Floats = (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)
    return normalized


def _interpolated(images: Array, rows: Floats, columns: Floats) -> Floats:
    """Return the values of images (count, height, width, ...) at fractional rows and columns (count, height, width)."""
    height, width = images.shape[1:3]
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top, left = (np.minimum(at.astype(np.int32), size - 2) for at, size in ((rows, height), (columns, width)))
    down, across = rows - top, columns - left
    if images.ndim == 4:
        down, across = down[..., None], across[..., None]
    # One index into flat arrays is several times faster than three into arrays of three dimensions.
    flat = images.reshape(len(images) * height * width, *images.shape[3:])
    index = (np.arange(len(images), dtype=np.int32)[:, None, None] * height + top) * width + left
    upper = flat[index] * (1 - across) + flat[index + 1] * across
    lower = flat[index + width] * (1 - across) + flat[index + width + 1] * across
    values: Floats = upper * (1 - down) + lower * down
    return values
