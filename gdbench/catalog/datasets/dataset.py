"""What a dataset is: images or features with labels, and what a plan must know of them before they are read."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Entry, NotNegative, Options, Positive, Share, Whole

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """Examples (count, ...) as bytes from 0 to 255 or as float32, and integer labels (count,) from 0 to classes - 1.

    An example is an image, (rows, columns) or (rows, columns, channels), or a vector of features, (features,).
    """

    train_images: "Array"
    train_labels: "Array"
    test_images: "Array"
    test_labels: "Array"
    classes: int

    def facts(self, fingerprint: str = "") -> "Facts":
        """Return what a plan knows of these arrays."""
        counts = len(self.train_labels), len(self.test_labels)
        return Facts(*counts, self.train_images.shape[1:], self.classes, fingerprint)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dataset without its arrays; the fingerprint is a SHA-256 of its source bytes."""

    train: int
    test: int
    shape: tuple[int, ...]
    classes: int
    fingerprint: str


def fingerprint(*sums: str) -> str:
    """Return one sum of those of a dataset's parts."""
    return hashlib.sha256("".join(sums).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class DatasetEntry(Entry[Data]):
    """An entry that can also tell its facts from its arguments, and bring what it reads to this machine.

    `fetch` takes the arguments and a function that is told, in one line, what is downloaded.
    """

    facts: Callable[[Mapping[str, Any]], Facts] = field(kw_only=True)
    fetch: Callable[[Mapping[str, Any], Callable[[str], None]], None] | None = field(default=None, kw_only=True)


Seed = Annotated[Whole, Field(ge=0, description="seed of what is random in the data")]
Part = Annotated[Count | Literal["all"], Field(description="how many, the first ones")]
Scale = Annotated[
    Literal["unit", "standard", "symmetric", "none"],
    Field(description="pixels to 0..1, to mean 0 and deviation 1, to -1..1, or as they are; features each by itself"),
]


class Deform(Options):
    """Training images made of others by small deformations that keep the label (Simard, Steinkraus and Platt 2003)."""

    images: Annotated[Count, Field(description="training images in all; the first are those of the dataset")]
    rotation: Annotated[float, Field(ge=0, le=180, description="degrees, at most, to either side")] = 10.0
    shift: Annotated[NotNegative, Field(description="pixels, at most, along each side")] = 1.0
    elastic: Annotated[NotNegative, Field(description="pixels by which a point is displaced, its deviation")] = 1.0
    smoothness: Annotated[Positive, Field(description="pixels over which displacements are alike")] = 4.0


class DatasetOptions(Options):
    """Options of every dataset."""

    validation: Annotated[
        Annotated[Whole, Field(ge=0)] | Share,
        Field(description="the last training images, held out: a count, or a share below 1"),
    ] = 0
    train: Annotated[Part, Field(description="training images, the first of what validation leaves")] = "all"
    test: Annotated[Part, Field(description="test images, the first ones")] = "all"
    scale: Scale = "unit"
    label_noise: Annotated[Share, Field(description="share of training labels that are made another class's")] = 0.0
    deform: Annotated[Deform | Literal["off"], Field(description="more training images by deforming them")] = "off"
    seed: Seed = 0
