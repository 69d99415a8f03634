"""The numbers of a record as text."""

import numpy as np


def shortest_decimal(value: float) -> float:
    """Return the number with the shortest decimal text that reads back as the same float32."""
    # Most values are float32: their doubles would fill the ledger with digits that mean nothing.
    return float(str(np.float32(value)))
