"""Learning-rate schedules: functions of the update, counted from 0."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from gdbench.catalog.entry import Count, Entry, Family, NotNegative

if TYPE_CHECKING:
    import numpy as np

    Updates = np.ndarray[Any, np.dtype[np.float64]]
    Schedule = Callable[[float, Updates], Updates]


def constant() -> "Schedule":
    """The optimizer's learning rate throughout."""
    return lambda learning_rate, update: 0.0 * update + learning_rate


def exponential(
    rate: Annotated[float, Field(gt=0, le=1, description="factor every `every` updates")],
    every: Annotated[Count, Field(description="updates, a smooth decay between them")],
    floor: Annotated[NotNegative, Field(description="the learning rate that is approached")] = 0.0,
) -> "Schedule":
    """Floor + (learning_rate - floor) * rate ** (update / every)."""
    return lambda learning_rate, update: floor + (learning_rate - floor) * rate ** (update / every)


SCHEDULES = Family(
    "schedule",
    "the learning rate as a function of the update",
    {"constant": Entry(constant), "exponential": Entry(exponential)},
)
