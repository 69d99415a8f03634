"""Datasets: images and labels, and what a plan must know of them before they are read."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Entry, Family, Options, Share, Whole
from gdbench.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """Images (count, rows, columns) with pixels from 0 to 255, and integer labels (count,) from 0."""

    train_images: "Array"
    train_labels: "Array"
    test_images: "Array"
    test_labels: "Array"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dataset without its arrays; the fingerprint is a SHA-256 of its source bytes."""

    train: int
    test: int
    shape: tuple[int, ...]
    classes: int
    fingerprint: str


@dataclass(frozen=True, eq=False)
class DatasetEntry(Entry):
    """An entry that can also tell its facts from its arguments."""

    facts: Callable[[Mapping[str, Any]], Facts] = field(kw_only=True)


Part = Annotated[Count | Literal["all"], Field(description="how many, the first ones")]


class DatasetOptions(Options):
    """Options of every dataset."""

    validation: Annotated[
        Annotated[Whole, Field(ge=0)] | Share,
        Field(description="the last training images, held out: a count, or a share below 1"),
    ] = 0
    train: Annotated[Part, Field(description="training images, the first of what validation leaves")] = "all"
    test: Annotated[Part, Field(description="test images, the first ones")] = "all"
    scale: Annotated[
        Literal["unit", "standard", "symmetric", "none"],
        Field(description="pixels to 0..1, to mean 0 and deviation 1, to -1..1, or as they are"),
    ] = "unit"
    seed: Annotated[Whole, Field(ge=0, description="seed of what is random in the data")] = 0


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
        if hashlib.sha256(loaded[name].tobytes()).hexdigest() != expected:
            raise DataError(f"mnist: array {name} of the embedded file is damaged; install gdbench again")
    return Data(loaded["x_train"], loaded["y_train"], loaded["x_test"], loaded["y_test"])


def mnist_facts(_arguments: Mapping[str, Any]) -> Facts:
    """Return the facts of the embedded file; its fingerprint is made of the sums that loading checks."""
    sums = hashlib.sha256("".join(MNIST_SUMS.values()).encode()).hexdigest()
    return Facts(train=60_000, test=10_000, shape=(28, 28), classes=10, fingerprint=sums)


DATASETS = Family("dataset", "images and labels", {"mnist": DatasetEntry(mnist, facts=mnist_facts)}, DatasetOptions)
