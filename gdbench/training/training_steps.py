"""What training steps give."""

from dataclasses import dataclass

from gdbench.training.keras_types import Floats, Integers


@dataclass(frozen=True, eq=False)
class Steps:
    """What training steps gave: mean loss without penalty and right answers of each batch, and the batch sizes.

    `correct` is None where there are no answers. `recorded` is what the program records, (steps, quantities, layers),
    None where it records nothing.
    """

    losses: Floats
    correct: Integers | None
    sizes: Integers
    recorded: Floats | None = None
