"""Accuracies whose statistics are known: three rows of five seeds."""

import numpy as np

FIRST = np.array(
    [
        [0.981, 0.979, 0.980, 0.982, 0.978],
        [0.978, 0.977, 0.9785, 0.9795, 0.976],
        [0.970, 0.972, 0.968, 0.971, 0.974],
    ]
)
SECOND = np.array([[0.97] * 5, [0.971, 0.969, 0.972, 0.970, 0.9705], [0.96, 0.961, 0.962, 0.959, 0.9605]])
