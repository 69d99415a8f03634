"""Generated classification: clouds of points whose overlap is known, for questions that images are too slow for."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from gdbench.catalog.datasets.dataset import Data, DatasetEntry, DatasetOptions, Facts, Scale, Seed, fingerprint
from gdbench.catalog.entry import Count, NotNegative, Positive, Whole


class SyntheticOptions(DatasetOptions):
    """Options of generated features, which are of the order of 1 as they are."""

    scale: Scale = "none"


def synthetic(
    features: Annotated[Count, Field(description="numbers an example has")] = 20,
    classes: Annotated[Whole, Field(ge=2, description="how many")] = 2,
    separation: Annotated[Positive, Field(description="distance of each class's centre from the origin")] = 2.0,
    noise: Annotated[NotNegative, Field(description="deviation of each feature around the centre")] = 1.0,
    examples: Annotated[Count, Field(description="training examples")] = 10_000,
    test_examples: Annotated[Count, Field(description="test examples")] = 2_000,
    seed: Seed = 0,
) -> Data:
    """Clouds of normally distributed points, one a class, around centres drawn evenly from a sphere."""
    import numpy as np

    centres_of, train_of, test_of = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
    centres = centres_of.standard_normal((classes, features))
    centres *= separation / np.linalg.norm(centres, axis=1, keepdims=True)

    def draw(generator: np.random.Generator, count: int) -> tuple[Any, Any]:
        labels = generator.integers(classes, size=count, dtype=np.int32)
        around = generator.standard_normal((count, features), dtype=np.float32) * np.float32(noise)
        return centres[labels].astype(np.float32) + around, labels

    return Data(*draw(train_of, examples), *draw(test_of, test_examples), classes=classes)


def _facts(arguments: Mapping[str, Any]) -> Facts:
    # All that the points depend on is in the arguments.
    counts, shape = (arguments["examples"], arguments["test_examples"]), (arguments["features"],)
    return Facts(*counts, shape, arguments["classes"], fingerprint("synthetic"))


SYNTHETIC = DatasetEntry(synthetic, facts=_facts, options=SyntheticOptions)
