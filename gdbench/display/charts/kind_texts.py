"""The kinds of charts in a line each, for help and completion, which must not wait for Altair."""

from collections.abc import Mapping

KIND_TEXTS: Mapping[str, str] = {
    "curves": "a metric during training, with 95 % bands or single runs",
    "sensitivity": "a metric over an axis of numbers, such as the learning rate",
    "heatmap": "a metric over two axes",
    "strip": "each seed of each row",
    "target": "how much training each row needed to reach the target",
    "published": "published figures beside measured ones",
    "multiverse": "the difference from the source under each protocol",
    "losses": "the training loss of single updates (training.record_every)",
    "layers": "gradients, updates and weights of each layer (training.record)",
    "trials": "each setting that tune tried in a row, and its score",
    "expected-best": "the result to expect from fewer trials",
    "profile": "the share of problems solved within x times the least cost",
    "trajectory": "paths on the contours of a function of two weights",
    "recall": "the recall of each class in each row",
    "confusion": "which classes the best row takes for which",
}
