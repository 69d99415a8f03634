"""The units in which people read metrics, ratios and p-values."""

from gdbench.display.sheets.sheet import Unit
from gdbench.metrics import Kind, Metric

# No more than mean something: with 10,000 test images, accuracies are multiples of 0.01 %. A target may be reached
# within an epoch.
DECIMALS: dict[Kind, int] = {
    "accuracy": 2,
    "error": 2,
    "loss": 4,
    "seconds": 2,
    "rate": 0,
    "epochs": 2,
    "updates": 0,
}

RATIO = Unit(decimals=2)
FACTOR = Unit(decimals=2, prefix="x ")
TOLERANCE_FACTOR = Unit(prefix="x ")
P_VALUE = Unit(decimals=4, smallest=0.0001)


def unit_of(metric: Metric, decimals: int | None = None, *, signed: bool = False) -> Unit:
    """Return the unit of a metric, with the usual number of decimals unless one is given."""
    return Unit(
        decimals=DECIMALS[metric.kind] if decimals is None else decimals,
        percent=metric.percent,
        signed=signed,
        infinite="missed" if metric.to_target else "diverged",
        # A function of two weights may be minimized to 1e-12.
        tiny=metric.kind == "loss",
    )


def printed_unit(metric: Metric) -> Unit:
    """Return the unit of figures that a source prints: all its digits, which may be more or fewer than ours."""
    return unit_of(metric) if metric.percent else Unit()
