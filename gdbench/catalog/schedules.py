"""Learning-rate schedules: functions of the update, counted from 0.

A schedule maps (learning_rate, updates, length) to the learning rates of these updates: `learning_rate` is the
optimizer's, `updates` a float64 array (count,), `length` the number of updates of the whole run. Only a schedule with
an end uses the length, where `over` doesn't set it; under any other a short run is the beginning of a long one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gdbench.catalog.entry import Count, Entry, NotNegative, Positive, Whole
from gdbench.catalog.family import Family
from gdbench.catalog.plugin_checks import require_finite, type_name
from gdbench.catalog.plugin_entry import Arguments, PluginContract, TrialSizes
from gdbench.catalog.plugin_loading import Attribute
from gdbench.errors import PluginError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Updates = npt.NDArray[np.float64]
    Schedule = Callable[[float, Updates, int], Updates]

# A run may have millions of updates.
TRIED_UPDATES = 1000

Rate = Annotated[float, Field(gt=0, le=1, description="factor per `every` updates")]
Floor = Annotated[NotNegative, Field(description="lower limit of the learning rate")]
Over = Annotated[Count | None, Field(description="updates until the end; by default those of the run")]


def constant() -> "Schedule":
    """The optimizer's learning rate throughout."""
    # The sum has the shape of the updates.
    return lambda learning_rate, update, _length: 0.0 * update + learning_rate


def exponential(
    rate: Rate,
    every: Annotated[Count, Field(description="updates per factor; the decay between is smooth")],
    floor: Floor = 0.0,
) -> "Schedule":
    """Smooth decay: floor + (learning_rate - floor) * rate ** (update / every)."""
    return lambda learning_rate, update, _length: floor + (learning_rate - floor) * rate ** (update / every)


def step(
    rate: Rate,
    every: Annotated[Count, Field(description="updates between steps")],
    floor: Floor = 0.0,
) -> "Schedule":
    """Decay in steps: floor + (learning_rate - floor) * rate ** (update // every)."""
    return lambda learning_rate, update, _length: floor + (learning_rate - floor) * rate ** (update // every)


def inverse_square_root(
    every: Annotated[Count, Field(description="updates; 1 gives the 1 / sqrt(t) of theory, t from 1")] = 1,
) -> "Schedule":
    """Inverse square root: learning_rate / sqrt(1 + update / every) (Zinkevich 2003; Kingma and Ba 2015, section 4)."""
    return lambda learning_rate, update, _length: learning_rate / (1 + update / every) ** 0.5


def polynomial(
    over: Over = None,
    end: Annotated[NotNegative, Field(description="learning rate at the end and after it")] = 0.0,
    power: Annotated[Positive, Field(description="1 for a straight line")] = 1.0,
) -> "Schedule":
    """Polynomial decay: end + (learning_rate - end) * (1 - update / over) ** power, then end, as in Keras."""

    def rates(learning_rate: float, update: "Updates", length: int) -> "Updates":
        left = 1 - (update / (over or length)).clip(max=1)
        return end + (learning_rate - end) * left**power

    return rates


def cosine(
    over: Annotated[Count | None, Field(description="updates per period; by default the rest of the run")] = None,
    floor: Annotated[NotNegative, Field(description="learning rate at the end of a period")] = 0.0,
    warm_up: Annotated[Whole, Field(ge=0, description="updates of linear warm-up before it")] = 0,
    period_factor: Annotated[
        Annotated[float, Field(ge=1)] | Literal["off"],
        Field(description="restart after each period, the next this many times as long; needs `over`"),
    ] = "off",
) -> "Schedule":
    """Half a cosine from learning_rate down to floor, once or with warm restarts (Loshchilov and Hutter 2017).

    The warm-up (Goyal et al. 2017) has learning_rate * (update + 1) / warm_up; the first period begins after it.
    """
    import numpy as np

    def rates(learning_rate: float, update: "Updates", length: int) -> "Updates":
        after = (update - warm_up).clip(min=0)
        # A run may be shorter than its warm-up.
        first = over or max(length - warm_up, 1)
        share = after / first if period_factor == "off" else _share_of_period(after / first, period_factor)
        falling = floor + (learning_rate - floor) * (1 + np.cos(np.pi * share.clip(max=1))) / 2
        return np.where(update < warm_up, learning_rate * (update + 1) / max(warm_up, 1), falling)

    return rates


def _share_of_period(periods: "Updates", factor: float) -> "Updates":
    """Return the share of its period that has passed at each time, in lengths of the first period.

    Each period is `factor` times as long as the one before, so the first n last (factor ** n - 1) / (factor - 1).
    """
    import numpy as np

    # The geometric series below divides by factor - 1.
    if factor == 1:
        return periods % 1
    # The logarithm can fall short of a whole number where a period begins.
    n = np.floor(np.log(1 + periods * (factor - 1)) / np.log(factor) + 1e-9)
    length = np.power(factor, n)
    share: Updates = (periods - (length - 1) / (factor - 1)).clip(min=0) / length
    return share


def one_cycle(
    over: Over = None,
    rise: Annotated[
        float, Field(gt=0, le=0.5, description="share of the updates up to the peak, and down again")
    ] = 0.45,
    start: Annotated[
        float, Field(gt=0, le=1, description="learning rate at both ends of the cycle, as a factor of the peak")
    ] = 0.1,
    end: Annotated[float, Field(ge=0, le=1, description="learning rate at the end, as a factor of the peak")] = 0.001,
) -> "Schedule":
    """Linearly up to learning_rate and down again, then further to almost zero (Smith 2018).

    The momentum, which Smith lowers while the learning rate rises, is constant.
    """
    import numpy as np

    def rates(learning_rate: float, update: "Updates", length: int) -> "Updates":
        factors = np.interp(update / (over or length), [0, rise, 2 * rise, 1], [start, 1, start, end])
        return learning_rate * factors

    return rates


def _adapt(attribute: Attribute, arguments: Arguments) -> "Schedule":
    """Make a schedule of code that returns a function of rate, updates (count,) and length."""
    import numpy as np

    schedule = attribute(**arguments)
    if not callable(schedule):
        raise PluginError(f"expected a function of rate, updates and length; got {type_name(schedule)}")

    def rates(learning_rate: float, updates: "Updates", length: int) -> "Updates":
        values = np.asarray(schedule(learning_rate, updates, length), np.float64)
        if values.shape != updates.shape:
            raise PluginError(f"expected a learning rate for each of {len(updates)} updates; got shape {values.shape}")
        return values

    return rates


def _try(schedule: "Schedule", sizes: TrialSizes) -> None:
    """Compute the first learning rates of a run."""
    import numpy as np

    first = np.arange(min(sizes.updates, TRIED_UPDATES), dtype=np.float64)
    require_finite(schedule(sizes.learning_rate, first, sizes.updates), "learning rates")


SCHEDULES = Family(
    "schedule",
    "the learning rate as a function of the update",
    {
        "constant": Entry(constant),
        "exponential": Entry(exponential),
        "step": Entry(step),
        "inverse_square_root": Entry(inverse_square_root),
        "polynomial": Entry(polynomial),
        "cosine": Entry(cosine),
        "one_cycle": Entry(one_cycle),
    },
    plugins=PluginContract(_adapt, _try),
)
