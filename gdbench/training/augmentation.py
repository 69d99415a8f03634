"""Training data made larger or worse on purpose: deformed copies of images, and wrong labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdbench.training.streams import generator

# A thousand images of 28 x 28 take some 30 MB while they are made.
BLOCK = 1_000


def mislabelled(labels: np.ndarray, share: float, classes: int, seed: int) -> np.ndarray:
    """Return labels (count,) of which a share, drawn at random, are replaced by another class each."""
    count = round(share * len(labels))
    if not count:
        return labels
    draws = generator(seed, "label_noise")
    wrong = labels.copy()
    chosen = draws.choice(len(labels), count, replace=False)
    wrong[chosen] = (labels[chosen] + draws.integers(1, classes, count)) % classes
    return wrong


def deformed(
    images: np.ndarray, labels: np.ndarray, deform: Mapping[str, Any], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return `deform["images"]` images and their labels: the given ones, then deformed copies of them in turns.

    A copy is rotated, shifted and bent (Simard, Steinkraus and Platt 2003), its values interpolated linearly between
    the nearest four; what lies outside an image has the value of its rim. Copies don't depend on how many there are.
    """
    total = deform["images"]
    grown = np.empty((total, *images.shape[1:]), images.dtype)
    grown[: len(images)] = images
    for block, first in enumerate(range(len(images), total, BLOCK)):
        last = min(first + BLOCK, total)
        source = images[np.arange(first, last) % len(images)]
        rows, columns = _places(source.shape[1:3], deform, generator(seed, f"deform/{block}"))
        values = _interpolated(source, rows[: last - first], columns[: last - first])
        grown[first:last] = np.rint(values) if images.dtype == np.uint8 else values
    return grown, np.resize(labels, total)


def _places(shape: tuple[int, ...], deform: Mapping[str, Any], draws: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return from which row and column each pixel of a block takes its value, both (BLOCK, rows, columns)."""
    angles = np.radians(draws.uniform(-deform["rotation"], deform["rotation"], (BLOCK, 1, 1))).astype(np.float32)
    shifts = draws.uniform(-deform["shift"], deform["shift"], (2, BLOCK, 1, 1)).astype(np.float32)
    noise = draws.standard_normal((2, BLOCK, *shape), np.float32)
    bent = deform["elastic"] * _smoothed(noise, deform["smoothness"])
    middle = [(length - 1) / 2 for length in shape]
    down, across = (np.arange(length, dtype=np.float32) - half for length, half in zip(shape, middle, strict=True))
    down, across = down[:, None], across[None, :]
    rows = np.cos(angles) * down - np.sin(angles) * across
    columns = np.sin(angles) * down + np.cos(angles) * across
    return rows + middle[0] + shifts[0] + bent[0], columns + middle[1] + shifts[1] + bent[1]


def _smoothed(noise: np.ndarray, width: float) -> np.ndarray:
    """Return white noise (..., rows, columns) of deviation 1 smoothed along both, still of deviation 1 everywhere."""
    down, across = (_kernel(length, width) for length in noise.shape[-2:])
    smooth: np.ndarray = down @ noise @ across.T
    return smooth


def _kernel(length: int, width: float) -> np.ndarray:
    """Return the matrix that smooths `length` values by a Gaussian of a width; its rows have a norm of 1."""
    apart = np.arange(length)[:, None] - np.arange(length)[None, :]
    weights = np.exp(-0.5 * (apart / width) ** 2)
    normed: np.ndarray = (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)
    return normed


def _interpolated(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the values of images (count, height, width, ...) at fractional rows and columns (count, height, width)."""
    height, width = images.shape[1:3]
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top, left = (np.minimum(at.astype(np.int32), size - 2) for at, size in ((rows, height), (columns, width)))
    down, across = rows - top, columns - left
    if images.ndim == 4:
        down, across = down[..., None], across[..., None]
    flat = images.reshape(len(images) * height * width, *images.shape[3:])
    index = (np.arange(len(images), dtype=np.int32)[:, None, None] * height + top) * width + left
    upper = flat[index] * (1 - across) + flat[index + 1] * across
    lower = flat[index + width] * (1 - across) + flat[index + width + 1] * across
    values: np.ndarray = upper * (1 - down) + lower * down
    return values
