"""What each metric measures, in a line."""

from collections.abc import Mapping

from gdbench.metrics import METRICS, Kind, Metric, SplitName

# What each is measured on, and what more there is to say.
_SPLITS: Mapping[SplitName, tuple[str, str]] = {
    "train": (
        "the training batches",
        ", averaged over the epoch, with dropout and noise, without penalties",
    ),
    "train_eval": (
        "the training examples",
        " after the epoch, without dropout and noise; needs training.evaluate_train",
    ),
    "val": ("the validation examples", "; needs dataset.validation"),
    "test": ("the test examples", ""),
}
_KINDS: Mapping[Kind, str] = {
    "loss": "mean loss on {}",
    "accuracy": "share of {} classified correctly",
    "error": "share of {} classified wrongly, 1 - accuracy",
}
_OTHERS: Mapping[str, str] = {
    "test_balanced_accuracy": "share of each class's test examples classified correctly, averaged over the classes",
    "test_macro_f1": "F1, the harmonic mean of precision and recall, on the test examples, averaged over the classes",
    "test_top_3_accuracy": "share of the test examples whose class is among the 3 with the largest outputs",
    "test_top_5_accuracy": "share of the test examples whose class is among the 5 with the largest outputs",
    "train_seconds": "seconds spent on training steps alone",
    "evaluate_seconds": "seconds spent on evaluations",
    "compile_seconds": "seconds spent on compiling, which runs with the same compiled program share",
    "data_seconds": "seconds spent on loading and preparing the data",
    "images_per_second": "training examples per second spent on training steps",
    "epochs_to_target": "epochs until `target` is reached, on validation data if there are any; a miss is infinite",
    "updates_to_target": "updates until `target` is reached, on validation data if there are any; a miss is infinite",
    "seconds_to_target": "seconds of training until `target` is reached, on validation data if there are any; a miss "
    "is infinite",
}


def metric_text(metric: Metric) -> str:
    """Return what a metric measures."""
    if metric.name in _OTHERS:
        return _OTHERS[metric.name]
    assert metric.split is not None, f"{metric.name} has no text"
    examples, rest = _SPLITS[metric.split]
    return f"{_KINDS[metric.kind].format(examples)}{rest}"


def better(metric: Metric) -> str:
    """Return which way a metric is better."""
    return "higher is better" if metric.higher_is_better else "lower is better"


def metric_texts() -> dict[str, str]:
    """Return what each metric measures, by name."""
    return {name: metric_text(metric) for name, metric in METRICS.items()}
