"""Which rows have a training loss of other images than the rest, so that it is no better or worse than theirs."""

from gdbench.catalog.optimizers import METHODS
from gdbench.catalog.optimizers.wrappers import optimizers_in
from gdbench.comparison.samples import Measurement
from gdbench.experiment.experiment import Point
from gdbench.metrics import Metric


def not_comparable(measurement: Measurement, metric: Metric) -> frozenset[str]:
    """Return the keys of rows whose method evaluates fewer training images than that of another row, or all of them.

    None where the metric is not measured while training, or where all rows have the same images.
    """
    if metric.split != "train":
        return frozenset()
    seen = {point.key: _images(measurement, point) for point in measurement.comparison.points}
    if len(set(seen.values())) == 1:
        return frozenset()
    return frozenset(key for key, images in seen.items() if images is not None)


def _images(measurement: Measurement, point: Point) -> int | None:
    """Return how many of the training images the method of a row is limited to, None where it is not."""
    records = measurement.records_of(point)
    if not records:
        return None
    # All seeds of a point share its settings; of a chain the last stage has the last word on the weights.
    last = optimizers_in(records[0].run.optimizer)[-1]
    images = last.get("images") if last.get("name") in METHODS else None
    is_all = point.images is not None and images == point.images.train
    return images if isinstance(images, int) and not is_all else None
