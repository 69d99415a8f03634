"""Finds the first update that gave a loss or weight which is not finite, by replaying the stretch that contains it."""

from collections.abc import Callable

import numpy as np

from gdbench.training.keras_types import Tensor
from gdbench.training.program import Program
from gdbench.training.training_steps import Steps


def first_not_finite(
    program: Program, before: list[Tensor], steps: Steps, first: int, train: Callable[[int], Steps]
) -> int:
    """Return the update, counted from 1, whose loss or resulting weights are the first that are not finite.

    `before` is the state at the start of the stretch, `first` the number of updates before it; `train(stop)` trains
    the stretch up to `stop` updates. A loss is checked in every step; a weight can be infinite before any loss shows it
    (behind a ReLU, say), and checking every weight in every step would cost 5 to 8 % of the time. A replay is
    bit-identical, so it finds the same update.
    """
    broken_losses = np.flatnonzero(~np.isfinite(steps.losses))
    # After `finite` updates all weights are finite; after `broken` updates something is not.
    broken = first + (int(broken_losses[0]) + 1 if len(broken_losses) else len(steps.losses))
    finite, stride = first, 1
    # Weights break shortly before the loss does, as a rule: strides that double lead back from there to a finite
    # state, and bisection from that (stride 0) to the update.
    while finite < broken - 1:
        middle = max(broken - stride, finite + 1) if stride else (finite + broken) // 2
        middle = min(middle, broken - 1)
        program.restore(before)
        train(middle)
        if program.is_finite():
            finite, stride = middle, 0
        else:
            broken, stride = middle, stride * 2
    return broken
