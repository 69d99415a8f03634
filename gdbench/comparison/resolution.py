"""The smallest step in which a metric of a run can change, which no spread over seeds can be finer than."""

from gdbench.comparison.measurement import Measurement
from gdbench.errors import GdbenchError
from gdbench.experiment.experiment import Point
from gdbench.experiment.image_counts import ImageCounts
from gdbench.experiment.settings.run_settings import settings_of
from gdbench.metrics import Metric


def resolution(measurement: Measurement, point: Point, metric: Metric) -> float:
    """Return 1 / the images behind an accuracy or error; 0 for other metrics, and where their number is not known."""
    if not metric.percent:
        return 0.0
    counts = point.images or _counts_of_records(measurement, point)
    images = counts.behind(metric) if counts else 0
    # A setting of a ledger that was edited by hand may be anything.
    return 1 / images if isinstance(images, int) and images > 0 else 0.0


def _counts_of_records(measurement: Measurement, point: Point) -> ImageCounts | None:
    """Return the counts of a point that was stored without them, where the catalog knows its dataset without files."""
    records = measurement.records_of(point)
    # All seeds of a point share its dataset. Files may have changed since, or be gone, and a table runs no user code.
    if not records or "path" in records[0].run.dataset or ":" in str(records[0].run.dataset.get("name")):
        return None
    dataset = settings_of(records[0].run).dataset
    try:
        facts = dataset.facts()
        return dataset.image_counts(facts) if facts else None
    # The catalog of another version: nothing else in a table needs the dataset.
    except (GdbenchError, LookupError, TypeError, ValueError, AttributeError):
        return None
