"""What each metric measures, in a line."""

from collections.abc import Mapping

from gdbench.metrics import METRICS, Kind, Metric, SplitName

_SPLITS: Mapping[SplitName, str] = {
    "train": "of the training batches, a mean over the epoch, with dropout and noise, without penalties",
    "train_eval": "of the training images after the epoch, without dropout and noise; needs training.evaluate_train",
    "val": "of the validation images; needs dataset.validation",
    "test": "of the test images",
}
_KINDS: Mapping[Kind, str] = {
    "loss": "mean loss",
    "accuracy": "share classified correctly",
    "error": "share classified wrongly, 1 - accuracy,",
}
_OTHERS: Mapping[str, str] = {
    "test_balanced_accuracy": "mean over the classes of the share of their test images that are classified correctly",
    "test_macro_f1": "mean over the classes of F1, the harmonic mean of precision and recall, on the test images",
    "test_top_3_accuracy": "share of the test images whose class is among the 3 with the largest outputs",
    "test_top_5_accuracy": "share of the test images whose class is among the 5 with the largest outputs",
    "train_seconds": "seconds of the training steps alone",
    "evaluate_seconds": "seconds of all evaluations",
    "compile_seconds": "seconds of compiling, which runs with the same compiled program share",
    "data_seconds": "seconds of loading and preparing the data",
    "images_per_second": "training images per second of the training steps",
    "epochs_to_target": "epochs until `target` is reached, on validation images if there are any; a miss is infinite",
    "updates_to_target": "updates until `target` is reached, on validation images if there are any; a miss is infinite",
    "seconds_to_target": "seconds of training until `target` is reached, on validation images if there are any; a miss "
    "is infinite",
}


def metric_text(metric: Metric) -> str:
    """Return what a metric measures."""
    if metric.name in _OTHERS:
        return _OTHERS[metric.name]
    assert metric.split is not None, f"{metric.name} has no text"
    return f"{_KINDS[metric.kind]} {_SPLITS[metric.split]}"


def better(metric: Metric) -> str:
    """Return which way a metric is better."""
    return "higher is better" if metric.higher_is_better else "lower is better"


def metric_texts() -> dict[str, str]:
    """Return what each metric measures, by name."""
    return {name: metric_text(metric) for name, metric in METRICS.items()}
