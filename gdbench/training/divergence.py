"""Finds the first update that gave a loss or weight which is not finite, by replaying the stretch that contains it."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from gdbench.training.program import Program, Steps


def first_not_finite(
    program: Program, before: list[tf.Tensor], steps: Steps, first: int, train: Callable[[int], Steps]
) -> int:
    """Return the update, counted from 1, whose loss or resulting weights are the first that are not finite.

    `before` is the state at the start of the stretch, `first` the updates made before it; `train(stop)` trains the
    stretch up to `stop` updates. A loss is checked in every step; a weight can be infinite before any loss shows it
    (behind a ReLU, say), and checking every weight in every step would cost 5 to 8 % of the time. A replay is bit-
    identical, so it finds the same update.
    """
    broken = np.flatnonzero(~np.isfinite(steps.losses))
    # All `wrong` updates leave something that is not finite; `right` ones are known to leave all finite.
    wrong = first + (int(broken[0]) + 1 if len(broken) else len(steps.losses))
    right, back = first, 1
    while right < wrong - 1:
        middle = max(wrong - back, right + 1) if back else (right + wrong) // 2
        middle = min(middle, wrong - 1)
        program.restore(before)
        train(middle)
        if program.is_finite():
            right, back = middle, 0
        else:
            wrong, back = middle, back * 2
    return wrong
