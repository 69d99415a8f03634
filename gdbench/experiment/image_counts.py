"""How many images the runs of a point have in each split."""

from dataclasses import dataclass

from gdbench.metrics import Metric


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How many images, or other examples, the runs of a point have in each split."""

    train: int
    val: int
    test: int

    def behind(self, metric: Metric) -> int:
        """Return how many of them a metric is computed from; 0 for a metric of no split."""
        counts = {"train": self.train, "train_eval": self.train, "val": self.val, "test": self.test}
        return counts[metric.split] if metric.split else 0
