"""The training images that the loss of each row is computed on: losses on different images cannot be compared."""

from collections import Counter
from collections.abc import Mapping

from gdbench.catalog.optimizers import METHODS
from gdbench.catalog.optimizers.wrappers import optimizers_in
from gdbench.comparison.measurement import Measurement
from gdbench.experiment.experiment import Point
from gdbench.metrics import Metric
from gdbench.records import Record


def images_seen(measurement: Measurement, metric: Metric) -> Mapping[str, int | None]:
    """Return the number of training images that the method of each row is limited to, None where it sees all of them.

    Rows without records are left out, and all rows if the metric is not measured while training.
    """
    points = measurement.comparison.points if metric.split == "train" else ()
    found = {point.key: (point, measurement.records_of(point)) for point in points}
    return {key: _images(records[0], point) for key, (point, records) in found.items() if records}


def not_comparable(measurement: Measurement, metric: Metric) -> frozenset[str]:
    """Return the keys of rows whose metric is computed on other training images than that of most rows.

    Of two groups of one size, rows that see all images are the ones to compare, else those that come first.
    """
    seen = images_seen(measurement, metric)
    sizes = Counter(seen.values())
    usual = max(sizes, key=lambda images: (sizes[images], images is None), default=None)
    return frozenset(key for key, images in seen.items() if images != usual)


def _images(record: Record, point: Point) -> int | None:
    # All seeds of a point share its settings; of a chain the last stage has the last word on the weights.
    last = optimizers_in(record.run.optimizer)[-1]
    images = last.get("images") if last.get("name") in METHODS else None
    is_all = point.images is not None and images == point.images.train
    return images if isinstance(images, int) and not is_all else None
