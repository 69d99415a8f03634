"""Datasets, images or features with labels, and the facts that a plan needs before it reads them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from gdbench.catalog.datasets.partition import Partition, Places, order, places
from gdbench.catalog.entry import Count, Entry, NotNegative, Options, Positive, Share, Whole
from gdbench.catalog.tensors import Array
from gdbench.records import Settings
from gdbench.text import printable


# Compared by identity, since comparing arrays gives an array.
@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """Examples (count, ...) as bytes from 0 to 255 or as float32, and integer labels (count,) from 0 to classes - 1.

    An example is an image, (rows, columns) or (rows, columns, channels), or a vector of features, (features,). The
    fingerprint is of the very bytes that the arrays were read from; `notes` say how they were read. `words` are the
    labels as the source spells them, by class, unless they are 0, 1, ...
    """

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array
    classes: int
    fingerprint: str = ""
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def facts(self) -> "Facts":
        """Return the facts of these arrays."""
        counts = len(self.train_labels), len(self.test_labels)
        shape, labels = self.train_images.shape[1:], (self.train_labels, self.test_labels)
        return Facts(*counts, shape, self.classes, self.fingerprint, self.notes, labels, self.words)


@dataclass(frozen=True, slots=True)
class Facts:
    """Sizes of a dataset, known without its arrays; the fingerprint is a SHA-256 of its source bytes.

    `notes` say how a file was read; `labels` are those of the training and the test examples, None of published data,
    and `words` what the source has in their place, unless that is 0, 1, ...
    """

    train: int
    test: int
    shape: tuple[int, ...]
    classes: int
    fingerprint: str
    notes: tuple[str, ...] = ()
    labels: tuple[Array, Array] | None = field(default=None, compare=False, repr=False)
    words: tuple[str, ...] = ()
    # Found once for all points of a plan.
    _places: dict[tuple[Partition, int], Places] = field(default_factory=dict, compare=False, repr=False)

    def spelled(self, classes: Sequence[int]) -> list[str]:
        """Return classes as a file spells them."""
        return [printable(self.words[label]) if self.words else str(label) for label in classes]

    def train_classes(self, partition: Partition, seed: int, count: int) -> list[int]:
        """Return the classes of the first `count` training examples as they are divided; none if not known."""
        return [label for label, (first, _last) in self._train(partition, seed).items() if first < count]

    def absent(self, partition: Partition, seed: int, train: int, validation: int, test: int) -> dict[str, list[int]]:
        """Return the classes that no example of a split has, where the splits have these numbers of examples."""
        classes, tests = self._train(partition, seed), places(self.labels[1]) if self.labels else {}
        held_out = [label for label, (_first, last) in classes.items() if last >= self.train - validation]
        parts = {"training": self.train_classes(partition, seed, train)}
        if validation:
            parts["validation"] = held_out
        parts["test"] = [label for label, (first, _last) in tests.items() if first < test]
        return {part: sorted(classes.keys() - set(found)) for part, found in parts.items()}

    def _train(self, partition: Partition, seed: int) -> Places:
        """Return where each class stands among the training examples as they are divided; nothing if not known."""
        key = (partition, seed)
        if key not in self._places and self.labels:
            train = self.labels[0]
            self._places[key] = places(train[order(train, partition, seed)])
        return self._places.get(key, {})


def fingerprint(*sums: str) -> str:
    """Combine the checksums of a dataset's parts into one."""
    return hashlib.sha256("".join(sums).encode()).hexdigest()


Noun = Literal["images", "examples"]


# Hashed by identity, as every entry is.
@dataclass(frozen=True, eq=False)
class DatasetEntry(Entry[Data]):
    """An entry that also knows its facts from its arguments, and can download what it reads.

    `fetch` takes the arguments and a function to report each download on one line. `noun` is what its examples are,
    whatever the arguments.
    """

    facts: Callable[[Settings], Facts | None] = field(kw_only=True)
    noun: Noun = field(default="examples", kw_only=True)
    fetch: Callable[[Settings, Callable[[str], None]], None] | None = field(default=None, kw_only=True)


def _no_whole_share(value: object) -> object:
    """Refuse `1.0`, which is one example to a program and all of them to a person."""
    if isinstance(value, float) and value == 1.0:
        raise ValueError("a count is a whole number, a share is below 1")
    return value


Seed = Annotated[Whole, Field(ge=0, description="seed of all randomness in the data")]
Part = Annotated[
    Annotated[Count, BeforeValidator(_no_whole_share)] | Literal["all"], Field(description="how many, from the first")
]
Scale = Annotated[
    Literal["unit", "standard", "symmetric", "none"],
    Field(description="pixels to 0..1, to mean 0 and deviation 1, to -1..1, or unchanged; each feature by itself"),
]


class Deform(Options):
    """Extra training images, deformed slightly so that they keep their label (Simard, Steinkraus and Platt 2003)."""

    images: Annotated[Count, Field(description="training images in total; the first are the originals")]
    rotation: Annotated[float, Field(ge=0, le=180, description="largest rotation to either side, in degrees")] = 10.0
    shift: Annotated[NotNegative, Field(description="largest shift along each side, in pixels")] = 1.0
    elastic: Annotated[NotNegative, Field(description="standard deviation of displacements, in pixels")] = 1.0
    smoothness: Annotated[Positive, Field(description="distance over which displacements are alike, in pixels")] = 4.0


class DatasetOptions(Options):
    """Options of every dataset."""

    validation: Annotated[
        Annotated[Whole, Field(ge=0), BeforeValidator(_no_whole_share)] | Share,
        Field(description="training examples held out: a count, or a share below 1"),
    ] = 0
    split: Annotated[
        Partition,
        Field(description="which are held out: the last, random ones, or random ones in proportion to classes"),
    ] = "last"
    train: Annotated[
        Part, Field(description="how many training examples, from the first of those that validation leaves")
    ] = "all"
    test: Annotated[Part, Field(description="how many test examples, from the first")] = "all"
    scale: Scale = "unit"
    label_noise: Annotated[Share, Field(description="share of training labels changed to another class")] = 0.0
    deform: Annotated[
        Deform | Literal["off"], Field(description="make additional training images by deforming the existing ones")
    ] = "off"
    seed: Seed = 0
