"""Which rows have a training loss of other images than the rest, so that it is no better or worse than theirs."""

from gdbench.catalog.optimizers import METHODS
from gdbench.comparison.samples import Measurement
from gdbench.experiment.experiment import Point
from gdbench.metrics import Metric
from gdbench.records import Settings


def not_comparable(measurement: Measurement, metric: Metric) -> frozenset[str]:
    """Return the keys of rows whose method evaluates fewer training images than that of another row, or all of them.

    None where the metric is not measured while training, or where all rows have the same images.
    """
    if metric.split != "train":
        return frozenset()
    seen = {point.key: _images(measurement, point) for point in measurement.comparison.points}
    return (
        frozenset(key for key, images in seen.items() if images is not None)
        if len(set(seen.values())) > 1
        else frozenset()
    )


def _images(measurement: Measurement, point: Point) -> int | None:
    """Return how many of the training images the method of a row is limited to, None where it is not."""
    records = measurement.records_of(point)
    # All seeds of a point share its settings.
    images = _last_optimizer(records[0].run.optimizer).get("images") if records else None
    is_all = point.images is not None and images == point.images.train
    return images if isinstance(images, int) and not is_all else None


def _last_optimizer(optimizer: Settings) -> Settings:
    """Return what has the last word on a run's weights: of a chain the last stage."""
    match optimizer:
        case {"name": "chain", "stages": [*_, {"optimizer": dict() as last}]}:
            return last
        case {"name": "restarts", "optimizer": dict() as inner}:
            return inner
    return optimizer if optimizer.get("name") in METHODS else {}
