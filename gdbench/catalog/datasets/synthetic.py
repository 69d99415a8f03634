"""Generated points in classes of a known overlap, for experiments that would take too long on images."""

from typing import Annotated

from pydantic import Field

from gdbench.catalog.datasets.arrays import Arrays
from gdbench.catalog.datasets.dataset import Data, DatasetEntry, DatasetOptions, Facts, Scale, Seed, fingerprint
from gdbench.catalog.entry import Count, NotNegative, Positive, Whole
from gdbench.records import Settings


class SyntheticOptions(DatasetOptions):
    """Options of generated features, which are about 1 in size without scaling."""

    scale: Scale = "none"


def synthetic(
    features: Annotated[Count, Field(description="features per example")] = 20,
    classes: Annotated[Whole, Field(ge=2, description="number of classes")] = 2,
    separation: Annotated[Positive, Field(description="distance of each class center from the origin")] = 2.0,
    noise: Annotated[NotNegative, Field(description="standard deviation of each feature around the center")] = 1.0,
    examples: Annotated[Count, Field(description="training examples")] = 10_000,
    test_examples: Annotated[Count, Field(description="test examples")] = 2_000,
    seed: Seed = 0,
) -> Data:
    """Normally distributed points around one center per class; centers are uniform on a sphere."""
    import numpy as np

    # Streams of their own, so that more training examples leave centers and test examples as they are.
    center_generator, train_generator, test_generator = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3)
    )
    centers = center_generator.standard_normal((classes, features))
    centers *= separation / np.linalg.norm(centers, axis=1, keepdims=True)

    def draw(generator: np.random.Generator, count: int) -> Arrays:
        labels = generator.integers(classes, size=count, dtype=np.int32)
        around = generator.standard_normal((count, features), dtype=np.float32) * np.float32(noise)
        return centers[labels].astype(np.float32) + around, labels

    # The arguments determine the points, so there is nothing else to fingerprint.
    source = fingerprint("synthetic")
    return Data(*draw(train_generator, examples), *draw(test_generator, test_examples), classes, source)


def _facts(dataset: Settings) -> Facts:
    counts, shape = (dataset["examples"], dataset["test_examples"]), (dataset["features"],)
    return Facts(*counts, shape, dataset["classes"], fingerprint("synthetic"))


SYNTHETIC = DatasetEntry(synthetic, facts=_facts, options=SyntheticOptions)
